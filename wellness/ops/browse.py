"""The keys of a namespace page by page: what each is, how big, how long it lives, how it begins.

By SCAN and a cursor, within a budget; never KEYS. SCAN's order is that of a hash table, so pages
have no order that means anything, and a key that is written meanwhile may not come.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from redis import Redis

from wellness import keys
from wellness.ops.big_keys import lengths
from wellness.ops.finding import Table, number, size, span
from wellness.ops.preview import Held, previews
from wellness.ops.walk import START, Budget, Coverage, Place, Walk, covered
from wellness.ops.weighing import described, weigh

PAGE = 25  # keys: what fits a screen


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One key. `bytes` is None where MEMORY USAGE is refused, `ttl_s` for a key that stays.

    Attributes:
        part: what stands behind the kind in its name, such as the metric; empty if nothing does.
        length: elements, fields or entries; bytes of a string; None where there is none.
        preview: the beginning on one line; a vector as its size.
    """

    key: str
    kind: str
    user: str
    part: str
    type: str
    ttl_s: int | None
    bytes: int | None
    length: int | None
    preview: str


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the next page begins: SCAN's place, and keys that it has given out already."""

    place: Place
    waiting: tuple[str, ...] = ()
    ended: bool = False


@dataclass(frozen=True, repr=False)
class Page:
    """Some keys of a namespace. `next` is None after the last page.

    A page may have fewer rows than were asked for, even none, when the budget ended before they
    were found; `next` goes on from there.
    """

    namespace: str
    rows: tuple[KeyRow, ...]
    next: Cursor | None
    coverage: Coverage

    def table(self) -> Table:
        """The rows for people."""
        rows = tuple(
            (keys.label(row.key), row.user, row.type, span(row.ttl_s), size(row.bytes),
             number(row.length), row.preview)
            for row in self.rows
        )  # fmt: skip
        head = ("key", "user", "type", "expires in", "bytes", "length", "begins with")
        return Table(f"{len(rows)} keys of {self.namespace}; {self.coverage}", head, rows)

    def to_dicts(self) -> list[dict[str, Any]]:
        """The rows, as JSON can hold them."""
        return [asdict(row) for row in self.rows]

    def __repr__(self) -> str:
        table = self.table()
        return "\n".join([table.caption, *("  ".join(row) for row in table.rows)])

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def browse(
    client: Redis,
    namespace: str,
    *,
    kind: str = "",
    user: str | None = None,
    cursor: Cursor | None = None,
    size: int = PAGE,
    budget: Budget | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Page:
    """One page of keys.

    Args:
        client: replies in bytes; with text replies vectors are not recognised.
        namespace: for instance `wellness`.
        kind: only this kind of key, a name in `keys.KINDS`; by default all.
        user: only this one's.
        cursor: the `next` of the page before.
        size: keys on a page, at least 1.
        budget: when to stop looking; by default `Budget()`.
        clock: monotonic seconds.

    Raises:
        ValueError: `size` is less than 1.
    """
    if size < 1:
        raise ValueError(f"A page has at least one key, not {size}.")
    cursor = cursor or Cursor(START)
    names, walk = (
        list(cursor.waiting),
        Walk(client, namespace, user, budget=budget or Budget(), start=cursor.place, clock=clock),
    )
    walk.complete = cursor.ended
    if len(names) < size:
        for batch in walk:
            known = set(names)
            names += [
                name for name in dict.fromkeys(batch)
                if name not in known and (not kind or keys.parse(name).kind == kind)
            ]  # fmt: skip
            if len(names) >= size:
                break
    waiting = tuple(names[size:])
    rest = None if walk.complete and not waiting else Cursor(walk.place, waiting, walk.complete)
    return Page(namespace, _rows(client, names[:size]), rest, covered(client, walk))


def _rows(client: Redis, names: list[str]) -> tuple[KeyRow, ...]:
    there = list(described(client, names))
    weights = weigh(client, [name for name, _, _ in there])
    sizes = lengths(client, [(name, type_name) for name, type_name, _ in there])
    held = [
        Held(name, type_name, weight if isinstance(weight, int) else None, length)
        for (name, type_name, _), weight, length in zip(there, weights, sizes, strict=True)
    ]
    return tuple(
        _row(one, None if ttl < 0 else ttl, preview)
        for one, (_, _, ttl), preview in zip(held, there, previews(client, held), strict=True)
    )


def _row(one: Held, ttl_s: int | None, preview: str) -> KeyRow:
    parts = keys.parse(one.key)
    return KeyRow(
        key=one.key, kind=parts.kind, user=parts.user, part=parts.part, type=one.type,
        ttl_s=ttl_s, bytes=one.bytes, length=one.length, preview=preview,
    )  # fmt: skip
