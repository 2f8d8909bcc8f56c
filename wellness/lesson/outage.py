"""What an outage of Redis costs a service: the default client, timeouts alone, and ours.

Requests come at a fixed rate, whether or not earlier ones are done, to a few workers; each asks
Redis once and could go on without the answer. What a request waits counts from when it was due, so
a worker that hangs makes all that come after it late: that is how one failure becomes many.

    found = outage(client, settings, "silent")
    found                       # who waited how long
    found.chart()
"""

from __future__ import annotations

import itertools
import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field

import redis

from wellness.client import CircuitOpen
from wellness.lesson.outage_figures import Cost, Outage, Outcome, Request, Track
from wellness.lesson.relay import Fault, Line, line
from wellness.link.breaker import State
from wellness.settings import Settings

__all__ = [
    "BRISK",
    "DEFAULT",
    "OURS",
    "Cost",
    "Outage",
    "Request",
    "Track",
    "gives_up_after_s",
    "outage",
]

DEFAULT, BRISK, OURS = "redis-py as it comes", "timeouts, no retries", "the kit's client"
BEFORE_S, AFTER_S = 0.3, 1.0  # seconds shown of the time around an outage
EVERY_S = 0.02  # between two requests
WORKERS = 2  # of each service


@dataclass
class _Runner:
    """Sends one client's requests, each when it is due or as soon as a worker is free."""

    name: str
    ask: Callable[[], object]
    begun: float
    dues: list[float]
    stop: threading.Event
    states: list[tuple[float, State]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._next: Iterator[int] = itertools.count()
        self._requests: dict[int, Request] = {}
        self.threads = [threading.Thread(target=self._work, daemon=True) for _ in range(WORKERS)]

    def now(self) -> float:
        return time.perf_counter() - self.begun

    def changed(self, old: State, new: State) -> None:
        self.states.append((self.now(), new))

    def _work(self) -> None:
        while (number := next(self._next)) < len(self.dues):  # one step of C: no lock needed
            due = self.dues[number]
            self.stop.wait(max(due - self.now(), 0))
            if self.stop.is_set():
                return
            begun = self.now()
            outcome, error = _outcome(self.ask)
            self._requests[number] = Request(due, begun, self.now(), outcome, error)

    def track(self) -> Track:
        ordered = tuple(self._requests[number] for number in sorted(self._requests))
        return Track(self.name, ordered, tuple(self.states))


def _outcome(ask: Callable[[], object]) -> tuple[Outcome, str]:
    try:
        ask()
    except CircuitOpen as error:
        return "refused", type(error).__name__
    except redis.RedisError as error:
        return "failed", type(error).__name__
    return "answered", ""


def outage(
    client: redis.Redis,
    settings: Settings,
    fault: Fault,
    *,
    lasts_s: float = 2.0,
    slow_s: float = 0.2,
) -> Outage:
    """Send the same requests through three clients to the same Redis, and fail in between.

    Each client has a line of its own; the server and its other users notice nothing. It takes
    `lasts_s` and a little more than the breaker's pause; longer when the default client hangs.

    Args:
        client: of a Redis that is well.
        settings: of the kit's client; choose a `breaker_reset_s` well below `lasts_s`.
        fault: "dead", "silent" or "slow".
        lasts_s: seconds that the fault lasts.
        slow_s: seconds that each request is late on a slow way.
    """
    total_s = BEFORE_S + lasts_s + settings.breaker_reset_s + AFTER_S
    dues = [number * EVERY_S for number in range(int(total_s / EVERY_S))]
    with ExitStack() as stack:
        ways = [stack.enter_context(line(client, settings)) for _ in range(3)]
        asks = _asks(stack, ways)
        begun, stop = time.perf_counter(), threading.Event()
        runners = [_Runner(name, ask, begun, dues, stop) for name, ask in asks.items()]
        ways[2].client.guard.watch(runners[2].changed)
        threads = [thread for runner in runners for thread in runner.threads]
        for thread in threads:
            thread.start()
        try:
            time.sleep(BEFORE_S)
            began_s = _turn(ways, fault, slow_s, begun)
            time.sleep(lasts_s)
        except BaseException:  # Ctrl-C: nobody wants the rest
            stop.set()
            raise
        finally:
            ended_s = _turn(ways, "none", 0.0, begun)
            for thread in threads:
                thread.join()
        tracks = {runner.name: runner.track() for runner in runners}
    return Outage(fault, began_s, ended_s, tracks, settings.socket_timeout_s)


def _asks(stack: ExitStack, ways: list[Line]) -> dict[str, Callable[[], object]]:
    default = stack.enter_context(closing(ways[0].plain_client()))
    brisk = stack.enter_context(closing(ways[1].brisk_client()))
    asks: dict[str, Callable[[], object]] = {
        DEFAULT: default.ping, BRISK: brisk.ping, OURS: ways[2].client.ping
    }  # fmt: skip
    for ask in asks.values():
        ask()  # connects
    return asks


def _turn(ways: list[Line], fault: Fault, slow_s: float, begun: float) -> float:
    for way in ways:
        way.break_(fault, slow_s)
    return time.perf_counter() - begun


def gives_up_after_s(client: redis.Redis) -> float:
    """Seconds that one call waits on a silent server, by the client's own settings.

    Each try waits for one timeout; pauses between tries come on top. To watch it would take
    redis-py's default client about a minute.
    """
    retry = client.get_retry()
    tries = 1 + (retry.get_retries() if retry else 0)
    timeout_s = client.connection_pool.connection_kwargs.get("socket_timeout")
    return math.inf if timeout_s is None or tries <= 0 else tries * float(timeout_s)
