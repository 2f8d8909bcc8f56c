"""Rows of statistics: readings of some spans of time, as numbers that can be added up later.

A rollup is such a row kept in Redis; an answer from raw readings is made of the same rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from wellness.health import sources
from wellness.health.catalogue import Aggregation, describe
from wellness.health.readings import Readings

COLUMNS = ("count", "total", "naive", "weight", "weighted", "minimum", "maximum", "last_at", "last")


@dataclass(frozen=True)
class Days:
    """Rows of one metric, one a local day, in `unit`; days without data are left out.

    `rows` has shape (len(dates), len(COLUMNS)).
    count: readings; total: their sum after merging sources; naive: without merging;
    weight, weighted: of the weighted mean; last_at, last: the latest reading.
    """

    type: str
    unit: str
    dates: list[date]
    rows: NDArray[np.float64]

    def column(self, name: str) -> NDArray[np.float64]:
        """One column, shape (len(dates),)."""
        return self.rows[:, COLUMNS.index(name)]


def compute(
    readings: Readings, edges: Sequence[int], *, unit: str, kinds: Mapping[str, str], gap_s: int
) -> NDArray[np.float64]:
    """Rows for the spans between `edges`, shape (len(edges) - 1, len(COLUMNS)); count 0 if empty.

    Args:
        readings: those of the spans and of `sources.REACH_S` on either side.
        edges: ascending epoch seconds, such as local midnights.
        unit: what to compute in; readings of another kind are left out.
        kinds: kind of device by source.
        gap_s: the longest a heart-rate sample may stand for.
    """
    how = describe(readings.type).aggregation
    values = readings.rows[:, 3] if how is Aggregation.EVENTS else readings.in_unit(unit)
    readings, values = readings.select(~np.isnan(values)), values[~np.isnan(values)]
    merged = values * sources.shares(readings, kinds) if how is Aggregation.SUM else values
    weight, quantity = _weights(how, readings, values, gap_s)
    low, high = np.searchsorted(readings.starts, (edges[0], edges[-1]))
    inside = slice(low, high)
    index = np.searchsorted(np.asarray(edges), readings.starts[inside], side="right") - 1
    spans = len(edges) - 1
    rows = np.zeros((spans, len(COLUMNS)))

    def add(column: str, amounts: NDArray[np.float64]) -> None:
        rows[:, COLUMNS.index(column)] = np.bincount(index, amounts[inside], minlength=spans)

    add("count", np.ones(len(readings)))
    add("total", merged)
    add("naive", values)
    add("weight", weight)
    add("weighted", weight * quantity)
    if high > low:
        first = np.flatnonzero(np.diff(index, prepend=-1))
        last = np.append(first[1:], len(index)) - 1
        present = index[first]
        found = values[inside]
        rows[present, 5] = np.minimum.reduceat(found, first)
        rows[present, 6] = np.maximum.reduceat(found, first)
        rows[present, 7] = readings.starts[inside][last]
        rows[present, 8] = found[last]
    return rows


def _weights(
    how: Aggregation, readings: Readings, values: NDArray[np.float64], gap_s: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weight of each reading, and the quantity that is averaged with it."""
    if how is Aggregation.TIME_WEIGHTED:
        gaps = np.diff(readings.starts, append=readings.starts[-1:] + gap_s)
        return np.clip(gaps, 0, gap_s).astype(float), values
    if how is Aggregation.ENERGY:
        return np.maximum(readings.rows[:, 3], 1.0), np.power(10.0, values / 10.0)
    return np.ones(len(readings)), values


def combine(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rows of several spans as one, shape (len(COLUMNS),)."""
    latest = rows[np.argmax(rows[:, 7])]
    return np.array(
        [*rows[:, :5].sum(axis=0), rows[:, 5].min(), rows[:, 6].max(), latest[7], latest[8]]
    )
