"""Rules for periods that are counted from now or written in numbers.

Each function says what the phrases above it mean; the first that fits wins. The mechanism is in
`grammar`, the words are in `terms`, the rules for names in `names`.
"""

from __future__ import annotations

from datetime import UTC, date, timedelta

from wellness.health.periods.grammar import (
    DAY,
    At,
    Refusal,
    Rules,
    Span,
    days,
    midnight,
    shift,
    whole,
)
from wellness.health.periods.terms import PARTS

rule = Rules()


# What cannot be


@rule(
    "tomorrow(?: <part>)?",
    "day after tomorrow",
    "(?:next|coming|upcoming) (?:<count> )?(?:<unit>|<season>|<weekday>|<month>|weekend|night)s?",
    "<count> <unit>s? from now",
)
def future(at: At, **_: object) -> Span:
    """A history has none."""
    raise Refusal("it has not begun yet", 'Ask for "today", "this week" or an earlier time.')


@rule(r"\d{1,2}([./-])\d{1,2}\1(?:\d{4}|\d\d)", r"\d{1,2}/\d{1,2}")
def swappable(at: At) -> Span:
    """12/05/2026 is in May or in December, depending on the reader."""
    raise Refusal(
        "day and month may stand in either order",
        "Write it as an ISO date (2026-05-12) or with the name of the month (12 May 2026).",
    )


# Days and parts of days


@rule("<today>")
def near_day(at: At, today: int) -> Span:
    """Today, yesterday, the day before yesterday."""
    return days(at.today - today * DAY)


@rule("<period>(?:'s)? <part>", "<part> of <period>")
def part_of_day(at: At, period: Span, part: tuple[int, int]) -> Span | None:
    """Some hours of one day; "Friday night" ends on Saturday at noon."""
    first, after = (period.start + timedelta(hours=hours) for hours in part)
    return Span(first, after, period.cycle) if period.days == 1 else None


@rule("<back> <part>")
def part_of_near_day(at: At, back: int, part: tuple[int, int]) -> Span | None:
    """This morning; last night, which began yesterday evening, also when said before dawn."""
    return part_of_day(at, days(at.today - back * DAY), part)


@rule("(?:last|past|previous) <count> nights?")
def last_nights(at: At, count: int) -> Span:
    """The last 7 nights: from the evening a week ago to noon today, with the days between them."""
    first, after = days(at.today - count * DAY), days(at.today - DAY)
    evening, noon = (timedelta(hours=hours) for hours in PARTS["night"])
    return Span(first.start + evening, after.start + noon)


@rule("<count> <unit>s? ago (?:today|to the day)")
def anniversary(at: At, count: int, unit: str) -> Span:
    """The one day that lies exactly so far back."""
    return days(shift(at.today, -count, unit))


@rule("(?:this|same) <unit> (?:of )?last year")
def same_unit(at: At, unit: str) -> Span:
    """The same week last year is the one that holds this date a year ago."""
    return whole(shift(at.today, -1, "year"), unit)


# Windows up to now


@rule("(?:last|past|previous) (?:<count> )?<clock>s?")
def last_hours(at: At, clock: int, count: int = 1) -> Span:
    """True hours or minutes up to this instant: a change of clocks does not shorten them."""
    start = at.now.astimezone(UTC) - timedelta(seconds=count * clock)
    return Span(start.astimezone(at.now.tzinfo).replace(tzinfo=None), at.now.replace(tzinfo=None))


@rule("(?:last|previous|(?:this )?past) <count> <unit>s?", "(?:this )?past <unit>")
def last_units(at: At, unit: str, count: int = 1) -> Span:
    """Whole days of which today is the last: the last 7 days are today and the six before it."""
    return Span(midnight(shift(at.tomorrow.date(), -count, unit)), at.tomorrow)


@rule(
    "<unit>[ -]to[ -]date",
    "<unit:initial>td",
    "this <unit> (?:so far|to date)",
    "so far this <unit>",
)
def to_date(at: At, unit: str) -> Span:
    """From the start of the calendar unit to the end of today."""
    return Span(whole(at.today, unit).start, at.tomorrow)


@rule("all time", "all(?: data| days| history)?", "ever", "history", "everything")
def everything(at: At) -> Span:
    """From the Unix epoch to the end of today."""
    return Span(at.epoch, at.tomorrow)


# Calendar units


@rule("<back> <unit>")
def calendar_unit(at: At, back: int, unit: str) -> Span:
    """This week is all of it, Monday to Monday; last week is the one before."""
    return whole(at.today, unit, back)


@rule("<count> <unit>s? ago")
def units_ago(at: At, count: int, unit: str) -> Span:
    """Two weeks ago is the calendar week before last week; a year ago is last year."""
    return whole(at.today, unit, count)


@rule("<unit> (?:of|containing|with) <period>")
def unit_holding(at: At, unit: str, period: Span) -> Span | None:
    """The week of 16 September is the calendar week with that day in it."""
    span = whole(period.start.date(), unit)._replace(cycle=period.cycle)
    return span if period.end <= span.end else None


@rule("<year>", "(?:calendar )?year <year>")
def year_number(at: At, year: int) -> Span:
    """2025."""
    return whole(date(year, 1, 1), "year")


@rule(r"<year>-<month:number>-<day:number>", r"<year>/<month:number>/<day:number>")
def iso_day(at: At, year: int, month: int, day: int) -> Span:
    """2026-05-03."""
    return days(date(year, month, day))


@rule("<year>-<month:number>")
def iso_month(at: At, year: int, month: int) -> Span:
    """2026-05."""
    return whole(date(year, month, 1), "month")


@rule(
    "<year>-?w<week:number>", "week <week:number>,? (?:of )?<year>", "<year>,? week <week:number>"
)
def iso_week(at: At, year: int, week: int) -> Span:
    """2026-W12: weeks as in ISO 8601, the first of which holds 4 January."""
    return days(date.fromisocalendar(year, week, 1), 7)


@rule("<year>[-/ ]?q<quarter>", "q<quarter>[-/ ]?<year>")
def iso_quarter(at: At, year: int, quarter: int) -> Span:
    """2026-Q2."""
    return whole(date(year, 3 * quarter - 2, 1), "quarter")
