"""Redis for the comparison: the kit's embedded server in each class of durability."""

from __future__ import annotations

from collections.abc import Mapping

from wellness import server
from wellness.client import Client, connect
from wellness.compare.protocols import Adapter, Clock, Durability, Place
from wellness.compare.redis_bare import BareRedis
from wellness.compare.redis_kit import KitRedis
from wellness.compare.served import Served
from wellness.server import EmbeddedServer
from wellness.settings import Settings

BARE, KIT = "Redis", "Redis, this kit"
APPENDFSYNC = {Durability.ALWAYS: "always", Durability.SECOND: "everysec", Durability.NONE: "no"}


class RedisEngine(Served):
    """A Redis Stack on a Unix socket with an append-only file."""

    def launch(self) -> EmbeddedServer:
        """Start it on its folder."""
        options = ("--appendfsync", APPENDFSYNC[self.durability])
        return server.start(self._settings, data_dir=self.folder.path, extra_args=options)

    @property
    def address(self) -> str:
        """The socket as a URL."""
        assert isinstance(self.share, EmbeddedServer)
        return self.share.url

    def connect(self, clock: Clock) -> Adapter:
        """See `Engine.connect`."""
        return self.opened(lambda place, at: open_adapter(place, at, self._settings), clock)

    @property
    def version(self) -> str:
        """Of the server."""
        with client_of(self.address, self._settings) as client:
            return str(client.info("server")["redis_version"])

    @property
    def settings(self) -> Mapping[str, str]:
        """What decides about durability and search."""
        kept = self._settings
        return {
            "appendonly": "yes",
            "appendfsync": APPENDFSYNC[self.durability],
            "save": "off",
            "HNSW": f"M {kept.hnsw_m}, EF_CONSTRUCTION {kept.hnsw_ef_construction}, "
            f"EF_RUNTIME {kept.hnsw_ef_runtime}",
            "transport": "Unix socket",
        }


def client_of(address: str, settings: Settings) -> Client:
    """A guarded client of one server."""
    return connect(settings.model_copy(update={"redis_url": address}))


def open_adapter(place: Place, clock: Clock, settings: Settings) -> Adapter:
    """A connection by bare commands or through the kit, as the place's name says."""
    client = client_of(place.address, settings)
    if place.engine == KIT:
        return KitRedis(client, place, clock, settings)
    return BareRedis(client, place, settings)
