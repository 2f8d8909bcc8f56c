"""Which conversations a user has: a sorted set by when they expire, and a hash of their titles.

Redis forgets a conversation's list by itself, but not what these two keys say about it: an
expiry belongs to a whole key, never to a member or a field. So they are swept, when a
conversation begins and when they are read.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from redis import Redis
from redis.client import Pipeline

from wellness.errors import RecallError
from wellness.keys import Keys
from wellness.memory.turns import decode

# Scripts, since each of them must be one step: between looking and deleting, a conversation of
# the same name could begin.
SWEEP = """
local gone = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
for _, conversation in ipairs(gone) do
  redis.call('ZREM', KEYS[1], conversation)
  redis.call('HDEL', KEYS[2], conversation)
end
return #gone
"""

BEGIN = (
    """
if redis.call('EXISTS', KEYS[3]) == 1 then return 0 end
redis.call('ZREM', KEYS[1], ARGV[2])
redis.call('HDEL', KEYS[2], ARGV[2])
"""
    + SWEEP
)

RENAME = """
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
redis.call('EXPIRE', KEYS[2], ARGV[3])
return 1
"""


class Conversation(NamedTuple):
    """One conversation as a list shows it.

    `last_at` is when the newest turn was said, in epoch milliseconds, or None if that cannot be
    read; `expires_at` is in epoch seconds.
    """

    id: str
    title: str
    turns: int
    last_at: int | None
    expires_at: int


class Register:
    """The conversations of one user.

    Args:
        client: a Redis client that returns bytes.
        keys: the user's.
        ttl_s: seconds a conversation is kept.
        fixed: they count from its first turn, else from its last.
        clock: seconds since the epoch.
    """

    def __init__(
        self, client: Redis, keys: Keys, ttl_s: int, fixed: bool, clock: Callable[[], float]
    ) -> None:
        self._client, self._keys = client, keys
        self._ttl_s, self._fixed, self._clock = ttl_s, fixed, clock
        self._ends, self._titles = keys.conversations, keys.titles

    def queue(self, pipe: Pipeline, conversation: str, turns: str) -> None:
        """Queue four commands for a turn that will be added to the list `turns`, in this order.

        Sweep, if that list is not there yet; note when the conversation expires; and let these
        two keys live as long as any conversation.
        """
        id, now = _bytes(conversation), self._clock()
        pipe.eval(BEGIN, 3, self._ends, self._titles, turns, now, id)
        pipe.zadd(self._ends, {id: now + self._ttl_s}, nx=self._fixed)
        pipe.expire(self._ends, self._ttl_s)
        pipe.expire(self._titles, self._ttl_s)

    def queue_clear(self, pipe: Pipeline, conversation: str) -> None:
        """Queue two commands that forget it."""
        id = _bytes(conversation)
        pipe.zrem(self._ends, id)
        pipe.hdel(self._titles, id)

    def rename(self, conversation: str, title: str) -> None:
        """Give a conversation another title.

        Raises:
            RecallError: there is no such conversation.
        """
        turns = self._keys.turns(conversation)
        id, name = _bytes(conversation), _bytes(title)
        if not self._client.eval(RENAME, 2, turns, self._titles, id, name, self._ttl_s):
            raise RecallError(f"There is no conversation {conversation!r} to rename.")

    def read(self) -> list[Conversation]:
        """All conversations, the one that was last added to first; two round trips."""
        pipe = self._client.pipeline(transaction=True)
        pipe.eval(SWEEP, 2, self._ends, self._titles, self._clock())
        pipe.zrange(self._ends, 0, -1, withscores=True)
        pipe.hgetall(self._titles)
        _, ends, titles = pipe.execute()
        pipe = self._client.pipeline(transaction=True)
        for id, _ in ends:
            turns = self._keys.turns(_text(id))
            pipe.llen(turns)
            pipe.lindex(turns, -1)
        replies: list[Any] = pipe.execute()
        found = [
            Conversation(_text(id), _text(titles.get(id, b"")), turns, _said_at(newest), int(end))
            for (id, end), turns, newest in zip(ends, replies[::2], replies[1::2], strict=True)
            if turns  # Redis's clock may be ahead of ours
        ]
        return sorted(found, key=lambda one: one.last_at or 0, reverse=True)


def _said_at(element: bytes | None) -> int | None:
    try:
        return decode(element or b"").at
    except RecallError:
        return None


def _bytes(text: str) -> bytes:
    """A name as Redis gets it; also one that UTF-8 cannot hold, which the client would refuse."""
    return text.encode("utf-8", "surrogatepass")


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass")
