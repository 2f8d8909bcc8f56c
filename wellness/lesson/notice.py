"""A coloured box around a sentence: what went well, what did not, and what to look at.

>>> notice("warning", "Redis is <em>away</em>.")[:45]
"<div class='alert alert-warning' role='alert'"
"""

from __future__ import annotations

from typing import Literal

Kind = Literal["success", "warning", "danger"]
# JupyterLab fills these boxes with light colours in a dark theme too, and its own ink on them has
# a contrast of 2 to 3.5 there; a reader needs 4.5.
INK = "#111"


def notice(kind: Kind, inside: str, *, role: Literal["alert", "status"] = "alert") -> str:
    """A box in the theme's colour for its kind.

    Args:
        kind: what it says.
        inside: HTML; text in it is escaped by the caller.
        role: whether a screen reader interrupts (`alert`) or waits for a pause (`status`).
    """
    return f"<div class='alert alert-{kind}' role='{role}' style='color:{INK}'>{inside}</div>"
