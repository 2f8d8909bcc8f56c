"""The sliding window: as a plain list of moments in Python, and without Redis."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from redis import Redis
from redis.exceptions import (
    AuthenticationError,
    ConnectionError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
    ResponseError,
    TimeoutError,
)

from wellness import keys
from wellness.client import connect
from wellness.keys import Keys
from wellness.ops.admission import Counter, Decision, Script, Subject, WhenDown, is_away
from wellness.ops.limits import LONGEST_S, MOST, SLIDING, RateLimiter
from wellness.settings import Settings

from .clocks import ServerClock, most_in_a_window

ANN = Subject("user", "ann")
quick = hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


class Reference:
    """The same limit over a list of moments; in microseconds."""

    def __init__(self, limit: int, window_us: int) -> None:
        self.limit, self.window_us = limit, window_us
        self.moments: list[int] = []

    def hit(self, now: int, cost: int) -> tuple[bool, int, int]:
        """Whether it is let through, what is left, microseconds until there is room."""
        live = [moment for moment in self.moments if moment > now - self.window_us]
        if len(live) + cost <= self.limit:
            self.moments = live + [now] * cost
            return True, self.limit - len(self.moments), 0
        wait = next(
            delay
            for delay in sorted(moment + self.window_us - now for moment in live)
            if sum(m > now + delay - self.window_us for m in live) + cost <= self.limit
        )
        return False, self.limit - len(live), wait


def limiter_of(
    client: Redis, namespace: str, *, limit: int = 3, window_s: float = 10, clock: bool = True
) -> tuple[RateLimiter, ServerClock]:
    """A limiter, and the clock that it reads."""
    made = ServerClock(client, Keys(namespace, "clock").scratch("now"))
    script = made.script(SLIDING) if clock else None
    counter = Counter(client, namespace)
    return RateLimiter(counter, "t", limit=limit, window_s=window_s, script=script), made


# --- one after the other --------------------------------------------------------------------------

steps = st.lists(
    st.tuples(st.integers(0, 1_200), st.integers(1, 5), st.sampled_from(["ann", "ben"])),
    max_size=60,
)


@quick
@given(st.integers(5, 12), st.integers(1_000, 3_000), steps)
def test_it_decides_as_a_list_of_moments_does(
    client: Redis, namespace: str, limit: int, window_s: int, script: list[tuple[int, int, str]]
) -> None:
    window = window_s * 1_000_000  # long beside the test, so that no key expires by itself
    limiter, clock = limiter_of(
        client, f"{namespace}:{uuid.uuid4().hex[:8]}", limit=limit, window_s=window_s
    )
    reference = {name: Reference(limit, window) for name in ("ann", "ben")}
    through: dict[str, list[tuple[int, int]]] = {"ann": [], "ben": []}
    for wait, cost, name in script:
        clock.set(clock.now_us + wait * 1_000_000)
        said = limiter.hit(Subject("user", name), cost)
        allowed, remaining, retry_us = reference[name].hit(clock.now_us, cost)
        assert said == Decision(allowed, remaining, retry_us / 1e6, clock.now_us)
        if allowed:
            through[name].append((clock.now_us, cost))
    for log in filter(None, through.values()):
        assert most_in_a_window(log, window) <= limit
    keys.delete(client, limiter.counter.namespace)


def test_after_the_wait_it_named_there_is_room_and_not_before(
    client: Redis, namespace: str
) -> None:
    limiter, clock = limiter_of(client, namespace)
    begun = clock.now_us
    for wait, remaining in ((0, 2), (1_000_000, 1), (1_000_000, 0)):
        clock.set(clock.now_us + wait)
        assert limiter.hit(ANN) == Decision(True, remaining, 0.0, clock.now_us)
    said = limiter.hit(ANN, 2)
    assert said == Decision(False, 0, 9.0, clock.now_us), "two must go: the second one after 11 s"
    clock.set(begun + 11_000_000 - 1)
    assert not limiter.hit(ANN, 2).allowed
    clock.set(begun + 11_000_000)
    assert limiter.hit(ANN, 2).allowed


def test_a_clock_that_is_set_back_lets_nothing_more_through(client: Redis, namespace: str) -> None:
    limiter, clock = limiter_of(client, namespace)
    latest = clock.now_us
    assert limiter.hit(ANN, 3).allowed
    clock.set(latest - 3_600_000_000)
    said = limiter.hit(ANN)
    assert said == Decision(False, 0, 10.0, latest)


def test_another_limit_counts_what_there_is(client: Redis, namespace: str) -> None:
    wide, _ = limiter_of(client, namespace, limit=10)
    narrow, _ = limiter_of(client, namespace, limit=4)
    assert wide.hit(ANN, 8).remaining == 2
    assert narrow.hit(ANN).remaining == 0
    assert not narrow.hit(ANN).allowed
    assert wide.hit(ANN).remaining == 1


def test_subjects_and_rules_do_not_count_for_each_other(client: Redis, namespace: str) -> None:
    counter = Counter(client, namespace)
    limiter = RateLimiter(counter, "t", limit=1, window_s=60)
    same = [
        Subject("user", "10.0.0.1"),
        Subject("address", "10.0.0.1"),
        Subject("model", "x" * 500),
    ]
    assert all(limiter.hit(subject).allowed for subject in same)
    assert not any(limiter.hit(subject).allowed for subject in same)
    assert RateLimiter(counter, "other", limit=1, window_s=60).hit(same[0]).allowed
    limiter.reset(same[0])
    assert limiter.hit(same[0]).allowed


# --- what is stored -------------------------------------------------------------------------------


def test_what_a_subject_takes_is_bounded_and_expires(client: Redis, namespace: str) -> None:
    limiter = RateLimiter(Counter(client, namespace), "t", limit=MOST, window_s=LONGEST_S)
    named = Subject("address", "x" * 100_000)
    for _ in range(3):
        limiter.hit(named, MOST // 2)
    assert not limiter.hit(named).allowed
    key = limiter.key(named)
    assert len(key) < 200
    assert client.llen(key) == MOST
    size = client.memory_usage(key)
    assert size is not None
    assert size < 14 * MOST
    assert keys.audit(client, namespace) == []


def test_what_is_too_old_is_dropped_at_once(client: Redis, namespace: str) -> None:
    limiter, clock = limiter_of(client, namespace, limit=1_000)
    for _ in range(9):
        clock.set(clock.now_us + 1_000_000)
        assert limiter.hit(ANN, 100).allowed
    clock.set(clock.now_us + 10_500_000)
    assert limiter.hit(ANN).remaining == 999
    assert client.llen(limiter.key(ANN)) == 1


@pytest.mark.parametrize(("limit", "window_s"), [(0, 1), (MOST + 1, 1), (1, 0), (1, 86_401)])
def test_a_limit_has_bounds(client: Redis, limit: int, window_s: float) -> None:
    with pytest.raises(ValueError, match=r"limit is|window lasts"):
        RateLimiter(Counter(client), "t", limit=limit, window_s=window_s)


@pytest.mark.parametrize("cost", [0, 4])
def test_a_request_that_never_fits_is_a_mistake(client: Redis, namespace: str, cost: int) -> None:
    limiter, _ = limiter_of(client, namespace)
    with pytest.raises(ValueError, match="costs 1 to 3"):
        limiter.hit(ANN, cost)


def test_a_kind_of_subject_cannot_pass_for_another() -> None:
    with pytest.raises(ValueError, match="lower-case word"):
        Subject("user.x", "ann")


def test_a_script_that_the_server_forgot_comes_back(client: Redis, namespace: str) -> None:
    limiter, _ = limiter_of(client, namespace, clock=False)
    script = Script(SLIDING + f"-- {uuid.uuid4()}\n")
    limiter = RateLimiter(limiter.counter, "t", limit=2, window_s=60, script=script)
    assert client.script_exists(script.sha) == [False]
    assert limiter.hit(ANN).remaining == 1
    assert client.script_exists(script.sha) == [True]


# --- without Redis --------------------------------------------------------------------------------


class Broken:
    """A client whose every call fails."""

    def __init__(self, error: RedisError) -> None:
        self.error = error

    def evalsha(self, *_: object) -> object:
        raise self.error


def broken(error: RedisError, when_down: WhenDown) -> Decision:
    counter = Counter(Broken(error), when_down=when_down, retry_s=7.0)  # type: ignore[arg-type]
    return RateLimiter(counter, "turns", limit=1, window_s=60).hit(ANN)


AWAY = [
    ConnectionError("gone"),
    TimeoutError("silent"),
    OutOfMemoryError("command not allowed"),
    ReadOnlyError("replica"),
    ResponseError("MISCONF Redis is configured to save"),
    ResponseError("NOREPLICAS Not enough good replicas"),
]


@pytest.mark.parametrize("error", AWAY, ids=repr)
def test_while_redis_cannot_count_the_setting_decides_and_says_so(error: RedisError) -> None:
    opened, closed = broken(error, "open"), broken(error, "closed")
    assert (opened.allowed, opened.remaining, opened.retry_after_s) == (True, None, 0.0)
    assert (closed.allowed, closed.remaining, closed.retry_after_s) == (False, None, 7.0)
    assert "limit 'turns' of user ann: let through uncounted" in opened.problem
    assert "refused, because Redis did not count it" in closed.problem
    assert str(error) in opened.problem
    assert not opened.counted
    assert not closed.counted


@pytest.mark.parametrize(
    "error",
    [ResponseError("WRONGTYPE"), ResponseError("NOPERM"), AuthenticationError("wrong password")],
    ids=repr,
)
def test_a_mistake_is_no_outage(error: RedisError) -> None:
    assert not is_away(error)
    with pytest.raises(type(error)):
        broken(error, "open")


def test_a_dead_redis_is_let_through_or_not_by_the_kits_client(tmp_path: Path) -> None:
    dead = Settings(redis_url=f"unix://{tmp_path}/nobody.sock", breaker_failures=1)
    with connect(dead) as client:
        limiter = RateLimiter(Counter(client), "t", limit=1, window_s=60)
        said = [limiter.hit(ANN) for _ in range(3)]
        assert all(one.allowed for one in said)
        assert "failed a moment ago" in said[-1].problem, "the breaker answers now"
        closed = RateLimiter(Counter(client, when_down="closed"), "t", limit=1, window_s=60)
        assert not closed.hit(ANN).allowed
