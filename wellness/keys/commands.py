"""Which key a command is about, and how a key is called where people read many of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wellness.keys.names import parse
from wellness.replies import text

# Commands whose second word is part of their name.
CONTAINERS = frozenset((
    "ACL", "CLIENT", "CLUSTER", "COMMAND", "CONFIG", "DEBUG", "FUNCTION", "LATENCY", "MEMORY",
    "MODULE", "OBJECT", "PUBSUB", "SCRIPT", "SLOWLOG", "XGROUP", "XINFO",
))  # fmt: skip
WITH_KEY = frozenset(("MEMORY USAGE", "OBJECT", "XGROUP", "XINFO", "DEBUG OBJECT"))
# Commands whose first argument is no key.
KEYLESS = frozenset((
    "AUTH", "BGREWRITEAOF", "BGSAVE", "DBSIZE", "DISCARD", "ECHO", "EXEC", "FLUSHALL", "FLUSHDB",
    "HELLO", "INFO", "KEYS", "LASTSAVE", "LOLWUT", "MONITOR", "MULTI", "PING", "PSUBSCRIBE",
    "PSYNC", "PUBLISH", "QUIT", "RANDOMKEY", "READONLY", "REPLICAOF", "RESET", "ROLE", "SAVE",
    "SCAN", "SELECT", "SHUTDOWN", "SPUBLISH", "SSUBSCRIBE", "SUBSCRIBE", "SWAPDB", "TIME",
    "UNSUBSCRIBE", "UNWATCH", "WAIT", "WAITAOF", "TS.MGET", "TS.MRANGE", "TS.MREVRANGE",
    "TS.QUERYINDEX",
))  # fmt: skip
COUNTED = frozenset((
    "LMPOP", "SINTERCARD", "ZDIFF", "ZINTER", "ZINTERCARD", "ZMPOP", "ZUNION",
))  # fmt: skip
COUNTED_SECOND = frozenset((
    "BLMPOP", "BZMPOP", "EVAL", "EVALSHA", "EVAL_RO", "EVALSHA_RO", "FCALL", "FCALL_RO",
))  # fmt: skip
AFTER_STREAMS = frozenset(("XREAD", "XREADGROUP"))


def words_of(command: Sequence[Any]) -> list[Any]:
    """A command's name, then its arguments: "CONFIG GET" in one word or two comes out as one.

    >>> words_of(("memory", "usage", b"k")), words_of(("MEMORY USAGE", b"k"))
    (['MEMORY USAGE', b'k'], ['MEMORY USAGE', b'k'])
    """
    head = str(text(command[0])).upper().split()
    rest = list(command[1:])
    if len(head) == 1 and head[0] in CONTAINERS and rest:
        head.append(str(text(rest.pop(0))).upper())
    if head[0] not in CONTAINERS:  # redis-py never joins others, but a person may
        return [head[0], *head[1:], *rest]
    return [" ".join(head), *rest]


def key_of(command: Sequence[Any]) -> str | None:
    """The first key of a command, or None if it has none; a search index is no key.

    >>> key_of(("GET", b"wellness:{ann}:version")), key_of(("PING",))
    ('wellness:{ann}:version', None)
    >>> key_of(("EVALSHA", "5f2a", 1, "k", "v")), key_of(("XREAD", "COUNT", 1, "STREAMS", "s", 0))
    ('k', 's')
    """
    name, *rest = words_of(command)
    group = name.partition(" ")[0]
    if group in CONTAINERS:
        place = 0 if {name, group} & WITH_KEY else None
    elif name in KEYLESS or name.startswith(("FT.", "_FT.")):
        place = None
    elif name in AFTER_STREAMS:
        upper = [str(text(word)).upper() for word in rest]
        place = upper.index("STREAMS") + 1 if "STREAMS" in upper else None
    elif name in COUNTED_SECOND:
        place = 2 if len(rest) > 1 and str(text(rest[1])) != "0" else None
    elif name == "BITOP":
        place = 1
    else:
        place = 1 if name in COUNTED else 0
    return str(text(rest[place])) if place is not None and place < len(rest) else None


def label(key: str) -> str:
    """A key of ours without namespace and user; another one as it is.

    >>> label("wellness:{ann}:readings:HeartRate"), label("session:7")
    ('readings:HeartRate', 'session:7')
    """
    found = parse(key)
    if not found.kind:
        return key
    return f"{found.kind}:{found.part}" if found.part else found.kind
