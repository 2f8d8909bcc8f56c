"""Events on two ways whose readers are killed: what is counted, and what a Stream promises."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest
from redis import Redis

from wellness import keys
from wellness.client import Client, connect
from wellness.errors import LessonError
from wellness.keys import Keys
from wellness.lesson import delivery as exhibit
from wellness.lesson.delivery import Delivery, Outcome, compare_delivery
from wellness.lesson.delivery_worker import SUBSCRIBER, Brief, Worker
from wellness.ops.audit import AuditLog
from wellness.ops.events import EventKind, event
from wellness.ops.verification import verify
from wellness.server import EmbeddedServer
from wellness.settings import Settings

EVENTS, KILLS = 1_000, 4


@pytest.fixture
def at_redis(redis_server: EmbeddedServer) -> Settings:
    return Settings(redis_url=redis_server.url)


@pytest.fixture
def guarded(at_redis: Settings) -> Iterator[Client]:
    with connect(at_redis) as client:
        yield client


def test_no_event_is_lost_from_the_stream_when_its_consumers_are_killed(
    client: Redis, guarded: Client, at_redis: Settings, namespace: str
) -> None:
    """Every entry is handled, its effect happens once, and nothing is left pending."""
    mine = Keys(namespace, "ann")
    log = AuditLog(guarded, "ann", settings=at_redis, namespace=namespace)
    log.append(event(EventKind.ANSWERED, at=1_790_000_000_000, user="ann"))  # from before
    found = compare_delivery(guarded, mine, settings=at_redis, events=EVENTS, kills=KILLS)
    assert found.published == EVENTS
    assert found.kills == KILLS
    assert (found.stream.received, found.stream.lost) == (EVENTS, 0)
    assert found.stream.effects_twice == 0
    assert (found.pending, found.put_aside) == (0, 0)
    assert found.pubsub.lost > 0, "what is published while nobody is there is gone"
    assert found.pubsub.received + found.pubsub.lost == EVENTS
    assert found.pubsub.again == 0, "and nothing ever comes a second time"
    assert verify(log).ok
    assert log.tip().number == EVENTS + 1
    left = set(keys.scan(client, namespace))
    assert left == {mine.audit, mine.audit_tip, mine.event_sequence}
    assert client.xinfo_groups(mine.audit) == []
    assert keys.audit(client, namespace) == []


def test_without_kills_both_ways_get_everything(
    guarded: Client, at_redis: Settings, namespace: str
) -> None:
    found = compare_delivery(
        guarded, Keys(namespace, "ann"), settings=at_redis, events=50, kills=0, consumers=1
    )
    assert found.pubsub == Outcome("Pub/Sub", 50, 0, 0)
    assert found.stream == Outcome("Stream and its group", 50, 0, 0, 0)


def test_consumers_that_do_not_come_to_an_end_are_an_error(
    client: Redis, guarded: Client, at_redis: Settings, namespace: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(exhibit, "PATIENCE_S", 0.2)
    monkeypatch.setattr(exhibit, "CONSUMER", SUBSCRIBER)  # so nobody reads the Stream
    with pytest.raises(LessonError, match="did not come to an end"):
        compare_delivery(
            guarded, Keys(namespace, "ann"), settings=at_redis, events=20, kills=1, consumers=1
        )
    assert not [key for key in keys.scan(client, namespace) if "scratch" in key]


@pytest.mark.parametrize(("events", "kills", "consumers"), [(5, 5, 1), (5, -1, 1), (5, 1, 0)])
def test_what_cannot_be_tried(
    guarded: Client, at_redis: Settings, namespace: str, events: int, kills: int, consumers: int
) -> None:
    with pytest.raises(LessonError, match="more events than kills"):
        compare_delivery(
            guarded, Keys(namespace, "ann"), settings=at_redis,
            events=events, kills=kills, consumers=consumers,
        )  # fmt: skip


def test_the_figures_read_well() -> None:
    pubsub, stream = Outcome("Pub/Sub", 2_400, 600, 0), Outcome("Stream", 3_000, 0, 37, 0)
    found = Delivery(3_000, 6, pubsub, stream, 0, 0)
    title, head, first, second = repr(found).splitlines()
    assert title == "3,000 events; on each way a reader was killed 6 times"
    assert head.split() == ["received", "lost", "handled", "again", "effects", "twice"]
    assert first.split() == ["Pub/Sub", "2,400", "600", "0", "-"]
    assert second.split() == ["Stream", "3,000", "0", "37", "0"]
    assert "<caption" in found._repr_html_()
    assert "killed once" in Delivery(9, 1, pubsub, stream, 0, 0).title


def test_a_worker_does_not_outlive_who_started_it(at_redis: Settings, namespace: str) -> None:
    """It sees its standard input close, also when its starter was killed."""
    worker = Worker(Brief(at_redis, namespace, "ann", "g"), SUBSCRIBER, "one")
    worker.start()
    worker.wait_ready()
    process = worker._process
    assert isinstance(process, subprocess.Popen)
    assert process.stdin
    process.stdin.close()
    assert process.wait(30) == 0
    worker.stop()


def test_a_worker_that_cannot_start_is_named(
    namespace: str, at_redis: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = at_redis.model_copy(update={"redis_url": "unix:///nowhere"})
    worker = Worker(Brief(nowhere, namespace, "ann", "g"), SUBSCRIBER, "one")
    worker.start()
    with pytest.raises(LessonError, match="process of one did not start"):
        worker.wait_ready()
    worker.stop()
