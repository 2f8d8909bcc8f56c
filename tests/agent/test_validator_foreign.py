"""Tool results as JSON: our own, and those of tools that nobody here has written."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellness.agent.results import Number, ToolResult
from wellness.agent.validator import results_from_json, validate
from wellness.errors import ResultError

ZONE = ZoneInfo("America/New_York")
NOW = datetime(2026, 9, 30, 20, 15, tzinfo=ZONE)
OWN = ToolResult(
    "aggregate_metrics", {"metric": "StepCount"}, "You took 8,214 steps.",
    (Number("steps", 8214, "steps", "StepCount", "sum"),),
)  # fmt: skip


def ok(answer: str, value: Any) -> bool:
    return validate(answer, results_from_json(value), now=NOW, zone=ZONE).ok


@pytest.mark.parametrize(
    "given",
    [OWN.to_dict(), [OWN.to_dict()], {"results": [OWN.to_dict()]}, {"results": OWN.to_dict()},
     json.loads(json.dumps({"results": [OWN.to_dict()], "model": "any"}))],
)  # fmt: skip
def test_own_results_come_back(given: Any) -> None:
    assert results_from_json(given) == [OWN]


FOREIGN: list[tuple[Any, str, str]] = [
    ({"steps": 8214}, "You took 8,214 steps.", "You burned 8,214 calories."),
    ({"step_count": {"total": 8214, "daily_average": 4107}},
     "8,214 steps in total, 4,107 a day on average.", "4,107 steps in total."),
    ({"heart_rate": {"avg_bpm": 72, "min": 51, "max": 142}},
     "Your heart rate averaged 72 bpm, between 51 and 142.", "Your highest heart rate was 72 bpm."),
    ({"restingHeartRate": {"average": 57.6, "unit": "count/min"}},
     "Your resting heart rate averaged 57.6 bpm.", "Your HRV averaged 57.6."),
    ({"weight_kg": 81.7}, "You weigh 81.7 kg, about 180 lb.", "You weigh 81.7 lb."),
    ({"sleep": {"duration_minutes": 452}}, "You slept 7 h 32 min.", "You slept 7 h 23 min."),
    ({"data": [{"date": "2026-09-28", "steps": 10432}, {"date": "2026-09-29", "steps": 8120}]},
     "You took 10,432 steps on Monday and 8,120 on Tuesday.",
     "You took 8,120 steps on Monday and 10,432 on Tuesday."),
    ({"steps": {"monday": 10432, "tuesday": 8120}},
     "Monday: 10,432 steps; Tuesday: 8,120.", "Monday: 8,120 steps; Tuesday: 10,432."),
    ({"2026-09-28": {"distance_km": 5.2}},
     "On Monday you ran 5.2 km.", "On Sunday you ran 5.2 km."),
    ([{"metric": "HKQuantityTypeIdentifierStepCount", "value": 8214, "unit": "count"}],
     "8,214 steps", "8,241 steps"),
    ({"metric": "HeartRate", "statistic": "average", "value": 71.2, "unit": "bpm",
      "period": {"label": "yesterday", "start": "2026-09-29"}},
     "Yesterday your heart rate averaged 71.2 bpm.",
     "Last week your heart rate averaged 71.2 bpm."),
    ({"goal": {"weight_lb": 165}, "current": {"weight_lb": 180.2}},
     "You weigh 180.2 lb; your goal is 165 lb.", "You weigh 165 lb."),
    ({"summary": "You took 8,214 steps yesterday and slept 6 h 50 min."},
     "8,214 steps and 6 h 50 min of sleep.", "8,214 steps and 6 h 15 min of sleep."),
    ({"steps": "8,214", "distance": "5.2 km"}, "8,214 steps, 5.2 km", "8,214 steps, 5.2 miles"),
    ({"tool_calls": [{"result": {"workouts": [{"activity": "Running", "distance_km": 6.4}]}}]},
     "You ran 6.4 km.", "You ran 6.4 miles."),
]  # fmt: skip


@pytest.mark.parametrize(("value", "right", "wrong"), FOREIGN)
def test_any_tools_numbers_are_evidence(value: Any, right: str, wrong: str) -> None:
    assert ok(right, value), validate(right, results_from_json(value), now=NOW, zone=ZONE)
    assert not ok(wrong, value)


def test_what_is_no_reading_vouches_for_nothing() -> None:
    value = {"id": 412, "timestamp": 1_790_000_000, "score": 91, "status": 200, "steps": 8214}
    assert ok("8,214 steps", value)
    for answer in ("412 steps", "91 %", "200 kcal", "1,790,000,000 steps"):
        assert not ok(answer, value), answer


def test_a_failed_tool_vouches_for_nothing() -> None:
    assert results_from_json({"error": "412 readings, no total"})[0].error
    assert not ok("There are 412 readings.", {"error": "412 readings, no total"})


@pytest.mark.parametrize("value", [5, "text", None, True])
def test_what_is_no_result_is_refused(value: Any) -> None:
    with pytest.raises(ResultError, match="object"):
        results_from_json(value)


@pytest.mark.parametrize(
    "damaged",
    [
        {**OWN.to_dict(), "numbers": [{"about": "steps"}]},
        {**OWN.to_dict(), "numbers": [{"about": "steps", "value": "many", "unit": ""}]},
        {**OWN.to_dict(), "numbers": [{"about": "steps", "value": float("nan"), "unit": ""}]},
        {**OWN.to_dict(), "numbers": 7},
        {**OWN.to_dict(), "conclusion": 7},
    ],
)
def test_a_damaged_result_is_refused(damaged: Any) -> None:
    with pytest.raises(ResultError, match="damaged"):
        results_from_json(damaged)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4)
    ),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(JSON)
def test_any_json_is_read_or_refused(value: Any) -> None:
    try:
        found = results_from_json(value)
    except ResultError:
        return
    validate("You took 8,214 steps, 12 % more.", found, now=NOW, zone=ZONE)
