"""A way to Redis that is as long or as bad as you like: TCP on loopback, with faults on demand.

The embedded server listens on a Unix socket only. Through a relay the same server can be reached
over TCP, the distance of a network can be added, which is what pipelines are for, and the way can
be cut, fall silent or get slow, while the server and whoever else uses it notice nothing:

    with line(client, settings) as way:
        way.silence()
        way.client.get(key)     # NoAnswer, after one timeout
        way.mend()
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import quote

import redis
from redis.backoff import NoBackoff
from redis.connection import parse_url
from redis.retry import Retry

from wellness.client import Client, connect
from wellness.lesson.relay_server import CHUNK, Fault, Relay
from wellness.settings import Settings
from wellness.topologies.ports import LOOPBACK

__all__ = ["CHUNK", "Fault", "Line", "line", "through"]


@contextmanager
def through(client: redis.Redis, *, round_trip_s: float = 0.0) -> Iterator[redis.Redis]:
    """A client of the same Redis as `client`, over TCP, each request `round_trip_s` later.

    Args:
        client: connected through a Unix socket or TCP.
        round_trip_s: seconds added between a request and its delivery; replies are not delayed.
    """
    options = client.connection_pool.connection_kwargs
    with _running(options, round_trip_s) as relay:
        same: dict[str, Any] = {name: options.get(name) for name in ("username", "password")}
        near = redis.Redis(
            port=relay.port, db=options.get("db", 0), retry=Retry(NoBackoff(), 0), **same
        )
        with closing(near):
            yield near


class Line:
    """A way to Redis that can be cut and mended; see `line`.

    Each fault lasts until the next one or until `mend`.

    Attributes:
        client: the kit's own client, at its end.
        settings: whose `redis_url` leads over this line.
    """

    def __init__(self, client: Client, relay: Relay, settings: Settings) -> None:
        self.client, self.settings, self._relay = client, settings, relay

    @property
    def fault(self) -> Fault:
        """What is wrong with it."""
        return self._relay.fault

    def cut(self) -> None:
        """A dead port: all connections break, and a new one is refused."""
        self._relay.turn("dead")

    def silence(self) -> None:
        """Requests are accepted and carried out, and nothing comes back."""
        self._relay.turn("silent")

    def slow(self, seconds: float) -> None:
        """Each request arrives this many seconds later; the reply comes at once."""
        self._relay.turn("slow", seconds)

    def tear(self) -> None:
        """The next reply breaks off in the middle, with its connection; then all is well."""
        self._relay.turn("torn")

    def break_(self, fault: Fault, seconds: float = 0.0) -> None:
        """The fault of that name; `seconds` is how slow "slow" is."""
        self._relay.turn(fault, seconds)

    def mend(self) -> None:
        """All is well again; the client's circuit breaker finds out by itself."""
        self._relay.turn("none")

    def plain_client(self) -> redis.Redis:
        """redis-py's own client over this line, with all of its defaults; close it.

        Not by `from_url`, which leaves out the retries that `Redis()` has by default.
        """
        there: dict[str, Any] = parse_url(self.settings.redis_url)  # type: ignore[no-untyped-call]
        return redis.Redis(**there)

    def brisk_client(self) -> redis.Redis:
        """redis-py's own client with the kit's timeouts, no retries, and no breaker; close it."""
        return redis.Redis.from_url(
            self.settings.redis_url or "",
            socket_timeout=self.settings.socket_timeout_s,
            socket_connect_timeout=self.settings.connect_timeout_s,
            retry=Retry(NoBackoff(), 0),
        )

    def __repr__(self) -> str:
        return f"<Line to {self.client.guard.endpoint}, fault: {self.fault}>"


@contextmanager
def line(client: redis.Redis, settings: Settings) -> Iterator[Line]:
    """The same Redis through the kit's own client, over a line that can be cut.

    Nothing happens to the server, which others may be using.

    Args:
        client: connected through a Unix socket or TCP.
        settings: of the client at the end of the line: timeouts and circuit breaker.
    """
    options = client.connection_pool.connection_kwargs
    with _running(options, 0.0) as relay:
        who = ":".join(quote(options.get(name) or "", "") for name in ("username", "password"))
        url = f"redis://{who}@{LOOPBACK}:{relay.port}/{options.get('db', 0)}"
        there = settings.model_copy(update={"redis_url": url.replace("//:@", "//")})
        with connect(there) as near:
            yield Line(near, relay, there)


@contextmanager
def _running(options: Mapping[str, Any], delay_s: float) -> Iterator[Relay]:
    relay = Relay(options, delay_s)
    try:
        relay.start()
        yield relay
    finally:
        relay.stop()
