"""One order of words: the subject first, and what is "mine" before its name."""

from __future__ import annotations

import re

ADJUNCT = (
    "in|on|at|before|after|during|for|since|until|every|each|most|once|twice|two times|"
    "three times|four times|five times|next|last|this|from|today|yesterday|tomorrow|when|if|while|"
    "whenever|because|with|without|about|as soon as|"
    "compared|instead of|rather than|unlike|apart from|except"
)
_ASKED = "what|how|did|do|does|was|were|is|are|am|have|has"
_CLAUSE = "(?:when|if|whenever|while|before|after|because|since|as soon as)"
FRONTED = tuple(
    re.compile(pattern)
    for pattern in (
        rf"^(?P<first>(?:{ADJUNCT})\b[^,]{{1,70}}),\s*"
        rf"(?P<rest>(?:i|my|we|our|which|when|where|who|{_ASKED})\b.*)$",
        rf"^(?P<first>(?:{ADJUNCT})\b(?:(?: of)? my \w+)?"
        rf"(?:(?!\b(?:i|my|we|our|{_ASKED})\b)[^,]){{1,60}}?)\s+(?P<rest>(?:i|my|we|our)\b.*)$",
        rf"^(?P<first>{_CLAUSE} (?:i|my|we|it|the|there)\b[^,]*?)\s+(?P<rest>(?:i|we)\b.*)$",
        rf"^(?P<first>{_CLAUSE} (?:i|my|we|it|the|there)\b[^,]*?)(?<! on)(?<! in)(?<! at)"
        r"(?<! of)(?<! to)(?<! with)(?<! for)(?<! from)\s+(?P<rest>(?:my|our)\b.*)$",
    )
)
OFTEN = re.compile(r"^(?:every|each|most|once|twice|\w+ times)\b")
INVERTED = re.compile(
    r"^(?P<name>(?!(?:i|my|our|we|this|that|it|there|here|he|she|they|you|what|who|how|which|where|"
    r"when|why|one)\b)[\w' -]{1,40}?) (?P<verb>(?:is|are|was|were)(?: not)?) "
    r"(?P<mine>(?:my|our) [^,?]+)$"
)
BOTH_MINE = re.compile(r"^(?P<other>my \w+) (?P<verb>is) (?P<mine>my \w+)$")


def subject_first(text: str) -> str:
    """What stands before the subject moves to the end.

    >>> subject_first("after dinner i walk."), subject_first("in may, did i run?")
    ('i walk after dinner.', 'did i run in may?')
    """
    body = text.rstrip(" .!?")
    found = next(filter(None, (pattern.match(body) for pattern in FRONTED)), None)
    if not found:
        return text
    often = OFTEN.match(found["first"]) and re.search(r"\b(?:not|never)\b", found["rest"])
    return text if often else f"{found['rest']} {found['first']}{text[len(body) :]}"


def mine_first(text: str) -> str:
    """A name stands behind what it is the name of.

    >>> mine_first("nora is my sister."), mine_first("is nora my sister?")
    ('my sister is nora.', 'is nora my sister?')
    """
    body = text.rstrip(" .!")
    if (both := BOTH_MINE.match(body)) and both["mine"] < both["other"]:
        return f"{both['mine']} {both['verb']} {both['other']}{text[len(body) :]}"
    if found := INVERTED.match(body):
        return f"{found['mine']} {found['verb']} {found['name']}{text[len(body) :]}"
    return text
