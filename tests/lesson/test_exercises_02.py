"""The checks of lesson 02 see through answers that only look right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from redis import WatchError

from wellness.client import Client, connect
from wellness.keys import Keys
from wellness.lesson.exercises import l02
from wellness.server import EmbeddedServer
from wellness.settings import Settings

Append = Callable[[Client, str, Any, int, int], object]
SCRIPT = """
redis.call('RPUSH', KEYS[1], ARGV[1])
redis.call('LTRIM', KEYS[1], -ARGV[2], -1)
redis.call('EXPIRE', KEYS[1], ARGV[3])
"""


@pytest.fixture
def lesson(redis_server: EmbeddedServer, namespace: str) -> Iterator[Any]:
    with connect(Settings(redis_url=redis_server.url)) as client:
        yield SimpleNamespace(client=client, keys=lambda: Keys(namespace, "sample"))


RIGHT = {
    "one by one": 1,
    "pipeline": 2,
    "MULTI": 2,
    "Lua script": 1,
    "connection lost before EXEC": 0,
}


def test_only_the_right_prediction_passes(lesson: Any) -> None:
    assert l02.check_1(lesson, RIGHT).passed
    assert l02.check_1(lesson, RIGHT).passed, "and again"
    for way, left in RIGHT.items():
        verdict = l02.check_1(lesson, RIGHT | {way: left + 1})
        assert not verdict.passed
        assert f"{way}: you expected {left + 1}, Redis holds {left}" in verdict.message
        assert way in l02.check_1(lesson, RIGHT | {way: ...}).message  # type: ignore[dict-item]


def queued(client: Client, transaction: bool, *steps: tuple[Any, ...]) -> None:
    pipe = client.pipeline(transaction=transaction)
    for step in steps:
        pipe.execute_command(*step)
    pipe.execute()


def steps(key: str, element: Any, keep: int, ttl_s: int) -> dict[str, tuple[Any, ...]]:
    return {
        "push": ("RPUSH", key, element),
        "trim": ("LTRIM", key, -keep, -1),
        "expire": ("EXPIRE", key, ttl_s),
    }


def in_one(transaction: bool, *order: str) -> Append:
    def append(client: Client, *given: Any) -> None:
        all_steps = steps(*given)
        queued(client, transaction, *(all_steps[name] for name in order))

    return append


def by_script(client: Client, key: str, element: Any, keep: int, ttl_s: int) -> None:
    client.eval(SCRIPT, 1, key, element, keep, ttl_s)


def one_by_one(client: Client, *given: Any) -> None:
    for step in steps(*given).values():
        client.execute_command(*step)


def expiry_apart(client: Client, *given: Any) -> None:
    all_steps = steps(*given)
    queued(client, True, all_steps["push"], all_steps["trim"])
    client.execute_command(*all_steps["expire"])


def test_appends_that_survive_pass(lesson: Any) -> None:
    for append in (in_one(True, "push", "trim", "expire"), by_script):
        verdict = l02.check_2(lesson, append)
        assert verdict.passed, verdict.message


@pytest.mark.parametrize(
    ("append", "why"),
    [
        (one_by_one, "connection cut after 1"),
        (expiry_apart, "never expire"),
        (in_one(False, "push", "trim", "expire"), "carry them out together"),
        (in_one(True, "push", "expire"), "holds"),
        (in_one(True, "push", "trim"), "expires in -1 s"),
    ],
)
def test_appends_that_do_not_are_told_why(lesson: Any, append: Append, why: str) -> None:
    verdict = l02.check_2(lesson, append)
    assert not verdict.passed
    assert why in verdict.message


def watching(client: Client, key: str, change: Callable[[Any], Any]) -> None:
    while True:
        with client.pipeline() as pipe:
            try:
                pipe.watch(key)
                newest = pipe.lindex(key, -1)
                pipe.multi()
                pipe.lset(key, -1, change(newest))
                pipe.execute()
                return
            except WatchError:
                continue


def naive(client: Client, key: str, change: Callable[[Any], Any]) -> None:
    client.lset(key, -1, change(client.lindex(key, -1)))


def with_multi_only(client: Client, key: str, change: Callable[[Any], Any]) -> None:
    queued(client, True, ("LSET", key, -1, change(client.lindex(key, -1))))


def watching_too_late(client: Client, key: str, change: Callable[[Any], Any]) -> None:
    newest = client.lindex(key, -1)
    with client.pipeline() as pipe:
        pipe.watch(key)
        pipe.multi()
        pipe.lset(key, -1, change(newest))
        pipe.execute()


def test_an_amendment_that_loses_nothing_passes(lesson: Any) -> None:
    assert l02.check_3(lesson, watching).passed


@pytest.mark.parametrize("amend", [naive, with_multi_only])
def test_amendments_that_overwrite_a_turn_do_not(lesson: Any, amend: Callable[..., Any]) -> None:
    verdict = l02.check_3(lesson, amend)
    assert not verdict.passed
    assert "third turn" in verdict.message


def test_an_amendment_that_gives_up_is_an_error(lesson: Any) -> None:
    with pytest.raises(WatchError):
        l02.check_3(lesson, watching_too_late)
