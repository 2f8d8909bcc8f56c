"""What the tense of a verb says: whether it was so, is so, or is so again and again."""

from __future__ import annotations

import re
from collections.abc import Iterable

from wellness.memory.facts.inflection import is_past, lemma

RECURRING = re.compile(
    r"\b(?:(?:in|during) (?:the )?(?=[sawf])|(?:on|at|during) the (?=weekend))"
    r"(spring|summer|autumn|winter|weekend)\b(?! of| \d)"
)
PRESENT = re.compile(r"\b(?:i|we) (?!will|want|would|plan|hope|aim|am going|had|did|was)[a-z]+")
BESIDE = """
am is are be been being have has had get gets getting feel feels a an the my so very too more most
and or of with in on for some any was were our your his her their well not less much pretty even
extremely
"""  # behind these stands a participle or an adjective: "I am tired", "I have slept"
NO_SUBJECT = frozenset(BESIDE.split())
ASPECTS = {"stop", "begin", "used to"}
DONE = re.compile(r"\bha(?:ve|s) (?:(?:i|we|my \w+) )?(?:set|put|cut|quit|hit|hurt|read|beat)\b")
GENERAL = re.compile(r"^(?:what|how|why)\b.*\b(?:is|are|does|do|can|should)\b")
OWN = re.compile(r"\b(?:i|my|me|mine|we|our|us)\b")
LASTING = frozenset(("be", "have", "live", "know", "want", "like", "love", "hate", "need", "work",
                     "feel", "own", "suffer", "weigh", "keep", "do", "use", "get"))  # fmt: skip
BESTS = {"best", "fastest", "first", "furthest"}
IS = re.compile(r"\b(?:i|we) (?:have (?:an?|my|the|no|\d+)|am|are)\b|\bis\b")
ADVERBS = frozenset(("quite", "so", "never", "always", "just", "already", "ever", "also", "only",
                     "still"))  # fmt: skip


def recurring(statement: str) -> str:
    """A statement in the present, of which "in winter" says every winter.

    >>> recurring("i ski in the winter"), recurring("i skied in the winter")
    ('i ski winters', 'i skied in the winter')
    """
    if not PRESENT.search(statement) or told_as_past(re.findall("[a-z-]+", statement)):
        return statement
    return RECURRING.sub(r"\1s", statement)


def tense_of(sentence: str) -> str:
    """ "past", "present" where a verb says that it is so or will be, or "" ."""
    if told_as_past(re.findall("[a-z-]+", sentence)) or DONE.search(sentence):
        return "past"
    return "present" if IS.search(sentence) else ""


def is_general(question: str) -> bool:
    """Whether it asks what a thing is as such: nothing in it is one's own.

    >>> is_general("what is hrv?"), is_general("what is my hrv?"), is_general("hrv?")
    (True, False, False)
    """
    return bool(GENERAL.search(question)) and not OWN.search(question)


def matters(tense: str, said: set[str], periods: Iterable[tuple[int, int]], now: int) -> bool:
    """Whether a tense says more than the rest of a sentence.

    A period shows by itself that it is past, unless what is said of it is to come: "I have a race
    on Sunday". What one stopped is over, and what was best still is.

    Args:
        tense: of the sentence.
        said: names of its tokens.
        periods: that it names, in epoch seconds.
        now: in epoch seconds.
    """
    if tense == "present" and "goal" in said:
        return False
    over = [end <= now for _, end in periods]
    if said & BESTS or (said & ASPECTS and "goal" not in said) or not tense:
        return False
    return all(over) and bool(over) if tense == "present" else not over


def told_as_past(words: Iterable[str]) -> bool:
    """Whether a verb says that it was so or is done: "I had asthma", "my knee has healed".

    >>> told_as_past("i have lived here".split()), told_as_past("i lived here".split())
    (False, True)
    """
    before = ""
    for word in words:
        if word in ADVERBS or word.endswith("ly"):
            continue
        if word in ("did", "was", "were"):
            return True
        done = before in ("have", "has") and lemma(word) not in LASTING
        if is_past(word) and (done or before not in NO_SUBJECT):
            return True
        before = word
    return False
