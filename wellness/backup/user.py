"""Write one user's keys to a file: each as DUMP gives it, with the moment when it expires.

Each batch of keys is read in one MULTI. What is written between two batches may be in the backup
or not, but no key is ever half in it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from redis import Redis

from wellness import keys
from wellness.backup.archive import Writer, writing
from wellness.backup.targets import ENDING, Target
from wellness.errors import UnknownUser

BATCH = 20  # keys in one MULTI: the largest hold some megabytes
SERIES = "TSDB-TYPE"
# redis-py parses TS.INFO in one way before `ts()` was called on a client and in another way after,
# which leaves the rules out.
TS_INFO = "return redis.call('TS.INFO', KEYS[1])"
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class UserBackup:
    """A backup that was made.

    Attributes:
        name: of the file in its target.
        keys: in it.
        bytes: of their values, as Redis dumps them.
    """

    name: str
    user: str
    keys: int
    bytes: int

    def __repr__(self) -> str:
        return f"<Backup of {self.user!r}: {self.keys:,} keys, {self.bytes:,} bytes, {self.name}>"


def backup_user(
    client: Redis,
    user: str,
    target: Target,
    *,
    namespace: str,
    now: datetime,
    progress: Progress | None = None,
) -> UserBackup:
    """Write all keys of a user, those of its hash tag and no other.

    Args:
        client: returns bytes; on a Cluster that of this user (`wellness.client.for_user`).
        user: any non-empty name.
        target: gets one file.
        namespace: whose keys.
        now: stands in the name and in the file.
        progress: told keys done and in all.

    Raises:
        UnknownUser: there is no key of this user.
        BackupError: the target cannot be written to; nothing is left there.
    """
    prefix = keys.Keys(namespace, user).prefix
    names = sorted(set(keys.scan(client, namespace, user)))
    if not names:
        raise UnknownUser(user, keys.users(client, namespace))
    name = f"user-{keys.encode(user)}-{stamp(now)}{ENDING}"
    about = {
        "made_at": now.isoformat(),
        "redis": version(client),
        "namespace": namespace,
        "user": keys.encode(user),
    }
    with target.write(name) as stream, writing(stream, "user", about) as writer:
        for start in range(0, len(names), BATCH):
            _add(client, writer, prefix, names[start : start + BATCH])
            if progress:
                progress(min(start + BATCH, len(names)), len(names))
    return UserBackup(name, user, len(writer.parts), sum(part.bytes for part in writer.parts))


def _add(client: Redis, writer: Writer, prefix: str, names: Sequence[str]) -> None:
    pipe = client.pipeline(transaction=True)
    for name in names:
        pipe.type(name)
        pipe.pexpiretime(name)
        pipe.dump(name)
    replies: list[Any] = pipe.execute()
    for at, name in enumerate(names):
        type_, expires_at_ms, data = replies[3 * at : 3 * at + 3]
        if data is None:
            continue  # expired or deleted since the SCAN
        about: dict[str, Any] = {"key": name.removeprefix(prefix), "type": type_.decode()}
        if expires_at_ms > 0:
            about["expires_at_ms"] = expires_at_ms
        if about["type"] == SERIES and (rules := _rules(client, prefix, name)):
            about["rules"] = rules
        writer.add(f"keys/{len(writer.parts):06d}", data, **about)


def _rules(client: Redis, prefix: str, name: str) -> list[list[Any]]:
    """The compactions from a series into the user's others, which DUMP leaves out."""
    found: Any = client.eval(TS_INFO, 1, name)
    rules = found[found.index(b"rules") + 1]
    return [
        [to.decode().removeprefix(prefix), kind.decode(), width_ms, aligned_ms]
        for to, width_ms, kind, aligned_ms in rules
    ]


def stamp(now: datetime) -> str:
    """A moment as part of a file's name.

    >>> stamp(datetime(2026, 9, 30, 20, 15, 1, tzinfo=UTC))
    '20260930T201501Z'
    """
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def version(client: Redis) -> str:
    """The version of the server."""
    info: dict[str, Any] = client.info("server")
    return str(info.get("redis_version", ""))
