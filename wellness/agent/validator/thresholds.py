"""Numbers that a question brings along: limits and goals that an answer may repeat as such."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from wellness.agent.validator import agreement, claims, measures, operands
from wellness.agent.validator.agreement import Facts
from wellness.agent.validator.claim import Claim
from wellness.agent.validator.evidence import LEVELS, Evidence, shown
from wellness.agent.validator.mentions import Calendar

HOLDS: Mapping[str, Callable[[float, float], bool]] = {
    "over": lambda value, limit: value > limit,
    "just over": lambda value, limit: value > limit,
    "at least": lambda value, limit: value >= limit,
    "under": lambda value, limit: value < limit,
    "at most": lambda value, limit: value <= limit,
    "nearly": lambda value, limit: value <= limit,
}
_EACH = re.compile(r"\bon \d|\b(?:days|nights|times|weeks|never|every|each|ever)\b")
WISHES = ("goal", "target", "aim", "want", "wish", "should", "recommend", "need")


def asked_numbers(question: str, calendar: Calendar) -> list[Evidence]:
    """The numbers of a question, as goals."""
    return [
        Evidence(
            claim.amount.value, claim.amount.unit, "the question", claim.metrics, claim.activity,
            claim.stage, frozenset({"target"}), own=False,
        )
        for claim in claims.read(question, calendar) if not claim.skip
    ]  # fmt: skip


def comparison(claim: Claim, limit: float, pool: Sequence[Evidence], facts: Facts) -> str:
    """Why a comparison with a limit does not hold; "" if it does, or if none is made.

    "More than 8,000" is compared with what the results have for its subject; one that is more
    will do.
    """
    words = claim.words.lower()
    if any(wish in words for wish in WISHES) or _EACH.search(words):
        return ""
    hedge = claim.hedge
    if not hedge and (claim.negated or any(word in words for word in ("reach", "hit"))):
        hedge = "at least"
    if hedge not in HOLDS:
        return ""
    meant = [
        one for one in pool
        if one.own and one.roles & LEVELS - {"target"} and operands.concerns(claim, one, facts)
        and not agreement.elsewhen(claim, one, facts) and _in_unit(one, claim) is not None
    ]  # fmt: skip
    values = [value for one in _meant(meant, claim) if (value := _in_unit(one, claim)) is not None]
    if not values or any(HOLDS[hedge](value, limit) != claim.negated for value in values):
        return ""
    found = shown(values[0], claim.amount.unit)
    return f"{found} is {'' if claim.negated else 'not '}{hedge} {claim.amount.text}"


def _meant(levels: Sequence[Evidence], claim: Claim) -> Sequence[Evidence]:
    """Those of a role that is said, else totals and latest values, else all."""
    roles = claim.roles - {"target", "per day"} or frozenset({"sum", "latest"})
    if claim.amount.rate in ("day", "night"):
        roles = frozenset({"average"})
    return [one for one in levels if one.roles & roles] or levels


def _in_unit(one: Evidence, claim: Claim) -> float | None:
    unit = claim.amount.unit
    if not unit or unit == one.unit:
        return one.value
    if unit.startswith("#") or one.unit.startswith("#") or not one.unit:
        return None
    return measures.convert(one.value, one.unit, unit)
