"""From a phrase to a period, and to the words that a conclusion has for it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from wellness.agent.happened import COUNT, UNIT, PastEvent, PastEvents
from wellness.agent.past_events import EventPeriod, event_period, of_days
from wellness.agent.results import UsedPeriod
from wellness.agent.tools.defaults import EVENT_WINDOW_DAYS
from wellness.agent.tools.wording import clean, day, listed, quoted
from wellness.errors import PeriodError
from wellness.health import periods
from wellness.health.periods import Period
from wellness.health.rollups import whole_days

UNPOSED = re.compile(  # what needs no "in" before it
    r"(?:today|yesterday|tonight|this|since|before|after|until|till|from|between|up to|during|"
    r"while|when|earlier|(?:last|previous) "
    r"(?!\d|two|three|four|five|six|seven|eight|nine|ten)|"
    r"in|on|over|at|within|for|so far)\b|.* ago\b|.*\b(?:before|after|since) "
)
COUNTED = re.compile(r"(?:last|past|previous) ")
WINDOW = re.compile(rf"(?:the )?(?:{COUNT} )?{UNIT} (?:before|after) ", re.IGNORECASE)
EVERYTHING = re.compile(r"(?:all(?: time| data| days| history)?|ever|history|everything)")
ARTICLES = re.compile(r"^(?:the |my )(?=(?:last|past|previous|first|week|month|day|year|night))")
MINE = ((r"\bI was\b", "you were"), (r"\bI am\b|\bI'm\b", "you are"), (r"\bi\b", "you"),
        (r"\bmy\b", "your"), (r"\bme\b", "you"), (r"\bmyself\b", "yourself"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Span:
    """A period with what made it so.

    Attributes:
        period: half-open, in the zone.
        now: when it was asked about.
        phrase: as it was named; that of the default where none was.
        because: see `UsedPeriod`.
        event: the remembered event that it refers to.
        notes: what to know about it.
    """

    period: Period
    now: datetime
    phrase: str
    because: str = ""
    event: EventPeriod | None = None
    notes: tuple[str, ...] = ()
    named: bool = True

    @property
    def label(self) -> str:
        """With dates."""
        return self.period.label

    @property
    def zone(self) -> ZoneInfo:
        """Whose days are meant."""
        zone = self.period.start.tzinfo
        assert isinstance(zone, ZoneInfo)
        return zone

    @property
    def used(self) -> UsedPeriod:
        """For the result."""
        start, end = self.period.start.isoformat(), self.period.end.isoformat()
        return UsedPeriod(clean(self.phrase), self.label, start, end, self.because)

    @property
    def first(self) -> date:
        """Its first day."""
        return self.period.start.date()

    @property
    def last(self) -> date:
        """Its last day."""
        before = self.period.end.timestamp() - 1
        return datetime.fromtimestamp(before, self.zone).date()

    @property
    def one_day(self) -> bool:
        """Whether it lies within one day."""
        return self.first == self.last

    @property
    def whole(self) -> bool:
        """Whether it is made of whole days."""
        return whole_days(self.period, self.zone)

    @property
    def over(self) -> bool:
        """Whether it had ended when it was asked about."""
        return self.period.end <= self.now

    @property
    def today(self) -> date:
        """The day of the question."""
        return self.now.astimezone(self.zone).date()

    @property
    def words(self) -> str:
        """As an adverb with its dates: "last week (Mon 21 Sep 2026 to Sun 27 Sep 2026)"."""
        said, dates = adverb(self.phrase), self.label.removeprefix("everything ")
        if said.endswith(dates) and self.named:
            return said
        return f"{said} ({dates}{'' if self.named else '; no period was named'})"

    @property
    def short(self) -> str:
        """As an adverb, without dates."""
        return adverb(self.phrase)

    @property
    def name(self) -> str:
        """As a noun, without dates: "this week", "March"."""
        return re.sub(r"^(?:in|on) ", "", adverb(self.phrase))


def adverb(phrase: str) -> str:
    """A phrase as it stands in a sentence to the person.

    >>> adverb("last week"), adverb("March 2025"), adverb("Tuesday"), adverb("the last 7 days")
    ('last week', 'in March 2025', 'on Tuesday', 'in the last 7 days')
    >>> adverb("past week"), adverb("5 May"), adverb("two weeks before my injury")
    ('in the past week', 'on 5 May', 'in the two weeks before your injury')
    >>> adverb("before my injury"), adverb("when I was in Tokyo"), adverb("all time")
    ('before your injury', 'when you were in Tokyo', 'in all the data there is')
    """
    text = clean(phrase).strip(" .,;:!?")
    for pattern, word in MINE:
        text = re.sub(pattern, word, text, flags=re.IGNORECASE)
    bare = ARTICLES.sub("", text.lower())
    if EVERYTHING.fullmatch(bare):
        return "in all the data there is"
    if WINDOW.match(text):
        return f"in the {text.removeprefix('the ')}"
    if bare.startswith("past "):
        return f"in the {text[len(text) - len(bare) :]}"
    if UNPOSED.match(bare):
        return text if bare == text.lower() else text[len(text) - len(bare) :]
    if COUNTED.match(bare):
        return f"in the {text[len(text) - len(bare) :]}"
    on = re.search(r"(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\b\d{1,2}\b(?! ?week)", bare)
    return f"{'on' if on and ' to ' not in bare else 'in'} {text}"


def read_span(
    phrase: str, *, now: datetime, zone: ZoneInfo, events: PastEvents | None, because: str = ""
) -> Span:
    """The period of a phrase: one of the calendar, or one around a remembered event.

    Args:
        phrase: in English.
        now: when it is said; aware.
        zone: whose days are meant.
        events: where events are looked for; None if there is no memory.
        because: why this phrase was taken, if the person did not name it.

    Raises:
        PeriodError: it is neither; the hint says what is understood.
    """
    try:
        period = periods.parse(phrase, now=now, zone=zone)
        return Span(period, now, phrase, because, named=not because)
    except PeriodError as error:
        found = event_period(
            phrase, events, now=now, zone=zone, window_days=EVENT_WINDOW_DAYS, unknown=error
        )
    return of_event(found, now, phrase)


def of_event(found: EventPeriod, now: datetime, phrase: str) -> Span:
    """A span with what was told of its event."""
    because = f"you told me on {told(found.event)}"
    notes = [f"The dates come from what {because}."]
    if found.rivals:
        others = listed([f"{day(one.start)} ({quoted(one.text)})" for one in found.rivals[:3]])
        notes.append(f"It could also be about {others}; the latest was taken.")
    return Span(
        found.period, now, phrase, because, found, (*notes, *filter(None, [found.degraded]))
    )


def told(event: PastEvent) -> str:
    """What was told of an event, and of which days it is."""
    last = event.end - timedelta(days=1)
    days = day(event.start) if last == event.start else f"{day(event.start)} to {day(last)}"
    return f"{day(event.told)}: {quoted(event.text)} (of {days})"


def same_length(before: Span, after: Span) -> Span:
    """What came after an event, cut to the length of what came before it."""
    event = after.event
    assert event is not None
    days = (before.last - before.first).days + 1
    end = min(event.period.start.date() + timedelta(days=days), after.today + timedelta(days=1))
    period = of_days(event.period.start.date(), end, after.phrase, after.zone)
    because = f"{after.because}; as many days as before it"
    return replace(after, period=period, because=because)
