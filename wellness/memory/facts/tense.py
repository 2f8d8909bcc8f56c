"""What the tense of a verb says: whether it was so, is so, or is so again and again."""

from __future__ import annotations

import re
from collections.abc import Iterable

from wellness.memory.facts.inflection import is_past

RECURRING = re.compile(
    r"\b(?:(?:in|during) (?:the )?(?=[sawf])|(?:on|at|during) the (?=weekend))"
    r"(spring|summer|autumn|winter|weekend)\b(?! of| \d)"
)
PRESENT = re.compile(r"\b(?:i|we) (?!will|want|would|plan|hope|aim|am going|had|did|was)[a-z]+")
BESIDE = """
am is are be been being have has had get gets getting feel feels a an the my so very too more most
and or of with in on for some any was were our your his her their well not
"""  # behind these stands a participle or an adjective: "I am tired", "I have slept"
NO_SUBJECT = frozenset(BESIDE.split())
ADVERBS = ("never", "always", "just", "already", "ever", "recently", "also", "only", "still")


def recurring(statement: str) -> str:
    """A statement in the present, of which "in winter" says every winter.

    >>> recurring("i ski in the winter"), recurring("i skied in the winter")
    ('i ski winters', 'i skied in the winter')
    """
    if not PRESENT.search(statement) or told_as_past(re.findall("[a-z]+", statement)):
        return statement
    return RECURRING.sub(r"\1s", statement)


def told_as_past(words: Iterable[str]) -> bool:
    """Whether a verb says that it was so, as in "I had asthma" and "my knee swelled".

    >>> told_as_past("i have slept badly".split()), told_as_past("i slept badly".split())
    (False, True)
    """
    before = ""
    for word in words:
        if word in ADVERBS:
            continue
        if word in ("did", "was", "were"):
            return True
        if is_past(word) and (before not in NO_SUBJECT):
            return True
        before = word
    return False
