"""A digest of each key, to compare two servers, or one server at two moments.

Redis has DEBUG DIGEST-VALUE for it, and most servers do not allow DEBUG. A hash table's order
differs from process to process, so what has no order is sorted first; other kinds are compared as
DUMP gives them, which is the same on two servers of one version.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from redis import Redis
from redis.client import Pipeline

from wellness.keys import SCAN_COUNT

BATCH = 50  # keys in one round trip
Progress = Callable[[int, int], None]


def digests(client: Redis, progress: Progress | None = None) -> dict[bytes, bytes]:
    """SHA-256 of type, expiry and value of each key of the client's database.

    Args:
        client: returns bytes.
        progress: told keys done and in all.
    """
    names = sorted(set(client.scan_iter(count=SCAN_COUNT)))
    found: dict[bytes, bytes] = {}
    for start in range(0, len(names), BATCH):
        found.update(_digests(client, names[start : start + BATCH]))
        if progress:
            progress(min(start + BATCH, len(names)), len(names))
    return found


def _digests(client: Redis, names: Sequence[bytes]) -> Iterator[tuple[bytes, bytes]]:
    pipe = client.pipeline(transaction=False)
    for name in names:
        pipe.type(name)
    types: list[bytes] = pipe.execute()
    pipe = client.pipeline(transaction=False)
    for name, type_ in zip(names, types, strict=True):
        pipe.execute_command("PEXPIRETIME", name)  # type: ignore[no-untyped-call]
        _queue(pipe, name, type_)
    # A key may have become another kind since, or have gone: its reply is an error, and differs.
    replies: list[Any] = pipe.execute(raise_on_error=False)
    for at, (name, type_) in enumerate(zip(names, types, strict=True)):
        expires, value = replies[2 * at : 2 * at + 2]
        yield name, _digest([type_, str(expires).encode(), *_flat(value)])


def _queue(pipe: Pipeline, name: bytes, type_: bytes) -> None:
    match type_:
        case b"hash":
            pipe.hgetall(name)
        case b"set":
            pipe.smembers(name)
        case b"list":
            pipe.lrange(name, 0, -1)
        case _:
            pipe.dump(name)


def _flat(value: Any) -> Iterable[bytes]:
    if isinstance(value, dict):
        return (part for field in sorted(value.items()) for part in field)
    if isinstance(value, set):
        return sorted(value)
    if isinstance(value, list):
        return value
    return [value if isinstance(value, bytes) else repr(value).encode()]


def _digest(parts: Iterable[bytes]) -> bytes:
    """Of parts with their lengths, so that no two lists of parts look the same."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "little"))
        digest.update(part)
    return digest.digest()
