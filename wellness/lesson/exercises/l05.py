"""Checks of lesson 05: tools and routing."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np

from wellness.health import periods
from wellness.health.sample import story
from wellness.health.store import Store
from wellness.lesson.checks import Verdict
from wellness.lesson.states import SAMPLE_USER
from wellness.settings import project_root

if TYPE_CHECKING:
    from wellness.lesson.kit import Lesson

SEED = 5
TRUTH = project_root() / "data" / "truth.json"
ASKED = (("last week", 8_000), ("August 2026", 7_000), ("November 2025", 4_000),
         ("February 2025", 6_000), ("2025", 5_000), ("last week", 90_000))  # fmt: skip
MEANT = {
    "How many steps did I take?": "StepCount",
    "My average step count, please": "StepCount",
    "Is my RESTING heart rate going down?": "RestingHeartRate",
    "What was my heart rate at noon?": "HeartRate",
    "heart-rate yesterday": "HeartRate",
    "Did my stepson call?": None,
    "I am restless, is my heart rate high?": "HeartRate",
    "How heavy is my weight vest in steps?": "BodyMass",
    "Do I burn more active energy lately?": "ActiveEnergyBurned",
    "energy": None,
    "What is my overweight cat called?": None,
    "": None,
}
WORDS = {
    "steps": "StepCount", "step count": "StepCount", "heart rate": "HeartRate",
    "resting heart rate": "RestingHeartRate", "weight": "BodyMass",
    "active energy": "ActiveEnergyBurned",
}  # fmt: skip


def check_1(lesson: Lesson, best: Callable[..., Any]) -> Verdict:
    """The least threshold among those with the most right answers, by trying each."""
    draw = np.random.default_rng(SEED)
    for n in range(80):
        confidence = np.round(draw.random(40), 1 if n % 2 else 2)
        rules = draw.random(40) < (confidence if n % 3 else 0.6)
        model = draw.random(40) < draw.choice([0.2, 0.6, 0.95])
        right = {
            float(t): int(np.where(confidence >= t, rules, model).sum())
            for t in (*np.unique(confidence), np.inf)
        }
        most = max(right.values())
        expected = min(t for t, count in right.items() if count == most)
        found = best(confidence.copy(), rules.copy(), model.copy())
        if not isinstance(found, int | float | np.floating) or float(found) not in right:
            return Verdict(False, f"{found!r} is none of the confidences, and not infinity.")
        if right[float(found)] < most:
            return Verdict(
                False, f"With {found:g}, {right[float(found)]} of 40 are right; {most} can be."
            )
        if float(found) != expected:
            return Verdict(
                False, f"{expected:g} is as good as {found:g}, and asks the model less often."
            )
    return Verdict(True, "The most right answers with the fewest calls of the model, each time.")


def check_2(lesson: Lesson, longest_streak: Callable[..., Any]) -> Verdict:
    """The longest runs of days on the sample, against the exact steps of each day."""
    truth = json.loads(TRUTH.read_text("utf-8"))["steps"]["by_day"]
    steps = {date.fromisoformat(day): row["merged"] for day, row in truth.items()}
    store = Store(lesson.client, SAMPLE_USER, namespace=lesson.namespace)
    if not store.types():
        store = lesson.load("sample")
    for phrase, target in ASKED:
        period = periods.parse(phrase, now=lesson.now, zone=ZoneInfo(story.HOME))
        expected = _streak({day: steps[day] for day in period.days if day in steps}, target)
        found = longest_streak(store, period, target)
        if found != expected:
            return Verdict(
                False,
                f"{phrase}, {target:,} steps: you say {found}, the export says {expected}. "
                "A day without readings is no day with enough steps.",
            )
    return Verdict(True, f"{len(ASKED)} periods, each as the export has it.")


def _streak(steps: Mapping[date, float], target: float) -> tuple[int, date | None]:
    """The longest run of days and its first day, the earliest of equals."""
    runs: dict[date, int] = {}
    first: date | None = None
    for day in sorted(steps):
        if steps[day] < target:
            first = None
            continue
        if first is None or day - timedelta(days=1) not in steps:
            first = day
        runs[first] = (day - first).days + 1
    if not runs:
        return 0, None
    longest = max(runs.values())
    return longest, min(day for day, length in runs.items() if length == longest)


def check_3(lesson: Lesson, metric_of: Callable[..., Any]) -> Verdict:
    """Whole words, any case, the longest name first, and None for none."""
    for text, expected in MEANT.items():
        found = metric_of(text, dict(WORDS))
        if found != expected:
            return Verdict(False, f"{text!r} is about {expected}; you say {found}.")
    backwards = dict(reversed(WORDS.items()))
    if metric_of("My resting heart rate?", backwards) != "RestingHeartRate":
        return Verdict(False, "With the table in another order, the resting heart rate is lost.")
    return Verdict(True, f"{len(MEANT)} sentences, among them some that only look like it.")
