"""The client of a Redis that can move: behind Sentinels, or on a Cluster; made by `connect`.

redis-py's own clients for these are a pool without limit of time, and a class that is no
`redis.Redis`, each with retries of its own. This one is a `Client`: it hands each command to a
`Client` of the node that serves it (`wellness.link.route`), so pool, timeouts and breaker are as
on a single server, and all that is built on a `redis.Redis` works on.

It belongs to one user, whose keys all have one slot: what has no key goes to the node of that
slot. Commands for other users' keys arrive as well, by way of a node that says where to. What
has several keys must keep to one user, as Redis Cluster demands.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

import redis

from wellness.client import Client
from wellness.keys.slots import user_slot
from wellness.link.directory import ClusterDirectory, Directory, SentinelDirectory
from wellness.link.following_pipeline import FollowingPipeline
from wellness.link.guard import Guard, command_name
from wellness.link.pool import open_pool
from wellness.link.route import Route
from wellness.link.route_guard import RouteGuard
from wellness.link.target import Address, Target
from wellness.settings import Settings


class Follower(Client):
    """A `Client` whose commands find their node; see the module."""

    def __init__(
        self, route: Route, slot: int, pool: redis.BlockingConnectionPool, guard: Guard
    ) -> None:
        self._route, self._slot, self.first_pool, self._open = route, slot, pool, False
        super().__init__(pool, guard)
        self._open = True

    @property
    def connection_pool(self) -> redis.ConnectionPool:
        """That of the node which serves this user, for pub/sub and the like.

        Raises:
            ConnectionFailed: no node is known, and nobody who is asked knows one.
        """
        if self._open:
            return self._route.node(self._route.find(self._slot)).connection_pool
        return self.first_pool

    @connection_pool.setter
    def connection_pool(self, pool: redis.ConnectionPool) -> None:
        """redis-py sets it; the nodes have their own."""

    def close(self) -> None:
        """Give the connections to all nodes back."""
        self._open = False
        super().close()

    def execute_command(self, *args: Any, **options: Any) -> Any:
        """Send one command to where it leads; see `Route.follow` for what it raises.

        A script is loaded on all shards, since it may be called with anybody's keys.
        """
        name = command_name(args)

        def send(node: Client) -> Any:
            return node.execute_command(*args, **options)

        if name == "SCRIPT" and self._route.directory.sharded:
            for slot in self._route.shards():
                self._route.follow(slot, send)
        return self.guard.run(name, (args,), self._route.follow, self._slot, send)

    def pipeline(self, transaction: bool = True, shard_hint: Any = None) -> FollowingPipeline:
        """A pipeline that is sent to where it leads."""
        return FollowingPipeline(self, self.first_pool, self._route, self._slot, transaction)

    def client(self) -> Client:
        """A client with one connection of its own to the node of this user, which it stays with.

        Raises:
            ConnectionFailed: no node is known, and nobody who is asked knows one.
        """
        return self._route.node(self._route.find(self._slot)).client()

    def for_user(self, user: str) -> Self:
        """The same connections, from another user's point of view."""
        return self._for_slot(user_slot(user))

    def for_shards(self) -> list[Self]:
        """One for each shard, in the order of their last slots.

        Raises:
            ConnectionFailed: nobody says what shards there are.
        """
        return [self._for_slot(slot) for slot in self._route.shards()]

    def _for_slot(self, slot: int) -> Self:
        other = type(self)(self._route, slot, self.first_pool, self.guard)
        other.response_callbacks = self.response_callbacks
        return other

    def index_tag(self) -> str:
        """What the names of search indexes on this user's shard carry; see `Route.index_tag`."""
        return self._route.index_tag(self._slot)

    def __repr__(self) -> str:
        node = self._route.current(self._slot)
        at = f", now at {node.guard.endpoint}" if node else ""
        return f"<Client of {self.guard.endpoint}{at}, circuit {self.guard.breaker.state}>"


def open_follower(
    target: Target, settings: Settings, clock: Callable[[], float], user: str
) -> Follower:
    """A client of a target; opens no connection yet.

    Args:
        target: Sentinels or a Cluster.
        settings: of each node's pool and breaker.
        clock: monotonic seconds.
        user: to whose shard goes what has no key.

    Raises:
        SettingsError: the options of the URL cannot be used.
    """

    def open_node(address: Address) -> Client:
        pool = open_pool(target.url(address), settings)
        node = Client(pool, Guard(pool, settings, clock))
        node.own(None)
        node.response_callbacks = client.response_callbacks
        return node

    def close() -> None:
        route.close()
        first_pool.disconnect()

    directory: Directory = (
        SentinelDirectory(target, settings) if target.kind == "sentinel"
        else ClusterDirectory(target)
    )  # fmt: skip
    first_pool = open_pool(target.url(target.hosts[0]), settings)
    route = Route(target.label, directory, open_node, settings, clock)
    guard = RouteGuard(first_pool, route, settings, clock)
    client = Follower(route, user_slot(user), first_pool, guard)
    client.own(close)
    return client
