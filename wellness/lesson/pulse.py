"""What happened on a Redis between two looks: commands a second, latency, hits, memory.

Percentiles are of the interval, not of all since the start: a slow minute an hour ago would stand
in the way of the one that is now. Nothing is averaged.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from math import nan
from typing import Any

from redis import Redis

from wellness.ops.measured import Cell, cells, of_cells, since
from wellness.ops.metrics import Metrics

KEPT = 120  # beats: a minute at two a second, and a bound on what a long lesson holds


@dataclass(frozen=True, slots=True)
class Beat:
    """One interval. NaN where nothing happened that could be measured.

    Attributes:
        seconds: how long it was.
        server_ops: commands a second of all clients, this page's own left out.
        calls: round trips of the watched client.
        p50, p95, p99: of these, in seconds.
        hit_rate: reads by key that found one, all clients, 0 to 1.
        embedding_rate: texts that needed no embedding, 0 to 1.
        memory: bytes that Redis uses now.
        errors: round trips that failed.
    """

    seconds: float
    server_ops: float
    calls: int
    p50: float
    p95: float
    p99: float
    hit_rate: float
    embedding_rate: float
    memory: int
    errors: int


class Pulse:
    """Takes a beat whenever it is asked.

    Args:
        looker: a client of the dashboard's own, so that looking is not what is seen.
        metrics: an observer of the clients that are watched.
        clock: monotonic seconds.
    """

    def __init__(
        self, looker: Redis, metrics: Metrics, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._looker, self._metrics, self._clock = looker, metrics, clock
        self.beats: deque[Beat] = deque(maxlen=KEPT)
        self._counts: dict[Cell, int] = cells(metrics.measured())
        self._info, self._at = self._look(), clock()

    def _look(self) -> dict[str, Any]:
        found: dict[str, Any] = self._looker.info()
        return found

    def beat(self) -> Beat:
        """What happened since the last one.

        Raises:
            RedisUnavailable: Redis does not answer; the next beat covers this time too.
        """
        info, at = self._look(), self._clock()
        counts = cells(self._metrics.measured())
        fresh, seconds = of_cells(since(counts, self._counts)), max(at - self._at, 1e-9)
        asked = {name: info[name] - self._info[name] for name in COUNTERS}
        times, calls = fresh.all_commands.histogram, fresh.all_commands
        rate = fresh.embeddings.hit_rate
        self.beats.append(
            Beat(
                seconds,
                max(asked["total_commands_processed"] - 1, 0) / seconds,
                calls.calls,
                times.p50,
                times.p95,
                times.p99,
                _share(asked["keyspace_hits"], asked["keyspace_misses"]),
                nan if rate is None else rate,
                info["used_memory"],
                calls.errors,
            )
        )
        self._info, self._at, self._counts = info, at, counts
        return self.beats[-1]


COUNTERS = ("total_commands_processed", "keyspace_hits", "keyspace_misses")


def _share(hits: int, misses: int) -> float:
    return hits / (hits + misses) if hits + misses > 0 else nan
