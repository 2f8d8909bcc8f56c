"""Charts of values along an axis: `lines` over numbers, `daily` over the calendar.

Lessons take them from `wellness.lesson.charts`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from wellness.lesson.canvas import (
    COLOURS,
    DASHES,
    MARKERS,
    Canvas,
    Chart,
    canvas,
    formatter,
    listed,
    spread_out,
)
from wellness.lesson.tables import duration, number

SHADE = "#eeeeee"
MARKED_DAYS = 62  # up to here every day has a marker of its own
SELDOM = 0.5  # share of days without data from which there is no line to draw
EPOCH = date(1970, 1, 1)  # day zero of matplotlib's date axes


def lines(
    x: Sequence[float],
    series: Mapping[str, Sequence[float]],
    *,
    title: str,
    xlabel: str,
    ylabel: str,
    unit: str = "",
    log: Literal["auto", "none", "x", "y", "xy"] = "auto",
) -> Chart:
    """Lines over a common x, each named at its end; NaN leaves a gap.

    Args:
        x: numbers in growing order, the same for all lines.
        series: values by name, as many as x has.
        title: what the chart shows.
        xlabel: what x counts.
        ylabel: what y is.
        unit: of y.
        log: which axes are logarithmic; `auto` decides by the spread of the values.
    """
    import pandas as pd

    show = formatter(unit)
    log_x, log_y = log in ("x", "xy"), log in ("y", "xy")
    if log == "auto":
        log_x, log_y = spread_out(x), spread_out(v for values in series.values() for v in values)
    known = {
        name: [(a, b) for a, b in zip(x, values, strict=True) if math.isfinite(b)]
        for name, values in series.items()
    }
    told = (
        f"{name} from {show(points[0][1])} at {number(points[0][0])} "
        f"to {show(points[-1][1])} at {number(points[-1][0])}"
        if points
        else f"{name} has no values"
        for name, points in known.items()
    )
    scales = [f"logarithmic {axis} axis" for axis, is_log in (("x", log_x), ("y", log_y)) if is_log]
    label = f"{', '.join(['Line chart', *scales])}: {title}. {ylabel} by {xlabel}: {listed(told)}"
    table = pd.DataFrame(
        {n: map(float, v) for n, v in series.items()}, index=pd.Index(x, name=xlabel)
    )

    with canvas(title, 440, unit) as frame:
        ax = frame.axes
        ax.set(xscale="log" if log_x else "linear", yscale="log" if log_y else "linear")
        ax.set_xlabel(xlabel)
        ax.set_title(ylabel, fontsize=14, weight="normal")
        for i, (name, values) in enumerate(series.items()):
            ax.plot(x, values, label=name, marker=MARKERS[i % 7], color=COLOURS[i % 7],
                    linestyle=DASHES[i // 7 % 4])  # fmt: skip
        _from_zero(frame, table.to_numpy())
        frame.ticks(ax.xaxis, number)
        frame.ticks(ax.yaxis, duration if unit == "ns" else number)
        frame.name_ends({name: points[-1] for name, points in known.items() if points})
        return frame.finish(label, table)


def daily(
    series: Mapping[str, Mapping[date, float]], *, title: str, ylabel: str, unit: str = ""
) -> Chart:
    """One value a day; days without one are gaps, shaded where no series has any.

    What is measured now and then, on fewer than half of the days, is drawn as points.

    Args:
        series: values by day, by name; days may be missing or NaN, and are never filled in.
        title: what the chart shows.
        ylabel: what is drawn.
        unit: of the values.

    Raises:
        ValueError: no series has a value.
    """
    import pandas as pd
    from matplotlib import dates

    show = formatter(unit)
    known = {
        name: {day: float(v) for day, v in sorted(values.items()) if math.isfinite(v)}
        for name, values in series.items()
    }
    if not any(known.values()):
        raise ValueError(f"There is no value to draw in {title!r}.")
    first = min(day for values in known.values() for day in values)
    last = max(day for values in known.values() for day in values)
    days = [first + timedelta(i) for i in range((last - first).days + 1)]
    told = (
        f"{name} on {len(values):,} of {len(days):,} days, median "
        f"{show(float(np.median(list(values.values()))))}, "
        + ", ".join(
            f"{word} {show(values[day])} on {day}"
            for word, day in (("lowest", min(values, key=values.__getitem__)),
                              ("highest", max(values, key=values.__getitem__)))
        )
        for name, values in known.items() if values
    )  # fmt: skip
    label = f"Daily values, {first} to {last}: {title}. {ylabel}: {listed(told)}"
    table = pd.DataFrame(
        {name: [values.get(day, math.nan) for day in days] for name, values in known.items()},
        index=pd.Index(days, name="day"),
    )

    with canvas(title, 400, unit) as frame:
        ax, x = frame.axes, np.arange(len(days)) + (first - EPOCH).days
        ax.set_title(ylabel, fontsize=14, weight="normal")
        empty = table.isna().all(axis=1).to_numpy()
        seldom = empty.mean() > SELDOM
        for i, name in enumerate(table):
            _broken_line(frame, x, table[name].to_numpy(), i, points=seldom)
        shaded = not seldom and _shade_gaps(frame, x, empty)
        ax.set_xlabel("a point for each day with data" if seldom else shaded * "shaded: no data")
        _from_zero(frame, table.to_numpy())
        ax.set_xlim(x[0] - 0.7, x[-1] + 0.7)  # not to the next month
        frame.ticks(ax.yaxis, duration if unit == "ns" else number)
        locator = dates.AutoDateLocator(minticks=3, maxticks=7)  # type: ignore[no-untyped-call]
        ax.xaxis.set_major_locator(locator)
        wording = dates.ConciseDateFormatter(locator)  # type: ignore[no-untyped-call]
        ax.xaxis.set_major_formatter(wording)
        if len(known) > 1:
            ends = {name: max(values.items()) for name, values in known.items() if values}
            frame.name_ends({name: ((day - EPOCH).days, y) for name, (day, y) in ends.items()})
        return frame.finish(label, table)


def _broken_line(
    frame: Canvas, x: NDArray[np.int64], values: NDArray[np.float64], i: int, *, points: bool
) -> None:
    """A line that stops at each gap, with a marker on days that have no neighbour to join."""
    there = np.isfinite(values)
    alone = there & ~np.append(there[1:], False) & ~np.insert(there[:-1], 0, False)
    marked = np.flatnonzero(there if points or len(x) <= MARKED_DAYS else alone).tolist()
    dashes = "none" if points else DASHES[i // 7 % 4]
    frame.axes.plot(x, values, color=COLOURS[i % 7], linestyle=dashes,
                    linewidth=2 if len(x) < 200 else 1.2,
                    marker=MARKERS[i % 7], markersize=6, markevery=marked)  # fmt: skip


def _shade_gaps(frame: Canvas, x: NDArray[np.int64], empty: NDArray[np.bool_]) -> bool:
    """Shade runs of days without data, half a day to each side; returns whether there are any."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], empty.astype(int), [0]])))
    for start, stop in edges.reshape(-1, 2):
        frame.axes.axvspan(x[start] - 0.5, x[stop - 1] + 0.5, color=SHADE, linewidth=0, zorder=0.5)
    return bool(len(edges))


def _from_zero(frame: Canvas, values: NDArray[np.float64]) -> None:
    """Begin a linear y axis at zero, unless that would squeeze all values into its upper half."""
    low, high = np.nanmin(values), np.nanmax(values)
    if frame.axes.get_yscale() == "linear" and 0 <= low <= high / 2:
        frame.axes.set_ylim(bottom=0)
