"""The embedded server: shared by all, stopped with the last, back after every kind of death."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError
from redis.retry import Retry

from wellness import locks
from wellness.bootstrap import RedisBuild, redis_build
from wellness.embedded.data_folder import DataFolder, ServerState, ask
from wellness.errors import ServerStartError
from wellness.server import EmbeddedServer, start, status, stop
from wellness.settings import Settings

PATIENCE_S = 20  # until something that must happen has happened, on a busy machine

USER = """
import json, sys
from pathlib import Path
from wellness.server import start
from wellness.settings import Settings
server = start(Settings(home=Path(sys.argv[1])))
print(json.dumps([server.pid, str(server.socket), server.reused]), flush=True)
sys.stdin.read()
"""


class User(NamedTuple):
    """Another process that uses the server of a home."""

    process: subprocess.Popen[str]

    def started(self) -> tuple[int, str, bool]:
        assert self.process.stdout
        pid, socket, reused = json.loads(self.process.stdout.readline())
        return pid, socket, reused

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def user(settings: Settings) -> Iterator[Callable[..., User]]:
    with ExitStack() as stack:

        def begin(**environment: str) -> User:
            process = subprocess.Popen(
                [sys.executable, "-c", USER, str(settings.home)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env=os.environ | environment,
            )
            stack.callback(User(process).end)
            return User(process)

        yield begin


@pytest.fixture(autouse=True)
def _nothing_left(settings: Settings) -> Iterator[None]:
    """No test leaves a process, a socket or a state file behind."""
    yield
    folder = folder_of(settings)
    wait_until(lambda: not folder.is_served())
    assert not folder.state_file.exists()
    if folder.path.is_dir():
        assert not folder.socket_path().parent.exists()


def folder_of(settings: Settings) -> DataFolder:
    return DataFolder((settings.home / "redis").resolve())


def state_of(settings: Settings) -> ServerState:
    state = folder_of(settings).state()
    assert state
    return state


def connect(server: EmbeddedServer) -> Redis:
    return Redis(unix_socket_path=str(server.socket), retry=Retry(NoBackoff(), 0))


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)


def is_gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_serves_the_modules_on_a_private_socket_without_a_port(settings: Settings) -> None:
    with start(settings) as server, Redis.from_url(server.url) as client:
        assert not server.reused
        assert client.info("server")["process_id"] == server.pid
        assert {module[b"name"] for module in client.module_list()} >= {
            b"search",
            b"ReJSON",
            b"timeseries",
            b"bf",
        }
        assert client.config_get("port") == {"port": "0"}
        assert server.socket.stat().st_mode & 0o077 == 0
        assert server.socket.parent.stat().st_mode & 0o077 == 0
        assert server.data_dir.stat().st_mode & 0o077 == 0


def test_a_ctrl_c_for_the_user_does_not_reach_the_server(settings: Settings) -> None:
    with start(settings) as server:
        keeper = state_of(settings).keeper
        assert os.getpgid(0) not in {os.getpgid(server.pid), os.getpgid(keeper)}
        assert os.getsid(0) not in {os.getsid(server.pid), os.getsid(keeper)}


def test_one_process_may_start_it_several_times(settings: Settings) -> None:
    first, second = start(settings), start(settings)
    assert (second.pid, second.reused) == (first.pid, True)
    first.close()
    first.close()
    time.sleep(0.3)  # a keeper that miscounted would have stopped it by now
    assert connect(second).ping()
    second.close()
    wait_until(lambda: is_gone(first.pid))


def test_threads_share_one_server(settings: Settings) -> None:
    with ThreadPoolExecutor(8) as pool:
        servers = list(pool.map(lambda _: start(settings), range(8)))
    assert len({server.pid for server in servers}) == 1
    assert sum(not server.reused for server in servers) == 1
    for server in servers:
        server.close()


def test_racing_processes_share_one_server(user: Callable[..., User]) -> None:
    started = [each.started() for each in [user() for _ in range(8)]]
    assert len({pid for pid, _, _ in started}) == 1
    assert [reused for _, _, reused in started].count(False) == 1


def test_processes_with_other_temporary_folders_share_one_server(
    user: Callable[..., User], tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    assert user().started()[:2] == user(TMPDIR=str(tmp_path / "other")).started()[:2]


def test_a_temporary_folder_with_a_long_name_is_not_used(
    user: Callable[..., User], tmp_path: Path
) -> None:
    long = tmp_path / ("x" * 100)
    long.mkdir()
    _, socket, _ = user(TMPDIR=str(long)).started()
    assert ask(Path(socket), "PING") == "+PONG"


def test_two_folders_have_two_servers(settings: Settings, tmp_path: Path) -> None:
    with start(settings) as one, start(settings, data_dir=tmp_path / "second") as other:
        assert one.pid != other.pid
        connect(one).set("k", "one")
        assert connect(other).get("k") is None
    wait_until(lambda: not DataFolder(tmp_path / "second").is_served())


def test_data_survives_a_stop(settings: Settings) -> None:
    with start(settings) as server:
        connect(server).set("k", "v")
    wait_until(lambda: not status(settings).running)
    with start(settings) as server:
        assert not server.reused
        assert connect(server).get("k") == b"v"


def test_a_path_may_be_long_and_have_any_characters(settings: Settings) -> None:
    home = settings.home / "Ärzte & Gesundheit" / ("sehr lang " * 15).strip()
    assert len(str(home)) > 150
    odd = settings.model_copy(update={"home": home})
    for expected in (None, b"v"):
        with start(odd) as server:
            assert connect(server).set("k", "v", get=True) == expected
        wait_until(lambda: not status(odd).running)


def test_a_killed_user_takes_the_server_with_it(user: Callable[..., User]) -> None:
    victim = user()
    pid, socket, _ = victim.started()
    keeper = psutil.Process(pid).ppid()
    victim.end()
    wait_until(lambda: is_gone(pid) and is_gone(keeper))
    assert not Path(socket).parent.exists()


def test_a_killed_user_does_not_take_it_from_others(
    user: Callable[..., User], settings: Settings
) -> None:
    victim = user()
    pid, _, _ = victim.started()
    with start(settings) as server:
        assert server.pid == pid
        victim.end()
        time.sleep(0.3)
        assert connect(server).ping()


def test_a_killed_server_is_replaced_and_keeps_its_data(settings: Settings) -> None:
    with start(settings) as old:
        connect(old).set("k", "v")
        os.kill(old.pid, signal.SIGKILL)
        wait_until(lambda: is_gone(old.pid))
        with start(settings) as new:
            assert new.pid != old.pid
            assert connect(new).get("k") == b"v"
            assert new.socket == old.socket


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the next start ends the orphan")
def test_a_killed_keeper_leaves_no_server(settings: Settings) -> None:
    with start(settings) as server:
        connect(server).set("k", "v")
        os.kill(state_of(settings).keeper, signal.SIGKILL)
        wait_until(lambda: is_gone(server.pid))
    folder = folder_of(settings)
    assert folder.state_file.exists()  # nobody was left to remove it
    with start(settings) as server:
        assert not server.reused
        assert connect(server).get("k") == b"v"


def test_an_orphan_is_ended_before_another_server_starts(settings: Settings) -> None:
    """Where the kernel does not end a killed keeper's server, that server holds the lock."""
    folder, build = folder_of(settings), redis_build(settings)
    folder.path.mkdir(parents=True)
    listen = folder.socket_path()
    listen.parent.mkdir(mode=0o700)
    lock = locks.try_lock(folder.server_lock)
    assert lock is not None
    command = [build.server, "--port", "0", "--unixsocket", listen, "--appendonly", "yes"]
    log = subprocess.DEVNULL
    orphan = subprocess.Popen(command, cwd=folder.path, pass_fds=[lock], stdout=log)
    os.close(lock)
    try:
        wait_until(lambda: ask(listen, "PING") == "+PONG")
        ask(listen, "SET k v")
        state = {"keeper": orphan.pid, "pid": orphan.pid, "socket": str(listen)}
        folder.state_file.write_text(json.dumps(state))
        with start(settings) as server:
            assert not server.reused
            assert orphan.wait(PATIENCE_S) == 0
            assert connect(server).get("k") == b"v"
    finally:
        orphan.kill()
        orphan.wait()


def test_stale_files_do_no_harm(settings: Settings) -> None:
    folder = folder_of(settings)
    folder.path.mkdir(parents=True)
    listen = folder.socket_path()
    listen.parent.mkdir(mode=0o700)
    listen.touch()
    state = {"keeper": os.getpid(), "pid": os.getpid(), "socket": str(listen)}
    folder.state_file.write_text(json.dumps(state))
    assert not status(settings).running
    assert not stop(settings)  # and this process is still here
    with start(settings) as server:
        assert connect(server).ping()


def test_whoever_arrives_as_the_last_user_leaves_gets_a_server(settings: Settings) -> None:
    server = start(settings)
    pids = {server.pid}
    for round in range(20):
        assert connect(server).incr("rounds") == round + 1
        server.close()
        time.sleep(round * 0.008)  # the next one comes in every phase of the stop
        server = start(settings)
        pids.add(server.pid)
    assert connect(server).get("rounds") == b"20"
    assert len(pids) > 2
    server.close()


def test_a_deleted_folder_is_no_trap(settings: Settings) -> None:
    with start(settings) as old:
        shutil.rmtree(settings.home)
        with start(settings) as new:
            assert new.socket != old.socket
            old.close()
            wait_until(lambda: is_gone(old.pid))
            assert connect(new).ping()


def test_a_forked_child_keeps_the_server(settings: Settings) -> None:
    server = start(settings)
    may_end, end = os.pipe()
    child = os.fork()
    if child == 0:  # pragma: no cover - another process
        os.close(end)
        os.read(may_end, 1)
        os._exit(0 if ask(server.socket, "PING") == "+PONG" else 1)
    os.close(may_end)
    server.close()
    time.sleep(0.3)
    os.close(end)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    wait_until(lambda: is_gone(server.pid))


def test_stop_ends_a_server_that_is_in_use(settings: Settings) -> None:
    assert not stop(settings)
    with start(settings) as old:
        client = connect(old)
        client.set("k", "v")
        assert status(settings).reply == "+PONG"
        assert stop(settings)
        assert is_gone(old.pid)
        assert not status(settings).running
        with pytest.raises(ConnectionError):
            client.ping()
        with start(settings) as new:
            assert connect(new).get("k") == b"v"


def test_a_server_that_does_not_stop_is_killed(settings: Settings) -> None:
    hasty = settings.model_copy(update={"server_stop_s": 0.3})
    with start(hasty) as server:
        os.kill(server.pid, signal.SIGSTOP)
    wait_until(lambda: is_gone(server.pid))


def test_a_silent_server_is_an_error_not_a_second_server(settings: Settings) -> None:
    hasty = settings.model_copy(update={"server_start_s": 0.5})
    with start(hasty) as server:
        os.kill(server.pid, signal.SIGSTOP)
        try:
            with pytest.raises(ServerStartError, match=r"did not answer within 0\.5 s"):
                start(hasty)
        finally:
            os.kill(server.pid, signal.SIGCONT)
        assert connect(server).ping()


def test_loading_is_waited_for_and_reported(settings: Settings) -> None:
    with start(settings) as server:
        pipeline = connect(server).pipeline(transaction=False)
        for i in range(5_000):
            pipeline.set(f"k{i}", "v" * 100)
        pipeline.execute()
    wait_until(lambda: not status(settings).running)
    hasty = settings.model_copy(update={"server_start_s": 0.5})
    slow = ("--key-load-delay", "200")  # microseconds
    told: list[tuple[int, int]] = []
    with start(hasty, extra_args=slow, progress=lambda *bytes: told.append(bytes)) as server:
        assert connect(server).dbsize() == 5_000
    assert any(0 < done < total for done, total in told)
    assert told == sorted(told)


def test_a_damaged_file_is_an_error_that_names_the_repair(settings: Settings) -> None:
    with start(settings) as server:
        connect(server).set("before", "kept")
        connect(server).set("k", "v" * 1_000)
        connect(server).set("after", "lost")
    wait_until(lambda: not status(settings).running)
    (data,) = (server.data_dir / "appendonlydir").glob("*.incr.aof")
    damaged = data.read_bytes().replace(b"$1000", b"$10x0")
    data.write_bytes(damaged)
    with pytest.raises(ServerStartError, match="redis-check-aof") as caught:
        start(settings)
    assert "Bad file format" in caught.value.log
    command = caught.value.hint.split("`")[1]
    subprocess.run(shlex.split(command), input=b"y\n", check=True, stdout=subprocess.DEVNULL)
    with start(settings) as server:
        assert connect(server).keys() == [b"before"]


def test_a_folder_that_cannot_be_made_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    blocked = Settings(home=tmp_path / "file" / "home")
    with pytest.raises(ServerStartError, match="WELLNESS_HOME"):
        start(blocked)


def test_a_server_with_a_password_is_refused_and_not_left_running(settings: Settings) -> None:
    with pytest.raises(ServerStartError, match="NOAUTH"):
        start(settings, extra_args=("--requirepass", "secret"))


def test_a_broken_build_shows_its_log(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(ServerStartError, match="No such file") as caught:
        start(settings, build=RedisBuild(tmp_path / "nothing"))
    assert "redis-server" in caught.value.log
    with pytest.raises(ServerStartError, match="did not start") as caught:
        start(settings, extra_args=("--no-such-option", "1"))
    assert "no-such-option" in caught.value.log


def test_a_socket_folder_that_others_can_enter_is_refused(settings: Settings) -> None:
    folder = folder_of(settings)
    folder.path.mkdir(parents=True)
    shared = folder.socket_path().parent
    shared.mkdir()
    shared.chmod(0o777)
    with pytest.raises(ServerStartError, match="not a private folder"):
        start(settings)
    shared.rmdir()


FULL_DISK = """
import os, sys, time
from pathlib import Path
from redis import Redis
from redis.exceptions import ResponseError
from wellness.errors import ServerStartError
from wellness.server import start, status
from wellness.settings import Settings
home = Path(sys.argv[1])

def fill():
    with open(home / "filler", "ab", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass

def attempt():
    try:
        start(Settings(home=home))
    except ServerStartError as error:
        print(error.hint, flush=True)

with start(Settings(home=home)) as server:
    client = Redis(unix_socket_path=str(server.socket))
    fill()
    try:
        while True:  # Redis writes in the background, so it takes a moment to notice
            client.set("k", "v" * 100_000)
            time.sleep(0.01)
    except ResponseError:
        attempt()
    os.truncate(home / "filler", 0)
    os.kill(server.pid, 9)
while status(Settings(home=home)).running:  # its keeper tidies up, which makes a little room
    time.sleep(0.01)
fill()
attempt()
"""


def can_mount() -> bool:
    if sys.platform != "linux" or not shutil.which("unshare"):
        return False
    command = ["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not can_mount(), reason="makes its small disk with Linux namespaces")
def test_a_full_disk_is_named(settings: Settings) -> None:
    settings.home.mkdir()
    mount = 'mount -t tmpfs -o size=2m none "$1" && exec "$2" -c "$3" "$1"'
    tried = subprocess.run(
        ["unshare", "-rm", "sh", "-c", mount, "sh", settings.home, sys.executable, FULL_DISK],
        capture_output=True,
        text=True,
        check=False,
    )
    assert tried.stdout.count("is full: make room on it.") == 2, tried.stdout + tried.stderr


def test_nothing_is_left_in_the_temporary_folder(settings: Settings) -> None:
    with start(settings) as server:
        private = server.socket.parent
        assert private.parent == Path(tempfile.gettempdir())
    wait_until(lambda: not private.exists())
