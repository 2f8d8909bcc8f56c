"""Periods that a text names, and whether one names the period that a number is of.

The phrases are those of `wellness.health.periods`; added are what an answer refers back to ("the
week before", "before your injury") and what stands in lists and tables ("Tue").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from wellness.agent.results import UsedPeriod
from wellness.errors import PeriodError
from wellness.health import periods
from wellness.health.periods.terms import MONTH_NAMES, SEASONS, WEEKDAYS

Interval = tuple[float, float]  # half-open, in epoch seconds

HOUR, DAY = 3600.0, 86400.0
SLACK_S = 2 * HOUR  # a change of clocks, and an hour
LONG_S, LONG_SLACK_S = 27 * DAY, 3 * DAY  # "the past month" and the last 30 days are one
NIGHT_S = 36 * HOUR  # what is at most so long is of one day or night

_NAMED = re.compile(rf"\b(?:{'|'.join((*MONTH_NAMES, *SEASONS, 'q[1-4]', 'quarter'))})\b", re.I)
_WEEKDAY = re.compile(rf"\b(?:{'|'.join(f'({name})' for name in WEEKDAYS)})(?:'s|s)?\b", re.I)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b|\byear\b", re.IGNORECASE)
_ENTRY = re.compile(  # a day or a month at the head of a line, a cell or an item of a list
    rf"(?:^[ \t]*(?:[-*\u2022]|\d+[.)])?|[|(,;])[ \t]*(?P<name>(?:{'|'.join((*WEEKDAYS, *MONTH_NAMES))}))\b"
    rf"(?=\s*(?:[:|=\u2013-]|\s\())",
    re.MULTILINE | re.IGNORECASE,
)
_PREVIOUS = re.compile(
    r"\b(?:the|that|your|a|one)\s+(?:(?:previous|prior|preceding)\s+"
    r"(?P<unit>day|night|week|month|quarter|year)|(?P<before>day|night|week|month|quarter|year)"
    r"\s+(?:before|prior|earlier|previous)(?!\s+(?:my|your|the|last|that)))\b",
    re.IGNORECASE,
)
_BACK = re.compile(
    r"\b(?:(?P<after>after(?:wards?| it| that|(?=\s*(?:[,.;)]|$)))|since then)"
    r"|(?P<before>before(?:hand| it| that|(?=\s*(?:[,.;):]|$)))))",
    re.IGNORECASE,
)
_MONTH = "|".join(MONTH_NAMES)
_DATE = re.compile(
    rf"(?<![\d.,])\d{{1,2}}(?:st|nd|rd|th)?(?: of)? (?:{_MONTH})\b\.?(?:,? \d{{4}})?"
    rf"|\b(?:{_MONTH})\.? \d{{1,2}}(?:st|nd|rd|th)?\b(?!:|[.,]\d|\s*(?:%|[a-z]*bpm))(?:,? \d{{4}}\b)?"
    r"|\b\d{4}-\d\d-\d\d(?=T\d)|\b\d{1,2}[/.]\d{1,2}[/.](?:\d{4}|\d\d)\b",
    re.IGNORECASE,
)
_BRACKETS = str.maketrans("()[]", ";;;;")
_THE_LAST = re.compile(r".*\b(?:the|your) last night", re.IGNORECASE)  # that there is
_LAST = re.compile(r"\b(?:in|over|during|within|for|of)\s+the\s+$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mention:
    """A phrase that names a period, and the intervals it may mean; none if nobody knows."""

    text: str
    start: int
    end: int
    spans: tuple[Interval, ...]
    weekday: int | None = None
    yearless: bool = False


@dataclass(frozen=True)
class Calendar:
    """When an answer is given, and the periods that its tools have used."""

    now: datetime
    zone: ZoneInfo
    used: tuple[UsedPeriod, ...] = ()

    @property
    def tomorrow(self) -> float:
        """The end of today, in epoch seconds."""
        midnight = self.now.astimezone(self.zone).replace(hour=0, minute=0, second=0, microsecond=0)
        return (midnight + timedelta(days=1)).timestamp()

    def spans(self) -> list[Interval]:
        """The intervals of the used periods."""
        return [span for one in self.used if (span := interval(one))]

    def read(self, phrase: str) -> Interval | None:
        """The interval of a label or a phrase; None if it is not understood."""
        for one in self.used:
            if phrase and phrase in (one.label, one.phrase) and (span := interval(one)):
                return span
        return self._parsed(re.sub(r" \d\d:\d\d\b", "", phrase))

    def _parsed(self, phrase: str) -> Interval | None:
        try:
            found = periods.parse(phrase, now=self.now, zone=self.zone)
        except PeriodError:
            return None
        return found.start.timestamp(), found.end.timestamp()

    def find(self, text: str) -> list[Mention]:
        """The periods that a text names, from left to right."""
        found: list[Mention] = []
        every = (*self._events(text), *self._references(text), *self._named(text), *_dates(text))
        for one in sorted(every, key=lambda one: (one.start, -one.end)):
            if not found or one.start >= found[-1].end:
                found.append(one)
        return found

    def _named(self, text: str) -> Iterator[Mention]:
        plain = text.translate(_BRACKETS)  # which no period crosses
        for period, start, end in periods.find(plain, now=self.now, zone=self.zone):
            if _THE_LAST.fullmatch(text, max(0, start - 5), end):
                continue
            spans = [(period.start.timestamp(), period.end.timestamp())]
            words = text[start:end]
            lowered = words.lower()
            if re.match(r"last (?:week|month|year)$", lowered) and _LAST.search(text[:start]):
                spans += _present(self.read(lowered.replace("last", "past")))
            day = _WEEKDAY.search(words)
            alone = day and not re.search(r"\d|week|month", lowered)
            yield Mention(
                words, start, end, tuple(spans),
                weekday=_number(day) if alone and day else None,
                yearless=bool(_NAMED.search(words)) and not _YEAR.search(words),
            )  # fmt: skip
        for match in _ENTRY.finditer(text):
            day = _WEEKDAY.fullmatch(match["name"])
            yield Mention(
                match["name"], *match.span("name"), tuple(_present(self.read(match["name"]))),
                weekday=_number(day) if day else None, yearless=not day,
            )  # fmt: skip

    def _events(self, text: str) -> Iterator[Mention]:
        """Phrases of used periods that no calendar has: "before my injury"."""
        for one in self.used:
            for match in re.finditer(re.escape(one.label), text) if one.label else ():
                yield Mention(match[0], *match.span(), tuple(_present(interval(one))))
            words = [word for word in re.findall(r"[\w'-]+", one.phrase) if word.lower() not in OWN]
            if len(words) < 2 or self._parsed(one.phrase) or not (span := interval(one)):
                continue
            pattern = rf"\b{r'[ ]+(?:(?:my|your|the|a|an) )?'.join(map(re.escape, words))}\b"
            for match in re.finditer(pattern, text, re.IGNORECASE):
                yield Mention(match[0], *match.span(), (span,))

    def _references(self, text: str) -> Iterator[Mention]:
        for match in _PREVIOUS.finditer(text):
            name = (match["unit"] or match["before"]).lower()
            yield Mention(match[0], *match.span(), tuple(self._before(name, bool(match["unit"]))))
        for match in _BACK.finditer(text):
            word = "after" if match["after"] else "before"
            spans = [
                span for one in self.used
                if one.phrase.lower().startswith((word, "since" if word == "after" else word))
                and (span := interval(one))
            ]  # fmt: skip
            if len(spans) == 1:
                yield Mention(match[0], *match.span(), tuple(spans))

    def _before(self, unit: str, by_calendar: bool) -> list[Interval]:
        """The used periods that end where another one begins, and perhaps the calendar's."""
        spans = self.spans()
        found = [
            one for one in spans if any(abs(one[1] - other[0]) <= SLACK_S for other in spans)
        ]
        return found + (_present(self.read(f"last {unit}")) if by_calendar else [])


OWN = {"my", "your", "the", "a", "an"}


def interval(used: UsedPeriod) -> Interval | None:
    """A used period in epoch seconds; None if its ends are not ISO 8601."""
    try:
        start, end = datetime.fromisoformat(used.start), datetime.fromisoformat(used.end)
        return start.timestamp(), end.timestamp()
    except (ValueError, TypeError, OverflowError):
        return None


def names(mention: Mention, spans: Iterable[Interval], calendar: Calendar, *, night: bool) -> bool:
    """Whether a mention names one of the intervals.

    Args:
        mention: of the text.
        spans: of a number.
        calendar: for the end of today: what is not over ends there.
        night: whether the number is of sleep, which belongs to two days.
    """
    return any(_is(mention, span, calendar, night) for span in spans)


def _is(mention: Mention, span: Interval, calendar: Calendar, night: bool) -> bool:
    short = span[1] - span[0] <= NIGHT_S
    if mention.weekday is not None and short:
        days = {_local(span[0], calendar).weekday()}
        if night:
            days |= {_local(span[1] - HOUR, calendar).weekday()}
        if mention.weekday in days:
            return True
    for said in mention.spans:
        if same(said, span, calendar.tomorrow):
            return True
        part = said[1] - said[0] < 0.9 * DAY or night or abs(span[1] - span[0] - DAY) > SLACK_S
        if short and said[1] - said[0] <= NIGHT_S and part and _overlap(said, span):
            return True
        if mention.yearless:
            years = _local(span[0], calendar).year - _local(said[0], calendar).year
            if years and same(_shifted(said, years, calendar), span, calendar.tomorrow):
                return True
    return False


def same(one: Interval, other: Interval, tomorrow: float) -> bool:
    """Whether two intervals are one, as far as they are over."""
    ends = min(one[1], tomorrow), min(other[1], tomorrow)
    slack = SLACK_S
    if min(ends[0] - one[0], ends[1] - other[0]) >= LONG_S and ends == (tomorrow, tomorrow):
        slack = LONG_SLACK_S
    return abs(one[0] - other[0]) <= slack and abs(ends[0] - ends[1]) <= SLACK_S


def holds(mention: Mention, spans: Iterable[Interval]) -> bool:
    """Whether a mention is of something larger than one of the intervals, with it inside."""
    return any(
        said[0] - SLACK_S <= span[0] and span[1] <= said[1] + SLACK_S
        and said[1] - said[0] > span[1] - span[0]
        for said in mention.spans for span in spans
    )  # fmt: skip


def _overlap(one: Interval, other: Interval) -> bool:
    return one[0] < other[1] - HOUR and other[0] < one[1] - HOUR


def _shifted(span: Interval, years: int, calendar: Calendar) -> Interval:
    moved = []
    for moment in span:
        local = _local(moment, calendar)
        try:
            moved.append(local.replace(year=local.year + years).timestamp())
        except ValueError:  # 29 February
            moved.append(local.replace(year=local.year + years, day=28).timestamp())
    return moved[0], moved[1]


def _local(moment: float, calendar: Calendar) -> datetime:
    return datetime.fromtimestamp(moment, calendar.zone)


def _dates(text: str) -> Iterator[Mention]:
    for match in _DATE.finditer(text):
        yield Mention(match[0], *match.span(), ())


def _number(match: re.Match[str]) -> int:
    return next(number for number, group in enumerate(match.groups()) if group)


def _present(span: Interval | None) -> list[Interval]:
    return [span] if span else []


def union(intervals: Sequence[Interval]) -> Interval | None:
    """From the start of the first to the end of the last; None of none."""
    if not intervals:
        return None
    return min(one[0] for one in intervals), max(one[1] for one in intervals)
