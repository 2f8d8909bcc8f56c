"""A consumer group of an audit log: who reads it together, what is underway, what was put aside.

Redis remembers for a group which entries it has handed out and which of them were acknowledged,
so whoever takes over knows what is left. What the log's cut takes away before the group has read
it is gone all the same: `undelivered` should stay far below `audit_entries`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from redis.exceptions import ResponseError

from wellness.ops.audit import AuditLog
from wellness.ops.effects import Effects
from wellness.ops.entries import Entry, entry_of
from wellness.settings import Settings


@dataclass(frozen=True, slots=True)
class State:
    """How far a group is.

    Attributes:
        pending: entries handed out and not acknowledged.
        undelivered: entries that are kept and not handed out yet.
        dead: entries put aside.
        consumers: how many names have ever read and were not removed.
    """

    pending: int
    undelivered: int
    dead: int
    consumers: int


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An entry that could not be handled, kept with the reason.

    Attributes:
        deliveries: how often it was handed out.
        consumer: who gave it up.
    """

    entry_id: str
    content: str
    reason: str
    deliveries: int
    consumer: str


class Group:
    """A named group; made in Redis if it is not there.

    Args:
        settings: `audit_entries` and `audit_ttl_s` count for what is put aside.
        start: id after which a new group reads; by default it gets all that is kept.
    """

    def __init__(self, log: AuditLog, name: str, *, settings: Settings, start: str = "0") -> None:
        self.log, self.name, self._start = log, name, start
        self.stream, self.dead = log.keys.audit, log.keys.audit_dead(name)
        self._most, self._ttl_s = settings.audit_entries, settings.audit_ttl_s
        self.ensure()

    def ensure(self) -> None:
        """Make the group if it is not there, as after a log was deleted."""
        pipe = self.log.client.pipeline(transaction=True)
        pipe.xgroup_create(self.stream, self.name, self._start, mkstream=True)
        pipe.expire(self.stream, self._ttl_s, nx=True)  # of the empty Stream it may have made
        made, _ = pipe.execute(raise_on_error=False)
        if isinstance(made, ResponseError) and str(made).startswith("BUSYGROUP"):
            return
        if isinstance(made, Exception):
            raise made

    def state(self) -> State:
        """How far the group is.

        What is undelivered is counted by the entries' own numbers: Redis's `lag` goes on counting
        what was cut off unread.
        """
        pipe = self.log.client.pipeline(transaction=True)
        pipe.xinfo_groups(self.stream)
        pipe.xlen(self.dead)
        pipe.hget(self.log.keys.audit_tip, "n")
        groups, dead, tip = pipe.execute()
        found = next(g for g in groups if g["name"] == self.name.encode())
        after = f"({found['last-delivered-id'].decode()}"
        page: Any = self.log.client.xrange(self.stream, after, count=1)
        # at least the one that was found, also while a tip is missing
        undelivered = max(1, int(tip or 0) - entry_of(*page[0]).number + 1) if page else 0
        return State(found["pending"], undelivered, dead, found["consumers"])

    def bury(
        self, effects: Effects, entry: Entry, *, reason: str, deliveries: int, by: str
    ) -> None:
        """Let effects put an entry aside instead of handling it."""
        effects.add(
            "XADD", self.dead, "MAXLEN", "~", self._most, "*", "entry", entry.id,
            "event", entry.content, "reason", reason, "deliveries", deliveries, "consumer", by,
        )  # fmt: skip
        effects.add("EXPIRE", self.dead, self._ttl_s)

    def dead_letters(self) -> list[DeadLetter]:
        """What was put aside, oldest first."""
        found: Any = self.log.client.xrange(self.dead)
        return [_letter(fields) for _, fields in found]

    def __repr__(self) -> str:
        return f"<Group {self.name!r} of the audit log of {self.log.user!r}>"


def _letter(fields: dict[bytes, bytes]) -> DeadLetter:
    text = {name.decode(): value.decode(errors="replace") for name, value in fields.items()}
    return DeadLetter(
        text["entry"], text["event"], text["reason"], int(text["deliveries"]), text["consumer"]
    )
