"""LATENCY: the moments in which Redis itself noticed that it was late, by cause.

Off unless `latency-monitor-threshold` is set: an empty list from a monitor that is off proves
nothing, so it is not called fine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from redis import Redis

from wellness.ops.finding import (
    Finding,
    Part,
    Table,
    Unread,
    attempt,
    fine,
    look_here,
    not_read,
    number,
)
from wellness.replies import text

CAUSES = {
    "command": "a slow command",
    "fast-command": "a command that should be fast: the machine itself was busy",
    "fork": "copying the process for a snapshot or an AOF rewrite",
    "expire-cycle": "many keys expired at once",
    "eviction-cycle": "keys were thrown away for lack of memory",
    "aof-fsync-always": "each write waited for the disk",
    "aof-write": "the append-only file could not be written in time",
}


@dataclass(frozen=True, slots=True)
class Stall:
    """One cause of lateness. `history` are the last (seconds since 1970, milliseconds), in order.

    Attributes:
        event: the cause in Redis' word.
        at: when it last happened, in seconds since 1970.
        last_ms, worst_ms: how long the last and the longest took.
    """

    event: str
    at: int
    last_ms: int
    worst_ms: int
    history: tuple[tuple[int, int], ...]

    @property
    def cause(self) -> str:
        """The cause in plain words."""
        return CAUSES.get(self.event, self.event)


@dataclass(frozen=True, repr=False)
class Latency(Part):
    """What the latency monitor has; `threshold_ms` 0 is off, None where CONFIG is refused."""

    title: ClassVar[str] = "Latency monitor"
    threshold_ms: int | None
    stalls: tuple[Stall, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Whether it is on, then each cause."""
        return (self._monitor(), *map(_finding, self.stalls))

    @property
    def tables(self) -> tuple[Table, ...]:
        """One row a cause."""
        rows = tuple(
            (one.event, one.cause, number(one.last_ms), number(one.worst_ms),
             number(len(one.history)))
            for one in self.stalls
        )  # fmt: skip
        head = ("event", "cause", "last ms", "worst ms", "in the history")
        return (Table(self.title, head, rows),) if rows else ()

    def _monitor(self) -> Finding:
        what = "monitor"
        if self.threshold_ms is None:
            return not_read(what, "Redis refused CONFIG GET latency-monitor-threshold.")
        if not self.threshold_ms:
            why = "It is off, so it saw nothing: CONFIG SET latency-monitor-threshold 100 (ms)."
            return not_read(what, why)
        return fine(what, f"above {self.threshold_ms} ms", "Whatever takes longer is noted.")


def _finding(one: Stall) -> Finding:
    why = f"Redis was late by up to {one.worst_ms:,} ms: {one.cause}."
    do = "LATENCY DOCTOR says more; for commands, the slow log has which."
    return look_here(one.event, f"{one.last_ms:,} ms", why, do)


def latency(client: Redis) -> Latency | Unread:
    """What LATENCY LATEST and HISTORY say, or that Redis refused them."""
    latest: Any = attempt(Latency.title, client.latency_latest)
    if isinstance(latest, Unread):
        return latest
    name = "latency-monitor-threshold"
    config: Any = attempt("CONFIG", client.config_get, name)
    threshold = None if isinstance(config, Unread) or name not in config else int(config[name])
    return Latency(threshold, tuple(_stall(client, raw) for raw in latest))


def _stall(client: Redis, raw: list[Any]) -> Stall:
    event = str(text(raw[0]))
    said: Any = attempt(event, client.latency_history, event)
    history = [] if isinstance(said, Unread) else said
    return Stall(
        event,
        int(raw[1]),
        int(raw[2]),
        int(raw[3]),
        tuple((int(at), int(ms)) for at, ms in history),
    )
