"""Rollups against raw readings: the same rows, whatever was written, read or broken off between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis import Redis
from redis.exceptions import WatchError

from wellness.errors import StoreError
from wellness.health import rollups
from wellness.health.items import Reading
from wellness.health.rollups import Rollups, local_day, mark_all, midnight, refresh_all, set_zone
from wellness.health.rows import COLUMNS
from wellness.health.store import Store

from .exports import HEART_RATE, STEPS
from .stores import (
    BERLIN,
    DAY,
    GAP_S,
    NEW_YORK,
    a_store,
    again,
    assert_rollups_agree,
    at,
    dump,
    examples,
    put,
    raw_rows_of,
    rows_of,
)

WEIGHT = "HKQuantityTypeIdentifierBodyMass"
NOISE = "HKQuantityTypeIdentifierEnvironmentalAudioExposure"
OXYGEN = "HKQuantityTypeIdentifierOxygenSaturation"
MINDFUL = "HKCategoryTypeIdentifierMindfulSession"
UNITS = {
    STEPS: ["count"], HEART_RATE: ["count/min", "count/s"], WEIGHT: ["kg", "lb", "count"],
    NOISE: ["dBASPL"], OXYGEN: ["%"], MINDFUL: [""],
}  # fmt: skip
SOURCES = ["Ann’s Watch", "Ann’s iPhone", "Stride Diary"]
SHIFTS = [  # days with a change of clocks, or without a midnight, or that were never there
    (NEW_YORK, date(2025, 3, 9)),
    (NEW_YORK, date(2025, 11, 2)),
    (BERLIN, date(2025, 3, 30)),
    (ZoneInfo("America/Sao_Paulo"), date(2018, 11, 4)),
    (ZoneInfo("America/Sao_Paulo"), date(2018, 2, 18)),
    (ZoneInfo("Pacific/Apia"), date(2011, 12, 30)),
    (ZoneInfo("Pacific/Kiritimati"), date(2025, 6, 1)),
    (ZoneInfo("America/St_Johns"), date(2006, 10, 29)),
]


def days_around(day: date, before: int = 3, after: int = 3) -> list[date]:
    return [day + timedelta(days=n) for n in range(-before, after + 1)]


def steps(start: int, duration: int, value: float, source: str = SOURCES[0]) -> Reading:
    return Reading(STEPS, source, "count", value, start, start + duration)


def pulse(start: int, value: float = 60) -> Reading:
    return Reading(HEART_RATE, SOURCES[0], "count/min", value, start, start)


@pytest.fixture
def store(client: Redis, namespace: str) -> Store:
    return a_store(client, namespace, zone=NEW_YORK)


# --- raw and rollup ------------------------------------------------------------------------------


@st.composite
def batches(draw: st.DrawFn, type: str, around: int) -> list[list[Reading]]:
    """Two batches of readings within some days, many of them close to midnight."""
    moment = st.one_of(
        st.integers(-4 * DAY, 4 * DAY),
        st.builds(lambda day, s: day * DAY + s, st.integers(-3, 3), st.integers(-900, 900)),
    )
    one = st.builds(
        lambda offset, duration, value, source, unit: Reading(
            type, source, unit, "x" if type == MINDFUL else value,
            around + offset, around + offset + duration,
        ),
        moment,
        st.one_of(st.integers(0, 1800), st.integers(0, DAY)),
        st.integers(1, 120).map(float),
        st.sampled_from(SOURCES),
        st.sampled_from(UNITS[type]),
    )  # fmt: skip
    return draw(st.lists(st.lists(one, max_size=12), min_size=2, max_size=2))


@examples(80)
@given(data=st.data(), type=st.sampled_from(sorted(UNITS)), shift=st.sampled_from(SHIFTS))
def test_rollups_say_what_the_readings_say(
    client: Redis, namespace: str, data: st.DataObject, type: str, shift: tuple[ZoneInfo, date]
) -> None:
    zone, day = shift
    store = a_store(client, namespace, zone)
    days = days_around(day, 6, 6)
    for batch in data.draw(batches(type, midnight(day, zone))):
        put(store, batch)
        if batch and data.draw(st.booleans(), label="refresh"):
            Rollups(store, type, gap_s=GAP_S).refresh()
            assert not client.exists(store.keys.stale(type))
        for n in data.draw(st.lists(st.integers(0, 12), max_size=3), label="days asked for"):
            assert_rollups_agree(store, type, days[n : n + 1])
    assert_rollups_agree(store, type, days)


@pytest.mark.parametrize(("zone", "day"), SHIFTS, ids=str)
def test_each_reading_is_in_one_day_around_a_shift(
    client: Redis, namespace: str, zone: ZoneInfo, day: date
) -> None:
    store = a_store(client, namespace, zone)
    edge = midnight(day, zone)
    starts = list(range(edge - 2 * DAY, edge + 2 * DAY, 600))
    put(store, [steps(start, 0, 1) for start in starts])
    rows = rows_of(store, STEPS, days_around(day, 4, 4))
    assert sum(row[0] for row in rows.values()) == len(starts)
    expected: dict[date, int] = {}
    for start in starts:
        expected[local_day(start, zone)] = expected.get(local_day(start, zone), 0) + 1
    if zone.key != "America/St_Johns":  # where an hour of one day came after the next had begun
        assert {day: row[0] for day, row in rows.items()} == expected


def test_the_columns_of_a_row(store: Store) -> None:
    start = at(NEW_YORK, 2025, 5, 5, 8)
    put(store, [
        steps(start, 100, 50),
        steps(start + 50, 100, 80, SOURCES[1]),
        steps(start + 500, 10, 7, SOURCES[2]),
    ])  # fmt: skip
    (row,) = rows_of(store, STEPS, [date(2025, 5, 5)]).values()
    named = dict(zip(COLUMNS, row, strict=True))
    assert named == {
        "count": 3, "total": 50 + 40 + 7, "naive": 137, "weight": 3, "weighted": 137,
        "minimum": 7, "maximum": 80, "last_at": start + 500, "last": 7,
    }  # fmt: skip


def test_columns_by_name(store: Store) -> None:
    put(store, [steps(at(NEW_YORK, 2025, 5, day, 8), 100, day) for day in (5, 6, 9)])
    found = Rollups(store, STEPS, gap_s=GAP_S).days(date(2025, 5, 1), date(2025, 6, 1))
    assert found.dates == [date(2025, 5, 5), date(2025, 5, 6), date(2025, 5, 9)]
    assert found.column("total").tolist() == [5, 6, 9]
    assert (found.type, found.unit) == (STEPS, "count")
    assert found.rows.shape == (3, len(COLUMNS))


def test_a_later_batch_ends_the_gap_of_the_day_before(store: Store) -> None:
    edge = midnight(date(2025, 5, 6), NEW_YORK)
    days = [date(2025, 5, 5), date(2025, 5, 6)]
    put(store, [pulse(edge - 100, 60)])
    assert rows_of(store, HEART_RATE, days)[days[0]][3] == GAP_S
    put(store, [pulse(edge + 20, 90)])
    assert rows_of(store, HEART_RATE, days)[days[0]][3] == 120
    assert_rollups_agree(store, HEART_RATE, days)


def test_a_later_batch_covers_what_was_counted_after_midnight(store: Store) -> None:
    edge = midnight(date(2025, 5, 6), NEW_YORK)
    days = [date(2025, 5, 5), date(2025, 5, 6)]
    put(store, [steps(edge + 600, 600, 500, SOURCES[1])])
    assert rows_of(store, STEPS, days)[days[1]][1] == 500
    put(store, [steps(edge - 600, 1800, 900, SOURCES[0])])
    rows = rows_of(store, STEPS, days)
    assert (rows[days[0]][1], rows[days[1]][1]) == (900, 0)


@pytest.mark.parametrize("zone", [NEW_YORK, BERLIN, ZoneInfo("Pacific/Kiritimati")], ids=str)
@pytest.mark.parametrize("hour", range(0, 24, 3))
@pytest.mark.parametrize("later", ["phone", "watch"])
def test_a_later_batch_of_readings_that_last_almost_a_day(
    client: Redis, namespace: str, zone: ZoneInfo, hour: int, later: str
) -> None:
    """Each covers, or is covered by, what began up to a day earlier: two local days are changed."""
    store = a_store(client, namespace, zone)
    start = midnight(date(2025, 5, 11), zone) + hour * 3600
    found = {
        "watch": [steps(start, DAY - 600, 900)],
        "phone": [
            steps(start - DAY + 700, DAY - 600, 500, SOURCES[1]),
            steps(start + DAY - 700, 600, 300, SOURCES[1]),
        ],
    }
    days = days_around(date(2025, 5, 11), 4, 4)
    put(store, found.pop("watch" if later == "phone" else "phone"))
    assert_rollups_agree(store, STEPS, days)
    put(store, found.pop(later))
    assert_rollups_agree(store, STEPS, days)


@pytest.mark.parametrize("zone", [NEW_YORK, BERLIN, ZoneInfo("Pacific/Kiritimati")], ids=str)
@pytest.mark.parametrize("type", [STEPS, HEART_RATE])
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_day_made_anew_leaves_no_neighbour_behind(
    client: Redis, namespace: str, zone: ZoneInfo, type: str, order: tuple[int, int]
) -> None:
    """Two batches, three days apart, are made good one after the other by whoever reads."""
    store = a_store(client, namespace, zone)
    edge = midnight(date(2025, 5, 13), zone)
    days = days_around(date(2025, 5, 11), 6, 8)

    def near_midnight(day: int, watch: bool) -> list[Reading]:
        low = edge + day * DAY
        if type == HEART_RATE:
            return [pulse(low + (30 if watch else -100), 60 + watch)]
        start, source = (low - 600, SOURCES[0]) if watch else (low + 600, SOURCES[1])
        return [steps(start, 3000 if watch else 600, 500, source)]

    put(store, [one for day in range(-7, 8) for one in near_midnight(day, watch=False)])
    assert_rollups_agree(store, type, days)
    put(store, [one for day in (-3, 0) for one in near_midnight(day, watch=True)])
    for n in order:
        assert_rollups_agree(store, type, [date(2025, 5, 9) + timedelta(days=5 * n)])
    assert_rollups_agree(store, type, days)


def test_an_import_that_touches_few_days_far_apart(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the parts that one refresh works on meet, the last of one reaches into the next."""
    monkeypatch.setattr(rollups, "CHUNK_READINGS", 1)  # as with many readings a day
    first = date(2025, 5, 1)
    days = days_around(first, 3, 40)

    def phone(day: int) -> Reading:
        return steps(midnight(first + timedelta(days=day), NEW_YORK) + 600, 600, 500, SOURCES[1])

    def watch(day: int) -> Reading:
        return steps(midnight(first + timedelta(days=day), NEW_YORK) - 600, 3000, 900)

    put(store, [phone(day) for day in range(40)])
    Rollups(store, STEPS, gap_s=GAP_S).refresh()
    put(store, [watch(0), watch(28), watch(31)])
    Rollups(store, STEPS, gap_s=GAP_S).refresh()
    assert not store.client.exists(store.keys.stale(STEPS))
    assert_rollups_agree(store, STEPS, days)


# --- what changes the rows besides readings ------------------------------------------------------


def test_a_source_whose_kind_becomes_known_changes_the_merge(store: Store) -> None:
    start = at(NEW_YORK, 2025, 5, 5, 8)
    days = [date(2025, 5, 5)]
    put(store, [steps(start, 100, 50, "Wrist"), steps(start, 100, 70, "Pocket")])
    assert rows_of(store, STEPS, days)[days[0]][1] == 70  # equals rank by name
    # What a later export of the same readings does, now that it says what wrote them.
    store.client.hset(store.keys.sources, mapping={"Wrist": "watch", "Pocket": "phone"})
    mark_all(store, [STEPS])
    assert raw_rows_of(store, STEPS, days)[days[0]][1] == 50
    assert_rollups_agree(store, STEPS, days)


def test_another_cap_on_the_gap_gives_other_rows(store: Store) -> None:
    start = at(NEW_YORK, 2025, 5, 5, 8)
    put(store, [pulse(start, 60), pulse(start + 900, 120), pulse(start + 1000, 120)])
    day = date(2025, 5, 5)
    for gap_s in (600, 60, 900, 600):
        found = Rollups(again(store), HEART_RATE, gap_s=gap_s)
        weight = min(900, gap_s) + min(100, gap_s) + gap_s
        assert found.raw(found.edges([day]))[0][3] == weight
        assert found.days(day, day + timedelta(days=1)).rows[0][3] == weight


def test_a_day_is_the_same_within_any_period_even_below_a_very_long_reading(store: Store) -> None:
    start = at(NEW_YORK, 2025, 5, 5, 8)
    put(store, [
        steps(start, 5 * DAY, 1000, SOURCES[0]),
        steps(start + 3 * DAY, 600, 500, SOURCES[1]),
    ])  # fmt: skip
    days = days_around(date(2025, 5, 7), 4, 4)
    at_once = raw_rows_of(store, STEPS, days)
    one_by_one = {k: v for day in days for k, v in raw_rows_of(store, STEPS, [day]).items()}
    assert at_once == one_by_one
    assert_rollups_agree(store, STEPS, days)


def test_a_unit_of_another_kind_does_not_change_what_is_stored_already(store: Store) -> None:
    type = "HKQuantityTypeIdentifierNobodyKnows"
    start = at(NEW_YORK, 2025, 5, 5, 8)
    put(store, [Reading(type, "X", "kg", 3, start, start)])
    days = days_around(date(2025, 5, 5), 0, 30)
    before = rows_of(store, type, days)
    assert [row[COLUMNS.index("last")] for row in before.values()] == [3]
    put(store, [Reading(type, "X", "%", 0.5, start + 20 * DAY, start + 20 * DAY)])
    assert_rollups_agree(store, type, days)
    assert rows_of(store, type, days)[days[0]] == before[days[0]]


@pytest.mark.parametrize("delete", ["some", "a day", "all"])
def test_readings_that_are_deleted(store: Store, delete: str) -> None:
    days = [date(2025, 5, day) for day in (5, 6, 7)]
    edge = midnight(days[0], NEW_YORK)
    put(store, [steps(edge + n * 3600, 60, 1) for n in range(72)])
    Rollups(store, STEPS, gap_s=GAP_S).refresh()
    low, high = {
        "some": (edge + DAY, edge + DAY + 7200), "a day": (edge + DAY, edge + 2 * DAY - 1),
        "all": ("-inf", "+inf"),
    }[delete]  # fmt: skip
    store.client.zremrangebyscore(store.keys.readings(STEPS), low, high)
    store.client.sadd(store.keys.stale(STEPS), *range(edge // DAY, edge // DAY + 4))
    expected = {"some": [24, 21, 24], "a day": [24, 24], "all": []}[delete]
    assert [row[0] for row in rows_of(store, STEPS, days).values()] == expected


# --- zones ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "zone", [BERLIN, ZoneInfo("Asia/Tokyo"), ZoneInfo("Pacific/Apia")], ids=str
)
def test_another_zone_moves_all_days(store: Store, zone: ZoneInfo) -> None:
    start = at(NEW_YORK, 2025, 5, 5, 23)
    days = days_around(date(2025, 5, 6))
    for n in range(3):
        put(store, [steps(start + n * DAY, 600, 100 + n), pulse(start + n * DAY)])
    refresh_all(store, gap_s=GAP_S)
    before = rows_of(store, STEPS, days)
    set_zone(store, zone)
    for type in (STEPS, HEART_RATE):
        assert_rollups_agree(store, type, days)
        assert list(rows_of(store, type, days)) == [
            local_day(start + n * DAY, zone) for n in range(3)
        ]
    set_zone(store, NEW_YORK)
    assert rows_of(store, STEPS, days) == before


def test_rollups_that_are_held_while_the_zone_changes(store: Store) -> None:
    days = days_around(date(2025, 5, 6))
    put(store, [steps(at(NEW_YORK, 2025, 5, 5, 23), 600, 100)])
    held = Rollups(store, STEPS, gap_s=GAP_S)
    held.days(days[0], days[-1])
    set_zone(again(store), ZoneInfo("Asia/Tokyo"))
    held.days(days[0], days[-1])  # a notebook's cell, run again
    assert_rollups_agree(store, STEPS, days)


@pytest.mark.parametrize(
    ("zone", "day", "expected"),
    [
        ("Europe/Berlin", date(2025, 3, 30), "2025-03-29T23:00"),
        ("Europe/Berlin", date(2025, 3, 31), "2025-03-30T22:00"),
        ("America/Sao_Paulo", date(2018, 11, 4), "2018-11-04T03:00"),  # 00:00 was skipped
        ("America/Sao_Paulo", date(2018, 2, 18), "2018-02-18T03:00"),
        ("America/Havana", date(2025, 11, 2), "2025-11-02T04:00"),  # 00:00 came twice
        ("Pacific/Apia", date(2011, 12, 30), "2011-12-30T10:00"),  # never was
        ("Pacific/Apia", date(2011, 12, 31), "2011-12-30T10:00"),
    ],
)
def test_midnights(zone: str, day: date, expected: str) -> None:
    found = midnight(day, ZoneInfo(zone))
    assert found == datetime.fromisoformat(f"{expected}+00:00").timestamp()


@pytest.mark.parametrize(("zone", "day"), SHIFTS[:5], ids=str)
def test_local_day_is_the_day_whose_midnight_came_last(zone: ZoneInfo, day: date) -> None:
    edge = midnight(day, zone)
    assert [local_day(edge + n, zone) for n in (-1, 0)] == [day - timedelta(days=1), day]


# --- refreshing ----------------------------------------------------------------------------------


@pytest.fixture
def filled(store: Store) -> Store:
    edge = midnight(date(2025, 5, 5), NEW_YORK)
    put(store, [steps(edge + n * 7200, 600, 10, SOURCES[n % 3]) for n in range(48)])
    Rollups(store, STEPS, gap_s=GAP_S).refresh()
    return store


def touched(store: Store, type: str, act: Any) -> bool:
    """Whether `act` writes the rollups of a type at all, equal values included."""
    with store.client.pipeline() as pipe:
        pipe.watch(store.keys.days(type))
        act()
        pipe.multi()
        pipe.ping()
        try:
            pipe.execute()
        except WatchError:
            return True
    return False


def test_refresh_says_how_many_days_it_wrote(store: Store) -> None:
    edge = midnight(date(2025, 5, 5), NEW_YORK)
    put(store, [steps(edge + n * DAY, 600, 10) for n in range(100)])
    assert Rollups(store, STEPS, gap_s=GAP_S).refresh() >= 100
    assert store.client.hlen(store.keys.days(STEPS)) == 100 + 1  # and the cap they were made with


def test_days_that_got_nothing_new_are_not_written(filled: Store) -> None:
    edge = midnight(date(2025, 5, 5), NEW_YORK)
    put(filled, [steps(edge + n * 7200, 600, 10, SOURCES[n % 3]) for n in range(48)])
    assert not filled.client.exists(filled.keys.stale(STEPS))
    written: list[int] = []
    rolled = Rollups(again(filled), STEPS, gap_s=GAP_S)
    assert not touched(filled, STEPS, lambda: written.append(rolled.refresh()))
    assert written == [0]
    assert not filled.client.exists(filled.keys.stale(STEPS))


def test_nor_are_they_where_some_readings_cannot_be_converted(store: Store) -> None:
    start = at(NEW_YORK, 2025, 5, 5, 8)
    found = [
        Reading(WEIGHT, "Scale", unit, 80, start + n, start + n)
        for n, unit in enumerate(["kg", "count", "lb"])
    ]
    put(store, found)
    Rollups(store, WEIGHT, gap_s=GAP_S).refresh()
    put(store, found)
    assert Rollups(store, WEIGHT, gap_s=GAP_S).refresh() == 0


def test_reading_what_is_fresh_writes_nothing(filled: Store) -> None:
    before = dump(filled.client, filled.keys.namespace, filled.user)
    rows_of(filled, STEPS, days_around(date(2025, 5, 6)))
    assert dump(filled.client, filled.keys.namespace, filled.user) == before


def test_reading_some_days_leaves_the_marks_of_others(filled: Store) -> None:
    first = midnight(date(2025, 5, 5), NEW_YORK)
    put(filled, [steps(first + 60, 60, 1), steps(first + 90 * DAY, 60, 1)])
    rows_of(filled, STEPS, [date(2025, 5, 5)])
    marks = {int(day) for day in filled.client.smembers(filled.keys.stale(STEPS))}
    assert marks == {(first + 90 * DAY) // DAY}


@pytest.mark.parametrize("length", [0, -3])
def test_an_empty_range_of_days(filled: Store, length: int) -> None:
    day = date(2025, 5, 6)
    found = Rollups(filled, STEPS, gap_s=GAP_S).days(day, day + timedelta(days=length))
    assert (found.dates, found.rows.shape) == ([], (0, len(COLUMNS)))


def test_days_without_readings(filled: Store) -> None:
    assert rows_of(filled, STEPS, days_around(date(2020, 1, 1))) == {}
    assert rows_of(filled, "HKQuantityTypeIdentifierHeight", days_around(date(2025, 5, 6))) == {}
    assert Rollups(filled, "HKQuantityTypeIdentifierHeight", gap_s=GAP_S).refresh() == 0


def test_refresh_all_tells_how_far_it_is(store: Store) -> None:
    start = at(NEW_YORK, 2025, 5, 5, 8)
    put(store, [steps(start, 60, 5), pulse(start), Reading(OXYGEN, "X", "%", 0.97, start, start)])
    calls: list[tuple[int, int]] = []
    written = refresh_all(store, gap_s=GAP_S, progress=lambda done, all: calls.append((done, all)))
    assert written == 3
    assert calls == [(1, 3), (2, 3), (3, 3)]
    assert refresh_all(store, gap_s=GAP_S) == 0


# --- others write meanwhile ----------------------------------------------------------------------


def interfere(
    store: Store, monkeypatch: pytest.MonkeyPatch, batches: Sequence[Reading]
) -> Iterator[Reading]:
    """Another process writes the next reading each time that this store reads a range."""
    left, read, other = iter(batches), store.range, again(store)

    def range_(type: str, start: float, end: float) -> Any:
        found = read(type, start, end)
        put(other, [one for one in [next(left, None)] if one])
        return found

    monkeypatch.setattr(store, "range", range_)
    return left


def test_a_batch_that_comes_during_a_refresh_is_not_missed(
    filled: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = at(NEW_YORK, 2025, 5, 5, 8)
    put(filled, [steps(start, 60, 1)])
    left = interfere(filled, monkeypatch, [steps(start + 1, 60, 2), steps(start + 2, 60, 4)])
    found = Rollups(filled, STEPS, gap_s=GAP_S).days(date(2025, 5, 5), date(2025, 5, 7))
    assert next(left, None) is None
    monkeypatch.undo()
    assert found.rows.tolist() == list(
        raw_rows_of(filled, STEPS, [date(2025, 5, 5), date(2025, 5, 6)]).values()
    )
    assert_rollups_agree(filled, STEPS, days_around(date(2025, 5, 6)))


def test_a_duplicate_that_comes_during_a_refresh_does_no_harm(
    filled: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = at(NEW_YORK, 2025, 5, 5, 8)
    put(filled, [steps(start, 60, 1)])
    interfere(filled, monkeypatch, [steps(start, 60, 1)] * 3)
    Rollups(filled, STEPS, gap_s=GAP_S).refresh()
    monkeypatch.undo()
    assert_rollups_agree(filled, STEPS, days_around(date(2025, 5, 6)))


def test_writers_that_never_stop_are_an_error_not_a_wrong_answer(
    filled: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = at(NEW_YORK, 2025, 5, 5, 8)
    put(filled, [steps(start, 60, 1)])
    many = [steps(start + n, 60, 2) for n in range(1, 10 * rollups.ATTEMPTS)]
    interfere(filled, monkeypatch, many)
    with pytest.raises(StoreError, match="StepCount") as caught:
        Rollups(filled, STEPS, gap_s=GAP_S).refresh()
    assert caught.value.hint
    monkeypatch.undo()
    assert_rollups_agree(filled, STEPS, days_around(date(2025, 5, 6)))


def test_a_refresh_that_breaks_off_is_made_good_by_the_next_reader(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rollups, "CHUNK_READINGS", 1)  # so that one part follows another
    edge = midnight(date(2025, 5, 5), NEW_YORK)
    put(store, [steps(edge + n * DAY, 600, 10) for n in range(120)])
    read, calls = store.range, iter([True, False])

    def range_(type: str, start: float, end: float) -> Any:
        if not next(calls, False):
            raise KeyboardInterrupt
        return read(type, start, end)

    monkeypatch.setattr(store, "range", range_)
    with pytest.raises(KeyboardInterrupt):
        Rollups(store, STEPS, gap_s=GAP_S).refresh()
    monkeypatch.undo()
    assert 0 < len(store.client.hgetall(store.keys.days(STEPS))) < 120
    assert_rollups_agree(store, STEPS, days_around(date(2025, 5, 5), 2, 130))
