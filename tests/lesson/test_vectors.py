"""Vector experiments: noise as stated, the exact answer, and two indexes that can be believed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from redis import Redis

from wellness import keys
from wellness.lesson import kit, vectors
from wellness.lesson.kit import Lesson
from wellness.lesson.vectors import Vectors, build, exact, perturbed, recall, unit
from wellness.server import EmbeddedServer
from wellness.settings import Settings


@pytest.fixture
def lesson(settings: Settings, redis_server: EmbeddedServer, client: Redis) -> Iterator[Lesson]:
    here = settings.model_copy(update={"redis_url": redis_server.url, "user": "learner-vectors"})
    yield kit.start("90", settings=here)
    kit.end()


@pytest.fixture(scope="module")
def base() -> Vectors:
    return unit(np.random.default_rng(3).standard_normal((50, 24)).astype(np.float32))


def test_noise_keeps_the_base_its_length_and_its_seed(base: Vectors) -> None:
    many = perturbed(base, 4_000, seed=1)
    assert many.shape == (4_000, 24)
    assert many.dtype == np.float32
    assert np.array_equal(many[:50], base)
    assert np.linalg.norm(many, axis=1) == pytest.approx(1, abs=1e-5)
    assert np.array_equal(many, perturbed(base, 4_000, seed=1))
    assert not np.array_equal(many, perturbed(base, 4_000, seed=2))
    assert np.array_equal(perturbed(base, 7, seed=1), base[:7])
    nearest = (many[50:] @ base.T).max(axis=1)
    assert nearest.mean() == pytest.approx(1 / np.sqrt(1 + vectors.SPREAD**2), abs=0.03)


def test_exact_is_a_full_sort(base: Vectors) -> None:
    many = perturbed(base, 500, seed=1)
    query = perturbed(base, 51, seed=9)[-1]
    distances = [1 - float(np.dot(row, query)) for row in many]
    assert exact(many, query, 20) == sorted(range(500), key=distances.__getitem__)[:20]
    assert len(exact(many, query, 900)) == 500
    assert recall([1, 2, 3, 4], [2, 4, 6, 8]) == 0.5


def test_recall_has_its_cost(lesson: Lesson, base: Vectors) -> None:
    many = perturbed(base, 1_500, seed=1)
    queries = list(perturbed(base, 60, seed=9)[50:])
    truth = [exact(many, query, 10) for query in queries]
    graph = build(lesson, "cost", many, algorithm="hnsw", m=4, ef_construction=8)
    costs = vectors.cost_of_recall(graph, queries, truth, [10, 400], k=10)
    assert all(ns > 0 for ns, _ in costs)
    recalls = [found for _, found in costs]
    by_hand = [
        np.mean(
            [
                recall(graph.search(query, 10, ef=ef), rows)
                for query, rows in zip(queries, truth, strict=True)
            ]
        )
        for ef in (10, 400)
    ]
    assert recalls == pytest.approx(by_hand)
    assert recalls[0] < recalls[1]


def test_a_flat_index_is_exact_and_hnsw_nearly(lesson: Lesson, base: Vectors) -> None:
    many = perturbed(base, 1_500, seed=1, spread=1.0)
    queries = perturbed(base, 70, seed=9, spread=1.0)[50:]
    seen: list[tuple[int, int]] = []
    flat = build(lesson, "flat", many, algorithm="flat", progress=lambda *at: seen.append(at))
    hnsw = build(lesson, "hnsw", many, algorithm="hnsw")
    assert seen == [(1_000, 1_500), (1_500, 1_500)]
    for query in queries:
        assert flat.search(query, 10) == exact(many, query, 10)
    found = [recall(hnsw.search(query, 10, ef=200), exact(many, query, 10)) for query in queries]
    assert np.mean(found) > 0.9
    assert flat.bytes >= 1_500 * 24 * 4
    assert hnsw.bytes > flat.bytes, "the graph is in it"
    assert flat.built_s > 0


def test_a_filter_keeps_to_one_user(lesson: Lesson, base: Vectors) -> None:
    many = perturbed(base, 400, seed=1)
    both = build(lesson, "users", many, algorithm="hnsw", users=("ann", "ben"))
    everyone = both.search(base[0], 20, ef=400)
    assert {row % 2 for row in everyone} == {0, 1}, "without a filter Ann is shown what is Ben's"
    ann = both.search(base[0], 20, ef=400, where="@user:{ann}")
    assert ann == [2 * row for row in exact(many[::2], base[0], 20)]


def test_building_again_replaces_and_the_lesson_leaves_nothing(
    lesson: Lesson, base: Vectors, client: Redis
) -> None:
    build(lesson, "again", base, algorithm="hnsw", m=4, ef_construction=20)
    smaller = build(lesson, "again", base[:10], algorithm="flat")
    assert len(smaller.search(base[0], 50)) == 10
    namespace = lesson.namespace
    lesson.finish()
    assert list(keys.scan(client, namespace)) == []
    left = [name.decode() for name in client.execute_command("FT._LIST")]
    assert not [name for name in left if name.startswith(namespace)]
