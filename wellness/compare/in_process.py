"""Plain Python: dictionaries and numpy arrays in the caller's process, and nowhere else."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence

import numpy as np

from wellness.compare.protocols import (
    SECONDS_PER_DAY,
    Clock,
    Gathered,
    Place,
    Statement,
    Vector,
    Vectors,
)
from wellness.memory.messages import Turn

LAST = 10


class InProcess:
    """What one process can do without any database; another process sees nothing of it."""

    def __init__(self, place: Place, clock: Clock) -> None:
        self._ttl_s, self._clock = place.ttl_s, clock
        self._turns: dict[tuple[str, str], deque[Turn]] = {}
        self._ends: dict[tuple[str, str], float] = {}
        self._facts: dict[tuple[str, str], int] = {}  # owner and subject to the row below
        self._texts: list[str] = []
        self._rows: defaultdict[str, list[int]] = defaultdict(list)
        self._vectors: Vectors = np.empty((0, place.dimensions), dtype=np.float32)
        self._own: dict[str, tuple[list[int], Vectors]] = {}
        self._readings: dict[str, tuple[list[int], list[float]]] = {}
        self._days: defaultdict[str, dict[int, tuple[float, int]]] = defaultdict(dict)
        self._arrays: dict[str, tuple[np.ndarray, np.ndarray]] = {}

    def close(self) -> None:
        """See `Adapter.close`."""

    # Conversations

    def append(self, owner: str, conversation: str, turn: Turn) -> None:
        """See `Conversations.append`."""
        name, now = (owner, conversation), self._clock()
        if self._ends.get(name, now) <= now:
            self._turns[name] = deque()
        self._turns[name].append(turn)
        self._ends[name] = now + self._ttl_s

    def last(self, owner: str, conversation: str, n: int) -> list[Turn]:
        """See `Conversations.last`."""
        name = (owner, conversation)
        if self._ends.get(name, 0.0) <= self._clock():
            return []
        turns = self._turns[name]
        newest = [turns[-1 - i] for i in range(min(n, len(turns)))]
        return newest[::-1]

    def exchange(self, owner: str, conversation: str, turn: Turn, n: int) -> list[Turn]:
        """See `Conversations.exchange`."""
        self.append(owner, conversation, turn)
        return self.last(owner, conversation, n)

    def sweep(self) -> int:
        """See `Expiring.sweep`."""
        now = self._clock()
        gone = [name for name, end in self._ends.items() if end <= now]
        for name in gone:
            del self._ends[name], self._turns[name]
        return len(gone)

    def kept(self) -> int:
        """See `Expiring.kept`."""
        return len(self._turns)

    # Memories

    def remember(self, statements: Sequence[Statement], vectors: Vectors) -> None:
        """See `Memories.remember`."""
        new = []
        for one, vector in zip(statements, vectors, strict=True):
            row = self._facts.get((one.owner, one.subject))
            if row is None:
                self._facts[one.owner, one.subject] = len(self._texts)
                self._rows[one.owner].append(len(self._texts))
                self._texts.append(one.text)
                new.append(vector)
            elif row < len(self._vectors):
                self._texts[row], self._vectors[row] = one.text, vector
            else:
                self._texts[row], new[row - len(self._vectors)] = one.text, vector
        if new:
            self._vectors = np.concatenate((self._vectors, np.stack(new)))
        self._own.clear()

    def nearest(self, vector: Vector, k: int, owner: str | None) -> list[str]:
        """See `Memories.nearest`: one product, summed up in this thread.

        `vectors @ vector` would share it among threads, and to wake those takes longer than the
        product of some thousand rows; much longer when the processors are busy.
        """
        rows, vectors = self._of(owner)
        similar = np.einsum("ij,j->i", vectors, vector)
        k = min(k, len(similar))
        if not k:
            return []
        best = np.argpartition(-similar, k - 1)[:k]
        ordered = best[np.argsort(-similar[best], kind="stable")]
        return [self._texts[rows[i]] for i in ordered]

    def _of(self, owner: str | None) -> tuple[Sequence[int], Vectors]:
        if owner is None:
            return range(len(self._texts)), self._vectors
        if owner not in self._own:
            rows = self._rows[owner]
            self._own[owner] = (rows, self._vectors[rows])
        return self._own[owner]

    def gather(
        self, owner: str, conversation: str, vector: Vector, k: int, subjects: Sequence[str]
    ) -> Gathered:
        """See `Recalling.gather`."""
        rows = {subject: self._facts.get((owner, subject)) for subject in subjects}
        facts = {name: self._texts[row] for name, row in rows.items() if row is not None}
        return Gathered(self.last(owner, conversation, LAST), self.nearest(vector, k, owner), facts)

    # Measurements

    def record(self, owner: str, readings: Sequence[tuple[int, float]]) -> None:
        """See `Measurements.record`."""
        starts, values = self._readings.setdefault(owner, ([], []))
        for at, value in readings:
            starts.append(at)
            values.append(value)
            total, n = self._days[owner].get(at // SECONDS_PER_DAY, (0.0, 0))
            self._days[owner][at // SECONDS_PER_DAY] = (total + value, n + 1)
        order = np.argsort(starts, kind="stable")
        self._arrays[owner] = (np.array(starts)[order], np.array(values)[order])

    def days(self, owner: str, first: int, n: int, *, raw: bool = False) -> dict[int, float]:
        """See `Measurements.days`."""
        if not raw:
            kept = self._days[owner]
            found = {day: kept[day] for day in range(first, first + n) if day in kept}
            return {day: total / count for day, (total, count) in found.items()}
        if owner not in self._arrays:
            return {}
        starts, values = self._arrays[owner]
        low, high = np.searchsorted(
            starts, (first * SECONDS_PER_DAY, (first + n) * SECONDS_PER_DAY)
        )
        index = starts[low:high] // SECONDS_PER_DAY - first
        counts = np.bincount(index, minlength=n)
        totals = np.bincount(index, values[low:high], minlength=n)
        present = np.flatnonzero(counts)
        means = (totals[present] / counts[present]).tolist()
        return dict(zip((present + first).tolist(), means, strict=True))
