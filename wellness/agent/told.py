"""What a memory tells: the person's own sentences in it, and the words that carry their meaning."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from wellness.memory import queries
from wellness.memory.facts import parse_slots, phrases
from wellness.memory.facts.tokens import plain
from wellness.memory.kinds import Memory, MemoryKind
from wellness.memory.said import MONTHS, SENTENCE

SILENT = frozenset(
    (phrases.FILLER, phrases.NEGATION, phrases.RELATION, phrases.END, phrases.AGGREGATION)
)
# Words that many sentences share which have nothing to do with each other.
COMMON = frozenset((
    "about", "again", "anyone", "anything", "approximately", "because", "begin", "big",
    "called", "day", "everything", "fast", "feel", "few", "first", "forget", "good", "last",
    "left", "like", "long", "maybe", "month", "more", "much", "name", "named", "need", "new",
    "next", "nothing", "old", "one", "other", "per day", "per month", "per night", "per week",
    "remember", "right", "see", "since", "someone", "something", "stop", "tell", "thing",
    "time", "today", "told", "tomorrow", "use", "user", "usually", "way", "week", "when",
    "year", "yesterday",
)) | queries.COMMON | {month.lower() for month in MONTHS}  # fmt: skip
OPENING = re.compile(rf"\d{{1,2}} (?:{'|'.join(MONTHS)}) \d{{4}}, [^:\n]*: ")
OF_ONESELF = re.compile(r"\W*(?:I|I['’]\w+|my|we|our)\b", re.IGNORECASE)
ANSWER = re.compile(r"\nassistant: .*", re.DOTALL)


def content(text: str) -> frozenset[str]:
    """The words of a text that say what it is about, by their meaning in the lexicon.

    >>> sorted(content("I sprained my left ankle")), sorted(content("about the injuries"))
    (['ankle', 'sprain'], ['injury'])
    """
    words = re.findall(r"[^\W_]+", plain(text))
    found, at = set(), 0
    while at < len(words):
        meaning, length = phrases.read(words, at)
        if meaning.kind not in SILENT and not meaning.name.isdecimal():
            found.add(meaning.name)
        at += length
    return frozenset(found - COMMON)


def asks(sentence: str, *, now: datetime, zone: ZoneInfo) -> bool:
    """Whether a sentence asks: with a question mark, or by its words unless it is of oneself.

    >>> utc = ZoneInfo("UTC")
    >>> when = {"now": datetime(2026, 5, 13, tzinfo=utc), "zone": utc}
    >>> asks("My knee hurts on stairs.", **when), asks("Steps before my injury", **when)
    (False, True)
    """
    if sentence.rstrip(" \"')").endswith("?"):
        return True
    return not OF_ONESELF.match(sentence) and parse_slots(sentence, now=now, zone=zone).asks


def own_words(memory: Memory) -> str:
    """What the person said, without date, speaker and the answer.

    >>> from wellness.memory.kinds import Fact
    >>> turn = Fact("12 June 2025, user: I hurt my ankle.\\nassistant: Ouch.", MemoryKind.SAID, 0)
    >>> own_words(Memory("", turn, None, 0, ""))
    'I hurt my ankle.'
    """
    text = memory.fact.text
    if memory.fact.kind is not MemoryKind.SAID:
        return text
    return ANSWER.sub("", OPENING.sub("", text, count=1))


def sentences(memory: Memory) -> list[str]:
    """The person's own sentences."""
    return [part for one in SENTENCE.split(own_words(memory)) if (part := one.strip())]
