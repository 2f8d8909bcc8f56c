"""Tool results from JSON: the kit's own, or those of any other tools.

In a foreign result each number is evidence. What it is of is read from the keys that lead to it and
from the strings beside it, its unit from a "unit" beside it or from the end of its key, its period
from a date that it is filed under or that stands beside it. Sentences count as sentences.

>>> (found,) = results_from_json({"heart_rate": {"average_bpm": 72}, "period": "last week"})
>>> found.numbers[0].about, found.numbers[0].unit, found.numbers[0].period
('heart rate average', 'bpm', 'last week')
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from wellness.agent.results import Number, ToolResult
from wellness.agent.validator import language, subjects
from wellness.errors import ResultError
from wellness.health.periods.terms import MONTH_NAMES, WEEKDAYS

DEEPEST, MOST = 24, 2_000  # levels, and numbers, of one result
# Numbers that are no readings: where something stands, not what it is.
NO_READING = frozenset({
    "id", "ids", "index", "page", "limit", "offset", "timestamp", "ts", "epoch", "version",
    "status", "code", "score", "seed", "port", "uuid", "created", "updated", "latitude",
    "longitude", "lat", "lon", "year",
})  # fmt: skip
SUFFIXES = {
    "bpm": "bpm", "kg": "kg", "lb": "lb", "lbs": "lb", "km": "km", "mi": "mi", "miles": "mi",
    "meters": "m", "metres": "m", "m": "m", "cm": "cm", "kcal": "kcal", "calories": "kcal",
    "kj": "kJ", "minutes": "min", "mins": "min", "min": "min", "hours": "h", "hrs": "h", "hr": "h",
    "h": "h", "seconds": "s", "secs": "s", "sec": "s", "s": "s", "ms": "ms", "pct": "percent",
    "percent": "percent", "percentage": "percent", "ml": "mL", "litres": "L", "liters": "L",
    "mmhg": "mmHg", "steps": "steps", "days": "days", "nights": "nights", "workouts": "workouts",
    "readings": "readings", "flights": "flights", "celsius": "degC", "fahrenheit": "degF",
}  # fmt: skip
_NAMES = frozenset(
    {"steps", "days", "nights", "workouts", "readings", "flights", "calories", "kcal"}
)
_AMBIGUOUS = {"min": "minimum", "hr": "hr", "h": "h", "m": "m", "s": "s"}  # units of what lasts
_LASTING = frozenset({
    "duration", "sleep", "asleep", "slept", "exercise", "time", "awake", "deep", "rem", "core",
    "light", "bed", "active", "mindful", "meditation", "stand", "workout", "distance", "length",
    "height", "total", "elapsed", "run", "swim", "moving", "daylight",
})  # fmt: skip
_UNIT_KEYS = frozenset({"unit", "units", "uom"})
_PERIOD_KEYS = frozenset({
    "period", "date", "day", "week", "month", "range", "when", "at", "timeframe", "time_period",
    "night", "time_range", "measured_at", "recorded_at", "label",
})  # fmt: skip
_DAY = re.compile(r"\d{4}-\d\d(?:-\d\d)?")
_NAME = re.compile(rf"(?:{'|'.join((*WEEKDAYS, *MONTH_NAMES))})(?:[ _]\d{{1,4}})?", re.IGNORECASE)
_NUMERIC = re.compile(r"[+-]?\d[\d,]*(?:\.\d+)?")


@dataclass(frozen=True)
class _Place:
    """Where one is in a result: the words that lead there, and what stands beside it."""

    words: tuple[str, ...] = ()
    unit: str = ""
    period: str = ""


def results_from_json(value: Any) -> list[ToolResult]:
    """The tool results in a JSON value.

    Args:
        value: one result, a list of them, or {"results": ...}; of the kit's form or any other.

    Raises:
        ResultError: there is nothing that could be a result, or one of the kit's form is
            damaged.
    """
    if isinstance(value, Mapping) and isinstance(value.get("results"), (list, tuple, Mapping)):
        value = value["results"]
    if isinstance(value, Mapping):
        value = [value]
    if not isinstance(value, (list, tuple)):
        kind = type(value).__name__
        raise ResultError(f"A tool result is an object or a list of them, not a {kind}.")
    if all(isinstance(one, Mapping) and ("tool" in one or "name" in one) for one in value):
        return [_own(one) if _is_own(one) else _foreign(one) for one in value]
    return [_foreign(value[0] if len(value) == 1 else list(value))]


def _is_own(value: Any) -> bool:
    return isinstance(value, Mapping) and {"tool", "arguments"} <= set(value) and not (
        set(value) - set(ToolResult.__dataclass_fields__)
    )  # fmt: skip


def _own(value: Mapping[str, Any]) -> ToolResult:
    try:
        found = ToolResult.from_dict(value)
        texts = [found.tool, found.conclusion, found.error, found.zone, *found.notes]
        for number in found.numbers:
            if isinstance(number.value, bool) or not math.isfinite(number.value):
                raise ValueError(f"{number.value!r} is no number")
            texts += [number.about, number.unit, number.metric, number.role, number.period]
        for period in found.periods:
            texts += [period.phrase, period.label, period.start, period.end, period.because]
        if strange := [text for text in texts if not isinstance(text, str)]:
            raise ValueError(f"{strange[0]!r} is no text")
        if not isinstance(found.arguments, Mapping) or not isinstance(found.samples, int):
            raise ValueError("its arguments are no object, or its samples no number")
        return found
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ResultError(f"A tool result is damaged: {error}.") from error


def _foreign(value: Any) -> ToolResult:
    name, error = "tool result", ""
    if isinstance(value, Mapping):
        name = str(value.get("tool") or value.get("name") or name)
        error = str(value.get("error") or "")
    if error:
        return ToolResult(name, {}, error=error)
    numbers, sentences = [], []
    for found in _walk(value, _Place()):
        if isinstance(found, Number):
            numbers.append(found)
        else:
            sentences.append(found)
    return ToolResult(name, {}, " ".join(sentences), tuple(numbers[:MOST]))


def _walk(value: Any, place: _Place, depth: int = 0) -> Iterator[Number | str]:
    """The numbers below a place, and the sentences."""
    if depth > DEEPEST:
        return
    if isinstance(value, Mapping):
        beside = _beside(value, place)
        for key, inner in value.items():
            name = str(key)
            if isinstance(inner, str):
                yield from _text(name, inner, beside)
            elif name.lower() not in NO_READING:
                yield from _walk(inner, _below(name, beside), depth + 1)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            if isinstance(inner, str) and " " in inner:
                yield _sentence(inner)
            else:
                yield from _walk(inner, place, depth + 1)
    elif isinstance(value, (int, float)) and not isinstance(value, bool) and _finite(value):
        yield _number(float(value), place)


def _finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _number(value: float, place: _Place) -> Number:
    words, unit = list(place.words), place.unit
    last = words[-1] if words else ""
    if last in _AMBIGUOUS and not _LASTING & set(words):
        words[-1] = _AMBIGUOUS[last]
    elif last in SUFFIXES:
        unit = unit or SUFFIXES[last]
        if last not in _NAMES:
            words = words[:-1]
    about = " ".join(words)
    roles = [one.name for one in language.roles(about, 0, len(about))]
    names = [one for one in subjects.find(about) if one.kind == "metric"]
    metric = next((min(one.names) for one in reversed(names) if len(one.names) == 1), "")
    if not unit and metric == "StepCount":
        unit = "steps"
    return Number(about, value, unit, metric, roles[-1] if roles else "", place.period)


def _beside(value: Mapping[Any, Any], place: _Place) -> _Place:
    """A place with what the short strings of an object say of its numbers."""
    found = place
    for key, inner in value.items():
        name = str(key).lower()
        if name in _PERIOD_KEYS and isinstance(inner, Mapping):
            labels = (inner.get(label) for label in ("label", "phrase", "name"))
            inner = next((label for label in labels if isinstance(label, str)), None)
        if not isinstance(inner, str) or not inner.strip() or len(inner) > 80:
            continue
        if name in _UNIT_KEYS:
            found = replace(found, unit=inner)
        elif name in _PERIOD_KEYS:
            found = replace(found, period=_day(inner))
        elif not _is_sentence(inner) and not _NUMERIC.fullmatch(inner):
            found = replace(found, words=(*_split(inner), *found.words))
    return found


def _below(key: str, place: _Place) -> _Place:
    """A place one key further down."""
    if _DAY.fullmatch(key[:10]) or _NAME.fullmatch(key):
        return replace(place, period=_day(key.replace("_", " ")))
    parts = key.lower().split("_")
    if parts[-1] in _UNIT_KEYS:
        return place
    return replace(place, words=(*place.words, *_split(key)))


def _text(key: str, text: str, place: _Place) -> Iterator[Number | str]:
    """A string: a number in quotes with the words of its place, or a sentence."""
    if key.lower() in NO_READING or key.lower() in _UNIT_KEYS or key.lower() in _PERIOD_KEYS:
        return
    if _NUMERIC.fullmatch(text.strip()):
        yield _number(float(text.strip().replace(",", "")), _below(key, place))
    elif _is_sentence(text):
        yield _sentence(text)
    elif re.search(r"\d", text) and not _DAY.match(text):
        yield _sentence(f"{' '.join(_below(key, place).words)}: {text}")


def _is_sentence(text: str) -> bool:
    words = len(text.split())
    return words > 6 or (words > 3 and bool(re.search(r"\d", text)))


def _sentence(text: str) -> str:
    plain = text.strip()
    return plain if plain.endswith((".", "!", "?")) else f"{plain}."


def _split(name: str) -> tuple[str, ...]:
    """The words of a key: snake_case, camelCase, or Apple's own names."""
    plain = re.sub(r"^HK\w+?TypeIdentifier", "", name)
    plain = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", plain)
    return tuple(re.findall(r"[a-z]+\d?|\d+", plain.lower().replace("_", " ")))


def _day(text: str) -> str:
    """A date without its time, or a phrase as it is."""
    return text[:10] if re.match(r"\d{4}-\d\d-\d\d", text) else text
