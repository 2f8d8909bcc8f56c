"""What can be remembered for long: the kinds of memory, and one memory of a person."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from wellness.settings import Settings

FOREVER = 9e15  # where a number must stand for "not yet": 285 million years from now


class MemoryKind(StrEnum):
    """Kinds of memory, by what Tulving (1972) and Squire (2004) tell apart in people."""

    GOAL = "goal"  # episodic: what the person set out to do, and when
    EVENT = "event"  # episodic: what happened
    SAID = "said"  # episodic: a turn, word by word
    FACT = "fact"  # semantic: what is so
    PREFERENCE = "preference"  # semantic: what the person likes
    PATTERN = "pattern"  # procedural: what the person usually does


def ttl_s(kind: MemoryKind, settings: Settings) -> int:
    """Seconds that a memory of a kind is kept after it was last stated."""
    return min(
        settings.memory_ttl_by_kind_s.get(kind, settings.memory_ttl_s), settings.memory_ttl_s
    )


@dataclass(frozen=True, slots=True)
class Fact:
    """Something to be remembered.

    Attributes:
        text: in words; it is what gets embedded and searched.
        at: epoch seconds at which it was said.
        subject: what it is about, without its value ("goal:BodyMass"): a later value supersedes
            an earlier one. Empty if several may be true at once.
        signature: what it says, whatever the wording: equal for two facts that say the same. Empty
            if nobody knows; then only the same words say the same.
        valid_from: epoch seconds since when it holds; by default when it was said.
        importance: 0 to 1.
        source: id of the turn that it comes from.
        slots: what was read out of the text; kept for people and for the agent.
    """

    text: str
    kind: MemoryKind
    at: int
    subject: str = ""
    signature: str = ""
    valid_from: int | None = None
    importance: float = 0.5
    source: str = ""
    slots: Mapping[str, Any] = field(default_factory=dict)

    @property
    def since(self) -> int:
        """Epoch seconds since when it holds."""
        return self.at if self.valid_from is None else self.valid_from


@dataclass(frozen=True, slots=True)
class Memory:
    """A fact as it is stored.

    Attributes:
        valid_until: epoch seconds at which something else began to hold; None while it holds.
        expires_at: epoch seconds at which Redis forgets it.
        embedder: whose vector it has, as `wellness.memory.index.embedder_tag` names it.
        shared: it belongs to everybody.
    """

    id: str
    fact: Fact
    valid_until: int | None
    expires_at: int
    embedder: str
    shared: bool = False

    @property
    def current(self) -> bool:
        """Whether nothing has taken its place."""
        return self.valid_until is None

    def to_dict(self) -> dict[str, Any]:
        """All of it in values that JSON has; times are epoch seconds."""
        fact = self.fact
        return {
            "id": self.id, "text": fact.text, "kind": fact.kind.value, "at": fact.at,
            "subject": fact.subject, "signature": fact.signature, "valid_from": fact.since,
            "valid_until": self.valid_until, "importance": fact.importance, "source": fact.source,
            "slots": dict(fact.slots), "expires_at": self.expires_at, "embedder": self.embedder,
            "shared": self.shared,
        }  # fmt: skip


FIELDS = (
    "text", "kind", "said_at", "subject", "signature", "valid_from", "valid_until", "importance",
    "source", "slots", "expires_at", "embedder",
)  # fmt: skip


def decode(id: str, values: Sequence[bytes | None], *, shared: bool = False) -> Memory | None:
    """The memory in the hash fields `FIELDS`; None if it has expired."""
    if None in values:
        return None
    found = dict(
        zip(FIELDS, (value.decode() for value in values if value is not None), strict=True)
    )
    fact = Fact(
        text=found["text"],
        kind=MemoryKind(found["kind"]),
        at=int(found["said_at"]),
        subject=found["subject"],
        signature=found["signature"],
        valid_from=int(found["valid_from"]),
        importance=float(found["importance"]),
        source=found["source"],
        slots=json.loads(found["slots"]),
    )
    until = float(found["valid_until"])
    ends = None if until >= FOREVER else int(until)
    return Memory(id, fact, ends, int(found["expires_at"]), found["embedder"], shared)
