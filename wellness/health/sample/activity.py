"""What Ann does in a day: steps, distance, floors, energy, exercise and standing.

Phone and watch write the same walk each in its own way: the spans overlap but do not agree.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import exp
from typing import NamedTuple

from wellness.health.sample import story
from wellness.health.sample.person import DAY, HOUR, MINUTE, Day, Session
from wellness.health.sample.sources import (
    PEDOMETER,
    Sample,
    Source,
    phone,
    pieces,
    text,
    watch,
    whole,
)

STEPS = "HKQuantityTypeIdentifierStepCount"
DISTANCE = "HKQuantityTypeIdentifierDistanceWalkingRunning"
SWUM = "HKQuantityTypeIdentifierDistanceSwimming"
FLIGHTS = "HKQuantityTypeIdentifierFlightsClimbed"
ACTIVE = "HKQuantityTypeIdentifierActiveEnergyBurned"
BASAL = "HKQuantityTypeIdentifierBasalEnergyBurned"
EXERCISE = "HKQuantityTypeIdentifierAppleExerciseTime"
STANDING = "HKQuantityTypeIdentifierAppleStandTime"
STAND_HOUR = "HKCategoryTypeIdentifierAppleStandHour"

MILES_A_STEP = 0.00043
KM_A_MILE = 1.609344
SHORTEST_CELL_S = 60


class Bout(NamedTuple):
    """Some activity inside its cell of the day; no two cells overlap."""

    cell_start: int
    start: int
    end: int
    cell_end: int
    amount: float


def _bustle(hour: float) -> float:
    """How much one moves at an hour since midnight: the way to work, lunch, the way home."""
    return 0.25 + sum(exp(-(((hour - peak) / 1.3) ** 2)) for peak in (8.2, 12.6, 17.6))


def _bouts(day: Day, topic: str, expected: float, total: float) -> Iterator[Bout]:
    """Spread a day's total over about that many bouts, none of which touches a workout."""
    rng = day.rng(topic)
    first, last = day.wake, min(day.bed, day.end)
    count = max(1, min(whole(rng, expected), (last - first) // SHORTEST_CELL_S))
    cells = [c for c in pieces(first, last, (last - first) / count) if not day.trains(*c)]
    weights = [_bustle((a - day.start) / HOUR) * rng.uniform(0.4, 1.6) for a, _ in cells]
    unit = total / (sum(weights) or 1)
    for (start, end), weight in zip(cells, weights, strict=True):
        length = end - start
        begin = start + int(length * rng.uniform(0.2, 0.5))
        stop = begin + max(1, int(length * rng.uniform(0.06, 0.25)))
        yield Bout(start, begin, stop, end, weight * unit)


def _by_both(
    day: Day, kind: str, unit: str, digits: int, expected: float, total: float, carried: float
) -> Iterator[Sample]:
    """Each bout by the watch when it is worn, and by the phone with probability `carried`."""
    rng = day.rng(kind)
    on_wrist, in_pocket = watch(day.date), phone(day.date)
    least = 10.0**-digits
    for bout in _bouts(day, f"bouts {kind}", expected, total):
        worn = day.wears(bout.start, bout.end)
        if worn:
            value = text(max(least, bout.amount * rng.uniform(0.97, 1.03)), digits)
            created = bout.end + rng.randint(1, 40)
            yield Sample(kind, on_wrist, unit, value, bout.start, bout.end, created)
        if not worn or rng.random() < carried:
            reach = min(bout.start - bout.cell_start, 150)
            start = bout.start - rng.randint(-min(reach, bout.end - bout.start - 1), reach)
            end = min(max(start + 1, bout.end + rng.randint(-60, 150)), bout.cell_end)
            value = text(max(least, bout.amount * rng.uniform(0.8, 1.02)), digits)
            yield Sample(kind, in_pocket, unit, value, start, end, end + rng.randint(60, 600))


def _by_session(
    kind: str, unit: str, digits: int, session: Session, total: float, length: float, source: Source
) -> Iterator[Sample]:
    """A workout's total in parts; nothing in its pause."""
    for first, last in session.active:
        for start, end in pieces(first, last, length):
            value = text(max(10.0**-digits, total * (end - start) / session.seconds), digits)
            yield Sample(kind, source, unit, value, start, end, end + 3)


def _runs(day: Day) -> Iterator[Session]:
    return (session for session in day.sessions if session.activity == "Running")


def steps(day: Day, density: float) -> Iterator[Sample]:
    """Steps, by watch and phone, and for a month by an app as well."""
    yield from _by_both(day, STEPS, "count", 0, 5 * density, day.walked, 0.62)
    for run in _runs(day):
        total, length = run.miles * 1560, 900 / density
        yield from _by_session(STEPS, "count", 0, run, total, length, watch(day.date))
        carried = total * day.rng("carried").uniform(0.93, 1.0)
        yield from _by_session(STEPS, "count", 0, run, carried, length * 1.3, phone(day.date))
    if day.date in story.STEP_APP:
        yield from _diary(day, STEPS, "count", 0, 5 * density, day.walked)


def distance(day: Day, density: float) -> Iterator[Sample]:
    """Miles on foot, by watch and phone; the app writes kilometres."""
    miles = day.walked * MILES_A_STEP
    yield from _by_both(day, DISTANCE, "mi", 4, 3 * density, miles, 0.5)
    for run in _runs(day):
        length = 1800 / density
        yield from _by_session(DISTANCE, "mi", 4, run, run.miles, length, watch(day.date))
    if day.date in story.STEP_APP:
        yield from _diary(day, DISTANCE, "km", 3, 3 * density, miles * KM_A_MILE)


def _diary(
    day: Day, kind: str, unit: str, digits: int, expected: float, total: float
) -> Iterator[Sample]:
    """The app's view of the same bouts: it starts early, ends late and misses some."""
    rng = day.rng(f"diary {kind}")
    for bout in _bouts(day, f"bouts {kind}", expected, total):
        if rng.random() < 0.7:
            start = max(bout.cell_start, bout.start - rng.randint(0, 240))
            end = min(bout.cell_end, bout.end + rng.randint(0, 240))
            value = text(max(10.0**-digits, bout.amount * rng.uniform(0.85, 1.1)), digits)
            yield Sample(kind, PEDOMETER, unit, value, start, end, end + 5)


def swum(day: Day, density: float) -> Iterator[Sample]:
    """Yards in the pool."""
    for session in day.sessions:
        if session.activity == "Swimming":
            yards = session.miles * 1760
            yield from _by_session(SWUM, "yd", 0, session, yards, 1200 / density, watch(day.date))


def flights(day: Day, density: float) -> Iterator[Sample]:
    """Floors climbed."""
    floors = day.rng("floors").uniform(2, 11) * (0.3 if day.ill or day.date in story.INJURY else 1)
    count = 1.2 * min(density, 4)  # a floor is counted whole, so there are never many readings
    yield from _by_both(day, FLIGHTS, "count", 0, count, floors, 0.6)


def active_energy(day: Day, density: float) -> Iterator[Sample]:
    """Energy of moving, by watch and phone; of workouts by the watch."""
    total = 90 + day.walked * 0.037
    yield from _by_both(day, ACTIVE, "Cal", 3, 3 * density, total, 0.35)
    for session in day.sessions:
        length = 1500 / density
        yield from _by_session(ACTIVE, "Cal", 3, session, session.energy, length, watch(day.date))


def basal_energy(day: Day, density: float) -> Iterator[Sample]:
    """Energy of being alive: the watch while it is worn, the phone in half days around it."""
    rng = day.rng("basal")
    a_second = rng.gauss(1440, 25) / DAY
    spans = [(watch(day.date), *span, 10 * HOUR / density) for span in day.worn]
    for source, first, last, length in (
        *spans,
        (phone(day.date), day.start, day.end, DAY / density),
    ):
        for start, end in pieces(first, last, length):
            value = text((end - start) * a_second, 3)
            yield Sample(BASAL, source, "Cal", value, start, end, end + 20)


def exercise(day: Day, density: float) -> Iterator[Sample]:
    """Minutes of exercise: each workout, and a brisk walk at lunch on most days."""
    length = max(1, round(30 / density))
    for span in (*(span for session in day.sessions for span in session.active), *_brisk_walk(day)):
        minutes = (span[1] - span[0]) // MINUTE
        for first in range(0, minutes, length):
            lasts = min(length, minutes - first)
            start = span[0] + first * MINUTE
            end = start + lasts * MINUTE
            yield Sample(EXERCISE, watch(day.date), "min", str(lasts), start, end, end + 9)


def _brisk_walk(day: Day) -> Iterator[tuple[int, int]]:
    rng = day.rng("brisk")
    start = day.start + int(rng.uniform(11.8, 13.2) * HOUR)
    end = start + rng.randint(2, 14) * MINUTE
    limps = day.ill or day.date in story.INJURY
    if not limps and rng.random() < 0.8 and day.wears(start, end) and not day.trains(start, end):
        yield start, end


def standing(day: Day, density: float) -> Iterator[Sample]:
    """Minutes on her feet."""
    total = day.rng("stood").uniform(60, 110) * (0.4 if day.ill else 1)
    for bout in _bouts(day, "standing", 1.5 * min(density, 12), total):
        if day.wears(bout.start, bout.end):
            minutes = text(max(1, bout.amount), 0)
            yield Sample(
                STANDING, watch(day.date), "min", minutes, bout.start, bout.end, bout.end + 15
            )


def stand_hours(day: Day, density: float) -> Iterator[Sample]:
    """Each full hour awake with the watch on: stood, or idle."""
    rng = day.rng("stand hours")
    for start in range(-(-day.wake // HOUR) * HOUR, min(day.bed, day.end) - HOUR + 1, HOUR):
        stood = rng.random() < (0.4 if day.ill else 0.86)
        if day.wears(start, start + HOUR):
            value = f"HKCategoryValueAppleStandHour{'Stood' if stood else 'Idle'}"
            yield Sample(
                STAND_HOUR, watch(day.date), "", value, start, start + HOUR, start + HOUR + 2
            )
