"""Follow an audit log as it grows: nothing is missed, since a reader knows where it was."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

from redis.exceptions import RedisError

from wellness.errors import RedisUnavailable
from wellness.ops.audit import PAGE, AuditLog
from wellness.ops.entries import Entry, entry_of
from wellness.ops.subscriber import longest_wait_s
from wellness.settings import Settings


def follow(
    log: AuditLog,
    *,
    settings: Settings,
    after: str | None = None,
    stop: threading.Event | None = None,
    quiet_s: float | None = None,
) -> Iterator[Entry]:
    """Entries as they are written; an outage of Redis is waited out, and what came in it follows.

    What the log's cut takes away before it was read is missing: the entries' numbers show it.

    Args:
        settings: those of waiting count here.
        after: id of the last entry that is known; by default the newest at the beginning.
        stop: ends it, within `events_idle_s`.
        quiet_s: end also after so many seconds without an entry.
    """
    stop = stop or threading.Event()
    block_ms = int(longest_wait_s(settings) * 1000)
    if after is None:
        after = next((entry.id for entry in log.last(1)), "0-0")
    heard = time.monotonic()
    while not stop.is_set():
        try:
            found: Any = log.client.xread({log.keys.audit: after}, count=PAGE, block=block_ms)
        except (RedisError, RedisUnavailable):
            stop.wait(settings.events_retry_s)
            continue
        for _, page in found or ():
            for id, fields in page:
                after = id.decode()
                yield entry_of(id, fields)
                heard = time.monotonic()
        if quiet_s is not None and not found and time.monotonic() - heard >= quiet_s:
            return
