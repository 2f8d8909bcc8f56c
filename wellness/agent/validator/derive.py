"""Numbers that no tool has said but that follow from what tools have said, with the formula.

Differences, changes in percent, shares, ratios, sums, means, and values per day are recomputed.
Which of them may be meant is decided by the words, and which numbers go in by what they are about:
with enough numbers some formula gives any result.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from wellness.agent.validator import agreement, measures, values
from wellness.agent.validator.agreement import Facts
from wellness.agent.validator.claim import Claim
from wellness.agent.validator.evidence import Evidence, shown
from wellness.agent.validator.operands import (
    MOST_OPERANDS,
    concerns,
    converted,
    groups_of,
    is_short,
    pairs,
    part_and_whole,
)

PACES = {"min/km": "km", "min/mi": "mi"}
SMALL_WHOLE = 10  # "seven out of ten" is a proportion; 21 of 31 are so many


@dataclass(frozen=True)
class Derived:
    """A number that was recomputed, and how; `against` says why its direction is wrong."""

    value: float
    unit: str
    formula: str
    against: str = ""


def derive(claim: Claim, pool: Sequence[Evidence], facts: Facts) -> Derived | None:
    """The derivation that gives a claim's number, rather one with the right direction; or None."""
    wrong: Derived | None = None
    for candidate in _candidates(claim, pool, facts):
        if _gives(claim, candidate):
            if not candidate.against:
                return candidate
            wrong = wrong or candidate
    return wrong


def _gives(claim: Claim, candidate: Derived) -> bool:
    one = Evidence(
        candidate.value,
        candidate.unit,
        "",
        roles=frozenset({"change"} if claim.change else {"share"}),
    )
    if claim.amount.kind == "fraction" and not claim.amount.unit:
        one = replace(
            one,
            unit="percent",
            value=100 * candidate.value if not candidate.unit else candidate.value,
        )
    return values.match(claim, one) is not None


def _candidates(claim: Claim, pool: Sequence[Evidence], facts: Facts) -> Iterator[Derived]:
    ours = [one for one in pool if concerns(claim, one, facts)]
    unit = claim.amount.unit
    rated = claim.amount.rate not in ("", "day", "night")
    if not rated and (claim.change or claim.remaining or _differs_by_words(claim)):
        if unit == "percent":
            yield from _changes(claim, ours, facts)
        else:
            yield from _differences(claim, ours, facts)
    if unit in ("percent", "#times", "") or claim.amount.kind in ("fraction", "times"):
        wholes = [one for one in pool if concerns(replace(claim, stage=""), one, facts)]
        yield from _shares(claim, ours, wholes, ratio=_is_ratio(claim))
    if unit in PACES:
        yield from _paces(claim, ours)
    if unit in ("#days", "#nights", "#weeks", "#months"):
        yield from _counts(claim, ours)
    if "sum" in claim.roles or _sums_by_words(claim):
        yield from _sums(claim, ours)
    averaged = "average" in claim.roles or claim.amount.rate or "each" in claim.words
    if averaged and not claim.roles & {"maximum", "minimum", "sum", "target"}:
        yield from _means(claim, ours, facts)


def _differs_by_words(claim: Claim) -> bool:
    words = claim.words.lower()
    return any(
        word in words for word in (" by ", "differ", "gap", "missed", "than", "short of", "range")
    )


def _sums_by_words(claim: Claim) -> bool:
    words = claim.words.lower()
    return any(
        word in words
        for word in ("total", "together", "combined", "both", "in all", "sum", "makes")
    )


def _differences(claim: Claim, ours: Sequence[Evidence], facts: Facts) -> Iterator[Derived]:
    for one, other in pairs(claim, ours, facts):
        unit = one.unit or other.unit
        points = measures.POINTS if unit == "percent" else unit
        if one.worded and other.worded and one.unit == other.unit:
            value = one.worded[0] - other.worded[0]
            terms = f"{shown(one.worded[0], unit)} − {shown(other.worded[0], unit)}"
            against = _against(claim, value, one, other)
            yield Derived(value, points, f"{terms} = {shown(value, points)}", against)
        value = one.value - converted(one, other)
        formula = f"{one.shown} − {other.shown} = {shown(value, points)}"
        yield Derived(value, points, formula, _against(claim, value, one, other))


def _changes(claim: Claim, ours: Sequence[Evidence], facts: Facts) -> Iterator[Derived]:
    for one, other in pairs(claim, ours, facts):
        base = converted(one, other)
        if base:
            value = 100 * (one.value - base) / abs(base)
            formula = f"({one.shown} − {other.shown}) / {other.shown} = {shown(value, 'percent')}"
            yield Derived(value, "percent", formula, _against(claim, value, one, other))


def _against(claim: Claim, value: float, one: Evidence, other: Evidence) -> str:
    """Why the direction of a difference is wrong; "" if it is not, or if none is said."""
    if one.said and other.said:
        return ""
    if not claim.direction or not value or (claim.remaining and "BodyMass" in one.metrics):
        return ""
    if (value > 0) == (claim.direction > 0):
        return ""
    return f"{one.shown} is {'more' if value > 0 else 'less'} than {other.shown}"


def proportion(claim: Claim, pool: Sequence[Evidence], facts: Facts) -> str:
    """The formula that "seven out of ten" stands for, in small numbers; "" if there is none."""
    if not 0 < claim.amount.value < claim.other <= SMALL_WHOLE:
        return ""
    ours = [one for one in pool if one.own and concerns(claim, one, facts)][:MOST_OPERANDS]
    for one in ours:
        for other in ours:
            if one is other or not other.value or not part_and_whole(one, other, ratio=False):
                continue
            share = one.value / other.value
            if abs(share - claim.amount.value / claim.other) <= 0.25 / claim.other:
                return f"{one.shown} / {other.shown} = {shown(share, '')}"
    return ""


def _is_ratio(claim: Claim) -> bool:
    """Whether "times" multiplies, as in "twice as many" and "1.2 times the"."""
    one = claim.amount
    if one.kind != "times" and one.unit != "#times":
        return False
    return one.text.lower().startswith(("double", "triple")) or one.step < 1 or bool(
        re.search(rf"{re.escape(one.text)}(?:\s+times|x)?\s+(?:as|the|that|what|more|your|its)\b",
                  claim.words, re.IGNORECASE)
    )  # fmt: skip


def _counts(claim: Claim, ours: Sequence[Evidence]) -> Iterator[Derived]:
    """How many days, weeks or months there are values of."""
    for group in groups_of(ours, claim):
        if len(group) > 1 and is_short(group[0]) == (claim.amount.unit in ("#days", "#nights")):
            values = ", ".join(one.shown for one in group[:8])
            yield Derived(len(group), claim.amount.unit, f"there are {len(group)}: {values}")


def _paces(claim: Claim, ours: Sequence[Evidence]) -> Iterator[Derived]:
    """Minutes for each kilometre or mile of one workout."""
    unit = PACES[claim.amount.unit]
    for one in ours:
        for other in ours:
            minutes = measures.convert(one.value, one.unit, "min")
            distance = measures.convert(other.value, other.unit, unit)
            if minutes and distance and one.workout and one.call == other.call:
                formula = f"{one.shown} / {other.shown} = {shown(minutes / distance, 'min')}"
                yield Derived(minutes / distance, claim.amount.unit, formula)


def _shares(
    claim: Claim, ours: Sequence[Evidence], wholes: Sequence[Evidence], *, ratio: bool
) -> Iterator[Derived]:
    """A part of a whole in percent or as a fraction, or one so many times the other."""
    levels = [one for one in ours if not one.is_difference][:MOST_OPERANDS]
    for one in levels:
        for other in [it for it in wholes if not it.is_difference][:MOST_OPERANDS]:
            base = converted(one, other)
            if one is other or not base or not part_and_whole(one, other, ratio=ratio):
                continue
            value = one.value / base
            if not ratio and not claim.change and claim.amount.unit == "percent":
                yield Derived(
                    100 * value,
                    "percent",
                    f"{one.shown} / {other.shown} = {shown(100 * value, 'percent')}",
                )
            elif ratio or claim.amount.kind == "fraction":
                yield Derived(
                    value,
                    "#times" if ratio else "",
                    f"{one.shown} / {other.shown} = {shown(value, '')}",
                )


def _sums(claim: Claim, ours: Sequence[Evidence]) -> Iterator[Derived]:
    """The sum of all of one kind, or of two of them."""
    for group in groups_of(ours, claim):
        if len(group) < 2:
            continue
        chosen = (
            [group, *([one, other] for one, other in pairwise(group))]
            if len(group) > 2
            else [group]
        )
        for some in chosen:
            value = sum(converted(some[0], one) for one in some)
            terms = " + ".join(one.shown for one in some[:8]) + (" + ..." if len(some) > 8 else "")
            yield Derived(value, some[0].unit, f"{terms} = {shown(value, some[0].unit)}")


def _means(claim: Claim, ours: Sequence[Evidence], facts: Facts) -> Iterator[Derived]:
    """A mean of all of one kind, a total over its days, or a total over how many it is of."""
    for group in groups_of(ours, claim):
        if len(group) > 1 and is_short(group[0]) and "average" in claim.roles:
            value = sum(converted(group[0], one) for one in group) / len(group)
            terms = " + ".join(one.shown for one in group[:8]) + (
                " + ..." if len(group) > 8 else ""
            )
            yield Derived(
                value, group[0].unit, f"({terms}) / {len(group)} = {shown(value, group[0].unit)}"
            )
    totals = [
        one
        for one in ours
        if "sum" in one.roles and one.value and not agreement.elsewhen(claim, one, facts)
    ]
    for one in totals[:MOST_OPERANDS]:
        for count, name in _divisors(one, ours, claim, facts):
            value = one.value / count
            yield Derived(value, one.unit, f"{one.shown} / {name} = {shown(value, one.unit)}")


def _divisors(
    one: Evidence, ours: Sequence[Evidence], claim: Claim, facts: Facts
) -> Iterator[tuple[float, str]]:
    rate = claim.amount.rate
    if rate in ("", "day", "night") and one.spans:
        start, end = one.spans[0]
        for until in {end, min(end, facts.calendar.tomorrow)}:
            if (days := round((until - start) / 86_400)) > 1:
                yield days, f"{days} {'nights' if rate == 'night' else 'days'}"
    if rate not in ("day", "night", "week", "month"):
        for count in ours:
            if "count" in count.roles and count.own and count.call == one.call and count.value > 1:
                yield count.value, count.shown
