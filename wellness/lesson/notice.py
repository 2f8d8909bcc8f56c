"""A coloured box around a sentence: what went well, what did not, and what to look at.

>>> notice("warning", "Redis is <em>away</em>.")[:45]
"<div class='alert alert-warning' role='alert'"
"""

from __future__ import annotations

from typing import Literal

Kind = Literal["success", "warning", "danger"]
# Light paper and dark ink in any theme. JupyterLab's own ink on such boxes has a contrast of 2 to
# 3.5 in the dark one, where a reader needs 4.5; and inside a widget it gives a box no paper at all.
PAPER = {"success": "#c8e6c9", "warning": "#ffe0b2", "danger": "#ffcdd2"}
INK = "#111"


def notice(kind: Kind, inside: str, *, role: Literal["alert", "status"] = "alert") -> str:
    """A box in the colour of its kind.

    Args:
        kind: what it says.
        inside: HTML; text in it is escaped by the caller.
        role: whether a screen reader interrupts (`alert`) or waits for a pause (`status`).
    """
    style = f"color:{INK};background:{PAPER[kind]};padding:0.5em 0.8em;line-height:1.4"
    return f"<div class='alert alert-{kind}' role='{role}' style='{style}'>{inside}</div>"
