"""What can happen in a turn of the agent, as typed events that fit a line of JSON.

An event says *that* something happened and how large it was, not what a person said: whoever
listens on a channel reads it, and an audit log, which nobody may change, would keep for good what
the person has since asked the agent to forget. `WELLNESS_AUDIT_TEXT` asks for the words as well.

>>> made = event(EventKind.ANSWERED, at=1_790_000_000_000, user="ann", conversation="c1",
...              data={"by": "model", "seconds": 1.5})
>>> decode(encode(made)) == made
True
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from ulid import PureRandomPolicy, ULIDGenerator

from wellness.errors import AuditError

# Ids of one millisecond are not counted up: two processes forked from one parent would agree.
_ids = ULIDGenerator(policy=PureRandomPolicy())

# One text for one event, whatever the order of its fields: the chain of the audit log hashes it.
# In ASCII, since a name from a command line need not be valid Unicode.
_to_json = json.JSONEncoder(separators=(",", ":"), sort_keys=True, allow_nan=False).encode


class EventKind(StrEnum):
    """What happened."""

    TURN_STARTED = "turn started"
    RECALLED = "recalled"
    TOOL_CALLED = "tool called"
    ANSWERED = "answered"
    FAILED = "failed"  # the turn ended with an error, without an answer
    REMEMBERED = "remembered"
    REDIS_LOST = "redis lost"
    REDIS_FOUND = "redis found"
    TRIMMED = "trimmed"  # of the audit log itself: where it begins now


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened.

    Attributes:
        id: a ULID (github.com/ulid/spec); equal ids are the same event.
        at: milliseconds since the epoch.
        conversation: empty for what belongs to none, such as a lost Redis.
        data: what is known about it, in values that JSON has.
        sequence: its number on the user's channel, given when it is published; None before.
    """

    id: str
    kind: EventKind
    at: int
    user: str
    conversation: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    sequence: int | None = field(default=None, compare=False)

    @property
    def time(self) -> datetime:
        """When it happened, in UTC."""
        return datetime.fromtimestamp(self.at / 1000, UTC)

    def to_dict(self) -> dict[str, Any]:
        """All of it but the sequence, in values that JSON has."""
        return {
            "id": self.id,
            "kind": self.kind.value,
            "at": self.at,
            "user": self.user,
            "conversation": self.conversation,
            "data": dict(self.data),
        }

    def __repr__(self) -> str:
        number = "" if self.sequence is None else f" #{self.sequence}"
        data = ", ".join(f"{name}={value!r}" for name, value in self.data.items())
        return f"<Event{number} {self.time:%H:%M:%S.%f} {self.kind}{': ' if data else ''}{data}>"


def event(
    kind: EventKind,
    *,
    at: int,
    user: str,
    conversation: str = "",
    data: Mapping[str, Any] | None = None,
) -> Event:
    """A new event with an id of its own.

    Args:
        at: milliseconds since the epoch.

    Raises:
        AuditError: `at` is no such time.
    """
    try:
        id = str(_ids.generate(at))
    except (ValueError, OverflowError) as error:
        hint = "`at` is in milliseconds since 1970."
        raise AuditError(f"Nothing can have happened at {at}.", hint=hint) from error
    return Event(id, kind, at, user, conversation, dict(data or {}))


def encode(event: Event) -> str:
    """An event as one line of canonical JSON: fields sorted, no spaces, ASCII.

    Raises:
        AuditError: its data is nothing that JSON can hold.
    """
    try:
        return _to_json(event.to_dict())
    except (TypeError, ValueError, RecursionError) as error:
        raise AuditError(
            f"The data of an event {event.kind.value!r} is no JSON: {error}."
        ) from error


def decode(text: str | bytes, sequence: int | None = None) -> Event:
    """The event that `encode` wrote.

    Raises:
        AuditError: the text is no event.
    """
    try:
        fields = json.loads(text)
        return Event(
            str(fields["id"]), EventKind(fields["kind"]), int(fields["at"]), str(fields["user"]),
            str(fields["conversation"]), dict(fields["data"]), sequence,
        )  # fmt: skip
    except (TypeError, ValueError, KeyError, RecursionError) as error:
        raise AuditError(f"This is no event: {text!r:.100}.") from error
