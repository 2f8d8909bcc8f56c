"""The checks of lesson 07 accept what is right, and see through what only looks right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from bench import Bench
from redis import Redis

from wellness import keys
from wellness.lesson.exercises import l07
from wellness.settings import Settings


@pytest.fixture
def lesson(client: Redis, namespace: str, settings: Settings) -> Any:
    return Bench(client, namespace, settings)


def entries(client: Redis) -> list[tuple[int, list[str]]]:
    found: Any = client.slowlog_get(128)
    return [(one["duration"], one["command"].decode(errors="replace").split()) for one in found]


def slowest(client: Redis, prefix: str) -> str:
    return max((t, w[1]) for t, w in entries(client) if len(w) > 1 and w[1].startswith(prefix))[1]


@pytest.mark.parametrize(
    ("answer", "passes"),
    [(slowest, True),
     (lambda client, prefix: next(w[1] for _, w in entries(client) if w[0] == "SORT"), False),
     (lambda client, prefix: slowest(client, prefix).encode(), False),
     (lambda client, prefix: f"{prefix}scratch:notes-meadow", False)],
    ids=["right", "the newest", "bytes", "a guess"],
)  # fmt: skip
def test_the_slow_command(lesson: Any, answer: Callable[..., Any], passes: bool) -> None:
    assert l07.check_1(lesson, answer).passed == passes


def names(client: Redis, prefix: str) -> list[str]:
    return sorted({key.decode() for key in client.scan_iter(match=f"{prefix}*", count=1000)})


def turns(client: Redis, prefix: str) -> list[str]:
    return [name for name in names(client, prefix) if keys.parse(name).kind == "turns"]


def staying(client: Redis, prefix: str) -> list[str]:
    return [name for name in turns(client, prefix) if client.ttl(name) == -1]


@pytest.mark.parametrize(
    ("answer", "passes"),
    [(staying, True),
     (lambda c, p: [name for name in names(c, p) if c.ttl(name) == -1], False),
     (lambda c, p: staying(c, p)[:1], False),
     (turns, False),
     (lambda c, p: staying(c, p)[::-1], False),
     (lambda c, p: staying(c, p.partition("{")[0]), False)],
    ids=["right", "all kinds", "the first", "also those that expire", "backwards", "of everybody"],
)  # fmt: skip
def test_the_key_that_stays(lesson: Any, answer: Callable[..., Any], passes: bool) -> None:
    assert l07.check_2(lesson, answer).passed == passes


def biggest(client: Redis, prefix: str, samples: int = 0) -> tuple[str, int]:
    found = {n: client.memory_usage(n, samples=samples) or 0 for n in names(client, prefix)}
    name = max(found, key=lambda one: found[one])
    return name, found[name]


def longest(client: Redis, prefix: str) -> tuple[str, int]:
    name, _ = biggest(client, prefix)
    lists = [n for n in names(client, prefix) if client.type(n) == b"list"]
    name = max(lists, key=client.llen, default=name)
    return name, client.memory_usage(name, samples=0) or 0


@pytest.mark.parametrize(
    ("answer", "passes"),
    [(biggest, True),
     (lambda c, p: biggest(c, p, 5), False),
     (longest, False),
     (lambda c, p: biggest(c, p)[0], False),
     (lambda c, p: (biggest(c, p)[0], 1), False)],
    ids=["right", "five elements", "the most elements", "no bytes", "invented bytes"],
)  # fmt: skip
def test_the_big_key(lesson: Any, answer: Callable[..., Any], passes: bool) -> None:
    assert l07.check_3(lesson, answer).passed == passes
