"""How sure a route by rules is: signs of trouble, weighed so that nine of ten with 0.9 are right.

The weights come from a logistic regression (ridge, weight 1) over 839 questions: 103 of the
labelled set's development half and 736 written for this. Each was judged (all calls right) by the
version of the rules that met it first, before anything was changed in view of it. They were then
moved, with the earlier weights and their information as the prior, by the questions of the first
held-out half, and again by 690 more: the second held-out half and two sets of questions written
since, each as the rules met it first. Later versions are right more often, so the confidence is
rather too low than too high.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from wellness.agent.classifier import cues
from wellness.agent.classifier.parts import DATA, Part
from wellness.agent.classifier.rules import FALLBACKS
from wellness.agent.routes import Intent

INTERCEPT = 2.6
WEIGHTS = {
    "no rule fits": -2.25,
    "it states something, as far as anybody sees": -2.1,
    "a rule that is often wrong": -0.65,
    "a time that was not resolved": -1.45,
    "a comparison without two periods": -2.2,
    "a number without a use": -1.65,
    "several parts": -0.75,
    "it leans on what was said before": -0.9,
}
STATES = "states something"
DOUBTFUL = frozenset(
    ("asks for general knowledge", "asked to forget", "asks for a person, a place or a thing",
     "small talk")
)  # fmt: skip
# Words of times that no period took, and phrases in which they are none
TIME = re.compile(
    r"\b(?:(?:week|month|year|quarter)s?|half|morning|afternoon|evening|ago|last|next|previous|"
    r"before|after|since|during|until|today|yesterday|nights?|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?)\b"
)
NO_TIME = re.compile(
    r"\b(?:a|per|each|every|my|in) (?:\w+ )?(?:week|month|year|night|day)\b|"
    r"\b(?:did i|was i|i|my|the|was|latest|most recent|[MAW]) (?:\w+ )?last\b|"
    r"\blast (?:time|[MAWS])|"
    r"\bhow long ago\b"
)


def confidence(parts: Sequence[Part], *, conversation: bool) -> tuple[float, tuple[str, ...]]:
    """The probability that all calls are right, and the signs that speak against it.

    Args:
        parts: of the message.
        conversation: whether something was said before it.
    """
    signs = tuple(name for name, shown in _signs(parts, conversation).items() if shown)
    score = INTERCEPT + sum(WEIGHTS[name] for name in signs)
    return 1 / (1 + math.exp(-score)), signs


def _signs(parts: Sequence[Part], conversation: bool) -> dict[str, bool]:
    data = [part for part in parts if part.intent in DATA]
    return {
        "no rule fits": any(part.rule in FALLBACKS for part in parts),
        "it states something, as far as anybody sees": any(part.rule == STATES for part in parts),
        "a rule that is often wrong": any(part.rule in DOUBTFUL for part in parts),
        "a time that was not resolved": any(map(_has_time_left, data)),
        "a comparison without two periods": any(map(_compares_nothing, data)),
        "a number without a use": any(map(_has_number_left, data)),
        "several parts": len(parts) > 1,
        "it leans on what was said before": conversation,
    }


def _has_time_left(part: Part) -> bool:
    return TIME.search(NO_TIME.sub("", part.reading.shape)) is not None


def _compares_nothing(part: Part) -> bool:
    return part.intent is not Intent.COMPARE and part.reading.has(cues.COMPARES)


def _has_number_left(part: Part) -> bool:
    used = part.reading.has(cues.ABOVE) or part.reading.has(cues.BELOW)
    targeted = any("target" in call.arguments for call in part.calls)
    return bool(part.reading.amounts) and not (used or targeted)
