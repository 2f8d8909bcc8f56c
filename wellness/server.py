"""The embedded Redis Stack: one server per data folder, shared by all processes that use it.

It is started on first use and stopped when the last user has gone, however that one ended; see
`wellness.embedded.share`. It listens on a Unix socket only, in a private folder; there is no
port.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from wellness.bootstrap import RedisBuild, redis_build
from wellness.embedded import share
from wellness.embedded.data_folder import DataFolder, ServerState, ask, loaded_bytes
from wellness.embedded.service import Look
from wellness.embedded.share import Share
from wellness.errors import NoEmbeddedServer
from wellness.settings import Settings
from wellness.wheels import Progress

NAME = "embedded Redis"
ALIVE = ("+PONG", "-BUSY")  # -BUSY: another user's script is running


@dataclass(frozen=True)
class ServerStatus:
    """What is known about the server of a data folder."""

    data_dir: Path
    log: Path
    running: bool
    pid: int | None = None
    socket: Path | None = None
    reply: str = ""  # to PING, as Redis sent it; empty if there was none


class EmbeddedServer(Share):
    """A running server, kept alive until `close()` or the end of this process.

    Attributes:
        socket: path for `redis.Redis(unix_socket_path=...)`.
        pid: process id of the server.
        reused: whether it was running before.
        data_dir: where its append-only file is.
        log: the server's log file.
    """

    def __init__(self, folder: DataFolder, state: ServerState, *, reused: bool, lease: int) -> None:
        super().__init__(folder, state, reused=reused, lease=lease)
        self.socket = state.socket

    @property
    def url(self) -> str:
        """The socket as a URL for `redis.Redis.from_url`."""
        return f"unix://{quote(str(self.socket))}"

    def __repr__(self) -> str:
        use = "closed" if self.closed else "in use"
        return f"<EmbeddedServer pid={self.pid} socket={str(self.socket)!r} {use}>"


@dataclass(frozen=True)
class RedisService:
    """How `wellness.embedded` runs a Redis; without a build it can only find and stop one."""

    build: RedisBuild | None = None
    extra_args: tuple[str, ...] = ()
    name: str = NAME

    def command(self, address: Path) -> list[str]:
        """The server with its modules, on a socket, with every write in an append-only file."""
        assert self.build
        return [
            str(self.build.server),
            *self.build.module_args,
            *("--port", "0", "--bind", "127.0.0.1", "-::1"),
            *("--unixsocket", str(address), "--unixsocketperm", "700"),
            *("--dir", ".", "--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
            *self.extra_args,
        ]

    def look(self, address: Path) -> Look:
        """What it answers to PING."""
        reply = ask(address, "PING")
        if reply.startswith(ALIVE):
            return Look("ready", reply)
        if reply.startswith("-LOADING"):
            return Look("loading", reply, loaded_bytes(address))
        return Look("refuses" if reply else "silent", reply)

    def end(self, address: Path) -> None:
        """Ask for a clean end, with what is not yet on disk written."""
        ask(address, "SHUTDOWN")

    def remedy(self, folder: DataFolder, log: str) -> str | None:
        """A damaged append-only file can be repaired."""
        if not self.build or "redis-check-aof" not in log:
            return None
        fix = shlex.join([str(self.build.check_aof), "--fix", str(folder.manifest)])
        return f"Its data is damaged. Copy the folder, then repair it with `{fix}`."


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
    folder = _folder(settings, data_dir)
    redis = RedisService(build or redis_build(settings, progress=progress), tuple(extra_args))
    state, reused, lease = share.join(folder, redis, settings, progress)
    return EmbeddedServer(folder, state, reused=reused, lease=lease)


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
    return share.stop(_folder(settings, data_dir), RedisService(), settings)


def _folder(settings: Settings, data_dir: Path | None) -> DataFolder:
    return DataFolder((data_dir or settings.home / "redis").expanduser().resolve())
