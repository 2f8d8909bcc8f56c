"""What the embedding cache did, added up over all processes without a command per hit.

Each process counts for itself and adds its counts to a Redis hash now and then; the time saved is
worked out from times that were measured, never from an assumed one.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from redis import Redis
from redis.client import Pipeline

from wellness.client import EMBEDDING_COUNTS, CacheStatistics, tell_embeddings

__all__ = ["CacheStatistics", "Tally"]


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
        self._counts = dict.fromkeys(EMBEDDING_COUNTS, 0)

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
            self._counts = dict.fromkeys(EMBEDDING_COUNTS, 0)
        for name in EMBEDDING_COUNTS:
            if count := getattr(taken, name):
                pipe.hincrby(self._key, name, count)
        return taken

    def restore(self, taken: CacheStatistics) -> None:
        """Take back what could not be sent."""
        self._add({name: getattr(taken, name) for name in EMBEDDING_COUNTS})

    def stored(self, client: Redis) -> CacheStatistics:
        """What all processes have told Redis."""
        found: Any = client.hgetall(self._key)
        return CacheStatistics(**{n: int(found.get(n.encode(), 0)) for n in EMBEDDING_COUNTS})
