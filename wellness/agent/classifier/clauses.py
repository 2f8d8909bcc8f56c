"""A message in clauses: which of them ask or request, and which merely tell.

People wrap a question in talk: "I sat around all Sunday. How many steps did that come to?" A clause
begins where a question or a request can begin, after a full stop, a comma or a conjunction.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from wellness.agent.classifier.lasting import lasts
from wellness.agent.classifier.openers import (
    ADJUNCT,
    ASKS,
    DATED,
    EXCLAIMS,
    IDIOM,
    LEAD,
    NAMED_FIRST,
    OF_OTHERS,
    REQUEST,
    STATES_A_VALUE,
    SUBJECTLESS,
    TELLING,
    TIME_ALONE,
    WISH,
)

SENTENCE = re.compile(
    r"(?<=[.!?])(?<!\bDr\.)(?<!\bMr\.)(?<!\bMs\.)(?<!\bMrs\.)(?<!\bvs\.)\s+|\n+|;\s*", re.I
)
BOUNDARY = re.compile(
    r"\s*(?:,\s*(?:and|but|so|or|then|plus|also)\b|[,:\u2013]|\s-+\s|\.{2,}|\u2026|"
    r"\s(?:and also|and then|as well as|and|but|so|plus|also|or|anyways?|anyhow|&)(?=\s))\s*",
    re.I,
)
MEANT = re.compile(r"\bi meant?\b(?! to\b)|\b(?:things|numbers):", re.I)
# "Heart rate. Yesterday. Peak.": one request in pieces, without a verb
TELEGRAM = re.compile(
    r"^(?:(?!(?:i|my|we|it|he|she|they|that|this|ran|had|felt|no|yes|ok|thanks|\w+ed)\b)[\w-]+"
    r"(?: (?!(?:is|was|are|were|did|had|felt|hurts?)\b)[\w-]+)?\. ){1,4}[\w-]+(?: [\w-]+)?[.!]?$",
    re.I,
)
SINCE = re.compile(
    r" (?:since|before|after|during|while|when|until) (?:i|we|my|our|the)\b.*$", re.I
)
NAMES = re.compile(
    r"^(?:my |the )?[\w-]+(?: (?!please|and|or)[\w-]+)?$"
)  # "Tennis: how many sessions?"
PLEASE = re.compile(r"\bplease[.!]*$", re.I)  # "HRV, last 30 days, please."
SCRAPPED = re.compile(
    r"[,.:\s\u2013-]+(?:(?:oh|no|sorry|wait|actually|hang on|i mean(?:t)?)[, ]+){2,}"
    r"|[,.:\s\u2013-]+(?:scratch|scrap|forget) that[,.: ]+(?:i meant? )?",
    re.I,
)  # "How many steps, sorry, no, how many flights": what stands before is not meant
INSIDE = re.compile(r"\b(?:how (?:many|much|often|long|far)|what (?:is|was|were|did))\b", re.I)
ENDS_ASKING = re.compile(r"\bhow (?:many|much|often|long|far)(?: \w+)?$", re.I)
# A time at the end of a piece that is of the next one: "my water in March, and in April, ..."
NEXT_TIME = re.compile(
    r"(?:,\s*(?:and|but|then|plus)|\s(?:and|but))\s+"
    r"(?=(?:in|on|during|for|over|since) [^,]{2,25}$)",
    re.I,
)
JOTS = re.compile(
    r"(?:please )?(?:jot|note|write|save|store) (?:that|this|it)(?: down)?(?: please)?[.!]*$", re.I
)
ABOUT = re.compile(r"^(?:how|what) about\b", re.I)


class Clause(NamedTuple):
    """A part of a message; `asks` also for requests, `ends` is the mark that ends its sentence."""

    text: str
    asks: bool
    ends: str = ""


def split(text: str) -> list[Clause]:
    """The clauses of a tidied message, in order.

    >>> message = "I feel great, how many steps did I do and how did I sleep?"
    >>> [(clause.text, clause.asks) for clause in split(message)]
    [('I feel great', False), ('how many steps did I do', True), ('how did I sleep?', True)]
    """
    if TELEGRAM.match(text):
        text = text.replace(". ", ", ")
    found = [
        clause
        for sentence in SENTENCE.split(text)
        if sentence.strip(" .!?,")
        for clause in _clauses(sentence.strip())
    ]
    return [one for one in found if LEAD.sub("", one.text + " ").strip(" .!?,")] or found


def _clauses(sentence: str) -> Iterator[Clause]:
    ends = sentence[-1] if sentence[-1] in "?!." else ""
    waiting = ""  # a time that stands before its question
    pieces = list(_pieces(sentence))
    for number, piece in enumerate(pieces, 1):
        last = number == len(pieces)
        asked = _begins_with_time(piece) and is_asking(piece.split(", ", 1)[1], "")
        timed = ADJUNCT.match(piece) or TIME_ALONE.match(piece)
        before_all = timed and not INSIDE.search(piece)
        if not last and not asked and not ASKS.match(piece) and before_all:
            waiting = f"{waiting} {piece}".strip()
            continue
        mark = ends if last else ""
        yield Clause(f"{waiting} {piece}".strip(), is_asking(piece, mark), mark)
        waiting = ""


def _pieces(sentence: str) -> Iterator[str]:
    """The sentence, cut where a question, a request, or talk after a question begins."""
    for scrapped in SCRAPPED.finditer(sentence):
        if ASKS.match(sentence[scrapped.end() :]):
            sentence = sentence[scrapped.end() :]
            break
    at = 0
    for boundary in BOUNDARY.finditer(sentence):
        rest = sentence[boundary.end() :]
        before = sentence[at : boundary.start()].strip()
        opens = ASKS.match(rest) or JOTS.match(rest)
        talk = TELLING.match(rest) and "," in boundary[0] and ASKS.match(before)
        if not LEAD.sub("", f"{before} ").strip(" ,") or not (opens or talk):
            continue
        timed = ADJUNCT.match(before) or TIME_ALONE.match(before)
        if ":" in boundary[0] and NAMES.match(before) and not timed:
            continue
        if opens and ABOUT.match(before) and len(before) < 10:
            continue
        if boundary[0].strip() == "," and (timed_next := NEXT_TIME.search(before)):
            yield before[: timed_next.start()]
            at += sentence[at:].index(before) + timed_next.end()
            continue
        yield before
        at = boundary.end()
    yield sentence[at:].strip()


def _begins_with_time(piece: str) -> bool:
    """Whether a piece has its time and a comma before all else: "for July, I need my steps"."""
    return bool(ADJUNCT.match(piece)) and not ASKS.match(piece) and ", " in piece


def is_asking(piece: str, ends: str) -> bool:
    """Whether a piece asks or requests something; in doubt a noun phrase does, a sentence does not.

    >>> is_asking("steps last week", ""), is_asking("My weight is 75 kg", ".")
    (True, False)
    """
    if _begins_with_time(piece):
        return is_asking(piece.split(", ", 1)[1], ends)
    if JOTS.match(piece):
        return True
    if lasts(piece, ends):
        return False
    if WISH.match(piece) and ends != "?":
        return False
    if (EXCLAIMS.match(piece) and ends != "?") or IDIOM.match(piece):
        return False
    if ASKS.match(piece) or REQUEST.match(piece) or ENDS_ASKING.search(piece) or ends == "?":
        return True
    lead = LEAD.match(piece)
    core = piece[lead.end() :] if lead else piece
    core = SINCE.sub("", core) or core
    cores = core, DATED.sub("", core.rsplit(": ", 1)[-1])
    meant = lead is not None and MEANT.search(lead[0]) is not None
    tells = (TELLING, NAMED_FIRST, SUBJECTLESS, OF_OTHERS)
    if any(pattern.match(one) for pattern in tells for one in cores) or STATES_A_VALUE.search(core):
        return False
    return meant or not TELLING.match(piece)


def asks_after_time(piece: str) -> bool:
    """Whether a piece asks, be it after a time: "during my flu, what was my temperature".

    >>> asks_after_time("during my flu what was my pulse"), asks_after_time("during my flu")
    (True, False)
    """
    return bool(ASKS.match(piece) or (ADJUNCT.match(piece) and INSIDE.search(piece)))


def tells_only(text: str) -> bool:
    """Whether a message has several sentences, and none of them asks or requests anything.

    >>> tells_only("Ran 5 km today. The calf held."), tells_only("steps yesterday")
    (True, False)
    """
    clauses = split(text)
    asked = any(ASKS.match(one.text) or REQUEST.match(one.text) for one in clauses)
    asks = "?" in text or asked or PLEASE.search(text) is not None
    return not asks and any(not one.asks for one in clauses) and not MEANT.search(text)
