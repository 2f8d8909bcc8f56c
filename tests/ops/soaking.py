"""Hours of load on the metrics in minutes: a clock that is set, and looks at what could grow."""

from __future__ import annotations

import gc
import random
import threading
import tracemalloc
from collections.abc import Callable
from typing import Any, NamedTuple

from prometheus_client import generate_latest
from redis import Redis

from wellness import keys
from wellness.agent.state import Step
from wellness.client import Client
from wellness.memory.embedding_cache import CachedEmbedder
from wellness.memory.long_term import LongTerm
from wellness.ops.metrics import Metrics
from wellness.ops.metrics_store import MetricsStore
from wellness.ops.prometheus import registry_of
from wellness.settings import Settings

BEGIN = 1_790_000_000.0
LOOK_EVERY_S = 60
NODES = ("recall", "classify", "act", "answer", "validate", "remember")
# Short enough that what an hour writes is also forgotten within it.
KEPT = Settings(metrics_raw_s=60, metrics_minutes_s=180, metrics_hours_s=3_600)


class Look(NamedTuple):
    """What there was at one moment."""

    at_s: int
    traced: int  # bytes that Python has allocated
    keys: int
    bytes: int  # of these keys in Redis
    threads: int


def soak(
    client: Client,
    memory: LongTerm,
    cache: CachedEmbedder,
    *,
    namespace: str,
    seconds: int,
    rate: int,
    progress: Callable[[Look], None] = lambda _: None,
) -> tuple[MetricsStore, list[Look]]:
    """Put `rate` commands a second on the metrics for so many seconds of a clock that is set.

    Each second has a recall, embeddings and steps of the agent as well, each ten of them a push,
    each minute a scrape by Prometheus. Names come up all the time that were never there before.
    """
    metrics, dice = Metrics(), random.Random(1)
    client.guard.add(metrics)
    now = BEGIN
    store = MetricsStore(client, settings=KEPT, clock=lambda: now, namespace=namespace)
    registry = registry_of(store.merged, client)
    name = keys.Keys(namespace, "ann").scratch("load")
    looks: list[Look] = []
    for second in range(1, seconds + 1):
        now = BEGIN + second
        for at in range(rate):
            client.set(name, at) if at % 2 else client.get(name)
        memory.recall(f"question {second % 50}", now=int(now))
        cache.embed([f"text {dice.randrange(200)}"])
        for node in NODES:
            metrics.on_step(Step(node, dice.uniform(0.1, 0.5), 0.0))
        for kind in ("C", "D"):
            metrics.on_command(f"{kind}{second}", dice.uniform(5e-4, 5e-3), None, (("C",),))
        metrics.on_step(Step(f"node{second}", 0.1))
        metrics.on_search(f"index{second}", 0.01, [dice.uniform(0.2, 0.9)])
        if second % 10 == 0:
            store.push(metrics)
        if second % 60 == 0:
            generate_latest(registry)
        if second % LOOK_EVERY_S == 0:
            looks.append(look(client, namespace, second))
            progress(looks[-1])
    client.guard.remove(metrics)
    return store, looks


def look(client: Redis, namespace: str, at_s: int) -> Look:
    """What there is now."""
    gc.collect()
    names = set(keys.scan(client, namespace))
    ours = [name for name in names if keys.parse(name).kind in ("metrics", "series")]
    pipe = client.pipeline(transaction=False)
    for name in ours:
        pipe.memory_usage(name, samples=0)
    sizes: list[Any] = pipe.execute()
    traced = tracemalloc.get_traced_memory()[0] if tracemalloc.is_tracing() else 0
    return Look(at_s, traced, len(ours), sum(sizes), threading.active_count())
