"""A longer way to the same Redis: everything arrives, in order, and nothing stays behind."""

from __future__ import annotations

import re
import socket
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from time import monotonic, sleep

import pytest
import redis
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from wellness.client import ConnectionFailed, NoAnswer, connect
from wellness.errors import RedisUnavailable
from wellness.keys import Keys
from wellness.lesson.relay import CHUNK, Line, line, through
from wellness.server import EmbeddedServer
from wellness.settings import Settings


@pytest.fixture(params=["unix", "tcp"])
def origin(request: pytest.FixtureRequest, client: Redis) -> Iterator[Redis]:
    """A client through a Unix socket, or through TCP (which is a relay's other end)."""
    if request.param == "unix":
        yield client
    else:
        with through(client) as near:
            yield near


@pytest.fixture
def scratch(namespace: str) -> str:
    """A key of the test's own."""
    return Keys(namespace, "me").scratch("relay")


def port_of(near: Redis) -> int:
    return int(near.connection_pool.connection_kwargs["port"])


def listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def others() -> set[threading.Thread]:
    return set(threading.enumerate())


def settled(client: Redis, name: str) -> bool:
    """Whether the server has seen all connections of a name end."""
    deadline = monotonic() + 10
    while any(each["name"] == name for each in client.client_list()):
        if monotonic() > deadline:
            return False
        sleep(0.01)
    return True


def test_it_is_the_same_redis(origin: Redis, scratch: str) -> None:
    with through(origin) as near:
        near.set(scratch, b"\x00\xff\r\n")
        assert origin.get(scratch) == b"\x00\xff\r\n"
        assert near.info("server")["run_id"] == origin.info("server")["run_id"]
        assert "port" in near.connection_pool.connection_kwargs


def test_a_pipeline_comes_through_in_order(origin: Redis, scratch: str) -> None:
    with through(origin, round_trip_s=0.005) as near:
        pipe = near.pipeline(transaction=False)
        for number in range(2_000):
            pipe.rpush(scratch, number)
        assert pipe.execute() == list(range(1, 2_001))
    assert origin.lrange(scratch, 0, -1) == [str(n).encode() for n in range(2_000)]


def test_large_requests_and_replies_are_whole(origin: Redis, scratch: str) -> None:
    value = bytes(range(256)) * (5 * CHUNK // 256) + b"end"
    with through(origin) as near:
        near.set(scratch, value)
        assert near.get(scratch) == value


def test_the_delay_is_added(client: Redis) -> None:
    """A lower bound holds on the busiest machine: a sleep is never shorter than asked for."""
    with through(client, round_trip_s=0.05) as near:
        near.ping()
        begun = monotonic()
        near.ping()
        assert monotonic() - begun >= 0.05


def test_errors_and_interruptions_of_redis_come_through(client: Redis, scratch: str) -> None:
    with through(client) as near:
        near.set(scratch, "text")
        with pytest.raises(redis.ResponseError, match="WRONGTYPE"):
            near.lpush(scratch, "x")
        near.client_setname("relay-victim")
        client.client_kill_filter(_id=str(near.client_id()))
        with suppress(redis.ConnectionError):
            near.ping()
        assert near.ping(), "a new connection works"


def test_many_clients_at_once(client: Redis, scratch: str) -> None:
    with through(client, round_trip_s=0.001) as near:

        def work(worker: int) -> list[int]:
            return [near.hset(scratch, f"{worker}:{i}", i) for i in range(50)]

        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(work, range(8))) == [[1] * 50] * 8
    assert client.hlen(scratch) == 400


def test_the_kit_s_own_client_can_be_relayed(redis_server: EmbeddedServer, scratch: str) -> None:
    settings = Settings(redis_url=redis_server.url)
    with connect(settings) as kit, through(kit, round_trip_s=0.001) as near:
        near.set(scratch, 1)
        assert kit.get(scratch) == b"1"


def test_afterwards_no_thread_port_or_connection_is_left(client: Redis) -> None:
    before = others()
    with through(client) as near:
        near.client_setname("relay-leftover")
        port = port_of(near)
        assert listens(port)
    assert others() == before
    assert not listens(port)
    assert settled(client, "relay-leftover")
    assert client.ping()


def test_it_ends_cleanly_also_after_an_error(client: Redis) -> None:
    before = others()
    with suppress(ZeroDivisionError), through(client, round_trip_s=0.01) as near:
        port = port_of(near)
        near.ping()
        _ = 1 / 0
    assert others() == before
    assert not listens(port)


def test_it_ends_while_a_request_is_on_its_way(
    client: Redis, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """A connection still open, an answer still due: nobody waits for it, nobody hears of it."""
    before = others()
    with through(client, round_trip_s=30) as near:
        open_ = socket.create_connection(("127.0.0.1", port_of(near)))
        open_.sendall(b"PING\r\n")
        sleep(0.05)
    with open_:
        open_.settimeout(10)
        with suppress(ConnectionError):
            assert open_.recv(100) == b""
    assert others() == before
    assert not caplog.records
    assert capfd.readouterr() == ("", "")


def test_a_redis_that_is_not_there_is_an_error_of_the_client_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    nowhere = Redis(unix_socket_path=str(tmp_path / "none.sock"))
    with through(nowhere) as near:
        near.set_retry(Retry(NoBackoff(), 0))
        with pytest.raises(redis.ConnectionError):
            near.ping()
    assert not [entry.getMessage() for entry in caplog.records]


def test_a_long_request_is_delayed_once(client: Redis, scratch: str) -> None:
    """A network delays bytes, it does not take them one piece after the other.

    Counted in round trips of a second connection, so a slow machine slows both.
    """
    with through(client, round_trip_s=0.02) as near, ThreadPoolExecutor(1) as pool:
        near.ping()
        sent = pool.submit(near.set, scratch, bytes(40 * CHUNK))
        trips = 0
        while not sent.done():
            near.ping()
            trips += 1
    assert trips < 20


def test_it_knocks_as_the_same_user(client: Redis, redis_server: EmbeddedServer) -> None:
    """REDIS_URL may carry a name and a password."""
    name = f"relay-{uuid.uuid4().hex}"
    client.acl_setuser(name, enabled=True, passwords=["+open"], commands=["+@all"], keys=["*"])
    origin = Redis(unix_socket_path=str(redis_server.socket), username=name, password="open")
    try:
        with origin, through(origin) as near:
            assert near.acl_whoami() == origin.acl_whoami()
    finally:
        client.acl_deluser(name)


def test_a_line_can_be_cut_and_mended(origin: Redis, scratch: str) -> None:
    settings = Settings(breaker_failures=2, breaker_reset_s=0.2)
    with line(origin, settings) as way:
        way.client.set(scratch, "before")
        for _ in range(2):
            way.cut()
            for _ in range(3):
                with pytest.raises(RedisUnavailable):
                    way.client.get(scratch)
            assert origin.get(scratch) == b"before"
            way.mend()
            with pytest.raises(RedisUnavailable, match="not asked again"):
                way.client.get(scratch)
            sleep(0.25)
            assert way.client.get(scratch) == b"before"
    assert origin.ping()


# --- faults ----------------------------------------------------------------------------------


@pytest.fixture
def way(client: Redis) -> Iterator[Line]:
    with line(client, Settings(socket_timeout_s=0.3, breaker_reset_s=0.1)) as way:
        yield way


def test_a_cut_line_refuses_connections_on_its_port(way: Line) -> None:
    port = port_of(way.client)
    way.cut()
    assert (way.fault, listens(port)) == ("dead", False)
    with pytest.raises(ConnectionFailed, match="refused"):
        way.client.ping()
    way.mend()
    assert listens(port)
    assert way.client.ping()


def test_on_a_silent_line_commands_are_carried_out(client: Redis, way: Line, scratch: str) -> None:
    """What did not answer may have happened: that is why a timeout is not simply repeated."""
    way.client.ping()
    way.silence()
    with pytest.raises(NoAnswer):
        way.client.incr(scratch)
    assert client.get(scratch) == b"1"
    way.mend()
    sleep(0.1)
    assert way.client.incr(scratch) == 2, "no reply of before the silence came in its place"


def test_a_slow_line_is_late_and_answers(way: Line) -> None:
    way.client.ping()
    way.slow(0.05)
    begun = monotonic()
    assert way.client.ping()
    assert monotonic() - begun >= 0.05
    way.slow(10.0)
    with pytest.raises(NoAnswer):
        way.client.ping()


def test_a_torn_reply_fails_once(client: Redis, way: Line, scratch: str) -> None:
    client.set(scratch, "x" * 10_000)
    way.client.ping()
    way.tear()
    with pytest.raises(ConnectionFailed):
        way.client.get(scratch)
    assert way.fault == "none"
    assert way.client.get(scratch) == b"x" * 10_000
    assert way.client.guard.breaker.failures == 0


def test_a_line_shows_what_is_wrong_with_it(way: Line) -> None:
    way.break_("slow", 0.01)
    assert re.fullmatch(r"<Line to redis://127\.0\.0\.1:\d+/0, fault: slow>", repr(way))


def test_other_clients_go_the_same_way(way: Line) -> None:
    with closing(way.plain_client()) as plain, closing(way.brisk_client()) as brisk:
        assert plain.ping()
        assert brisk.ping()
        assert port_of(plain) == port_of(brisk) == port_of(way.client)
        retries = [c.get_retry().get_retries() for c in (plain, brisk)]  # type: ignore[union-attr]
        assert retries[0] > 0
        assert retries[1] == 0
        way.silence()
        with pytest.raises(redis.TimeoutError):
            brisk.ping()
