"""Answers about a metric over a period: from rollups where days are whole, else from raw readings.

Both paths go through the same rows (`rows.COLUMNS`), so they give the same answer.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from wellness.errors import StoreError
from wellness.health import sources, units
from wellness.health.catalogue import SLEEP, Aggregation, Metric
from wellness.health.periods import Period
from wellness.health.rollups import CHUNK_DAYS, Rollups, local_day, midnight, whole_days
from wellness.health.rows import Days, combine
from wellness.health.store import SECONDS_PER_DAY, Store

Bucket = Literal["day", "week", "month"]
STARTS: dict[str, Callable[[date], date]] = {
    "day": lambda day: day,
    "week": lambda day: day - timedelta(days=day.weekday()),
    "month": lambda day: day.replace(day=1),
}


@dataclass(frozen=True)
class Statistic:
    """What a metric was over a span of local days.

    `value` is the number that the metric's aggregation gives (None without readings), and
    `naive_total` the sum over all sources without merging; both, like the rest, in `Summary.unit`.
    """

    start: date
    end: date
    readings: int
    days: int
    value: float | None
    mean: float | None
    minimum: float | None
    maximum: float | None
    latest: float | None
    naive_total: float | None


@dataclass(frozen=True)
class Summary:
    """A metric over a period: overall, in buckets, and by source."""

    metric: Metric
    unit: str
    period: Period
    overall: Statistic
    buckets: list[Statistic]
    by_source: dict[str, float]
    notes: list[str] = field(default_factory=list)


def summarise(
    store: Store,
    metric: Metric,
    period: Period,
    *,
    gap_s: int,
    by: Bucket = "day",
    unit: str = "",
    from_raw: bool = False,
    with_sources: bool = False,
) -> Summary:
    """A metric over a period.

    Args:
        store: whose data.
        metric: from `store.find`.
        period: half-open; when it does not begin and end at local midnight, raw readings answer.
        gap_s: the longest a heart-rate sample may stand for.
        by: size of the buckets; weeks begin on Monday.
        unit: what to answer in; the unit of the latest reading when empty.
        from_raw: leave the rollups aside, for instance to check them.
        with_sources: also what each source said; this reads the raw readings.

    Raises:
        UnitError: the metric cannot be converted to `unit`.
        StoreError: the metric is sleep, whose records overlap and must not be added up.
    """
    if metric.type == SLEEP:
        raise StoreError(
            "Sleep records of several sources overlap; their sum means nothing.",
            hint="Ask for nights: `wellness.health.sleep.nights`, `wellness show sleep`.",
        )
    rollups = Rollups(store, metric.type, gap_s=gap_s)
    use_raw = from_raw or not whole_days(period, rollups.zone)
    found = (_raw_days if use_raw else _rolled_days)(rollups, period)
    out = unit or _own_unit(store, metric, found.unit)
    units.factors(found.unit, out)
    groups = groupby(range(len(found.dates)), key=lambda i: STARTS[by](found.dates[i]))
    zone = store.zone()
    first, last = (local_day(at, zone) for at in (period.start_s, period.end_s - 1))
    end = last + timedelta(days=1)
    buckets = []
    for start, indices in groups:
        rows = found.rows[list(indices)]
        clipped = max(start, first), min(_next(start, by), end)
        buckets.append(_statistic(metric, *clipped, rows, found.unit, out))
    overall = _statistic(metric, first, end, found.rows, found.unit, out)
    by_source = per_source(store, metric, period, found.unit, out) if with_sources else {}
    notes = _notes(store, metric, period, overall, gap_s)
    return Summary(metric, out, period, overall, buckets, by_source, notes)


def _rolled_days(rollups: Rollups, period: Period) -> Days:
    low, high = _stored_span(rollups.store, rollups.type, period)
    return rollups.days(local_day(low, rollups.zone), local_day(high, rollups.zone))


def _raw_days(rollups: Rollups, period: Period) -> Days:
    zone = rollups.zone
    low, high = _stored_span(rollups.store, rollups.type, period)
    first, last = local_day(low, zone), local_day(max(high - 1, low), zone)
    dates = [first + timedelta(days=i) for i in range((last - first).days + 1)]
    midnights = rollups.edges(dates)
    rows = rollups.raw([max(midnights[0], low), *midnights[1:-1], min(midnights[-1], high)])
    kept = rows[:, 0] > 0
    dates = [day for day, keep in zip(dates, kept, strict=True) if keep]
    return Days(rollups.type, rollups.unit, dates, rows[kept])


def _stored_span(store: Store, type: str, period: Period) -> tuple[int, int]:
    """The part of a period that can hold readings: "all time" is no reason to ask for 1970."""
    zone = store.zone()
    bounds = store.bounds(type)
    if bounds is None:
        return period.start_s, period.start_s
    after = local_day(bounds[1], zone) + timedelta(days=1)
    low = max(period.start_s, midnight(local_day(bounds[0], zone), zone))
    return low, max(min(period.end_s, midnight(after, zone)), low)


def _next(start: date, by: Bucket) -> date:
    if by == "month":
        return (start + timedelta(days=32)).replace(day=1)
    return start + timedelta(days=7 if by == "week" else 1)


def _own_unit(store: Store, metric: Metric, computed_in: str) -> str:
    latest = store.latest(metric.type)
    found = latest.tag_of(0).unit if len(latest) else computed_in
    if units.unit(found).base != units.unit(computed_in).base:
        return computed_in
    return "percent" if found == "%" else found


def _statistic(
    metric: Metric, start: date, end: date, rows: NDArray[np.float64], have: str, want: str
) -> Statistic:
    if not len(rows):
        return Statistic(start, end, 0, 0, None, None, None, None, None, None)
    count, total, naive, weight, weighted, low, high, _, last = combine(rows).tolist()
    how = metric.aggregation
    if how is Aggregation.SUM:
        value = total
    elif how is Aggregation.EVENTS:
        value = naive
    elif how is Aggregation.ENERGY:
        value = 10 * math.log10(weighted / weight)
    elif how is Aggregation.LAST:
        value = last
    else:
        value = weighted / weight if weight else naive / count

    def out(number: float) -> float:
        return units.convert(number, have or want, want)

    summed = how in (Aggregation.SUM, Aggregation.EVENTS)
    return Statistic(
        start, end, int(count), len(rows), out(value), out(naive / count), out(low), out(high),
        out(last), out(naive) if summed else None,
    )  # fmt: skip


def per_source(
    store: Store, metric: Metric, period: Period, have: str, want: str
) -> dict[str, float]:
    """Each source's own total (cumulative metrics) or mean, in unit `want`, by name."""
    sums: dict[str, float] = {}
    counts: dict[str, int] = {}
    low, high = _stored_span(store, metric.type, period)
    step = CHUNK_DAYS * SECONDS_PER_DAY
    for start in range(low, high, step):
        readings = store.range(metric.type, start, min(start + step, high))
        events = metric.aggregation is Aggregation.EVENTS
        values = readings.rows[:, 3] if events else readings.in_unit(have)
        for number, tag in readings.used().items():
            part = values[(readings.tags == number) & ~np.isnan(values)]
            sums[tag.source] = sums.get(tag.source, 0.0) + float(part.sum())
            counts[tag.source] = counts.get(tag.source, 0) + len(part)
    summed = metric.aggregation in (Aggregation.SUM, Aggregation.EVENTS)
    return {
        source: units.convert(sums[source] / (1 if summed else counts[source]), have or want, want)
        for source in sorted(sums)
        if counts[source]
    }


def _notes(
    store: Store, metric: Metric, period: Period, overall: Statistic, gap_s: int
) -> list[str]:
    notes = []
    stored = store.count(metric.type, period.start_s, period.end_s)
    if left_out := stored - overall.readings:
        notes.append(f"{left_out} readings are in units that cannot be converted; left out.")
    if metric.aggregation is Aggregation.SUM and overall.value != overall.naive_total:
        notes.append(f"Sources merged: {sources.RULE}.")
    if metric.aggregation is Aggregation.TIME_WEIGHTED:
        notes.append(f"Mean weighted by time; one sample stands for at most {gap_s} s.")
    return notes
