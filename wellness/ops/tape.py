"""The last commands of one client, as they went: a MONITOR that costs the server nothing.

MONITOR makes the server send every command of every client to the one who watches. On a busy
server that is expensive (Redis' own documentation warns that one watcher can cost more than half
of the throughput), shows other people's data in full, and says neither how long a command took nor
how it ended; hosted services refuse it. This tape is an observer in the client itself: it hears
only what this client sends, knows how long each round trip took and how it ended, and keeps no
more than it was told to. What it cannot hear is anybody else.

    tape = CommandTape(clock=time.time)
    client.guard.add(tape)
    ...
    client.guard.remove(tape)
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from wellness import keys
from wellness.link.histogram import duration
from wellness.ops.arguments import described
from wellness.ops.finding import Table

KEPT = 200  # round trips: some screens of a table, and some tens of kilobytes
INSIDE = 8  # commands of a pipeline that are written down; the rest is counted
SHOWN = 20  # newest entries in the repr


@dataclass(frozen=True, slots=True)
class Entry:
    """One round trip.

    Attributes:
        number: counts all that the tape heard, also what it has forgotten.
        at: when it ended, in seconds since 1970.
        name: the command, or `MULTI` or `PIPELINE`.
        key: the first key, without namespace and user; empty if there is none.
        kind: of that key, as in the table of keys; empty if it is none of ours.
        seconds: from asking the circuit breaker to the parsed reply.
        error: name of what was raised; empty if it went well.
        commands: how many were sent in this round trip.
        lines: each command with its arguments cut short; of a long pipeline the first ones.
    """

    number: int
    at: float
    name: str
    key: str
    kind: str
    seconds: float
    error: str
    commands: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """All of it on one line."""
        more = self.commands - len(self.lines)
        inside = "; ".join(self.lines) + (f"; and {more:,} more" if more else "")
        return f"{self.name}: {inside}" if self.name in ("MULTI", "PIPELINE") else inside


class CommandTape:
    """Observer that keeps the last commands of the clients it was added to. Thread-safe.

    Args:
        clock: seconds since 1970, for instance `time.time`.
        most: round trips that are kept.
        values: show arguments, cut short; False shows their sizes only, for a projector.
    """

    def __init__(
        self, *, clock: Callable[[], float], most: int = KEPT, values: bool = True
    ) -> None:
        self._clock, self._values = clock, values
        self._entries: deque[Entry] = deque(maxlen=most)
        self._lock = threading.Lock()
        self._heard = 0

    def on_command(
        self,
        name: str,
        seconds: float,
        error: BaseException | None,
        commands: Sequence[tuple[Any, ...]] = (),
    ) -> None:
        """Write down one command or pipeline; see `wellness.link.guard.Observer`."""
        at = self._clock()
        found = next((key for command in commands if (key := keys.key_of(command))), "")
        kind = keys.parse(found).kind
        lines = tuple(described(command, values=self._values) for command in commands[:INSIDE])
        with self._lock:
            self._heard += 1
            self._entries.append(
                Entry(
                    number=self._heard,
                    at=at,
                    name=name,
                    key=keys.label(found),
                    kind=kind if kind in keys.KINDS else "",
                    seconds=seconds,
                    error=type(error).__name__ if error else "",
                    commands=len(commands),
                    lines=lines,
                )
            )

    @property
    def heard(self) -> int:
        """How many round trips there were, forgotten ones included."""
        return self._heard

    def entries(self, since: int = 0) -> tuple[Entry, ...]:
        """What is kept, oldest first; with `since`, only numbers above it."""
        with self._lock:
            kept = tuple(self._entries)
        return tuple(entry for entry in kept if entry.number > since)

    def clear(self) -> None:
        """Forget what is kept; the count goes on."""
        with self._lock:
            self._entries.clear()

    def to_dicts(self) -> list[dict[str, Any]]:
        """What is kept, as JSON can hold it."""
        return [asdict(entry) for entry in self.entries()]

    def table(self, newest: int = SHOWN) -> Table:
        """The newest entries as a table, newest last."""
        shown = self.entries()[-newest:] if newest else ()
        rows = tuple(
            (
                f"{datetime.fromtimestamp(entry.at, UTC):%H:%M:%S.%f}"[:-3],
                entry.kind or "-",
                duration(entry.seconds),
                entry.error or "ok",
                entry.text,
            )
            for entry in shown
        )
        caption = f"The last {len(rows)} of {self.heard:,} round trips (times in UTC)"
        return Table(caption, ("at", "kind", "took", "result", "command"), rows)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries())

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        table = self.table()
        return "\n".join([table.caption, *("  ".join(row) for row in table.rows)])

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()
