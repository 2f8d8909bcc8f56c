"""Why a number does not hold: what the evidence that comes nearest to it says instead."""

from __future__ import annotations

from collections.abc import Sequence

from wellness.agent.validator import agreement, measures, values
from wellness.agent.validator.agreement import Facts
from wellness.agent.validator.claim import Claim
from wellness.agent.validator.evidence import Evidence
from wellness.agent.validator.verdicts import Verdict

NOTHING = "no tool result of this turn has it"


def explain(claim: Claim, pool: Sequence[Evidence], facts: Facts) -> tuple[Verdict, str, str]:
    """The verdict on a number that no evidence supports, why, and the nearest evidence."""
    objections: list[tuple[int, int, str, Evidence]] = []
    for i, one in enumerate(pool):
        if values.match(claim, one):
            others = [*agreement.differs(claim, one, facts), *agreement.elsewhen(claim, one, facts)]
            reason = "; ".join(others) or agreement.against(claim, one, facts)
            objections.append((len(others), i, reason, one))
    if objections:
        count, _, reason, one = min(objections)
        verdict = Verdict.WRONG_SUBJECT if count else Verdict.WRONG_SIGN
        return verdict, f"{one.shown}: {reason}", one.source
    for one in pool:
        if values.bare_value(claim, one):
            return _other_unit(claim, one)
    about = [
        one for one in pool if values.same_kind(claim, one) and agreement.agrees(claim, one, facts)
    ]
    if about:
        one = min(about, key=lambda one: (not one.own, one.is_difference != claim.change))
        return Verdict.WRONG_VALUE, f"the result has {one.shown}", one.source
    return Verdict.UNSUPPORTED, NOTHING, ""


def _other_unit(claim: Claim, one: Evidence) -> tuple[Verdict, str, str]:
    said = measures.spoken(claim.amount.unit)
    reason = f"the result has {one.shown}, not {said}"
    kinds = {measures.base(one.unit), measures.base(claim.amount.unit)}
    subject = (
        len(kinds) == 2
        and not kinds & {"%", measures.POINTS, "", "clock"}
        and not (kinds <= {"#days", "#nights", "#weeks", "#workouts", "#readings", "#times", "s"})
    )
    return Verdict.WRONG_SUBJECT if subject else Verdict.WRONG_UNIT, reason, one.source
