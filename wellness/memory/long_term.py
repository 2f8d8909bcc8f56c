"""Long-term memory: what a person stated, found again by meaning and by words.

Each memory is a hash with its vector, in one index per embedder. RedisVL would build and parse
the queries too, at a cost that `make bench` shows; here they are prepared commands, sent together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from redis import Redis
from redis.commands.search.field import NumericField, TagField, TextField
from redis.exceptions import OutOfMemoryError

from wellness import keys as key_table
from wellness.errors import ModelUnavailable, RecallError
from wellness.keys import Keys
from wellness.memory import queries
from wellness.memory.embedder import Embedder
from wellness.memory.index import MemoryIndex
from wellness.memory.kinds import FIELDS, FOREVER, Fact, Memory, MemoryKind, decode
from wellness.memory.queries import Found
from wellness.memory.recall import Hit, Laps, Recall, fuse
from wellness.memory.remembering import REMEMBER, statement
from wellness.settings import Settings

SPARE = 5  # memories fetched beyond k, in case some expire at this very moment


class Stored(NamedTuple):
    """What became of a statement; `replaced` is the memory that it took the place of."""

    id: str
    outcome: str  # new, duplicate, superseding
    replaced: str | None = None


class LongTerm:
    """One user's long-term memory.

    Args:
        client: a Redis client that returns bytes.
        embedder: makes the vectors; memories of another embedder are kept, and not found.
        user: any non-empty name but that of everybody, unless `shared`.
        settings: those of long-term memory count here.
        clock: seconds since the epoch; it decides about expiry, and nothing else.
        namespace: prefix of all keys.
        shared: this is what belongs to everybody; `user` must be `keys.EVERYONE`.

    Raises:
        RecallError: that is nobody's name, or there is an index that was made with other settings.
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
        shared: bool = False,
    ) -> None:
        if not user or (user == key_table.EVERYONE) != shared:
            raise RecallError(f"Nobody can be called {user!r} here.", hint="Choose another name.")
        self.client, self.embedder, self.user = client, embedder, user
        self.keys = Keys(namespace, user)
        self._settings, self._clock = settings, clock
        fields = [
            TagField("kind"), TagField("signature", case_sensitive=True), TextField("text"),
            NumericField("valid_from"), NumericField("valid_until"), NumericField("expires_at"),
        ]  # fmt: skip
        self.index = MemoryIndex(client, namespace, embedder, "memory", fields, settings)
        self.index.ensure()
        self._script = client.register_script(REMEMBER)
        self._scope = queries.scope(user)

    def remember(self, facts: Sequence[Fact]) -> list[Stored]:
        """Store what was stated; stating it again renews it, another value supersedes it.

        Raises:
            ModelUnavailable: there are no vectors; nothing was stored.
            RecallError: a fact says nothing, or Redis is out of memory.
        """
        if any(not fact.text.strip() or not _is_text(fact.text) for fact in facts):
            raise RecallError("A memory without words, or with half a character, is none.")
        vectors = self.embedder.embed([fact.text for fact in facts])
        pipe = self.client.pipeline(transaction=False)
        for fact, vector in zip(facts, vectors, strict=True):
            names, values = statement(
                fact, vector.tobytes(), self.keys, self.index, self._clock(), self._settings
            )
            self._script(keys=names, args=values, client=pipe)
        try:
            replies = pipe.execute()
        except OutOfMemoryError as error:
            raise RecallError(
                "Redis is out of memory; not all of it was stored.",
                hint="Raise maxmemory (`CONFIG SET maxmemory 2gb`) and say it again.",
            ) from error
        return [_stored(reply) for reply in replies]

    def recall(
        self,
        question: str,
        *,
        now: int,
        k: int = 10,
        kinds: Iterable[MemoryKind] = (),
        during: tuple[int, int] | None = None,
        history: bool = False,
    ) -> Recall:
        """What bears on a question, best first.

        Without the embedder only words are searched, and `degraded` says so.

        Args:
            question: in words.
            now: epoch seconds of asking; what began to hold later is not recalled.
            k: at most so many.
            kinds: by default all.
            during: half-open interval of epoch seconds: what held then, instead of now.
            history: also what has been superseded.
        """
        question = question.encode("utf-8", "replace").decode()
        laps = Laps()
        vector, degraded = self._vector(question)
        laps.lap("embed")
        when = None if history else during or (now, now + 1)
        limits = queries.holds(self._clock(), when, kinds)
        by_vector, by_text = self._search(question, f"{self._scope} {limits}", vector, laps)
        ranked = fuse(by_vector, by_text, now, self._settings)[: k + SPARE]
        laps.lap("own")
        replies = self._fetch([one.key for one in ranked])
        laps.lap("fetch")
        hits = [
            Hit(memory, one.score, one.why)
            for one, values in zip(ranked, replies, strict=True)
            if (memory := self._memory(one.key, values))
        ]
        laps.lap("own")
        return Recall(tuple(hits[:k]), laps.parts, degraded)

    def _vector(self, question: str) -> tuple[bytes, str]:
        try:
            return self.embedder.embed([question])[0].tobytes(), ""
        except ModelUnavailable as error:
            return b"", f"{error.message} Only words were searched, not meaning."

    def _search(
        self, question: str, where: str, vector: bytes, laps: Laps
    ) -> tuple[list[Found], list[Found]]:
        """Both rankings, in one round trip."""
        n, ef = self._settings.recall_candidates, self._settings.hnsw_ef_runtime
        words = queries.words_query(question)
        pipe = self.client.pipeline(transaction=False)
        if vector:
            pipe.execute_command(*queries.nearest(self.index.name, where, vector, n, ef))  # type: ignore[no-untyped-call]
        if words:
            pipe.execute_command(*queries.matching(self.index.name, where, words, n))  # type: ignore[no-untyped-call]
        laps.lap("own")
        replies = pipe.execute()
        laps.lap("search")
        by_vector = queries.read(replies[0]) if vector else []
        return by_vector, queries.read(replies[-1]) if words else []

    def _fetch(self, names: Iterable[bytes | str]) -> list[list[bytes | None]]:
        pipe = self.client.pipeline(transaction=False)
        for name in names:
            pipe.hmget(name, FIELDS)
        return pipe.execute()

    def _memory(self, key: bytes, values: Sequence[bytes | None]) -> Memory | None:
        parts = key_table.parse(key.decode())
        return decode(parts.part, values, shared=parts.user == key_table.EVERYONE)

    # What there is, and forgetting

    def all(self, *, history: bool = True) -> list[Memory]:
        """Everything that is remembered of this user, by when it was said, whatever the embedder.

        Args:
            history: also what has been superseded.
        """
        names = sorted(self._names("memory"))
        found = (
            self._memory(name.encode(), values)
            for name, values in zip(names, self._fetch(names), strict=True)
        )
        kept = [memory for memory in found if memory and (history or memory.current)]
        return sorted(kept, key=lambda memory: (memory.fact.at, memory.id))

    def history(self, subject: str) -> list[Memory]:
        """What was ever stated of a subject, by when it began to hold."""
        ids: Any = self.client.zrange(self.keys.facts(subject), 0, -1)
        names = [self.keys.memory(id.decode()) for id in ids]
        found = zip(names, self._fetch(names), strict=True)
        memories = (self._memory(name.encode(), values) for name, values in found)
        return sorted(
            (memory for memory in memories if memory),
            key=lambda one: (one.fact.since, one.valid_until or FOREVER),
        )

    def forget(self, id: str) -> bool:
        """Forget one memory; whether there was one. What it had superseded stays superseded."""
        name = self.keys.memory(id)
        subject: Any = self.client.hget(name, "subject")
        pipe = self.client.pipeline(transaction=True)
        pipe.unlink(name)
        if subject:
            pipe.zrem(self.keys.facts(subject.decode()), id)
        return bool(pipe.execute()[0])

    def forget_all(self) -> int:
        """Forget everything that this memory holds of the user; returns how many memories."""
        memories = list(self._names("memory"))
        for name in (*memories, *self._names("facts")):
            self.client.unlink(name)
        return len(set(memories))

    def _names(self, kind: str) -> Iterable[str]:
        for name in key_table.scan(self.client, self.keys.namespace, self.user):
            if key_table.parse(name).kind == kind:
                yield name

    def __repr__(self) -> str:
        return f"LongTerm(user={self.user!r}, index={self.index.name!r})"


def _is_text(text: str) -> bool:
    """Whether UTF-8 can hold it: no half of a surrogate pair."""
    return text.encode("utf-8", "replace").decode() == text


def _stored(reply: list[bytes]) -> Stored:
    outcome, id, *replaced = (part.decode() for part in reply)
    return Stored(id, outcome, replaced[0] if replaced and replaced[0] else None)
