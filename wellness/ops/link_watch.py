"""When Redis was lost and when it was found again, as the client's circuit breaker saw it.

The breaker tells of each change of its state; nothing is added to what a command passes. The news
that Redis is lost cannot be told through Redis: both events wait here until it is back.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from wellness.client import Guard
from wellness.link.breaker import State
from wellness.ops.events import Event, EventKind, event

KEPT = 100  # changes that wait to be told: fifty outages


class LinkWatch:
    """Notes the outages of one client's Redis, from its making to `close`.

    Args:
        guard: the client's (`client.guard`).
        clock: seconds since the epoch.
    """

    def __init__(self, guard: Guard, clock: Callable[[], float]) -> None:
        self._guard, self._clock = guard, clock
        self._noted: deque[tuple[EventKind, int, dict[str, Any]]] = deque(maxlen=KEPT)
        self._lost_at: float | None = None
        guard.watch(self._note)

    def _note(self, old: State, new: State) -> None:
        now = self._guard.clock()
        if new == "open" and self._lost_at is None:
            self._lost_at = now
            self._add(EventKind.REDIS_LOST, {"endpoint": self._guard.endpoint})
        elif new == "closed" and self._lost_at is not None:
            lost_s, self._lost_at = now - self._lost_at, None
            data = {"endpoint": self._guard.endpoint, "lost_s": round(lost_s, 3)}
            self._add(EventKind.REDIS_FOUND, data)

    def _add(self, kind: EventKind, data: dict[str, Any]) -> None:
        self._noted.append((kind, int(self._clock() * 1000), data))

    @property
    def is_lost(self) -> bool:
        """Whether Redis is down at this moment, as far as anybody has noticed."""
        return self._lost_at is not None

    def take(self, user: str) -> list[Event]:
        """What was noted and not taken before, as events of a user; none while Redis is down."""
        if self.is_lost:
            return []
        taken = []
        while self._noted:
            kind, at, data = self._noted.popleft()
            taken.append(event(kind, at=at, user=user, data=data))
        return taken

    def close(self) -> None:
        """Watch no more."""
        self._guard.unwatch(self._note)
