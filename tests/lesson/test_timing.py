"""The harness on a clock of its own, so that every number can be known beforehand."""

from __future__ import annotations

import gc
import math
import random
import statistics
from collections import Counter
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from lxml import html

from wellness.errors import WrongAnswer
from wellness.lesson.samples import Ratio, median_interval, paired_ratio
from wellness.lesson.timing import compare, measure, sweep


class Clock:
    """A clock in nanoseconds that moves only when it is told to."""

    def __init__(self) -> None:
        self.now = 0

    def __call__(self) -> int:
        return self.now

    def task(self, ns: Callable[[], int], answer: object = None) -> Callable[[], object]:
        """Something that takes as long as `ns` says and answers `answer`."""

        def run() -> object:
            self.now += ns()
            return answer

        return run


@pytest.fixture
def clock() -> Clock:
    return Clock()


def rounds(calls: list[str], size: int) -> list[tuple[str, ...]]:
    return [tuple(calls[i : i + size]) for i in range(0, len(calls), size)]


def recorded(seed: int, n: int = 300) -> list[tuple[str, ...]]:
    calls: list[str] = []
    tasks = {name: (lambda name=name: calls.append(name)) for name in "abc"}
    compare(tasks, baseline="a", n=n, warmup=2, seed=seed)
    return rounds(calls[3 + 2 * 3 :], 4)  # after the check of the answers and the warm-up


def test_each_round_runs_every_candidate_once_and_the_baseline_twice() -> None:
    made = recorded(seed=1)
    assert len(made) == 300
    assert all(Counter(one) == {"a": 2, "b": 1, "c": 1} for one in made)


def test_the_order_is_random_and_repeatable() -> None:
    made = recorded(seed=1)
    assert made == recorded(seed=1) != recorded(seed=2)
    for place in range(4):
        seen = Counter(one[place] for one in made)
        assert 110 < seen["a"] < 190  # 150 expected; 40 is 4.6 standard deviations
        assert 45 < seen["b"] < 105
        assert 45 < seen["c"] < 105


def test_percentiles_are_those_of_the_measured_durations(clock: Clock) -> None:
    source = random.Random(5)
    durations = [int(source.lognormvariate(12, 1)) for _ in range(500)]
    left = iter(durations)
    sample = measure(clock.task(lambda: next(left)), n=500, warmup=0, clock=clock, name="task")
    cuts = statistics.quantiles(durations, n=100, method="inclusive")
    assert sample.ns.tolist() == durations
    assert sample.n == 500
    assert sample.min == min(durations)
    assert (sample.p50, sample.p95, sample.p99) == pytest.approx((cuts[49], cuts[94], cuts[98]))


def test_warm_up_is_not_in_the_sample(clock: Clock) -> None:
    left = iter([10**9] * 4 + [5] * 10)
    sample = measure(clock.task(lambda: next(left)), n=10, warmup=4, clock=clock)
    assert set(sample.ns.tolist()) == {5}


def drifting(clock: Clock, factor: float) -> Callable[[], object]:
    """Takes a time that grows a thousandfold over the rounds, times `factor`."""
    steps: Iterator[float] = iter(np.geomspace(1e3, 1e6, 1000))
    return clock.task(lambda: round(next(steps) * factor))


def test_the_ratio_is_paired_so_a_drift_of_the_machine_cancels(clock: Clock) -> None:
    base: Iterator[float] = iter(np.geomspace(1e3, 1e6, 2000))  # runs twice a round
    result = compare(
        {"base": clock.task(lambda: round(next(base))), "double": drifting(clock, 2)},
        baseline="base",
        n=300,
        warmup=0,
        equal=None,
        clock=clock,
    )
    assert result.ratios["double"].value == pytest.approx(2, rel=0.02)
    assert result.ratios["double"].high - result.ratios["double"].low < 0.02
    unpaired = np.log(result["double"].ns) - np.log(np.roll(result["base"].ns, 150))
    assert np.ptp(unpaired) > 1  # the drift is there: only pairing takes it out


def test_ratio_is_exp_of_the_median_log_ratio_of_rounds() -> None:
    source = np.random.default_rng(3)
    a, b = source.integers(1_000, 90_000, (2, 151))
    expected = math.exp(statistics.median(math.log(x / y) for x, y in zip(a, b, strict=True)))
    ratio, inverse = paired_ratio(a, b), paired_ratio(b, a)
    assert ratio.value == pytest.approx(expected)
    assert ratio.low < ratio.value < ratio.high
    assert inverse.value == pytest.approx(1 / expected)


def test_a_duration_below_the_clock_s_resolution_does_not_divide_by_zero() -> None:
    assert paired_ratio(np.zeros(9, int), np.full(9, 4)).value == pytest.approx(0.25)


@pytest.mark.parametrize("n", [24, 25, 200, 201])
def test_interval_agrees_with_the_bootstrap_done_at_length(n: int) -> None:
    source = np.random.default_rng(n)
    values = source.normal(0, 1, n)
    plain = np.median(source.choice(values, (20_000, n)), axis=1)
    for q, end in zip((2.5, 97.5), median_interval(values, resamples=20_000), strict=True):
        below, at_most = np.mean(plain < end - 1e-9), np.mean(plain <= end + 1e-9)
        assert below - 0.01 <= q / 100 <= at_most + 0.01


@pytest.mark.parametrize("n", [10, 51, 200])
def test_interval_covers_the_true_median_about_as_often_as_it_says(n: int) -> None:
    source = np.random.default_rng(7)
    truth, covered, trials = math.log(1.7), 0, 600
    for trial in range(trials):
        skewed = truth + source.gumbel(-math.log(1 / math.log(2)) * 0.4, 0.4, n)
        low, high = median_interval(skewed, seed=trial, resamples=1_000)
        covered += low <= truth <= high
    assert 0.92 <= covered / trials <= 0.985


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.5, 0.79, "faster"),
        (0.5, 0.8, "tie"),
        (0.9, 1.1, "tie"),
        (0.5, 2.0, "tie"),
        (1.25, 1.4, "tie"),
        (1.26, 1.4, "slower"),
    ],
)
def test_a_tie_is_an_interval_that_overlaps_the_band(low: float, high: float, verdict: str) -> None:
    assert Ratio(math.sqrt(low * high), low, high).verdict() == verdict


def test_verdicts_and_noise_of_a_comparison(clock: Clock) -> None:
    source = random.Random(1)
    result = compare(
        {
            "base": clock.task(lambda: source.randint(900, 1100)),
            "fast": clock.task(lambda: 100),
            "same": clock.task(lambda: 1000),
            "slow": clock.task(lambda: 5000),
        },
        baseline="base",
        n=60,
        clock=clock,
    )
    verdicts = {name: result.verdict(name) for name in result.samples}
    assert verdicts == {"base": "tie", "fast": "faster", "same": "tie", "slow": "slower"}
    assert result.verdict("fast", low=0.01) == "tie"
    assert result.ratios["base"] == Ratio(1, 1, 1)
    assert 0.8 < result.noise.low < result.noise.high < 1.2
    assert result.noise != Ratio(1, 1, 1)  # a second run of the baseline, not a copy of the first


def test_a_wrong_answer_is_refused_before_anything_is_timed(clock: Clock) -> None:
    calls: list[str] = []
    tasks = {"right": lambda: calls.append("right") or 42, "wrong": lambda: 41}
    with pytest.raises(
        WrongAnswer, match=r"'wrong' answered 41, but 'right' answered 42"
    ) as raised:
        compare(tasks, baseline="right", clock=clock)
    assert calls == ["right"]
    assert (raised.value.name, raised.value.answer, raised.value.expected) == ("wrong", 41, 42)


def test_answers_are_compared_by_the_rule_that_is_given(clock: Clock) -> None:
    tasks = {"a": lambda: 0.1 + 0.2, "b": lambda: 0.3}
    with pytest.raises(WrongAnswer):
        compare(tasks, baseline="a", n=6, clock=clock)
    assert compare(tasks, baseline="a", n=6, equal=math.isclose, clock=clock).n == 6
    assert compare(tasks, baseline="a", n=6, equal=None, clock=clock).n == 6


def test_setup_runs_before_every_call_and_is_not_timed(clock: Clock) -> None:
    prepared = 0

    def setup() -> None:
        nonlocal prepared
        prepared += 1
        clock.now += 1_000_000

    tasks = {"a": clock.task(lambda: 10), "b": clock.task(lambda: 20)}
    result = compare(tasks, baseline="a", n=8, warmup=3, setup=setup, clock=clock)
    assert prepared == 2 + 3 * 2 + 8 * 3
    assert set(result["a"].ns.tolist()) == {10}
    assert set(result["b"].ns.tolist()) == {20}


@pytest.mark.parametrize(("budget", "expected"), [(1.0, 10), (0.0, 6), (math.inf, 50)])
def test_the_time_budget_stops_early_and_says_so(
    clock: Clock, budget: float, expected: int
) -> None:
    tasks = {"a": clock.task(lambda: 50_000_000)}  # twice a round, so a round takes 0.1 s
    result = compare(
        tasks, baseline="a", n=50, warmup=0, equal=None, max_seconds=budget, clock=clock
    )
    assert result.n == expected
    note = f"Stopped by the time budget after {expected} of 50 rounds."
    assert (note in result.notes) == (expected < 50)
    assert (note in result._repr_html_()) == (expected < 50)


def test_notes_warn_of_few_rounds_and_of_the_timer(clock: Clock) -> None:
    short = compare({"a": clock.task(lambda: 90)}, baseline="a", n=99, clock=clock)
    long = compare({"a": clock.task(lambda: 90_000)}, baseline="a", n=100, clock=clock)
    assert len(short.notes) == 3
    assert long.notes == ["The baseline against itself: 1.00 [1.00 to 1.00]."]


def test_impossible_requests_are_refused() -> None:
    with pytest.raises(ValueError, match="none of a, b"):
        compare({"a": dict, "b": dict}, baseline="c")
    with pytest.raises(ValueError, match="5 rounds"):
        compare({"a": dict}, baseline="a", n=5)


def test_the_collector_is_held_while_timing_and_released_after_an_error() -> None:
    held: list[bool] = []
    compare({"a": lambda: held.append(gc.isenabled())}, baseline="a", n=6, warmup=1, equal=None)
    assert held == [False] * 13
    assert gc.isenabled()

    frozen = gc.get_freeze_count()
    with pytest.raises(ZeroDivisionError):
        compare({"a": lambda: 1 // 0}, baseline="a", n=6, equal=None)
    assert gc.isenabled()
    assert gc.get_freeze_count() <= frozen


def test_garbage_of_a_round_does_not_pile_up() -> None:
    def cycle() -> None:
        ring: list[object] = []
        ring.append(ring)

    gc.collect()
    compare({"a": cycle}, baseline="a", n=200)
    assert gc.collect() < 200  # 400 rings and more were made


def test_table_and_frame_show_the_same_numbers(clock: Clock) -> None:
    tasks = {"base <1>": clock.task(lambda: 4_000_000), "half": clock.task(lambda: 2_000_000)}
    result = compare(tasks, baseline="base <1>", n=100, clock=clock)
    frame = result.to_frame()
    assert frame.loc["half"].to_dict() == {
        "n": 100,
        "p50_ns": 2_000_000,
        "p95_ns": 2_000_000,
        "p99_ns": 2_000_000,
        "min_ns": 2_000_000,
        "ratio": pytest.approx(0.5),
        "ratio_low": pytest.approx(0.5),
        "ratio_high": pytest.approx(0.5),
        "verdict": "faster",
    }
    table = html.fromstring(result._repr_html_())
    rows = [[cell.text_content() for cell in row] for row in table.iterfind(".//tbody/tr")]
    assert rows == [
        ["base <1>", "100", "4 ms", "4 ms", "4 ms", "1", "baseline"],
        ["half", "100", "2 ms", "2 ms", "2 ms", "0.500 [0.500 to 0.500]", "faster"],
    ]
    assert repr(result).splitlines()[1].startswith("half: n 100, p50 2 ms")


def test_sweep_orders_sizes_and_leaves_absent_candidates_open(clock: Clock) -> None:
    def run(size: int):  # type: ignore[no-untyped-def]
        tasks = {"linear": clock.task(lambda: size * 10)}
        if size > 1:
            tasks["constant"] = clock.task(lambda: 7)
        return compare(tasks, baseline="linear", n=6, clock=clock)

    result = sweep("readings", [100, 1, 10], run)
    assert result.sizes == [1, 10, 100]
    assert result.series(50)["linear"] == [10, 100, 1000]
    assert result.series(99)["constant"] == pytest.approx([math.nan, 7, 7], nan_ok=True)
    frame = result.to_frame()
    assert frame.index.names == ["readings", "name"]
    assert frame.loc[(100, "linear"), "p50_ns"] == 1000
    assert len(html.fromstring(f"<div>{result._repr_html_()}</div>").findall(".//table")) == 3
