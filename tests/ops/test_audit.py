"""The audit log: what is written stands there, in one chain, whoever writes and however much."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from redis import Redis

from wellness import keys
from wellness.client import Client
from wellness.errors import AuditError, RedisUnavailable
from wellness.lesson.relay import line
from wellness.ops import audit as audit_module
from wellness.ops.audit import AuditLog
from wellness.ops.entries import Tip
from wellness.ops.events import Event, EventKind
from wellness.ops.following import follow
from wellness.ops.verification import verify
from wellness.server import EmbeddedServer
from wellness.settings import Settings

from .conftest import AT, made, numbers

KEY = "a secret that is long enough"
PROCESSES, THREADS, EACH = 4, 2, 40

WRITER = """
import sys
from concurrent.futures import ThreadPoolExecutor
from wellness.client import connect
from wellness.ops.audit import AuditLog
from wellness.ops.events import EventKind, event
from wellness.settings import Settings

url, namespace, process, threads, each = sys.argv[1:]
settings = Settings(redis_url=url)
client = connect(settings)

def write(thread):
    log = AuditLog(client, "ann", settings=settings, namespace=namespace)
    for i in range(int(each)):
        data = {"writer": f"{process}/{thread}", "i": i}
        log.append(event(EventKind.ANSWERED, at=1_790_000_000_000, user="ann", data=data))

sys.stdin.read()  # begin together
with ThreadPoolExecutor(int(threads)) as pool:
    list(pool.map(write, range(int(threads))))
client.close()
"""


def contents(log: AuditLog) -> list[int]:
    return numbers([entry.event for entry in log.read()])


# --- writing and reading -------------------------------------------------------------------------


def test_events_stand_in_their_order_each_on_the_one_before(log: AuditLog) -> None:
    events = [made(i) for i in range(5)]
    ids = log.append(*events[:3]) + log.append(*events[3:])
    entries = list(log.read())
    assert [entry.event for entry in entries] == events
    assert [entry.id for entry in entries] == ids
    assert [entry.number for entry in entries] == [1, 2, 3, 4, 5]
    assert [entry.previous for entry in entries[1:]] == [entry.hash for entry in entries[:-1]]
    assert log.tip() == Tip(5, entries[-1].hash, ids[-1], "sha256")
    assert verify(log).ok


def test_another_writer_goes_on_where_the_first_one_was(log_of: Callable[..., AuditLog]) -> None:
    one, other = log_of(), log_of()
    for i in range(6):
        (one if i % 2 else other).append(made(i))
    assert contents(one) == list(range(6))
    assert verify(one).ok


def test_nothing_to_write_writes_nothing(client: Redis, log: AuditLog) -> None:
    assert log.append() == []
    assert list(log.read()) == log.last(3) == []
    assert log.tip() == Tip()
    assert not client.exists(log.keys.audit, log.keys.audit_tip)
    assert repr(verify(log)) == "<Verdict: an empty log>"


def test_all_or_none_of_several_are_written(log: AuditLog) -> None:
    with pytest.raises(AuditError, match="no JSON"):
        log.append(made(1), made(2, value=object()))
    assert contents(log) == []


def test_one_writer_needs_one_round_trip(guarded: Client, log: AuditLog) -> None:
    log.append(made(0))
    names: list[str] = []

    class Tape:
        def on_command(self, name: str, *_: object) -> None:
            names.append(name)

    tape = Tape()
    guarded.guard.add(tape)
    log.append(made(1), made(2))
    guarded.guard.remove(tape)
    assert names == ["PIPELINE"]


def test_reading_from_an_id_or_a_time(log: AuditLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_module, "PAGE", 3)
    first = log.append(*(made(i) for i in range(7)))
    time.sleep(0.002)
    between = datetime.now(UTC)
    time.sleep(0.002)
    second = log.append(*(made(i) for i in range(7, 10)))
    everything = list(log.read())
    assert [entry.id for entry in everything] == first + second
    assert [entry.id for entry in log.read(first[4])] == (first + second)[4:]
    assert [entry.id for entry in log.read(after=first[4])] == (first + second)[5:]
    assert [entry.id for entry in log.read(between)] == second
    assert [entry.id for entry in log.read(until=between)] == first
    assert [entry.id for entry in log.read(first[2], until=first[5])] == first[2:6]
    assert [entry.id for entry in log.last(2)] == second[-2:]
    assert list(log.read(after=second[-1])) == []


def test_a_users_log_and_its_tip_expire_together(
    client: Redis, namespace: str, log: AuditLog
) -> None:
    log.append(made(1))
    ttl_s = Settings().audit_ttl_s
    assert {client.ttl(log.keys.audit), client.ttl(log.keys.audit_tip)} <= {ttl_s, ttl_s - 1}
    assert keys.audit(client, namespace) == []
    client.expire(log.keys.audit, 10)
    log.append(made(2))
    assert client.ttl(log.keys.audit) > 10, "it counts from the last entry"


def test_after_it_expired_a_log_begins_anew(client: Redis, log: AuditLog) -> None:
    log.append(made(1), made(2))
    client.delete(log.keys.audit, log.keys.audit_tip)
    log.append(made(3))
    assert [entry.number for entry in log.read()] == [1]
    assert verify(log).ok


def test_a_log_can_be_cleared(client: Redis, log: AuditLog) -> None:
    log.append(made(1), made(2))
    assert log.clear() == 2
    assert log.clear() == 0
    assert not client.exists(log.keys.audit, log.keys.audit_tip)


# --- several writers at once ---------------------------------------------------------------------


def test_eight_writers_in_four_processes_make_one_chain(
    redis_server: EmbeddedServer, namespace: str, log: AuditLog
) -> None:
    words = [sys.executable, "-c", WRITER, redis_server.url, namespace]
    writers = [
        subprocess.Popen([*words, str(n), str(THREADS), str(EACH)], stdin=subprocess.PIPE)
        for n in range(PROCESSES)
    ]
    for writer in writers:
        assert writer.stdin
        writer.stdin.close()
    assert [writer.wait(60) for writer in writers] == [0] * PROCESSES
    by_writer: dict[str, list[Event]] = defaultdict(list)
    for entry in log.read():
        by_writer[entry.event.data["writer"]].append(entry.event)
    assert len(by_writer) == PROCESSES * THREADS
    assert all(numbers(events) == list(range(EACH)) for events in by_writer.values())
    assert verify(log).ok
    assert log.tip().number == PROCESSES * THREADS * EACH


def test_eight_threads_with_one_log_and_with_logs_of_their_own(
    log: AuditLog, log_of: Callable[..., AuditLog]
) -> None:
    logs = [log] * 4 + [log_of() for _ in range(4)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda one: [one.append(made(i)) for i in range(25)], logs))
    assert sorted(contents(log)) == sorted(list(range(25)) * 8)
    assert verify(log).ok


def test_a_writer_that_is_always_overtaken_says_so(
    log: AuditLog, log_of: Callable[..., AuditLog], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_module, "ATTEMPTS", 5)
    other, queue = log_of(), log._queue

    def overtaken(*args: object) -> object:
        other.append(made(0))
        return queue(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(log, "_queue", overtaken)
    with pytest.raises(AuditError, match="5 times before this did"):
        log.append(made(1))
    assert verify(other).ok


# --- keys of the chain ---------------------------------------------------------------------------


def test_a_log_with_a_key_is_read_and_written_with_that_key(
    log_of: Callable[..., AuditLog],
) -> None:
    keyed, plain = log_of(audit_key=KEY), log_of()
    other = log_of(audit_key="another secret of that length")
    keyed.append(made(1))
    for log, how in ((plain, "by hmac-sha256, not sha256"), (other, "with another key")):
        with pytest.raises(AuditError, match=how):
            log.append(made(2))
        with pytest.raises(AuditError, match=how):
            verify(log)
    log_of(audit_key=KEY).append(made(2))
    assert contents(plain) == [1, 2], "reading needs none"
    assert verify(keyed).ok


def test_the_key_never_goes_to_redis(client: Redis, log_of: Callable[..., AuditLog]) -> None:
    log = log_of(audit_key=KEY)
    log.append(made(1))
    stored = repr((client.xrange(log.keys.audit), client.hgetall(log.keys.audit_tip)))
    assert KEY not in stored
    assert "hmac-sha256" in stored
    assert KEY not in repr(Settings(audit_key=KEY))
    assert KEY not in repr((log, log.chain))


# --- cutting back --------------------------------------------------------------------------------


def test_a_log_stays_within_its_bound_and_verifies(log_of: Callable[..., AuditLog]) -> None:
    log = log_of(audit_entries=50)
    for i in range(200):
        log.append(made(i))
        assert len(list(log.read())) <= 55
    verdict = verify(log)
    assert verdict.ok
    assert verdict.first > 100
    assert verdict.tip.number > 200, "the notes of where it was cut are entries too"
    kept = [entry.event for entry in log.read()]
    assert numbers([e for e in kept if e.kind is EventKind.ANSWERED])[-1] == 199


def test_where_it_was_cut_stands_in_the_chain(log_of: Callable[..., AuditLog]) -> None:
    log = log_of(audit_entries=10)
    log.append(*(made(i) for i in range(12)))  # in one go: more than the bound
    before = list(log.read())
    note = before[-1].event
    assert note.kind is EventKind.TRIMMED
    assert len(before) == 10
    assert note.data == {"first": 4, "previous": before[0].previous, "entries": 3}
    assert before[0].number == 4
    assert log.trim(at=AT) == 0


def test_writers_that_cut_at_the_same_time(log_of: Callable[..., AuditLog]) -> None:
    logs = [log_of(audit_entries=20) for _ in range(6)]
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda one: [one.append(made(i)) for i in range(60)], logs))
    assert verify(logs[0]).ok
    assert len(list(logs[0].read())) <= 22


def test_a_log_is_verified_while_others_write_and_cut(
    log_of: Callable[..., AuditLog], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_module, "PAGE", 20)
    monkeypatch.setattr("wellness.ops.verification.PAGE", 20)
    log, other, done = log_of(audit_entries=100), log_of(audit_entries=100), threading.Event()

    def write() -> None:
        while not done.is_set():
            other.append(*(made(i) for i in range(5)))

    thread = threading.Thread(target=write)
    thread.start()
    try:
        verdicts = []
        while len(verdicts) < 20:
            try:
                verdicts.append(verify(log))
            except AuditError as error:  # it may not get a quiet moment
                assert "cut back" in error.message  # noqa: PT017
                verdicts.append(None)
    finally:
        done.set()
        thread.join()
    assert all(verdict is None or verdict.ok for verdict in verdicts), verdicts
    assert any(verdicts)


# --- following, and Redis away -------------------------------------------------------------------


def test_a_follower_gets_what_is_written_from_where_it_was(log: AuditLog, quick: Settings) -> None:
    ids = log.append(*(made(i) for i in range(4)))
    known = follow(log, settings=quick, after=ids[1], quiet_s=0.2)
    assert [entry.id for entry in known] == ids[2:]
    assert list(follow(log, settings=quick, quiet_s=0.1)) == [], "only what comes from now on"
    stop, came = threading.Event(), []

    def run() -> None:
        came.extend(follow(log, settings=quick, stop=stop, after="0-0"))

    thread = threading.Thread(target=run)
    thread.start()
    log.append(made(4))
    while len(log.last(9)) > len(came) == 0:
        time.sleep(0.01)
    time.sleep(0.2)
    stop.set()
    thread.join()
    assert numbers([entry.event for entry in came]) == list(range(5))


def test_a_follower_misses_nothing_of_an_outage(
    client: Redis, log: AuditLog, quick: Settings, namespace: str
) -> None:
    settings = quick.model_copy(update={"breaker_reset_s": 0.05})
    log.append(made(0))
    with line(client, settings) as to_redis:
        far = AuditLog(to_redis.client, "ann", settings=settings, namespace=namespace)
        entries = follow(far, settings=settings, after="0-0", quiet_s=5)
        assert next(entries).event.data["i"] == 0
        to_redis.cut()
        log.append(*(made(i) for i in range(1, 4)))
        threading.Timer(0.2, to_redis.mend).start()
        assert numbers([next(entries).event for _ in range(3)]) == [1, 2, 3]


def test_without_redis_an_append_says_so(client: Redis, quick: Settings, namespace: str) -> None:
    settings = quick.model_copy(update={"breaker_reset_s": 0.05})
    with line(client, settings) as to_redis:
        log = AuditLog(to_redis.client, "ann", settings=settings, namespace=namespace)
        log.append(made(0))
        to_redis.cut()
        with pytest.raises(RedisUnavailable):
            log.append(made(1))
        to_redis.mend()
        log.append(made(2))
        assert contents(log) == [0, 2]
        assert verify(log).ok
