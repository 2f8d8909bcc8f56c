"""A write that waits for replicas, tried when they are well, suspended, or not to be heard.

The answer is called as `keep(client, key, value, replicas=2, timeout_ms=200)` and returns "kept",
"unconfirmed", "refused" or "unknown".
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from wellness.client import Client
from wellness.keys import LESSON, Keys
from wellness.lesson.relay import line
from wellness.topologies import Replicated

PATIENT_MS = 5_000  # for replicas that are well: they need about a millisecond
WAIT_MS = 200  # for a suspended one, which never answers
SILENCE_S = 1.0  # until a client that hears nothing gives up
REPLICAS = 2
KEY = Keys(LESSON, "exercise").scratch("promise")
Keep = Callable[..., Any]


def find_broken_promise(local: Replicated, keep: Keep) -> str:
    """What is wrong with an answer to exercise 4; empty if nothing is. Leaves all well.

    Args:
        local: a primary with two replicas.
        keep: the answer.
    """
    first, second = local.replicas
    local.wait_for_replicas()
    try:
        with local.client(local.primary) as client, local.client(first) as replica:
            if fault := _fault(keep, client, "two replicas are well", "kept", PATIENT_MS):
                return fault
            local.wait_for_replicas()  # or an answer that does not wait could be right by luck
            for case, server in (("one of two is", second), ("both are", first)):
                server.freeze()
                if fault := _fault(keep, client, f"{case} suspended", "unconfirmed", WAIT_MS):
                    return fault
            second.thaw()
            first.thaw()
            said = keep(replica, KEY, "refused", replicas=REPLICAS, timeout_ms=WAIT_MS)
            if said != "refused":
                return f"When it is sent to a replica: 'refused'; you say {said!r}."
            return _unanswered(local, client, keep)
    finally:
        for server in (first, second):
            server.thaw()


def _fault(keep: Keep, client: Client, case: str, expected: str, timeout_ms: int) -> str:
    """What is wrong with how one write ended, while other threads use the same client."""
    thief = _Thief(client)
    client.guard.add(thief)
    try:
        said = keep(client, KEY, case, replicas=REPLICAS, timeout_ms=timeout_ms)
    finally:
        client.guard.remove(thief)
        thief.give_back()
    if said != expected:
        return f"When {case}: {expected!r}; you say {said!r}."
    if (there := client.get(KEY)) != case.encode():
        return f"When {case}, the primary should have what was written; it has {there!r}."
    return ""


def _unanswered(local: Replicated, client: Client, keep: Keep) -> str:
    brisk = local.settings.model_copy(update={"socket_timeout_s": SILENCE_S})
    with line(client, brisk) as way:
        way.client.ping()
        way.silence()
        begun = time.monotonic()
        said = keep(way.client, KEY, "unheard", replicas=REPLICAS, timeout_ms=WAIT_MS)
        if said != "unknown":
            return f"When no answer comes: 'unknown'; you say {said!r}."
        if time.monotonic() - begun > brisk.breaker_reset_s:
            return "When no answer comes, one timeout is enough."
    return ""


class _Thief:
    """Takes the connection of each SET away, as another thread of a busy service does."""

    def __init__(self, client: Client) -> None:
        self._pool = client.connection_pool
        self._taken: list[Any] = []

    def on_command(self, name: str, seconds: float, error: Any, commands: Any) -> None:
        """After a SET that was sent alone."""
        if name == "SET":
            self._taken.append(self._pool.get_connection())

    def give_back(self) -> None:
        """All that were taken."""
        while self._taken:
            self._pool.release(self._taken.pop())
