"""What many readings of a type share, kept once: a small number stands for it in their members."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from redis import Redis

INTERN = """
local id = redis.call('HGET', KEYS[1], ARGV[1])
if not id then
  id = redis.call('HLEN', KEYS[1])
  redis.call('HSET', KEYS[1], ARGV[1], id)
end
return tonumber(id)
"""


class Tag(NamedTuple):
    """Source, unit, label of a category, and zone, which is kept for sleep only."""

    source: str
    unit: str
    category: str = ""
    zone: str = ""


class Tags(dict[int, Tag]):
    """The tags of one type by number, fetched when one is asked for that is not known yet.

    Args:
        client: a client that returns bytes.
        key: of the hash that holds them.
    """

    def __init__(self, client: Redis, key: str) -> None:
        self._client, self._key = client, key

    def __missing__(self, number: int) -> Tag:
        self.load()
        if number not in self:
            raise KeyError(number)
        return self[number]

    def load(self) -> None:
        """Fetch all tags of the type."""
        stored: Any = self._client.hgetall(self._key)
        self.update({int(number): Tag(*json.loads(text)) for text, number in stored.items()})

    def number(self, tag: Tag) -> int:
        """The number that stands for a tag, made on first use, the first one being 0.

        Safe between processes: looking and making is one script.
        """
        found: Any = self._client.eval(INTERN, 1, self._key, json.dumps(tag))
        return int(found)
