"""Intervals of time, and whether the period that somebody names is one of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from wellness.agent.results import UsedPeriod

_EDGE = re.compile(r"(?:the )?(?:beginning|start|end)\b", re.IGNORECASE)  # vague: its first week
Interval = tuple[float, float]  # half-open, in epoch seconds

HOUR, DAY = 3600.0, 86400.0
SLACK_S = 2 * HOUR  # a change of clocks, and an hour
LONG_S, LONG_SLACK_S = 27 * DAY, 3 * DAY  # "the past month" and the last 30 days are one
NIGHT_S = 36 * HOUR  # what is at most so long is of one day or night


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
class Today:
    """When an answer is given, and where."""

    now: datetime
    zone: ZoneInfo

    @property
    def tomorrow(self) -> float:
        """The end of today, in epoch seconds."""
        midnight = self.now.astimezone(self.zone).replace(hour=0, minute=0, second=0, microsecond=0)
        return (midnight + timedelta(days=1)).timestamp()

    def local(self, moment: float) -> datetime:
        """A moment as the clocks there show it."""
        return datetime.fromtimestamp(moment, self.zone)


def interval(used: UsedPeriod) -> Interval | None:
    """A used period in epoch seconds; None if its ends are not ISO 8601."""
    try:
        start, end = datetime.fromisoformat(used.start), datetime.fromisoformat(used.end)
        return start.timestamp(), end.timestamp()
    except (ValueError, TypeError, OverflowError):
        return None


def names(mention: Mention, spans: Iterable[Interval], today: Today, *, night: bool) -> bool:
    """Whether a mention names one of the intervals.

    Args:
        mention: of the text.
        spans: of a number.
        today: for its end: what is not over ends there.
        night: whether the number is of sleep, which belongs to two days.
    """
    edge = _EDGE.match(mention.text)
    return any(
        _is(mention, span, today, night) or (edge and holds(mention, [span])) for span in spans
    )


def _is(mention: Mention, span: Interval, today: Today, night: bool) -> bool:
    short = span[1] - span[0] <= NIGHT_S
    if night and (of_night := _is_night(mention, today)):
        if abs(span[1] - span[0] - DAY) <= SLACK_S:
            span = span[0] - 6 * HOUR, span[0] + 12 * HOUR  # a night has the day of waking
    else:
        of_night = False
    if mention.weekday is not None and short:
        days = {today.local(span[0]).weekday()}
        if night and not of_night:
            days |= {today.local(span[1] - HOUR).weekday()}
        if mention.weekday in days:
            return True
    for said in mention.spans:
        if same(said, span, today.tomorrow):
            return True
        part = said[1] - said[0] < 0.9 * DAY or night or abs(span[1] - span[0] - DAY) > SLACK_S
        if short and said[1] - said[0] <= NIGHT_S and part and _overlap(said, span):
            return True
        if mention.yearless:
            years = today.local(span[0]).year - today.local(said[0]).year
            if years and same(_shifted(said, years, today), span, today.tomorrow):
                return True
    return False


def _is_night(mention: Mention, today: Today) -> bool:
    """Whether a mention is of an evening, a night or a morning, not of a whole day."""
    return any(
        end - start < 0.9 * DAY and today.local(start).hour != 0 for start, end in mention.spans
    )


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


def _shifted(span: Interval, years: int, today: Today) -> Interval:
    moved = []
    for moment in span:
        local = today.local(moment)
        try:
            moved.append(local.replace(year=local.year + years).timestamp())
        except ValueError:  # 29 February
            moved.append(local.replace(year=local.year + years, day=28).timestamp())
    return moved[0], moved[1]
