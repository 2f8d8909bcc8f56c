"""Short-term memory under fire: many writers, lost answers, a full Redis, a killed Redis."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from redis import Redis

from wellness import keys
from wellness.client import Client, connect
from wellness.errors import RecallError, RedisUnavailable
from wellness.memory.short_term import ShortTerm
from wellness.memory.turns import Turn
from wellness.server import EmbeddedServer, start
from wellness.settings import Settings

from .said import looked_up, said

PATIENCE_S = 60
PROCESSES, THREADS, TURNS = 3, 8, 30

WRITER = """
import sys, time
from concurrent.futures import ThreadPoolExecutor
from wellness.client import connect
from wellness.memory.short_term import ShortTerm
from wellness.memory.turns import Message, ToolCall, turn
from wellness.settings import Settings

url, namespace, process, threads, turns = sys.argv[1:]
client = connect(Settings(redis_url=url))
memory = ShortTerm(client, "ann", settings=Settings(), clock=time.time, namespace=namespace)

def write(thread):
    for i in range(int(turns)):
        who = f"{process}/{thread}/{i}"
        told = [
            Message("user", who),
            Message("assistant", "", (ToolCall(who, {"i": i}),)),
            Message("tool", who * 200, tool_name=who),
            Message("assistant", who),
        ]
        memory.append("shared", turn(told, at=i), again=i % 5 == 4)

sys.stdin.read()  # begin together
with ThreadPoolExecutor(int(threads)) as pool:
    list(pool.map(write, range(int(threads))))
client.close()
"""


def memory_of(client: Redis, namespace: str, **kept: int) -> ShortTerm:
    settings = Settings(**kept)  # type: ignore[arg-type]
    return ShortTerm(client, "ann", settings=settings, clock=time.time, namespace=namespace)


def in_order_and_whole(read: list[Turn]) -> dict[str, list[int]]:
    """Numbers of each writer's turns in the order they stand; asserts that each is whole."""
    found: dict[str, list[int]] = defaultdict(list)
    for turn in read:
        who = turn.messages[0].content
        assert [message.role for message in turn.messages] == [
            "user",
            "assistant",
            "tool",
            "assistant",
        ]
        assert turn.messages[1].tool_calls[0].name == turn.messages[2].tool_name == who
        assert (turn.messages[2].content, turn.messages[3].content) == (who * 200, who)
        writer, _, number = who.rpartition("/")
        found[writer].append(int(number))
    return found


def test_three_processes_of_eight_threads_lose_double_and_tear_no_turn(
    redis_server: EmbeddedServer, client: Redis, namespace: str
) -> None:
    memory = memory_of(client, namespace)
    arguments = [redis_server.url, namespace]
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, *arguments, str(p), str(THREADS), str(TURNS)],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for p in range(PROCESSES)
    ]
    for writer in writers:
        assert writer.stdin
        writer.stdin.close()
    while any(writer.poll() is None for writer in writers):
        for numbers in in_order_and_whole(memory.read("shared", 50)).values():
            assert numbers == sorted(set(numbers)), "read while they write"
    assert [(w.stderr.read(), w.returncode) for w in writers if w.stderr] == [(b"", 0)] * PROCESSES

    read = memory.read("shared", 10_000)
    assert len({turn.id for turn in read}) == len(read) == PROCESSES * THREADS * TURNS
    found = in_order_and_whole(read)
    assert len(found) == PROCESSES * THREADS
    assert all(numbers == list(range(TURNS)) for numbers in found.values())
    assert keys.audit(client, namespace) == []
    for writer in writers:
        if writer.stderr:
            writer.stderr.close()


# A lost answer


@contextmanager
def losing(redis_server: EmbeddedServer, folder: Path, *, delivered: bool) -> Iterator[Client]:
    """A client whose transactions are cut off: after Redis has carried them out, or before."""
    path = str(folder / "lossy.sock")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen()

    def relay(near: socket.socket, far: socket.socket) -> None:
        far.connect(str(redis_server.socket))
        while True:
            for end in select.select([near, far], [], [])[0]:
                data = end.recv(1 << 20)
                if not data:
                    return
                if end is near and b"EXEC" in data:
                    if delivered:
                        far.sendall(data)
                        while b"*" not in far.recv(1 << 20):  # the answer to EXEC is an array
                            pass
                    return
                (far if end is near else near).sendall(data)

    def serve() -> None:
        with suppress(OSError):  # closed: the end of the test
            while True:
                near, _ = listener.accept()
                with near, socket.socket(socket.AF_UNIX) as far:
                    relay(near, far)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    with connect(Settings(redis_url=f"unix://{path}")) as client:
        yield client
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(PATIENCE_S)


@pytest.mark.parametrize("delivered", [True, False])
def test_a_turn_whose_answer_was_lost_can_be_tried_again(
    redis_server: EmbeddedServer, client: Redis, namespace: str, tmp_path: Path, delivered: bool
) -> None:
    memory, turn = memory_of(client, namespace), said("lost?")
    memory.append("chat", said("before"))
    with (
        losing(redis_server, tmp_path, delivered=delivered) as lossy,
        pytest.raises(RedisUnavailable),
    ):
        memory_of(lossy, namespace).append("chat", turn)
    assert len(memory.read("chat")) == 1 + delivered, "all of it or nothing"
    memory.append("chat", said("after"))
    for _ in range(3):
        assert memory.append("chat", turn, again=True) == 3
    assert sorted(one.messages[0].content for one in memory.read("chat")) == [
        "after",
        "before",
        "lost?",
    ]


def test_many_who_try_the_same_turn_again_write_it_once(
    redis_server: EmbeddedServer, namespace: str
) -> None:
    turns = [said(f"{i}") for i in range(10)]
    with connect(Settings(redis_url=redis_server.url)) as client, ThreadPoolExecutor(8) as pool:
        memory = memory_of(client, namespace)
        list(pool.map(lambda turn: memory.append("chat", turn, again=True), turns * 8))
        assert sorted(turn.id for turn in memory.read("chat", 100)) == sorted(t.id for t in turns)


def test_a_turn_tried_again_keeps_limit_and_expiry(client: Redis, namespace: str) -> None:
    memory = memory_of(client, namespace, conversation_turns=3)
    assert [memory.append("chat", said(f"{i}"), again=True) for i in range(5)] == [1, 2, 3, 3, 3]
    assert len(memory.read("chat")) == 3
    assert keys.audit(client, namespace) == []


# A full Redis


def test_a_full_redis_is_a_clear_error_and_nothing_half_written(
    settings: Settings, tmp_path: Path
) -> None:
    with (
        start(settings, data_dir=tmp_path / "full") as server,
        connect(Settings(redis_url=server.url)) as client,
    ):
        memory = memory_of(client, "wellness:test:full")
        memory.append("chat", said("fits"))
        before = {key: client.dump(key) for key in keys.scan(client, "wellness:test:full")}
        client.config_set("maxmemory", 1)
        for conversation in ("chat", "another"):
            with pytest.raises(RecallError, match=r"out of memory.*maxmemory"):
                memory.append(conversation, looked_up("?", "x" * 100_000))
            with pytest.raises(RecallError, match="out of memory"):
                memory.append_and_read(conversation, said("no"))
            with pytest.raises(RecallError, match="out of memory"):
                memory.append(conversation, said("no"), again=True)
        after = {key: client.dump(key) for key in keys.scan(client, "wellness:test:full")}
        assert after == before
        assert len(memory.read("chat")) == 1, "reading goes on"
        client.config_set("maxmemory", 0)
        assert memory.append("chat", said("fits again")) == 2


# A killed Redis


class Writers:
    """Threads that append numbered turns until Redis is gone, and when each was acknowledged."""

    def __init__(self, memory: ShortTerm, count: int) -> None:
        self.acknowledged: list[list[float]] = [[] for _ in range(count)]
        self._memory = memory
        self._threads = [threading.Thread(target=self._write, args=(i,)) for i in range(count)]
        for thread in self._threads:
            thread.start()

    def _write(self, writer: int) -> None:
        with suppress(RedisUnavailable):
            while True:
                who = f"{writer}/{len(self.acknowledged[writer])}"
                self._memory.append("chat", looked_up(who, who * 20))
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
    """Whole turns, in order, none twice; with `always` every one that was acknowledged.

    `everysec` promises less than it usually keeps, even when only the process dies: while an
    fsync of the second before is under way, Redis postpones writing to the file for up to two
    seconds, and answers meanwhile (`flushAppendOnlyFile` in Redis's aof.c; it counts in whole
    seconds, hence three). So nothing acknowledged earlier than that may be missing.
    """
    namespace, where = "wellness:test:killed", tmp_path / "killed"
    keep = {"conversation_turns": 1_000_000}
    with start(settings, data_dir=where, extra_args=("--appendfsync", fsync)) as server:
        with connect(Settings(redis_url=server.url)) as client:
            assert client.config_get("appendfsync") == {"appendfsync": fsync}
            writers = Writers(memory_of(client, namespace, **keep), 4)
            begun = time.monotonic()
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
            memory = memory_of(client, namespace, **keep)
            read = memory.read("chat", 1_000_000)
            assert keys.audit(client, namespace) == []
            assert [one.turns for one in memory.conversations()] == [len(read)]
    stored: dict[str, list[int]] = defaultdict(list)
    for turn in read:
        assert len(turn.messages) == 4
        writer, _, number = turn.messages[0].content.partition("/")
        stored[writer].append(int(number))
    lost = 0
    for writer, times in enumerate(writers.acknowledged):
        numbers = stored[str(writer)]
        assert numbers == list(range(len(numbers)))
        assert len(numbers) <= len(times) + 1, "at most the one that was under way"
        lost += len(missing := times[len(numbers) :])
        assert all(at > killed - may_lose_s for at in missing)
    record_property("acknowledged", writers.total)
    record_property("lost", lost)
    assert writers.total > 100
    if fsync == "always":
        assert lost == 0
