"""The person's goals in memory: which held when, for which metric, and how much.

A goal that another value took the place of still answers for the time in which it held.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from wellness.agent.tools import defaults
from wellness.agent.tools.desk import Desk
from wellness.agent.tools.quotes import telling
from wellness.agent.tools.spans import Span
from wellness.agent.tools.spoken import Spoken, spoken
from wellness.health import units
from wellness.memory.facts import parse_slots
from wellness.memory.kinds import Memory, MemoryKind

QUESTION = "What is my goal? What do I want to reach?"
AT_MOST = re.compile(r"(?:below|at most) quantity")


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal in memory.

    Attributes:
        target: what is to be reached; None where the words have no number.
        per: "day", "night", "week", "month", or "" for a value to arrive at.
        at_most: whether less is wanted.
    """

    memory: Memory
    metrics: tuple[str, ...]
    target: Spoken | None
    per: str
    at_most: bool


def goals(desk: Desk, span: Span | None = None) -> tuple[list[Memory], str]:
    """The person's goals that hold now, or held in a span, the newest first; and what failed.

    Raises:
        RedisError: Redis does not answer.
    """
    found, degraded = _recalled(desk, _during(desk, span), (MemoryKind.GOAL, MemoryKind.FACT))
    mine = [one for one in found if is_goal(one)]
    return sorted(mine, key=lambda one: -one.fact.since), degraded


def goals_said(desk: Desk, span: Span | None = None) -> list[Memory]:
    """Goals in the words of conversations that no rule has made a goal of, the newest first.

    Each is its turn's memory with the sentence in the place of the turn.
    """
    found, _ = _recalled(desk, _during(desk, span), (MemoryKind.SAID,))
    stated = []
    for memory in found:
        for sentence in telling(memory, desk).statements:
            now = datetime.fromtimestamp(memory.fact.at, desk.zone)
            slots = parse_slots(sentence, now=now, zone=desk.zone)
            if slots.goal and slots.quantities:
                fact = replace(memory.fact, text=sentence, slots=asdict(slots))
                stated.append(replace(memory, fact=fact))
    return sorted(stated, key=lambda one: -one.fact.since)


def _during(desk: Desk, span: Span | None) -> tuple[int, int] | None:
    """The part of a span that is over; a moment of one that is not."""
    if span is None:
        return None
    start = span.period.start_s
    return start, max(min(span.period.end_s, desk.now_s), start + 1)


def _recalled(
    desk: Desk, during: tuple[int, int] | None, kinds: tuple[MemoryKind, ...]
) -> tuple[list[Memory], str]:
    assert desk.memory is not None
    recall = desk.memory.recall(
        QUESTION, now=desk.now_s, k=defaults.CANDIDATES, during=during, kinds=kinds
    )
    found = [hit.memory for hit in recall.hits if not hit.memory.shared]
    if recall.degraded:  # not all goals have the word "goal" in them
        held = [one for one in desk.memory.all() if _held(one, during, desk.now_s)]
        found = [one for one in held if one.fact.kind in kinds]
    return found, recall.degraded


def is_goal(memory: Memory) -> bool:
    """Whether a memory states a goal."""
    return memory.fact.kind is MemoryKind.GOAL or bool(memory.fact.slots.get("goal"))


def _held(memory: Memory, during: tuple[int, int] | None, now: int) -> bool:
    start, end = during or (now, now + 1)
    until = memory.valid_until
    return memory.fact.since < end and (until is None or until > start)


def read(memory: Memory) -> Goal:
    """What a goal is about, out of its slots and words."""
    slots = memory.fact.slots
    concepts = [str(one) for one in slots.get("concepts", ())]
    rate = next((one.removeprefix("per ") for one in concepts if one.startswith("per ")), "")
    said = spoken(memory.fact.text)
    metrics = tuple(dict.fromkeys(map(str, slots.get("metrics", ()))))
    if not metrics and any(units.unit(one.unit).base == "kg" for one in said):
        metrics = ("BodyMass",)
    at_most = any(AT_MOST.search(one) for one in concepts)
    exact = [one for one in said if one.unit] or said
    return Goal(memory, metrics, exact[-1] if exact else None, rate, at_most)


def goal_for(found: Iterable[Memory], metric: str, base: str) -> Goal | None:
    """The newest goal with a target for a metric, whose values are of the unit `base`."""
    for memory in found:
        goal = read(memory)
        if metric not in goal.metrics:
            continue
        fitting = [
            one for one in spoken(memory.fact.text) if units.unit(one.unit).base in (base, "")
        ]
        exact = [one for one in fitting if one.unit] or fitting
        if exact:
            return Goal(memory, goal.metrics, exact[-1], goal.per, goal.at_most)
    return None
