"""One order of words: the subject first, and what is "mine" before its name."""

from __future__ import annotations

import re

ADJUNCT = (
    "in|on|at|before|after|during|for|since|until|every|each|most|once|twice|two times|"
    "three times|four times|five times|next|last|this|from|today|yesterday|tomorrow|when|if|while|"
    "whenever|because|with|without|about|as soon as"
)
_ASKED = "what|how|did|do|does|was|were|is|are|am|have|has"
FRONTED = tuple(
    re.compile(pattern)
    for pattern in (
        rf"^(?P<first>(?:{ADJUNCT})\b[^,]{{1,70}}),\s*"
        rf"(?P<rest>(?:i|my|we|our|which|when|where|who|{_ASKED})\b.*)$",
        rf"^(?P<first>(?:{ADJUNCT})\b(?: my \w+)?(?:(?!\b(?:i|my|we|our|{_ASKED})\b)[^,]){{1,60}}?)"
        r"\s+(?P<rest>(?:i|my|we|our)\b.*)$",
        r"^(?P<first>(?:when|if|whenever|while|before|after|because|as soon as) (?:i|my|we)\b"
        r"[^,]*?)\s+(?P<rest>(?:i|my|we|our)\b.*)$",
    )
)
OFTEN = re.compile(r"^(?:every|each|most|once|twice|\w+ times)\b")
INVERTED = re.compile(
    r"^(?P<name>(?!(?:i|my|our|we|this|that|it|there|here|he|she|they|you|what|who|how|which|where|"
    r"when|why|one)\b)[\w' -]{1,40}?) (?P<verb>(?:is|are|was|were)(?: not)?) "
    r"(?P<mine>(?:my|our) [^,?]+)$"
)


def ordered(text: str) -> str:
    """What stands before the subject moves to the end, and a name behind "my".

    >>> ordered("after dinner i walk."), ordered("nora is my sister.")
    ('i walk after dinner.', 'my sister is nora.')
    """
    body = text.rstrip(" .!?")
    end = text[len(body) :]
    if found := next(filter(None, (pattern.match(body) for pattern in FRONTED)), None):
        often = OFTEN.match(found["first"]) and re.search(r"\b(?:not|never)\b", found["rest"])
        return text if often else f"{found['rest']} {found['first']}{end}"
    if "?" not in end and (found := INVERTED.match(body)):
        return f"{found['mine']} {found['verb']} {found['name']}{end}"
    return text
