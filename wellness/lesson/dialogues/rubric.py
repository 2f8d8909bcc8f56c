"""From a row of `data/dialogues.json` to an expectation: numbers are computed from the truth here.

A row holds no number but those that the person says in the script.

>>> from wellness.lesson.dialogues.reference import load_truth
>>> row = {"kind": "number", "from": "steps.sum", "period": ["2026-09-21", "2026-09-28"]}
>>> expectation(row, load_truth()).answer
'74,041 steps'
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from wellness.lesson.dialogues.expectations import (
    Day,
    Direction,
    Expectation,
    Number,
    Refusal,
    Statement,
    Told,
    Words,
)
from wellness.lesson.dialogues.figures import COUNTS, Amount, base
from wellness.lesson.dialogues.reference import REFERENCES, Asked, Truth, value
from wellness.lesson.dialogues.wording import Way

TOLERANCE = 0.01  # part of the value: "74,000 steps" for 74,041 is how people say it
SAME = 0.005  # part of the value: two that are nearer than this are said to be the same
Row = Mapping[str, Any]


def expectation(row: Row, truth: Truth) -> Expectation:
    """What a row expects.

    Raises:
        LessonError: a reference or a period is none.
        KeyError, TypeError, ValueError: the row is none, the truth holds no answer where one is
            expected, or holds one where a refusal is.
    """
    return KINDS[row["kind"]](row, truth)


def _asked(row: Row, period: Sequence[str]) -> Asked:
    first, end = period
    amount, unit = row.get("target", (0.0, ""))
    return Asked((first, end), row.get("activity", ""), amount * base(unit).factor)


def _value(row: Row, truth: Truth, period: Sequence[str]) -> float:
    found = value(truth, row["from"], _asked(row, period))
    if found is None:
        raise ValueError(f"the truth has no {row['from']} of {period}")
    return found


def _amount(row: Row, truth: Truth, period: Sequence[str]) -> Amount:
    """A value in the unit that the row asks for; a tolerance of its own is in that unit."""
    have = REFERENCES[row["from"]].unit
    unit = row.get("unit", have)
    found = _value(row, truth, period) * base(have).factor / base(unit).factor
    usual = 0.0 if unit in COUNTS else TOLERANCE * abs(found)
    return Amount(found, unit, row.get("within", usual))


def _number(row: Row, truth: Truth) -> Number:
    readings = (row["period"], *row.get("or", ()))
    return Number(tuple(_amount(row, truth, period) for period in readings))


def _told(row: Row, truth: Truth) -> Told:
    unit = row["unit"]
    stale = tuple(Amount(one, unit, 0.0) for one in row.get("stale", ()))
    return Told(Amount(row["value"], unit, 0.0), stale)


def _words(row: Row, truth: Truth) -> Words:
    return Words(row["answer"], tuple(row["words"]), tuple(row.get("without", ())))


def _day(row: Row, truth: Truth) -> Day:
    return Day(date.fromisoformat(row["day"]))


def _direction(row: Row, truth: Truth) -> Direction:
    """All readings must lie the same way. A target that the question names need not be repeated."""
    ours = _amount(row, truth, row["period"])
    if "target" in row:
        theirs = [_said(row["target"])]
    else:
        theirs = [_amount(row, truth, period) for period in (row["other"], *row.get("or", ()))]
    ways = {_way(ours, one) for one in theirs}
    if len(ways) > 1:
        raise ValueError(f"the readings of {row['from']} lie in different directions")
    ours_name, theirs_name = row.get("names", ("", ""))
    numbers = ((ours,),) if row.get("named") else ((ours,), tuple(theirs))
    return Direction(ways.pop(), row["asked"], (ours_name, theirs_name), numbers)


def _said(pair: Sequence[Any]) -> Amount:
    """A number that stands in the script, as [value, unit]."""
    value, unit = pair
    return Amount(value, unit)


def _way(one: Amount, other: Amount) -> Way:
    ours, theirs = (amount.value * base(amount.unit).factor for amount in (one, other))
    if abs(ours - theirs) <= SAME * abs(theirs):
        return "same"
    return "higher" if ours > theirs else "lower"


def _refusal(row: Row, truth: Truth) -> Refusal:
    """Where the reason is that there are no data, the truth is asked whether that is so."""
    because = row["because"]
    if isinstance(because, Mapping):
        if "type" in because:
            missing = because["type"] not in truth["by_type"]
        else:
            missing = value(truth, because["from"], _asked(because, because["period"])) is None
        if not missing:
            raise ValueError(f"the truth has data where a refusal is expected: {because}")
        because = "no data"
    may = [
        _amount(one, truth, one["period"]) if "from" in one else _said(one["said"])
        for one in row.get("may", ())
    ]
    return Refusal(row.get("unit", ""), tuple(may), tuple(row.get("without", ())), because)


KINDS: dict[str, Callable[[Row, Truth], Expectation]] = {
    "number": _number,
    "told": _told,
    "contains": _words,
    "date": _day,
    "direction": _direction,
    "refuses": _refusal,
    "acknowledges": lambda row, truth: Statement(),
}
