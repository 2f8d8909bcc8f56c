"""A solution of the capstone: short-term memory in a Stream instead of a list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from redis import Redis

from wellness.errors import RecallError
from wellness.keys import Keys
from wellness.memory.turns import Turn, decode, encode
from wellness.settings import Settings


class StreamMemory:
    """Each conversation is a Stream, each entry of it one whole turn."""

    def __init__(
        self,
        client: Redis,
        user: str,
        *,
        settings: Settings,
        clock: Callable[[], float],
        namespace: str,
    ) -> None:
        self.client, self.settings, self.keys = client, settings, Keys(namespace, user)

    def append(self, conversation: str, turn: Turn) -> int:
        key, fixed = self._key(conversation), self.settings.conversation_ttl == "fixed"
        pipe = self.client.pipeline(transaction=True)
        # The server gives the id, so entries are in the order in which they arrived.
        pipe.xadd(key, {"turn": encode(turn)}, maxlen=self.settings.conversation_turns,
                  approximate=False)  # fmt: skip
        pipe.expire(key, self.settings.conversation_ttl_s, nx=fixed)
        pipe.xlen(key)
        return int(pipe.execute()[-1])

    def read(self, conversation: str, n: int = 10) -> list[Turn]:
        key = self._key(conversation)
        if n < 0:
            raise RecallError(f"{n} turns cannot be read.")
        entries: Any = self.client.xrevrange(key, count=n) if n else []  # COUNT 0 is refused
        return [decode(fields[b"turn"]) for _, fields in reversed(entries)]

    def _key(self, conversation: str) -> str:
        if not conversation:
            raise RecallError("A conversation needs a name.")
        return self.keys.scratch(conversation)
