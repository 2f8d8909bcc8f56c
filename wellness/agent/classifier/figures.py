"""Questions about data: which figure of a metric, of sleep or of workouts is asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from wellness.agent.classifier import cues
from wellness.agent.classifier.beside import When
from wellness.agent.classifier.heads import Head, aggregations, heads, is_summed, metrics_of, usual
from wellness.agent.classifier.parts import SLEEP_METRIC, Part, call, phrase_of, phrases_of
from wellness.agent.classifier.reading import Reading
from wellness.agent.classifier.vocabulary import ACTIVITY, METRIC, SLEEP
from wellness.agent.routes import Intent

# Walking is how steps are made, unless it is spoken of as something that one goes and does.
LAST_UNIT = re.compile(r"^(?:the )?(?:last|previous) (?P<unit>week|month|quarter|year)$", re.I)
EXTREME = re.compile(r"\b(?:best|worst|biggest|top)(?: (?:single|daily|day))* (?:M|day)\b")
SINGLE = re.compile(r"\b(?:readings|values|measurements|entries)\b")
FASTER = re.compile(r"\b(?:faster|slower|quicker|how fast|pace|speed)\b")
EXERCISE_TIME = re.compile(
    r"\bN (?:of )?W\b|\bhow much W (?:did|do|have|had)\b|\bW\b.*\bin minutes\b"
    r"|\bhow many minutes\b.*\bW\b"
)
SESSIONS = re.compile(r"(?:workouts|sessions|trainings|classes)$")  # "last 5 workouts"
NOW_THAN = re.compile(
    r"\bnow than\b|"
    r"^(?:is|are|am|do) .*\bthan (?:it|they|i) (?:was|were|did) (?:in|on|during|back)\b"
)
A_WALK = re.compile(
    r"\b(?:go(?:ne|ing)?|went) (?:for|on|A)|\bwalks\b|\bstroll|\bwalking (?:workout|session)|"
    r"\b(?:a|my|last|longest|shortest|any|which|latest|the|this|each|every|first) (?:\w+ )?walk\b"
)


def data(reading: Reading) -> Part | None:
    """What a clause asks about data: one call or more for each head; None without a head."""
    parts = [about(reading, head) for head in heads(reading)]
    if not parts:
        return None
    first = parts[0]
    return Part(
        first.intent,
        tuple(one for part in parts for one in part.calls),
        first.rule,
        reading,
        tuple(name for part in parts for name in part.metrics),
        reading.whens,
    )


def about(reading: Reading, head: Head) -> Part:
    """What is asked about one head."""
    head = _as_metric(reading, head)
    if head.kind == ACTIVITY:
        calls = [
            call(Intent.WORKOUTS, activity=head.name, period=phrase)
            for phrase in phrases_of(head.whens)
        ]
        return Part(Intent.WORKOUTS, tuple(calls), "asks about workouts", reading, (), head.whens)
    metric = SLEEP_METRIC if head.kind == SLEEP else head.name
    if len(head.whens) > 1 and compares(reading):
        return compared(reading, metric, head.whens)
    if beside := _until_now(reading, head.whens):
        return compared(reading, metric, beside)
    if trends(reading):
        return direction(reading, metric, head.whens)
    if head.kind == SLEEP:
        calls = [call(Intent.SLEEP, period=phrase) for phrase in phrases_of(head.whens)]
        return Part(Intent.SLEEP, tuple(calls), "asks about sleep", reading, (metric,), head.whens)
    if wants_records(reading, metric, head.whens):
        calls = [
            call(Intent.RECORDS, metric=name, period=phrase)
            for phrase in phrases_of(head.whens)
            for name in metrics_of(metric)
        ]
        return Part(
            Intent.RECORDS, tuple(calls), "asks for readings", reading, (metric,), head.whens
        )
    return figures(reading, metric, head.whens, aggregations(reading, metrics_of(metric)[0]))


def _as_metric(reading: Reading, head: Head) -> Head:
    """Walking and "30 minutes of exercise" are metrics, unless a workout is meant."""
    said = reading.text[head.start : head.end].lower()
    timed = EXERCISE_TIME.search(reading.shape) and not SESSIONS.search(said)
    if head.kind == ACTIVITY and not head.name and timed:
        return Head(METRIC, "AppleExerciseTime", head.whens, head.start, head.end)
    if head.kind != ACTIVITY or head.name != "Walking" or A_WALK.search(reading.text.lower()):
        return head
    if FASTER.search(reading.text.lower()):
        return Head(METRIC, "WalkingSpeed", head.whens, head.start, head.end)
    lengths = any(one.quantity.unit == "m" for one in reading.amounts)  # "did I walk 5 km?"
    far = lengths or cues.HOW_FAR.search(reading.shape)
    name = "DistanceWalkingRunning" if far else "StepCount"
    return Head(METRIC, name, head.whens, head.start, head.end)


def figures(reading: Reading, metric: str, whens: Sequence[When], named: Sequence[str]) -> Part:
    """One number for each time and each aggregation; without a name the usual one."""
    calls = [
        call(Intent.AGGREGATE, metric=name, aggregation=how, period=phrase)
        for phrase in phrases_of(whens)
        for name in metrics_of(metric)
        for how in named or [usual(name)]
    ]
    return Part(
        Intent.AGGREGATE, tuple(calls), "asks for one number", reading, (metric,), tuple(whens)
    )


def compares(reading: Reading) -> bool:
    """Whether two times are held against each other, and not just listed."""
    shape = reading.shape
    if cues.COMPARES.search(shape):
        return True
    if sum(when.interval is None for when in reading.whens) > 1:
        return True  # before and after an event
    return bool(cues.COMPARATIVE.search(shape) and cues.LISTS.search(shape))


def compared(
    reading: Reading, metric: str, whens: Sequence[When], named: Sequence[str] | None = None
) -> Part:
    """A comparison of the first two times; what stands after "than" is what is held against."""
    first, other = whens[0], whens[1]
    if cues.AGAINST.search(reading.text[: first.start].lower().rstrip()):
        first, other = other, first
    if named is None:
        named = _named(reading, metric)
    calls = [
        call(Intent.COMPARE, metric=name, period=first.phrase, other_period=other.phrase,
             aggregation=named[0] if named else "")
        for name in metrics_of(metric)
    ]  # fmt: skip
    return Part(
        Intent.COMPARE, tuple(calls), "compares two periods", reading, (metric,), (first, other)
    )


def _named(reading: Reading, metric: str) -> list[str]:
    """The aggregation that a comparison names by a word of its own."""
    if metric == SLEEP_METRIC or cues.ABOVE.search(reading.shape):
        return []
    named = [name for name in aggregations(reading, metrics_of(metric)[0]) if name != "count"]
    words = {one.name for one in reading.aggregations} | {"average"}
    words |= {"maximum", "minimum"} if EXTREME.search(reading.shape) else set()
    return named if len(named) == 1 and named[0] in words else []


def _until_now(reading: Reading, whens: Sequence[When]) -> tuple[When, When] | None:
    """For "compared to last week", with nothing else named: this week and last week."""
    if len(whens) != 1 or not reading.has(cues.COMPARES):
        return None
    other = whens[0]
    unit = LAST_UNIT.search(other.phrase)
    against = cues.AGAINST.search(reading.text[: other.start].lower().rstrip())
    if not unit or not against:
        return None
    return When(f"this {unit['unit'].lower()}", 0, 0, None), other


def trends(reading: Reading) -> bool:
    """Whether a direction is asked for, and no extreme, threshold or count."""
    against = (cues.ABOVE, cues.BELOW, cues.TIMES, cues.BEST, cues.WORST)
    return reading.has(cues.TREND) and not any(reading.has(cue) for cue in against)


def direction(reading: Reading, metric: str, whens: Sequence[When]) -> Part:
    """A trend; "lower now than in January" is one since then."""
    phrase = phrase_of(whens)
    if len(whens) == 1 and whens[0].interval and NOW_THAN.search(reading.shape):
        phrase = f"since {phrase}"
    calls = [call(Intent.TREND, metric=name, period=phrase) for name in metrics_of(metric)]
    return Part(
        Intent.TREND, tuple(calls), "asks for a direction", reading, (metric,), tuple(whens)
    )


def wants_records(reading: Reading, metric: str, whens: Sequence[When]) -> bool:
    """Whether single readings are wanted: the latest, when it was, or all of a time."""
    if reading.has(cues.TIMES):
        return False
    if reading.has(cues.WHEN_LAST) or reading.has(cues.LATEST):
        return not whens or reading.has(cues.LATEST_OF)
    name = metrics_of(metric)[0]
    listed = reading.has(SINGLE) and not reading.aggregations
    if aggregations(reading, name) and not listed:
        return False
    if reading.has(cues.READINGS):
        return True
    if whens:
        return reading.has(cues.SHOWS) and not is_summed(name)
    return not is_summed(name)
