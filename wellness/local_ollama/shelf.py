"""Which models the server has, and which of them are in memory.

The embedding model is loaded before the first request, a chat model by its first request. Nothing
is unloaded while there is memory; when it is short for another one, chat models that nobody is
using go, the longest unused first.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from wellness.local_ollama.engine import Engine
from wellness.local_ollama.runner import CONTEXT, SLOTS, Runner, RunnerError, cores
from wellness.models import chat, gguf_header
from wellness.models.chat import ChatModel
from wellness.models.gguf_header import Header
from wellness.settings import Settings

# Bytes in memory for each byte of the file: a part of the weights is laid out a second time, for
# this processor. Measured: 1.2 for 0.5 billion weights, 1.6 for 1.5 billion.
LAID_OUT = 1.7


@dataclass(frozen=True)
class OnDisk:
    """A chat model that can be loaded, with the same names for its facts as an `Engine`."""

    model: ChatModel
    header: Header

    @property
    def name(self) -> str:
        """What clients call it."""
        return self.model.name

    @property
    def path(self) -> Path:
        """The GGUF file."""
        return self.model.path

    @property
    def digest(self) -> str:
        """Changes with the content."""
        return self.model.digest

    @property
    def family(self) -> str:
        """The architecture."""
        return self.header.architecture

    @property
    def parameters(self) -> int:
        """How many weights there are."""
        return self.header.parameters

    @property
    def quantization(self) -> str:
        """How most of them are stored."""
        return self.header.quantization

    @property
    def context(self) -> int:
        """Tokens it has been trained on; it is loaded with `CONTEXT`."""
        return self.header.context

    @property
    def dimensions(self) -> int:
        """Length of the vector of a token."""
        return self.header.dimensions

    @property
    def modified_at(self) -> str:
        """When the file was made, in ISO 8601."""
        return datetime.fromtimestamp(self.path.stat().st_mtime, UTC).isoformat()

    @property
    def memory(self) -> int:
        """Bytes it takes when it is loaded, roughly."""
        cached = self.header.token_bytes * CONTEXT * SLOTS
        return int(self.path.stat().st_size * LAID_OUT) + cached


@dataclass
class _Seat:
    runner: Runner
    model: OnDisk
    users: int = 0
    last: int = 0  # the count of loans when it was last lent


class Shelf:
    """The models by name.

    Args:
        engines: what is loaded for good.
        settings: say where chat models may lie; looked up anew for each request.
        free: bytes of memory that are free, or None if that is not known.
    """

    def __init__(
        self,
        engines: Mapping[str, Engine],
        settings: Settings,
        *,
        free: Callable[[], int | None] | None = None,
    ) -> None:
        self._engines, self._settings = dict(engines), settings
        self._free = free or free_memory
        self._seats: dict[ChatModel, _Seat] = {}
        self._lock, self._loading = threading.Lock(), threading.Lock()
        self._loans = 0

    def all(self) -> list[Engine | OnDisk]:
        """The models that there are at this moment."""
        found = {model.name: model for model in chat.adopted(self._settings)}
        found |= {model.name: model for model in chat.fetched(self._settings)}
        known = ((model, _header(model)) for model in found.values())
        return [
            *self._engines.values(),
            *(OnDisk(model, header) for model, header in known if header),
        ]

    def find(self, name: str) -> Engine | OnDisk | None:
        """A model by its name, which ignores case; no tag means `latest`."""
        full = (name if ":" in name else f"{name}:latest").casefold()
        return next((model for model in self.all() if model.name.casefold() == full), None)

    def loaded(self) -> list[Engine | OnDisk]:
        """The models in memory."""
        with self._lock:
            seats = [seat.model for seat in self._seats.values() if seat.runner.alive()]
        return [*self._engines.values(), *seats]

    @contextmanager
    def lent(self, model: OnDisk) -> Iterator[Runner]:
        """A chat model in memory, loaded if it is not; it stays at least as long as it is lent.

        Raises:
            RunnerError: there is no memory for it, or llama.cpp cannot load it.
        """
        seat = self._taken(model)
        try:
            yield seat.runner
        finally:
            with self._lock:
                seat.users -= 1

    def unload(self, model: OnDisk) -> bool:
        """Free the memory of a chat model that nobody uses; whether it is free now."""
        with self._lock:
            seat = self._seats.get(model.model)
            if seat and seat.users:
                return False
            self._seats.pop(model.model, None)
        if seat:
            seat.runner.close()
        return True

    def _taken(self, model: OnDisk) -> _Seat:
        if seat := self._seated(model):
            return seat
        with self._loading:
            if seat := self._seated(model):  # by whoever held the lock
                return seat
            self._make_room(model)
            seat = _Seat(Runner(model.path, threads=cores()), model)
            with self._lock:
                self._seats[model.model] = seat
            taken = self._seated(model)
            assert taken, "it has just been loaded, and this lock keeps others from unloading it"
            return taken

    def _seated(self, model: OnDisk) -> _Seat | None:
        """The seat of a loaded model, with one user more."""
        with self._lock:
            seat = self._seats.get(model.model)
            if seat and not seat.runner.alive():
                self._seats.pop(model.model)
                seat.runner.close()
                seat = None
            if seat:
                self._loans += 1
                seat.users, seat.last = seat.users + 1, self._loans
            return seat

    def _make_room(self, model: OnDisk) -> None:
        while (free := self._free()) is not None and free < model.memory:
            with self._lock:
                idle = [seat for seat in self._seats.values() if not seat.users]
            if not idle:
                needed, there = (f"{n / 2**30:.1f} GiB" for n in (model.memory, free))
                raise RunnerError(
                    f"model requires more system memory ({needed}) than is available ({there})"
                )
            self.unload(min(idle, key=lambda seat: seat.last).model)


def free_memory() -> int | None:
    """Bytes that programs can still have, caches of files included; None where Linux is not."""
    try:
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
    except OSError:
        return None
    found = dict(line.split(":") for line in lines)
    return int(found["MemAvailable"].split()[0]) * 1024


def _header(model: ChatModel) -> Header | None:
    """The head of a file; None if it is none that is known, or a model that cannot chat."""
    return _read(model.path, model.digest)


@cache
def _read(path: Path, digest: str) -> Header | None:
    try:
        header = gguf_header.read(path)
    except (OSError, ValueError):
        return None
    return None if header.architecture.endswith("bert") else header
