"""The formulas of derived numbers: differences, changes in percent, shares, sums, means, paces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from wellness.agent.validator import agreement, measures
from wellness.agent.validator.agreement import Facts
from wellness.agent.validator.claim import Claim
from wellness.agent.validator.evidence import Evidence, shown
from wellness.agent.validator.operands import (
    MOST_OPERANDS,
    converted,
    groups_of,
    is_short,
    pairs,
    part_and_whole,
)

PACES = {"min/km": "km", "min/mi": "mi"}


@dataclass(frozen=True)
class Derived:
    """A number that was recomputed, and how; `against` says why its direction is wrong."""

    value: float
    unit: str
    formula: str
    against: str = ""


def differences(claim: Claim, ours: Sequence[Evidence], facts: Facts) -> Iterator[Derived]:
    """One number less another of its kind, also as their own sentences round them."""
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


def changes(claim: Claim, ours: Sequence[Evidence], facts: Facts) -> Iterator[Derived]:
    """How many percent one number is above or below another of its kind."""
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


def shares(
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


def sums(claim: Claim, ours: Sequence[Evidence]) -> Iterator[Derived]:
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


def means(claim: Claim, ours: Sequence[Evidence], facts: Facts) -> Iterator[Derived]:
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
    if claim.change:
        return
    said = {(one.metrics, one.spans) for one in ours if one.roles == {"average"} and one.own}
    totals = [
        one for one in ours
        if "sum" in one.roles and one.value and not agreement.elsewhen(claim, one, facts)
        and not (claim.amount.rate and (one.metrics, one.spans) in said)
    ]  # fmt: skip
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


def counts(claim: Claim, ours: Sequence[Evidence]) -> Iterator[Derived]:
    """How many days, weeks or months there are values of."""
    for group in groups_of(ours, claim):
        if len(group) > 1 and is_short(group[0]) == (claim.amount.unit in ("#days", "#nights")):
            values = ", ".join(one.shown for one in group[:8])
            yield Derived(len(group), claim.amount.unit, f"there are {len(group)}: {values}")


def paces(claim: Claim, ours: Sequence[Evidence]) -> Iterator[Derived]:
    """Minutes for each kilometre or mile of one workout."""
    unit = PACES[claim.amount.unit]
    for one in ours:
        for other in ours:
            minutes = measures.convert(one.value, one.unit, "min")
            distance = measures.convert(other.value, other.unit, unit)
            if minutes and distance and one.workout and one.call == other.call:
                formula = f"{one.shown} / {other.shown} = {shown(minutes / distance, 'min')}"
                yield Derived(minutes / distance, claim.amount.unit, formula)
