"""Checks of lesson 02: short-term memory in lists."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from redis.exceptions import ResponseError

from wellness.client import Client, ConnectionFailed
from wellness.lesson.checks import Verdict
from wellness.lesson.mortal import Mortal, Tape

if TYPE_CHECKING:
    from wellness.lesson.kit import Lesson

SCRIPT = """
redis.call('RPUSH', KEYS[1], 'question')
redis.call('INCR', KEYS[1])
redis.call('RPUSH', KEYS[1], 'answer')
"""


def _one_by_one(client: Client, key: str) -> None:
    client.rpush(key, "question")
    client.incr(key)
    client.rpush(key, "answer")


def _queued(client: Client, key: str, transaction: bool) -> None:
    pipe = client.pipeline(transaction=transaction)
    pipe.rpush(key, "question")
    pipe.incr(key)
    pipe.rpush(key, "answer")
    pipe.execute()


def _without_exec(client: Client, key: str) -> None:
    """MULTI and its commands go out on a connection that is closed before EXEC."""
    connection = client.connection_pool.get_connection()
    try:
        for command in (("MULTI",), ("RPUSH", key, "question"), ("RPUSH", key, "answer")):
            connection.send_command(*command)  # type: ignore[no-untyped-call]
            connection.read_response()
    finally:
        connection.disconnect()  # type: ignore[no-untyped-call]
        client.connection_pool.release(connection)


WAYS: dict[str, Callable[[Client, str], object]] = {
    "one by one": _one_by_one,
    "pipeline": lambda client, key: _queued(client, key, transaction=False),
    "MULTI": lambda client, key: _queued(client, key, transaction=True),
    "Lua script": lambda client, key: client.eval(SCRIPT, 1, key),
    "connection lost before EXEC": _without_exec,
}


def check_1(lesson: Lesson, prediction: dict[str, int]) -> Verdict:
    """Each way is tried, and the list's length compared with what was predicted."""
    if missing := [way for way in WAYS if not isinstance(prediction.get(way), int)]:
        return Verdict(False, f"Predict a number for: {', '.join(missing)}.")
    wrong = []
    for way, send in WAYS.items():
        key = lesson.keys().scratch(f"exercise 1 {way}")
        lesson.client.delete(key)
        with suppress(ResponseError):
            send(lesson.client, key)
        found = lesson.client.llen(key)
        if found != prediction[way]:
            wrong.append(f"{way}: you expected {prediction[way]}, Redis holds {found}")
    if wrong:
        return Verdict(False, "\n".join([*wrong, "Why? Then change your prediction."]))
    return Verdict(True, "You know what each way leaves behind; all five were tried just now.")


KEEP, TTL_S, TRIPS = 3, 60, 6


def check_2(lesson: Lesson, append: Callable[..., Any]) -> Verdict:
    """However early the connection is lost, the list is as it was or as it should be."""
    client, key = lesson.client, lesson.keys().scratch("exercise 2")
    client.delete(key)
    tape = Tape()
    client.guard.add(tape)
    try:
        for number in range(5):
            append(client, key, f"turn {number}", KEEP, TTL_S)
    finally:
        client.guard.remove(tape)
    expected = [b"turn 2", b"turn 3", b"turn 4"]
    if (found := client.lrange(key, 0, -1)) != expected:
        return Verdict(False, f"After turns 0 to 4 the list holds {found}, not {expected}.")
    if not 0 < client.ttl(key) <= TTL_S:
        return Verdict(False, f"The list expires in {client.ttl(key)} s, not in {TTL_S} s.")
    for before in ([], expected):
        for trips in range(TRIPS):
            client.delete(key)
            if before:
                client.rpush(key, *before)
                client.expire(key, TTL_S)
            mortal = Mortal(client, trips)
            with suppress(ConnectionFailed):
                append(mortal, key, "new", KEEP, TTL_S)
            now = client.lrange(key, 0, -1)
            cut = f"With the connection cut after {trips} of its round trips, "
            if now not in (before, [*before, b"new"][-KEEP:]):
                return Verdict(False, f"{cut}{before} became {now}.")
            if now and client.ttl(key) < 0:
                return Verdict(False, f"{cut}the list is there and will never expire.")
    if not tape.names & {"MULTI", "EVAL", "EVALSHA"}:
        return Verdict(
            False,
            "Your commands travel together, but nothing makes Redis carry them out together: a "
            "crash between two of them leaves half.",
        )
    return Verdict(True, "Wherever the connection was cut, the turn was there whole or not at all.")


THREADS, CHANGES = 8, 25


def check_3(lesson: Lesson, amend: Callable[..., Any]) -> Verdict:
    """Nothing is lost when somebody else writes between the reading and the writing."""
    client, key = lesson.client, lesson.keys().scratch("exercise 3")
    client.delete(key)
    client.rpush(key, "first", "second")
    calls: list[bytes] = []

    def interrupted(element: bytes) -> bytes:
        calls.append(element)
        if len(calls) == 1:
            client.rpush(key, "third")
        return element + b", liked"

    amend(client, key, interrupted)
    found = client.lrange(key, 0, -1)
    if found not in (
        [b"first", b"second", b"third, liked"],
        [b"first", b"second, liked", b"third"],
    ):
        return Verdict(
            False,
            f"While your function was at work, somebody added a third turn. The list is now "
            f"{found}, and there should be three turns of which one is liked.",
        )
    client.delete(key)
    client.rpush(key, 0)

    def one_more(element: bytes) -> bytes:
        return b"%d" % (int(element) + 1)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda _: amend(client, key, one_more), range(THREADS * CHANGES)))
    counted = int(client.lindex(key, -1) or 0)
    changes = THREADS * CHANGES
    return Verdict(
        counted == changes, f"{THREADS} threads made {changes} changes, and {counted} are there."
    )
