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
from wellness.client import for_user, tell_search
from wellness.errors import ModelUnavailable, RecallError
from wellness.memory import queries
from wellness.memory.embedder import Embedder
from wellness.memory.index import MemoryIndex, is_missing
from wellness.memory.kept import Kept
from wellness.memory.kinds import Fact, Memory, MemoryKind
from wellness.memory.queries import Found
from wellness.memory.recall import Hit, Laps, Recall, fuse
from wellness.memory.remembering import REEMBED, REMEMBER, plain, statement
from wellness.memory.shared import ask_both, merge
from wellness.settings import Settings

SPARE = 5  # memories fetched beyond k, in case some expire at this very moment
MOST = 1_000  # memories that one recall may ask for: Search gives ten thousand at the very most
BATCH = 64  # memories given a new vector in one round trip


class Stored(NamedTuple):
    """What became of a statement; `replaced` is the memory that it took the place of."""

    id: str
    outcome: str  # new, duplicate, superseding, recalled
    replaced: str | None = None


class LongTerm(Kept):
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
        shared: bool = False,
    ) -> None:
        super().__init__(client, user, namespace=namespace, shared=shared)
        self.embedder, self._settings, self._clock = embedder, settings, clock
        fields = [
            TagField("kind"), TagField("digest", case_sensitive=True), TextField("text"),
            NumericField("valid_from"), NumericField("valid_until"), NumericField("expires_at"),
        ]  # fmt: skip
        self.index = MemoryIndex(client, namespace, embedder, "memory", fields, settings)
        self.index.ensure()
        home = for_user(client, key_table.EVERYONE)
        self._common = MemoryIndex(home, namespace, embedder, "memory", fields, settings)
        self._script = client.register_script(REMEMBER)
        self._scope = queries.scope(user)

    def remember(self, facts: Sequence[Fact], *, recalled: Iterable[Memory] = ()) -> list[Stored]:
        """Store what was stated; stating it again renews it, another value supersedes it.

        Args:
            facts: in the order they were stated.
            recalled: what the speaker had before their eyes; repeating it word by word changes
                nothing, or a memory would live on its own echo.

        Raises:
            ModelUnavailable: there are no vectors; nothing was stored.
            RecallError: a fact says nothing, or Redis is out of memory.
        """
        if any(not fact.text.strip() or not _is_text(fact.text) for fact in facts):
            raise RecallError("A memory without words, or with half a character, is none.")
        echoed = {plain(memory.fact.text): Stored(memory.id, "recalled") for memory in recalled}
        echoes = [echoed.get(plain(fact.text)) for fact in facts]
        told = [fact for fact, echo in zip(facts, echoes, strict=True) if not echo]
        stored = iter(self._store(told))
        return [echo or next(stored) for echo in echoes]

    def _store(self, facts: Sequence[Fact]) -> list[Stored]:
        if not facts:
            return []
        vectors = self.embedder.embed([fact.text for fact in facts])

        def stated(at: int) -> tuple[list[str], list[Any]]:
            vector, now = vectors[at].tobytes(), self._clock()
            return statement(facts[at], vector, self.keys, self.index, now, self._settings)

        replies = self._run(map(stated, range(len(facts))))
        if dropped := [at for at, one in enumerate(replies) if is_missing(one)]:
            self.index.ensure()
            for at, reply in zip(dropped, self._run(map(stated, dropped)), strict=True):
                replies[at] = reply
        for reply in replies:
            if isinstance(reply, OutOfMemoryError):
                raise RecallError(
                    "Redis is out of memory; not all of it was stored.",
                    hint="Raise maxmemory (`CONFIG SET maxmemory 2gb`) and say it again.",
                ) from reply
            if isinstance(reply, Exception):
                raise reply
        return [_stored(reply) for reply in replies]

    def _run(self, stated: Iterable[tuple[list[str], list[Any]]]) -> list[Any]:
        pipe = self.client.pipeline(transaction=False)
        for names, values in stated:
            self._script(keys=names, args=values, client=pipe)
        return pipe.execute(raise_on_error=False)

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
            k: at most so many, 1 to 1,000.
            kinds: by default all.
            during: half-open interval of epoch seconds: what held then, instead of now.
            history: also what has been superseded.

        Raises:
            RecallError: `k` is out of bounds.
        """
        if not 1 <= k <= MOST:
            raise RecallError(f"One cannot recall {k} memories.", hint=f"Ask for 1 to {MOST}.")
        question = question.encode("utf-8", "replace").decode()
        laps = Laps()
        vector, degraded = self._vector(question)
        laps.lap("embed")
        when = None if history else during or (now, now + 1)
        limits = queries.holds(self._clock(), when, kinds)
        words = queries.words_query(question)
        where = f"{self._scope} {limits}"
        by_vector, by_text, missing = self._search(words, where, vector, k, laps)
        count = words.count("|") + 1
        ranked = fuse(by_vector, by_text, now, self._settings, count)[: k + SPARE]
        laps.lap("own")
        replies = self._fetch([one.key for one in ranked])
        laps.lap("fetch")
        hits = [
            Hit(memory, one.score, one.why)
            for one, values in zip(ranked, replies, strict=True)
            if (memory := self._memory(one.key.decode(), values))
        ]
        laps.lap("own")
        return Recall(tuple(hits[:k]), laps.parts, " ".join(filter(None, (degraded, missing))))

    def _vector(self, question: str) -> tuple[bytes, str]:
        try:
            return self.embedder.embed([question])[0].tobytes(), ""
        except ModelUnavailable as error:
            return b"", f"{error.message} Only words were searched, not meaning."

    def _search(
        self, words: str, where: str, vector: bytes, k: int, laps: Laps
    ) -> tuple[list[Found], list[Found], str]:
        """Both rankings, in one round trip to each index, and what did not work."""
        n, ef = max(self._settings.recall_candidates, k + SPARE), self._settings.hnsw_ef_runtime
        commands = []
        if vector:
            commands.append(queries.nearest(self.index.name, where, vector, n, ef))
        if words:
            commands.append(queries.matching(self.index.name, where, words, n))
        laps.lap("own")
        replies, degraded = ask_both(self.index, self._common, commands)
        seconds = laps.lap("search")
        by_vector = merge([reply[0] for reply in replies], nearest=True) if vector else []
        if vector:
            distances = (found.score for found in by_vector)
            tell_search(self.client, self.index.record, seconds, distances)
        by_text = merge([reply[-1] for reply in replies], nearest=False) if words else []
        return by_vector, by_text, degraded

    def reembed(self) -> int:
        """Give this embedder's vectors to the user's memories of others; returns how many.

        Raises:
            ModelUnavailable: the model went away; those before that have their new vectors.
        """
        script = self.client.register_script(REEMBED)
        others = [memory for memory in self.all() if memory.embedder != self.index.embedder]
        for low in range(0, len(others), BATCH):
            batch = others[low : low + BATCH]
            vectors = self.embedder.embed([memory.fact.text for memory in batch])
            pipe = self.client.pipeline(transaction=False)
            for memory, vector in zip(batch, vectors, strict=True):
                names = [self.keys.memory(memory.id)]
                script(keys=names, args=[self.index.embedder, vector.tobytes()], client=pipe)
            pipe.execute()
        return len(others)

    def __repr__(self) -> str:
        return f"LongTerm(user={self.user!r}, index={self.index.name!r})"


def _is_text(text: str) -> bool:
    """Whether UTF-8 can hold it: no half of a surrogate pair."""
    return text.encode("utf-8", "replace").decode() == text


def _stored(reply: list[bytes]) -> Stored:
    outcome, id, *replaced = (part.decode() for part in reply)
    return Stored(id, outcome, replaced[0] if replaced and replaced[0] else None)
