"""The circuit breaker alone: an injected clock, real threads, no Redis."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from wellness.link.breaker import BreakerOpen, CircuitBreaker, Outcome

LIMIT, RESET_S = 3, 5.0


class Down(Exception):
    pass


class Stalled(Down):
    """A timeout."""


class Refusal(Exception):
    """An error that the dependency itself sent."""


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def judge(error: BaseException) -> Outcome:
    if isinstance(error, Down):
        return Outcome.STALLED if isinstance(error, Stalled) else Outcome.FAILED
    return Outcome.ANSWERED if isinstance(error, Refusal) else Outcome.UNKNOWN


def raising(error: BaseException) -> Callable[[], None]:
    def function() -> None:
        raise error

    return function


def fail(breaker: CircuitBreaker, error: BaseException) -> None:
    with pytest.raises(type(error)):
        breaker.call(raising(error))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def changes() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def breaker(clock: Clock, changes: list[tuple[str, str]]) -> CircuitBreaker:
    return CircuitBreaker(
        LIMIT, RESET_S, clock, judge=judge, on_change=lambda old, new: changes.append((old, new))
    )


@pytest.fixture
def opened(breaker: CircuitBreaker) -> CircuitBreaker:
    for _ in range(LIMIT):
        fail(breaker, Down())
    return breaker


def test_hands_arguments_and_results_through(breaker: CircuitBreaker) -> None:
    assert breaker.call(int, "ff", base=16) == 255


def test_opens_after_the_last_of_the_failures(breaker: CircuitBreaker) -> None:
    for _ in range(LIMIT - 1):
        fail(breaker, Down())
    assert breaker.state == "closed"
    fail(breaker, Down())
    assert breaker.state == "open"


def test_one_that_stalls_opens_it_alone(breaker: CircuitBreaker, clock: Clock) -> None:
    fail(breaker, Stalled())
    assert (breaker.state, breaker.failures) == ("open", LIMIT)
    clock.now += RESET_S
    assert breaker.call(int) == 0
    assert breaker.state == "closed"


def test_only_failures_in_a_row_count(breaker: CircuitBreaker) -> None:
    for _ in range(LIMIT):
        for _ in range(LIMIT - 1):
            fail(breaker, Down())
        breaker.call(int)
        assert breaker.failures == 0
    assert breaker.state == "closed"


def test_an_answered_error_ends_the_row_and_a_bug_does_not(breaker: CircuitBreaker) -> None:
    fail(breaker, Down())
    fail(breaker, TypeError())
    assert breaker.failures == 1
    fail(breaker, Refusal())
    assert breaker.failures == 0


def test_bugs_never_open_it(breaker: CircuitBreaker) -> None:
    for _ in range(10 * LIMIT):
        fail(breaker, TypeError())
    assert breaker.state == "closed"


def test_open_refuses_without_calling(opened: CircuitBreaker, clock: Clock) -> None:
    clock.now += 2.0
    called: list[int] = []
    with pytest.raises(BreakerOpen) as caught:
        opened.call(called.append, 1)
    assert called == []
    assert caught.value.retry_after_s == RESET_S - 2.0


def test_a_good_probe_closes_it(
    opened: CircuitBreaker, clock: Clock, changes: list[tuple[str, str]]
) -> None:
    clock.now += RESET_S
    assert opened.call(str, 1) == "1"
    assert (opened.state, opened.failures) == ("closed", 0)
    assert changes == [("closed", "open"), ("open", "half_open"), ("half_open", "closed")]


def test_a_bad_probe_opens_it_for_the_whole_time_again(
    opened: CircuitBreaker, clock: Clock, changes: list[tuple[str, str]]
) -> None:
    clock.now += RESET_S
    fail(opened, Down())
    assert opened.state == "open"
    with pytest.raises(BreakerOpen) as caught:
        opened.call(int)
    assert caught.value.retry_after_s == RESET_S
    assert changes[1:] == [("open", "half_open"), ("half_open", "open")]


def test_a_probe_answered_by_an_error_closes_it(opened: CircuitBreaker, clock: Clock) -> None:
    clock.now += RESET_S
    fail(opened, Refusal())
    assert opened.state == "closed"


@pytest.mark.parametrize("error", [TypeError(), KeyboardInterrupt(), SystemExit()])
def test_a_probe_that_dies_of_something_else_makes_way(
    opened: CircuitBreaker, clock: Clock, error: BaseException
) -> None:
    clock.now += RESET_S
    fail(opened, error)
    assert opened.state == "half_open"
    assert opened.call(str, 1) == "1"
    assert opened.state == "closed"


def test_one_probe_among_fifty_threads(opened: CircuitBreaker, clock: Clock) -> None:
    clock.now += RESET_S
    together, decided = threading.Barrier(50), threading.Event()
    probes: list[int] = []

    def probe() -> None:
        probes.append(threading.get_ident())
        assert decided.wait(30)

    def attempt() -> str:
        together.wait(30)
        try:
            opened.call(probe)
        except BreakerOpen:
            return "refused"
        return "probed"

    with ThreadPoolExecutor(50) as pool:
        attempts = [pool.submit(attempt) for _ in range(50)]
        for _ in range(3_000):
            if sum(one.done() for one in attempts) == 49:
                break
            decided.wait(0.01)
        decided.set()
    assert sorted(one.result() for one in attempts) == ["probed"] + ["refused"] * 49
    assert len(probes) == 1
    assert opened.state == "closed"


def test_fifty_threads_never_send_two_probes_at_once(clock: Clock) -> None:
    """Thirty outages in a row, threads that do not wait for each other, probes good and bad."""
    changes: list[tuple[str, str]] = []
    breaker = CircuitBreaker(
        1, RESET_S, clock, judge=judge, on_change=lambda old, new: changes.append((old, new))
    )
    probes: list[int] = []

    def probe(round_: int) -> None:
        probes.append(round_)
        if round_ % 2:
            raise Down

    def attempt(round_: int) -> None:
        with suppress(BreakerOpen, Down):
            breaker.call(probe, round_)

    with ThreadPoolExecutor(50) as pool:
        for round_ in range(1, 60, 2):  # each fails, so all that come after it are refused
            if breaker.state == "closed":
                fail(breaker, Down())
            clock.now += RESET_S
            list(pool.map(attempt, [round_] * 50))
            assert probes.count(round_) == 1
            assert breaker.state == "open"
        clock.now += RESET_S
        list(pool.map(attempt, [0] * 50))
        assert breaker.state == "closed"
    assert changes.count(("open", "half_open")) == 31
    assert changes[-2:] == [("open", "half_open"), ("half_open", "closed")]


@pytest.mark.parametrize("error", [None, Down()], ids=["good", "bad"])
def test_a_straggler_does_not_decide_for_the_probe(
    breaker: CircuitBreaker, clock: Clock, error: Down | None
) -> None:
    """A call that began before the breaker opened ends, well or badly, during the probe."""
    begun, finish = threading.Event(), threading.Event()

    def slow() -> None:
        begun.set()
        assert finish.wait(30)
        if error:
            raise error

    with ThreadPoolExecutor(1) as pool:
        straggler = pool.submit(breaker.call, slow)
        assert begun.wait(30)
        for _ in range(LIMIT):
            fail(breaker, Down())
        clock.now += RESET_S

        def probe() -> str:
            finish.set()
            assert straggler.exception(30) is error
            return breaker.state

        assert breaker.call(probe) == "half_open"
    assert breaker.state == "closed"


def test_a_probe_that_never_comes_back_is_replaced(opened: CircuitBreaker, clock: Clock) -> None:
    clock.now += RESET_S

    def probe() -> str:
        with pytest.raises(BreakerOpen) as caught:
            opened.call(int)
        assert caught.value.retry_after_s == RESET_S
        clock.now += RESET_S  # as if this thread had been lost on the way
        assert opened.call(str, 1) == "1"
        assert opened.state == "closed"
        raise Down

    with pytest.raises(Down):
        opened.call(probe)
    assert (opened.state, opened.failures) == ("closed", 0)


def test_repr_says_how_it_stands(opened: CircuitBreaker, clock: Clock) -> None:
    clock.now += 1.5
    assert repr(opened) == "<CircuitBreaker open, 3 of 3 failures, next probe in 3.5 s>"


def test_needs_a_limit(clock: Clock) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        CircuitBreaker(0, RESET_S, clock, judge=judge)


class AgainstAModel(RuleBasedStateMachine):
    """Any order of calls and waits does what three lines of arithmetic say it does."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.breaker = CircuitBreaker(LIMIT, RESET_S, self.clock, judge=judge)
        self.row = 0
        self.opened_at: float | None = None

    @rule(seconds=st.sampled_from([0.5, 2.0, RESET_S]))
    def wait(self, seconds: float) -> None:
        self.clock.now += seconds

    @rule(error=st.sampled_from([None, Down(), Refusal(), TypeError()]))
    def call(self, error: BaseException | None) -> None:
        allowed = self.opened_at is None or self.clock.now - self.opened_at >= RESET_S
        called = False

        def function() -> None:
            nonlocal called
            called = True
            if error:
                raise error

        with suppress(BreakerOpen, Down, Refusal, TypeError):
            self.breaker.call(function)
        assert called == allowed
        if allowed and isinstance(error, Down):
            self.row += 1
            if self.row >= LIMIT:
                self.opened_at = self.clock.now
        elif allowed and not isinstance(error, TypeError):
            self.row, self.opened_at = 0, None

    @invariant()
    def is_closed_exactly_when_the_model_is(self) -> None:
        assert (self.breaker.state == "closed") == (self.opened_at is None)


TestAgainstAModel = AgainstAModel.TestCase
TestAgainstAModel.settings = settings(max_examples=50, stateful_step_count=30, deadline=None)
