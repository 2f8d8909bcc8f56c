"""The metric types: what each is called, its unit, and how its readings add up.

The way to aggregate follows the comments in Apple's HealthKit header `HKTypeIdentifiers.h`:
cumulative types are summed, heart rate is weighted by time, audio exposure by energy, and
everything else is an arithmetic mean. Weight is an exception of ours: the day's last.

>>> find("steps").type
'HKQuantityTypeIdentifierStepCount'
>>> find("resting heart rate").aggregation.value
'mean'
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple

from wellness.errors import UnknownMetric

QUANTITY = "HKQuantityTypeIdentifier"
CATEGORY = "HKCategoryTypeIdentifier"
SLEEP = CATEGORY + "SleepAnalysis"


class Aggregation(Enum):
    """How many readings become one number."""

    SUM = "sum"  # of what remains after sources are merged
    TIME_WEIGHTED = "time-weighted mean"  # each sample stands until the next, capped
    ENERGY = "energy mean"  # of decibels: 10 log10 of the time-weighted mean of 10^(L/10)
    MEAN = "mean"
    LAST = "last"
    EVENTS = "events"  # categories: how often and for how long


class Metric(NamedTuple):
    """One type. `unit` is what it is computed in; "" means the unit that is found."""

    type: str
    unit: str
    aggregation: Aggregation
    aliases: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Apple's type name without its prefix."""
        return self.type.removeprefix(QUANTITY).removeprefix(CATEGORY)


def _metric(name: str, unit: str, how: Aggregation, *aliases: str) -> Metric:
    return Metric(QUANTITY + name, unit, how, aliases)


_SUM, _MEAN = Aggregation.SUM, Aggregation.MEAN
METRICS: tuple[Metric, ...] = (
    _metric("StepCount", "count", _SUM, "steps", "step"),
    _metric("DistanceWalkingRunning", "m", _SUM, "distance", "walking distance"),
    _metric("DistanceCycling", "m", _SUM, "cycling distance"),
    _metric("DistanceSwimming", "m", _SUM, "swimming distance"),
    _metric("SwimmingStrokeCount", "count", _SUM, "strokes"),
    _metric("FlightsClimbed", "count", _SUM, "flights", "stairs", "floors"),
    _metric("ActiveEnergyBurned", "kcal", _SUM, "active energy", "active calories", "calories"),
    _metric("BasalEnergyBurned", "kcal", _SUM, "resting energy", "basal energy"),
    _metric("AppleExerciseTime", "s", _SUM, "exercise", "exercise minutes", "exercise time"),
    _metric("AppleStandTime", "s", _SUM, "stand time"),
    _metric("AppleMoveTime", "s", _SUM, "move time"),
    *(
        _metric(name, "m", _SUM)
        for name in (
            "DistanceWheelchair",
            "DistanceDownhillSnowSports",
            "DistanceRowing",
            "DistancePaddleSports",
            "DistanceSkatingSports",
            "DistanceCrossCountrySkiing",
        )
    ),
    *(
        _metric(name, "", _SUM)
        for name in (
            "NikeFuel",
            "InhalerUsage",
            "InsulinDelivery",
            "NumberOfAlcoholicBeverages",
            "NumberOfTimesFallen",
        )
    ),
    _metric("TimeInDaylight", "s", _SUM, "daylight"),
    _metric("PushCount", "count", _SUM, "pushes"),
    _metric("DietaryWater", "mL", _SUM, "water"),
    _metric("DietaryEnergyConsumed", "kcal", _SUM, "food energy", "calories eaten"),
    _metric("HeartRate", "count/min", Aggregation.TIME_WEIGHTED, "pulse", "hr", "bpm"),
    _metric("RestingHeartRate", "count/min", _MEAN, "resting pulse", "rhr"),
    _metric("WalkingHeartRateAverage", "count/min", _MEAN),
    _metric("HeartRateVariabilitySDNN", "ms", _MEAN, "hrv", "heart rate variability"),
    _metric("OxygenSaturation", "%", _MEAN, "blood oxygen", "spo2", "oxygen"),
    _metric("RespiratoryRate", "count/min", _MEAN, "breathing rate", "breaths"),
    _metric("VO2Max", "", _MEAN, "vo2", "cardio fitness"),
    _metric("BodyTemperature", "degC", _MEAN, "temperature"),
    _metric("BloodPressureSystolic", "mmHg", _MEAN, "systolic"),
    _metric("BloodPressureDiastolic", "mmHg", _MEAN, "diastolic"),
    _metric("BloodGlucose", "mg/dL", _MEAN, "glucose", "blood sugar"),
    _metric("WalkingSpeed", "m/s", _MEAN),
    _metric("WalkingStepLength", "m", _MEAN, "step length"),
    _metric("BodyMass", "kg", Aggregation.LAST, "weight", "body weight"),
    _metric("BodyFatPercentage", "%", Aggregation.LAST, "body fat"),
    _metric("LeanBodyMass", "kg", Aggregation.LAST, "lean mass"),
    _metric("BodyMassIndex", "count", Aggregation.LAST, "bmi"),
    _metric("Height", "m", Aggregation.LAST),
    _metric("AtrialFibrillationBurden", "%", Aggregation.TIME_WEIGHTED),
    _metric("EnvironmentalSoundReduction", "dBASPL", Aggregation.ENERGY),
    _metric("EnvironmentalAudioExposure", "dBASPL", Aggregation.ENERGY, "noise"),
    _metric("HeadphoneAudioExposure", "dBASPL", Aggregation.ENERGY, "headphones"),
    Metric(SLEEP, "", Aggregation.EVENTS, ("sleep",)),
    Metric(CATEGORY + "MindfulSession", "", Aggregation.EVENTS, ("mindfulness", "meditation")),
    Metric(CATEGORY + "AppleStandHour", "", Aggregation.EVENTS, ("stand hours",)),
)
BY_TYPE = {metric.type: metric for metric in METRICS}


def describe(type: str) -> Metric:
    """The metric of a type, known or not: the rules above give each type a way to add up."""
    if metric := BY_TYPE.get(type):
        return metric
    if type.startswith(CATEGORY):
        return Metric(type, "", Aggregation.EVENTS)
    dietary = type.startswith(QUANTITY + "Dietary")
    return Metric(type, "", _SUM if dietary else _MEAN)


def _fold(name: str) -> str:
    """`Resting heart-rate` and `RestingHeartRate` are one name."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def find(name: str, types: Iterable[str] = ()) -> Metric:
    """The metric a person means by a name: Apple's type, its short form, or a usual word.

    Args:
        name: for instance `steps`, `StepCount`, `HKQuantityTypeIdentifierStepCount`.
        types: further type names to know, such as those that are stored.

    Raises:
        UnknownMetric: nothing is called that; carries the known names.
    """
    table: dict[str, Metric] = {}
    for metric in [*METRICS, *map(describe, types)]:
        for word in (metric.type, metric.name, *metric.aliases):
            table.setdefault(_fold(word), metric)
    if found := table.get(_fold(name)):
        return found
    words = {word: metric.name for word, metric in table.items()}
    raise UnknownMetric(name, [metric.name for metric in dict.fromkeys(table.values())], words)
