"""Apple's activity rings: what its daily summary says was moved, exercised and stood, of what."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from wellness.agent.tools.said import SPOKEN
from wellness.health.store import Store

MANY_DAYS = 400  # from here on, all days in one reply cost less than asking for each


@dataclass(frozen=True, slots=True)
class Ring:
    """One ring of a day. `unit` is as it is said; a goal of 0 means that there is none."""

    name: str
    value: float
    goal: float
    unit: str
    metric: str

    @property
    def closed(self) -> bool:
        """Whether the goal was reached; as Apple does, a fraction below it is not."""
        return self.goal > 0 and self.value >= self.goal


@dataclass(frozen=True, slots=True)
class RingDay:
    """The rings of a local day."""

    date: date
    move: Ring
    exercise: Ring
    stand: Ring

    @property
    def rings(self) -> tuple[Ring, Ring, Ring]:
        """In Apple's order."""
        return self.move, self.exercise, self.stand

    @property
    def all_closed(self) -> bool:
        """Whether all three were."""
        return all(ring.closed for ring in self.rings)


def rings_between(store: Store, first: date, last: date) -> list[RingDay]:
    """The days from first to last of which there is a summary, ascending."""
    count = (last - first).days + 1
    if count <= 0:
        return []
    if count > MANY_DAYS:
        everything: Any = store.client.hgetall(store.keys.activity)
        stored = {date.fromisoformat(day.decode()): text for day, text in everything.items()}
        rows = [(day, text) for day, text in sorted(stored.items()) if first <= day <= last]
    else:
        days = [first + timedelta(days=n) for n in range(count)]
        texts: Any = store.client.hmget(store.keys.activity, [day.isoformat() for day in days])
        rows = [(day, text) for day, text in zip(days, texts, strict=True) if text is not None]
    return [_day(day, json.loads(text)) for day, text in rows]


def _day(day: date, row: Mapping[str, Any]) -> RingDay:
    def of(name: str) -> float:
        return float(row.get(name, 0.0))

    unit = SPOKEN.get(str(row.get("energy_unit")), ("kcal", 0))[0]
    move = Ring(
        "Move", of("activeEnergyBurned"), of("activeEnergyBurnedGoal"), unit, "ActiveEnergyBurned"
    )
    if not move.goal and of("appleMoveTimeGoal"):  # children's rings count minutes
        move = Ring("Move", of("appleMoveTime"), of("appleMoveTimeGoal"), "min", "AppleMoveTime")
    exercise = Ring(
        "Exercise", of("appleExerciseTime"), of("appleExerciseTimeGoal"), "min", "AppleExerciseTime"
    )
    stand = Ring("Stand", of("appleStandHours"), of("appleStandHoursGoal"), "h", "AppleStandHour")
    return RingDay(day, move, exercise, stand)
