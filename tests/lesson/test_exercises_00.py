"""The check of lesson 00 takes any question of one's own, and no answer that is none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from wellness.health import periods, statistics
from wellness.health.statistics import Summary
from wellness.lesson import kit
from wellness.lesson.exercises import l00
from wellness.settings import Settings


@pytest.fixture(scope="module")
def lesson(redis_server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    settings = Settings(redis_url=redis_server.url, home=tmp_path_factory.mktemp("home"))
    lesson = kit.start("00", settings=settings)
    lesson.load("sample")
    yield lesson
    kit.end()


def asked(lesson: Any, metric: str, words: str) -> Summary:
    store = lesson.load("sample")
    period = periods.parse(words, now=lesson.now, zone=store.zone())
    gap_s = lesson.settings.heart_rate_gap_s
    return statistics.summarise(store, store.find(metric), period, gap_s=gap_s)


@pytest.mark.parametrize(
    ("metric", "words"),
    [("resting heart rate", "since March"), ("weight", "this year"), ("steps", "last week"),
     ("flights climbed", "last 30 days"), ("heart rate", "Tuesday morning")],
)  # fmt: skip
def test_any_question_of_ones_own_passes(lesson: Any, metric: str, words: str) -> None:
    mine = asked(lesson, metric, words)
    verdict = l00.check_1(lesson, mine)
    assert verdict.passed, verdict.message
    assert f"{mine.metric.name}, {mine.period.label}" in verdict.message
    assert f"{mine.overall.value:,.5g} {mine.unit}" in verdict.message


def test_what_is_no_answer_is_told_why(lesson: Any) -> None:
    mine = asked(lesson, "weight", "this year")
    assert mine.overall.value
    more = replace(mine, overall=replace(mine.overall, value=mine.overall.value + 1))
    for answer, why in (
        (mine.overall.value, "`statistics.summarise`"),
        (asked(lesson, "steps", "Last 30 days"), "first chart of this notebook asked"),
        (asked(lesson, "weight", "2019"), "no such reading"),
        (more, "but the readings say"),
    ):
        verdict = l00.check_1(lesson, answer)
        assert not verdict.passed
        assert why.casefold() in verdict.message.casefold()
