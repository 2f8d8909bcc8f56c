"""Which key a command is about: Redis itself is asked too, with COMMAND GETKEYS."""

from __future__ import annotations

from typing import Any

import pytest
from redis import Redis

from wellness.keys import key_of, label, words_of

WITH_KEYS = [
    ("GET", "k"), ("SET", "k", "v"), ("HSET", "k", "f", "v"), ("ZADD", "k", 1, "m"),
    ("MGET", "k", "other"), ("DEL", "k"), ("EXPIRE", "k", 10), ("SORT", "k", "ALPHA"),
    ("LRANGE", "k", 0, -1), ("RENAME", "k", "other"), ("LMOVE", "k", "other", "LEFT", "LEFT"),
    ("EVAL", "return 1", 2, "k", "other", "arg"), ("EVALSHA", "0" * 40, 1, "k"),
    ("FCALL", "f", 1, "k"), ("ZUNION", 2, "k", "other"), ("ZINTERCARD", 1, "k"),
    ("SINTERCARD", 1, "k"), ("ZDIFF", 1, "k"), ("LMPOP", 1, "k", "LEFT"), ("ZMPOP", 1, "k", "MIN"),
    ("BLMPOP", 0, 1, "k", "LEFT"), ("BZMPOP", 0, 1, "k", "MAX"), ("BITOP", "AND", "k", "a", "b"),
    ("XADD", "k", "*", "f", "v"), ("XREAD", "COUNT", 1, "STREAMS", "k", "0"),
    ("XREADGROUP", "GROUP", "g", "c", "STREAMS", "k", ">"), ("XINFO", "STREAM", "k"),
    ("XGROUP", "CREATE", "k", "g", "$"), ("OBJECT", "ENCODING", "k"), ("MEMORY", "USAGE", "k"),
    ("ZRANGESTORE", "k", "other", 0, -1), ("JSON.SET", "k", "$", "{}"), ("TS.RANGE", "k", "-", "+"),
    ("WATCH", "k"), ("DUMP", "k"), ("GEOADD", "k", 1, 2, "m"), ("PFADD", "k", "e"),
]  # fmt: skip
WITHOUT = [
    ("PING",), ("INFO", "memory"), ("SCAN", 0, "MATCH", "x"), ("CONFIG", "GET", "save"),
    ("CLIENT", "LIST"), ("MEMORY", "DOCTOR"), ("SCRIPT", "LOAD", "return 1"), ("MULTI",),
    ("EVAL", "return 1", 0), ("FT.SEARCH", "index", "words"), ("FT._LIST",), ("DBSIZE",),
    ("SLOWLOG", "GET", 5), ("LATENCY", "LATEST"), ("PUBLISH", "channel", "m"), ("SELECT", 0),
    ("ACL", "WHOAMI"), ("PUBSUB", "CHANNELS"), ("WAIT", 1, 0), ("GET",), ("XREAD", "COUNT", 1),
]  # fmt: skip


@pytest.mark.parametrize("command", WITH_KEYS, ids=repr)
def test_the_first_key_is_the_one_that_redis_finds(client: Redis, command: tuple[Any, ...]) -> None:
    assert client.execute_command("COMMAND GETKEYS", *command)[0] in (b"k", "k")
    assert key_of(command) == "k"
    as_bytes = tuple(word.encode() if isinstance(word, str) else word for word in command)
    assert key_of(as_bytes) == "k"


@pytest.mark.parametrize("command", WITHOUT, ids=repr)
def test_a_command_without_a_key_has_none(command: tuple[Any, ...]) -> None:
    assert key_of(command) is None


def test_a_name_of_two_words_is_one_however_it_was_sent() -> None:
    assert words_of(("CONFIG GET", "save")) == words_of((b"config", b"get", "save"))
    assert words_of(("get", "config")) == ["GET", "config"]
    assert key_of(("MEMORY USAGE", "k")) == key_of(("memory", "usage", "k")) == "k"


def test_labels_leave_out_whose_key_it_is() -> None:
    assert label("wellness:test:{a%7D}:turns:my%20talk") == "turns:my talk"
    assert label("wellness:{ann}:profile") == "profile"
    assert label("cache:ann") == "cache:ann"
