"""The embedded Redis Stack: one server per data folder, shared by all processes that use it.

Each user holds a shared lock on the folder's lease file. A keeper process
(`wellness.embedded.keeper`) is the server's parent and waits for the exclusive lock: it gets it
when the last user has closed, ended or been killed, and then stops the server. So a notebook
cannot take the server down with it while another one uses it, and nothing is left running when
all are gone.

The server listens on a Unix socket only, in a private folder; there is no port.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import quote

from wellness import locks
from wellness.bootstrap import RedisBuild, redis_build
from wellness.embedded.data_folder import DataFolder, ServerState, ask
from wellness.embedded.starter import Starter, end
from wellness.errors import NoEmbeddedServer, ServerStartError
from wellness.settings import Settings
from wellness.wheels import Progress


@dataclass(frozen=True)
class ServerStatus:
    """What is known about the server of a data folder."""

    data_dir: Path
    log: Path
    running: bool
    pid: int | None = None
    socket: Path | None = None
    reply: str = ""  # to PING, as Redis sent it; empty if there was none


class EmbeddedServer:
    """A running server, kept alive until `close()` or the end of this process.

    Attributes:
        socket: path for `redis.Redis(unix_socket_path=...)`.
        pid: process id of the server.
        reused: whether it was running before.
        data_dir: where its append-only file is.
        log: the server's log file.
    """

    def __init__(self, folder: DataFolder, state: ServerState, *, reused: bool, lease: int) -> None:
        self.data_dir, self.log = folder.path, folder.log
        self.socket, self.pid, self.reused = state.socket, state.pid, reused
        self._lease: int | None = lease

    @property
    def url(self) -> str:
        """The socket as a URL for `redis.Redis.from_url`."""
        return f"unix://{quote(str(self.socket))}"

    def close(self) -> None:
        """Stop using the server; it ends when nobody else does. Closing twice does no harm.

        In a forked child this lets go of the child's share only.
        """
        lease, self._lease = self._lease, None
        if lease is not None:
            os.close(lease)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        use = "closed" if self._lease is None else "in use"
        return f"<EmbeddedServer pid={self.pid} socket={str(self.socket)!r} {use}>"


def start(
    settings: Settings,
    *,
    build: RedisBuild | None = None,
    data_dir: Path | None = None,
    progress: Progress | None = None,
    extra_args: Sequence[str] = (),
) -> EmbeddedServer:
    """Use the server of a data folder, starting it if it does not run.

    Args:
        settings: says where the files are and how long to wait.
        build: the Redis to run; by default this machine's, fetched if absent.
        data_dir: by default `settings.home / "redis"`.
        progress: told about a fetch, and about the loading of a large append-only file, in bytes.
        extra_args: for `redis-server`; without effect on a server that is already running.

    Raises:
        NoEmbeddedServer: there is none for this platform.
        BootstrapError: the build could not be fetched.
        ServerStartError: the server did not start or does not answer; has the end of its log.
    """
    if os.name != "posix":
        raise NoEmbeddedServer("Windows", "Redis Stack has no build for it")
    starter = Starter(
        _folder(settings, data_dir),
        build or redis_build(settings, progress=progress),
        settings,
        tuple(extra_args),
    )
    patience_s = settings.server_stop_s + settings.server_start_s
    with _explained(starter.folder):
        starter.folder.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        lease = locks.lock(starter.folder.lease_lock, shared=True, timeout_s=patience_s)
        try:
            patience_s += settings.server_load_s
            with locks.held(starter.folder.start_lock, timeout_s=patience_s):
                state = starter.run(progress)
        except BaseException:
            os.close(lease)
            raise
    return EmbeddedServer(starter.folder, state, reused=not starter.spawned, lease=lease)


def status(settings: Settings, data_dir: Path | None = None) -> ServerStatus:
    """Whether a server runs on the data folder, and how it answers."""
    folder = _folder(settings, data_dir)
    state = folder.state() if folder.is_served() else None
    if state is None:
        return ServerStatus(folder.path, folder.log, running=False)
    reply = ask(state.socket, "PING")
    return ServerStatus(folder.path, folder.log, True, state.pid, state.socket, reply)


def stop(settings: Settings, data_dir: Path | None = None) -> bool:
    """Shut the folder's server down cleanly, whoever uses it; whether there was one.

    Raises:
        ServerStartError: the server is still there, or another process is just starting it.
    """
    folder = _folder(settings, data_dir)
    if not folder.is_served():
        return False
    with _explained(folder), locks.held(folder.start_lock, timeout_s=settings.server_start_s):
        deadline = time.monotonic() + settings.server_stop_s + settings.server_start_s
        asked = False
        while folder.is_served():
            if not asked and (state := folder.state()):
                end(folder, state)
                asked = True
            if time.monotonic() > deadline:
                raise ServerStartError(
                    f"The embedded Redis in {folder.path} does not stop.", log=folder.log_tail()
                )
            time.sleep(locks.POLL_S)
    return True


def _folder(settings: Settings, data_dir: Path | None) -> DataFolder:
    return DataFolder((data_dir or settings.home / "redis").expanduser().resolve())


@contextmanager
def _explained(folder: DataFolder) -> Iterator[None]:
    """Turn what the file system says about a folder into what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            hint = f"The disk of {folder.path} is full: make room on it."
        elif isinstance(error, TimeoutError):
            hint = "Wait for the process that starts or stops it, or end that process."
        else:
            hint = "Set WELLNESS_HOME to a folder on a local disk that you can write to."
        raise ServerStartError(
            f"Cannot use the folder {folder.path}: {error}.", hint=hint
        ) from error
