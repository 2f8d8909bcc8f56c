"""Metrics come to Redis at the end of a block or by a thread, and make nothing fail."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis

from wellness import keys
from wellness.agent.state import Step
from wellness.client import Client, connect
from wellness.ops.metrics import Metrics
from wellness.ops.metrics_store import MetricsStore
from wellness.ops.pusher import Pusher, recorded, try_push
from wellness.server import EmbeddedServer
from wellness.settings import Settings


@pytest.fixture
def watched(redis_server: EmbeddedServer, namespace: str) -> Settings:
    return Settings(redis_url=redis_server.url, namespace=namespace)


@pytest.fixture
def guarded(watched: Settings) -> Iterator[Client]:
    with connect(watched) as client:
        yield client


@pytest.fixture
def store(guarded: Client, watched: Settings, namespace: str) -> MetricsStore:
    return MetricsStore(guarded, settings=watched, clock=time.time, namespace=namespace)


def until(true: Callable[[], bool]) -> None:
    """Wait for something another thread does."""
    ended = time.monotonic() + 30
    while not true():
        assert time.monotonic() < ended
        time.sleep(0.01)


def test_a_block_is_recorded_and_pushed(
    guarded: Client, watched: Settings, store: MetricsStore
) -> None:
    own = Metrics()
    with recorded(guarded, watched, clock=time.time, metrics=own) as metrics:
        assert metrics is own
        guarded.ping()
        metrics.on_step(Step("answer", 0.1))
    guarded.ping()
    assert not guarded.guard._observers
    merged = store.merged()
    assert {name: row.calls for name, row in merged.commands.items()} == {"PING": 1}
    assert list(merged.steps) == ["answer"]


def test_a_block_that_fails_pushes_nothing(
    guarded: Client, watched: Settings, client: Redis, namespace: str
) -> None:
    with pytest.raises(ZeroDivisionError), recorded(guarded, watched, clock=time.time):
        assert 1 / int(guarded.dbsize() * 0)
    assert not guarded.guard._observers
    assert not list(keys.scan(client, namespace))


def test_a_redis_that_is_away_makes_no_block_fail(tmp_path: Path) -> None:
    away = Settings(redis_url=f"unix://{tmp_path}/none")
    with connect(away) as client:
        with recorded(client, away, clock=time.time) as metrics:
            metrics.on_step(Step("answer", 0.1))
        store = MetricsStore(client, settings=away, clock=time.time)
        assert not try_push(store, metrics)
        assert list(metrics.pending.steps) == ["answer"], "it is still to be pushed"


def test_a_thread_pushes_all_the_while_and_at_the_end(store: MetricsStore) -> None:
    before, metrics = threading.active_count(), Metrics()
    with Pusher(store, metrics, every_s=0.01):
        metrics.on_command("GET", 0.001, None, (("GET", "k"),))
        until(lambda: "GET" in store.merged().commands)
        metrics.on_command("GET", 0.001, None, (("GET", "k"),))
        until(lambda: store.merged().commands["GET"].calls == 2)
    assert threading.active_count() == before
    with Pusher(store, metrics, every_s=3_600):
        metrics.on_command("GET", 0.001, None, (("GET", "k"),))
    assert store.merged().commands["GET"].calls == 3


def test_the_thread_survives_a_redis_that_is_away(tmp_path: Path) -> None:
    away = Settings(redis_url=f"unix://{tmp_path}/none")
    metrics = Metrics()
    with connect(away, observer=metrics) as client:
        refused = threading.Event()
        store = MetricsStore(client, settings=away, clock=time.time)
        push = store.push

        def counted(of: Metrics) -> None:
            refused.set()
            push(of)

        store.push = counted  # type: ignore[method-assign]
        with Pusher(store, metrics, every_s=0.01) as pusher:
            assert refused.wait(30)
            refused.clear()
            assert refused.wait(30)
            assert pusher._thread.is_alive()
