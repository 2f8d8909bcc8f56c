"""Faults to find: a slow command, a key that never expires and a big key, planted by a seed.

    planted = plant(lesson.client, lesson.keys(), seed=7)

They are real: the command has held up the server and stands in its slow log, the key stays for
ever beside others that do not, and the big key is that big. `wellness.ops` finds all three. They
go with the lesson's namespace; `planted.remove(client)` takes them away before.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from redis import Redis
from redis.exceptions import ResponseError

from wellness.errors import LessonError
from wellness.keys import Keys
from wellness.ops.finding import Unread
from wellness.ops.slowlog import SLOW_S, SlowCommand, slowlog
from wellness.settings import Settings

THRESHOLD = "slowlog-log-slower-than"
MICROSECONDS = 1_000_000
WORDS = ("harbour", "lantern", "meadow", "orchard", "pebble", "quarry", "ridge", "thicket")
ELEMENTS = 150_000  # as many as make a command through all of them slow on any machine
ELEMENT_BYTES = 100  # of each: together more than `BIG_BYTES` in each type
BATCH = 1_000  # elements a command: under a millisecond of server time, so these are not slow
SMALL = 20  # elements of the keys beside it
TRIES = 4  # each with twice the elements
HOSTED = "Take the kit's own server: unset REDIS_URL."


# How each type takes elements; SORT goes through all three.
ADDS: dict[str, Callable[[Redis, str, Sequence[str]], object]] = {
    "list": lambda client, key, items: client.rpush(key, *items),
    "set": lambda client, key, items: client.sadd(key, *items),
    "zset": lambda client, key, items: client.zadd(key, {item: n for n, item in enumerate(items)}),
}


@dataclass(frozen=True, repr=False)
class Planted:
    """What was planted: the answers. Its repr does not give them away.

    Attributes:
        big: the big key; the slow command went through it.
        type: its type.
        slow: the entry of the slow log.
        stays: the key that never expires and ought to.
        all: every key that was written, the harmless ones among them.
    """

    namespace: str
    big: str
    type: str
    slow: SlowCommand
    stays: str
    all: tuple[str, ...]

    def remove(self, client: Redis) -> int:
        """Take all of it away again; how many keys went. The slow log stays as it is."""
        return int(client.unlink(*self.all))

    def __repr__(self) -> str:
        return (
            f"<Planted in {self.namespace}: a slow command, a key that never expires and ought "
            f"to, a big key; {len(self.all)} keys in all>"
        )


def plant(client: Redis, keys: Keys, *, seed: int, settings: Settings | None = None) -> Planted:
    """Plant the three faults among harmless keys of the same kinds.

    Args:
        client: of the lesson.
        keys: of a user in the lesson's namespace.
        seed: decides where they are and of what type the big key is.
        settings: hold the life of a conversation; by default its default does.

    Raises:
        LessonError: this Redis does not let its slow log be read, or nothing was slow on it.
    """
    chance = random.Random(seed)
    words = chance.sample(WORDS, k=len(WORDS))
    type_name = chance.choice(sorted(ADDS))
    turns = [keys.turns(word) for word in words]
    notes = [keys.scratch(f"notes-{word}") for word in words]
    stays, big = turns[0], notes[0]
    life_s = (
        settings.conversation_ttl_s
        if settings
        else Settings.model_fields["conversation_ttl_s"].default
    )
    client.unlink(*turns, *notes)
    with client.pipeline() as pipe:
        for key in turns:
            pipe.rpush(key, *(f'{{"text": "turn {n}"}}' for n in range(SMALL)))
            if key != stays:
                pipe.expire(key, life_s)
        pipe.execute()
    for key in notes[1:]:
        _grow(client, key, type_name, 0, SMALL)
    slow = _slow(client, big, type_name)
    return Planted(keys.namespace, big, type_name, slow, stays, tuple(sorted(turns + notes)))


def _grow(client: Redis, key: str, type_name: str, first: int, last: int) -> None:
    """Add the elements numbered from `first` to below `last`."""
    for begin in range(first, last, BATCH):
        numbers = range(begin, min(begin + BATCH, last))
        ADDS[type_name](client, key, [f"note {n} ".ljust(ELEMENT_BYTES, ".") for n in numbers])


def _slow(client: Redis, key: str, type_name: str) -> SlowCommand:
    """Make a key big and go through it, until the slow log has a slow one."""
    size = 0
    with logging_slow(client):
        for attempt in range(TRIES):
            _grow(client, key, type_name, size, ELEMENTS << attempt)
            size = ELEMENTS << attempt
            before = _newest(client)
            client.sort(key, alpha=True, start=0, num=10)
            for entry in _entries(client):
                if entry.id > before and entry.name == "SORT" and entry.seconds >= SLOW_S:
                    return entry
    raise LessonError(
        f"Going through {size:,} elements was not slow on this Redis, so there is nothing to find.",
        hint=HOSTED,
    )


@contextmanager
def logging_slow(client: Redis) -> Iterator[None]:
    """Have the slow log note what takes `SLOW_S`, and set it back to what it was afterwards.

    A threshold that is lower notes it anyway and is left alone, and so is one that Redis does
    not let us see.
    """
    limit = int(SLOW_S * MICROSECONDS)
    try:
        said: Any = client.config_get(THRESHOLD)
        was = int(said[THRESHOLD])
    except (ResponseError, KeyError):
        yield
        return
    if 0 <= was <= limit:
        yield
        return
    client.config_set(THRESHOLD, limit)
    try:
        yield
    finally:
        client.config_set(THRESHOLD, was)


def _newest(client: Redis) -> int:
    entries = _entries(client)
    return entries[0].id if entries else -1


def _entries(client: Redis) -> tuple[SlowCommand, ...]:
    said = slowlog(client)
    if isinstance(said, Unread):
        raise LessonError(f"The slow log cannot be read. {said.reason}", hint=HOSTED)
    return said.entries
