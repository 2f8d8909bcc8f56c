"""The heaviest keys of a namespace, found by SCAN within a budget that can be taken up again."""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from redis import Redis
from redis.exceptions import ResponseError

from wellness.ops.finding import Finding, Part, Table, Unread, fine, look_here, number, size
from wellness.ops.walk import START, Budget, Coverage, Place, Walk, covered
from wellness.ops.weighing import weigh
from wellness.replies import text

BIG_BYTES = 10_000_000  # to read, copy or move it as a whole stops everybody for milliseconds
BIG_LENGTH = 100_000  # elements: any command that goes through all of them takes milliseconds too
MOST = 10  # heaviest keys that are kept

LENGTHS = {
    "string": "STRLEN", "list": "LLEN", "hash": "HLEN", "set": "SCARD", "zset": "ZCARD",
    "stream": "XLEN", "ReJSON-RL": "JSON.OBJLEN", "vectorset": "VCARD",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class BigKey:
    """A key with its bytes by MEMORY USAGE; `length` is None for a type that has none."""

    key: str
    type: str
    bytes: int
    length: int | None

    @property
    def is_big(self) -> bool:
        """Whether it is above one of the limits; a string's length is its bytes."""
        long = self.type != "string" and (self.length or 0) > BIG_LENGTH
        return self.bytes > BIG_BYTES or long


@dataclass(frozen=True, repr=False)
class BigKeys(Part):
    """The heaviest keys that were seen, heaviest first.

    Attributes:
        looked_at: keys of the namespace that were weighed, by this look and those before it.
        rest: where `big_keys(..., before=this)` goes on; None when all were seen.
    """

    title: ClassVar[str] = "Heaviest keys"
    found: tuple[BigKey, ...]
    looked_at: int
    coverage: Coverage
    rest: Place | None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Each big key, and how much was seen."""
        big = [one for one in self.found if one.is_big]
        seen = f"{self.looked_at:,} keys were weighed; {self.coverage}."
        rows = [_finding(one) for one in big]
        if not self.coverage.complete:
            do = "Take it up again with before=, or give a larger budget."
            rows.append(look_here("seen so far", number(self.looked_at), seen, do))
        elif not big:
            why = f"None is above {size(BIG_BYTES)} or {BIG_LENGTH:,} elements. {seen}"
            rows.append(fine("big keys", "0", why))
        else:
            rows.append(fine("seen", number(self.looked_at), seen))
        return tuple(rows)

    @property
    def tables(self) -> tuple[Table, ...]:
        """One row a key."""
        rows = tuple((one.key, one.type, size(one.bytes), number(one.length)) for one in self.found)
        return (Table(self.title, ("key", "type", "bytes", "length"), rows),) if rows else ()


def _finding(one: BigKey) -> Finding:
    value = f"{size(one.bytes)}, {one.type} of {number(one.length)}"
    why = (
        f"Above {size(BIG_BYTES)} or {BIG_LENGTH:,} elements: what reads or moves it whole "
        "holds up everybody."
    )
    do = "Trim it, split it by time, or read it in ranges; UNLINK frees it in the background."
    return look_here(one.key, value, why, do)


def big_keys(
    client: Redis,
    namespace: str,
    user: str | None = None,
    *,
    most: int = MOST,
    budget: Budget | None = None,
    before: BigKeys | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> BigKeys | Unread:
    """Weigh keys by MEMORY USAGE and keep the heaviest; `Unread` where Redis refuses that.

    Args:
        client: bytes or text replies, either will do.
        namespace: whose keys.
        user: only this one's.
        most: keys that are kept.
        budget: when to stop; by default `Budget()`.
        before: an earlier look that was not complete: go on where it stood and keep what it found.
        clock: monotonic seconds.
    """
    start = (before.rest if before else None) or START
    walk = Walk(client, namespace, user, budget=budget or Budget(), start=start, clock=clock)
    heap = {one.key: one.bytes for one in before.found} if before else {}
    looked_at = before.looked_at if before else 0
    for names in walk:
        weights = weigh(client, names)
        for name, weight in zip(names, weights, strict=True):
            if isinstance(weight, str):
                return Unread(BigKeys.title, weight)
            if weight is not None:
                heap[name] = weight
                looked_at += 1
        heap = dict(heapq.nlargest(most, heap.items(), key=lambda item: item[1]))
    found = _measured(client, heap)
    return BigKeys(found, looked_at, covered(client, walk), walk.rest)


def _measured(client: Redis, weights: dict[str, int]) -> tuple[BigKey, ...]:
    """The keys with type and length."""
    names = sorted(weights, key=lambda name: (-weights[name], name))
    if not names:
        return ()
    pipe = client.pipeline(transaction=False)
    for name in names:
        pipe.type(name)
    types = [str(text(reply)) for reply in pipe.execute()]
    there = [(name, kind) for name, kind in zip(names, types, strict=True) if kind != "none"]
    sizes = lengths(client, there)
    return tuple(
        BigKey(name, kind, weights[name], length)
        for (name, kind), length in zip(there, sizes, strict=True)
    )


def lengths(client: Redis, typed: list[tuple[str, str]]) -> list[int | None]:
    """The length of each (key, type): bytes of a string, elements, fields or entries of others."""
    asked = [(name, LENGTHS[kind]) for name, kind in typed if kind in LENGTHS]
    if not asked:
        return [None] * len(typed)
    pipe = client.pipeline(transaction=False)
    for name, command in asked:
        pipe.execute_command(command, name)  # type: ignore[no-untyped-call]
    replies: list[Any] = pipe.execute(raise_on_error=False)
    known = dict(zip((name for name, _ in asked), map(_length, replies), strict=True))
    return [known.get(name) for name, _ in typed]


def _length(reply: Any) -> int | None:
    if isinstance(reply, ResponseError):  # refused, or a JSON document that is no object
        return None
    if isinstance(reply, Exception):
        raise reply
    value = reply[0] if isinstance(reply, list) and reply else reply
    return int(value) if isinstance(value, int) else None
