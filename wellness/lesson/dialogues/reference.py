"""What the right numbers are: small functions over `data/truth.json`, one an answer.

Nothing here knows the kit's store or its statistics; the definitions stand in the file itself.

>>> truth = load_truth()
>>> round(value(truth, "steps.sum", Asked(("2026-09-21", "2026-09-28"))))
74041
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from wellness.errors import LessonError
from wellness.settings import project_root

FILE = project_root() / "data" / "truth.json"
Truth = Mapping[str, Any]


class Asked(NamedTuple):
    """What is asked for.

    Attributes:
        period: local days as ISO dates, half-open: the second is not in it.
        activity: of workouts; "" for all of them.
        target: what is compared with or counted against, in the unit of the reference.
    """

    period: tuple[str, str]
    activity: str = ""
    target: float = 0.0


class Reference(NamedTuple):
    """A function of the truth, and the unit of what it gives; None where there are no data."""

    unit: str
    of: Callable[[Truth, Asked], float | None]


@lru_cache(maxsize=4)
def load_truth(path: Path = FILE) -> Truth:
    """The exact answers to the sample; read once.

    Raises:
        LessonError: the file is not there, or holds no JSON.
    """
    try:
        truth: Truth = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise LessonError(f"There are no true answers in {path}: {error}.") from error
    return truth


def value(truth: Truth, name: str, asked: Asked) -> float | None:
    """The answer of a reference; None where the export holds nothing to answer with.

    Raises:
        LessonError: there is no such reference, or the period is no pair of ascending dates.
    """
    if name not in REFERENCES:
        hint = f"There are: {', '.join(REFERENCES)}."
        raise LessonError(f"No reference is called {name!r}.", hint=hint)
    first, end = (date.fromisoformat(day) for day in asked.period)
    if first >= end:
        raise LessonError(f"{asked.period} is no period: its end is not after its start.")
    return REFERENCES[name].of(truth, asked)


def _within(table: Mapping[str, Any], asked: Asked) -> list[Any]:
    """The rows of a table by day that lie in the period, in their order."""
    first, end = asked.period
    return [table[day] for day in sorted(table) if first <= day < end]


def _mean(values: Iterable[float]) -> float | None:
    found = list(values)
    return sum(found) / len(found) if found else None


def _steps(truth: Truth, asked: Asked) -> list[float]:
    """Steps of each day, merged: watch before phone before other."""
    return [row["merged"] for row in _within(truth["steps"]["by_day"], asked)]


def _hearts(truth: Truth, asked: Asked) -> list[Mapping[str, float]]:
    return _within(truth["heart_rate"], asked)


def _heart_mean(truth: Truth, asked: Asked) -> float | None:
    """Weighted by time. The truth has no weights of days, so of one day only.

    Raises:
        LessonError: the period is longer than a day.
    """
    first, end = (date.fromisoformat(day) for day in asked.period)
    if (end - first).days != 1:
        raise LessonError(f"The mean heart rate of {asked.period} is not known exactly.")
    return next((row["weighted"] for row in _hearts(truth, asked)), None)


def _resting(truth: Truth, asked: Asked) -> list[float]:
    return _within(truth["resting_heart_rate"], asked)


def _weights(truth: Truth, asked: Asked) -> list[float]:
    """Kilograms, the last reading of each day that has one."""
    return _within(truth["weight_kg"]["by_day"], asked)


def _above(truth: Truth, asked: Asked) -> float | None:
    """Kilograms from the target to the last weight; negative below it."""
    weights = _weights(truth, asked)
    return weights[-1] - asked.target if weights else None


def _asleep(truth: Truth, asked: Asked) -> list[float]:
    """Minutes asleep of each night, by the day of waking; without those only spent in bed."""
    return [night["asleep"] for night in _within(truth["sleep"], asked) if night["asleep"]]


def _deep(truth: Truth, asked: Asked) -> list[float]:
    """Minutes of deep sleep of each night whose stages are known."""
    nights = _within(truth["sleep"], asked)
    return [night["deep"] for night in nights if night["by"] == "watch"]


def _workouts(truth: Truth, asked: Asked) -> list[Mapping[str, Any]]:
    first, end = asked.period
    return [
        one for one in truth["workouts"]["each"]
        if first <= one["day"] < end and asked.activity in ("", one["activity"])
    ]  # fmt: skip


REFERENCES: dict[str, Reference] = {
    "steps.sum": Reference("steps", lambda t, a: sum(_steps(t, a)) if _steps(t, a) else None),
    "steps.mean": Reference("steps", lambda t, a: _mean(_steps(t, a))),
    "steps.maximum": Reference("steps", lambda t, a: max(_steps(t, a), default=None)),
    "steps.days": Reference("days", lambda t, a: sum(day >= a.target for day in _steps(t, a))),
    "heart.mean": Reference("bpm", _heart_mean),
    "heart.maximum": Reference(
        "bpm", lambda t, a: max((row["max"] for row in _hearts(t, a)), default=None)
    ),
    "heart.minimum": Reference(
        "bpm", lambda t, a: min((row["min"] for row in _hearts(t, a)), default=None)
    ),
    "resting.mean": Reference("bpm", lambda t, a: _mean(_resting(t, a))),
    "weight.last": Reference("kg", lambda t, a: next(reversed(_weights(t, a)), None)),
    "weight.above": Reference("kg", _above),
    "sleep.mean": Reference("min", lambda t, a: _mean(_asleep(t, a))),
    "sleep.deep": Reference("min", lambda t, a: _mean(_deep(t, a))),
    "workouts.count": Reference("workouts", lambda t, a: len(_workouts(t, a))),
    "workouts.miles": Reference(
        "mi", lambda t, a: sum(one["miles"] for one in _workouts(t, a)) or None
    ),
}
