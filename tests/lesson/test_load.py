"""The load of a lesson: its rate, what it does while Redis is away, and that waiting counts."""

from __future__ import annotations

import threading
import time

from redis.exceptions import ConnectionError

from wellness.lesson.load import Load
from wellness.lesson.spark import spark


def test_each_call_is_made_once_and_in_order() -> None:
    seen: list[int] = []
    enough = threading.Event()

    def act(number: int) -> None:
        seen.append(number)
        if number == 50:
            enough.set()

    with Load(act, rate=2_000) as load:
        assert enough.wait(20)
    assert seen == list(range(len(seen)))
    assert load.done == len(seen) == load.waited.count
    assert not [one for one in threading.enumerate() if one.name == "load"]


def test_a_rate_of_zero_pauses_and_another_goes_on() -> None:
    more = threading.Event()
    with Load(lambda _: more.set(), rate=0) as load:
        time.sleep(0.1)
        assert load.done == 0
        load.rate = 500
        assert more.wait(20)


def test_a_stall_counts_for_every_call_that_was_due_meanwhile() -> None:
    """A loop that asks only when it was answered would see one slow call."""
    stall_s, enough = 0.3, threading.Event()

    def act(number: int) -> None:
        if number == 5:
            time.sleep(stall_s)
        if number == 60:
            enough.set()

    with Load(act, rate=100) as load:
        assert enough.wait(20)
    slow = sum(n for bucket, n in load.waited.buckets().items() if 1.0202**bucket > stall_s / 3)
    assert slow > 5


def test_calls_that_redis_does_not_answer_are_counted() -> None:
    failed = threading.Event()

    def act(number: int) -> None:
        if number == 3:
            failed.set()
        raise ConnectionError("gone")

    with Load(act, rate=1_000) as load:
        assert failed.wait(20)
    assert load.done == 0
    assert load.failed >= 4


def test_sparks_leave_gaps_and_say_what_they_are() -> None:
    drawn = spark({"a": [1, float("nan"), 3, 4], "b": [0, 10, 100]}, label='p50 < "p99"', log=True)
    assert drawn.count("<polyline") == 3
    assert 'aria-label="p50 &lt; &quot;p99&quot;"' in drawn
    assert spark({"a": []}, label="nothing yet").count("<polyline") == 0
