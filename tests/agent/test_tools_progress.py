from __future__ import annotations

from typing import Any

import pytest

from agent.ann import Call, between, mean, tell, value
from wellness.memory.long_term import LongTerm

NAME = "get_activity_progress"
MOVE, EXERCISE, STAND = 480, 30, 12  # the goals of the sample's rings
KG_A_POUND = 0.45359237


def test_rings_of_a_day(call: Call, truth: dict[str, Any]) -> None:
    row = truth["rings"]["2026-09-29"]
    assert row["energy"] >= MOVE
    assert row["exercise"] >= EXERCISE
    assert row["stood"] >= STAND
    found = call(NAME, period="yesterday")
    assert "you closed all three rings" in found.conclusion
    assert f"Move {round(row['energy'])} of {MOVE} kcal" in found.conclusion
    assert f"Exercise {row['exercise']} of {EXERCISE} min" in found.conclusion
    assert f"Stand {row['stood']} of {STAND} h" in found.conclusion


def test_rings_that_are_open_say_what_is_left(call: Call, truth: dict[str, Any]) -> None:
    row = truth["rings"]["2026-09-30"]
    found = call(NAME)
    assert "none of the three rings so far" in found.conclusion
    assert value(found, "remaining", "ActiveEnergyBurned") == pytest.approx(MOVE - row["energy"])
    assert value(found, "remaining", "AppleExerciseTime") == EXERCISE - row["exercise"]
    assert f"{STAND - row['stood']} h for Stand" in found.conclusion
    assert found.periods[0].because == "no period was named: today"


def test_rings_of_a_month(call: Call, truth: dict[str, Any]) -> None:
    days = between(truth["rings"], "2026-08-01", "2026-08-31").values()
    closed = [
        (row["energy"] >= MOVE, row["exercise"] >= EXERCISE, row["stood"] >= STAND) for row in days
    ]
    found = call(NAME, period="August 2026")
    every = sum(map(all, closed))
    move, exercise, stand = (sum(column) for column in zip(*closed, strict=True))
    assert f"all three rings on {every} of {len(closed)} days" in found.conclusion
    assert f"Move on {move}, Exercise on {exercise} and Stand on {stand}" in found.conclusion
    this_week = call(NAME, period="this week")
    assert "of 2 days" in this_week.conclusion, "today is not over"


def test_days_that_reached_a_target(call: Call, truth: dict[str, Any]) -> None:
    rows = between(truth["steps"]["by_day"], "2026-05-01", "2026-05-31")
    days = {day: row["merged"] for day, row in rows.items()}
    found = call(NAME, metric="StepCount", target=10_000, period="May 2026")
    reached = [day for day, steps in days.items() if steps >= 10_000]
    assert f"You reached 10,000 steps on {len(reached)} of 31 days" in found.conclusion
    assert value(found, "reached") == len(reached)
    assert value(found, "average") == pytest.approx(mean(days.values()), abs=0.01)
    assert sorted(found.data["reached"]) == sorted(reached)
    assert f"{round(mean(days.values())):,} steps a day" in found.conclusion


def test_one_day_against_a_target(call: Call, truth: dict[str, Any]) -> None:
    steps = truth["steps"]["by_day"]
    today = call(NAME, metric="StepCount", target="10,000 steps")
    left = 10_000 - steps["2026-09-30"]["merged"]
    assert value(today, "remaining") == pytest.approx(left, abs=0.01)
    assert f"{round(left):,} steps to go" in today.conclusion
    day = call(NAME, metric="StepCount", target=10_000, period="yesterday")
    more = steps["2026-09-29"]["merged"] - 10_000
    assert more > 0
    assert f"The target is reached, with {round(more):,} steps more" in day.conclusion


def test_hours_of_sleep(call: Call, truth: dict[str, Any]) -> None:
    nights = [row["asleep"] for row in between(truth["sleep"], "2026-08-01", "2026-08-31").values()
              if row["asleep"]]  # fmt: skip
    found = call(NAME, metric="SleepAnalysis", target=8, period="last month")
    reached = sum(minutes >= 480 for minutes in nights)
    assert f"You reached 8 h on {reached} of {len(nights)} nights" in found.conclusion
    assert value(found, "target") == 8


def test_the_goal_of_a_ring_is_a_target(call: Call, truth: dict[str, Any]) -> None:
    days = between(truth["rings"], "2026-08-01", "2026-08-31").values()
    found = call(NAME, metric="AppleExerciseTime", period="August 2026")
    assert f"on {sum(row['exercise'] >= EXERCISE for row in days)} of 31 days" in found.conclusion
    assert any("activity ring" in note for note in found.notes)


def test_no_target_anywhere(call: Call, telling: Call) -> None:
    for one in (call, telling):
        found = one(NAME, metric="StepCount")
        assert not found.ok
        assert "No target for steps" in found.error
    assert "tell me your goal" in telling(NAME, metric="StepCount").error
    assert "tell me" not in call(NAME, metric="StepCount").error, "it would not be remembered"
    assert "metric" in call(NAME, target=5).error


def test_the_goal_weight_was_reached(
    telling: Call, memory: LongTerm, truth: dict[str, Any]
) -> None:
    tell(memory, "My goal weight is 165 lb.", 2025, 1, 6)
    days, target = truth["weight_kg"]["by_day"], 165 * KG_A_POUND
    found = telling(NAME, metric="BodyMass")
    assert value(found, "latest") == pytest.approx(days["2026-09-30"], abs=1e-3)
    assert value(found, "target") == pytest.approx(target, abs=1e-4)
    said = [(one.value, one.unit) for one in found.numbers if one.role == "target"]
    assert (165.0, "lb") in said, "in her words too"
    assert "(165 lb)" in found.conclusion
    reached = truth["story"]["goal"]["reached"]
    assert reached in found.data["dates"]
    assert "It is reached, for the first time on Mon 20 Apr 2026" in found.conclusion
    assert any('you told me on Mon 6 Jan 2025: "My goal weight is 165 lb"' in note
               for note in found.notes)  # fmt: skip


def test_the_goal_weight_in_the_middle_of_the_way(
    telling: Call, memory: LongTerm, truth: dict[str, Any]
) -> None:
    tell(memory, "My goal weight is 165 lb.", 2025, 1, 6)
    days, target = truth["weight_kg"]["by_day"], 165 * KG_A_POUND
    last = days[max(between(days, "2025-05-01", "2025-05-31"))]
    start = days[max(day for day in days if day <= "2025-01-06")]
    found = telling(NAME, metric="BodyMass", period="May 2025")
    assert value(found, "remaining") == pytest.approx(last - target, abs=1e-3)
    assert value(found, "share") == pytest.approx(100 * (start - last) / (start - target), abs=0.05)
    assert "It is not reached" in found.conclusion


def test_a_goal_answers_for_the_time_in_which_it_held(telling: Call, memory: LongTerm) -> None:
    tell(memory, "My goal weight is 165 lb.", 2025, 1, 6)
    tell(memory, "My goal weight is 160 lb.", 2026, 6, 1)
    assert "(160 lb)" in telling(NAME, metric="BodyMass").conclusion
    assert "(165 lb)" in telling(NAME, metric="BodyMass", period="May 2026").conclusion


def test_a_daily_goal_that_was_told(telling: Call, memory: LongTerm, truth: dict[str, Any]) -> None:
    tell(memory, "I want to walk 9,000 steps a day.", 2026, 1, 2)
    found = telling(NAME, metric="StepCount", period="last week")
    days = between(truth["steps"]["by_day"], "2026-09-21", "2026-09-27").values()
    reached = sum(row["merged"] >= 9_000 for row in days)
    assert f"You reached 9,000 steps on {reached} of 7 days" in found.conclusion


def test_a_weekly_goal(telling: Call, memory: LongTerm, truth: dict[str, Any]) -> None:
    tell(memory, "My goal is 70,000 steps a week.", 2026, 1, 2)
    week = sum(row["merged"] for row in
               between(truth["steps"]["by_day"], "2026-09-21", "2026-09-27").values())  # fmt: skip
    found = telling(NAME, metric="StepCount", period="last week")
    assert value(found, "sum") == pytest.approx(week, abs=0.01)
    assert "The target is reached" in found.conclusion
    now = telling(NAME, metric="StepCount")
    assert now.periods[0].phrase == "this week"
    assert "to go" in now.conclusion
    month = telling(NAME, metric="StepCount", period="August 2026")
    steps = truth["steps"]["merged_by_month"]["2026-08"]
    assert value(month, "average", about="steps a week") == pytest.approx(steps / 31 * 7, abs=0.01)


def test_less_can_be_the_goal(telling: Call, memory: LongTerm) -> None:
    tell(memory, "I want my resting heart rate below 55.", 2026, 1, 2)
    found = telling(NAME, metric="RestingHeartRate")
    assert "the goal is at most 55 bpm" in found.conclusion
    assert "It is reached" in found.conclusion, "54 on the day before"


def test_a_number_without_unit_is_of_the_likely_one(call: Call) -> None:
    """She weighs 74.5 kg: a target of 165 is in pounds."""
    found = call(NAME, metric="BodyMass", target=165)
    assert value(found, "target") == pytest.approx(165 * KG_A_POUND)
    assert "165 was taken to be in lb." in found.notes
    assert value(call(NAME, metric="BodyMass", target=74), "target") == 74


def test_a_goal_of_another_kind_is_none(telling: Call, memory: LongTerm) -> None:
    tell(memory, "My step goal is 5 miles.", 2026, 1, 2)
    found = telling(NAME, metric="StepCount")
    assert not found.ok
    assert "No target for steps" in found.error


def test_a_goal_that_stands_in_a_conversation_alone(recalling: Call, truth: dict[str, Any]) -> None:
    """Ann told hers in a sentence too long for the rules; its last quantity is the target."""
    found = recalling(NAME, metric="BodyMass")
    assert value(found, "target") == pytest.approx(truth["story"]["goal"]["target_kg"], abs=1e-4)
    assert truth["story"]["goal"]["reached"] in found.data["dates"]
    goals = recalling("list_goals")
    assert goals.conclusion.startswith('You have 1 goal: "My goal is to get from 180 down to 165')
    assert value(goals, "target", "BodyMass") == 165
    assert "no goal" in recalling("list_goals", period="2024").conclusion
