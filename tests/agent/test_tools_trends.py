from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations
from math import sqrt
from statistics import NormalDist, median
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.ann import Call, between, value
from wellness.agent.tools.trends import slope_of

NAME = "trend_analysis"
START = date(2026, 1, 1)


def pairs(rows: list[tuple[date, float]]) -> list[float]:
    """The slopes between all pairs of days, ascending."""
    return sorted((y - b) / (x - a).days for (a, b), (x, y) in combinations(rows, 2))


def sens_interval(rows: list[tuple[date, float]]) -> tuple[float, float]:
    """Sen's 95 % interval (1968, equation 2.6), written down from the paper; no two days equal."""
    n, slopes = len(rows), pairs(rows)
    ties = [sum(one == other for _, other in rows) for one in {value for _, value in rows}]
    variance = (n * (n - 1) * (2 * n + 5) - sum(t * (t - 1) * (2 * t + 5) for t in ties)) / 18
    c = NormalDist().inv_cdf(0.975) * sqrt(variance)
    low = max(round((len(slopes) - c) / 2) - 1, 0)
    high = min(round((len(slopes) + c) / 2), len(slopes) - 1)
    return slopes[low], slopes[high]


def test_the_slope_is_the_median_of_all_pairs(call: Call, truth: dict[str, Any]) -> None:
    days = between(truth["weight_kg"]["by_day"], "2025-08-04", "2026-05-04")
    rows = [(date.fromisoformat(day), kg) for day, kg in sorted(days.items())]
    found = call(NAME, metric="BodyMass", period="from 4 August 2025 to 4 May 2026")
    assert found.data["test"]["n"] == len(rows)
    assert found.data["test"]["slope_a_day"] == pytest.approx(median(pairs(rows)), abs=1e-5)
    low, high = found.data["test"]["interval_a_day"]
    assert (low, high) == pytest.approx(sens_interval(rows), abs=1e-5)
    assert "Your weight went down from 4 August 2025 to 4 May 2026" in found.conclusion
    month = 365.25 / 12
    assert value(found, "slope") == pytest.approx(median(pairs(rows)) * month, abs=1e-3)
    assert "a month" in found.conclusion


def test_ups_downs_and_neither(call: Call) -> None:
    """As the story has it: the pulse rises for weeks after the sprain, and falls all summer."""
    up = call(NAME, metric="RestingHeartRate", period="from 13 June to 24 July 2025")
    assert "went up" in up.conclusion
    assert up.data["test"]["direction"] == 1
    assert up.data["test"]["p"] < 0.01
    down = call(NAME, metric="RestingHeartRate", period="from 25 July 2025 to 30 September 2026")
    assert "is going down" in down.conclusion or "went down" in down.conclusion
    flat = call(NAME, metric="SleepAnalysis", period="2025")
    assert "no clear direction" in flat.conclusion
    low, high = flat.data["test"]["interval_a_day"]
    assert low <= 0 <= high


def test_words_of_the_present_and_the_past(call: Call) -> None:
    now = call(NAME, metric="BodyMass", period="since August 2025")
    assert "Your weight is going down" in now.conclusion
    assert "went down" in call(NAME, metric="BodyMass", period="2025").conclusion
    assert call(NAME, metric="BodyMass").periods[0].because == "no period was named: last 90 days"


def test_today_is_no_day_of_a_total_yet(call: Call, truth: dict[str, Any]) -> None:
    days = between(truth["steps"]["by_day"], "2026-09-01", "2026-09-29")
    rows = [(date.fromisoformat(day), row["merged"]) for day, row in sorted(days.items())]
    found = call(NAME, metric="StepCount", period="this month")
    assert found.data["test"]["n"] == len(rows)
    assert found.data["test"]["slope_a_day"] == pytest.approx(median(pairs(rows)), abs=0.01)


def test_what_is_zero_on_most_days_is_taken_by_weeks(call: Call) -> None:
    found = call(NAME, metric="DistanceSwimming", period="last 12 months")
    assert found.data["test"]["of"] == "each week"
    assert "swimming distance a week" in found.conclusion


def test_too_few_days(call: Call) -> None:
    found = call(NAME, metric="BodyMass", period="last week")
    assert not found.ok
    assert "needs 5 days with data" in found.error
    assert "longer period" in found.error


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(-50, 50)), min_size=6, max_size=25,
             unique_by=lambda row: row[0])
)  # fmt: skip
@settings(max_examples=50, deadline=None)
def test_a_trend_follows_its_values(rows: list[tuple[int, int]]) -> None:
    """Turning values round turns the trend round; a constant moves nothing; one outlier, little."""
    rows.sort()
    days = [START + timedelta(days=at) for at, _ in rows]
    values = [float(one) for _, one in rows]
    found = slope_of(days, values)
    assert found.low <= found.slope <= found.high
    mirrored = slope_of(days, [-one for one in values])
    assert mirrored.slope == pytest.approx(-found.slope)
    assert mirrored.direction == -found.direction
    moved = slope_of(days, [one + 1000 for one in values])
    assert moved.slope == pytest.approx(found.slope, abs=1e-9)
    assert -1 <= found.tau <= 1
    assert 0 <= found.p <= 1


def test_values_that_never_change() -> None:
    days = [START + timedelta(days=n) for n in range(10)]
    found = slope_of(days, [61.0] * 10)
    assert (found.slope, found.direction, found.tau, found.p) == (0.0, 0, 0.0, 1.0)
