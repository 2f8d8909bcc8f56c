"""The histogram against numpy's exact quantiles, and the recorder."""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from numpy.typing import NDArray

from wellness.link.breaker import BreakerOpen
from wellness.link.histogram import ALPHA, LONGEST_S, SHORTEST_S, Histogram
from wellness.link.latency import LatencyRecorder

N = 100_000
durations = st.floats(SHORTEST_S, LONGEST_S)
samples = st.lists(durations, min_size=1, max_size=300)
quantiles = st.floats(0, 1)


def of(values: object) -> Histogram:
    histogram = Histogram()
    for value in values:  # type: ignore[attr-defined]
        histogram.record(float(value))
    return histogram


def lognormal(random: np.random.Generator) -> NDArray[np.float64]:
    return random.lognormal(math.log(60e-6), 0.7, N)


def bimodal(random: np.random.Generator) -> NDArray[np.float64]:
    """Cache hits and misses: 97 % near 50 microseconds, 3 % near 80 milliseconds."""
    hit = random.random(N) < 0.97
    return np.where(hit, random.normal(50e-6, 5e-6, N), random.normal(80e-3, 8e-3, N)).clip(1e-6)


@pytest.mark.parametrize("distribution", [lognormal, bimodal])
@pytest.mark.parametrize("q", [0.5, 0.95, 0.99])
def test_percentiles_of_many(
    distribution: Callable[[np.random.Generator], NDArray[np.float64]], q: float
) -> None:
    values = distribution(np.random.default_rng(20))
    exact = float(np.quantile(values, q, method="lower"))
    assert of(values).quantile(q) == pytest.approx(exact, rel=0.02)


@given(samples, quantiles)
def test_each_quantile_is_within_the_promised_error(values: list[float], q: float) -> None:
    exact = float(np.quantile(values, q, method="lower"))
    assert of(values).quantile(q) == pytest.approx(exact, rel=ALPHA * (1 + 1e-9))


@given(samples, samples)
def test_merging_is_recording_everything_in_one(left: list[float], right: list[float]) -> None:
    merged, whole = of(left), of(left + right)
    merged.merge(of(right))
    assert merged.buckets() == whole.buckets()
    assert (merged.count, merged.longest_s) == (whole.count, whole.longest_s)
    assert merged.total_s == pytest.approx(whole.total_s)


def test_merging_with_an_empty_one_changes_nothing() -> None:
    for left, right in ((of([0.2]), Histogram()), (Histogram(), of([0.2]))):
        left.merge(right)
        assert left.to_dict() == of([0.2]).to_dict()


def test_a_merged_histogram_shares_nothing_with_its_source() -> None:
    copy, source = Histogram(), of([0.1])
    copy.merge(source)
    source.record(0.1)
    assert (copy.count, source.count) == (1, 2)


@given(samples)
def test_comes_back_from_json(values: list[float]) -> None:
    histogram = of(values)
    back = Histogram.from_dict(json.loads(json.dumps(histogram.to_dict())))
    assert back.to_dict() == histogram.to_dict()
    assert (back.count, back.p99) == (histogram.count, histogram.p99)


@pytest.mark.parametrize(
    "change",
    [{"alpha": 0.02}, {"buckets": [[10**6, 1]]}, {"buckets": [[0, -1]]}],
    ids=["other accuracy", "bucket out of range", "negative count"],
)
def test_refuses_a_description_that_is_not_its_own(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"accuracy|Bucket"):
        Histogram.from_dict(of([0.1]).to_dict() | change)


@given(st.lists(st.floats(0, 1e9), min_size=1, max_size=300))
def test_memory_is_bounded_whatever_is_recorded(values: list[float]) -> None:
    histogram = of([*values, 0.0, 1e9])
    keys = histogram.buckets().keys()
    assert max(keys) - min(keys) < 1_152
    assert histogram.count == len(values) + 2


@pytest.mark.parametrize("seconds", [-1e-9, math.nan, -math.inf])
def test_refuses_what_is_no_duration(seconds: float) -> None:
    histogram = Histogram()
    with pytest.raises(ValueError, match="duration"):
        histogram.record(seconds)
    assert histogram.count == 0


@pytest.mark.parametrize("q", [-0.1, 1.1, math.nan])
def test_refuses_what_is_no_quantile(q: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        of([0.1]).quantile(q)


def test_an_empty_one_has_no_quantiles() -> None:
    assert math.isnan(Histogram().p50)
    assert repr(Histogram()) == "<Histogram, empty>"


def test_no_percentile_is_above_the_longest() -> None:
    for value in np.geomspace(1e-6, 100, 500):
        histogram = of([value])
        assert histogram.p50 <= histogram.longest_s == value


def test_recorder_counts_calls_errors_and_times_by_name() -> None:
    recorder = LatencyRecorder()
    recorder.on_command("GET", 0.001, None)
    recorder.on_command("GET", 0.003, TimeoutError())
    recorder.on_command("SET", 0.002, None)
    rows = recorder.snapshot()
    assert list(rows) == ["GET", "SET"]
    assert (rows["GET"].calls, rows["GET"].errors, rows["GET"].histogram.count) == (2, 1, 2)
    assert rows["SET"].histogram.p50 == pytest.approx(0.002, rel=ALPHA)


def test_a_refused_call_is_an_error_without_a_time() -> None:
    recorder = LatencyRecorder()
    recorder.on_command("GET", 1e-6, BreakerOpen(5.0))
    row = recorder.snapshot()["GET"]
    assert (row.calls, row.errors, row.histogram.count) == (1, 1, 0)


def test_a_snapshot_stands_still_and_reset_forgets() -> None:
    recorder = LatencyRecorder()
    recorder.on_command("GET", 0.001, None)
    before = recorder.snapshot()
    recorder.on_command("GET", 0.001, None)
    recorder.reset()
    assert before["GET"].calls == before["GET"].histogram.count == 1
    assert recorder.snapshot() == {}


def test_no_call_is_lost_between_threads() -> None:
    recorder = LatencyRecorder()
    together = threading.Barrier(8)

    def work() -> None:
        together.wait(30)
        for i in range(2_000):
            recorder.on_command("GET", i * 1e-6, None)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    row = recorder.snapshot()["GET"]
    assert row.calls == row.histogram.count == sum(row.histogram.buckets().values()) == 16_000


def test_table_has_a_row_per_command_and_escapes_names() -> None:
    recorder = LatencyRecorder()
    recorder.on_command("GET", 0.000_05, None)
    recorder.on_command("<B>", 0.5, BreakerOpen(1.0))
    assert repr(recorder) == "<LatencyRecorder: 2 calls of 2 commands, 1 errors>"
    table = html.fromstring(recorder._repr_html_())
    rows = [[cell.text for cell in row] for row in table.xpath("tbody/tr")]
    assert rows[0] == ["<B>", "1", "1", "-", "-", "-", "-"]
    assert rows[1] == ["GET", "1", "0", "49.7 µs", "49.7 µs", "49.7 µs", "50 µs"]
    assert len(table.xpath("thead//th[@scope='col']")) == 7
