"""The search indexes of a namespace: what is in them, what could not go in, how they are made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from redis import Redis

from wellness import keys
from wellness.ops.finding import Finding, Part, Table, Unread, attempt, fine, look_here, size
from wellness.replies import pairs, text

MEGABYTE = 1 << 20  # of FT.INFO's sizes


@dataclass(frozen=True, slots=True)
class VectorField:
    """How an index searches vectors. `m` and `ef_construction` are None for FLAT."""

    name: str
    algorithm: str
    type: str
    dimensions: int
    metric: str
    m: int | None
    ef_construction: int | None

    def __str__(self) -> str:
        graph = f", M {self.m}, EF_CONSTRUCTION {self.ef_construction}" if self.m else ""
        return f"{self.algorithm} {self.dimensions} {self.type} {self.metric}{graph}"


@dataclass(frozen=True, slots=True)
class SearchIndex:
    """One index, as FT.INFO says.

    Attributes:
        failures: documents that could not be indexed, such as vectors of a wrong length.
        vector_bytes, total_bytes: of the vectors and their graph, and of all of the index; a
            total that is smaller does not count the vectors.
        indexed: the part of the existing documents that is in it by now, 0 to 1.
    """

    name: str
    documents: int
    failures: int
    indexed: float
    vector_bytes: int
    total_bytes: int
    vectors: tuple[VectorField, ...]


@dataclass(frozen=True, repr=False)
class Indexes(Part):
    """The search indexes of a namespace, by name. `silent` are those whose FT.INFO was refused."""

    title: ClassVar[str] = "Search indexes"
    indexes: tuple[SearchIndex, ...]
    silent: tuple[Unread, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Each index: failures first, then whether it is complete."""
        rows = [*map(_finding, self.indexes), *(f for one in self.silent for f in one.findings)]
        return tuple(rows) or (fine("indexes", "0", "There is no search index here."),)

    @property
    def tables(self) -> tuple[Table, ...]:
        """One row an index."""
        rows = tuple(
            (one.name, f"{one.documents:,}", f"{one.failures:,}", f"{one.indexed:.0%}",
             size(one.vector_bytes), "; ".join(map(str, one.vectors)) or "none")
            for one in self.indexes
        )  # fmt: skip
        head = ("index", "documents", "failures", "indexed", "vector bytes", "vectors")
        return (Table(self.title, head, rows),) if rows else ()


def _finding(one: SearchIndex) -> Finding:
    value = f"{one.documents:,} documents"
    if one.failures:
        why = f"{one.failures:,} documents could not be indexed, so no search finds them."
        do = "FT.INFO names the last error and its key; a vector of a wrong length is the usual."
        return look_here(one.name, value, why, do)
    if one.indexed < 1:
        why = f"Only {one.indexed:.0%} of the documents are indexed: searches miss the rest."
        return look_here(one.name, value, why, "Wait until it is done; FT.INFO has the progress.")
    return fine(one.name, value, "All documents are indexed, none failed.")


def indexes(client: Redis, namespace: str) -> Indexes | Unread:
    """The indexes of a namespace, or that there is no Search module or no right to ask it."""
    names: Any = attempt(Indexes.title, client.execute_command, "FT._LIST")
    if isinstance(names, Unread):
        return names
    ours = sorted(name for name in map(text, names) if keys.is_index_of(namespace, name))
    said = [(name, attempt(name, client.ft(name).info)) for name in ours]
    return Indexes(
        tuple(_index(name, reply) for name, reply in said if not isinstance(reply, Unread)),
        tuple(reply for _, reply in said if isinstance(reply, Unread)),
    )


def _index(name: str, reply: Any) -> SearchIndex:
    said = pairs(reply)
    fields = [pairs(given) for given in said["attributes"]]
    return SearchIndex(
        name=name,
        documents=int(said["num_docs"]),
        failures=int(said["hash_indexing_failures"]),
        indexed=float(said["percent_indexed"]),
        vector_bytes=round(float(said.get("vector_index_sz_mb", 0)) * MEGABYTE),
        total_bytes=round(float(said.get("total_index_memory_sz_mb", 0)) * MEGABYTE),
        vectors=tuple(_vector(field) for field in fields if field["type"] == "VECTOR"),
    )


def _vector(field: dict[str, Any]) -> VectorField:
    return VectorField(
        name=str(field["identifier"]),
        algorithm=str(field["algorithm"]),
        type=str(field["data_type"]).lower(),
        dimensions=int(field["dim"]),
        metric=str(field["distance_metric"]).lower(),
        m=int(field["m"]) if "m" in field else None,
        ef_construction=int(field["ef_construction"]) if "ef_construction" in field else None,
    )
