"""redis-py's own OpenTelemetry metrics beside ours, of the same calls.

    both = side_by_side(client, lambda: [client.ping() for _ in range(1_000)])
    both["PING"].ours.histogram.p99, both["PING"].p99_between

Both count inside the same client: redis-py around sending and parsing, ours around that and the
breaker. What they tell of a percentile differs: fixed buckets say between which two bounds it
lies, a sketch gives it within a stated error. And a command that Redis answers with an error is
not in redis-py's durations, only in its count of errors, which is another group of metrics.

redis-py takes its meters from the process' MeterProvider, and such a provider is set once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate
from math import floor, inf

from opentelemetry import metrics as otel
from opentelemetry.sdk.metrics import Histogram as SdkHistogram
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    HistogramDataPoint,
    InMemoryMetricReader,
)
from redis.observability import recorder
from redis.observability.config import MetricGroup, OTelConfig
from redis.observability.providers import get_observability_instance

from wellness.client import Client
from wellness.errors import LessonError
from wellness.lesson.tables import html_table
from wellness.link.histogram import duration
from wellness.link.latency import CommandLatency
from wellness.ops.metrics import Metrics

INSTRUMENT = "db.client.operation.duration"  # of OpenTelemetry's conventions for databases
OPERATION = "db.operation.name"
_reader: InMemoryMetricReader | None = None


@dataclass(frozen=True)
class Native:
    """What redis-py counted of one command: counts between bounds, in seconds."""

    count: int
    total_s: float
    bounds: tuple[float, ...]
    counts: tuple[int, ...]

    def between(self, q: float) -> tuple[float, float]:
        """The two bounds that a quantile lies between; the upper one may be infinite.

        Raises:
            ValueError: nothing was counted.
        """
        if not self.count:
            raise ValueError("Nothing was counted.")
        rank = floor(q * (self.count - 1))
        edges = (0.0, *self.bounds, inf)
        at = next(i for i, seen in enumerate(accumulate(self.counts)) if seen > rank)
        return edges[at], edges[at + 1]


NOTHING = Native(0, 0.0, (), ())


@dataclass(frozen=True)
class Both:
    """One command as both saw it."""

    ours: CommandLatency
    native: Native

    @property
    def p99_between(self) -> tuple[float, float] | None:
        """Between which bounds redis-py's buckets have the 99th percentile; None for no calls."""
        return self.native.between(0.99) if self.native.count else None


class SideBySide(dict[str, Both]):
    """Command to what both counted of it."""

    def rows(self) -> list[tuple[str, ...]]:
        """Calls, seconds in all, and what is known of p99: ours, then redis-py's."""
        return [
            (
                name, f"{both.ours.histogram.count:,}", f"{both.native.count:,}",
                duration(both.ours.histogram.total_s), duration(both.native.total_s),
                duration(both.ours.histogram.p99), _interval(both.p99_between),
            )
            for name, both in self.items()
        ]  # fmt: skip

    def __repr__(self) -> str:
        return "\n".join("  ".join(row) for row in (HEAD, *self.rows()))

    def _repr_html_(self) -> str:
        return html_table(HEAD, self.rows(), caption="Our metrics beside redis-py's own")


HEAD = (
    "command", "calls, ours", "calls, redis-py", "time, ours", "time, redis-py", "p99, ours",
    "p99, redis-py",
)  # fmt: skip


def _interval(bounds: tuple[float, float] | None) -> str:
    if bounds is None:
        return "-"
    low, high = bounds
    return f"above {duration(low)}" if high == inf else f"{duration(low)} to {duration(high)}"


def side_by_side(client: Client, workload: Callable[[], object]) -> SideBySide:
    """Run something and give what both counted of it; redis-py's metrics are off before and after.

    Args:
        client: what the workload uses; it may have other observers.
        workload: what to run; other threads' commands meanwhile are counted, too.

    Raises:
        LessonError: this process has a MeterProvider already, which is not ours to read.
    """
    ours = Metrics()
    with native_metrics() as read:
        client.guard.add(ours)
        try:
            workload()
        finally:
            client.guard.remove(ours)
        native = read()
    commands = ours.measured().commands
    return SideBySide(
        {name: Both(row, native.get(name, NOTHING)) for name, row in commands.items()}
    )


@contextmanager
def native_metrics() -> Iterator[Callable[[], dict[str, Native]]]:
    """Turn on redis-py's metrics of commands in a block; gives a function that reads them.

    Raises:
        LessonError: this process has a MeterProvider already, which is not ours to read.
    """
    reader = _our_reader()
    instance = get_observability_instance()
    instance.init(OTelConfig(metric_groups=[MetricGroup.COMMAND]))
    recorder.reset_collector()  # or the one of an earlier block, or none, would stay
    reader.get_metrics_data()  # what was counted before is not of this block
    try:
        yield lambda: _read(reader)
    finally:
        instance.shutdown()
        recorder.reset_collector()


def _our_reader() -> InMemoryMetricReader:
    """The reader of this process' provider, made with the first block."""
    global _reader
    if _reader is None:
        reader = InMemoryMetricReader(
            preferred_temporality={SdkHistogram: AggregationTemporality.DELTA}
        )
        provider = MeterProvider(metric_readers=[reader], shutdown_on_exit=False)
        otel.set_meter_provider(provider)
        if otel.get_meter_provider() is not provider:
            raise LessonError(
                "This process has an OpenTelemetry MeterProvider already.",
                hint="Restart the kernel, or read redis-py's metrics through that provider.",
            )
        _reader = reader
    return _reader


def _read(reader: InMemoryMetricReader) -> dict[str, Native]:
    found: dict[str, list[HistogramDataPoint]] = {}
    data = reader.get_metrics_data()
    for resource in data.resource_metrics if data else ():
        for scope in resource.scope_metrics:
            for metric in scope.metrics:
                for point in metric.data.data_points if metric.name == INSTRUMENT else ():
                    if isinstance(point, HistogramDataPoint):
                        name = str((point.attributes or {}).get(OPERATION, "")).upper()
                        found.setdefault(name, []).append(point)
    return {name: _sum(points) for name, points in found.items()}


def _sum(points: Sequence[HistogramDataPoint]) -> Native:
    """Points that differ in other attributes, such as whether it failed, as one."""
    return Native(
        sum(point.count for point in points),
        sum(point.sum for point in points),
        tuple(points[0].explicit_bounds),
        tuple(map(sum, zip(*(point.bucket_counts for point in points), strict=True))),
    )
