"""Local servers: they start on a free port, and nothing of them is left, whatever happens."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from wellness.bootstrap import RedisBuild, redis_build
from wellness.errors import ServerStartError
from wellness.settings import Settings
from wellness.topologies import replicated
from wellness.topologies.crew import Crew
from wellness.topologies.local_server import ATTEMPTS, LocalServer, data_server, wait_until
from wellness.topologies.ports import LOOPBACK, Port

PATIENCE_S = 20.0  # until something that must happen has happened, on a busy machine

OWNER = """
import json, sys, time
from pathlib import Path
from wellness.settings import Settings
from wellness.topologies import replicated
with replicated(Settings(home=Path(sys.argv[1]))) as local:
    servers = [*local.servers.values(), *local.sentinels.values()]
    crew = servers[0].crew
    pids = [crew.pid, *(server.pid for server in servers)]
    print(json.dumps([pids, [server.port for server in servers], str(crew.folder)]), flush=True)
    time.sleep(600)
"""


class Left(NamedTuple):
    """What a topology consisted of."""

    pids: list[int]
    ports: list[int]
    folder: Path

    def is_gone(self) -> bool:
        """No process, no folder with logs and sockets, no port."""
        return (
            not any(map(psutil.pid_exists, self.pids))
            and not self.folder.exists()
            and all(map(is_free, self.ports))
        )


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
            probe.listen()
        except OSError:
            return False
    return True


@pytest.fixture
def owner(settings: Settings) -> Iterator[Callable[[], tuple[subprocess.Popen[str], Left]]]:
    """Start another process with a topology, which it keeps."""
    owners: list[subprocess.Popen[str]] = []

    def begin() -> tuple[subprocess.Popen[str], Left]:
        process = subprocess.Popen(
            [sys.executable, "-c", OWNER, str(settings.home)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        owners.append(process)
        assert process.stdout
        pids, ports, folder = json.loads(process.stdout.readline())
        return process, Left(pids, ports, Path(folder))

    yield begin
    for process in owners:
        process.kill()
        process.wait()
        assert process.stdout
        process.stdout.close()


@pytest.fixture
def crew() -> Iterator[Crew]:
    with Crew() as crew:
        yield crew


@pytest.fixture
def build(settings: Settings) -> RedisBuild:
    return redis_build(settings)


@pytest.fixture
def server(crew: Crew, build: RedisBuild, settings: Settings) -> LocalServer:
    server = LocalServer("one", crew, settings, data_server(build, "one"))
    server.start()
    return server


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_killed_or_interrupted_owner_leaves_nothing(
    owner: Callable[[], tuple[subprocess.Popen[str], Left]], number: signal.Signals
) -> None:
    process, left = owner()
    assert not left.is_gone()
    assert all(not is_free(port) for port in left.ports)
    process.send_signal(number)
    process.wait()
    wait_until(left.is_gone, "all is gone", PATIENCE_S)


def test_an_error_leaves_nothing(settings: Settings) -> None:
    def fail() -> None:
        with replicated(settings, replicas=1) as local:
            servers = [*local.servers.values(), *local.sentinels.values()]
            crew = servers[0].crew
            pids = [crew.pid, *(server.pid for server in servers)]
            left.append(Left(pids, [server.port for server in servers], crew.folder))
            assert not left[0].is_gone()
            raise RuntimeError("in the middle of a lesson")

    left: list[Left] = []
    with pytest.raises(RuntimeError, match="in the middle of a lesson"):
        fail()
    assert left[0].is_gone(), "the end of the block waits for it"


def test_a_ctrl_c_in_the_terminal_does_not_reach_the_servers(server: LocalServer) -> None:
    assert os.getsid(0) not in {os.getsid(server.pid), os.getsid(server.crew.pid)}
    assert os.getpgid(0) not in {os.getpgid(server.pid), os.getpgid(server.crew.pid)}


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel ends the servers on Linux")
def test_a_killed_janitor_takes_the_servers_with_it(server: LocalServer) -> None:
    os.kill(server.crew.pid, signal.SIGKILL)
    wait_until(lambda: not psutil.pid_exists(server.pid), "it is gone", PATIENCE_S)
    with pytest.raises(ServerStartError, match="have been ended"):
        server.restart()
    for file in server.crew.folder.iterdir():  # nobody was left to do it
        if file.is_dir():
            for part in file.iterdir():
                part.unlink()
            file.rmdir()
        else:
            file.unlink()
    server.crew.folder.rmdir()


def test_killed_frozen_thawed_and_started_again(server: LocalServer) -> None:
    with Redis(port=server.port, socket_timeout=0.3, retry=Retry(NoBackoff(), 0)) as client:
        client.set("k", "v")
        server.freeze()
        with pytest.raises(Exception, match="Timeout"):
            client.ping()
        server.thaw()
        assert client.get("k") == b"v"
        pid, port = server.pid, server.port
        server.kill()
        assert not server.running
        assert not psutil.pid_exists(pid)
        server.restart()
        assert (server.port, server.running) == (port, True)
        assert server.pid != pid
        assert client.get("k") == b"v", "its append-only file was kept"
        server.stop()
        assert not server.running
        assert "ready to exit" in server.log.read_text()


@pytest.mark.parametrize("end", ["kill", "close"])
def test_what_a_server_forked_ends_with_it(server: LocalServer, end: str) -> None:
    with Redis(port=server.port) as client:
        client.mset({f"k{number}": "v" for number in range(1_000)})
        client.config_set("rdb-key-save-delay", 100_000)  # microseconds a key: for minutes
        client.bgrewriteaof()
        wait_until(lambda: bool(psutil.Process(server.pid).children()), "it forks", PATIENCE_S)
        (child,) = psutil.Process(server.pid).children()
    if end == "kill":
        server.kill()
    else:
        server.crew.close()
        assert not server.crew.folder.exists()
    wait_until(lambda: not child.is_running(), "its child is gone", PATIENCE_S)


def test_a_killed_servers_port_is_kept_for_it(server: LocalServer) -> None:
    server.kill()
    others = [Port() for _ in range(500)]
    assert server.port not in {port.number for port in others}
    for port in others:
        port.close()
    server.restart()


def test_a_port_that_is_taken_is_left_alone(
    crew: Crew, build: RedisBuild, settings: Settings
) -> None:
    command = data_server(build, "one")
    with socket.socket() as other:
        other.bind((LOOPBACK, 0))
        other.listen()
        taken = other.getsockname()[1]
        tried: list[int] = []

        def arguments(port: int) -> list[str]:
            tried.append(port)
            return command(taken if len(tried) == 1 else port)

        server = LocalServer("one", crew, settings, arguments)
        server.start()
        assert len(tried) == 2
        with Redis(port=server.port) as client:
            assert client.ping()
        stubborn = LocalServer("two", crew, settings, lambda _: data_server(build, "two")(taken))
        with pytest.raises(ServerStartError, match="no free port"):
            stubborn.start()
        assert crew.log("two").read_text().count("Address already in use") >= ATTEMPTS


def test_a_failed_start_shows_the_end_of_its_log(
    crew: Crew, build: RedisBuild, settings: Settings
) -> None:
    command = data_server(build, "one", "--maxmemory-policy", "nonsense")
    with pytest.raises(ServerStartError, match="nonsense") as caught:
        LocalServer("one", crew, settings, command).start()
    assert "FATAL CONFIG FILE ERROR" in caught.value.log
    with pytest.raises(ServerStartError, match="No such file"):
        LocalServer("two", crew, settings, lambda _: ["/nowhere/redis-server"]).start()


def test_a_silent_start_is_an_error(crew: Crew, settings: Settings) -> None:
    patient = settings.model_copy(update={"server_start_s": 0.2})
    begun = time.monotonic()
    with pytest.raises(ServerStartError, match=r"did not answer within 0\.2 s"):
        LocalServer("one", crew, patient, lambda _: ["/bin/sleep", "600"]).start()
    assert time.monotonic() - begun < PATIENCE_S


def test_the_folder_is_private(crew: Crew) -> None:
    assert crew.folder.stat().st_mode & 0o077 == 0


def test_closing_twice_does_no_harm(build: RedisBuild, settings: Settings) -> None:
    crew = Crew()
    server = LocalServer("one", crew, settings, data_server(build, "one"))
    server.start()
    pid = server.pid
    crew.close()
    assert not psutil.pid_exists(pid)
    assert not crew.folder.exists()
    crew.close()
    with pytest.raises(ServerStartError, match="have been ended"):
        server.start()
