"""The files of an embedded server's data folder, and where and how it can be asked.

lease.lock    held in shared mode by each process that uses the server
start.lock    held while someone starts or stops it
keeper.lock   held by the keeper for its life
server.lock   held by keeper and server: free means that nothing writes here
server.json   what runs: pids and socket, written by the keeper
NAME.log      the log since the last start; the one before is NAME.log.1
appendonlydir the data of Redis
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
import tempfile
from dataclasses import dataclass
from pathlib import Path

from wellness import locks

LOG_TAIL = 12  # lines: a failed start ends with its reason
LONGEST_SOCKET_PATH = 103  # bytes: sun_path has 104 on macOS, one of them the final NUL
REPLY_S = 1.0  # a server that is slower to answer than this is busy, and is asked again


@dataclass(frozen=True)
class ServerState:
    """What the keeper wrote about the server it keeps; stale if the keeper was killed."""

    keeper: int
    pid: int
    socket: Path


@dataclass(frozen=True)
class DataFolder:
    """Names and reads the files; `path` is absolute, `name` says what is served."""

    path: Path
    name: str = "redis"
    reached_by: str = "redis.sock"

    @property
    def lease_lock(self) -> Path:
        """Shared by users; exclusive for the keeper when the last one is gone."""
        return self.path / "lease.lock"

    @property
    def start_lock(self) -> Path:
        """Makes racing starters share one server."""
        return self.path / "start.lock"

    @property
    def keeper_lock(self) -> Path:
        """Says whether a keeper lives."""
        return self.path / "keeper.lock"

    @property
    def server_lock(self) -> Path:
        """Keeps a second server away; held longer than the keeper's if that was killed."""
        return self.path / "server.lock"

    @property
    def state_file(self) -> Path:
        """Where `state()` is read from."""
        return self.path / "server.json"

    @property
    def log(self) -> Path:
        """Output of keeper and server."""
        return self.path / f"{self.name}.log"

    @property
    def manifest(self) -> Path:
        """What `redis-check-aof` wants to be given."""
        return self.path / "appendonlydir" / "appendonly.aof.manifest"

    def state(self) -> ServerState | None:
        """What runs, or ran until its keeper was killed; None if no file can be read that says so.

        After a power failure there may be a file with nothing in it.
        """
        try:
            fields = json.loads(self.state_file.read_text("ascii"))
            return ServerState(fields["keeper"], fields["pid"], Path(fields["socket"]))
        except (FileNotFoundError, ValueError, LookupError, TypeError):
            return None

    def is_kept(self) -> bool:
        """Whether a keeper lives: the kernel's word, which no stale file can fake."""
        return locks.is_held(self.keeper_lock)

    def is_served(self) -> bool:
        """Whether a keeper or a server lives."""
        return locks.is_held(self.server_lock)

    def log_tail(self) -> str:
        """The last lines of the log."""
        try:
            lines = self.log.read_text("utf-8", errors="replace").splitlines()
        except OSError:
            return ""
        return "\n".join(lines[-LOG_TAIL:])

    def socket_path(self) -> Path:
        """Where it is reached: a short path, and another one if the folder was made anew."""
        inode = self.path.stat()
        identity = os.fsencode(self.path) + f"\0{inode.st_dev}\0{inode.st_ino}".encode()
        private = f"wellness-{os.getuid()}-{hashlib.sha256(identity).hexdigest()[:12]}"
        for base in (tempfile.gettempdir(), "/tmp"):
            path = Path(base, private, self.reached_by)
            if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH:
                break
        return path


def ask(path: Path, command: str) -> str:
    """First kilobytes of the reply to one inline command, or "" if there is none in time."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(REPLY_S)
        try:
            connection.connect(str(path))
            connection.sendall(f"{command}\r\n".encode())
            return connection.recv(1 << 16).decode(errors="replace").strip()
        except OSError:
            return ""


def loaded_bytes(path: Path) -> tuple[int, int]:
    """How much of the append-only file a starting server has loaded, and how much there is."""
    lines = (line.partition(":") for line in ask(path, "INFO persistence").splitlines())
    info = {name: value for name, _, value in lines}
    return int(info.get("loading_loaded_bytes", 0)), int(info.get("loading_total_bytes", 0))
