"""What Ann or her apps write down: weight, blood pressure, food, water, calm, noise, gait."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from wellness.health.sample import story
from wellness.health.sample.person import HOUR, MINUTE, Day
from wellness.health.sample.sources import (
    CALM,
    CUFF,
    FOOD,
    SCALE,
    WATER,
    Metadata,
    Sample,
    phone,
    text,
    watch,
    whole,
)
from wellness.health.sample.story import level

MASS = "HKQuantityTypeIdentifierBodyMass"
FAT = "HKQuantityTypeIdentifierBodyFatPercentage"
SYSTOLIC = "HKQuantityTypeIdentifierBloodPressureSystolic"
DIASTOLIC = "HKQuantityTypeIdentifierBloodPressureDiastolic"
WATER_DRUNK = "HKQuantityTypeIdentifierDietaryWater"
FOOD_ENERGY = "HKQuantityTypeIdentifierDietaryEnergyConsumed"
MINDFUL = "HKCategoryTypeIdentifierMindfulSession"
NOISE = "HKQuantityTypeIdentifierEnvironmentalAudioExposure"
HEADPHONES = "HKQuantityTypeIdentifierHeadphoneAudioExposure"
GAIT = "HKQuantityTypeIdentifierWalkingSpeed"
KG_A_POUND = 0.45359237  # exact by definition


class Group(NamedTuple):
    """Records taken together: a Correlation. `twins` says whether they also stand at top level."""

    type: str
    members: tuple[Sample, ...]
    twins: bool = True
    metadata: Metadata = ()


def weight(day: Day, density: float) -> Iterator[Sample]:
    """On about every second morning, rarely in the evening as well; some are handed in twice."""
    rng = day.rng("weight")
    if rng.random() > 0.48 or day.date in story.TRIP:
        return
    at = day.wake + rng.randint(8, 25) * MINUTE
    pounds = level(story.WEIGHT_LB, day.date) + rng.gauss(0, 0.6)
    metric = day.date in story.METRIC_SCALE
    unit, value = ("kg", text(pounds * KG_A_POUND, 2)) if metric else ("lb", text(pounds, 1))
    reading = Sample(MASS, SCALE, unit, value, at, at, at + 12)
    yield reading
    if rng.random() < 0.03:
        yield reading._replace(created=at + 6 * HOUR)
    if rng.random() < 0.05:
        evening, heavier = day.bed - HOUR, pounds + rng.uniform(0.8, 2.2)
        value = text(heavier * KG_A_POUND, 2) if metric else text(heavier, 1)
        yield reading._replace(value=value, start=evening, end=evening, created=evening + 12)


def fat(day: Day, density: float) -> Iterator[Sample]:
    """Body fat, measured with the weight: the unit is %, the value a fraction."""
    for reading in weight(day, density):
        share = 0.30 + (level(story.WEIGHT_LB, day.date) - 165) * 0.0031
        value = text(share + day.rng("fat").gauss(0, 0.004), 3)
        yield reading._replace(type=FAT, unit="%", value=value)


def groups(day: Day) -> Iterator[Group]:
    """The Correlations of a day: blood pressure on Sundays, meals while she logs them."""
    rng = day.rng("groups")
    if day.date.weekday() == 6 and day.date not in story.TRIP:
        at = day.wake + rng.randint(20, 60) * MINUTE
        pair = ((SYSTOLIC, rng.gauss(119, 5)), (DIASTOLIC, rng.gauss(76, 4)))
        yield Group(
            "HKCorrelationTypeIdentifierBloodPressure",
            tuple(Sample(k, CUFF, "mmHg", f"{v:.0f}", at, at, at + 30) for k, v in pair),
        )
    if any(day.date in diary for diary in story.FOOD_DIARY):
        for name, hour, energy in (("Breakfast", 8.1, 380), ("Dinner", 19.2, 690)):
            at = day.start + int((hour + rng.uniform(-0.3, 0.4)) * HOUR)
            eaten, drunk = rng.gauss(energy, 70), rng.choice((200, 250, 300, 330))
            meal = (
                Sample(FOOD_ENERGY, FOOD, "kcal", f"{eaten:.0f}", at, at, at + 60),
                Sample(WATER_DRUNK, FOOD, "mL", str(drunk), at, at, at + 60),
            )
            alone = name == "Dinner" and day.date.day == 14
            kind = "HKCorrelationTypeIdentifierFood"
            yield Group(kind, meal, not alone, (("HKFoodType", name),))


def _members(day: Day, kind: str) -> Iterator[Sample]:
    for group in groups(day):
        if group.twins:
            yield from (member for member in group.members if member.type == kind)


def systolic(day: Day, density: float) -> Iterator[Sample]:
    """Twins of the nested readings."""
    return _members(day, SYSTOLIC)


def diastolic(day: Day, density: float) -> Iterator[Sample]:
    """Twins of the nested readings."""
    return _members(day, DIASTOLIC)


def eaten(day: Day, density: float) -> Iterator[Sample]:
    """Twins of what is nested in meals."""
    return _members(day, FOOD_ENERGY)


def water(day: Day, density: float) -> Iterator[Sample]:
    """Water with meals, and glasses logged alone in another app."""
    yield from _members(day, WATER_DRUNK)
    rng = day.rng("water")
    for _ in range(whole(rng, 0.6)):
        at = day.start + int(rng.uniform(9, 20) * HOUR)
        yield Sample(WATER_DRUNK, WATER, "mL", rng.choice(("250", "500")), at, at, at + 2)


def mindful(day: Day, density: float) -> Iterator[Sample]:
    """Ten calm minutes on every second day, once she has taken it up."""
    rng = day.rng("mindful")
    if day.date in story.MEDITATION and rng.random() < 0.5:
        end = day.bed - 20 * MINUTE
        start = end - rng.randint(5, 14) * MINUTE
        yield Sample(MINDFUL, CALM, "", "HKCategoryValueNotApplicable", start, end, end + 1)


def noise(day: Day, density: float) -> Iterator[Sample]:
    """Surroundings, half an hour at a time, by the watch."""
    rng = day.rng("noise")
    for hour in sorted(rng.sample(range(16, 42), min(whole(rng, 0.8 * density), 26))):
        start = day.start + hour * HOUR // 2
        if day.wears(start, start + HOUR // 2):
            value = text(rng.gauss(66, 7), 3)
            end = start + HOUR // 2
            yield Sample(NOISE, watch(day.date), "dBASPL", value, start, end, end + 40)


def headphones(day: Day, density: float) -> Iterator[Sample]:
    """Music on the way, by the phone."""
    rng = day.rng("headphones")
    if rng.random() < 0.35:
        start = day.wake + rng.randint(30, 90) * MINUTE
        end = start + rng.randint(8, 40) * MINUTE
        value = text(rng.gauss(71, 4), 3)
        yield Sample(HEADPHONES, phone(day.date), "dBASPL", value, start, end, end + 3)


def gait(day: Day, density: float) -> Iterator[Sample]:
    """Walking speed, by the phone; slower with a bad ankle."""
    rng = day.rng("gait")
    usual = 2.2 if day.date in story.INJURY else 3.0
    for hour in sorted(rng.sample(range(8, 20), min(whole(rng, 0.7 * density), 12))):
        start = day.start + hour * HOUR + rng.randint(0, 50) * MINUTE
        end = start + rng.randint(20, 90)
        value = text(rng.gauss(usual, 0.2), 4)
        yield Sample(GAIT, phone(day.date), "mi/hr", value, start, end, end + HOUR)
