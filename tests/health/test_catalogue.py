"""The catalogue: every name leads to its metric, and each type adds up as Apple's header says."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellness.errors import UnknownMetric
from wellness.health.catalogue import (
    CATEGORY,
    METRICS,
    QUANTITY,
    Aggregation,
    describe,
    find,
)
from wellness.health.units import UNITS

NAMES = [
    (metric, word) for metric in METRICS for word in (metric.type, metric.name, *metric.aliases)
]
WRITTEN: list[Callable[[str], str]] = [
    str,
    str.upper,
    str.title,
    lambda word: f" {word.replace(' ', '-')}? ",
]

# The comments of HKTypeIdentifiers.h in the SDK of iOS 18, which the catalogue says it follows.
CUMULATIVE = [
    "ActiveEnergyBurned",
    "AppleExerciseTime",
    "AppleMoveTime",
    "AppleStandTime",
    "BasalEnergyBurned",
    "DistanceCrossCountrySkiing",
    "DistanceCycling",
    "DistanceDownhillSnowSports",
    "DistancePaddleSports",
    "DistanceRowing",
    "DistanceSkatingSports",
    "DistanceSwimming",
    "DistanceWalkingRunning",
    "DistanceWheelchair",
    "FlightsClimbed",
    "NikeFuel",
    "PushCount",
    "StepCount",
    "SwimmingStrokeCount",
    "DietaryBiotin",
    "DietaryCaffeine",
    "DietaryEnergyConsumed",
    "DietaryProtein",
    "DietaryVitaminB12",
    "DietaryWater",
    "InhalerUsage",
    "InsulinDelivery",
    "NumberOfAlcoholicBeverages",
    "NumberOfTimesFallen",
    "TimeInDaylight",
]
TEMPORALLY_WEIGHTED = ["HeartRate", "AtrialFibrillationBurden"]
EQUIVALENT_LEVEL = [
    "EnvironmentalAudioExposure", "EnvironmentalSoundReduction", "HeadphoneAudioExposure",
]  # fmt: skip
ARITHMETIC = [
    "RestingHeartRate",
    "WalkingHeartRateAverage",
    "HeartRateVariabilitySDNN",
    "HeartRateRecoveryOneMinute",
    "OxygenSaturation",
    "RespiratoryRate",
    "VO2Max",
    "BodyTemperature",
    "BasalBodyTemperature",
    "AppleSleepingWristTemperature",
    "BloodPressureSystolic",
    "BloodPressureDiastolic",
    "BloodGlucose",
    "WalkingSpeed",
    "WalkingStepLength",
    "RunningPower",
    "RunningSpeed",
    "CyclingCadence",
    "UnderwaterDepth",
    "SixMinuteWalkTestDistance",
    "PhysicalEffort",
    "UVExposure",
    "PeripheralPerfusionIndex",
]
WHOLE_BODY = ["BodyMass", "BodyFatPercentage", "LeanBodyMass", "BodyMassIndex", "Height"]


def folded(word: str) -> str:
    return re.sub(r"[\W_]", "", word).lower()


@pytest.mark.parametrize("write", WRITTEN)
def test_every_name_leads_to_its_metric(write: Callable[[str], str]) -> None:
    for metric, word in NAMES:
        assert find(write(word)) is metric


def test_no_word_means_two_metrics() -> None:
    meanings: dict[str, set[str]] = {}
    for metric, word in NAMES:
        meanings.setdefault(folded(word), set()).add(metric.type)
    assert {word: types for word, types in meanings.items() if len(types) > 1} == {}
    assert len({metric.type for metric in METRICS}) == len(METRICS)


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("Resting heart-rate", "RestingHeartRate"),
        ("resting_heart_rate", "RestingHeartRate"),
        ("heart rate", "HeartRate"),
        ("HKQuantityTypeIdentifierStepCount", "StepCount"),
        ("VO2 max", "VO2Max"),
        ("SpO2", "OxygenSaturation"),
        ("weight", "BodyMass"),
        ("sleep analysis", "SleepAnalysis"),
    ],
)
def test_the_words_of_people(word: str, name: str) -> None:
    assert find(word).name == name


def test_stored_types_are_known_too() -> None:
    types = [QUANTITY + "RunningPower", CATEGORY + "HandwashingEvent"]
    assert find("running power", types).type == types[0]
    assert find("handwashing event", types).type == types[1]
    with pytest.raises(UnknownMetric):
        find("running power")


def test_an_unknown_name_is_an_error_with_the_closest_names() -> None:
    with pytest.raises(UnknownMetric) as caught:
        find("StepCont", [QUANTITY + "RunningPower"])
    assert caught.value.metric == "StepCont"
    assert {"StepCount", "RunningPower"} <= set(caught.value.known)
    assert "Did you mean StepCount" in str(caught.value)
    with pytest.raises(UnknownMetric, match="RunningPower"):
        find("runingpower", [QUANTITY + "RunningPower"])


@pytest.mark.parametrize("word", ["", " ", "?", "xyzzy", "ü", "步数"])
def test_nothing_is_guessed(word: str) -> None:
    with pytest.raises(UnknownMetric) as caught:
        find(word)
    assert "Did you mean" not in str(caught.value)


@given(st.text(max_size=20))
def test_any_text_is_a_metric_or_the_one_error(text: str) -> None:
    try:
        metric = find(text)
    except UnknownMetric:
        return
    words = (metric.type, metric.name, *metric.aliases)
    assert re.sub(r"[^a-z0-9]", "", text.lower()) in {folded(word) for word in words}


@pytest.mark.parametrize("name", CUMULATIVE)
def test_cumulative_types_are_summed(name: str) -> None:
    assert describe(QUANTITY + name).aggregation is Aggregation.SUM


@pytest.mark.parametrize("name", TEMPORALLY_WEIGHTED)
def test_temporally_weighted_types(name: str) -> None:
    assert describe(QUANTITY + name).aggregation is Aggregation.TIME_WEIGHTED


@pytest.mark.parametrize("name", EQUIVALENT_LEVEL)
def test_levels_of_sound_are_averaged_by_energy(name: str) -> None:
    assert describe(QUANTITY + name).aggregation is Aggregation.ENERGY


@pytest.mark.parametrize("name", ARITHMETIC)
def test_other_quantities_are_arithmetic_means(name: str) -> None:
    assert describe(QUANTITY + name).aggregation is Aggregation.MEAN


@pytest.mark.parametrize("name", WHOLE_BODY)
def test_measures_of_the_body_are_the_last_of_the_day(name: str) -> None:
    assert describe(QUANTITY + name).aggregation is Aggregation.LAST


@pytest.mark.parametrize("name", ["SleepAnalysis", "MindfulSession", "HighHeartRateEvent", "New"])
def test_categories_are_events(name: str) -> None:
    metric = describe(CATEGORY + name)
    assert (metric.aggregation, metric.name) == (Aggregation.EVENTS, name)


def test_a_type_of_nobody_has_its_own_name_and_unit() -> None:
    metric = describe("HKDataTypeSleepDurationGoal")
    assert (metric.name, metric.unit) == ("HKDataTypeSleepDurationGoal", "")
    assert metric.aggregation is Aggregation.MEAN


def test_units_of_the_catalogue_are_in_the_table_of_units() -> None:
    without_conversion = {"", "count", "dBASPL"}
    assert {metric.unit for metric in METRICS} - without_conversion <= set(UNITS)
