"""Start the server of a data folder, or find it running: one attempt, from PING to PING."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from wellness import locks
from wellness.bootstrap import RedisBuild
from wellness.embedded.data_folder import DataFolder, ServerState, ask, loaded_bytes
from wellness.errors import ServerStartError
from wellness.settings import Settings
from wellness.wheels import Progress

ALIVE = ("+PONG", "-BUSY")  # -BUSY: another user's script is running
LEAST_DISK = 1 << 20  # bytes: below this a failed start is blamed on the disk


@dataclass
class Starter:
    """Finds the folder's server or starts it, once; to be run under the start lock."""

    folder: DataFolder
    build: RedisBuild
    settings: Settings
    extra_args: tuple[str, ...]
    spawned: bool = False

    def run(self, progress: Progress | None) -> ServerState:
        """Wait until the server answers."""
        begun, limit_s = time.monotonic(), self.settings.server_start_s
        while True:
            if not self.folder.is_kept():
                if self.spawned:
                    raise self._failure("did not start")
                self._spawn()
            state = self.folder.state()
            reply = ask(state.socket, "PING") if state else ""
            if state and reply.startswith(ALIVE):
                return state
            if state and reply.startswith("-LOADING"):
                limit_s = self.settings.server_load_s
                done, total = loaded_bytes(state.socket)
                if progress and total:
                    progress(done, total)
            elif reply:
                raise self._failure(f"answers {reply!r}")
            if time.monotonic() - begun > limit_s:
                raise self._failure(f"did not answer within {limit_s:g} s")
            time.sleep(locks.POLL_S)

    def _spawn(self) -> None:
        """Run the keeper; this returns when it holds its locks and works in the background."""
        self.spawned = True
        if orphan := self.folder.state():  # its keeper was killed
            end(self.folder, orphan)
        if self.folder.log.exists():
            self.folder.log.replace(self.folder.log.with_suffix(".log.1"))
        listen = str(self.folder.socket_path())
        config = {
            "command": self._command(listen),
            "socket": listen,
            "lease_lock": self.folder.lease_lock.name,
            "keeper_lock": self.folder.keeper_lock.name,
            "server_lock": self.folder.server_lock.name,
            "state_file": self.folder.state_file.name,
            "stop_s": self.settings.server_stop_s,
        }
        keeper = Path(__file__).with_name("keeper.py")
        with self.folder.log.open("ab") as log:
            subprocess.run(
                [sys.executable, "-I", "-S", str(keeper), json.dumps(config)],
                cwd=self.folder.path,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # a Ctrl-C is for the user's process only
                check=False,
            )

    def _command(self, listen: str) -> list[str]:
        return [
            str(self.build.server),
            *self.build.module_args,
            *("--port", "0", "--bind", "127.0.0.1", "-::1"),
            *("--unixsocket", listen, "--unixsocketperm", "700"),
            *("--dir", ".", "--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
            *self.extra_args,
        ]

    def _failure(self, what: str) -> ServerStartError:
        log = self.folder.log_tail()
        hint = None
        if "redis-check-aof" in log:
            fix = shlex.join([str(self.build.check_aof), "--fix", str(self.folder.manifest)])
            hint = f"Its data is damaged. Copy the folder, then repair it with `{fix}`."
        elif "No space left" in log + what or shutil.disk_usage(self.folder.path).free < LEAST_DISK:
            hint = f"The disk of {self.folder.path} is full: make room on it."
        elif "shared librar" in log:
            hint = "Install the library it names with the system's package manager."
        return ServerStartError(
            f"The embedded Redis in {self.folder.path} {what}.", log=log, hint=hint
        )


def end(folder: DataFolder, state: ServerState) -> None:
    """Ask for a clean end: the keeper if it lives, else the server it has left behind."""
    if folder.is_kept():
        with suppress(ProcessLookupError):
            os.kill(state.keeper, signal.SIGTERM)
    else:
        ask(state.socket, "SHUTDOWN")
