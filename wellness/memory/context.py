"""Memories and turns in one context: what a model reads before it answers.

Memories get a share of the budget, best first; the conversation gets what is left. A remembered
turn that stands in the conversation anyway is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from wellness.memory.kinds import Memory, MemoryKind
from wellness.memory.messages import Turn
from wellness.memory.recall import Hit
from wellness.memory.tokens import Context, TokenCounter, fit

INTRODUCTION = "What you remember of this person, most relevant first:"


def fit_memories(
    hits: Sequence[Hit],
    turns: Sequence[Turn],
    *,
    budget: int,
    share: float,
    counter: TokenCounter,
    zone: ZoneInfo,
    system: str = "",
) -> tuple[tuple[Hit, ...], Context]:
    """The memories that have room, and the context with them and the newest turns.

    Args:
        hits: best first. One that is too long is passed over, and a shorter one may follow.
        turns: oldest first.
        budget: tokens of the whole context.
        share: part of it that memories may take, with their introduction; over 0, up to 1.
        counter: how tokens are counted.
        zone: of the dates before memories.
        system: the system prompt.

    Raises:
        RecallError: the budget is not positive.
    """
    recent, kept, text = {turn.id for turn in turns}, list[Hit](), ""
    for hit in hits:
        fact = hit.memory.fact
        if fact.kind is MemoryKind.SAID and fact.source in recent:
            continue
        longer = f"{text or INTRODUCTION}\n- {line(hit.memory, zone)}"
        if counter.count(longer) <= budget * share:
            kept.append(hit)
            text = longer
    context = fit(turns, budget=budget, counter=counter, system=system, summary=text)
    return tuple(kept), context


def line(memory: Memory, zone: ZoneInfo) -> str:
    """A memory as a model reads it: since when it holds, until when, and its words.

    >>> from wellness.memory.kinds import Fact
    >>> fact = Fact("My goal weight is 165 lb.", MemoryKind.GOAL, 1_772_323_200)
    >>> line(Memory("1", fact, None, 0, "mini:384"), ZoneInfo("UTC"))
    '2026-03-01: My goal weight is 165 lb.'
    """
    if memory.fact.kind is MemoryKind.SAID:
        return memory.fact.text  # it begins with its date
    if memory.shared:
        return f"General knowledge: {memory.fact.text}"
    since = f"{datetime.fromtimestamp(memory.fact.since, zone):%Y-%m-%d}"
    if memory.valid_until is None:
        return f"{since}: {memory.fact.text}"
    until = f"{datetime.fromtimestamp(memory.valid_until, zone):%Y-%m-%d}"
    return f"{since} to {until}: {memory.fact.text}"
