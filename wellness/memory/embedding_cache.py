"""Embeddings kept in Redis: a text that was embedded once is not embedded again.

A vector is a STRING of float32, four bytes a dimension, under a key made of the user, the model,
its dimensions and the text. So a hit is one GET and no parsing, and with another model every
lookup misses.

The cache never makes anything fail: without Redis the texts are embedded, and the statistics
say so. It belongs to one user, whose deletion takes it along; the same question of two people is
embedded twice.
"""

from __future__ import annotations

import hashlib
import time
import unicodedata
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Self

import numpy as np
from redis import Redis, RedisError
from redis.client import Pipeline

from wellness import keys as key_table
from wellness.errors import RedisUnavailable
from wellness.keys import Keys
from wellness.memory.cache_statistics import CacheStatistics, Tally
from wellness.memory.embedder import Embedder, Vectors
from wellness.settings import Settings

# Two of n texts share a digest of b bits with probability n**2 / 2**(b + 1), the birthday bound:
# for a hundred million texts that is less than one in 10**22.
DIGEST_BYTES = 16
UNIT = 1e-3  # a stored vector whose squared length is farther from 1 is damaged
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.002, 0.05  # between two looks for somebody else's vector
FLUSH_EVERY = 256  # hits between two flushes of the counts
DOWN = (RedisError, RedisUnavailable)


def normalise(text: str) -> str:
    r"""The text that is embedded and looked up: composed Unicode (NFC), single spaces.

    Case is kept: whether it matters is for the model to say.

    >>> normalise("  My   goal\nweight ")
    'My goal weight'
    """
    return " ".join(unicodedata.normalize("NFC", text).split())


class CachedEmbedder:
    """An embedder that looks into Redis first; see `wellness.memory.embedder.Embedder`.

    Args:
        embedder: asked for what is not there.
        client: a Redis client that returns bytes.
        user: whose cache it is.
        settings: `embedding_ttl_s` and `embedding_wait_s` count here.
        namespace: prefix of all keys.
        clock: monotonic seconds, for what is measured and waited for.
    """

    def __init__(
        self,
        embedder: Embedder,
        client: Redis,
        user: str,
        *,
        settings: Settings,
        namespace: str = key_table.PERSON,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.embedder, self.client = embedder, client
        self.model, self.dimensions = embedder.model, embedder.dimensions
        self._keys, self._clock = Keys(namespace, user), clock
        self._ttl_s, self._wait_s = settings.embedding_ttl_s, settings.embedding_wait_s
        self._bytes = 4 * self.dimensions
        identity = f"{self.model}\0{self.dimensions}".encode()
        self._hash = hashlib.blake2b(
            digest_size=DIGEST_BYTES, key=hashlib.blake2b(identity, digest_size=32).digest()
        )
        self._tally = Tally(self._keys.embedding_stats, client)
        self._prefix = self._keys.embedding("-")[:-1]  # digests need no encoding, which takes time

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder.embed`; a text that comes twice is looked up and embedded once.

        Raises:
            ModelUnavailable: a text was not there, and the model does not answer.
        """
        if len(texts) == 1:
            return self._embed_one(normalise(texts[0]))
        begun = self._clock()
        plain = [normalise(text) for text in texts]
        digests = [self._digest(text) for text in plain]
        try:
            rows = self._look_up(list(dict.fromkeys(digests)))
        except DOWN:
            self._tally.add(uncached=len(plain))
            return self.embedder.embed(plain)
        if hits := sum(digest in rows for digest in digests):
            self._count_hits(hits, begun)
        if hits < len(digests):
            texts_by_digest = dict(zip(digests, plain, strict=True))
            rows |= self._fill({d: t for d, t in texts_by_digest.items() if d not in rows})
        vectors = np.empty((len(digests), self.dimensions), dtype=np.float32)
        for at, digest in enumerate(digests):
            vectors[at] = rows[digest]
        return vectors

    def _embed_one(self, text: str) -> Vectors:
        """The same for the text of a question, on whose way to its answer this is."""
        begun, digest = self._clock(), self._digest(text)
        try:
            value: Any = self.client.get(self._prefix + digest)
        except DOWN:
            self._tally.add(uncached=1)
            return self.embedder.embed([text])
        if value is not None and (row := self._vector(value)) is not None:
            self._count_hits(1, begun)
            return np.array(row, ndmin=2)
        return np.array(self._fill({digest: text})[digest], ndmin=2)

    def _count_hits(self, hits: int, begun: float) -> None:
        self._tally.add(hits=hits, hit_us=int(1e6 * (self._clock() - begun)))
        if self._tally.pending_hits() >= FLUSH_EVERY:
            self.flush()

    def _digest(self, text: str) -> str:
        found = self._hash.copy()
        found.update(text.encode("utf-8", "surrogatepass"))
        return found.hexdigest()

    def _look_up(self, digests: Sequence[str]) -> dict[str, Any]:
        """The vectors that are there, in one command."""
        if not digests:
            return {}
        values: Any = self.client.mget([self._prefix + digest for digest in digests])
        return self._vectors(digests, values)

    def _vectors(self, digests: Iterable[str], values: Sequence[bytes | None]) -> dict[str, Any]:
        rows = {}
        for digest, value in zip(digests, values, strict=True):
            if value is not None and (row := self._vector(value)) is not None:
                rows[digest] = row
        return rows

    def _vector(self, value: bytes) -> Any:
        if len(value) == self._bytes:
            row = np.frombuffer(value, dtype=np.float32)
            if abs(float(row.dot(row)) - 1) < UNIT:  # false for NaN, too
                return row
        self._tally.add(damaged=1)
        return None

    def _fill(self, missing: Mapping[str, str]) -> dict[str, Any]:
        """Embed what is missing, or wait for whoever is embedding it just now.

        Whoever sets a text's lock embeds it. A holder that was killed is waited for as long as
        its lock lives, which is no longer than `embedding_wait_s`; then everyone may try.
        """
        left = dict(missing)
        found: dict[str, Any] = {}
        until = self._clock() + self._wait_s
        pause_s = FIRST_PAUSE_S
        while True:
            mine, theirs = self._claim(left)
            found |= theirs
            self._tally.add(coalesced=len(theirs))
            if self._clock() >= until:
                mine = [digest for digest in left if digest not in theirs]
            if mine:
                found |= self._make({digest: left[digest] for digest in mine})
            left = {digest: text for digest, text in left.items() if digest not in found}
            if not left:
                return found
            time.sleep(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    def _claim(self, left: Mapping[str, str]) -> tuple[list[str], dict[str, Any]]:
        """The digests that are ours to embed, and the vectors that have come meanwhile.

        Looked for behind the lock: a lock that is free may be so because all is done. Without
        Redis everything is ours.
        """
        pipe = self.client.pipeline(transaction=False)
        token, lifetime_ms = uuid.uuid4().hex, max(1, int(1000 * self._wait_s))
        for digest in left:
            pipe.set(self._keys.embedding_lock(digest), token, nx=True, px=lifetime_ms)
        pipe.mget([self._prefix + digest for digest in left])
        try:
            *locks, values = pipe.execute()
        except DOWN:
            return list(left), {}
        rows = self._vectors(left, values)
        locked = [digest for digest, ours in zip(left, locks, strict=True) if ours]
        if done := [digest for digest in locked if digest in rows]:
            self._finish(self.client.pipeline(transaction=False), done)
        return [digest for digest in locked if digest not in rows], rows

    def _make(self, texts: Mapping[str, str]) -> dict[str, Any]:
        """Embed, and store with expiry; counts and locks go in the same round trip."""
        begun = self._clock()
        try:
            vectors = self.embedder.embed(list(texts.values()))
        except BaseException:
            self._finish(self.client.pipeline(transaction=False), texts)
            raise
        self._tally.add(
            misses=len(texts),
            embed_us=int(1e6 * (self._clock() - begun)),
            written_bytes=vectors.nbytes,
        )
        pipe = self.client.pipeline(transaction=False)
        for digest, vector in zip(texts, vectors, strict=True):
            pipe.set(self._prefix + digest, vector.tobytes(), ex=self._ttl_s)
        self._finish(pipe, texts)
        return dict(zip(texts, vectors, strict=True))

    def _finish(self, pipe: Pipeline, digests: Collection[str]) -> None:
        """Send a pipeline together with our counts and the end of our locks."""
        if digests:
            pipe.unlink(*(self._keys.embedding_lock(digest) for digest in digests))
        taken = self._tally.queue(pipe)
        try:
            pipe.execute()
        except DOWN:
            self._tally.restore(taken)

    def flush(self) -> None:
        """Tell Redis what this process has counted; tried again later if it does not answer."""
        self._finish(self.client.pipeline(transaction=False), ())

    def statistics(self) -> CacheStatistics:
        """What the cache did for this user: all processes' flushed counts and our own."""
        return self._tally.stored(self.client) + self._tally.pending

    def close(self) -> None:
        """Flush the counts; client and embedder stay open."""
        self.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<CachedEmbedder of {self.embedder!r} for {self._keys.user!r}>"
