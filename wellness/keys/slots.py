"""Which of a Cluster's slots a user's keys have, and a hash tag for each slot."""

from __future__ import annotations

from functools import cache
from itertools import count

from redis.crc import REDIS_CLUSTER_HASH_SLOTS, key_slot

from wellness.keys.names import encode


def user_slot(user: str) -> int:
    """The slot that all keys of a user share, whatever the namespace.

    >>> user_slot("ann")
    2326
    """
    return slot_of(encode(user))


def slot_of(tag: str) -> int:
    """The slot of a hash tag, or of a whole key: what stands in its braces counts, if it has any.

    >>> slot_of("ann") == slot_of("wellness:{ann}:profile") == user_slot("ann")
    True
    """
    return key_slot(tag.encode())


@cache
def tag_of(slot: int) -> str:
    """A hash tag with this slot; always the same one.

    >>> slot_of(tag_of(16_383))
    16383
    """
    if not 0 <= slot < REDIS_CLUSTER_HASH_SLOTS:
        raise ValueError(f"There is no slot {slot}.")
    return next(tag for tag in map(str, count()) if slot_of(tag) == slot)
