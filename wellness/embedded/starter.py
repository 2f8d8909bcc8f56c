"""Start the server of a data folder, or find it running: one attempt, until it answers."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from wellness import locks
from wellness.embedded.data_folder import DataFolder, ServerState
from wellness.embedded.service import Look, Service, end, full_disk
from wellness.errors import ServerStartError
from wellness.settings import Settings
from wellness.wheels import Progress

LEAST_DISK = 1 << 20  # bytes: below this a failed start is blamed on the disk


@dataclass
class Starter:
    """Finds the folder's server or starts it, once; to be run under the start lock."""

    folder: DataFolder
    service: Service
    settings: Settings
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
            look = self.service.look(state.socket) if state else Look("silent")
            if state and look.state == "ready":
                return state
            if look.state == "loading":
                limit_s = self.settings.server_load_s
                if progress and look.loaded[1]:
                    progress(*look.loaded)
            elif look.state == "refuses":
                raise self._failure(f"answers {look.reply!r}")
            if time.monotonic() - begun > limit_s:
                raise self._failure(f"did not answer within {limit_s:g} s")
            time.sleep(locks.POLL_S)

    def _spawn(self) -> None:
        """Run the keeper; this returns when it holds its locks and works in the background."""
        self.spawned = True
        if orphan := self.folder.state():  # its keeper was killed
            end(self.folder, orphan, self.service)
        if self.folder.log.exists():
            self.folder.log.replace(self.folder.log.with_suffix(".log.1"))
        address = self.folder.socket_path()
        config = {
            "command": self.service.command(address),
            "socket": str(address),
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

    def _failure(self, what: str) -> ServerStartError:
        log = self.folder.log_tail()
        hint = self.service.remedy(self.folder, log)
        if hint is None:
            room = shutil.disk_usage(self.folder.path).free
            if "No space left" in log + what or room < LEAST_DISK:
                hint = full_disk(self.folder)
            elif "shared librar" in log:
                hint = "Install the library it names with the system's package manager."
        return ServerStartError(
            f"The {self.service.name} in {self.folder.path} {what}.", log=log, hint=hint
        )
