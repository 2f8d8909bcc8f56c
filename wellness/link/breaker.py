"""A circuit breaker: after a few failures in a row, stop asking and fail at once.

Without one, a dead or silent server costs every caller a full timeout. The breaker is *closed*
while calls go through. `failures` failures in a row *open* it: calls are refused in microseconds.
A call that has cost its caller a whole timeout opens it alone.
After `reset_s` seconds it is *half-open*: exactly one call, the probe, goes through, and its
outcome closes the breaker or opens it again. The pattern is Michael Nygard's ("Release It!",
2007, chapter "Stability Patterns").

It knows nothing of Redis. What an exception means is the caller's to say:

>>> def judge(error):
...     return Outcome.FAILED if isinstance(error, OSError) else Outcome.UNKNOWN
>>> now = 0.0
>>> breaker = CircuitBreaker(failures=1, reset_s=5.0, clock=lambda: now, judge=judge)
>>> def dead():
...     raise ConnectionRefusedError("nobody is there")
>>> try:
...     breaker.call(dead)
... except OSError as error:
...     print(error)
nobody is there
>>> breaker
<CircuitBreaker open, 1 of 1 failures, next probe in 5.0 s>
>>> now = 5.0
>>> breaker.call(len, "alive")
5
>>> breaker
<CircuitBreaker closed, 0 of 1 failures>
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from enum import Enum
from typing import Literal, ParamSpec, TypeVar

State = Literal["closed", "open", "half_open"]
P = ParamSpec("P")
T = TypeVar("T")


class Outcome(Enum):
    """What the end of a call says about the dependency."""

    ANSWERED = "answered"  # it is alive, even if its answer was an error
    FAILED = "failed"  # it is not: counts towards opening
    STALLED = "stalled"  # it is not, and saying so took a whole timeout: opens at once
    UNKNOWN = "unknown"  # a bug of the caller's, or an interrupt: says nothing


class BreakerOpen(Exception):
    """A call was refused without being made; `retry_after_s` seconds are left until a probe."""

    def __init__(self, retry_after_s: float, message: str | None = None) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(message or f"The circuit is open for another {retry_after_s:.1f} s.")


class CircuitBreaker:
    """Counts consecutive failures of one dependency and refuses calls while it is down.

    Thread-safe. A call that began before the last change of state cannot change it again, so a
    slow straggler neither closes nor opens what a probe has decided since. A probe that has not
    come back after `reset_s` seconds (its thread was interrupted or forked away) is given up
    and the next call takes its place; keep `reset_s` above the longest timeout of a call.

    Args:
        failures: failures in a row that open it, at least 1.
        reset_s: seconds from opening to the probe.
        clock: monotonic seconds, for instance `time.monotonic`.
        judge: what an exception says about the dependency.
        on_change: called with the old and the new state after each change, outside the lock;
            it must not raise.
    """

    def __init__(
        self,
        failures: int,
        reset_s: float,
        clock: Callable[[], float],
        *,
        judge: Callable[[BaseException], Outcome],
        on_change: Callable[[State, State], None] = lambda old, new: None,
    ) -> None:
        if failures < 1:
            raise ValueError(f"failures must be at least 1, not {failures}.")
        self._limit = failures
        self._reset_s = reset_s
        self._clock = clock
        self._judge = judge
        self._on_change = on_change
        self._lock = threading.Lock()
        self._state: State = "closed"
        self._failed = 0
        self._era = 0  # grows with each change of state and each probe
        self._retry_at = 0.0  # open: when a probe may go; half-open: when the probe is given up

    @property
    def state(self) -> State:
        """The state after the last call; an open breaker stays so until a call comes to probe."""
        return self._state

    @property
    def failures(self) -> int:
        """Failures in a row so far."""
        return self._failed

    def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a function, or refuse to.

        Raises:
            BreakerOpen: it was not called.
            BaseException: whatever the function raises, unchanged.
        """
        era = self._admit()
        try:
            result = function(*args, **kwargs)
        except BaseException as error:
            self._settle(era, self._judge(error))
            raise
        if self._failed:  # read without the lock: the usual case costs no more than this
            self._settle(era, Outcome.ANSWERED)
        return result

    def _admit(self) -> int:
        era = self._era  # before the state, so that a change in between makes this call old news
        if self._state == "closed":
            return era
        with self._lock:
            old = self.state
            if old == "closed":
                return self._era
            now = self._clock()
            if now < self._retry_at:
                raise BreakerOpen(self._retry_at - now)
            self._enter("half_open", now)
            era = self._era
        if old != "half_open":
            self._on_change(old, "half_open")
        return era

    def _settle(self, era: int, outcome: Outcome) -> None:
        with self._lock:
            if era != self._era:
                return
            old = self._state
            if outcome is Outcome.ANSWERED:
                self._failed = 0
                if old == "half_open":
                    self._enter("closed", 0.0)
            elif outcome in (Outcome.FAILED, Outcome.STALLED):
                step = 1 if outcome is Outcome.FAILED else self._limit
                self._failed = min(self._failed + step, self._limit)
                if self._failed == self._limit:
                    self._enter("open", self._clock())
            elif old == "half_open":
                self._retry_at = self._clock()  # the probe learned nothing: let the next one try
            new = self._state
        if new != old:
            self._on_change(old, new)

    def _enter(self, state: State, now: float) -> None:
        self._state = state
        self._era += 1
        self._retry_at = now + self._reset_s

    def __repr__(self) -> str:
        with self._lock:
            state, failed = self._state, self._failed
            left = max(0.0, self._retry_at - self._clock())
        wait = f", next probe in {left:.1f} s" if state == "open" else ""
        return f"<CircuitBreaker {state}, {failed} of {self._limit} failures{wait}>"
