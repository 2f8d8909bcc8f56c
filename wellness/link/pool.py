"""The connection pool: from a Redis URL and settings, with limits, timeouts and no retries.

What redis-py 8.1 does for a pooled connection whose server went away (verified by the tests):
each time a connection leaves the pool it is polled, and one that the server has closed is opened
anew before anything is sent. So after a restart of the server no command fails, although retries
are off. A connection that died without a word (a cable, a firewall) is found by the PING that
precedes a command after `health_check_s` idle seconds; that one command fails, and counts.
A command that was cut off in the middle fails too: it may have been carried out, and only the
caller knows whether it can be repeated.
"""

from __future__ import annotations

from contextlib import suppress
from queue import Empty, Full, SimpleQueue
from typing import Any
from urllib.parse import quote, urlsplit

import redis
from redis.backoff import NoBackoff
from redis.connection import SSLConnection, UnixDomainSocketConnection
from redis.retry import Retry

from wellness.errors import SettingsError, WellnessError
from wellness.link.target import Target, target
from wellness.settings import Settings

CLIENT_NAME = "wellness"  # as CLIENT LIST shows it
FORMS = (
    "redis://[[user]:password@]host[:port][/db], rediss://..., unix:///path/to/socket[?db=0], "
    "redis+sentinel://host:port,.../service[/db] or redis+cluster://host:port,..."
)


class PoolExhausted(WellnessError, redis.exceptions.ConnectionError):
    """Every connection is in use. That is our own doing, so it is not `RedisUnavailable`."""

    hint = "Raise WELLNESS_MAX_CONNECTIONS or use fewer threads; pub/sub holds one connection each."

    def __init__(self, connections: int, waited_s: float | None) -> None:
        self.connections, self.waited_s = connections, waited_s
        super().__init__(
            f"All {connections} connections are in use; none came free in {waited_s} s."
        )


class Slots:
    """The pool's last-in, first-out queue, of parts that an interrupt cannot leave locked.

    The locks of `queue.LifoQueue` are Python code, and a KeyboardInterrupt between two of its
    lines can leave one held for ever. Here each step is a single call into C.
    """

    def __init__(self, maxsize: int) -> None:
        self.maxsize = maxsize
        self.queue: list[Any] = []  # the name under which redis-py looks for idle connections
        self._free: SimpleQueue[None] = SimpleQueue()

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        """Take the item that was put last, waiting for one if need be.

        Raises:
            PoolExhausted: none came within `timeout` seconds.
        """
        try:
            self._free.get(block, timeout)
        except Empty:
            raise PoolExhausted(self.maxsize, timeout) from None
        return self.queue.pop()

    def put_nowait(self, item: Any) -> None:
        """Put an item back.

        Raises:
            queue.Full: there are `maxsize` already.
        """
        if len(self.queue) >= self.maxsize:
            raise Full
        self.queue.append(item)
        self._free.put(None)


def open_pool(url: str, settings: Settings) -> redis.BlockingConnectionPool:
    """A pool for a URL; opens no connection yet. Options in the URL's query win over settings.

    Raises:
        SettingsError: the URL cannot be used. The message never repeats the URL, which may
            hold a password.
    """
    try:
        if not url.startswith("unix:"):
            db = urlsplit(url).path.strip("/")
            if db and not db.isdecimal():
                raise ValueError("the database is not a number")
        pool = redis.BlockingConnectionPool.from_url(
            url,
            queue_class=Slots,
            max_connections=settings.max_connections,
            timeout=settings.pool_wait_s,
            socket_timeout=settings.socket_timeout_s,
            socket_connect_timeout=settings.connect_timeout_s,
            health_check_interval=settings.health_check_s,
            client_name=CLIENT_NAME,
            retry=Retry(NoBackoff(), 0),
            **(trust(settings) if url.startswith("rediss:") else {}),
        )
        unconnected = pool.connection_class(**pool.connection_kwargs)  # checks the options
    except (ValueError, TypeError, redis.RedisError):
        raise _unusable("it is not a Redis URL") from None
    if isinstance(unconnected, UnixDomainSocketConnection) and not unconnected.path:
        raise _unusable("it names no socket")
    if pool.connection_kwargs.get("decode_responses"):
        raise _unusable("decode_responses would corrupt vectors, which are bytes")
    return pool


def close_idle(pool: redis.BlockingConnectionPool) -> None:
    """Close the idle connections; each is opened anew when it is next used.

    For after an interrupt. redis-py closes a connection that was interrupted while it sent or
    waited, but between the two, and in a handshake, it returns one that is in no known state.
    """
    idle = []
    with suppress(PoolExhausted):
        while True:
            idle.append(pool.pool.get(block=False))
    for connection in reversed(idle):  # so that the last one used is the next one again
        if connection is not None:
            connection.disconnect()
        pool.pool.put_nowait(connection)


def trust(settings: Settings) -> dict[str, Any]:
    """Options of a TLS connection: who vouches for the server."""
    return {"ssl_ca_certs": str(settings.redis_ca)} if settings.redis_ca else {}


def read_target(url: str) -> Target | None:
    """What a URL of Sentinels or of a Cluster means; None if it is that of one server.

    Raises:
        SettingsError: it cannot be used; the message never repeats it.
    """
    try:
        return target(url)
    except ValueError as error:
        raise _unusable(str(error)) from None


def _unusable(reason: str) -> SettingsError:
    return SettingsError(f"REDIS_URL cannot be used: {reason}.", hint=f"Its forms are {FORMS}.")


def endpoint(pool: redis.ConnectionPool) -> str:
    """Where a pool connects to, as a URL without user and password.

    >>> endpoint(open_pool("redis://ann:secret@db.example/2", Settings()))
    'redis://db.example:6379/2'
    """
    options = pool.connection_kwargs
    db = options.get("db") or 0
    if issubclass(pool.connection_class, UnixDomainSocketConnection):
        return f"unix://{quote(options['path'])}" + (f"?db={db}" if db else "")
    scheme = "rediss" if issubclass(pool.connection_class, SSLConnection) else "redis"
    host = options.get("host", "localhost")
    host = f"[{host}]" if ":" in host else host
    return f"{scheme}://{host}:{options.get('port', 6379)}/{db}"
