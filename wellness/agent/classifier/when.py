"""The times that a question names: periods, periods beside another one, and remembered events.

`wellness.health.periods` finds what can be resolved by the calendar. "The week before" needs
another period to be before of, and "before my injury" a memory; the first becomes dates here, the
second stays a phrase, which the tools look up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from wellness.agent.classifier import events
from wellness.agent.classifier.beside import (
    RELATIVE,
    Interval,
    When,
    anchored,
    meet,
    phrase_of,
)
from wellness.errors import PeriodError
from wellness.health import periods

JOINT_LENGTH = 16  # characters between two periods that share a year
MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)"
)
WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
AGAINST = r"(?:and|or|versus|vs\.?|to|with|than|against)"
# "may" and "march" in lower case are months where another month or a year stands beside them.
BESIDE_MONTH = re.compile(
    rf"\b(?:(?:may|march|mar)(?=\s*(?:,|/|&|-|in|{AGAINST})\s*(?:in |the )?{MONTH}\b)"
    r"|(?<=\s)(?:may|march|mar)(?=\s*(?:$|[?.!,]))"
    r"|(?:may|march|mar)(?= (?:20\d\d|\d{1,2}(?:st|nd|rd|th)?\b)))"
)
LISTED = re.compile(
    rf"\b({WEEKDAY}|{MONTH}|yesterday|today|last \w+),"
    rf"(?=\s*(?:on |in )?(?:{WEEKDAY}|{MONTH}|yesterday)\b)",
    re.I,
)
ADDS_UP = re.compile(
    r"\b(?:g(?:et|ot|etting)|go|went|shoot|shot|climb\w*|rise|rose|jump\w*|spik\w*) up to\b|"
    r"\b(?:add(?:s|ed|ing)?|com(?:e|es|ing)|came|amount(?:s|ed)?|sums?) (?:up )?to\b",
    re.I,
)
TO = re.compile(r"(?<=\w )to(?= (?!date\b)(?:the|this|last|my|in)? ?\w)", re.I)
OPEN = re.compile(r"\b(?:from|between)\b", re.I)
YEAR = re.compile(
    rf"\b(?:in|during|for|over|throughout|across|{AGAINST}) (?P<year>(?:19|20)\d\d)"
    r"(?=\s*(?:$|(?:so far|what|how|which|when|did|was|were|is|are)\b|[^\w\s]|"
    rf"(?:{AGAINST}|compared|next)\b))",
    re.I,
)
YEARS = re.compile(rf"\b(?P<year>(?:19|20)\d\d)(?= {AGAINST} (?:in )?(?:19|20)\d\d\b)", re.I)
NAME = re.compile(rf"^(?:{WEEKDAY}|{MONTH})$", re.I)
SHARED = re.compile(
    rf"^(?:{WEEKDAY}|{MONTH}),? "
    r"(?P<tail>(?:of |in )?(?:20\d\d|(?:last|this) year|(?:last|this|the past) week))$",
    re.I,
)
PART = re.compile(
    r"\b(?P<part>(?:first|second|third|fourth|last|1st|2nd|3rd|4th) "
    rf"(?:quarter|half|week|weekend|month))(?: (?:in|of))? (?:{AGAINST}|compared (?:to|with))"
    r"(?: (?:in|the))* $",
    re.I,
)
# Seasons that stand beside another time, and so are no verbs
SEASON = r"(?:spring|summer|autumn|winter)"
SEASONS = (
    re.compile(
        rf"\b(?P<year>{SEASON})(?=,? {AGAINST} (?:(?:for|in|during|over|the|last|this) )*\w)", re.I
    ),
    re.compile(
        rf"\b(?:{AGAINST}|from|of|for|over|during|through|throughout)"
        rf" (?:(?:for|in|during|over|the) )*(?P<year>{SEASON})(?=\s*(?:$|[^\w\s]))",
        re.I,
    ),
)
SO_FAR = re.compile(r"\b(?<!this )(?:the )?(?P<unit>week|month|quarter|year) so far\b", re.I)
WHOLE = re.compile(r"\b(?:of|in) .+$", re.I)
BETWEEN = re.compile(r"^(?:between|from)\s+(.+?)\s+(?:and|to|until|till|through)\s+(.+)$", re.I)


def find(
    text: str, *, now: datetime, zone: ZoneInfo, apart: bool = False, beside: Interval | None = None
) -> list[When]:
    """The times of a text, from left to right.

    Args:
        text: tidied, in its own case.
        now: aware.
        zone: whose days are meant.
        apart: whether "between March and May" are two periods, as they are for a comparison.
        beside: what "the week before" is before of, where the text says nothing else.
    """
    found = _calendar(text, now, zone, apart)
    told = list(events.find(text, found))
    for match in RELATIVE.finditer(text.lower()):
        place = When("", *match.span(), None)
        known = [one for one in found if meet(one, place)]
        others = [one for one in found if one.interval and one not in known]
        anchor = others[0].interval if others else None if known else beside
        again = match["previous"] or match["same"]  # "the previous week" is also last week
        if anchor is None or (known and not again) or any(meet(one, place) for one in told):
            continue
        if span := anchored(match.groupdict(), anchor, zone=zone):
            found = [one for one in found if one not in known]
            found.append(When(phrase_of(span, now=now, zone=zone), *match.span(), span))
    return sorted([*found, *events.apart_from(told, found)], key=lambda when: when.start)


def capitalised(text: str) -> str:
    """A text of equal length whose months may be taken for verbs no more, nor verbs for periods.

    >>> capitalised("steps in april and may"), capitalised("may i see my steps")
    ('steps in april and May', 'may i see my steps')
    """
    text = LISTED.sub(r"\1;", text)
    text = ADDS_UP.sub(lambda match: "-" * len(match[0]), text)
    return BESIDE_MONTH.sub(lambda match: match[0].capitalize(), text)


def _calendar(text: str, now: datetime, zone: ZoneInfo, apart: bool) -> list[When]:
    """Periods; a name beside "June 2025" is one of 2025 too, and a bare year is one."""
    found = list(_resolvable(text, now, zone, apart))
    for number, (one, other) in enumerate(pairwise(found)):
        tail = SHARED.match(other.phrase)
        same = other.phrase.lower().startswith(
            one.phrase.lower()
        )  # "in May, and in May of last year"
        if tail and not same and NAME.match(one.phrase) and other.start - one.end <= JOINT_LENGTH:
            phrase = f"{one.phrase} {tail['tail']}"
            if interval := _resolved(phrase, now, zone):
                found[number] = one._replace(phrase=phrase, interval=interval)
    years = [
        When(one["year"], *one.span("year"), None)
        for pattern in (YEARS, YEAR, *SEASONS)
        for one in pattern.finditer(text)
    ]
    so_far = [
        When(f"this {one['unit']} so far", *one.span(), None) for one in SO_FAR.finditer(text)
    ]
    further = [*_halves(text, found), *years, *so_far]
    for one in further:
        interval = _resolved(one.phrase, now, zone)
        if interval and not any(meet(one, other) for other in found):
            found.append(one._replace(interval=interval))
    return sorted(found, key=lambda when: when.start)


def _halves(text: str, found: Sequence[When]) -> Iterator[When]:
    """What leaves out its whole: "first quarter" before "and second quarter of 2026"."""
    for other in found:
        part, whole = PART.search(text[: other.start]), WHOLE.search(other.phrase)
        if part and whole:
            yield When(f"{part['part']} {whole[0]}", *part.span("part"), None)


def _resolvable(text: str, now: datetime, zone: ZoneInfo, apart: bool) -> Iterator[When]:
    cased = capitalised(text)
    if apart and not OPEN.search(text):
        cased = TO.sub("vs", cased)
    for period, start, end in periods.find(cased, now=now, zone=zone):
        both = BETWEEN.match(text[start:end]) if apart else None
        parts = [_resolved(part, now, zone) for part in both.groups()] if both else []
        if both and all(parts):
            for number, interval in enumerate(parts, 1):
                first, last = both.span(number)
                yield When(both[number], start + first, start + last, interval)
        else:
            phrase = re.sub(r"'s?$", "", text[start:end].rstrip(" .,"))
            yield When(phrase, start, end, (period.start_s, period.end_s))


def _resolved(phrase: str, now: datetime, zone: ZoneInfo) -> Interval | None:
    try:
        period = periods.parse(phrase, now=now, zone=zone)
    except PeriodError:
        return None
    return period.start_s, period.end_s
