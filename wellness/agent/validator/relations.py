"""Whether two numbers of a sentence stand to each other as it says: more than, up from, from to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from wellness.agent.validator import language, measures
from wellness.agent.validator.claim import Claim

_UP_FROM = re.compile(
    rf"\b(?:(?P<up>{language.UP}|higher|more)|(?P<down>{language.DOWN}|lower|less|fewer))\b"
    r"[^.;]{0,30}?\bfrom\b[^.;\d]{0,30}$",
    re.IGNORECASE,
)
_FROM_TO = re.compile(r"\bfrom\b[^.;\d]{0,20}$", re.IGNORECASE)
_TO = re.compile(r"\bto\s(?:about |around |roughly |nearly |just )?$", re.IGNORECASE)
_THAN = re.compile(
    rf"\b(?:(?P<up>{language.MORE})|(?P<down>{language.LESS}))\b[^.;\d]{{0,60}}?"
    r"\b(?:than|against|versus|vs|compared (?:to|with)|instead of)\b",
    re.IGNORECASE,
)


class Relation(NamedTuple):
    """The first of two numbers is said to be more (1) or less (-1) than the second."""

    first: int
    second: int
    direction: int


def find(claims: Sequence[Claim], text: str) -> Iterator[Relation]:
    """The relations between levels of one sentence, by the words between and before them."""
    for sentence in sorted({claim.sentence for claim in claims if claim.sentence >= 0}):
        levels = [
            i for i, claim in enumerate(claims)
            if claim.sentence == sentence and not claim.change and not claim.skip
        ]  # fmt: skip
        for one, other in pairwise(levels):
            if _alike(claims[one], claims[other]):
                yield from _between(claims, one, other, text)


def _alike(one: Claim, other: Claim) -> bool:
    units = {measures.base(claim.amount.unit) for claim in (one, other)} - {""}
    return len(units) < 2 and "clock" not in (one.amount.kind, other.amount.kind)


def _between(claims: Sequence[Claim], one: int, other: int, text: str) -> Iterator[Relation]:
    start = claims[one].part[0]
    while start > 0 and text[start - 1] not in ".!?;\n":
        start -= 1
    before = text[start : claims[one].amount.start]
    between = text[claims[one].amount.end : claims[other].amount.start]
    if language.negated(between):
        return
    if (match := _UP_FROM.search(between)) and not _TO.search(between):
        yield Relation(one, other, 1 if match["up"] else -1)
    elif _FROM_TO.search(before) and _TO.search(between):
        direction = language.leaning(before) or language.leaning(between)
        if direction:
            yield Relation(other, one, direction)
    elif match := _THAN.search(before + "\0" + between):
        whole = before + "\0" + between
        at = whole.index("\0")
        if match.end() > at and not _crossed(whole[match.start() : match.end()]):
            yield Relation(one, other, 1 if match["up"] else -1)


def _crossed(words: str) -> bool:
    """Whether something else is compared, as in "3 more than ..."."""
    return bool(re.search(r"\d", words))
