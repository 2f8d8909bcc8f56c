"""What every engine is asked to do: one small protocol a workload, and the values they share.

Each adapter implements them as the engine's own community would. What an engine cannot do it says
with `CannotDo`; a wrong answer is found by `wellness.compare.conformance` before anything is timed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from wellness.errors import WellnessError
from wellness.memory.messages import Turn

Vector = NDArray[np.float32]
Vectors = NDArray[np.float32]
Clock = Callable[[], float]

SECONDS_PER_DAY = 86_400


class Durability(StrEnum):
    """What is on the disk, and not only in the kernel's memory, when a write is acknowledged.

    Only equal classes are compared with each other.
    """

    ALWAYS = "fsync on each write"
    SECOND = "fsync every second"
    NONE = "no fsync"


class CannotDo(WellnessError):
    """An engine does not offer what was asked for; the message says why."""

    def __init__(self, engine: str, what: str, why: str) -> None:
        self.engine, self.what, self.why = engine, what, why
        super().__init__(f"{engine} cannot do {what}: {why}.")


class Statement(NamedTuple):
    """A fact that is stored with a vector.

    Attributes:
        owner: whose it is; a search is kept to one owner inside the engine.
        subject: what it is about; looked up by name as well ("goal:BodyMass").
        text: what is returned.
    """

    owner: str
    subject: str
    text: str


class Gathered(NamedTuple):
    """What an agent needs before it answers: the conversation, what bears on it, named facts."""

    turns: list[Turn]
    nearest: list[str]
    facts: dict[str, str]


class Conversations(Protocol):
    """Conversations of any owner, each a sequence of whole turns."""

    def append(self, owner: str, conversation: str, turn: Turn) -> None:
        """Add a turn at the end; the conversation then lives for the adapter's `ttl_s` again."""

    def last(self, owner: str, conversation: str, n: int) -> list[Turn]:
        """The last `n` turns, oldest first; none of what has expired."""

    def exchange(self, owner: str, conversation: str, turn: Turn, n: int) -> list[Turn]:
        """`append` and `last` in as few round trips as the engine needs."""


class Expiring(Protocol):
    """Conversations that end by themselves."""

    def sweep(self) -> int:
        """Remove what has expired, as a cron job would; how many conversations went.

        An engine that forgets by itself has nothing to do here and returns 0.
        """

    def kept(self) -> int:
        """How many conversations take up space, whether they have expired or not."""


class Memories(Protocol):
    """Statements that are found again by their vectors."""

    def remember(self, statements: Sequence[Statement], vectors: Vectors) -> None:
        """Store statements with their unit vectors; searchable when this returns."""

    def nearest(self, vector: Vector, k: int, owner: str | None) -> list[str]:
        """Texts of the `k` nearest by cosine, nearest first: of one owner, or of all if None."""


class Recalling(Protocol):
    """What one turn of an agent needs, of both memories."""

    def gather(
        self, owner: str, conversation: str, vector: Vector, k: int, subjects: Sequence[str]
    ) -> Gathered:
        """The last ten turns, the owner's `k` nearest statements, and those with the subjects."""


class Measurements(Protocol):
    """Readings of one metric, averaged by UTC day.

    UTC, so that no engine needs a table of time zones; lesson 01 has local days.
    """

    def record(self, owner: str, readings: Sequence[tuple[int, float]]) -> None:
        """Store readings: epoch seconds and value; two may have the same second."""

    def days(self, owner: str, first: int, n: int, *, raw: bool = False) -> dict[int, float]:
        """The mean of each day from day `first` since 1970 on; days without readings are left out.

        Args:
            raw: from the readings themselves, instead of from what is kept by day.
        """


class Adapter(Conversations, Expiring, Memories, Recalling, Measurements, Protocol):
    """One connection to an engine."""

    def close(self) -> None:
        """Give the connection back."""


class Place(NamedTuple):
    """Where an engine is and what it was told; picklable, for other processes.

    Attributes:
        engine: its name in `wellness.compare.engines.ENGINES`.
        address: a URL, a connection string or a folder.
        durability: in which class it runs.
        dimensions: of its vectors.
        ttl_s: seconds a conversation lives after its last turn.
    """

    engine: str
    address: str
    durability: Durability
    dimensions: int
    ttl_s: float


class Engine(Protocol):
    """An engine that runs, in a folder of its own that is removed at `close`."""

    @property
    def place(self) -> Place:
        """Where another process finds it; `CannotDo` if it cannot be shared."""

    @property
    def version(self) -> str:
        """What runs."""

    @property
    def settings(self) -> Mapping[str, str]:
        """What it was told that differs from its defaults or matters for the comparison."""

    @property
    def pids(self) -> list[int]:
        """Processes besides the caller's; empty when it runs inside the caller."""

    def connect(self, clock: Clock) -> Adapter:
        """A new connection.

        Args:
            clock: epoch seconds, where the engine itself does not decide what has expired.
        """

    def kill(self) -> None:
        """End it as a power cut would, but for the kernel's memory: kill -9, no goodbye.

        What runs inside the caller's process cannot be killed without it: `CannotDo`.
        """

    def restart(self) -> None:
        """Start it again on the same data."""

    def disk_bytes(self) -> int:
        """Bytes of the files it keeps."""

    def files(self) -> int:
        """How many files that is."""

    def close(self) -> None:
        """Stop it and remove its folder; twice does no harm."""

    def __enter__(self) -> Self:
        """The engine itself."""

    def __exit__(self, *_: object) -> None:
        """Close it."""
