"""The beginning of what keys hold, by type: a few elements, cut short, vectors as their size.

Only commands that read a part: GETRANGE, LRANGE, ZRANGE and XRANGE with ends, HSCAN and SSCAN with
a count. (A small hash or set is stored as one piece, which HSCAN returns whole: at most what
`hash-max-listpack-entries` allows.) Elements that are large on average are not read at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from redis import Redis
from redis.exceptions import ResponseError

from wellness.ops.arguments import blob
from wellness.ops.finding import size
from wellness.replies import text

FIRST = 3  # elements of a collection
BYTES = 2_048  # of a string: a vector of 512 float32, or some lines of text
LARGE = 65_536  # bytes an element: three of these are as much as a preview may move

READS: dict[str, tuple[Any, ...]] = {  # the key stands second; a JSON document shows its members
    "string": ("GETRANGE", 0, BYTES - 1),
    "list": ("LRANGE", 0, FIRST - 1),
    "zset": ("ZRANGE", 0, FIRST - 1, "WITHSCORES"),
    "set": ("SSCAN", 0, "COUNT", FIRST),
    "hash": ("HSCAN", 0, "COUNT", FIRST),
    "stream": ("XRANGE", "-", "+", "COUNT", FIRST),
    "ReJSON-RL": ("JSON.OBJKEYS",),
}


class Held(NamedTuple):
    """What is known of a key before its preview."""

    key: str
    type: str
    bytes: int | None
    length: int | None


def previews(client: Redis, held: Sequence[Held]) -> list[str]:
    """The beginning of each key on one line; why not, in brackets, where there is none."""
    asked = [one for one in held if one.type in READS and not _large(one)]
    replies: list[Any] = []
    if asked:
        pipe = client.pipeline(transaction=False)
        for one in asked:
            name, *rest = READS[one.type]
            pipe.execute_command(name, one.key, *rest)  # type: ignore[no-untyped-call]
        replies = pipe.execute(raise_on_error=False)
    said = {one.key: _shown(one, reply) for one, reply in zip(asked, replies, strict=True)}
    return [said.get(one.key) or _silent(one) for one in held]


def _large(one: Held) -> bool:
    if one.type == "string" or not one.bytes or not one.length:
        return False
    return one.bytes / one.length > LARGE


def _silent(one: Held) -> str:
    if one.type in READS:
        return f"(elements of about {size((one.bytes or 0) / (one.length or 1))} each: not read)"
    return f"(no preview of a {one.type})"


def _shown(one: Held, reply: Any) -> str:
    if isinstance(reply, ResponseError):
        return "(Redis refused to show it)"
    if isinstance(reply, Exception):
        raise reply
    if one.type == "string":
        return _string(one, reply)
    parts = _parts(one.type, reply)
    more = ", ..." if (one.length or 0) > len(parts) or len(parts) > FIRST else ""
    return ", ".join(parts[:FIRST]) + more or "(empty)"


def _string(one: Held, value: Any) -> str:
    whole = one.length if one.length is not None else len(value)
    if isinstance(value, bytes) and whole > len(value):
        try:
            value.decode()
        except UnicodeDecodeError:
            return f"{whole:,} bytes"
    return blob(value if isinstance(value, bytes) else str(value).encode())


def _parts(kind: str, reply: Any) -> list[str]:
    """The elements of a reply, each as text."""
    if kind in ("hash", "set"):
        reply = reply[1]
    if isinstance(reply, dict):
        return [f"{_one(name)}={_one(value)}" for name, value in reply.items()]
    found = list(reply or ())
    if kind == "hash":
        return [f"{_one(a)}={_one(b)}" for a, b in zip(found[::2], found[1::2], strict=True)]
    if kind == "zset":
        if found and isinstance(found[0], list | tuple):
            return [f"{_one(member)} at {_score(score)}" for member, score in found]
        return [f"{_one(a)} at {_score(b)}" for a, b in zip(found[::2], found[1::2], strict=True)]
    if kind == "stream":
        return [str(text(entry[0])) for entry in found]
    return [_one(element) for element in found]


def _score(value: Any) -> str:
    return f"{float(value):.15g}"


def _one(value: Any) -> str:
    return blob(value) if isinstance(value, bytes) else blob(str(value).encode())
