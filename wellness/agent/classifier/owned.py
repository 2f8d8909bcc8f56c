"""What stands in for a thing that was named before: "mine", "how many did I", "the short ones"."""

from __future__ import annotations

import re

from wellness.agent.classifier.parts import Part
from wellness.agent.classifier.vocabulary import ACTIVITY
from wellness.agent.routes import Intent

NAMED = (Intent.RECALL, Intent.REMEMBER, Intent.GOALS)  # what has a topic, and is no data
MINE = re.compile(r"\bmine\b", re.I)
HOW_MUCH = re.compile(r"\bhow (much|many)(?= (?:did|have|do|am|was|had) i\b)", re.I)
# "How many active ones did I burn?"
ONES = re.compile(r"\b(?P<how>(?:(?:how many|the|my|which|any|and) |^)\w+ )ones\b(?! of)", re.I)
# "How many of those sessions", after a kind of workout
SUCH = re.compile(
    r"\b(?:of )?(?:those|these|such|that kind of|this kind of) (?P<kind>sessions?|workouts?"
    r"|activit(?:y|ies)|trainings?|exercises?|classes|class)\b",
    re.I,
)


def named(text: str, before: Part | None) -> str:
    """A clause with the name of what it leaves to the clause, or the question, before it.

    Args:
        text: of the clause.
        before: what the one before wanted.
    """
    if before is None or not before.reading.topics:
        return text
    topic = before.reading.topics[0]
    name = before.reading.text[topic.start : topic.end]
    if not name:
        return text  # it was understood, not named
    if before.intent in NAMED:
        text = HOW_MUCH.sub(rf"how \1 {name}", MINE.sub(f"my {name}", text, count=1), count=1)
        return text
    if before.intent is Intent.WORKOUTS and topic.kind == ACTIVITY and topic.name:
        return SUCH.sub(name, text, count=1)
    last = before.reading.topics[-1]
    noun = before.reading.text[last.start : last.end].rpartition(" ")[2]
    return ONES.sub(rf"\g<how>{noun}", text, count=1) if noun.endswith("s") else text
