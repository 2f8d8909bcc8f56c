"""A person who moves to another shard of a Cluster while being served."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from redis.exceptions import RedisError

from wellness.client import Client, for_user
from wellness.errors import LessonError, WellnessError
from wellness.keys import Keys
from wellness.keys.slots import user_slot
from wellness.lesson.tables import duration, html_table, number
from wellness.memory.embedder import Embedder
from wellness.memory.embedding_cache import CachedEmbedder
from wellness.memory.kinds import Fact, MemoryKind
from wellness.memory.long_term import LongTerm
from wellness.settings import Settings
from wellness.topologies import Clustered, LocalServer

SAID, ASKED = "My goal weight is 72 kg.", "What is my goal weight?"
PAUSE_S = 0.15  # of being served before, between and after the moves
READY_S = 10.0  # for a new index to have taken up what is there


@dataclass(frozen=True, slots=True, repr=False)
class Move:
    """A person whose slot moved to another shard and back, while being served.

    Attributes:
        user: who.
        ways: from which shard to which, each with its keys.
        seconds: of each request, in their order: a turn written, the turns counted, a search.
        wrong: requests that did not find all of it.
        errors: what was raised, as text.
    """

    user: str
    ways: tuple[tuple[str, str, int], ...]
    seconds: tuple[float, ...]
    wrong: int
    errors: tuple[str, ...]

    @property
    def held(self) -> bool:
        """Whether everybody who asked was answered, in full."""
        return bool(self.seconds) and not self.wrong and not self.errors

    def rows(self) -> list[tuple[str, str]]:
        """What to show."""
        moved = ", ".join(f"{a} to {b} ({count} keys)" for a, b, count in self.ways)
        return [
            ("moved", moved),
            ("requests meanwhile", number(len(self.seconds))),
            ("of these, incomplete answers", number(self.wrong)),
            ("errors", "; ".join(self.errors) or "none"),
            ("usual time of a request", duration(median(self.seconds or [0.0]) * 1e9)),
            ("the longest", duration(max(self.seconds, default=0.0) * 1e9)),
        ]

    def __repr__(self) -> str:
        return "\n".join(f"{what}: {found}" for what, found in self.rows())

    def _repr_html_(self) -> str:
        caption = f"{self.user} moves while being served"
        return html_table(("what", "found"), self.rows(), caption=caption, align="left")


def move_while_served(
    local: Clustered, client: Client, namespace: str, user: str, embedder: Embedder, *,
    settings: Settings, clock: Callable[[], float], moves: int = 2,
) -> Move:  # fmt: skip
    """Move a person's slot to the next shard, and on, while they write, read and search.

    Args:
        local, client: the Cluster and a client of it.
        namespace: theirs.
        user: who moves.
        embedder: of their memories.
        settings: of the memory.
        clock: seconds since the epoch.
        moves: how often.

    Raises:
        LessonError: what was said before the first move was not found before it either.
    """
    mine = for_user(client, user)

    def memory(at: Client) -> LongTerm:
        cached = CachedEmbedder(embedder, at, user, settings=settings, namespace=namespace)
        return LongTerm(at, cached, user, settings=settings, clock=clock, namespace=namespace)

    service = _Service(memory(mine), mine, Keys(namespace, user), int(clock()), settings)
    service.begin()
    primaries = [one for name, one in local.servers.items() if "copy" not in name]
    ways = []
    try:
        for _ in range(moves):
            time.sleep(PAUSE_S)
            home = local.primary_of(user)
            to = _next(primaries, home)
            ways.append((home.name, to.name, local.move_slot(user_slot(user), to, prepare=memory)))
        time.sleep(PAUSE_S)
    finally:
        service.end()
    return Move(user, tuple(ways), tuple(service.seconds), service.wrong, tuple(service.errors))


def _next(servers: Sequence[LocalServer], one: LocalServer) -> LocalServer:
    return servers[(servers.index(one) + 1) % len(servers)]


class _Service:
    """Serves one person in a thread, and counts what they are told."""

    def __init__(
        self, memory: LongTerm, client: Client, keys: Keys, at: int, settings: Settings
    ) -> None:
        self._memory, self._client, self._keys, self._at = memory, client, keys, at
        self._ttl_s, self._stop = settings.conversation_ttl_s, threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self.seconds: list[float] = []
        self.errors: list[str] = []
        self.wrong = self._turns = 0

    def begin(self) -> None:
        self._memory.remember([Fact(SAID, MemoryKind.GOAL, self._at)])
        deadline = time.monotonic() + READY_S
        while not self._finds():
            if time.monotonic() > deadline:
                raise LessonError("The search does not find what was just said.",
                                  hint="Run the cell again.")  # fmt: skip
            time.sleep(0.02)
        self._thread.start()

    def end(self) -> None:
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _finds(self) -> bool:
        hits = self._memory.recall(ASKED, now=self._at + 60).hits
        return [hit.memory.fact.text for hit in hits] == [SAID]

    def _serve(self) -> None:
        key = self._keys.turns("moving")
        while not self._stop.is_set():
            begun = time.perf_counter()
            try:
                pipe = self._client.pipeline()
                pipe.rpush(key, f"turn {self._turns}")
                pipe.expire(key, self._ttl_s)
                self._turns += 1
                self.wrong += pipe.execute()[0] != self._turns or not self._finds()
            except (RedisError, WellnessError) as error:
                self.errors.append(f"{type(error).__name__}: {error}")
            self.seconds.append(time.perf_counter() - begun)
