"""What a hit of the embedding cache costs, beside a raw GET and `numpy.frombuffer`."""

# ruff: noqa: T201 - a benchmark prints

from __future__ import annotations

import numpy as np
import pytest

from wellness import keys
from wellness.client import connect
from wellness.lesson.timing import compare
from wellness.memory.embedder import OllamaEmbedder
from wellness.memory.embedding_cache import CachedEmbedder
from wellness.server import EmbeddedServer
from wellness.settings import Settings

pytestmark = pytest.mark.benchmark_limits
LIMIT, ROUNDS = 1.3, 4_000
QUESTION = "How many steps did I take last week, compared with the week before?"


def test_a_hit(redis_server: EmbeddedServer, namespace: str, embedder: OllamaEmbedder) -> None:
    settings = Settings(redis_url=redis_server.url)
    with connect(settings) as client:
        cache = CachedEmbedder(embedder, client, "ann", settings=settings, namespace=namespace)
        vector = cache.embed([QUESTION])[0]
        (key,) = [k for k in keys.scan(client, namespace) if keys.parse(k).kind == "embedding"]

        def raw() -> np.ndarray:
            return np.frombuffer(client.get(key), dtype=np.float32)

        found = compare(
            {"GET and frombuffer": raw, "the cache": lambda: cache.embed([QUESTION])[0]},
            baseline="GET and frombuffer",
            n=ROUNDS,
            equal=np.array_equal,
        )
        print(f"\n{found}")
        assert np.array_equal(raw(), vector)
        ratio = found.ratios["the cache"].value
        print(f"{'PASS' if ratio <= LIMIT else 'FAIL'}: {ratio:.2f}, limit {LIMIT}")
        assert ratio <= LIMIT
