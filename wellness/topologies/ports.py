"""Free ports of loopback, kept for a server that may start later, or start again."""

from __future__ import annotations

import socket
import sys

LOOPBACK = "127.0.0.1"


class Port:
    """A port that nobody else is given as long as this object lives.

    It is bound and not listened on. Linux lets a server that sets SO_REUSEADDR, as Redis does,
    bind it too, and gives it to nobody who asks for any free port. Elsewhere it is only chosen,
    and a server that comes too late for it must try another; see
    `wellness.topologies.local_server`.

    >>> with Port() as one, Port() as other:
    ...     one.number != other.number
    True
    """

    def __init__(self) -> None:
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind((LOOPBACK, 0))
        self.number = int(self._socket.getsockname()[1])
        if sys.platform != "linux":
            self._socket.close()

    def close(self) -> None:
        """Let others have it."""
        self._socket.close()

    def __enter__(self) -> Port:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Port({self.number})"
