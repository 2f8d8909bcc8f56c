"""Numbers in words: twelve, two hundred and five, a dozen, seven and a half, two thirds, twice.

>>> [(one.text, one.value) for one in find("three runs, seven and a half hours, half of them")]
[('three', 3.0), ('seven and a half', 7.5), ('half', 0.5)]
>>> list(find("a third run in the second half, between half past and a half marathon"))
[]
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from wellness.agent.validator.numeral import Numeral, zeros_of
from wellness.memory.facts.quantities import SMALL, TENS, WORTH

SCALES = {"hundred": 100.0, "thousand": 1e3, "million": 1e6}
PARTS = {"half": 2, "halve": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "tenth": 10}
TIMES = {"once": 1.0, "twice": 2.0, "thrice": 3.0, "double": 2.0, "doubled": 2.0, "tripled": 3.0}
SIGNS = {"minus": -1, "negative": -1, "plus": 1}
FRACTION_STEP = 0.05  # "a third" stands for what is within a fortieth of it

_HUNDRED = rf"(?:{'|'.join(TENS)})(?:[\s-](?:{'|'.join(SMALL[1:10])}))?|{'|'.join(SMALL[::-1])}"
_THOUSAND = rf"(?:{_HUNDRED}|an?)\s+hundred(?:\s+(?:and\s+)?(?:{_HUNDRED}))?|{_HUNDRED}"
_NUMBER = (
    rf"(?:{_THOUSAND}|an?)\s+(?:thousand|million)(?:,?\s+(?:and\s+)?(?:{_THOUSAND}))?"
    rf"|(?:half\s+a|an?|two|three|four)\s+dozen|{_THOUSAND}"
)
_SPELLED = re.compile(
    rf"(?<![\w'])(?:"
    rf"(?P<times>once|twice|thrice|doubled|tripled|double(?=\s+(?:the|that|what|your|as)\b))"
    rf"|(?P<top>an?|one|two|three|four)[\s-](?P<part>halves|thirds?|quarters?|fourths?|fifths?|tenths?)"
    rf"|(?:(?P<sign>minus|negative|plus)\s)?(?P<number>{_NUMBER})"
    rf"(?:\s+and\s+(?:an?\s+(?P<late>half|third|quarter)|(?P<three>three)\s+quarters?)"
    rf"|\s+point(?P<point>(?:\s(?:{'|'.join(SMALL[:10])}))+))?"
    rf"|(?P<half>half(?:\s+an?(?=\s+(?!dozen)))?)"
    rf")(?![\w'])",
    re.IGNORECASE,
)
_RELATED = re.compile(
    r"\s*(?:of|more|less|fewer|higher|lower|longer|shorter|the|way|as|your)\b", re.I
)
_OF_A_MILLION = re.compile(r"\s+(?:of\s+)?a\s+(million|thousand|hundred)\b", re.IGNORECASE)
_NO_HALF = re.compile(r"[\s-]*(?:past|marathon|time|way|year|decade)s?\b", re.IGNORECASE)
_WHICH_HALF = re.compile(r"\b(?:first|second|other|later|latter|last|better)\s+$", re.IGNORECASE)


def find(text: str) -> Iterator[Numeral]:
    """The numbers in words, from left to right; ordinals and vague words such as "few" are none."""
    for match in _SPELLED.finditer(text):
        start, end = match.span()
        if match["times"]:
            value = TIMES[match["times"].lower()]
            yield Numeral(match[0], start, end, value, kind="times")
        elif match["half"]:
            before = text[max(0, start - 10) : start]
            if not _NO_HALF.match(text, end) and not _WHICH_HALF.search(before):
                end = start + len("half")
                yield _fraction(text[start:end], start, 0.5, text[end : end + 20])
        elif match["top"]:
            top = 1 if match["top"].lower() in ("a", "an") else WORTH[match["top"].lower()]
            part = PARTS[match["part"].lower().removesuffix("s")]
            plural = match["part"].lower().endswith("s")
            rest = text[end : end + 20]
            related = top > 1 or not rest.lstrip()[:1].isalpha() or _RELATED.match(rest)
            if related and top < part and plural == (top > 1):
                yield _fraction(match[0], start, top / part, rest)
        else:
            yield _whole(match)


def _fraction(text: str, start: int, value: float, rest: str = "") -> Numeral:
    if match := _OF_A_MILLION.match(rest):
        text, by = text + match[0], SCALES[match[1].lower()]
        step = FRACTION_STEP * by
        return Numeral(text, start, start + len(text), value * by, step, step, "words")
    end = start + len(text)
    return Numeral(text, start, end, value, FRACTION_STEP, FRACTION_STEP, "fraction")


def _whole(match: re.Match[str]) -> Numeral:
    value = worth(match["number"])
    step, zeros = 1.0, zeros_of(value)
    if match["late"] or match["three"]:
        part = 0.75 if match["three"] else 1 / PARTS[match["late"].lower()]
        value, step = value + part, 0.5 if part == 0.5 else 0.25
        zeros = step
    elif match["point"]:
        figures = "".join(str(WORTH[word]) for word in match["point"].lower().split())
        value, step = float(f"{value:.0f}.{figures}"), 10.0 ** -len(figures)
        zeros = step
    sign = SIGNS.get((match["sign"] or "").lower(), 0)
    return Numeral(match[0], *match.span(), value * (sign or 1), step, zeros, "words", sign)


def worth(words: str) -> float:
    """What a whole number in words is worth.

    >>> worth("two hundred and fifty thousand three hundred"), worth("half a dozen")
    (250300.0, 6.0)
    """
    total = part = 0.0
    for word in re.findall("[a-z]+", words.lower()):
        if word in ("thousand", "million"):
            total, part = total + SCALES[word] * (part or 1), 0.0
        elif word in ("hundred", "dozen"):
            part = (part or 1) * SCALES.get(word, 12)
        else:
            part += 0.5 if word == "half" else WORTH.get(word, 0)
    return total + part
