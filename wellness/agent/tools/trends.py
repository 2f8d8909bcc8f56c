"""Which way a metric goes: the slope of its days, with an interval that says how sure that is.

The slope is the median of the slopes between all pairs of days (Theil, A rank-invariant method of
linear and polynomial regression analysis, 1950; Sen, Estimates of the regression coefficient based
on Kendall's tau, JASA 63, 1968), so that a few odd days do not bend it. Its 95 % interval is Sen's;
where it holds zero, there is no clear direction. Whether later days tend to be higher is the test
of Mann (Nonparametric tests against trend, Econometrica 13, 1945), by Kendall's tau (Kendall, A new
measure of rank correlation, Biometrika 30, 1938). Both take days to be independent of each other;
days are not quite, so the interval is rather too narrow than too wide.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from math import isnan
from statistics import fmean, median

import numpy as np
from scipy.stats import kendalltau, theilslopes

from wellness.agent.tools import defaults, wording
from wellness.agent.tools.arguments import Trend
from wellness.agent.tools.daily import Daily, daily
from wellness.agent.tools.desk import Desk
from wellness.agent.tools.draft import Draft
from wellness.errors import NoReadings

DAYS_A_WEEK = 7
RATES = ((180, 365.25 / 12, "month"), (21, 7.0, "week"), (0, 1.0, "day"))
"""From so many days on, a slope is said for so many days, by this name."""


@dataclass(frozen=True, slots=True)
class Slope:
    """Units a day, with the interval; tau and p are those of the test, `values` how many days."""

    slope: float
    low: float
    high: float
    tau: float
    p: float
    values: int

    @property
    def direction(self) -> int:
        """1 up, -1 down, 0 where the interval holds zero."""
        return 1 if self.low > 0 else -1 if self.high < 0 else 0


def slope_of(days: list[date], values: list[float]) -> Slope:
    """Theil-Sen slope and Mann-Kendall test of values by day; at least two different days.

    >>> found = slope_of([date(2026, 5, n) for n in (1, 2, 3, 4, 5, 6)], [1, 2, 3, 4, 5, 60])
    >>> found.slope, found.direction
    (1.0, 1)
    """
    x = np.array([day.toordinal() for day in days], dtype=float)
    y = np.array(values, dtype=float)
    slope, _, low, high = theilslopes(y, x, alpha=defaults.LEVEL)
    tau, p = (0.0, 1.0) if np.ptp(y) == 0 else kendalltau(x, y)
    if isnan(tau):
        tau, p = 0.0, 1.0
    return Slope(float(slope), float(low), float(high), float(tau), float(p), len(values))


def trend_analysis(desk: Desk, arguments: Trend) -> Draft:
    """Which way a metric goes over a period."""
    stored = desk.metric(arguments.metric)
    span = desk.span(arguments.period, defaults.TREND_PERIOD)
    draft = Draft()
    draft.take(span)
    found = daily(desk, stored, span)
    if not found.dates:
        raise found.nothing()
    draft.samples = found.readings
    draft.note(*found.gaps())
    rows, per = _rows(found)
    if len(rows) < defaults.TREND_LEAST_DAYS:
        have = wording.counted(len(rows), f"{per} with data", f"{per}s with data")
        raise NoReadings(
            f"A trend needs {defaults.TREND_LEAST_DAYS} {per}s with data; {span.words} there "
            f"{'is' if len(rows) == 1 else 'are'} {have}.",
            hint="Ask for a longer period.",
        )
    line = slope_of([day for day, _ in rows], [value for _, value in rows])
    _say(draft, found, line, rows, per)
    return draft


def _rows(found: Daily) -> tuple[list[tuple[date, float]], str]:
    """The values, and what each is of: a day, or a week where days do not do.

    Of what is zero on most days, the median slope is zero however it changes; and of too many days
    there would be too many pairs. Weeks are those of ISO 8601, by their first day in the span.
    """
    rows = found.whole
    zeros = sum(value == 0 for _, value in rows)
    if len(rows) <= defaults.TREND_MOST_DAYS and 2 * zeros < len(rows):
        return rows, found.per
    weeks = [list(group) for _, group in groupby(rows, key=lambda row: row[0].isocalendar()[:2])]
    if found.is_sparse:
        full = [week for week in weeks if len(week) == DAYS_A_WEEK]
        return [(week[0][0], sum(value for _, value in week)) for week in full], "week"
    return [(week[0][0], sum(value for _, value in week) / len(week)) for week in weeks], "week"


def _say(draft: Draft, found: Daily, line: Slope, rows: list[tuple[date, float]], per: str) -> None:
    how, span, label = found.said, found.span, found.span.label
    length = (rows[-1][0] - rows[0][0]).days
    days, rate = next((days, name) for least, days, name in RATES if length >= least)
    noun = f"{how.noun} a {per if found.is_sparse else found.per}" if found.is_total else how.noun
    about = f"change in {noun} a {rate}"
    change = how.of_change.finer(line.slope * days, (line.high - line.low) * days)
    draft.enter("level of the interval", 100 * defaults.LEVEL, "percent", role="confidence")
    slope, low, high = (
        draft.change(change, one * days, "slope", about, label)
        for one in (line.slope, line.low, line.high)
    )
    if line.direction:
        way = "up" if line.direction > 0 else "down"
        are = "went" if span.over else "are going" if how.plural else "is going"
        least, most = (low, high) if line.direction > 0 else (high, low)
        draft.say(
            f"your {noun} {are} {way} {span.words}: by about {slope} a {rate} "
            f"({_level()} interval {least} to {most})."
        )
        _ends(draft, found, rows, noun)
    else:
        have = "showed" if span.over else "show" if how.plural else "shows"
        typical = median(value for _, value in rows)
        middle = draft.value(how, typical, "median", label, f"median {noun}")
        nothing = change.text(0.0)
        if low == high == nothing:
            why = f"{'they stay' if how.plural else 'it stays'} around {middle}"
        else:
            why = (
                f"it lies around {middle}, with a change a {rate} between "
                f"{'no change' if low == nothing else f'a fall of {low}'} and "
                f"{'no change' if high == nothing else f'a rise of {high}'} ({_level()} interval)"
            )
        draft.say(f"your {noun} {have} no clear direction {span.words}: {why}.")
    draft.enter(f"{per}s with data", line.values, f"{per}s", role="count", period=label)
    draft.data["test"] = {
        "of": f"each {per}", "slope_a_day": line.slope, "interval_a_day": [line.low, line.high],
        "kendall_tau": line.tau, "p": line.p, "n": line.values, "direction": line.direction,
    }  # fmt: skip


def _ends(draft: Draft, found: Daily, rows: list[tuple[date, float]], noun: str) -> None:
    """What it was at first and at last, in weeks: a line need not be there."""
    how, label = found.said, found.span.label
    first, last = rows[0][0], rows[-1][0]
    if (last - first).days < 2 * DAYS_A_WEEK:
        return
    week = timedelta(days=DAYS_A_WEEK)
    start = fmean(value for day, value in rows if day < first + week)
    end = fmean(value for day, value in rows if day > last - week)
    one = draft.value(how, start, "average", f"first week of {label}", noun)
    other = draft.value(how, end, "average", f"last week of {label}", noun)
    draft.say(f"it averaged {one} in the first week and {other} in the last.")
    about = f"change in {noun}"
    draft.change(how.of_change, end - start, "change", about, label)
    if how.ratio and start > 0:
        draft.share(about, 100 * (end - start) / start, "change", how.metric, label)


def _level() -> str:
    return wording.percent(100 * defaults.LEVEL)
