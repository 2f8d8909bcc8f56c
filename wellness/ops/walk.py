"""A walk through the keyspace by SCAN that stops when its budget of keys or time is used up.

Never KEYS: that visits every key in one go, and nobody else is answered meanwhile. The walk asks
SCAN for every key and picks out a namespace's itself, because with MATCH Redis does not say how
many keys it passed over, so neither a budget nor a share of the keyspace could be kept.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from redis import Redis
from redis.exceptions import ResponseError

from wellness import keys
from wellness.replies import text


@dataclass(frozen=True, slots=True)
class Budget:
    """How much one look may cost: keys passed by, and seconds. At least one step is taken."""

    keys: int = 100_000  # a hundred SCAN steps: all of a teaching server, a part of a big one
    seconds: float = 1.0  # what a person waits for without wondering


@dataclass(frozen=True, slots=True)
class Place:
    """Where a walk stands. `cursor` is SCAN's, `passed` the keys of any name so far."""

    cursor: int = 0
    passed: int = 0


START = Place()


class Walk:
    """Steps through a namespace's keys; iterate over it once, then ask where it stands.

    SCAN's guarantees: a key that is there all the time comes at least once, perhaps twice; one
    that is written or deleted meanwhile may come or not.

    Args:
        client: bytes or text replies, either will do.
        namespace: whose keys are picked out.
        user: only this one's.
        budget: when to stop.
        start: where an earlier walk stood.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        client: Redis,
        namespace: str,
        user: str | None = None,
        *,
        budget: Budget,
        start: Place = START,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client, self._budget, self._clock = client, budget, clock
        self._prefix = (
            keys.index_prefix(namespace) if user is None else keys.Keys(namespace, user).prefix
        )
        self.place = start
        self.complete = False

    def __iter__(self) -> Iterator[list[str]]:
        """The namespace's keys among those of each step, perhaps none."""
        begun, passed_before = self._clock(), self.place.passed
        while not self.complete:
            reply: Any = self._client.scan(self.place.cursor, count=keys.SCAN_COUNT)
            cursor, found = reply
            self.place = replace(
                self.place, cursor=int(cursor), passed=self.place.passed + len(found)
            )
            self.complete = not self.place.cursor
            names = [str(text(key)) for key in found]
            yield [name for name in names if name.startswith(self._prefix)]
            if (
                self.place.passed - passed_before >= self._budget.keys
                or self._clock() - begun >= self._budget.seconds
            ):
                return

    @property
    def rest(self) -> Place | None:
        """Where to go on; None after the end."""
        return None if self.complete else self.place


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the server's keys a walk passed. `keys` is None where DBSIZE is refused."""

    passed: int
    keys: int | None
    complete: bool

    @property
    def share(self) -> float | None:
        """The part of the keyspace that was seen, 0 to 1; None where its size is not known."""
        if self.complete:
            return 1.0
        return min(1.0, self.passed / self.keys) if self.keys else None

    def __str__(self) -> str:
        if self.complete:
            return f"all {self.passed:,} keys of the server were passed"
        share = f", {self.share:.1%}" if self.share is not None else ""
        of = f" of {self.keys:,}" if self.keys is not None else ""
        return f"stopped after {self.passed:,}{of} keys of the server{share}"


def covered(client: Redis, walk: Walk) -> Coverage:
    """How far a walk came."""
    size: int | None
    try:
        size = int(client.dbsize())
    except ResponseError:
        size = None
    return Coverage(walk.place.passed, size, walk.complete)
