"""From a file to the store: every Record accounted for, nothing twice, and the truth at the end."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from wellness import keys
from wellness.errors import NotAnExport, StoreError
from wellness.health import rollups, sleep, sources, workouts
from wellness.health.catalogue import QUANTITY, describe
from wellness.health.export import (
    BAD_DATE,
    ENDS_BEFORE_START,
    MISSING_ATTRIBUTE,
    MISSING_VALUE,
    NOT_A_NUMBER,
    NOT_FINITE,
    ExportReader,
)
from wellness.health.importer import Importer, ImportReport, import_export
from wellness.health.items import Workout
from wellness.health.sample import generate
from wellness.health.statistics import Summary, summarise
from wellness.health.store import Batch, Store
from wellness.settings import Settings, project_root

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
    document,
    element,
    heart_rates,
    metadata,
    record,
)
from .stores import (
    BERLIN,
    GAP_S,
    NEW_YORK,
    a_store,
    again,
    assert_rollups_agree,
    contents,
    dump,
    examples,
    period,
    private_redis,
    stored,
)

DATA = project_root() / "data"
WEIGHT = QUANTITY + "BodyMass"
TOKYO = ZoneInfo("Asia/Tokyo")


def holds(report: ImportReport) -> bool:
    """The promise of every report."""
    return report.read == report.stored + report.duplicate + sum(report.rejected.values())


# --- the shipped sample against its independently computed truth ---------------------------------


@dataclass(frozen=True)
class Sample:
    store: Store
    report: ImportReport
    truth: dict[str, Any]

    def by_day(self, type: str, **how: Any) -> Summary:
        """All of a type, day by day, in its catalogue's unit unless another is named."""
        days = period(NEW_YORK, date(2024, 9, 25), date(2026, 10, 5))
        return summarise(self.store, describe(type), days, gap_s=GAP_S, with_sources=True, **how)


@pytest.fixture(scope="module")
def sample(client: Redis, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    namespace = f"wellness:test:{uuid.uuid4().hex[:12]}"
    store = a_store(client, namespace, zone=None)
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    report = import_export(DATA / "sample-export.zip", store, settings=settings)
    truth = json.loads((DATA / "truth.json").read_text(encoding="utf-8"))
    yield Sample(store, report, truth)
    store.delete()


def test_every_record_of_the_sample_is_accounted_for(sample: Sample) -> None:
    report, truth = sample.report, sample.truth["records"]
    assert (report.read, report.stored) == (truth["read"], truth["distinct"])
    assert report.duplicate == truth["duplicate"]
    reasons = {"empty", "missing", "null", "not a number", "infinite"}
    assert set(truth["rejected"]) == reasons
    assert sum(report.rejected.values()) == sum(truth["rejected"].values())
    assert report.rejected["not finite"] == truth["rejected"]["infinite"]
    assert holds(report)
    assert report.complete
    assert (report.zone, report.sample) == ("America/New_York", True)
    assert report.export_date == "2026-09-30T20:15:00-04:00"


def test_every_type_of_the_sample(sample: Sample) -> None:
    truth = sample.truth["by_type"]
    assert {type: count for type, count in sample.report.by_type.items() if count} == {
        type: row["distinct"] for type, row in truth.items()
    }
    for info in sample.store.metrics():
        row = truth[info.metric.type]
        assert info.readings == row["distinct"]
        instants = [datetime.fromtimestamp(t, UTC) for t in (info.first, info.last)]
        assert [f"{t:%Y-%m-%dT%H:%M:%SZ}" for t in instants] == [row["first"], row["last"]]
    assert len(sample.store.metrics()) == len(truth)


def test_other_elements_of_the_sample(sample: Sample) -> None:
    kinds = sample.store.kinds()
    named = {source for info in sample.store.metrics() for source in info.sources}
    assert {name: sources.kind_of(name, kinds) for name in named} == sample.truth["sources"]
    assert sample.report.workouts == sample.truth["workouts"]["count"]
    assert sample.report.correlations == sum(sample.truth["correlations"].values())
    rings = sample.store.client.hgetall(sample.store.keys.activity)
    assert {day.decode() for day in rings} == set(sample.truth["rings"])
    for day, ring in sample.truth["rings"].items():
        values = json.loads(rings[day.encode()])
        assert values["activeEnergyBurned"] == pytest.approx(ring["energy"], abs=0.01)
        assert values["appleStandHours"] == ring["stood"]


@pytest.mark.parametrize("from_raw", [False, True], ids=["rollups", "raw"])
def test_steps_of_each_day(sample: Sample, from_raw: bool) -> None:
    truth = sample.truth["steps"]
    found = sample.by_day(STEPS, from_raw=from_raw)
    assert [str(day.start) for day in found.buckets] == sorted(truth["by_day"])
    for day in found.buckets:
        row = truth["by_day"][str(day.start)]
        assert day.value == pytest.approx(row["merged"], abs=0.001), day.start
        assert day.naive_total == pytest.approx(row["naive"], abs=0.001), day.start
    months = sample.by_day(STEPS, by="month", from_raw=from_raw).buckets
    assert {str(month.start)[:7]: month.value for month in months} == pytest.approx(
        truth["merged_by_month"], abs=0.001
    )


def test_steps_of_each_device(sample: Sample) -> None:
    kinds = sample.store.kinds()
    for day, row in sample.truth["steps"]["by_day"].items():
        first = date.fromisoformat(day)
        span = period(NEW_YORK, first, first + timedelta(days=1))
        readings = sample.store.range(STEPS, span.start_s, span.end_s)
        found = {"watch": 0.0, "phone": 0.0, "other": 0.0}
        values = readings.in_unit("count")
        for number, tag in readings.used().items():
            found[sources.kind_of(tag.source, kinds)] += values[readings.tags == number].sum()
        assert found == pytest.approx({kind: row[kind] for kind in found}), day


@pytest.mark.parametrize("from_raw", [False, True], ids=["rollups", "raw"])
def test_heart_rate_of_each_day(sample: Sample, from_raw: bool) -> None:
    truth = sample.truth["heart_rate"]
    found = sample.by_day(HEART_RATE, from_raw=from_raw).buckets
    assert [str(day.start) for day in found] == sorted(truth)
    for day in found:
        row = truth[str(day.start)]
        assert (day.readings, day.minimum, day.maximum) == (row["count"], row["min"], row["max"])
        assert day.mean == pytest.approx(row["mean"], abs=0.01), day.start
        assert day.value == pytest.approx(row["weighted"], abs=0.01), day.start


def test_resting_heart_rate_of_each_day(sample: Sample) -> None:
    def at_home(day: str) -> bool:
        # In Tokyo the truth keeps to the days there, and a summary to those of the home zone.
        return not "2025-04-04" <= day <= "2025-04-21"

    truth = sample.truth["resting_heart_rate"]
    found = sample.by_day(QUANTITY + "RestingHeartRate")
    assert found.overall.readings == len(truth)
    assert {str(day.start): day.value for day in found.buckets if at_home(str(day.start))} == {
        day: value for day, value in truth.items() if at_home(day)
    }


@pytest.mark.parametrize("from_raw", [False, True], ids=["rollups", "raw"])
def test_weight_of_each_day(sample: Sample, from_raw: bool) -> None:
    found = sample.by_day(WEIGHT, unit="kg", from_raw=from_raw).buckets
    assert {str(day.start): day.value for day in found} == pytest.approx(
        sample.truth["weight_kg"]["by_day"], abs=0.0001
    )


def test_sleep_of_each_night(sample: Sample) -> None:
    truth = sample.truth["sleep"]
    found = sleep.nights(sample.store, period(NEW_YORK, date(2024, 9, 25), date(2026, 10, 5)))
    assert [str(night.date) for night in found] == sorted(truth)
    stages = {
        "core": "AsleepCore", "deep": "AsleepDeep", "rem": "AsleepREM", "awake": "Awake",
        "unspecified": "AsleepUnspecified",
    }  # fmt: skip
    for night in found:
        row = truth[str(night.date)]
        assert str(night.end.tzinfo) == row["zone"]
        if row["by"] == "in bed only":
            assert (night.asleep_s, night.stages) == (None, {})
            assert night.in_bed_s == row["in_bed"] * 60
            continue
        assert sources.kind_of(night.source, sample.store.kinds()) == {
            "watch": "watch", "app": "other",
        }[row["by"]]  # fmt: skip
        assert night.asleep_s == row["asleep"] * 60, night.date
        for name, stage in stages.items():
            if stage == "AsleepUnspecified" and row["by"] == "watch":
                continue  # the truth has the app's block there, which does not count
            assert night.stages.get(stage, 0) == row[name] * 60, (night.date, stage)
        assert night.in_bed_s >= row["in_bed"] * 60
        assert night.in_bed_s < row["naive"] * 60 or row["in_bed"] == 0


def test_workouts_of_the_sample(sample: Sample) -> None:
    truth = sample.truth["workouts"]
    found = workouts.between(sample.store, period(NEW_YORK, date(2024, 9, 25), date(2026, 10, 5)))
    totals = workouts.by_activity(found)
    assert {total.activity: total.count for total in totals} == {
        activity: row["count"] for activity, row in truth["by_activity"].items()
    }
    assert {total.activity: total.duration_s for total in totals} == pytest.approx(
        {activity: row["seconds"] for activity, row in truth["by_activity"].items()}
    )
    for workout, row in zip(found, truth["each"], strict=True):
        began = datetime.fromtimestamp(workout.start, UTC)
        assert f"{began:%Y-%m-%dT%H:%M:%SZ}" == row["start"]
        assert str(workouts.local_date(workout, NEW_YORK)) == row["day"]
        assert workouts.name(workout) == row["activity"]
        assert workout.duration_s == pytest.approx(row["seconds"])
        assert workout.end - workout.start == row["elapsed"]
        energy = workouts.total(workout, workouts.ENERGY, "Cal")
        assert energy == pytest.approx(row["energy"], abs=0.001)
        miles = workouts.total(workout, workouts.DISTANCE, "mi")
        assert (miles or 0) == pytest.approx(row["miles"] or 0, abs=0.001)
    months: dict[str, dict[str, float]] = {}
    for workout in found:
        month = str(workouts.local_date(workout, NEW_YORK))[:7]
        sums = months.setdefault(month, {"count": 0, "seconds": 0})
        sums["count"] += 1
        sums["seconds"] += workout.duration_s
    assert months.keys() == truth["by_month"].keys()
    for month, sums in months.items():
        assert sums == pytest.approx(truth["by_month"][month]), month


def test_each_stored_metric_of_the_sample_has_an_answer(sample: Sample) -> None:
    for info in sample.store.metrics():
        if info.metric.type == SLEEP:
            with pytest.raises(StoreError, match="overlap"):
                sample.by_day(info.metric.type)
            continue
        found = sample.by_day(info.metric.type)
        assert found.overall.readings == info.readings
        assert found.overall.value is not None


def test_keys_of_the_sample_are_as_the_table_says(sample: Sample) -> None:
    namespace = sample.store.keys.namespace
    assert keys.audit(sample.store.client, namespace) == []
    kinds = {keys.parse(key).kind for key in keys.scan(sample.store.client, namespace)}
    assert kinds == {
        "readings", "days", "tags", "sources", "workouts", "correlations", "activity",
        "beats", "profile", "imports", "version",
    }  # fmt: skip


# --- small exports -------------------------------------------------------------------------------


class Workshop:
    """Writes small exports and imports them for one user."""

    def __init__(self, store: Store, settings: Settings, folder: Path) -> None:
        self.store, self.settings, self.folder = store, settings, folder

    def write(self, *body: str, on: str = EXPORT_DATE, **how: Any) -> Path:
        path = self.folder / "export.xml"
        path.write_bytes(document(*body, **how).replace(EXPORT_DATE.encode(), on.encode()))
        return path

    def importer(self, path: Path, batch: int = 5000, **how: Any) -> Importer:
        settings = self.settings.model_copy(update={"import_batch": batch})
        return Importer(path, again(self.store), settings=settings, **how)

    def take(self, *body: str, on: str = EXPORT_DATE, **how: Any) -> ImportReport:
        return self.importer(self.write(*body, on=on), **how).run()


@pytest.fixture
def shop(client: Redis, namespace: str, settings: Settings, tmp_path: Path) -> Workshop:
    return Workshop(a_store(client, namespace, zone=None), settings, tmp_path)


def steps(minute: int, value: str = "100", source: str = "iPhone") -> str:
    when = f"2024-03-01 {6 + minute // 60:02}:{minute % 60:02}"
    return record(
        type=STEPS, unit="count", sourceName=source, device=None, value=value,
        startDate=f"{when}:00 +0100", endDate=f"{when}:59 +0100",
    )  # fmt: skip


def pressure(*children: str, value: str = "120") -> str:
    """A blood pressure with its Records, which usually stand at top level too."""
    when = {"startDate": "2024-03-01 08:00:00 +0100", "endDate": "2024-03-01 08:00:00 +0100"}
    return element("Correlation", {"type": BLOOD_PRESSURE, "sourceName": "Cuff", **when}, *children)


def cuff(type: str, value: str) -> str:
    when = "2024-03-01 08:00:00 +0100"
    return record(type=type, unit="mmHg", value=value, sourceName="Cuff", device=None,
                  startDate=when, endDate=when)  # fmt: skip


def activity(day: str, energy: str) -> str:
    return element("ActivitySummary", {
        "dateComponents": day, "activeEnergyBurned": energy, "activeEnergyBurnedUnit": "Cal",
    })  # fmt: skip


def asleep(hour: int, zone: str) -> str:
    return record(
        metadata("HKTimeZone", zone), type=SLEEP, unit=None,
        value="HKCategoryValueSleepAnalysisAsleepCore",
        startDate=f"2024-03-01 {hour:02}:00:00 +0100", endDate=f"2024-03-01 {hour:02}:30:00 +0100",
    )  # fmt: skip


def yoga(hour: int, zone: str = "") -> str:
    return element(
        "Workout",
        {"workoutActivityType": "HKWorkoutActivityTypeYoga", "duration": "30",
         "durationUnit": "min", "sourceName": "Watch",
         "startDate": f"2024-03-01 {hour:02}:00:00 +0100",
         "endDate": f"2024-03-01 {hour:02}:30:00 +0100"},
        *([metadata("HKTimeZone", zone)] if zone else []),
    )  # fmt: skip


EVERYTHING = [
    *heart_rates(30), *(steps(n) for n in range(30)), asleep(1, "Europe/Berlin"),
    cuff(SYSTOLIC, "120"), cuff(DIASTOLIC, "80"),
    pressure(cuff(SYSTOLIC, "120"), cuff(DIASTOLIC, "80")),
    record(
        element("HeartRateVariabilityMetadataList", {},
                element("InstantaneousBeatsPerMinute", {"bpm": "61", "time": "08:34:05,10"})),
        type=HRV, unit="ms", value="52.5",
    ),
    yoga(18, "Europe/Berlin"), activity("2024-03-01", "500"),
    element("Me", {"HKCharacteristicTypeIdentifierBiologicalSex": "HKBiologicalSexFemale"}),
]  # fmt: skip


# --- counting ------------------------------------------------------------------------------------


@pytest.mark.parametrize("batch", [1, 2, 3, 5000])
def test_twins_are_duplicates_within_and_across_batches(shop: Workshop, batch: int) -> None:
    one, other = heart_rates(2)
    report = shop.take(one, other, one, one, steps(0), other, batch=batch)
    assert (report.read, report.stored, report.duplicate) == (6, 3, 3)
    assert report.by_type == {HEART_RATE: 2, STEPS: 1}
    assert holds(report)


def test_a_twin_that_differs_only_in_what_is_no_identity(shop: Workshop) -> None:
    report = shop.take(
        record(device=WATCH.format(address="0x1")),
        record(device=WATCH.format(address="0x2"), sourceVersion="9.2", creationDate=None),
        record(startDate="2024-03-01 02:00:00 -0500", endDate="2024-03-01 02:00:05 -0500"),
        record(metadata("HKMetadataKeyHeartRateMotionContext", "1")),
        record(value="72.0"),
    )
    assert (report.stored, report.duplicate) == (1, 4)


def test_a_summary_of_no_day_is_not_stored(shop: Workshop) -> None:
    report = shop.take(element("ActivitySummary", {"activeEnergyBurned": "5"}))
    assert shop.store.client.hkeys(shop.store.keys.activity) == []
    assert report.activity_days == 0


@pytest.mark.parametrize("batch", [1, 5000])
def test_records_inside_a_correlation_count_once(shop: Workshop, batch: int) -> None:
    twice = [cuff(SYSTOLIC, "120"), cuff(DIASTOLIC, "80")]
    only_inside = cuff(SYSTOLIC, "135")
    report = shop.take(*twice, pressure(*twice, only_inside), pressure(only_inside), batch=batch)
    assert (report.read, report.stored, report.duplicate) == (6, 3, 3)
    assert report.by_type == {SYSTOLIC: 2, DIASTOLIC: 1}
    assert report.correlations == 2
    assert holds(report)


def test_rejected_records_say_why(shop: Workshop) -> None:
    report = shop.take(
        record(), record(value="null"), record(value="null"), record(value=""),
        record(value="inf"), record(startDate="yesterday"), record(sourceName=None),
        record(endDate="2024-03-01 07:00:00 +0100"),
    )  # fmt: skip
    assert (report.read, report.stored) == (8, 1)
    assert report.rejected == {
        NOT_A_NUMBER: 2, MISSING_VALUE: 1, NOT_FINITE: 1, BAD_DATE: 1, MISSING_ATTRIBUTE: 1,
        ENDS_BEFORE_START: 1,
    }  # fmt: skip
    assert holds(report)


kinds_of_record = st.lists(
    st.one_of(
        st.builds(steps, st.integers(0, 5), st.sampled_from(["1", "2", "", "null"])),
        st.builds(lambda n: heart_rates(6)[n], st.integers(0, 5)),
        st.builds(
            lambda value, nested: pressure(*[cuff(SYSTOLIC, value)] * nested),
            st.sampled_from(["120", "130"]),
            st.integers(0, 3),
        ),
        st.builds(cuff, st.just(SYSTOLIC), st.sampled_from(["120", "130", "inf"])),
    ),
    max_size=25,
)


@examples(60)
@given(body=kinds_of_record, batch=st.integers(1, 8))
def test_counts_are_those_of_an_independent_reader(
    shop: Workshop, body: list[str], batch: int
) -> None:
    shop.store = a_store(shop.store.client, shop.store.keys.namespace, zone=None)
    data = document(*body)
    expected = reference.identities(data)
    report = shop.take(*body, batch=batch)
    assert report.read == sum(expected.values()) + reference.unusable(data)
    assert report.stored == len(expected)
    assert sum(report.rejected.values()) == reference.unusable(data)
    assert holds(report)
    assert report.by_type == Counter(found[0] for found in expected)
    assert {found for type in shop.store.types() for found in stored(shop.store, type)} == set(
        expected
    )


# --- importing again -----------------------------------------------------------------------------


@pytest.mark.parametrize("batch", [1, 7, 5000])
def test_importing_twice_changes_nothing(shop: Workshop, batch: int) -> None:
    first = shop.take(*EVERYTHING)
    before = contents(shop.store)
    second = shop.take(*EVERYTHING, batch=batch)
    assert (second.read, second.stored, second.duplicate) == (first.read, 0, first.read)
    assert (second.workouts, second.correlations, second.rollup_days) == (0, 0, 0)
    assert second.to_dict()["by_type"] == {}
    assert contents(shop.store) == before
    assert holds(second)


@pytest.fixture(scope="module")
def overlapping(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """An older and a newer export of one life, on either side of a journey and a DST change."""
    folder = tmp_path_factory.mktemp("overlapping")
    older, newer = folder / "older.zip", folder / "newer.zip"
    generate(older, days=12, last=date(2025, 4, 10))
    generate(newer, days=40, last=date(2025, 4, 16))
    return older, newer


@pytest.mark.parametrize("order", ["older first", "newer first", "older, newer, older"])
def test_overlapping_exports_give_what_the_newer_alone_gives(
    client: Redis,
    namespace: str,
    settings: Settings,
    overlapping: tuple[Path, Path],
    order: str,
) -> None:
    older, newer = overlapping
    alone = a_store(client, namespace, zone=None)
    whole = import_export(newer, alone, settings=settings)
    both = a_store(client, namespace, zone=None)
    sequence = {
        "older first": [older, newer], "newer first": [newer, older],
        "older, newer, older": [older, newer, older],
    }[order]  # fmt: skip
    reports = [import_export(path, both, settings=settings, zone=NEW_YORK) for path in sequence]
    assert all(holds(report) for report in reports)
    assert sum(report.stored for report in reports) == whole.stored
    expected, found = contents(alone), contents(both)
    assert found.keys() == expected.keys()
    for name, content in expected.items():
        if not name.startswith("days"):
            assert found[name] == content, name
    days = [date(2025, 3, 1) + timedelta(days=n) for n in range(50)]
    for type in both.types():
        assert_rollups_agree(both, type, days)


def test_an_older_export_does_not_undo_what_a_newer_said(shop: Workshop) -> None:
    me = "HKCharacteristicTypeIdentifierBloodType"
    shop.importer(
        shop.write(
            activity("2024-04-30", "300"), activity("2024-05-01", "500"),
            element("Me", {me: "new"}), on="2024-05-02 12:00:00 +0200", root=' locale="de_DE"',
        )
    ).run()  # fmt: skip
    before = contents(shop.store)
    older = shop.importer(
        shop.write(
            activity("2024-04-29", "100"), activity("2024-05-01", "20"),
            element("Me", {me: "old"}), on="2024-05-01 09:00:00 +0200", root=' locale="en_GB"',
        )
    ).run()  # fmt: skip
    after = contents(shop.store)
    assert after["profile"] == before["profile"]
    assert json.loads(after["activity"][b"2024-05-01"])["activeEnergyBurned"] == 500
    assert json.loads(after["activity"][b"2024-04-29"])["activeEnergyBurned"] == 100
    assert older.export_date is not None
    assert older.export_date.startswith("2024-05-01")


def test_a_newer_export_knows_a_day_better(shop: Workshop) -> None:
    shop.take(activity("2024-05-01", "20"), on="2024-05-01 09:00:00 +0200")
    shop.take(activity("2024-05-01", "500"), on="2024-05-02 09:00:00 +0200")
    (value,) = shop.store.client.hvals(shop.store.keys.activity)
    assert json.loads(value) == {"activeEnergyBurned": 500, "energy_unit": "Cal"}


# --- cut off -------------------------------------------------------------------------------------


def test_a_truncated_export_is_kept_as_far_as_it_goes(shop: Workshop) -> None:
    data = document(*heart_rates(400))
    path = shop.folder / "export.xml"
    path.write_bytes(data[: len(data) * 2 // 3])
    report = shop.importer(path, batch=50).run()
    assert not report.complete
    assert report.problem
    assert 200 < report.stored < 400
    assert report.stored == shop.store.count(HEART_RATE)
    assert holds(report)
    assert json.loads(shop.store.client.lindex(shop.store.keys.imports, 0))["complete"] is False
    assert_rollups_agree(shop.store, HEART_RATE, [date(2024, 3, 1)])
    path.write_bytes(data)
    whole = shop.importer(path).run()
    assert whole.complete
    assert (whole.stored, whole.duplicate) == (400 - report.stored, report.stored)


Breaker = Callable[[pytest.MonkeyPatch], type[BaseException]]


def store_breaks(monkeypatch: pytest.MonkeyPatch) -> type[BaseException]:
    """Redis goes away at the fourth batch."""
    add, calls = Store.add, iter(range(3))

    def breaking(self: Store, batch: Batch) -> dict[str, int]:
        if next(calls, None) is None:
            raise RedisConnectionError("gone")
        return add(self, batch)

    monkeypatch.setattr(Store, "add", breaking)
    return RedisConnectionError


def reader_breaks(monkeypatch: pytest.MonkeyPatch) -> type[BaseException]:
    """The notebook's stop button, or a disk that fails."""
    read = ExportReader.__iter__

    def breaking(self: ExportReader) -> Iterator[Any]:
        for n, item in enumerate(read(self)):
            if n == 47:
                raise KeyboardInterrupt
            yield item

    monkeypatch.setattr(ExportReader, "__iter__", breaking)
    return KeyboardInterrupt


def rollups_break(monkeypatch: pytest.MonkeyPatch) -> type[BaseException]:
    """The stop button, when all is stored and the rollups are being made."""

    def breaking(*_: Any, **__: Any) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(rollups, "refresh_all", breaking)
    return KeyboardInterrupt


BREAKERS = [store_breaks, reader_breaks, rollups_break]


@pytest.mark.parametrize("breaks", BREAKERS)
def test_after_an_interruption_all_answers_are_right_and_a_repeat_completes(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch, breaks: Breaker
) -> None:
    shop.take(*heart_rates(10), steps(0), zone=BERLIN)  # an earlier import
    body = [*heart_rates(60), *(steps(n) for n in range(40))]
    path = shop.write(*body)
    with monkeypatch.context() as patched, pytest.raises(breaks(patched)):
        shop.importer(path, batch=10).run()
    days = [date(2024, 2, 28) + timedelta(days=n) for n in range(4)]
    for type in (HEART_RATE, STEPS):
        assert_rollups_agree(shop.store, type, days)
    assert shop.store.count(HEART_RATE) % 10 == 0
    repeat = shop.importer(path).run()
    assert holds(repeat)
    assert repeat.complete
    assert (shop.store.count(HEART_RATE), shop.store.count(STEPS)) == (60, 40)
    for type in (HEART_RATE, STEPS):
        assert_rollups_agree(shop.store, type, days)
        assert not shop.store.client.exists(shop.store.keys.stale(type))
    assert keys.audit(shop.store.client, shop.store.keys.namespace) == []


@pytest.mark.parametrize("breaks", BREAKERS)
def test_the_report_of_an_interrupted_import_adds_up(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch, breaks: Breaker
) -> None:
    body = [*heart_rates(30), record(value="null"), *(steps(n) for n in range(40))]
    importer = shop.importer(shop.write(*body), batch=10)
    with monkeypatch.context() as patched, pytest.raises(breaks(patched)):
        importer.run()
    report = importer.report
    assert report.stored == shop.store.count(HEART_RATE) + shop.store.count(STEPS)
    assert holds(report)


@pytest.mark.parametrize("breaks", BREAKERS)
def test_whose_first_import_breaks_off_is_somebody(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch, breaks: Breaker
) -> None:
    path = shop.write(*heart_rates(60))
    with monkeypatch.context() as patched, pytest.raises(breaks(patched)):
        shop.importer(path, batch=10, zone=BERLIN).run()
    assert shop.store.count(HEART_RATE) > 0
    assert keys.users(shop.store.client, shop.store.keys.namespace) == [shop.store.user]
    assert again(shop.store).zone() == BERLIN
    assert_rollups_agree(shop.store, HEART_RATE, [date(2024, 3, 1)])


@pytest.mark.parametrize("breaks", BREAKERS)
@pytest.mark.parametrize("fallback", [None, BERLIN], ids=str)
def test_a_repeat_finds_the_zone_that_an_import_at_one_go_would_have_found(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch, breaks: Breaker, fallback: ZoneInfo | None
) -> None:
    path = shop.write(*heart_rates(60), asleep(1, "Asia/Tokyo"))
    with monkeypatch.context() as patched, pytest.raises(breaks(patched)):
        shop.importer(path, batch=10, fallback_zone=fallback).run()
    assert shop.importer(path, fallback_zone=fallback).run().zone == "Asia/Tokyo"
    assert_rollups_agree(shop.store, HEART_RATE, [date(2024, 3, 1), date(2024, 3, 2)])


def test_the_kind_of_a_source_survives_an_interruption(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What ranks a source is as much a part of the answer as its readings."""
    when = {"startDate": "2024-03-01 08:00:00 +0100", "endDate": "2024-03-01 08:10:00 +0100"}
    watch = WATCH.format(address="0x1")
    body = [
        record(type=STEPS, unit="count", sourceName="Zed", device=watch, value="100", **when),
        record(type=STEPS, unit="count", sourceName="App", device=None, value="70", **when),
    ]
    shop.take(steps(0), zone=BERLIN)
    path = shop.write(*body)
    add = Store.add

    def breaking(self: Store, batch: Batch) -> dict[str, int]:
        add(self, batch)
        raise KeyboardInterrupt  # when the batch is written, and nothing after it

    with monkeypatch.context() as patched:
        patched.setattr(Store, "add", breaking)
        with pytest.raises(KeyboardInterrupt):
            shop.importer(path).run()
    day = [date(2024, 3, 1)]
    rollups.Rollups(again(shop.store), STEPS, gap_s=GAP_S).days(day[0], day[0] + timedelta(days=1))
    shop.importer(path).run()
    assert shop.store.kinds()["Zed"] == "watch"
    found = summarise(
        again(shop.store), describe(STEPS), period(BERLIN, day[0], date(2024, 3, 2)), gap_s=GAP_S
    )
    assert found.overall.value == 200
    assert_rollups_agree(shop.store, STEPS, day)


# --- a full Redis --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    folder = tmp_path_factory.mktemp("full")
    with private_redis(Settings(home=folder), folder / "data") as client:
        yield client


@pytest.fixture
def cramped(full: Redis, settings: Settings, tmp_path: Path) -> Iterator[Workshop]:
    """A workshop on a server of which the memory can be limited."""
    yield Workshop(a_store(full, "full", zone=None), settings, tmp_path)
    full.config_set("maxmemory", 0)


@pytest.mark.parametrize(
    "body",
    [[record()], [yoga(8)], [pressure()], [activity("2024-05-01", "500")],
     [element("Me", {"HKCharacteristicTypeIdentifierBloodType": "x"})], []],
    ids=["record", "workout", "correlation", "activity", "me", "nothing"],
)  # fmt: skip
def test_a_full_redis_is_the_one_error_whatever_comes_first(
    cramped: Workshop, body: list[str]
) -> None:
    client = cramped.store.client
    client.config_set("maxmemory", 1)
    with pytest.raises(StoreError, match="memory") as caught:
        cramped.take(*body)
    assert caught.value.hint
    assert dump(client, "full", cramped.store.user) == {}


def test_a_redis_that_fills_up_keeps_whole_batches(cramped: Workshop) -> None:
    client, path = cramped.store.client, cramped.write(*heart_rates(8000))
    importer = cramped.importer(path, batch=500)
    client.config_set("maxmemory", int(client.info("memory")["used_memory"]) + 500_000)
    with pytest.raises(StoreError, match="memory"):
        importer.run()
    kept = cramped.store.count(HEART_RATE)
    assert 0 < kept < 8000
    assert kept % 500 == 0
    assert importer.report.stored == kept
    client.config_set("maxmemory", 0)
    repeat = cramped.importer(path).run()
    assert (repeat.stored, repeat.duplicate) == (8000 - kept, kept)
    assert_rollups_agree(cramped.store, HEART_RATE, [date(2024, 3, 1)])


def test_a_redis_that_is_full_when_the_rollups_are_made(
    cramped: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, refresh_all = cramped.store.client, rollups.refresh_all

    def when_full(*args: Any, **named: Any) -> int:
        client.config_set("maxmemory", 1)
        return refresh_all(*args, **named)

    monkeypatch.setattr(rollups, "refresh_all", when_full)
    with pytest.raises(StoreError, match="memory"):
        cramped.take(*heart_rates(50))
    monkeypatch.undo()
    client.config_set("maxmemory", 0)
    assert cramped.store.count(HEART_RATE) == 50
    assert_rollups_agree(cramped.store, HEART_RATE, [date(2024, 3, 1)])


# --- zones ---------------------------------------------------------------------------------------


def test_the_zone_that_is_given_comes_first(shop: Workshop) -> None:
    report = shop.take(asleep(1, "Asia/Tokyo"), zone=NEW_YORK, fallback_zone=BERLIN)
    assert (report.zone, shop.store.zone()) == ("America/New_York", NEW_YORK)
    assert "given" in report.zone_from
    again_ = shop.take(asleep(1, "Asia/Tokyo"), zone=BERLIN)
    assert (again_.zone, again(shop.store).zone()) == ("Europe/Berlin", BERLIN)


def test_then_the_one_that_is_stored(shop: Workshop) -> None:
    shop.take(steps(0), zone=NEW_YORK)
    report = shop.take(asleep(1, "Asia/Tokyo"), yoga(8, "Asia/Tokyo"), fallback_zone=BERLIN)
    assert (report.zone, again(shop.store).zone()) == ("America/New_York", NEW_YORK)
    assert "stored" in report.zone_from


def test_then_where_most_sleep_and_workouts_were(shop: Workshop) -> None:
    report = shop.take(
        asleep(1, "Asia/Tokyo"), yoga(8, "America/New_York"), asleep(2, "America/New_York"),
        yoga(10, "Asia/Tokyo"), asleep(3, "Asia/Tokyo"), yoga(12), fallback_zone=BERLIN,
    )  # fmt: skip
    assert (report.zone, shop.store.zone()) == ("Asia/Tokyo", TOKYO)
    assert "sleep" in report.zone_from


def test_then_the_fallback_and_at_last_utc(shop: Workshop) -> None:
    report = shop.take(steps(0), fallback_zone=BERLIN)
    assert (report.zone, shop.store.zone()) == ("Europe/Berlin", BERLIN)
    assert "machine" in report.zone_from
    shop.store.delete()
    report = shop.take(steps(0))
    assert (report.zone, report.zone_from) == ("UTC", "UTC")


@pytest.mark.parametrize("bad", ["Not/AZone", "GMT+0530", "../../etc/passwd"])
def test_a_place_that_is_none_does_not_stop_an_import(shop: Workshop, bad: str) -> None:
    body = [asleep(1, bad), asleep(2, bad), yoga(8, bad), asleep(3, "Asia/Tokyo"), steps(0)]
    report = shop.take(*body, fallback_zone=BERLIN)
    assert (report.complete, report.zone) == (True, "Asia/Tokyo")
    assert holds(report)
    shop.store.delete()
    assert shop.take(*body[:3], steps(0), fallback_zone=BERLIN).zone == "Europe/Berlin"


def test_another_zone_moves_the_days(shop: Workshop) -> None:
    days = [date(2024, 2, 28) + timedelta(days=n) for n in range(4)]
    body = [steps(n) for n in range(0, 600, 30)]
    shop.take(*body, zone=BERLIN)
    for zone in (ZoneInfo("Pacific/Honolulu"), ZoneInfo("Pacific/Kiritimati")):
        report = shop.take(*body, zone=zone)
        assert (report.stored, report.zone) == (0, zone.key)
        assert_rollups_agree(shop.store, STEPS, days)


# --- the report, the profile and the rest --------------------------------------------------------


def test_the_report_is_json(shop: Workshop) -> None:
    report = shop.take(*EVERYTHING, record(value="null"))
    back = json.loads(json.dumps(report.to_dict()))
    assert back == report.to_dict()
    assert {"read", "stored", "duplicate", "rejected", "complete", "by_type"} <= set(back)
    assert back["by_type"][HEART_RATE] == 30
    assert back["by_type"] == dict(sorted(back["by_type"].items()))
    assert sum(back["by_type"].values()) == back["stored"]
    assert sum(back["rejected"].values()) == 1
    assert back["elements"]["Record"] == back["read"]
    assert (back["workouts"], back["correlations"], back["activity_days"]) == (1, 1, 1)
    assert (back["user"], back["path"]) == (shop.store.user, str(shop.folder / "export.xml"))
    assert back["export_date"] == "2024-05-01T12:00:00+02:00"
    assert json.loads(shop.store.client.lindex(shop.store.keys.imports, 0)) == back


def test_the_last_reports_are_kept(shop: Workshop) -> None:
    shop.settings = shop.settings.model_copy(update={"import_history": 3})
    for n in range(5):
        shop.take(*heart_rates(n + 1))
    found = [json.loads(text) for text in shop.store.client.lrange(shop.store.keys.imports, 0, -1)]
    assert [report["read"] for report in found] == [5, 4, 3]


def test_the_profile(shop: Workshop) -> None:
    path = shop.write(
        element("Me", {"HKCharacteristicTypeIdentifierBiologicalSex": "HKBiologicalSexFemale",
                       "HKCharacteristicTypeIdentifierFitzpatrickSkinType": "ünïcode"}),
        on="2024-05-01 12:00:00 +0200",
    )  # fmt: skip
    shop.importer(path, zone=BERLIN).run()
    assert again(shop.store).profile() == {
        "locale": "en_GB", "sample": "0", "zone": "Europe/Berlin",
        "export_date": str(int(datetime(2024, 5, 1, 10, tzinfo=UTC).timestamp())),
        "me:HKCharacteristicTypeIdentifierBiologicalSex": "HKBiologicalSexFemale",
        "me:HKCharacteristicTypeIdentifierFitzpatrickSkinType": "ünïcode",
    }  # fmt: skip


def test_beats_are_kept_with_their_measurement(shop: Workshop) -> None:
    shop.take(*EVERYTHING)
    shop.take(*EVERYTHING)
    ((member, score),) = shop.store.client.zrange(shop.store.keys.beats, 0, -1, withscores=True)
    start, source, beats = json.loads(member)
    assert start == score == reference.instant("2024-03-01 08:00:00 +0100")
    assert source == "Anna’s Apple\u00a0Watch"
    assert beats == [[61, "08:34:05,10"]]


def test_sources_and_their_devices(shop: Workshop) -> None:
    phone = "&lt;&lt;HKDevice: 0x1&gt;, name:iPhone, hardware:iPhone14,5&gt;"
    shop.take(record(sourceName="Wrist"), record(sourceName="Pocket", device=phone),
              record(sourceName="App", device=None))  # fmt: skip
    assert shop.store.kinds() == {"Wrist": "watch", "Pocket": "phone"}
    shop.take(record(sourceName="App", device=phone))
    assert shop.store.kinds()["App"] == "phone"


def test_a_source_that_is_known_better_later_is_merged_better(shop: Workshop) -> None:
    phone = "&lt;&lt;HKDevice: 0x1&gt;, name:iPhone, hardware:iPhone14,5&gt;"
    when = {"startDate": "2024-03-01 08:00:00 +0100", "endDate": "2024-03-01 08:10:00 +0100"}
    both = [
        record(type=STEPS, unit="count", sourceName=source, device=None, value=value, **when)
        for source, value in [("A", "70"), ("Pocket", "100")]
    ]
    shop.take(*both, zone=BERLIN)
    shop.take(*both, record(sourceName="Pocket", device=phone), zone=BERLIN)
    span = period(BERLIN, date(2024, 3, 1), date(2024, 3, 2))
    answers = [
        summarise(again(shop.store), describe(STEPS), span, gap_s=GAP_S, from_raw=raw).overall.value
        for raw in (True, False)
    ]
    assert answers == [100, 100]


def test_workouts_are_stored_as_read(shop: Workshop) -> None:
    shop.take(yoga(18), yoga(8), yoga(18))
    found = workouts.between(shop.store, period(BERLIN, date(2024, 3, 1), date(2024, 3, 2)))
    assert [datetime.fromtimestamp(one.start, BERLIN).hour for one in found] == [8, 18]
    assert all(isinstance(one, Workout) for one in found)


def test_progress_is_passed_on(shop: Workshop) -> None:
    calls: list[tuple[int, int]] = []
    path = shop.write(*heart_rates(2000))
    shop.importer(path, progress=lambda done, total: calls.append((done, total))).run()
    size = path.stat().st_size
    assert calls[-1] == (size, size)
    assert [done for done, _ in calls] == sorted(done for done, _ in calls)


def test_an_export_without_anything(shop: Workshop) -> None:
    report = shop.take()
    assert (report.read, report.stored, report.complete) == (0, 0, True)
    assert holds(report)
    assert shop.store.types() == []
    assert keys.users(shop.store.client, shop.store.keys.namespace) == [shop.store.user]


def test_what_is_no_export_writes_nothing(shop: Workshop) -> None:
    path = shop.folder / "notes.txt"
    path.write_text("nothing")
    with pytest.raises(NotAnExport):
        shop.importer(path)
    assert dump(shop.store.client, shop.store.keys.namespace, shop.store.user) == {}


HOSTILE = ["a}b:*", "ü", "..", "two words", "*", "ann}:readings:HeartRate", "ann"]


def test_users_with_any_name_keep_apart(
    client: Redis, namespace: str, settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "export.xml"
    stores = [Store(client, name, namespace=namespace) for name in HOSTILE]
    for n, store in enumerate(stores):
        path.write_bytes(document(*EVERYTHING, record(value=str(200 + n))))
        assert import_export(path, store, settings=settings).stored == 65
    assert keys.users(client, namespace) == sorted(HOSTILE)
    assert keys.audit(client, namespace) == []
    for n, store in enumerate(stores):
        everything = again(store).range(HEART_RATE, float("-inf"), float("inf"))
        assert max(everything.values) == 200 + n
        assert len(everything) == 31
        others = set(keys.scan(client, namespace)) - set(keys.scan(client, namespace, store.user))
        mine = set(keys.scan(client, namespace, store.user))
        assert len(mine) > 15
        assert store.delete() == len(mine)
        assert set(keys.scan(client, namespace)) == others
    assert not list(keys.scan(client, namespace))
