"""Consumers that are killed, that fail, that are late: every entry is handled, and once is once."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from redis import Redis
from redis.exceptions import ResponseError

from wellness import keys
from wellness.client import Client
from wellness.lesson.relay import line
from wellness.ops.audit import AuditLog
from wellness.ops.consumer import BATCH, Consumer
from wellness.ops.effects import Effects
from wellness.ops.entries import Entry
from wellness.ops.group import Group, State
from wellness.server import EmbeddedServer
from wellness.settings import Settings

from .conftest import made

PATIENCE_S = 30.0

WORKER = """
import sys, time
from wellness.client import connect
from wellness.ops.audit import AuditLog
from wellness.ops.consumer import Consumer
from wellness.ops.group import Group
from wellness.settings import Settings

url, namespace, name, fatal = sys.argv[1:]
settings = Settings(redis_url=url, audit_claim_s=0.2, audit_deliveries=2, events_idle_s=0.05)
client = connect(settings)
log = AuditLog(client, "ann", settings=settings, namespace=namespace)

def handle(entry, effects):
    i = entry.event.data["i"]
    if i == int(fatal):
        print(i, flush=True)
        time.sleep(60)  # until it is killed
    effects.add("RPUSH", log.keys.scratch("done"), i)

consumer = Consumer(Group(log, "g", settings=settings), name, handle, settings=settings)
while True:
    consumer.step()
"""


@pytest.fixture
def group(log: AuditLog, quick: Settings) -> Group:
    return Group(log, "g", settings=quick)


@pytest.fixture
def consumer_of(group: Group, quick: Settings) -> Callable[..., Consumer]:
    """Makes consumers; by default they note in a list what they are given."""

    def make(
        name: str = "one", handle: Callable[[Entry, Effects], None] | None = None, **changed: object
    ) -> Consumer:
        def note(entry: Entry, effects: Effects) -> None:
            effects.add("RPUSH", group.log.keys.scratch("done"), entry.event.data["i"])

        settings = quick.model_copy(update=changed)
        return Consumer(group, name, handle or note, settings=settings)

    return make


@contextmanager
def killed_at(server: EmbeddedServer, log: AuditLog, name: str, i: int) -> Iterator[None]:
    """A consumer in a process of its own, killed while it has the i-th event in its hands."""
    words = [sys.executable, "-c", WORKER, server.url, log.keys.namespace, name, str(i)]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"%d\n" % i
        process.send_signal(signal.SIGKILL)
        process.wait()
        yield


def done(log: AuditLog) -> list[int]:
    return [int(i) for i in log.client.lrange(log.keys.scratch("done"), 0, -1)]


def work(consumer: Consumer, until: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE_S
    while not until():
        assert time.monotonic() < ends, consumer
        consumer.step()


# --- the usual course ----------------------------------------------------------------------------


def test_every_entry_is_handled_and_acknowledged(
    log: AuditLog, group: Group, consumer_of: Callable[..., Consumer]
) -> None:
    log.append(*(made(i) for i in range(BATCH + 20)))
    assert group.state() == State(0, BATCH + 20, 0, 0)
    consumer = consumer_of()
    assert consumer.step() == BATCH
    assert group.state() == State(0, 20, 0, 1)
    assert consumer.step() == 20
    assert consumer.step() == 0
    assert done(log) == list(range(BATCH + 20))
    assert (consumer.handled, consumer.failed, consumer.repeated) == (BATCH + 20, 0, 0)


def test_consumers_share_the_work(
    log: AuditLog, group: Group, consumer_of: Callable[..., Consumer]
) -> None:
    consumers = [consumer_of(name) for name in ("one", "two", "three")]
    stop = threading.Event()
    threads = [threading.Thread(target=one.run, args=(stop,)) for one in consumers]
    for thread in threads:
        thread.start()
    for i in range(200):
        log.append(made(i))
    ends = time.monotonic() + PATIENCE_S
    while len(done(log)) < 200 and time.monotonic() < ends:
        time.sleep(0.01)
    stop.set()
    for thread in threads:
        thread.join()
    assert sorted(done(log)) == list(range(200))
    assert sum(one.handled for one in consumers) == 200
    assert group.state().pending == 0


def test_two_groups_get_everything_each(
    log: AuditLog, quick: Settings, consumer_of: Callable[..., Consumer]
) -> None:
    other = Group(log, "other", settings=quick)
    log.append(made(1), made(2))
    seen: list[int] = []
    consumer_of().step()
    Consumer(other, "x", lambda e, _: seen.append(e.event.data["i"]), settings=quick).step()
    assert done(log) == seen == [1, 2]


def test_a_new_group_begins_where_it_is_told(log: AuditLog, quick: Settings) -> None:
    ids = log.append(*(made(i) for i in range(4)))
    seen: list[int] = []
    later = Group(log, "later", settings=quick, start=ids[1])
    Consumer(later, "x", lambda e, _: seen.append(e.event.data["i"]), settings=quick).step()
    assert seen == [2, 3]


def test_a_group_without_a_log_leaves_nothing_that_never_expires(
    client: Redis, namespace: str, group: Group, consumer_of: Callable[..., Consumer]
) -> None:
    assert keys.audit(client, namespace) == []
    assert consumer_of().step() == 0
    group.ensure()
    assert keys.audit(client, namespace) == []


# --- death ---------------------------------------------------------------------------------------


def test_what_a_dead_consumer_left_another_takes_up(
    redis_server: EmbeddedServer, log: AuditLog, group: Group,
    consumer_of: Callable[..., Consumer],
) -> None:  # fmt: skip
    log.append(*(made(i) for i in range(10)))
    with killed_at(redis_server, log, "dead", 6):
        assert group.state().pending == 10, "none was acknowledged before the batch was handled"
        work(consumer_of("alive"), lambda: group.state().pending == 0)
    assert done(log) == list(range(10))


def test_nobody_takes_what_is_in_hands_for_a_short_time_only(
    log: AuditLog, group: Group, consumer_of: Callable[..., Consumer]
) -> None:
    log.append(made(1))
    slow, eager = consumer_of("slow", audit_claim_s=60), consumer_of("eager", audit_claim_s=60)
    assert len(slow._read(">", 1)) == 1  # it has it, and takes its time
    assert eager.step() == 0
    assert group.state().pending == 1


def test_who_starts_again_under_the_same_name_takes_up_its_own_at_once(
    redis_server: EmbeddedServer, log: AuditLog, group: Group,
    consumer_of: Callable[..., Consumer],
) -> None:  # fmt: skip
    log.append(*(made(i) for i in range(10)))
    with killed_at(redis_server, log, "again", 6):
        assert consumer_of("again", audit_claim_s=3600).step() == 10
    assert done(log) == list(range(10))
    assert group.state().pending == 0


def test_an_effect_happens_once_although_two_had_the_entry(
    log: AuditLog, group: Group, consumer_of: Callable[..., Consumer]
) -> None:
    """One was so slow that another took its entry; then it comes back and settles too."""
    log.append(made(7))
    slow, quick_one = consumer_of("slow"), consumer_of("quick")
    (entry,) = slow._read(">", 1)
    effects = slow._try(entry)
    assert effects
    work(quick_one, lambda: quick_one.handled == 1)
    slow._settle([(entry, effects)])
    assert done(log) == [7]
    assert (slow.handled, slow.repeated) == (0, 1)


# --- poison --------------------------------------------------------------------------------------


def test_an_entry_that_always_fails_is_put_aside_with_the_reason(
    client: Redis, namespace: str, log: AuditLog, group: Group,
    consumer_of: Callable[..., Consumer],
) -> None:  # fmt: skip
    tried: list[int] = []

    def handle(entry: Entry, effects: Effects) -> None:
        i = entry.event.data["i"]
        tried.append(i)
        if i == 2:
            raise ValueError("two is too much")
        effects.add("RPUSH", log.keys.scratch("done"), i)

    ids = log.append(*(made(i) for i in range(5)))
    consumer = consumer_of("one", handle, audit_deliveries=3, audit_claim_s=0.05)
    work(consumer, lambda: consumer.buried == 1)
    assert done(log) == [0, 1, 3, 4]
    assert tried.count(2) == consumer.failed == 3
    (letter,) = group.dead_letters()
    assert letter.entry_id == ids[2]
    assert letter.reason == "ValueError: two is too much"
    assert (letter.deliveries, letter.consumer) == (3, "one")
    assert '"i":2' in letter.content
    assert group.state() == State(0, 0, 1, 1)
    assert keys.audit(client, namespace) == []


def test_an_entry_that_kills_is_put_aside_and_its_neighbours_are_not(
    redis_server: EmbeddedServer, log: AuditLog, group: Group,
    consumer_of: Callable[..., Consumer],
) -> None:  # fmt: skip
    log.append(*(made(i) for i in range(10)))
    for _ in range(2):
        with killed_at(redis_server, log, "unlucky", 6):
            pass
    consumer = consumer_of("unlucky", audit_deliveries=2)
    work(consumer, lambda: group.state().pending == 0)
    assert sorted(done(log)) == [0, 1, 2, 3, 4, 5, 7, 8, 9]
    (letter,) = group.dead_letters()
    assert '"i":6' in letter.content
    assert letter.reason == (
        "it was handed out 2 times, and no consumer has said how that ended: each one died"
    )


def test_an_effect_that_redis_refuses_is_a_failure(
    log: AuditLog, group: Group, consumer_of: Callable[..., Consumer]
) -> None:
    log.client.set(log.keys.scratch("done"), "no list")
    log.append(made(1))
    consumer = consumer_of(audit_deliveries=2, audit_claim_s=0.05)
    work(consumer, lambda: consumer.buried == 1)
    assert "WRONGTYPE" in group.dead_letters()[0].reason


# --- entries, groups and servers that go away ----------------------------------------------------


def test_an_entry_that_was_cut_off_while_it_was_pending_is_counted(
    log_of: Callable[..., AuditLog], quick: Settings, consumer_of: Callable[..., Consumer]
) -> None:
    log = log_of(audit_entries=4)
    log.append(*(made(i) for i in range(4)))
    group = Group(log, "g", settings=quick)
    assert len(consumer_of("dead")._read(">", 2)) == 2
    assert len(consumer_of("back")._read(">", 2)) == 2
    log.append(*(made(i) for i in range(4, 20)))
    back = consumer_of("back", audit_claim_s=0.05)
    seen = []
    back.handle = lambda entry, _: seen.append(entry.number)
    assert group.state() == State(4, 4, 0, 2)
    work(back, lambda: group.state() == State(0, 0, 0, 2))
    assert back.trimmed == 4
    assert seen == [entry.number for entry in log.read()]


def test_a_group_that_was_deleted_is_made_again(
    client: Redis, log: AuditLog, group: Group, consumer_of: Callable[..., Consumer]
) -> None:
    consumer, stop = consumer_of(), threading.Event()
    log.append(made(1))
    consumer.step()
    log.clear()
    with pytest.raises(ResponseError, match="NOGROUP"):
        consumer.step()
    thread = threading.Thread(target=consumer.run, args=(stop,))
    thread.start()
    log.append(made(2))
    ends = time.monotonic() + PATIENCE_S
    while done(log) != [1, 2] and time.monotonic() < ends:
        time.sleep(0.01)
    stop.set()
    thread.join()
    assert done(log) == [1, 2]


def test_an_outage_of_redis_is_waited_out(
    client: Redis, guarded: Client, log: AuditLog, quick: Settings
) -> None:
    settings = quick.model_copy(update={"breaker_reset_s": 0.05})
    stop, seen = threading.Event(), []
    with line(client, settings) as to_redis:
        far = AuditLog(to_redis.client, "ann", settings=settings, namespace=log.keys.namespace)
        consumer = Consumer(
            Group(far, "g", settings=settings), "one",
            lambda entry, _: seen.append(entry.event.data["i"]), settings=settings,
        )  # fmt: skip
        thread = threading.Thread(target=consumer.run, args=(stop,))
        thread.start()
        to_redis.cut()
        log.append(*(made(i) for i in range(5)))
        time.sleep(0.2)
        assert seen == []
        to_redis.mend()
        ends = time.monotonic() + PATIENCE_S
        while len(seen) < 5 and time.monotonic() < ends:
            time.sleep(0.01)
        stop.set()
        thread.join()
    assert seen == list(range(5))
