"""What keys are and what they weigh: type, time to live and bytes, many in one round trip."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from redis import Redis
from redis.exceptions import ResponseError

from wellness.ops.finding import refused
from wellness.replies import text


def weigh(client: Redis, names: Sequence[str]) -> list[int | str | None]:
    """The bytes of each key by MEMORY USAGE: None for one that is gone, a sentence if refused.

    Redis looks at five elements of a collection and scales up; the bytes count the key's own
    entry and its expiry too.
    """
    if not names:
        return []
    pipe = client.pipeline(transaction=False)
    for name in names:
        pipe.memory_usage(name)
    return [_bytes(reply) for reply in pipe.execute(raise_on_error=False)]


def _bytes(reply: Any) -> int | str | None:
    if isinstance(reply, ResponseError):
        return refused(reply)
    if isinstance(reply, Exception):
        raise reply
    return None if reply is None else int(reply)


def described(client: Redis, names: Sequence[str]) -> Iterator[tuple[str, str, int]]:
    """Name, type and TTL (seconds, -1 for never) of the keys that are still there."""
    if not names:
        return
    pipe = client.pipeline(transaction=False)
    for name in names:
        pipe.type(name)
        pipe.ttl(name)
    replies: list[Any] = pipe.execute()
    for name, type_name, ttl in zip(names, replies[::2], replies[1::2], strict=True):
        if text(type_name) != "none":
            yield name, str(text(type_name)), int(ttl)
