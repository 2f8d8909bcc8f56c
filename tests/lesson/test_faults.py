"""Faults of real servers, made and ended: what the kit's client says, and that it gets over it."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from redis.exceptions import BusyLoadingError, OutOfMemoryError, ReadOnlyError

from wellness.client import (
    RefusedFull,
    RefusedReadOnly,
    RefusedUnsafe,
    StillLoading,
    connect,
    health,
)
from wellness.errors import LessonError, RecallError, RedisUnavailable, WellnessError
from wellness.keys import Keys
from wellness.lesson.breakable import Breakable, breakable
from wellness.lesson.faults import attempt, every_fault, fill, symptom
from wellness.memory.short_term import ShortTerm
from wellness.memory.turns import Message, turn
from wellness.settings import Settings

BRISK = Settings(socket_timeout_s=0.5, breaker_reset_s=0.3)
KEYS = Keys("wellness:test:own", "ann")
VALUE = "x" * 1_000


@pytest.fixture(scope="module")
def own() -> Iterator[Breakable]:
    """A server to break; each test leaves it well."""
    with breakable(BRISK) as own:
        yield own


@pytest.fixture
def key(own: Breakable) -> Iterator[str]:
    key = KEYS.scratch("fault")
    own.client.set(key, "before")
    yield key
    own.client.set(key, "after")


def memory(own: Breakable) -> ShortTerm:
    return ShortTerm(own.client, "ann", settings=BRISK, clock=lambda: 0.0, namespace="wellness:t")


TURN = turn([Message("user", VALUE), Message("assistant", "Well.")], at=1_790_000_000_000)


def test_a_replica_is_read_and_not_written(own: Breakable, key: str) -> None:
    own.demote()
    try:
        assert own.client.get(key) == b"before"
        for write in (
            lambda: own.client.set(key, VALUE),
            lambda: own.client.pipeline().set(key, VALUE).execute(),
            lambda: own.client.pipeline(transaction=False).set(key, VALUE).execute(),
            lambda: memory(own).append("c1", TURN),
        ):
            with pytest.raises(RefusedReadOnly, match=r"replica.*redis\+sentinel") as caught:
                write()
            assert isinstance(caught.value, ReadOnlyError)
            assert isinstance(caught.value, WellnessError)
        assert own.client.guard.breaker.failures == 0
    finally:
        own.promote()
    assert own.client.set(key, VALUE)


def test_a_full_memory_is_read_and_not_written(own: Breakable, key: str) -> None:
    own.fill_memory()
    try:
        assert own.client.get(key) == b"before"
        with pytest.raises(RefusedFull, match="maxmemory") as caught:
            own.client.set(key, VALUE)
        assert isinstance(caught.value, OutOfMemoryError)
        with pytest.raises(RecallError, match="out of memory"):
            memory(own).append("c1", TURN)
        assert memory(own).read("c1", 10) == []
        assert own.client.unlink(key), "what is not needed can still be deleted"
    finally:
        own.free_memory()
    assert own.client.set(key, VALUE)


def test_a_full_disk_takes_one_write_then_none_and_mends_by_itself(
    own: Breakable, key: str
) -> None:
    own.fill_disk()
    try:
        assert own.client.set(key, VALUE), "the write that meets the full disk is acknowledged"
        for write in (
            lambda: own.client.set(key, "later"),
            lambda: own.client.pipeline().set(key, "later").execute(),
            lambda: memory(own).append("c1", TURN),
        ):
            with pytest.raises(RefusedUnsafe, match=r"No space left on device\. Make room"):
                write()
        assert own.client.get(key) == VALUE.encode()
        assert own.client.info("persistence")["aof_last_write_status"] == "err"
        assert "No space left" in health(own.client).problem, "PING is refused as well"
    finally:
        own.free_disk()
    row = symptom("over", own.client, key, lambda: None, lambda: None, most_s=10)
    assert row.write.ok or row.write.error == "RefusedUnsafe"
    own.server.kill()
    own.restart()
    assert own.client.get(key) == b"x" * 1_000, "what was held back meanwhile is on disk"


def test_with_every_write_synced_a_full_disk_ends_the_server() -> None:
    """`appendfsync always` promises that what is acknowledged is on disk; so it cannot go on."""
    with breakable(BRISK, "--appendfsync", "always") as own:
        key = KEYS.scratch("fault")
        own.client.set(key, "before")
        own.fill_disk()
        with pytest.raises(redis.ConnectionError):
            own.client.set(key, VALUE)
        own.restart()
        assert own.client.get(key) == b"before"


def test_a_server_that_loads_says_so(own: Breakable, key: str) -> None:
    fill(own.client, KEYS)
    own.restart_loading()
    with pytest.raises(StillLoading, match="still loading") as caught:
        own.client.get(key)
    assert isinstance(caught.value, RedisUnavailable)
    assert isinstance(caught.value, BusyLoadingError)
    assert "wellness info" in caught.value.hint
    assert own.client.guard.breaker.failures == 0, "it is alive, and to be asked again"
    row = symptom("over", own.client, key, lambda: None, lambda: None, most_s=30)
    assert row.read.error in ("StillLoading", "")
    assert own.client.get(key) == b"x" * 1_000


def test_every_fault_has_its_symptoms() -> None:
    found = every_fault(BRISK, "wellness:lesson:test", late_s=0.02)
    seen = {row.fault: (row.read.error, row.write.error) for row in found.rows}
    assert seen == {
        "dead port": ("ConnectionFailed", "ConnectionFailed"),
        "silent server": ("NoAnswer", "CircuitOpen"),
        "slow server": ("", ""),
        "reply cut in the middle": ("ConnectionFailed", ""),
        "replica": ("", "RefusedReadOnly"),
        "memory full": ("", "RefusedFull"),
        "disk full": ("", "RefusedUnsafe"),
        "loading": ("StillLoading", "StillLoading"),
    }
    assert all(row.hint for row in found.rows if row.read.error or row.write.error)
    assert found["slow server"].read.seconds >= 0.02
    shown = found._repr_html_()
    assert all(row.fault in shown and row.hint.split(".")[0] in shown for row in found.rows)
    assert repr(found).count("\n") == len(seen) - 1


def test_a_client_that_stays_ill_is_an_error(own: Breakable, key: str) -> None:
    with pytest.raises(LessonError, match="did not get over: no end"):
        symptom("no end", own.client, key, own.fill_memory, lambda: None, most_s=0.2)
    own.free_memory()


def test_an_attempt_catches_only_what_redis_does() -> None:
    with pytest.raises(ZeroDivisionError):
        attempt("read", lambda: 1 / 0)


def test_nothing_is_left_of_a_broken_server() -> None:
    threads = set(threading.enumerate())
    with breakable(BRISK) as own:
        folder, pid = own.server.crew.folder, own.server.pid
        own.demote()
        own.server.kill()
    assert set(threading.enumerate()) == threads
    assert not Path(folder).exists()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    with connect(own.settings) as client, pytest.raises(redis.ConnectionError):
        client.ping()
