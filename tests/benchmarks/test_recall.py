"""What recall adds to the search itself, and what RedisVL would add, with ten thousand memories."""

# ruff: noqa: T201 - a benchmark prints

from __future__ import annotations

import time

import numpy as np
import pytest
from memory.geometry import Scattered
from redisvl.index import SearchIndex
from redisvl.query import VectorQuery
from redisvl.query.filter import Num, Tag

from wellness.client import connect
from wellness.keys import EVERYONE
from wellness.lesson.timing import compare
from wellness.memory import queries
from wellness.memory.index import user_tag
from wellness.memory.kinds import Fact, MemoryKind
from wellness.memory.long_term import LongTerm
from wellness.server import EmbeddedServer
from wellness.settings import Settings

pytestmark = pytest.mark.benchmark_limits
MEMORIES, BATCH, ROUNDS, LIMIT = 10_000, 500, 1_000, 0.35
NOW = 1_790_000_000
QUESTION = "What did the physiotherapist say about my left shoulder before the race in Lisbon?"
WORDS = (
    "shoulder", "knee", "race", "lisbon", "sleep", "goal", "weight", "steps", "run", "swim",
    "morning", "coach", "watch", "tea",
)  # fmt: skip


def test_own_time(redis_server: EmbeddedServer, namespace: str) -> None:
    settings = Settings(redis_url=redis_server.url)
    vectors = Scattered(384, "scattered:384")
    pick = np.random.default_rng(1)
    with connect(settings) as client:
        memory = LongTerm(client, vectors, "ann", settings=settings, clock=time.time,
                          namespace=namespace)  # fmt: skip
        for low in range(0, MEMORIES, BATCH):
            memory.remember([
                Fact(f"note {n}: {' '.join(pick.choice(WORDS, 6))}", MemoryKind.FACT, NOW - n,
                     signature=str(n))
                for n in range(low, low + BATCH)
            ])  # fmt: skip
        vector = vectors.embed([QUESTION])[0].tobytes()
        where = f"{queries.scope('ann')} {queries.holds(time.time(), (NOW, NOW + 1))}"
        n, ef = settings.recall_candidates, settings.hnsw_ef_runtime
        command = queries.nearest(memory.index.name, where, vector, n, ef)
        redisvl = SearchIndex.from_existing(memory.index.name, redis_client=client)

        def by_redisvl() -> object:
            mine = Tag("user") == [user_tag("ann"), user_tag(EVERYONE)]
            when = (Num("expires_at") > time.time()) & (Num("valid_from") < NOW + 1)
            query = VectorQuery(
                vector, "embedding", return_fields=["said_at"], num_results=n, ef_runtime=ef,
                filter_expression=mine & when & (Num("valid_until") > NOW), dtype="float32",
            )  # fmt: skip
            return redisvl.query(query)

        own: list[float] = []

        def by_recall() -> object:
            found = memory.recall(QUESTION, now=NOW)
            own.append(found.timings["own"])
            return found

        found = compare(
            {
                "FT.SEARCH": lambda: client.execute_command(*command),
                "RedisVL": by_redisvl,
                "recall": by_recall,
            },
            baseline="FT.SEARCH",
            n=ROUNDS,
            equal=None,  # recall fuses two searches
        )
    share = float(np.median(own)) * 1e9 / found["FT.SEARCH"].p50
    print(f"\n{found}")
    state = "pass" if share <= LIMIT else "FAIL"
    print(f"{state}: recall's own Python is {share:.2f} of FT.SEARCH (at most {LIMIT})")
    assert share <= LIMIT
