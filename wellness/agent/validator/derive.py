"""Numbers that no tool has said but that follow from what tools have said, with the formula.

Differences, changes in percent, shares, ratios, sums, means, and values per day are recomputed.
Which of them may be meant is decided by the words, and which numbers go in by what they are about:
with enough numbers some formula gives any result.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from wellness.agent.validator import formulas, values
from wellness.agent.validator.agreement import Facts
from wellness.agent.validator.claim import Claim
from wellness.agent.validator.evidence import Evidence, shown
from wellness.agent.validator.formulas import Derived
from wellness.agent.validator.operands import MOST_OPERANDS, concerns, part_and_whole

SMALL_WHOLE = 10  # "seven out of ten" is a proportion; 21 of 31 are so many


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
            yield from formulas.changes(claim, ours, facts)
        else:
            yield from formulas.differences(claim, ours, facts)
    if unit in ("percent", "#times", "") or claim.amount.kind in ("fraction", "times"):
        wholes = [one for one in pool if concerns(replace(claim, stage=""), one, facts)]
        yield from formulas.shares(claim, ours, wholes, ratio=_is_ratio(claim))
    if unit in formulas.PACES:
        yield from formulas.paces(claim, ours)
    if unit in ("#days", "#nights", "#weeks", "#months"):
        yield from formulas.counts(claim, ours)
    if "sum" in claim.roles or _sums_by_words(claim):
        yield from formulas.sums(claim, ours)
    averaged = "average" in claim.roles or claim.amount.rate or "each" in claim.words
    if averaged and not claim.roles & {"maximum", "minimum", "sum", "target"}:
        yield from formulas.means(claim, ours, facts)


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


def _is_ratio(claim: Claim) -> bool:
    """Whether "times" multiplies, as in "twice as many" and "1.2 times the"."""
    one = claim.amount
    if one.kind != "times" and one.unit != "#times":
        return False
    return one.text.lower().startswith(("double", "triple")) or one.step < 1 or bool(
        re.search(rf"{re.escape(one.text)}(?:\s+times|x)?\s+(?:as|the|that|what|more|your|its)\b",
                  claim.words, re.IGNORECASE)
    )  # fmt: skip


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
