"""The charts of all lessons: one style, readable on a projector, without colour and by ear.

Each function returns a `Chart`: inline SVG whose label is made from the data, and the data as a
table. Colours are those of Okabe and Ito (Color Universal Design, 2008) without the yellow, which
is too faint on white; shape, place or a name always says the same as the colour. An axis is
logarithmic where the values spread over more than 30 times, and the label says so.

A unit of "ns" means durations: they are written in ns, µs, ms or s, whichever fits.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from wellness.lesson.canvas import (
    COLOURS,
    GREY,
    INK,
    Canvas,
    Chart,
    canvas,
    formatter,
    listed,
    rows_height,
    spread_out,
)
from wellness.lesson.curves import daily, lines
from wellness.lesson.samples import Comparison, Sample
from wellness.lesson.tables import duration, number

__all__ = ["Chart", "bars", "daily", "latency", "lines", "stacked"]

BAR_NAME, SAMPLE_NAME = 34, 22  # letters of a name in one line
PERCENTILES = ((50, "o", "●"), (95, "D", "◆"), (99, "^", "▲"))
FAINT = "#d0d0d0"
COLUMN = 82  # pixels of a column of figures beside the plot


def bars(
    values: Mapping[str, float], *, title: str, unit: str = "", baseline: str | None = None
) -> Chart:
    """Horizontal bars with their values; dots where the axis is logarithmic.

    The length of a bar needs a zero to mean something, and a logarithmic axis has none.

    Args:
        values: one value a name, drawn from top to bottom; NaN is shown as missing.
        title: what the values are, for instance "p50 latency of the last seven days".
        unit: of the values.
        baseline: the name that the other values are given as a multiple of.
    """
    import pandas as pd

    show, log = formatter(unit), spread_out(values.values())
    texts = {name: show(value) for name, value in values.items()}
    if baseline is not None:
        for name, value in values.items():
            if name != baseline and math.isfinite(value) and values[baseline]:
                texts[name] += f" ({number(value / values[baseline])}×)"
        texts[baseline] += " (baseline)"
    kind = "Dot chart, logarithmic axis" if log else "Bar chart"
    label = f"{kind}: {title}. {listed(f'{name} {text}' for name, text in texts.items())}"
    table = pd.DataFrame({"value": {name: float(value) for name, value in values.items()}})

    with canvas(title, rows_height(values, BAR_NAME, 38), unit) as frame:
        ax = frame.axes
        frame.rows(values, BAR_NAME)
        left = _value_axis(frame, list(values.values()), max(map(len, texts.values())), log)
        for row, (name, value) in enumerate(values.items()):
            colour = GREY if name == baseline else COLOURS[0]
            if log:
                ax.plot([left, value], [-row, -row], color=colour, linewidth=1.5)
                ax.plot([value], [-row], "o", color=colour, markersize=11)
            else:
                ax.barh(-row, value, height=0.62, color=colour)
            frame.write(texts[name], max(value, 0) if math.isfinite(value) else left, -row, 10)
        frame.ticks(ax.xaxis, show)
        return frame.finish(label, table.rename_axis("name"))


def _value_axis(frame: Canvas, values: list[float], longest: int, log: bool) -> float:
    """Set an x axis that leaves room for the longest text behind its bar; returns its left end."""
    finite = [value for value in values if math.isfinite(value)] or [0.0]
    plot = 1 - longest * 8.5 / 480  # share of the axis that bars may take, letters being 8.5 wide
    if log:
        left = min(finite) / 2
        frame.axes.set(xscale="log", xlim=(left, left * (max(finite) / left) ** (1 / plot)))
    else:
        low, high = min(0.0, *finite), max(0.0, *finite)
        left = low * 1.05
        frame.axes.set_xlim(left, left + ((high - left) or 1.0) / plot)
    return left


def stacked(
    x: Sequence[float],
    series: Mapping[str, Sequence[float]],
    *,
    title: str,
    xlabel: str,
    ylabel: str,
    unit: str = "",
    limits: Mapping[str, float] | None = None,
    faint: Collection[str] = (),
) -> Chart:
    """Bars of parts on top of each other over a common x, each part named beside the last bar.

    Args:
        x: numbers in growing order, one a bar.
        series: the parts by name, from the lowest; as many values as x has, none negative.
        title: what the chart shows.
        xlabel: what x counts.
        ylabel: what the whole bar is.
        unit: of the parts.
        limits: named heights, drawn as dashed lines.
        faint: names of parts that are not there but missing, drawn in a light grey.
    """
    import pandas as pd

    show, limits = formatter(unit), dict(limits or {})
    table = pd.DataFrame(
        {n: list(map(float, v)) for n, v in series.items()}, index=pd.Index(x, name=xlabel)
    )
    tops = table.cumsum(axis=1)
    table["total"] = tops.iloc[:, -1]
    first, last = (f"{show(table['total'].iloc[i])} at {number(x[i])}" for i in (0, -1))
    told = [f"total from {first} to {last}"]
    told += [f"in the last bar {name} {show(table[name].iloc[-1])}" for name in series]
    told += [f"limit {name} {show(height)}" for name, height in limits.items()]
    label = f"Stacked bars: {title}. {ylabel} by {xlabel}: {listed(told)}"

    with canvas(title, 440, unit) as frame:
        ax, width = frame.axes, 0.84 * min(np.diff(x), default=1.0)
        ax.set_xlabel(xlabel)
        ax.set_title(ylabel, fontsize=14, weight="normal")
        for i, name in enumerate(series):
            ax.bar(x, table[name], width, bottom=tops[name] - table[name],
                   color=FAINT if name in faint else COLOURS[i % 7],
                   edgecolor="white", linewidth=0.6)  # fmt: skip
        for height in limits.values():
            ax.axhline(height, color=INK, linestyle="--", linewidth=1.5)
        ax.set_ylim(0, 1.05 * max(table["total"].max(), *limits.values(), 1e-9))
        frame.ticks(ax.xaxis, number)
        frame.ticks(ax.yaxis, duration if unit == "ns" else number)
        right = x[-1] + width / 2
        ends = {name: tops[name].iloc[-1] - table[name].iloc[-1] / 2
                for name in series if table[name].iloc[-1]}  # fmt: skip
        ax.set_xlim(x[0] - width, right + width / 2)
        frame.name_ends({name: (right, y) for name, y in (ends | limits).items()})
        return frame.finish(label, table)


def latency(samples: Comparison | Mapping[str, Sample], *, title: str = "Latency") -> Chart:
    """The distribution of each sample, with p50, p95 and p99 marked and written beside it.

    Each distribution is a histogram over the whole range, as high as its own fullest bin, so the
    shapes compare and the heights do not; the thin line runs from the fastest to the slowest call.
    """
    import pandas as pd

    baseline, by_name = (
        (samples.baseline, samples.samples) if isinstance(samples, Comparison) else ("", samples)
    )
    everything = np.maximum(np.concatenate([sample.ns for sample in by_name.values()]), 1)
    low, high, log = int(everything.min()), int(everything.max()), spread_out(everything)
    axis = "logarithmic axis" if log else "axis from zero"
    label = f"Distributions of duration, {axis}: {title}. {listed(map(repr, by_name.values()))}"
    table = pd.DataFrame({"n": {name: sample.n for name, sample in by_name.items()}})
    for q, _, _ in PERCENTILES:
        table[f"p{q}"] = [sample.percentile(q) for sample in by_name.values()]
    table["slowest"] = [float(sample.ns.max()) for sample in by_name.values()]
    if isinstance(samples, Comparison):
        table["ratio to baseline"] = [str(ratio) for ratio in samples.ratios.values()]

    with canvas(title, 30 + rows_height(by_name, SAMPLE_NAME, 54), "ns") as frame:
        frame.rows(by_name, SAMPLE_NAME)
        if log:
            frame.axes.set(xscale="log", xlim=(low / 1.3, high * 1.3))
            edges = np.geomspace(low, high, 81)
        else:
            frame.axes.set_xlim(0, high * 1.05)
            edges = np.linspace(0, high, 81)
        for row, (name, sample) in enumerate(by_name.items()):
            _distribution(frame, -row, sample, edges, GREY if name == baseline else COLOURS[0])
        header = ["n", *(f"{glyph} p{q}" for q, _, glyph in PERCENTILES)]
        _columns(frame, 0.75, header, weight="bold")
        frame.ticks(frame.axes.xaxis, duration)
        return frame.finish(label, table.rename_axis("name"))


def _distribution(
    frame: Canvas, y: float, sample: Sample, edges: NDArray[np.float64], colour: str
) -> None:
    ax, floor, rail = frame.axes, y - 0.08, y - 0.22
    counts, _ = np.histogram(np.maximum(sample.ns, 1), edges)
    heights = floor + 0.62 * counts / max(counts.max(), 1)
    ax.stairs(heights, edges, baseline=floor, fill=True, color=colour)
    ax.plot([max(sample.min, 1), sample.ns.max()], [rail, rail], color=colour, linewidth=2)
    for q, marker, _ in PERCENTILES:
        ax.plot([sample.percentile(q)], [rail], marker, color=INK, markersize=10,
                markeredgecolor="white", zorder=3)  # fmt: skip
    _columns(
        frame, y, [f"{sample.n:,}", *(duration(sample.percentile(q)) for q, _, _ in PERCENTILES)]
    )


def _columns(frame: Canvas, y: float, texts: Sequence[str], weight: str = "normal") -> None:
    """Figures in columns to the right of the plot."""
    for i, text in enumerate(texts):
        frame.write(text, 1, y, 60 + i * COLUMN, xycoords=frame.axes.get_yaxis_transform(),
                    ha="right", weight=weight, annotation_clip=False)  # fmt: skip
