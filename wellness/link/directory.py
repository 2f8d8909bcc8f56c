"""Which node to ask: the primary that Sentinels name, or the one that serves a Cluster's slot."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol

import redis
from redis.backoff import NoBackoff
from redis.crc import REDIS_CLUSTER_HASH_SLOTS as SLOTS
from redis.retry import Retry
from redis.sentinel import Sentinel

from wellness.link.pool import trust
from wellness.link.target import Address, Target
from wellness.settings import Settings

Ask = Callable[[Address, str], Any]  # sends one command without a key to one node


class Directory(Protocol):
    """Knows which node serves a slot; asks nobody but in `refresh`.

    `sharded`: there is more than one primary, each with a part of the slots.
    """

    sharded: bool

    def address(self, slot: int) -> Address | None:
        """Where a slot is served, as far as is known."""

    def learn(self, slot: int, address: Address) -> None:
        """A node said that a slot is served elsewhere."""

    def refresh(self, ask: Ask) -> bool:
        """Find out anew; without an answer all stays as it was. Whether asking others is no use.

        Args:
            ask: raises a `redis.RedisError` if a node does not answer.
        """

    def primaries(self) -> dict[Address, list[int]]:
        """Each node that serves something, with its slots in order."""

    def close(self) -> None:
        """Close connections of its own."""


class SentinelDirectory:
    """The one primary of a service; slots do not matter.

    Sentinels are asked for all that they know of the service, not only for its address, so a
    primary that is already thought to be down is not given again (redis-py sees to that).
    """

    sharded = False

    def __init__(self, target: Target, settings: Settings) -> None:
        username, password = target.sentinel_login
        tls = {"ssl": True, **trust(settings)} if target.tls else {}
        self._service = target.service
        self._sentinels = Sentinel(  # type: ignore[no-untyped-call]
            list(target.hosts),
            sentinel_kwargs={
                "socket_timeout": settings.connect_timeout_s,
                "socket_connect_timeout": settings.connect_timeout_s,
                "retry": Retry(NoBackoff(), 0),
                "username": username,
                "password": password,
                **tls,
            },
        )
        self._address: Address | None = None

    def address(self, slot: int) -> Address | None:
        """The primary that was last named."""
        return self._address

    def learn(self, slot: int, address: Address) -> None:
        """Servers behind Sentinels do not know who else serves."""

    def refresh(self, ask: Ask) -> bool:
        """Ask the Sentinels until one names a primary that it holds to be alive."""
        try:
            host, port = self._sentinels.discover_master(self._service)  # type: ignore[no-untyped-call]
            self._address = (str(host), int(port))
        except redis.RedisError:
            pass
        return True

    def primaries(self) -> dict[Address, list[int]]:
        """The one."""
        return {self._address: list(range(SLOTS))} if self._address else {}

    def close(self) -> None:
        """Close the connections to the Sentinels."""
        for sentinel in self._sentinels.sentinels:
            sentinel.close()


class ClusterDirectory:
    """The primary of each slot of a Cluster."""

    sharded = True

    def __init__(self, target: Target) -> None:
        self._seeds = self._known = target.hosts  # replicas among them: any node can be asked
        self._table: list[Address | None] = [None] * SLOTS

    def address(self, slot: int) -> Address | None:
        """The node that is believed to serve a slot; it says so itself if it does not."""
        return self._table[slot]

    def learn(self, slot: int, address: Address) -> None:
        """Believe what a node said about one slot."""
        table = list(self._table)
        table[slot] = address
        self._table = table  # in one step for other threads

    def refresh(self, ask: Ask) -> bool:
        """Ask one node after the other until one answers."""
        for address in self._known:
            try:
                ranges = ask(address, "CLUSTER SLOTS")
            except redis.RedisError:
                continue
            self._read(ranges, address)
            return True
        return False

    def _read(self, ranges: Iterable[Any], asked: Address) -> None:
        table: list[Address | None] = [None] * SLOTS
        known: dict[Address, None] = {}
        for first, last, primary, *replicas in ranges:
            for node in (primary, *replicas):
                known[_address(node, asked)] = None
            table[first : last + 1] = [_address(primary, asked)] * (last + 1 - first)
        self._table = table
        self._known = tuple(dict.fromkeys((*known, *self._seeds)))

    def primaries(self) -> dict[Address, list[int]]:
        """Each primary with its slots."""
        found: dict[Address, list[int]] = {}
        for slot, address in enumerate(self._table):
            if address:
                found.setdefault(address, []).append(slot)
        return found

    def close(self) -> None:
        """There is nothing to close."""


def _address(node: Any, asked: Address) -> Address:
    """Host and port of a node; one that does not know its own host is where it was asked."""
    host = node[0].decode() if isinstance(node[0], bytes) else node[0]
    return host or asked[0], int(node[1])
