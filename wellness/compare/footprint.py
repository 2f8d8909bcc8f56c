"""(h) Bytes on disk and in memory for the same content, and (i) the parts that run for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from typing import NamedTuple

import psutil  # type: ignore[import-untyped]

from wellness.compare import engines, processes
from wellness.compare.corpus import Corpus, heart_rates, turns
from wellness.compare.protocols import (
    Adapter,
    CannotDo,
    Clock,
    Durability,
    Place,
)
from wellness.compare.results import Setup
from wellness.memory.turns import encode
from wellness.settings import Settings

OWNER = "footprint"
TURNS_EACH = 20  # of a conversation
WAIT_S = 300.0
READING_BYTES = 16  # an instant and a value


class Content(NamedTuple):
    """What every engine is given."""

    corpus: Corpus
    conversations: int
    days: int
    per_day: int

    @property
    def bytes(self) -> int:
        """Of the data themselves: the JSON of turns, texts, vectors, and 16 a reading."""
        said = sum(len(encode(one)) for one in turns(TURNS_EACH)) * self.conversations
        told = sum(len("".join(one).encode()) for one in self.corpus.statements)
        readings = self.days * self.per_day * READING_BYTES
        return said + told + int(self.corpus.vectors.nbytes) + readings

    def load(self, adapter: Adapter) -> bool:
        """Store all of it; False if the engine does not take the readings."""
        said = turns(TURNS_EACH)
        for i in range(self.conversations):
            for one in said:
                adapter.append(OWNER, f"conversation {i}", one)
        adapter.remember(self.corpus.statements, self.corpus.vectors)
        try:
            adapter.record(OWNER, heart_rates(self.days, self.per_day, seed=5))
        except CannotDo:
            return False
        return True


@dataclass(frozen=True)
class Footprint:
    """What an engine takes for some content, and of what it is made.

    Attributes:
        setup: of the engine.
        content_bytes: the data themselves, as far as the engine took them.
        disk_bytes: its files, logs of writes included.
        memory_bytes: how much its processes, or the caller's if it lives there, grew.
        processes: besides the caller's.
        ports: TCP ports that it listens on.
        files: in its folder.
        readings: whether it took the heart rates.
    """

    setup: Setup
    content_bytes: int
    disk_bytes: int
    memory_bytes: int
    processes: int
    ports: int
    files: int
    readings: bool

    def __str__(self) -> str:
        return (
            f"{self.setup.engine}: {self.disk_bytes / self.content_bytes:.2f} bytes on disk and "
            f"{self.memory_bytes / self.content_bytes:.2f} in memory for each byte of data, "
            f"{self.processes} processes, {self.ports} ports, {self.files} files"
        )


def footprint(
    engine: str, durability: Durability, content: Content, *, settings: Settings, clock: Clock
) -> Footprint:
    """Load the content in a process of its own and weigh the engine before and after.

    Raises:
        EngineMissing, CannotDo: as `engines.start`.
        TimeoutError: loading takes too long.
    """
    dimensions = content.corpus.vectors.shape[1]
    with engines.start(engine, durability, settings=settings, dimensions=dimensions) as running:
        context = processes.context()
        ours, theirs = context.Pipe()
        options = (theirs, running.place, clock, settings, content)
        loader = context.Process(target=_load, args=options, daemon=True)
        loader.start()
        theirs.close()
        try:
            _receive(ours)
            weigh = partial(_memory, running.pids, loader.pid)
            before = weigh()
            ours.send("go")
            readings = bool(_receive(ours))
            grown = weigh() - before
            return Footprint(
                Setup(engine, running.version, durability, running.settings),
                content.bytes - (0 if readings else content.days * content.per_day * READING_BYTES),
                running.disk_bytes(), grown, len(running.pids), _ports(running.pids),
                running.files(), readings,
            )  # fmt: skip
        finally:
            loader.kill()
            loader.join()


def footprints(
    classes: Mapping[str, Durability], content: Content, *, settings: Settings, clock: Clock
) -> dict[str, Footprint]:
    """The same for several engines at once, each in the class that is given: nothing is timed."""
    with ThreadPoolExecutor(len(classes)) as pool:
        running = {
            name: pool.submit(
                footprint, name, durability, content, settings=settings, clock=clock
            )
            for name, durability in classes.items()
        }  # fmt: skip
        return {name: one.result() for name, one in running.items()}


def _receive(pipe: Connection) -> object:
    if not pipe.poll(WAIT_S):
        raise TimeoutError("The process that loads the content does not answer.")
    return pipe.recv()


def _load(
    pipe: Connection, place: Place, clock: Clock, settings: Settings, content: Content
) -> None:
    adapter = engines.reach(place, clock, settings)
    pipe.send("ready")
    pipe.recv()
    pipe.send(content.load(adapter))
    with suppress(EOFError):
        pipe.recv()  # stay until we are weighed


def _memory(engine: Sequence[int], loader: int) -> int:
    """Bytes of the engine's processes, or, if it has none, of the one that holds it.

    Pages that an engine's processes share count by their part, where Linux tells. Not so for the
    loader: what it shares, it shares with its siblings, and its part changes when one starts.
    """
    bytes_ = 0
    for pid in engine or [loader]:
        with suppress(psutil.NoSuchProcess):
            told = psutil.Process(pid).memory_full_info()
            bytes_ += int(getattr(told, "pss", told.uss) if engine else told.uss)
    return bytes_


def _ports(pids: Sequence[int]) -> int:
    listening = set()
    for pid in pids:
        with suppress(psutil.Error):
            for one in psutil.Process(pid).net_connections("inet"):
                if one.status == psutil.CONN_LISTEN:
                    listening.add(one.laddr.port)
    return len(listening)
