"""What more quality costs: points of two measures, joined in the order of a setting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wellness.lesson.canvas import COLOURS, DASHES, MARKERS, Chart, canvas, formatter, listed
from wellness.lesson.tables import number

Point = tuple[float, float]


def frontier(
    series: Mapping[str, Sequence[Point]],
    settings: Sequence[float],
    *,
    title: str,
    cost: str,
    quality: str,
    setting: str,
    unit: str = "",
) -> Chart:
    """Lines through (cost, quality), one point a setting; up and to the left is better.

    Args:
        series: points by name, as many as there are settings.
        settings: what was varied; written beside the points of the first line.
        title: what the chart shows.
        cost: what the x axis is, for instance "p50 of a search".
        quality: what the y axis is.
        setting: the name of what was varied.
        unit: of the cost; "ns" means durations.
    """
    import pandas as pd

    show = formatter(unit)
    told = (
        f"{name}: "
        + ", ".join(
            f"{setting} {number(value)} {number(y)} at {show(x)}"
            for value, (x, y) in zip(settings, points, strict=True)
        )
        for name, points in series.items()
    )
    label = f"Line chart: {title}. {quality} by {cost}. {listed(told)}"
    rows = {
        (name, value): point
        for name, points in series.items()
        for value, point in zip(settings, points, strict=True)
    }
    table = pd.DataFrame(
        [(name, value, show(x), y) for (name, value), (x, y) in rows.items()],
        columns=["line", setting, cost, quality],
    ).set_index("line")
    with canvas(title, 440, unit) as frame:
        ax = frame.axes
        ax.set_xlabel(cost)
        ax.set_title(quality, fontsize=14, weight="normal")
        for i, points in enumerate(series.values()):
            ax.plot(*zip(*points, strict=True), marker=MARKERS[i % 7], color=COLOURS[i % 7],
                    linestyle=DASHES[i // 7 % 4])  # fmt: skip
        first = next(iter(series.values()))
        for value, (x, y) in zip(settings, first, strict=True):
            frame.write(number(value), x, y, 0, 16, ha="center")
        frame.ticks(ax.xaxis, show)
        frame.ticks(ax.yaxis, number)
        frame.name_ends({name: points[-1] for name, points in series.items()})
        return frame.finish(label, table)
