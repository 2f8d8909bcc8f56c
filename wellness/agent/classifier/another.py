"""A question read as if it wanted something else: the calls of an intent that rules did not find.

A second opinion may name another intent than the rules. What the question says is the same, so its
metrics and periods become the arguments of another tool.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from wellness.agent.classifier import asks, cues
from wellness.agent.classifier.activities import NEAREST
from wellness.agent.classifier.beside import When
from wellness.agent.classifier.figures import compared, direction, figures
from wellness.agent.classifier.heads import aggregations, heads, metrics_of
from wellness.agent.classifier.leaning import is_elliptic, points_at_time
from wellness.agent.classifier.parts import (
    DATA,
    SLEEP_METRIC,
    Part,
    call,
    distinct,
    phrase_of,
    phrases_of,
)
from wellness.agent.classifier.reading import Mention, Reading
from wellness.agent.classifier.rules import forget, recall, remember
from wellness.agent.classifier.vocabulary import ACTIVITY, METRIC, SLEEP
from wellness.agent.routes import Intent
from wellness.memory.messages import ToolCall

DISTANCE = "DistanceWalkingRunning"


def calls_as(
    intent: Intent, parts: Sequence[Part], before: Part | None, metric: str = ""
) -> tuple[ToolCall, ...]:
    """The calls of a message whose first part wants an intent.

    If a later part wants it, the message begins there: what stands before is talk.

    Args:
        intent: of the first part.
        parts: as the rules found them.
        before: what the conversation was about.
        metric: what the first part is about, where its own words name nothing.
    """
    if metric:
        named = replace(parts[0].reading, topics=(Mention(METRIC, metric, 0, 0),))
        parts = [replace(parts[0], reading=named), *parts[1:]]
    return tuple(distinct(_calls_as(intent, parts, before)))


def _calls_as(intent: Intent, parts: Sequence[Part], before: Part | None) -> tuple[ToolCall, ...]:
    at = next((n for n, part in enumerate(parts) if part.intent is intent), None)
    if at is not None:
        return tuple(one for part in parts[at:] for one in part.calls)
    calls = as_if(intent, parts[0], before)
    return (*calls, *(one for part in parts[1:] for one in part.calls)) if calls else ()


def as_if(intent: Intent, part: Part, before: Part | None) -> tuple[ToolCall, ...]:
    """The calls of an intent with what a part says; empty where it does not say enough.

    Args:
        intent: any; those of no tool have no calls.
        part: what the rules made of the words.
        before: what the conversation was about.
    """
    reading = part.reading
    if intent in (Intent.SMALL_TALK, Intent.OUT_OF_SCOPE):
        return ()
    if intent is Intent.RECALL:
        return recall(reading, "").calls
    if intent is Intent.REMEMBER:
        return remember(reading, "").calls
    if intent is Intent.FORGET:
        return forget(reading).calls
    reading = _completed(reading, before)
    if intent is Intent.GOALS:
        return (call(Intent.GOALS, period=phrase_of(reading.whens)),)
    return tuple(BUILDERS[intent](reading, before))


def _completed(reading: Reading, before: Part | None) -> Reading:
    """With the time of the question before, where it leans on that."""
    leans = is_elliptic(reading) or points_at_time(reading) or reading.has(cues.PRONOUN)
    if before is None or before.intent not in DATA or reading.whens or not leans:
        return reading
    return replace(reading, whens=before.whens)


def _metrics(reading: Reading, before: Part | None) -> list[str]:
    """The metrics that are named, or that the question before was about."""
    named: list[str] = []
    for head in heads(reading):
        if head.kind == ACTIVITY:
            far = reading.has(cues.HOW_FAR) and head.name == "Walking"
            name = DISTANCE if far else NEAREST.get(head.name, "")
        else:
            name = SLEEP_METRIC if head.kind == SLEEP else head.name
        named += [name] if name else []
    if not named and before:
        named = list(before.metrics[:1])
    return list(dict.fromkeys(named))


def _records(reading: Reading, before: Part | None) -> Sequence[ToolCall]:
    return [
        call(Intent.RECORDS, metric=name, period=phrase)
        for metric in _metrics(reading, before) if metric != SLEEP_METRIC
        for phrase in phrases_of(reading.whens)
        for name in metrics_of(metric)
    ]  # fmt: skip


def _aggregate(reading: Reading, before: Part | None) -> Sequence[ToolCall]:
    return [
        one
        for metric in _metrics(reading, before) if metric != SLEEP_METRIC
        for one in figures(
            reading, metric, reading.whens, aggregations(reading, metrics_of(metric)[0])
        ).calls
    ]  # fmt: skip


def _compare(reading: Reading, before: Part | None) -> Sequence[ToolCall]:
    whens: tuple[When, ...] = reading.whens
    if len(whens) == 1 and before and before.whens and before.whens[0] != whens[0]:
        whens = (before.whens[0], whens[0])
    elif not whens and before:  # "which of the two was higher?"
        whens = before.whens if len(before.whens) == 2 else (*before.earlier[:1], *before.whens[:1])
    if len(whens) < 2:
        return []
    return [
        one
        for metric in _metrics(reading, before)
        for one in compared(reading, metric, whens).calls
    ]


def _trend(reading: Reading, before: Part | None) -> Sequence[ToolCall]:
    return [
        one
        for metric in _metrics(reading, before)
        for one in direction(reading, metric, reading.whens).calls
    ]


def _workouts(reading: Reading, before: Part | None) -> Sequence[ToolCall]:
    names = list(reading.names(ACTIVITY)) or [""]
    if before and before.intent is Intent.WORKOUTS and names == [""]:
        names = [one.arguments.get("activity", "") for one in before.calls[:1]]
    return [
        call(Intent.WORKOUTS, activity=name, period=phrase)
        for name in names for phrase in phrases_of(reading.whens)
    ]  # fmt: skip


def _sleep(reading: Reading, _: Part | None) -> Sequence[ToolCall]:
    return [call(Intent.SLEEP, period=phrase) for phrase in phrases_of(reading.whens)]


def _progress(reading: Reading, before: Part | None) -> Sequence[ToolCall]:
    metric = "" if reading.has(asks.RINGS) else next(iter(_metrics(reading, before)), "")
    said = reading.amounts[0].said if reading.amounts and metric else None
    number = int(said) if said is not None and said == int(said) else said
    name = metrics_of(metric)[0] if metric else ""
    return [call(Intent.PROGRESS, metric=name, target=number, period=phrase_of(reading.whens))]


BUILDERS: dict[Intent, Callable[[Reading, Part | None], Sequence[ToolCall]]] = {
    Intent.RECORDS: _records, Intent.AGGREGATE: _aggregate, Intent.COMPARE: _compare,
    Intent.TREND: _trend, Intent.WORKOUTS: _workouts, Intent.SLEEP: _sleep,
    Intent.PROGRESS: _progress,
}  # fmt: skip
