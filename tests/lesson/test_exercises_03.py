"""The checks of lesson 03 accept what is right, and see through what only looks right."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from wellness.lesson import kit
from wellness.lesson.exercises import l03
from wellness.lesson.kit import Lesson
from wellness.memory.facts import same_meaning
from wellness.server import EmbeddedServer
from wellness.settings import Settings


@pytest.fixture
def lesson(settings: Settings, redis_server: EmbeddedServer) -> Iterator[Lesson]:
    here = settings.model_copy(update={"redis_url": redis_server.url, "user": "learner-03"})
    yield kit.start("03", settings=here)
    kit.end()


def plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


@pytest.mark.parametrize(
    ("cache_key", "passes"),
    [
        (lambda model, dims, text: digest(f"{model}\0{dims}\0{plain(text)}"), True),
        (lambda model, dims, text: f"{model}\0{dims}\0{digest(plain(text))}".encode(), True),
        (lambda model, dims, text: hashlib.md5(text.encode()).hexdigest(), False),
        (lambda model, dims, text: digest(f"{model}\0{dims}\0{text}"), False),
        (lambda model, dims, text: digest(f"{model}\0{dims}\0{' '.join(text.split())}"), False),
        (lambda model, dims, text: digest(f"{model}\0{plain(text)}"), False),
        (lambda model, dims, text: digest(f"{model}{dims}{plain(text)}"), False),
        (lambda model, dims, text: digest(f"{model}:{dims}:{plain(text)}"), False),
        (lambda model, dims, text: digest(f"{model}\0{dims}\0{plain(text).lower()}"), False),
        (lambda model, dims, text: f"{model}\0{dims}\0{plain(text)}", False),
        (lambda model, dims, text: str(hash((model, dims, plain(text)))), False),
        (lambda model, dims, text: hash((model, dims, plain(text))), False),
    ],
    ids=["right", "model in the open", "text alone", "not normalised", "accents", "no dimensions",
         "no separator", "colons", "lower case", "the text itself", "hash", "a number"],
)  # fmt: skip
def test_key(lesson: Lesson, cache_key: Callable[..., Any], passes: bool) -> None:
    assert l03.check_1(lesson, cache_key).passed == passes


def safest(distance: Any, same: Any) -> tuple[float | None, float]:
    border = distance[~same].min() if (~same).any() else np.inf
    safe = distance[same][distance[same] < border]
    return (float(safe.max()), len(safe) / int(same.sum())) if len(safe) else (None, 0)


def with_ties(distance: Any, same: Any) -> tuple[float | None, float]:
    border = distance[~same].min() if (~same).any() else np.inf
    safe = distance[same][distance[same] <= border]
    return (float(safe.max()), len(safe) / int(same.sum())) if len(safe) else (None, 0)


@pytest.mark.parametrize(
    ("solution", "passes"),
    [
        (safest, True),
        (with_ties, False),
        (lambda distance, same: (0.35, float(np.mean(distance[same] <= 0.35))), False),
        (lambda distance, same: (float(distance[same].max()), 1.0), False),
        (
            lambda distance, same: (safest(distance, same)[0] or 0.0, safest(distance, same)[1]),
            False,
        ),
        (lambda distance, same: safest(distance, same)[0], False),
    ],
    ids=["right", "ties", "published", "all right ones", "zero for none", "threshold alone"],
)
def test_threshold(lesson: Lesson, solution: Callable[..., Any], passes: bool) -> None:
    assert l03.check_2(lesson, solution).passed == passes


@pytest.mark.parametrize(
    ("near", "slots", "passes"),
    [(0.35, True, True), (0.35, False, False), (0.05, True, False), (9.0, True, False)],
    ids=["right", "distance alone", "too strict", "any distance"],
)
def test_accept(lesson: Lesson, near: float, slots: bool, passes: bool) -> None:
    here = {"now": lesson.now, "zone": lesson.now.tzinfo}

    def accept(asked: str, cached: str, distance: float) -> bool:
        return distance <= near and (not slots or bool(same_meaning(asked, cached, **here)))  # type: ignore[arg-type]

    assert l03.check_3(lesson, accept).passed == passes
