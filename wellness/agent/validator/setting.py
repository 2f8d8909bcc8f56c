"""How a number stands among others: in a range, in a pair, or where it is no claim at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from wellness.agent.validator.amounts import CLOCK, Amount
from wellness.agent.validator.intervals import Mention

if TYPE_CHECKING:
    from wellness.agent.validator.claim import Claim, Pair

DATE = "part of a date or a period"
COUNTER = "a counter, not a reading"
MARKER = "the number of a list item"
_MARKER = re.compile(r"(?:^|\n)[ \t]*$")
_NAMED = re.compile(
    r"(?:\b(?:zone|series|version|level|phase|chapter|no\.?|nr\.?|number|option|stage|type|page|"
    r"iphone|ios|watchos|watch|part|point|step|tip|question|article|lesson|covid)\s|#)$",
    re.IGNORECASE,
)
_YEAR_BEFORE = re.compile(
    r"\b(?:in|for|throughout|during|than|with|of|since|from|until|by|year|early|late|mid)[\s-]$",
    re.IGNORECASE,
)
_ONE = re.compile(
    r"(?:\b(?:no|this|that|the|every|each|any|some|another|which|other|good|last|first|only)[\s-]$)",
    re.IGNORECASE,
)
_SPANS = frozenset({"#days", "#nights", "#weeks", "#months", "#years", "#times"})
_WITHIN = re.compile(r"\b(?:in|any|within|per|single|for|than|at|only|just|a)\s$", re.IGNORECASE)
_ONE_OF = re.compile(r"\s+(?:out )?of\b(?P<whole>\s+(?:\S*\d|two\b|three\b))?", re.IGNORECASE)
_ONE_LESS = re.compile(r"\s+(?:more|less|fewer|higher|lower)\s+than\b", re.IGNORECASE)
_A = re.compile(r"\b(?:an?|your|the|my)\s$", re.IGNORECASE)
_COPULA = re.compile(r"\b(?:is|was|'s|are|being|makes)\s$", re.IGNORECASE)
_ONCE = re.compile(r"\s+(?:on each|for each|you|your|the|more|again|it|i|we|upon|that)\b", re.I)
_BOTH = re.compile(
    r"\b(?:the|these|those|both|between|top|first|last|past|other|your)\s$", re.IGNORECASE
)
_GENERIC = re.compile(
    r"\s+(?:periods?|weeks?|months?|years?|days?|values?|numbers?|halves|halfs|quarters?|of them|"
    r"metrics?|things?|parts?|results?|figures?|times|is|are|was|were)\b|\s*$|[^\w\s]",
    re.IGNORECASE,
)
_IDIOM = re.compile(
    r"24/7|50/50|100\s?%\s+(?:sure|certain|agree|honest|accurate|free)", re.IGNORECASE
)
_RACE = re.compile(r"\s*(?:race|run\b|parkrun|plan|event|\W|$)", re.IGNORECASE)
_JOINT = re.compile(
    r"[ \t\u00a0]*(?P<word>to|-|\u2013|\u2014|through|and|of|out of|of the|of your|/|vs\.?|versus|"
    r"against|compared (?:to|with)|->|\u2192)[ \t\u00a0]*"
)
_PER = r"(?:\s*(?:an?|per|each|every)\s+\w+|/\w+)?"
_OPENED = re.compile(rf"{_PER}\s*\((?:about |around |or |i\.e\. |~|≈|that is )?", re.IGNORECASE)
_THEN = re.compile(rf"{_PER}\s*,\s*", re.IGNORECASE)
_OR = re.compile(
    rf"{_PER}\s*,?\s*(?:or|i\.e\.|that is|=|\().{{0,12}}|[^.;\d]*,\s*which is(?: \w+)?\s*",
    re.IGNORECASE,
)
RANGING = re.compile(r"\b(?:rang\w+|var(?:y|ies|ied|ying)|between|anywhere|spread|span\w*)\b", re.I)
_AGAINST = re.compile(
    r"(?:above|below|over|under|short of|from|than|towards?|until|beyond|of|past|ahead of|"
    r"behind)\s+(?:your|the|my|his|her)\s+(?:\w+\s+){0,2}?(?:(?P<target>goal|target|aim|limit)|(?P<average>average|usual|norm|mean))",
    re.IGNORECASE,
)


def skip(one: Amount, text: str, mentions: Sequence[Mention]) -> str:
    """Why a number is not checked; "" if it is."""
    before, after = text[max(0, one.start - 24) : one.start], text[one.end : one.end + 24]
    if any(place.start < one.end and one.start < place.end for place in mentions):
        return DATE
    if _IDIOM.match(text, one.start) or _IDIOM.match(text, max(0, one.start - 3)):
        return COUNTER
    if one.kind == "words" and _counts_only(one, before, after):
        return COUNTER
    if one.text.lower() == "once" and (
        _ONCE.match(after) or before.endswith(("at ", "not ", "Not "))
    ):
        return COUNTER
    if one.unit or one.sign:
        return ""
    is_year = one.text.isdigit() and 1900 <= one.value < 2100
    if is_year and _YEAR_BEFORE.search(before):
        return DATE
    if _MARKER.search(before) and one.value < 100 and re.match(r"[.)](?:\s|$)", after):
        return MARKER
    race = re.fullmatch(r"\d{1,2}[kK]", one.text) and _RACE.match(after) and _A.search(before)
    return COUNTER if race or _NAMED.search(before) else ""


def _counts_only(one: Amount, before: str, after: str) -> bool:
    """Whether a number word is no claim: "one of them", "in one day", "the two weeks"."""
    if one.text.lower() == "one":
        if _ONE_LESS.match(after):
            return False
        if of := _ONE_OF.match(after):
            return bool(not of["whole"] or _COPULA.search(before))
        return not one.unit or bool(one.unit in _SPANS and _WITHIN.search(before))
    if one.value > 3 or not _BOTH.search(before):
        return False
    if one.unit:
        return one.unit in ("#weeks", "#months", "#years", "#times")
    return bool(_GENERIC.match(after))


def pairs(stated: Sequence[Amount], text: str) -> list[int]:
    """Which numbers make a pair with the next one: "58 to 72", "14 of 31", "118/76"."""
    found: list[int] = []
    for i, (one, other) in enumerate(pairwise(stated)):
        joint = _JOINT.fullmatch(text, one.stop, other.start)
        if (
            joint
            and not (found and found[-1] == i - 1)
            and _belong(one, other, joint["word"], text)
        ):
            found.append(i)
    return found


def _belong(one: Amount, other: Amount, word: str, text: str) -> bool:
    if word == "and":
        return bool(
            re.search(
                r"\bbetween\s(?:about |roughly |around )?$",
                text[max(0, one.start - 20) : one.start],
                re.I,
            )
        )
    return one.unit == other.unit or not one.unit or not other.unit


def asides(claims: list[Claim], text: str) -> list[Claim]:
    """The claims, each aside with what the number before it is about: "72.6 kg (160 lb)"."""
    for i, (one, other) in enumerate(pairwise(claims), 1):
        if one.skip or other.skip:
            continue
        joint = text[one.amount.stop : other.amount.start]
        closed = text[other.amount.stop : other.amount.stop + 1] == ")"
        if (closed and _OPENED.fullmatch(joint)) or (
            one.change and one.amount.unit != other.amount.unit and _OR.fullmatch(joint)
        ):
            claims[i] = replace(
                other, metrics=other.metrics or one.metrics, stage=other.stage or one.stage,
                activity=other.activity or one.activity, roles=other.roles or one.roles,
                mentions=other.mentions or one.mentions, change=other.change or one.change,
                direction=other.direction or one.direction, refers=other.refers or one.refers,
                against=other.against or one.against,
            )  # fmt: skip
        elif (
            one.change and "sum" in other.roles and _THEN.fullmatch(joint)
        ):  # "by 1 a week, 4 in all"
            claims[i] = replace(
                other, change=True, direction=one.direction, roles=other.roles - {"sum"},
            )  # fmt: skip
    return claims


def paired(
    claims: list[Claim], pairs: Sequence[int], stated: Sequence[Amount], text: str
) -> list[Claim]:
    """The claims with their pairs: which is the lower end of a range, which the whole of a part."""
    place = {claim.amount.start: i for i, claim in enumerate(claims)}
    for i in pairs:
        first, second = place.get(stated[i].start), place.get(stated[i + 1].start)
        if first is None or second is None:
            continue
        kind = _kind(claims[first], stated[i], stated[i + 1], text)
        for at, partner, is_first in ((first, second, True), (second, first, False)):
            one = claims[at]
            roles = one.roles
            if kind == "range" and not one.change and one.amount.unit != CLOCK:
                ends = {"minimum"} if is_first else {"maximum"}
                roles = (roles - {"minimum", "maximum", "average"}) | ends
            mentions = () if kind == "versus" else one.mentions
            unit = one.amount.unit or claims[partner].amount.unit
            amount = one.amount if one.amount.kind == "clock" else replace(one.amount, unit=unit)
            claims[at] = replace(
                one, amount=amount, roles=roles, pair=kind, partner=partner, first=is_first,
                mentions=mentions, other=claims[partner].amount.value,
            )  # fmt: skip
        if claims[first].amount.unit == CLOCK:  # "from 22:48 to 06:41"
            claims[first] = replace(claims[first], end="bedtime")
            claims[second] = replace(claims[second], end="waking")
        if kind == "of" and not claims[first].stage:  # "4 h of your 7 h were core sleep"
            claims[first] = replace(claims[first], stage=claims[second].stage)
            claims[second] = replace(claims[second], stage="")
        if kind == "of" and not claims[first].activity:  # "12 of your 18 workouts were runs"
            claims[first] = replace(claims[first], activity=claims[second].activity)
            claims[second] = replace(claims[second], activity="")
    return claims


def _kind(claim: Claim, one: Amount, other: Amount, text: str) -> Pair:
    joint = text[one.stop : other.start].strip().lower()
    if joint.startswith(("of", "out", "/")):
        return "of"
    if joint.startswith(("vs", "versus", "against", "compared")):
        return "versus"
    before = text[max(0, one.start - 20) : one.start]
    if RANGING.search(claim.words) or joint in ("-", "\u2013", "\u2014", "through"):
        return "range"
    return (
        "change" if re.search(r"\bfrom\s(?:about |roughly )?$", before, re.IGNORECASE) else "range"
    )


def against(text: str) -> str:
    """What a difference is measured from, by the words behind it; "" if that is not said."""
    match = _AGAINST.search(text[:60])
    return str(match.lastgroup) if match else ""
