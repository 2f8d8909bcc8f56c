"""What a limit decides about a subject, also while Redis cannot count.

Limits are scripts, sent by their SHA-1 (EVALSHA) and, where the server does not know them, in
full. A Redis Function would run the same; it is installed once by an administrator, on each
primary of a Cluster, and lives on while clients of two releases want two versions of it. A script
comes with the client that means it, needs no right to install anything, and after a restart or a
failover the first call brings it back.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any, Literal

from redis import Redis, exceptions

from wellness import keys as key_table
from wellness.keys import Keys

KNOWN = 1_024  # subjects whose keys a limit has at hand, since building one takes microseconds
WhenDown = Literal["open", "closed"]
LONGEST_NAME = 100  # characters of a subject in a key; a longer one is known by its digest
# Errors that mean "not now": Redis is away, or may not write. Others are mistakes, and are raised.
AWAY = (
    exceptions.ConnectionError,
    exceptions.TimeoutError,
    exceptions.OutOfMemoryError,
    exceptions.ReadOnlyError,
    exceptions.ClusterDownError,
    exceptions.MasterDownError,
    exceptions.TryAgainError,
)
NOT_NOW = re.compile(r"(BUSY|MISCONF|NOREPLICAS|LOADING|MASTERDOWN|OOM|READONLY)\b")
# Mistakes that redis-py files under ConnectionError.
MISTAKES = (exceptions.AuthenticationError, exceptions.AuthorizationError)
# The server's clock in microseconds: one for all clients, whatever theirs say.
CLOCK = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
"""


@dataclass(frozen=True, slots=True)
class Subject:
    """Who or what is limited: a kind and a name, for instance a user, an address or a model.

    >>> Subject("user", "ann"), Subject("address", "127.0.0.1").owner
    (Subject(kind='user', name='ann'), '127.0.0.1')
    """

    kind: str
    name: str

    def __post_init__(self) -> None:
        """Make sure that no kind can be taken for another."""
        if not re.fullmatch("[a-z_]+", self.kind):
            raise ValueError(f"A kind of subject is a lower-case word, not {self.kind!r}.")

    @property
    def owner(self) -> str:
        """Whose hash tag its key has: of a user the user's own, so that it goes with them."""
        if len(self.name) <= LONGEST_NAME:
            return self.name
        return "sha256-" + hashlib.sha256(self.name.encode(errors="surrogatepass")).hexdigest()

    def part(self, rule: str) -> str:
        """What its key for a rule ends with.

        >>> Subject("user", "ann").part("turns")
        'user.turns'
        """
        return f"{self.kind}.{rule}"

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether one request may go on.

    Attributes:
        allowed: it may.
        remaining: what is left of the limit after it; None when Redis did not count.
        retry_after_s: seconds until a request of this size can be let through, if nothing else
            comes; 0 when this one was.
        at_us: microseconds since the epoch on Redis' own clock; None when Redis did not count.
        problem: why Redis did not count, and what was done about it; empty if it did.
    """

    allowed: bool
    remaining: int | None
    retry_after_s: float
    at_us: int | None = None
    problem: str = ""

    @property
    def counted(self) -> bool:
        """Whether Redis decided, and not the rule for when it is away."""
        return self.at_us is not None


class Script:
    """A Lua script that begins by reading the server's clock.

    Args:
        body: Lua; `now` is the server's time in microseconds.
        clock: Lua that sets `now`.
    """

    def __init__(self, body: str, clock: str = CLOCK) -> None:
        self.text = clock + body
        self.sha = hashlib.sha1(self.text.encode(), usedforsecurity=False).hexdigest()

    def run(self, client: Redis, key: str, *arguments: int | float | str) -> Any:
        """Run it on one key.

        Raises:
            redis.exceptions.RedisError: as a command may.
        """
        try:
            return client.evalsha(self.sha, 1, key, *arguments)
        except exceptions.NoScriptError:  # a new server, or SCRIPT FLUSH
            return client.eval(self.text, 1, key, *arguments)


@dataclass(frozen=True)
class Counter:
    """Where counting happens, and what is decided while it cannot.

    Attributes:
        client: a Redis client.
        namespace: prefix of all keys.
        when_down: "open" lets everything through while Redis cannot count, "closed" nothing.
        retry_s: seconds after which asking again is worth it, when closed.
    """

    client: Redis
    namespace: str = key_table.PERSON
    when_down: WhenDown = "open"
    retry_s: float = 5.0

    def keys(self, subject: Subject) -> Keys:
        """The keys of a subject."""
        return Keys(self.namespace, subject.owner)

    def without(self, error: exceptions.RedisError, what: str) -> Decision:
        """The decision when Redis did not make it.

        Args:
            error: what came instead.
            what: the limit, in words, for the problem.

        Raises:
            redis.exceptions.RedisError: the error, if it is a mistake and will not pass.
        """
        if not is_away(error):
            raise error
        opened = self.when_down == "open"
        done = "let through uncounted" if opened else "refused"
        problem = f"{what}: {done}, because Redis did not count it. {error}"
        return Decision(opened, None, 0.0 if opened else self.retry_s, problem=problem)


def is_away(error: Exception) -> bool:
    """Whether an error means that Redis cannot count now, and not that something is wrong.

    >>> is_away(exceptions.ReadOnlyError("")), is_away(exceptions.ResponseError("WRONGTYPE ..."))
    (True, False)
    """
    if isinstance(error, MISTAKES):
        return False
    return isinstance(error, AWAY) or bool(NOT_NOW.match(str(error)))
