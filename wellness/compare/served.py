"""What engines with a server of their own share: a folder, a keeper process, kill and restart."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress

import psutil  # type: ignore[import-untyped]

from wellness import locks
from wellness.compare.housed import Housed
from wellness.compare.packages import EngineProblem
from wellness.compare.protocols import Durability
from wellness.compare.workplace import size
from wellness.embedded.data_folder import DataFolder
from wellness.embedded.share import Share
from wellness.settings import Settings

GONE_S = 20.0  # seconds until a killed server and its children must be gone; measured: 0.1


class Served(Housed):
    """A server in a temporary folder, stopped and removed at `close`, and if we are killed.

    Args:
        name: in the table of engines.
        durability: the class that it is started in.
        settings: how long to wait for a start.
        dimensions: of its vectors.
        ttl_s: seconds a conversation lives.
    """

    def __init__(
        self, name: str, durability: Durability, settings: Settings, dimensions: int, ttl_s: float
    ) -> None:
        super().__init__(name, durability, dimensions, ttl_s)
        self._settings = settings
        self._share: Share | None = None
        try:
            self.prepare()
            self._share = self.launch()
        except BaseException:
            self.close()
            raise

    def prepare(self) -> None:
        """What comes before the first start."""

    def launch(self) -> Share:
        """Start the server."""
        raise NotImplementedError

    @property
    def folder(self) -> DataFolder:
        """The server's files."""
        return DataFolder(self._workplace.path / "server")

    @property
    def share(self) -> Share:
        """Our share in the running server."""
        assert self._share, "the engine is closed"
        return self._share

    @property
    def pids(self) -> list[int]:
        """The server and its children."""
        with suppress(psutil.NoSuchProcess):
            server = psutil.Process(self.share.pid)
            return [server.pid, *(child.pid for child in server.children(recursive=True))]
        return []

    def kill(self) -> None:
        """See `Engine.kill`; returns when all of it is gone."""
        os.kill(self.share.pid, signal.SIGKILL)
        self._disconnect()
        self._await_end()

    def _await_end(self) -> None:
        share, self._share = self._share, None
        if share:
            share.close()
        deadline = time.monotonic() + GONE_S
        while self.folder.is_served():
            if time.monotonic() > deadline:
                raise EngineProblem(f"The server of {self.name} does not end.")
            time.sleep(locks.POLL_S)

    def restart(self) -> None:
        """See `Engine.restart`."""
        self._share = self.launch()

    def disk_bytes(self) -> int:
        """See `Engine.disk_bytes`."""
        return size(self.folder.path)

    def close(self) -> None:
        """See `Engine.close`."""
        self._disconnect()
        if self._share and not self._share.closed:
            with suppress(ProcessLookupError):  # nothing is kept, so nothing need be flushed
                os.kill(self._share.pid, signal.SIGQUIT)
            self._await_end()
        super().close()
