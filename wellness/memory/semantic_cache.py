"""The semantic cache: an answer given before to a question that means the same.

Distance alone would answer today's question with yesterday's number. So a question is looked for
among those of one user, of one state of the health data and of equal slots
(`wellness.memory.facts`), and only then by distance. New readings make all old answers miss.

What has no slots to compare ("and last week?") depends on what was said before; it is neither
stored nor found.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from redis import Redis
from redis.commands.search.field import NumericField, TagField
from redis.exceptions import OutOfMemoryError

from wellness import keys as key_table
from wellness.client import tell_search
from wellness.errors import ModelUnavailable, RecallError
from wellness.health.store import Store
from wellness.keys import Keys
from wellness.memory import queries
from wellness.memory.embedder import Embedder
from wellness.memory.facts import Slots, parse_slots
from wellness.memory.facts.guard import compare
from wellness.memory.index import MemoryIndex, user_tag
from wellness.memory.queries import Found
from wellness.memory.recall import Laps
from wellness.settings import Settings

DIGEST_BYTES = 12


@dataclass(frozen=True, slots=True)
class Lookup:
    """What became of looking for an answer.

    Attributes:
        question: as it was asked.
        answer: the one that may be given again; None if there is none.
        reason: why there is none, in words; for a hit, which question it was given to.
        distance: cosine distance to the nearest question of this user and this state of the data,
            whether or not its answer was accepted; None if there is none.
        slots: what the question says.
        version: state of the health data before the question was answered.
        vector: float32 bytes; empty if it was not needed, or the embedder did not answer.
    """

    question: str
    answer: str | None
    reason: str
    distance: float | None
    slots: Slots
    version: int
    vector: bytes = field(repr=False, default=b"")

    def __bool__(self) -> bool:
        return self.answer is not None


class SemanticCache:
    """Cached answers of one user.

    Args:
        client: a Redis client that returns bytes.
        embedder: makes the vectors; best a `CachedEmbedder`.
        user: any non-empty name but that of everybody.
        settings: `answer_ttl_s`, `answer_distance` and those of HNSW count here.
        clock: seconds since the epoch, for the time an answer was stored.
        namespace: prefix of all keys.

    Raises:
        RecallError: that is nobody's name, or there is an index that was made with other settings.
        SearchModuleMissing: this Redis has no Search.
    """

    def __init__(
        self,
        client: Redis,
        embedder: Embedder,
        user: str,
        *,
        settings: Settings,
        clock: Callable[[], float],
        namespace: str = key_table.PERSON,
    ) -> None:
        if not user or user == key_table.EVERYONE:
            raise RecallError(f"Nobody can be called {user!r} here.", hint="Choose another name.")
        self.client, self.embedder, self.user = client, embedder, user
        self.keys = Keys(namespace, user)
        self._settings, self._clock = settings, clock
        self._store = Store(client, user, namespace=namespace)
        fields = [TagField("signature", case_sensitive=True), NumericField("version")]
        self.index = MemoryIndex(client, namespace, embedder, "answer", fields, settings)
        self.index.ensure()

    def get(self, question: str, *, now: datetime, zone: ZoneInfo) -> Lookup:
        """Look for an answer that was given to a question of the same meaning.

        Args:
            question: in words.
            now: when it is asked; aware. "Yesterday" depends on it.
            zone: where the person lives.

        Raises:
            ValueError: `now` has no zone.
        """
        slots, version = parse_slots(question, now=now, zone=zone), self._store.version()
        if not slots.self_contained:
            why = "It cannot be understood without what was said before."
            return Lookup(question, None, why, None, slots, version)
        try:
            vector = self.embedder.embed([question])[0].tobytes()
        except ModelUnavailable as error:
            why = f"{error.message} Without its vector, no question can be looked for."
            return Lookup(question, None, why, None, slots, version)
        agreeing, nearest = self._search(vector, slots, version)
        answer, distance = None, nearest.score if nearest else None
        if not nearest:
            reason = "Nothing was asked since the health data last changed."
        elif not agreeing:
            reason = self._difference(nearest, slots, now, zone)
        elif agreeing.score > self._settings.answer_distance:
            distance, reason = agreeing.score, "The slots agree, but it is too far away."
        else:
            asked, answer = self._read(agreeing)
            distance = agreeing.score
            reason = f"answered before: {asked!r}" if answer is not None else "It just expired."
        return Lookup(question, answer, reason, distance, slots, version, vector)

    def put(self, lookup: Lookup, answer: str) -> bool:
        """Keep an answer for those who ask the same; whether it was kept.

        It is not if the question depends on others, there was no embedder, or Redis is full: a
        cache may forget.

        Args:
            lookup: what `get` gave before the answer was made, with the data's version of then.
            answer: in words.
        """
        if not lookup.vector:
            return False
        digest = _digest(lookup.slots)
        name = self.keys.answer(f"{lookup.version}-{digest}-{self.index.embedder}")
        fields: dict[Any, Any] = {
            "record": self.index.record, "embedder": self.index.embedder,
            "user": user_tag(self.user), "signature": digest, "version": lookup.version,
            "question": lookup.question, "answer": answer, "embedding": lookup.vector,
            "said_at": int(self._clock()),
        }  # fmt: skip
        pipe = self.client.pipeline(transaction=True)
        pipe.delete(name)
        pipe.hset(name, mapping=fields)
        pipe.expire(name, self._settings.answer_ttl_s)
        try:
            pipe.execute()
        except OutOfMemoryError:
            return False
        return True

    def clear(self) -> int:
        """Forget all of this user's answers; how many there were."""
        pattern = key_table.glob_escape(self.keys.answer("")) + "*"
        names = set(self.client.scan_iter(match=pattern, count=key_table.SCAN_COUNT))
        return int(self.client.unlink(*names)) if names else 0

    def _search(
        self, vector: bytes, slots: Slots, version: int
    ) -> tuple[Found | None, Found | None]:
        """The nearest question of equal slots, and the nearest of all, in one round trip."""
        own = f"{queries.scope(self.user, shared=False)} @version:[{version} {version}]"
        agreeing = f"{own} @signature:{{{_digest(slots)}}}"
        ef, laps = self._settings.hnsw_ef_runtime, Laps()
        replies = self.index.ask(
            [queries.nearest(self.index.name, where, vector, 1, ef) for where in (agreeing, own)]
        )
        seconds = laps.lap("search")
        first, second = (next(iter(queries.read(reply)), None) for reply in replies)
        distances = (second.score,) if second else ()
        tell_search(self.client, self.index.record, seconds, distances)
        return first, second

    def _read(self, found: Found) -> tuple[str, str | None]:
        kept: Any = self.client.hmget(found.key.decode(), "question", "answer")
        question, answer = kept
        if question is None or answer is None:
            return "", None
        return question.decode(), answer.decode()

    def _difference(self, found: Found, slots: Slots, now: datetime, zone: ZoneInfo) -> str:
        asked, _ = self._read(found)
        other = compare(slots, parse_slots(asked, now=now, zone=zone), zone=zone)
        return f"The nearest, {asked!r}, means something else: {other.reason or 'its time passed'}."

    def __repr__(self) -> str:
        return f"SemanticCache(user={self.user!r}, index={self.index.name!r})"


def _digest(slots: Slots) -> str:
    return hashlib.blake2b(slots.signature().encode(), digest_size=DIGEST_BYTES).hexdigest()
