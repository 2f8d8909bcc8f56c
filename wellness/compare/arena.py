"""Engines side by side: started together, checked, and timed in the same rounds."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from typing import Any, Self

from wellness.compare import engines
from wellness.compare.protocols import Adapter, CannotDo, Clock, Durability, Engine
from wellness.compare.results import Setup, Trial
from wellness.errors import WrongAnswer
from wellness.lesson.timing import MIN_ROUNDS, Candidate, compare
from wellness.settings import Settings

MISSING = "its package is not installed"
SLOW = 10  # times as long as Redis: such engines are timed in rounds of their own, and in fewer
ROUNDS = 200
SECONDS = 4.0  # of one trial: the slowest engine of it decides how many rounds that is


class Arena:
    """All engines that can run here, in one class of durability.

    Args:
        settings: of the servers.
        clock: epoch seconds.
        durability: None for reads, where it does not matter: each engine runs in the class that
            syncs every second, or else in the one that it has.
        names: of the engines; Redis must be one of them.
        dimensions: of the vectors.
        ttl_s: seconds a conversation lives.

    Attributes:
        adapters: one connection each, by engine.
        absent: why an engine is not here.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        durability: Durability | None = None,
        *,
        names: Iterable[str] = engines.ENGINES,
        dimensions: int = engines.DIMENSIONS,
        ttl_s: float = engines.TTL_S,
    ) -> None:
        self.durability, self.clock, self.settings = durability, clock, settings
        self.engines: dict[str, Engine] = {}
        self.adapters: dict[str, Adapter] = {}
        self.absent: dict[str, str] = {}
        here, self._stack = engines.available(settings), ExitStack()
        try:
            for name in names:
                classes = engines.classes(name)
                chosen = durability or (
                    Durability.SECOND if Durability.SECOND in classes else classes[0]
                )
                if not here[name] or chosen not in classes:
                    self.absent[name] = MISSING if not here[name] else f"it has no '{chosen}'"
                    continue
                engine = engines.start(
                    name, chosen, settings=settings, dimensions=dimensions, ttl_s=ttl_s
                )
                self._stack.callback(engine.close)
                self.engines[name] = engine
                self.adapters[name] = engine.connect(clock)
            self.setups = {
                name: Setup(name, one.version, one.place.durability, one.settings)
                for name, one in self.engines.items()
            }
        except BaseException:
            self.close()
            raise

    def only(self, durability: Durability) -> Arena:
        """The same running engines, without those in another class; close the whole one."""
        part = copy.copy(self)
        part.durability = durability
        same = {name for name, one in self.setups.items() if one.durability is durability}
        part.engines = {name: one for name, one in self.engines.items() if name in same}
        part.adapters = {name: one for name, one in self.adapters.items() if name in same}
        part.absent = self.absent | {
            name: f"it has no '{durability}'" for name in self.engines if name not in same
        }
        return part

    def each(self, act: Callable[[Adapter], Any]) -> dict[str, Any]:
        """Let every engine do something, such as load data; those that cannot are left out."""
        done = {}
        for name, adapter in self.adapters.items():
            try:
                done[name] = act(adapter)
            except CannotDo:
                continue
        return done

    def trial(
        self,
        workload: str,
        make: Callable[[Adapter], Candidate],
        *,
        verify: Callable[[str, Any], None] | None = None,
        recall: Mapping[str, float] | None = None,
        n: int = ROUNDS,
        max_seconds: float = SECONDS,
    ) -> Trial:
        """Time one call of each engine in paired rounds.

        Args:
            workload: its letter and what is done.
            make: from a connection to the call that is timed.
            verify: looks at each engine's answer before anything is timed; an engine that
                makes it raise `WrongAnswer` is not timed.
            recall: what to show beside the times.
            n: rounds.
            max_seconds: stop after this long.
        """
        candidates: dict[str, Candidate] = {}
        absent = dict(self.absent)
        for name, adapter in self.adapters.items():
            try:
                call = make(adapter)
                answer = call()
                if verify:
                    verify(name, answer)
            except CannotDo as error:
                absent[name] = error.why
            except WrongAnswer as error:
                absent[name] = f"wrong answer: {error.message}"
            else:
                candidates[name] = call
        return self.race(workload, candidates, absent, recall or {}, n=n, max_seconds=max_seconds)

    def race(
        self,
        workload: str,
        candidates: Mapping[str, Candidate],
        absent: Mapping[str, str],
        recall: Mapping[str, float],
        *,
        n: int,
        max_seconds: float,
    ) -> Trial:
        """Time calls that are ready and whose answers have been checked; see `trial`."""
        slow = _slow(candidates)
        parts = []
        for names, rounds in ((candidates.keys() - slow, n), (slow, max(MIN_ROUNDS, n // 4))):
            if names:
                calls = {name: candidates[name] for name in candidates
                         if name in names or name == engines.REDIS}  # fmt: skip
                parts.append(
                    compare(calls, baseline=engines.REDIS, n=rounds, equal=None,
                            max_seconds=max_seconds)
                )  # fmt: skip
        setups = {name: self.setups[name] for name in candidates}
        return Trial(workload, self.durability, parts[0], setups, dict(recall), dict(absent),
                     parts[1] if slow else None)  # fmt: skip

    def close(self) -> None:
        """Stop all of them and remove their folders."""
        self._stack.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Arena of {', '.join(self.engines)}>"


def _slow(candidates: Mapping[str, Candidate]) -> set[str]:
    """Those that take far longer than Redis, by the fastest of three calls."""
    fastest = {}
    for name, call in candidates.items():
        took = []
        for _ in range(3):
            begun = time.perf_counter()
            call()
            took.append(time.perf_counter() - begun)
        fastest[name] = min(took)
    limit = SLOW * fastest[engines.REDIS]
    return {name for name, seconds in fastest.items() if seconds > limit}
