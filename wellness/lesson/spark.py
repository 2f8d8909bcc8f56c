"""Small charts for a page that is redrawn twice a second: a few polylines, written as text.

The charts of `wellness.lesson.charts` take a tenth of a second each, which a moving page has not.
Colours are those of the theme, so a dark one stays dark; dashes tell the lines apart.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

WIDTH, HEIGHT, EDGE = 240, 56, 3
FEWEST = 20  # values that fill the width; fewer leave room on the left
DASHES = ("", "5 3", "1.5 2.5")


def spark(
    series: Mapping[str, Sequence[float]], *, label: str, log: bool = False, most: int = 60
) -> str:
    """Lines over time, the newest value at the right end, as inline SVG.

    Args:
        series: values by name, oldest first; NaN leaves a gap. Up to three lines.
        label: what it shows and the newest value, for those who do not see it.
        log: a logarithmic axis; zeros and negative values are left out of it.
        most: how many of the newest values are shown.

    >>> spark({"ops": [1, 2, 3]}, label="ops").count("polyline")
    1
    """
    scaled = {name: [_scale(value, log) for value in values[-most:]]
              for name, values in series.items()}  # fmt: skip
    wide = max(FEWEST, *map(len, scaled.values()))
    known = [value for values in scaled.values() for value in values if math.isfinite(value)]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    low = low if log else min(0.0, low)
    lines = "".join(
        _line(values, low, high if high > low else low + 1.0, wide, DASHES[at % len(DASHES)])
        for at, values in enumerate(scaled.values())
    )
    return (
        f'<svg role="img" aria-label="{escape(label, quote=True)}" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" style="max-width:100%">{lines}</svg>'
    )


def _scale(value: float, log: bool) -> float:
    if not log:
        return value
    return math.log10(value) if value > 0 else math.nan


def _line(values: Sequence[float], low: float, high: float, wide: int, dash: str) -> str:
    step = (WIDTH - 2 * EDGE) / (wide - 1)
    first = WIDTH - EDGE - step * (len(values) - 1)
    pieces: list[list[str]] = [[]]
    for at, value in enumerate(values):
        if math.isfinite(value):
            y = HEIGHT - EDGE - (value - low) / (high - low) * (HEIGHT - 2 * EDGE)
            pieces[-1].append(f"{first + at * step:.1f},{y:.1f}")
        elif pieces[-1]:
            pieces.append([])
    return "".join(
        f'<polyline points="{" ".join(piece)}" fill="none" stroke="currentColor" '
        f'stroke-width="1.6" stroke-dasharray="{dash}"/>'
        for piece in pieces
        if piece
    )
