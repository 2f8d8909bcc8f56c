"""Periods that are named by another one: "the week before", "the same month last year"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from wellness.agent.classifier.patterns import joined
from wellness.errors import PeriodError
from wellness.health import periods
from wellness.health.periods.grammar import midnight, shift, whole

Interval = tuple[int, int]
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
SEASONS = ("summer", "winter", "spring", "autumn", "fall")
NAMED = ("before", "previous", "earlier", "next", "after")
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
UNIT = (
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|"
    r"day|night|week|weekend|month|quarter|year|summer|winter|spring|autumn|fall)"
)
RELATIVE = re.compile(
    joined(
        rf"""\b(?:in |on |from |over |during )?(?:
        (?:the )?(?P<before>{UNIT})s? (?:before|prior|earlier)(?: (?:that|it|this))?
        |(?:the )?(?:previous|prior|preceding) (?P<previous>{UNIT}|one|period)
        |an? (?P<earlier>{UNIT}) (?:before|prior|earlier)(?: (?:that|it))?
        |the (?P<counted>(?:\d+|two|three|four|five|six|seven|ten) {UNIT}s)
         (?:before|prior)(?: (?:that|it|those))?
        |(?:the )?same (?P<same>{UNIT}|period|time|days?|dates?) (?:of |in )?(?:(?:the )?
        (?:last|previous|prior) year|the year before|(?:a|one) year (?:ago|earlier|before))
        |(?P<period>the (?:one|period|time|ones) (?:before|prior)(?: (?:that|it))?|the previous)
        |(?:the )?(?:next|following) (?P<next>{UNIT})
        |(?:the )?(?P<after>{UNIT}) (?:after(?:wards)?(?: that)?|following|later)
        )(?=\s*(?:$|[^\w\s]|and\b|or\b|on\b|did\b|was\b|were\b|too\b|as\b|please\b|instead\b
        |then\b|i\b|compare|though\b|in\b|by\b))"""
    )
)


class When(NamedTuple):
    """A time that is named; `interval` is half-open, in epoch seconds, and None for an event."""

    phrase: str
    start: int
    end: int
    interval: Interval | None


def meet(one: When, other: When) -> bool:
    """Whether two share a character of the text."""
    return one.start < other.end and other.start < one.end


def anchored(
    words: Mapping[str, str | None], anchor: Interval, *, zone: ZoneInfo
) -> Interval | None:
    """The interval that the groups of `RELATIVE` mean beside another one.

    A unit that is as long as the other period is the one next to it; a longer one is the calendar
    unit next to that which holds it, except that a year moves the period itself.
    """
    name = next((key for key in NAMED if words.get(key)), "")
    unit = (words.get(name) or "") if name else ""
    back = 1 if name not in ("next", "after") else -1
    start, end = (_wall(moment, zone) for moment in anchor)
    if words.get("same"):
        return _interval(_moved(start, -12), _moved(end, -12), zone)
    own = unit_of(start, end)
    if not unit or unit in ("one", "period") or words.get("counted") or unit == own:
        return _interval(*_next_to(start, end, own, back), zone)
    if unit in SEASONS or unit == "year":
        return _interval(_moved(start, -12 * back), _moved(end, -12 * back), zone)
    if unit in DAYS:
        days = (
            (start.weekday() - DAYS.index(unit)) % 7
            if back > 0
            else ((DAYS.index(unit) - start.weekday()) % 7)
        )
        first = midnight(start.date() - timedelta(days=days or 7) * back)
        return _interval(first, first + timedelta(days=1), zone)
    if unit in ("day", "night", "weekend"):
        days = 7 if unit == "weekend" else 1
        step = timedelta(days=days) * back
        return _interval(start - step, end - step, zone)
    if own and unit == "week" and (end - start) > timedelta(days=7):
        return _interval(start - 7 * back * timedelta(days=1), start, zone)
    span = whole(start.date(), unit, back)
    return _interval(span.start, span.end, zone)


def unit_of(start: datetime, end: datetime) -> str:
    """The calendar unit that an interval of wall-clock time is exactly one of; else ""."""
    if start.hour == 18 and end.hour == 12:
        return "night"
    for unit in ("day", "week", "month", "quarter", "year"):
        span = whole(start.date(), unit)
        if (span.start, span.end) == (start, end):
            return unit
    if end - start == timedelta(days=2) and start.weekday() == 5:
        return "weekend"
    return ""


def _next_to(start: datetime, end: datetime, unit: str, back: int) -> tuple[datetime, datetime]:
    """The interval of the same kind that ends where this one begins, or begins where it ends."""
    if unit in ("day", "week", "month", "quarter", "year"):
        span = whole(start.date(), unit, back)
        return span.start, span.end
    step = {"night": timedelta(days=1), "weekend": timedelta(days=7)}.get(unit, end - start)
    return start - back * step, end - back * step


def _moved(moment: datetime, months: int) -> datetime:
    day = shift(moment.date(), months, "month")
    return midnight(day) + (moment - midnight(moment.date()))


def _wall(seconds: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(seconds, zone).replace(tzinfo=None)


def _interval(start: datetime, end: datetime, zone: ZoneInfo) -> Interval:
    first, last = (moment.replace(tzinfo=zone).astimezone(UTC) for moment in (start, end))
    return int(first.timestamp()), int(last.timestamp())


def phrase_of(interval: Interval, *, now: datetime, zone: ZoneInfo) -> str:
    """Words that `wellness.health.periods` resolves to an interval of whole days, or of a night.

    >>> zone = ZoneInfo("UTC")
    >>> at = {"now": datetime(2026, 9, 30, tzinfo=zone), "zone": zone}
    >>> week = periods.parse("two weeks ago", **at)
    >>> phrase_of((week.start_s, week.end_s), **at)
    '14 September 2026 to 20 September 2026'
    """
    start, end = (_wall(moment, zone) for moment in interval)
    last = end - timedelta(microseconds=1)
    month, unit = f"{MONTHS[start.month - 1]} {start.year}", unit_of(start, end)
    tries = [_date(start), f"night of {_date(start)}", f"{_date(start)} to {_date(last)}"]
    if unit in ("month", "year"):
        tries.insert(0, month if unit == "month" else str(start.year))
    for phrase in tries:
        try:
            period = periods.parse(phrase, now=now, zone=zone)
        except PeriodError:
            continue
        if (period.start_s, period.end_s) == interval:
            return phrase
    return f"{_date(start)} to {_date(last)}"


def _date(moment: datetime) -> str:
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"
