"""The client against a real Redis, and against servers that are dead, silent or cut off."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import redis

from wellness import server
from wellness.bootstrap import RedisBuild, redis_build
from wellness.client import (
    CircuitOpen,
    Client,
    ConnectionFailed,
    NoAnswer,
    PoolExhausted,
    connect,
    health,
    require_search,
)
from wellness.errors import RedisUnavailable, SearchModuleMissing, SettingsError
from wellness.keys import Keys
from wellness.link.breaker import BreakerOpen
from wellness.link.latency import LatencyRecorder
from wellness.link.pool import close_idle
from wellness.server import EmbeddedServer
from wellness.settings import Settings

TIMEOUT_S = 0.2
SANE_S = 5.0  # a hang is longer, a busy machine's timeout is not


class Clock:
    """Real seconds, and a way to skip some."""

    def __init__(self) -> None:
        self.skipped = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.skipped


class Tape:
    """Observer that keeps everything it is told."""

    def __init__(self) -> None:
        self.events: list[tuple[str, BaseException | None, list[Any]]] = []

    def on_command(
        self, name: str, seconds: float, error: BaseException | None, commands: Any
    ) -> None:
        assert seconds >= 0
        self.events.append((name, error, list(commands)))


class Proxy:
    """Stands before a real Redis; can fall silent, cut a reply in half, or hang up on everyone."""

    def __init__(self, target: Path, path: Path) -> None:
        self.target, self.mode, self.accepted = target, "forward", 0
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen(128)
        self.url = f"unix://{path}"
        self.open: list[socket.socket] = []
        self.threads = [threading.Thread(target=self._accept)]
        self.threads[0].start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                self.accepted += 1
                if self.mode == "hang up":
                    near.close()
                    continue
                far = socket.socket(socket.AF_UNIX)
                far.connect(str(self.target))
                self.open += [near, far]
                for source, sink, reply in ((near, far, False), (far, near, True)):
                    self.threads.append(
                        threading.Thread(target=self._forward, args=(source, sink, reply))
                    )
                    self.threads[-1].start()

    def _forward(self, source: socket.socket, sink: socket.socket, reply: bool) -> None:
        with suppress(OSError):
            while data := source.recv(1 << 16):
                if reply and self.mode == "silent":
                    continue
                if reply and self.mode == "cut":
                    self.mode = "forward"
                    sink.sendall(data[: len(data) // 2])
                    break
                sink.sendall(data)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def hang_up(self) -> None:
        self.mode = "hang up"
        for end in self.open:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.hang_up()
        for thread in self.threads:
            thread.join(SANE_S)
        for end in (self.listener, *self.open):
            end.close()


@pytest.fixture
def guarded(redis_server: EmbeddedServer) -> Iterator[Client]:
    with connect(Settings(redis_url=redis_server.url)) as client:
        yield client


@pytest.fixture
def key(namespace: str) -> str:
    return Keys(namespace, "ann").profile


@pytest.fixture
def proxy(redis_server: EmbeddedServer) -> Iterator[Proxy]:
    with (
        tempfile.TemporaryDirectory(prefix="w") as short,  # sun_path holds about 100 bytes
        closing(Proxy(redis_server.socket, Path(short) / "proxy.sock")) as proxy,
    ):
        yield proxy


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tape() -> Tape:
    return Tape()


@pytest.fixture
def proxied(proxy: Proxy, clock: Clock, tape: Tape) -> Iterator[Client]:
    settings = Settings(redis_url=proxy.url, socket_timeout_s=TIMEOUT_S, breaker_reset_s=60)
    with connect(settings, clock=clock, observer=tape) as client:
        yield client


@pytest.fixture
def dead() -> Iterator[Client]:
    with socket.socket() as held:  # bound and not listening: refuses, and nobody else can take it
        held.bind(("127.0.0.1", 0))
        url = f"redis://ann:hunter2@127.0.0.1:{held.getsockname()[1]}/0"
        with connect(Settings(redis_url=url)) as client:
            yield client


def failures(client: Client) -> int:
    return client.guard.breaker.failures


# What it is


def test_serves_what_is_built_on_a_redis_client(guarded: Client, key: str) -> None:
    assert isinstance(guarded, redis.Redis)
    assert guarded.set(key, b"\xff\x00")
    assert guarded.get(key) == b"\xff\x00"
    guarded.unlink(key)
    guarded.json().set(key, "$", {"steps": 1})
    assert guarded.json().get(key) == {"steps": 1}
    assert guarded.ft("no-such-index").client is guarded
    with guarded.lock(key + ":lock"):
        pass
    assert guarded.transaction(lambda pipe: pipe.multi() or pipe.unlink(key), key) == [1]


def test_shows_its_name_to_the_server(guarded: Client) -> None:
    assert guarded.client_getname() == "wellness"


def test_a_client_with_a_connection_of_its_own_is_guarded_too(guarded: Client) -> None:
    with guarded.client() as own:
        assert own.guard is guarded.guard
        assert own.ping()
    assert guarded.ping()


# Which errors count


def test_errors_that_redis_sends_do_not_count(guarded: Client, key: str) -> None:
    guarded.set(key, "text")
    for _ in range(10):
        with pytest.raises(redis.ResponseError, match="WRONGTYPE"):
            guarded.lpush(key, 1)
        with pytest.raises(redis.ResponseError, match="WRONGTYPE"):
            guarded.pipeline().lpush(key, 1).execute()
    assert (guarded.guard.breaker.state, failures(guarded)) == ("closed", 0)


def test_bugs_of_the_caller_do_not_count(guarded: Client, key: str) -> None:
    for _ in range(10):
        with pytest.raises(redis.DataError):
            guarded.set(key, object())  # type: ignore[arg-type]
    assert (guarded.guard.breaker.state, failures(guarded)) == ("closed", 0)


def test_a_lost_race_for_a_watched_key_does_not_count(guarded: Client, key: str) -> None:
    with guarded.pipeline() as pipe:
        pipe.watch(key)
        guarded.set(key, "other")
        pipe.multi()
        pipe.set(key, "mine")
        with pytest.raises(redis.WatchError):
            pipe.execute()
    assert failures(guarded) == 0


def test_a_wrong_password_is_not_a_dead_server(
    redis_server: EmbeddedServer, client: redis.Redis, namespace: str
) -> None:
    user = namespace.replace(":", "-")
    client.acl_setuser(user, enabled=True, passwords=["+right"], commands=["+@all"], keys="*")
    url = f"unix://{user}:wrongpass@{redis_server.socket}"
    try:
        with connect(Settings(redis_url=url)) as guarded:
            for _ in range(5):
                with pytest.raises(redis.AuthenticationError) as caught:
                    guarded.ping()
                assert "wrongpass" not in "".join(traceback.format_exception(caught.value))
            assert guarded.guard.breaker.state == "closed"
            assert not health(guarded).ok
    finally:
        client.acl_deluser(user)


def test_a_full_pool_is_not_a_dead_server(redis_server: EmbeddedServer) -> None:
    settings = Settings(redis_url=redis_server.url, max_connections=1, pool_wait_s=0.01)
    with connect(settings) as guarded:
        taken = guarded.connection_pool.get_connection()
        for _ in range(5):
            with pytest.raises(PoolExhausted, match="WELLNESS_MAX_CONNECTIONS") as caught:
                guarded.ping()
            assert isinstance(caught.value, redis.ConnectionError)
            assert not isinstance(caught.value, RedisUnavailable)
        assert (guarded.guard.breaker.state, failures(guarded)) == ("closed", 0)
        guarded.connection_pool.release(taken)
        assert guarded.ping()


def test_the_pool_reuses_the_last_connection_and_keeps_its_limit(guarded: Client) -> None:
    for _ in range(20):
        guarded.ping()
    assert len(guarded.connection_pool._connections) == 1
    with ThreadPoolExecutor(50) as pool:
        assert all(pool.map(lambda _: guarded.ping(), range(500)))
    assert len(guarded.connection_pool._connections) <= Settings().max_connections


# A dead server


def send_ping(client: Client) -> object:
    return client.ping()


def send_pipeline(client: Client) -> object:
    return client.pipeline(transaction=False).ping().execute()


def send_transaction(client: Client) -> object:
    return client.pipeline().ping().execute()


def send_watch(client: Client) -> object:
    with client.pipeline() as pipe:
        return pipe.watch("wellness:{nobody}:profile")


def send_script(client: Client) -> object:
    pipe = client.pipeline()
    client.register_script("return 1")(client=pipe)
    return pipe.execute()


SENDERS = [send_ping, send_pipeline, send_transaction, send_watch, send_script]


@pytest.mark.parametrize("send", SENDERS)
def test_a_dead_port_opens_the_circuit(dead: Client, send: Callable[[Client], object]) -> None:
    begun = time.monotonic()
    for _ in range(Settings().breaker_failures):
        assert dead.guard.breaker.state == "closed"
        with pytest.raises(ConnectionFailed) as caught:
            send(dead)
        assert isinstance(caught.value, redis.ConnectionError)
        assert isinstance(caught.value, RedisUnavailable)
    assert dead.guard.breaker.state == "open"
    with pytest.raises(CircuitOpen) as refused:
        send(dead)
    assert isinstance(refused.value, redis.ConnectionError)
    assert isinstance(refused.value, RedisUnavailable)
    assert 0 < refused.value.retry_after_s <= Settings().breaker_reset_s
    assert time.monotonic() - begun < SANE_S


def test_errors_say_where_and_what_to_do_and_no_secrets(dead: Client) -> None:
    for _ in range(Settings().breaker_failures + 1):
        with pytest.raises(RedisUnavailable) as caught:
            dead.ping()
        said = "".join(traceback.format_exception(caught.value)) + repr(dead) + repr(health(dead))
        assert dead.guard.endpoint in str(caught.value)
        assert dead.guard.endpoint.startswith("redis://127.0.0.1:")
        assert "wellness doctor" in str(caught.value)
        assert "hunter2" not in said


@pytest.mark.parametrize("send", SENDERS)
def test_a_silent_server_costs_one_timeout(
    proxied: Client, proxy: Proxy, send: Callable[[Client], object]
) -> None:
    send(proxied)
    proxy.mode = "silent"
    begun = time.monotonic()
    with pytest.raises(NoAnswer) as caught:
        send(proxied)
    assert isinstance(caught.value, redis.TimeoutError)
    assert isinstance(caught.value, RedisUnavailable)
    assert TIMEOUT_S * 0.9 < time.monotonic() - begun < SANE_S
    for _ in range(20):
        with pytest.raises(CircuitOpen):
            send(proxied)


@pytest.mark.parametrize("send", SENDERS)
def test_recovers_through_one_probe(
    proxied: Client, proxy: Proxy, clock: Clock, send: Callable[[Client], object]
) -> None:
    expected = send(proxied)
    proxy.hang_up()
    while proxied.guard.breaker.state == "closed":
        with pytest.raises(ConnectionFailed):
            proxied.ping()
    accepted = proxy.accepted
    for _ in range(20):
        with pytest.raises(CircuitOpen):
            send(proxied)
    assert proxy.accepted == accepted, "an open circuit connected to the server"
    proxy.mode = "forward"
    clock.skipped += 60
    assert send(proxied) == expected
    assert proxied.guard.breaker.state == "closed"


def test_fifty_threads_send_one_probe(proxied: Client, proxy: Proxy, clock: Clock) -> None:
    proxy.mode = "silent"
    while proxied.guard.breaker.state == "closed":
        with pytest.raises(NoAnswer):
            proxied.ping()
    accepted = proxy.accepted
    clock.skipped += 60
    together = threading.Barrier(50)

    def attempt(_: int) -> type[BaseException]:
        together.wait(30)
        with pytest.raises(RedisUnavailable) as caught:
            proxied.ping()
        return caught.type

    with ThreadPoolExecutor(50) as pool:
        outcomes = list(pool.map(attempt, range(50)))
    assert (outcomes.count(NoAnswer), outcomes.count(CircuitOpen)) == (1, 49)
    assert proxy.accepted - accepted == 1


# Connections that break


def test_a_reply_cut_in_half_fails_once_and_confuses_nothing(proxied: Client, proxy: Proxy) -> None:
    assert proxied.echo("first") == b"first"
    proxy.mode = "cut"
    with pytest.raises(ConnectionFailed):
        proxied.echo("lost")
    assert [proxied.echo(str(i)) for i in range(3)] == [b"0", b"1", b"2"]
    assert failures(proxied) == 0


def test_a_pipeline_cut_in_half_fails_once_and_confuses_nothing(
    proxied: Client, proxy: Proxy
) -> None:
    proxied.ping()
    proxy.mode = "cut"
    with pytest.raises(ConnectionFailed):
        proxied.pipeline(transaction=False).echo("a").echo("b").execute()
    assert proxied.pipeline().echo("c").echo("d").execute() == [b"c", b"d"]


@pytest.mark.parametrize("transport", ["unix", "tcp"])
@pytest.mark.parametrize("end", ["stopped", "killed"])
def test_no_command_fails_after_a_restart(settings: Settings, transport: str, end: str) -> None:
    """Four pooled connections are stale, and each is opened anew before anything is sent."""
    port = str(free_port()) if transport == "tcp" else "0"

    def start() -> EmbeddedServer:
        return server.start(settings, extra_args=("--port", port))

    with start() as first:
        url = first.url if transport == "unix" else f"redis://127.0.0.1:{port}"
        with connect(Settings(redis_url=url)) as client:
            pool = client.connection_pool
            for connection in [pool.get_connection() for _ in range(4)]:
                pool.release(connection)
            if end == "stopped":
                server.stop(settings)
            else:
                os.kill(first.pid, signal.SIGKILL)
                wait_until(lambda: not server.status(settings).running)
            with start() as second:
                assert second.pid != first.pid
                assert len([client.ping() for _ in range(20)]) == 20
                assert failures(client) == 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(condition: Callable[[], bool]) -> None:
    for _ in range(1_000):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it did not happen")


@contextmanager
def interrupted_after(seconds: float) -> Iterator[None]:
    """Ctrl-C: a real signal whose handler raises KeyboardInterrupt."""
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        with pytest.raises(KeyboardInterrupt):
            yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_ctrl_c_while_waiting_leaves_no_reply_behind(guarded: Client, key: str) -> None:
    with interrupted_after(0.2):
        guarded.blpop([key], timeout=1)
    assert [guarded.echo(str(i)) for i in range(3)] == [b"0", b"1", b"2"]
    assert failures(guarded) == 0


def test_ctrl_c_between_sending_and_reading_leaves_no_reply_behind(
    guarded: Client, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here redis-py returns the connection to the pool with the reply still to come."""

    def interrupt(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    guarded.ping()
    with monkeypatch.context() as patch:
        patch.setattr("redis.connection.UnixDomainSocketConnection.read_response", interrupt)
        with pytest.raises(KeyboardInterrupt):
            guarded.blpop([key], timeout=1)
    assert guarded.echo("mine") == b"mine"


def test_ctrl_c_in_a_handshake_leaves_no_half_open_connection(
    guarded: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here redis-py keeps a connected socket whose parser was never set up."""

    def interrupt(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("redis.connection.AbstractConnection.on_connect_check_health", interrupt)
        with pytest.raises(KeyboardInterrupt):
            guarded.ping()
    assert guarded.ping()
    assert guarded.client_getname() == "wellness"


def test_a_connection_is_kept_out_of_use_while_it_is_closed(guarded: Client) -> None:
    """Another thread's connection is not pulled from under it by an interrupt in this one."""
    guarded.ping()
    pool = guarded.connection_pool
    in_use = pool.get_connection()
    close_idle(pool)
    assert in_use.is_connected
    pool.release(in_use)
    close_idle(pool)
    assert not in_use.is_connected
    assert pool.get_connection() is in_use


def test_a_forked_child_opens_connections_of_its_own(guarded: Client) -> None:
    mine = guarded.client_id()
    child = os.fork()
    if child == 0:
        with suppress(BaseException):
            os._exit(0 if guarded.client_id() != mine else 1)
        os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert guarded.client_id() == mine


# Observers and logs


def test_observers_are_told_of_commands_and_whole_pipelines(
    proxied: Client, tape: Tape, key: str
) -> None:
    recorder = LatencyRecorder()
    proxied.guard.add(recorder)
    proxied.execute_command("set", key, 1)
    proxied.pipeline().get(key).incr(key).execute()
    proxied.pipeline(transaction=False).get(key).execute()
    with pytest.raises(redis.ResponseError):
        proxied.execute_command("OBJECT NONSENSE", key)
    names = [name for name, _, _ in tape.events]
    assert names == ["SET", "MULTI", "PIPELINE", "OBJECT"]
    assert tape.events[1][2] == [("GET", key), ("INCRBY", key, 1)]
    assert [error is not None for _, error, _ in tape.events] == [False, False, False, True]
    assert {name: row.calls for name, row in recorder.snapshot().items()} == dict.fromkeys(names, 1)
    proxied.guard.remove(tape)
    proxied.ping()
    assert len(tape.events) == 4
    assert recorder.snapshot()["PING"].calls == 1


def test_an_empty_pipeline_sends_nothing(proxied: Client, tape: Tape) -> None:
    assert proxied.pipeline().execute() == []
    assert tape.events == []


def test_observers_see_the_error_that_the_caller_sees(dead: Client, tape: Tape) -> None:
    dead.guard.add(tape)
    raised = []
    for _ in range(4):
        with pytest.raises(RedisUnavailable) as caught:
            dead.ping()
        raised.append(caught.value)
    assert [error for _, error, _ in tape.events] == raised
    assert isinstance(raised[-1], BreakerOpen)


def test_a_faulty_observer_breaks_nothing_and_is_logged_once(
    proxied: Client, tape: Tape, caplog: pytest.LogCaptureFixture
) -> None:
    class Faulty:
        def on_command(self, *_: object) -> None:
            raise RuntimeError("no disk")

    proxied.guard.remove(tape)
    proxied.guard.add(Faulty())
    proxied.guard.add(tape)
    with caplog.at_level(logging.ERROR, "wellness"):
        assert [proxied.ping() for _ in range(5)] == [True] * 5
    assert len(tape.events) == 5
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_logs_failures_and_changes_of_state_with_their_data(
    proxied: Client, proxy: Proxy, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "wellness")
    proxy.hang_up()
    while proxied.guard.breaker.state == "closed":
        with pytest.raises(ConnectionFailed):
            proxied.ping()
    proxy.mode = "forward"
    clock.skipped += 60
    proxied.ping()
    data = [record.__dict__ for record in caplog.records]
    assert all(entry["endpoint"] == proxied.guard.endpoint for entry in data)
    failed = [(entry["command"], entry["error"]) for entry in data if "command" in entry]
    assert failed == [("PING", "ConnectionError")] * Settings().breaker_failures
    assert [(entry["old"], entry["new"]) for entry in data if "old" in entry] == [
        ("closed", "open"),
        ("open", "half_open"),
        ("half_open", "closed"),
    ]


# Connecting


@pytest.mark.parametrize(
    "url",
    [
        "http://ann:secret@localhost",
        "redis://ann:secret",
        "redis://ann:secret@localhost/first",
        "redis://ann:secret@localhost?colour=blue",
        "redis://ann:secret@localhost?socket_timeout=secret",
        "redis://ann:secret@localhost?decode_responses=True",
        "unix://?password=secret",
        "secret",
    ],
)
def test_an_unusable_url_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(SettingsError, match=r"REDIS_URL.*rediss://") as caught:
        connect(Settings(redis_url=url))
    assert "secret" not in "".join(traceback.format_exception_only(caught.value))
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None or caught.value.__suppress_context__


@pytest.mark.parametrize(
    ("url", "endpoint"),
    [
        ("redis://", "redis://localhost:6379/0"),
        ("rediss://ann:secret@db.example:6380/3", "rediss://db.example:6380/3"),
        ("redis://:secret@[::1]?db=2", "redis://[::1]:6379/2"),
        ("unix://ann:secret@/run/my%20redis.sock?db=1", "unix:///run/my%20redis.sock?db=1"),
    ],
)
def test_the_endpoint_names_the_place_and_no_secret(url: str, endpoint: str) -> None:
    with connect(Settings(redis_url=url)) as client:
        assert client.guard.endpoint == endpoint
        assert repr(client) == f"<Client of {endpoint}, circuit closed>"


def test_limits_come_from_the_settings_and_the_url_wins() -> None:
    settings = Settings(redis_url="redis://localhost?socket_timeout=9", max_connections=7)
    with connect(settings) as client:
        options = client.connection_pool.connection_kwargs
        assert client.connection_pool.max_connections == 7
        assert (options["socket_timeout"], options["socket_connect_timeout"]) == (9.0, 1.0)
        assert options["retry"].get_retries() == 0


def test_without_a_url_it_keeps_the_embedded_server_until_closed(settings: Settings) -> None:
    client = connect(settings)
    try:
        assert client.ping()
        running = server.status(settings)
        assert running.running
        assert str(running.socket) in repr(client)
    finally:
        client.close()
    client.close()
    wait_until(lambda: not server.status(settings).running)


# What it says about the server


def test_health_of_a_good_server(guarded: Client) -> None:
    found = health(guarded)
    assert (found.ok, found.problem, found.circuit) == (True, "", "closed")
    assert found.version[0].isdigit()
    assert {"search", "ReJSON"} <= found.modules.keys()
    assert found.persistence == "AOF everysec, RDB off"
    assert found.maxmemory_policy == "noeviction"
    assert found.used_memory_bytes
    assert found.round_trip_s


def test_health_of_a_dead_server_is_an_answer(dead: Client) -> None:
    circuits = []
    for _ in range(4):
        found = health(dead)
        assert not found.ok
        assert dead.guard.endpoint in found.problem
        circuits.append(found.circuit)
    assert circuits == ["closed", "closed", "open", "open"]


class WithoutModules(RedisBuild):
    modules = ()  # type: ignore[assignment]


def test_require_search(guarded: Client, settings: Settings) -> None:
    require_search(guarded)
    plain = WithoutModules(redis_build(settings).root)
    with (
        server.start(settings, build=plain) as bare,
        connect(Settings(redis_url=bare.url)) as client,
        pytest.raises(SearchModuleMissing, match=str(bare.socket)),
    ):
        require_search(client)


def test_a_url_needs_no_embedded_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a REDIS_URL the kit runs where the embedded server cannot even be imported."""
    monkeypatch.setitem(sys.modules, "wellness.server", None)
    with connect(Settings(redis_url="redis://localhost")) as client:
        assert client.guard.endpoint == "redis://localhost:6379/0"
