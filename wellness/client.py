"""The one way to Redis: a redis-py client with limits, timeouts, a circuit breaker and observers.

`connect(settings)` gives a `redis.Redis`, so whatever is built on one (JSON, Search, locks,
scripts, RedisVL, LangGraph's checkpointer) takes it as it is. Each command and each pipeline
passes one `wellness.link.guard.Guard`. Not guarded are pub/sub, MONITOR, and the pipelines of
`ft().pipeline()` and `json().pipeline()`, which redis-py builds from the bare pool: use
`client.pipeline()`, whose `ft()` and `json()` queue the same commands.

A blocking command (BLPOP, XREAD BLOCK) must wait for less than `socket_timeout_s`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import redis
from redis.client import Pipeline

from wellness.errors import SearchModuleMissing, WellnessError
from wellness.link.breaker import State
from wellness.link.cache_statistics import EMBEDDING_COUNTS, CacheStatistics
from wellness.link.guard import (
    CircuitOpen,
    ConnectionFailed,
    Guard,
    NoAnswer,
    Observer,
    command_name,
)
from wellness.link.homes import for_shards, for_user, index_tag
from wellness.link.pool import PoolExhausted, open_pool, read_target
from wellness.link.refusals import RefusedFull, RefusedReadOnly, RefusedUnsafe, StillLoading
from wellness.link.watching import Watcher, tell_embeddings, tell_search
from wellness.settings import Settings

__all__ = [
    "EMBEDDING_COUNTS",
    "CacheStatistics",
    "CircuitOpen",
    "Client",
    "ConnectionFailed",
    "Guard",
    "GuardedPipeline",
    "Health",
    "NoAnswer",
    "Observer",
    "PoolExhausted",
    "RefusedFull",
    "RefusedReadOnly",
    "RefusedUnsafe",
    "StillLoading",
    "Watcher",
    "connect",
    "for_shards",
    "for_user",
    "health",
    "index_tag",
    "require_search",
    "tell_embeddings",
    "tell_search",
]


class Client(redis.Redis):
    """A `redis.Redis` whose commands and pipelines pass a guard; made by `connect`."""

    def __init__(self, connection_pool: redis.ConnectionPool, guard: Guard, **options: Any) -> None:
        self.guard = guard
        self._on_close: Callable[[], None] | None = None
        super().__init__(connection_pool=connection_pool, **options)

    def own(self, on_close: Callable[[], None] | None) -> None:
        """Make `close` close the pool too, and then call `on_close` once."""
        self.auto_close_connection_pool = True
        self._on_close = on_close

    def close(self) -> None:
        """Give the connections back, and the embedded server if this client started to use it."""
        super().close()
        on_close, self._on_close = self._on_close, None
        if on_close:
            on_close()

    def execute_command(self, *args: Any, **options: Any) -> Any:
        """Send one command through the guard; see `Guard.run` for what it raises."""
        return self.guard.run(
            command_name(args), (args,), super().execute_command, *args, **options
        )

    def pipeline(self, transaction: bool = True, shard_hint: Any = None) -> GuardedPipeline:
        """A pipeline whose `execute`, WATCH and immediate commands pass the guard."""
        return GuardedPipeline(self, transaction, shard_hint)

    def client(self) -> Client:
        """A client with one connection of its own, behind the same guard."""
        return Client(self.connection_pool, self.guard, single_connection_client=True)

    def __repr__(self) -> str:
        return f"<Client of {self.guard.endpoint}, circuit {self.guard.breaker.state}>"


class GuardedPipeline(Pipeline):
    """A pipeline that passes its client's guard once per round trip."""

    def __init__(self, client: Client, transaction: bool, shard_hint: Any) -> None:
        self.guard = client.guard
        self._atomic = transaction  # redis-py's own attribute is typed as the method it hides
        super().__init__(client.connection_pool, client.response_callbacks, transaction, shard_hint)

    def immediate_execute_command(self, *args: Any, **options: Any) -> Any:
        """Send a command between WATCH and MULTI."""
        return self.guard.run(
            command_name(args), (args,), super().immediate_execute_command, *args, **options
        )

    def execute(self, raise_on_error: bool = True) -> list[Any]:
        """Send what was queued; see `Guard.run` for what it raises."""
        if not self.command_stack and not self.watching:
            return []
        if self.scripts:  # round trips of their own, which must not run inside this one
            self.load_scripts()  # type: ignore[no-untyped-call]
            self.scripts = set()
        name = "MULTI" if self._atomic or self.explicit_transaction else "PIPELINE"
        commands = [args for args, _ in self.command_stack]
        return self.guard.run(name, commands, super().execute, raise_on_error)


class Lease(Protocol):
    """A share in a running server, given back with `close`."""

    @property
    def url(self) -> str:
        """Where the server listens."""

    def close(self) -> None:
        """Give it back."""


def connect(
    settings: Settings,
    *,
    observer: Observer | None = None,
    clock: Callable[[], float] = time.monotonic,
    server_start: Callable[[Settings], Lease] | None = None,
) -> Client:
    """A client of `settings.redis_url`, or else of the embedded server, which it keeps running.

    Opens no connection to `redis_url` before the first command. More observers can be added
    with `client.guard.add`. Behind Sentinels and on a Cluster it is that of `settings.user` and
    goes where the data goes: `wellness.link.follower`.

    Args:
        clock: monotonic seconds, for the breaker and for durations.
        server_start: starts or joins a server; by default `wellness.server.start`.

    Raises:
        SettingsError: REDIS_URL cannot be used.
        ServerError, BootstrapError: there is no REDIS_URL and the embedded server cannot start.
    """
    if settings.redis_url:
        lease, url = None, settings.redis_url
    else:
        lease = (server_start or _embedded)(settings)
        url = lease.url
    if found := read_target(url):
        from wellness.link.follower import open_follower  # it is made of what is in this module

        client: Client = open_follower(found, settings, clock, settings.user)
    else:
        pool = open_pool(url, settings)
        client = Client(pool, Guard(pool, settings, clock))
        client.own(lease.close if lease else None)
    if observer:
        client.guard.add(observer)
    return client


def _embedded(settings: Settings) -> Lease:
    from wellness import server  # not needed, and not everywhere possible, with a REDIS_URL

    return server.start(settings)


def require_search(client: Client) -> None:
    """Make sure that the server has the Search commands.

    Raises:
        SearchModuleMissing: it has not.
    """
    (found,) = client.execute_command("COMMAND INFO", "FT.SEARCH")
    if not found:
        raise SearchModuleMissing(f"Redis at {client.guard.endpoint} has no FT.SEARCH command.")


@dataclass(frozen=True, slots=True)
class Health:
    """What a Redis says about itself; empty where it did not say. `problem` is empty when ok."""

    endpoint: str
    ok: bool
    circuit: State
    problem: str = ""
    round_trip_s: float | None = None
    version: str = ""
    modules: dict[str, int] = field(default_factory=dict)  # name to version, as MODULE LIST has it
    persistence: str = ""  # for instance "AOF everysec, RDB off"
    used_memory_bytes: int | None = None
    maxmemory_policy: str = ""


def health(client: Client) -> Health:
    """Ask a Redis how it is; never raises because of its answer or its silence."""
    guard = client.guard
    try:
        begun = guard.clock()
        client.ping()
        round_trip_s = guard.clock() - begun
        info: dict[str, Any] = client.info()
    except redis.RedisError as error:
        problem = error.message if isinstance(error, WellnessError) else str(error)
        return Health(guard.endpoint, False, guard.breaker.state, problem)
    return Health(
        guard.endpoint,
        True,
        guard.breaker.state,
        round_trip_s=round_trip_s,
        version=info.get("redis_version", ""),
        modules={module["name"]: module["ver"] for module in info.get("modules", ())},
        persistence=_persistence(client, bool(info.get("aof_enabled"))),
        used_memory_bytes=info.get("used_memory"),
        maxmemory_policy=info.get("maxmemory_policy", ""),
    )


def _persistence(client: Client, aof: bool) -> str:
    try:
        config: dict[str, str] = client.config_get("appendfsync", "save")  # type: ignore[assignment]
    except redis.RedisError:  # hosted services refuse CONFIG
        config = {}
    return ", ".join(
        (
            f"AOF {config.get('appendfsync', 'on')}" if aof else "AOF off",
            "RDB unknown" if "save" not in config else f"RDB {config['save'] or 'off'}",
        )
    )
