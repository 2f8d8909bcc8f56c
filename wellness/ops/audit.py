"""The audit log: what the agent did for a user, in a Stream that shows if it was tampered with.

Entries are chained (`wellness.ops.chain`), so each new one needs the hash of the last, and two
writers must not build on the same one. Three ways were weighed:
- WATCH the tip, read it, MULTI: three round trips, and a writer that was overtaken begins again.
- Hash in a script: one round trip, but Redis's Lua has only SHA-1, and the key of an HMAC would
  have to go to Redis, which is what the log shall be safe from.
- Compare and append, which is done here: the writer hashes on top of the tip it knows, and a
  script adds that only if the tip is still the same, else it answers with the new tip. One round
  trip while a user has one writer, and never a fork.

`XADD ... MAXLEN ~` would drop entries without a trace. Instead the log is cut back now and then at
a known entry, and the same script writes down, in the chain, where it begins from then on.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from redis import Redis
from redis.client import Pipeline

from wellness import keys as key_table
from wellness.errors import AuditError
from wellness.keys import Keys
from wellness.ops.audit_scripts import APPEND, AT
from wellness.ops.chain import Chain
from wellness.ops.entries import Entry, Tip, entry_of, position, tip_of
from wellness.ops.events import Event, EventKind, encode, event
from wellness.settings import Settings

PAGE = 500  # entries of one reply: some hundred kilobytes
ATTEMPTS = 200  # appends that may be overtaken in a row: never seen, but no loop is endless
PAUSE_S = 0.0005  # first pause of a writer that was overtaken; grows to 32 times that
SLACK = 0.1  # part by which a log may be too long, so that it is cut back once for many entries


@dataclass(frozen=True, slots=True)
class Attempt:
    """Entries underway to the log: what they build on, and what their hashes will be."""

    on: Tip
    hashes: tuple[str, ...]


class AuditLog:
    """One user's log. Several threads and processes may write to it.

    Args:
        client: a Redis client that returns bytes.
        settings: `audit_entries`, `audit_ttl_s` and `audit_key` count here.
        namespace: prefix of all keys.
    """

    def __init__(
        self, client: Redis, user: str, *, settings: Settings, namespace: str = key_table.PERSON
    ) -> None:
        self.client, self.user, self.keys = client, user, Keys(namespace, user)
        self.chain = Chain(settings.audit_key, self.keys.audit)
        self._most, self._ttl_s = settings.audit_entries, settings.audit_ttl_s
        self._tip = Tip()  # as far as this writer knows; being wrong costs a round trip
        self._length = 0  # after the last entry of this writer

    def __repr__(self) -> str:
        return f"<AuditLog of {self.user!r}, by {self.chain.scheme}>"

    # Writing

    def append(self, *events: Event) -> list[str]:
        """Add events at the end, all or none; the ids of their entries.

        Raises:
            AuditError: the log's chain is made in another way, or the data of an event is no JSON.
            RedisUnavailable: they may have been written all the same.
        """
        ids = self._append(events)
        if events:
            self.keep_bound(at=events[-1].at)
        return ids

    def queue(self, pipe: Pipeline, events: Sequence[Event]) -> Attempt:
        """Add an append to a pipeline that sends other things too; `settle` must get the reply.

        Raises:
            AuditError: the data of an event is nothing that JSON can hold.
        """
        return self._queue(pipe, events, "")

    def settle(self, attempt: Attempt, reply: Any) -> bool:
        """Whether it was written; if not, somebody else was first, and `append` tries again.

        After it was, `keep_bound` sees to the log's length.

        Raises:
            AuditError: the log's chain is made in another way.
        """
        written, *rest = reply
        if written:
            number = attempt.on.number + len(attempt.hashes)
            self._length, ids = rest
            id = ids[-1].decode()
            self._tip = Tip(number, attempt.hashes[-1], id, self.chain.scheme)
            return True
        tip = tip_of(
            dict(zip((b"n", b"hash", b"scheme"), (b"%d" % rest[0], *rest[1:]), strict=True))
        )
        self.check(tip)
        self._tip = tip
        return False

    def check(self, tip: Tip) -> None:
        """Make sure that a log's chain is of our making.

        Raises:
            AuditError: it is made with another key, with one while we have none, or without.
        """
        if tip.scheme in ("", self.chain.scheme):
            return
        ours, theirs = (s.partition(":")[0] for s in (self.chain.scheme, tip.scheme))
        how = "with another key" if ours == theirs else f"by {theirs}, not {ours}"
        raise AuditError(
            f"The audit log of {self.user!r} is chained {how}.",
            hint="Set WELLNESS_AUDIT_KEY to what it was when the log began (or unset it, if there "
            "was none), or verify the log with that once more and `clear` it.",
        )

    def keep_bound(self, *, at: int) -> None:
        """Cut the log back if it was too long when this writer last wrote to it; see `trim`."""
        if self._length > self._most * (1 + SLACK):
            self.trim(at=at)

    def trim(self, *, at: int) -> int:
        """Cut the log back to `audit_entries`; how many entries went.

        What went can no longer be verified; the log says in its chain where it begins.

        Args:
            at: milliseconds since the epoch, for the entry that says so.
        """
        while (surplus := int(self.client.xlen(self.keys.audit)) - self._most) > 0:
            found: Any = self.client.eval(AT, 1, self.keys.audit, surplus + 2)
            id, flat = found
            first = entry_of(id, dict(zip(flat[::2], flat[1::2], strict=True)))
            data = {"first": first.number, "previous": first.previous, "entries": surplus + 1}
            note = event(EventKind.TRIMMED, at=at, user=self.user, data=data)
            pipe = self.client.pipeline(transaction=False)
            attempt = self._queue(pipe, [note], first.id)
            if self.settle(attempt, pipe.execute()[0]):
                return surplus + 1
        return 0

    def clear(self) -> int:
        """Delete the log, so that a new one can begin; returns how many entries it had."""
        pipe = self.client.pipeline(transaction=True)
        pipe.xlen(self.keys.audit)
        pipe.unlink(self.keys.audit, self.keys.audit_tip)
        self._tip = Tip()
        return int(pipe.execute()[0])

    def _append(self, events: Sequence[Event]) -> list[str]:
        if not events:
            return []
        for attempts in range(ATTEMPTS):
            pipe = self.client.pipeline(transaction=False)
            attempt = self._queue(pipe, events, "")
            (reply,) = pipe.execute()
            if self.settle(attempt, reply):
                return [id.decode() for id in reply[2]]
            if attempts:  # the first time it was our tip that was old
                time.sleep(random.uniform(0, PAUSE_S * 2 ** min(attempts, 5)))
        raise AuditError(
            f"Others wrote to the audit log of {self.user!r} {ATTEMPTS} times before this did.",
            hint="Write several events in one `append`, or from fewer processes.",
        )

    def _queue(self, pipe: Pipeline, events: Sequence[Event], first_kept: str) -> Attempt:
        tip = self._tip
        begin = previous = tip.hash or self.chain.genesis
        hashes, pairs = [], []
        for number, content in enumerate(map(encode, events), tip.number + 1):
            previous = self.chain.link(previous, number, content)
            hashes.append(previous)
            pairs += [previous, content]
        scheme = self.chain.scheme
        pipe.eval(
            APPEND, 2, self.keys.audit, self.keys.audit_tip,
            tip.hash, scheme, self._ttl_s, first_kept, begin, *pairs,
        )  # fmt: skip
        return Attempt(tip, tuple(hashes))

    # Reading

    def tip(self) -> Tip:
        """Where the log ends."""
        found: Any = self.client.hgetall(self.keys.audit_tip)
        return tip_of(found)

    def read(
        self,
        start: str | datetime | None = None,
        *,
        after: str | None = None,
        until: str | datetime | None = None,
    ) -> Iterator[Entry]:
        """Entries in their order, those that are damaged too; pages are read as they are needed.

        Args:
            start: id or time of the first one; by default the oldest that is kept.
            after: id of the last one that is known already; in place of `start`.
            until: id of the last one, or the time up to which they are wanted.
        """
        begin = f"({after}" if after else position(start)
        end = "+" if until is None else position(until)
        while True:
            page: Any = self.client.xrange(self.keys.audit, begin, end, count=PAGE)
            for id, fields in page:
                yield entry_of(id, fields)
            if len(page) < PAGE:
                return
            begin = f"({page[-1][0].decode()}"

    def last(self, n: int) -> list[Entry]:
        """The newest `n` entries, oldest first."""
        found: Any = self.client.xrevrange(self.keys.audit, count=n) if n > 0 else []
        return [entry_of(id, fields) for id, fields in reversed(found)]
