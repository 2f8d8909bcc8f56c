"""One vector index of a namespace, for one record type and one embedder.

All keys of a namespace begin alike, and two embedders' vectors cannot be compared, so a filter in
the index's definition lets in only hashes whose `record` and `embedder` fields say that they
belong. RedisVL's schema has no such filter: the index is made with redis-py. What is asked once
in a while is asked through RedisVL (`MemoryIndex.redisvl`); what is asked on each turn of a
conversation is a prepared command (`MemoryIndex.ask`). `make bench` shows the difference.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from redis import Redis, ResponseError
from redis.commands.search.field import Field, NumericField, TagField, VectorField
from redis.commands.search.index_definition import IndexDefinition, IndexType

from wellness import keys
from wellness.client import index_tag
from wellness.errors import RecallError, SearchModuleMissing
from wellness.memory.embedder import Embedder
from wellness.memory.index_info import IndexInfo, definition, index_info
from wellness.settings import Settings

if TYPE_CHECKING:
    from redisvl.index import SearchIndex

ELSEWHERE = "non local key"  # a script's words for an index of another shard
LONGEST_TAG = 1_000  # bytes: Search cuts a tag's value off after 4,096, and then nothing finds it


class MemoryIndex:
    """An HNSW index by cosine over the hashes of a namespace.

    Args:
        client: a Redis client that returns bytes.
        namespace: whose keys.
        embedder: says model and dimensions.
        record: the value of the `record` field of the hashes that belong.
        fields: to search and filter by, besides `record`, `embedder`, `user` and `embedding`.
        settings: `hnsw_m` and `hnsw_ef_construction` count here.
    """

    def __init__(
        self,
        client: Redis,
        namespace: str,
        embedder: Embedder,
        record: str,
        fields: Sequence[Field],
        settings: Settings,
    ) -> None:
        self.client, self.namespace = client, namespace
        self.record, self.embedder = record, embedder_tag(embedder)
        self._about = (namespace, record, embedder.model, embedder.dimensions)
        graph = {
            "TYPE": "FLOAT32", "DIM": embedder.dimensions, "DISTANCE_METRIC": "COSINE",
            "M": settings.hnsw_m, "EF_CONSTRUCTION": settings.hnsw_ef_construction,
        }  # fmt: skip
        self._fields = [
            TagField("record"),
            TagField("embedder", case_sensitive=True),
            TagField("user", case_sensitive=True),
            VectorField("embedding", "HNSW", graph),
            *fields,
        ]
        self._filter = (  # a hash without the field would pass a comparison
            f"exists(@record) && @record=='{record}' && @embedder=='{self.embedder}'"
        )
        self._wanted = {
            "M": settings.hnsw_m,
            "EF_CONSTRUCTION": settings.hnsw_ef_construction,
            "dimensions": embedder.dimensions,
            "filter": self._filter,
            "stop words": "none",
        }

    @property
    def name(self) -> str:
        """What Redis calls it; on a Cluster another one on each shard, see `client.index_tag`."""
        return keys.index_name(*self._about, tag=index_tag(self.client))

    def ensure(self) -> None:
        """Make the index if it is not there; one that is there is never replaced.

        Raises:
            RecallError: there is one that was made with other settings.
            SearchModuleMissing: this Redis has no Search.
        """
        try:
            said = self._said()
        except ResponseError as error:
            if "unknown command" in str(error).lower():
                raise SearchModuleMissing("This Redis has no FT.INFO command.") from error
            self._create()
            return
        there = definition(said)
        fields = ", ".join(sorted(f"{field.name} {field.args[0]}" for field in self._schema()))
        wanted = self._wanted | {"fields": fields}
        if wrong := [name for name, value in wanted.items() if there[name] != value]:
            made = ", ".join(f"{name} {there[name]}" for name in wrong)
            asked = ", ".join(f"{name} {wanted[name]}" for name in wrong)
            raise RecallError(
                f"The index {self.name} was made with {made}; now it should have {asked}.",
                hint=f"Set that back, or drop it with `FT.DROPINDEX {self.name}`: what is stored "
                "stays, and is indexed anew at the next use.",
            )

    def _schema(self) -> list[Field]:
        """The fields; on a Cluster also the one that searches return.

        For the time of a command, a node of a Cluster looks up every key in the slot of that
        command's key, which is the index's name. So Search does not find the hashes of other slots
        to load a field from, and returns only what it keeps in the index itself to sort by.
        """
        kept = [NumericField("said_at", sortable=True)] if index_tag(self.client) else []
        return [*self._fields, *kept]

    def _create(self) -> None:
        definition = IndexDefinition(
            prefix=[keys.index_prefix(self.namespace)],
            filter=self._filter,
            index_type=IndexType.HASH,
        )  # type: ignore[no-untyped-call]
        try:
            # Without stop words: two of them that begin a union (`no|such|index`) crash
            # the Search of Redis 7.4, which a question of any user could then do.
            self.client.ft(self.name).create_index(
                self._schema(), definition=definition, stopwords=[]
            )
        except ResponseError as error:
            if "already exists" not in str(error):  # another process was first
                raise

    def drop(self) -> bool:
        """Drop the index and keep what is stored; whether there was one."""
        try:
            self.client.ft(self.name).dropindex(delete_documents=False)
        except ResponseError as error:
            if not is_missing(error):
                raise
            return False
        return True

    def ask(self, commands: Sequence[Sequence[Any]]) -> list[Any]:
        """The replies to searches, in one round trip; an index that was dropped is made again.

        Right after that it finds only what Redis has indexed by then; see `IndexInfo.indexed`.
        On a Cluster, where the user may just have moved to another shard, its index is asked.

        Args:
            commands: each begins with the command's name and an index's, for which this one's
                present name is put.
        """
        name = self.name
        replies = self._send(name, commands)
        if any(map(is_missing, replies)) or self.name != name:
            self.ensure()
            replies = self._send(self.name, commands)
        for reply in replies:
            if isinstance(reply, Exception):
                raise reply
        return replies

    def _send(self, name: str, commands: Sequence[Sequence[Any]]) -> list[Any]:
        pipe = self.client.pipeline(transaction=False)
        for first, _, *rest in commands:
            pipe.execute_command(first, name, *rest)  # type: ignore[no-untyped-call]
        return pipe.execute(raise_on_error=False)

    def redisvl(self) -> SearchIndex:
        """RedisVL's view of the index, for its query and filter objects."""
        from redisvl.index import SearchIndex  # takes long to import, and few need it

        return SearchIndex.from_existing(self.name, redis_client=self.client)

    def info(self) -> IndexInfo:
        """What Redis says about it.

        Raises:
            ResponseError: there is no such index.
        """
        return index_info(self._said())

    def _said(self) -> Any:
        return self.client.ft(self.name).info()  # type: ignore[no-untyped-call]

    def __repr__(self) -> str:
        return f"<MemoryIndex {self.name}>"


def embedder_tag(embedder: Embedder) -> str:
    """How hashes name the embedder of their vector.

    >>> class Mini:
    ...     model, dimensions = "all-minilm:latest", 384
    >>> embedder_tag(Mini())
    'all-minilm%3Alatest:384'
    """
    return f"{keys.encode(embedder.model)}:{embedder.dimensions}"


def user_tag(user: str) -> str:
    """How hashes name their user: encoded, so that no name is split, folded or taken for a query.

    Names that are too long for a tag end in a digest of the whole name.

    >>> user_tag("a,b|*")
    'a%2Cb%7C%2A'
    """
    name = keys.encode(user)
    if len(name) <= LONGEST_TAG:
        return name
    return f"{name[:LONGEST_TAG]}#{hashlib.blake2b(name.encode(), digest_size=16).hexdigest()}"


def tag_query(value: str) -> str:
    r"""A tag's value as it must stand in a query.

    >>> tag_query("a%2Cb")
    'a\\%2Cb'
    """
    return "".join(c if c.isalnum() else f"\\{c}" for c in value)


def is_missing(reply: object) -> bool:
    """Whether Redis' answer is the error that there is no such index."""
    said = str(reply).lower() if isinstance(reply, ResponseError) else ""
    return any(text in said for text in ("no such index", "unknown index name", ELSEWHERE))
