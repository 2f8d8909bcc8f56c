"""What the words around a number say of it: its role, a direction, how exactly it is meant.

>>> hedge("a little over "), hedge("no more than "), hedge("you took ")
('just over', 'at most', '')
>>> direction("fell by about ", ""), direction("", " more than last week"), direction("up to ", "")
((True, -1), (True, 1), (False, 0))
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

HEDGES = {
    "about": (
        r"about|around|roughly|approximately|approx\.?|circa|some|~|≈|close to|somewhere around|"
        r"in the region of|an estimated|or so"
    ),
    "nearly": (
        r"nearly|almost|just under|just below|a little under|slightly under|a bit under|"
        r"just short of|not quite|a little less than|slightly less than|just shy of"
    ),
    "just over": (
        r"(?:just|a little|a bit|a little bit|slightly|a touch)\s+(?:over|more than|above)|a good"
    ),
    "over": (
        r"(?:well |way )?(?:over|more than|above)|"
        r"exceed(?:s|ed|ing)|upwards of|greater than|higher than|beyond|beat|beats|"
        r"surpass(?:ed|es)?|past"
    ),
    "under": r"(?:well )?(?:under|below)|(?:far )?less than|fewer than|lower than|short of",
    "at least": r"at least|no less than|no fewer than|not less than|minimum of|not under|not below",
    "at most": r"at most|no more than|not more than|up to|maximum of|not over|not above",
}
_ARTICLE = r"(?:\s+(?:the|your|a|an|another|its|full|whole|exactly|only|just))?"
_ROWS = "|".join(f"(?P<h{n}>{row})" for n, row in enumerate(HEDGES.values()))
_HEDGE = re.compile(rf"(?:^|(?<=[\s(|:*]))(?:{_ROWS}){_ARTICLE}[\s*_]*$", re.IGNORECASE)
_GOT_UP_TO = re.compile(
    r"\b(?:got|gets?|went|goes|go|going|shot|came)\s+up\s+to\s+$", re.IGNORECASE
)
_NEVER = re.compile(r"\b(?:never|at no time|not once)\b[^,;.]*$", re.IGNORECASE)
_NEGATED = re.compile(
    r"\b(?:not|never|no(?!\s*[,.:;!])|without|cannot|nor|failed to|unable to|\w+n['\u2019]t)\b",
    re.IGNORECASE,
)
_ANY_HEDGE = "|".join((HEDGES["about"], HEDGES["nearly"], "just over|a little over|slightly over"))

UP = (
    r"rose|rise[sn]?|rising|increas(?:e|es|ed|ing)|climb(?:s|ed|ing)?|grew|grows?|growing|grown|"
    r"gain(?:s|ed|ing)?|gone up|went up|going up|goes up|jump(?:s|ed|ing)?|soar(?:s|ed|ing)?|up|"
    r"put on|added|upward|raised|extra|additional|further|another"
)
DOWN = (
    r"fell|falls?|falling|fallen|drop(?:s|ped|ping)?|decreas(?:e|es|ed|ing)|declin(?:e|es|ed|ing)|"
    r"lost|lose[s]?|losing|loss|shed|shedding|gone down|went down|going down|goes down|sank|"
    r"sink(?:s|ing)?|shrank|reduc(?:ed|tion|ing)|down|dip(?:s|ped|ping)?|downward|lowered"
)
MORE = (
    r"more|higher|above|ahead|further|farther|longer|heavier|additional|extra|over|up|increase|"
    r"rise|gain|growth|beyond|greater|bigger|larger|faster|jump|climb|surplus|"
    r"louder|warmer|stronger"
)
LESS = (
    r"less|fewer|lower|below|behind|shorter|lighter|short|under|down|decrease|drop|fall|decline|"
    r"reduction|loss|smaller|slower|dip|shy|deficit|quieter|cooler|calmer|weaker"
)
NEUTRAL = (
    r"change[ds]?|changing|difference|gap|by|differ(?:s|ed)?|deviation|spread|margin|improvement|"
    r"shift|swing"
)
REMAINING = re.compile(
    r"\b(?:left|to go|remain(?:s|ing|ed)?|away|missing|short|still|needs?|until|"
    r"(?:more )?to (?:lose|gain|walk|burn|reach|get)|far from|missed|other)\b",
    re.IGNORECASE,
)
_LEFT = re.compile(
    rf"\b(?:(?P<up>{UP})|(?P<down>{DOWN})|(?P<flat>{NEUTRAL}))"
    rf"(?:\s*:|\s+(?:of|by|is|was|a|an|in|another|another about|some|only|just|in total))*[\s*_(]*"
    rf"(?:(?:{_ANY_HEDGE})\s*)?(?:an?\s+)?[\s*_]*$",
    re.IGNORECASE,
)
_RIGHT = re.compile(
    r"^[\s*_]*(?:(?!(?:and|or|to|in|on|at|with|for|of|than|is|was|are|were|but|it|that|which)\b)"
    rf"[\w%/°·.'\u2019-]+[\s*_]+){{0,4}}?"
    rf"(?:(?P<up>{MORE})|(?P<down>{LESS})|(?P<flat>apart|different|difference))\b"
    r"(?P<rest>[^,;.]{0,20})",
    re.IGNORECASE,
)
_DIFFERENCE_IS = re.compile(
    r"\b(?:difference|change|gap)\b[^.;\d]{0,80}"
    r"\b(?:was|is|were|amount(?:s|ed) to|came to|comes to)\s+"
    rf"(?:(?:{_ANY_HEDGE}|only|just)\s+)?$",
    re.IGNORECASE,
)
_NOT_UP = re.compile(
    r"\bup to\s|\b(?:made|makes?|making|adds?|added|woke|wakes?|got|gets?|ended|ends?|stood|sums?|"
    r"summed|signed|showed)\s+up\b[^,;.]*$",
    re.IGNORECASE,
)
_BEYOND = re.compile(
    r"\s+(?:your|my|the (?!last|past)|that|what|it|this|average|usual)|above|below", re.I
)
_FROM = re.compile(r"\s+(?:from|to)\b", re.IGNORECASE)
_AVERAGING = (
    r"averag(?:e|es|ed|ing)|mean|on avg|avg\.?|typical(?:ly)?|usual(?:ly)?|normal(?:ly)?|norm"
)
ROLES = {
    "latest": (
        r"latest|most recent(?:ly)?|newest|last (?:reading|measurement|weigh-in|measured|time)"
    ),
    "maximum": (
        r"highest|maximum|max|peak(?:s|ed|ing)?|(?:the|your) most(?! recent)|best|record|"
        r"longest|largest|biggest|as high as|(?:a|the|your) high(?: was| of)?|top|busiest|"
        r"furthest|farthest|most (?:active|steps)|fastest|heaviest|highs? of|at its highest"
    ),
    "minimum": (
        r"lowest|minimum|min|(?:the|your) least|fewest|worst|shortest|smallest|as low as|quietest|"
        r"(?:a|the|your) low(?: was| of)?|least active|lightest|lows? of|slowest"
    ),
    "average": _AVERAGING,
    "sum": (
        r"(?<!of the )(?<!of your )totals?|totall?ed|totall?ing|altogether|combined|in all|"
        r"all told|sum|overall|added up|together|cumulative(?:ly)?"
    ),
    "target": r"goals?|targets?|aim(?:s|ing|ed)?|objectives?|want(?:s|ed)?|wish|aspir\w+",
    "first": r"starting|started (?:at|with|from)|initial(?:ly)?",
}
_ROLE = re.compile(
    rf"\b(?:{'|'.join(f'(?P<{name}>{row})' for name, row in ROLES.items())})(?!\w)", re.IGNORECASE
)
_BEHIND = re.compile(
    r"[\s*_]*(?:(?!and\b|while\b|but\b)[\w%/-]+\s+){0,3}?(?:on average|average|in total|total|"
    r"in all|altogether|combined|overall|all told|together|typically|usually|"
    r"at (?:its|their|your) (?:highest|lowest)|goal|target|mark|objective|max|maximum|min|minimum|"
    r"peak)\b",
    re.IGNORECASE,
)


_NIGHT_END = re.compile(
    r"\b(?:(?P<waking>woke|wakes?|waking|got up|get up|until|till|up at)"
    r"|(?P<bedtime>bed(?:time)?|asleep from|fell asleep|fall asleep|turned in|lights out|from))\b",
    re.IGNORECASE,
)


class Role(NamedTuple):
    """A word that says what a number is among others, and where it stands."""

    name: str
    start: int
    end: int


def hedge(before: str) -> str:
    """How exactly a number is meant, by the words that end before it; "" if as it is said."""
    match = _HEDGE.search(before[-40:])
    if not match or _GOT_UP_TO.search(before[-40:]):
        return ""
    number = next(n for n in range(len(HEDGES)) if match[f"h{n}"])
    return list(HEDGES)[number]


def negated(before: str) -> bool:
    """Whether the words before a number deny it."""
    return bool(_NEGATED.search(before))


def bound(before: str, hedged: str) -> str:
    """The role of a number that is never passed, as in "never above 62"; "" if it is not one."""
    if not _NEVER.search(before):
        return ""
    return {"over": "maximum", "under": "minimum", "at least": "maximum"}.get(hedged, "")


def direction(before: str, after: str) -> tuple[bool, int]:
    """Whether a number is a difference, and its direction: 1 is up or more, 0 is not said."""
    if _DIFFERENCE_IS.search(before[-100:]):
        return True, 0
    match = _LEFT.search(before[-60:])
    if match and not (match["up"] and _NOT_UP.search(before[-60:])):
        return True, 1 if match["up"] else -1 if match["down"] else 0
    if match := _RIGHT.match(after[:60]):
        word = match["up"] or match["down"] or match["flat"]
        if not (
            re.fullmatch("over|under|above|below", word, re.I)
            and not _BEYOND.match(match["rest"].rstrip() or word)
        ) and not (re.fullmatch("up|down", word, re.I) and _FROM.match(match["rest"])):
            return True, 1 if match["up"] else -1 if match["down"] else 0
    return False, 0


def temporal(before: str) -> Literal["verb", "noun"]:
    """Whether a direction before a number is a verb's ("rose by") or a noun's ("a rise of")."""
    noun = re.search(r"\b(?:an?|the|that|this)\s+(?:\w+\s+)?\w+\s+of\b[^,;.]*$", before, re.I)
    return "noun" if noun else "verb"


def night_end(text: str) -> str:
    """Whether a time is one of going to sleep or of waking, by the last such word; else "".

    >>> night_end("you went to bed at "), night_end("asleep until"), night_end("it was at ")
    ('bedtime', 'waking', '')
    """
    found = ""
    for match in _NIGHT_END.finditer(text):
        found = str(match.lastgroup)
    return found


def leaning(text: str) -> int:
    """The direction of the last word of a text that has one; 0 if none has."""
    last = 0
    words = rf"\b(?:(?P<up>{UP}|beat|higher|more)|(?P<down>{DOWN}|missed|lower|less|fewer))\b"
    for match in re.finditer(words, text, re.IGNORECASE):
        last = 1 if match["up"] else -1
    return last


def roles(text: str, start: int, end: int) -> list[Role]:
    """The words of a part of a text that say what a number is among others."""
    return [Role(str(match.lastgroup), *match.span()) for match in _ROLE.finditer(text, start, end)]


def stands_behind(text: str, stop: int, role: Role) -> bool:
    """Whether a role belongs to the number that ends before it, as in "8,748 on average"."""
    match = _BEHIND.match(text, stop, role.end)
    return bool(match and match.end() >= role.end)
