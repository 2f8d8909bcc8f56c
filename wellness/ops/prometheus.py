"""Metrics as Prometheus reads them: of this process, or of all that pushed theirs to Redis.

    registry = registry_of(metrics.measured)                  # this process
    registry = registry_of(store.merged, client=client)       # all, and Redis' memory
    print(generate_latest(registry).decode())

Labels are names of commands, indexes and nodes, bounded in number; none is of a person.
The histograms have a thousand buckets, Prometheus is given twenty: what is up to 2 % above the
bound of a bucket may be counted in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString
from redis import Redis, RedisError

from wellness.errors import WellnessError
from wellness.link.histogram import Histogram
from wellness.ops.measured import Measured

ROUND_TRIPS_S = (
    25e-6, 50e-6, 100e-6, 250e-6, 500e-6, 1e-3, 2.5e-3, 5e-3, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5,
    1.0, 2.5, 5.0,
)  # fmt: skip
STEPS_S = (1e-3, 5e-3, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 25.0, 50.0, 100.0)
RESULTS = (0.0, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 500.0)
DISTANCES = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7, 0.8, 1.0, 1.5)
LOOKUPS = {  # of embeddings: label to what is counted
    "hit": "hits", "miss": "misses", "coalesced": "coalesced", "damaged": "damaged",
    "uncached": "uncached",
}  # fmt: skip
MEMORY = {  # of INFO memory: what is read there to what it is called here
    "used_memory": ("used_bytes", "Bytes that Redis has allocated"),
    "used_memory_peak": ("peak_bytes", "The most that it ever had"),
    "used_memory_rss": ("rss_bytes", "Bytes that the operating system gave it"),
    "used_memory_dataset": ("dataset_bytes", "Bytes of data, without overhead"),
    "maxmemory": ("limit_bytes", "Its limit; 0 for none"),
    "mem_fragmentation_ratio": ("fragmentation_ratio", "What it was given by what it uses"),
}


class MetricsCollector(Collector):
    """Gives Prometheus the metrics of a source, read anew at each scrape.

    Args:
        source: gives them: `Metrics.measured` or `MetricsStore.merged`.
        client: whose INFO memory is shown; None to leave it out.
    """

    def __init__(self, source: Callable[[], Measured], client: Redis | None = None) -> None:
        self._source, self._client = source, client

    def describe(self) -> Iterable[Metric]:
        """Nothing: registering must not ask Redis."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """All metrics; when Redis does not answer, that alone."""
        memory: dict[str, Any] = {}
        try:
            if self._client is not None:
                memory = self._client.info("memory")
            measured = self._source()
        except (RedisError, WellnessError):
            yield _gauge("redis_up", "Whether Redis answered", 0.0)
            return
        yield _gauge("redis_up", "Whether Redis answered", 1.0)
        yield from _commands(measured)
        yield from _searches(measured)
        yield from _steps(measured)
        yield from _embeddings(measured)
        for name, (called, what) in MEMORY.items():
            if name in memory:
                yield _gauge(f"redis_memory_{called}", what, float(memory[name]))


def registry_of(source: Callable[[], Measured], client: Redis | None = None) -> CollectorRegistry:
    """A registry with these metrics alone; see `MetricsCollector`."""
    registry = CollectorRegistry()
    registry.register(MetricsCollector(source, client))
    return registry


def _commands(measured: Measured) -> Iterator[Metric]:
    rows = measured.commands.items()
    yield _histogram(
        "redis_command_seconds", "Round trips by command; a pipeline is one of its own", "command",
        ROUND_TRIPS_S, [(name, row.histogram) for name, row in rows],
    )  # fmt: skip
    yield _counter(
        "redis_command_errors", "Round trips that failed, and calls that the breaker refused",
        "command", [(name, row.errors) for name, row in rows],
    )  # fmt: skip
    yield _counter(
        "redis_commands_sent", "Commands in these round trips", "command",
        [(name, row.sent) for name, row in rows],
    )  # fmt: skip


def _searches(measured: Measured) -> Iterator[Metric]:
    rows = measured.searches.items()
    yield _histogram(
        "vector_search_seconds", "Round trips of vector searches", "index", ROUND_TRIPS_S,
        [(name, row.seconds) for name, row in rows],
    )  # fmt: skip
    yield _histogram(
        "vector_search_results", "Results of a vector search", "index", RESULTS,
        [(name, row.results) for name, row in rows],
    )  # fmt: skip
    yield _histogram(
        "vector_search_distance", "Cosine distances of the results, 0 to 2", "index", DISTANCES,
        [(name, row.distances) for name, row in rows],
    )  # fmt: skip


def _steps(measured: Measured) -> Iterator[Metric]:
    rows = measured.steps.items()
    yield _histogram(
        "agent_step_seconds", "Steps of the agent", "node", STEPS_S,
        [(name, row.seconds) for name, row in rows],
    )  # fmt: skip
    yield _counter(
        "agent_step_model_seconds", "The part of them in which models were computing", "node",
        [(name, row.waited.total_s) for name, row in rows],
    )  # fmt: skip


def _embeddings(measured: Measured) -> Iterator[Metric]:
    of = measured.embeddings
    yield _counter(
        "embedding_lookups", "Texts asked of the embedding cache", "result",
        [(label, getattr(of, name)) for label, name in LOOKUPS.items()],
    )  # fmt: skip
    yield _counter(
        "embedding_seconds", "Time spent on hits, and on embedding misses", "result",
        [("hit", of.hit_us / 1e6), ("miss", of.embed_us / 1e6)],
    )  # fmt: skip
    yield _counter("embedding_written_bytes", "Bytes of vectors", "", [("", of.written_bytes)])
    if (saved := of.saved_s) is not None:
        yield _gauge("embedding_saved_seconds", "Hits at the mean of measured misses", saved)


def _gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(f"wellness_{name}", f"{what}.", value=value)


def _counter(name: str, what: str, label: str, rows: Iterable[tuple[str, float]]) -> Metric:
    family = CounterMetricFamily(f"wellness_{name}", f"{what}.", labels=[label] if label else [])
    for value, count in rows:
        family.add_metric([value] if label else [], count)
    return family


def _histogram(
    name: str, what: str, label: str, bounds: Sequence[float], rows: Iterable[tuple[str, Histogram]]
) -> Metric:
    family = HistogramMetricFamily(f"wellness_{name}", f"{what}.", labels=[label])
    for value, of in rows:
        buckets: list[tuple[str, float]] = [
            (floatToGoString(bound), count)  # type: ignore[no-untyped-call]
            for bound, count in zip(bounds, of.at_most(bounds), strict=True)
        ]
        family.add_metric([value], [*buckets, ("+Inf", of.count)], of.total_s)
    return family
