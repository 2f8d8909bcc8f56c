"""Members carry readings exactly, and columns answer as the list of readings would."""

from __future__ import annotations

import math
import subprocess
import sys
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wellness.health.items import Reading
from wellness.health.readings import CACHED_TEXTS, Readings, encode
from wellness.health.tags import Tag

from .exports import HEART_RATE, SLEEP

values = st.floats(allow_nan=False, allow_infinity=False)
starts = st.integers(-(10**10), 10**11)
durations = st.one_of(st.just(0), st.integers(0, 10**8))
tags = st.one_of(st.just(0), st.integers(0, 10**6))
members = st.lists(st.tuples(starts, values, tags, durations), max_size=30)
Row = tuple[int, float, int, int]

TABLE = {
    0: Tag("Ann’s Apple\u00a0Watch", "count/min"),
    1: Tag("Scale", "kg"),
    2: Tag("Scale", "lb"),
    3: Tag("iPhone", "degC"),
}


def decoded(rows: list[Row], type: str = HEART_RATE, table: dict[int, Tag] = TABLE) -> Readings:
    """Rows (start, value, tag, duration) through text and back, in the order given."""
    texts = [
        encode(start, value, tag=tag, end=start + duration).encode()
        for start, value, tag, duration in rows
    ]
    return Readings(type, texts, table)


@given(members, st.booleans())
@example([(0, 5e-324, 0, 0), (0, 1.7976931348623157e308, 0, 0), (0, 0.1 + 0.2, 0, 0)], True)
@example(
    [(0, 1e22, 0, 0), (0, 1e-7, 0, 0), (0, 123456789.0, 0, 0), (0, 9007199254740993.0, 0, 0)], False
)
def test_every_number_comes_back_exactly(rows: list[Row], values_first: bool) -> None:
    found = decoded(rows)
    assert len(found) == len(rows)
    if values_first:  # they are had without the rest
        assert found.values.tolist() == [row[1] for row in rows]
    assert found.rows.shape == (len(rows), 4)
    assert found.starts.tolist() == [row[0] for row in rows]
    assert found.values.tolist() == [row[1] for row in rows]
    assert found.tags.tolist() == [row[2] for row in rows]
    assert found.ends.tolist() == [row[0] + row[3] for row in rows]


@given(st.tuples(starts, values, tags, durations), st.data())
def test_members_are_equal_only_for_the_same_reading(row: Row, data: st.DataObject) -> None:
    other = data.draw(st.one_of(st.just(row), st.tuples(starts, values, tags, durations)))
    start, value, tag, duration = row
    member = encode(start, value, tag, start + duration)
    assert (member == encode(other[0], other[1], other[2], other[0] + other[3])) == (row == other)


def test_a_member_is_short() -> None:
    assert encode(1710083730, 72.0, tag=0, end=1710083730) == "1710083730:72"
    assert encode(1710083730, 72.5, tag=3, end=1710083730) == "1710083730:72.5:3:0"
    assert encode(1710083730, 72.5, tag=0, end=1710083790) == "1710083730:72.5:0:60"


@pytest.mark.parametrize("order", ["-0.0, 0.0", "0.0, -0.0"])
def test_zero_is_one_value_whatever_was_written_before(order: str) -> None:
    # In a process of its own, for what a process has encoded before may matter.
    program = (
        "from wellness.health.readings import encode\n"
        f"print({{encode(1, value, 0, 1) for value in ({order})}})"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "{'1:0'}"


def test_more_values_than_are_remembered() -> None:
    numbers = [n / 7 for n in range(2 * CACHED_TEXTS + 5)]
    found = decoded([(n, value, 0, 0) for n, value in enumerate([*numbers, *numbers])])
    assert found.values.tolist() == [*numbers, *numbers]


@pytest.mark.parametrize("member", [b"", b"1:2:3", b"1:2:3:4:5", b"x", b'{"value": 72}', b"1::3:4"])
def test_what_is_no_reading_is_refused(member: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - numpy refuses some in its own words
        Readings(HEART_RATE, [b"1:2:3:4", member], TABLE).rows  # noqa: B018


def test_no_readings() -> None:
    found = Readings(HEART_RATE, [], TABLE)
    assert len(found) == 0
    assert list(found) == []
    assert found.used() == {}
    assert found.in_unit("kg").tolist() == []
    assert len(found.between(0, 10)) == 0
    assert found.starts.dtype == found.ends.dtype == np.int64
    assert list(found.to_frame(ZoneInfo("UTC")).columns) == [
        "start", "end", "value", "unit", "source",
    ]  # fmt: skip


@given(
    st.lists(st.tuples(st.integers(0, 40), values, st.integers(0, 3), st.integers(0, 9))),
    st.integers(-5, 45),
    st.integers(-5, 45),
)
def test_between_is_half_open(rows: list[Row], low: int, high: int) -> None:
    rows.sort()
    found = decoded(rows).between(low, high)
    assert found.rows.tolist() == [
        [start, value, tag, duration] for start, value, tag, duration in rows if low <= start < high
    ]


def test_select_and_used() -> None:
    found = decoded([(1, 70.0, 1, 0), (2, 154.0, 2, 0), (3, 71.0, 1, 0)])
    assert found.used() == {1: TABLE[1], 2: TABLE[2]}
    heavy = found.select(found.values > 70.5)
    assert heavy.values.tolist() == [154.0, 71.0]
    assert heavy.starts.tolist() == [2, 3]
    assert [heavy.tag_of(n).unit for n in (0, 1)] == ["lb", "kg"]
    assert heavy.type == found.type


def test_values_in_a_unit_and_nan_where_that_cannot_be() -> None:
    found = decoded([(1, 70.0, 1, 0), (2, 154.0, 2, 0), (3, 36.6, 3, 0)])
    converted = found.in_unit("kg").tolist()
    assert converted[:2] == pytest.approx([70.0, 154.0 * 0.45359237])
    assert math.isnan(converted[2])
    assert found.values.tolist() == [70.0, 154.0, 36.6]
    assert found.in_unit("degF").tolist()[2] == pytest.approx(97.88)


@given(members)
def test_iteration_gives_the_readings(rows: list[Row]) -> None:
    rows = [(start, value, tag % 4, duration) for start, value, tag, duration in rows]
    assert list(decoded(rows)) == [
        Reading(HEART_RATE, TABLE[tag].source, TABLE[tag].unit, value, start, start + duration)
        for start, value, tag, duration in rows
    ]


def test_categories_carry_their_label() -> None:
    table = {0: Tag("Watch", "", "Deep", "Asia/Tokyo"), 1: Tag("Watch", "", "REM")}
    found = decoded([(1, 0.0, 0, 60), (61, 0.0, 1, 30)], SLEEP, table)
    assert found.is_category
    assert [reading.value for reading in found] == ["Deep", "REM"]
    assert found.to_frame(ZoneInfo("UTC"))["value"].tolist() == ["Deep", "REM"]
    assert not decoded([(1, 0.0, 0, 60)]).is_category


def test_a_frame_has_local_times_and_the_same_instants() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    start = int(datetime(2024, 3, 31, 0, 59, 59, tzinfo=UTC).timestamp())
    frame = decoded([(start, 72.0, 0, 2), (start + 5, 154.0, 2, 0)]).to_frame(berlin)
    assert frame["start"][0] == datetime(2024, 3, 31, 1, 59, 59, tzinfo=berlin)
    assert frame["end"][0] == datetime(2024, 3, 31, 3, 0, 1, tzinfo=berlin)
    assert str(frame["start"].dt.tz) == "Europe/Berlin"
    assert frame["value"].tolist() == [72.0, 154.0]
    assert frame["unit"].tolist() == ["count/min", "lb"]
    assert frame["source"].tolist() == ["Ann’s Apple\u00a0Watch", "Scale"]
