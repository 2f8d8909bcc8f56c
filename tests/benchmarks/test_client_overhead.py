"""What the guard and the recorder cost, beside a loopback PING measured in the same run.

The clients take turns in small batches, so that a busy moment of the machine hits all of them.
Printed, never asserted: `pytest tests/benchmarks -s`.
"""

# ruff: noqa: T201 - a benchmark prints

from __future__ import annotations

import random
import statistics
import timeit
from collections.abc import Callable
from time import perf_counter

import pytest
import redis

from wellness.client import Client, connect
from wellness.link.histogram import Histogram
from wellness.link.latency import BATCH, LatencyRecorder
from wellness.server import EmbeddedServer
from wellness.settings import Settings

ROUNDS = 100
LIMIT = 0.10  # of a PING: what recording may cost


def interleaved(functions: dict[str, Callable[[], object]]) -> dict[str, list[float]]:
    """Seconds per call of each function, one value a round, from batches that take turns.

    A batch is what the recorder counts at once, so each pays for exactly one counting.
    """
    rounds: dict[str, list[float]] = {name: [] for name in functions}
    names, order = list(functions), random.Random(0)
    for _ in range(ROUNDS):
        order.shuffle(names)
        for name in names:
            function = functions[name]
            begun = perf_counter()
            for _ in range(BATCH):
                function()
            rounds[name].append((perf_counter() - begun) / BATCH)
    return rounds


def median_ratio(times: list[float], base: list[float]) -> float:
    """Median of the ratios within each round: a slow moment is in both, and cancels."""
    return statistics.median(one / other for one, other in zip(times, base, strict=True))


def seconds_per(function: Callable[[], object], number: int = 20_000) -> float:
    """Best of seven: the cost without what other processes add."""
    return min(timeit.repeat(function, number=number, repeat=7)) / number


def verdict(ratio: float) -> str:
    return f"{ratio:.1%}, {'pass' if ratio < LIMIT else 'FAIL'} (limit {LIMIT:.0%})"


def tell(took: dict[str, list[float]], what: str, *, of: str) -> None:
    """Each candidate beside the plain client, and what `of` adds to the guarded one."""
    ratio = {name: median_ratio(times, took["plain redis.Redis"]) for name, times in took.items()}
    print(f"\nPING in {ROUNDS} interleaved batches of {BATCH}, relative to plain redis.Redis")
    for name, times in took.items():
        print(f"  {name:<28} {statistics.median(times) * 1e6:6.1f} µs  {ratio[name]:.3f}")
    print(f"  {what:<28} {verdict(ratio[of] - ratio['guarded'])}")


def observed(url: str) -> Client:
    return connect(Settings(redis_url=url), observer=LatencyRecorder())


@pytest.mark.benchmark_limits
def test_guard_and_recorder_beside_a_ping(
    redis_server: EmbeddedServer, capsys: pytest.CaptureFixture[str]
) -> None:
    url = redis_server.url
    with (
        redis.Redis.from_url(url) as plain,
        redis.Redis(connection_pool=redis.BlockingConnectionPool.from_url(url)) as blocking,
        connect(Settings(redis_url=url)) as guarded,
        observed(url) as recorded,
    ):
        took = interleaved(
            {
                "plain redis.Redis": plain.ping,
                "on redis-py's blocking pool": blocking.ping,
                "guarded": guarded.ping,
                "guarded and recorded": recorded.ping,
            }
        )
    with capsys.disabled():
        tell(took, "recording in the client", of="guarded and recorded")


@pytest.mark.benchmark_limits
def test_recording_alone_beside_a_ping(
    redis_server: EmbeddedServer, capsys: pytest.CaptureFixture[str]
) -> None:
    recorder, histogram = LatencyRecorder(), Histogram()
    with redis.Redis.from_url(redis_server.url) as plain:
        plain.ping()
        ping = seconds_per(plain.ping, number=1_000)
    costs = {
        "Histogram.record": seconds_per(lambda: histogram.record(53e-6)),
        "LatencyRecorder.on_command": seconds_per(lambda: recorder.on_command("PING", 53e-6, None)),
    }
    with capsys.disabled():
        print(f"\nOne duration, relative to a PING of {ping * 1e6:.1f} µs")
        for name, seconds in costs.items():
            print(f"  {name:<28} {seconds * 1e6:6.2f} µs  {verdict(seconds / ping)}")
