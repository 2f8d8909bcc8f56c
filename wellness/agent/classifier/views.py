"""Other views of what was asked about: its highest, its trend, against a goal or another time."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from wellness.agent.classifier import asks, cues
from wellness.agent.classifier.carried import is_now
from wellness.agent.classifier.figures import compared, direction, figures
from wellness.agent.classifier.heads import aggregations, is_summed, metrics_of
from wellness.agent.classifier.leaning import OF_THAT, TAKEN, corrects
from wellness.agent.classifier.parts import SLEEP_METRIC, Part, call, phrase_of
from wellness.agent.classifier.reading import Reading
from wellness.agent.classifier.rules import implied
from wellness.agent.classifier.told import corrected
from wellness.agent.routes import Intent

RESTING = re.compile(r"\bresting\b")
# "How does August compare with that?": that is held against
HELD_AGAINST_THAT = re.compile(
    r"P\b.*\b(?:than|with|to|against|versus) (?:that|it|those|this|then)\b"
)
# "Was it higher in June?", held against the time before; "how much more"
HIGHER = re.compile(
    rf"^(?:(?:and|but|so|or|ok|okay),? )*(?:was|were|is|are|did) (?:it|that|they|those"
    rf"|i)\b(?! (?:\w+ )?(?:getting"
    rf"|becoming|growing))[\w ]*?"
    rf"\b{cues.COMPARATIVES}(?: \w+)? P\s*[?.!]*$"
)
# "Which of the two weeks had more?", after each was asked about
OF_BOTH = re.compile(
    r"\b(?:which|how|what|was|were|is|are|compare)\b.*\b(?:of (?:the (?:two|N)|them|those|these)"
    r"|the (?:two|N)"
    r"|both|those two|these two|between them|each other)\b"
)
ONLY = re.compile(r"^(?:no,? )?(?:just|only)\b")  # "just the latest one"
FAR_OFF = re.compile(
    r"\bhow (?:far|close|near) (?:off|away|from it|to it) (?:am|was) i\b|\bhow (?:far|close)"
    r" (?:am|was) i (?:off|away|from it|to it)\b"
)
FIGURES = frozenset((Intent.RECORDS, Intent.AGGREGATE, Intent.COMPARE, Intent.TREND))
DISTANCE = "DistanceWalkingRunning"  # also what "how many kilometres" is read as
ON_FOOT = ("StepCount", "FlightsClimbed")


def another_view(reading: Reading, before: Part, metric: str) -> Part | None:
    """The same metric compared, against a goal, as a trend, or with another figure."""
    whens = reading.whens
    held = reading.has(cues.COMPARES) or reading.has(cues.COMPARATIVE)
    if len(whens) == 1 and before.whens and reading.has(cues.COMPARES):
        both = (before.whens[0], whens[0])
        both = (both[1], both[0]) if reading.has(HELD_AGAINST_THAT) else both
        return replace(compared(replace(reading, text=""), metric, both, ()), reading=reading)
    if part := higher(reading, before, metric):
        return part
    if reading.has(OF_BOTH) and not whens and before.earlier and before.whens:
        both = (before.earlier[0], before.whens[0])
        return replace(compared(replace(reading, text=""), metric, both, ()), reading=reading)
    if len(whens) == 2 and held:
        return compared(reading, metric, whens)
    if before.intent is Intent.GOALS and reading.amounts and corrects(reading):
        return corrected(reading)
    if before.intent in FIGURES and metric != SLEEP_METRIC and not whens and reading.has(TAKEN):
        return _readings(reading, before, metric)
    shown = reading.has(cues.SHOWS) and reading.has(cues.READINGS)
    if before.intent in FIGURES and metric != SLEEP_METRIC and shown and not reading.aggregations:
        return _all_readings(reading, before, metric)
    alone = reading.has(asks.WH) or reading.has(ONLY)
    latest = (reading.has(cues.LATEST_OF) and alone) or is_now(reading)
    latest = latest and not is_summed(metric) and not reading.has(cues.COMPARES)
    if before.intent in FIGURES and metric != SLEEP_METRIC and latest:
        calls = tuple(call(Intent.RECORDS, metric=one) for one in metrics_of(metric))
        return Part(Intent.RECORDS, calls, "asks for readings", reading, (metric,))
    if reading.has(asks.DAYS_REACHING) and before.intent is Intent.GOALS:
        made = call(Intent.PROGRESS, metric=metrics_of(metric)[0], period=phrase_of(whens))
        return Part(Intent.PROGRESS, (made,), "progress against that", reading, (metric,), whens)
    reached = reading.has(asks.REACHED) and (
        before.intent is Intent.GOALS or reading.has(asks.GOAL) or reading.has(FAR_OFF)
    )
    if reached:
        summed = before.intent is not Intent.GOALS and is_summed(metric)
        if summed and not whens and reading.has(OF_THAT):
            whens = before.whens
        made = call(Intent.PROGRESS, metric=metrics_of(metric)[0], period=phrase_of(whens))
        return Part(Intent.PROGRESS, (made,), "progress against that", reading, (metric,), whens)
    if reading.has(asks.GOAL) or reading.has(asks.RINGS):
        return None
    if reading.has(cues.TREND):
        period = whens or (before.whens if before.intent is Intent.TREND else ())
        return direction(reading, metric, period)
    verb = implied(reading) if before.intent in FIGURES else ""
    if verb and verb != metric:
        return figures(reading, verb, whens or before.whens, ())
    if metric in ON_FOOT and reading.has(cues.HOW_FAR) and before.intent is Intent.AGGREGATE:
        return figures(reading, DISTANCE, whens or before.whens, ())
    if RESTING.search(reading.shape) and metric == "HeartRate":
        return _with_metric(reading, before, "RestingHeartRate")
    named = aggregations(reading, metric) if metric != SLEEP_METRIC else []
    if named and (before.intent in FIGURES or before.intent is Intent.PROGRESS):
        return figures(reading, metric, whens or before.whens[:1], named)
    return None


def higher(reading: Reading, before: Part, metric: str) -> Part | None:
    """A comparison with the time before: "was it higher in June?", "did I sleep longer then?"."""
    one = len(reading.whens) == 1 and before.whens and before.intent in (*FIGURES, Intent.SLEEP)
    if not one or not reading.has(HIGHER):
        return None
    both = (reading.whens[0], before.whens[0])
    return replace(compared(replace(reading, text=""), metric, both, ()), reading=reading)


def with_target(reading: Reading, before: Part) -> Part:
    """The question before, of another value: "and 8,000?"."""
    said = reading.amounts[0].said
    target = int(said) if said == int(said) else said
    made = tuple(replace(one, arguments=one.arguments | {"target": target}) for one in before.calls)
    return replace(before, calls=made, rule="the same of another value", reading=reading)


def _readings(reading: Reading, before: Part, metric: str) -> Part:
    """The readings that the question before was about, for when they were taken."""
    period = before.calls[0].arguments.get("period", "") if before.calls else ""
    calls = tuple(call(Intent.RECORDS, metric=one, period=period) for one in metrics_of(metric))
    return Part(Intent.RECORDS, calls, "asks when that was", reading, (metric,), before.whens)


def _all_readings(reading: Reading, before: Part, metric: str) -> Part:
    """The readings of a time, or of that before: "show me all of them since June"."""
    whens = reading.whens or before.whens
    calls = tuple(
        call(Intent.RECORDS, metric=one, period=phrase_of(whens)) for one in metrics_of(metric)
    )
    return Part(Intent.RECORDS, calls, "asks for readings", reading, (metric,), whens)


def _with_metric(reading: Reading, before: Part, metric: str) -> Part:
    """The question before, about another metric."""
    changes: dict[str, Any] = {"metric": metric}
    if reading.whens:
        changes["period"] = reading.whens[0].phrase
    calls = tuple(replace(one, arguments=one.arguments | changes) for one in before.calls)
    whens = reading.whens or before.whens
    return Part(before.intent, calls, "the same of another metric", reading, (metric,), whens)
