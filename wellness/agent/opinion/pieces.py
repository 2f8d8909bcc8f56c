"""A message in pieces, each of which a second opinion reads by itself, and whose part each is.

The rules cut where they see a question begin. Pieces are cut more readily, at each conjunction,
since an opinion on half a question does no harm: it counts only where it is sure of another intent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from wellness.agent.classifier.clauses import BOUNDARY, SENTENCE, is_asking
from wellness.agent.classifier.openers import ASKS, REQUEST
from wellness.agent.classifier.parts import Part
from wellness.agent.routes import Intent

SHORTEST = 2  # words: one alone says nothing of what is wanted
MOST = 6  # pieces of a message that are read; the rest is talk
MARKS = " .,;:!?"
# How a sentence begins that tells something; "water I drank today" is none
TOLD = re.compile(
    r"(?:(?:and|but|so|well|ok|okay|oh|hey|now|then|also|because)[, ]+)*"
    r"(?:i|we|you|he|she|it|they|my|our|his|her|their|the|an?|there|this|that|these|those"
    r"|some\w*|every\w*|no\w*)\b",
    re.I,
)


class Piece(NamedTuple):
    """A piece of a message, and how likely it wants each intent.

    Attributes:
        text: as it was meant, without slips.
        shares: add up to 1.
    """

    text: str
    shares: Mapping[Intent, float]

    @property
    def intent(self) -> Intent:
        """The likeliest."""
        return max(self.shares, key=lambda intent: self.shares[intent])


class Span(NamedTuple):
    """A part of the rules with the pieces of which it is made, or a piece that is in no part."""

    part: Part | None
    pieces: tuple[Piece, ...]


def cut(text: str) -> list[str]:
    """The pieces of a tidied message but those that are plainly told.

    Commas alone cut only before a question or a request.

    >>> cut("Last swim I did, and is my weight falling since May, roughly?")
    ['Last swim I did', 'is my weight falling since May, roughly?']
    >>> cut("steps, sleep")
    ['steps, sleep']
    """
    found = [piece for sentence in SENTENCE.split(text) for piece in _pieces(sentence.strip())]
    long = [one for one in found if len(one.split()) >= SHORTEST]
    return [one for one in long if not TOLD.match(one) or is_asking(one, one[-1])][:MOST]


def _pieces(sentence: str) -> Iterator[str]:
    at = 0
    for boundary in BOUNDARY.finditer(sentence):
        rest = sentence[boundary.end() :]
        joined = any(letter.isalpha() or letter == "&" for letter in boundary[0])
        if joined or ASKS.match(rest) or REQUEST.match(rest):
            yield sentence[at : boundary.start()].strip()
            at = boundary.end()
    yield sentence[at:].strip()


def spans(parts: Sequence[Part], pieces: Sequence[Piece]) -> list[Span]:
    """Each part with the pieces that are in no other, and pieces of no part, as they follow."""
    inside = [[at for at, part in enumerate(parts) if _overlap(part, one)] for one in pieces]
    found: list[Span] = []
    waiting = list(range(len(pieces)))
    for at, part in enumerate(parts):
        first = next((n for n in waiting if at in inside[n]), None)
        while first is not None and waiting and waiting[0] < first:
            number = waiting.pop(0)
            if not inside[number]:
                found.append(Span(None, (pieces[number],)))
        own = tuple(one for one, owners in zip(pieces, inside, strict=True) if owners == [at])
        found.append(Span(part, own))
        waiting = [n for n in waiting if at not in inside[n]]
    return [*found, *(Span(None, (pieces[n],)) for n in waiting if not inside[n])]


def _overlap(part: Part, piece: Piece) -> bool:
    one, other = part.reading.text.lower().strip(MARKS), piece.text.lower().strip(MARKS)
    return bool(one) and (one in other or other in one)
