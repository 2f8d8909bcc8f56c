"""The check of lesson 00: an answer of one's own."""

from __future__ import annotations

from math import isclose
from typing import TYPE_CHECKING

from wellness.health import statistics
from wellness.health.statistics import Summary
from wellness.health.store import Store
from wellness.lesson.checks import Verdict

if TYPE_CHECKING:
    from wellness.lesson.kit import Lesson

CHARTED = ("StepCount", "last 30 days")  # what the first chart of the lesson asks
SAME = 1e-6  # relative: rollups and readings are added up in another order


def check_1(lesson: Lesson, mine: Summary) -> Verdict:
    """Something else was asked, there are readings, and they say the same as the rollups."""
    if not isinstance(mine, Summary):
        return Verdict(False, f"`mine` is what `statistics.summarise` gives; yours is {mine!r}.")
    if (mine.metric.name, mine.period.phrase.casefold()) == CHARTED:
        return Verdict(
            False,
            "The first chart of this notebook asked that. Change the metric, the time, or both.",
        )
    asked = f"{mine.metric.name}, {mine.period.label}"
    if mine.overall.value is None:
        return Verdict(False, f"{asked}: Ann has no such reading. Ask for another metric or time.")
    store = Store(lesson.client, "sample", namespace=lesson.namespace)
    gap_s = lesson.settings.heart_rate_gap_s
    again = statistics.summarise(
        store, mine.metric, mine.period, gap_s=gap_s, unit=mine.unit, from_raw=True
    ).overall
    if again.value is None or not isclose(again.value, mine.overall.value, rel_tol=SAME):
        said = f"{mine.overall.value:g}, but the readings say {again.value}"
        return Verdict(False, f"{asked}: {said}.")
    how = mine.metric.aggregation.value
    return Verdict(
        True,
        f"{asked}: {mine.overall.value:,.5g} {mine.unit} ({how}), from {again.readings:,} readings "
        f"on {again.days} days. The readings themselves were asked again and say the same.",
    )
