"""One clause that asks for two figures of a thing, as two pieces."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from wellness.agent.classifier import asks
from wellness.agent.classifier.reading import Reading

FIGURE = (
    r"(?:average|current|mean|total|sum|maximum|max|minimum|min|highest|lowest|best|worst|peak|most|fewest"
    r"|least|latest|top|avg|daily average|biggest|busiest|how many|how much|how often|how long"
    r"|number of|overall)\b"
)
GOAL = r"(?:(?!than\b)\w+ ){0,2}?(?:goals?|targets?)\b"
LINKED = re.compile(
    r"(?:,? (?:and then|and|plus|then|as well as|(?:al|t)ogether with|along with)(?: also)?|,)\s+"
    rf"(?P<right>(?:(?:my|the|also|what (?:was|is) (?:my|the))\s+)*(?:{FIGURE}|{GOAL}))",
    re.I,
)
GOALS_END = re.compile(r"\b(?:goals|targets)$", re.I)
RING = re.compile(
    r"(?:,? (?:and|plus|as well as|along with)(?: also)?|,)\s+(?P<right>(?:(?:my|the|all)\s+)*)",
    re.I,
)
RINGS_END = re.compile(
    r"\brings?(?: (?:on|for|in|from|this|last|yesterday|today)\b[\w ]{0,20})?$", re.I
)
RINGS_BEGIN = re.compile(r"(?:activity )?rings?\b", re.I)


def divided(text: str, read: Callable[[str], Reading]) -> Iterator[str]:
    """A clause, cut where a second figure begins: "my average pulse and my highest".

    Args:
        text: of the clause.
        read: reads a piece by itself.
    """
    reading = read(text)
    first = reading.topics[0].end if reading.topics else len(text)
    if reading.topics and reading.has(asks.RINGS):
        for match in RING.finditer(text):
            left, right = text[: match.start()], text[match.end() :]
            ends, begins = RINGS_END.search(left), RINGS_BEGIN.match(right)
            if (ends and "ring" not in right.lower()) or (begins and first <= match.start()):
                yield left
                yield from divided(text[match.start("right") :], read)
                return
    if reading.topics and reading.has(asks.GOAL):
        for match in RING.finditer(text):
            left, right = text[: match.start()], text[match.end() :]
            if (
                GOALS_END.search(left)
                and read(right).topics
                and not asks.GOAL.search(right.lower())
            ):
                yield left
                yield text[match.start("right") :]
                return
    for match in LINKED.finditer(text):
        if match.start() >= first:
            yield text[: match.start()]
            yield from divided(text[match.start("right") :], read)
            return
    yield text
