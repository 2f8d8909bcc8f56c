"""Nights: one source for each, unions not sums, and the date of waking."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis import Redis

from wellness.health import periods
from wellness.health.items import Reading
from wellness.health.sleep import Night, nights, union_s
from wellness.health.store import Store

from .exports import SLEEP
from .stores import BERLIN, NEW_YORK, a_store, again, examples, period, put

WATCH, PHONE, APP = "Ann’s Watch", "Ann’s iPhone", "Night Notes"
TOKYO = ZoneInfo("Asia/Tokyo")
EVENING = datetime(2025, 5, 5, 23, 0)
WAKE = date(2025, 5, 6)


@pytest.fixture
def store(client: Redis, namespace: str) -> Store:
    return a_store(client, namespace)


def segment(
    source: str, label: str, start: datetime, minutes: float, zone: ZoneInfo = BERLIN, *,
    record_zone: str = "",
) -> Reading:  # fmt: skip
    """A sleep record that begins at a wall-clock time in `zone`."""
    began = int(start.replace(tzinfo=zone).timestamp())
    metadata = {"HKTimeZone": record_zone} if record_zone else {}
    value = f"HKCategoryValueSleepAnalysis{label}"
    return Reading(SLEEP, source, "", value, began, began + round(minutes * 60), metadata=metadata)


def after(minutes: float, start: datetime = EVENING) -> datetime:
    return start + timedelta(minutes=minutes)


def staged(start: datetime, source: str = WATCH, **where: str) -> list[Reading]:
    """450 minutes asleep in 460."""
    lengths = [("Core", 120), ("Deep", 90), ("Core", 120), ("Awake", 10), ("REM", 120)]
    found, at = [], start
    for stage, minutes in lengths:
        label = stage if stage == "Awake" else f"Asleep{stage}"
        found.append(segment(source, label, at, minutes, **where))  # type: ignore[arg-type]
        at = after(minutes, at)
    return found


def of(store: Store, first: date, days: int = 1, zone: ZoneInfo = BERLIN) -> list[Night]:
    return nights(again(store), period(zone, first, first + timedelta(days=days)))


def one(store: Store, wake: date = WAKE) -> Night:
    (night,) = of(store, wake)
    return night


# --- one source a night --------------------------------------------------------------------------


def test_time_in_bed_over_stages_is_not_added(store: Store) -> None:
    in_bed = segment(PHONE, "InBed", after(-15), 495)
    found = [*staged(EVENING), in_bed]
    assert sum(s.end - s.start for s in found if "Awake" not in str(s.value)) == 945 * 60
    put(store, found)
    night = one(store)
    assert (night.date, night.source) == (WAKE, WATCH)
    assert (night.asleep_s, night.in_bed_s) == (450 * 60, 495 * 60)
    assert night.stages == {
        "AsleepCore": 240 * 60, "AsleepDeep": 90 * 60, "AsleepREM": 120 * 60, "Awake": 10 * 60,
    }  # fmt: skip
    assert night.start == datetime(2025, 5, 5, 23, tzinfo=BERLIN)
    assert night.end == datetime(2025, 5, 6, 6, 40, tzinfo=BERLIN)


def test_an_app_over_both_changes_nothing(store: Store) -> None:
    put(store, [*staged(EVENING), segment(PHONE, "InBed", after(-15), 495)])
    before = one(store)
    put(store, [segment(APP, "AsleepUnspecified", after(-10), 480)])
    assert one(store) == before


@pytest.mark.parametrize("label", ["AsleepUnspecified", "Asleep"])
def test_an_app_answers_where_the_watch_was_off(store: Store, label: str) -> None:
    put(store, [segment(APP, label, EVENING, 420), segment(PHONE, "InBed", after(-15), 495)])
    night = one(store)
    assert (night.source, night.asleep_s, night.in_bed_s) == (APP, 420 * 60, 495 * 60)
    assert night.stages == {label: 420 * 60}


def test_time_in_bed_is_not_time_asleep(store: Store) -> None:
    put(store, [segment(PHONE, "InBed", EVENING, 450)])
    night = one(store)
    assert (night.source, night.asleep_s, night.in_bed_s) == (PHONE, None, 450 * 60)
    assert night.stages == {}
    assert night.end == datetime(2025, 5, 6, 6, 30, tzinfo=BERLIN)


def test_stages_come_before_a_higher_rank(store: Store) -> None:
    put(store, [*staged(EVENING, APP), segment(WATCH, "AsleepUnspecified", EVENING, 480)])
    assert one(store).source == APP


def test_of_two_with_stages_the_watch_answers(store: Store) -> None:
    put(store, [*staged(EVENING, APP), *staged(after(5), WATCH), *staged(after(9), PHONE)])
    assert one(store).source == WATCH


def test_the_kind_of_device_is_the_stored_one(store: Store) -> None:
    put(store, [*staged(EVENING, "Aardvark"), *staged(after(5), "Zed")])
    assert one(store).source == "Aardvark"
    store.client.hset(store.keys.sources, mapping={"Zed": "watch", "Aardvark": "other"})
    assert one(store).source == "Zed"


def test_overlaps_within_a_source_count_once(store: Store) -> None:
    put(store, [
        segment(WATCH, "AsleepCore", EVENING, 120),
        segment(WATCH, "AsleepCore", after(60), 120),
        segment(WATCH, "AsleepDeep", after(150), 60),
        segment(WATCH, "Awake", after(100), 5),
    ])  # fmt: skip
    night = one(store, date(2025, 5, 6))
    assert night.asleep_s == 210 * 60
    assert night.stages == {"AsleepCore": 180 * 60, "AsleepDeep": 60 * 60, "Awake": 5 * 60}
    assert night.in_bed_s == 210 * 60


def test_an_instant_is_no_sleep(store: Store) -> None:
    put(store, [segment(WATCH, "AsleepCore", EVENING, 0), segment(PHONE, "InBed", EVENING, 400)])
    assert (one(store).asleep_s or 0) == 0
    assert one(store).in_bed_s == 400 * 60


# --- where a sleep ends --------------------------------------------------------------------------


@pytest.mark.parametrize(("gap_s", "dates"), [(7199, [6]), (7200, [5, 6]), (7201, [5, 6])])
def test_two_hours_awake_part_two_sleeps(store: Store, gap_s: int, dates: list[int]) -> None:
    evening = segment(WATCH, "AsleepCore", datetime(2025, 5, 5, 21), 120)
    morning = segment(WATCH, "AsleepCore", datetime(2025, 5, 5, 23), 240)
    shifted = morning._replace(start=morning.start + gap_s, end=morning.end + gap_s)
    put(store, [evening, shifted])
    found = of(store, date(2025, 5, 5), 3)
    assert [night.date.day for night in found] == dates
    assert [night.asleep_s for night in found] == ([360 * 60] if dates == [6] else [7200, 14400])


def test_the_gap_is_counted_from_whoever_reaches_furthest(store: Store) -> None:
    put(store, [
        segment(PHONE, "InBed", datetime(2025, 5, 5, 20), 540),
        segment(WATCH, "AsleepCore", datetime(2025, 5, 5, 20, 30), 60),
        segment(WATCH, "AsleepCore", datetime(2025, 5, 6, 3), 60),
    ])  # fmt: skip
    found = of(store, date(2025, 5, 5), 3)
    assert [(night.date.day, night.asleep_s) for night in found] == [(6, 7200)]


def test_a_nap_belongs_to_the_day_it_ends_on(store: Store) -> None:
    put(store, staged(EVENING))
    put(store, [
        segment(WATCH, "AsleepCore", datetime(2025, 5, 6, 14), 45),
        segment(APP, "AsleepUnspecified", datetime(2025, 5, 6, 13, 50), 70),
    ])  # fmt: skip
    night = one(store)
    assert (night.asleep_s, night.source) == ((450 + 45) * 60, WATCH)
    assert night.stages["AsleepCore"] == (240 + 45) * 60
    assert night.start == EVENING.replace(tzinfo=BERLIN)
    assert night.end == datetime(2025, 5, 6, 14, 45, tzinfo=BERLIN)


def test_a_nap_in_bed_adds_nothing_to_the_time_asleep(store: Store) -> None:
    put(store, [*staged(EVENING), segment(PHONE, "InBed", datetime(2025, 5, 6, 14), 60)])
    night = one(store)
    assert (night.asleep_s, night.source) == (450 * 60, WATCH)
    assert night.in_bed_s == 460 * 60 + 3600


def test_sleep_before_midnight_belongs_to_that_day(store: Store) -> None:
    put(store, [segment(WATCH, "AsleepCore", datetime(2025, 5, 5, 20), 180)])
    assert [night.date.day for night in of(store, date(2025, 5, 4), 4)] == [5]


# --- zones and clocks ----------------------------------------------------------------------------


def test_the_wake_date_is_that_of_the_place(client: Redis, namespace: str) -> None:
    store = a_store(client, namespace, NEW_YORK)
    put(store, staged(datetime(2025, 4, 6, 23), zone=TOKYO, record_zone="Asia/Tokyo"))  # type: ignore[arg-type]
    (night,) = of(store, date(2025, 4, 7), zone=NEW_YORK)
    assert night.end.astimezone(NEW_YORK).date() == date(2025, 4, 6)
    assert night.date == date(2025, 4, 7)
    assert night.end == datetime(2025, 4, 7, 6, 40, tzinfo=TOKYO)
    assert str(night.end.tzinfo) == str(night.start.tzinfo) == "Asia/Tokyo"
    assert of(store, date(2025, 4, 6), zone=NEW_YORK) == []


def test_without_a_place_it_is_the_date_at_home(client: Redis, namespace: str) -> None:
    store = a_store(client, namespace, NEW_YORK)
    put(store, staged(datetime(2025, 4, 6, 23), zone=TOKYO))  # type: ignore[arg-type]
    (night,) = of(store, date(2025, 4, 6), zone=NEW_YORK)
    assert str(night.end.tzinfo) == "America/New_York"


def test_the_place_is_that_of_the_source_that_answers(client: Redis, namespace: str) -> None:
    store = a_store(client, namespace, NEW_YORK)
    in_bed = segment(PHONE, "InBed", datetime(2025, 4, 6, 22), 540, TOKYO,
                     record_zone="Europe/Berlin")  # fmt: skip
    put(store, [*staged(datetime(2025, 4, 6, 23), zone=TOKYO, record_zone="Asia/Tokyo"), in_bed])  # type: ignore[arg-type]
    (night,) = of(store, date(2025, 4, 7), zone=NEW_YORK)
    assert str(night.end.tzinfo) == "Asia/Tokyo"


@pytest.mark.parametrize("zone", ["Not/AZone", "GMT+0530", "../../etc/passwd", "x" * 300])
def test_a_place_that_is_none_is_home(store: Store, zone: str) -> None:
    put(store, staged(EVENING, record_zone=zone))
    night = one(store)
    assert (night.asleep_s, str(night.end.tzinfo)) == (450 * 60, "Europe/Berlin")


@pytest.mark.parametrize(
    ("evening", "hours"), [(datetime(2025, 3, 29, 23), 7), (datetime(2025, 10, 25, 23), 9)]
)
def test_a_night_with_a_change_of_clocks(store: Store, evening: datetime, hours: int) -> None:
    began = int(evening.replace(tzinfo=BERLIN).timestamp())
    ended = int((evening + timedelta(hours=8)).replace(tzinfo=BERLIN).timestamp())
    put(store, [segment(WATCH, "AsleepCore", evening, (ended - began) / 60)])
    night = one(store, evening.date() + timedelta(days=1))
    assert night.asleep_s == hours * 3600
    assert night.end.replace(tzinfo=None) == evening + timedelta(hours=8)


# --- periods -------------------------------------------------------------------------------------


def test_a_night_is_in_the_period_of_its_wake_date(store: Store) -> None:
    for day in range(4, 8):
        put(store, staged(datetime(2025, 5, day, 23)))
    assert [night.date.day for night in of(store, date(2025, 5, 6), 2)] == [6, 7]
    assert [night.date.day for night in of(store, date(2025, 5, 1), 30)] == [5, 6, 7, 8]
    first = of(store, date(2025, 5, 6))[0]
    assert first.asleep_s == 450 * 60
    assert first.start.day == 5


def test_dates_without_sleep_are_left_out(store: Store) -> None:
    assert of(store, WAKE, 30) == []
    put(store, staged(EVENING))
    assert [night.date for night in of(store, date(2025, 5, 1), 30)] == [WAKE]


def test_last_night_is_one_night(store: Store) -> None:
    for day in range(3, 6):
        put(store, staged(datetime(2025, 5, day, 23)))
    now = datetime(2025, 5, 6, 10, 30, tzinfo=BERLIN)
    found = nights(store, periods.parse("last night", now=now, zone=BERLIN))
    assert [night.date for night in found] == [WAKE]


@pytest.mark.parametrize(
    ("phrase", "days"),
    [("today", [6]), ("yesterday", [5]), ("last 3 days", [4, 5, 6]), ("May 2025", [4, 5, 6])],
)
def test_phrases(store: Store, phrase: str, days: list[int]) -> None:
    for day in range(3, 6):
        put(store, staged(datetime(2025, 5, day, 23)))
    now = datetime(2025, 5, 6, 10, 30, tzinfo=BERLIN)
    found = nights(store, periods.parse(phrase, now=now, zone=BERLIN))
    assert [night.date.day for night in found] == days


# --- properties ----------------------------------------------------------------------------------

labels = st.sampled_from(["InBed", "Awake", "AsleepCore", "AsleepDeep", "AsleepREM",
                          "AsleepUnspecified"])  # fmt: skip
within_a_night = st.lists(
    st.builds(
        lambda source, label, start, length: segment(source, label, after(start), length),
        st.sampled_from([WATCH, PHONE, APP]),
        labels,
        st.integers(0, 100),
        st.integers(1, 120),
    ),
    min_size=1,
    max_size=10,
)


def label_of(part: Reading) -> str:
    return str(part.value).removeprefix("HKCategoryValueSleepAnalysis")


def seconds(found: Iterable[Reading]) -> int:
    return len({second for one in found for second in range(one.start, one.end, 60)}) * 60


@examples(60)
@given(found=within_a_night)
def test_a_night_by_minutes(client: Redis, namespace: str, found: list[Reading]) -> None:
    store = a_store(client, namespace)
    put(store, found)
    (night,) = of(store, date(2025, 5, 5), 2)
    mine = [part for part in found if part.source == night.source]
    asleep = [part for part in mine if label_of(part).startswith("Asleep")]
    assert (night.asleep_s or 0) == seconds(asleep)
    assert (night.asleep_s is None) == (not asleep)
    for label, length in night.stages.items():
        assert length == seconds(part for part in mine if label_of(part) == label)
    assert set(night.stages) == {label_of(part) for part in mine} - {"InBed"}
    in_bed = [part for part in found if label_of(part) == "InBed"]
    assert night.in_bed_s == seconds([*in_bed, *mine])
    assert night.in_bed_s >= (night.asleep_s or 0)
    assert bool(asleep) == any(label_of(part).startswith("Asleep") for part in found)


@examples(30)
@given(data=st.data())
def test_a_night_does_not_depend_on_the_period(
    client: Redis, namespace: str, data: st.DataObject
) -> None:
    store = a_store(client, namespace)
    for day in range(1, 8):
        if data.draw(st.booleans()):
            start = datetime(2025, 5, day) + timedelta(minutes=data.draw(st.integers(0, 1439)))
            zone = data.draw(st.sampled_from(["", "Asia/Tokyo", "Pacific/Honolulu"]))
            minutes = data.draw(st.integers(1, 700))
            put(store, [segment(WATCH, "AsleepCore", start, minutes, record_zone=zone)])
    all_at_once = of(store, date(2025, 4, 28), 15)
    one_by_one = [
        night for n in range(15) for night in of(store, date(2025, 4, 28) + timedelta(days=n))
    ]
    assert one_by_one == all_at_once
    dates = [night.date for night in all_at_once]
    assert dates == sorted(set(dates))


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60))))
def test_union_in_seconds(spans: list[tuple[int, int]]) -> None:
    assert union_s(spans) == len({s for low, high in spans for s in range(low, high)})
