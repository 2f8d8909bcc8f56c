"""Workouts: what was done, for how long without pauses, and what it took."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from wellness.health import units
from wellness.health.catalogue import QUANTITY
from wellness.health.items import Workout, WorkoutEvent, WorkoutStatistic
from wellness.health.periods import Period
from wellness.health.store import Store
from wellness.zones import zone_or_none

ACTIVITY = "HKWorkoutActivityType"
DISTANCE = QUANTITY + "Distance"
ENERGY = QUANTITY + "ActiveEnergyBurned"


@dataclass(frozen=True)
class ActivityTotal:
    """All workouts of one activity; seconds without pauses, None where no workout said."""

    activity: str
    count: int
    duration_s: float
    distance_m: float | None
    energy_kcal: float | None


def name(workout: Workout) -> str:
    """The activity without Apple's prefix, for instance `Running`."""
    return workout.activity.removeprefix(ACTIVITY)


def local_date(workout: Workout, home: ZoneInfo) -> date:
    """The local date it began, in the zone the record says it was made in, else the user's."""
    zone = zone_or_none(workout.zone) or home
    return datetime.fromtimestamp(workout.start, zone).date()


def between(store: Store, period: Period, activity: str = "") -> list[Workout]:
    """Workouts that start in the period, ascending; of one activity (any case) when it is named."""
    members: Any = store.client.zrange(
        store.keys.workouts,
        period.start_s,
        f"({period.end_s}",
        byscore=True,
    )
    found = [decode(member) for member in members]
    wanted = activity.casefold()
    return [workout for workout in found if not wanted or name(workout).casefold() == wanted]


def identity(workout: Workout) -> tuple[str, str, int, int]:
    """What makes a workout itself: later exports may say more about the same one."""
    return workout.activity, workout.source, workout.start, workout.end


def add(store: Store, workout: Workout, *, replace: bool) -> bool:
    """Store a workout; whether it is a new one.

    Args:
        replace: put this description in the place of one that is there already.
    """
    key = store.keys.workouts
    known: Any = store.client.zrange(key, workout.start, workout.start, byscore=True)
    old = [member for member in known if identity(decode(member)) == identity(workout)]
    if not old or replace:
        member = json.dumps(workout._asdict(), ensure_ascii=False, sort_keys=True)
        with store.client.pipeline(transaction=True) as pipe:
            if old:
                pipe.zrem(key, *old)
            pipe.zadd(key, {member: workout.start})
            pipe.execute()
    return not old


def decode(member: bytes) -> Workout:
    """A workout from its sorted-set member."""
    fields = json.loads(member)
    return Workout(**{
        **fields,
        "statistics": tuple(WorkoutStatistic(*row) for row in fields["statistics"]),
        "events": tuple(WorkoutEvent(*row) for row in fields["events"]),
        "routes": tuple(fields["routes"]),
    })  # fmt: skip


def total(workout: Workout, prefix: str, unit: str) -> float | None:
    """The sum of the workout's statistics whose type begins with `prefix`, in `unit`."""
    sums = [
        units.convert(statistic.sum, statistic.unit, unit)
        for statistic in workout.statistics
        if statistic.type.startswith(prefix) and statistic.sum is not None
        and units.unit(statistic.unit).base == units.unit(unit).base
    ]  # fmt: skip
    return sum(sums) if sums else None


def by_activity(workouts: Iterable[Workout]) -> list[ActivityTotal]:
    """Totals for each activity, the most frequent first."""
    groups: dict[str, list[Workout]] = {}
    for workout in workouts:
        groups.setdefault(name(workout), []).append(workout)
    totals = [
        ActivityTotal(
            activity,
            len(group),
            sum(workout.duration_s for workout in group),
            _sum(total(workout, DISTANCE, "m") for workout in group),
            _sum(total(workout, ENERGY, "kcal") for workout in group),
        )
        for activity, group in groups.items()
    ]
    return sorted(totals, key=lambda entry: (-entry.count, entry.activity))


def _sum(amounts: Iterable[float | None]) -> float | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if known else None
