"""A heat map: a value for each pair of a row and a column, with some pairs marked."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from wellness.errors import LessonError
from wellness.lesson.canvas import INK, Chart, canvas, formatter

if TYPE_CHECKING:
    from matplotlib.patches import Rectangle

NAME, ROW, LINE = 30, 40, 17  # letters of a name in one line; pixels of a row, of a line of text


def heatmap(
    values: ArrayLike,
    names: Sequence[str],
    *,
    title: str,
    unit: str = "",
    marked: Collection[tuple[int, int]] = (),
    marks: str = "",
) -> Chart:
    """A square matrix of pairs as shaded cells, each with its number; dark is small.

    Only the half below the diagonal is drawn: the other half says the same.

    Args:
        values: symmetric, shape (n, n).
        names: n names, drawn down the side and numbered along the bottom.
        title: what the values are.
        unit: of the values.
        marked: pairs (row, column) that get a thick frame.
        marks: what the frame means; it stands under the chart and in the label.

    Raises:
        LessonError: there are not as many names as rows.
    """
    import pandas as pd

    cells = np.asarray(values, dtype=float)
    if cells.shape != (len(names), len(names)):
        raise LessonError(f"{len(names)} names cannot name a matrix of {cells.shape}.")
    show = formatter(unit)
    pairs = [(row, column) for row in range(1, len(names)) for column in range(row)]
    framed = {(max(pair), min(pair)) for pair in marked}
    rows = [
        (names[row], names[column], cells[row, column], (row, column) in framed)
        for row, column in pairs
    ]
    table = pd.DataFrame(rows, columns=["one", "other", "value", marks or "marked"])
    ranked = sorted(rows, key=lambda one: one[2])
    told = [
        f"{one} and {other}: {show(value)}{f' ({marks})' if yes else ''}"
        for one, other, value, yes in ranked
    ]
    label = f"Heat map: {title}. From small to large: {'; '.join(told)}."
    deepest = max(len(textwrap.wrap(name, NAME)) for name in names)
    height = 120 + len(names) * max(ROW, LINE * deepest + 6)
    with canvas(title, height, unit) as frame:
        ax = frame.axes
        ax.set(xlim=(-0.5, len(names) - 1.5), ylim=(len(names) - 0.5, -0.5))
        for row, column in pairs:
            ax.add_patch(_cell(row, column, cells[row, column] / (1.1 * cells.max())))
            dark = cells[row, column] < 0.5 * cells.max()
            ax.text(column, row, f"{cells[row, column]:.2f}", ha="center", va="center",
                    color="white" if dark else INK)  # fmt: skip
        for row, column in framed:
            ax.add_patch(_frame(row, column))
        numbered = [f"{number} {name}" for number, name in enumerate(names, 1)]
        ax.set_yticks(range(len(names)), [textwrap.fill(name, NAME) for name in numbered])
        ax.set_xticks(range(len(names) - 1), [str(number) for number in range(1, len(names))])
        ax.grid(visible=False)
        ax.spines[:].set_visible(False)
        ax.tick_params(length=0)
        ax.set_xlabel(f"thick frame: {marks}" if marks else "")
        return frame.finish(label, table)


def _cell(row: int, column: int, shade: float) -> Rectangle:
    from matplotlib import colormaps
    from matplotlib.patches import Rectangle

    return Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor=colormaps["Blues_r"](shade))


def _frame(row: int, column: int) -> Rectangle:
    from matplotlib.patches import Rectangle

    return Rectangle((column - 0.46, row - 0.44), 0.92, 0.88, fill=False, linewidth=4,
                     edgecolor="#D55E00")  # fmt: skip
