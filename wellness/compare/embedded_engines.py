"""The engines that live in the caller's process: SQLite, Chroma, and plain Python."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Self

from wellness.compare import packages
from wellness.compare.chroma import GRAPH, ChromaAdapter
from wellness.compare.in_process import InProcess
from wellness.compare.protocols import Adapter, CannotDo, Clock, Durability, Place
from wellness.compare.sqlite import SYNCHRONOUS, SqliteAdapter
from wellness.compare.workplace import Workplace, count, size
from wellness.settings import Settings

SQLITE, CHROMA, DICT = "SQLite", "Chroma", "Python dict"


class _Embedded:
    """A folder, and connections that are all in this process."""

    def __init__(
        self, name: str, durability: Durability, settings: Settings, dimensions: int, ttl_s: float
    ) -> None:
        self.name, self.durability = name, durability
        self._check()
        self._dimensions, self._ttl_s = dimensions, ttl_s
        self._workplace = Workplace()
        self._connections: list[Adapter] = []

    def _check(self) -> None:
        """Refuse what this engine cannot do."""

    @property
    def place(self) -> Place:
        """See `Engine.place`."""
        address = str(self._workplace.path / "data")
        return Place(self.name, address, self.durability, self._dimensions, self._ttl_s)

    @property
    def pids(self) -> list[int]:
        """None: it is a part of the caller."""
        return []

    def _opened(self, adapter: Adapter) -> Adapter:
        self._connections.append(adapter)
        return adapter

    def kill(self) -> None:
        """Not offered: see `wellness.compare.crash` for a process that can be killed."""
        raise CannotDo(self.name, "a kill of its own", "it lives in the caller's process")

    def restart(self) -> None:
        """Nothing to do: the next connection opens the files."""

    def disk_bytes(self) -> int:
        """See `Engine.disk_bytes`."""
        return size(self._workplace.path)

    def files(self) -> int:
        """See `Engine.files`."""
        return count(self._workplace.path)

    def close(self) -> None:
        """See `Engine.close`."""
        while self._connections:
            with suppress(Exception):  # closed before
                self._connections.pop().close()
        self._workplace.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{self.name}, {self.durability}>"


class SqliteEngine(_Embedded):
    """SQLite with the sqlite-vec extension."""

    def _check(self) -> None:
        packages.load("sqlite_vec")

    def connect(self, clock: Clock) -> Adapter:
        """See `Engine.connect`."""
        return self._opened(SqliteAdapter(self.place, clock))

    @property
    def version(self) -> str:
        """Of SQLite and of the extension."""
        library = packages.load("apsw").sqlite_lib_version()
        return f"{library}, sqlite-vec {packages.version_of('sqlite-vec')}"

    @property
    def settings(self) -> Mapping[str, str]:
        """What decides about durability."""
        told = {"journal_mode": "WAL", "synchronous": SYNCHRONOUS[self.durability]}
        if self.durability is Durability.SECOND:
            told["checkpoint"] = "every second, by a thread of ours"
        return told | {"vectors": "exact, partitioned by owner", "transport": "in process"}


class ChromaEngine(_Embedded):
    """Chroma's persistent client. It syncs its files at each write, and cannot be told not to."""

    def _check(self) -> None:
        packages.load("chromadb")
        if self.durability is not Durability.ALWAYS:
            raise CannotDo(CHROMA, f"'{self.durability}'", "it syncs its files at every write")

    def connect(self, clock: Clock) -> Adapter:
        """See `Engine.connect`."""
        return self._opened(ChromaAdapter(self.place, clock))

    @property
    def version(self) -> str:
        """Of the package."""
        return packages.version_of("chromadb")

    @property
    def settings(self) -> Mapping[str, str]:
        """Of its graph; of durability there are none."""
        return {**{name: str(value) for name, value in GRAPH.items()}, "transport": "in process"}


class DictEngine(_Embedded):
    """Dictionaries and numpy; one adapter, since another would share nothing with it."""

    def _check(self) -> None:
        if self.durability is not Durability.NONE:
            raise CannotDo(DICT, f"'{self.durability}'", "it writes nothing to a disk")

    def connect(self, clock: Clock) -> Adapter:
        """See `Engine.connect`."""
        return self._opened(InProcess(self.place, clock))

    @property
    def version(self) -> str:
        """Of numpy."""
        return f"numpy {packages.version_of('numpy')}"

    @property
    def settings(self) -> Mapping[str, str]:
        """Where it is kept."""
        return {"kept": "in this process only", "transport": "a call"}
