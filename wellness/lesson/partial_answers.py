"""What a Search that does not know the other shards answers: a part, and no word of that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from redis.commands.search.field import TagField
from redis.commands.search.index_definition import IndexDefinition, IndexType

from wellness import keys
from wellness.client import Client, for_shards, for_user, index_tag
from wellness.keys.indexes import index_name
from wellness.lesson.tables import html_table, number
from wellness.memory.index import tag_query
from wellness.replies import pairs

RECORD = "note"


@dataclass(frozen=True)
class PartialAnswer:
    """One question to one index for all, and to an index for each shard.

    Attributes:
        documents: that there are, one a user.
        found: by one index, asked as on a single server.
        with_fields: of these, how many came with their fields.
        error: what Redis said of the missing ones; empty if nothing.
        by_shard: documents that each shard's own index finds.
        answered: users whose question to their shard's index found their document.
    """

    documents: int
    found: int
    with_fields: int
    error: str
    by_shard: tuple[int, ...]
    answered: int

    @property
    def is_silent(self) -> bool:
        """Whether something was missing and nobody said so."""
        return self.found < self.documents and not self.error

    def __repr__(self) -> str:
        said = self.error or "no error"
        return (
            f"<PartialAnswer: one index finds {self.found:,} of {self.documents:,} documents "
            f"({said}); by shard {sum(self.by_shard):,}; "
            f"{self.answered:,} of {self.documents:,} users find their own>"
        )

    def _repr_html_(self) -> str:
        rows = [
            ("one index, as on a single server", number(self.found), self.error or "no error"),
            *(
                (f"the index of shard {at}", number(count), "")
                for at, count in enumerate(self.by_shard)
            ),
            ("each user's question to their shard", number(self.answered), ""),
        ]
        caption = f"{self.documents:,} documents on a Cluster: who finds how many"
        return html_table(("asked", "documents found", "what Redis says"), rows, caption=caption)


def ask_one_index(client: Client, namespace: str, *, users: int = 300) -> PartialAnswer:
    """Give each user a document, and look for all of them in two ways; cleans up.

    Args:
        client: of a Cluster, as `wellness.topologies.clustered` makes one.
        namespace: of a lesson or a test.
        users: each with one document.
    """
    names = [f"user-{count}" for count in range(users)]
    shards = for_shards(client)
    one = index_name(namespace, RECORD, "all", 0)
    own = {index_tag(shard): shard for shard in shards}
    try:
        _create(client, one, namespace)
        for tag, shard in own.items():
            _create(shard, _own(namespace, tag), namespace)
        for name in names:
            fields: dict[Any, Any] = {"user": name, "text": f"what {name} said"}
            client.hset(keys.Keys(namespace, name).scratch(RECORD), mapping=fields)
        found, with_fields, error = _count(client, one)
        by_shard = tuple(_count(shard, _own(namespace, tag))[0] for tag, shard in own.items())
        answered = sum(_finds_own(client, namespace, name) for name in names)
    finally:
        for shard in shards:
            keys.delete(shard, namespace)
    return PartialAnswer(users, found, with_fields, error, by_shard, answered)


def _own(namespace: str, tag: str) -> str:
    return index_name(namespace, RECORD, "shard", 0, tag)


def _create(client: Client, name: str, namespace: str) -> None:
    definition = IndexDefinition(prefix=[keys.index_prefix(namespace)], index_type=IndexType.HASH)  # type: ignore[no-untyped-call]
    client.ft(name).create_index([TagField("user")], definition=definition)


def _count(client: Client, name: str) -> tuple[int, int, str]:
    """Documents found, how many of the first ones came with fields, and what else was said."""
    reply = client.execute_command("FT.SEARCH", name, "*", "LIMIT", 0, 10_000)
    if isinstance(reply, list):
        loaded: Sequence[Any] = [fields for fields in reply[2::2] if fields]
        return int(reply[0]), len(loaded), ""
    said = pairs(reply)
    loaded = [row for row in said["results"] if row[b"extra_attributes"]]
    return int(said["total_results"]), len(loaded), "; ".join(map(str, said.get("warning", ())))


def _finds_own(client: Client, namespace: str, user: str) -> bool:
    home = for_user(client, user)
    name = _own(namespace, index_tag(home))
    query = f"@user:{{{tag_query(user)}}}"
    reply = home.execute_command("FT.SEARCH", name, query, "NOCONTENT")
    return bool(reply[0] if isinstance(reply, list) else pairs(reply)["total_results"])
