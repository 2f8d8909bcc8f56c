"""A primary with replicas, and three Sentinels that promote one of these when it dies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial

from wellness.bootstrap import redis_build
from wellness.client import Client, connect
from wellness.embedded.data_folder import ask
from wellness.settings import Settings
from wellness.topologies.crew import Crew
from wellness.topologies.local_server import LocalServer, data_server, wait_until
from wellness.topologies.ports import LOOPBACK

SERVICE = "wellness"  # what the Sentinels call the primary
SENTINELS, QUORUM = 3, 2  # two of three agree that the primary is down, so one may be lost
DOWN_AFTER_MS = 1_000  # a second of silence is death: loopback answers in microseconds
FAILOVER_TIMEOUT_MS = 3_000  # a failed election is given up; the next one waits for twice that
HELLO_MS, USUAL_HELLO_MS = 100, 2_000  # how often Sentinels make themselves known to each other


@dataclass
class Replicated:
    """Servers that Sentinels look after.

    Attributes:
        settings: with the `redis_url` that leads to whichever is the primary.
        servers: all that hold data, by name: `data-0` was the first primary.
        sentinels: by name.
    """

    settings: Settings
    servers: dict[str, LocalServer]
    sentinels: dict[str, LocalServer]

    @property
    def primary(self) -> LocalServer:
        """Which server is the primary now, as the first Sentinel that answers says."""
        for sentinel in self.sentinels.values():
            if said := ask(sentinel.socket, f"SENTINEL get-master-addr-by-name {SERVICE}"):
                port = int(said.split()[-1])
                return next(one for one in self.servers.values() if one.port == port)
        raise LookupError("No Sentinel answers.")

    @property
    def replicas(self) -> list[LocalServer]:
        """The other servers, dead ones too."""
        primary = self.primary
        return [one for one in self.servers.values() if one is not primary]

    def client(self, server: LocalServer) -> Client:
        """A client of one server, to look after it; close it."""
        return connect(self.settings.model_copy(update={"redis_url": server.private_url}))

    def rejoin(self, server: LocalServer) -> None:
        """Start a dead server again, as a replica of the primary, and wait until it has the data.

        Sentinel would tell it too whose replica it is, ten seconds later.

        Raises:
            ServerStartError: it did not start, or does not get the data.
        """
        primary = self.primary
        server.restart()
        ask(server.socket, f"REPLICAOF {LOOPBACK} {primary.port}")
        self.wait_for_replicas()

    def wait_for_replicas(self) -> None:
        """Wait until each running replica has all that the primary has.

        Raises:
            ServerStartError: it does not happen.
        """
        running = sum(one.running for one in self.servers.values()) - 1
        wait_until(
            lambda: _online(self.primary) >= running,
            "the replicas have the data",
            self.settings.server_start_s,
        )

    def __repr__(self) -> str:
        return f"<Replicated: {len(self.servers)} servers, {len(self.sentinels)} Sentinels>"


@contextmanager
def replicated(settings: Settings, *, replicas: int = 2) -> Iterator[Replicated]:
    """A primary with `replicas` and three Sentinels, until the end of the block.

    With two replicas `WAIT 1` can still succeed after a failover; with one it cannot.

    Args:
        settings: where the build is, and how long a start may take.
        replicas: at least one.

    Raises:
        NoEmbeddedServer, BootstrapError: there is no Redis build here.
        ServerStartError: something did not start; has the end of its log.
    """
    build = redis_build(settings)
    with ExitStack() as stack:
        crew = stack.enter_context(Crew())
        servers: dict[str, LocalServer] = {}
        for number in range(replicas + 1):
            name = f"data-{number}"
            of = ("--replicaof", f"{LOOPBACK} {servers['data-0'].port}") if servers else ()
            servers[name] = LocalServer(name, crew, settings, data_server(build, name, *of))
            servers[name].start()
        sentinels = {}
        for number in range(SENTINELS):
            name = f"sentinel-{number}"
            command = partial(_sentinel, str(build.sentinel), crew, name, servers["data-0"].port)
            sentinels[name] = LocalServer(name, crew, settings, command)
        wait_until(
            lambda: _online(servers["data-0"]) == replicas,
            "the replicas have the data",
            settings.server_start_s,
        )
        for sentinel in sentinels.values():
            sentinel.start()
            ask(sentinel.socket, f"SENTINEL DEBUG PUBLISH-PERIOD {HELLO_MS}")
        for sentinel in sentinels.values():
            known = partial(_knows_all, sentinel, replicas)
            wait_until(known, "the Sentinels know each other", settings.server_start_s)
            ask(sentinel.socket, f"SENTINEL DEBUG PUBLISH-PERIOD {USUAL_HELLO_MS}")
        hosts = ",".join(f"{LOOPBACK}:{one.port}" for one in sentinels.values())
        url = f"redis+sentinel://{hosts}/{SERVICE}"
        yield Replicated(settings.model_copy(update={"redis_url": url}), servers, sentinels)


def _sentinel(program: str, crew: Crew, name: str, primary: int, port: int) -> list[str]:
    """The command of a Sentinel, with the file in which it keeps what it learns."""
    config = crew.folder / f"{name}.conf"
    if not config.exists():
        config.write_text(
            f"sentinel monitor {SERVICE} {LOOPBACK} {primary} {QUORUM}\n"
            f"sentinel down-after-milliseconds {SERVICE} {DOWN_AFTER_MS}\n"
            f"sentinel failover-timeout {SERVICE} {FAILOVER_TIMEOUT_MS}\n",
            encoding="ascii",
        )
    own = ("--port", str(port), "--bind", LOOPBACK, "--unixsocket", f"{name}.sock", "--dir", ".")
    return [program, str(config), *own]


def _online(primary: LocalServer) -> int:
    """How many replicas have all that this server has.

    A replica is called online a second before the first write is sent to it: the primary waits for
    its first word. So there must be something to send, and a message leaves nothing behind.
    """
    lines = ask(primary.socket, "INFO replication").splitlines()
    offset = next((x.split(":")[1] for x in lines if x.startswith("master_repl_offset:")), "")
    if offset == "0":
        ask(primary.socket, f"PUBLISH {SERVICE} hello")
        return 0
    return sum("state=online" in x and f"offset={offset}," in x for x in lines)


def _knows_all(sentinel: LocalServer, replicas: int) -> bool:
    words = ask(sentinel.socket, f"SENTINEL MASTER {SERVICE}").split()
    told = {name: words[at + 2] for at, name in enumerate(words[:-2])}
    return (told.get("num-slaves"), told.get("num-other-sentinels")) == (
        str(replicas),
        str(SENTINELS - 1),
    )
