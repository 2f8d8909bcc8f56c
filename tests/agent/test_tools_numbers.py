"""A conclusion holds no number that stands nowhere else: the validator would refuse it."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import pytest

from agent.ann import Call
from wellness.agent.results import Number, ToolResult
from wellness.health.periods import MONTHS, WEEKDAYS
from wellness.memory.said import MONTHS as FULL

METRICS = (
    "StepCount", "BodyMass", "HeartRate", "RestingHeartRate", "SleepAnalysis", "AppleStandHour",
    "MindfulSession", "BloodPressureSystolic", "OxygenSaturation", "AppleExerciseTime",
    "DistanceSwimming", "VO2Max", "ActiveEnergyBurned", "DistanceWalkingRunning", "DietaryWater",
)  # fmt: skip
NUMERAL = re.compile(
    r"(?P<hours>\d+) h(?![a-z])(?: (?P<rest>\d+) min)?|(?P<clock>\d\d:\d\d)"
    r"|(?P<plain>\d[\d,]*(?:\.\d+)?)"
)


def named_days(result: ToolResult) -> set[str]:
    """How the days of a result are said."""
    days = {date.fromisoformat(one) for one in result.data.get("dates", ())}
    for used in result.periods:
        start, end = (datetime.fromisoformat(one) for one in (used.start, used.end))
        days |= {start.date(), (end - timedelta(seconds=1)).date(), end.date()}
    labels = {
        f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}" for day in days
    }
    return labels | {f"{day.day} {FULL[day.month - 1]} {day.year}" for day in days}  # in quotes


def unsaid(result: ToolResult) -> list[str]:
    """The numbers of a conclusion that are neither among its numbers nor part of a period."""
    text = result.conclusion.replace("VO2", "")
    for used in result.periods:
        text = text.replace(used.label.removeprefix("everything "), " ")
        text = text.replace(re.sub(r"\bmy\b", "your", used.phrase), " ")
    for day in named_days(result):
        text = text.replace(day, " ")
    text = re.sub(rf"\b(?:{'|'.join(FULL)}) \d{{4}}\b", " ", text)  # in somebody's words
    return [
        match[0] for match in NUMERAL.finditer(text)
        if not any(says(match, number) for number in result.numbers)
    ]  # fmt: skip


def says(match: re.Match[str], number: Number) -> bool:
    """Whether a numeral is a number as it may be said."""
    if match["hours"]:
        minutes = 60 * int(match["hours"]) + int(match["rest"] or 0)
        worth = {"h": 60.0, "hr": 60.0, "min": 1.0}.get(number.unit)
        return worth is not None and abs(round(abs(number.value) * worth) - minutes) == 0
    if match["clock"]:
        hours, rest = match["clock"].split(":")
        return number.unit == "clock" and round(number.value) % 1440 == 60 * int(hours) + int(rest)
    said = match["plain"].replace(",", "")
    decimals = len(said.partition(".")[2])
    return any(
        f"{abs(number.value):.{more}f}".rstrip("0").rstrip(".") in (said, said.rstrip("0"))
        or f"{abs(number.value):.0f}" == said
        for more in range(decimals, 4)
    )


def checked(result: ToolResult) -> None:
    if result.ok:
        assert unsaid(result) == [], result


@pytest.mark.parametrize("metric", METRICS)
def test_metrics(call: Call, metric: str) -> None:
    for period in (None, "last week", "yesterday", "March 2026", "last night"):
        asked = {} if period is None else {"period": period}
        checked(call("search_health_records_by_metric", metric=metric, **asked))
        checked(call("trend_analysis", metric=metric, **asked))
        checked(call("get_activity_progress", metric=metric, target=47.5, **asked))
        for aggregation in ("sum", "average", "minimum", "maximum", "count"):
            checked(call("aggregate_metrics", metric=metric, aggregation=aggregation, **asked))
    for one, other in (("this week", "last week"), ("May 2026", "June 2026"), ("2026", "2025")):
        checked(call("compare_time_periods", metric=metric, period=one, other_period=other))


def test_sleep_workouts_and_rings(call: Call) -> None:
    for period in ("last night", "yesterday", "last week", "April 2025", "this month"):
        checked(call("get_sleep_analysis", period=period))
        checked(call("get_activity_progress", period=period))
        for activity in ("", "Running", "Swimming", "Yoga", "Cycling"):
            checked(call("search_workouts_and_activity", period=period, activity=activity))


def test_memories_and_periods_around_events(recalling: Call) -> None:
    for period in ("before my injury", "after my injury", "during the trip to Tokyo"):
        checked(recalling("aggregate_metrics", metric="StepCount", aggregation="average",
                          period=period))  # fmt: skip
        checked(recalling("list_goals", period=period))
    for query in ("What did I say about my ankle?", "What is my goal?", "Tell me about Tokyo"):
        checked(recalling("recall_memories", query=query))
    checked(recalling("compare_time_periods", metric="BodyMass", period="before my injury",
                      other_period="after my injury"))  # fmt: skip


def test_a_number_that_stands_nowhere_is_found() -> None:
    """Of the check itself."""
    steps = Number("steps", 61_234.4, "steps")
    assert unsaid(ToolResult("t", {}, "You took 61,234 steps.", (steps,))) == []
    assert unsaid(ToolResult("t", {}, "You took 61,235 steps.", (steps,))) == ["61,235"]
    sleep = Number("time asleep", 7.533, "h")
    assert unsaid(ToolResult("t", {}, "You slept 7 h 32 min.", (sleep,))) == []
    assert unsaid(ToolResult("t", {}, "You slept 7 h 33 min at 22:10.", (sleep,))) == [
        "7 h 33 min", "22:10",
    ]  # fmt: skip
