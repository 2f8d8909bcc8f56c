"""From a sentence to tokens: periods, quantities, known phrases and single words, with negation.

Words in a clause after a negation are marked as negated (Das and Chen 2001; Pang, Lee and
Vaithyanathan 2002); words such as "before" and "than" are bound to what follows them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from wellness.health import periods
from wellness.memory.facts import phrases, quantities
from wellness.memory.facts.phrases import Meaning
from wellness.memory.facts.quantities import Quantity

PERIOD, QUANTITY, PAUSE = "period", "quantity", "pause"
LONGEST_TEXT = 2_000  # characters: more is no question, and it bounds the work
CONTRACTIONS = (
    (r"\bwon't\b", "will not"), (r"\bcan't\b", "can not"), (r"n't\b", " not"), (r"'m\b", " am"),
    (r"'re\b", " are"), (r"'ve\b", " have"), (r"'ll\b", " will"), (r"'d like\b", " would like"),
    (r"'d rather\b", " would rather"), (r"\blet's\b", "let us"),
    (r"\b(what|how|that|it|when|where|who|there|here)'s\b", r"\1 is"), (r"'d\b", " had"),
)  # fmt: skip
DISLIKES = ("dislik", "hat", "detest")  # negations that also say what they negate
BESIDE = {  # words that say nothing beside a metric
    "StepCount": {"walk", "run", "reach"}, "ActiveEnergyBurned": {"burn"}, "HeartRate": {"beat"},
    "RestingHeartRate": {"beat"}, "FlightsClimbed": {"climb"}, "DietaryWater": {"drink"},
}  # fmt: skip
REWORDED = {"BodyMass": {"lose": "decrease", "gain": "increase"}}  # beside a metric, the same


class Token(NamedTuple):
    """A part of a sentence that says something; `name` also carries negation and relation."""

    kind: str
    name: str


class Span(NamedTuple):
    """A part of a text with a value: a half-open interval of epoch seconds, or a quantity."""

    start: int
    end: int
    token: Token
    interval: tuple[int, int] | None = None
    quantity: Quantity | None = None


def plain(text: str) -> str:
    """Lower case, plain quotes, no contractions."""
    text = unicodedata.normalize("NFKC", text[:LONGEST_TEXT]).translate(periods.PLAIN).lower()
    for pattern, words in CONTRACTIONS:
        text = re.sub(pattern, words, text)
    return text.replace("per cent", "percent")


def spans(text: str, now: datetime, zone: ZoneInfo) -> list[Span]:
    """Periods and quantities with their places; what is part of a period is no quantity."""
    found = []
    for period, start, end in periods.find(text, now=now, zone=zone):
        interval = period.start_s, period.end_s
        token = Token(PERIOD, f"{period.start_s}..{period.end_s}")
        found.append(Span(start, end, token, interval=interval))
    taken = [(span.start, span.end) for span in found]
    for quantity, start, end in quantities.find(text):
        if not any(start < stop and begin < end for begin, stop in taken):
            found.append(Span(start, end, Token(QUANTITY, str(quantity)), quantity=quantity))
    return sorted(found, key=lambda span: span.start)


def read(text: str, found: Iterable[Span]) -> list[Token]:
    """What a plain text says, in its order.

    >>> [name for _, name in read("i do not eat meat before bed, but fish", [])]
    ['not eat', 'not meat', 'not before bed', 'fish']
    """
    return _implied(_bound(_sequence(text, found)))


def _sequence(text: str, found: Iterable[Span]) -> Iterator[Token]:
    at = 0
    for start, end, token, *_ in found:
        yield from _words(text[at:start])
        yield token
        at = end
    yield from _words(text[at:])


def _words(text: str) -> Iterator[Token]:
    for clause in re.split(r"([,;:.!?()])", text):
        words = re.findall(r"[^\W_]+", clause)
        if not words and clause.strip():
            yield Token(PAUSE, "")
        at = 0
        while at < len(words):
            meaning, length = phrases.read(words, at)
            yield from _expanded(meaning, words[at])
            at += length


def _expanded(meaning: Meaning, word: str) -> Iterator[Token]:
    """The token of a meaning; "hate" is a negation, and what it negates."""
    if meaning.kind == phrases.FILLER:
        return
    yield Token(PAUSE if meaning.kind == phrases.END else meaning.kind, meaning.name)
    if meaning.kind == phrases.NEGATION and word.startswith(DISLIKES):
        yield Token(phrases.CONCEPT, "like")


def _bound(tokens: Iterator[Token]) -> list[Token]:
    """Negation applied to the rest of its clause, each relation to what follows it."""
    bound: list[Token] = []
    negated, relation = False, ""
    for kind, name in tokens:
        if kind == PAUSE:
            negated = False
        elif kind == phrases.NEGATION:
            if name == "stop":
                bound.append(Token(phrases.CONCEPT, "stop"))
            negated = True
        elif kind == phrases.RELATION:
            relation = name
        else:
            over = relation if not (kind == PERIOD and relation == "above") else ""
            marks = [mark for mark in ("not" if negated else "", over) if mark]
            bound.append(Token(kind, " ".join([*marks, name])))
            relation = ""
    if relation:
        bound.append(Token(phrases.CONCEPT, relation))
    return bound


def _implied(tokens: list[Token]) -> list[Token]:
    """Without what a metric implies: one walks steps and burns calories; losing weight is less."""
    silent, other = set[str](), dict[str, str]()
    for token in tokens:
        if token.kind == phrases.METRIC:
            silent |= BESIDE.get(token.name, set())
            other |= REWORDED.get(token.name, {})
    kinds = (phrases.ACTIVITY, phrases.CONCEPT)
    return [
        Token(token.kind, other.get(token.name, token.name)) if token.kind in kinds else token
        for token in tokens
        if not (token.kind in kinds and token.name in silent)
    ]
