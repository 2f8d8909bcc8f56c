"""Periods around what the person once told: "before my injury", "since I changed gyms".

Which event is meant, and of which days it was, `wellness.agent.happened` finds out. Then:

- "before" is a window of fixed length that ends where the event begins; "until" takes its first
  period in. "Two weeks before" is a window of two weeks.
- "since" begins with the event, "after" behind it; both end with today.
- "during" is the event itself; words such as "for six weeks" say how long it was.
- Of several events that fit equally well, it is the latest, and the others are named.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from wellness.agent.happened import COUNT, UNIT, PastEvent, PastEvents, counted_days
from wellness.agent.told import content
from wellness.errors import PeriodError
from wellness.health import periods
from wellness.health.periods import Period
from wellness.health.rollups import midnight

RELATIONS = {
    "before": "before|prior to|leading up to|ahead of", "after": "after|following",
    "since": "since|ever since", "until": "until|till|up to",
    "during": "during|while|when|throughout|in|on|over|at|of",
}  # fmt: skip
PHRASE = re.compile(
    rf"(?:(?:in|over|during|for) )?(?:(?:the )?(?:{COUNT} )?{UNIT} )?"
    rf"(?P<relation>{'|'.join(RELATIONS.values())}) (?P<event>.+)",
    re.IGNORECASE,
)
TELL = 'Tell me when it was ("I hurt my ankle on 12 June 2025"), or name the dates.'


@dataclass(frozen=True, slots=True)
class EventPeriod:
    """A period that refers to an event.

    Attributes:
        relation: before, after, since, until or during.
        counted: whether its length was named: "two weeks before".
        rivals: other events that would have fitted as well.
        degraded: what did not work while it was looked for.
    """

    period: Period
    relation: str
    event: PastEvent
    counted: bool = False
    rivals: tuple[PastEvent, ...] = ()
    degraded: str = ""


def event_period(
    phrase: str,
    events: PastEvents | None,
    *,
    now: datetime,
    zone: ZoneInfo,
    window_days: int,
    unknown: PeriodError,
) -> EventPeriod:
    """The period of a phrase about a remembered event; see the module.

    Args:
        events: where they are looked for; None if there is no memory.
        window_days: length of "before".
        unknown: what was wrong with the phrase as one of the calendar.

    Raises:
        PeriodError: it is about no event, none is remembered, or the period has not begun.
        RedisError: Redis does not answer.
    """
    match = PHRASE.fullmatch(" ".join(phrase.split()).strip(" .,;:!?"))
    said = match["event"] if match else phrase
    relation = _relation(match["relation"]) if match else "during"
    if not content(said) or unknown.hint != periods.UNDERSTOOD:
        raise unknown
    if events is None:
        raise PeriodError(
            phrase,
            f"{phrase!r} is no known period, and this agent keeps no memory of events.",
            hint=f"Name the dates. {periods.UNDERSTOOD}",
        )
    found, degraded = events.find(said)
    if not found:
        raise PeriodError(
            phrase,
            f"{phrase!r} is no known period, and nothing that I was told is about {said!r}.",
            hint=f"{TELL} {periods.UNDERSTOOD}",
        )
    event, rivals = found[0], tuple(found[1:])
    length = counted_days(event.start, match, -1 if relation == "before" else 1) if match else 0
    start, end = _bounds(relation, event, length, window_days, now.astimezone(zone).date())
    if end <= start:
        raise PeriodError(
            phrase,
            f"{phrase!r} has not begun yet: {event.text!r} is of {event.start.isoformat()}.",
            hint="Ask for a time that has.",
        )
    period = of_days(start, end, phrase, zone)
    return EventPeriod(period, relation, event, bool(length), rivals, degraded)


def _relation(word: str) -> str:
    words = RELATIONS.items()
    return next(name for name, line in words if word.lower() in line.split("|"))


def _bounds(
    relation: str, event: PastEvent, length: int, window_days: int, today: date
) -> tuple[date, date]:
    """Half-open local days."""
    tomorrow = today + timedelta(days=1)
    back = timedelta(days=length or window_days)
    match relation:
        case "before":
            return event.start - back, event.start
        case "until":
            return event.start - back, event.end
        case "after":
            far = event.end + timedelta(days=length)
            return event.end, min(far, tomorrow) if length else tomorrow
        case "since":
            return event.start, tomorrow
        case _:
            return event.start, min(event.lasting, tomorrow)


def of_days(start: date, end: date, phrase: str, zone: ZoneInfo) -> Period:
    """The period of whole days in the half-open range of dates."""
    first, after = (datetime.fromtimestamp(midnight(day, zone), zone) for day in (start, end))
    return Period(first, after, phrase, periods.label(first, after))
