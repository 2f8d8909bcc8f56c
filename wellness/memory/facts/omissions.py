"""What numbers leave out: a pulse of 140 is in beats per minute, a run of 5k in kilometres."""

from __future__ import annotations

import re

from wellness.health.units import UNITS
from wellness.memory.facts import clocks, phrases
from wellness.memory.facts.aggregation import metric_named
from wellness.memory.facts.quantities import Quantity
from wellness.memory.facts.tokens import QUANTITY, Span, Token

IMPLIED_UNITS = ("count/min", "mmHg", "%")  # said of such a metric, a number needs no unit
ON_FOOT = {"run", "walk", "race", "hike"}  # "5k" beside these is 5 km
A_RACE = re.compile(r"\b(?:a|the|my|first|last|best|fastest|slowest|another|every|each)\s*$")
AT_NIGHT = {"bedtime", "evening", "dinner"}  # "10:30" beside these is 22:30
HOURED = {"bedtime", "wake"}  # "around eleven" beside these is 11:00
NOON, LATE = 720, 960  # minutes after midnight: a time from four on may be said of the evening


def complete(text: str, found: list[Span], tokens: list[Token]) -> tuple[list[Span], list[Token]]:
    """The spans of a text and its tokens, with the units and halves of the day that are meant."""
    if not any(span.quantity for span in found):
        return found, tokens
    said = {token.name for token in tokens}
    metrics = {token.name for token in tokens if token.kind == phrases.METRIC}
    unit = _unit(metrics)
    given = []
    for span in found:
        number = text[span.start : span.end]
        race = number.endswith("k") and (said & ON_FOOT or A_RACE.search(text[: span.start]))
        if _is_time(span) and said & AT_NIGHT:
            given.append(_at_night(span, number))
        elif said & HOURED and _is_hour(span):
            given.append(_at_hour(span, said))
        elif unit:
            given.append(_in_unit(span, unit))
        elif race and not metrics:
            given.append(_in_unit(span, "m"))  # the number is in thousands already
        else:
            given.append(span)
    return given, _without_parts(given, _renamed(tokens, found, given))


def _unit(metrics: set[str]) -> str:
    if metrics == {"BloodPressure"}:
        return "mmHg"
    metric = metric_named(*metrics) if len(metrics) == 1 else None
    return metric.unit if metric and metric.unit in IMPLIED_UNITS else ""


def _in_unit(span: Span, unit: str) -> Span:
    if span.quantity is None or span.quantity.unit:
        return span
    said = UNITS["percent" if unit == "%" else unit]
    return _with(span, Quantity(round(span.quantity.value * said.factor, 9), said.base))


def _is_time(span: Span) -> bool:
    return span.quantity is not None and span.quantity.unit == "clock"


def _is_hour(span: Span) -> bool:
    quantity = span.quantity
    return quantity is not None and not quantity.unit and quantity.value in range(1, 13)


def _at_hour(span: Span, said: set[str]) -> Span:
    hour = int(span.quantity.value) if span.quantity else 0
    clock = _with(span, Quantity(60 * hour, "clock"))
    return _at_night(clock, str(hour)) if said & AT_NIGHT else clock


def _at_night(span: Span, said: str) -> Span:
    minutes = int(span.quantity.value) if span.quantity else 0
    return _with(span, Quantity(clocks.evening(minutes, said), "clock"))


def _with(span: Span, quantity: Quantity) -> Span:
    return span._replace(quantity=quantity, token=Token(QUANTITY, str(quantity)))


def _renamed(tokens: list[Token], before: list[Span], after: list[Span]) -> list[Token]:
    """Tokens of quantities by their new values, with the marks that they have."""
    names = iter(
        [(a.token.name, b.token.name) for a, b in zip(before, after, strict=True) if a.quantity]
    )
    return [
        Token(kind, name.replace(*next(names))) if kind == QUANTITY else Token(kind, name)
        for kind, name in tokens
    ]


def _without_parts(found: list[Span], tokens: list[Token]) -> list[Token]:
    """Without the part of the day that a time shows: at 7 every morning is at 7 am every day."""
    times = [span.quantity.value for span in found if span.quantity and _is_time(span)]
    if len(times) != 1 or NOON <= times[0] < LATE:
        return tokens
    shown = Token(phrases.CONCEPT, "morning" if times[0] < NOON else "evening")
    if shown not in tokens:
        return tokens
    return [token for token in tokens if token != shown]
