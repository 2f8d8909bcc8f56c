"""The sample export: the same bytes for a seed, the hazards of real ones, and true answers.

The answers are checked against what a plain parser finds in the file, by methods as dull as
possible: sets of attributes, one array cell a second, `statistics`.
"""

from __future__ import annotations

import hashlib
import json
import time
import tracemalloc
from bisect import bisect_left
from collections import Counter, defaultdict
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path
from statistics import fmean
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import pytest
from typer import Typer
from typer.testing import CliRunner

from wellness.health import sample
from wellness.health.sample import as_dict, density_for, generate, to_json
from wellness.health.sample.__main__ import main
from wellness.health.sample.story import INJURY, NEW_GYM, OLD_GYM, SPRAIN_DAY, TRIP, WATCH_AWAY

DATA = Path(__file__).parents[2] / "data"
QUANTITY = "HKQuantityTypeIdentifier"
STEPS, HEART_RATE, MASS = (QUANTITY + n for n in ("StepCount", "HeartRate", "BodyMass"))
SLEEP = "HKCategoryTypeIdentifierSleepAnalysis"
HOME = ZoneInfo("America/New_York")
WATCH = "Ann’s Apple\u00a0Watch"
MAY = {"days": 20, "last": date(2025, 5, 20)}  # watch, phone and the step app count together


class Export:
    """An export as a plain parser sees it: the whole tree, from `<HealthData` on."""

    def __init__(self, path: Path) -> None:
        with ZipFile(path) as archive:
            self.xml = archive.read("apple_health_export/export.xml")
            self.names = archive.namelist()
        self.root = ElementTree.fromstring(self.xml[self.xml.index(b"<HealthData") :])
        self.records = [element.attrib for element in self.root.iter("Record")]

    def of(self, kind: str) -> list[dict[str, str]]:
        """Records of one type with a number (or a label) as value, each identity once."""
        chosen = {identity(r): r for r in self.records if r["type"] == kind and sound(r)}
        return list(chosen.values())


def identity(record: dict[str, str]) -> tuple[Any, ...]:
    start, end = instant(record["startDate"]), instant(record["endDate"])
    names = ("type", "sourceName", "unit", "value")
    return (*(record.get(name) for name in names), start, end)


def sound(record: dict[str, str]) -> bool:
    return record.get("value") not in (None, "", "null", "NaN", "inf")


def instant(text: str) -> int:
    """Seconds since 1970 of `2026-09-30 20:15:00 -0400`."""
    hours, minutes = int(text[-5:-2]), int(text[-5] + text[-2:])
    local = datetime.fromisoformat(text[:19]).replace(tzinfo=UTC)
    return int(local.timestamp()) - hours * 3600 - minutes * 60


def home_day(record: dict[str, str]) -> str:
    return str(datetime.fromtimestamp(instant(record["startDate"]), HOME).date())


def contents(path: Path) -> dict[str, bytes]:
    with ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def shipped() -> Export:
    return Export(DATA / "sample-export.zip")


@pytest.fixture(scope="module")
def answers() -> dict[str, Any]:
    return json.loads((DATA / "truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def may(tmp_path_factory: pytest.TempPathFactory) -> tuple[Export, dict[str, Any]]:
    path = tmp_path_factory.mktemp("may") / "export.zip"
    truth = generate(path, density=2.0, **MAY)
    return Export(path), as_dict(truth)


def test_one_seed_gives_one_file_wherever_the_computer_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    once = generate(tmp_path / "once.zip", days=25)
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    time.tzset()
    try:
        twice = generate(tmp_path / "twice.zip", days=25)
    finally:
        monkeypatch.undo()
        time.tzset()
    assert (tmp_path / "once.zip").read_bytes() == (tmp_path / "twice.zip").read_bytes()
    assert to_json(once) == to_json(twice)
    other = generate(tmp_path / "other.zip", days=25, seed=8)
    assert to_json(other) != to_json(once)
    assert contents(tmp_path / "other.zip") != contents(tmp_path / "once.zip")


def test_shipped_files_are_the_ones_listed() -> None:
    listed = dict(
        reversed(line.split("  ")) for line in (DATA / "SHA256SUMS").read_text().splitlines()
    )
    assert set(listed) == {"sample-export.zip", "truth.json"}
    for name, digest in listed.items():
        assert hashlib.sha256((DATA / name).read_bytes()).hexdigest() == digest


def test_shipped_files_are_what_the_generator_writes(tmp_path: Path) -> None:
    truth = generate(tmp_path / "export.zip", seed=7, days=730, density=1.0)
    # The content, for another build of zlib may compress the same content to other bytes.
    assert contents(tmp_path / "export.zip") == contents(DATA / "sample-export.zip")
    assert to_json(truth) == (DATA / "truth.json").read_text(encoding="utf-8")


def test_a_plain_parser_counts_what_the_answers_say(
    shipped: Export, answers: dict[str, Any]
) -> None:
    read = Counter(record["type"] for record in shipped.records)
    distinct = Counter(i[0] for i in {identity(r) for r in shipped.records if sound(r)})
    rejected = Counter(r["type"] for r in shipped.records if not sound(r))
    starts = defaultdict(list)
    for record in filter(sound, shipped.records):
        starts[record["type"]].append(instant(record["startDate"]))
    assert set(read) == set(answers["by_type"])
    for kind, row in answers["by_type"].items():
        assert row["read"] == read[kind] == row["distinct"] + row["duplicate"] + row["rejected"]
        assert (row["distinct"], row["rejected"]) == (distinct[kind], rejected[kind])
        ends = [int(datetime.fromisoformat(row[name]).timestamp()) for name in ("first", "last")]
        assert ends == [min(starts[kind]), max(starts[kind])]
    total = answers["records"]
    assert total["read"] == len(shipped.records)
    assert total["read"] == total["distinct"] + total["duplicate"] + sum(total["rejected"].values())
    assert sum(total["rejected"].values()) == 5
    assert len(list(shipped.root.iter("Correlation"))) == sum(answers["correlations"].values())
    assert len(list(shipped.root.iter("ActivitySummary"))) == len(answers["rings"])


def test_steps_agree_with_a_sweep_second_by_second(may: tuple[Export, dict[str, Any]]) -> None:
    export, truth = may
    records = export.of(STEPS)
    rank = {name: ("watch", "phone", "other").index(r) for name, r in truth["sources"].items()}
    zero = min(instant(record["startDate"]) for record in records)
    best = bytearray(b"\x03") * (max(instant(r["endDate"]) for r in records) - zero)
    for record in records:  # the highest rank that is active in each second
        for second in range(instant(record["startDate"]), instant(record["endDate"])):
            best[second - zero] = min(best[second - zero], rank[record["sourceName"]])
    merged: dict[str, float] = defaultdict(float)
    naive: dict[str, float] = defaultdict(float)
    for record in records:
        start, end = instant(record["startDate"]), instant(record["endDate"])
        own = rank[record["sourceName"]]
        free = sum(best[second - zero] == own for second in range(start, end))
        merged[home_day(record)] += float(record["value"]) * free / (end - start)
        naive[home_day(record)] += float(record["value"])
    by_day = truth["steps"]["by_day"]
    assert {day: row["merged"] for day, row in by_day.items()} == pytest.approx(merged, abs=1e-3)
    assert {day: row["naive"] for day, row in by_day.items()} == naive
    assert len({record["sourceName"] for record in records}) == 3
    assert all(row["watch"] < row["merged"] < row["naive"] for row in by_day.values())


def test_heart_rate_agrees_with_a_plain_loop(may: tuple[Export, dict[str, Any]]) -> None:
    export, truth = may
    series = sorted((instant(r["startDate"]), float(r["value"]), home_day(r))
                    for r in export.of(HEART_RATE))  # fmt: skip
    following = [at for at, _, _ in series[1:]] + [series[-1][0] + 600]
    days: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for (at, value, day), then in zip(series, following, strict=True):
        days[day].append((value, min(then - at, 600)))
    assert set(days) == set(truth["heart_rate"])
    for day, pairs in days.items():
        values = [value for value, _ in pairs]
        weighted = sum(v * w for v, w in pairs) / sum(w for _, w in pairs)
        assert truth["heart_rate"][day] == {
            "count": len(values), "min": min(values), "max": max(values),
            "mean": pytest.approx(fmean(values), abs=1e-4),
            "weighted": pytest.approx(weighted, abs=1e-4),
        }  # fmt: skip


def test_which_of_two_readings_in_one_second_weighs_hardly_matters(
    shipped: Export, answers: dict[str, Any]
) -> None:
    series = sorted((instant(r["startDate"]), -float(r["value"]), home_day(r))
                    for r in shipped.of(HEART_RATE))  # fmt: skip
    following = [at for at, _, _ in series[1:]] + [series[-1][0] + 600]
    days: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for (at, value, day), then in zip(series, following, strict=True):
        days[day].append((-value, min(then - at, 600)))
    for day, pairs in days.items():
        weighted = sum(v * w for v, w in pairs) / sum(w for _, w in pairs)
        assert weighted == pytest.approx(answers["heart_rate"][day]["weighted"], abs=0.01)


def test_sleep_agrees_with_a_set_of_half_minutes(shipped: Export, answers: dict[str, Any]) -> None:
    nights: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for element in shipped.root.iter("Record"):
        if element.get("type") == SLEEP:
            zone = element.find("MetadataEntry[@key='HKTimeZone']").get("value")
            start, end = (instant(element.get(name)) for name in ("startDate", "endDate"))
            evening = datetime.fromtimestamp(start - 18 * 3600, ZoneInfo(zone)).date()
            wake = str(date.fromordinal(evening.toordinal() + 1))
            stage = element.get("value").removeprefix("HKCategoryValueSleepAnalysis")
            nights[wake][stage] |= set(range(start, end, 30))
    assert set(nights) == set(answers["sleep"])
    for wake, stages in nights.items():
        row = answers["sleep"][wake]
        watched = stages["AsleepCore"] | stages["AsleepDeep"] | stages["AsleepREM"]
        asleep = watched or stages["AsleepUnspecified"]
        assert row["asleep"] == len(asleep) / 2
        for name, stage in (("core", "AsleepCore"), ("deep", "AsleepDeep"), ("rem", "AsleepREM"),
                            ("awake", "Awake"), ("in_bed", "InBed")):  # fmt: skip
            assert row[name] == len(stages[stage]) / 2
        assert row["by"] == ("watch" if watched else "app" if asleep else "in bed only")
    assert Counter(row["by"] for row in answers["sleep"].values()).keys() == {
        "watch", "app", "in bed only",
    }  # fmt: skip
    assert any(row["naive"] > 2 * row["asleep"] > 0 for row in answers["sleep"].values())
    assert {row["zone"] for row in answers["sleep"].values()} == {"America/New_York", "Asia/Tokyo"}


def test_weight_is_the_last_of_the_day_in_kilograms(
    shipped: Export, answers: dict[str, Any]
) -> None:
    records = sorted(shipped.of(MASS), key=lambda r: instant(r["startDate"]))
    last = {home_day(r): float(r["value"]) * {"lb": 0.45359237, "kg": 1.0}[r["unit"]]
            for r in records}  # fmt: skip
    assert answers["weight_kg"]["by_day"] == pytest.approx(last, abs=1e-4)
    assert len(last) < len(records)
    assert [r["unit"] for r in records] == sorted((r["unit"] for r in records), reverse=True)
    reached = answers["story"]["goal"]["reached"]
    goal = answers["story"]["goal"]["target_kg"]
    assert answers["weight_kg"]["by_day"][reached] <= goal
    assert all(kg > goal for day, kg in last.items() if "2025-01-06" <= day < reached)


def test_workouts_and_rings_agree_with_the_elements(
    shipped: Export, answers: dict[str, Any]
) -> None:
    beats = sorted((instant(r["startDate"]), float(r["value"])) for r in shipped.of(HEART_RATE))
    workouts = list(shipped.root.iter("Workout"))
    assert len(workouts) == answers["workouts"]["count"]
    for element, row in zip(workouts, answers["workouts"]["each"], strict=True):
        start, end = (instant(element.get(name)) for name in ("startDate", "endDate"))
        assert element.get("workoutActivityType") == f"HKWorkoutActivityType{row['activity']}"
        assert float(element.get("duration")) * 60 == pytest.approx(row["seconds"])
        assert end - start == row["elapsed"]
        pauses = [instant(e.get("date")) for e in element.findall("WorkoutEvent")[1:]]
        paused = pauses[1] - pauses[0] if pauses else 0
        assert row["elapsed"] - row["seconds"] == paused
        own = [s.attrib for s in element.findall("WorkoutStatistics")]
        assert own == [s.attrib for s in element.findall("WorkoutActivity/WorkoutStatistics")]
        heart = own[0]
        first, last = (bisect_left(beats, (at, 0.0)) for at in (start, end))
        during = [value for _, value in beats[first:last]]
        assert float(heart["average"]) == pytest.approx(fmean(during), abs=1e-3)
        keys = [entry.get("key") for entry in element.findall("MetadataEntry")]
        assert len(keys) > len(set(keys))
    assert any(row["elapsed"] > row["seconds"] for row in answers["workouts"]["each"])
    for element in shipped.root.iter("ActivitySummary"):
        row = answers["rings"][element.get("dateComponents")]
        assert float(element.get("activeEnergyBurned")) == pytest.approx(row["energy"], abs=1e-3)
        assert int(element.get("appleExerciseTime")) == row["exercise"]
        assert int(element.get("appleStandHours")) == row["stood"]


def test_strict_parsers_stop_at_the_head_as_with_real_exports(shipped: Export) -> None:
    with pytest.raises(ElementTree.ParseError):
        ElementTree.fromstring(shipped.xml)
    head = shipped.xml[: shipped.xml.index(b"<HealthData")]
    assert head.startswith(b"<?xml")
    assert b"<!DOCTYPE HealthData [" in head
    assert shipped.root.get("generator") == "wellness-sample"
    assert shipped.root.find("ExportDate").get("value") == "2026-09-30 20:15:00 -0400"


def test_the_hazards_of_real_exports_are_in(shipped: Export) -> None:
    stamps = {r[name][-5:] for r in shipped.records for name in ("startDate", "creationDate")}
    assert stamps == {"-0400"}
    heart = [(instant(r["startDate"]), r["value"]) for r in shipped.of(HEART_RATE)]
    assert len({at for at, _ in heart}) < len(heart)
    devices = {r["device"] for r in shipped.of(HEART_RATE)}
    addresses = {device.split(">")[0] for device in devices}
    assert len(addresses) > 50
    assert all(a.startswith("<<HKDevice: 0x28") for a in addresses)
    sources = {r["sourceName"] for r in shipped.records}
    assert {WATCH, "Ann’s iPhone", "Ann’s new iPhone", "Sip & Log"} <= sources
    assert {r["unit"] for r in shipped.of(QUANTITY + "DistanceWalkingRunning")} == {"mi", "km"}
    assert all(0.8 < float(r["value"]) <= 1 for r in shipped.of(QUANTITY + "OxygenSaturation"))
    top = {identity(e.attrib) for e in shipped.root.findall("Record")}
    nested = {identity(e.attrib) for e in shipped.root.findall("Correlation/Record")}
    assert nested & top
    assert nested - top
    referred = {e.get("path") for e in shipped.root.iter("FileReference")}
    assert referred == {"/" + n.split("/", 1)[1] for n in shipped.names if n.endswith(".gpx")}
    assert any(n.startswith("apple_health_export/electrocardiograms/") for n in shipped.names)
    order = [e.tag for e in shipped.root]
    assert sorted(order, key=["ExportDate", "Me", "Record", "Correlation", "Workout",
                              "ActivitySummary"].index) == order  # fmt: skip
    kinds = [e.get("type") for e in shipped.root.findall("Record")]
    assert len(list(groupby(kinds))) == len(set(kinds))


def test_the_story_can_be_read_from_the_data(shipped: Export, answers: dict[str, Any]) -> None:
    steps = answers["steps"]["by_day"]
    hurt = [row["merged"] for day, row in steps.items() if date.fromisoformat(day) in INJURY]
    other = [row["merged"] for day, row in steps.items() if date.fromisoformat(day) not in INJURY]
    assert fmean(hurt) < 0.5 * fmean(other)
    rest = answers["story"]["injury"]["mean_resting_heart_rate"]
    assert rest["during"] > rest["before"] + 2
    runs = [date.fromisoformat(row["day"]) for row in answers["workouts"]["each"]
            if row["activity"] == "Running"]  # fmt: skip
    assert SPRAIN_DAY in runs
    assert not any(run in INJURY for run in runs)
    gyms = [row["place"] for row in answers["workouts"]["each"] if row["place"]]
    assert set(gyms) == {OLD_GYM, NEW_GYM}
    assert gyms == sorted(gyms)
    hours = {OLD_GYM: [], NEW_GYM: []}
    for row in answers["workouts"]["each"]:
        start = datetime.fromisoformat(row["start"]).astimezone(HOME)
        if row["place"] and start.weekday() < 5:
            hours[row["place"]].append(start.hour)
    assert min(hours[OLD_GYM]) >= 17
    assert max(hours[NEW_GYM]) <= 7
    lost = [row for day, row in steps.items() if date.fromisoformat(day) in WATCH_AWAY]
    assert lost
    assert all(row["watch"] == 0 < row["phone"] for row in lost)
    zones = {
        row["zone"] for day, row in answers["sleep"].items() if date.fromisoformat(day) in TRIP
    }
    assert zones == {"Asia/Tokyo"}


def test_an_older_export_overlaps_a_newer_one(tmp_path: Path) -> None:
    """Same identities, other offsets: the older one was made in winter."""
    generate(tmp_path / "old.zip", days=30, last=date(2025, 11, 10))
    generate(tmp_path / "new.zip", days=40, last=date(2025, 11, 20))
    old, new = Export(tmp_path / "old.zip"), Export(tmp_path / "new.zip")
    assert {identity(r) for r in old.records} < {identity(r) for r in new.records}
    generate(tmp_path / "summer.zip", days=70, last=date(2025, 10, 15))
    summer = Export(tmp_path / "summer.zip")
    shared = {identity(r) for r in summer.records} & {identity(r) for r in old.records}
    assert shared
    assert {r["startDate"][-5:] for r in summer.records} == {"-0400"}
    assert {r["startDate"][-5:] for r in old.records} == {"-0500"}


def test_density_scales_the_file_and_can_be_found_for_a_size(tmp_path: Path) -> None:
    thin = generate(tmp_path / "thin.zip", days=12, density=1)
    thick = generate(tmp_path / "thick.zip", days=12, density=8)
    assert thick.records > 5 * thin.records
    assert len(Export(tmp_path / "thick.zip").records) == thick.records
    wanted = generate(tmp_path / "w.zip", days=90, density=density_for(30_000, seed=7, days=90))
    assert wanted.records == pytest.approx(30_000, rel=0.1)


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """Peaks of a short and a long file are alike, and far below what its Records would take."""
    generate(tmp_path / "warm.zip", days=2)
    peaks, records = [], []
    for days in (8, 30):
        tracemalloc.start()
        try:
            records.append(generate(tmp_path / "export.zip", days=days, density=15).records)
            peaks.append(tracemalloc.get_traced_memory()[1])
        finally:
            tracemalloc.stop()
    assert records[1] > 3 * records[0]
    assert peaks[1] < 1.3 * peaks[0]
    assert peaks[1] < 100 * records[1]


def test_an_interrupted_run_leaves_nothing(tmp_path: Path) -> None:
    def stop(fraction: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        generate(tmp_path / "export.zip", days=3, progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_progress_ends_at_one(tmp_path: Path) -> None:
    seen: list[float] = []
    generate(tmp_path / "export.zip", days=3, progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1


def test_command_line(tmp_path: Path) -> None:
    app = Typer()
    app.command()(main)
    out, truth = tmp_path / "export.zip", tmp_path / "truth.json"
    arguments = [str(out), "--truth", str(truth), "--days", "10", "--records", "3000"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    answers = json.loads(truth.read_text(encoding="utf-8"))
    assert answers["records"]["read"] == len(Export(out).records)
    assert answers["records"]["read"] == pytest.approx(3000, rel=0.25)


def test_the_answers_share_no_code_with_the_kit() -> None:
    folder = Path(sample.__file__).parent
    lines = [line for file in folder.glob("*.py") for line in file.read_text().splitlines()]
    imports = [
        line for line in lines if line.startswith(("import ", "from ")) and "wellness" in line
    ]
    assert imports
    assert all(line.startswith("from wellness.health.sample") for line in imports)
