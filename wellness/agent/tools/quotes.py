"""Words out of a memory, as a tool may say them: quoted, bounded, their numbers entered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from wellness.agent.told import asks, content, sentences
from wellness.agent.tools.desk import Desk
from wellness.agent.tools.draft import Draft
from wellness.agent.tools.spoken import spoken
from wellness.agent.tools.wording import clean, quoted
from wellness.health import periods
from wellness.memory.kinds import Memory, MemoryKind
from wellness.memory.knowledge import PREFIX


def quote(draft: Draft, desk: Desk, text: str, at: int) -> str:
    """Words in quotation marks; their numbers and days are entered.

    Args:
        at: epoch seconds at which they were said: "yesterday" depends on it.
    """
    said = clean(text)
    now = datetime.fromtimestamp(at, desk.zone)
    rest = said
    for period, start, end in periods.find(said, now=now, zone=desk.zone):
        last = period.end - timedelta(seconds=1)
        draft.dates([period.start.date(), last.date()])
        rest = rest[:start] + " " * (end - start) + rest[end:]
    for value, unit in spoken(rest):
        draft.enter("as it was said", value, unit, role="said")
    return quoted(said)


@dataclass(frozen=True, slots=True)
class Telling:
    """A memory with what it states; a turn that only asks states nothing.

    Attributes:
        statements: the person's sentences but for questions.
        words: what they are about.
    """

    memory: Memory
    statements: tuple[str, ...]
    words: frozenset[str]

    @property
    def text(self) -> str:
        """All that is stated."""
        return " ".join(self.statements)

    def bearing(self, wanted: frozenset[str]) -> str:
        """What bears on some words: of a turn the sentences with them, else all of it."""
        return " ".join([one for one in self.statements if content(one) & wanted]) or self.text


def telling(memory: Memory, desk: Desk) -> Telling:
    """What a memory states."""
    if memory.fact.kind is not MemoryKind.SAID:
        return Telling(memory, (memory.fact.text,), content(memory.fact.text))
    now = datetime.fromtimestamp(memory.fact.at, desk.zone)
    found = tuple(one for one in sentences(memory) if not asks(one, now=now, zone=desk.zone))
    return Telling(memory, found, content(" ".join(found)))


def told_on(draft: Draft, desk: Desk, memory: Memory) -> str:
    """The day on which something was said."""
    return draft.day(datetime.fromtimestamp(memory.fact.at, desk.zone).date())


def source(draft: Draft, memory: Memory) -> str:
    """Where shared knowledge comes from, in brackets; empty for what the person said."""
    if not memory.shared or not memory.fact.source.startswith(PREFIX):
        return ""
    known = memory.fact.slots.get("source") or {}
    year = known.get("year")
    if isinstance(year, int):
        draft.enter("year of the source", year, role="year")
    return f"({clean(str(known.get('organisation', 'source unknown')), 60)}, {year})"
