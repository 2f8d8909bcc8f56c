"""Bringing a process' metrics to Redis: at the end of a block, or every few seconds by a thread.

with recorded(client, settings, clock=time.time) as metrics:
    ...                                      # pushed when the block ends
with Pusher(store, metrics, every_s=settings.metrics_push_s):
    ...                                      # pushed all the while, and at the end
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Self

from redis import RedisError

from wellness.client import Client
from wellness.errors import RedisUnavailable
from wellness.ops.metrics import Metrics
from wellness.ops.metrics_store import MetricsStore
from wellness.settings import Settings

logger = logging.getLogger(__name__)


@contextmanager
def recorded(
    client: Client,
    settings: Settings,
    *,
    clock: Callable[[], float],
    metrics: Metrics | None = None,
) -> Iterator[Metrics]:
    """Record what a client does in a block, and push it when the block ends without an error.

    A Redis that does not answer makes nothing fail here: then these numbers are lost. So are those
    of a block that failed, whose error should not wait, nor anything be stored after it.

    Args:
        settings: `namespace` says where they are pushed to.
        clock: seconds since the epoch.
        metrics: to record into; by default new ones.
    """
    metrics = Metrics() if metrics is None else metrics
    store = MetricsStore(client, settings=settings, clock=clock, namespace=settings.namespace)
    client.guard.add(metrics)
    try:
        yield metrics
        try_push(store, metrics)
    finally:
        client.guard.remove(metrics)


def try_push(store: MetricsStore, metrics: Metrics) -> bool:
    """Push if Redis takes it; whether it did. What it did not take is pushed the next time."""
    try:
        store.push(metrics)
    except (RedisError, RedisUnavailable) as error:
        logger.debug("metrics were not pushed: %s", error)
        return False
    return True


class Pusher:
    """A thread that pushes every few seconds, until it is closed; a last time then.

    Args:
        every_s: seconds between two pushes; `metrics_push_s` of the settings.
    """

    def __init__(self, store: MetricsStore, metrics: Metrics, *, every_s: float) -> None:
        self._store, self._metrics, self._every_s = store, metrics, every_s
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="metrics", daemon=True)

    def start(self) -> Self:
        """Begin to push."""
        self._thread.start()
        return self

    def _run(self) -> None:
        while not self._ended.wait(self._every_s):
            try_push(self._store, self._metrics)

    def close(self) -> None:
        """Push what is left, and end the thread."""
        self._ended.set()
        self._thread.join()
        try_push(self._store, self._metrics)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()
