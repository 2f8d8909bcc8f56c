"""How a metric is said: its name, the unit that people use for it, and its decimals."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from wellness.agent.tools import wording
from wellness.health import units
from wellness.health.catalogue import Aggregation, Metric

NOUNS = {
    "StepCount": "steps", "DistanceWalkingRunning": "walking and running distance",
    "DistanceCycling": "cycling distance", "DistanceSwimming": "swimming distance",
    "SwimmingStrokeCount": "swimming strokes", "FlightsClimbed": "flights of stairs",
    "ActiveEnergyBurned": "active energy", "BasalEnergyBurned": "resting energy",
    "AppleExerciseTime": "exercise time", "AppleStandTime": "standing time",
    "AppleMoveTime": "moving time", "AppleStandHour": "hours with standing",
    "TimeInDaylight": "time in daylight", "DietaryWater": "water",
    "DietaryEnergyConsumed": "food energy", "WalkingHeartRateAverage": "walking heart rate",
    "HeartRateVariabilitySDNN": "heart rate variability", "OxygenSaturation": "blood oxygen",
    "VO2Max": "VO2 max", "BodyMass": "weight", "BodyFatPercentage": "body fat",
    "BodyMassIndex": "body mass index", "SleepAnalysis": "time asleep",
    "BloodPressureSystolic": "systolic blood pressure",
    "BloodPressureDiastolic": "diastolic blood pressure",
    "MindfulSession": "mindful time", "EnvironmentalAudioExposure": "noise around",
    "HeadphoneAudioExposure": "headphone loudness",
}  # fmt: skip
PLURAL = frozenset(("StepCount", "FlightsClimbed", "SwimmingStrokeCount", "AppleStandHour"))
COUNTED = {"StepCount": "steps", "FlightsClimbed": "flights", "SwimmingStrokeCount": "strokes",
           "PushCount": "pushes", "AppleStandHour": "hours"}  # fmt: skip
METRIC_WORDS = 5  # of the longest of Apple's names: RapidPoundingOrFlutteringHeartbeat
UNNAMED = "a metric without a name"
PER_MINUTE = {"RespiratoryRate": "breaths/min"}
# Units as people write them, with their decimals; `min` stands for every duration.
SPOKEN = {
    "count/min": ("bpm", 1), "percent": ("percent", 1), "lb": ("lb", 1), "kg": ("kg", 1),
    "st": ("st", 1), "Cal": ("kcal", 0), "kcal": ("kcal", 0), "kJ": ("kJ", 0), "mi": ("mi", 2),
    "km": ("km", 2), "m": ("m", 1), "yd": ("yd", 0), "ft": ("ft", 1), "in": ("in", 1),
    "cm": ("cm", 1), "ms": ("ms", 1), "mmHg": ("mmHg", 0), "mg/dL": ("mg/dL", 0), "mL": ("mL", 0),
    "L": ("L", 2), "fl_oz_us": ("fl oz", 1), "degC": ("°C", 1), "degF": ("°F", 1),
    "mi/hr": ("mph", 1), "km/hr": ("km/h", 1), "m/s": ("m/s", 2), "dBASPL": ("dB", 1),
    "mmol<180.1558800000541>/L": ("mmol/L", 1), "g": ("g", 0), "mg": ("mg", 0), "mcg": ("mcg", 0),
}  # fmt: skip
FOUND = {spoken: unit for unit, (spoken, _) in reversed(SPOKEN.items())} | {"min": "min"}
SECONDS = "s"  # the base of all durations


@dataclass(frozen=True, slots=True)
class Said:
    """How a metric and its values are said.

    Attributes:
        metric: the catalogue's name.
        noun: "weight", "steps".
        unit: as it is said; "min" for durations, which are said in hours too.
        decimals: of a value.
        factor: what a value in the unit that was found is multiplied with.
    """

    metric: str
    noun: str
    unit: str
    decimals: int
    factor: float = 1.0

    @property
    def plural(self) -> bool:
        """Whether one says "your steps are"."""
        return self.metric in PLURAL

    @property
    def time(self) -> bool:
        """Whether values are durations, in minutes."""
        return self.unit == "min"

    def text(self, value: float) -> str:
        """A value with its unit.

        >>> Said("BodyMass", "weight", "lb", 1).text(165.04), Said("", "", "min", 0).text(452)
        ('165 lb', '7 h 32 min')
        """
        if self.time:
            return wording.duration(value)
        if self.unit == "percent":
            return f"{wording.number(value, self.decimals)}%"
        return f"{wording.number(value, self.decimals)} {self.unit}".rstrip()

    def spoken(self, value: float) -> tuple[float, str]:
        """A value and its unit as they are said, for a `Number`: durations of an hour in "h"."""
        if self.time and round(abs(value)) >= 60:
            return value / 60, "h"
        return value, self.unit

    def finer(self, *values: float) -> Said:
        """The same with as many more decimals, at most two, as the smallest value needs.

        >>> Said("BodyMass", "weight", "kg", 1).finer(0.034).text(0.034)
        '0.03 kg'
        """
        least = min(map(abs, values))
        decimals = self.decimals
        while least and not self.time and decimals < self.decimals + 2 and least * 10**decimals < 2:
            decimals += 1
        return replace(self, decimals=decimals)

    def averaged(self, value: float) -> Said:
        """The same for an average: of what is counted, a small one has a decimal.

        >>> Said("FlightsClimbed", "flights of stairs", "flights", 0).averaged(2.84).text(2.84)
        '2.8 flights'
        """
        small = not self.decimals and not self.time and abs(value) < 100
        return replace(self, decimals=1) if small else self

    def consistent(self, a: float, b: float) -> Said:
        """The same, with one decimal more where two rounded values would differ by something else.

        >>> Said("BodyMass", "weight", "kg", 1).consistent(74.84, 74.47).text(74.84)
        '74.84 kg'
        """
        same = self.rounded(self.rounded(a) - self.rounded(b)) == self.rounded(a - b)
        return self if same or self.decimals != 1 else replace(self, decimals=2)

    def rounded(self, value: float) -> float:
        """A value as it is said."""
        return round(value, self.decimals)

    @property
    def of_change(self) -> Said:
        """How a difference is said: that of two percentages is in percentage points."""
        return replace(self, unit="percentage points") if self.unit == "percent" else self

    @property
    def ratio(self) -> bool:
        """Whether a percentage of a value says something: 20 degrees are not twice 10."""
        return self.unit not in ("°C", "°F", "dB", "percent")


def said(metric: Metric, unit: str) -> Said:
    """How a metric is said whose values are in `unit`, that of its latest reading.

    >>> from wellness.health.catalogue import find
    >>> said(find("weight"), "lb").text(180.2), said(find("pulse"), "count/min").unit
    ('180.2 lb', 'bpm')
    >>> said(find("exercise"), "hr").factor
    60.0
    """
    name, noun = metric.name, noun_of(metric.name)
    if units.unit(unit).base == SECONDS and unit != "ms":
        return Said(name, noun, "min", 0, units.convert(1, unit, "min"))
    if unit == "count":
        return Said(name, noun, COUNTED.get(name, ""), 0 if name in COUNTED else 1)
    if unit == "count/min" and name in PER_MINUTE:
        return Said(name, noun, PER_MINUTE[name], 1)
    spoken, decimals = SPOKEN.get(unit, (wording.token(unit, 20), 1))
    return Said(name, noun, spoken, decimals)


def is_total(metric: Metric) -> bool:
    """Whether a day has a sum of the metric, such as steps or sleep, and not a level."""
    return metric.aggregation in (Aggregation.SUM, Aggregation.EVENTS)


def noun_of(name: str) -> str:
    """What a metric is called; in a file its name is free text, so a sentence is not repeated.

    >>> noun_of("BodyMass"), noun_of("WalkingStepLength")
    ('weight', 'walking step length')
    """
    if known := NOUNS.get(name):
        return known
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", wording.token(name)).lower()
    return words if words and words.count(" ") < METRIC_WORDS else UNNAMED
