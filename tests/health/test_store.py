"""The store against plain lists: nothing lost, nothing twice, and ranges that are half-open."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis import Redis

from wellness import keys
from wellness.errors import StoreError, UnknownMetric, UnknownUser
from wellness.health import rollups
from wellness.health.items import Reading
from wellness.health.store import WRITE_SLICE, Batch, Store
from wellness.health.tags import Tag
from wellness.settings import Settings

from .exports import HEART_RATE, SLEEP, STEPS
from .stores import (
    BERLIN,
    DAY,
    a_store,
    again,
    dump,
    examples,
    identity,
    private_redis,
    put,
    stored,
)

WEIGHT = "HKQuantityTypeIdentifierBodyMass"
AWKWARD = ["Ann’s Apple\u00a0Watch", "a:b", '"quoted\\"', "", " ", "\n", "😀", "null", "3", "[]"]
values = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False), st.sampled_from([0.0, 1.0, 72.0, 0.97])
)
sources = st.one_of(st.sampled_from(AWKWARD), st.text(max_size=20))
units = st.sampled_from(["count/min", "kg", "lb", "%", "", "mL/min·kg"])
near = st.integers(1_700_000_000, 1_700_000_030)
starts = st.one_of(near, st.integers(-(10**9), 5 * 10**9))
durations = st.one_of(st.just(0), st.integers(0, 100_000))


@st.composite
def readings(draw: st.DrawFn, type: str = HEART_RATE) -> Reading:
    start = draw(starts)
    value: float | str = draw(sources if type == SLEEP else values)
    return Reading(type, draw(sources), draw(units), value, start, start + draw(durations))


def reading(start: int, value: float = 72, **changes: Any) -> Reading:
    """A heart rate that lasts five seconds."""
    made = Reading(HEART_RATE, "Watch", "count/min", value, start, start + 5)
    return made._replace(**changes)


@pytest.fixture
def store(client: Redis, namespace: str) -> Store:
    return a_store(client, namespace)


# --- identity ------------------------------------------------------------------------------------


@examples(60)
@given(found=st.lists(readings(), min_size=1, max_size=25))
def test_any_readings_come_back_exactly(
    client: Redis, namespace: str, found: list[Reading]
) -> None:
    store = a_store(client, namespace, zone=None)
    expected = {identity(reading) for reading in found}
    assert put(store, found) == {HEART_RATE: len(expected)}
    for reader in (store, again(store)):
        back = stored(reader, HEART_RATE)
        assert set(back) == expected
        assert len(back) == len(expected) == reader.count(HEART_RATE)
        assert [entry[4] for entry in back] == sorted(entry[4] for entry in expected)


@examples(40)
@given(found=st.lists(readings(SLEEP), min_size=1, max_size=15))
def test_any_labels_come_back_exactly(client: Redis, namespace: str, found: list[Reading]) -> None:
    store = a_store(client, namespace, zone=None)
    put(store, found)
    assert set(stored(again(store), SLEEP)) == {identity(reading) for reading in found}


@examples(30)
@given(
    one=st.lists(readings(), min_size=1, max_size=15),
    other=st.lists(readings(), max_size=15),
)
def test_writing_again_adds_only_what_is_new(
    client: Redis, namespace: str, one: list[Reading], other: list[Reading]
) -> None:
    store = a_store(client, namespace, zone=None)
    put(store, one)
    before = {identity(reading) for reading in one}
    assert put(again(store), one) == {HEART_RATE: 0}
    after = before | {identity(reading) for reading in other}
    assert put(store, [*other, *one]) == {HEART_RATE: len(after) - len(before)}
    assert set(stored(store, HEART_RATE)) == after


@pytest.mark.parametrize(
    "changes",
    [
        {"value": 73.0},
        {"value": 72.00000000000001},
        {"source": "watch"},
        {"source": "Watch\u00a0"},
        {"unit": "count/s"},
        {"end": 1_700_000_006},
        {"start": 1_700_000_001},
        {"type": STEPS},
    ],
)
def test_readings_that_differ_in_anything_both_survive(
    store: Store, changes: dict[str, Any]
) -> None:
    one = reading(1_700_000_000)
    other = one._replace(**changes)
    assert sum(put(store, [one, other]).values()) == 2
    found = {*stored(store, HEART_RATE), *stored(store, STEPS)}
    assert found == {identity(one), identity(other)}


@pytest.mark.parametrize("changes", [{"device": "watch"}, {"metadata": {"HKWasUserEntered": "1"}}])
def test_what_is_no_identity_makes_no_second_reading(store: Store, changes: dict[str, Any]) -> None:
    one = reading(1_700_000_000)
    assert put(store, [one, one._replace(**changes)]) == {HEART_RATE: 1}


def test_equal_values_at_different_times_all_survive(store: Store) -> None:
    found = [reading(1_700_000_000 + n, 72.0) for n in range(500)]
    assert put(store, found) == {HEART_RATE: 500}
    assert store.count(HEART_RATE) == 500


def test_twins_in_one_batch_are_stored_once(store: Store) -> None:
    twin = reading(1_700_000_000)
    batch = [twin, reading(1_700_000_001), twin, twin._replace(type=STEPS), twin]
    assert put(store, batch) == {HEART_RATE: 2, STEPS: 1}


def test_twins_far_apart_in_a_large_batch(store: Store) -> None:
    found = [reading(1_700_000_000 + n) for n in range(2 * WRITE_SLICE + 1)]
    assert put(store, [*found, *found]) == {HEART_RATE: len(found)}
    assert put(store, found) == {HEART_RATE: 0}
    assert stored(store, HEART_RATE) == [identity(entry) for entry in found]


def test_a_batch_knows_its_size() -> None:
    batch = Batch()
    for start in (5, 6, 5):
        batch.put(HEART_RATE, start, 72.0, 0, start)
    batch.put(STEPS, 5, 10.0, 0, 9)
    assert batch.size == 4
    assert {type: len(members) for type, members in batch.members.items()} == {
        HEART_RATE: 3,
        STEPS: 1,
    }


def test_an_empty_batch_writes_nothing(store: Store) -> None:
    before = dump(store.client, store.keys.namespace, store.user)
    assert store.add(Batch()) == {}
    assert dump(store.client, store.keys.namespace, store.user) == before


def test_days_are_marked_with_the_readings(store: Store) -> None:
    put(store, [reading(-1), reading(0), reading(DAY - 1), reading(19_000 * DAY)])
    marks = {int(day) for day in store.client.smembers(store.keys.stale(HEART_RATE))}
    assert marks == {-1, 0, 19_000}


def test_a_full_redis_refuses_a_batch_as_a_whole(settings: Settings, tmp_path: Path) -> None:
    with private_redis(settings, tmp_path / "full") as client:
        store = a_store(client, "full")
        put(store, [reading(n) for n in range(10)])
        before = dump(client, "full", store.user)
        batch, tag = Batch(), store.tag(HEART_RATE, Tag("Watch", "count/min"))
        for n in range(2 * WRITE_SLICE + 5):
            batch.put(HEART_RATE, n, 72.0, tag, n + 5)
        client.config_set("maxmemory", 1)
        with pytest.raises(StoreError, match="memory") as caught:
            store.add(batch)
        assert "maxmemory" in caught.value.hint
        assert dump(client, "full", store.user) == before
        client.config_set("maxmemory", 0)
        assert store.add(batch) == {HEART_RATE: 2 * WRITE_SLICE - 5}


def test_a_batch_that_fits_only_in_part_is_not_written_in_part(
    settings: Settings, tmp_path: Path
) -> None:
    with private_redis(settings, tmp_path / "full") as client:
        store = a_store(client, "full")
        batch, tag = Batch(), store.tag(HEART_RATE, Tag("Watch", "count/min"))
        for n in range(40 * WRITE_SLICE):
            batch.put(HEART_RATE, n, 72.0, tag, n + 5)
        client.config_set("maxmemory", int(client.info("memory")["used_memory"]) + 600_000)
        with pytest.raises(StoreError, match="memory"):
            store.add(batch)
        assert store.count(HEART_RATE) == 0
        assert not client.exists(store.keys.stale(HEART_RATE))


def test_a_full_redis_refuses_a_new_source_with_the_same_error(
    settings: Settings, tmp_path: Path
) -> None:
    with private_redis(settings, tmp_path / "full") as client:
        store = a_store(client, "full")
        client.config_set("maxmemory", 1)
        with pytest.raises(StoreError, match="memory"):
            store.tag(HEART_RATE, Tag("Watch", "count/min"))


# --- ranges --------------------------------------------------------------------------------------


@examples(60)
@given(
    found=st.lists(st.builds(reading, near, st.sampled_from([60.0, 72.0])), max_size=20),
    low=st.integers(1_699_999_995, 1_700_000_035),
    high=st.integers(1_699_999_995, 1_700_000_035),
)
def test_ranges_and_counts_are_those_of_a_list(
    client: Redis, namespace: str, found: list[Reading], low: int, high: int
) -> None:
    store = a_store(client, namespace, zone=None)
    put(store, found)
    distinct = {identity(entry) for entry in found}
    inside = {entry for entry in distinct if low <= entry[4] < high}
    back = [identity(entry) for entry in store.range(HEART_RATE, low, high)]
    assert set(back) == inside
    assert len(back) == len(inside) == store.count(HEART_RATE, low, high)
    assert store.count(HEART_RATE) == len(distinct)
    times = sorted(entry[4] for entry in distinct)
    assert store.bounds(HEART_RATE) == ((times[0], times[-1]) if times else None)
    for n in (1, 3, 100):
        assert store.latest(HEART_RATE, n).starts.tolist() == times[-n:]


def test_the_start_is_inside_and_the_end_is_not(store: Store) -> None:
    put(store, [reading(n) for n in (99, 100, 101, 199, 200, 201)])
    assert store.range(HEART_RATE, 100, 200).starts.tolist() == [100, 101, 199]
    assert store.count(HEART_RATE, 100, 200) == 3
    assert store.range(HEART_RATE, 100, 100).starts.tolist() == []
    assert store.range(HEART_RATE, 200, 100).starts.tolist() == []
    assert store.range(HEART_RATE, 99.5, 100.5).starts.tolist() == [100]
    assert store.range(HEART_RATE, float("-inf"), 100).starts.tolist() == [99]
    assert store.range(HEART_RATE, 201, float("inf")).starts.tolist() == [201]


def test_a_reading_counts_where_it_starts(store: Store) -> None:
    put(store, [reading(50, end=150), reading(150, end=250)])
    assert store.range(HEART_RATE, 100, 200).starts.tolist() == [150]


def test_latest_with_ties(store: Store) -> None:
    put(store, [reading(5, 60), reading(9, 100), reading(9, 99), reading(9, 101)])
    assert set(store.latest(HEART_RATE, 3).values.tolist()) == {99, 100, 101}
    assert store.latest(HEART_RATE).starts.tolist() == [9]
    assert store.latest(HEART_RATE, 4).starts.tolist() == [5, 9, 9, 9]


def test_the_latest_none_is_none(store: Store) -> None:
    put(store, [reading(5), reading(9)])
    assert len(store.latest(HEART_RATE, 0)) == 0


def test_nothing_stored(store: Store) -> None:
    assert store.bounds(HEART_RATE) is None
    assert store.count(HEART_RATE) == 0
    assert len(store.latest(HEART_RATE)) == 0
    assert len(store.range(HEART_RATE, 0, 10)) == 0
    assert store.types() == []
    assert store.metrics() == []
    assert store.all_tags(HEART_RATE) == {}
    assert store.kinds() == {}


# --- tags ----------------------------------------------------------------------------------------


def test_stores_that_write_in_turn_read_each_other(store: Store) -> None:
    other = again(store)
    put(store, [reading(1, source="A")])
    put(other, [reading(2, source="B")])
    put(store, [reading(3, source="C")])  # now this one knows a tag beyond the other's
    for reader in (store, other, again(store)):
        assert [entry.source for entry in reader.range(HEART_RATE, 0, 10)] == ["A", "B", "C"]
        assert {tag.source for tag in reader.all_tags(HEART_RATE).values()} == {"A", "B", "C"}


def test_tags_made_at_the_same_time_get_a_number_each(client: Redis, namespace: str) -> None:
    stores = [a_store(client, namespace, zone=None)]
    stores += [again(stores[0]) for _ in range(3)]
    wanted = [Tag(f"source {n}", "kg") for n in range(40)]
    found: list[dict[Tag, int]] = [{} for _ in stores]

    def make(n: int) -> None:
        for tag in wanted[n * 10 :] + wanted[: n * 10]:
            found[n][tag] = stores[n].tag(WEIGHT, tag)

    threads = [threading.Thread(target=make, args=(n,)) for n in range(len(stores))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found[0] == found[1] == found[2] == found[3]
    assert sorted(found[0].values()) == list(range(40))


def test_each_type_has_its_own_tags(store: Store) -> None:
    put(store, [reading(1, source="A"), reading(2, type=WEIGHT, source="Scale", unit="kg")])
    put(store, [reading(3, type=WEIGHT, source="Scale", unit="lb")])
    assert again(store).all_tags(WEIGHT) == {0: Tag("Scale", "kg"), 1: Tag("Scale", "lb")}


# --- what is there -------------------------------------------------------------------------------


def test_metrics_say_what_is_there(store: Store) -> None:
    put(store, [
        reading(30, type=WEIGHT, source="Scale", unit="lb", value=180),
        reading(10, type=WEIGHT, source="Zed", unit="kg", value=81),
        reading(50, type=WEIGHT, source="Scale", unit="kg", value=80),
        reading(20),
        reading(7, type=SLEEP, value="HKCategoryValueSleepAnalysisInBed", unit=""),
    ])  # fmt: skip
    found = {info.metric.name: info for info in again(store).metrics()}
    assert list(found) == ["BodyMass", "HeartRate", "SleepAnalysis"]
    weight = found["BodyMass"]
    assert (weight.readings, weight.first, weight.last, weight.unit) == (3, 10, 50, "kg")
    assert weight.sources == ("Scale", "Zed")
    assert found["HeartRate"].unit == "count/min"
    assert store.types() == sorted([WEIGHT, HEART_RATE, SLEEP])


def test_types_with_any_name(store: Store) -> None:
    awkward = ["HKQuantityTypeIdentifierA:B", "a}b:*", "ü", "..", " x"]
    put(store, [reading(n, type=type) for n, type in enumerate(awkward)])
    assert store.types() == sorted(awkward)
    for n, type in enumerate(awkward):
        assert store.range(type, 0, 10).starts.tolist() == [n]


def test_find(store: Store) -> None:
    put(store, [reading(1), reading(1, type="HKQuantityTypeIdentifierRunningPower")])
    assert store.find("pulse").type == HEART_RATE
    assert store.find("running power").type == "HKQuantityTypeIdentifierRunningPower"
    with pytest.raises(UnknownMetric):
        store.find("cycling power")


def test_whoever_has_no_data_is_unknown(store: Store) -> None:
    put(store, [reading(1)])
    stranger = Store(store.client, "stranger", namespace=store.keys.namespace)
    for ask in (lambda: stranger.find("steps"), stranger.zone):
        with pytest.raises(UnknownUser) as caught:
            ask()
        assert caught.value.user == "stranger"
        assert caught.value.known == [store.user]
    assert stranger.profile() == {}


def test_zone(store: Store) -> None:
    assert store.zone() == BERLIN
    rollups.set_zone(store, ZoneInfo("Asia/Kolkata"))
    assert again(store).zone() == ZoneInfo("Asia/Kolkata")


# --- deleting ------------------------------------------------------------------------------------

HOSTILE = ["ann", "a}b:*", "ü", "..", "two words", "*", "[a]", "ann}:readings:HeartRate", "\n"]


def test_users_never_see_each_other_and_go_alone(client: Redis, namespace: str) -> None:
    stores = {name: Store(client, name, namespace=namespace) for name in HOSTILE}
    for n, (name, store) in enumerate(stores.items()):
        rollups.set_zone(store, BERLIN)
        put(store, [reading(n, source=name)])
    assert keys.users(client, namespace) == sorted(HOSTILE)
    for n, (name, store) in enumerate(stores.items()):
        (only,) = store.range(HEART_RATE, 0, 1000)
        assert (only.start, only.source) == (n, name)
        left = set(keys.scan(client, namespace)) - set(keys.scan(client, namespace, name))
        mine = len(set(keys.scan(client, namespace, name)))
        assert store.delete() == mine > 3
        assert set(keys.scan(client, namespace)) == left
        assert (store.types(), store.profile()) == ([], {})


def test_a_store_can_be_used_again_after_delete(store: Store) -> None:
    put(store, [reading(1, source="A"), reading(2, source="B")])
    store.delete()
    put(store, [reading(3, source="B")])
    assert [entry.source for entry in again(store).range(HEART_RATE, 0, 10)] == ["B"]


def test_nobody_deletes_everybody(client: Redis, namespace: str) -> None:
    store = a_store(client, namespace)
    put(store, [reading(1)])
    with pytest.raises(ValueError, match="empty"):
        Store(client, "", namespace=namespace).delete()
    assert store.count(HEART_RATE) == 1


def test_keys_are_as_the_table_says(client: Redis, store: Store) -> None:
    put(store, [reading(1), reading(1, type=STEPS), reading(7, type=SLEEP, value="InBed")])
    assert keys.audit(client, store.keys.namespace) == []
