"""What the rooms above tell a client's observers, besides the commands that they see.

A search sent in a pipeline is one round trip among others to an observer, and what it found is in
the reply, which observers are not shown. So whoever searches says what came of it, and to a client
that nobody watches, saying so costs one look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol, runtime_checkable

from redis import Redis


@runtime_checkable
class Watcher(Protocol):
    """An observer that also wants to know of searches and embeddings; see `Guard.add`."""

    def on_search(self, index: str, seconds: float, distances: Sequence[float]) -> None:
        """A vector search was answered.

        Args:
            index: what was searched: "memory" or "answer".
            seconds: of the round trip.
            distances: of what was found, nearest first; empty if nothing was.
        """

    def on_embeddings(self, counts: Mapping[str, int]) -> None:
        """Something was asked of an embedding cache.

        Args:
            counts: by the names of `wellness.link.cache_statistics.CacheStatistics`.
        """


class Told(Protocol):
    """What passes on to watchers: `wellness.link.guard.Guard`."""

    @property
    def watched(self) -> bool:
        """Whether there is anybody to tell."""

    def tell(self, event: Callable[[Watcher], None]) -> None:
        """Let each watcher know."""


def tell_search(client: Redis, index: str, seconds: float, distances: Iterable[float]) -> None:
    """Tell a client's watchers of a search; `distances` are not computed when there are none."""
    guard: Told | None = getattr(client, "guard", None)
    if guard is not None and guard.watched:
        found = tuple(distances)
        guard.tell(lambda watcher: watcher.on_search(index, seconds, found))


def tell_embeddings(client: Redis | None, counts: Mapping[str, int]) -> None:
    """Tell a client's watchers what an embedding cache counted."""
    guard: Told | None = getattr(client, "guard", None)
    if guard is not None and guard.watched:
        guard.tell(lambda watcher: watcher.on_embeddings(counts))
