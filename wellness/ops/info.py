"""The dashboard: everything that INFO and its relatives say, with a verdict on each item.

Nothing is asked that could hold up a busy server: no KEYS, no MONITOR, and what goes through the
keys has a budget. What Redis refuses, as hosted services do, is said to be unread; the rest stands.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from redis import Redis

from wellness.ops.big_keys import BigKeys, big_keys
from wellness.ops.finding import Finding, Part, Unread, attempt
from wellness.ops.indexes import Indexes, indexes
from wellness.ops.keyspace import Keyspace, keyspace
from wellness.ops.latency import Latency, latency
from wellness.ops.memory import Memory, memory_of
from wellness.ops.persistence import Persistence, persistence_of
from wellness.ops.replication import Replication, replication_of
from wellness.ops.slowlog import Slowlog, slowlog
from wellness.ops.traffic import Traffic, traffic_of
from wellness.ops.walk import Budget
from wellness.settings import Settings

T = TypeVar("T")
PARTS = (
    "memory", "traffic", "persistence", "replication", "keyspace", "big_keys", "slowlog",
    "latency", "indexes",
)  # fmt: skip


@dataclass(frozen=True, repr=False)
class Dashboard:
    """What a Redis says about itself at one moment. A part that was refused is an `Unread`."""

    version: str
    memory: Memory | Unread
    traffic: Traffic | Unread
    persistence: Persistence | Unread
    replication: Replication | Unread
    keyspace: Keyspace | Unread
    big_keys: BigKeys | Unread
    slowlog: Slowlog | Unread
    latency: Latency | Unread
    indexes: Indexes | Unread

    @property
    def parts(self) -> tuple[Part, ...]:
        """All parts in the order in which they are shown."""
        return tuple(getattr(self, name) for name in PARTS)

    @property
    def look_here(self) -> tuple[Finding, ...]:
        """Only what needs a look."""
        return tuple(found for found in self.to_explain if found.verdict == "look here")

    @property
    def to_explain(self) -> tuple[Finding, ...]:
        """What is not fine: it needs a look, or could not be read."""
        found = [one for part in self.parts for one in part.findings if one.verdict != "fine"]
        return tuple(sorted(found, key=lambda one: one.verdict))

    def to_dict(self) -> dict[str, Any]:
        """Everything, as JSON can hold it: the values of each part and its findings."""
        return {
            "version": self.version,
            **{
                name: {
                    **asdict(getattr(self, name)),
                    "findings": [asdict(found) for found in getattr(self, name).findings],
                }
                for name in PARTS
            },
        }

    @property
    def summary(self) -> str:
        """One line: the version, and how many items need a look."""
        found = [one for part in self.parts for one in part.findings]
        unread = sum(one.verdict == "not read" for one in found)
        return (
            f"Redis {self.version or 'of unknown version'}: {len(found)} items, "
            f"{len(self.look_here)} need a look, {unread} could not be read"
        )

    def __repr__(self) -> str:
        return "\n".join([self.summary, *map(repr, self.parts)])

    def _repr_html_(self) -> str:
        return f"<p>{self.summary}</p>" + "".join(part._repr_html_() for part in self.parts)


def dashboard(
    client: Redis,
    namespace: str,
    user: str | None = None,
    *,
    settings: Settings | None = None,
    budget: Budget | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Dashboard:
    """Ask a Redis how it is.

    INFO is asked first, so that the questions which follow do not count in its own numbers.

    Args:
        client: replies in bytes.
        namespace: whose keys and indexes are looked at; the rest is about the whole server.
        user: only this one's keys.
        settings: hold the expiries of the kinds of keys.
        budget: for each of the two walks through the keys; by default `Budget()`.
        clock: monotonic seconds.

    Raises:
        RedisUnavailable: Redis did not answer.
    """
    info: dict[str, Any] | Unread = attempt("INFO", client.info)

    def part(title: str, read: Callable[[dict[str, Any]], T]) -> T | Unread:
        return Unread(title, info.reason) if isinstance(info, Unread) else read(info)

    walk: dict[str, Any] = {"budget": budget, "clock": clock}
    return Dashboard(
        version="" if isinstance(info, Unread) else str(info.get("redis_version", "")),
        memory=part(Memory.title, memory_of),
        traffic=part(Traffic.title, traffic_of),
        persistence=part(Persistence.title, lambda info: persistence_of(client, info)),
        replication=part(Replication.title, replication_of),
        keyspace=attempt(
            Keyspace.title, keyspace, client, namespace, user, settings=settings, **walk
        ),
        big_keys=attempt(BigKeys.title, big_keys, client, namespace, user, **walk),
        slowlog=slowlog(client),
        latency=latency(client),
        indexes=indexes(client, namespace),
    )
