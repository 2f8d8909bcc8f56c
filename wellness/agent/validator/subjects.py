"""What is measured, by its names in a text: metrics of the catalogue, workouts, stages of sleep.

>>> [(one.kind, *one.names) for one in find("resting heart rate after 3 runs and deep sleep")]
[('metric', 'RestingHeartRate'), ('activity', 'run'), ('stage', 'deep'), \
('metric', 'SleepAnalysis')]
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from wellness.agent.validator import measures
from wellness.health import catalogue
from wellness.memory.facts import phrases

Kind = Literal["metric", "activity", "stage"]
ENERGY = ("ActiveEnergyBurned", "BasalEnergyBurned", "DietaryEnergyConsumed")
DISTANCE = tuple(one.name for one in catalogue.METRICS if one.name.startswith("Distance"))
PRESSURE = ("BloodPressureSystolic", "BloodPressureDiastolic", "BloodPressure")
STANDING = ("AppleStandHour", "AppleStandTime")
HEART = ("HeartRate", "RestingHeartRate", "WalkingHeartRateAverage")
# Names that may mean any of several metrics.
FAMILIES: dict[str, tuple[str, ...]] = {
    "calories": ENERGY, "kcal": ENERGY, "energy": ENERGY, "kilocalories": ENERGY,
    "calorie": ENERGY, "distance": DISTANCE, "how far": DISTANCE, "blood pressure": PRESSURE,
    "pressure": PRESSURE, "bp": PRESSURE, "stand": STANDING, "stood": STANDING,
    "standing": STANDING,
}  # fmt: skip
MORE_METRICS = {
    "walking heart rate": "WalkingHeartRateAverage", "walking pulse": "WalkingHeartRateAverage",
    "breathing": "RespiratoryRate", "stand hours": "AppleStandHour", "resting calories": ENERGY[1],
    "exercised": "AppleExerciseTime", "exercise": "AppleExerciseTime",
    "exercise ring": "AppleExerciseTime", "move": "ActiveEnergyBurned",
    "active calorie": ENERGY[0], "active energy": ENERGY[0], "active calories": ENERGY[0],
    "lean mass": "LeanBodyMass", "step": "StepCount", "calorie goal": ENERGY[0],
    "meditated": "MindfulSession", "meditation": "MindfulSession", "mindfulness": "MindfulSession",
    "mindful": "MindfulSession", "sleep": "SleepAnalysis", "slept": "SleepAnalysis",
}  # fmt: skip
WORKOUT = "workout"  # of any activity
ACTIVITIES = {
    "run": r"running|run(?:s|ner)?|ran|jog(?:s|ged|ging)?", "swim": r"swim(?:s|ming)?|swam",
    "cycle": r"cycl(?:e|ed|es|ing)|bik(?:e|ed|es|ing)|rid(?:e|es|ing)|rode",
    "hike": r"hik(?:e|ed|es|ing)", "walk": r"walk(?:s|ed|ing)?", "row": r"row(?:ed|ing)",
    "yoga": r"yoga", "strength": (
        r"(?:traditional |functional )?strength(?: training)?s?|weightlifting|"
        r"lift(?:ed|ing) weights|weight training"
    ),
    "pilates": r"pilates", "danc": r"danc(?:e|ed|ing)", "hiit": r"hiit",
    "core": r"core training", "elliptical": r"elliptical",
    WORKOUT: r"workouts?|work-outs?|training sessions?|trainings?",
}  # fmt: skip
STAGES = {
    "deep": r"deep", "rem": r"rem", "core": r"core|light sleep", "awake": r"awake|wake time",
    "in bed": r"(?:time )?in bed",
}  # fmt: skip
_ACTIVITY = re.compile("|".join(f"(?P<{name}>{row})" for name, row in ACTIVITIES.items()), re.I)
_STAGE = re.compile(
    r"\b(?:" + "|".join(f"(?P<s{n}>{row})" for n, row in enumerate(STAGES.values())) + r")\b", re.I
)
_WORD = re.compile(r"\b(?:SpO2|VO2)|[^\W\d_]+(?:['\u2019-][^\W\d_]+)*", re.IGNORECASE)
COUNTED = {
    "StepCount": "#steps", "FlightsClimbed": "#flights", "SwimmingStrokeCount": "#strokes",
}  # fmt: skip
ANY_BASE = {"", "%", measures.POINTS, "#times", "#readings", "#days", "#nights", "#goals", "#weeks"}


class Subject(NamedTuple):
    """A name in a text, and all that it may stand for."""

    kind: Kind
    names: frozenset[str]
    start: int
    end: int


def find(text: str) -> list[Subject]:
    """The names of metrics, activities and stages of sleep in a text, from left to right."""
    found = [
        Subject("stage", frozenset([list(STAGES)[int(str(match.lastgroup)[1:])]]), *match.span())
        for match in _STAGE.finditer(text)
    ]
    words = list(_WORD.finditer(text))
    at = 0
    while at < len(words):
        length, names, kind = _longest(text, words, at)
        if kind:
            found.append(Subject(kind, names, words[at].start(), words[at + length - 1].end()))
        at += length
    return sorted(found, key=lambda one: one.start)


def _longest(
    text: str, words: list[re.Match[str]], at: int
) -> tuple[int, frozenset[str], Kind | None]:
    plain = [match[0].lower().removesuffix("'s").removesuffix("’s") for match in words[at : at + 5]]
    for length in range(len(plain), 0, -1):
        gap = text[words[at].start() : words[at + length - 1].end()]
        if re.search(r"[,;:.()|\n]", gap):
            continue
        phrase = " ".join(plain[:length]).replace("-", " ")
        if names := FAMILIES.get(phrase):
            return length, frozenset(names), "metric"
        if name := MORE_METRICS.get(phrase):
            return length, frozenset([name]), "metric"
        meaning = phrases.PHRASES.get(phrase) if phrase != "bpm" else None  # a unit
        if meaning and meaning.kind == phrases.METRIC:
            return length, frozenset([meaning.name]), "metric"
        if activity := _ACTIVITY.fullmatch(phrase):
            return length, frozenset([str(activity.lastgroup)]), "activity"
    return 1, frozenset(), None


def activity_of(name: str) -> str:
    """The activity by any of its names, Apple's too; "" if it is not known.

    >>> activity_of("TraditionalStrengthTraining"), activity_of("Running"), activity_of("Chess")
    ('strength', 'run', '')
    """
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).strip()
    match = _ACTIVITY.fullmatch(spaced)
    return str(match.lastgroup) if match else ""


def fits(metric: str, unit: str) -> bool:
    """Whether a number in a unit can be of a metric at all."""
    kind = measures.base(unit)
    if kind in ANY_BASE:
        return True
    if metric in COUNTED:
        return kind == COUNTED[metric]
    if metric in ("SleepAnalysis", "MindfulSession", "AppleStandHour"):
        return kind in ("s", "clock", "#workouts", "#rings")
    if metric in ("VO2Max", "BodyMassIndex", "NumberOfTimesFallen"):
        return kind in ("mL/kg/min", "count")
    own = catalogue.describe(catalogue.QUANTITY + metric).unit
    if metric == "BloodPressure":
        own = "mmHg"
    return not own or measures.base(measures.canonical(own)) == kind
