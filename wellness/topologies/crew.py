"""The servers of one topology, in one temporary folder, gone with whoever started them.

They are the children of a janitor process (`wellness.topologies.janitor`), which ends them when
its orders end: at `close()`, at the end of this process, and after a kill -9 of it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import uuid
from pathlib import Path
from typing import Any, Self

from wellness.embedded.data_folder import LONGEST_SOCKET_PATH
from wellness.errors import ServerStartError

LOG_TAIL = 12  # lines: a failed start ends with its reason
LONGEST_NAME = 24  # bytes of "/NAME.sock"


class Crew:
    """Starts, signals and ends servers; a context manager.

    Attributes:
        folder: what the servers write, their logs too; removed at the end.
        pid: of the janitor.

    Raises:
        ServerStartError: there is no room for the folder, or no janitor.
    """

    def __init__(self) -> None:
        self.folder = _folder()
        self._lock = threading.Lock()
        self._number = 0
        janitor = Path(__file__).with_name("janitor.py")
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(janitor), str(self.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,  # a Ctrl-C is for the user's process only
        )
        self.pid = self._process.pid
        try:
            self._reply(0)
        except BaseException:
            self.close()
            raise

    def start(self, name: str, command: list[str]) -> int:
        """Run a program in the folder with its output in the log of that name; its process id."""
        return int(self._order("start", name, command=command))

    def kill(self, name: str) -> bool:
        """End a server with kill -9; it is gone when this returns. Whether it ran."""
        return bool(self._order("signal", name, signal=signal.SIGKILL))

    def stop(self, name: str) -> bool:
        """Ask a server to end, and wait for it. Whether it ran."""
        return bool(self._order("signal", name, signal=signal.SIGTERM))

    def freeze(self, name: str) -> bool:
        """Suspend a server: it keeps its connections and answers nobody. Whether it runs."""
        return bool(self._order("signal", name, signal=signal.SIGSTOP))

    def thaw(self, name: str) -> bool:
        """Let a suspended server go on. Whether it runs."""
        return bool(self._order("signal", name, signal=signal.SIGCONT))

    def runs(self, name: str) -> bool:
        """Whether a server runs, suspended or not."""
        return bool(self._order("poll", name))

    def log(self, name: str) -> Path:
        """A server's log."""
        return self.folder / f"{name}.log"

    def log_tail(self, name: str) -> str:
        """The last lines of a server's log."""
        try:
            lines = self.log(name).read_text("utf-8", errors="replace").splitlines()
        except OSError:
            return ""
        return "\n".join(lines[-LOG_TAIL:])

    def close(self) -> None:
        """End all servers and remove the folder; done when this returns. Twice does no harm."""
        with self._lock:
            stdin = self._process.stdin
            if stdin and not stdin.closed:
                try:
                    stdin.write(b'{"do": "end"}\n')
                    stdin.close()
                except BrokenPipeError:
                    pass  # it has ended before
            self._process.wait()
            for stream in (self._process.stdout, self._process.stderr):
                if stream:
                    stream.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _order(self, do: str, name: str, **more: Any) -> Any:
        with self._lock:
            self._number += 1
            number = self._number
            order = {"do": do, "name": name, "number": number, **more}
            stdin = self._process.stdin
            try:
                assert stdin
                stdin.write(json.dumps(order).encode() + b"\n")
                stdin.flush()
            except (OSError, ValueError) as error:
                raise ServerStartError(f"The servers in {self.folder} have been ended.") from error
            return self._reply(number)

    def _reply(self, number: int) -> Any:
        """The reply to one order; those to orders that were interrupted are passed over."""
        assert self._process.stdout
        for line in self._process.stdout:
            reply = json.loads(line)
            if reply["number"] != number:
                continue
            if "error" in reply:
                raise ServerStartError(f"A local server could not be run: {reply['error']}.")
            return reply["result"]
        said = self._process.stderr.read().decode(errors="replace") if self._process.stderr else ""
        raise ServerStartError(f"The servers in {self.folder} have been ended.", log=said.strip())


def _folder() -> Path:
    """A name for the folder, short enough for the sockets in it."""
    name = f"wellness-{os.getuid()}-{uuid.uuid4().hex[:12]}"
    for base in (tempfile.gettempdir(), "/tmp"):
        path = Path(base, name)
        if len(os.fsencode(path)) + LONGEST_NAME <= LONGEST_SOCKET_PATH:
            break
    return path
