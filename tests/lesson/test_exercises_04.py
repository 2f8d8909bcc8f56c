"""The checks of lesson 04 accept what is right, and see through what only looks right."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pytest

from wellness import keys
from wellness.lesson import kit, vectors
from wellness.lesson.exercises import l04
from wellness.lesson.kit import Lesson
from wellness.memory.index import tag_query
from wellness.memory.recall import rrf
from wellness.server import EmbeddedServer
from wellness.settings import Settings


@pytest.fixture
def lesson(settings: Settings, redis_server: EmbeddedServer) -> Iterator[Lesson]:
    here = settings.model_copy(update={"redis_url": redis_server.url, "user": "learner-04"})
    yield kit.start("04", settings=here)
    kit.end()


def fused(rankings: Sequence[Sequence[str]], k: int = 60) -> list[str]:
    scores = rrf(rankings, k)
    return sorted(scores, key=lambda item: -scores[item])


@pytest.mark.parametrize(
    ("fuse", "passes"),
    [
        (fused, True),
        (lambda rankings, k=60: rankings[0], False),
        (lambda rankings, k=60: fused(rankings, 60), False),
        (lambda rankings, k=60: fused(rankings, k)[:-1], False),
        (lambda rankings, k=60: fused(rankings, k)[::-1], False),
        (lambda rankings, k=60: [*dict.fromkeys(i for r in rankings for i in r)], False),
    ],
    ids=["right", "the first", "k ignored", "one lost", "worst first", "in a row"],
)
def test_fusion(lesson: Lesson, fuse: Callable[..., Any], passes: bool) -> None:
    assert l04.check_1(lesson, fuse).passed == passes


@pytest.mark.parametrize(
    ("only", "passes"),
    [
        (lambda user: f"@user:{{{tag_query(keys.encode(user))}}}", True),
        (lambda user: f"@user:{{{user}}}", False),
        (lambda user: f"@user:{{{keys.encode(user)}}}", False),
        (lambda user: f"@user:{{{tag_query(user)}}}", False),
        (lambda user: "*", False),
        (lambda user: "@user:{nobody}", False),
    ],
    ids=["right", "as it is", "encoded only", "escaped only", "everybody", "nobody"],
)
def test_filter(lesson: Lesson, only: Callable[[str], str], passes: bool) -> None:
    for _ in range(2):  # a check can be run again
        assert l04.check_2(lesson, only).passed == passes


def enough(
    search: Any, exact: Any, queries: Any, k: int, candidates: Any, wanted: float
) -> int | None:
    for ef in sorted(candidates):
        recalls = [vectors.recall(search(q, k, ef), exact(q, k)) for q in queries]
        if np.mean(recalls) >= wanted:
            return int(ef)
    return None


def unsorted(search: Any, exact: Any, queries: Any, k: int, candidates: Any, wanted: float) -> Any:
    return next((ef for ef in candidates if enough(search, exact, queries, k, [ef], wanted)), None)


def by_one_query(
    search: Any, exact: Any, queries: Any, k: int, candidates: Any, wanted: float
) -> int | None:
    return enough(search, exact, queries[1:2], k, candidates, wanted)


def in_order(search: Any, exact: Any, queries: Any, k: int, candidates: Any, wanted: float) -> Any:
    for ef in sorted(candidates):
        if np.mean([search(q, k, ef) == exact(q, k) for q in queries]) >= wanted:
            return ef
    return None


@pytest.mark.parametrize(
    ("answer", "passes"),
    [
        (enough, True),
        (lambda *a: max(a[4]), False),
        (lambda *a: enough(*a) or max(a[4]), False),
        (unsorted, False),
        (by_one_query, False),
        (in_order, False),
    ],
    ids=["right", "the largest", "never None", "unsorted", "one query", "order counts"],
)
def test_enough(lesson: Lesson, answer: Callable[..., Any], passes: bool) -> None:
    assert l04.check_3(lesson, answer).passed == passes
