"""A user's memories as they lie in Redis: seen, exported and deleted, with or without a model.

What is kept of a person must be visible and deletable at any time, so nothing here needs vectors.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from redis import Redis

from wellness import keys as key_table
from wellness.errors import RecallError
from wellness.keys import Keys
from wellness.memory.kinds import FIELDS, FOREVER, Memory, decode

BATCH = 500  # memories read or deleted in one round trip


class Kept:
    """One user's memories, of whichever embedder.

    Args:
        client: a Redis client that returns bytes.
        user: any non-empty name but that of everybody, unless `shared`.
        namespace: prefix of all keys.
        shared: this is what belongs to everybody; `user` must be `keys.EVERYONE`.

    Raises:
        RecallError: that is nobody's name.
    """

    def __init__(
        self,
        client: Redis,
        user: str,
        *,
        namespace: str = key_table.PERSON,
        shared: bool = False,
    ) -> None:
        if not user or (user == key_table.EVERYONE) != shared:
            raise RecallError(f"Nobody can be called {user!r} here.", hint="Choose another name.")
        self.client, self.user, self.shared = client, user, shared
        self.keys = Keys(namespace, user)

    def all(self, *, history: bool = True) -> list[Memory]:
        """Everything that is remembered of this user, by when it was said.

        Args:
            history: also what has been superseded.
        """
        found: list[Memory] = []
        for names in _batches(sorted(set(self._names("memory")))):
            found += self._memories(names)
        kept = [memory for memory in found if history or memory.current]
        return sorted(kept, key=lambda memory: (memory.fact.at, memory.id))

    def history(self, subject: str) -> list[Memory]:
        """What was ever stated of a subject, by when it began to hold."""
        ids: Any = self.client.zrange(self.keys.facts(subject), 0, -1)
        found = self._memories([self.keys.memory(id.decode()) for id in ids])
        return sorted(found, key=lambda one: (one.fact.since, one.valid_until or FOREVER))

    def export(self) -> list[dict[str, Any]]:
        """Everything that is remembered of this user, in values that JSON has."""
        return [memory.to_dict() for memory in self.all()]

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
        """Forget everything that is remembered of the user; returns how many memories that were."""
        gone = 0
        for kind in ("memory", "facts"):
            for names in _batches(self._names(kind)):
                unlinked = int(self.client.unlink(*names))
                gone += unlinked if kind == "memory" else 0
        return gone

    def _names(self, kind: str) -> Iterator[str]:
        for name in key_table.scan(self.client, self.keys.namespace, self.user):
            if key_table.parse(name).kind == kind:
                yield name

    def _memories(self, names: Sequence[str]) -> list[Memory]:
        """Those of the memories that have not expired."""
        found = zip(names, self._fetch(names), strict=True)
        return [memory for name, values in found if (memory := self._memory(name, values))]

    def _fetch(self, names: Iterable[bytes | str]) -> list[list[bytes | None]]:
        pipe = self.client.pipeline(transaction=False)
        for name in names:
            pipe.hmget(name, FIELDS)
        return pipe.execute()

    def _memory(self, name: str, values: Sequence[bytes | None]) -> Memory | None:
        parts = key_table.parse(name)
        return decode(parts.part, values, shared=parts.user == key_table.EVERYONE)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(user={self.user!r}, namespace={self.keys.namespace!r})"


def _batches(names: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(names)
    while batch := list(islice(rest, BATCH)):
        yield batch
