"""What the parts of one message share: the time of one is that of those beside it."""

from __future__ import annotations

import re
from dataclasses import replace

from wellness.agent.classifier import cues
from wellness.agent.classifier.beside import When
from wellness.agent.classifier.figures import data
from wellness.agent.classifier.heads import aggregations, metrics_of
from wellness.agent.classifier.parts import Part
from wellness.agent.classifier.rules import HOW_IT_HAPPENED, decide
from wellness.agent.routes import Intent

IT = re.compile(r"\b(?:it|that|one|they|this|N look)\b")
SHARING = frozenset((Intent.AGGREGATE, Intent.SLEEP, Intent.WORKOUTS))


def shared(parts: list[Part]) -> list[Part]:
    """The parts, with the time of one for those beside it that name none."""
    parts = [
        part
        for part, before in zip(parts, [None, *parts], strict=False)
        if not (before and _is_of_that(part, before))
    ]
    whens = next((part.whens for part in parts if _shares(part) and part.whens), ())
    return [_timed(part, whens) if len(parts) > 1 else part for part in parts]


def _is_of_that(part: Part, before: Part) -> bool:
    """Whether the memory is asked more of the same: "what is HRV, and what does it say?"."""
    both = part.intent is before.intent is Intent.RECALL
    return both and not part.reading.topics and part.reading.has(IT)


def _shares(part: Part) -> bool:
    """Whether a part may have its time from those beside it."""
    return part.intent in SHARING or part.rule == "asks about rings"


def takes_over(part: Part, waiting: Part) -> bool:
    """Whether a part asks about what stood before it: "my hike, how long was it?"."""
    if not part.inherited or part.reading.topics:
        return False
    points = part.reading.has(cues.PRONOUN) and part.rule != HOW_IT_HAPPENED
    if part.intent is Intent.RECALL and not points:
        return False
    if waiting.reading.has(cues.LATEST) and part.intent is not waiting.intent:
        return False
    metric = waiting.metrics[0] if waiting.metrics else ""
    both = (part.reading, waiting.reading)
    return not all(metric and aggregations(one, metrics_of(metric)[0]) for one in both)


def _timed(part: Part, whens: tuple[When, ...]) -> Part:
    reading = part.reading
    timeless = reading.has(cues.WHEN_LAST) or reading.has(cues.LATEST)
    present = reading.has(cues.PRESENT) and not reading.has(cues.PAST)
    if (
        not _shares(part)
        or part.whens
        or timeless
        or present
        or (part.inherited and not reading.topics)
    ):
        return part
    if part.intent is Intent.PROGRESS:
        return decide(replace(reading, whens=whens))
    return data(replace(reading, whens=whens)) or part
