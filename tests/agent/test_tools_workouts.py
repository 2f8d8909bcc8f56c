from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from health.stores import BERLIN, a_store, at
from redis import Redis

from agent.ann import Call, caller, value
from wellness.agent.tools import Toolbox, defaults
from wellness.health.catalogue import QUANTITY
from wellness.health.items import Workout, WorkoutStatistic
from wellness.health.workouts import add
from wellness.settings import Settings

NAME = "search_workouts_and_activity"


def workouts(truth: dict[str, Any], first: str, last: str, activity: str = "") -> list[Any]:
    return [
        row for row in truth["workouts"]["each"]
        if first <= row["day"] <= last and activity in ("", row["activity"])
    ]  # fmt: skip


def said(seconds: float) -> str:
    hours, rest = divmod(round(seconds / 60), 60)
    return " ".join([f"{hours} h"] * bool(hours) + [f"{rest} min"] * bool(rest))


def test_runs_of_a_month(call: Call, truth: dict[str, Any]) -> None:
    runs = workouts(truth, "2026-06-01", "2026-06-30", "Running")
    found = call(NAME, activity="Running", period="June 2026")
    assert found.samples == len(runs)
    assert f"You did {len(runs)} runs in June 2026" in found.conclusion
    assert value(found, "sum", about="time of the workouts") == pytest.approx(
        sum(row["seconds"] for row in runs) / 3600
    )
    miles = sum(row["miles"] for row in runs)
    assert value(found, "sum", about="distance of the workouts") == pytest.approx(miles, abs=1e-3)
    longest = max(runs, key=lambda row: row["seconds"])
    assert {longest["day"], runs[-1]["day"]} <= set(found.data["dates"])
    assert said(longest["seconds"]) in found.conclusion


def test_all_kinds(call: Call, truth: dict[str, Any]) -> None:
    found = call(NAME)
    assert value(found, "count", about="workouts") == truth["workouts"]["count"]
    for activity, noun in (("Running", "runs"), ("Swimming", "swims"), ("Yoga", "yoga sessions")):
        count = truth["workouts"]["by_activity"][activity]["count"]
        assert value(found, "count", about=noun) == count
        assert f"{count} {noun}" in found.conclusion
    assert len(found.data["workouts"]) == defaults.ROWS
    assert found.data["workouts"][0]["date"] == "2026-09-29"
    assert "no period was named" in found.conclusion


@pytest.mark.parametrize(
    "word", ["Running", "runs", "run", "jogging", "HKWorkoutActivityTypeRunning"]
)
def test_activities_have_many_names(call: Call, truth: dict[str, Any], word: str) -> None:
    found = call(NAME, activity=word, period="May 2026")
    assert found.samples == len(workouts(truth, "2026-05-01", "2026-05-31", "Running"))


def test_when_last(call: Call, truth: dict[str, Any]) -> None:
    found = call(NAME, activity="yoga")
    last = workouts(truth, "0", "9", "Yoga")[-1]["day"]
    assert last == "2026-09-27"
    assert "the latest a yoga session on Sun 27 Sep 2026" in found.conclusion


def test_one_workout_is_described(call: Call, truth: dict[str, Any]) -> None:
    (row,) = workouts(truth, "2026-09-29", "2026-09-29")
    found = call(NAME, period="yesterday")
    assert f"a run on Tue 29 Sep 2026 ({said(row['seconds'])}, " in found.conclusion
    assert value(found, "distance") == pytest.approx(row["miles"], abs=1e-3)


def test_none_is_an_answer(call: Call, truth: dict[str, Any]) -> None:
    """She must not run for six weeks after 12 June 2025."""
    found = call(NAME, activity="Running", period="from 14 June to 20 July 2025")
    assert found.ok
    assert value(found, "count") == 0
    assert "You did no runs" in found.conclusion
    assert "The last one before was a run on Thu 12 Jun 2025" in found.conclusion
    never = call(NAME, activity="Cycling")
    assert never.ok
    assert "no bike rides" in never.conclusion


def test_unknown_activities(call: Call) -> None:
    found = call(NAME, activity="Quidditch")
    assert not found.ok
    assert "Yoga" in found.error


def test_a_workout_far_away_has_its_own_day(
    client: Redis, namespace: str, settings: Settings
) -> None:
    """Ten in the evening in Berlin is tomorrow morning in Tokyo, where she was."""
    store = a_store(client, namespace)
    start = at(BERLIN, 2026, 5, 12, 22)
    run = Workout(
        "HKWorkoutActivityTypeRunning", "Watch", start, start + 1800, 1800.0,
        (WorkoutStatistic(QUANTITY + "DistanceWalkingRunning", "km", sum=5.0),),
        metadata={"HKTimeZone": "Asia/Tokyo"},
    )  # fmt: skip
    add(store, run, replace=False)
    now = datetime(2026, 5, 13, 12, tzinfo=BERLIN)
    found = caller(Toolbox(store, None, settings=settings, now=now))(NAME, activity="run")
    assert "a run on Wed 13 May 2026 (30 min, 5 km)" in found.conclusion
