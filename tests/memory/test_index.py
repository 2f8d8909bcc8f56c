"""The vector index: who is in it, who is not, and that nobody drops it by accident."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from redis import Redis, ResponseError
from redis.commands.search.field import Field, NumericField
from redisvl.query import VectorQuery
from redisvl.query.filter import Tag

from wellness import keys
from wellness.bootstrap import RedisBuild, redis_build
from wellness.errors import RecallError, SearchModuleMissing
from wellness.keys import Keys
from wellness.memory import queries
from wellness.memory.index import LONGEST_TAG, MemoryIndex, tag_query, user_tag
from wellness.server import start
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
    wait_for(index, 1)
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


def test_other_fields_or_another_filter_are_an_error_too(client: Redis, namespace: str) -> None:
    def with_field(field: Field) -> MemoryIndex:
        return MemoryIndex(client, namespace, Scattered(), "memory", [field], Settings())

    with_field(NumericField("at")).ensure()
    with_field(NumericField("at")).ensure()
    with pytest.raises(RecallError, match=r"fields .*since NUMERIC"):
        with_field(NumericField("since")).ensure()
    index = with_field(NumericField("at"))
    assert index.drop()
    client.execute_command(
        "FT.CREATE", index.name, "ON", "HASH", "PREFIX", 1, keys.index_prefix(namespace),
        "SCHEMA", "record", "TAG", "embedder", "TAG", "user", "TAG", "at", "NUMERIC", "embedding",
        "VECTOR", "HNSW", 10, "TYPE", "FLOAT32", "DIM", 16, "DISTANCE_METRIC", "COSINE", "M", 16,
        "EF_CONSTRUCTION", 200,
    )  # fmt: skip
    with pytest.raises(RecallError, match="filter"):
        index.ensure()


def test_dropping_keeps_what_is_stored(client: Redis, namespace: str) -> None:
    index, key = an_index(client, namespace), Keys(namespace, "ann").memory("1")
    assert not index.drop()
    index.ensure()
    put(client, key, index, Scattered().embed(["x"])[0].tobytes())
    assert index.drop()
    assert client.exists(key)
    index.ensure()
    wait_for(index, 1)


def wait_for(index: MemoryIndex, documents: int) -> None:
    for _ in range(2_000):
        if index.info().documents == documents:
            return
    raise AssertionError(f"{index.info()}")


def test_a_search_makes_a_dropped_index_again(client: Redis, namespace: str) -> None:
    index, vector = an_index(client, namespace), Scattered().embed(["x"])[0].tobytes()
    index.ensure()
    put(client, Keys(namespace, "ann").memory("1"), index, vector, said_at="5")
    asked = queries.nearest(index.name, "*", vector, 3, 10)
    (before,) = index.ask([asked])
    assert index.drop()
    index.ask([asked])
    wait_for(index, 1)
    assert index.ask([asked, asked]) == [before, before]
    assert index.ask([]) == []
    with pytest.raises(ResponseError, match=r"(?i)syntax"):
        index.ask([asked, ["FT.SEARCH", index.name, "((("]])


def test_redisvl_sees_the_same(client: Redis, namespace: str) -> None:
    index, vectors = an_index(client, namespace), Scattered().embed([str(i) for i in range(50)])
    index.ensure()
    for at, vector in enumerate(vectors):
        user = "ann" if at % 2 else "ben"
        put(client, Keys(namespace, user).memory(f"{at}"), index, vector.tobytes(), user=user,
            said_at="1")  # fmt: skip
    asked = Scattered().embed(["question"])[0].tobytes()
    query = VectorQuery(
        asked, "embedding", return_fields=["user"], num_results=7, dtype="float32",
        filter_expression=Tag("user") == "ann",
    )  # fmt: skip
    theirs = [row["id"] for row in index.redisvl().query(query)]
    (reply,) = index.ask([queries.nearest(index.name, "@user:{ann}", asked, 7, 100)])
    assert theirs == [found.key.decode() for found in queries.read(reply)]
    assert len(theirs) == 7


def test_names_of_any_length_have_a_tag_of_their_own(client: Redis, namespace: str) -> None:
    index = an_index(client, namespace)
    index.ensure()
    vector = Scattered().embed(["x"])[0].tobytes()
    names = [f"{'a' * n}{end}" for n in (LONGEST_TAG - 1, LONGEST_TAG, 4_095, 4_096, 50_000)
             for end in "xy"]  # fmt: skip
    names += ["語" * 2_000, "語" * 2_000 + "x"]
    assert len({user_tag(name) for name in names}) == len(names)
    for at, name in enumerate(names):
        put(client, Keys(namespace, f"{at}").memory("1"), index, vector, user=user_tag(name))
    for at, name in enumerate(names):
        found = client.ft(index.name).search(f"@user:{{{tag_query(user_tag(name))}}}")
        (document,) = found.docs  # type: ignore[union-attr]
        assert keys.parse(document.id).user == f"{at}"


class WithoutModules(RedisBuild):
    modules = ()  # type: ignore[assignment]


def test_a_redis_without_search_is_said_to_have_none(settings: Settings) -> None:
    with (
        start(settings, build=WithoutModules(redis_build(settings).root)) as bare,
        Redis(unix_socket_path=str(bare.socket)) as client,
        pytest.raises(SearchModuleMissing) as caught,
    ):
        an_index(client, "wellness:test:bare").ensure()
    assert "REDIS_URL" in caught.value.hint
