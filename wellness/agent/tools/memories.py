"""What the person told before: recalled, listed, and added to.

A question is stored nowhere by being asked. Words out of a memory are data: they are quoted, on
one line, and bounded.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from wellness.agent.told import content
from wellness.agent.tools import defaults
from wellness.agent.tools.arguments import Goals, Recalled
from wellness.agent.tools.desk import Desk
from wellness.agent.tools.draft import Draft
from wellness.agent.tools.goals import goals, goals_said, read
from wellness.agent.tools.quotes import Telling, quote, source, telling, told_on
from wellness.agent.tools.said import noun_of
from wellness.agent.tools.wording import clean, counted, listed
from wellness.memory.facts import parse_slots
from wellness.memory.kinds import Memory, MemoryKind
from wellness.memory.recall import Hit

NO_MEMORY = "I keep no memory from one question to the next"


def recall_memories(desk: Desk, arguments: Recalled) -> Draft:
    """What bears on a question: the person's own words with their date, knowledge with source."""
    draft = Draft()
    if desk.memory is None:
        draft.say(f"{NO_MEMORY}, so I do not know what you told me before.")
        return draft
    past = bool(parse_slots(arguments.query, now=desk.now, zone=desk.zone).periods)
    found = desk.memory.recall(
        arguments.query, now=desk.now_s, k=2 * defaults.MEMORIES, history=past
    )
    draft.note(found.degraded)
    wanted = content(arguments.query)
    told = _different(desk, found.hits)[: defaults.MEMORIES]
    draft.samples = len(told)
    draft.data["memories"] = [_row(desk, hit, one) for hit, one in told]
    near = [one for hit, one in told if _is_about(hit, one, wanted)]
    draft.data["clear"] = bool(near)
    if not told:
        draft.say("nothing that I was told is about that.")
    elif not near:
        draft.say(
            "I was told nothing that clearly answers that. "
            f"The nearest is this: {_told(draft, desk, told[0][1], wanted)}."
        )
    for one in near[: defaults.SPOKEN_MEMORIES]:
        draft.say(f"{_told(draft, desk, one, wanted)}.")
    return draft


def _different(desk: Desk, hits: Iterable[Hit]) -> list[tuple[Hit, Telling]]:
    """Without turns that only asked, and without what says no more than a better one."""
    kept: list[tuple[Hit, Telling]] = []
    for hit in hits:
        one = telling(hit.memory, desk)
        if one.words and not any(one.words <= better.words for _, better in kept):
            kept.append((hit, one))
    return kept


def _is_about(hit: Hit, one: Telling, wanted: frozenset[str]) -> bool:
    """Whether a memory seems to answer; shared knowledge has to share most of the words."""
    near = hit.why.distance is not None and hit.why.distance <= defaults.NEAR
    shared = len(one.words & wanted)
    return near or (2 * shared > len(wanted) if hit.memory.shared else shared > 0)


def _told(draft: Draft, desk: Desk, one: Telling, wanted: frozenset[str]) -> str:
    memory = one.memory
    words = quote(draft, desk, one.bearing(wanted), memory.fact.at)
    if where := source(draft, memory):
        return f"it is generally held that {words} {where}"
    until = ""
    if memory.valid_until is not None:
        ended = datetime.fromtimestamp(memory.valid_until, desk.zone).date()
        until = f", which held until {draft.day(ended)}"
    return f"on {told_on(draft, desk, memory)} you told me {words}{until}"


def _row(desk: Desk, hit: Hit, one: Telling) -> dict[str, Any]:
    fact = hit.memory.fact
    return {
        "text": clean(one.text, defaults.TEXT_MOST),
        "kind": fact.kind.value,
        "told": datetime.fromtimestamp(fact.at, desk.zone).date().isoformat(),
        "since": datetime.fromtimestamp(fact.since, desk.zone).date().isoformat(),
        "current": hit.memory.current,
        "shared": hit.memory.shared,
        "source": dict(fact.slots.get("source") or {}) if hit.memory.shared else {},
        "why": str(hit.why),
    }


def list_goals(desk: Desk, arguments: Goals) -> Draft:
    """The person's goals now, or those that held in a period."""
    draft = Draft()
    span = desk.span(arguments.period) if arguments.period is not None else None
    if span:
        draft.take(span)
    if desk.memory is None:
        draft.say(f"{NO_MEMORY}, so I do not know your goals.")
        return draft
    found, degraded = goals(desk, span)
    draft.note(degraded)
    found = found or goals_said(desk, span)
    draft.samples = len(found)
    when = f" {span.words}" if span else ""
    if not found:
        draft.say(f"I know of no goal of yours{when}.")
        draft.note('A goal is told like this: "My goal weight is 165 lb".')
        return draft
    have = "had" if span and span.over else "have"
    many = draft.count(len(found), "goal", period=span.label if span else "")
    shown = [_goal(draft, desk, memory) for memory in found[: defaults.SPOKEN_ROWS]]
    draft.say(f"you {have} {many}{when}: {listed(shown)}.")
    if len(found) > len(shown):
        draft.note(f"{counted(len(found) - len(shown), 'older goal')} not named.")
    draft.data["goals"] = [_goal_row(desk, memory) for memory in found[: defaults.ROWS]]
    return draft


def _goal(draft: Draft, desk: Desk, memory: Memory) -> str:
    """A goal with the days from which, and until which, it held."""
    words = quote(draft, desk, memory.fact.text, memory.fact.at)
    goal = read(memory)
    metric = goal.metrics[0] if goal.metrics else ""
    if goal.target:
        about = f"goal for {noun_of(metric)}" if metric else "goal"
        draft.enter(about, *goal.target, metric=metric, role="target")
    since = datetime.fromtimestamp(memory.fact.since, desk.zone).date()
    until = ""
    if memory.valid_until is not None:
        until = f" until {draft.day(datetime.fromtimestamp(memory.valid_until, desk.zone).date())}"
    return f"{words} (since {draft.day(since)}{until})"


def _goal_row(desk: Desk, memory: Memory) -> dict[str, Any]:
    goal = read(memory)
    until = memory.valid_until
    return {
        "text": clean(memory.fact.text, defaults.TEXT_MOST),
        "metrics": list(goal.metrics),
        "target": goal.target.value if goal.target else None,
        "unit": goal.target.unit if goal.target else "",
        "per": goal.per,
        "since": datetime.fromtimestamp(memory.fact.since, desk.zone).date().isoformat(),
        "until": None if until is None
        else datetime.fromtimestamp(until, desk.zone).date().isoformat(),
        "kind": MemoryKind(memory.fact.kind).value,
    }  # fmt: skip
