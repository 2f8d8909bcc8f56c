"""Whether a number of an answer has the value of one of the evidence, in a unit that converts.

The rule: a number stands for every value that rounds to it at its last place, so "62" for 61.5 to
62.5 and "7.5" for 7.45 to 7.55. The final zeros of a whole number may be rounding ("8,700" for
8,713), to within a hundredth of it. "About" widens that to the zeros, at most a tenth; "nearly"
and "under" take what is at most a tenth below, "just over" what is a tenth above; "over" and "at
least" what is above by at most a quarter, since more would be another number.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from wellness.agent.validator import measures
from wellness.agent.validator.claim import Claim
from wellness.agent.validator.evidence import Evidence

Closeness = Literal["exact", "rounded"]
EPSILON = 1e-6  # relative; floats of sums differ by less
PLAIN_ZEROS = 0.01  # of the value, that final zeros may hide without an "about"
ABOUT, BELOW, ABOVE, JUST_ABOVE = 0.1, 0.1, 0.25, 0.1
COARSEST = 0.2  # of the value: "1 h" does not stand for 40 minutes, although it would round to it
BARE_WORDS = 0.02  # "five", of nobody knows what, is not 4.77
COUNTS = frozenset({"", "#times", "#workouts", "#readings", "#nights", "#days", "#goals", "#rings"})


class Value(NamedTuple):
    """How a number matches: how closely, and whether its unit had to be converted."""

    closeness: Closeness
    converted: bool


def near(said: float, step: float, zeros: float, hedge: str, value: float) -> Closeness | None:
    """How closely a number that is said stands for a value in the same unit; None if it does not.

    >>> near(62, 1, 1, "", 62.4), near(8700, 1, 100, "", 8713), near(7, 1, 1, "", 7.53)
    ('rounded', 'rounded', None)
    >>> near(9000, 1, 1000, "nearly", 8713), near(60_000, 1, 10_000, "over", 61_234)
    ('rounded', 'rounded')
    """
    error, slack = abs(said - value), EPSILON * max(abs(said), abs(value))
    if error <= (min(step / 2, COARSEST * abs(said)) if said else step / 2) + slack:
        fine = error <= slack or step <= 0.005 * abs(said)
        return "exact" if fine and not hedge else "rounded"
    if error <= min(zeros / 2, PLAIN_ZEROS * abs(said)) and zeros > step:
        return "rounded"
    size = abs(said)
    above = value - said if said >= 0 else said - value
    match hedge:
        case "about":
            close = error <= max(step / 2, min(zeros / 2, ABOUT * size))
        case "nearly" | "under" | "at most":
            close = 0 <= -above <= BELOW * size
        case "over" | "at least":
            close = 0 <= above <= ABOVE * size
        case "just over":
            close = 0 <= above <= JUST_ABOVE * size
        case _:
            close = False
    return "rounded" if close else None


def match(claim: Claim, one: Evidence) -> Value | None:
    """How a claim's number matches a number of the evidence, whatever both are about."""
    found: list[Value] = []
    for said, unit, step in _readings(claim):
        for have, converted in (*_in_unit(one, unit, claim), *_as_worded(one, unit)):
            zeros = claim.amount.zeros if not claim.amount.readings else step
            if claim.change or one.is_difference:
                said, have = abs(said), abs(have)
            hedge = "" if one.limit else claim.hedge
            if _is_bare(claim) and abs(said - have) > BARE_WORDS * abs(said):
                continue
            if closeness := near(said, step, zeros, hedge, have):
                found.append(Value(closeness, converted))
    return min(found, default=None)


def _is_bare(claim: Claim) -> bool:
    return claim.amount.kind == "words" and not claim.amount.unit and not claim.hedge


def _as_worded(one: Evidence, unit: str) -> Iterator[tuple[float, bool]]:
    """What a result's own sentence says, rounded, in another unit: 74.6 kg are 164.5 lb."""
    for worded in one.worded:
        if unit in ("", one.unit):
            yield worded, False
        elif one.unit and (converted := measures.convert(worded, one.unit, unit)) is not None:
            yield converted, measures.base(unit) != "s"


def bare_value(claim: Claim, one: Evidence) -> bool:
    """Whether a claim's number is that of the evidence if its unit is left out."""
    amount = claim.amount
    if amount.kind == "clock":
        return False
    return near(abs(amount.value), amount.step, amount.zeros, "", abs(one.value)) is not None


def in_unit_of(claim: Claim, one: Evidence) -> float | None:
    """The value that is said, in the unit of the evidence; None if it does not convert."""
    amount = claim.amount
    if not amount.unit or amount.unit == one.unit:
        return abs(amount.value)
    converted = measures.convert(amount.value, amount.unit, one.unit)
    return None if converted is None else abs(converted)


def same_kind(claim: Claim, one: Evidence) -> bool:
    """Whether the two are counted in units that convert into each other."""
    return any(True for _, unit, _ in _readings(claim) for _ in _in_unit(one, unit, claim))


def _readings(claim: Claim) -> tuple[tuple[float, str, float], ...]:
    amount = claim.amount
    return amount.readings or ((amount.value, amount.unit, amount.step),)


def _in_unit(one: Evidence, unit: str, claim: Claim) -> Iterator[tuple[float, bool]]:
    """The value of the evidence in a unit, and whether that takes a conversion."""
    if claim.amount.kind == "fraction" and not unit:
        if one.unit == "percent":
            yield one.value / 100, False
        elif (one.unit == "" and "share" in one.roles) or claim.change:
            yield one.value, False
        return
    implied = not one.own and bool(one.roles & {"count", "length"})
    if not unit and implied and one.unit and claim.pair != "of":
        return  # that there are 56 readings makes no other 56 true
    if not unit or unit == one.unit:
        yield one.value, False
    elif unit.startswith("#") or one.unit.startswith("#") or not one.unit:
        if _counts_alike(unit, one):
            yield one.value, False
        elif unit == "percent" and not one.unit and 0 < abs(one.value) <= 1:
            yield 100 * one.value, True
        elif not one.unit and not one.roles & {"count"}:
            yield one.value, False
    elif (converted := measures.convert(one.value, one.unit, unit)) is not None:
        yield converted, measures.base(unit) != "s"


def _counts_alike(unit: str, one: Evidence) -> bool:
    """Whether two nouns may count the same: "times" counts anything."""
    if "length" in one.roles:
        return unit == one.unit
    if unit == "#times":
        return one.unit in COUNTS
    if one.unit == "#times" and one.said:
        return unit in COUNTS
    if one.unit == "":
        return unit in COUNTS and bool(one.roles & {"count"})
    return unit == one.unit
