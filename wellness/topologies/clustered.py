"""A Redis Cluster: three primaries that share the slots, each with a replica that takes over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial

from redis.crc import REDIS_CLUSTER_HASH_SLOTS as SLOTS

from wellness.bootstrap import RedisBuild, redis_build
from wellness.client import Client, connect, for_shards
from wellness.embedded.data_folder import ask
from wellness.errors import ServerStartError
from wellness.keys.indexes import index_tag
from wellness.keys.slots import slot_of, user_slot
from wellness.settings import Settings
from wellness.topologies.crew import Crew
from wellness.topologies.local_server import LocalServer, data_server, wait_until
from wellness.topologies.ports import LOOPBACK, Port

NODE_TIMEOUT_MS = 1_000  # a second of silence is death: loopback answers in microseconds


@dataclass
class Clustered:
    """The nodes of a Cluster.

    Attributes:
        settings: with the `redis_url` that leads to it.
        servers: by name: `shard-0` to `shard-2` were the first primaries, and `shard-0-copy` is
            the replica of `shard-0`.
    """

    settings: Settings
    servers: dict[str, LocalServer]

    def primary_of(self, user: str) -> LocalServer:
        """Which server serves a user now, as the first that answers says."""
        return self.server_of(user_slot(user))

    def server_of(self, slot: int) -> LocalServer:
        """Which server serves a slot now, as the first that answers says.

        Raises:
            LookupError: nobody answers, or the slot is not served.
        """
        for words in self._seen():
            if "master" in words[2] and any(_holds(slot, part) for part in words[8:]):
                return self._at(int(words[1].split("@")[0].rpartition(":")[2]))
        raise LookupError(f"Nobody says who serves the slot {slot}.")

    def replica_of(self, server: LocalServer) -> LocalServer:
        """The replica of a primary.

        Raises:
            LookupError: it has none.
        """
        own = self.node_id(server)
        for words in self._seen():
            if words[3] == own:
                return self._at(int(words[1].split("@")[0].rpartition(":")[2]))
        raise LookupError(f"{server.name} has no replica.")

    def node_id(self, server: LocalServer) -> str:
        """What the Cluster calls a server."""
        return ask(server.socket, "CLUSTER MYID").split()[-1]

    def wait_for_replicas(self) -> None:
        """Wait until each running replica has what its primary has, and all slots are served.

        Raises:
            ServerStartError: it does not happen.
        """
        for server in self.servers.values():
            if server.running:
                ready = partial(_is_ready, server)
                wait_until(ready, f"{server.name} is ready", self.settings.server_start_s)

    def client(self, server: LocalServer) -> Client:
        """A client of one server, to look after it; close it."""
        return connect(self.settings.model_copy(update={"redis_url": server.private_url}))

    def move_slot(
        self, slot: int, to: LocalServer, *, prepare: Callable[[Client], object] | None = None
    ) -> int:
        """Move a slot with all its keys to another primary while both serve; how many keys.

        The keys go in one step, so nobody finds a part of them; readers and writers wait for it.

        A search index does not move. The one of the new shard takes up the documents as they
        come, if it is there: `prepare` is for making it. If an index of the old shard is named
        after this slot, it is dropped, and made again under another name by whoever next uses it.

        Args:
            slot: served by another primary.
            to: the primary that shall serve it.
            prepare: called first, with a client of the new shard.

        Raises:
            redis.RedisError: a node refuses, for instance because `to` is no primary.
        """
        source, target = self.server_of(slot), self.node_id(to)
        with self.client(source) as old, self.client(to) as new, connect(self.settings) as guide:
            if prepare:
                (shard,) = [
                    one for one in for_shards(guide) if one.info("server")["tcp_port"] == to.port
                ]
                prepare(shard)
            for name in map(_text, old.execute_command("FT._LIST")):
                if index_tag(name) and slot_of(name) == slot:
                    old.execute_command("FT.DROPINDEX", name)
            new.execute_command("CLUSTER SETSLOT", slot, "IMPORTING", self.node_id(source))
            old.execute_command("CLUSTER SETSLOT", slot, "MIGRATING", target)
            count = old.execute_command("CLUSTER COUNTKEYSINSLOT", slot)
            if count:
                found = old.execute_command("CLUSTER GETKEYSINSLOT", slot, count)
                timeout_ms = int(self.settings.socket_timeout_s * 1000)
                old.execute_command("MIGRATE", *to.address, "", 0, timeout_ms, "KEYS", *found)
            for node in (new, old):  # the new one first, or nobody would serve it for a moment
                node.execute_command("CLUSTER SETSLOT", slot, "NODE", target)
        return int(count)

    def _seen(self) -> Iterator[list[str]]:
        """The nodes as one of them sees them."""
        for server in self.servers.values():
            if said := ask(server.socket, "CLUSTER NODES"):
                yield from (words for line in said.splitlines() if len(words := line.split()) > 7)
                return

    def _at(self, port: int) -> LocalServer:
        return next(one for one in self.servers.values() if one.port == port)

    def __repr__(self) -> str:
        return f"<Clustered: {len(self.servers)} servers>"


@contextmanager
def clustered(settings: Settings, *, shards: int = 3) -> Iterator[Clustered]:
    """A Redis Cluster, each primary with one replica, until the end of the block.

    Args:
        settings: where the build is, and how long a start may take.
        shards: at least three, or no majority could promote a replica.

    Raises:
        ValueError: fewer than three shards.
        NoEmbeddedServer, BootstrapError: there is no Redis build here.
        ServerStartError: something did not start; has the end of its log.
    """
    if shards < 3:
        raise ValueError(f"A Cluster of {shards} primaries has no majority when one is lost.")
    build = redis_build(settings)
    with ExitStack() as stack:
        crew = stack.enter_context(Crew())
        names = [f"shard-{number}" for number in range(shards)]
        servers = {
            name: LocalServer(name, crew, settings, _node(build, name, stack))
            for name in (*names, *(f"{name}-copy" for name in names))
        }
        for server in servers.values():
            server.start()
        local = Clustered(settings, servers)
        _join(local, names)
        hosts = ",".join(f"{LOOPBACK}:{servers[name].port}" for name in names)
        url = f"redis+cluster://{hosts}"
        local.settings = settings.model_copy(update={"redis_url": url})
        yield local


def _node(build: RedisBuild, name: str, stack: ExitStack) -> Callable[[int], list[str]]:
    bus = stack.enter_context(Port())
    return data_server(
        build,
        name,
        *("--cluster-enabled", "yes", "--cluster-config-file", f"{name}.nodes"),
        *("--cluster-port", str(bus.number), "--cluster-node-timeout", str(NODE_TIMEOUT_MS)),
        *("--cluster-require-full-coverage", "no"),  # a dead shard is its own users' trouble
    )


def _join(local: Clustered, primaries: list[str]) -> None:
    """Give out the slots, let the nodes meet, and make replicas of half of them."""
    wait = partial(wait_until, timeout_s=local.settings.server_start_s)
    servers = local.servers
    for number, name in enumerate(primaries):
        first, end = (SLOTS * at // len(primaries) for at in (number, number + 1))
        _tell(servers[name], f"CLUSTER ADDSLOTSRANGE {first} {end - 1}")
        _tell(servers[name], f"CLUSTER SET-CONFIG-EPOCH {number + 1}")
    first_server = servers[primaries[0]]
    bus = ask(first_server.socket, "CONFIG GET cluster-port").split()[-1]
    for server in servers.values():
        if server is not first_server:
            _tell(server, f"CLUSTER MEET {LOOPBACK} {first_server.port} {bus}")
    known = f"cluster_known_nodes:{len(servers)}"
    for server in servers.values():
        wait(lambda at=server: known in _info(at), "all nodes know each other")  # type: ignore[misc]
    for name in primaries:
        _tell(servers[f"{name}-copy"], f"CLUSTER REPLICATE {local.node_id(servers[name])}")
    local.wait_for_replicas()


def _tell(server: LocalServer, command: str) -> None:
    reply = ask(server.socket, command)
    if not reply.startswith("+OK"):
        raise ServerStartError(f"{server.name} answers {reply!r} to {command}.")


def _info(server: LocalServer) -> str:
    return ask(server.socket, "CLUSTER INFO")


def _is_ready(server: LocalServer) -> bool:
    """Whether it sees all slots served and, as a replica, has what its primary has."""
    role = ask(server.socket, "INFO replication")
    synced = "role:master" in role or "master_link_status:up" in role
    return synced and "cluster_state:ok" in (said := _info(server)) and f":{SLOTS}" in said


def _text(name: bytes | str) -> str:
    return name.decode() if isinstance(name, bytes) else name


def _holds(slot: int, part: str) -> bool:
    """Whether a range of slots, as CLUSTER NODES writes it, has this one."""
    first, _, last = part.partition("-")
    return first.isdecimal() and int(first) <= slot <= int(last or first)
