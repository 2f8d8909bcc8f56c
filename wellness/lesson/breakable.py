"""A Redis of one's own to break: full memory, full disk, demoted, dead, or slow to load.

    with breakable(settings) as own:
        own.fill_disk()
        own.client.set(key, 1)      # RefusedUnsafe: no space left on device
        own.free_disk()

Nothing of it is left behind, and no other Redis is touched.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from wellness.bootstrap import RedisBuild, redis_build
from wellness.client import Client, connect
from wellness.embedded.data_folder import ask
from wellness.errors import LessonError
from wellness.settings import Settings
from wellness.topologies.crew import Crew
from wellness.topologies.local_server import LocalServer, data_server, wait_until
from wellness.topologies.ports import LOOPBACK

LIMITED = (
    "/bin/sh",
    "-c",
    'trap "" XFSZ; exec "$0" "$@"',
)  # a write too much is an error, not the end
ROOM = 256  # bytes left of a "full" memory or disk: no turn of a conversation fits
LOAD_DELAY_US = 10  # a key, when loading is made to last; the kernel makes it about sixty
LOAD_LISTENS = 1_024  # bytes read until Redis looks whether anybody asks; by default two million


@dataclass
class Breakable:
    """A server of one's own; see `breakable`.

    Attributes:
        server: to kill, freeze and start again.
        client: the kit's own client of it; it lives as long as the server.
        settings: with the `redis_url` that leads to it.
    """

    server: LocalServer
    client: Client
    settings: Settings
    _build: RedisBuild
    _other: LocalServer | None = field(default=None)

    def fill_memory(self) -> None:
        """maxmemory is what is used now, and nothing may be evicted."""
        used = self._info("memory", "used_memory")
        self.client.config_set("maxmemory-policy", "noeviction")
        self.client.config_set("maxmemory", max(used - ROOM, 1))

    def free_memory(self) -> None:
        """maxmemory is gone."""
        self.client.config_set("maxmemory", 0)

    def fill_disk(self) -> None:
        """Its files may not grow any more, and Redis says "No space left on device".

        The disk itself has room: the limit is that of the process (RLIMIT_FSIZE), set while it
        runs, so no rights and no file system of one's own are needed. For Redis it is the same:
        its write is cut short, as on a full disk.

        Raises:
            LessonError: not on Linux, the one system that lets us limit a running process.
        """
        self._limit_files(self._info("persistence", "aof_current_size") + ROOM)

    def free_disk(self) -> None:
        """There is room again; Redis tries by itself each second."""
        self._limit_files(None)

    def demote(self) -> None:
        """What a failover does: another server takes over, and this one becomes its replica."""
        if self._other is None:
            crew, settings = self.server.crew, self.server.settings
            self._other = LocalServer("other", crew, settings, data_server(self._build, "other"))
            self._other.start()
        with connect(self.settings.model_copy(update={"redis_url": self._other.private_url})) as to:
            to.replicaof(LOOPBACK, self.server.port)
            patience_s = self.server.settings.server_start_s
            wait_until(lambda: _linked(to), "the new primary has the data", patience_s)
            to.replicaof("NO", "ONE")
        self.client.replicaof(LOOPBACK, self._other.port)
        wait_until(lambda: _linked(self.client), "the old primary follows", patience_s)

    def promote(self) -> None:
        """It is a primary again."""
        self.client.replicaof("NO", "ONE")

    def restart_loading(self) -> None:
        """Kill it and start it again; returns while it reads its data, which is made to last.

        Ten thousand keys then take most of a second, as else millions do. Its log is rewritten
        first, since of one that is not Redis reads a thousand commands before it listens.
        """
        idle = "aof_rewrite_in_progress", "aof_rewrite_scheduled"
        patience_s = self.server.settings.server_start_s
        self.client.bgrewriteaof()
        wait_until(
            lambda: not any(self._info("persistence", flag) for flag in idle),
            "its log is rewritten",
            patience_s,
        )
        self.server.kill()
        slowly = (
            *("--key-load-delay", str(LOAD_DELAY_US)),
            *("--loading-process-events-interval-bytes", str(LOAD_LISTENS)),
        )
        arguments = [*self.server.arguments(self.server.port), *slowly]
        self.server.pid = self.server.crew.start(self.server.name, arguments)
        up = ("-LOADING", "+PONG")
        wait_until(
            lambda: ask(self.server.socket, "PING").startswith(up),
            "it says that it is loading",
            patience_s,
        )

    def restart(self) -> float:
        """Start it again after its end, and wait until it answers; seconds that took.

        Raises:
            ServerStartError: it has not ended, or does not answer.
        """
        gone_s = self.server.settings.server_stop_s  # its connections end before its process
        wait_until(lambda: not self.server.running, "the server has ended", gone_s)
        begun = time.perf_counter()
        self.server.restart()
        return time.perf_counter() - begun

    def _limit_files(self, most: int | None) -> None:
        if sys.platform != "linux":
            raise LessonError(
                "A running server's files can be limited on Linux only.",
                hint="Leave this fault out; the others work everywhere.",
            )
        import resource

        unlimited = resource.RLIM_INFINITY
        soft = unlimited if most is None else most
        resource.prlimit(self.server.pid, resource.RLIMIT_FSIZE, (soft, unlimited))

    def _info(self, section: str, name: str) -> int:
        found: dict[str, Any] = self.client.info(section)
        return int(found[name])

    def __repr__(self) -> str:
        return f"<Breakable: {self.server!r}>"


@contextmanager
def breakable(settings: Settings, *more: str) -> Iterator[Breakable]:
    """A Redis for this block only, with the modules and an append-only file.

    Args:
        settings: of its client, and where the build is.
        more: arguments for `redis-server`, for instance "--appendfsync", "always".

    Raises:
        NoEmbeddedServer, BootstrapError: there is no Redis build here.
        ServerStartError: it did not start; has the end of its log.
    """
    build = redis_build(settings)
    with Crew() as crew:
        plain = data_server(build, "own", *more)
        server = LocalServer("own", crew, settings, lambda port: [*LIMITED, *plain(port)])
        server.start()
        here = settings.model_copy(update={"redis_url": server.private_url})
        with connect(here) as client:
            yield Breakable(server, client, here, build)


def _linked(replica: Client) -> bool:
    """Whether a replica has all that its primary has."""
    found: dict[str, Any] = replica.info("replication")
    return (found.get("role"), found.get("master_link_status")) == ("slave", "up")
