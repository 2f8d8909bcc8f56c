"""The dashboard's numbers against what was really done, and what it says without any."""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan, nan

import pytest
from redis import Redis

from wellness.client import Client, connect
from wellness.keys import Keys
from wellness.lesson.background import stop_all
from wellness.lesson.dashboard import Dashboard, draw
from wellness.lesson.pulse import KEPT, Beat, Pulse
from wellness.ops.metrics import Metrics
from wellness.server import EmbeddedServer
from wellness.settings import Settings


@pytest.fixture
def ours(settings: Settings, redis_server: EmbeddedServer) -> Settings:
    return settings.model_copy(update={"redis_url": redis_server.url})


@pytest.fixture
def watched(ours: Settings) -> Iterator[Client]:
    with connect(ours) as client:
        yield client


class Clock:
    """Seconds that a test moves on."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class Answers(Redis):
    """A Redis that says of itself what a test wants it to."""

    def __init__(self) -> None:
        self.said = dict.fromkeys(
            ("total_commands_processed", "keyspace_hits", "keyspace_misses", "used_memory"), 0
        )

    def info(self, *_: object, **__: object) -> dict[str, int]:
        return dict(self.said)

    def __del__(self) -> None:
        pass


def test_a_beat_is_what_happened_since_the_last_one() -> None:
    looker, metrics, clock = Answers(), Metrics(), Clock()
    pulse = Pulse(looker, metrics, clock)
    for milliseconds in range(1, 101):
        metrics.on_command("GET", milliseconds / 1000, None, (("GET", "a"),))
    metrics.on_embeddings({"hits": 3, "misses": 1})
    clock.now = 2.0
    looker.said.update(
        total_commands_processed=101, keyspace_hits=30, keyspace_misses=10, used_memory=1_000
    )
    first = pulse.beat()
    assert (first.server_ops, first.calls, first.errors) == (50.0, 100, 0)
    assert first.p99 == pytest.approx(0.099, rel=0.02)
    assert (first.hit_rate, first.embedding_rate, first.memory) == (0.75, 0.75, 1_000)

    metrics.on_command("GET", 0.5, ConnectionError("gone"), (("GET", "a"),))
    clock.now = 3.0
    second = pulse.beat()
    assert (second.calls, second.errors) == (1, 1)
    assert second.p50 == pytest.approx(0.5, rel=0.02)
    assert isnan(second.hit_rate), "nothing was read: no rate, and no division by zero"
    assert isnan(second.embedding_rate)


def test_it_keeps_a_bounded_past() -> None:
    pulse = Pulse(Answers(), Metrics(), Clock())
    for _ in range(3 * KEPT):
        pulse.beat()
    assert len(pulse.beats) == KEPT


def test_real_reads_are_seen_and_looking_is_not(
    ours: Settings, watched: Client, namespace: str
) -> None:
    board = Dashboard(ours, watched)
    try:
        key = Keys(namespace, "ann").scratch("counter")
        watched.set(key, 1)
        board.html()
        for _ in range(40):
            watched.get(key)
        page = board.html()
        assert board.pulse.beats[-1].calls == 40
        board.html()
        assert board.pulse.beats[-1].calls == 0
        assert "40 round trips of this client, 0 failed" in page
        assert page.count("<svg") == page.count("aria-label=") - 1 == 4
    finally:
        board.close()
    watched.get(key)
    assert sum(row.calls for row in board.metrics.snapshot().values()) == 41


def test_it_moves_and_ends_with_the_lesson(ours: Settings, watched: Client) -> None:
    board = Dashboard(ours, watched)
    live = board.show()
    assert "Memory in use" in live.page.value
    assert stop_all() == []
    assert not live.running
    board.close()


def test_nothing_measured_is_said_in_words() -> None:
    beat = Beat(0.5, 0.0, 0, nan, nan, nan, nan, nan, 0, 0)
    page = draw([beat])
    assert "nothing sent" in page
    assert "–, –" in page
    assert "nan" not in page.lower()
