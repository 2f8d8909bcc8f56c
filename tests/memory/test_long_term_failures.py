"""Long-term memory under fire: a dropped index, a full Redis, a restart, a killed Redis."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from redis import Redis

from wellness import keys
from wellness.client import Client, connect
from wellness.errors import RecallError, RedisUnavailable
from wellness.memory.kinds import Fact, MemoryKind
from wellness.memory.long_term import LongTerm
from wellness.server import start
from wellness.settings import Settings

from .geometry import Scattered

PATIENCE_S = 60
NAMESPACE = "wellness:test:failing"


def memory_of(client: Redis, namespace: str = NAMESPACE, user: str = "ann") -> LongTerm:
    return LongTerm(
        client, Scattered(), user, settings=Settings(), clock=time.time, namespace=namespace
    )


def note(text: str) -> Fact:
    return Fact(text, MemoryKind.FACT, 1_000, signature=text)


def goal(value: str, at: int) -> Fact:
    return Fact(f"goal {value}", MemoryKind.GOAL, at, subject="goal:x", signature=value)


def indexed(memory: LongTerm, documents: int) -> None:
    """Wait until Redis has indexed so many memories."""
    until = time.monotonic() + PATIENCE_S
    while (found := memory.index.info()).documents != documents:
        assert time.monotonic() < until, found
        time.sleep(0.01)


def test_an_index_that_somebody_drops_is_made_again(client: Redis, namespace: str) -> None:
    memory = memory_of(client, namespace)
    memory.remember([note("one")])
    memory.index.drop()
    stored = memory.remember([goal("a", 10), note("two"), goal("b", 20)])
    assert [one.outcome for one in stored] == ["new", "new", "superseding"]
    memory.index.drop()
    memory.recall("one", now=2_000)
    indexed(memory, 4)
    assert len(memory.recall("one two goal", now=2_000).hits) == 3


def test_a_full_redis_is_a_clear_error_and_nothing_half_written(
    settings: Settings, tmp_path: Path
) -> None:
    with (
        start(settings, data_dir=tmp_path / "full") as server,
        connect(Settings(redis_url=server.url)) as client,
    ):
        memory = memory_of(client)
        memory.remember([note("fits"), goal("a", 10)])
        before = {key: client.dump(key) for key in keys.scan(client, NAMESPACE)}
        client.config_set("maxmemory", 1)
        for fact in (note("no"), goal("b", 20), goal("a", 5)):
            with pytest.raises(RecallError, match=r"out of memory.*maxmemory"):
                memory.remember([fact])
        assert {key: client.dump(key) for key in keys.scan(client, NAMESPACE)} == before
        assert len(memory.recall("fits", now=2_000).hits) == 2, "reading goes on"
        assert memory.forget(memory.all()[0].id), "and so does forgetting"
        client.config_set("maxmemory", 0)
        assert memory.remember([goal("b", 20)])[0].outcome in ("new", "superseding")


def test_memories_and_index_survive_a_restart(settings: Settings, tmp_path: Path) -> None:
    found = []
    for fresh in (True, False):
        with (
            start(settings, data_dir=tmp_path / "again") as server,
            connect(Settings(redis_url=server.url)) as client,
        ):
            assert not server.reused
            if fresh:
                names = (f"note {n}" for n in range(200))
                memory_of(client).remember([*map(note, names), goal("a", 10), goal("b", 20)])
            memory = memory_of(client)
            indexed(memory, 202)
            hits = memory.recall("note 17 goal", now=2_000, k=20).hits
            found.append([(hit.memory, hit.why.distance, hit.why.bm25) for hit in hits])
            assert memory.index.info().failures == 0
            assert memory.remember([note("note 17"), goal("b", 30)])[1].outcome == "duplicate"
            assert len(memory.all()) == 202
            client.shutdown(save=False)
    before, after = found
    assert [one[0].fact.text for one in after] == [one[0].fact.text for one in before]
    assert [one[1] for one in after] == pytest.approx([one[1] for one in before], abs=1e-6)


class Writers:
    """Threads that remember numbered facts until Redis is gone, and when each was acknowledged."""

    def __init__(self, client: Client, count: int) -> None:
        self.acknowledged: list[list[float]] = [[] for _ in range(count)]
        self._memories = [memory_of(client) for _ in range(count)]
        self._threads = [threading.Thread(target=self._write, args=(i,)) for i in range(count)]
        for thread in self._threads:
            thread.start()

    def _write(self, writer: int) -> None:
        with suppress(RedisUnavailable):
            while True:
                number = len(self.acknowledged[writer])
                self._memories[writer].remember([
                    note(f"{writer}/{number}"), goal(f"{writer}/{number}", number)
                ])  # fmt: skip
                self.acknowledged[writer].append(time.monotonic())

    @property
    def total(self) -> int:
        return sum(map(len, self.acknowledged))

    def join(self) -> None:
        for thread in self._threads:
            thread.join(PATIENCE_S)
            assert not thread.is_alive()


@pytest.mark.parametrize(("fsync", "seconds", "may_lose_s"), [("always", 1, 0), ("everysec", 4, 3)])
def test_what_a_killed_redis_had_acknowledged(
    settings: Settings,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
    fsync: str,
    seconds: float,
    may_lose_s: float,
) -> None:
    """Whole memories, a timeline without gaps; with `always` all that was acknowledged.

    Why `everysec` may lose three seconds: see the test of the same name for short-term memory.
    """
    where = tmp_path / "killed"
    with start(settings, data_dir=where, extra_args=("--appendfsync", fsync)) as server:
        with connect(Settings(redis_url=server.url)) as client:
            assert client.config_get("appendfsync") == {"appendfsync": fsync}
            writers, begun = Writers(client, 4), time.monotonic()
            while time.monotonic() < begun + seconds or writers.total < 100:
                assert time.monotonic() < begun + PATIENCE_S
                time.sleep(0.01)
            os.kill(server.pid, signal.SIGKILL)
            killed = time.monotonic()
            writers.join()
        with (
            start(settings, data_dir=where) as revived,
            connect(Settings(redis_url=revived.url)) as client,
        ):
            assert revived.pid != server.pid
            memory = memory_of(client)
            kept, history = memory.all(), memory.history("goal:x")
            indexed(memory, len(kept))
            assert memory.index.info().failures == 0
            assert keys.audit(client, NAMESPACE) == []
            names = [name for name in keys.scan(client, NAMESPACE) if ":memory:" in name]
            assert len(kept) == len(names), "no hash that lacks a field"
    stored: dict[tuple[MemoryKind, int], set[int]] = defaultdict(set)
    for one in kept:
        writer, _, number = one.fact.signature.partition("/")
        stored[one.fact.kind, int(writer)].add(int(number))
    lost = 0
    for writer, times in enumerate(writers.acknowledged):
        notes, goals = stored[MemoryKind.FACT, writer], stored[MemoryKind.GOAL, writer]
        for numbers in (notes, goals):
            assert numbers == set(range(len(numbers)))
            assert len(numbers) <= len(times) + 1, "at most the one that was under way"
        assert len(notes) - 1 <= len(goals) <= len(notes), "a note was sent before its goal"
        lost += len(missing := times[len(goals) :])
        assert all(at > killed - may_lose_s for at in missing)
    ends = [one.valid_until for one in history if one.valid_until != one.fact.since]
    begins = sorted({one.fact.since for one in history})
    assert ends == [*begins[1:], None], "one value at each moment, and one in force"
    record_property("acknowledged", writers.total)
    record_property("lost", lost)
    assert writers.total > 100
    if fsync == "always":
        assert lost == 0
