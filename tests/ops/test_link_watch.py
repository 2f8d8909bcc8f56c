"""Outages as events: noted when the breaker opens, told when Redis is back."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator

import pytest
from redis import Redis

from wellness.errors import RedisUnavailable
from wellness.lesson.relay import Line, line
from wellness.ops.events import EventKind
from wellness.ops.link_watch import LinkWatch
from wellness.settings import Settings

from .conftest import AT

RESET_S = 0.05


@pytest.fixture
def to_redis(client: Redis, quick: Settings) -> Iterator[Line]:
    with line(client, quick.model_copy(update={"breaker_reset_s": RESET_S})) as to_redis:
        to_redis.client.ping()
        yield to_redis


@pytest.fixture
def watch(to_redis: Line) -> Iterator[LinkWatch]:
    watch = LinkWatch(to_redis.client.guard, lambda: AT / 1000)
    yield watch
    watch.close()


def lose(to_redis: Line) -> None:
    to_redis.cut()
    for _ in range(3):
        with pytest.raises(RedisUnavailable):
            to_redis.client.ping()


def find(to_redis: Line) -> None:
    to_redis.mend()
    time.sleep(RESET_S)
    to_redis.client.ping()


def test_both_are_told_once_redis_is_back(to_redis: Line, watch: LinkWatch) -> None:
    assert watch.take("ann") == []
    lose(to_redis)
    assert watch.is_lost
    assert watch.take("ann") == [], "there is no way to tell it"
    find(to_redis)
    lost, found = watch.take("ann")
    assert (lost.kind, found.kind) == (EventKind.REDIS_LOST, EventKind.REDIS_FOUND)
    assert (lost.at, lost.user) == (AT, "ann")
    assert lost.data == {"endpoint": to_redis.client.guard.endpoint}
    assert found.data["lost_s"] >= RESET_S
    assert watch.take("ann") == []


def test_a_probe_that_fails_is_no_new_outage(to_redis: Line, watch: LinkWatch) -> None:
    lose(to_redis)
    for _ in range(2):
        time.sleep(RESET_S)
        with pytest.raises(RedisUnavailable):
            to_redis.client.ping()
    find(to_redis)
    assert len(watch.take("ann")) == 2


def test_two_outages_are_four_events(to_redis: Line, watch: LinkWatch) -> None:
    for _ in range(2):
        lose(to_redis)
        find(to_redis)
    kinds = [event.kind for event in watch.take("ann")]
    assert kinds == [EventKind.REDIS_LOST, EventKind.REDIS_FOUND] * 2


def test_one_failure_is_no_outage(to_redis: Line, watch: LinkWatch) -> None:
    to_redis.cut()
    with pytest.raises(RedisUnavailable):
        to_redis.client.ping()
    to_redis.mend()
    to_redis.client.ping()
    assert watch.take("ann") == []


def test_a_watch_that_is_closed_sees_nothing(to_redis: Line, watch: LinkWatch) -> None:
    watch.close()
    lose(to_redis)
    assert not watch.is_lost


def test_a_watcher_that_fails_harms_no_command(
    to_redis: Line, caplog: pytest.LogCaptureFixture
) -> None:
    def faulty(old: str, new: str) -> None:
        raise RuntimeError("a bug")

    to_redis.client.guard.watch(faulty)
    with caplog.at_level(logging.ERROR):
        lose(to_redis)
        find(to_redis)
    assert "a bug" in caplog.text
