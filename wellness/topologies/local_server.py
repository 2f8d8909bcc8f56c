"""One server of a topology: started until it answers, killed, frozen, thawed, started again."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from wellness.bootstrap import RedisBuild
from wellness.embedded.data_folder import ask
from wellness.errors import ServerStartError
from wellness.settings import Settings
from wellness.topologies.crew import Crew
from wellness.topologies.ports import LOOPBACK, Port

ALIVE = ("+PONG", "-NOAUTH", "-MASTERDOWN")
TAKEN = b"Address already in use"
ATTEMPTS = 5  # ports tried, should others come first
POLL_S = 0.01


@dataclass
class LocalServer:
    """A Redis of its own on loopback; `arguments` makes those of its command from its port.

    Attributes:
        name: also of its log and its socket.
        pid: process id; another one after a restart.
    """

    name: str
    crew: Crew
    settings: Settings
    arguments: Callable[[int], Sequence[str]]
    login: str = ""  # "user:password@", quoted, for its own client
    pid: int = 0
    _port: Port = field(default_factory=Port)

    @property
    def port(self) -> int:
        """Where it listens on loopback."""
        return self._port.number

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        return LOOPBACK, self.port

    @property
    def url(self) -> str:
        """Its port as a URL."""
        return f"redis://{self.login}{LOOPBACK}:{self.port}"

    @property
    def socket(self) -> Path:
        """A socket that only this user reaches, for looking after it."""
        return self.crew.folder / f"{self.name}.sock"

    @property
    def private_url(self) -> str:
        """Its socket as a URL."""
        return f"unix://{self.login}{quote(str(self.socket))}"

    @property
    def log(self) -> Path:
        """Its log."""
        return self.crew.log(self.name)

    def start(self) -> None:
        """Start it, and wait until it answers.

        Raises:
            ServerStartError: it does not; has the end of its log.
        """
        for _ in range(ATTEMPTS):
            if self._try():
                return
            self._port.close()
            self._port = Port()
        raise self._failure("found no free port")

    def restart(self) -> None:
        """Start it again where it was, and wait until it answers.

        Raises:
            ServerStartError: it does not.
        """
        if not self._try():
            raise self._failure("lost its port")

    def _try(self) -> bool:
        """Whether it got its port."""
        begun_at = self.log.stat().st_size if self.log.exists() else 0
        self.pid = self.crew.start(self.name, list(self.arguments(self.port)))
        deadline = time.monotonic() + self.settings.server_start_s
        while not ask(self.socket, "PING").startswith(ALIVE):
            if not self.crew.runs(self.name):
                if TAKEN in self.log.read_bytes()[begun_at:]:
                    return False
                raise self._failure("did not start")
            if time.monotonic() > deadline:
                raise self._failure(f"did not answer within {self.settings.server_start_s:g} s")
            time.sleep(POLL_S)
        return True

    def _failure(self, what: str) -> ServerStartError:
        log = self.crew.log_tail(self.name)
        return ServerStartError(
            f"The local server {self.name!r} {what}.",
            log=log,
            hint="It was one for this lesson or test only; no data of yours was in it.",
        )

    def kill(self) -> None:
        """End it with kill -9; it is gone when this returns."""
        self.crew.kill(self.name)

    def stop(self) -> None:
        """End it cleanly."""
        self.crew.stop(self.name)

    def freeze(self) -> None:
        """Suspend it: its connections stay open, and it answers nobody."""
        self.crew.freeze(self.name)

    def thaw(self) -> None:
        """Let it go on after `freeze`."""
        self.crew.thaw(self.name)

    @property
    def running(self) -> bool:
        """Whether its process is there."""
        return self.crew.runs(self.name)

    def __repr__(self) -> str:
        return f"<LocalServer {self.name} at {LOOPBACK}:{self.port}, pid {self.pid}>"


def data_server(build: RedisBuild, name: str, *more: str) -> Callable[[int], list[str]]:
    """The command of a server with the modules and its data in files named after it.

    As the embedded server does, it keeps every write in an append-only file.

    Args:
        build: the Redis to run.
        name: of the server.
        more: arguments beyond those.
    """
    return lambda port: [
        str(build.server),
        *build.module_args,
        *("--port", str(port), "--bind", LOOPBACK),
        *("--unixsocket", f"{name}.sock", "--unixsocketperm", "700"),
        *("--dir", ".", "--dbfilename", f"{name}.rdb", "--save", ""),
        *("--appendonly", "yes", "--appendfsync", "everysec", "--appenddirname", f"{name}-aof"),
        *("--repl-diskless-sync-delay", "0"),
        *more,
    ]


def wait_until(condition: Callable[[], bool], what: str, timeout_s: float) -> None:
    """Wait for something that must happen.

    Raises:
        ServerStartError: it did not within `timeout_s` seconds; says `what`.
    """
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            raise ServerStartError(f"Within {timeout_s:g} s it did not happen that {what}.")
        time.sleep(POLL_S)
