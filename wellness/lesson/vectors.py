"""Vector search laid open: any number of vectors, three ways to search them, and the exact answer.

    base = lesson.embedder().embed(sentences)
    vectors = perturbed(base, 10_000, seed=1)
    flat = build(lesson, "flat", vectors, algorithm="flat")
    recall(flat.search(query, 10), exact(vectors, query, 10))

Real sentences are few, so larger collections are real embeddings with noise added: they keep the
clusters of real text, which random vectors have not, and that decides how hard a search is.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from redisvl.index import SearchIndex

    from wellness.lesson.kit import Lesson

Vectors = NDArray[np.float32]
Algorithm = Literal["flat", "hnsw"]

SPREAD = 1.0  # length of the noise beside a vector's 1: clusters stay, twins do not
BATCH = 1_000  # vectors sent in one round trip
WAIT_S = 0.01  # between two looks at an index that is still being built


def unit(vectors: Vectors) -> Vectors:
    """Rows scaled to length 1, as embedders give them."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / lengths, dtype=np.float32)


def perturbed(base: Vectors, n: int, *, seed: int, spread: float = SPREAD) -> Vectors:
    """`n` unit vectors: those of `base`, then copies of them with Gaussian noise.

    Args:
        base: shape (m, dimensions), rows of unit length.
        n: how many rows are wanted; the first min(n, m) are `base` itself.
        seed: of the noise and of the choice of copies.
        spread: expected length of the noise that is added to a row.

    >>> base = unit(np.eye(3, 8, dtype=np.float32))
    >>> perturbed(base, 5, seed=1).shape
    (5, 8)
    """
    rng = np.random.default_rng(seed)
    if n <= len(base):
        return base[:n]
    chosen = base[rng.integers(0, len(base), n - len(base))]
    noise = rng.standard_normal(chosen.shape) * (spread / np.sqrt(base.shape[1]))
    return np.concatenate((base, unit((chosen + noise).astype(np.float32))))


def exact(vectors: Vectors, query: NDArray[np.float32], k: int) -> list[int]:
    """Rows of the `k` nearest vectors by cosine, nearest first: one matrix product in numpy."""
    similar = vectors @ query
    k = min(k, len(similar))
    nearest = np.argpartition(-similar, k - 1)[:k]
    return [int(row) for row in nearest[np.argsort(-similar[nearest], kind="stable")]]


def recall(found: Sequence[int], wanted: Sequence[int]) -> float:
    """recall@k: the part of the exact k nearest that a search has found, 0 to 1.

    >>> recall([7, 3, 9], wanted=[3, 7, 1])
    0.6666666666666666
    """
    return len(set(found) & set(wanted)) / len(wanted)


@dataclass(frozen=True, eq=False)
class Searchable:
    """Vectors in one Redis index.

    Attributes:
        index: RedisVL's view of it.
        built_s: seconds from the first vector sent until all were indexed.
        bytes: memory of the vectors and the graph, as FT.INFO says.
    """

    index: SearchIndex
    prefix: str
    built_s: float
    bytes: int

    def search(
        self, query: NDArray[np.float32], k: int, *, ef: int | None = None, where: str = "*"
    ) -> list[int]:
        """Rows of the `k` nearest vectors, nearest first; `ef` is EF_RUNTIME, for HNSW only."""
        from redisvl.query import VectorQuery

        question = VectorQuery(
            query.tobytes(), "vector", return_fields=["row"], num_results=k,
            filter_expression=where, ef_runtime=ef, dtype="float32",
        )  # fmt: skip
        return [int(hit["row"]) for hit in self.index.query(question)]


def cost_of_recall(
    index: Searchable,
    queries: Sequence[NDArray[np.float32]],
    truth: Sequence[Sequence[int]],
    efs: Sequence[int],
    *,
    k: int,
) -> list[tuple[float, float]]:
    """For each EF_RUNTIME the median nanoseconds of a search, and mean recall@k.

    Every query is searched once with each EF in turn, so that noise falls on all alike.

    Args:
        queries: unit vectors.
        truth: the exact rows of each query.
    """
    times: dict[int, list[int]] = {ef: [] for ef in efs}
    recalls: dict[int, list[float]] = {ef: [] for ef in efs}
    for query, wanted in zip(queries, truth, strict=True):
        index.search(query, k)  # the first look at a vector is the slowest
        for ef in efs:
            begun = time.perf_counter_ns()
            rows = index.search(query, k, ef=ef)
            times[ef].append(time.perf_counter_ns() - begun)
            recalls[ef].append(recall(rows, wanted))
    return [(float(np.median(times[ef])), float(np.mean(recalls[ef]))) for ef in efs]


def build(
    lesson: Lesson,
    name: str,
    vectors: Vectors,
    *,
    algorithm: Algorithm,
    users: Sequence[str] = ("ann",),
    m: int = 16,
    ef_construction: int = 200,
    progress: Callable[[int, int], None] | None = None,
) -> Searchable:
    """Put vectors into the lesson's Redis and index them; row r belongs to `users[r % len(users)]`.

    Args:
        name: of the index within the lesson; building it again replaces it.
        m, ef_construction: of the HNSW graph; without effect on a flat index.
        progress: called with vectors done and in all.
    """
    from redisvl.index import SearchIndex

    prefix = lesson.keys().scratch(f"{name}-")
    field: dict[str, Any] = {
        "algorithm": algorithm, "dims": vectors.shape[1], "distance_metric": "cosine",
        "datatype": "float32",
    }  # fmt: skip
    if algorithm == "hnsw":
        field |= {"m": m, "ef_construction": ef_construction}
    schema = {
        "index": {"name": f"{lesson.namespace}:index:{name}", "prefix": prefix},
        "fields": [
            {"name": "row", "type": "numeric"},
            {"name": "user", "type": "tag"},
            {"name": "vector", "type": "vector", "attrs": field},
        ],
    }
    index = SearchIndex.from_dict(schema, redis_client=lesson.client)
    index.create(overwrite=True, drop=True)  # an experiment's own index: nothing is lost
    begun = time.perf_counter()
    for low in range(0, len(vectors), BATCH):
        pipe = lesson.client.pipeline(transaction=False)
        for row in range(low, min(low + BATCH, len(vectors))):
            pipe.hset(
                f"{prefix}{row}",
                mapping={
                    "row": row, "user": users[row % len(users)], "vector": vectors[row].tobytes()
                },
            )  # fmt: skip
        pipe.execute()
        if progress:
            progress(min(low + BATCH, len(vectors)), len(vectors))
    while float(index.info()["percent_indexed"]) < 1:
        time.sleep(WAIT_S)
    info = index.info()
    size = float(info["vector_index_sz_mb"]) * (1 << 20)
    return Searchable(index, prefix, time.perf_counter() - begun, round(size))
