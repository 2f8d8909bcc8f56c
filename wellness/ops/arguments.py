"""A command as people may read it: its key, and arguments cut short, sized or left out.

Vectors and other bytes are shown as sizes. What could be a password is never shown.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from wellness import keys
from wellness.replies import text

LONGEST = 24  # characters of an argument: enough to recognise it, too short to read it
MOST = 8  # arguments; the rest is counted
FLOAT32 = 4  # bytes
SECRET = ("AUTH", "HELLO", "ACL", "CONFIG SET", "MIGRATE")  # their arguments may hold passwords
# Parts of a key that say nothing about a person: names of metrics, and of what a lesson tries.
OPEN_PARTS = {"readings", "days", "stale", "tags", "scratch"}
# Words of Redis' own that say what a command does; everything else may be somebody's data.
OPTIONS = frozenset((
    "AGGREGATE", "ALPHA", "ASC", "BY", "BYLEX", "BYSCORE", "COUNT", "DESC", "DIALECT", "EX",
    "EXAT", "GET", "GT", "KEEPTTL", "KNN", "LEFT", "LIMIT", "LOAD", "LT", "MATCH", "MAXLEN",
    "MINID", "NOCONTENT", "NX", "PARAMS", "PERSIST", "PX", "PXAT", "RETURN", "REV", "RIGHT",
    "SORTBY", "STORE", "STREAMS", "TYPE", "WEIGHTS", "WITHSCORES", "WITHVALUES", "XX", "+", "-",
    "$",
))  # fmt: skip


def described(command: Sequence[Any], *, values: bool) -> str:
    """A command on one line.

    Args:
        command: its words, the name first.
        values: show arguments, cut short; without it only their sizes, and of keys only the kind
            where the rest could be about a person.

    >>> described(("HSET", "wellness:{ann}:facts:goal", "text", "weighs 82"), values=True)
    'HSET facts:goal text "weighs 82"'
    >>> described(("HSET", "wellness:{ann}:facts:goal", "text", "weighs 82"), values=False)
    'HSET facts:* <4 bytes> <9 bytes>'
    """
    name, *rest = keys.words_of(command)
    if name.startswith(SECRET):
        return f"{name} ({len(rest)} arguments, not shown)" if rest else name
    key, shown = keys.key_of(command), []
    for word in rest[:MOST]:
        if key is not None and text(word) == key:
            shown.append(called(key) if values else closed(key))
            key = None  # only its first place is the key's
        else:
            shown.append(_value(word) if values else _hidden(word, name, first=word is rest[0]))
    more = [f"... {len(rest) - MOST} more"] if len(rest) > MOST else []
    return " ".join([name, *shown, *more])


def called(key: str) -> str:
    """A key without namespace and user, cut short."""
    short = keys.label(key)
    return short if len(short) <= 2 * LONGEST else f"{short[: 2 * LONGEST]}..."


def closed(key: str) -> str:
    """A key by what says nothing about a person: its kind, or of a foreign one the first word.

    >>> closed("wellness:{ann}:readings:HeartRate"), closed("session:4711")
    ('readings:HeartRate', 'session:*')
    """
    found = keys.parse(key)
    if found.kind in keys.KINDS:
        return called(key) if found.kind in OPEN_PARTS or not found.part else f"{found.kind}:*"
    head, colon, _ = key.partition(":")
    return f"{head[:LONGEST]}:*" if colon else f"<key of {len(key.encode())} bytes>"


def _value(word: Any) -> str:
    if isinstance(word, bytes | bytearray | memoryview):
        return blob(bytes(word))
    said = str(word)
    if len(said) > LONGEST:
        return f'"{said[:LONGEST]}..." ({len(said):,} characters)'
    plain = said and said.isprintable() and " " not in said
    return said if plain else json.dumps(said, ensure_ascii=False)


def _hidden(word: Any, name: str, *, first: bool) -> str:
    said = text(word)
    if first and name.startswith("FT."):
        return str(said)  # the name of an index
    if isinstance(said, str) and said.upper() in OPTIONS:
        return said.upper()
    count = len(word) if isinstance(word, bytes) else len(str(word).encode())
    return f"<{count:,} byte{'s' if count != 1 else ''}>"


def blob(value: bytes) -> str:
    """Bytes as text if they are, else as what they may be: a vector or just bytes.

    >>> blob(b"steps"), blob(bytes(range(250, 254)) * 384), blob(b"\\xff")
    ('steps', '384 float32', '1 byte')
    """
    try:
        said = value.decode()
    except UnicodeDecodeError:
        said = ""
    if said and said.isprintable():
        return _value(said)
    if not value:
        return '""'
    if len(value) >= 4 * FLOAT32 and len(value) % FLOAT32 == 0:
        return f"{len(value) // FLOAT32:,} float32"
    return f"{len(value):,} byte{'s' if len(value) > 1 else ''}"
