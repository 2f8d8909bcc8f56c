"""Workouts: stored once, read by period, and added up without pauses and in one unit."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from redis import Redis

from wellness.health import workouts
from wellness.health.importer import import_export
from wellness.health.items import Workout, WorkoutStatistic
from wellness.health.store import Store
from wellness.health.workouts import ActivityTotal
from wellness.settings import Settings

from .exports import document, element, metadata, read_bytes
from .stores import BERLIN, a_store, again, at, period

PREFIX = "HKWorkoutActivityType"
DISTANCE = "HKQuantityTypeIdentifierDistanceWalkingRunning"
SWIMMING = "HKQuantityTypeIdentifierDistanceSwimming"
ENERGY = "HKQuantityTypeIdentifierActiveEnergyBurned"
MAY = period(BERLIN, date(2024, 5, 1), date(2024, 6, 1))


def workout(*children: str, **changes: str | None) -> str:
    """A Workout of an export: half an hour of running from 08:00, in ten minutes more."""
    attributes: dict[str, str | None] = {
        "workoutActivityType": f"{PREFIX}Running",
        "duration": "30",
        "durationUnit": "min",
        "sourceName": "Watch",
        "startDate": "2024-05-01 08:00:00 +0200",
        "endDate": "2024-05-01 08:40:00 +0200",
    }
    return element("Workout", attributes | changes, *children)


def statistic(type: str, unit: str, total: str) -> str:
    return element("WorkoutStatistics", {"type": type, "sum": total, "unit": unit})


def event(kind: str, when: str) -> str:
    return element("WorkoutEvent", {"type": f"HKWorkoutEventType{kind}", "date": when})


class Keeper:
    """Imports small exports for one user."""

    def __init__(self, store: Store, settings: Settings, folder: Path) -> None:
        self.store, self._settings, self._folder = store, settings, folder

    def take(self, *body: str) -> int:
        """How many workouts were new."""
        path = self._folder / "export.xml"
        path.write_bytes(document(*body))
        return import_export(path, again(self.store), settings=self._settings).workouts

    def all(self) -> list[Workout]:
        return workouts.between(self.store, period(BERLIN, date(2000, 1, 1), date(2040, 1, 1)))


@pytest.fixture
def keeper(client: Redis, namespace: str, settings: Settings, tmp_path: Path) -> Keeper:
    return Keeper(a_store(client, namespace), settings, tmp_path)


# --- stored once, as they were -------------------------------------------------------------------

RICH = workout(
    metadata("HKTimeZone", "Europe/Berlin"),
    metadata("HKWeatherTemperature", "59 degF"),
    metadata("Place ‘😀’", "a &quot;quoted&quot; name"),
    event("Pause", "2024-05-01 08:10:00 +0200"),
    event("Resume", "2024-05-01 08:20:00 +0200"),
    element(
        "WorkoutStatistics",
        {"type": "HKQuantityTypeIdentifierHeartRate", "average": "150.5", "minimum": "90",
         "maximum": "180", "unit": "count/min"},
    ),
    statistic(DISTANCE, "km", "5.25"),
    element("WorkoutRoute", {}, element("FileReference", {"path": "/workout-routes/route.gpx"})),
)  # fmt: skip


def test_a_workout_comes_back_as_it_was_read(keeper: Keeper) -> None:
    body = [
        RICH,
        workout(startDate="2024-05-02 08:00:00 +0200", endDate="2024-05-02 09:00:00 +0200"),
    ]
    assert keeper.take(*body) == 2
    expected = read_bytes(document(*body)).of(Workout)
    assert keeper.all() == expected
    assert keeper.all()[0].events[1].type == "HKWorkoutEventTypeResume"
    assert keeper.all()[0].routes == ("/workout-routes/route.gpx",)


def test_a_workout_is_stored_once(keeper: Keeper) -> None:
    assert keeper.take(RICH, RICH) == 1
    assert keeper.take(RICH) == 0
    assert keeper.take(RICH.replace("+0200", "+0900").replace(" 08:", " 15:")) == 0
    assert len(keeper.all()) == 1


@pytest.mark.parametrize("changes", [
    {"workoutActivityType": f"{PREFIX}Walking"}, {"sourceName": "App"},
    {"endDate": "2024-05-01 08:40:01 +0200"}, {"startDate": "2024-05-01 08:00:01 +0200"},
])  # fmt: skip
def test_workouts_that_differ_are_both_kept(keeper: Keeper, changes: dict[str, Any]) -> None:
    assert keeper.take(workout(), workout(**changes)) == 2
    assert len(keeper.all()) == 2


@pytest.mark.parametrize("newer", [
    workout(statistic(DISTANCE, "km", "5.25")),
    workout(metadata("HKTimeZone", "Europe/Berlin")),
    workout(statistic(DISTANCE, "km", "5"), statistic(ENERGY, "Cal", "300")),
], ids=["statistics instead of totals", "more metadata", "both"])  # fmt: skip
def test_what_a_newer_export_says_more_about_a_workout_makes_no_second_one(
    keeper: Keeper, newer: str
) -> None:
    # As after an update of the phone: iOS 16 moved the totals into WorkoutStatistics.
    keeper.take(workout(totalDistance="5", totalDistanceUnit="km"))
    keeper.take(newer)
    (total,) = workouts.by_activity(keeper.all())
    assert (total.count, total.duration_s) == (1, 1800)


# --- reading -------------------------------------------------------------------------------------


def test_a_period_is_half_open_and_by_the_start(keeper: Keeper) -> None:
    starts = ["2024-04-30 23:59:59", "2024-05-01 00:00:00", "2024-05-31 23:59:59",
              "2024-06-01 00:00:00"]  # fmt: skip
    ends = ["2024-05-01 01:00:00", "2024-05-01 01:00:00", "2024-06-01 01:00:00",
            "2024-06-01 01:00:00"]  # fmt: skip
    keeper.take(*(
        workout(startDate=f"{start} +0200", endDate=f"{end} +0200")
        for start, end in reversed(list(zip(starts, ends, strict=True)))
    ))  # fmt: skip
    found = workouts.between(keeper.store, MAY)
    assert [datetime.fromtimestamp(w.start, BERLIN).isoformat(" ")[:19] for w in found] == starts[
        1:3
    ]
    assert workouts.between(keeper.store, period(BERLIN, date(2020, 1, 1), date(2020, 2, 1))) == []


@pytest.mark.parametrize(
    ("activity", "count"), [("", 3), ("Running", 2), ("running", 2), ("YOGA", 1), ("Run", 0)]
)
def test_one_activity(keeper: Keeper, activity: str, count: int) -> None:
    keeper.take(
        workout(),
        workout(startDate="2024-05-01 08:00:01 +0200"),
        workout(workoutActivityType=f"{PREFIX}Yoga"),
    )
    found = workouts.between(keeper.store, MAY, activity)
    assert len(found) == count
    assert activity == "" or {workouts.name(w).casefold() for w in found} <= {activity.casefold()}


@pytest.mark.parametrize(
    ("zone", "home", "expected"),
    [
        ("", "Europe/Berlin", date(2024, 5, 1)),
        ("", "Asia/Tokyo", date(2024, 5, 2)),
        ("Asia/Tokyo", "Europe/Berlin", date(2024, 5, 2)),
        ("America/New_York", "Asia/Tokyo", date(2024, 5, 1)),
        ("Not/AZone", "Europe/Berlin", date(2024, 5, 1)),
        ("GMT+0530", "Europe/Berlin", date(2024, 5, 1)),
    ],
)
def test_the_local_date_is_that_of_the_place(zone: str, home: str, expected: date) -> None:
    start = at(ZoneInfo("Europe/Berlin"), 2024, 5, 1, 22)
    made = Workout(
        f"{PREFIX}Yoga", "Watch", start, start + 60, 60.0,
        metadata={"HKTimeZone": zone} if zone else {},
    )  # fmt: skip
    assert workouts.local_date(made, ZoneInfo(home)) == expected


# --- totals --------------------------------------------------------------------------------------


def test_pauses_do_not_count(keeper: Keeper) -> None:
    keeper.take(RICH)
    (total,) = workouts.by_activity(keeper.all())
    assert total.duration_s == 1800
    assert keeper.all()[0].end - keeper.all()[0].start == 2400


def test_totals_are_in_one_unit_and_most_frequent_first(keeper: Keeper) -> None:
    def swim(hour: int, *children: str) -> str:
        return workout(
            *children, workoutActivityType=f"{PREFIX}Swimming",
            startDate=f"2024-05-02 {hour:02}:00:00 +0200",
            endDate=f"2024-05-02 {hour:02}:30:00 +0200",
        )  # fmt: skip

    keeper.take(
        workout(statistic(DISTANCE, "mi", "3"), statistic(ENERGY, "Cal", "300")),
        workout(
            statistic(DISTANCE, "km", "5"), statistic(ENERGY, "kJ", "418.4"),
            startDate="2024-05-03 08:00:00 +0200", endDate="2024-05-03 09:00:00 +0200",
            duration="1", durationUnit="hr",
        ),
        workout(workoutActivityType=f"{PREFIX}Yoga"),
        swim(7, statistic(SWIMMING, "yd", "1000")),
        swim(9),
        swim(11, statistic(SWIMMING, "m", "500"), statistic(ENERGY, "kcal", "100")),
    )  # fmt: skip
    found = workouts.by_activity(keeper.all())
    assert [total.activity for total in found] == ["Swimming", "Running", "Yoga"]
    swimming, running, yoga = found
    assert (running.count, running.duration_s) == (2, 1800 + 3600)
    assert running.distance_m == pytest.approx(3 * 1609.344 + 5000)
    assert running.energy_kcal == pytest.approx(400)
    assert swimming.distance_m == pytest.approx(914.4 + 500)
    assert (swimming.count, swimming.energy_kcal) == (3, 100)
    assert yoga == ActivityTotal("Yoga", 1, 1800, None, None)


def test_no_workouts() -> None:
    assert workouts.by_activity([]) == []


def test_equally_frequent_activities_come_by_name() -> None:
    made = [Workout(f"{PREFIX}{name}", "W", 0, 60, 60.0) for name in ("Yoga", "Cycling", "Rowing")]
    assert [total.activity for total in workouts.by_activity(made)] == ["Cycling", "Rowing", "Yoga"]


def test_a_total_leaves_out_what_is_no_sum_or_no_length() -> None:
    made = Workout(f"{PREFIX}Running", "W", 0, 60, 60.0, statistics=(
        WorkoutStatistic(DISTANCE, "km", sum=5.0),
        WorkoutStatistic(DISTANCE, "kcal", sum=7.0),
        WorkoutStatistic(DISTANCE, "km", average=9.0),
        WorkoutStatistic("HKQuantityTypeIdentifierRunningSpeed", "km/hr", average=10.0),
    ))  # fmt: skip
    assert workouts.total(made, workouts.DISTANCE, "m") == 5000
    assert workouts.total(made, workouts.DISTANCE, "mi") == pytest.approx(5 / 1.609344)
    assert workouts.total(made, workouts.ENERGY, "kcal") is None


def test_names_without_apples_prefix() -> None:
    assert workouts.name(Workout(f"{PREFIX}Yoga", "W", 0, 1, 1.0)) == "Yoga"
    assert workouts.name(Workout("Parkour", "W", 0, 1, 1.0)) == "Parkour"
