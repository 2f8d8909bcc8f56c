"""An entry of the audit log, as it stands in the Stream, and what the log's end is known by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from wellness.ops.events import Event, decode

Fields = Mapping[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry, whether or not it is sound; `wellness.ops.verification` says that.

    Attributes:
        id: given by Redis, for instance "1790000000000-0"; consumers know an entry by it.
        number: its place in the chain, from 1; 0 if it holds none.
        content: the event as canonical JSON.
        previous: hash of the entry before it.
        hash: its own.
    """

    id: str
    number: int
    content: str
    previous: str = field(repr=False)
    hash: str = field(repr=False)

    @property
    def event(self) -> Event:
        """What happened.

        Raises:
            AuditError: the content is no event.
        """
        return decode(self.content)


@dataclass(frozen=True, slots=True)
class Tip:
    """Where a log ends. Kept elsewhere, it proves later that nothing before it was changed.

    Attributes:
        number, hash, id: of the last entry; 0 and empty for a log without any.
        scheme: how its chain is made.
    """

    number: int = 0
    hash: str = ""
    id: str = ""
    scheme: str = ""


def entry_of(id: bytes, fields: Fields) -> Entry:
    """An entry from what Redis answers."""
    number = fields.get(b"n", b"")
    content, previous, digest = (
        fields.get(name, b"").decode(errors="replace") for name in (b"event", b"prev", b"hash")
    )
    return Entry(id.decode(), int(number) if number.isdigit() else 0, content, previous, digest)


def tip_of(fields: Mapping[bytes, bytes]) -> Tip:
    """A tip from the hash that holds it."""
    found = {name.decode(): value.decode(errors="replace") for name, value in fields.items()}
    number = found.get("n", "")
    return Tip(
        int(number) if number.isdecimal() else 0,
        found.get("hash", ""), found.get("id", ""), found.get("scheme", ""),
    )  # fmt: skip


def position(where: Any) -> str:
    """A moment or an entry's id as XRANGE has it; a moment is its first millisecond.

    >>> from datetime import UTC
    >>> position(datetime(2026, 9, 30, tzinfo=UTC)), position("1790000000000-3"), position(None)
    ('1790726400000-0', '1790000000000-3', '-')
    """
    if where is None:
        return "-"
    if isinstance(where, datetime):
        return f"{int(where.timestamp() * 1000)}-0"
    return str(where)
