"""Statistics against plain loops, from rollups and from raw readings alike."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis import Redis

from wellness.errors import UnitError
from wellness.health import periods
from wellness.health.catalogue import Aggregation, describe
from wellness.health.items import Reading
from wellness.health.periods import Period
from wellness.health.rollups import refresh_all
from wellness.health.statistics import Statistic, Summary, summarise
from wellness.health.store import Store

from .exports import HEART_RATE, HRV, STEPS
from .stores import BERLIN, GAP_S, a_store, again, at, examples, period, put

WEIGHT = "HKQuantityTypeIdentifierBodyMass"
DISTANCE = "HKQuantityTypeIdentifierDistanceWalkingRunning"
NOISE = "HKQuantityTypeIdentifierEnvironmentalAudioExposure"
OXYGEN = "HKQuantityTypeIdentifierOxygenSaturation"
TEMPERATURE = "HKQuantityTypeIdentifierBodyTemperature"
MINDFUL = "HKCategoryTypeIdentifierMindfulSession"
UNIT = {
    STEPS: "count", HEART_RATE: "count/min", HRV: "ms", WEIGHT: "kg", NOISE: "dBASPL",
}  # fmt: skip
RANKED = ["Ann’s Watch", "Ann’s iPhone", "Stride Diary"]
FIRST = date(2025, 3, 29)  # Saturday; the clocks change on Sunday, and the month on Tuesday


@pytest.fixture
def store(client: Redis, namespace: str) -> Store:
    return a_store(client, namespace)


def summary(store: Store, type: str, span: Period, **how: object) -> Summary:
    """The summary, after making sure that raw readings give the same one."""
    found = summarise(again(store), describe(type), span, gap_s=GAP_S, with_sources=True, **how)  # type: ignore[arg-type]
    raw = summarise(
        again(store), describe(type), span, gap_s=GAP_S, from_raw=True, with_sources=True, **how
    )  # type: ignore[arg-type]
    assert_same(found, raw)
    return found


def assert_same(one: Summary, other: Summary) -> None:
    pairs = [(one.overall, other.overall), *zip(one.buckets, other.buckets, strict=True)]
    for left, right in pairs:
        for name in Statistic.__dataclass_fields__:
            mine, theirs = getattr(left, name), getattr(right, name)
            if isinstance(mine, float):
                assert mine == pytest.approx(theirs, rel=1e-9, abs=1e-9), name
            else:
                assert mine == theirs, name
    assert one.by_source == pytest.approx(other.by_source)
    assert replace(one, overall=other.overall, buckets=[], by_source={}) == replace(
        other, buckets=[], by_source={}
    )


def reading(type: str, start: int, value: float, **changes: object) -> Reading:
    made = Reading(type, RANKED[0], UNIT.get(type, ""), value, start, start)
    return made._replace(**changes)  # type: ignore[arg-type]


# --- against plain loops -------------------------------------------------------------------------


def plain_value(
    how: Aggregation, inside: Sequence[Reading], everything: Sequence[Reading]
) -> float | None:
    """What the definitions say, by the longest way round."""
    if not inside:
        return None
    values = [float(one.value) for one in inside]
    if how is Aggregation.MEAN:
        return statistics.fmean(values)
    if how is Aggregation.LAST:
        return values[-1]
    if how is Aggregation.ENERGY:
        seconds = [max(one.end - one.start, 1) for one in inside]
        energy = sum(s * 10 ** (v / 10) for s, v in zip(seconds, values, strict=True))
        return 10 * math.log10(energy / sum(seconds))
    if how is Aggregation.TIME_WEIGHTED:
        starts = [one.start for one in everything] + [10**12]
        gaps = [min(starts[starts.index(one.start) + 1] - one.start, GAP_S) for one in inside]
        return sum(g * v for g, v in zip(gaps, values, strict=True)) / sum(gaps)
    return sum(share(one, everything) * float(one.value) for one in inside)


def share(one: Reading, everything: Sequence[Reading]) -> float:
    """The part of a reading that no source of a higher rank covers, second by second."""
    rank = RANKED.index(one.source)
    covered = {
        second
        for other in everything
        if RANKED.index(other.source) < rank
        for second in range(max(one.start, other.start), min(one.end + 1, other.end))
    }
    if one.start == one.end:
        return float(one.start not in covered)
    return sum(s not in covered for s in range(one.start, one.end)) / (one.end - one.start)


def assert_is(
    found: Statistic, type: str, inside: Sequence[Reading], everything: Sequence[Reading]
) -> None:
    values = [float(one.value) for one in inside]
    days = {datetime.fromtimestamp(one.start, BERLIN).date() for one in inside}
    expected = {
        "readings": len(inside),
        "days": len(days),
        "value": plain_value(describe(type).aggregation, inside, everything),
        "mean": statistics.fmean(values) if values else None,
        "minimum": min(values, default=None),
        "maximum": max(values, default=None),
        "latest": values[-1] if values else None,
        "naive_total": math.fsum(values) if values and type == STEPS else None,
    }
    for name, value in expected.items():
        approx = value if value is None else pytest.approx(value, rel=1e-9, abs=1e-9)
        assert getattr(found, name) == approx, name


def start_of(day: date, by: str) -> date:
    if by == "day":
        return day
    return (
        day.replace(day=1)
        if by == "month"
        else date.fromordinal((day.toordinal() - 1) // 7 * 7 + 1)
    )


midnight_s = at(BERLIN, 2025, 3, 29)
moments = st.one_of(
    st.integers(0, 5 * 86_400 - 3_600),  # five days, of which one has 23 hours
    st.builds(
        lambda day, s: max(0, day * 86_400 - 3_600 + s), st.integers(0, 4), st.integers(0, 120)
    ),
)
somewhere = st.builds(lambda s: midnight_s + s, moments)
edges = st.one_of(
    st.integers(0, 6).map(
        lambda n: datetime.combine(FIRST + timedelta(days=n), datetime.min.time())
    ),
    somewhere.map(lambda s: datetime.fromtimestamp(s, BERLIN)),
)


@examples(100)
@given(
    type=st.sampled_from(sorted(UNIT)),
    starts=st.lists(somewhere, unique=True, max_size=14),
    data=st.data(),
    by=st.sampled_from(["day", "week", "month"]),
    ends=st.tuples(edges, edges),
)
def test_every_aggregation_is_that_of_plain_loops(
    client: Redis,
    namespace: str,
    type: str,
    starts: list[int],
    data: st.DataObject,
    by: str,
    ends: tuple[datetime, datetime],
) -> None:
    everything = [
        reading(
            type, start, data.draw(st.integers(1, 100)) / 2,
            source=data.draw(st.sampled_from(RANKED)), end=start + data.draw(st.integers(0, 90)),
        )
        for start in sorted(starts)
    ]  # fmt: skip
    store = a_store(client, namespace)
    put(store, everything)
    span = period(BERLIN, *sorted(ends, key=lambda end: end.replace(tzinfo=BERLIN).timestamp()))
    inside = [one for one in everything if span.start_s <= one.start < span.end_s]
    found = summary(store, type, span, by=by)
    assert_is(found.overall, type, inside, everything)
    groups: dict[date, list[Reading]] = {}
    for one in inside:
        local = datetime.fromtimestamp(one.start, BERLIN).date()
        groups.setdefault(max(start_of(local, by), span.start.date()), []).append(one)
    assert [bucket.start for bucket in found.buckets] == sorted(groups)
    for bucket in found.buckets:
        assert_is(bucket, type, groups[bucket.start], everything)
    summed = sum if type == STEPS else statistics.fmean
    assert found.by_source == pytest.approx({
        source: summed([float(one.value) for one in inside if one.source == source])
        for source in {one.source for one in inside}
    })  # fmt: skip


# --- one by one ----------------------------------------------------------------------------------


def test_steps_of_watch_and_phone_are_merged_and_both_are_shown(store: Store) -> None:
    start = at(BERLIN, 2025, 5, 5, 8)
    put(store, [
        reading(STEPS, start, 600, end=start + 600),
        reading(STEPS, start + 300, 500, end=start + 900, source=RANKED[1]),
        reading(STEPS, start + 86_400, 40, end=start + 86_460, source=RANKED[2]),
    ])  # fmt: skip
    found = summary(store, STEPS, period(BERLIN, date(2025, 5, 5), date(2025, 5, 8)))
    assert (found.overall.value, found.overall.naive_total) == (600 + 250 + 40, 1140)
    assert [bucket.value for bucket in found.buckets] == [850, 40]
    assert found.by_source == {RANKED[0]: 600, RANKED[1]: 500, RANKED[2]: 40}
    assert any("merged" in note for note in found.notes)
    alone = summary(store, STEPS, period(BERLIN, date(2025, 5, 6), date(2025, 5, 7)))
    assert not alone.notes


def test_heart_rate_is_weighted_by_time_up_to_the_cap(store: Store) -> None:
    start = at(BERLIN, 2025, 5, 5, 8)
    put(store, [
        reading(HEART_RATE, start + after, value)
        for after, value in [(0, 60), (300, 120), (310, 130), (320, 60), (7200, 50)]
    ])  # fmt: skip
    found = summary(store, HEART_RATE, period(BERLIN, date(2025, 5, 5), date(2025, 5, 6)))
    weighted = (60 * 300 + 120 * 10 + 130 * 10 + 60 * 600 + 50 * 600) / (300 + 10 + 10 + 600 + 600)
    assert found.overall.value == pytest.approx(weighted)
    assert found.overall.mean == pytest.approx(84)
    assert any("600 s" in note for note in found.notes)


def test_two_heart_rates_in_one_second_never_weigh_nothing_together(store: Store) -> None:
    start = at(BERLIN, 2025, 5, 5, 8)
    put(store, [reading(HEART_RATE, start, value) for value in (99, 101)])
    found = summary(store, HEART_RATE, period(BERLIN, date(2025, 5, 5), date(2025, 5, 6)))
    assert found.overall.readings == 2
    assert 99 <= (found.overall.value or 0) <= 101


def test_decibels_are_averaged_by_energy(store: Store) -> None:
    start = at(BERLIN, 2025, 5, 5, 8)
    put(store, [
        reading(NOISE, start, 60, end=start + 1800),
        reading(NOISE, start + 1800, 90, end=start + 3600),
    ])  # fmt: skip
    found = summary(store, NOISE, period(BERLIN, date(2025, 5, 5), date(2025, 5, 6)))
    assert found.overall.value == pytest.approx(10 * math.log10((10**6 + 10**9) / 2))
    assert found.overall.mean == 75


def test_weight_is_the_last_of_each_bucket(store: Store) -> None:
    put(store, [
        reading(WEIGHT, at(BERLIN, 2025, month, day, hour), value)
        for month, day, hour, value in [
            (4, 1, 7, 80.0), (4, 1, 21, 81.0), (4, 30, 7, 79.0), (5, 2, 7, 78.5),
        ]
    ])  # fmt: skip
    span = period(BERLIN, date(2025, 4, 1), date(2025, 6, 1))
    by_day, by_month = (summary(store, WEIGHT, span, by=by) for by in ("day", "month"))
    assert [bucket.value for bucket in by_day.buckets] == [81.0, 79.0, 78.5]
    assert [bucket.value for bucket in by_month.buckets] == [79.0, 78.5]
    assert by_day.overall.value == by_month.overall.value == 78.5
    assert (by_day.overall.minimum, by_day.overall.maximum) == (78.5, 81.0)


@pytest.mark.parametrize("unit", ["", "s", "min"])
def test_events_are_counted_and_their_time_is_summed(store: Store, unit: str) -> None:
    start = at(BERLIN, 2025, 5, 5, 8)
    put(store, [
        Reading(MINDFUL, "App", "", "HKCategoryValueNotApplicable", start, start + 600),
        Reading(MINDFUL, "App", "", "HKCategoryValueNotApplicable", start + 7200, start + 7500),
    ])  # fmt: skip
    found = summary(store, MINDFUL, period(BERLIN, date(2025, 5, 1), date(2025, 6, 1)), unit=unit)
    factor = 60 if unit == "min" else 1
    assert found.unit == (unit or "s")
    assert (found.overall.readings, found.overall.value) == (2, 900 / factor)
    assert (found.overall.mean, found.overall.minimum) == (450 / factor, 300 / factor)
    assert found.by_source == {"App": 900 / factor}


def test_weeks_begin_on_monday_and_cross_the_year(store: Store) -> None:
    days = [date(2024, 12, 29), date(2024, 12, 30), date(2025, 1, 5), date(2025, 1, 6)]
    put(store, [reading(STEPS, at(BERLIN, d.year, d.month, d.day, 12), 10 + n)
                for n, d in enumerate(days)])  # fmt: skip
    span = period(BERLIN, date(2024, 12, 29), date(2025, 1, 7))
    found = summary(store, STEPS, span, by="week")
    assert [(bucket.start, bucket.end, bucket.value) for bucket in found.buckets] == [
        (date(2024, 12, 29), date(2024, 12, 30), 10),  # a bucket ends where the period does
        (date(2024, 12, 30), date(2025, 1, 6), 11 + 12),
        (date(2025, 1, 6), date(2025, 1, 7), 13),
    ]
    months = summary(store, STEPS, span, by="month")
    assert [(bucket.start, bucket.end, bucket.value) for bucket in months.buckets] == [
        (date(2024, 12, 29), date(2025, 1, 1), 21),
        (date(2025, 1, 1), date(2025, 1, 7), 25),
    ]
    assert (found.overall.start, found.overall.end) == (span.start.date(), span.end.date())


# --- units ---------------------------------------------------------------------------------------


def test_a_type_in_two_units_is_answered_in_the_latest_or_the_one_asked_for(store: Store) -> None:
    day = at(BERLIN, 2025, 5, 5, 8)
    put(store, [
        reading(WEIGHT, day, 180, unit="lb"), reading(WEIGHT, day + 60, 82, unit="kg"),
        reading(WEIGHT, day + 120, 178, unit="lb"),
    ])  # fmt: skip
    span = period(BERLIN, date(2025, 5, 5), date(2025, 5, 6))
    own = summary(store, WEIGHT, span)
    assert (own.unit, own.overall.value) == ("lb", pytest.approx(178))
    kg = summary(store, WEIGHT, span, unit="kg")
    assert kg.overall.value == pytest.approx(178 * 0.45359237)
    assert kg.overall.mean == pytest.approx((180 * 0.45359237 + 82 + 178 * 0.45359237) / 3)
    assert kg.overall.maximum == pytest.approx(82)
    assert kg.notes == []


def test_distances_in_miles_and_kilometres_are_added(store: Store) -> None:
    day = at(BERLIN, 2025, 5, 5, 8)
    put(store, [
        reading(DISTANCE, day, 1, unit="mi", end=day + 600),
        reading(DISTANCE, day + 600, 2, unit="km", end=day + 1200),
    ])  # fmt: skip
    span = period(BERLIN, date(2025, 5, 5), date(2025, 5, 6))
    assert summary(store, DISTANCE, span).overall.value == pytest.approx(3.609344)
    assert summary(store, DISTANCE, span).unit == "km"
    assert summary(store, DISTANCE, span, unit="ft").overall.value == pytest.approx(
        3609.344 / 0.3048
    )


def test_temperatures_are_converted_with_their_offset(store: Store) -> None:
    day = at(BERLIN, 2025, 5, 5, 8)
    put(store, [
        reading(TEMPERATURE, day, 37.5, unit="degC"),
        reading(TEMPERATURE, day + 60, 98.6, unit="degF"),
    ])  # fmt: skip
    span = period(BERLIN, date(2025, 5, 5), date(2025, 5, 6))
    fahrenheit = summary(store, TEMPERATURE, span)
    assert (fahrenheit.unit, fahrenheit.overall.value) == ("degF", pytest.approx(99.05))
    assert fahrenheit.overall.maximum == pytest.approx(99.5)
    assert fahrenheit.by_source[RANKED[0]] == pytest.approx(99.05)
    celsius = summary(store, TEMPERATURE, span, unit="degC").overall
    assert celsius.value == pytest.approx(37.25)
    assert (celsius.minimum, celsius.latest) == (pytest.approx(37), pytest.approx(37))


def test_fractions_are_answered_in_percent(store: Store) -> None:
    day = at(BERLIN, 2025, 5, 5, 8)
    put(store, [reading(OXYGEN, day + n, v, unit="%") for n, v in enumerate((0.95, 0.98))])
    span = period(BERLIN, date(2025, 5, 5), date(2025, 5, 6))
    found = summary(store, OXYGEN, span)
    assert (found.unit, found.overall.value) == ("percent", pytest.approx(96.5))
    assert found.overall.minimum == pytest.approx(95)
    assert summary(store, OXYGEN, span, unit="%").overall.value == pytest.approx(0.965)


@pytest.mark.parametrize("position", [0, 1, 2])
def test_a_unit_of_another_kind_is_left_out_and_noted(store: Store, position: int) -> None:
    day = at(BERLIN, 2025, 5, 5, 8)
    units = ["kg", "lb"]
    units.insert(position, "count")
    put(store, [
        reading(WEIGHT, day + n, 80, unit=unit, source=f"by {unit}")
        for n, unit in enumerate(units)
    ])  # fmt: skip
    span = period(BERLIN, date(2025, 5, 5), date(2025, 5, 6))
    found = summary(store, WEIGHT, span)
    assert found.unit in ("kg", "lb")
    assert found.overall.readings == 2
    assert set(found.by_source) == {"by kg", "by lb"}
    assert [note for note in found.notes if note.startswith("1 ")]
    kg = summary(store, WEIGHT, span, unit="kg").overall
    assert kg.minimum == pytest.approx(80 * 0.45359237)


def test_only_units_of_another_kind(store: Store) -> None:
    day = at(BERLIN, 2025, 5, 5, 8)
    put(store, [reading(WEIGHT, day, 80, unit="count")])
    found = summary(store, WEIGHT, period(BERLIN, date(2025, 5, 5), date(2025, 5, 6)), unit="kg")
    assert (found.overall.readings, found.overall.value, found.by_source) == (0, None, {})
    assert found.notes


def test_a_unit_that_was_asked_for_and_cannot_be_is_an_error(store: Store) -> None:
    put(store, [reading(STEPS, at(BERLIN, 2025, 5, 5, 8), 10)])
    span = period(BERLIN, date(2025, 5, 5), date(2025, 5, 6))
    for from_raw in (False, True):
        with pytest.raises(UnitError) as caught:
            summarise(store, describe(STEPS), span, gap_s=GAP_S, unit="kg", from_raw=from_raw)
        assert (caught.value.unit, caught.value.wanted) == ("count", "kg")


# --- periods -------------------------------------------------------------------------------------


@pytest.mark.parametrize("type", [*sorted(UNIT), OXYGEN, MINDFUL])
@pytest.mark.parametrize(
    "days", [(date(2020, 1, 1), date(2020, 2, 1)), (date(2030, 1, 1), date(2030, 1, 2)),
             (date(2025, 5, 5), date(2025, 5, 6))],
)  # fmt: skip
def test_a_period_without_readings(store: Store, type: str, days: tuple[date, date]) -> None:
    value = "HKCategoryValueNotApplicable" if type == MINDFUL else 5.0
    put(store, [
        Reading(type, "X", UNIT.get(type, "%" if type == OXYGEN else ""), value, start, start + 60)
        for start in (at(BERLIN, 2025, 5, 4, 8), at(BERLIN, 2025, 5, 6, 8))
    ])  # fmt: skip
    found = summary(store, type, period(BERLIN, *days), by="week")
    assert (found.overall.readings, found.overall.days) == (0, 0)
    for name in ("value", "mean", "minimum", "maximum", "latest", "naive_total"):
        assert getattr(found.overall, name) is None
    assert (found.buckets, found.by_source) == ([], {})


def test_the_last_24_hours_are_not_whole_days(store: Store) -> None:
    now = datetime(2025, 3, 30, 14, 30, tzinfo=BERLIN)  # an hour was skipped this morning
    span = periods.parse("last 24 hours", now=now, zone=BERLIN)
    low, high = span.start_s, span.end_s
    assert high - low == 86_400
    put(store, [
        reading(STEPS, start, 2.0**n, end=start + 60)
        for n, start in enumerate([low - 1, low, low + 30_000, high - 1, high])
    ])  # fmt: skip
    found = summary(store, STEPS, span)
    assert (found.overall.readings, found.overall.value) == (3, 2 + 4 + 8)
    assert [bucket.start for bucket in found.buckets] == [date(2025, 3, 29), date(2025, 3, 30)]
    assert found.by_source == {RANKED[0]: 14}


def test_edges_of_whole_days_are_half_open(store: Store) -> None:
    low, high = at(BERLIN, 2025, 3, 30), at(BERLIN, 2025, 3, 31)
    assert high - low == 23 * 3600
    put(store, [
        reading(STEPS, start, 2.0**n) for n, start in enumerate([low - 1, low, high - 1, high])
    ])  # fmt: skip
    found = summary(store, STEPS, period(BERLIN, date(2025, 3, 30), date(2025, 3, 31)))
    assert (found.overall.readings, found.overall.value) == (2, 6)


@pytest.mark.parametrize(("hours", "expected"), [((5, 12), 2), ((12, 18), 4), ((0, 24), 7)])
def test_a_part_of_a_day(store: Store, hours: tuple[int, int], expected: float) -> None:
    put(store, [
        reading(STEPS, at(BERLIN, 2025, 5, 5, hour), 2.0**n) for n, hour in enumerate([1, 5, 12])
    ])  # fmt: skip
    midnight = datetime(2025, 5, 5)
    span = period(BERLIN, *(midnight + timedelta(hours=hour) for hour in hours))
    assert summary(store, STEPS, span).overall.value == expected


def test_a_reading_before_the_period_still_covers_what_is_in_it(store: Store) -> None:
    noon = at(BERLIN, 2025, 5, 5, 12)
    put(store, [
        reading(STEPS, noon - 600, 900, end=noon + 300),
        reading(STEPS, noon, 100, end=noon + 600, source=RANKED[1]),
    ])  # fmt: skip
    span = period(BERLIN, datetime(2025, 5, 5, 12), datetime(2025, 5, 5, 18))
    assert summary(store, STEPS, span).overall.value == 50


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Pacific/Apia"])
def test_all_time_is_everything(client: Redis, namespace: str, zone: str) -> None:
    home = ZoneInfo(zone)
    store = a_store(client, namespace, home)
    first, last = at(home, 2009, 1, 1), at(home, 2025, 5, 5, 23, 59, 59)
    put(store, [reading(STEPS, start, 1) for start in (*range(first, last, 20_000_017), last)])
    count = store.count(STEPS)
    now = datetime(2025, 5, 5, 23, 59, 59, tzinfo=home)
    found = summary(store, STEPS, periods.parse("all time", now=now, zone=home), by="month")
    assert found.overall.readings == found.overall.value == count
    assert sum(bucket.readings for bucket in found.buckets) == count


def test_days_around_a_day_that_never_was(client: Redis, namespace: str) -> None:
    home = ZoneInfo("Pacific/Apia")
    store = a_store(client, namespace, home)
    put(store, [reading(STEPS, at(home, 2011, 12, day, 12), day) for day in (28, 29, 31)])
    found = summary(store, STEPS, period(home, date(2011, 12, 29), date(2012, 1, 1)))
    assert [(bucket.start.day, bucket.value) for bucket in found.buckets] == [(29, 29), (31, 31)]
    until = summary(store, STEPS, period(home, date(2011, 12, 28), date(2011, 12, 30)))
    assert until.overall.value == 28 + 29


# --- how the answer is found ---------------------------------------------------------------------


def test_whole_days_are_answered_without_raw_readings(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = at(BERLIN, 2025, 1, 1, 8)
    put(store, [reading(HEART_RATE, start + n * 43_200, 60 + n % 7) for n in range(200)])
    refresh_all(store, gap_s=GAP_S)
    span = period(BERLIN, date(2025, 1, 1), date(2025, 5, 1))
    expected = summary(store, HEART_RATE, span).overall
    asked: list[tuple[float, float]] = []
    read = Store.range

    def counted(self: Store, type: str, low: float, high: float) -> object:
        asked.append((low, high))
        return read(self, type, low, high)

    monkeypatch.setattr(Store, "range", counted)
    found = summarise(again(store), describe(HEART_RATE), span, gap_s=GAP_S)
    assert found.overall == expected
    assert asked == []


def test_another_cap_gives_another_answer(store: Store) -> None:
    start = at(BERLIN, 2025, 5, 5, 8)
    put(store, [reading(HEART_RATE, start, 60), reading(HEART_RATE, start + 500, 120)])
    span = period(BERLIN, date(2025, 5, 5), date(2025, 5, 6))
    answers = {}
    for gap_s in (600, 100):
        found = summarise(again(store), describe(HEART_RATE), span, gap_s=gap_s)
        answers[gap_s] = found.overall.value
        assert any(f"{gap_s} s" in note for note in found.notes)
    assert answers[600] == pytest.approx((60 * 500 + 120 * 600) / 1100)
    assert answers[100] == pytest.approx(90)
