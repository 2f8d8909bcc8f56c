"""Load on a Redis: something done again and again at a rate that can be changed while it runs.

It is an open loop: when each call is due is fixed beforehand, and a call that begins late counts
its waiting. A loop that asks again only when it has been answered makes a slow server look fast,
since it asks it less (Gil Tene calls that coordinated omission).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from redis.exceptions import RedisError

from wellness.errors import WellnessError
from wellness.lesson import background
from wellness.link.histogram import Histogram

IDLE_S = 0.05  # how soon a new rate is noticed
BACKLOG_S = 1.0  # a call that is due longer than this is dropped, or a stall would never end


class Load:
    """Calls `act` about `rate` times a second in a thread of its own.

    load = Load(act, rate=200).start()
    load.rate = 400
    load.stop()
    load.waited.p99      # from when it was due to when it was done

    It ends after `most_s` seconds, and with the lesson.

    Attributes:
        rate: calls a second; 0 pauses.
        error: what `act` raised, unless it was about Redis; it ends the load.
        done, failed, dropped: calls that worked, that Redis did not answer, that came too late.
    """

    name = "load"

    def __init__(self, act: Callable[[int], object], *, rate: float, most_s: float = 300) -> None:
        self.rate, self._act, self._most_s = rate, act, most_s
        self.error: Exception | None = None
        self.done = self.failed = self.dropped = 0
        self.waited = Histogram()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="load", daemon=True)

    def start(self) -> Load:
        """Begin."""
        background.begin(self)
        self._thread.start()
        return self

    def __enter__(self) -> Load:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End it, after the call that is on its way."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        background.end(self)

    def _run(self) -> None:
        try:
            self._loop()
        except Exception as error:
            self.error = error

    def _loop(self) -> None:
        due, calls = time.perf_counter(), 0
        end = due + self._most_s
        while not self._stop.is_set() and time.perf_counter() < end:
            now = time.perf_counter()
            if self.rate <= 0:
                self._stop.wait(IDLE_S)
                due = time.perf_counter()
            elif due > now:
                self._stop.wait(min(due - now, IDLE_S))
            else:
                if now - due > BACKLOG_S:
                    self.dropped += int((now - due) * self.rate)
                    due = now
                self._call(calls, due)
                calls, due = calls + 1, due + 1 / self.rate

    def _call(self, number: int, due: float) -> None:
        try:
            self._act(number)
            self.done += 1
        except (WellnessError, RedisError):
            self.failed += 1
        self.waited.record(time.perf_counter() - due)

    def __repr__(self) -> str:
        return (
            f"<Load of {self.rate:,.0f} calls a second: {self.done:,} done, {self.failed:,} "
            f"failed, {self.dropped:,} too late; {self.waited!r}>"
        )
