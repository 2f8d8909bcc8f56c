"""Where the model server is: what it writes when it is ready, and how it is recognised there."""

from __future__ import annotations

import http.client
from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"
PID_HEADER = "X-Wellness-Pid"  # tells this server from another one on a reused port
LOOK_S = 1.0  # a server that is slower to say its version is busy, and is asked again


@dataclass(frozen=True)
class Address:
    """The port of a server, and its process id.

    >>> Address(port=40123, pid=7).url
    'http://127.0.0.1:40123'
    """

    port: int
    pid: int

    @property
    def url(self) -> str:
        """For `ollama.Client(host=...)`."""
        return f"http://{HOST}:{self.port}"

    @classmethod
    def read(cls, path: Path) -> Address | None:
        """The address in a file; None if there is none yet, or none that can be read."""
        try:
            port, pid = path.read_text("ascii").split()
            return cls(int(port), int(pid))
        except (OSError, ValueError):
            return None

    def write(self, path: Path) -> None:
        """Put it into a file, at once or not at all."""
        draft = path.with_suffix(f".{self.pid}")
        draft.write_text(f"{self.port} {self.pid}", "ascii")
        draft.replace(path)

    def answers(self) -> bool:
        """Whether a server is there, and is the one that wrote this."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=LOOK_S)
        try:
            connection.request("GET", "/api/version")
            return connection.getresponse().getheader(PID_HEADER) == str(self.pid)
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
