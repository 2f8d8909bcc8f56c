"""What leaves the store as files is what is in it, for every name, value and gap."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from redis import Redis

from wellness.errors import UnknownUser
from wellness.health import workouts
from wellness.health.importer import import_export
from wellness.health.items import Reading
from wellness.health.portable import Format, export_user
from wellness.health.rollups import CHUNK_DAYS
from wellness.health.store import Store
from wellness.settings import Settings

from .exports import EXPORT_DATE, HEART_RATE, SLEEP, document, element, record
from .stores import BERLIN, DAY, a_store, at, put, stored

FORMATS = pytest.mark.parametrize("format", ["csv", "parquet"])
NOON = at(BERLIN, 2024, 3, 1, 12)


def reading(
    start: int = NOON,
    value: float | str = 72.0,
    *,
    type: str = HEART_RATE,
    source: str = "Watch",
    unit: str = "count/min",
    seconds: int = 5,
) -> Reading:
    return Reading(type, source, unit, value, start, start + seconds)


def load(path: Path) -> pd.DataFrame:
    """A file as another program reads it; nothing is taken for missing."""
    if path.suffix == ".parquet":
        return pd.read_parquet(path)
    frame = pd.read_csv(path, keep_default_na=False)
    for column in ("start", "end"):
        frame[column] = pd.to_datetime(frame[column], utc=True)
    return frame


def identities(path: Path, type: str) -> list[tuple[object, ...]]:
    return [
        (
            type,
            row.source,
            row.unit,
            row.value,
            int(row.start.timestamp()),
            int(row.end.timestamp()),
        )
        for row in load(path).itertuples()
    ]


@FORMATS
def test_any_source_and_any_value_survive(
    client: Redis, namespace: str, tmp_path: Path, format: Format
) -> None:
    sources = [
        'Ann’s "Watch", new',
        "two\nlines",
        "Apple\u00a0Watch",
        "NA",
        "null",
        " x ",
        "体重🧘",
    ]
    values = [0.1 + 0.2, 1e-12, -40.0, 1e15 + 1, 5e-324, 1.7976931348623157e308, 0.0]
    store = a_store(client, namespace)
    put(store, [
        reading(NOON + i, value, source=source, unit=unit)
        for i, (source, value, unit) in enumerate(
            zip(sources, values, ["", "%", "NaN", "mL/min·kg", "a,b", "'", "kg"], strict=True)
        )
    ])  # fmt: skip
    assert export_user(store, tmp_path, format=format)[f"HeartRate.{format}"] == len(values)
    assert identities(tmp_path / f"HeartRate.{format}", HEART_RATE) == stored(store, HEART_RATE)


@FORMATS
def test_a_category_keeps_its_labels(
    client: Redis, namespace: str, tmp_path: Path, format: Format
) -> None:
    store = a_store(client, namespace)
    labels = ["HKCategoryValueSleepAnalysisAsleepREM", "HKCategoryValueSleepAnalysisInBed", "", "0"]
    put(store, [
        reading(NOON + i, label, type=SLEEP, unit="") for i, label in enumerate(labels)
    ])  # fmt: skip
    export_user(store, tmp_path, format=format)
    path = tmp_path / f"SleepAnalysis.{format}"
    assert load(path)["value"].tolist() == labels
    assert identities(path, SLEEP) == stored(store, SLEEP)


@FORMATS
def test_years_with_gaps_are_one_file_with_one_head(
    client: Redis, namespace: str, tmp_path: Path, format: Format
) -> None:
    """Readings are fetched some days at a time; between these there are stretches without any."""
    span = CHUNK_DAYS * DAY
    starts = [NOON, NOON + span - 1, NOON + span, NOON + 4 * span, NOON + 9 * span]
    store = a_store(client, namespace)
    put(store, [reading(start, 60 + i) for i, start in enumerate(starts)])
    written = export_user(store, tmp_path, format=format)
    assert written[f"HeartRate.{format}"] == len(starts)
    assert identities(tmp_path / f"HeartRate.{format}", HEART_RATE) == stored(store, HEART_RATE)


@FORMATS
def test_times_are_local_and_the_hour_that_comes_twice_is_two(
    client: Redis, namespace: str, tmp_path: Path, format: Format
) -> None:
    store = a_store(client, namespace)
    first = at(BERLIN, 2024, 10, 27, 0) + 2 * 3600 + 1800  # 02:30 summer time
    put(store, [reading(first), reading(first + 3600)])
    export_user(store, tmp_path, format=format)
    path = tmp_path / f"HeartRate.{format}"
    assert identities(path, HEART_RATE) == stored(store, HEART_RATE)
    if format == "csv":
        rows = path.read_text("utf-8").splitlines()[1:]
        assert [row.split(",")[0] for row in rows] == [
            "2024-10-27 02:30:00+02:00",
            "2024-10-27 02:30:00+01:00",
        ]
    else:
        hours = [(t.hour, t.utcoffset().total_seconds()) for t in load(path)["start"]]
        assert hours == [(2, 7200), (2, 3600)]


@FORMATS
def test_types_of_one_short_name_are_two_files(
    client: Redis, namespace: str, tmp_path: Path, format: Format
) -> None:
    """A name without its prefix is not unique, and a file must never replace another."""
    names = ["HKQuantityTypeIdentifierRest", "HKCategoryTypeIdentifierRest", "Rest"]
    store = a_store(client, namespace)
    put(store, [reading(value=70.0, type=names[0]), reading(value="x", type=names[1], unit=""),
                reading(value=71.0, type=names[2])])  # fmt: skip
    export_user(store, tmp_path, format=format)
    files = sorted(tmp_path.glob(f"*.{format}"))
    assert sum(len(load(file)) for file in files) == 3


def test_a_type_cannot_choose_its_folder(client: Redis, namespace: str, tmp_path: Path) -> None:
    types = ["../up", "a/b", "..", "nul\u0001", "体重"]
    store = a_store(client, namespace)
    put(store, [reading(type=type) for type in types])
    written = export_user(store, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert {path.name for path in (tmp_path / "out").iterdir()} == written.keys()
    assert sum(rows for name, rows in written.items() if name.endswith(".csv")) == len(types)


def test_the_rest_of_the_data_is_json(client: Redis, namespace: str, tmp_path: Path) -> None:
    day = {"startDate": "2024-03-01 08:00:00 +0100", "endDate": "2024-03-01 09:00:00 +0100"}
    path = tmp_path / "export.xml"
    path.write_bytes(
        document(
            element(
                "Workout",
                {
                    "workoutActivityType": "HKWorkoutActivityTypeRunning",
                    "duration": "50",
                    "durationUnit": "min",
                    "sourceName": "Ann’s Watch",
                    **day,
                },
                element("WorkoutStatistics", {
                    "type": "HKQuantityTypeIdentifierDistanceWalkingRunning", **day,
                    "sum": "8.5", "unit": "km",
                }),
            ),
            element("ActivitySummary", {
                "dateComponents": "2024-03-01", "activeEnergyBurned": "512.5",
                "activeEnergyBurnedUnit": "kcal", "appleStandHours": "11",
            }),
            record(),
        )
    )  # fmt: skip
    store = Store(client, "ann", namespace=namespace)
    import_export(path, store, settings=Settings(), zone=BERLIN)
    out = tmp_path / "out"
    written = export_user(store, out)

    (run,) = json.loads((out / "workouts.json").read_text("utf-8"))
    assert run["duration_s"] == 3000
    assert run["source"] == "Ann’s Watch"
    assert workouts.decode(json.dumps(run).encode()) == workouts.decode(
        client.zrange(store.keys.workouts, 0, 0)[0]
    )
    (rings,) = json.loads((out / "activity.json").read_text("utf-8"))
    assert rings["date"] == "2024-03-01"
    assert 512.5 in rings.values()
    (profile,) = json.loads((out / "profile.json").read_text("utf-8"))
    assert profile["zone"] == "Europe/Berlin"
    assert EXPORT_DATE.startswith("2024-05-01")
    assert int(profile["export_date"]) == at(BERLIN, 2024, 5, 1, 12)
    assert written == {
        "HeartRate.csv": 1, "workouts.json": 1, "activity.json": 1, "correlations.json": 0,
        "beats.json": 0, "profile.json": 1,
    }  # fmt: skip


def test_nobody_s_data_makes_no_folder(client: Redis, namespace: str, tmp_path: Path) -> None:
    with pytest.raises(UnknownUser):
        export_user(Store(client, "nobody", namespace=namespace), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_progress_is_told_after_each_type(client: Redis, namespace: str, tmp_path: Path) -> None:
    store = a_store(client, namespace)
    put(store, [reading(type=type) for type in "ABC"])
    told: list[tuple[int, int]] = []
    export_user(store, tmp_path, progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_exporting_changes_nothing_and_other_files_stay(
    client: Redis, namespace: str, tmp_path: Path
) -> None:
    store = a_store(client, namespace)
    put(store, [reading()])
    (tmp_path / "letter.txt").write_text("mine")
    before = stored(store, HEART_RATE)
    first = export_user(store, tmp_path)
    assert export_user(store, tmp_path) == first
    assert stored(store, HEART_RATE) == before
    assert (tmp_path / "letter.txt").read_text() == "mine"
