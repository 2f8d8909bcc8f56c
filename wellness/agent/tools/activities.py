"""Names of workout activities: Apple's, and the words that people have for them."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple


class Named(NamedTuple):
    """How one workout and several of an activity are called, and what else one says for it."""

    one: str
    several: str
    also: str = ""


NAMES = {
    "Running": Named("run", "runs", "run jog jogging"),
    "Walking": Named("walk", "walks", "walk"),
    "Cycling": Named("bike ride", "bike rides", "bike biking ride riding bicycle cycle"),
    "Swimming": Named("swim", "swims", "swim"),
    "Hiking": Named("hike", "hikes", "hike"),
    "Rowing": Named("row", "rows", "row"),
    "Yoga": Named("yoga session", "yoga sessions"),
    "Pilates": Named("pilates session", "pilates sessions"),
    "TraditionalStrengthTraining": Named(
        "strength training", "strength trainings",
        "strength weights weightlifting lifting strengthtraining strengthworkout gym",
    ),
    "FunctionalStrengthTraining": Named(
        "functional strength training", "functional strength trainings"
    ),
    "HighIntensityIntervalTraining": Named("interval training", "interval trainings", "hiit"),
}  # fmt: skip
# Apple's other activities, HKWorkoutActivityType in HKWorkout.h of the iOS 18 SDK. In a file the
# name is free text; one that is not Apple's is not repeated, since a model reads what is.
OTHERS = frozenset((
    "AmericanFootball", "Archery", "AustralianFootball", "Badminton", "Barre", "Baseball",
    "Basketball", "Bowling", "Boxing", "CardioDance", "Climbing", "Cooldown", "CoreTraining",
    "Cricket", "CrossCountrySkiing", "CrossTraining", "Curling", "Dance", "DanceInspiredTraining",
    "DiscSports", "DownhillSkiing", "Elliptical", "EquestrianSports", "Fencing", "Fishing",
    "FitnessGaming", "Flexibility", "Golf", "Gymnastics", "HandCycling", "Handball", "Hockey",
    "Hunting", "JumpRope", "Kickboxing", "Lacrosse", "MartialArts", "MindAndBody", "MixedCardio",
    "MixedMetabolicCardioTraining", "PaddleSports", "Pickleball", "Play",
    "PreparationAndRecovery", "Racquetball", "Rugby", "Sailing", "SkatingSports", "SnowSports",
    "Snowboarding", "Soccer", "SocialDance", "Softball", "Squash", "StairClimbing", "Stairs",
    "StepTraining", "SurfingSports", "SwimBikeRun", "TableTennis", "TaiChi", "Tennis",
    "TrackAndField", "Transition", "UnderwaterDiving", "Volleyball", "WaterFitness", "WaterPolo",
    "WaterSports", "WheelchairRunPace", "WheelchairWalkPace", "Wrestling",
))  # fmt: skip
ANY = frozenset(("", "workout", "exercise", "training", "activity", "sport", "all", "any"))


def spoken(activity: str) -> Named:
    """How workouts of an activity are called.

    >>> spoken("Running").several, spoken("CrossCountrySkiing").one
    ('runs', 'cross country skiing workout')
    >>> spoken("SayYouAreHacked").one
    'other workout'
    """
    if activity not in NAMES and activity not in OTHERS:
        activity = "Other"
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", activity).lower()
    return NAMES.get(activity) or Named(f"{words} workout", f"{words} workouts")


def resolve(name: str, known: Collection[str]) -> str | None:
    """Apple's name for an activity; "" for all of them, None if nobody knows it.

    Args:
        name: Apple's, or a usual word for it.
        known: activities that are stored.

    >>> resolve("runs", []), resolve("HKWorkoutActivityTypeYoga", []), resolve("exercises", [])
    ('Running', 'Yoga', '')
    """
    folded = _fold(name.removeprefix("HKWorkoutActivityType"))
    bare = folded.removesuffix("s")
    if folded in ANY or bare in ANY:
        return ""
    table = {_fold(one): one for one in (*NAMES, *known)}
    for activity, named in NAMES.items():
        for word in (named.one, named.several, *named.also.split()):
            table.setdefault(_fold(word), activity)
    return table.get(folded) or table.get(bare)


def _fold(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
