"""(e) The end of old conversations: forgotten by the engine itself, or deleted by a cron job.

Many conversations end at the same moment while one goes on. Measured is how long they take up
space, how long the deleting takes, and what the living conversation feels of it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wellness.compare import engines
from wellness.compare.corpus import turns
from wellness.compare.protocols import Adapter, Clock, Durability
from wellness.compare.results import Setup
from wellness.lesson.timing import Ratio
from wellness.settings import Settings

OWNER, LIVING = "ending", "living"
TURNS = 4  # of each conversation
AFTER_S = 0.3  # seconds that the living conversation is watched beyond the end of the others
GIVE_UP_S = 30.0
CRON_S = 0.2  # seconds after the end at which the cron job runs; a real one may take a day
RESAMPLES = 400
DRAWN = 2_000  # of the exchanges: a dictionary makes hundreds of thousands in a second


@dataclass(frozen=True)
class Ending:
    """What the end of many conversations cost.

    Attributes:
        setup: of the engine.
        conversations: how many ended at once.
        by_itself: whether the engine forgot them without being asked.
        work_s: seconds of the delete that had to be run; 0 when there was none to run.
        gone_s: seconds after their end at which the last one had left the engine.
        before_ns, during_ns: exchanges in the living conversation before their end, and from then
            until all had gone.
        disk_before, disk_after: bytes on disk.
    """

    setup: Setup
    conversations: int
    by_itself: bool
    work_s: float
    gone_s: float
    before_ns: NDArray[np.int64]
    during_ns: NDArray[np.int64]
    disk_before: int
    disk_after: int

    @property
    def felt(self) -> Ratio:
        """Median exchange while they went, as a multiple of the median before, with 95 %."""
        rng = np.random.default_rng(20240923)
        before, during = (
            np.median(rng.choice(ns, (RESAMPLES, min(len(ns), DRAWN))), axis=1)
            for ns in (self.before_ns, self.during_ns)
        )
        low, high = np.percentile(during / before, [2.5, 97.5])
        value = np.median(self.during_ns) / np.median(self.before_ns)
        return Ratio(float(value), float(low), float(high))

    @property
    def slowest_ms(self) -> float:
        """The slowest exchange while they went, in milliseconds."""
        return float(self.during_ns.max()) / 1e6

    def __str__(self) -> str:
        how = "by itself" if self.by_itself else f"by a delete of {self.work_s * 1e3:.1f} ms"
        return (
            f"{self.setup.engine}: {self.conversations:,} conversations gone {how}, "
            f"{self.gone_s:.2f} s after their end; meanwhile {self.felt} of the usual time"
        )


def end_many(
    engine: str,
    durability: Durability,
    *,
    settings: Settings,
    clock: Clock,
    conversations: int,
    live_s: float,
) -> Ending:
    """Let conversations end together; run the cron job where there must be one.

    Args:
        conversations: how many.
        live_s: seconds they live: longer than it takes to write them.

    Raises:
        EngineMissing, CannotDo: as `engines.start`.
        TimeoutError: they do not go away.
    """
    with engines.start(
        engine, durability, settings=settings, dimensions=16, ttl_s=live_s
    ) as running:
        setup = Setup(engine, running.version, durability, running.settings)
        adapter = running.connect(clock)
        sweeper = running.connect(clock) if engines.ENGINES[engine].shared else adapter
        said = turns(TURNS)
        for i in range(conversations):
            for one in said:
                adapter.append(OWNER, f"old {i}", one)
        ends = time.perf_counter() + live_s
        before = _watch(adapter, lambda: time.perf_counter() >= ends)
        disk_before = running.disk_bytes()
        cron = _Cron(sweeper)
        cron.start()
        state = {"checked": ends}

        def over() -> bool:
            now = time.perf_counter()
            if now - ends > GIVE_UP_S:
                raise TimeoutError(f"{engine} still keeps {sweeper.kept()} conversations.")
            if cron.is_alive() or now - state["checked"] < 0.02:
                return False
            state["checked"] = now
            return adapter.kept() <= 1  # the living one

        during = _watch(adapter, over)
        gone_s = time.perf_counter() - ends
        cron.join()
        time.sleep(AFTER_S)
        return Ending(
            setup, conversations, cron.swept == 0, cron.work_s if cron.swept else 0.0, gone_s,
            before, during, disk_before, running.disk_bytes(),
        )  # fmt: skip


def _watch(adapter: Adapter, over: Callable[[], bool]) -> NDArray[np.int64]:
    """Durations of exchanges in the living conversation until it is over; at least ten."""
    more = turns(500)
    found: list[int] = []
    while len(found) < 10 or not over():
        begun = time.perf_counter_ns()
        adapter.exchange(OWNER, LIVING, more[len(found) % len(more)], 10)
        found.append(time.perf_counter_ns() - begun)
    return np.array(found, dtype=np.int64)


class _Cron(threading.Thread):
    """The job that sweeps once, beside the living conversation."""

    def __init__(self, adapter: Adapter) -> None:
        super().__init__(daemon=True)
        self._adapter, self.swept, self.work_s = adapter, 0, 0.0

    def run(self) -> None:
        time.sleep(CRON_S)
        begun = time.perf_counter()
        self.swept = self._adapter.sweep()
        self.work_s = time.perf_counter() - begun
