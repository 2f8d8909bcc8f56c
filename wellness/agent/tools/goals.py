"""The person's goals in memory: which held when, for which metric, and how much.

A goal that another value took the place of still answers for the time in which it held.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from wellness.agent.tools import defaults
from wellness.agent.tools.desk import Desk
from wellness.agent.tools.spans import Span
from wellness.health import units
from wellness.memory.facts import quantities
from wellness.memory.facts.quantities import UNIT_OF
from wellness.memory.kinds import Memory, MemoryKind

QUESTION = "What is my goal? What do I want to reach?"
AS_SAID = re.compile(r"(\d[\d,\u202f]*(?:\.\d+)?)\s?(k\b)?[\s-]*([a-z%°]*)", re.IGNORECASE)
AT_MOST = re.compile(r"(?:below|at most) quantity")
FRACTION_OF = {"percent": "%"}


class Spoken(NamedTuple):
    """A quantity as it was said: 165 lb, and not 74.84 kg. The unit is one of `health.units`."""

    value: float
    unit: str


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


def spoken(text: str) -> list[Spoken]:
    """The quantities of a text, as they were said.

    >>> spoken("from 180 down to 165 pounds, 10,000 steps and 7 hours 30 minutes")
    [Spoken(value=180.0, unit=''), Spoken(value=165.0, unit='lb'), Spoken(value=10000.0, unit=''), \
Spoken(value=27000.0, unit='s')]
    """
    found = []
    for quantity, start, end in quantities.find(text):
        match = AS_SAID.fullmatch(text[start:end].strip())
        unit = UNIT_OF.get(match[3].lower()) if match and match[3] else ""
        if match and unit is not None:
            value = float(re.sub(r"[,\u202f]", "", match[1])) * (1000 if match[2] else 1)
            found.append(Spoken(value, unit))
        else:
            found.append(Spoken(quantity.value, quantity.unit))
    return found


def goals(desk: Desk, span: Span | None = None) -> tuple[list[Memory], str]:
    """The person's goals that hold now, or held in a span, the newest first; and what failed.

    Raises:
        RedisError: Redis does not answer.
    """
    assert desk.memory is not None
    during = (span.period.start_s, min(span.period.end_s, desk.now_s)) if span else None
    if during and during[0] >= during[1]:
        during = (during[0], during[0] + 1)
    recall = desk.memory.recall(
        QUESTION, now=desk.now_s, k=defaults.CANDIDATES, during=during,
        kinds=(MemoryKind.GOAL, MemoryKind.FACT),
    )  # fmt: skip
    found = [hit.memory for hit in recall.hits]
    if recall.degraded:  # not all goals have the word "goal" in them
        found = [one for one in desk.memory.all() if _held(one, during, desk.now_s)]
    mine = [one for one in found if not one.shared and is_goal(one)]
    return sorted(mine, key=lambda one: -one.fact.since), recall.degraded


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
    return Goal(memory, metrics, said[-1] if said else None, rate, at_most)


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
