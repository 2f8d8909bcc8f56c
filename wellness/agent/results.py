"""What a tool answers: a sentence that holds the verdict, and the numbers that stand behind it.

The model words the conclusion; it computes nothing. The validator holds its words against the
numbers here, and against nothing else.

>>> week = UsedPeriod("last week", "Mon 21 Sep 2026 to Sun 27 Sep 2026", "2026-09-21", "2026-09-28")
>>> steps = Number("steps", 61234, "steps", metric="StepCount", role="sum", period=week.label)
>>> found = ToolResult("aggregate_metrics", {"metric": "StepCount", "period": "last week"},
...                    "You took 61,234 steps last week.", (steps,), (week,))
>>> ToolResult.from_dict(found.to_dict()) == found
True
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Number:
    """A number that a tool vouches for.

    Attributes:
        about: in a few words, as a person would name it: "steps", "average heart rate".
        value: not rounded, in `unit`.
        unit: as it is said to the person: "steps", "bpm", "lb", "kg", "h", "min", "percent", "km";
            "" for something that is merely counted.
        metric: the catalogue's name; "" for what is no metric, such as a number of workouts.
        role: sum, average, minimum, maximum, latest, count, change, slope, target, share, ...
        period: the label of the period that it is of; "" if of none.
    """

    about: str
    value: float
    unit: str
    metric: str = ""
    role: str = ""
    period: str = ""


@dataclass(frozen=True, slots=True)
class UsedPeriod:
    """A period that a tool has used: half-open, in ISO 8601 with offset.

    Attributes:
        phrase: as it was asked for.
        label: with dates, for people.
        because: what made it these dates, where the phrase alone did not: the memory of an event,
            or that no period was named.
    """

    phrase: str
    label: str
    start: str
    end: str
    because: str = ""


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What one call of a tool gave.

    Attributes:
        tool, arguments: the call, as it was carried out.
        conclusion: the answer in one or two sentences, verdict included; empty after an error.
        numbers: all that the conclusion says, and what else may be said.
        periods: in the order of the arguments.
        zone: IANA name of the zone whose days are meant.
        samples: readings, nights or workouts that it is made of.
        notes: what to know before relying on it: gaps, few samples, merged sources.
        commands: the Redis commands it took, names and keys.
        error: what went wrong and what to do; then there are no numbers.
        misunderstood: whether the arguments were at fault, so that another call might do.
        data: details in values that JSON has.
    """

    tool: str
    arguments: Mapping[str, Any]
    conclusion: str = ""
    numbers: tuple[Number, ...] = ()
    periods: tuple[UsedPeriod, ...] = ()
    zone: str = ""
    samples: int = 0
    notes: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    error: str = ""
    misunderstood: bool = False
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether there is an answer."""
        return not self.error

    def to_dict(self) -> dict[str, Any]:
        """All of it in values that JSON has."""
        return asdict(self) | {
            "numbers": [asdict(number) for number in self.numbers],
            "periods": [asdict(period) for period in self.periods],
            "notes": list(self.notes),
            "commands": list(self.commands),
        }

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> ToolResult:
        """What `to_dict` made; fields that are not there have their defaults.

        Raises:
            KeyError, TypeError: it is no tool result.
        """
        return cls(**{
            **fields,
            "numbers": tuple(Number(**number) for number in fields.get("numbers", ())),
            "periods": tuple(UsedPeriod(**period) for period in fields.get("periods", ())),
            "notes": tuple(fields.get("notes", ())),
            "commands": tuple(fields.get("commands", ())),
        })  # fmt: skip
