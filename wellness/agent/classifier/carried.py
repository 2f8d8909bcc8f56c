"""Times that only the question before tells: "and in the evening?", "since then", "and now?"."""

from __future__ import annotations

import re
from dataclasses import replace

from wellness.agent.classifier.beside import When
from wellness.agent.classifier.events import other_side
from wellness.agent.classifier.parts import Part
from wellness.agent.classifier.reading import Reading

DAY_S = 86_400
BARE = re.compile(
    r"\b(?P<relation>before|after(?:wards)?|since|during)(?: (?:that|it|then))?\s*[?.!]*$"
)
HOURS = re.compile(
    r"\b(?:in|at|during|by|for) (?:the |that )?(?P<part>morning|afternoon|evening|night)\b"
    r"|^(?:(?:and|or|but|no|what about|how about|only|just|the),? )*(?P<alone>morning|afternoon"
    r"|evening|night)\b"
)
PART = re.compile(r"\s*\b(?:early |late )?(?:morning|afternoon|evening|night)$", re.I)
LEADING = re.compile(r"^(?:in|on|during|over|for) ", re.I)
NOW = re.compile(
    r"\b(?:right now|(?<!^)now|^now(?= *[?.!]*$)|at the moment|current(?:ly)?|at present"
    r"|these days|nowadays|as we speak)\b"
)


# "And last?" after "this week"
WHICH = re.compile(
    r"^(?:(?:and|or|but|no|what about|how about|only|just),? )*(?:the )?(?P<which>last|this"
    r"|previous)"
    r"(?: one)?\s*[?.!]*$"
)
UNIT = re.compile(
    r"^(?:the )?(?:last|this|past|previous) (?P<unit>week|month|quarter|year|weekend)\b", re.I
)


def completed(reading: Reading, before: Part) -> Reading:
    """A clause without a time of its own, with the one that it names beside the one before."""
    if reading.whens or not before.whens:
        return reading
    event = before.whens[0]
    if match := BARE.search(reading.shape):
        return _beside(reading, event, match["relation"])
    which, unit = WHICH.match(reading.shape), UNIT.match(event.phrase)
    if which and unit:
        word = "this" if which["which"] == "this" else "last"
        return _with(reading, f"{word} {unit['unit']}", event.interval)
    hours = HOURS.search(reading.shape)
    if hours and event.interval and event.interval[1] - event.interval[0] <= DAY_S:
        day = PART.sub("", event.phrase)
        return _with(reading, f"{day} {hours['part'] or hours['alone']}", event.interval)
    return reading


def _beside(reading: Reading, event: When, relation: str) -> Reading:
    """The other side of an event; of a period of the calendar all that came since."""
    if event.interval is None:
        return _with(reading, other_side(event.phrase, relation), None)
    if relation != "since":
        return reading
    return _with(reading, f"since {LEADING.sub('', event.phrase)}", event.interval)


def _with(reading: Reading, phrase: str, interval: tuple[int, int] | None) -> Reading:
    return replace(reading, whens=(When(phrase, 0, 0, interval),))


def is_now(reading: Reading) -> bool:
    """Whether the present is asked about, by a word of its own: "and now?"."""
    return not reading.whens and NOW.search(reading.shape) is not None
