"""Days on which the watch was not worn: what it counts is then what the phone alone saw."""

from __future__ import annotations

from datetime import date, timedelta

from wellness.agent.tools.desk import Desk
from wellness.agent.tools.wording import day
from wellness.health.catalogue import QUANTITY
from wellness.health.rollups import Rollups

PULSE = QUANTITY + "HeartRate"  # which only a watch measures, many times a day
WORN = frozenset((
    "StepCount", "DistanceWalkingRunning", "ActiveEnergyBurned", "BasalEnergyBurned",
    "FlightsClimbed", "AppleExerciseTime", "AppleStandTime", "AppleStandHour",
))  # fmt: skip
MOST_DAYS = 400  # beyond, some days without a watch decide nothing


def not_worn(desk: Desk, metric: str, first: date, last: date) -> str:
    """A note on the days from first to last without a pulse; empty where it does not matter.

    Of a person who never had a watch there is nothing to say.
    """
    count = (last - first).days + 1
    if metric not in WORN or not 0 < count <= MOST_DAYS:
        return ""
    pulse = Rollups(desk.store, PULSE, gap_s=desk.settings.heart_rate_gap_s)
    worn = set(pulse.days(first, last + timedelta(days=1)).dates)
    days = [first + timedelta(days=n) for n in range(count)]
    missing = [one for one in days if one not in worn and one < desk.today]
    if not missing or (not worn and not desk.store.count(PULSE)):
        return ""
    if count == 1:
        return "The watch measured no pulse that day: what it would have counted is missing."
    in_a_row = (missing[-1] - missing[0]).days + 1 == len(missing)
    where = f" ({day(missing[0])}"
    where += f" to {day(missing[-1])})" if len(missing) > 1 else ")"
    return (
        f"The watch measured no pulse on {len(missing)} of {count} days"
        f"{where if in_a_row else ''}: what it would have counted is missing."
    )
