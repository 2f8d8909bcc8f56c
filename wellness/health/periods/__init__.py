"""English phrases for periods of time, as half-open intervals in the user's zone.

>>> from zoneinfo import ZoneInfo
>>> berlin = ZoneInfo("Europe/Berlin")
>>> now = datetime(2026, 5, 13, 10, 30, tzinfo=berlin)  # a Wednesday
>>> parse("last week", now=now, zone=berlin).label
'Mon 4 May 2026 to Sun 10 May 2026'
>>> parse("late September", now=now, zone=berlin).label
'Sun 21 Sep 2025 to Tue 30 Sep 2025'
>>> [p.phrase for p, _, _ in find("I may have slept less in March.", now=now, zone=berlin)]
['March']

What the phrases mean:

- A period includes its start and excludes its end. It begins at local midnight unless it is named
  after a part of the day; a day with a change of clocks has 23 or 25 hours. A midnight that clocks
  skip is the instant after the gap, one that comes twice is the first of the two.
- Weeks begin on Monday.
- A name without a year or date is the latest that has begun: in February, "March" is last year's.
  Of a range, that holds for its start: in May, "from March to June" began in March and is not
  over, and "from June to March" began last June.
- "this week" is the whole calendar week, "last week" the one before it, "two weeks ago" the one
  before that; likewise for months, quarters, years. "week to date" ends with today.
- "last 7 days" and "past week" are whole days of which today is the last; "last 3 months" on
  13 May begins on 14 February. "last 24 hours" ends at this instant.
- "last Monday" or "last March" is the latest that is over; "this" one is of this week or year.
- Morning is 05:00 to 12:00, afternoon to 18:00, evening to 24:00. A night is 18:00 to 12:00 of
  the next day; "last night" is the one that began yesterday.
- "since" and "until" include the period they name, "after" and "before" do not. What has no end
  ends with today, what has no start ("all time" too) starts with the Unix epoch.
- Seasons are northern and of whole months; winter 2025 is December 2025 to February 2026.
- The first week of March is its first seven days. Early, mid and late are thirds.

There is no future in a history: a period that has not begun is an error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from wellness.errors import PeriodError
from wellness.health.periods import names, rules
from wellness.health.periods.grammar import DAY, At, Refusal, midnight, resolve
from wellness.health.periods.terms import REWORDINGS
from wellness.health.periods.text import doubtful, windows

RULES = (*rules.rule, *names.rule)
EXAMPLES = (
    "yesterday", "last night", "this week", "last 7 days", "last Tuesday", "March", "Q2 2025",
    "early September", "from 3 to 12 May 2026", "since January", "last summer", "2026-05-03",
    "two weeks ago", "year to date", "all time",
)  # fmt: skip
UNDERSTOOD = f"Understood are, for instance: {', '.join(EXAMPLES)}."
MAX_CHARACTERS = 80  # no period takes more, and it bounds the work on hostile text
PLAIN = str.maketrans("\u2010\u2011\u2012\u2013\u2014\u2212\u2018\u2019\u00a0\u202f", "------''  ")
# The names in labels: those of strftime would follow the machine's locale.
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Period:
    """A half-open interval of time: `start` is in it, `end` is not; both aware, in the zone."""

    start: datetime
    end: datetime
    phrase: str
    label: str

    @property
    def start_s(self) -> int:
        """Seconds since 1970-01-01 UTC of the start: the lowest score of a sorted set."""
        return int(self.start.timestamp())

    @property
    def end_s(self) -> int:
        """Seconds since 1970-01-01 UTC of the end: an exclusive bound, as in `(1778450400`."""
        return int(self.end.timestamp())

    @property
    def days(self) -> list[date]:
        """The local days that it touches, in order."""
        final = _before(self.end).date()
        return [self.start.date() + n * DAY for n in range((final - self.start.date()).days + 1)]


def parse(phrase: str, *, now: datetime, zone: ZoneInfo) -> Period:
    """The period that a phrase names; the module's docstring says which.

    Args:
        phrase: such as "last week"; case, punctuation and words like "over the" do not matter.
        now: when it is said; aware, in any zone.
        zone: where the person lives; its days are meant.

    Raises:
        PeriodError: the phrase is not understood, names a date that does not exist, can be read
            in two ways, or has not begun. There is never a default.
        ValueError: `now` has no zone.

    >>> parse("12/05/2026", now=datetime(2026, 5, 13, tzinfo=UTC), zone=ZoneInfo("UTC"))
    Traceback (most recent call last):
    wellness.errors.PeriodError: '12/05/2026' is no period: day and month may stand in either \
order. Write it as an ISO date (2026-05-12) or with the name of the month (12 May 2026).
    """
    if now.utcoffset() is None:
        raise ValueError("now must be aware, since it decides which day is today")
    if period := _read(phrase, now, zone):
        return period
    what = f"{phrase[:MAX_CHARACTERS]!r} is no known period." if phrase.strip() else "It is empty."
    raise PeriodError(phrase, what, hint=UNDERSTOOD)


def find(text: str, *, now: datetime, zone: ZoneInfo) -> list[tuple[Period, int, int]]:
    """The periods in free text, each with where it starts and ends in the text.

    The longest phrase counts, so that "the first week of March" is not also March. A phrase that
    `parse` would refuse, such as "next March" or "30 February", is passed over as a whole.
    Words with a second meaning count only where the words around them leave no doubt.

    Raises:
        ValueError: `now` has no zone.

    >>> sentence = "How did I sleep last week compared to March?"
    >>> at = {"now": datetime(2026, 5, 13, tzinfo=UTC), "zone": ZoneInfo("UTC")}
    >>> [(period.label, sentence[i:j]) for period, i, j in find(sentence, **at)]
    [('Mon 4 May 2026 to Sun 10 May 2026', 'last week'), \
('Sun 1 Mar 2026 to Tue 31 Mar 2026', 'March')]
    """
    if now.utcoffset() is None:
        raise ValueError("now must be aware, since it decides which day is today")
    found: list[tuple[Period, int, int]] = []
    passed = 0
    for start, end in windows(text, RULES):
        if start < passed:
            continue
        try:
            period = _read(text[start:end], now, zone)
        except PeriodError:
            passed = end
            continue
        if period and not doubtful(text, start, end):
            found.append((period, start, end))
            passed = end
    return found


def _read(phrase: str, now: datetime, zone: ZoneInfo) -> Period | None:
    """The period, None if the phrase is not understood, PeriodError if it cannot be used."""
    words = _normalise(phrase)
    here = now.astimezone(zone).replace(microsecond=0)
    try:
        span = (
            resolve(words, At(here, RULES, here.date())) if len(words) <= MAX_CHARACTERS else None
        )
        if span is None:
            return None
        start, end = _instant(span.start, zone), _instant(span.end, zone)
        if start.timestamp() > now.timestamp():
            raise Refusal("it has not begun yet", "Ask for one that has.")
        if end.timestamp() <= start.timestamp():
            raise ValueError("it has no length")
    except (ValueError, OverflowError) as error:
        hint = error.hint if isinstance(error, Refusal) else UNDERSTOOD
        raise PeriodError(phrase, f"{phrase!r} is no period: {error}.", hint=hint) from error
    return Period(start, end, phrase, label(start, end))


def _normalise(phrase: str) -> str:
    """Plain lower-case words with single spaces."""
    text = " ".join(phrase.translate(PLAIN).lower().split()).strip(" .,;:!?()'\"")
    text = re.sub(r"(?<=[a-z])\.", "", text)  # Sept. 3
    for pattern, words in REWORDINGS:
        text = re.sub(pattern, words, text)
    return text


def _instant(wall: datetime, zone: tzinfo | None) -> datetime:
    """Wall-clock time in the zone; one that the clocks skip moves forward by the gap (PEP 495)."""
    return wall.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)


def _before(moment: datetime) -> datetime:
    """The last microsecond before it."""
    return (moment.astimezone(UTC) - timedelta(microseconds=1)).astimezone(moment.tzinfo)


def label(start: datetime, end: datetime) -> str:
    """Whole days by their first and last; anything else by its times too."""

    def text(moment: datetime) -> str:
        return f"{WEEKDAYS[moment.weekday()]} {moment.day} {MONTHS[moment.month - 1]} {moment.year}"

    first, last = text(start), text(_before(end))
    if start.timestamp() == 0:
        return f"everything until {last}"
    if any(moment != _instant(midnight(moment.date()), moment.tzinfo) for moment in (start, end)):
        return f"{first} {start:%H:%M} to {text(end)} {end:%H:%M}"
    return first if first == last else f"{first} to {last}"
