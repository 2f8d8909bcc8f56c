"""All Records of a day, type by type, in the order of the file, with a few planted flaws."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Final

from wellness.health.sample import activity, body, nights, vitals
from wellness.health.sample.person import HOUR, Day
from wellness.health.sample.sources import Sample, Source, watch

Maker = Callable[[Day, float], Iterator[Sample]]

MAKERS: Final[dict[str, Maker]] = {
    body.MASS: body.weight,
    body.FAT: body.fat,
    vitals.HEART_RATE: vitals.heart_rate,
    vitals.OXYGEN: vitals.oxygen,
    body.SYSTOLIC: body.systolic,
    body.DIASTOLIC: body.diastolic,
    vitals.BREATHING: vitals.breathing,
    activity.STEPS: activity.steps,
    activity.DISTANCE: activity.distance,
    activity.BASAL: activity.basal_energy,
    activity.ACTIVE: activity.active_energy,
    activity.FLIGHTS: activity.flights,
    body.FOOD_ENERGY: body.eaten,
    activity.EXERCISE: activity.exercise,
    body.WATER_DRUNK: body.water,
    activity.SWUM: activity.swum,
    vitals.RESTING: vitals.resting_heart_rate,
    vitals.FITNESS: vitals.fitness,
    body.NOISE: body.noise,
    body.HEADPHONES: body.headphones,
    body.GAIT: body.gait,
    activity.STANDING: activity.standing,
    nights.ANALYSIS: nights.sleep,
    activity.STAND_HOUR: activity.stand_hours,
    body.MINDFUL: body.mindful,
    vitals.VARIABILITY: vitals.variability,
}

FLAWS: Final = {  # (type, date): unit, text of the value, what is wrong with it
    (vitals.HEART_RATE, date(2026, 9, 7)): ("count/min", "null", "null"),
    (vitals.OXYGEN, date(2026, 9, 8)): ("%", "NaN", "not a number"),
    (body.MASS, date(2026, 9, 9)): ("kg", "", "empty"),
    (body.GAIT, date(2026, 9, 10)): ("mi/hr", None, "missing"),
    (activity.ACTIVE, date(2026, 9, 11)): ("Cal", "inf", "infinite"),
}


def records(kind: str, day: Day, density: float, until: int) -> list[Sample]:
    """Records of one type that were made on one day, and known by the instant `until`."""
    made = list(MAKERS[kind](day, density))
    if (kind, day.date) in FLAWS:
        unit, value, flaw = FLAWS[kind, day.date]
        source: Source = made[0].source if made else watch(day.date)
        at = day.start + 12 * HOUR
        made.append(Sample(kind, source, unit, value, at, at + 60, at + 61, flaw=flaw))
    return [sample for sample in made if sample.created <= until]
