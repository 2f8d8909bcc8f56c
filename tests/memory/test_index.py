"""The vector index: who is in it, who is not, and that nobody drops it by accident."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from redis import Redis, ResponseError

from wellness import keys
from wellness.errors import RecallError
from wellness.keys import Keys
from wellness.memory.index import MemoryIndex
from wellness.settings import Settings

from .geometry import Scattered


def an_index(
    client: Redis, namespace: str, embedder: Scattered | None = None, **changed: int
) -> MemoryIndex:
    inner = embedder or Scattered()
    return MemoryIndex(client, namespace, inner, "memory", [], Settings(**changed))  # type: ignore[arg-type]


def put(client: Redis, key: str, index: MemoryIndex, vector: bytes, **changed: str) -> None:
    fields = {"record": "memory", "embedder": index.embedder, "user": "ann", "embedding": vector}
    client.hset(key, mapping=fields | changed)
    client.expire(key, 1_000)


def test_only_its_own_records_with_its_embedders_vectors_are_in_it(
    client: Redis, namespace: str
) -> None:
    index, other = an_index(client, namespace), an_index(client, namespace, Scattered(8, "other:8"))
    index.ensure()
    other.ensure()
    ann, vector = Keys(namespace, "ann"), Scattered().embed(["x"])[0].tobytes()
    put(client, ann.memory("1"), index, vector)
    put(client, ann.memory("2"), index, vector, record="answer")
    put(client, ann.memory("3"), other, Scattered(8).embed(["x"])[0].tobytes())
    client.hset(ann.days("HeartRate"), "2026-01-01", "rollup")
    client.hset(ann.profile, "zone", "UTC")
    assert index.info().documents == 1
    assert other.info().documents == 1
    assert index.info().failures == other.info().failures == 0
    put(client, f"{Keys(f'{namespace}:inner', 'ann').memory('1')}", index, vector)
    assert index.info().documents == 1, "a namespace below is another one"
    keys.delete(client, f"{namespace}:inner")


def test_what_was_there_before_is_indexed(client: Redis, namespace: str) -> None:
    index = an_index(client, namespace)
    put(client, Keys(namespace, "ann").memory("1"), index, Scattered().embed(["x"])[0].tobytes())
    index.ensure()
    for _ in range(1000):
        if index.info().documents:
            break
    assert index.info().documents == 1
    assert index.info().dimensions == 16


def test_a_vector_of_a_wrong_length_is_counted(client: Redis, namespace: str) -> None:
    index = an_index(client, namespace)
    index.ensure()
    put(client, Keys(namespace, "ann").memory("1"), index, np.ones(3, np.float32).tobytes())
    assert (index.info().documents, index.info().failures) == (0, 1)


def test_ensuring_again_or_at_once_changes_nothing(client: Redis, namespace: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: an_index(client, namespace).ensure(), range(16)))
    index = an_index(client, namespace)
    put(client, Keys(namespace, "ann").memory("1"), index, Scattered().embed(["x"])[0].tobytes())
    index.ensure()
    assert index.info().documents == 1


def test_other_settings_are_an_error_not_another_index(client: Redis, namespace: str) -> None:
    an_index(client, namespace).ensure()
    with pytest.raises(RecallError, match="made with M 16") as caught:
        an_index(client, namespace, hnsw_m=32).ensure()
    assert "FT.DROPINDEX" in caught.value.hint
    with pytest.raises(RecallError, match="EF_CONSTRUCTION"):
        an_index(client, namespace, hnsw_ef_construction=64).ensure()


def test_an_index_goes_with_its_namespace(client: Redis, namespace: str) -> None:
    index = an_index(client, namespace)
    index.ensure()
    keys.delete(client, namespace)
    with pytest.raises(ResponseError):
        index.info()
