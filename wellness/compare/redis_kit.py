"""Redis through the kit's own modules: what the lessons teach, with all that it adds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from redis import Redis

from wellness import keys as key_table
from wellness.compare.protocols import (
    CannotDo,
    Clock,
    Gathered,
    Place,
    Statement,
    Vector,
    Vectors,
)
from wellness.health.rollups import EPOCH, Rollups
from wellness.health.store import Batch, Store
from wellness.health.tags import Tag
from wellness.memory import queries
from wellness.memory.kinds import Fact, MemoryKind
from wellness.memory.long_term import LongTerm
from wellness.memory.messages import Turn
from wellness.memory.short_term import ShortTerm
from wellness.settings import Settings

SPACE = "compare"
TYPE = "HKQuantityTypeIdentifierHeartRate"
LAST = 10
BATCH = 500  # statements that are remembered in one round trip


class GivenVectors:
    """An embedder that was told the vectors beforehand: the model takes no part here."""

    model = "given"

    def __init__(self, dimensions: int) -> None:
        self.dimensions = dimensions
        self.known: dict[str, Vector] = {}

    def embed(self, texts: Sequence[str]) -> Vectors:
        """The vectors that were given for these texts."""
        return np.array([self.known[text] for text in texts], dtype=np.float32)


class KitRedis:
    """`ShortTerm`, `LongTerm` and `Rollups`, one set a user."""

    def __init__(self, client: Redis, place: Place, clock: Clock, settings: Settings) -> None:
        whole = max(1, round(place.ttl_s))
        self._settings = settings.model_copy(update={"conversation_ttl_s": whole})
        self._client, self._clock = client, clock
        self._vectors = GivenVectors(place.dimensions)
        self._short: dict[str, ShortTerm] = {}
        self._long: dict[str, LongTerm] = {}
        self._rollups: dict[str, Rollups] = {}

    def close(self) -> None:
        """See `Adapter.close`."""
        self._client.close()

    def _talk(self, owner: str) -> ShortTerm:
        if owner not in self._short:
            self._short[owner] = ShortTerm(
                self._client, owner, settings=self._settings, clock=self._clock, namespace=SPACE
            )
        return self._short[owner]

    def _memory(self, owner: str) -> LongTerm:
        if owner not in self._long:
            self._long[owner] = LongTerm(
                self._client, self._vectors, owner, settings=self._settings, clock=self._clock,
                namespace=SPACE,
            )  # fmt: skip
        return self._long[owner]

    def append(self, owner: str, conversation: str, turn: Turn) -> None:
        """See `Conversations.append`."""
        self._talk(owner).append(conversation, turn)

    def last(self, owner: str, conversation: str, n: int) -> list[Turn]:
        """See `Conversations.last`."""
        return self._talk(owner).read(conversation, n)

    def exchange(self, owner: str, conversation: str, turn: Turn, n: int) -> list[Turn]:
        """See `Conversations.exchange`."""
        return self._talk(owner).append_and_read(conversation, turn, n)

    def sweep(self) -> int:
        """See `Expiring.sweep`: expiry does it, and the register of titles is swept in passing."""
        return 0

    def kept(self) -> int:
        """See `Expiring.kept`: the lists, without the keys of the register."""
        names = key_table.scan(self._client, SPACE)
        return sum(key_table.parse(name).kind == "turns" for name in set(names))

    def remember(self, statements: Sequence[Statement], vectors: Vectors) -> None:
        """See `Memories.remember`."""
        by_owner: dict[str, list[Fact]] = {}
        now = int(self._clock())
        for one, vector in zip(statements, vectors, strict=True):
            self._vectors.known[one.text] = vector
            fact = Fact(one.text, MemoryKind.FACT, now, one.subject, signature=one.text)
            by_owner.setdefault(one.owner, []).append(fact)
        for owner, facts in by_owner.items():
            for low in range(0, len(facts), BATCH):
                self._memory(owner).remember(facts[low : low + BATCH])
        self._vectors.known.clear()

    def nearest(self, vector: Vector, k: int, owner: str | None) -> list[str]:
        """See `Memories.nearest`: ids in one round trip, the memories in a second."""
        if owner is None:
            raise CannotDo("Redis, this kit", "a search over all users", "it always filters by one")
        memory = self._memory(owner)
        now = self._clock()
        where = f"{queries.scope(owner, shared=False)} {queries.holds(now, (now, now + 1))}"
        ef = self._settings.hnsw_ef_runtime
        command = queries.nearest(memory.index.name, where, vector.tobytes(), k, ef)
        found = queries.read(memory.index.ask([command])[0])
        names = [one.key.decode() for one in found]
        return [one.fact.text for one in memory._memories(names)]

    def gather(
        self, owner: str, conversation: str, vector: Vector, k: int, subjects: Sequence[str]
    ) -> Gathered:
        """See `Recalling.gather`."""
        memory = self._memory(owner)
        facts = {
            subject: one.fact.text
            for subject in subjects
            for one in memory.history(subject)
            if one.current
        }
        return Gathered(self.last(owner, conversation, LAST), self.nearest(vector, k, owner), facts)

    def record(self, owner: str, readings: Sequence[tuple[int, float]]) -> None:
        """See `Measurements.record`. Equal readings are one, unless their tag tells them apart."""
        rollups = self._measurements(owner)
        seen: dict[tuple[int, float], int] = {}
        batch = Batch()
        for at, value in readings:
            nth = seen[at, value] = seen.get((at, value), -1) + 1
            tag = rollups.store.tag(TYPE, Tag(f"watch {nth}", "count/min", "", ""))
            batch.put(TYPE, at, value, tag, at)
        rollups.store.add(batch)
        rollups.refresh()

    def days(self, owner: str, first: int, n: int, *, raw: bool = False) -> dict[int, float]:
        """See `Measurements.days`: the mean of the readings, from the rollups of lesson 01."""
        rollups = self._measurements(owner)
        dates = [EPOCH.fromordinal(EPOCH.toordinal() + day) for day in range(first, first + n + 1)]
        if raw:
            rows = rollups.raw(rollups.edges(dates[:-1]))
            present = [
                day for day, row in zip(range(first, first + n), rows, strict=True) if row[0]
            ]
            rows = rows[rows[:, 0] > 0]
        else:
            found = rollups.days(dates[0], dates[-1])
            present = [(day - EPOCH).days for day in found.dates]
            rows = found.rows
        means = (rows[:, 2] / rows[:, 0]).tolist()
        return dict(zip(present, means, strict=True))

    def _measurements(self, owner: str) -> Rollups:
        if owner not in self._rollups:
            store = Store(self._client, owner, namespace=SPACE)
            fields: dict[Any, Any] = {"zone": "UTC"}
            self._client.hset(store.keys.profile, mapping=fields)
            self._rollups[owner] = Rollups(store, TYPE, gap_s=self._settings.heart_rate_gap_s)
        return self._rollups[owner]
