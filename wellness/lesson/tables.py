"""How lessons write numbers, durations and small tables, the same in every table and chart.

>>> number(0.41666), number(10432.4), number(98751)
('0.417', '10,432', '98,751')
>>> duration(412), duration(4_125_000), duration(999_999)
('412 ns', '4.12 ms', '1 ms')
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

MISSING = "no value"


def number(value: float) -> str:
    """Whole numbers in full, others with three significant digits; words for NaN."""
    if math.isnan(value):
        return MISSING
    whole = isinstance(value, int) or float(f"{abs(value):.3g}") >= 100
    return f"{value:,.0f}" if whole else f"{value:.3g}"


def duration(ns: float) -> str:
    """Nanoseconds as ns, µs, ms or s, with three significant digits; words for NaN."""
    if math.isnan(ns):
        return MISSING
    for unit, size in (("ns", 1), ("µs", 1e3), ("ms", 1e6)):
        value = float(f"{ns / size:.3g}")
        if abs(value) < 1000:
            return f"{value:g} {unit}"
    return f"{number(ns / 1e9)} s"


def html_table(
    header: Sequence[str], rows: Sequence[Sequence[str]], *, caption: str, align: str = "right"
) -> str:
    """An HTML table in the theme's own colours; each row's first cell is its heading.

    Args:
        header: column headings.
        rows: text of each cell, escaped here.
        caption: what the table shows; read out before the cells.
        align: CSS alignment of all columns but the first.
    """

    def cell(tag: str, text: str, column: int, scope: str = "") -> str:
        side = align if column else "left"
        keep = ";white-space:nowrap" if side == "right" else ""
        return f'<{tag}{scope} style="text-align:{side}{keep}">{escape(text)}</{tag}>'

    head = "".join(cell("th", text, i, ' scope="col"') for i, text in enumerate(header))
    body = "".join(
        "<tr>"
        + "".join(
            cell("td", text, i) if i else cell("th", text, i, ' scope="row"')
            for i, text in enumerate(row)
        )
        + "</tr>"
        for row in rows
    )
    return (
        f'<table><caption style="text-align:left">{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )
