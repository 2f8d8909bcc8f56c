"""The tape of a client's own commands, and the slow log: what they show and what they hide."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from redis import Redis
from redis.exceptions import ResponseError

from wellness.client import CircuitOpen, Client, connect
from wellness.keys import Keys
from wellness.ops.arguments import described
from wellness.ops.slowlog import SLOW_S, SlowCommand, Slowlog, slowlog
from wellness.ops.tape import INSIDE, CommandTape
from wellness.server import EmbeddedServer, start
from wellness.settings import Settings

SECRET = "weighs 82.4 kg"


@pytest.fixture
def mine(redis_server: EmbeddedServer) -> Iterator[Client]:
    with connect(Settings(redis_url=redis_server.url)) as client:
        yield client


@pytest.fixture
def tape(mine: Client) -> CommandTape:
    made = CommandTape(clock=iter(range(10_000)).__next__, most=5)
    mine.ping()  # the connection's own commands are not the guard's
    mine.guard.add(made)
    return made


# --- the tape ------------------------------------------------------------------------------------


def test_each_round_trip_is_an_entry(mine: Client, tape: CommandTape, namespace: str) -> None:
    user = Keys(namespace, "ann")
    mine.zadd(user.readings("HeartRate"), {"m": 1})
    mine.ping()
    with mine.pipeline() as pipe:
        pipe.incr(user.version)
        pipe.hset(user.profile, "zone", "UTC")
        pipe.execute()
    with pytest.raises(ResponseError):
        mine.lpush(user.version, 1)
    add, ping, multi, failed = tape
    assert (add.name, add.key, add.kind) == ("ZADD", "readings:HeartRate", "readings")
    assert add.text == "ZADD readings:HeartRate 1 m"
    assert (ping.name, ping.key, ping.kind) == ("PING", "", "")
    assert (multi.name, multi.key, multi.commands) == ("MULTI", "version", 2)
    assert multi.text == "MULTI: INCRBY version 1; HSET profile zone UTC"
    assert (failed.error, add.error) == ("ResponseError", "")
    assert [one.number for one in tape] == [1, 2, 3, 4]
    assert [one.at for one in tape] == [0, 1, 2, 3]
    assert all(one.seconds > 0 for one in tape)


def test_it_keeps_the_last_and_counts_all(mine: Client, tape: CommandTape) -> None:
    for _ in range(8):
        mine.ping()
    assert (len(tape), tape.heard) == (5, 8)
    assert [one.number for one in tape] == [4, 5, 6, 7, 8]
    assert [one.number for one in tape.entries(since=6)] == [7, 8]
    tape.clear()
    assert (len(tape), tape.heard) == (0, 8)


def test_vectors_and_long_text_are_not_kept(
    mine: Client, tape: CommandTape, namespace: str
) -> None:
    key = Keys(namespace, "ann").scratch("x")
    mine.hset(key, mapping={"vector": b"\x00\xff" * 768, "text": "word " * 1_000})
    (entry,) = tape
    assert entry.text.startswith("HSET scratch:x vector 384 float32 text ")
    assert "(5,000 characters)" in entry.text
    assert len(repr(entry)) < 500


def test_a_long_pipeline_is_counted(mine: Client, tape: CommandTape, namespace: str) -> None:
    with mine.pipeline(transaction=False) as pipe:
        for n in range(100):
            pipe.set(Keys(namespace, "ann").scratch(str(n)), n)
        pipe.execute()
    (entry,) = tape
    assert (entry.commands, len(entry.lines)) == (100, INSIDE)
    assert entry.text.endswith(f"; and {100 - INSIDE} more")


def test_a_command_that_was_never_sent_is_an_error(tape: CommandTape) -> None:
    tape.on_command("GET", 0.0, CircuitOpen("here", 1.0), [("GET", "k")])
    (entry,) = tape
    assert entry.error == "CircuitOpen"


def test_a_projector_sees_no_values(namespace: str) -> None:
    quiet = CommandTape(clock=lambda: 0.0, values=False)
    key = Keys(namespace, "ann").facts("weight goal")
    quiet.on_command("HSET", 0.001, None, [("HSET", key, "text", SECRET)])
    assert "82.4" not in repr(quiet) + quiet._repr_html_()
    assert "HSET facts:* <4 bytes> <14 bytes>" in repr(quiet)


def test_it_is_shown_and_sent(tape: CommandTape, mine: Client, namespace: str) -> None:
    mine.set(Keys(namespace, "ann").scratch("x"), "<script>")
    assert "&lt;script&gt;" in tape._repr_html_()
    assert "<script>" in repr(tape)
    assert tape.to_dicts()[0]["name"] == "SET"
    assert len(tape.table(newest=0).rows) == 0


def test_threads_write_to_one_tape(mine: Client) -> None:
    tape = CommandTape(clock=lambda: 0.0, most=1_000)
    mine.guard.add(tape)
    threads = [threading.Thread(target=lambda: [mine.ping() for _ in range(50)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        tape.entries()
    assert [one.number for one in tape] == list(range(1, 201))


# --- arguments -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        (("AUTH", "ann", "secret"), "AUTH (2 arguments, not shown)"),
        (("HELLO", 3, "AUTH", "ann", "secret"), "HELLO (4 arguments, not shown)"),
        (("CONFIG SET", "requirepass", "secret"), "CONFIG SET (2 arguments, not shown)"),
        (("config", "set", "requirepass", "secret"), "CONFIG SET (2 arguments, not shown)"),
        (("ACL", "SETUSER", "ann", ">secret"), "ACL SETUSER (2 arguments, not shown)"),
        (("PING",), "PING"),
        (("SET", "plain", ""), 'SET plain ""'),
        (("MGET", *"abcdefghij"), "MGET a b c d e f g h ... 2 more"),
        (("GET", "k" * 100), f"GET {'k' * 48}..."),
    ],
)
def test_how_a_command_is_shown(command: tuple[object, ...], shown: str) -> None:
    assert described(command, values=True) == shown


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        (("FT.SEARCH", "wellness:index", "@user:{ann}", "LIMIT", 0, 3),
         "FT.SEARCH wellness:index <11 bytes> LIMIT <1 byte> <1 byte>"),
        (("ZRANGE", b"wellness:x", 0, -1, b"withscores"),
         "ZRANGE wellness:* <1 byte> <2 bytes> WITHSCORES"),
        (("SORT", "nocolon", "ALPHA"), "SORT <key of 7 bytes> ALPHA"),
        (("EVAL", SECRET, 1, "session:4711"), "EVAL <14 bytes> <1 byte> session:*"),
    ],
)  # fmt: skip
def test_without_values_only_what_is_nobodys(command: tuple[object, ...], shown: str) -> None:
    assert described(command, values=False) == shown


# --- the slow log --------------------------------------------------------------------------------


@pytest.fixture
def spare(settings: Settings) -> Iterator[Client]:
    """A server of this test's own, whose slow log notes everything."""
    extra = ("--slowlog-log-slower-than", "0")
    with (
        start(settings, extra_args=extra) as server,
        connect(Settings(redis_url=server.url)) as client,
    ):
        yield client


def entries(client: Redis) -> tuple[SlowCommand, ...]:
    log = slowlog(client)
    assert isinstance(log, Slowlog)
    return log.entries


def test_the_slow_log_holds_no_values(spare: Client) -> None:
    user = Keys("wellness", "ann")
    spare.hset(user.facts("weight:goal"), SECRET, SECRET)
    spare.hset(user.memory("1"), "embedding", b"\x00\xff" * 768)  # type: ignore[arg-type]
    spare.get(SECRET)
    log = slowlog(spare)
    assert isinstance(log, Slowlog)
    said = repr(log) + log._repr_html_() + repr(log.entries)
    assert "82.4" not in said
    assert "weighs" not in said
    assert "weight" not in said
    assert "ann" not in said
    shown = {one.name: one.command for one in log.entries}
    assert shown["GET"] == "GET <key of 14 bytes>"
    assert "HSET facts:* <14 bytes> <14 bytes>" in [one.command for one in log.entries]


def test_an_entry_says_what_whose_and_how_long(spare: Client) -> None:
    spare.zadd(Keys("wellness", "ann").readings("HeartRate"), {"m": 1})
    (entry,) = [one for one in entries(spare) if one.name == "ZADD"]
    assert (entry.kind, entry.client) == ("readings", "wellness")
    assert entry.command == "ZADD readings:HeartRate <1 byte> <1 byte>"
    (raw,) = [one for one in spare.slowlog_get() if one["id"] == entry.id]
    assert entry.seconds == raw["duration"] / 1e6
    assert entry.at == raw["start_time"]


def test_what_is_in_the_log_is_not_slow_because_of_that(spare: Client) -> None:
    spare.slowlog_reset()
    spare.ping()
    log = slowlog(spare)
    assert isinstance(log, Slowlog)
    assert log.entries
    assert (log.threshold_s, log.slow) == (0.0, ())
    assert {one.verdict for one in log.findings} == {"fine"}


def test_what_is_slow_needs_a_look(spare: Client) -> None:
    spare.rpush(Keys("wellness", "ann").scratch("x"), *range(200_000))
    spare.sort(Keys("wellness", "ann").scratch("x"), alpha=True, start=0, num=1)
    log = slowlog(spare)
    assert isinstance(log, Slowlog)
    worst = max(log.slow, key=lambda one: one.seconds)
    assert worst.seconds >= SLOW_S
    assert worst.command in log.findings[1].why
    assert log.findings[1].verdict == "look here"


def test_a_log_that_is_off_is_not_called_fine(spare: Client) -> None:
    spare.config_set("slowlog-log-slower-than", -1)
    log = slowlog(spare)
    assert isinstance(log, Slowlog)
    assert log.threshold_s is not None
    assert log.threshold_s < 0
    assert log.findings[0].verdict == "look here"
