"""Handle every entry of an audit log at least once, whatever happens to those who do.

    def count(entry: Entry, effects: Effects) -> None:
        effects.add("HINCRBY", tally, entry.event.kind, 1)

    consumer = Consumer(Group(log, "billing", settings=settings), "worker-1", count,
                        settings=settings)
    consumer.run(stop)

An entry is acknowledged after it was handled, never before. Who dies in between leaves it in the
group's pending list; a consumer that starts again under the same name takes its own up at once,
and everybody takes up what has been in other hands for longer than `audit_claim_s`. So an entry
can come twice: `wellness.ops.effects` is how its effect still happens once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from redis.exceptions import RedisError, ResponseError

from wellness.errors import RedisUnavailable
from wellness.ops.effects import Effects
from wellness.ops.entries import Entry, entry_of
from wellness.ops.group import Group
from wellness.ops.subscriber import longest_wait_s
from wellness.settings import Settings

Handle = Callable[[Entry, Effects], None]

BATCH = 50  # new entries in one reply: what a death can send round again
SILENT = "it was handed out {n} times, and no consumer has said how that ended: each one died"


class Consumer:
    """One member of a group.

    Args:
        name: of this consumer in the group; two that run at once need two names.
        handle: is given each entry. If it raises, the entry stays pending and comes again.
        settings: `audit_claim_s`, `audit_deliveries` and those of waiting count here.

    Attributes:
        handled: entries whose effects were carried out and that were acknowledged.
        repeated: entries that this one handled and another had settled meanwhile.
        failed: times that `handle` raised, or an effect was refused.
        buried: entries put aside after `audit_deliveries` deliveries.
        trimmed: entries that the log's cut had taken away before they were handled.
    """

    def __init__(self, group: Group, name: str, handle: Handle, *, settings: Settings) -> None:
        self.group, self.name, self.handle = group, name, handle
        self._client = group.log.client
        self._claim_s, self._most = settings.audit_claim_s, settings.audit_deliveries
        self._block_ms = int(longest_wait_s(settings) * 1000)
        self._retry_s = settings.events_retry_s
        self._problems: dict[str, str] = {}  # of entries that failed here: why
        self._took_up, self._claimed_at = False, float("-inf")
        self.handled = self.repeated = self.failed = self.buried = self.trimmed = 0

    def run(self, stop: threading.Event) -> None:
        """Handle what comes until `stop` is set; an outage of Redis is waited out."""
        while not stop.is_set():
            try:
                self.step()
            except ResponseError as error:
                if not str(error).startswith("NOGROUP"):
                    raise
                self.group.ensure()
            except (RedisError, RedisUnavailable):
                stop.wait(self._retry_s)

    def step(self) -> int:
        """Take up what was left behind, then a batch of new entries; how many came.

        Waits for new ones for up to `events_idle_s`.

        Raises:
            redis.exceptions.RedisError: Redis does not answer, or the group is gone.
        """
        came = 0
        if not self._took_up:
            came += sum(self._again(entry) for entry in self._own())
            self._took_up = True
        if time.monotonic() - self._claimed_at >= self._claim_s / 2:
            came += sum(self._again(entry) for entry in self._left_behind())
            self._claimed_at = time.monotonic()
        found = self._read(">", BATCH, self._block_ms)
        self._settle([(entry, effects) for entry in found if (effects := self._try(entry))])
        return came + len(found)

    # Which entries

    def _read(self, after: str, count: int, block_ms: int | None = None) -> list[Entry]:
        reply: Any = self._client.xreadgroup(
            self.group.name, self.name, {self.group.stream: after}, count=count, block=block_ms
        )
        return [entry_of(id, fields or {}) for _, page in reply or () for id, fields in page]

    def _own(self) -> Iterator[Entry]:
        """What was handed to this name before and not settled.

        One at a time: being handed out is counted, and an entry shall not be put aside because a
        neighbour killed its consumer.
        """
        after = "0"
        while found := self._read(after, 1):
            after = found[0].id
            yield found[0]

    def _left_behind(self) -> Iterator[Entry]:
        """What others, or this one, have had in their hands for too long; one at a time."""
        cursor, idle_ms = "0-0", int(self._claim_s * 1000)
        while True:
            reply: Any = self._client.xautoclaim(
                self.group.stream, self.group.name, self.name, idle_ms, cursor, count=1
            )
            cursor, page, deleted = reply[0].decode(), reply[1], reply[2]
            self.trimmed += len(deleted)
            for id, fields in page:
                yield entry_of(id, fields)
            if cursor == "0-0":
                return

    # What becomes of them

    def _again(self, entry: Entry) -> bool:
        """Handle an entry that was handed out before, or put it aside."""
        found: Any = self._client.xpending_range(
            self.group.stream, self.group.name, entry.id, entry.id, 1
        )
        deliveries = found[0]["times_delivered"] if found else 0
        if not entry.content:
            self.trimmed += 1
            self._client.xack(self.group.stream, self.group.name, entry.id)
        elif deliveries > self._most:
            self._bury(entry, deliveries - 1)  # this one it was not handed to anybody
        elif effects := self._try(entry):
            self._settle([(entry, effects)])
        return True

    def _try(self, entry: Entry) -> Effects | None:
        effects = Effects()
        try:
            self.handle(entry, effects)
        except Exception as error:
            self._fail(entry, error)
            return None
        return effects

    def _settle(self, done: list[tuple[Entry, Effects]]) -> None:
        pipe = self._client.pipeline(transaction=False)
        for entry, effects in done:
            effects.queue(pipe, self.group.stream, self.group.name, entry.id)
        for (entry, _), reply in zip(done, pipe.execute(raise_on_error=False), strict=True):
            if isinstance(reply, Exception):
                self._fail(entry, reply)
            else:
                self.handled += bool(reply)
                self.repeated += not reply
                self._problems.pop(entry.id, None)

    def _fail(self, entry: Entry, error: Exception) -> None:
        self.failed += 1
        self._problems[entry.id] = f"{type(error).__name__}: {error}"

    def _bury(self, entry: Entry, deliveries: int) -> None:
        reason = self._problems.pop(entry.id, "") or SILENT.format(n=deliveries)
        effects, pipe = Effects(), self._client.pipeline(transaction=False)
        self.group.bury(effects, entry, reason=reason, deliveries=deliveries, by=self.name)
        effects.queue(pipe, self.group.stream, self.group.name, entry.id)
        self.buried += int(pipe.execute()[0])

    def __repr__(self) -> str:
        return (
            f"<Consumer {self.name!r} of {self.group.name!r}: {self.handled} handled, "
            f"{self.repeated} repeated, {self.failed} failed, {self.buried} put aside>"
        )
