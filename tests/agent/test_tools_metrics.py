from __future__ import annotations

from typing import Any

import pytest

from agent.ann import Call, between, mean, value


def merged(truth: dict[str, Any], first: str, last: str) -> dict[str, float]:
    """Steps by day after merging."""
    rows = between(truth["steps"]["by_day"], first, last)
    return {day: row["merged"] for day, row in rows.items()}


@pytest.mark.parametrize("month", ["2024-10", "2025-05", "2025-11", "2026-03"])
def test_a_sum_of_steps(call: Call, truth: dict[str, Any], month: str) -> None:
    """May 2025 has a third source, November and March a change of clocks."""
    result = call("aggregate_metrics", metric="StepCount", aggregation="sum", period=month)
    expected = truth["steps"]["merged_by_month"][month]
    assert value(result, "sum") == pytest.approx(expected, abs=0.01)
    assert f"You took {round(expected):,} steps" in result.conclusion
    days = merged(truth, f"{month}-01", f"{month}-31")
    assert f"{round(expected / len(days)):,} steps a day on average" in result.conclusion
    assert result.samples > len(days)
    assert any("merged" in note for note in result.notes)


def test_extremes_of_totals_are_days(call: Call, truth: dict[str, Any]) -> None:
    days = merged(truth, "2026-05-01", "2026-05-31")
    for aggregation, best, word in (("maximum", max, "most"), ("minimum", min, "fewest")):
        result = call("aggregate_metrics", metric="StepCount", aggregation=aggregation,
                      period="May 2026")  # fmt: skip
        day = best(days, key=days.__getitem__)
        assert value(result, aggregation) == pytest.approx(days[day], abs=0.01)
        assert result.data["dates"] == [day]
        assert f"the {word} steps" in result.conclusion
        assert f"{round(days[day]):,} steps" in result.conclusion


def test_today_counts_in_a_sum_and_not_by_the_day(call: Call, truth: dict[str, Any]) -> None:
    days = merged(truth, "2026-09-28", "2026-09-30")
    whole = merged(truth, "2026-09-28", "2026-09-29")
    total = call("aggregate_metrics", metric="StepCount", aggregation="sum", period="this week")
    assert value(total, "sum") == pytest.approx(sum(days.values()), abs=0.01)
    assert "so far" in total.conclusion
    for aggregation, expected in (
        ("average", mean(whole.values())),
        ("minimum", min(whole.values())),
    ):
        found = call("aggregate_metrics", metric="StepCount", aggregation=aggregation,
                     period="this week")  # fmt: skip
        assert value(found, aggregation) == pytest.approx(expected, abs=0.01)
        assert any("Today is not over" in note for note in found.notes)
    only = call("aggregate_metrics", metric="StepCount", aggregation="average", period="today")
    assert value(only, "average") == pytest.approx(days["2026-09-30"], abs=0.01)


def test_heart_rate_is_weighted_by_time(call: Call, truth: dict[str, Any]) -> None:
    for day in ("2025-11-02", "2026-03-08", "2026-05-03"):  # two changes of clocks, and a day
        row = truth["heart_rate"][day]
        found = call("aggregate_metrics", metric="HeartRate", aggregation="average", period=day)
        assert value(found, "average") == pytest.approx(row["weighted"], abs=1e-3)
        assert value(found, "minimum") == row["min"]
        assert value(found, "maximum") == row["max"]
        assert found.samples == row["count"]
        assert found.zone == "America/New_York"


def test_the_highest_pulse_and_its_day(call: Call, truth: dict[str, Any]) -> None:
    days = between(truth["heart_rate"], "2026-06-01", "2026-06-30")
    found = call("aggregate_metrics", metric="pulse", aggregation="max", period="June 2026")
    top = max(row["max"] for row in days.values())
    assert value(found, "maximum", "HeartRate") == top
    assert days[found.data["dates"][0]]["max"] == top
    assert f"{top} bpm" in found.conclusion


def test_a_mean_of_daily_readings(call: Call, truth: dict[str, Any]) -> None:
    days = between(truth["resting_heart_rate"], "2026-01-01", "2026-03-31")
    found = call("aggregate_metrics", metric="RestingHeartRate", aggregation="average",
                 period="Q1 2026")  # fmt: skip
    assert value(found, "average") == pytest.approx(mean(days.values()), abs=1e-6)
    assert f"between {min(days.values()):g} bpm and {max(days.values()):g} bpm" in found.conclusion
    assert found.periods[0].label == "Thu 1 Jan 2026 to Tue 31 Mar 2026"


def test_weight_is_the_last_of_each_day_in_the_unit_of_now(
    call: Call, truth: dict[str, Any]
) -> None:
    days = between(truth["weight_kg"]["by_day"], "2025-03-01", "2025-03-31")
    found = call("aggregate_metrics", metric="weight", aggregation="average", period="March 2025")
    assert value(found, "average", "BodyMass") == pytest.approx(mean(days.values()), abs=1e-3)
    assert found.numbers[0].unit == "kg", "she has weighed herself in kilograms since 2026"
    assert f"Measured on {len(days)} of 31 days." in found.notes


def test_how_often(call: Call, truth: dict[str, Any]) -> None:
    days = between(truth["weight_kg"]["by_day"], "2026-05-01", "2026-05-31")
    found = call("aggregate_metrics", metric="BodyMass", aggregation="count", period="May 2026")
    times = value(found, "count", about="times")
    assert len(days) <= times <= len(days) + 3
    assert f"measured {times:.0f} times" in found.conclusion
    none = call("aggregate_metrics", metric="BodyMass", aggregation="count", period="2023")
    assert none.ok
    assert value(none, "count", about="times") == 0
    every = call("aggregate_metrics", metric="BodyMass", aggregation="count", period="all time")
    kept = truth["by_type"]["HKQuantityTypeIdentifierBodyMass"]["distinct"]
    assert value(every, "count", about="times") == kept


def test_hours_with_standing_are_apples_own(call: Call, truth: dict[str, Any]) -> None:
    days = between(truth["rings"], "2026-08-01", "2026-08-31")
    found = call("aggregate_metrics", metric="AppleStandHour", aggregation="sum",
                 period="August 2026")  # fmt: skip
    assert value(found, "sum") == sum(row["stood"] for row in days.values())


def test_exercise_is_said_in_hours_and_minutes(call: Call, truth: dict[str, Any]) -> None:
    days = between(truth["rings"], "2026-08-01", "2026-08-31")
    minutes = sum(row["exercise"] for row in days.values())
    found = call("aggregate_metrics", metric="AppleExerciseTime", aggregation="sum",
                 period="August 2026")  # fmt: skip
    assert value(found, "sum") == pytest.approx(minutes / 60)
    hours, rest = divmod(minutes, 60)
    assert f"exercised for {hours} h {rest} min" in found.conclusion


def test_sleep_can_be_asked_for_here_too(call: Call, truth: dict[str, Any]) -> None:
    nights = [row["asleep"] for row in between(truth["sleep"], "2026-05-01", "2026-05-31").values()
              if row["asleep"]]  # fmt: skip
    found = call("aggregate_metrics", metric="sleep", aggregation="average", period="May 2026")
    assert value(found, "average") == pytest.approx(mean(nights) / 60, abs=1e-6)
    assert found.samples == len(nights)


def test_what_happens_now_and_then_is_zero_on_other_days(call: Call) -> None:
    found = call("aggregate_metrics", metric="MindfulSession", aggregation="average",
                 period="last week")  # fmt: skip
    days = {row["date"]: row["value"] for row in found.data["days"]}
    assert len(days) == 7
    assert 0.0 in days.values()
    assert value(found, "average") == pytest.approx(sum(days.values()) / 7, abs=0.01)
    swum = call("aggregate_metrics", metric="DistanceSwimming", aggregation="sum",
                period="last week")  # fmt: skip
    assert swum.ok
    assert value(swum, "sum") == 0


def test_days_without_the_watch_are_named(call: Call) -> None:
    """It was in repair from 17 to 23 November 2025."""
    found = call("aggregate_metrics", metric="StepCount", aggregation="sum", period="November 2025")
    assert any(
        "no pulse on 7 of 30 days (Mon 17 Nov 2025 to Sun 23 Nov 2025)" in note
        for note in found.notes
    )
    worn = call("aggregate_metrics", metric="StepCount", aggregation="sum", period="December 2025")
    assert not any("no pulse" in note for note in worn.notes)


def test_levels_have_no_sum(call: Call) -> None:
    found = call("aggregate_metrics", metric="HeartRate", aggregation="sum", period="yesterday")
    assert not found.ok
    assert not found.numbers
    assert "average, minimum, maximum" in found.error


def test_an_unnamed_period_is_said(call: Call, truth: dict[str, Any]) -> None:
    found = call("aggregate_metrics", metric="StepCount", aggregation="sum")
    days = merged(truth, "2026-09-01", "2026-09-30")
    assert value(found, "sum") == pytest.approx(sum(days.values()), abs=0.01)
    assert "in the last 30 days" in found.conclusion
    assert "no period was named" in found.conclusion
    assert found.periods[0].because == "no period was named: last 30 days"
    assert "period" not in found.arguments


def test_a_part_of_a_day_is_answered_from_readings(call: Call, truth: dict[str, Any]) -> None:
    parts = [
        call(
            "aggregate_metrics",
            metric="StepCount",
            aggregation="sum",
            period=f"{part} of 5 May 2026",
        )
        for part in ("morning", "afternoon", "evening")
    ]
    day = truth["steps"]["by_day"]["2026-05-05"]["merged"]
    total = sum(value(one, "sum") for one in parts if one.ok)
    assert 0 < total <= day + 0.01
    assert "12:00" in parts[0].periods[0].label
