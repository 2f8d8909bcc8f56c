"""The process that runs a topology's servers: starts, signals and buries them, and cleans up.

`wellness.topologies.crew` runs this file by its path, as `python -I -S janitor.py FOLDER`, and
sends it orders, one JSON object a line. When the pipe of the orders closes, however its owner
ended, all servers are killed and the folder is removed. Nobody's data is in it, so nothing is
stopped gently.

The servers are this process's children, so a process id can never be another process's by the
time it is signalled.
"""

# Not pathlib: it would take as long to import as all the rest.
# ruff: noqa: PTH102, PTH110

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import time
from contextlib import suppress
from typing import Any, NoReturn

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
ATTEMPTS = 100  # to remove the folder
GENTLE_S = 10.0  # for a server that was asked to end; then it is killed


class Janitor:
    """The servers by name, and what became of those that ended."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.pids: dict[str, int] = {}

    def start(self, name: str, command: list[str]) -> int:
        """Run a server; its output is added to NAME.log."""
        self.poll(name)
        if name in self.pids:
            raise ValueError(f"{name} is running")
        libc = ctypes.CDLL(None) if sys.platform == "linux" else None
        parent, pid = os.getpid(), os.fork()
        if not pid:
            with suppress(BaseException):
                self._become(name, command, libc, parent)
            os._exit(127)
        with suppress(OSError):  # whoever of the two is first
            os.setpgid(pid, pid)
        self.pids[name] = pid
        return pid

    def _become(self, name: str, command: list[str], libc: Any, parent: int) -> NoReturn:
        log = os.open(f"{name}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(log, 1)
        os.dup2(log, 2)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        os.setpgid(0, 0)  # with the children that it forks to write its files
        if libc:
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
        try:
            os.execv(command[0], command)
        except OSError as error:
            os.write(2, f"{command[0]}: {error}\n".encode(errors="backslashreplace"))
        os._exit(127)

    def poll(self, name: str) -> bool:
        """Whether a server runs."""
        pid = self.pids.get(name)
        if pid is None:
            return False
        if os.waitpid(pid, os.WNOHANG)[0]:
            del self.pids[name]
        return name in self.pids

    def signal(self, name: str, number: int) -> bool:
        """Signal a server; one that this ends is gone when this returns. Whether it ran."""
        if not self.poll(name):
            return False
        send = os.killpg if number == signal.SIGKILL else os.kill
        send(self.pids[name], number)
        if number in (signal.SIGKILL, signal.SIGTERM):
            deadline = time.monotonic() + GENTLE_S
            while self.poll(name):
                if time.monotonic() > deadline:
                    os.killpg(self.pids[name], signal.SIGKILL)
                time.sleep(0.002)
        return True

    def obey(self, order: dict[str, Any]) -> Any:
        """Do one thing; its result."""
        name = order["name"]
        if order["do"] == "start":
            return self.start(name, order["command"])
        if order["do"] == "signal":
            return self.signal(name, order["signal"])
        return self.poll(name)

    def clean(self) -> None:
        """Kill all that runs and remove the folder."""
        for pid in self.pids.values():
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
        for pid in self.pids.values():
            with suppress(ChildProcessError):
                os.waitpid(pid, 0)
        from shutil import rmtree  # not at the start, which it would delay

        os.chdir("/")
        for _ in range(ATTEMPTS):  # a child that was just killed may have a file left to drop
            rmtree(self.folder, ignore_errors=True)
            if not os.path.exists(self.folder):
                break
            time.sleep(0.02)


def leave(*_: object) -> NoReturn:
    """End by a signal as by the end of the orders."""
    sys.exit(0)


def main(folder: str) -> None:
    """Take orders until there are no more."""
    os.umask(0o077)
    os.mkdir(folder, 0o700)
    os.chdir(folder)
    janitor = Janitor(folder)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)
    try:
        say({"number": 0, "result": os.getpid()})
        for line in sys.stdin:
            order = json.loads(line)
            if order["do"] == "end":
                break
            try:
                say({"number": order["number"], "result": janitor.obey(order)})
            except (OSError, ValueError) as error:
                say({"number": order["number"], "error": str(error)})
    except BrokenPipeError:
        pass  # the owner is gone
    finally:
        janitor.clean()


def say(reply: dict[str, Any]) -> None:
    """Answer the owner."""
    os.write(1, json.dumps(reply).encode() + b"\n")


if __name__ == "__main__":
    main(sys.argv[1])
