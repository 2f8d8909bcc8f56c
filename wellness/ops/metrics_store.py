"""What all processes measured, added up in Redis, and a few numbers over time.

    store = MetricsStore(client, settings=settings, clock=time.time)
    store.push(metrics)                          # now and then, and at the end
    store.merged().commands["GET"].histogram.p99
    store.series("ops", since)

Percentiles of several processes have no sum, so it is the histograms' buckets that are added, in
one hash a family of metrics; any percentile can then be read from the sum.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

from redis import Redis, RedisError

from wellness import keys as key_table
from wellness.client import for_user
from wellness.errors import MetricsError, RedisUnavailable
from wellness.keys import Keys
from wellness.link.histogram import ALPHA
from wellness.ops.measured import FAMILIES, Cell, Measured, bounded, of_cells
from wellness.ops.metrics import Metrics
from wellness.ops.series import Series, TimeSeries
from wellness.settings import Settings

Sample = dict[str, float]


class MetricsStore:
    """The metrics of one namespace, of all its users and processes.

    Args:
        client: bytes or text replies, either will do.
        settings: those of metrics count here.
        clock: seconds since the epoch.
        namespace: prefix of all keys.
    """

    def __init__(
        self,
        client: Redis,
        *,
        settings: Settings,
        clock: Callable[[], float],
        namespace: str = key_table.PERSON,
    ) -> None:
        self.client, self._clock = for_user(client, key_table.EVERYONE), clock
        self._settings = settings
        self._keys = Keys(namespace, key_table.EVERYONE)
        self._series = TimeSeries(self.client, self._keys, settings)
        self._pushing = threading.Lock()
        self._last = clock()

    @property
    def has_series(self) -> bool:
        """Whether this Redis keeps numbers over time: it has the TimeSeries module."""
        return self._series.available

    def push(self, metrics: Metrics) -> None:
        """Add to Redis what a process measured since its last push; the push is not measured.

        All of it is added, or none. If Redis does not answer, the next push adds it; when only
        the answer got lost, it is added twice.

        Raises:
            RedisError, RedisUnavailable: Redis did not take it.
        """
        with self._pushing, metrics.unrecorded():
            now = self._clock()
            memory = self._memory()
            with_series = self._series.available
            taken = metrics.take()
            try:
                self._add(taken, self._sample(taken, now, memory) if with_series else {}, now)
            except BaseException:
                metrics.restore(taken)
                raise
            self._last = now

    def _add(self, taken: Mapping[Cell, int], sample: Sample, now: float) -> None:
        pipe = self.client.pipeline(transaction=True)
        if sample:
            self._series.queue(pipe, sample, now)
        for cell, count in taken.items():
            pipe.hincrby(self._key(cell.family), f"{cell.label}|{cell.what}", count)
        for family in FAMILIES:
            pipe.expire(self._key(family), self._settings.metrics_ttl_s)
        replies = pipe.execute()
        if sample and self._series.damaged(replies[0]):
            self._series.make()
            pipe = self.client.pipeline(transaction=True)
            self._series.queue(pipe, sample, now)
            pipe.execute()

    def _sample(self, taken: Mapping[Cell, int], now: float, memory: int | None) -> Sample:
        """What goes into the series of the interval since the last push."""
        fresh = of_cells(taken)
        whole = fresh.all_commands
        sample = {"ops": whole.sent / max(now - self._last, self._settings.metrics_push_s)}
        if whole.histogram.count:
            of = whole.histogram
            sample |= {"p50": of.p50, "p95": of.p95, "p99": of.p99}
        if (rate := fresh.embeddings.hit_rate) is not None:
            sample["hit_rate"] = rate
        if memory is not None:
            sample["memory"] = memory
        return sample

    def _memory(self) -> int | None:
        """Bytes that Redis has in use; None where a service refuses INFO."""
        try:
            found: dict[str, int] = self.client.info("memory")
        except RedisUnavailable:
            raise
        except RedisError:
            return None
        return found.get("used_memory")

    def merged(self) -> Measured:
        """What all processes have pushed.

        Raises:
            MetricsError: it cannot be read; another version of the kit wrote it.
        """
        pipe = self.client.pipeline(transaction=False)
        for family in FAMILIES:
            pipe.hgetall(self._key(family))
        counts: dict[Cell, int] = {}
        try:
            for family, found in zip(FAMILIES, pipe.execute(), strict=True):
                for name, count in found.items():
                    label, _, what = _text(name).rpartition("|")
                    counts[Cell(family, label, what)] = int(count)
            return of_cells(bounded(counts))
        except ValueError as error:
            raise MetricsError(
                f"The merged metrics cannot be read: {error}",
                hint="Another version of the kit wrote them; `MetricsStore.forget` removes them.",
            ) from error

    def series(self, name: str, since: float) -> Series:
        """One number over time: "ops", "p50", "p95", "p99", "hit_rate" or "memory".

        Args:
            since: epoch seconds; the farther back, the coarser: the points say how coarse.

        Raises:
            TimeSeriesMissing: this Redis has no TimeSeries module; `has_series` asks beforehand.
            MetricsError: there is no series of that name.
        """
        return self._series.read(name, since, now=self._clock())

    def forget(self) -> int:
        """Remove all metrics and series; how many keys went."""
        names = [self._key(family) for family in FAMILIES]
        return int(self.client.unlink(*names, *self._series.keys()))

    def _key(self, family: str) -> str:
        # Buckets of another accuracy mean other durations, so they are other keys.
        return self._keys.metrics(f"{family}-{ALPHA}")

    def __repr__(self) -> str:
        return f"<MetricsStore of {self._keys.namespace!r}>"


def _text(name: bytes | str) -> str:
    return name.decode() if isinstance(name, bytes) else name
