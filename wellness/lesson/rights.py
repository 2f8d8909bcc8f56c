"""What Redis users are let do, tried by their own clients, and what others are told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import redis

from wellness.client import Client, connect
from wellness.errors import WellnessError
from wellness.replies import text
from wellness.topologies import Secured
from wellness.topologies.ports import LOOPBACK

if TYPE_CHECKING:
    import pandas as pd

Command = Sequence[Any]
LONGEST = 300  # letters of what Redis says that are shown
MAY, MAY_NOT = "yes", "no"


def told(client: Client, command: Command) -> str:
    """What Redis says to a command: the reply or the error, as a line of text."""
    try:
        said = _words(client.execute_command(*command))
    except WellnessError as error:
        said = f"{type(error).__name__}: {error.message}"
    except (redis.RedisError, OSError) as error:
        said = f"{type(error).__name__}: {error}"
    return said if len(said) <= LONGEST else f"{said[:LONGEST]}..."


def _words(reply: Any) -> str:
    """A reply in words; of a search, the fields of what was found."""
    if isinstance(reply, Mapping):
        found = reply.get(b"results")
        if found is None:
            return "; ".join(map(_words, reply.items()))
        return "; ".join(_words(one[b"extra_attributes"]) for one in found) or "nothing found"
    if isinstance(reply, (list, tuple)):
        return ": ".join(map(_words, reply))
    return str(text(reply))


def may(client: Client, command: Command) -> bool:
    """Whether a user has the right to a command; it is really sent.

    Raises:
        redis.RedisError: it fails for another reason than rights.
    """
    try:
        client.execute_command(*command)
    except redis.exceptions.NoPermissionError:
        return False
    return True


def trials(local: Secured, users: Iterable[str], commands: Mapping[str, Command]) -> pd.DataFrame:
    """Each user tries each command: a table of "yes" and "no".

    Args:
        local: a server with these users.
        users: their names; a column each.
        commands: by what they do; a row each.

    Raises:
        redis.RedisError: a command fails for another reason than rights.
    """
    import pandas as pd

    columns = {}
    for user in users:
        with local.client(user) as client:
            columns[user] = {what: MAY if may(client, command) else MAY_NOT
                             for what, command in commands.items()}  # fmt: skip
    return pd.DataFrame(columns).rename_axis("may it")


def outsiders(local: Secured) -> dict[str, str]:
    """What a server that speaks TLS only tells somebody without a password, by their way in."""
    trusting, address = local.certificate_authority, f"{LOOPBACK}:{local.server.port}"
    ways: dict[str, dict[str, Any]] = {
        "without TLS": {"redis_url": f"redis://{address}", "redis_ca": None},
        "with TLS, not trusting its certificate": {"redis_ca": None},
        "with TLS, trusting it, and no user": {"redis_ca": trusting},
    }
    found = {}
    for name, how in ways.items():
        settings = local.settings.model_copy(update={"redis_url": f"rediss://{address}"} | how)
        with connect(settings) as client:
            found[name] = told(client, ("PING",))
    return found
