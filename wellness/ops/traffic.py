"""Who is connected to Redis, how much they ask, and how many of their reads found a key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from wellness.ops.finding import (
    UNSAID,
    Finding,
    Part,
    fine,
    look_here,
    not_read,
    number,
    told,
    whole,
)

MANY_CLIENTS = 0.8  # of maxclients: the next pool that opens its connections may be refused
HIT_RATE_MEANS = (
    "The keyspace hit rate is not the hit rate of a cache. It counts the reads by key of all "
    "programs since the start: a search reads through its index and counts as neither, TYPE and "
    "TTL count as reads, and a hit may be the wrong answer. A cache has to count for itself."
)


@dataclass(frozen=True, repr=False)
class Traffic(Part):
    """Connections and commands, as INFO says; None where this Redis does not say it.

    Attributes:
        blocked: clients that wait in a blocking command, such as BLPOP or XREAD BLOCK.
        commands_per_s: of the last moments, all clients together.
        hits, misses: reads by key that found it or not, since the start.
    """

    title: ClassVar[str] = "Clients and commands"
    connected: int | None
    most: int | None
    blocked: int | None
    rejected: int | None
    commands_per_s: int | None
    hits: int | None
    misses: int | None

    @property
    def hit_rate(self) -> float | None:
        """`hits` of all reads, 0 to 1; None before the first one."""
        if self.hits is None or self.misses is None or not self.hits + self.misses:
            return None
        return self.hits / (self.hits + self.misses)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Clients, blocked, rejected, commands a second, hit rate."""
        rate = self.hit_rate
        if self.hits is None or self.misses is None:
            hit = not_read("keyspace hit rate", UNSAID)
        elif rate is None:
            hit = fine("keyspace hit rate", "none yet", "Nothing was read by key so far.")
        else:
            reads = number(self.hits + self.misses)
            why = "The part of the reads by key that found one."
            hit = fine("keyspace hit rate", f"{rate:.1%} of {reads}", why)
        return (
            self._clients(),
            told("blocked clients", number(self.blocked),
                 "They wait in BLPOP, XREAD BLOCK, WAIT or the like, and cost nothing."),
            self._rejections(),
            told("commands a second", number(self.commands_per_s), "Of the last moments."),
            hit,
        )  # fmt: skip

    @property
    def notes(self) -> tuple[str, ...]:
        """What the hit rate does not mean."""
        return (HIT_RATE_MEANS,)

    def _clients(self) -> Finding:
        what = "connected clients"
        if self.connected is None:
            return not_read(what, UNSAID)
        if not self.most:
            return fine(what, number(self.connected), "How many may come, INFO does not say.")
        value = f"{self.connected:,} of {self.most:,}"
        if self.connected > MANY_CLIENTS * self.most:
            why = f"More than {MANY_CLIENTS:.0%} of the connections that Redis allows are open."
            return look_here(what, value, why, "CLIENT LIST says whose; share pools or raise it.")
        return fine(what, value, f"At most {MANY_CLIENTS:.0%} of what Redis allows.")

    def _rejections(self) -> Finding:
        what = "rejected connections"
        if self.rejected is None:
            return not_read(what, UNSAID)
        if self.rejected:
            why = "Clients were turned away because maxclients was reached."
            return look_here(what, number(self.rejected), why, "Raise maxclients or share pools.")
        return fine(what, "0", "Nobody was turned away.")


def traffic_of(info: dict[str, Any]) -> Traffic:
    """The part about clients and commands of an answer to INFO."""
    return Traffic(
        connected=whole(info, "connected_clients"),
        most=whole(info, "maxclients"),
        blocked=whole(info, "blocked_clients"),
        rejected=whole(info, "rejected_connections"),
        commands_per_s=whole(info, "instantaneous_ops_per_sec"),
        hits=whole(info, "keyspace_hits"),
        misses=whole(info, "keyspace_misses"),
    )
