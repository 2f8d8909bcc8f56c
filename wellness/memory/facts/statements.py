"""What a person's own words state: facts with a subject, so that a later value can supersede.

Rules over slots, one a kind of statement, tried in order; the first that fits decides. They find
what is said plainly and leave out the rest, which is remembered word by word all the same
(`wellness.memory.said`). A question states nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from wellness.errors import UnknownMetric
from wellness.health.catalogue import Aggregation, find
from wellness.memory.facts.slots import Slots, parse_slots
from wellness.memory.facts.wording import worded
from wellness.memory.kinds import Fact, MemoryKind

SENTENCE = re.compile(r"(?<=[.!?])\s+|[\n;]+|,?\s+(?:but|and)\s+(?=(?:i|i'm|i've|my|we)\b)", re.I)
ABOUT_ONESELF = re.compile(r"\b(?:i|my|me|we|our|mine)\b")
POSSESSION = re.compile(
    r"^(?:[a-z ]{0,20}, ?)?my (?:new |current )?(?P<what>[a-z]+(?: [a-z]+)?) "
    r"(?:is|was|are|name is|is called|is named)\b"
)
LIKES = re.compile(
    r"^(?:and |but |also )?(?:i|we) (?:\w+ly |also |still |now |do not |always |never ){0,2}"
    r"(?:like|love|enjoy|prefer|hate|dislike|would rather|am fond of|am keen on|am a fan of)\b"
    r"|^my (?:favou?rite|preference)\b"
)
GAVE_UP = re.compile(
    r"^(?:and |but |now )?(?:i|we) (?:have |had |just |finally |recently ){0,2}"
    r"(?:stopped|quit|gave up|given up)\b|^(?:i|we)\b.*\b(?:no longer|any ?more)\b"
)
MOST_WORDS = 16  # in a sentence that states one thing; what is longer tells a story
HABITS = frozenset(("usually", "often", "always", "rarely", "sometimes", "weekend", "weekday",
                    "every", "every other", "per day", "per week", "per night"))  # fmt: skip
TIMES_OF_DAY = frozenset(("morning", "evening", "afternoon", "night", "noon"))
HAPPENED = frozenset(("injury", "sprain", "pain", "buy", "begin", "see", "reach", "feel", "move"))
DONE = frozenset(("wake", "bedtime", "eat", "drink"))
PLACES = ("live", "work")
UNSAID = frozenset(("past", "present"))  # of no concern to what a statement is about


class Stated(NamedTuple):
    """What a rule makes of a sentence; importance is 0 to 1."""

    kind: MemoryKind
    subject: str
    importance: float


def learn(text: str, *, now: datetime, zone: ZoneInfo, source: str = "") -> list[Fact]:
    """The facts that a person states plainly about themselves, in the order of their words.

    Args:
        text: what the person said; several sentences are several facts, long ones are none.
        now: when; aware.
        zone: where the person lives.
        source: id of the turn that it comes from.

    Raises:
        ValueError: `now` has no zone.

    >>> from datetime import UTC
    >>> when = {"now": datetime(2026, 5, 13, tzinfo=UTC), "zone": ZoneInfo("UTC")}
    >>> [(fact.kind.value, fact.subject) for fact in learn(
    ...     "I'm allergic to peanuts. My goal weight is 165 lb. How did I sleep?", **when)]
    [('fact', 'allergy: peanut'), ('goal', 'goal: BodyMass')]
    """
    found = []
    for sentence in SENTENCE.split(text):
        slots = parse_slots(sentence, now=now, zone=zone)
        words, _ = worded(sentence)
        if slots.asks or not ABOUT_ONESELF.search(words) or len(words.split()) > MOST_WORDS:
            continue
        if stated := next(filter(None, (rule(slots, words) for rule in RULES)), None):
            found.append(_fact(sentence.strip(" ,"), stated, slots, int(now.timestamp()), source))
    return found


def _fact(text: str, stated: Stated, slots: Slots, at: int, source: str) -> Fact:
    """It holds since the period that it names; a goal and a habit, since they were stated."""
    dated = slots.periods and stated.kind not in (MemoryKind.GOAL, MemoryKind.PATTERN)
    return Fact(
        text=text,
        kind=stated.kind,
        at=at,
        subject=stated.subject,
        signature=slots.signature(),
        valid_from=min(slots.periods[0][0], at) if dated else None,
        importance=stated.importance,
        source=source,
        slots={name: value for name, value in asdict(slots).items() if value},
    )


def _object(slots: Slots, *without: str) -> str:
    """What a sentence is about besides the given words, whether or not it is negated."""
    without = (*without, *UNSAID)
    parts = (*slots.metrics, *slots.activities, *slots.concepts, *slots.words)
    bare = dict.fromkeys(part.removeprefix("not ") for part in parts)
    return " ".join(sorted(part for part in bare if part not in without))


def _goal(slots: Slots, words: str) -> Stated | None:
    if not slots.goal:
        return None
    rate = next((one for one in slots.concepts if one.startswith("per ")), "")
    if slots.metric and slots.quantities and not slots.words and "lose" not in slots.concepts:
        return Stated(MemoryKind.GOAL, f"goal: {slots.metric} {rate}".strip(), 0.9)
    return Stated(MemoryKind.GOAL, "", 0.8)


def _allergy(slots: Slots, words: str) -> Stated | None:
    if not any(one.endswith("allergy") for one in slots.concepts):
        return None
    named = (one for one in slots.concepts if one.endswith("allergy"))
    what = _object(slots, "allergy", *named, "stop") or ("" if slots.polarity else "anything")
    return Stated(MemoryKind.FACT, f"allergy: {what}", 1.0) if what else None


def _preference(slots: Slots, words: str) -> Stated | None:
    if not LIKES.match(words):
        return None
    what = _object(slots, "like", "favourite", "stop", *TIMES_OF_DAY)
    return Stated(MemoryKind.PREFERENCE, f"preference: {what}", 0.6) if what else None


def _value(slots: Slots, words: str) -> Stated | None:
    """A value of the body that stands until the next: "I weigh 78 kg"."""
    if len(slots.metrics) != 1 or len(slots.quantities) != 1 or not slots.polarity:
        return None
    try:
        lasting = find(slots.metric).aggregation is Aggregation.LAST
    except UnknownMetric:
        return None
    if lasting and not slots.words and not set(slots.concepts) - UNSAID:
        return Stated(MemoryKind.FACT, slots.metric, 0.6)
    return Stated(MemoryKind.EVENT, "", 0.5)


def _pattern(slots: Slots, words: str) -> Stated | None:
    said = {one.removeprefix("not ") for one in slots.concepts}
    days = {one for one in said if one.startswith("each ")}
    if not (HABITS & said or days):
        return None
    if not (slots.activities or slots.metrics or slots.words or said & DONE):
        return None
    movable = TIMES_OF_DAY & said or slots.quantities or days
    what = _object(slots, *TIMES_OF_DAY, *HABITS, *days)
    return Stated(MemoryKind.PATTERN, f"habit: {what}" if movable and what else "", 0.6)


def _possession(slots: Slots, words: str) -> Stated | None:
    match = POSSESSION.match(words)
    if not match or slots.metrics or slots.periods or not slots.polarity or len(slots.words) > 5:
        return None
    return Stated(MemoryKind.FACT, f"my {match['what']}", 0.7)


def _place(slots: Slots, words: str) -> Stated | None:
    for verb in PLACES:
        if re.match(rf"^(?:now )?i (?:now )?{verb}s? (?:in|at|for)\b", words) and slots.polarity:
            return Stated(MemoryKind.FACT, f"where I {verb}", 0.7)
    return None


def _given_up(slots: Slots, words: str) -> Stated | None:
    what = _object(slots, "stop")
    if not GAVE_UP.match(words) or not what:
        return None
    return Stated(MemoryKind.FACT, f"habit: {what}", 0.7)


def _event(slots: Slots, words: str) -> Stated | None:
    said = {one.removeprefix("cause ") for one in slots.concepts}
    happened = HAPPENED & said or (slots.periods and slots.activities)
    return Stated(MemoryKind.EVENT, "", 0.7 if happened else 0.5) if happened else None


Rule = Callable[[Slots, str], Stated | None]
RULES: tuple[Rule, ...] = (
    _goal, _allergy, _preference, _given_up, _pattern, _value, _place, _possession, _event,
)  # fmt: skip
