"""The checks of lesson 09 accept what is right, and see through what only looks right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import redis
from redis.exceptions import ResponseError

from wellness.client import Client, connect
from wellness.errors import RedisUnavailable, WellnessError
from wellness.keys import Keys
from wellness.lesson.exercises import l09
from wellness.lesson.exercises.calls import Calls
from wellness.lesson.exercises.promises import find_broken_promise
from wellness.link.breaker import BreakerOpen
from wellness.server import EmbeddedServer
from wellness.settings import Settings
from wellness.topologies import Replicated, replicated


@pytest.fixture
def lesson(redis_server: EmbeddedServer, namespace: str) -> Iterator[Any]:
    settings = Settings(redis_url=redis_server.url)
    with connect(settings) as client:
        yield SimpleNamespace(
            client=client, settings=settings, keys=lambda user: Keys(namespace, user)
        )


# --- 1: persistence ---------------------------------------------------------------------------

EVERYSEC = {"appendonly": "yes", "appendfsync": "everysec"}
ALWAYS = {"appendonly": "yes", "appendfsync": "always"}
SNAPSHOTS = {"appendonly": "no", "save": "300 1"}
RIGHT = {"rollups": SNAPSHOTS, "conversations": EVERYSEC, "audit": ALWAYS}


@pytest.mark.parametrize(
    ("change", "said"),
    [({}, "Three servers"),
     ({"rollups": {"appendonly": "no", "save": "3600 1 60 1"}}, "Three servers"),
     ({"rollups": EVERYSEC}, "rollups: no log"),
     ({"rollups": {"appendonly": "no"}}, "rollups: with save ''"),
     ({"rollups": {"appendonly": "no", "save": "60 1000"}}, "rollups: with save '60 1000'"),
     ({"rollups": {"appendonly": "no", "save": "3600 1"}}, "after five minutes"),
     ({"conversations": SNAPSHOTS}, "conversations: a turn was acknowledged"),
     ({"conversations": ALWAYS}, "conversations: each turn waits"),
     ({"conversations": {"appendonly": "yes", "appendfsync": "no"}}, "up to the kernel"),
     ({"audit": EVERYSEC}, "audit: a power cut"),
     ({"audit": {"appendonly": "no", "save": "1 1"}}, "audit: an entry was acknowledged"),
     ({"audit": {"appendonly": "yes", "appendfsync": "often"}}, "does not start"),
     ({"audit": {"appendonly": "yes", "maxmemory": "1gb"}}, "['maxmemory']"),
     ({"audit": {}}, "at least appendonly"),
     ({"audit": ...}, "at least appendonly")],
)  # fmt: skip
def test_persistence_by_requirement(lesson: Any, change: dict[str, Any], said: str) -> None:
    verdict = l09.check_1(lesson, RIGHT | change)
    assert said in verdict.message
    assert verdict.passed == ("Three servers" in said)


# --- 2: what may be repeated ------------------------------------------------------------------

NAMES = {"GET", "LRANGE", "SET", "HSET", "ZADD", "UNLINK", "SADD"}


def may_repeat(command: tuple[Any, ...]) -> bool:
    return command[0] in NAMES and "INCR" not in command


def sender(
    may: Callable[[tuple[Any, ...]], bool],
    errors: Any = RedisUnavailable,
    tries: int = 3,
) -> Callable[..., Any]:
    def send(client: Client, *command: Any) -> Any:
        for left in reversed(range(tries)):
            try:
                return client.execute_command(*command)
            except errors:
                if not left or not may(command):
                    raise
        raise AssertionError

    return send


def silent(client: Client, *command: Any) -> Any:
    try:
        return sender(may_repeat)(client, *command)
    except redis.ConnectionError:
        return None


def deaf(client: Client, *command: Any) -> Any:
    sender(may_repeat)(client, *command)


def swallows(client: Client, *command: Any) -> Any:
    try:
        return sender(may_repeat)(client, *command)
    except ResponseError:
        return None


def persistent(client: Client, *command: Any) -> Any:
    while True:
        try:
            return client.execute_command(*command)
        except RedisUnavailable:
            if not may_repeat(command):
                raise


@pytest.mark.parametrize(
    ("answer", "said"),
    [(sender(may_repeat), "none of them done twice"),
     (sender(may_repeat, errors=redis.ConnectionError, tries=2), "none of them done twice"),
     (sender(lambda command: True), "INCR number: it was carried out twice"),
     (sender(lambda command: command[0] != "INCR"), "RPUSH list turn: it was carried out twice"),
     (sender(lambda command: command[0] in NAMES), "ZADD sorted INCR"),
     (sender(lambda command: False), "GET text: to do it twice is to do it once"),
     (sender(lambda command: command[0] in {"GET", "LRANGE"}), "SET text new: to do it twice"),
     (silent, "the caller is not told"),
     (deaf, "GET text: Redis answered b'old'; you return None"),
     (swallows, "LRANGE of a hash is an error"),
     (persistent, "Some day, give up")],
    ids=["right", "twice", "always", "all but INCR", "by name alone", "never", "reads only",
         "in silence", "without the reply", "swallows", "for ever"],
)  # fmt: skip
def test_what_is_repeated(lesson: Any, answer: Callable[..., Any], said: str) -> None:
    verdict = l09.check_2(lesson, answer)
    assert said in verdict.message
    assert verdict.passed == ("none of them" in said)
    assert not list(lesson.client.scan_iter(match=f"{lesson.keys('exercise 2').prefix}*"))


# --- 3: the breaker ---------------------------------------------------------------------------


class Right(Calls):
    """A breaker as the lesson solves it; each class below gets one thing wrong."""

    counts: tuple[type[Exception], ...] = (ConnectionError,)

    def admit(self) -> None:
        with self.lock:
            if self.failed >= self.limit:
                if self.probing or self.clock() < self.retry_at:
                    raise BreakerOpen(max(self.retry_at - self.clock(), 0.0))
                self.probing = True

    def settle(self, error: BaseException | None) -> None:
        with self.lock:
            self.probing = False
            if isinstance(error, self.counts):
                self.failed, self.retry_at = self.failed + 1, self.clock() + self.pause_s
            elif error is None:
                self.failed = 0


class Blank(Calls):
    def admit(self) -> None:
        if self.failed >= self.limit and self.clock() < self.retry_at:
            raise BreakerOpen(self.retry_at - self.clock())

    def settle(self, error: BaseException | None) -> None:
        self.failed += error is not None


class Eager(Right):
    def admit(self) -> None:
        self.limit -= 1
        try:
            super().admit()
        finally:
            self.limit += 1


class NeverForgets(Right):
    def settle(self, error: BaseException | None) -> None:
        if error or self.failed >= self.limit:
            super().settle(error)


class CountsBugs(Right):
    counts = (Exception,)


class BugsAreAnswers(Right):
    """Takes any error but a failure for a sign of life."""

    def settle(self, error: BaseException | None) -> None:
        super().settle(error if isinstance(error, ConnectionError) else None)


class Stuck(Right):
    """A probe that learned nothing stays under way for ever."""

    def settle(self, error: BaseException | None) -> None:
        if error is None or isinstance(error, ConnectionError):
            super().settle(error)


class LetsAllThrough(Right):
    def admit(self) -> None:
        super().admit()
        self.probing = False


class WithoutLock(Right):
    def admit(self) -> None:
        if self.failed >= self.limit:
            if self.probing or self.clock() < self.retry_at:
                raise BreakerOpen(1.0)
            self.probing = True


class LooksOutsideTheLock(Right):
    def admit(self) -> None:
        if self.failed >= self.limit and (self.probing or self.clock() < self.retry_at):
            raise BreakerOpen(1.0)
        with self.lock:
            self.probing = self.failed >= self.limit


class HoldsLock(Calls):
    """From `admit` to `settle`, so that one call waits for the other."""

    def admit(self) -> None:
        self.lock.acquire()
        if self.failed >= self.limit:
            if self.clock() < self.retry_at:
                self.lock.release()
                raise BreakerOpen(1.0)
            self.probing = True

    def settle(self, error: BaseException | None) -> None:
        if isinstance(error, ConnectionError):
            self.failed, self.retry_at = self.failed + 1, self.clock() + self.pause_s
        elif error is None:
            self.failed = 0
        self.lock.release()


class KeepsOldPause(Right):
    """A probe that failed does not begin a new pause."""

    def settle(self, error: BaseException | None) -> None:
        before, probing = self.retry_at, self.probing
        super().settle(error)
        if probing:
            self.retry_at = before


class NeedsAllFailures(Right):
    """A probe that failed counts as the first of several."""

    def settle(self, error: BaseException | None) -> None:
        if self.probing:
            self.failed = 0
        super().settle(error)


class HalfCloses(Right):
    """After a probe that worked one failure is enough."""

    def settle(self, error: BaseException | None) -> None:
        probing = self.probing
        super().settle(error)
        if probing and not error:
            self.failed = self.limit - 1


class Never(Right):
    def admit(self) -> None:
        if self.failed >= self.limit:
            raise BreakerOpen(1.0)


@pytest.mark.parametrize(
    ("kind", "said"),
    [(Right, "exactly one of many"), (Calls, "must raise BreakerOpen"),
     (Blank, "must raise BreakerOpen"), (Eager, "may not open before"),
     (NeverForgets, "in a row"), (CountsBugs, "division by zero"), (Never, "the probe."),
     (HalfCloses, "begins anew"), (NeedsAllFailures, "opens it again"),
     (KeepsOldPause, "opens it again"), (Stuck, "learned nothing"),
     (BugsAreAnswers, "says nothing"), (LetsAllThrough, "a second call went through"),
     (HoldsLock, "not made to wait"), (WithoutLock, "20 threads came at the same moment"),
     (LooksOutsideTheLock, "20 threads came at the same moment")],
)  # fmt: skip
def test_the_breaker(lesson: Any, kind: type, said: str) -> None:
    verdict = l09.check_3(lesson, kind)
    assert said in verdict.message
    assert verdict.passed == (kind is Right)


# --- 4: the promise ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def local() -> Iterator[Replicated]:
    with replicated(Settings(), replicas=2) as local:
        yield local


def keep(client: Client, key: str, value: str, *, replicas: int, timeout_ms: int) -> str:
    pipe = client.pipeline(transaction=False)
    pipe.set(key, value)
    pipe.wait(replicas, timeout_ms)
    try:
        _, have = pipe.execute()
    except RedisUnavailable as error:
        return "refused" if isinstance(error, BreakerOpen) else "unknown"
    except (WellnessError, ResponseError):
        return "refused"
    return "kept" if have >= replicas else "unconfirmed"


def one_connection(client: Client, key: str, value: str, *, replicas: int, timeout_ms: int) -> str:
    with client.client() as own:
        try:
            own.set(key, value)
            return "kept" if own.wait(replicas, timeout_ms) >= replicas else "unconfirmed"
        except RedisUnavailable:
            return "unknown"
        except ResponseError:
            return "refused"


def any_connection(client: Client, key: str, value: str, *, replicas: int, timeout_ms: int) -> str:
    client.set(key, value)
    return "kept" if client.wait(replicas, timeout_ms) >= replicas else "unconfirmed"


def in_multi(client: Client, key: str, value: str, *, replicas: int, timeout_ms: int) -> str:
    pipe = client.pipeline()
    pipe.set(key, value)
    pipe.wait(replicas, timeout_ms)
    return "kept" if pipe.execute()[1] >= replicas else "unconfirmed"


def undoes(client: Client, key: str, value: str, *, replicas: int, timeout_ms: int) -> str:
    end = keep(client, key, value, replicas=replicas, timeout_ms=timeout_ms)
    if end == "unconfirmed":
        client.delete(key)
    return end


def believes(client: Client, key: str, value: str, *, replicas: int, timeout_ms: int) -> str:
    client.set(key, value)
    return "kept"


def one_word(client: Client, key: str, value: str, *, replicas: int, timeout_ms: int) -> str:
    end = keep(client, key, value, replicas=replicas, timeout_ms=timeout_ms)
    return "refused" if end == "unknown" else end


def again(client: Client, key: str, value: str, *, replicas: int, timeout_ms: int) -> str:
    end = keep(client, key, value, replicas=replicas, timeout_ms=timeout_ms)
    while end == "unconfirmed":
        end = keep(client, key, value, replicas=replicas - 1, timeout_ms=timeout_ms)
        replicas -= 1
    return end


@pytest.mark.parametrize(
    ("answer", "said"),
    [(keep, ""), (one_connection, ""),
     (any_connection, "one of two is suspended: 'unconfirmed'; you say 'kept'"),
     (in_multi, "one of two is suspended: 'unconfirmed'; you say 'kept'"),
     (undoes, "the primary should have"),
     (believes, "one of two is suspended"),
     (again, "one of two is suspended"),
     (one_word, "When no answer comes: 'unknown'; you say 'refused'")],
    ids=["right", "one connection", "any connection", "in MULTI", "undoes",
         "believes", "lowers the bar", "refused is not unknown"],
)  # fmt: skip
def test_what_a_write_is_told(local: Replicated, answer: Callable[..., Any], said: str) -> None:
    found = find_broken_promise(local, answer)
    assert said in found
    assert bool(found) == bool(said), found


def test_the_check_has_servers_of_its_own(lesson: Any) -> None:
    assert l09.check_4(lesson, keep).passed
