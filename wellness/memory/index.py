"""One vector index of a namespace, for one record type and one embedder.

All keys of a namespace begin alike, and two embedders' vectors cannot be compared, so a filter in
the index's definition lets in only hashes whose `record` and `embedder` fields say that they
belong. RedisVL's schema has no such filter: the index is made with redis-py, and asked in
whichever way suits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from redis import Redis, ResponseError
from redis.commands.search.field import Field, TagField, VectorField
from redis.commands.search.index_definition import IndexDefinition, IndexType

from wellness import keys
from wellness.errors import RecallError
from wellness.memory.embedder import Embedder
from wellness.settings import Settings


@dataclass(frozen=True)
class IndexInfo:
    """What Redis says about an index.

    Attributes:
        documents: hashes in it.
        failures: hashes that could not be indexed, such as those with a vector of a wrong length.
        vector_bytes: memory of the vectors and their graph.
        indexed: the part of the existing hashes that is in it by now, 0 to 1.
    """

    documents: int
    failures: int
    vector_bytes: int
    indexed: float
    m: int
    ef_construction: int
    dimensions: int


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
        self.name = keys.index_name(namespace, record, embedder.model, embedder.dimensions)
        self._dimensions = embedder.dimensions
        self._fields = list(fields)
        self._m, self._ef = settings.hnsw_m, settings.hnsw_ef_construction

    def ensure(self) -> None:
        """Make the index if it is not there; one that is there is never replaced.

        Raises:
            RecallError: there is one that was made with other settings.
        """
        try:
            found = self.info()
        except ResponseError:
            self._create()
            return
        wanted = (self._m, self._ef, self._dimensions)
        if (found.m, found.ef_construction, found.dimensions) != wanted:
            raise RecallError(
                f"The index {self.name} was made with M {found.m}, EF_CONSTRUCTION "
                f"{found.ef_construction} and {found.dimensions} dimensions; the settings ask for "
                f"{wanted[0]}, {wanted[1]} and {wanted[2]}.",
                hint=f"Set them back, or drop it with `FT.DROPINDEX {self.name}`: the memories "
                "stay, and are indexed anew at the next use.",
            )

    def _create(self) -> None:
        attributes = {
            "TYPE": "FLOAT32", "DIM": self._dimensions, "DISTANCE_METRIC": "COSINE",
            "M": self._m, "EF_CONSTRUCTION": self._ef,
        }  # fmt: skip
        fields = [
            TagField("record"),
            TagField("embedder", case_sensitive=True),
            TagField("user", case_sensitive=True),
            VectorField("embedding", "HNSW", attributes),
            *self._fields,
        ]
        belongs = (  # a hash without the field would pass a comparison
            f"exists(@record) && @record=='{self.record}' && @embedder=='{self.embedder}'"
        )
        definition = IndexDefinition(
            prefix=[keys.index_prefix(self.namespace)], filter=belongs, index_type=IndexType.HASH
        )  # type: ignore[no-untyped-call]
        try:
            self.client.ft(self.name).create_index(fields, definition=definition)
        except ResponseError as error:
            if "already exists" not in str(error):  # another process was first
                raise

    def info(self) -> IndexInfo:
        """What Redis says about it.

        Raises:
            ResponseError: there is no such index.
        """
        found: Any = self.client.ft(self.name).info()  # type: ignore[no-untyped-call]
        said = {_text(name): value for name, value in found.items()}
        (vector,) = [a for a in map(_attribute, said["attributes"]) if a["type"] == "VECTOR"]
        return IndexInfo(
            documents=int(said["num_docs"]),
            failures=int(said["hash_indexing_failures"]),
            vector_bytes=round(float(said["vector_index_sz_mb"]) * (1 << 20)),
            indexed=float(said["percent_indexed"]),
            m=int(vector["m"]),
            ef_construction=int(vector["ef_construction"]),
            dimensions=int(vector["dim"]),
        )

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

    >>> user_tag("a,b|*")
    'a%2Cb%7C%2A'
    """
    return keys.encode(user)


def tag_query(value: str) -> str:
    r"""A tag's value as it must stand in a query.

    >>> tag_query("a%2Cb")
    'a\\%2Cb'
    """
    return "".join(c if c.isalnum() else f"\\{c}" for c in value)


def _text(value: Any) -> Any:
    return value.decode() if isinstance(value, bytes) else value


def _attribute(given: Any) -> dict[str, Any]:
    """One field's description; Redis sends pairs or a map, with flags in between."""
    if isinstance(given, dict):
        return {str(_text(name)).lower(): _text(value) for name, value in given.items()}
    flat = [_text(part) for part in given]
    pairs = {str(flat[i]).lower(): flat[i + 1] for i in range(0, len(flat) - 1, 2)}
    return pairs
