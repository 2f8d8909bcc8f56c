"""What the embedding cache did, added up over all processes without a command per hit.

Each process counts for itself and adds its counts to a Redis hash now and then; the time saved is
worked out from times that were measured, never from an assumed one.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from redis import Redis
from redis.client import Pipeline

from wellness.client import tell_embeddings

MICROSECOND = 1e-6


@dataclass(frozen=True, slots=True)
class CacheStatistics:
    """Counts of texts, and times in microseconds.

    Attributes:
        hits: texts whose vector was there.
        misses: texts that were embedded, and stored.
        coalesced: texts that somebody else was just embedding; their vector was waited for.
        damaged: stored values that were no vector of this model; each was embedded again.
        uncached: texts that were embedded while Redis did not answer; nothing was stored.
        written_bytes: of vectors, without keys.
        embed_us: spent on embedding misses.
        hit_us: spent on getting hits.
    """

    hits: int = 0
    misses: int = 0
    coalesced: int = 0
    damaged: int = 0
    uncached: int = 0
    written_bytes: int = 0
    embed_us: int = 0
    hit_us: int = 0

    @property
    def hit_rate(self) -> float | None:
        """Texts that needed no embedding, as a fraction of all; None before the first."""
        answered = self.hits + self.coalesced
        total = answered + self.misses + self.uncached
        return answered / total if total else None

    @property
    def saved_s(self) -> float | None:
        """Seconds saved: what the hits would have cost at the mean of the measured misses, less
        what they did cost. None while no miss was measured to compare with.
        """
        if not self.misses:
            return None
        return (self.hits * self.embed_us / self.misses - self.hit_us) * MICROSECOND

    def __add__(self, other: CacheStatistics) -> CacheStatistics:
        return CacheStatistics(*(getattr(self, n) + getattr(other, n) for n in NAMES))

    def __repr__(self) -> str:
        rate, saved = self.hit_rate, self.saved_s
        shares = "nothing asked yet" if rate is None else f"{rate:.1%} needed no embedding"
        time_saved = "" if saved is None else f", {saved:.3g} s saved"
        return f"{self.hits:,} hits, {self.misses:,} misses: {shares}{time_saved}"


NAMES = tuple(field.name for field in fields(CacheStatistics))


class Tally:
    """Counts of this process that are not yet in Redis; for many threads.

    Args:
        key: of the hash in Redis.
        client: its watchers are told of each count.

    >>> tally = Tally("stats")
    >>> tally.add(hits=2, hit_us=90)
    >>> tally.pending.hits
    2
    """

    def __init__(self, key: str, client: Redis | None = None) -> None:
        self._key, self._client = key, client
        self._lock = threading.Lock()
        self._counts = dict.fromkeys(NAMES, 0)

    def add(self, **counts: int) -> None:
        """Count."""
        self._add(counts)
        tell_embeddings(self._client, counts)

    def _add(self, counts: Mapping[str, int]) -> None:
        with self._lock:
            for name, count in counts.items():
                self._counts[name] += count

    @property
    def pending(self) -> CacheStatistics:
        """What Redis has not been told yet."""
        with self._lock:
            return CacheStatistics(**self._counts)

    def pending_hits(self) -> int:
        """Hits since the last flush: cheap, and exact enough to decide about the next one."""
        return self._counts["hits"]

    def queue(self, pipe: Pipeline) -> CacheStatistics:
        """Move the counts into a pipeline; give them back with `restore` if it fails."""
        with self._lock:
            taken = CacheStatistics(**self._counts)
            self._counts = dict.fromkeys(NAMES, 0)
        for name in NAMES:
            if count := getattr(taken, name):
                pipe.hincrby(self._key, name, count)
        return taken

    def restore(self, taken: CacheStatistics) -> None:
        """Take back what could not be sent."""
        self._add({name: getattr(taken, name) for name in NAMES})

    def stored(self, client: Redis) -> CacheStatistics:
        """What all processes have told Redis."""
        found: Any = client.hgetall(self._key)
        return CacheStatistics(**{n: int(found.get(n.encode(), 0)) for n in NAMES})
