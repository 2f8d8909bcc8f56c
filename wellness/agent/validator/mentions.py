"""Periods that a text names.

The phrases are those of `wellness.health.periods`; added are what an answer refers back to ("the
week before", "before your injury") and what stands in lists and tables ("Tue").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from wellness.agent.results import UsedPeriod
from wellness.agent.validator.intervals import HOUR, SLACK_S, Interval, Mention, Today, interval
from wellness.errors import PeriodError
from wellness.health import periods
from wellness.health.periods.terms import MONTH_NAMES, SEASONS, WEEKDAYS

_NAMED = re.compile(rf"\b(?:{'|'.join((*MONTH_NAMES, *SEASONS, 'q[1-4]', 'quarter'))})\b", re.I)
_WEEKDAY = re.compile(rf"\b(?:{'|'.join(f'({name})' for name in WEEKDAYS)})(?:'s|s)?\b", re.I)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b|\byear\b", re.IGNORECASE)
_ENTRY = re.compile(  # a day or a month at the head of a line, a cell or an item of a list
    r"(?:^[ \t]*(?:[-*\u2022]|\d+[.)])?|[|(,;])[ \t]*"
    rf"(?P<name>(?:{'|'.join((*WEEKDAYS, *MONTH_NAMES))}))\b"
    rf"(?=\s*(?:[:|=\u2013-]|\s\())",
    re.MULTILINE | re.IGNORECASE,
)
_PREVIOUS = re.compile(
    r"\b(?:the|that|your|a|one)\s+(?:(?:previous|prior|preceding)\s+"
    r"(?P<unit>day|night|week|month|quarter|year)|(?P<before>day|night|week|month|quarter|year)"
    r"\s+(?:before|prior|earlier|previous)(?!\s+(?:my|your|the|last|that|yesterday)\b))\b",
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
    rf"|\b(?:{_MONTH})\.? \d{{1,2}}(?:st|nd|rd|th)?\b(?!:|[.,]\d|\s*(?:%|bpm))(?:,? \d{{4}}\b)?"
    r"|\b\d{4}-\d\d-\d\d(?=T\d)|\b\d{1,2}[/.]\d{1,2}[/.](?:\d{4}|\d\d)\b",
    re.IGNORECASE,
)
_WEEK_OF = re.compile(r"(first|last) week of (.+)")
_BRACKETS = str.maketrans("()[]", ";;;;")
_THE_LAST = re.compile(r".*\b(?:the|your) last night", re.IGNORECASE)  # that there is
_LAST = re.compile(r"\b(?:in|over|during|within|for|of)\s+the\s+$", re.IGNORECASE)


@dataclass(frozen=True)
class Calendar(Today):
    """When an answer is given, and the periods that its tools have used."""

    used: tuple[UsedPeriod, ...] = ()

    def spans(self) -> list[Interval]:
        """The intervals of the used periods."""
        return [span for one in self.used if (span := interval(one))]

    def read(self, phrase: str) -> Interval | None:
        """The interval of a label or a phrase; None if it is not understood."""
        for one in self.used:
            if phrase and phrase in (one.label, one.phrase) and (span := interval(one)):
                return span
        if week := self._end(phrase):
            return week
        return self._parsed(re.sub(r" \d\d:\d\d\b", "", phrase))

    def _end(self, label: str) -> Interval | None:
        """The first or the last week of a labelled period."""
        match = _WEEK_OF.fullmatch(label)
        whole = self.read(match[2]) if match else None
        if not match or not whole:
            return None
        end = min(whole[1], self.tomorrow)
        week = 7 * 24 * HOUR
        return (whole[0], whole[0] + week) if match[1] == "first" else (end - week, end)

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
        for one in sorted(every, key=lambda one: (one.start, not one.spans, -one.end)):
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
            named = "|".join(re.escape(word) for word in words[1:] if len(word) > 2)
            inner = rf"(?:[ ]+(?:my|your|the|an?|to|{named}))"
            pattern = (
                rf"\b{re.escape(words[0])}{inner}*?[ ]+(?:{named})\b(?:{inner}*[ ]+(?:{named})\b)?"
            )
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
        found = [one for one in spans if any(abs(one[1] - other[0]) <= SLACK_S for other in spans)]
        return found + (_present(self.read(f"last {unit}")) if by_calendar else [])


OWN = {"my", "your", "the", "a", "an"}


def _dates(text: str) -> Iterator[Mention]:
    for match in _DATE.finditer(text):
        yield Mention(match[0], *match.span(), ())


def _number(match: re.Match[str]) -> int:
    return next(number for number, group in enumerate(match.groups()) if group)


def _present(span: Interval | None) -> list[Interval]:
    return [span] if span else []
