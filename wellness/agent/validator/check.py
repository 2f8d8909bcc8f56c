"""The check of an answer: each of its numbers against what this turn's tools have said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from wellness.agent.results import ToolResult
from wellness.agent.validator import (
    agreement,
    claims,
    derive,
    failures,
    gathering,
    measures,
    relations,
    values,
)
from wellness.agent.validator.agreement import Facts
from wellness.agent.validator.claim import Claim
from wellness.agent.validator.evidence import Evidence, shown
from wellness.agent.validator.mentions import Calendar
from wellness.agent.validator.thresholds import asked_numbers, comparison
from wellness.agent.validator.verdicts import CheckedNumber, Validation, Verdict

ALL_RINGS = 3  # Apple's Move, Exercise and Stand


def validate(
    answer: str,
    results: Sequence[ToolResult],
    *,
    now: datetime,
    zone: ZoneInfo,
    question: str = "",
) -> Validation:
    """Check each number of an answer against the results of this turn's tools, and nothing else.

    A number holds if a result has it, as exactly as it was said (`agreement` has the rule), in a
    unit that converts, and of the same metric, role, period and direction as far as the answer
    names them; or if it follows from such numbers by a difference, a share, a sum or the like.
    A threshold of the question may be repeated as one. Results with an error vouch for nothing.

    Args:
        answer: what is to be said; its first 4,000 characters and 120 numbers are read.
        results: of the tools that were called for it.
        now: when; aware. "Last week" depends on it.
        zone: where the person lives.
        question: what was asked.

    Raises:
        ValueError: `now` has no zone.

    >>> from datetime import UTC
    >>> from wellness.agent.results import Number
    >>> steps = ToolResult("aggregate_metrics", {}, "You took 8,214 steps.",
    ...                    (Number("steps", 8214, "steps", metric="StepCount", role="sum"),))
    >>> at = {"now": datetime(2026, 9, 30, tzinfo=UTC), "zone": ZoneInfo("UTC")}
    >>> print(validate("About 8,200 steps, which burned 412 kcal.", [steps], **at))
    2 numbers checked, 1 wrong.
      8,200: rounded; 8,214 steps, said less exactly
      412: unsupported; no tool result of this turn has it
    """
    if now.utcoffset() is None:
        raise ValueError("now must be aware, since it decides which day is today")
    used = tuple(period for result in results for period in result.periods)
    calendar = Calendar(now, zone, used)
    facts = Facts(calendar, f"{answer} {question}".lower())
    said = claims.read(answer, calendar)
    unread = len(answer) - claims.read_until(answer)
    if all(claim.skip for claim in said):
        return Validation(answer, tuple(_skipped(claim) for claim in said), unread)
    pool = gathering.gather(results, calendar)
    asked = asked_numbers(question, calendar)
    judged = [judge(claim, pool, asked, facts) for claim in said]
    for i, claim in enumerate(said):
        if claim.pair == "of" and claim.first:
            judged[i] = _once(judged[i], judged[claim.partner], claim, pool)
            judged[claim.partner] = _all_rings(judged[claim.partner])
            if formula := derive.proportion(claim, pool, facts):
                for at in (i, claim.partner):
                    judged[at] = _proportional(judged[at], formula)
    for relation in relations.find(said, answer):
        judged[relation.first] = _related(relation, said, judged)
    return Validation(answer, tuple(judged), unread)


def judge(
    claim: Claim, pool: Sequence[Evidence], asked: Sequence[Evidence], facts: Facts
) -> CheckedNumber:
    """The verdict on one number of an answer."""
    if claim.skip:
        return _skipped(claim)
    if found := _best(claim, pool, facts):
        one, value = found
        if "target" in one.roles and (reason := comparison(claim, one.value, pool, facts)):
            return _said(claim, Verdict.WRONG_SIGN, reason, one.source)
        return _direct(claim, one, value)
    if claim.pair == "range" and (inside := _inside(claim, pool, facts)):
        return _said(claim, Verdict.ROUNDED, f"{inside.shown} lies in the range", inside.source)
    plain = replace(claim, hedge="")
    for one in asked if agreement.as_target(claim) else ():
        if values.match(plain, one) and not any(agreement.of_other(claim, one, facts)):
            if reason := comparison(claim, one.value, pool, facts):
                return _said(claim, Verdict.WRONG_SIGN, reason, one.source)
            return _said(claim, Verdict.NOT_CHECKED, "the question's own number", one.source)
    derived = derive.derive(claim, [*pool, *asked], facts)
    if derived and not derived.against:
        return _said(claim, Verdict.DERIVED, "it follows from the results", derived.formula)
    if derived:
        return _said(claim, Verdict.WRONG_SIGN, derived.against, derived.formula)
    return _said(claim, *failures.explain(claim, pool, facts))


def _best(
    claim: Claim, pool: Sequence[Evidence], facts: Facts
) -> tuple[Evidence, values.Value] | None:
    """The evidence that a number is, the closest first, a tool's own number before a sentence's."""
    found = [
        ((value.closeness != "exact", value.converted, "target" in one.roles, not one.own), i)
        for i, one in enumerate(pool)
        if (value := values.match(claim, one)) and agreement.agrees(claim, one, facts)
    ]
    if not found:
        return None
    one = pool[min(found)[1]]
    value = values.match(claim, one)
    assert value is not None
    return one, value


def _direct(claim: Claim, one: Evidence, value: values.Value) -> CheckedNumber:
    if value.converted:
        converted = measures.convert(one.value, one.unit, claim.amount.unit)
        formula = f"{one.shown} = {shown(converted or 100 * one.value, claim.amount.unit)}"
        return _said(claim, Verdict.DERIVED, "the same in another unit", formula)
    worded = values.in_unit_of(claim, one)
    if worded is not None and any(abs(worded - it) <= 1e-9 * abs(it) for it in one.worded):
        return _said(claim, Verdict.SUPPORTED, one.shown, one.source)
    if value.closeness == "rounded":
        return _said(claim, Verdict.ROUNDED, f"{one.shown}, said less exactly", one.source)
    return _said(claim, Verdict.SUPPORTED, one.shown, one.source)


def _once(
    one: CheckedNumber, whole: CheckedNumber, claim: Claim, pool: Sequence[Evidence]
) -> CheckedNumber:
    """The part in "three of three": another number of the results than the whole, or wrong."""
    if one.verdict is not Verdict.SUPPORTED or one.value != whole.value:
        return one
    if sum(bool(it.own and values.match(claim, it)) for it in pool) != 1:
        return one
    reason = f"the results have {one.text} only once"
    return replace(one, verdict=Verdict.WRONG_VALUE, reason=reason)


def _all_rings(whole: CheckedNumber) -> CheckedNumber:
    """Two of the three rings: that there are three is no reading."""
    if whole.verdict.ok or (whole.value, whole.unit) != (ALL_RINGS, "rings"):
        return whole
    return replace(whole, verdict=Verdict.NOT_CHECKED, reason="all the rings that there are")


def _proportional(one: CheckedNumber, formula: str) -> CheckedNumber:
    if one.verdict.ok:
        return one
    return replace(one, verdict=Verdict.DERIVED, source=formula, reason="the same proportion")


def _inside(claim: Claim, pool: Sequence[Evidence], facts: Facts) -> Evidence | None:
    """The number that lies in a narrow range such as "7 to 8 hours"."""
    low, high = claim.amount.value, claim.other
    if claim.first is False:
        low, high = high, low
    if not 0 < low < high <= 1.25 * low:
        return None
    ends = frozenset({"minimum", "maximum"})
    if any((one.roles | one.extreme) & ends and values.same_kind(claim, one) for one in pool):
        return None
    plain = replace(claim, roles=claim.roles - {"minimum", "maximum"})
    for one in pool:
        unit = claim.amount.unit or one.unit
        have = one.value if unit == one.unit else measures.convert(one.value, one.unit, unit)
        if have is not None and low <= have <= high and agreement.agrees(plain, one, facts):
            return one
    return None


def _related(
    relation: relations.Relation, said: Sequence[Claim], judged: Sequence[CheckedNumber]
) -> CheckedNumber:
    """The verdict on a number that is said to be more, or less, than another of its sentence."""
    first, second = judged[relation.first], judged[relation.second]
    one, other = said[relation.first].amount, said[relation.second].amount
    value = other.value
    if one.unit and other.unit and one.unit != other.unit:
        value = measures.convert(value, other.unit, one.unit) or value
    holds = (one.value - value) * relation.direction > 0
    if holds or one.value == value or not (first.verdict.ok and second.verdict.ok):
        return first
    word = "more" if relation.direction > 0 else "less"
    reason = f"{first.text} is not {word} than {second.text}"
    return replace(first, verdict=Verdict.WRONG_SIGN, reason=reason)


def _skipped(claim: Claim) -> CheckedNumber:
    return _said(claim, Verdict.NOT_CHECKED, claim.skip)


def _said(claim: Claim, verdict: Verdict, reason: str, source: str = "") -> CheckedNumber:
    amount = claim.amount
    return CheckedNumber(
        amount.text, (amount.start, amount.end), amount.value, measures.spoken(amount.unit),
        claim.about, verdict, source, reason,
    )  # fmt: skip
