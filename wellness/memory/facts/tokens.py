"""From a sentence to tokens: periods, quantities, known phrases and single words, with negation.

Words in a clause with a negation are marked as negated (Das and Chen 2001; Pang, Lee and
Vaithyanathan 2002); words such as "before" and "than" are bound to what follows them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from wellness.health import periods
from wellness.memory.facts import lexicon, phrases, quantities
from wellness.memory.facts.phrases import Meaning
from wellness.memory.facts.quantities import Quantity
from wellness.memory.facts.wording import CONTRACTIONS, LONGEST_TEXT, plain

__all__ = ["CONTRACTIONS", "LONGEST_TEXT", "Span", "Token", "plain", "read", "spans"]

PERIOD, QUANTITY, PAUSE, JOIN = "period", "quantity", "pause", "join"
CLAUSE = (
    "if",
    "even if",
    "because",
)  # relations that begin a clause, which ends a negation's way back
UNTOUCHED = frozenset((  # by a negation that follows: "I usually do not", "maybe not"
    "usually", "often", "always", "sometimes", "rarely", "maybe", "goal", "per day", "per week",
    "per night", "per month", "every", "when", "who", "where", "why", "how",
))  # fmt: skip
MOVING = ("run", "walk", "cycle", "hike", "swim")
PLACES = frozenset((
    "work", "school", "home", "office", "gym", "station", "shop", "shops", "store", "church",
    "town", "university", "college", "park", "beach", "class", "supermarket", "train", "bus",
))  # fmt: skip
UNBOUND = ("approximately", "goal")  # stands between a relation and what that is bound to


class Token(NamedTuple):
    """A part of a sentence that says something; `name` also carries negation and relation."""

    kind: str
    name: str


WHEN = Token(phrases.CONCEPT, "when")  # "if", where it begins no question


class Span(NamedTuple):
    """A part of a text with a value: a half-open interval of epoch seconds, or a quantity."""

    start: int
    end: int
    token: Token
    interval: tuple[int, int] | None = None
    quantity: Quantity | None = None


def spans(text: str, now: datetime, zone: ZoneInfo) -> list[Span]:
    """Periods and quantities with their places; what is part of a period is no quantity."""
    found = []
    for period, start, end in periods.find(text, now=now, zone=zone):
        interval = period.start_s, period.end_s
        token = Token(PERIOD, f"{period.start_s}..{period.end_s}")
        found.append(Span(start, end, token, interval=interval))
    taken = [(span.start, span.end) for span in found]
    for quantity, start, end in quantities.find(text, ranges=True):
        if not any(start < stop and begin < end for begin, stop in taken):
            found.append(Span(start, end, Token(QUANTITY, str(quantity)), quantity=quantity))
    return sorted(found, key=lambda span: span.start)


def read(text: str, found: Iterable[Span]) -> list[Token]:
    """What a plain text says, in its order.

    >>> [name for _, name in read("i do not eat meat before noon, but fish", [])]
    ['not eat', 'not meat', 'not before noon', 'fish']
    >>> [name for _, name in read("i run and swim if my knee does not hurt", [])]
    ['run', 'swim', 'not if knee', 'not pain']
    """
    return _joined(_bound([*_sequence(text, found), Token(PAUSE, "")]))


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
        at, moved = 0, None
        while at < len(words):
            meaning, length = phrases.read(words, at)
            if words[at] == "to" and length == 1 and _leads(words, at, moved):
                meaning = Meaning(phrases.RELATION, "to")
            moved = meaning if meaning.kind == phrases.ACTIVITY else moved
            yield from _expanded(meaning, " ".join(words[at : at + length]))
            at += length


def _leads(words: list[str], at: int, moved: Meaning | None) -> bool:
    """Whether "to" leads from a way of moving to a place, as in "I walk to work"."""
    there = set(words[at + 1 : at + 3]) & PLACES
    return moved is not None and moved.name in MOVING and bool(there)


def _expanded(meaning: Meaning, phrase: str) -> Iterator[Token]:
    """The token of a meaning; "hate" is a negation, and what it negates."""
    if meaning.kind == phrases.FILLER:
        if meaning.name:
            yield Token(JOIN, meaning.name)
        return
    yield Token(PAUSE if meaning.kind == phrases.END else meaning.kind, meaning.name)
    if meaning.kind == phrases.NEGATION and phrase.startswith(lexicon.DISLIKES):
        yield Token(phrases.CONCEPT, "like")


def _bound(tokens: Iterable[Token]) -> list[Token]:
    """Negation applied to its clause, each relation to what follows it; "or" where it matters."""
    bound: list[Token] = []
    begin, negated, relation, fresh = 0, False, "", False
    for kind, name in tokens:
        if kind in (PAUSE, JOIN):
            if negated and fresh and kind == PAUSE:
                bound.append(Token(phrases.CONCEPT, "not"))  # "who do I run without?"
            begin = len(bound) + (kind == JOIN)
            negated = negated and kind == JOIN
            if kind == JOIN:
                bound.append(Token(kind, "and" if negated else name))
        elif kind == phrases.NEGATION:
            if name == "not" and not negated:
                bound[begin:] = [_negated(token) for token in bound[begin:]]
            if negated:
                bound.append(Token(phrases.CONCEPT, "not not"))  # "I don't dislike it"
            if name == "stop":
                bound.append(Token(phrases.CONCEPT, "stop"))
            negated, fresh = True, name != "stop"
        elif kind == phrases.RELATION or (bound and Token(kind, name) == WHEN):
            relation = name if kind == phrases.RELATION else "if"
            begin = len(bound) if relation in CLAUSE else begin
        else:
            bound += _related(Token(kind, name), relation, negated=negated, fresh=fresh)
            fresh = False
            if name not in UNBOUND:
                relation = ""
    if relation:
        bound.append(Token(phrases.CONCEPT, relation))
    return bound


def _negated(token: Token) -> Token:
    """A token that stands before its negation: "my knee does not hurt"."""
    kind, name = token
    told = kind in (phrases.WORD, phrases.ACTIVITY, phrases.CONCEPT) and name not in UNTOUCHED
    return Token(kind, f"not {name}") if told and not name.startswith("not ") else token


def _related(token: Token, relation: str, *, negated: bool, fresh: bool) -> Iterator[Token]:
    """A token with its marks. A period is negated only by a "not" right before it."""
    kind, name = token
    if kind == PERIOD:
        relation = "" if relation in ("over", "if") else relation
        negated = negated and fresh
    if relation == "during":
        relation = "if" if kind in (phrases.ACTIVITY, phrases.METRIC) else ""
    if kind == QUANTITY:
        relation = lexicon.OF_NUMBERS.get(relation, relation)
    if kind != QUANTITY and name not in UNBOUND and relation in lexicon.COMPARISONS:
        yield Token(phrases.CONCEPT, lexicon.COMPARISONS[relation])
        relation = "than"
    if name in UNBOUND:
        relation = ""
    yield Token(kind, " ".join(mark for mark in ("not" if negated else "", relation, name) if mark))


def _joined(tokens: list[Token]) -> list[Token]:
    """Without "and"; what it joins is in one order, if each side is one token: "tea and milk"."""
    kinds = ["", "", *(token.kind for token in tokens), "", ""]
    found = list(tokens)
    for at, (kind, _) in enumerate(tokens):
        before, one, _, other, after = kinds[at : at + 5]
        alone = one == other and one not in (before, after)
        if kind == JOIN and alone and found[at + 1].name < found[at - 1].name:
            found[at - 1], found[at + 1] = found[at + 1], found[at - 1]
    either = Token(phrases.CONCEPT, "or")
    return [
        token if token.kind != JOIN else either for token in found if token != Token(JOIN, "and")
    ]
