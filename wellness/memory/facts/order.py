"""What the order of words tells: what belongs to what, what acts on what, and who acts."""

from __future__ import annotations

import re

from wellness.memory.facts import phrases
from wellness.memory.facts.tokens import PERIOD, QUANTITY, Token

INFLUENCES = {"improve", "worsen", "increase", "decrease", "help", "affect"}

PEOPLE = """
 dog cat horse wife husband partner boyfriend girlfriend fiance fiancee mother father mum mom dad
parent parents brother sister son daughter child children kid kids baby grandmother grandfather
grandma grandpa aunt uncle cousin niece nephew friend friends colleague coworker boss manager
neighbour neighbor doctor physician gp physio physiotherapist therapist trainer coach nurse
dentist dietitian nutritionist surgeon psychologist team family roommate flatmate
"""
_PEOPLE = "|".join(PEOPLE.split())
OTHERS = re.compile(
    rf"\b(?:my|our|the) (?:[a-z]+ )?(?:{_PEOPLE})\b(?! (?:visit|appointment|session|name))"
)
FIRST = re.compile(r"\b(?:i|we)\b")
OBJECT = re.compile(r"\b(?P<verb>[a-z]+) me\b")
GIVING = """
give gives gave giving cause causes caused make makes made take takes took tell tells told help
helps helped ask asks asked for to about with let show shows showed than
"""  # behind these "me" tells nothing that the order of words does not
PASSIVE = re.compile(
    r"\b(?:i|we) (?:was|were|am|got|get|have been) (?:just |also |recently )?"
    r"(?:told|prescribed|advised|given|called|asked|recommended|referred|vaccinated|tested|examined|hit|bitten|stung|treated)\b"
)
WHO_ACTS = re.compile(r"^who (?!do|did|am|is|was|were|have|has|can|should|will)[a-z]+")
PLAIN = frozenset(GIVING.split())


def _roles(sentence: str) -> set[str]:
    """ "me" where that is acted upon, "they" where somebody else is the one who acts.

    >>> _roles("anna likes me"), _roles("i like my coach"), _roles("my coach runs")
    ({'me'}, set(), {'they'})
    """
    other, first = OTHERS.search(sentence), FIRST.search(sentence)
    if other and not (first and first.start() < other.start()):
        return {"they"}
    if WHO_ACTS.search(sentence):
        return {"they"}
    if PASSIVE.search(sentence):
        return {"me"}
    acted = any(match["verb"] not in PLAIN for match in OBJECT.finditer(sentence))
    return {"me"} if acted else set()


def told_by_order(tokens: list[Token], sentence: str) -> tuple[str, ...]:
    """What would be lost if tokens were sets: nothing, for most sentences.

    Args:
        tokens: of the sentence.
        sentence: as it was worded.
    """
    return (*_order(tokens), *sorted(_roles(sentence)))


def _influenced(tokens: list[Token]) -> bool:
    """Whether one thing acts on another: running improves my sleep."""
    things = [token.kind in (phrases.METRIC, phrases.ACTIVITY) for token in tokens]
    return any(
        token.name in INFLUENCES and any(things[:at]) and any(things[at + 1 :])
        for at, token in enumerate(tokens)
    )


def _order(tokens: list[Token]) -> tuple[str, ...]:
    """What belongs to what, where order alone says so: "ran 5 km and cycled 10"."""
    by_kind = {
        kind: [token for token in tokens if token.kind == kind]
        for kind in (PERIOD, QUANTITY, phrases.METRIC, phrases.ACTIVITY)
    }
    metrics, activities = by_kind[phrases.METRIC], by_kind[phrases.ACTIVITY]
    if _influenced(tokens):
        return tuple(name for kind, name in tokens if kind in by_kind or name in INFLUENCES)
    several = max(len(metrics), len(activities)) > 1 and (by_kind[PERIOD] or by_kind[QUANTITY])
    if not several and not (by_kind[QUANTITY] and metrics and activities):
        return ()
    return tuple(token.name for token in tokens if token.kind in by_kind)
