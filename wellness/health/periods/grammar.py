"""The grammar of periods: how English words become a span of local wall-clock time.

A rule is a function under its patterns. In a pattern, `<term>` stands for a row of
`terms.TERMS`, whose value goes to the function by that name (`<first:day>` renames it), and
`<period>` is any simple period. The first rule that fits wins; one that returns None did not fit.
Words that are understood but cannot be used raise `Refusal`, and a date that the calendar does not
have raises Python's own `ValueError`. What the phrases mean is said in `wellness.health.periods`.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from wellness.health.periods.terms import DAYS, FILLERS, MONTHS, NOW, TERMS

MAX_NESTING = 4  # "the first Monday of the second week of March 2025" needs three
DAY = timedelta(days=1)
OPEN = "(since|after|before|until|till|up to|from) (.+?)( on| onwards?)?"
JOINT = " (?:to|through|until|till) | ?- ?|/"
REVERSED = ("it ends before it begins", "Put the earlier date first.")


class Refusal(ValueError):
    """The words are understood, but there is no such period in a history."""

    def __init__(self, reason: str, hint: str) -> None:
        self.hint = hint
        super().__init__(reason)


class Span(NamedTuple):
    """Half-open wall-clock time. `cycle` is "year" for "March", "week" for "Monday", else ""."""

    start: datetime
    end: datetime
    cycle: str = ""

    @property
    def days(self) -> int:
        """Whole days, whatever the zone's clocks do; 0 when it begins or ends within a day."""
        whole = self.start.time() == self.end.time() == time()
        return (self.end - self.start).days if whole else 0


Meaning = Callable[..., Span | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the grammar: a pattern, the kinds of its terms, and what it means."""

    pattern: re.Pattern[str]
    kinds: dict[str, str]
    meaning: Meaning

    def value(self, name: str, word: str) -> Any:
        """What a word is worth, such as 5 for "may"."""
        return TERMS[self.kinds[name]][1](word)


class Rules(list[Rule]):
    """A table of rules, filled by using it as a decorator of their meanings."""

    def __call__(self, *patterns: str) -> Callable[[Meaning], Meaning]:
        """Decorate a function with the patterns that it is the meaning of."""

        def add(meaning: Meaning) -> Meaning:
            for pattern in patterns:
                kinds: dict[str, str] = {}

                def group(match: re.Match[str], kinds: dict[str, str] = kinds) -> str:
                    name, kind = match[1] or match[2], match[2]
                    kinds[name] = kind
                    return f"(?P<{name}>{TERMS[kind][0]})"

                regex = re.sub(r"<(?:(\w+):)?(\w+)>", group, pattern)
                self.append(Rule(re.compile(regex, re.ASCII), kinds, meaning))
            return meaning

        return add


@dataclass(frozen=True, slots=True)
class At:
    """When the words are said, and where open ones look: back from `upto`, or on from `after`."""

    now: datetime
    rules: Sequence[Rule]
    upto: date
    after: date | None = None
    depth: int = 0

    @property
    def today(self) -> date:
        """The local day of `now`."""
        return self.now.date()

    @property
    def limit(self) -> datetime:
        """By when an open name has to have begun."""
        said = self.now.replace(tzinfo=None)
        return said if self.upto == self.today else midnight(self.upto + DAY)

    @property
    def epoch(self) -> datetime:
        """Wall-clock time of the Unix epoch: the start of what has none."""
        return datetime.fromtimestamp(0, self.now.tzinfo).replace(tzinfo=None)

    @property
    def tomorrow(self) -> datetime:
        """The midnight that ends today."""
        return midnight(self.today + DAY)


def resolve(text: str, at: At) -> Span | None:
    """The span of any period: a simple one, one from here to there, or one with an open end."""
    if span := simple(text, at):
        return span
    if match := re.fullmatch(OPEN, text):
        word, rest, onwards = match.groups()
        if (word != "from" or onwards) and (span := simple(rest, at)):
            return open_ended(word, span, at)
    joint = " and " if text.startswith("between ") else JOINT
    text = re.sub("^(?:from|between) ", "", text)
    for match in re.finditer(joint, text):
        if span := reach(text[: match.start()], text[match.end() :], at):
            return span
    return None


def simple(text: str, at: At) -> Span | None:
    """The span of a period that is one thing, such as "late September 2025"; None if it is not."""
    span = matched(text, at)
    if span and span.cycle and not at.after and span.start > at.limit:
        # March has begun but late March has not: it is the one before.
        return matched(text, replace(at, upto=shift(at.upto, -1, span.cycle)))
    return span


def matched(text: str, at: At) -> Span | None:
    """What the first rule that fits makes of the text."""
    if at.depth > MAX_NESTING:
        return None
    inner = replace(at, depth=at.depth + 1)
    text = re.sub(rf"^(?:(?:{'|'.join(FILLERS)}) )+|'s?$", "", text)
    for rule in at.rules:
        if match := rule.pattern.fullmatch(text):
            values = {
                name: simple(word, inner)
                if rule.kinds[name] == "period"
                else rule.value(name, word)
                for name, word in match.groupdict().items()
                if word is not None
            }
            if None not in values.values() and (span := rule.meaning(inner, **values)):
                return span
    return None


def open_ended(word: str, span: Span, at: At) -> Span:
    """`since` and `until` take the named period in, `after` and `before` leave it out."""
    match word:
        case "since" | "from":
            return Span(span.start, at.tomorrow)
        case "after":
            return Span(span.end, at.tomorrow)
        case "before":
            return Span(at.epoch, span.start)
        case _:
            return Span(at.epoch, span.end)


def reach(first: str, last: str, at: At) -> Span | None:
    """From the start of one period to the end of another; what one leaves open the other settles.

    "March to June 2025" is one year's; "November to February" is the latest that has begun.
    """
    end = simple("today" if last in NOW else last, at)
    if end and end.cycle:
        start = simple(first, at)
        end = start and simple(last, replace(at, after=start.start.date()))
    else:
        start = end and simple(first, replace(at, upto=end.start.date()))
    if not start or not end:
        return None
    if end.end <= start.start:
        raise Refusal(*REVERSED)
    return Span(start.start, end.end)


def midnight(day: date) -> datetime:
    """The wall-clock time at which a day begins, before any zone has its say."""
    return datetime.combine(day, time())


def days(first: date, count: int = 1, cycle: str = "") -> Span:
    """So many whole days."""
    return Span(midnight(first), midnight(first + count * DAY), cycle)


def shift(day: date, count: int, unit: str) -> date:
    """That many units on; a day that its new month does not have becomes the month's last."""
    if unit in DAYS:
        return day + count * DAYS[unit] * DAY
    months = day.year * 12 + day.month - 1 + count * MONTHS[unit]
    first = date(months // 12, months % 12 + 1, 1)
    return first.replace(day=min(day.day, monthrange(first.year, first.month)[1]))


def whole(day: date, unit: str, back: int = 0) -> Span:
    """The calendar unit that holds a day, or the one so many before it; weeks begin on Monday."""
    if unit == "week":
        day -= day.weekday() * DAY
    elif unit in MONTHS:
        months = day.year * 12 + day.month - 1
        months -= months % MONTHS[unit]
        day = date(months // 12, months % 12 + 1, 1)
    first = shift(day, -back, unit)
    return Span(midnight(first), midnight(shift(first, 1, unit)))


def yearly(at: At, make: Callable[[int], Span]) -> Span:
    """Of one span a year, the latest begun by `at.upto`, or the first not over by `at.after`."""
    reason = ""
    base = (at.after or at.upto).year
    for year in range(base - 1, base + 9) if at.after else range(base, base - 9, -1):
        try:
            span = make(year)._replace(cycle="year")
        except ValueError as error:  # 29 February: eight years at most from one to the next
            reason = str(error)
            continue
        if span.end.date() > at.after if at.after else span.start.date() <= at.upto:
            return span
    raise ValueError(reason)


def weekly(at: At, weekday: int, length: int = 1) -> Span:
    """Of some days a week, the latest begun by `at.upto`, or the first from `at.after` on."""
    if at.after:
        return days(at.after + (weekday - at.after.weekday()) % 7 * DAY, length, "week")
    return days(at.upto - (at.upto.weekday() - weekday) % 7 * DAY, length, "week")
