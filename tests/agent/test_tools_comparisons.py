from __future__ import annotations

from typing import Any

import pytest

from agent.ann import Call, between, mean, value

NAME = "compare_time_periods"


def merged(truth: dict[str, Any], first: str, last: str) -> list[float]:
    return [row["merged"] for row in between(truth["steps"]["by_day"], first, last).values()]


def test_totals_of_two_whole_weeks(call: Call, truth: dict[str, Any]) -> None:
    a, b = (sum(merged(truth, *days)) for days in
            (("2026-09-21", "2026-09-27"), ("2026-09-14", "2026-09-20")))  # fmt: skip
    found = call(NAME, metric="StepCount", period="last week", other_period="two weeks ago")
    assert f"You took {round(a):,} steps last week" in found.conclusion
    assert f"and {round(b):,} steps two weeks ago" in found.conclusion
    word = "lower" if a < b else "higher"
    assert f"{abs(round(a) - round(b)):,} steps" in found.conclusion
    assert f"{word} last week." in found.conclusion
    change = value(found, "change", about="difference in steps")
    assert change == pytest.approx(a - b, abs=0.01), "with its sign, and not rounded"
    percent = next(one for one in found.numbers if one.unit == "percent")
    assert percent.value == pytest.approx(100 * abs(a - b) / b)
    assert [one.phrase for one in found.periods] == ["last week", "two weeks ago"]


@pytest.mark.parametrize(
    ("period", "other", "first", "second", "why"),
    [
        ("February 2026", "March 2026", ("2026-02-01", "2026-02-28"), ("2026-03-01", "2026-03-31"),
         "the periods differ in length"),
        ("this week", "last week", ("2026-09-28", "2026-09-29"), ("2026-09-21", "2026-09-27"),
         "this week is not over"),
    ],
)  # fmt: skip
def test_unequal_periods_are_compared_by_the_day(
    call: Call, truth: dict[str, Any], period: str, other: str, first: tuple[str, str],
    second: tuple[str, str], why: str,
) -> None:  # fmt: skip
    a, b = mean(merged(truth, *first)), mean(merged(truth, *second))
    for aggregation in ({}, {"aggregation": "sum"}):
        found = call(NAME, metric="StepCount", period=period, other_period=other, **aggregation)
        assert f"Days are compared, because {why}." in found.conclusion
        assert f"{round(a):,} steps a day" in found.conclusion
        assert f"{round(b):,} steps a day" in found.conclusion
        assert ("lower" if a < b else "higher") in found.conclusion
        sums = [one.value for one in found.numbers if one.role == "sum"]
        assert sums, "the totals may still be said"


def test_gaps_make_totals_unfair(call: Call, truth: dict[str, Any]) -> None:
    """In some nights only the time in bed is known."""
    nights = [
        [row["asleep"] for row in between(truth["sleep"], *days).values() if row["asleep"]]
        for days in (("2026-09-21", "2026-09-27"), ("2026-09-14", "2026-09-20"))
    ]
    assert len(nights[0]) != len(nights[1])
    found = call(NAME, metric="SleepAnalysis", period="last week", other_period="two weeks ago")
    assert "Nights are compared, because not every night has data." in found.conclusion
    averages = [one.value * 60 for one in found.numbers if one.role == "average"]
    assert averages[:2] == [pytest.approx(mean(nights[0])), pytest.approx(mean(nights[1]))]


def test_levels_are_averaged(call: Call, truth: dict[str, Any]) -> None:
    a, b = (mean(between(truth["resting_heart_rate"], f"{month}-01", f"{month}-31").values())
            for month in ("2025-07", "2025-05"))  # fmt: skip
    found = call(NAME, metric="RestingHeartRate", period="July 2025", other_period="May 2025")
    assert "average resting heart rate was" in found.conclusion
    assert "higher in July 2025." in found.conclusion
    change = value(found, "change", about="difference in resting heart rate")
    assert change == pytest.approx(a - b, abs=1e-6)


def test_what_is_said_adds_up(call: Call) -> None:
    """The difference of the values that are said is the difference that is said."""
    for metric, unit in (("BodyMass", "kg"), ("HeartRate", "bpm"), ("StepCount", "steps")):
        for period, other in (("last week", "two weeks ago"), ("June 2026", "June 2025")):
            found = call(NAME, metric=metric, period=period, other_period=other)
            text = found.conclusion.replace(",", "")
            said = [float(part.split()[-1]) for part in text.split(f" {unit}")[:-1]]
            assert len(said) == 3, found.conclusion
            assert abs(said[0] - said[1]) == pytest.approx(said[2], abs=1e-9)


def test_extremes_and_counts_when_they_are_named(call: Call, truth: dict[str, Any]) -> None:
    weeks = [between(truth["heart_rate"], *days).values() for days in
             (("2026-09-21", "2026-09-27"), ("2026-09-14", "2026-09-20"))]  # fmt: skip
    for aggregation, best, key in (("maximum", max, "max"), ("minimum", min, "min")):
        found = call(NAME, metric="HeartRate", period="last week", other_period="two weeks ago",
                     aggregation=aggregation)  # fmt: skip
        for week in weeks:
            assert f"{best(row[key] for row in week)} bpm" in found.conclusion
    counted = call(NAME, metric="HeartRate", period="last week", other_period="two weeks ago",
                   aggregation="count")  # fmt: skip
    for week in weeks:
        assert f"{sum(row['count'] for row in week)} reading" in counted.conclusion


def test_percentages_differ_by_points_and_degrees_have_no_percent(call: Call) -> None:
    fat = call(NAME, metric="BodyFatPercentage", period="2026", other_period="2025")
    assert {one.unit for one in fat.numbers if one.role == "change"} == {"percentage points"}
    assert "percentage points lower in 2026." in fat.conclusion
    noise = call(NAME, metric="EnvironmentalAudioExposure", period="2026", other_period="2025")
    assert not [one for one in noise.numbers if one.unit == "percent"]


def test_a_difference_that_disappears_in_rounding(call: Call) -> None:
    found = call(NAME, metric="OxygenSaturation", period="2026", other_period="2025")
    assert "96.9% in 2026" in found.conclusion
    assert "96.9% in 2025" in found.conclusion
    assert "That is practically the same." in found.conclusion


def test_a_period_with_itself(call: Call) -> None:
    found = call(NAME, metric="StepCount", period="last week", other_period="last week")
    assert "That is the same." in found.conclusion
    assert "The two periods overlap." in found.notes


def test_an_empty_side_is_an_error(call: Call) -> None:
    found = call(NAME, metric="StepCount", period="last week", other_period="2023")
    assert not found.ok
    assert "2023" in found.error
    level = call(NAME, metric="HeartRate", period="today", other_period="yesterday",
                 aggregation="sum")  # fmt: skip
    assert "average" in level.error


def test_before_and_after_an_injury(recalling: Call, truth: dict[str, Any]) -> None:
    """Six weeks on each side; those after are what the truth calls "during" the injury."""
    found = recalling(
        NAME, metric="RestingHeartRate", period="after my injury", other_period="before my injury"
    )
    rates = truth["resting_heart_rate"]
    before = mean(between(rates, "2025-05-01", "2025-06-11").values())
    after = truth["story"]["injury"]["mean_resting_heart_rate"]["during"]
    averages = [one.value for one in found.numbers if one.role == "average"]
    assert averages[:2] == [pytest.approx(after, abs=0.01), pytest.approx(before, abs=1e-6)]
    assert "higher after your injury" in found.conclusion
    labels = [one.label for one in found.periods]
    assert labels == ["Fri 13 Jun 2025 to Thu 24 Jul 2025", "Thu 1 May 2025 to Wed 11 Jun 2025"]
    for one in found.periods:
        assert "I sprained my left ankle on a run on 12 June 2025" in one.because
    assert "as many days as before it" in found.periods[0].because
    steps = recalling(NAME, metric="StepCount", period="before my injury",
                      other_period="after my injury")  # fmt: skip
    total = truth["story"]["injury"]["mean_merged_steps"]["during"] * 42
    assert [one.value for one in steps.numbers if one.role == "sum"][1] == pytest.approx(
        total, rel=1e-4
    )


@pytest.mark.parametrize("which", ["this summer", "summer"])
def test_last_summer_is_the_one_before_this_one(
    call: Call, truth: dict[str, Any], which: str
) -> None:
    """At the end of September each of them alone is the one that is just over."""
    then, now = (f"{year}-06-01" for year in (2025, 2026))
    for period, other in ((which, "last summer"), ("last summer", which)):
        found = call(NAME, metric="RestingHeartRate", period=period, other_period=other)
        starts = [one.start[:10] for one in found.periods]
        assert starts == ([now, then] if period == which else [then, now])
        assert "practically the same" not in found.conclusion


def test_the_same_period_twice_stays_the_same(call: Call) -> None:
    found = call(NAME, metric="StepCount", period="last week", other_period="last week")
    assert "that is the same" in found.conclusion.lower()
