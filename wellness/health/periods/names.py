"""Rules for periods that have a name, which comes round each week or year, and for parts of them.

Each function says what the phrases above it mean; the first that fits wins. The mechanism is in
`grammar`, the words are in `terms`, the rules for numbers in `rules`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from wellness.health.periods.grammar import (
    DAY,
    JOINT,
    REVERSED,
    At,
    Refusal,
    Rules,
    Span,
    days,
    midnight,
    shift,
    simple,
    weekly,
    whole,
    yearly,
)

rule = Rules()


def named(at: At, which: str | None, unit: str, pick: Callable[[At], Span]) -> Span:
    """Alone: the latest that has begun; last: the latest that is over; this: this week's or year's.

    Args:
        at: when it is said.
        which: "last" or the like, "this", or None.
        unit: what "this" refers to, "week" or "year".
        pick: finds the span from where it is told to look.
    """
    if which is None:
        return pick(at)
    base = replace(at, upto=at.today, after=None)
    span = pick(base)
    if which == "this":
        if span.end <= whole(at.today, unit).start:
            raise Refusal("this one has not begun yet", "Ask for the last one.")
    elif span.end > midnight(at.today):
        span = pick(replace(base, upto=span.start.date() - DAY))
    return span._replace(cycle="")


@rule("(?:<which> )?<weekday>")
def weekday_name(at: At, weekday: int, which: str | None = None) -> Span:
    """On a Monday, "Monday" is today and "last Monday" is a week ago."""
    return named(at, which, "week", lambda at: weekly(at, weekday))


@rule("(?:<which> )?weekend")
def weekend(at: At, which: str | None = None) -> Span:
    """Saturday and Sunday."""
    return named(at, which, "week", lambda at: weekly(at, 5, length=2))


@rule("(?:<which> )?<month>")
def month_name(at: At, month: int, which: str | None = None) -> Span:
    """In February, "March" is last year's; in March it is this one."""
    return named(
        at, which, "year", lambda at: yearly(at, lambda y: whole(date(y, month, 1), "month"))
    )


@rule("(?:<which> )?<season>")
def season_name(at: At, season: int, which: str | None = None) -> Span:
    """Three months of the northern year; a winter belongs to the year in which it begins."""

    def make(year: int) -> Span:
        first = date(year, season, 1)
        return Span(midnight(first), midnight(shift(first, 3, "month")))

    return named(at, which, "year", lambda at: yearly(at, make))


@rule("(?:<which> )?q<quarter>")
def quarter_name(at: At, quarter: int, which: str | None = None) -> Span:
    """Q2 is April to June."""

    def make(year: int) -> Span:
        return whole(date(year, 3 * quarter - 2, 1), "quarter")

    return named(at, which, "year", lambda at: yearly(at, make))


@rule("<day>(?: of)? <month>", "<month> (?:the )?<day>")
def day_of_month(at: At, day: int, month: int) -> Span:
    """3 May, May 3rd."""
    return yearly(at, lambda year: days(date(year, month, day)))


@rule(
    f"(?:from )?(?:the )?<first:day>(?:{JOINT})(?:the )?<last:day>(?: of)? <month>",
    f"(?:from )?<month> (?:the )?<first:day>(?:{JOINT})(?:the )?<last:day>",
    "between (?:the )?<first:day> and (?:the )?<last:day>(?: of)? <month>",
    "between <month> (?:the )?<first:day> and (?:the )?<last:day>",
)
def days_of_month(at: At, first: int, last: int, month: int) -> Span:
    """3-12 May, from May 3 to 12: both days are in it."""
    if last < first:
        raise Refusal(*REVERSED)
    return yearly(
        at,
        lambda year: Span(days(date(year, month, first)).start, days(date(year, month, last)).end),
    )


@rule("<text>,?[ /-](?:(?:of|in) )?<some_year>", "<some_year>(?:'s)? <text>")
def in_year(at: At, text: str, some_year: str) -> Span | None:
    """What comes round each year, in one year: March 2025, summer of last year."""
    year = simple(some_year, at)
    span = year and simple(text, replace(at, upto=year.end.date() - DAY, after=None))
    if not year or not span or span.cycle != "year":
        return None
    if span.start < year.start:
        raise ValueError(f"{year.start.year} has no such day")
    return span._replace(cycle="")


# Parts of something larger


@rule("<weekday>,? <period>")
def weekday_in(at: At, weekday: int, period: Span) -> Span | None:
    """Friday last week; in "Monday, 4 May" the two have to agree."""
    first = period.start.date()
    day = days(first + (weekday - first.weekday()) % 7 * DAY, cycle=period.cycle)
    if period.days == 1 and day != period:
        raise ValueError("that date is another day of the week")
    return day if period.days in (1, 7) else None


@rule("<nth> <weekday> (?:of|in) <period>")
def nth_weekday(at: At, nth: int, weekday: int, period: Span) -> Span | None:
    """The first Monday of March, the last Friday of last month."""
    if period.days < 28:
        return None
    first, final = period.start.date(), period.end.date() - DAY
    if nth > 0:
        day = first + ((weekday - first.weekday()) % 7 + 7 * (nth - 1)) * DAY
    else:
        day = final - (final.weekday() - weekday) % 7 * DAY
    if day > final:
        raise ValueError("there are not so many in it")
    return days(day, cycle=period.cycle)


@rule(r"<nth> (?:<count> )?<unit>s? (?:(?:of|in) |(?=\d{4}$))<period>")
def nth_unit(at: At, nth: int, unit: str, period: Span, count: int = 1) -> Span | None:
    """Counted from the ends: the first week of March is 1-7 March, the last 10 days are 22-31."""
    first, after = period.start.date(), period.end.date()
    start, end = shift(first, (nth - 1) * count, unit), shift(first, nth * count, unit)
    if nth < 0:
        start, end = shift(after, -count, unit), after
    if not period.days or start < first or (nth == 1 and end > after):
        return None
    if start >= after:
        raise ValueError("there are not so many in it")
    return Span(midnight(start), midnight(min(end, after)), period.cycle)


@rule(r"<nth> half (?:(?:of|in) |(?=\d{4}$))<period>")
def half(at: At, nth: int, period: Span) -> Span | None:
    """By months where they can be halved, else by days: the first half of March is 15 days."""
    if nth > 2:
        raise ValueError("there are two halves")
    return portion(period, 2, 0 if nth == 1 else 1)


@rule("<edge>[ -]<period>")
def third(at: At, edge: int, period: Span) -> Span | None:
    """Early, mid and late: by months where there are three, else by days (1-10, 11-20, 21-)."""
    return portion(period, 3, edge)


def portion(period: Span, parts: int, part: int) -> Span | None:
    """One of some equal parts, counted from 0; the last part takes the days that are left over."""
    first, after = period.start.date(), period.end.date()
    unit, size = "day", period.days // parts
    months = (after.year - first.year) * 12 + after.month - first.month
    if first.day == after.day == 1 and months % parts == 0:
        unit, size = "month", months // parts
    start, end = shift(first, part * size, unit), shift(first, (part + 1) * size, unit)
    if not size or not period.days:
        return None
    return Span(midnight(start), midnight(end if part + 1 < parts else after), period.cycle)
