"""What a circuit breaker must do, tried on one that a learner wrote, with a clock that we move.

A learner's breaker is a `Calls` with two methods: `admit`, which raises `BreakerOpen` to refuse,
and `settle`, which is told how a call ended.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from wellness.link.breaker import BreakerOpen

FAILURES, PAUSE_S = 3, 5.0
AT_ONCE_S = 2.0  # for a thread that must be refused at once
PATIENCE_S = 5.0  # for threads to do what they will do
CALLERS = 20  # threads that come at the end of the pause
TICK_S = 0.001  # that each line takes then: room for others to come between any two


@dataclass
class _Clock:
    """Seconds that pass when we say so."""

    now: float = 100.0

    def __call__(self) -> float:
        return self.now


@dataclass
class _Bench:
    """A breaker and the Redis behind it: alive, dead, or with a bug on the way."""

    kind: Callable[..., Any]
    clock: _Clock = field(default_factory=_Clock)
    asked: int = 0
    error: type[Exception] | None = None

    def __post_init__(self) -> None:
        self.breaker = self.kind(failures=FAILURES, pause_s=PAUSE_S, clock=self.clock)

    def ask(self) -> str:
        self.asked += 1
        if self.error:
            raise self.error("as planned")
        return "PONG"

    def call(self, error: type[Exception] | None = None, times: int = 1) -> str:
        """How the last of some calls ended: what came back, or the error's name."""
        self.error, end = error, ""
        for _ in range(times):
            try:
                end = str(self.breaker.call(self.ask))
            except BreakerOpen:
                end = "refused"
            except (ConnectionError, ZeroDivisionError) as raised:
                end = type(raised).__name__
        return end

    def opened(self) -> _Bench:
        """After as many failures as it takes, and no call more."""
        self.call(ConnectionError, FAILURES)
        self.asked = 0
        return self


def find_fault(kind: Callable[..., Any]) -> str:
    """The first thing that a breaker does wrong, in a sentence; empty if it does all right."""
    for find in (_opens, _counts_in_a_row, _bugs, _probe, _failed_probe, _lost_probe,
                 _while_probing, _race):  # fmt: skip
        if fault := find(lambda: _Bench(kind)):
            return fault
    return ""


Make = Callable[[], _Bench]


def _opens(make: Make) -> str:
    bench = make()
    if bench.call(ConnectionError, FAILURES - 1) and bench.call(ConnectionError) == "refused":
        return f"It may not open before {FAILURES} failures."
    bench.asked = 0
    if bench.call() != "refused" or bench.asked:
        return f"After {FAILURES} failures it must raise BreakerOpen, and not call the function."
    bench.clock.now += PAUSE_S - 0.1
    if bench.call() != "refused" or bench.asked:
        return "It must stay open until the pause is over."
    return ""


def _counts_in_a_row(make: Make) -> str:
    bench = make()
    bench.call(ConnectionError, FAILURES - 1)
    bench.call()
    bench.call(ConnectionError, FAILURES - 1)
    return "" if bench.call() == "PONG" else "Only failures in a row count: a success between them."


def _bugs(make: Make) -> str:
    bench = make()
    said = "A division by zero says nothing about Redis, neither good nor bad."
    bench.call(ZeroDivisionError, FAILURES + 1)
    if bench.call() != "PONG":
        return said
    bench.call(ConnectionError, FAILURES - 1)
    bench.call(ZeroDivisionError)
    bench.call(ConnectionError)
    return "" if bench.call() == "refused" else said


def _probe(make: Make) -> str:
    bench = make().opened()
    bench.clock.now += PAUSE_S
    if bench.call() != "PONG":
        return "When the pause is over, a call must go through: the probe."
    bench.call(ConnectionError, FAILURES - 1)
    if bench.call() != "PONG":
        return "A probe that worked closes it, and the count of failures begins anew."
    return ""


def _failed_probe(make: Make) -> str:
    bench = make().opened()
    bench.clock.now += PAUSE_S
    bench.call(ConnectionError)
    if bench.call() != "refused" or bench.asked != 1:
        return "A probe that failed opens it again, by itself."
    bench.clock.now += PAUSE_S - 0.1
    if bench.call() != "refused":
        return "After a probe that failed, the whole pause must pass again."
    bench.clock.now += 0.1
    return "" if bench.call() == "PONG" else "After that pause comes the next probe."


def _lost_probe(make: Make) -> str:
    bench = make().opened()
    bench.clock.now += PAUSE_S
    bench.call(ZeroDivisionError)
    bench.clock.now += PAUSE_S
    if bench.call() != "PONG":
        return "A probe that ends in another error has learned nothing; the next call must probe."
    return ""


def _while_probing(make: Make) -> str:
    """While the probe is under way, others are refused, and at once."""
    bench = make().opened()
    bench.clock.now += PAUSE_S
    inside, go_on = threading.Event(), threading.Event()

    def probe() -> str:
        inside.set()
        go_on.wait(4 * PATIENCE_S)
        return "PONG"

    ends: list[str] = []
    probing = threading.Thread(target=lambda: bench.breaker.call(probe), daemon=True)
    other = threading.Thread(target=lambda: ends.append(bench.call()), daemon=True)
    probing.start()
    inside.wait(PATIENCE_S)
    other.start()
    other.join(AT_ONCE_S)
    waits = other.is_alive()
    go_on.set()
    for thread in (probing, other):
        thread.join(PATIENCE_S)
    if waits:
        return "While the probe is under way, others must be refused, not made to wait."
    return (
        "" if ends == ["refused"] else "While the probe is under way, a second call went through."
    )


def _race(make: Make) -> str:
    """Many threads at the same moment, with room for the others between any two lines."""
    bench = make().opened()
    bench.clock.now += PAUSE_S
    together, go_on = threading.Barrier(CALLERS), threading.Event()
    probes: list[None] = []

    def probe() -> None:
        probes.append(None)
        go_on.wait(PATIENCE_S)

    def come() -> None:
        together.wait(PATIENCE_S)
        sys.settrace(_hesitate)  # of this thread only
        with suppress(BreakerOpen):
            bench.breaker.call(probe)

    threads = [threading.Thread(target=come, daemon=True) for _ in range(CALLERS)]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + PATIENCE_S
    while sum(thread.is_alive() for thread in threads) > max(len(probes), 1):
        if time.monotonic() > deadline:
            break
        time.sleep(TICK_S)
    go_on.set()
    for thread in threads:
        thread.join(PATIENCE_S)
    if len(probes) == 1:
        return ""
    return f"{CALLERS} threads came at the same moment, and {len(probes)} of them went through."


def _hesitate(frame: FrameType, event: str, arg: object) -> Any:
    if event == "line":
        time.sleep(TICK_S)
    return _hesitate
