"""Which numbers of the evidence may go into a derivation, by what they are about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from wellness.agent.validator import agreement, language, measures
from wellness.agent.validator.agreement import Facts
from wellness.agent.validator.claim import Claim
from wellness.agent.validator.evidence import DIFFERENCES, Evidence
from wellness.agent.validator.intervals import NIGHT_S, Mention, names

MOST_OPERANDS = 60  # of one kind; the pairs of them are tried
COMPARABLE = frozenset(
    {"target", "latest", "sum", "average", "reading", "first", "previous", "count"}
)


def concerns(claim: Claim, one: Evidence, facts: Facts) -> bool:
    """Whether a number is of what the claim, or else its sentence, is about."""
    about = claim.metrics or claim.nearby
    if about and one.metrics and not about & one.metrics:
        return False
    if claim.stage and one.stage != claim.stage:
        return False
    return not (claim.activity and one.activity and claim.activity != one.activity)


Compared = tuple[Evidence, Evidence]


def pairs(claim: Claim, ours: Sequence[Evidence], facts: Facts) -> Iterator[Compared]:
    """What a difference may be between: this and what it is compared with, of one kind."""
    levels = [one for one in ours if not one.is_difference and "length" not in one.roles][
        :MOST_OPERANDS
    ]
    for one in levels:
        for other in levels:
            if one is other or not comparable(one, other) or (one.value == other.value):
                continue
            if "target" in one.roles and "target" not in other.roles:
                continue
            if (one.roles | other.roles) & EXTREMES and not _says_extremes(claim):
                continue
            if "first" in one.roles and "target" in other.roles:
                continue  # all that was ever to be done
            if claim.against == "target" and "target" not in other.roles:
                continue
            if claim.against == "average" and "average" not in other.roles:
                continue
            if not _in_periods(claim, one, other, facts) or not _in_order(claim, one, other, facts):
                continue
            yield one, other


EXTREMES = frozenset({"maximum", "minimum"})
_SPREAD = re.compile(r"\b(?:range|gap|spread|between|difference|apart)\b", re.IGNORECASE)


def _says_extremes(claim: Claim) -> bool:
    """Whether highest and lowest values are meant at all."""
    said = {one.name for one in language.roles(claim.words, 0, len(claim.words))}
    return bool((said | claim.roles) & EXTREMES or _SPREAD.search(claim.words))


def comparable(one: Evidence, other: Evidence) -> bool:
    """Whether two numbers are of one kind: in kind of unit, subject and role."""
    if one.said and other.said and one.call == other.call:
        units = {measures.base(one.unit), measures.base(other.unit)} - {""}
        return len(units) < 2
    if measures.base(one.unit) != measures.base(other.unit) and one.unit and other.unit:
        return False
    if one.metrics and other.metrics and not one.metrics & other.metrics:
        return False
    if one.stage != other.stage or (
        one.activity and other.activity and one.activity != other.activity
    ):
        return False
    if one.roles == other.roles or {"maximum", "minimum"} <= one.roles | other.roles:
        return True
    if "target" in other.roles or "average" in other.roles or "first" in other.roles:
        return bool(one.roles & COMPARABLE)
    return bool(one.roles & COMPARABLE and other.roles & COMPARABLE) and one.rate == other.rate


def _in_periods(claim: Claim, one: Evidence, other: Evidence, facts: Facts) -> bool:
    """Whether the two are of the periods that the claim compares, as far as it names them."""
    for mentions, evidence in ((_subject(claim), one), (claim.refers, other)):
        known = [mention for mention in mentions if mention.spans]
        if evidence is other and mentions and not known and "previous" not in other.roles:
            return False  # it is compared with what no result has
        if known and evidence.spans and "target" not in evidence.roles:
            night = "SleepAnalysis" in evidence.metrics
            fits = any(names(it, evidence.spans, facts.calendar, night=night) for it in known)
            named = any(names(it, other.spans, facts.calendar, night=night) for it in known)
            if not fits and evidence is one and not named and claim.change and not claim.refers:
                fits = (
                    agreement.elsewhen(claim, replace(one, roles=frozenset({"change"})), facts)
                    == []
                )
            if not fits:
                return False
    return True


def _subject(claim: Claim) -> tuple[Mention, ...]:
    """The periods that a difference is of: its own, or the only one of its sentence."""
    if claim.mentions or len(claim.around) != 1 or claim.refers:
        return claim.mentions
    return claim.around


def _in_order(claim: Claim, one: Evidence, other: Evidence, facts: Facts) -> bool:
    """What is later is compared with what is earlier, unless the claim names the earlier one."""
    if "previous" in one.roles and "previous" not in other.roles:
        return False
    if not (one.spans and other.spans) or one.spans[0][0] >= other.spans[0][0]:
        return True
    night = "SleepAnalysis" in one.metrics
    return any(names(it, one.spans, facts.calendar, night=night) for it in _subject(claim)) or any(
        names(it, other.spans, facts.calendar, night=night) for it in claim.refers
    )


def is_short(one: Evidence) -> bool:
    """Whether a number is of one day or night."""
    return bool(one.spans) and one.spans[0][1] - one.spans[0][0] <= NIGHT_S


def converted(one: Evidence, other: Evidence) -> float:
    """The value of the second in the unit of the first."""
    if one.unit and other.unit and one.unit != other.unit:
        return measures.convert(other.value, other.unit, one.unit) or 0.0
    return other.value


def part_and_whole(one: Evidence, other: Evidence, *, ratio: bool) -> bool:
    """Whether one is a part of the other, or, for a ratio, of one kind with it."""
    if measures.base(one.unit) != measures.base(other.unit) or "length" in one.roles:
        return False
    if ratio:
        return comparable(one, other)
    whole = (
        "target" in other.roles
        or "length" in other.roles
        or (one.unit == other.unit and one.unit.startswith("#") and one.call == other.call)
    )
    sleep = bool(one.stage) and not other.stage and "SleepAnalysis" in other.metrics
    return whole or sleep


def groups_of(ours: Iterable[Evidence], claim: Claim) -> list[list[Evidence]]:
    """Numbers of one kind that are of different periods, own numbers of tools only."""
    groups: dict[object, list[Evidence]] = {}
    for one in ours:
        if one.own and one.spans and not one.roles & {"maximum", "minimum", "target", *DIFFERENCES}:
            base = measures.base(one.unit)
            key = one.metrics, one.stage, one.activity, one.roles, base, is_short(one)
            groups.setdefault(key, []).append(one)
    return list(groups.values())
