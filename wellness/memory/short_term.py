"""Short-term memory: each conversation is a Redis LIST, and each element of it one whole turn.

A turn is added, the list trimmed and its expiry set in one MULTI, so nobody ever sees half of
that, and a crash cannot leave a list that never expires.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from redis import Redis
from redis.client import Pipeline
from redis.exceptions import OutOfMemoryError

from wellness import keys as key_table
from wellness.errors import RecallError
from wellness.keys import Keys
from wellness.memory.conversations import Conversation, Register
from wellness.memory.turns import Turn, decode, decode_all, encode
from wellness.settings import Settings

# In place of RPUSH for a turn that may be there already: the newest equal element is looked for
# from the end. All other commands of the MULTI can be repeated as they are.
PUSH_ONCE = """
if redis.call('LPOS', KEYS[1], ARGV[1], 'RANK', -1) then return redis.call('LLEN', KEYS[1]) end
return redis.call('RPUSH', KEYS[1], ARGV[1])
"""


class DamagedTurn(RecallError):
    """An element of a conversation is no turn; `index` counts from the newest, which is -1."""

    def __init__(self, conversation: str, index: int, reason: str) -> None:
        self.conversation, self.index = conversation, index
        super().__init__(
            f"Turn {index} of the conversation {conversation!r} cannot be read. {reason}",
            hint="Something else wrote into its list; `drop_damaged` takes out what is no turn.",
        )


class ShortTerm:
    """The conversations of one user.

    A command that fails on its way raises what the client raises. Then either nothing or all of
    a turn was written; `append(..., again=True)` tells which, and adds it if need be.

    Args:
        client: a Redis client that returns bytes.
        user: any non-empty name.
        settings: `conversation_ttl_s`, `conversation_ttl` and `conversation_turns` count here.
        clock: seconds since the epoch.
        namespace: prefix of all keys; tests and lessons have their own.
    """

    def __init__(
        self,
        client: Redis,
        user: str,
        *,
        settings: Settings,
        clock: Callable[[], float],
        namespace: str = key_table.PERSON,
    ) -> None:
        self.client = client
        self.user = user
        self.keys = Keys(namespace, user)
        self._ttl_s = settings.conversation_ttl_s
        self._fixed = settings.conversation_ttl == "fixed"
        self._kept = settings.conversation_turns
        self._register = Register(client, self.keys, self._ttl_s, self._fixed, clock)

    def __repr__(self) -> str:
        return f"ShortTerm(user={self.user!r}, namespace={self.keys.namespace!r})"

    # Writing

    def append(self, conversation: str, turn: Turn, again: bool = False) -> int:
        """Add a turn at the end, drop the oldest ones beyond the limit, and set the expiry.

        Args:
            conversation: any non-empty name; a new one begins a conversation.
            turn: made by `wellness.memory.turns.turn`.
            again: this turn was tried before and the answer was lost; it is added only if it is
                not there. It could still be there twice in one case: Redis had received the
                first try, was stalled for longer than the timeout, and gets to it after this.

        Returns:
            How many turns the conversation has now.

        Raises:
            RecallError: the conversation has no name, or Redis is out of memory; then nothing
                was written.
        """
        key, element = self._key(conversation), encode(turn)
        pipe = self.client.pipeline(transaction=True)
        self._queue(pipe, conversation, key, element, again)
        *_, length, _, _ = _send(pipe)
        return min(int(length), self._kept)  # LTRIM came after that

    def append_and_read(self, conversation: str, turn: Turn, n: int = 10) -> list[Turn]:
        """Add a turn as `append` does and return the last `n`, oldest first, in one round trip.

        Raises:
            RecallError: as `append`, or `n` is negative.
            DamagedTurn: as `read`; the turn was added.
        """
        _check_count(n)
        key, element = self._key(conversation), encode(turn)
        pipe = self.client.pipeline(transaction=True)
        self._queue(pipe, conversation, key, element)
        if not n:
            _send(pipe)
            return []
        pipe.lrange(key, -n, -1)
        return _read_all(conversation, _send(pipe)[-1])

    def _queue(
        self, pipe: Pipeline, conversation: str, key: str, element: bytes, again: bool = False
    ) -> None:
        self._register.queue(pipe, conversation, key)  # first: it asks whether the list is there
        if again:
            pipe.eval(PUSH_ONCE, 1, key, element)
        else:
            pipe.rpush(key, element)
        pipe.ltrim(key, -self._kept, -1)
        pipe.expire(key, self._ttl_s, nx=self._fixed)

    def rename(self, conversation: str, title: str) -> None:
        """Give a conversation another title; this does not renew its expiry.

        Raises:
            RecallError: there is no such conversation.
        """
        self._key(conversation)
        self._register.rename(conversation, title)

    def clear(self, conversation: str) -> int:
        """Forget a conversation with its title; returns how many turns it had."""
        key = self._key(conversation)
        pipe = self.client.pipeline(transaction=True)
        pipe.llen(key)
        pipe.unlink(key)
        self._register.queue_clear(pipe, conversation)
        return int(pipe.execute()[0])

    def drop_damaged(self, conversation: str) -> int:
        """Take out every element that is no turn; returns how many there were."""
        key = self._key(conversation)
        elements: Any = self.client.lrange(key, 0, -1)
        return sum(
            int(self.client.lrem(key, 0, element)) for element in set(elements) if _problem(element)
        )

    # Reading

    def read(self, conversation: str, n: int = 10) -> list[Turn]:
        """The last `n` turns, oldest first; fewer if there are fewer, none for an unknown name.

        Raises:
            DamagedTurn: an element is no turn. It is not left out in silence: an answer built on
                a conversation with a hole in it would be wrong, and nobody would know why.
            RecallError: `n` is negative.
        """
        _check_count(n)
        key = self._key(conversation)
        elements: Any = self.client.lrange(key, -n, -1) if n else []  # -0 would mean all
        return _read_all(conversation, elements)

    def conversations(self) -> list[Conversation]:
        """All conversations, the one that was last added to first; two round trips."""
        return self._register.read()

    def _key(self, conversation: str) -> str:
        if not conversation:
            raise RecallError("A conversation needs a name.")
        return self.keys.turns(conversation)


def _send(pipe: Pipeline) -> list[Any]:
    try:
        return pipe.execute()
    except OutOfMemoryError as error:
        raise RecallError(
            "Redis is out of memory; the turn was not stored.",
            hint="Raise maxmemory (`CONFIG SET maxmemory 2gb`) or clear old conversations.",
        ) from error


def _check_count(n: int) -> None:
    if n < 0:
        raise RecallError(f"{n} turns cannot be read.", hint="Ask for none or more.")


def _read_all(conversation: str, elements: Sequence[bytes]) -> list[Turn]:
    try:
        return decode_all(elements)
    except RecallError:
        for index, element in enumerate(elements, -len(elements)):
            if problem := _problem(element):
                raise DamagedTurn(conversation, index, problem) from None
        raise


def _problem(element: bytes) -> str:
    """Why these bytes are no turn; empty if they are one."""
    try:
        decode(element)
    except RecallError as error:
        return error.message
    return ""
