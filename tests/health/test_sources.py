"""Merging sources against a sweep second by second."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellness.health import sources
from wellness.health.readings import Readings
from wellness.health.tags import Tag

from .exports import STEPS

KINDS = {"W": "watch", "P": "phone", "A": "other", "B": "other"}
ORDER = "WPAB"  # watch, phone, others by name
Row = tuple[int, int, str]  # start, end, source

rows_of = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 15), st.sampled_from(ORDER)).map(
        lambda drawn: (drawn[0], drawn[0] + drawn[1], drawn[2])
    ),
    max_size=14,
)


def readings(rows: Sequence[Row], values: Sequence[float] | None = None) -> Readings:
    """Readings of the rows, which are in the order of their start."""
    numbers = [
        (start, 1.0 if values is None else values[n], ORDER.index(source), end - start)
        for n, (start, end, source) in enumerate(rows)
    ]
    table = {n: Tag(source, "count") for n, source in enumerate(ORDER)}
    return Readings(STEPS, np.array(numbers, dtype=float).reshape(-1, 4), table)


def sweep(rows: Sequence[Row]) -> list[float]:
    """What each row counts, by looking at every second of it."""
    counted = []
    for start, end, source in rows:
        higher = ORDER[: ORDER.index(source)]
        covered = {second for low, high, s in rows if s in higher for second in range(low, high)}
        if start == end:
            counted.append(0.0 if start in covered else 1.0)
        else:
            free = sum(second not in covered for second in range(start, end))
            counted.append(free / (end - start))
    return counted


@given(rows_of)
def test_shares_are_those_of_the_sweep(rows: list[Row]) -> None:
    rows.sort(key=lambda row: row[0])
    found = sources.shares(readings(rows), KINDS)
    assert found.tolist() == pytest.approx(sweep(rows), abs=1e-9)


@given(rows_of, st.integers(0, 2 * 10**9))
def test_shares_do_not_depend_on_the_year(rows: list[Row], offset: int) -> None:
    rows.sort(key=lambda row: row[0])
    later = [(start + offset, end + offset, source) for start, end, source in rows]
    found = sources.shares(readings(later), KINDS)
    assert found.tolist() == pytest.approx(sweep(rows), abs=1e-9)


@given(rows_of, st.data())
def test_merged_is_at_most_the_plain_sum_and_at_least_the_best_source_whole(
    rows: list[Row], data: st.DataObject
) -> None:
    rows.sort(key=lambda row: row[0])
    values = [data.draw(st.floats(0, 1000)) for _ in rows]
    shares = sources.shares(readings(rows), KINDS)
    assert (shares >= -1e-12).all()
    assert (shares <= 1 + 1e-12).all()
    merged = float((shares * values).sum())
    by_source = {
        source: sum(value for value, row in zip(values, rows, strict=True) if row[2] == source)
        for source in ORDER
    }
    assert merged <= sum(values) + 1e-6
    first = next((source for source in ORDER if any(row[2] == source for row in rows)), "W")
    assert merged >= by_source[first] - 1e-6


@given(rows_of)
def test_at_a_steady_rate_merged_is_at_least_each_source(rows: list[Row]) -> None:
    rows.sort(key=lambda row: row[0])
    walked = {  # without overlaps inside a source, a source can walk no second twice
        source: len({s for low, high, by in rows if by == source for s in range(low, high)})
        for source in ORDER
    }
    lengths = [end - start for start, end, _ in rows]
    merged = float((sources.shares(readings(rows), KINDS) * lengths).sum())
    assert merged >= max(walked.values()) - 1e-9
    assert merged <= sum(lengths) + 1e-9


@given(rows_of, st.randoms(use_true_random=False))
def test_the_order_of_readings_that_start_together_does_not_matter(
    rows: list[Row], random: Random
) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)
    rows.sort(key=lambda row: row[0])
    shuffled.sort(key=lambda row: row[0])
    one = sorted(zip(rows, sources.shares(readings(rows), KINDS).tolist(), strict=True))
    other = sorted(zip(shuffled, sources.shares(readings(shuffled), KINDS).tolist(), strict=True))
    assert [row for row, _ in one] == [row for row, _ in other]
    assert [share for _, share in one] == pytest.approx([share for _, share in other])


@given(rows_of, st.permutations(range(len(ORDER))))
def test_the_numbers_of_tags_do_not_matter(rows: list[Row], numbers: list[int]) -> None:
    rows.sort(key=lambda row: row[0])
    plain = readings(rows)
    renumbered = plain.rows.copy()
    renumbered[:, 2] = [numbers[int(tag)] for tag in plain.rows[:, 2]]
    table = {numbers[n]: tag for n, tag in plain.table.items()}
    found = sources.shares(Readings(STEPS, renumbered, table), KINDS)
    assert found.tolist() == pytest.approx(sources.shares(plain, KINDS).tolist())


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], []),
        ([(0, 10, "P")], [1]),
        ([(0, 10, "W"), (0, 10, "P")], [1, 0]),
        ([(0, 10, "W"), (5, 15, "P")], [1, 0.5]),
        ([(0, 10, "P"), (5, 15, "W")], [0.5, 1]),
        ([(0, 10, "W"), (10, 20, "P")], [1, 1]),  # touching is not overlapping
        ([(0, 10, "P"), (10, 20, "W")], [1, 1]),
        ([(0, 40, "P"), (10, 20, "W"), (15, 30, "W")], [0.5, 1, 1]),  # the watch's own overlap
        ([(0, 40, "P"), (10, 20, "W"), (30, 40, "W")], [0.5, 1, 1]),
        ([(0, 12, "A"), (0, 4, "W"), (2, 8, "P")], [1 / 3, 1, 2 / 3]),
        ([(0, 10, "A"), (0, 10, "B")], [1, 0]),  # equals by name
        ([(0, 10, "W"), (0, 10, "W")], [1, 1]),  # of one source all count
        ([(0, 10, "W"), (0, 0, "P"), (9, 9, "P"), (10, 10, "P")], [1, 0, 0, 1]),
        ([(5, 5, "W"), (5, 5, "P")], [1, 1]),  # an instant covers nothing
        ([(0, 10, "P"), (5, 5, "W")], [1, 1]),
    ],
)
def test_cases_by_hand(rows: list[Row], expected: list[float]) -> None:
    assert sweep(rows) == pytest.approx(expected)
    assert sources.shares(readings(rows), KINDS).tolist() == pytest.approx(expected)


def test_two_units_of_one_source_are_one_source() -> None:
    table = {0: Tag("App", "km"), 1: Tag("App", "mi"), 2: Tag("Other app", "km")}
    rows = np.array([[0, 1, 0, 10], [0, 1, 1, 10], [0, 1, 2, 10]], dtype=float)
    assert sources.shares(Readings(STEPS, rows, table), {}).tolist() == [1, 1, 0]


# --- union ---------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50))))
def test_union_covers_the_same_seconds_without_overlap(spans: list[tuple[int, int]]) -> None:
    merged = sources.union(np.array(spans, dtype=float).reshape(-1, 2)).tolist()
    seconds = {second for low, high in spans for second in range(low, high)}
    assert [s for low, high in merged for s in range(int(low), int(high))] == sorted(seconds)
    assert all(low < high for low, high in merged)
    assert all(one[1] < other[0] for one, other in pairwise(merged))


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], []),
        ([[3, 3]], []),
        ([[1, 3], [3, 5]], [[1, 5]]),
        ([[0, 10], [2, 3]], [[0, 10]]),
        ([[4, 5], [0, 1]], [[0, 1], [4, 5]]),
        ([[0, 5], [1, 2], [4, 9], [9, 9]], [[0, 9]]),
    ],
)
def test_unions_by_hand(spans: list[list[int]], expected: list[list[int]]) -> None:
    given_spans = np.array(spans, dtype=float).reshape(-1, 2)
    before = given_spans.copy()
    assert sources.union(given_spans).tolist() == expected
    assert (given_spans == before).all()


# --- ranks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "kinds", "expected"),
    [
        ("Ann’s Apple\u00a0Watch", {}, "watch"),
        ("iPhone von Ann", {}, "phone"),
        ("WATCH", {}, "watch"),
        ("Stride Diary", {}, "other"),
        ("Stride Diary", {"Stride Diary": "phone"}, "phone"),
        ("Watchful Sleep", {"Watchful Sleep": "other"}, "other"),
        ("", {}, "other"),
    ],
)
def test_the_kind_of_a_source(source: str, kinds: dict[str, str], expected: str) -> None:
    assert sources.kind_of(source, kinds) == expected


def test_ranks() -> None:
    names = ["Band", "iPhone", "Zed Watch", "App", "Old iPhone", "Apple Watch"]
    ranked = sorted(names, key=lambda name: sources.rank(Tag(name, "count"), {}))
    assert ranked == ["Apple Watch", "Zed Watch", "Old iPhone", "iPhone", "App", "Band"]
