"""Ten nearest of 100 to 100,000 vectors: numpy, FLAT, HNSW; with recall, memory and build time."""

# ruff: noqa: T201 - a benchmark prints

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from wellness.lesson import kit, vectors
from wellness.lesson.timing import compare
from wellness.memory.embedder import OllamaEmbedder
from wellness.server import EmbeddedServer
from wellness.settings import Settings

pytestmark = pytest.mark.benchmark_limits
SIZES, EFS, QUERIES, K = (100, 1_000, 10_000, 100_000), (10, 50, 100, 200, 400), 100, 10
WHAT = ("I walked to work", "My heart was racing", "I slept badly", "My knee hurt", "I ate late")
WHEN = ("yesterday", "last week", "in March", "before the trip", "on Sunday", "after the race")
HOW = ("and felt fine", "and was tired", "as the watch shows", "as usual", "for the first time")


def test_sizes(settings: Settings, redis_server: EmbeddedServer, embedder: OllamaEmbedder) -> None:
    here = settings.model_copy(update={"redis_url": redis_server.url, "user": "bench-vectors"})
    lesson = kit.start("04", settings=here)
    base = embedder.embed([" ".join(parts) for parts in product(WHAT, WHEN, HOW)])
    many = vectors.perturbed(base, SIZES[-1], seed=4)
    asked = vectors.perturbed(base, len(base) + QUERIES, seed=5)[len(base) :]
    try:
        for n in SIZES:
            part = many[:n]
            flat = vectors.build(lesson, f"flat-{n}", part, algorithm="flat")
            graph = vectors.build(lesson, f"hnsw-{n}", part, algorithm="hnsw")
            truth = [vectors.exact(part, query, K) for query in asked]
            print(f"\n{n:,} vectors; build FLAT {flat.built_s:.1f} s, HNSW {graph.built_s:.1f} s; "
                  f"bytes a vector {flat.bytes / n:,.0f} and {graph.bytes / n:,.0f}")  # fmt: skip
            print(compare(
                {"numpy": lambda part=part: vectors.exact(part, asked[0], K),
                 "FLAT": lambda flat=flat: flat.search(asked[0], K),
                 "HNSW": lambda graph=graph: graph.search(asked[0], K, ef=100)},
                baseline="FLAT", n=60, equal=None,
            ))  # fmt: skip
            found = {ef: [graph.search(query, K, ef=ef) for query in asked] for ef in EFS}
            recalls = {
                ef: np.mean([vectors.recall(a, b) for a, b in zip(rows, truth, strict=True)])
                for ef, rows in found.items()
            }
            print("recall@10 by EF:", ", ".join(f"{ef}: {r:.3f}" for ef, r in recalls.items()))
            assert recalls[EFS[-1]] >= recalls[EFS[0]]
            flat.index.delete(drop=True)
            graph.index.delete(drop=True)
    finally:
        kit.end()
