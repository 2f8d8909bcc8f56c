"""The checks of lesson 08 accept what is right, and see through what only looks right."""

from __future__ import annotations

import shelve
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from wellness.lesson import kit
from wellness.lesson.exercises import l08
from wellness.lesson.exercises.l08 import _honest
from wellness.lesson.kit import Lesson
from wellness.server import EmbeddedServer
from wellness.settings import Settings


@pytest.fixture
def lesson(settings: Settings, redis_server: EmbeddedServer) -> Iterator[Lesson]:
    here = settings.model_copy(update={"redis_url": redis_server.url, "user": "learner-08"})
    yield kit.start("08", settings=here)
    kit.end()


@pytest.mark.parametrize(
    ("redis", "passes"),
    [
        (lambda low, high: "wins" if low > 1.25 else "loses" if high < 0.8 else "ties", True),
        (lambda low, high: "wins" if (low + high) / 2 > 1 else "loses", False),
        (lambda low, high: "loses" if low > 1.25 else "wins" if high < 0.8 else "ties", False),
        (lambda low, high: "wins" if high > 1.25 else "loses" if low < 0.8 else "ties", False),
        (lambda low, high: "wins" if low >= 1.25 else "loses" if high < 0.8 else "ties", False),
        (lambda low, high: "wins" if low > 1.25 else "loses" if high <= 0.8 else "ties", False),
        (lambda low, high: "ties", False),
    ],
    ids=["right", "the middle", "of the other", "the far end", "border", "other border", "ties"],
)
def test_the_rule(lesson: Lesson, redis: Callable[..., Any], passes: bool) -> None:
    assert l08.check_1(lesson, redis).passed == passes


def first_redis(rows: list[Any], wanted: float) -> dict[Any, float]:
    base = next(ms for name, _, _, ms in rows if name == "Redis")
    return {(name, d): ms / base for name, d, _, ms in rows if name != "Redis"}


def any_recall(rows: list[Any], wanted: float) -> dict[Any, float]:
    return _honest(rows, 0.0)


def bad_baseline(rows: list[Any], wanted: float) -> dict[Any, float]:
    base = {d: ms for name, d, _, ms in rows if name == "Redis"}
    return {
        (n, d): ms / base[d] for n, d, r, ms in rows if n != "Redis" and r >= wanted and d in base
    }


@pytest.mark.parametrize(
    ("honest", "passes"),
    [
        (_honest, True),
        (first_redis, False),
        (any_recall, False),
        (bad_baseline, False),
        (lambda rows, wanted: {pair: 1 / x for pair, x in _honest(rows, wanted).items()}, False),
        (lambda rows, wanted: dict(list(_honest(rows, wanted).items())[1:]), False),
        (lambda rows, wanted: list(_honest(rows, wanted)), False),
    ],
    ids=["right", "one baseline", "any recall", "bad baseline", "upside down", "one lost", "list"],
)
def test_an_honest_benchmark(lesson: Lesson, honest: Callable[..., Any], passes: bool) -> None:
    assert l08.check_2(lesson, honest).passed == passes


class Shelf:
    """The solution, with places to break it."""

    def __init__(self, path: str) -> None:
        self.shelf: Any = shelve.open(path)  # noqa: SIM115

    def key(self, owner: str, conversation: str) -> str:
        return repr((owner, conversation))

    def append(self, owner: str, conversation: str, turn: Any) -> None:
        key = self.key(owner, conversation)
        self.shelf[key] = [*self.shelf.get(key, []), turn]
        self.shelf.sync()

    def last(self, owner: str, conversation: str, n: int) -> list[Any]:
        return list(self.shelf.get(self.key(owner, conversation), [])[-n:]) if n else []

    def exchange(self, owner: str, conversation: str, turn: Any, n: int) -> list[Any]:
        self.append(owner, conversation, turn)
        return self.last(owner, conversation, n)


class Joined(Shelf):
    def key(self, owner: str, conversation: str) -> str:
        return owner + conversation


class Slashed(Shelf):
    def key(self, owner: str, conversation: str) -> str:
        return f"{owner.strip()}/{conversation}"


class OneTooMany(Shelf):
    def last(self, owner: str, conversation: str, n: int) -> list[Any]:
        return list(self.shelf.get(self.key(owner, conversation), [])[-n:])


class InMemory(Shelf):
    def __init__(self, path: str) -> None:
        self.shelf: Any = type(
            "Plain", (dict,), {"sync": lambda self: None, "close": lambda self: None}
        )()


class ChangedInPlace(Shelf):
    def append(self, owner: str, conversation: str, turn: Any) -> None:
        self.shelf.setdefault(self.key(owner, conversation), []).append(turn)


@pytest.mark.parametrize(
    ("make", "passes"),
    [(Shelf, True), (Joined, False), (Slashed, False), (OneTooMany, False), (InMemory, False),
     (ChangedInPlace, False)],
)  # fmt: skip
def test_an_engine_of_ones_own(lesson: Lesson, make: Any, passes: bool) -> None:
    verdict = l08.check_3(lesson, make)
    assert verdict.passed == passes, verdict.message
    if passes:
        assert "over that of Redis" in verdict.message
