"""What a full Redis throws away, by kind of key, under each maxmemory policy.

A server of its own is filled with what a person cannot get back (readings, memories, turns) and
then flooded with what can be computed again (vectors of the embedding cache, cached answers). The
policies differ in which of them go:

- allkeys-lru knows no difference; what was not read lately goes, and a person's memories are not
  read between two questions.
- volatile-lru spares keys without an expiry. Memories and conversations have one.
- volatile-ttl takes first what would expire first. With the kit's classes (answers a day, vectors
  a month, conversations months, memories years) that is the order of what can be missed.
- noeviction takes nothing and refuses to write, which the kit reports.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice

from redis.exceptions import OutOfMemoryError

from wellness.bootstrap import redis_build
from wellness.client import Client, connect
from wellness.keys import Keys, delete, parse, scan
from wellness.lesson.tables import html_table
from wellness.settings import Settings
from wellness.topologies.crew import Crew
from wellness.topologies.local_server import LocalServer, data_server

POLICIES = ("allkeys-lru", "volatile-lru", "volatile-ttl", "noeviction")
KEPT = ("readings", "memory", "turns")  # nobody can compute them again
CACHED = ("embedding", "answer")
NAMESPACE = "evicted"  # on a server of the exhibit's own
PEOPLE = 40
VECTOR = bytes(4 * 384)
FLOOD = 3.0  # times the room that is left: so much is cached
BATCH = 50  # keys of one round trip


@dataclass(frozen=True, slots=True)
class Evicted:
    """What one policy did.

    Attributes:
        policy: Redis' name of it.
        written: keys by kind that were written.
        lost: of them, those that are gone.
        refused: writes that were refused.
    """

    policy: str
    written: Mapping[str, int]
    lost: Mapping[str, int]
    refused: int

    @property
    def irreplaceable(self) -> int:
        """How many keys are gone that nobody can compute again."""
        return sum(self.lost.get(kind, 0) for kind in KEPT)

    def __str__(self) -> str:
        gone = [f"{self.lost.get(kind, 0):,} of {n:,} {kind}" for kind, n in self.written.items()]
        return f"{self.policy}: lost {', '.join(gone)}; {self.refused:,} writes refused"


@dataclass(frozen=True, slots=True, repr=False)
class Evictions:
    """What each policy did with the same writes; by name with `[]`."""

    rows: tuple[Evicted, ...]

    def __getitem__(self, policy: str) -> Evicted:
        return {row.policy: row for row in self.rows}[policy]

    def __repr__(self) -> str:
        return "\n".join(map(str, self.rows))

    def _repr_html_(self) -> str:
        kinds = (*KEPT, *CACHED)
        cells = [
            [row.policy]
            + [f"{row.lost.get(kind, 0):,} of {row.written.get(kind, 0):,}" for kind in kinds]
            + [f"{row.refused:,}"]
            for row in self.rows
        ]
        header = ("policy", *(f"{kind} lost" for kind in kinds), "writes refused")
        return html_table(header, cells, caption="What a full Redis gave up, by kind of key")


def evictions(
    settings: Settings, policies: Sequence[str] = POLICIES, *, room_bytes: int = 3_000_000
) -> Evictions:
    """Fill a private server under each policy, and count what is left; some seconds in all.

    Args:
        settings: where the build is, and how long each kind of key is kept.
        policies: values of `maxmemory-policy`.
        room_bytes: what the server may hold beyond what it needs empty. A third of it goes to what
            cannot be computed again.

    Raises:
        NoEmbeddedServer, BootstrapError: there is no Redis build here.
        ServerStartError: the server did not start.
    """
    with _private(settings) as client:
        return Evictions(tuple(_evicted(client, settings, one, room_bytes) for one in policies))


@contextmanager
def _private(settings: Settings) -> Iterator[Client]:
    """A server that nobody else uses, gone after the block."""
    with Crew() as crew:
        command = data_server(redis_build(settings), "full", "--maxmemory-samples", "10")
        server = LocalServer("full", crew, settings, command)
        server.start()
        with connect(settings.model_copy(update={"redis_url": server.private_url})) as client:
            yield client


def _evicted(client: Client, settings: Settings, policy: str, room_bytes: int) -> Evicted:
    client.config_set("maxmemory", 0)
    delete(client, NAMESPACE)
    client.config_set("maxmemory-policy", policy)
    used = int(client.info("memory")["used_memory"])
    client.config_set("maxmemory", used + room_bytes)
    written: Counter[str] = Counter()
    refused = 0
    for writes, most in (
        (_kept(settings), room_bytes / 3),
        (_cached(settings), FLOOD * room_bytes),
    ):
        sent = 0
        while sent < most and (batch := list(islice(writes, BATCH))):
            refused += _write(client, batch, written)
            sent += sum(len(value) for _, value, _ in batch)
    left = Counter(parse(key).kind for key in set(scan(client, NAMESPACE)))
    return Evicted(policy, dict(written), dict(written - left), refused)


def _write(client: Client, batch: list[Write], written: Counter[str]) -> int:
    """Send some keys; how many were refused."""
    pipe = client.pipeline(transaction=False)
    for key, value, ttl_s in batch:
        pipe.set(key, value, ex=ttl_s)
    refused = 0
    for (key, _, _), reply in zip(batch, pipe.execute(raise_on_error=False), strict=True):
        if isinstance(reply, OutOfMemoryError):
            refused += 1
        elif isinstance(reply, Exception):
            raise reply
        else:
            written[parse(key).kind] += 1
    return refused


Write = tuple[str, bytes, int | None]  # key, value, seconds to live; strings: only sizes matter


def _kept(settings: Settings) -> Iterator[Write]:
    """Endless: what people have, in turn."""
    number = 0
    while True:
        keys, id = Keys(NAMESPACE, f"person-{number % PEOPLE}"), f"{number:08}"
        yield keys.readings(id), bytes(1_000), None
        yield keys.memory(id), VECTOR + bytes(300), settings.memory_ttl_s
        yield keys.turns(id), bytes(800), settings.conversation_ttl_s
        number += 1


def _cached(settings: Settings) -> Iterator[Write]:
    """Endless: what was computed for people."""
    number = 0
    while True:
        keys, id = Keys(NAMESPACE, f"person-{number % PEOPLE}"), f"{number:08}"
        yield keys.embedding(id), VECTOR, settings.embedding_ttl_s
        yield keys.answer(id), VECTOR + bytes(400), settings.answer_ttl_s
        number += 1
