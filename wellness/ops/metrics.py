"""What one process does with Redis and its models, counted: commands, searches, embeddings, steps.

    metrics = Metrics()
    client.guard.add(metrics)                    # commands, vector searches, embedding cache
    agent.ask(question, now=now, on_step=metrics.on_step)
    metrics.measured()

Memory is constant: durations go into histograms, and names beyond a limit count as "other".
Names are of commands, indexes and nodes; whose data it is, and what was said, never become one.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from wellness.link.cache_statistics import EMBEDDING_COUNTS, CacheStatistics
from wellness.link.latency import NAMES, OTHER, CommandLatency, LatencyRecorder
from wellness.ops.measured import (
    Cell,
    Cells,
    Measured,
    Searches,
    Steps,
    cells,
    of_cells,
    since,
)

UNREAD = "direct"  # searches sent as they are, whose replies only their sender saw
_COMMAND = re.compile(r"[A-Z][A-Z0-9._]{0,31}")  # as all commands of Redis and its modules
_LABEL = re.compile(r"[a-z][a-z0-9_]{0,31}")  # of an index or a node


class Step(Protocol):
    """What a node of the agent did; `wellness.agent.state.Step` is one."""

    @property
    def name(self) -> str:
        """Of the node."""

    @property
    def seconds(self) -> float:
        """All that it took."""

    @property
    def waited_s(self) -> float:
        """The part of it that models took."""


class Metrics(LatencyRecorder):
    """Counts all of one process; for many threads. An observer and a watcher of clients.

    `snapshot` gives the commands alone, `measured` everything.
    """

    def __init__(self) -> None:
        super().__init__()
        self._searches: dict[str, Searches] = {}
        self._steps: dict[str, Steps] = {}
        self._embeddings = dict.fromkeys(EMBEDDING_COUNTS, 0)
        self._taken: dict[Cell, int] = {}
        self._unrecorded: frozenset[int] = frozenset()  # threads
        self._taking = threading.Lock()  # held around `_lock`, never within it

    def on_command(
        self,
        name: str,
        seconds: float,
        error: BaseException | None,
        commands: Sequence[tuple[Any, ...]] = (),
    ) -> None:
        """Record one command or pipeline; see `wellness.link.guard.Observer`.

        A vector search that is sent by itself is also counted as a search `UNREAD`.
        """
        if self._unrecorded and threading.get_ident() in self._unrecorded:
            return
        super().on_command(name, seconds, error, commands)
        if name.startswith("FT.") and error is None and commands and _is_vector(name, commands[0]):
            with self._lock:
                self._search(UNREAD).seconds.record(seconds)

    @contextmanager
    def unrecorded(self) -> Iterator[None]:
        """What this thread sends in the block is not recorded: watching is no load of its own."""
        here = frozenset((threading.get_ident(),))
        with self._lock:
            new = here - self._unrecorded
            self._unrecorded |= new
        try:
            yield
        finally:
            with self._lock:
                self._unrecorded -= new

    def on_search(self, index: str, seconds: float, distances: Sequence[float]) -> None:
        """Record a vector search with what it found; see `wellness.link.watching.Watcher`."""
        with self._lock:
            search = self._search(index)
            search.seconds.record(seconds)
            search.results.record(len(distances))
            for distance in distances:
                search.distances.record(max(distance, 0.0))  # rounding can give -1e-7

    def on_embeddings(self, counts: Mapping[str, int]) -> None:
        """Record what an embedding cache counted; see `wellness.link.watching.Watcher`."""
        with self._lock:
            for name, count in counts.items():
                self._embeddings[name] += count

    def on_step(self, step: Step) -> None:
        """Record what a node of the agent did: give this as `on_step` of `Agent.ask`."""
        with self._lock:
            name = _bounded(step.name, self._steps)
            steps = self._steps.setdefault(name, Steps())
            steps.seconds.record(step.seconds)
            steps.waited.record(step.waited_s)

    def _search(self, index: str) -> Searches:
        return self._searches.setdefault(_bounded(index, self._searches), Searches())

    def _row(self, name: str) -> CommandLatency:
        return super()._row(name if _COMMAND.fullmatch(name) else OTHER)

    def measured(self) -> Measured:
        """A copy of everything that was recorded so far."""
        commands = self.snapshot()
        with self._lock:
            return Measured(
                commands,
                {
                    name: Searches(row.seconds.copy(), row.results.copy(), row.distances.copy())
                    for name, row in sorted(self._searches.items())
                },
                {
                    name: Steps(row.seconds.copy(), row.waited.copy())
                    for name, row in sorted(self._steps.items())
                },
                CacheStatistics(**self._embeddings),
            )

    def take(self) -> dict[Cell, int]:
        """What was recorded since the last `take`, for one store; `restore` it if that fails."""
        with self._taking:
            now = cells(self.measured())
            fresh = since(now, self._taken)
            self._taken = now
            return fresh

    def restore(self, taken: Cells) -> None:
        """Take back what could not be stored: the next `take` gives it again."""
        with self._taking:
            self._taken = since(self._taken, taken)

    @property
    def pending(self) -> Measured:
        """What was recorded since the last `take`."""
        with self._taking:
            return of_cells(since(cells(self.measured()), self._taken))

    def reset(self) -> None:
        """Forget everything, also what no store was told yet."""
        with self._taking, self._lock:
            self._count()
            self._rows, self._searches, self._steps = {}, {}, {}
            self._embeddings = dict.fromkeys(EMBEDDING_COUNTS, 0)
            self._taken = {}

    def __repr__(self) -> str:
        return f"<Metrics: {self.measured()!r}>"

    def _repr_html_(self) -> str:
        return self.measured()._repr_html_()


def _is_vector(name: str, command: Sequence[Any]) -> bool:
    """Whether a search command asks for nearest neighbours."""
    if name == "FT.HYBRID":
        return True
    if name != "FT.SEARCH" or len(command) < 3:
        return False
    query = command[2]
    return (b"=>[KNN" if isinstance(query, bytes) else "=>[KNN") in query


def _bounded(name: str, known: Mapping[str, object]) -> str:
    """The name to count something as."""
    if name in known or (len(known) < NAMES and _LABEL.fullmatch(name)):
        return name
    return OTHER
