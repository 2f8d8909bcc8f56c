"""The relay behind `wellness.lesson.relay`: passes bytes on, and can be made to fail at it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from typing import Any, Literal

from wellness.topologies.ports import LOOPBACK, Port

Fault = Literal["none", "dead", "silent", "slow", "torn"]
CHUNK = 1 << 16
PATIENCE_S = 10.0  # for the loop's thread to do as told: it needs microseconds


class Relay:
    """Listens on a port of loopback and passes on what comes, in a thread of its own.

    Attributes:
        port: where it listens, or did until it was made dead.
        fault: what is wrong with it; "torn" is over with the next reply.
    """

    def __init__(self, options: Mapping[str, Any], delay_s: float) -> None:
        """`options` are those of a connection to the Redis behind it."""
        self._path, self._host = options.get("path"), options.get("host")
        self._target = options.get("port")
        self._delay_s = delay_s
        self._reserved = Port()
        self.port = self._reserved.number
        self.fault: Fault = "none"
        self._connections: set[asyncio.Task[Any]] = set()
        self._server: asyncio.Server | None = None
        self._ready = threading.Event()
        self._failed: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="relay", daemon=True)

    def start(self) -> None:
        """Begin; it listens when this returns."""
        self._thread.start()
        self._ready.wait()
        if self._failed:
            self._thread.join()
            raise self._failed

    def stop(self) -> None:
        """End it with all its connections; done when this returns."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._done.set)
            self._thread.join()
        self._reserved.close()

    def turn(self, fault: Fault, delay_s: float = 0.0) -> None:
        """Have this fault from now on and no other; returns when it is so.

        Args:
            fault: "dead": nobody listens, connections break. "silent": requests arrive, replies
                are held back. "slow": see `delay_s`. "torn": of the next reply only the first
                half arrives, then its connection breaks, and all is well.
            delay_s: seconds by which each request comes later.
        """
        asyncio.run_coroutine_threadsafe(self._turn(fault, delay_s), self._loop).result(PATIENCE_S)

    async def _turn(self, fault: Fault, delay_s: float) -> None:
        self.fault, self._delay_s = fault, delay_s
        if fault == "silent":
            self._may_reply.clear()
        else:
            self._may_reply.set()
        if fault == "dead":
            await self._hang_up()
        elif self._server is None:
            await self._listen()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._connect, LOOPBACK, self.port)

    async def _hang_up(self) -> None:
        if self._server:
            self._server.close()
            self._server = None
        for task in self._connections:
            task.cancel()
        while self._connections:
            await asyncio.sleep(0)

    def _run(self) -> None:
        with asyncio.Runner() as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        self._loop, self._done = asyncio.get_running_loop(), asyncio.Event()
        self._may_reply = asyncio.Event()
        self._may_reply.set()
        try:
            await self._listen()
        except OSError as error:
            self._failed = error
            return
        finally:
            self._ready.set()
        await self._done.wait()
        if self._server:
            self._server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)
        sides = [writer]
        with suppress(asyncio.CancelledError, OSError):  # as if nobody listened here either
            if self._path:
                upstream = await asyncio.open_unix_connection(self._path)
            else:
                upstream = await asyncio.open_connection(self._host, self._target)
            sides.append(upstream[1])
            await self._both(
                self._pump(reader, upstream[1], replies=False),
                self._pump(upstream[0], writer, replies=True),
            )
        for side in sides:
            side.close()

    async def _both(self, *pumps: Coroutine[Any, Any, None]) -> None:
        """Run both until they end; when one fails, the other has nothing left to do."""
        tasks = [asyncio.ensure_future(pump) for pump in pumps]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()

    async def _pump(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, replies: bool
    ) -> None:
        """Pass on what arrives, each piece later by the delay: a long way, not a slow one."""
        underway: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        clock = asyncio.get_running_loop().time

        async def receive() -> None:
            data = b"start"
            while data:
                data = await source.read(CHUNK)
                await underway.put((clock() + (0 if replies else self._delay_s), data))

        receiving = asyncio.create_task(receive())
        try:
            while True:
                due, data = await underway.get()
                if (wait := due - clock()) > 0:
                    await asyncio.sleep(wait)
                if not data:
                    break
                if replies:
                    await self._may_reply.wait()
                torn = replies and self.fault == "torn"
                sink.write(data[: len(data) // 2] if torn else data)
                await sink.drain()
                if torn:
                    self.fault = "none"
                    break
        finally:
            receiving.cancel()
        sink.close()
