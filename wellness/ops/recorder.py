"""Write down what happens: into the audit log and onto the channel, in one round trip.

A turn of the agent goes on whatever becomes of that. Redis down means that events are counted here
instead of written there, and the log says how many are missing as soon as Redis is back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from redis.exceptions import RedisError

from wellness import keys as key_table
from wellness.client import Client
from wellness.errors import WellnessError
from wellness.ops.audit import Attempt, AuditLog
from wellness.ops.events import Event, EventKind
from wellness.ops.link_watch import LinkWatch
from wellness.ops.publisher import Publisher
from wellness.settings import Settings


class Recorder:
    """Records one user's events.

    The log and the channel are independent: an entry may be written although nobody could be told,
    and the other way round when the log is chained with another key.

    Args:
        settings: those of the audit log count here.
        clock: seconds since the epoch, for the time of an outage.

    Attributes:
        written: entries of the audit log.
        unwritten: events that are not in it, as far as is known: an answer that was lost on its
            way counts here too.
        problem: why the last of them is not; empty if there is none.
    """

    def __init__(
        self,
        client: Client,
        user: str,
        *,
        settings: Settings,
        clock: Callable[[], float],
        namespace: str = key_table.PERSON,
    ) -> None:
        self.client, self.user = client, user
        self.log = AuditLog(client, user, settings=settings, namespace=namespace)
        self.publisher = Publisher(client, user, namespace=namespace)
        self._link = LinkWatch(client.guard, clock)
        self.written = self.unwritten = 0
        self.problem = ""
        self._untold = 0  # of the unwritten ones: those that no entry speaks of yet

    def record(self, *events: Event) -> None:
        """Write events down and publish them, with what is to be told of outages; never raises."""
        self._write([*self._outages(), *events])
        self._write(self._outages())  # of one that this very command has found to be over

    def _outages(self) -> list[Event]:
        return [self._with_loss(event) for event in self._link.take(self.user)]

    def _write(self, events: list[Event]) -> None:
        if not events:
            return
        attempt: Attempt | None = None
        logged: Any
        told: Any
        try:
            pipe = self.client.pipeline(transaction=False)
            attempt = self.log.queue(pipe, events)
            self.publisher.queue(pipe, events)
            logged, told = pipe.execute(raise_on_error=False)
        except (RedisError, WellnessError) as error:
            logged = told = error
        self.publisher.settle(events, told)
        self._settle(events, attempt, logged)

    def _with_loss(self, event: Event) -> Event:
        """A found Redis is told with the number of events that the outage has cost."""
        if event.kind is not EventKind.REDIS_FOUND:
            return event
        untold, self._untold = self._untold, 0
        return replace(event, data={**event.data, "unwritten": untold})

    def _settle(self, events: list[Event], attempt: Attempt | None, reply: Any) -> None:
        try:
            if isinstance(reply, Exception):
                raise reply
            if attempt is not None and not self.log.settle(attempt, reply):
                self.log.append(*events)
            self.written += len(events)
            self.log.keep_bound(at=events[-1].at)
        except (RedisError, WellnessError) as error:
            self.unwritten += len(events)
            self._untold += len(events)
            self.problem = error.message if isinstance(error, WellnessError) else str(error)

    def close(self) -> None:
        """Tell what is left to be told of outages, and watch the connection no more."""
        self.record()
        self._link.close()

    def to_dict(self) -> dict[str, Any]:
        """What became of the events, in values that JSON has."""
        return {"written": self.written, "unwritten": self.unwritten, "problem": self.problem}

    def __repr__(self) -> str:
        return f"<Recorder of {self.user!r}: {self.written} written, {self.unwritten} not>"
