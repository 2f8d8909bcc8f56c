"""Ann's two years: what happened when. Ann is invented; the dates are fixed for every seed."""

from __future__ import annotations

from datetime import date, time
from typing import Final, NamedTuple

HOME: Final = "America/New_York"
AWAY: Final = "Asia/Tokyo"
EXPORT_DAY: Final = date(2026, 9, 30)
EXPORT_TIME: Final = time(20, 15)
BORN: Final = date(1985, 3, 14)
GOAL_LB: Final = 165.0
OLD_GYM: Final = "Harbor Gym"
NEW_GYM: Final = "Northside Fitness"


class Chapter(NamedTuple):
    """One thing that happened: its days (inclusive), the fact, and how Ann would tell it."""

    name: str
    first: date
    last: date
    fact: str
    said: str

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last


SLEEP_APP: Final = Chapter(
    "sleep app",
    date(2025, 1, 1),
    date(2025, 3, 31),
    "The app Night Notes writes one unspecified block of sleep a night, over the watch's stages.",
    "I am trying a sleep app called Night Notes.",
)
GOAL: Final = Chapter(
    "goal",
    date(2025, 1, 6),
    date(2026, 6, 30),
    "Weight goal: from 180 lb to 165 lb by the end of June 2026.",
    "My goal is to get from 180 down to 165 pounds by the end of June 2026.",
)
ILLNESS: Final = Chapter(
    "illness",
    date(2025, 2, 10),
    date(2025, 2, 16),
    "Flu: hardly any steps, no workouts, resting heart rate and breathing rate up.",
    "I have the flu, so I am in bed this week.",
)
TRIP: Final = Chapter(
    "trip",
    date(2025, 4, 6),
    date(2025, 4, 19),
    "Two weeks in Tokyo: sleep and workouts carry HKTimeZone Asia/Tokyo, many steps.",
    "We are in Tokyo for two weeks and walk everywhere.",
)
STEP_APP: Final = Chapter(
    "step app",
    date(2025, 5, 1),
    date(2025, 5, 31),
    "The app Stride Diary counts steps and kilometres beside phone and watch.",
    "I am testing a pedometer app called Stride Diary this month.",
)
SPRAIN_DAY: Final = date(2025, 6, 12)
INJURY: Final = Chapter(
    "injury",
    date(2025, 6, 13),
    date(2025, 7, 24),
    "Ankle sprained on the run of 12 June 2025: no runs for six weeks, few steps, resting heart "
    "rate rises. Strength, swimming and yoga come back after two weeks.",
    "I sprained my left ankle on a run on 12 June 2025 and must not run for six weeks.",
)
MORNINGS: Final = Chapter(
    "habit",
    date(2025, 9, 8),
    date.max,
    f"Weekday workouts move from the evening at {OLD_GYM} to the early morning at {NEW_GYM}.",
    f"I left {OLD_GYM} for {NEW_GYM}, and I now work out before breakfast instead of after work.",
)
NEW_PHONE: Final = Chapter(
    "new phone",
    date(2025, 9, 20),
    date.max,
    "The phone is replaced: its readings come from another source name.",
    "I have a new phone.",
)
WATCH_AWAY: Final = Chapter(
    "watch in repair",
    date(2025, 11, 17),
    date(2025, 11, 23),
    "No watch for a week: only the phone counts.",
    "My watch is being repaired this week.",
)
METRIC_SCALE: Final = Chapter(
    "scale in kilograms",
    date(2026, 1, 1),
    date.max,
    "The scale's app writes kg from now on; before, lb.",
    "I switched my scale to kilograms.",
)
MEDITATION: Final = Chapter(
    "meditation",
    date(2026, 1, 5),
    date.max,
    "Short mindful sessions on about every second day.",
    "I meditate for ten minutes on most days now.",
)
FOOD_DIARY: Final = (
    Chapter("food diary", date(2025, 1, 6), date(2025, 3, 2),
            "Meals are logged in the app Plate Diary.", "I write down what I eat."),
    Chapter("food diary again", date(2026, 2, 2), date(2026, 3, 15),
            "Meals are logged in the app Plate Diary.", "I write down what I eat again."),
)  # fmt: skip

STORY: Final = (
    SLEEP_APP, GOAL, ILLNESS, TRIP, STEP_APP, INJURY, MORNINGS, NEW_PHONE, WATCH_AWAY,
    METRIC_SCALE, MEDITATION, *FOOD_DIARY,
)  # fmt: skip

Knots = tuple[tuple[date, float], ...]

WEIGHT_LB: Final[Knots] = (
    (date(2024, 10, 1), 179.4), (date(2025, 1, 6), 180.2), (date(2025, 6, 12), 172.4),
    (date(2025, 8, 4), 176.1), (date(2026, 5, 4), 164.9), (date(2026, 6, 15), 163.9),
    (date(2026, 9, 30), 164.6),
)  # fmt: skip
RESTING_BPM: Final[Knots] = (
    (date(2024, 10, 1), 63.0), (date(2025, 6, 12), 58.5), (date(2025, 6, 26), 62.0),
    (date(2025, 7, 24), 64.5), (date(2025, 8, 18), 60.0), (date(2026, 9, 30), 55.5),
)  # fmt: skip
WALKED_STEPS: Final[Knots] = (
    (date(2024, 10, 1), 7000.0), (date(2025, 6, 12), 7900.0), (date(2025, 6, 13), 2300.0),
    (date(2025, 7, 24), 4300.0), (date(2025, 8, 25), 7400.0), (date(2026, 9, 30), 8600.0),
)  # fmt: skip
VO2_MAX: Final[Knots] = (
    (date(2024, 10, 1), 36.2), (date(2025, 6, 12), 39.1), (date(2025, 7, 24), 36.9),
    (date(2025, 12, 1), 39.4), (date(2026, 9, 30), 42.0),
)  # fmt: skip


def level(knots: Knots, day: date) -> float:
    """Height of a line through the knots on a day; flat before the first and after the last.

    >>> level(((date(2026, 1, 1), 10.0), (date(2026, 1, 11), 20.0)), date(2026, 1, 4))
    13.0
    """
    before = [knot for knot in knots if knot[0] <= day]
    after = [knot for knot in knots if knot[0] > day]
    if not before or not after:
        return (before[-1] if before else after[0])[1]
    (left, low), (right, high) = before[-1], after[0]
    return low + (high - low) * (day - left).days / (right - left).days
