"""What each kind of embedded server has of its own."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from wellness.embedded.data_folder import DataFolder, ServerState


@dataclass(frozen=True)
class Look:
    """What a server shows: it answers, still loads, is silent, or says something else."""

    state: Literal["ready", "loading", "silent", "refuses"]
    reply: str = ""
    loaded: tuple[int, int] = (0, 0)  # bytes done and in all


class Service(Protocol):
    """What one kind of server has of its own."""

    @property
    def name(self) -> str:
        """For messages: "embedded Redis"."""

    def command(self, address: Path) -> list[str]:
        """What to run, in the data folder; `address` is a path that only this user can reach."""

    def look(self, address: Path) -> Look:
        """How the server at an address is; never raises and never waits for long."""

    def end(self, address: Path) -> None:
        """Ask a server that has lost its keeper to end."""

    def remedy(self, folder: DataFolder, log: str) -> str | None:
        """What to do when it did not start, if the end of its log tells."""


def end(folder: DataFolder, state: ServerState, service: Service) -> None:
    """Ask for a clean end: the keeper if it lives, else the server it has left behind."""
    if folder.is_kept():
        with suppress(ProcessLookupError):
            os.kill(state.keeper, signal.SIGTERM)
    else:
        service.end(state.socket)


def full_disk(folder: DataFolder) -> str:
    """The remedy when there is no room."""
    return f"The disk of {folder.path} is full: make room on it."
