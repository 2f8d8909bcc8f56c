"""A result while it is made: what is said is entered as a number in the same step.

So a conclusion cannot hold a number that the validator does not know.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from wellness.agent.results import Number, ToolResult, UsedPeriod
from wellness.agent.tools import wording
from wellness.agent.tools.said import Said
from wellness.agent.tools.spans import Span


class Draft:
    """What a tool has found so far; `result` makes it final.

    Attributes:
        sentences: of the conclusion.
        samples: readings, nights or workouts that it is made of.
        data: details in values that JSON has.
    """

    def __init__(self) -> None:
        self.sentences: list[str] = []
        self.samples = 0
        self.data: dict[str, Any] = {}
        self._numbers: dict[Number, None] = {}
        self._periods: list[UsedPeriod] = []
        self._notes: dict[str, None] = {}
        self._dates: dict[str, None] = {}

    def say(self, sentence: str) -> None:
        """Add a sentence to the conclusion."""
        self.sentences.append(sentence[:1].upper() + sentence[1:])

    def note(self, *notes: str) -> None:
        """What to know before relying on it; the same one only once."""
        self._notes.update(dict.fromkeys(filter(None, notes)))

    def take(self, span: Span) -> None:
        """Enter a period that is used, with the days and notes of an event that it is of."""
        self._periods.append(span.used)
        self.note(*span.notes)
        if span.event:
            event = span.event.event
            self.dates([event.told.date(), event.start, event.end - timedelta(days=1)])

    def enter(
        self, about: str, value: float, unit: str = "", *, metric: str = "", role: str = "",
        period: str = "",
    ) -> None:  # fmt: skip
        """A number that may be said."""
        self._numbers[Number(about, float(value), unit, metric, role, period)] = None

    def value(self, said: Said, value: float, role: str, period: str = "", about: str = "") -> str:
        """A metric's value as text; entered."""
        spoken, unit = said.spoken(value)
        noun = about or f"{ROLES.get(role, '')}{said.noun}"
        self.enter(noun, spoken, unit, metric=said.metric, role=role, period=period)
        return said.text(value)

    def change(self, said: Said, change: float, role: str, about: str, period: str = "") -> str:
        """A change as text, which leaves its direction to the words; entered with its sign."""
        spoken, unit = said.spoken(change)
        self.enter(about, spoken, unit, metric=said.metric, role=role, period=period)
        return said.text(abs(change))

    def count(
        self, count: int, noun: str, plural: str = "", *, period: str = "", unit: str = ""
    ) -> str:
        """A count with its noun as text; entered, in `unit` if the noun is a kind of that."""
        plural = plural or f"{noun}s"
        self.enter(plural, count, unit or plural, role="count", period=period)
        return wording.counted(count, noun, plural)

    def share(self, about: str, share: float, role: str, metric: str = "", period: str = "") -> str:
        """A percentage as text; entered."""
        self.enter(about, share, "percent", metric=metric, role=role, period=period)
        return wording.percent(share)

    def day(self, when: date) -> str:
        """A day as text; its date is entered."""
        self.dates([when])
        return wording.day(when)

    def dates(self, days: Iterable[date]) -> None:
        """Days that may be said."""
        self._dates.update(dict.fromkeys(day.isoformat() for day in days))

    def result(
        self, tool: str, arguments: Mapping[str, Any], zone: str, commands: tuple[str, ...]
    ) -> ToolResult:
        """The finished result; `data["dates"]` holds the days that are said and no period's."""
        return ToolResult(
            tool,
            arguments,
            " ".join(self.sentences),
            tuple(self._numbers),
            tuple(self._periods),
            zone,
            self.samples,
            tuple(self._notes),
            commands,
            data={**self.data, **({"dates": list(self._dates)} if self._dates else {})},
        )


ROLES = {
    "average": "average ", "minimum": "lowest ", "maximum": "highest ", "latest": "latest ",
    "target": "target for ", "change": "difference in ", "slope": "change in ",
    "remaining": "what is left of ",
}  # fmt: skip
