"""What metrics cost beside a loopback round trip, how exact they are, and an hour of load.

Printed, never asserted: `pytest tests/benchmarks -s`.
"""

# ruff: noqa: T201 - a benchmark prints

from __future__ import annotations

import time
import tracemalloc

import numpy as np
import pytest
import redis
from memory.geometry import Scattered
from ops.distributions import (
    SAMPLES,
    Draw,
    exponential,
    heavy_tailed,
    hits_and_misses,
    lognormal,
    uniform,
)
from ops.soaking import Look, soak
from test_client_overhead import interleaved, seconds_per, tell

from wellness.agent.state import Step
from wellness.client import connect
from wellness.link.latency import LatencyRecorder
from wellness.memory.embedding_cache import CachedEmbedder
from wellness.memory.long_term import LongTerm
from wellness.ops.metrics import Metrics
from wellness.ops.metrics_store import MetricsStore
from wellness.server import EmbeddedServer
from wellness.settings import Settings

pytestmark = pytest.mark.benchmark_limits
EXACT = 0.02  # of the true percentile: how far p99 may be from it
HOUR_S = 3_600
# What may be more after an hour than after half of it. Buckets of rare durations still come up for
# the first time; there are at most 1,152 for each name.
GROWTH = 0.10


def test_metrics_in_a_client_beside_a_ping(
    redis_server: EmbeddedServer, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(redis_url=redis_server.url)
    with (
        redis.Redis.from_url(redis_server.url) as plain,
        connect(settings) as guarded,
        connect(settings, observer=LatencyRecorder()) as recorded,
        connect(settings, observer=Metrics()) as measured,
    ):
        took = interleaved(
            {
                "plain redis.Redis": plain.ping,
                "guarded": guarded.ping,
                "guarded, LatencyRecorder": recorded.ping,
                "guarded, Metrics": measured.ping,
            }
        )
    with capsys.disabled():
        tell(took, "metrics in the client", of="guarded, Metrics")


def test_each_kind_of_record_and_a_push_beside_a_ping(
    redis_server: EmbeddedServer, namespace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(redis_url=redis_server.url)
    metrics, command = Metrics(), (("GET", "k"),)
    distances = [0.01 * n for n in range(1, 51)]
    with connect(settings) as client:
        store = MetricsStore(client, settings=settings, clock=time.time, namespace=namespace)
        ping = seconds_per(client.ping, number=1_000)
        counts, step = {"hits": 1, "hit_us": 50}, Step("answer", 0.5, 0.4)
        costs = {
            "on_command": seconds_per(lambda: metrics.on_command("GET", 53e-6, None, command)),
            "on_embeddings": seconds_per(lambda: metrics.on_embeddings(counts)),
            "on_step": seconds_per(lambda: metrics.on_step(step), number=5_000),
            "on_search, 50 distances": seconds_per(
                lambda: metrics.on_search("memory", 0.001, distances), number=500
            ),
        }
        for name in (f"C{n}" for n in range(15)):  # as many commands as an agent's turn uses
            for n in range(500):
                metrics.on_command(name, 50e-6 * 1.01**n, None, command)

        def push() -> None:
            for n in range(15):
                metrics.on_command(f"C{n}", 53e-6, None, command)
            store.push(metrics)

        store.push(metrics)
        costs["a push, 15 commands"] = seconds_per(push, number=20)
        costs["merged()"] = seconds_per(store.merged, number=20)
    with capsys.disabled():
        print(f"\nOne record, relative to a guarded PING of {ping * 1e6:.1f} µs")
        for name, seconds in costs.items():
            print(f"  {name:<28} {seconds * 1e6:8.2f} µs  {seconds / ping:8.1%}")


def test_percentiles_beside_exact_ones(capsys: pytest.CaptureFixture[str]) -> None:
    draws: list[Draw] = [lognormal, exponential, uniform, heavy_tailed, hits_and_misses]
    with capsys.disabled():
        print(f"\nError of a percentile of {SAMPLES:,} samples (limit for p99: {EXACT:.0%})")
        for draw in draws:
            values = draw(np.random.default_rng(20))
            metrics = Metrics()
            for value in values.tolist():
                metrics.on_command("GET", value, None, (("GET",),))
            of = metrics.measured().commands["GET"].histogram
            errors = []
            for q in (0.5, 0.95, 0.99):
                exact = float(np.quantile(values, q, method="lower"))
                errors.append(abs(of.quantile(q) - exact) / exact)
            shown = ", ".join(f"{error:.2%}" for error in errors)
            outcome = "pass" if errors[-1] <= EXACT else "FAIL"
            print(f"  {draw.__name__:<15} p50, p95, p99: {shown}, {outcome}")


def test_an_hour_of_load(
    redis_server: EmbeddedServer, namespace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def show(look: Look) -> None:
        if look.at_s % 600 == 0:
            print(
                f"  {look.at_s / 60:3.0f} min  {look.traced / 1e6:7.2f} MB in Python  {look.keys} "
                f"keys  {look.bytes / 1e3:7.1f} kB in Redis  {look.threads} threads"
            )

    settings = Settings(redis_url=redis_server.url)
    with connect(settings) as client, capsys.disabled():
        known = {"settings": settings, "namespace": namespace}
        memory = LongTerm(client, Scattered(), "ann", clock=time.time, **known)  # type: ignore[arg-type]
        cache = CachedEmbedder(Scattered(), client, "ann", **known)  # type: ignore[arg-type]
        print("\nAn hour of load on a clock that is set")
        tracemalloc.start()
        try:
            store, looks = soak(
                client, memory, cache, namespace=namespace, seconds=HOUR_S, rate=20, progress=show
            )
        finally:
            tracemalloc.stop()
        early, late = looks[len(looks) // 2], looks[-1]
        grown = {
            "in Python": late.traced / early.traced - 1,
            "in Redis": late.bytes / early.bytes - 1,
            "keys": late.keys / early.keys - 1,
            "threads": late.threads / early.threads - 1,
        }
        for what, share in grown.items():
            outcome = "pass" if share <= GROWTH else "FAIL"
            print(f"  {what:<10} {share:+.1%} in the second half, {outcome}")
        print(f"  {store.merged()!r}")
