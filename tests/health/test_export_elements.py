"""What becomes of each kind of element: Records, workouts, correlations, summaries, the rest."""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellness.health.export import (
    BAD_DATE,
    ENDS_BEFORE_START,
    MISSING_ATTRIBUTE,
    MISSING_VALUE,
    NOT_A_NUMBER,
    NOT_FINITE,
)
from wellness.health.items import (
    ActivitySummary,
    Beat,
    Correlation,
    ExportInfo,
    Me,
    Reading,
    Rejected,
    Workout,
    WorkoutEvent,
    WorkoutStatistic,
)

from . import reference
from .exports import (
    BLOOD_PRESSURE,
    DIASTOLIC,
    EXPORT_DATE,
    HEART_RATE,
    HRV,
    SLEEP,
    STEPS,
    SYSTOLIC,
    WATCH,
    Outcome,
    document,
    element,
    heart_rates,
    metadata,
    read,
    read_bytes,
    record,
)

EIGHT = datetime(2024, 3, 1, 7, tzinfo=UTC)  # 08:00 in Apple's text, which has +0100
START = int(EIGHT.timestamp())


def reading_of(*children: str, **changes: str | None) -> Reading:
    """The one reading of an export of one Record."""
    return read_bytes(document(record(*children, **changes))).only(Reading)


def rejection_of(**changes: str | None) -> Rejected:
    """The one rejection of an export of one Record, which must not become a reading."""
    outcome = read_bytes(document(record(**changes)))
    assert outcome.readings == []
    assert outcome.reader.complete
    return outcome.only(Rejected)


# --- Records -------------------------------------------------------------------------------------


def test_reading() -> None:
    assert reading_of() == Reading(
        type=HEART_RATE,
        source="Anna’s Apple\u00a0Watch",
        unit="count/min",
        value=72.0,
        start=START,
        end=START + 5,
        device="watch",
        metadata={},
        beats=(),
    )


@pytest.mark.parametrize(
    "name", ["", "Anna’s Apple\u00a0Watch", "🏃🏽‍♀️ App", " spaced ", "A" * 9999]
)
def test_source_is_kept_as_it_is(name: str) -> None:
    assert reading_of(sourceName=name).source == name


def test_readings_that_differ_in_one_field_stay_apart() -> None:
    changes: list[dict[str, str | None]] = [
        {},
        {"type": STEPS},
        {"sourceName": "Phone"},
        {"unit": "Hz"},
        {"value": "73"},
        {"startDate": "2024-03-01 07:59:59 +0100"},
        {"endDate": "2024-03-01 08:00:06 +0100"},
    ]
    outcome = read_bytes(document(*(record(**change) for change in changes)))
    assert len(outcome.identities) == len(changes)


def test_only_the_device_address_differs() -> None:
    addresses = ("0x2822a3a20", "0x283f9e1c0")
    devices = (WATCH.format(address=address) for address in addresses)
    first, second = read_bytes(document(*(record(device=text) for text in devices))).readings
    assert first == second


def device(name: str, maker: str, model: str, hardware: str | None) -> str:
    built = f", hardware:{hardware}" if hardware else ""
    return (
        f"&lt;&lt;HKDevice: 0x1&gt;, name:{name}, manufacturer:{maker}, model:{model}{built}, "
        "software:9.1&gt;"
    )


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (None, ""),
        ("", ""),
        (device("Apple Watch", "Apple Inc.", "Watch", "Watch6,1"), "watch"),
        (device("iPhone", "Apple Inc.", "iPhone", "iPhone13,2"), "phone"),
        (device("Watch this phone", "Apple Inc.", "iPhone", "iPhone13,2"), "phone"),
        (device("not my iPhone", "Apple Inc.", "Watch", "Watch6,1"), "watch"),
        (device("Polar H10", "Polar Electro", "H10", None), "other"),
        (device("HEM-7322T", "OMRON", "Cuff", "1"), "other"),
    ],
)
def test_device(text: str | None, kind: str) -> None:
    assert reading_of(device=text).device == kind


@pytest.mark.parametrize(
    ("unit", "value"), [("%", "0.97"), ("km", "1.5"), ("Cal", "3"), ("count/min", "72"), ("", "1")]
)
def test_unit_and_value_are_kept_as_found(unit: str, value: str) -> None:
    reading = reading_of(unit=unit, value=value)
    assert (reading.unit, reading.value) == (unit, float(value))


def test_unit_may_be_missing() -> None:
    assert reading_of(unit=None).unit == ""


@pytest.mark.parametrize("value", ["HKCategoryValueSleepAnalysisAsleepREM", "", "null", "0", "nan"])
def test_category_value_is_a_label(value: str) -> None:
    assert reading_of(type=SLEEP, unit=None, value=value).value == value


def test_category_value_may_be_missing() -> None:
    assert reading_of(type=SLEEP, unit=None, value=None).value == ""


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("72", 72.0), ("72.5", 72.5), ("-1.25", -1.25), ("0", 0.0), ("1e3", 1000.0)),
        *((" 72 ", 72.0), ("&#9;72&#10;", 72.0), (".5", 0.5), ("1.5E-3", 0.0015)),
        ("0.30000000000000004", 0.30000000000000004),
    ],
)
def test_numbers(text: str, value: float) -> None:
    read_value = reading_of(value=text).value
    assert isinstance(read_value, float)
    assert read_value == value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, MISSING_VALUE),
        *((text, NOT_A_NUMBER) for text in ("null", "abc", "NaN", "nan", "-nan", "72 bpm")),
        *((text, NOT_A_NUMBER) for text in ("1_000", "٧٢", "７２", "1,5", "0x10", "1 000", "--1")),
        *((text, NOT_FINITE) for text in ("inf", "-inf", "Infinity", "1e999", "-1e999")),
    ],
)
def test_values_that_are_no_numbers(text: str | None, reason: str) -> None:
    assert rejection_of(value=text) == Rejected(HEART_RATE, reason)


@pytest.mark.parametrize("text", ["", "  "])
def test_empty_values(text: str) -> None:
    assert rejection_of(value=text).reason in (MISSING_VALUE, NOT_A_NUMBER)


@pytest.mark.parametrize("type_", ["HKDataTypeSleepDurationGoal", "HKQuantityTypeIdentifierNew"])
def test_every_other_type_needs_a_number(type_: str) -> None:
    assert rejection_of(type=type_, value="HKCategoryValueX") == Rejected(type_, NOT_A_NUMBER)
    assert reading_of(type=type_, value="8").value == 8.0


@pytest.mark.parametrize("name", ["type", "sourceName", "startDate", "endDate"])
def test_missing_attribute(name: str) -> None:
    expected = Rejected("" if name == "type" else HEART_RATE, MISSING_ATTRIBUTE)
    assert rejection_of(**{name: None}) == expected


@pytest.mark.parametrize("name", ["unit", "device", "creationDate", "sourceVersion"])
def test_attributes_that_may_be_missing(name: str) -> None:
    assert reading_of(**{name: None}).value == 72


def test_ends_before_it_starts() -> None:
    rejected = rejection_of(endDate="2024-03-01 07:59:59 +0100")
    assert rejected == Rejected(HEART_RATE, ENDS_BEFORE_START)


def test_order_is_one_of_instants_not_of_text() -> None:
    reading = reading_of(startDate="2024-03-01 08:00:00 +0100", endDate="2024-03-01 07:30:00 +0000")
    assert reading.end - reading.start == 1800
    assert reading_of(endDate="2024-03-01 08:00:00 +0100").end == START


# --- dates ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "2024-03-01 08:00:00 +0100",
        "2024-03-01 12:30:00 +0530",
        "2024-03-01 03:30:00 -0330",
        "2024-03-01 07:00:00 +0000",
        "2024-03-01 07:00:00 -0000",
        "2024-02-29 23:00:00 -0800",
        "2024-03-01 21:00:00 +1400",
        "2024-03-01 12:45:00 +0545",
    ],
)
def test_offsets(text: str) -> None:
    reading = reading_of(startDate=text, endDate=text)
    assert (reading.start, reading.end) == (START, START)


@pytest.mark.parametrize(
    "text",
    [
        "1970-01-01 00:00:00 +0000",
        "1969-12-31 23:59:59 +0000",
        "1904-02-29 23:59:59 +0053",
        "2000-02-29 00:00:00 +0000",
        "2024-12-31 23:59:59 -0930",
        "2038-01-19 03:14:08 +0000",
        "2099-12-31 23:59:59 +1400",
    ],
)
def test_far_dates(text: str) -> None:
    reading = reading_of(startDate=text, endDate=text)
    assert reading.start == reading.end == reference.instant(text)


@pytest.mark.parametrize("name", ["startDate", "endDate"])
@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "soon", "2024", "2024-03-01", "2024-03-01 08:00:00", "2024-03-01 08:00 +0100"),
        *("2024-02-30 08:00:00 +0100", "2023-02-29 08:00:00 +0100", "2024-13-01 08:00:00 +0100"),
        *("2024-00-10 08:00:00 +0100", "2024-03-00 08:00:00 +0100", "2024-03-01 25:61:00 +0100"),
        *("2024-03-01 24:00:00 +0100", "2024-03-01 08:60:00 +0100", "2024-03-01 08:00:61 +0100"),
        *("2024-03-01 08:00:00 +01", "2024-03-01 08:00:00 +9900", "2024-03-01 08:00:00 0100"),
        *("2024-03-01 08:00:00 CET", "2024-03-01 08:00:00 AM +0100", "03/01/2024 08:00:00 +0100"),
        *("2024-03-01 -8:00:00 +0100", "2024-03-01 08:-1:00 +0100", "2024-03-01 08.00.00 +0100"),
        *("-024-03-01 08:00:00 +0100", "0000-03-01 08:00:00 +0100", "2024-03-01 08 :00:0 +0100"),
        *("٢٠٢٤-03-01 08:00:00 +0100", "2024-03-01 08:00:0٠ +0100", "2024-03-01 08X00:00 +0100"),
    ],
)
def test_bad_dates(name: str, text: str) -> None:
    assert rejection_of(**{name: text}) == Rejected(HEART_RATE, BAD_DATE)


@pytest.mark.parametrize("text", ["2024-03-01 07:00:00 Z", "2024-03-01 08:00:00 +01:00"])
def test_other_spellings_of_an_offset_are_right_or_refused(text: str) -> None:
    outcome = read_bytes(document(record(startDate=text, endDate=text)))
    assert [(r.start, r.end) for r in outcome.readings] in ([], [(START, START)])
    assert len(outcome.readings) + len(outcome.rejected) == 1


# --- what Records hold ---------------------------------------------------------------------------


def test_metadata() -> None:
    reading = reading_of(
        metadata("HKTimeZone", "Asia/Kolkata"), metadata("HKWasUserEntered", "1"), metadata("k", "")
    )
    assert reading.metadata == {"HKTimeZone": "Asia/Kolkata", "HKWasUserEntered": "1", "k": ""}
    assert reading.zone == "Asia/Kolkata"


def test_first_of_repeated_metadata_wins() -> None:
    assert reading_of(metadata("k", "1"), metadata("k", "2")).metadata == {"k": "1"}


def test_metadata_stays_with_its_element() -> None:
    body = [
        record(metadata("a", "1")),
        record(),
        element("ClinicalRecord", {"type": "x"}, metadata("b", "2")),
        record(),
        element("StateOfMind", {}, element("Association", {}, metadata("c", "3"))),
        record(metadata("d", "4")),
        record(),
    ]
    found = [reading.metadata for reading in read_bytes(document(*body)).readings]
    assert found == [{"a": "1"}, {}, {}, {"d": "4"}, {}]


@pytest.mark.parametrize("entry", ["<MetadataEntry/>", '<MetadataEntry value="1"/>'])
def test_metadata_without_a_key_is_no_reason_to_stop(entry: str) -> None:
    reading = reading_of(entry, metadata("k", "1"))
    assert reading.metadata.get("k") == "1"
    assert reading.value == 72


def test_beats_keep_the_clock_of_the_phone() -> None:
    times = ["08:34:05,10", "6:14:48.94 PM", "6:14:48,94\u202fPM", "23:59:59.99", "下午6:14:48.94"]
    beats = element(
        "HeartRateVariabilityMetadataList",
        {},
        *(element("InstantaneousBeatsPerMinute", {"bpm": "63", "time": time}) for time in times),
    )
    reading = reading_of(metadata("k", "1"), beats, type=HRV, unit="ms", value="42.5")
    assert reading.beats == tuple(Beat(63.0, time) for time in times)
    assert reading.metadata == {"k": "1"}
    assert reading.value == 42.5


@pytest.mark.parametrize("bpm", ["null", "", "NaN", "inf", None])
def test_beats_without_a_number_are_not_invented(bpm: str | None) -> None:
    beats = element(
        "HeartRateVariabilityMetadataList",
        {},
        element("InstantaneousBeatsPerMinute", {"bpm": bpm, "time": "08:00:00,00"}),
        element("InstantaneousBeatsPerMinute", {"bpm": "61", "time": "08:00:01,00"}),
    )
    reading = reading_of(beats, type=HRV, unit="ms", value="42.5")
    assert [beat.bpm for beat in reading.beats] == [61.0]


# --- correlations --------------------------------------------------------------------------------


def correlation(*children: str) -> str:
    return element(
        "Correlation",
        {
            "type": BLOOD_PRESSURE,
            "sourceName": "Cuff",
            "startDate": "2024-03-01 08:00:00 +0100",
            "endDate": "2024-03-01 08:00:30 +0100",
        },
        *children,
    )


def test_correlation() -> None:
    pair = [
        record(metadata("own", "1"), type=SYSTOLIC, unit="mmHg", value="120"),
        record(type=DIASTOLIC, unit="mmHg", value="80"),
    ]
    outcome = read_bytes(document(*pair, correlation(metadata("group", "2"), *pair), record()))
    assert outcome.only(Correlation) == Correlation(
        BLOOD_PRESSURE, "Cuff", START, START + 30, members=2, metadata={"group": "2"}
    )
    assert [reading.value for reading in outcome.readings] == [120, 80, 120, 80, 72]
    assert outcome.readings[0] == outcome.readings[2]
    assert outcome.readings[2].metadata == {"own": "1"}
    assert len(outcome.identities) == 3
    assert outcome.reader.elements["Record"] == 5
    assert outcome.reader.elements["Correlation"] == 1


def test_unusable_record_in_a_correlation_is_rejected_alone() -> None:
    outcome = read_bytes(document(correlation(record(value="null"), record(value="80"))))
    assert outcome.only(Rejected) == Rejected(HEART_RATE, NOT_A_NUMBER)
    assert outcome.only(Reading).value == 80


def test_correlation_without_dates_keeps_its_records() -> None:
    outcome = read_bytes(document(element("Correlation", {"type": BLOOD_PRESSURE}, record())))
    assert outcome.only(Reading).value == 72
    assert outcome.of(Correlation) == []
    assert outcome.reader.complete


# --- workouts ------------------------------------------------------------------------------------

RUNNING = "HKWorkoutActivityTypeRunning"
DISTANCE = "HKQuantityTypeIdentifierDistanceWalkingRunning"
ENERGY = "HKQuantityTypeIdentifierActiveEnergyBurned"


def workout(*children: str, **changes: str | None) -> Workout:
    """The one workout of an export of one Workout, half an hour from 08:00."""
    attributes: dict[str, str | None] = {
        "workoutActivityType": RUNNING,
        "duration": "25.5",
        "durationUnit": "min",
        "sourceName": "Anna’s Apple\u00a0Watch",
        "device": WATCH.format(address="0x1"),
        "creationDate": "2024-03-01 08:31:00 +0100",
        "startDate": "2024-03-01 08:00:00 +0100",
        "endDate": "2024-03-01 08:30:00 +0100",
    }
    outcome = read_bytes(document(element("Workout", attributes | changes, *children)))
    assert outcome.reader.elements["Workout"] == 1
    assert outcome.reader.complete
    return outcome.only(Workout)


def statistics(type_: str, unit: str, **values: str) -> str:
    when = {"startDate": "2024-03-01 08:00:00 +0100", "endDate": "2024-03-01 08:30:00 +0100"}
    return element("WorkoutStatistics", {"type": type_, **when, **values, "unit": unit})


def test_workout_since_ios_16() -> None:
    found = workout(
        metadata("HKIndoorWorkout", "0"),
        metadata("HKTimeZone", "Europe/Berlin"),
        metadata("HKIndoorWorkout", "1"),
        element(
            "WorkoutEvent",
            {
                "type": "HKWorkoutEventTypePause",
                "date": "2024-03-01 08:10:00 +0100",
                "duration": "4.5",
                "durationUnit": "min",
            },
        ),
        element(
            "WorkoutEvent",
            {"type": "HKWorkoutEventTypeMarker", "date": "2024-03-01 08:20:00 +0100"},
        ),
        element(
            "WorkoutActivity",
            {"uuid": "1", "duration": "10", "durationUnit": "min"},
            statistics(DISTANCE, "km", sum="1.1"),
            statistics(HEART_RATE, "count/min", average="200"),
        ),
        statistics(DISTANCE, "km", sum="5.25"),
        statistics(HEART_RATE, "count/min", average="150.5", minimum="90", maximum="180"),
        element(
            "WorkoutRoute",
            {"sourceName": "Watch"},
            element("FileReference", {"path": "/workout-routes/route_1.gpx"}),
        ),
        element(
            "WorkoutRoute",
            {"sourceName": "Watch"},
            element("FileReference", {"path": "/workout-routes/route_2.gpx"}),
        ),
    )
    assert found == Workout(
        activity=RUNNING,
        source="Anna’s Apple\u00a0Watch",
        start=START,
        end=START + 1800,
        duration_s=1530.0,
        statistics=(
            WorkoutStatistic(DISTANCE, "km", sum=5.25),
            WorkoutStatistic(HEART_RATE, "count/min", average=150.5, minimum=90, maximum=180),
        ),
        events=(
            WorkoutEvent("HKWorkoutEventTypePause", START + 600, 270.0),
            WorkoutEvent("HKWorkoutEventTypeMarker", START + 1200, 0.0),
        ),
        routes=("/workout-routes/route_1.gpx", "/workout-routes/route_2.gpx"),
        metadata={"HKIndoorWorkout": "0", "HKTimeZone": "Europe/Berlin"},
    )
    assert found.zone == "Europe/Berlin"


def test_workout_before_ios_16() -> None:
    found = workout(
        totalDistance="5.25",
        totalDistanceUnit="mi",
        totalEnergyBurned="300",
        totalEnergyBurnedUnit="Cal",
    )
    assert set(found.statistics) == {
        WorkoutStatistic(DISTANCE, "mi", sum=5.25),
        WorkoutStatistic(ENERGY, "Cal", sum=300.0),
    }


def test_total_that_is_written_twice_counts_once() -> None:
    found = workout(
        statistics(DISTANCE, "km", sum="5.25"), totalDistance="5.25", totalDistanceUnit="km"
    )
    assert found.statistics == (WorkoutStatistic(DISTANCE, "km", sum=5.25),)


def test_distance_of_another_kind_is_not_counted_again_as_walking() -> None:
    cycling = "HKQuantityTypeIdentifierDistanceCycling"
    found = workout(
        statistics(cycling, "km", sum="20"),
        workoutActivityType="HKWorkoutActivityTypeCycling",
        totalDistance="20",
        totalDistanceUnit="km",
    )
    assert found.statistics == (WorkoutStatistic(cycling, "km", sum=20.0),)


@pytest.mark.parametrize("text", ["null", "", "NaN", "inf"])
def test_totals_that_are_no_numbers_are_left_out(text: str) -> None:
    found = workout(
        statistics(HEART_RATE, "count/min", average=text, maximum="180"),
        totalDistance=text,
        totalDistanceUnit="km",
    )
    assert found.statistics == (WorkoutStatistic(HEART_RATE, "count/min", maximum=180.0),)


@pytest.mark.parametrize(
    ("duration", "unit", "seconds"),
    [("25.5", "min", 1530), ("90", "s", 90), ("0.5", "hr", 1800), ("0", "min", 0)],
)
def test_duration(duration: str, unit: str, seconds: float) -> None:
    assert workout(duration=duration, durationUnit=unit).duration_s == seconds


def test_parts_of_a_workout_are_not_the_workout() -> None:
    found = workout(
        element(
            "WorkoutActivity",
            {"uuid": "1"},
            metadata("part", "1"),
            element(
                "WorkoutEvent",
                {"type": "HKWorkoutEventTypeLap", "date": "2024-03-01 08:05:00 +0100"},
            ),
            statistics(DISTANCE, "km", sum="1.1"),
        ),
        element(
            "WorkoutRoute",
            {},
            metadata("HKMetadataKeySyncVersion", "2"),
            element("FileReference", {"path": "/workout-routes/a.gpx"}),
        ),
        metadata("own", "1"),
    )
    assert (found.statistics, found.events) == ((), ())
    assert found.metadata == {"own": "1"}


@pytest.mark.parametrize("name", ["startDate", "endDate", "workoutActivityType"])
@pytest.mark.parametrize("text", [None, "soon"])
def test_unusable_workout_is_not_invented(name: str, text: str | None) -> None:
    if (name, text) == ("workoutActivityType", "soon"):
        assert workout(workoutActivityType=text).activity == text
        return
    attributes: dict[str, str | None] = {
        "workoutActivityType": RUNNING,
        "sourceName": "Watch",
        "startDate": "2024-03-01 08:00:00 +0100",
        "endDate": "2024-03-01 08:30:00 +0100",
    }
    body = [element("Workout", attributes | {name: text}), record()]
    outcome = read_bytes(document(*body))
    assert outcome.of(Workout) == []
    assert outcome.only(Reading).value == 72
    assert outcome.reader.elements["Workout"] == 1
    assert outcome.reader.complete


# --- the rest ------------------------------------------------------------------------------------


def test_activity_summary() -> None:
    attributes: dict[str, str | None] = {
        "dateComponents": "2024-03-01",
        "activeEnergyBurned": "512.25",
        "activeEnergyBurnedGoal": "600",
        "activeEnergyBurnedUnit": "kcal",
        "appleMoveTime": "0",
        "appleExerciseTime": "31",
        "appleStandHours": "null",
    }
    outcome = read_bytes(document(element("ActivitySummary", attributes)))
    assert outcome.only(ActivitySummary) == ActivitySummary(
        "2024-03-01",
        {
            "activeEnergyBurned": 512.25,
            "activeEnergyBurnedGoal": 600.0,
            "appleMoveTime": 0.0,
            "appleExerciseTime": 31.0,
        },
        "kcal",
    )


def test_me() -> None:
    values = {
        "HKCharacteristicTypeIdentifierDateOfBirth": "1984-02-29",
        "HKCharacteristicTypeIdentifierBiologicalSex": "HKBiologicalSexFemale",
        "HKCharacteristicTypeIdentifierBloodType": "HKBloodTypeNotSet",
    }
    assert read_bytes(document(element("Me", values))).only(Me) == Me(values)


@pytest.mark.parametrize("count", [0, 2000])
def test_export_info(count: int) -> None:
    outcome = read_bytes(document(*heart_rates(count), root=' locale="de_DE"'))
    assert EXPORT_DATE == "2024-05-01 12:00:00 +0200"
    when = int(datetime(2024, 5, 1, 10, tzinfo=UTC).timestamp())
    assert outcome.only(ExportInfo) == ExportInfo("de_DE", when, sample=False)


@pytest.mark.parametrize("count", [0, 2000])
@pytest.mark.parametrize(("generator", "sample"), [("wellness-sample", True), ("other", False)])
def test_sample_says_that_it_is_one(generator: str, sample: bool, count: int) -> None:
    root = f' locale="en_GB" generator="{generator}"'
    outcome = read_bytes(document(*heart_rates(count), root=root))
    assert outcome.only(ExportInfo).sample is sample


@pytest.mark.parametrize("text", ["soon", "", None])
def test_export_date_may_be_unreadable(text: str | None) -> None:
    data = document(record()).replace(
        f' <ExportDate value="{EXPORT_DATE}"/>\n'.encode(),
        element("ExportDate", {"value": text}).encode(),
    )
    outcome = read_bytes(data)
    assert outcome.only(ExportInfo) == ExportInfo("en_GB", None, sample=False)
    assert len(outcome.readings) == 1


def test_unknown_elements_are_counted_and_passed_over() -> None:
    kinds = ["ClinicalRecord", "Audiogram", "VisionPrescription", "StateOfMind", "FromTheFuture"]
    body = [element(kind, {"type": "x"}, element("Part", {"value": "1"})) for kind in kinds]
    outcome = read_bytes(document(record(), *body, record()))
    assert len(outcome.content) == len(outcome.readings) == 2
    assert all(outcome.reader.elements[kind] == 1 for kind in kinds)
    assert outcome.reader.elements["Part"] == 0
    assert outcome.reader.complete


# --- random exports against the reference --------------------------------------------------------

AWKWARD = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    [
        "Anna’s Apple\u00a0Watch",
        "“quoted”",
        "🏃🏽‍♀️",
        "&lt;",
        "]]>",
        "<Record/>",
        "-->",
        "",
        "\ufeff",
    ]
)
OFFSETS = st.integers(-56, 56).map(lambda quarters: timezone(timedelta(minutes=15 * quarters)))
INSTANTS = st.datetimes(datetime(1900, 1, 2), datetime(2100, 1, 1)).map(
    lambda moment: moment.replace(microsecond=0)
)
NUMBERS = st.one_of(
    st.floats().map(repr),
    st.integers().map(str),
    st.decimals(allow_nan=False, places=3, min_value=-9999, max_value=9999).map(str),
    st.sampled_from(["", "null", " 72 ", "1e3", "1_000", "٧٢", "inf", "NaN", "1,5", "abc"]),
)
LABELS = st.sampled_from(["HKCategoryValueSleepAnalysisAsleepREM", "null", "", "0"]) | AWKWARD


@st.composite
def dates(draw: st.DrawFn) -> tuple[str, str]:
    """A start and an end, mostly in order, in one offset or in two."""
    start = draw(INSTANTS)
    length = timedelta(seconds=draw(st.integers(-5, 100_000)))
    offset = draw(OFFSETS)
    first = start.replace(tzinfo=offset)
    last = (first + length).astimezone(draw(st.sampled_from([offset, UTC])))
    return first.strftime("%Y-%m-%d %H:%M:%S %z"), last.strftime("%Y-%m-%d %H:%M:%S %z")


@st.composite
def records(draw: st.DrawFn) -> str:
    """A Record of any form that XML allows, which need not be usable."""
    category = draw(st.booleans())
    start, end = draw(dates())
    attributes = {
        "type": SLEEP if category else draw(st.sampled_from([HEART_RATE, STEPS, HRV])),
        "sourceName": draw(AWKWARD),
        "unit": draw(st.sampled_from(["count/min", "%", "", "km"])),
        "startDate": start,
        "endDate": end,
        "value": draw(LABELS if category else NUMBERS),
    }
    left_out = draw(
        st.sampled_from([(), (), (), ("unit",), ("value",), ("sourceName",), ("type",)])
    )
    names = draw(st.permutations([name for name in attributes if name not in left_out]))
    written = draw(st.sampled_from([" ", "\n\t"])).join(
        f"{name}={quoteattr(attributes[name])}" for name in names
    )
    entries = draw(st.lists(st.tuples(AWKWARD, AWKWARD), max_size=2))
    inner = "".join(
        f"<MetadataEntry key={quoteattr(key)} value={quoteattr(value)}/>" for key, value in entries
    )
    return f"<Record {written}>{inner}</Record>" if inner else f"<Record {written}/>"


@st.composite
def exports(draw: st.DrawFn) -> bytes:
    """An export of Records, some in correlations, among elements of other kinds."""
    groups = st.one_of(
        records(),
        st.lists(records(), min_size=1, max_size=3).map(lambda inner: correlation(*inner)),
        st.sampled_from([element("ClinicalRecord", {"type": "x"}), "<!-- note -->", "\r\n"]),
    )
    return document(*draw(st.lists(groups, max_size=12)))


@settings(max_examples=100, deadline=None)
@given(exports())
def test_same_readings_as_the_reference(data: bytes) -> None:
    outcome = read_bytes(data)
    assert outcome.reader.complete
    assert outcome.identities == reference.identities(data)
    assert len(outcome.rejected) == reference.unusable(data)
    assert [dict(reading.metadata) for reading in outcome.readings] == [
        row["metadata"] for row in reference.records(data) if reference.identity(row)
    ]


# --- the shipped sample, whose answers are known -------------------------------------------------

DATA = Path(__file__).parents[2] / "data"
Sample = tuple[Outcome, bytes, dict[str, Any]]


@pytest.fixture(scope="module")
def sample() -> Sample:
    """The sample as read, its XML, and its truth."""
    with zipfile.ZipFile(DATA / "sample-export.zip") as archive:
        members = map(archive.read, archive.namelist())
        (xml,) = (data for data in members if data.rstrip().endswith(b"</HealthData>"))
    truth = json.loads((DATA / "truth.json").read_text(encoding="utf-8"))
    return read(DATA / "sample-export.zip"), xml, truth


def test_sample_agrees_with_the_reference(sample: Sample) -> None:
    outcome, xml, _ = sample
    assert outcome.reader.complete
    assert outcome.reader.bytes_read == len(xml)
    assert outcome.identities == reference.identities(xml)
    assert Counter(reading.type for reading in outcome.readings) == reference.counts(xml)
    assert len(outcome.rejected) == reference.unusable(xml) > 0
    expected = reference.elements(xml)
    assert {kind: outcome.reader.elements[kind] for kind in expected} == expected


def test_sample_agrees_with_its_truth(sample: Sample) -> None:
    outcome, _, truth = sample
    rejected = Counter(item.type for item in outcome.rejected)
    by_type: dict[str, list[Reading]] = {name: [] for name in truth["by_type"]}
    for reading in outcome.readings:
        by_type[reading.type].append(reading)
    for name, row in truth["by_type"].items():
        readings = by_type[name]
        distinct = len({reading[:6] for reading in readings})
        first, last = min(r.start for r in readings), max(r.start for r in readings)
        assert row == {
            "read": len(readings) + rejected[name],
            "distinct": distinct,
            "duplicate": len(readings) - distinct,
            "rejected": rejected[name],
            "first": datetime.fromtimestamp(first, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "last": datetime.fromtimestamp(last, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
    assert {reading.source for reading in outcome.readings} <= truth["sources"].keys()


def test_workouts_of_the_sample(sample: Sample) -> None:
    outcome, _, truth = sample
    found = [round(workout.duration_s) for workout in outcome.of(Workout)]
    assert found == [row["seconds"] for row in truth["workouts"]["each"]]
    assert len(found) == truth["workouts"]["count"] > 0
    groups = Counter(item.type for item in outcome.of(Correlation))
    assert sum(groups.values()) == sum(truth["correlations"].values()) > 0


def test_rings_of_the_sample(sample: Sample) -> None:
    outcome, _, truth = sample
    summaries = {item.date: item.values for item in outcome.of(ActivitySummary)}
    assert summaries.keys() == truth["rings"].keys()
    for day, row in truth["rings"].items():
        assert summaries[day]["appleExerciseTime"] == row["exercise"]
        assert summaries[day]["appleStandHours"] == row["stood"]
