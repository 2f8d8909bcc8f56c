"""What a clause asks about, one head a call: its metric, its aggregation and its own periods.

"Steps and heart rate yesterday" has two heads that share a period; "steps yesterday and heart rate
last week" two with one each; "minimum and maximum pulse" one metric with two aggregations.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from wellness.agent.classifier import cues
from wellness.agent.classifier.beside import When
from wellness.agent.classifier.reading import Mention, Reading
from wellness.agent.classifier.vocabulary import ACTIVITY, METRIC, PARTS_OF, SLEEP
from wellness.health import catalogue
from wellness.health.catalogue import Aggregation

LINK = re.compile(
    r"\band\b|,|&|\bplus\b|\bas well as\b|\bor\b|/|\balong with\b|\bversus\b|\bthen\b|\bto\b"
    r"|\bminus\b"
)
NO_LINK = re.compile(
    r"\b(?P<more>\w+) and (?P=more)\b|\b(?:than|i|compared|while|when|after|before)\b"
)
LATEST = re.compile(r"\b(?:latest|most recent|current|newest)(?: \w+)? $", re.I)
TOPS = re.compile(r"\btop N")  # "did I top 70,000 steps?"
NEAR = 4  # characters between "today" and "steps" of "today's steps"
LINK_LENGTH = 45  # characters between two heads that are listed: what is longer is a clause
EFFORT = frozenset(("ActiveEnergyBurned", "DistanceWalkingRunning"))  # a workout has its own
HEADPHONES = re.compile(r"\b(?:headphones?|earphones?|earbuds|airpods|music)\b")
HEARD = "HeadphoneAudioExposure"
NOISE = "EnvironmentalAudioExposure"
VAGUE = frozenset(("StepCount", "BloodPressure"))  # their words say other things too
SUMMED = (Aggregation.SUM, Aggregation.EVENTS)
SUMS = frozenset(one.name for one in catalogue.METRICS if one.aggregation in SUMMED)
LEAST = re.compile(r"\b(?:light|quiet)est\b")
MOST = re.compile(r"\b(?:loud|heavi|noisi)est\b")
OCCASIONS = re.compile(r"(?:sessions|meditations|ins|weighings)$")
BURN = re.compile(r"\bburn")
NAMES = ("average", "maximum", "minimum", "sum")


@dataclass(frozen=True, slots=True)
class Head:
    """One thing that is asked about.

    Attributes:
        kind: metric, sleep or activity.
        name: Apple's; "" for any workout.
        whens: the periods and events that belong to it.
        start, end: where it stands.
    """

    kind: str
    name: str
    whens: tuple[When, ...]
    start: int
    end: int


def heads(reading: Reading) -> list[Head]:
    """The heads of a clause, in order of mention, each with its periods."""
    kept = [each for one in _kept(reading) for each in _eaten(one, reading)]
    if len(kept) == 1:
        one = kept[0]
        return [Head(one.kind, one.name, reading.whens, one.start, one.end)]
    found = []
    for number, one in enumerate(kept):
        until = kept[number + 1].start if number + 1 < len(kept) else len(reading.text) + 1
        since = one.end if number else 0
        own = tuple(
            when for when in reading.whens
            if (since <= when.start < until and _owner(when, kept, reading) in (None, one))
            or _owner(when, kept, reading) is one
        )  # fmt: skip
        found.append(Head(one.kind, one.name, own, one.start, one.end))
    if any(head.whens for head in found) and not all(head.whens for head in found):
        found = [
            head
            if LATEST.search(reading.text[: head.start])
            else replace(head, whens=reading.whens)
            for head in found
        ]
    return found


def _owner(when: When, kept: list[Mention], reading: Reading) -> Mention | None:
    """The topic that a time with an s belongs to: "last night's sleep and today's steps"."""
    for one in kept:
        if 0 <= one.start - when.end <= NEAR:
            return one if "'" in reading.text[when.start : one.start] else None
    return None


def _kept(reading: Reading) -> list[Mention]:
    """The topics that are listed beside each other; of others the one that says most."""
    listed: list[Mention] = []
    heard = HEADPHONES.search(reading.text.lower()) is not None
    for topic in reading.topics:
        if heard and topic.name == NOISE:
            topic = topic._replace(name=HEARD)
        last = listed[-1] if listed else None
        if last is None:
            listed.append(topic)
        elif _linked(reading, last, topic):
            if all(topic[:2] != one[:2] for one in listed):
                listed.append(topic)
        elif _weight(topic, reading) > _weight(last, reading):
            listed[-1] = topic
    return listed


def _linked(reading: Reading, last: Mention, topic: Mention) -> bool:
    gap = reading.text[last.end : topic.start].lower()
    times = sum(one.end - one.start for one in reading.whens if last.end <= one.start < topic.start)
    return bool(LINK.search(gap)) and len(gap) - times <= LINK_LENGTH and not NO_LINK.search(gap)


def _weight(topic: Mention, reading: Reading) -> int:
    """Of a metric and an activity in one breath the metric, but a run has its own energy."""
    if topic.name == NOISE:  # "on my quietest day, how many steps"
        return 2
    if topic.name in VAGUE or _is_plain_distance(topic, reading):
        return 3
    if topic.kind == METRIC:
        own = topic.name in EFFORT and any(
            one.kind == ACTIVITY and one.name != "Walking" for one in reading.topics
        )
        return 1 if own else 4
    if topic.kind == SLEEP:
        return 3
    return 2 if topic.name and topic.name != "Walking" else (1 if topic.name else 0)


def _eaten(topic: Mention, reading: Reading) -> list[Mention]:
    """Calories are burned, unless they were eaten, or both."""
    eaten = cues.EATING.search(reading.shape)
    if topic.name != "ActiveEnergyBurned" or not eaten:
        return [topic]
    food, burned = topic._replace(name="DietaryEnergyConsumed"), BURN.search(reading.shape)
    if not burned:
        return [food]
    return [food, topic] if eaten.start() < burned.start() else [topic, food]


def _is_plain_distance(topic: Mention, reading: Reading) -> bool:
    """Whether "distance" is that of something else that is named: "in my wheelchair"."""
    others = any(one.name.startswith("Distance") and one[:2] != topic[:2] for one in reading.topics)
    return topic.name == "DistanceWalkingRunning" and others


def metrics_of(name: str) -> tuple[str, ...]:
    """The metrics that a name stands for: blood pressure is two.

    >>> metrics_of("BloodPressure"), metrics_of("HeartRate")
    (('BloodPressureSystolic', 'BloodPressureDiastolic'), ('HeartRate',))
    """
    return PARTS_OF.get(name, (name,))


def is_summed(metric: str) -> bool:
    """Whether a metric's readings add up."""
    return metric in SUMS or metric.startswith("Dietary")


def usual(metric: str) -> str:
    """The aggregation of a metric where the question names none."""
    return "sum" if is_summed(metric) else "average"


def aggregations(reading: Reading, metric: str) -> list[str]:
    """The aggregations that a clause names, in order; empty where it names none."""
    if reading.has(cues.TIMES):
        return ["count"]
    places = {one.name: one.start for one in reversed(reading.aggregations)}
    named = sorted((name for name in NAMES if name in places), key=lambda name: places[name])
    if ("count" in places or _are_counted(reading)) and not named:
        return ["count"]
    if reading.shape.find("at least") >= 0 or reading.shape.find("at most") >= 0:
        named = [name for name in named if name not in ("minimum", "maximum")]
    if reading.has(TOPS):
        named = [name for name in named if name != "maximum"]
    words = " ".join(reading.text[one.start : one.end].lower() for one in reading.topics)
    if "maximum" not in named and (reading.has(cues.BEST) or MOST.search(words)):
        named.append("maximum")
    if "minimum" not in named and (reading.has(cues.WORST) or LEAST.search(words)):
        named.append("minimum")
    if len(named) > 1 and not reading.has(cues.LISTS):
        named = [name for name in named if name != "sum"][:1]
    return named or _implied(reading, metric)


def _are_counted(reading: Reading) -> bool:
    """Whether what is named are occasions: "how many mindful sessions", "number of weigh-ins"."""
    asked = any(one.name in ("how many", "count") for one in reading.aggregations)
    return asked and any(
        OCCASIONS.search(reading.text[one.start : one.end].lower()) for one in reading.topics
    )


def _implied(reading: Reading, metric: str) -> list[str]:
    """What a rate, a habit or a threshold says without naming it."""
    if reading.has(cues.PER_DAY) and not reading.has(cues.EVER):
        return ["average"]
    if reading.has(cues.USUALLY):
        return ["average"]
    if not is_summed(metric) or reading.has(cues.EVER):
        if reading.has(cues.ABOVE):
            return ["maximum"]
        if reading.has(cues.BELOW):
            return ["minimum"]
    return ["average"] if reading.has(cues.PER_DAY) else []
