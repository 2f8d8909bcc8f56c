"""Events in a person's memories: which sentence tells of one, and of which days it is.

A sentence counts if it has half of the words that are looked for, or words of the same kin
("injury", "sprained"); of a name such as "my knee surgery" it must have the last. Questions do not
count, nor does what merely mentions an event that was told elsewhere ("no runs since my injury").
An event is of the period that its sentence names, seen from when it was said ("on 12 June 2025",
"this week"), else of the day on which it was said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from wellness.agent.told import asks, content, sentences
from wellness.health import periods
from wellness.health.periods.grammar import shift
from wellness.memory.facts.quantities import WORTH
from wellness.memory.kinds import Memory, MemoryKind
from wellness.memory.long_term import LongTerm
from wellness.memory.recall import Hit

KINDS = (
    MemoryKind.EVENT, MemoryKind.FACT, MemoryKind.GOAL, MemoryKind.PATTERN, MemoryKind.SAID,
)  # fmt: skip
# Words of one kin: whoever asks about an injury may have spoken of a sprain.
TRAVEL = frozenset(
    ("trip", "travel", "travelled", "traveled", "travelling", "traveling", "journey", "holiday",
     "vacation", "stay")
)  # fmt: skip
KIN = (
    frozenset(("injury", "sprain", "pain", "broke", "broken",
               "fracture", "tore", "torn", "strain", "pulled", "accident")),
    frozenset(("illness", "ill", "sick", "sickness", "flu", "cold",
               "covid", "fever", "infection")),
    frozenset(("surgery", "operation", "operated")),
    TRAVEL,
)  # fmt: skip
COUNT = r"(?P<count>\d{1,3}|an?|couple of|" + "|".join(WORTH) + ")"
UNIT = r"(?P<unit>day|week|month)s?"
LASTING = re.compile(rf"\bfor (?:about |around |the next )?{COUNT} {UNIT}\b", re.IGNORECASE)
NAMED = re.compile(  # the last word of a name is what it is: "my knee surgery"
    r"(?:my|the|our|that|this|an?) (?:[\w'’-]+ )*?(?P<head>[\w'’-]+)"
    r"(?: (?:to|in|at|on|of|from|with|near|for)\b.*)?",
    re.IGNORECASE,
)
MENTION = re.compile(  # of an event that was told elsewhere
    r"\b(?:before|after|since|until|till|during|because of|from) (?:my|the|our|that|this|an?) "
    r"\w+(?: \w+)?",
    re.IGNORECASE,
)
AFTERMATH = re.compile(
    r"\b(?:still|better|healed|healing|recovered|recovering|over now|gone|anniversary)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class PastEvent:
    """Something that happened, as it was told.

    Attributes:
        text: the sentence.
        told: when it was said.
        start, end: its local days, half-open; with `lasting`, of all that it brought about.
        dated: whether the sentence names them.
    """

    memory: Memory
    text: str
    told: datetime
    start: date
    end: date
    lasting: date
    dated: bool


class PastEvents:
    """Looks for events in one person's memory, at one moment; looks for each words once.

    Args:
        memory: whose.
        now: when it is asked; what was told later does not count.
        zone: whose days are meant.
        candidates: memories that are looked through.
    """

    def __init__(self, memory: LongTerm, *, now: datetime, zone: ZoneInfo, candidates: int) -> None:
        self._memory, self._now, self._zone, self._candidates = memory, now, zone, candidates
        self._found: dict[str, tuple[list[PastEvent], str]] = {}

    def find(self, said: str) -> tuple[list[PastEvent], str]:
        """Events that fit some words best, at different days, the latest first; what failed."""
        if said not in self._found:
            self._found[said] = self._find(said)
        return self._found[said]

    def _find(self, said: str) -> tuple[list[PastEvent], str]:
        wanted = _Wanted.of(said)
        query = " ".join([said, *sorted(wanted.kin - wanted.words)])
        recall = self._memory.recall(
            query, now=int(self._now.timestamp()), k=self._candidates, kinds=KINDS, history=True
        )
        best: dict[date, PastEvent] = {}
        top: tuple[float, bool, bool] = (0.0, False, False)
        for score, event in self._fitting(wanted, recall.hits):
            if score > top:
                top, best = score, {}
            if score == top:
                known = best.get(event.start)
                if known is None or known.lasting < event.lasting:
                    best[event.start] = event
        return sorted(best.values(), key=lambda one: one.start, reverse=True), recall.degraded

    def _fitting(
        self, wanted: _Wanted, hits: Iterable[Hit]
    ) -> Iterator[tuple[tuple[float, bool, bool], PastEvent]]:
        """Sentences that tell of it, with how well: share of the words, no aftermath, dated."""
        today = self._now.astimezone(self._zone).date()
        for hit in hits:
            if hit.memory.shared or hit.memory.fact.at > self._now.timestamp():
                continue
            for sentence in sentences(hit.memory):
                share, first_hand = wanted.fit(sentence)
                event = _event(sentence, hit.memory, self._zone) if share else None
                if event and event.start <= today:
                    yield (share, first_hand, event.dated), event


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The words of an event, those of their kin, and the one that must be there."""

    words: frozenset[str]
    kin: frozenset[str]
    head: frozenset[str]

    @classmethod
    def of(cls, said: str) -> _Wanted:
        words = content(said)
        kin = frozenset[str]().union(*(group for group in KIN if group & words))
        name = NAMED.fullmatch(said)
        return cls(words, kin, content(name["head"]) - TRAVEL if name else frozenset())

    def fit(self, sentence: str) -> tuple[float, bool]:
        """The part of the words that a sentence has, kin by half, and that it is no aftermath."""
        has = content(MENTION.sub(" ", sentence))
        shared = self.words & has
        related = (self.words & self.kin) - shared if has & self.kin else frozenset[str]()
        met = shared | related
        if not met >= self.head or 2 * len(met) < len(self.words):
            return 0.0, False
        share = (len(shared) + len(related) / 2) / len(self.words)
        return share, not AFTERMATH.search(sentence)


def _event(sentence: str, memory: Memory, zone: ZoneInfo) -> PastEvent | None:
    """The event that a sentence tells of; None if it asks."""
    told = datetime.fromtimestamp(memory.fact.at, zone)
    if asks(sentence, now=told, zone=zone):
        return None
    dates = _dates(sentence, memory, told, zone)
    if dates:
        start, end = (_day(at, zone) for at in (dates[0], dates[1] - 1))
        end += timedelta(days=1)
    else:
        start = _day(memory.fact.since, zone)
        end = start + timedelta(days=1)
    lasting = end
    if match := LASTING.search(sentence):
        lasting = max(end, start + timedelta(days=counted_days(start, match)))
    return PastEvent(memory, sentence, told, start, end if dates else lasting, lasting, bool(dates))


def _dates(sentence: str, memory: Memory, told: datetime, zone: ZoneInfo) -> tuple[int, int] | None:
    """The period that a sentence names, in epoch seconds; a goal's is none of the past."""
    if memory.fact.kind is MemoryKind.GOAL:
        return None
    if known := memory.fact.slots.get("periods"):  # as it was when it was first said
        start, end = known[0]
        return int(start), int(end)
    found = periods.find(sentence, now=told, zone=zone)
    return (found[0][0].start_s, found[0][0].end_s) if found else None


def _day(instant: float, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(instant, zone).date()


def counted_days(start: date, match: re.Match[str], sign: int = 1) -> int:
    """The days of "two weeks" or "the month" before or after a day; 0 where none are named."""
    unit, word = match["unit"], (match["count"] or "one").lower()
    if not unit:
        return 0
    count = {"a": 1, "an": 1, "couple of": 2}.get(word) or WORTH.get(word) or int(word)
    return abs((shift(start, sign * count, unit.lower()) - start).days)
