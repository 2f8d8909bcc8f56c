"""A way to Redis that is as long as you like: TCP on loopback, with an added round-trip time.

The embedded server listens on a Unix socket only. Through a relay the same server can be reached
over TCP, and the distance of a network can be added, which is what pipelines are for.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from typing import Any
from urllib.parse import quote

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from wellness.client import Client, connect
from wellness.settings import Settings

CHUNK = 1 << 16
LOOPBACK = "127.0.0.1"


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

    Attributes:
        client: the kit's own client, at its end.
    """

    def __init__(self, client: Client, relay: _Relay) -> None:
        self.client, self._relay = client, relay

    def cut(self) -> None:
        """Break all connections, and accept no new one."""
        self._relay.cut(True)

    def mend(self) -> None:
        """Accept connections again; the client's circuit breaker finds out by itself."""
        self._relay.cut(False)


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
            yield Line(near, relay)


@contextmanager
def _running(options: Mapping[str, Any], delay_s: float) -> Iterator[_Relay]:
    relay = _Relay(options.get("path"), options.get("host"), options.get("port"), delay_s)
    thread = threading.Thread(target=relay.run, daemon=True)
    thread.start()
    try:
        relay.ready.wait()
        yield relay
    finally:
        relay.stop()
        thread.join()


class _Relay:
    def __init__(
        self, path: str | None, host: str | None, port: int | None, delay_s: float
    ) -> None:
        self._path, self._host, self._target, self._delay_s = path, host, port, delay_s
        self.ready = threading.Event()
        self.port, self._is_cut = 0, False
        self._connections: set[asyncio.Task[Any]] = set()

    def run(self) -> None:
        asyncio.run(self._serve())

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._done.set)

    def cut(self, is_cut: bool) -> None:
        """Whether nobody gets through; returns when it is so."""
        done = threading.Event()

        def change() -> None:
            self._is_cut = is_cut
            for task in self._connections if is_cut else ():
                task.cancel()
            done.set()

        self._loop.call_soon_threadsafe(change)
        done.wait()

    async def _serve(self) -> None:
        self._loop, self._done = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._connect, LOOPBACK, 0)
        self.port = server.sockets[0].getsockname()[1]
        self.ready.set()
        await self._done.wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            writer.close()
            return
        task = asyncio.current_task()
        assert task
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)
        try:
            if self._path:
                upstream = await asyncio.open_unix_connection(self._path)
            else:
                upstream = await asyncio.open_connection(self._host, self._target)
        except OSError:  # as if nobody listened here either
            writer.close()
            return
        with suppress(asyncio.CancelledError, ConnectionError):
            await asyncio.gather(
                self._pump(reader, upstream[1], self._delay_s), self._pump(upstream[0], writer, 0)
            )
        for side in (writer, upstream[1]):
            side.close()

    async def _pump(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, delay_s: float
    ) -> None:
        """Pass on what arrives, each piece `delay_s` after it came: a long way, not a slow one."""
        underway: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        clock = asyncio.get_running_loop().time

        async def receive() -> None:
            data = b"start"
            while data:
                data = await source.read(CHUNK)
                await underway.put((clock() + delay_s, data))

        receiving = asyncio.create_task(receive())
        try:
            while True:
                due, data = await underway.get()
                if (wait := due - clock()) > 0:
                    await asyncio.sleep(wait)
                if not data:
                    break
                sink.write(data)
                await sink.drain()
        finally:
            receiving.cancel()
        sink.close()
