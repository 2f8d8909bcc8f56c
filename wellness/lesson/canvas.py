"""What all charts share: the `Chart` that they return, its frame, and the text in it."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wellness.lesson.svg import WIDTH, inline_svg, style
from wellness.lesson.tables import duration, html_table, number

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

INK, GREY = "#222222", "#757575"
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
DASHES = ("-", "--", ":", "-.")
LOG_SPREAD = 30  # beyond this, the smaller values of a linear axis can no longer be told apart
LINE = 17  # pixels from one line of text to the next
MARGIN = 12  # pixels around everything

Format = Callable[[float], str]


@dataclass(frozen=True, eq=False, repr=False)
class Chart:
    """A chart as `svg`, as one sentence (`label`) and as the `table` of its data."""

    svg: str
    label: str
    table: pd.DataFrame
    title: str
    unit: str = ""

    def __repr__(self) -> str:
        return self.label

    def _repr_html_(self) -> str:
        show: dict[type, Callable[[Any], str]] = {float: formatter(self.unit), int: number}
        cells = self.table.reset_index().astype(object).to_numpy().tolist()
        rows = [[show.get(type(cell), str)(cell) for cell in row] for row in cells]
        header = [str(self.table.index.name or ""), *map(str, self.table.columns)]
        table = html_table(header, rows, caption=self.title)
        return f"{self.svg}<details><summary>Data of this chart</summary>{table}</details>"


def formatter(unit: str) -> Format:
    """How values of a unit are written; those in ns in the unit that fits.

    >>> formatter("ns")(4_125_000), formatter("bpm")(72.04), formatter("")(10432)
    ('4.12 ms', '72 bpm', '10,432')
    """
    if unit == "ns":
        return duration
    return lambda value: number(value) + (f" {unit}" if unit and math.isfinite(value) else "")


def spread_out(values: Iterable[float]) -> bool:
    """Whether values need a logarithmic axis; never when one is zero, negative or alone."""
    finite = [value for value in values if math.isfinite(value)]
    return bool(finite) and min(finite) > 0 and max(finite) / min(finite) > LOG_SPREAD


def listed(parts: Iterable[str]) -> str:
    """Parts of a label as one sentence."""
    return "; ".join(parts) + "."


@dataclass
class Canvas:
    """A figure with one pair of axes; `finish` turns it into a `Chart`."""

    figure: Figure
    axes: Axes
    title: str
    unit: str

    def finish(self, label: str, table: pd.DataFrame) -> Chart:
        """The chart, labelled for those who do not see it."""
        return Chart(inline_svg(self.figure, label), label, table, self.title, self.unit)

    def write(
        self, text: str, x: float, y: float, dx: float = 0, dy: float = 0, **options: Any
    ) -> None:
        """Text beside a point: `dx` pixels to the right, its middle `dy` above."""
        self.axes.annotate(
            text, (x, y), (dx, dy), textcoords="offset points", va="center", **options
        )

    def rows(self, names: Iterable[str], width: int) -> None:
        """Names as rows from top to bottom, at y = 0, -1, -2..., wrapped to `width` letters."""
        wrapped = [textwrap.fill(name, width) for name in names]
        self.axes.set_yticks([-i for i in range(len(wrapped))], wrapped)
        self.axes.set_ylim(0.6 - len(wrapped), 0.6)
        self.axes.tick_params(axis="y", length=0)
        self.axes.grid(False, axis="y")
        self.axes.spines["left"].set_visible(False)

    def ticks(self, axis: Axis, show: Format) -> None:
        """Write an axis' ticks as all other numbers are written."""
        from matplotlib import ticker

        if axis.get_scale() == "log":
            low, high = axis.get_view_interval()
            steps = (1, 3) if high / low < 2_000 else (1,)
            axis.set_major_locator(ticker.LogLocator(10, subs=steps, numticks=8))
        else:
            axis.set_major_locator(ticker.MaxNLocator(5))
        axis.set_major_formatter(ticker.FuncFormatter(lambda value, _: show(value)))
        axis.set_minor_formatter(ticker.NullFormatter())

    def name_ends(self, ends: Mapping[str, tuple[float, float]], width: int = 22) -> None:
        """Name each line at its last point, moved up or down so that no two names overlap."""
        names = {name: textwrap.fill(name, width) for name in ends}
        half = {name: LINE / 2 * (1 + text.count("\n")) + 1 for name, text in names.items()}
        self.figure.draw_without_rendering()  # the layout decides where the points are
        to_pixels = self.axes.transData.transform
        points = {name: float(to_pixels(point)[1]) for name, point in ends.items()}
        falling = sorted(points, key=points.__getitem__, reverse=True)
        heights, ceiling, floor = dict(points), math.inf, self.axes.bbox.y0
        for name in falling:
            heights[name] = min(heights[name], ceiling - half[name])
            ceiling = heights[name] - half[name]
        for name in reversed(falling):
            heights[name] = max(heights[name], floor + half[name])
            floor = heights[name] + half[name]
        for name, (x, y) in ends.items():
            pointer = {"arrowstyle": "-", "color": GREY, "relpos": (0, 0.5)}
            self.write(names[name], x, y, 26, heights[name] - points[name],
                       annotation_clip=False, arrowprops=pointer)  # fmt: skip


@contextmanager
def canvas(title: str, height: float, unit: str) -> Iterator[Canvas]:
    """A canvas of the common width, `height` pixels high, in the style of the kit."""
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(style()):
        figure = Figure(figsize=(WIDTH / 72, height / 72))
        figure.set_layout_engine("constrained", w_pad=MARGIN / 72, h_pad=MARGIN / 2 / 72)
        figure.suptitle(
            textwrap.fill(title, 72), x=MARGIN / WIDTH, ha="left", fontsize=17, weight="bold"
        )
        yield Canvas(figure, figure.add_subplot(), title, unit)


def rows_height(names: Iterable[str], width: int, row: float) -> float:
    """Pixels that rows with these names need, frame included; `row` is the least of each."""
    names = list(names)
    deepest = max(len(textwrap.wrap(name, width)) for name in names)
    return 110 + len(names) * max(row, LINE * deepest + 8)
