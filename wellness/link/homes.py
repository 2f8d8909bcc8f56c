"""Whose client one is: on a Cluster each user has a shard, on any other Redis all share one.

Keys find their node by themselves. What has no key does not: SCAN, INFO, and above all the search
of an index, which on a Cluster goes to the shard of the client's user. So whatever serves several
users asks for each one's client here; without a Cluster it gets back the one that it has.
"""

from __future__ import annotations

from typing import Protocol, TypeVar

from redis import Redis

C = TypeVar("C", bound=Redis)


class Routed(Protocol[C]):
    """A client with a route: `wellness.link.follower.Follower`."""

    def for_user(self, user: str) -> C:
        """The same route, from another user's point of view."""

    def for_shards(self) -> list[C]:
        """One for each shard."""

    def index_tag(self) -> str:
        """What the names of the shard's search indexes carry."""


def for_user(client: C, user: str) -> C:
    """A client whose searches and scans go to where a user's keys are.

    It shares connections and observers with `client`, and is closed with it.
    """
    return client.for_user(user) if hasattr(client, "for_user") else client


def for_shards(client: C) -> list[C]:
    """A client for each shard, for what concerns everybody: `keys.delete`, `keys.users`.

    Raises:
        RedisUnavailable: it is a Cluster, and nobody says what shards there are.
    """
    return client.for_shards() if hasattr(client, "for_shards") else [client]


def index_tag(client: Redis) -> str:
    """The hash tag in the names of search indexes on this client's shard; empty without a Cluster.

    On a Cluster whose Search does not know the other shards, an index finds what is on its own
    shard, in silence. With the tag each shard has its own, which is complete for its users.
    """
    return client.index_tag() if hasattr(client, "index_tag") else ""
