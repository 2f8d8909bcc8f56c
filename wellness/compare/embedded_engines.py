"""The engines that live in the caller's process: SQLite, Chroma, and plain Python."""

from __future__ import annotations

from collections.abc import Mapping

from wellness.compare import packages
from wellness.compare.chroma import GRAPH, ChromaAdapter
from wellness.compare.housed import Housed
from wellness.compare.in_process import InProcess
from wellness.compare.protocols import Adapter, CannotDo, Clock, Durability
from wellness.compare.sqlite import SYNCHRONOUS, SqliteAdapter
from wellness.compare.workplace import size
from wellness.settings import Settings

SQLITE, CHROMA, DICT = "SQLite", "Chroma", "Python dict"


class _Embedded(Housed):
    """A folder, and connections that are all in this process."""

    def __init__(
        self, name: str, durability: Durability, settings: Settings, dimensions: int, ttl_s: float
    ) -> None:
        self._check(durability)
        super().__init__(name, durability, dimensions, ttl_s)

    def _check(self, durability: Durability) -> None:
        """Refuse what this engine cannot do, before anything is made."""

    @property
    def address(self) -> str:
        """Where its files are."""
        return str(self._workplace.path / "data")

    @property
    def pids(self) -> list[int]:
        """None: it is a part of the caller."""
        return []

    def kill(self) -> None:
        """Not offered: see `wellness.compare.crash` for a process that can be killed."""
        raise CannotDo(self.name, "a kill of its own", "it lives in the caller's process")

    def restart(self) -> None:
        """Nothing to do: the next connection opens the files."""

    def disk_bytes(self) -> int:
        """See `Engine.disk_bytes`."""
        return size(self._workplace.path)


class SqliteEngine(_Embedded):
    """SQLite with the sqlite-vec extension."""

    def _check(self, durability: Durability) -> None:
        packages.load("sqlite_vec")

    def connect(self, clock: Clock) -> Adapter:
        """See `Engine.connect`."""
        return self.opened(SqliteAdapter, clock)

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

    def _check(self, durability: Durability) -> None:
        packages.load("chromadb")
        if durability is not Durability.ALWAYS:
            raise CannotDo(CHROMA, f"'{durability}'", "it syncs its files at every write")

    def connect(self, clock: Clock) -> Adapter:
        """See `Engine.connect`."""
        return self.opened(ChromaAdapter, clock)

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

    def _check(self, durability: Durability) -> None:
        if durability is not Durability.NONE:
            raise CannotDo(DICT, f"'{durability}'", "it writes nothing to a disk")

    def connect(self, clock: Clock) -> Adapter:
        """See `Engine.connect`."""
        return self.opened(InProcess, clock)

    @property
    def version(self) -> str:
        """Of numpy."""
        return f"numpy {packages.version_of('numpy')}"

    @property
    def settings(self) -> Mapping[str, str]:
        """Where it is kept."""
        return {"kept": "in this process only", "transport": "a call"}
