"""Parts of a whole with the intervals they lie in: a dot, a whisker, and how many of how many."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from wellness.lesson.canvas import COLOURS, MARKERS, Chart, canvas, listed, rows_height

NAME, ROW = 30, 38  # letters of a name in one line; pixels of a row


class Part(Protocol):
    """So many of so many, with an interval; values are parts of 1."""

    @property
    def right(self) -> int:
        """How many."""

    @property
    def of(self) -> int:
        """Of how many."""

    @property
    def low(self) -> float:
        """Low end of the interval."""

    @property
    def high(self) -> float:
        """High end of the interval."""


def intervals(parts: Mapping[str, Part], *, title: str, level: str = "95 %") -> Chart:
    """One row a name, on an axis from nothing to all; a name with " / " groups by what is before.

    Args:
        parts: by name, drawn from top to bottom; none may be of nothing.
        title: what is counted.
        level: of the intervals, for the label.

    Raises:
        ValueError: there is nothing to draw.
    """
    import pandas as pd

    if not parts:
        raise ValueError(f"There is no part to draw in {title!r}.")
    texts = {name: f"{part.right} of {part.of}" for name, part in parts.items()}
    values = {name: 100 * part.right / part.of for name, part in parts.items()}
    told = (
        f"{name} {values[name]:.0f} %, {texts[name]}, {100 * part.low:.0f} to {100 * part.high:.0f}"
        for name, part in parts.items()
    )
    label = f"Dots with intervals of {level}: {title}. {listed(told)}"
    table = pd.DataFrame(
        {name: (values[name], 100 * p.low, 100 * p.high, texts[name]) for name, p in parts.items()},
        index=["part", "low", "high", "count"],
    ).T.rename_axis("name")
    groups = list(dict.fromkeys(name.rpartition(" / ")[2] for name in parts))
    with canvas(title, rows_height(parts, NAME, ROW), "%") as frame:
        ax = frame.axes
        frame.rows(parts, NAME)
        ax.set_xlim(0, 128)  # room for the counts
        ax.set_xticks([0, 25, 50, 75, 100], [f"{tick} %" for tick in (0, 25, 50, 75, 100)])
        for row, (name, part) in enumerate(parts.items()):
            i = groups.index(name.rpartition(" / ")[2]) if len(groups) < len(parts) else 0
            colour, marker = COLOURS[i % 7], MARKERS[i % 7]
            ax.plot([100 * part.low, 100 * part.high], [-row, -row], color=colour, linewidth=3)
            ax.plot([values[name]], [-row], marker, color=colour, markersize=11)
            frame.write(texts[name], max(100 * part.high, values[name]), -row, 12)
        return frame.finish(label, table)
