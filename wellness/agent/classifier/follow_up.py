"""Questions that leave out what the one before has said: "and last week?", "the highest?"."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from wellness.agent.classifier import asks, cues, people, requests, scope
from wellness.agent.classifier.activities import NEAREST
from wellness.agent.classifier.carried import completed
from wellness.agent.classifier.figures import compared, data, direction, figures
from wellness.agent.classifier.heads import HEARD, NOISE, aggregations, usual
from wellness.agent.classifier.leaning import OF_THAT, THAT_TIME, is_elliptic
from wellness.agent.classifier.parts import DATA, SLEEP_METRIC, Part, call, phrase_of, phrases_of
from wellness.agent.classifier.reading import Reading
from wellness.agent.classifier.rules import HOW_IT_HAPPENED, decide, forget, goal_metric, recall
from wellness.agent.classifier.told import of_memory
from wellness.agent.classifier.views import DISTANCE, OF_BOTH, another_view, higher, with_target
from wellness.agent.classifier.vocabulary import SLEEP
from wellness.agent.routes import INTENT_OF, Intent

# "How much have I had?": the verb says nothing of its own
HAD = re.compile(
    r"\bhow (?:much|many|far|long|often) (?:have|did|do|had) i (?:\w+ )?(?:had|have|got|get|done|do"
    r"|manage[d]?|taken|took|take|made|make|reach(?:ed)?)"
    r"(?: (?:so far|already|in total|altogether|in all|P))*\s*[?.!]*$"
)
TOLD = frozenset((Intent.GOALS, Intent.RECALL, Intent.REMEMBER))  # what "delete it" is about
ABOUT_YOU = re.compile(r"\b(?:did|do|are|were|have) you\b")
THEY = re.compile(r"\bthey\b")  # readings, where they were named just before
WHAT_WAS_IT = re.compile(r"\b(?:what|how (?:much|many|high|low)) (?:was|were|is) (?:it|that)\b")
# "What if the bar is 8,000?"
WHAT_IF = re.compile(
    r"\b(?:what|how) (?:if|about)\b|\bif (?:it|that|i|the \w+) (?:is|was|were|had)\b"
    r"|\bthe (?:bar|limit|mark|line|target|goal|threshold) (?:is|was|were|at|to)\b"
)
# "How many did I burn?", "how many were swims?"
OF_THEM = re.compile(r"^(?:(?:and|but|so|ok|okay),? )*how many (?:did i|were|was|have i|are|of)\b")
# "How did I break it?", of what was named beside a figure
HAPPENED = re.compile(
    r"\b(?:how|where) (?:did|have) (?:i|that|it) (?:\w+ )?(?:break|hurt|injure|sprain|tear|twist"
    r"|happen|catch|fall|get (?:it|that|hurt|injured))"
)
EARLIER = re.compile(r"\b(?:before|previous|earlier|prior)\b")


def resolve(reading: Reading, before: Part, *, same_message: bool = False) -> Part | None:
    """What a clause wants after another one; None if it stands by itself.

    Args:
        reading: of the clause.
        before: what the question before it wanted.
        same_message: whether both are in one message, as parts of it.
    """
    elliptic = is_elliptic(reading) or same_message
    if before.intent in TOLD and reading.has(requests.FORGETS_BACK):
        return replace(forget(before.reading), reading=reading, inherited=True)
    if before.intent not in DATA and before.intent is not Intent.GOALS:
        part = of_memory(reading, before, elliptic)
    elif _same_kind(reading, before) and (part := higher(reading, before, before.metrics[0])):
        pass
    elif reading.topics:
        part = (
            _other_topic(reading, before)
            if reading.has(cues.ELLIPTIC)
            or (not reading.whens and (elliptic or reading.has(THAT_TIME) or reading.has(OF_THEM)))
            or _same_night(reading, before)
            else None
        )
    else:
        part = _refused(reading, elliptic) or _same_topic(reading, before, elliptic)
    return replace(part, inherited=True) if part else None


def _same_kind(reading: Reading, before: Part) -> bool:
    """Whether a clause names what the question before was about, and nothing else."""
    names = {SLEEP_METRIC if one.kind == SLEEP else one.name for one in reading.topics}
    return len(names) == 1 and names == set(before.metrics)


def _same_night(reading: Reading, before: Part) -> bool:
    """Whether more is asked of the nights that were asked about: "when did I get up?"."""
    sleeps = [one.kind == SLEEP for one in reading.topics]
    timeless = reading.whens or reading.has(cues.USUALLY) or reading.has(cues.LATEST)
    return before.intent is Intent.SLEEP and all(sleeps) and reading.has(cues.PAST) and not timeless


def _refused(reading: Reading, elliptic: bool) -> Part | None:
    """ "And my brother?", "and tomorrow?", "what will it be?"."""
    why = scope.refusal(reading)
    points = elliptic or reading.has(cues.PRONOUN)
    if points and not reading.has(cues.PAST) and (reading.has(cues.SOON) or why == scope.AHEAD):
        why = scope.AHEAD
    if reading.has(people.ONLY_OTHER) and not reading.has(THEY):
        why = "it is about somebody else"
    things = THEY.search(reading.shape) is not None
    if elliptic and not things and (people.is_about_another(reading) or reading.has(ABOUT_YOU)):
        why = "it is about somebody else"
    return Part(Intent.OUT_OF_SCOPE, (), why, reading) if why else None


def _other_topic(reading: Reading, before: Part) -> Part | None:
    """A new metric or activity in the frame of the question before."""
    if before.intent is Intent.WORKOUTS and all(one.name == DISTANCE for one in reading.topics):
        return replace(before, rule="more about that", reading=reading)
    if before.metrics[:1] == (HEARD,) and all(one.name == NOISE for one in reading.topics):
        reading = replace(reading, topics=tuple(one._replace(name=HEARD) for one in reading.topics))
    standing = decide(reading)
    if before.intent is Intent.GOALS and reading.has(asks.REACHED):
        made = call(Intent.PROGRESS, metric=goal_metric(reading), period=phrase_of(reading.whens))
        return replace(standing, intent=Intent.PROGRESS, calls=(made,), rule="progress against it")
    both = before.intent in (Intent.COMPARE, Intent.TREND) and standing.intent is Intent.WORKOUTS
    if both and (framed := _activity_in_frame(reading, before)):
        return framed
    if before.intent is Intent.PROGRESS and standing.intent is Intent.GOALS:
        metric = standing.metrics[0] if standing.metrics else ""
        period = phrase_of(reading.whens or before.whens)
        made = call(Intent.PROGRESS, metric=metric, period=period)
        return replace(standing, intent=Intent.PROGRESS, calls=(made,), rule="progress, as before")
    if standing.intent is Intent.PROGRESS and not reading.whens and reading.has(OF_THAT):
        return decide(replace(reading, whens=before.whens))
    if standing.intent is Intent.RECALL and reading.has(cues.AGAIN) and data(reading):
        standing = data(reading) or standing
    if standing.intent not in DATA or standing.intent in (Intent.COMPARE, Intent.PROGRESS):
        return None if standing.intent is Intent.RECALL else standing
    pointing = reading.has(THAT_TIME) and not reading.whens
    present = reading.has(cues.PRESENT) and not reading.has(cues.PAST)
    if standing.intent is Intent.TREND and present and not pointing:
        return standing  # "is my VO2 max improving?" has a time of its own: lately
    latest = reading.has(cues.LATEST) or reading.has(cues.WHEN_LAST)
    if pointing or not (reading.whens or latest):
        reading = replace(reading, whens=before.whens)
    part = data(reading) or standing
    if part.intent not in (Intent.AGGREGATE, Intent.RECORDS, Intent.SLEEP, Intent.COMPARE):
        return part
    return _in_frame(reading, before, part)


def _activity_in_frame(reading: Reading, before: Part) -> Part | None:
    """ "And cycling?" after a comparison or a trend: the metric that comes nearest."""
    metric = NEAREST.get(reading.topics[0].name, "")
    how = {name: value for name, value in before.calls[0].arguments.items() if name != "metric"}
    if not metric or reading.whens:
        return None
    made = call(before.intent, metric=metric, **how)
    rule = "the same of another metric"
    return Part(before.intent, (made,), rule, reading, (metric,), before.whens)


def _in_frame(reading: Reading, before: Part, part: Part) -> Part:
    """A figure of another metric, asked as that of the one before, where it can be."""
    metric = part.metrics[0]
    if before.intent is Intent.COMPARE and len(reading.whens) > 1:
        return compared(reading, metric, reading.whens)
    named = any(aggregations(reading, name) for name in part.metrics)
    if before.intent is Intent.TREND and not named and not reading.has(cues.LATEST):
        return direction(reading, metric, reading.whens)
    if before.intent is Intent.AGGREGATE and part.intent is Intent.AGGREGATE and not named:
        how = before.calls[0].arguments["aggregation"]
        if how != usual(before.calls[0].arguments["metric"]):
            return figures(reading, metric, reading.whens, [how])
    return part


def _same_topic(reading: Reading, before: Part, elliptic: bool) -> Part | None:
    """Another period, figure or view of what the question before was about."""
    reading = completed(reading, before)
    whens, metric = reading.whens, before.metrics[0] if before.metrics else ""
    points = elliptic or reading.has(cues.PRONOUN) or reading.has(OF_BOTH) or bool(whens)
    if reading.has(HAPPENED):
        return recall(reading, HOW_IT_HAPPENED, before.reading.text)
    if reading.has(asks.WHY):
        return recall(reading, "asks why", before.reading.text)
    aimed = reading.has(asks.GOAL) and reading.has(asks.REACHED)
    aimed = aimed or (bool(before.earlier) and reading.has(OF_BOTH))
    if not aimed and reading.has(asks.KNOWLEDGE) and (points or not reading.has(asks.PERSONAL)):
        return recall(reading, "asks to judge that", before.reading.text)
    raised = elliptic or reading.has(WHAT_IF)
    if raised and reading.amounts and not whens and "target" in before.calls[0].arguments:
        return with_target(reading, before)
    view = another_view(reading, before, metric) if metric and points else None
    if view:
        return view
    if reading.has(asks.GOAL) or reading.has(asks.RINGS):
        return None
    single = whens and metric and reading.has(WHAT_WAS_IT) and not reading.has(cues.COMPARES)
    if single and before.intent in (Intent.TREND, Intent.COMPARE):
        if metric == SLEEP_METRIC:
            return replace(before, calls=(call(Intent.SLEEP, period=phrase_of(whens)),))
        return figures(reading, metric, whens, ())
    if metric and before.intent is Intent.PROGRESS and metric != SLEEP_METRIC and reading.has(HAD):
        return figures(reading, metric, whens or before.whens, ())
    if whens:
        return _other_period(reading, before)
    detail = before.intent in (Intent.WORKOUTS, Intent.SLEEP) and reading.has(cues.HOW_MUCH_OF_IT)
    earlier = elliptic and reading.has(EARLIER)
    if earlier or (
        points and (detail or (elliptic and reading.has(asks.WH) and not reading.unknown))
    ):
        return replace(before, rule="more about that", reading=reading)
    return None


def _other_period(reading: Reading, before: Part) -> Part:
    """The question before, of another time."""
    whens, rule = reading.whens, "the same of another period"
    if before.intent is Intent.COMPARE:
        made = tuple(
            replace(one, arguments=one.arguments | {"other_period": whens[0].phrase})
            for one in before.calls
        )
        both = (*before.whens[:1], whens[0])
        return Part(before.intent, made, rule, reading, before.metrics, both)
    unlike: list[tuple[Intent, dict[str, Any]]] = []
    for one in before.calls:
        intent = INTENT_OF[one.name]
        given = {name: value for name, value in one.arguments.items() if name != "period"}
        if intent is Intent.RECORDS and not _listed(before):
            intent, given = Intent.AGGREGATE, given | {"aggregation": usual(given["metric"])}
        if (intent, given) not in unlike:
            unlike.append((intent, given))
    calls = tuple(
        call(intent, **given, period=phrase)
        for phrase in phrases_of(whens)
        for intent, given in unlike
    )
    return Part(INTENT_OF[calls[0].name], calls, rule, reading, before.metrics, whens)


def _listed(before: Part) -> bool:
    """Whether the question before wanted the readings themselves, and not the latest of them."""
    shown = before.whens and before.reading.has(cues.SHOWS)
    return bool(shown) or before.reading.has(cues.READINGS)
