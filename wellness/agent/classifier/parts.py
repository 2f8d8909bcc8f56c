"""What one clause of a message wants, and how its calls are written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from wellness.agent.classifier.beside import When
from wellness.agent.classifier.reading import Reading
from wellness.agent.classifier.vocabulary import ACTIVITY
from wellness.agent.routes import TOOL_OF, Intent
from wellness.memory.messages import ToolCall

SLEEP_METRIC = "SleepAnalysis"
# Intents that ask for data of a time, and so may share it with what is asked beside them.
DATA = frozenset(
    (Intent.RECORDS, Intent.AGGREGATE, Intent.COMPARE, Intent.TREND, Intent.WORKOUTS, Intent.SLEEP,
     Intent.PROGRESS)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """What one clause wants.

    Attributes:
        intent: of its first call.
        calls: in order.
        rule: the name of the rule that decided.
        reading: of the clause.
        metrics: what it is about, also where no argument says so.
        whens: the times it is about.
        inherited: whether something of it was said before and not here.
        earlier: the times that the same was asked of just before.
    """

    intent: Intent
    calls: tuple[ToolCall, ...]
    rule: str
    reading: Reading
    metrics: tuple[str, ...] = ()
    whens: tuple[When, ...] = ()
    inherited: bool = False
    earlier: tuple[When, ...] = ()

    def after(self, before: Part | None) -> Part:
        """The part with the times that the same was asked of in the question before."""
        same = before is not None and before.metrics == self.metrics and before.whens != self.whens
        return replace(self, earlier=before.whens) if before and same else self


def call(intent: Intent, **arguments: Any) -> ToolCall:
    """A call with the arguments that are there.

    >>> call(Intent.TREND, metric="BodyMass", period="").arguments
    {'metric': 'BodyMass'}
    """
    return ToolCall(TOOL_OF[intent], {name: value for name, value in arguments.items() if value})


def distinct(calls: Iterable[ToolCall], but: Sequence[ToolCall] = ()) -> list[ToolCall]:
    """Calls, each once, without those that are among others."""
    found: list[ToolCall] = []
    for one in calls:
        if one not in found and one not in but:
            found.append(one)
    return found


def phrase_of(whens: Sequence[When]) -> str:
    """The first time, in words; "" if there is none."""
    return whens[0].phrase if whens else ""


def phrases_of(whens: Sequence[When]) -> list[str]:
    """Each time in words; for no time a single "", so that there is one call."""
    return [when.phrase for when in whens] or [""]


def slots_of(parts: Sequence[Part], repairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """What was read out of a message, for people; what is empty is left out."""
    readings = [part.reading for part in parts]
    found: dict[str, Any] = {
        "metrics": _different(name for part in parts for name in part.metrics),
        "activities": _different(
            one.name for each in readings for one in each.topics if one.kind == ACTIVITY
        ),
        "periods": _different(when.phrase for part in parts for when in part.whens),
        "numbers": _different(one.said for each in readings for one in each.amounts),
        "words": _different(word for each in readings for word in each.unknown),
        "shape": [each.shape for each in readings],
        "repairs": [f"{typed} -> {meant}" for typed, meant in repairs],
    }
    return {name: value for name, value in found.items() if value}


def _different(values: Iterable[Any]) -> list[Any]:
    return [value for value in dict.fromkeys(values) if value]
