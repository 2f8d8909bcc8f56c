"""The checks of lesson 05 accept what is right, and see through what only looks right."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from wellness.health.statistics import summarise
from wellness.lesson import kit
from wellness.lesson.exercises import l05
from wellness.lesson.kit import Lesson
from wellness.server import EmbeddedServer
from wellness.settings import Settings


@pytest.fixture(scope="module")
def lesson(
    redis_server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Lesson]:
    here = Settings(
        home=tmp_path_factory.mktemp("l05"), redis_url=redis_server.url, user="learner-05"
    )
    yield kit.start("05", settings=here)
    kit.end()


def best(confidence: Any, rules: Any, model: Any) -> float:
    tried = sorted({*confidence.tolist(), np.inf})
    right = [np.where(confidence >= t, rules, model).sum() for t in tried]
    return float(tried[int(np.argmax(right))])


def highest(confidence: Any, rules: Any, model: Any) -> float:
    tried = sorted({*confidence.tolist(), np.inf}, reverse=True)
    right = [np.where(confidence >= t, rules, model).sum() for t in tried]
    return float(tried[int(np.argmax(right))])


def without_infinity(confidence: Any, rules: Any, model: Any) -> float:
    tried = sorted(set(confidence.tolist()))
    right = [np.where(confidence >= t, rules, model).sum() for t in tried]
    return float(tried[int(np.argmax(right))])


@pytest.mark.parametrize(
    ("answer", "passes"),
    [(best, True), (highest, False), (without_infinity, False), (lambda *_: 0.5, False),
     (lambda c, r, m: float(c.min()), False), (lambda *_: None, False)],
)  # fmt: skip
def test_threshold(lesson: Lesson, answer: Callable[..., Any], passes: bool) -> None:
    assert l05.check_1(lesson, answer).passed == passes


def streak(store: Any, period: Any, target: float, *, gaps: bool = True, last: bool = False) -> Any:
    found = summarise(store, store.find("steps"), period, gap_s=600)
    good = [b.start for b in found.buckets if b.value is not None and b.value >= target]
    runs: list[list[Any]] = []
    for day in good:
        follows = runs and (not gaps or runs[-1][-1] + timedelta(days=1) == day)
        if follows:
            runs[-1].append(day)
        else:
            runs.append([day])
    if not runs:
        return 0, None
    longest = max(len(run) for run in runs)
    chosen = [run for run in runs if len(run) == longest]
    return longest, (chosen[-1] if last else chosen[0])[0]


@pytest.mark.parametrize(
    ("answer", "passes"),
    [(streak, True),
     (lambda *a: streak(*a, gaps=False), False),
     (lambda store, period, target: (len(period.days), period.days[0]), False),
     (lambda *a: streak(*a)[0], False)],
    ids=["right", "gaps ignored", "all days", "no date"],
)  # fmt: skip
def test_streak(lesson: Lesson, answer: Callable[..., Any], passes: bool) -> None:
    assert l05.check_2(lesson, answer).passed == passes


def whole_words(text: str, words: dict[str, str]) -> str | None:
    plain = text.lower().replace("-", " ")
    for name in sorted(words, key=len, reverse=True):
        if re.search(rf"\b{name}\b", plain):
            return words[name]
    return None


def in_order(text: str, words: dict[str, str]) -> str | None:
    plain = text.lower().replace("-", " ")
    return next((m for name, m in words.items() if re.search(rf"\b{name}\b", plain)), None)


@pytest.mark.parametrize(
    ("answer", "passes"),
    [(whole_words, True), (in_order, False),
     (lambda text, words: next((m for w, m in words.items() if w in text.lower()), None), False),
     (lambda text, words: None, False)],
    ids=["right", "in order", "anywhere", "nothing"],
)  # fmt: skip
def test_metric(lesson: Lesson, answer: Callable[..., Any], passes: bool) -> None:
    assert l05.check_3(lesson, answer).passed == passes
