"""What a right answer is: the same protocols in plain Python, with nothing clever in it.

No numpy, no index, no rollup: every answer is worked out anew from everything that was ever told.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from wellness.compare.protocols import (
    SECONDS_PER_DAY,
    Clock,
    Gathered,
    Statement,
    Vector,
    Vectors,
)
from wellness.memory.messages import Turn


class Reference:
    """Everything in lists, in the order in which it came."""

    def __init__(self, clock: Clock, ttl_s: float) -> None:
        self._clock, self._ttl_s = clock, ttl_s
        self._said: list[tuple[str, str, Turn, float]] = []
        self._stated: list[tuple[Statement, list[float]]] = []
        self._read: list[tuple[str, int, float]] = []

    def close(self) -> None:
        """See `Adapter.close`."""

    def append(self, owner: str, conversation: str, turn: Turn) -> None:
        """See `Conversations.append`."""
        self._said.append((owner, conversation, turn, self._clock()))

    def last(self, owner: str, conversation: str, n: int) -> list[Turn]:
        """See `Conversations.last`."""
        turns: list[Turn] = []
        latest = -math.inf
        for who, where, turn, at in self._said:
            if (who, where) == (owner, conversation):
                turns = [*turns, turn] if at < latest + self._ttl_s else [turn]
                latest = at
        return turns[-n:] if n and self._clock() < latest + self._ttl_s else []

    def exchange(self, owner: str, conversation: str, turn: Turn, n: int) -> list[Turn]:
        """See `Conversations.exchange`."""
        self.append(owner, conversation, turn)
        return self.last(owner, conversation, n)

    def sweep(self) -> int:
        """See `Expiring.sweep`: nothing is ever thrown away here."""
        return 0

    def kept(self) -> int:
        """See `Expiring.kept`: those that have not ended."""
        names = {(owner, conversation) for owner, conversation, _, _ in self._said}
        return sum(bool(self.last(*name, 1)) for name in names)

    def remember(self, statements: Sequence[Statement], vectors: Vectors) -> None:
        """See `Memories.remember`."""
        for one, vector in zip(statements, vectors, strict=True):
            self._stated.append((one, [float(x) for x in vector]))

    def _current(self, owner: str | None) -> list[tuple[Statement, list[float]]]:
        latest = {(one.owner, one.subject): (one, vector) for one, vector in self._stated}
        return [kept for kept in latest.values() if owner is None or kept[0].owner == owner]

    def ranked(self, vector: Vector, owner: str | None) -> list[str]:
        """All texts of one owner, or of all, from the nearest to the farthest."""
        asked = [float(x) for x in vector]

        def similar(kept: tuple[Statement, list[float]]) -> float:
            return math.fsum(a * b for a, b in zip(asked, kept[1], strict=True))

        ordered = sorted(self._current(owner), key=similar, reverse=True)
        return [one.text for one, _ in ordered]

    def nearest(self, vector: Vector, k: int, owner: str | None) -> list[str]:
        """See `Memories.nearest`."""
        return self.ranked(vector, owner)[:k]

    def gather(
        self, owner: str, conversation: str, vector: Vector, k: int, subjects: Sequence[str]
    ) -> Gathered:
        """See `Recalling.gather`."""
        known = {one.subject: one.text for one, _ in self._current(owner)}
        return Gathered(
            self.last(owner, conversation, 10),
            self.nearest(vector, k, owner),
            {subject: known[subject] for subject in subjects if subject in known},
        )

    def record(self, owner: str, readings: Sequence[tuple[int, float]]) -> None:
        """See `Measurements.record`."""
        self._read += [(owner, at, value) for at, value in readings]

    def days(self, owner: str, first: int, n: int, *, raw: bool = False) -> dict[int, float]:
        """See `Measurements.days`."""
        means = {}
        for day in range(first, first + n):
            found = [
                v for who, at, v in self._read if who == owner and at // SECONDS_PER_DAY == day
            ]
            if found:
                means[day] = math.fsum(found) / len(found)
        return means
