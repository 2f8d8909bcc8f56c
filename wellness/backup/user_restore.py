"""Put one user's keys back: all of them at once, or none.

They are first restored under names that nobody looks at and no search index covers, then renamed
in one MULTI. An interrupt before that leaves everything as it was; after a kill -9 in the middle
the waiting keys stay, and `wellness reset --everything` finds them.

A user's memories and audit entries name their user inside, so a backup is restored as the user it
was made of; only the namespace may be another.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from redis import Redis
from redis.exceptions import RedisError, ResponseError

from wellness import keys
from wellness.backup.archive import Archive, Part, reading
from wellness.backup.targets import open_file
from wellness.backup.user import Progress
from wellness.errors import BackupError


@dataclass(frozen=True)
class UserRestored:
    """What was restored.

    Attributes:
        keys: that are there now.
        expired: that were in the backup, and whose time is over by now.
        replaced: keys that were there before, and are gone or overwritten.
    """

    user: str
    namespace: str
    keys: int
    expired: int
    replaced: int

    def __repr__(self) -> str:
        return f"<Restored {self.user!r}: {self.keys:,} keys, {self.expired:,} expired since>"


def restore_user(
    client: Redis,
    source: Path,
    *,
    namespace: str | None = None,
    replace: bool = False,
    progress: Progress | None = None,
) -> UserRestored:
    """Put a user's keys back, each with the moment when it expires.

    Args:
        client: returns bytes; on a Cluster that of this user.
        source: a file that `backup_user` wrote.
        namespace: where to; by default where they were.
        replace: whether data of this user that is there goes.
        progress: told keys done and in all.

    Raises:
        BackupDamaged: the file is not what it was; found before anything is written.
        BackupError: it is of another kind or version, there is data of the user, or this Redis
            cannot read what another one wrote.
    """
    with open_file(source) as stream, reading(stream, str(source), "user") as archive:
        user = unquote(archive.about["user"], errors="surrogatepass")
        home = keys.Keys(namespace or archive.about["namespace"], user)
        before = sorted(set(keys.scan(client, home.namespace, user)))
        if before and not replace:
            raise BackupError(
                f"There is data of {user!r} already: {len(before):,} keys.",
                hint="`--replace` lets it go for that of the backup.",
            )
        archive.check()
        waiting = keys.Keys(f"{home.namespace}:restore-{uuid.uuid4().hex}", user).prefix
        try:
            _stage(client, archive, waiting, progress)
            kept = _swap(client, archive.parts, waiting, home.prefix, before)
        finally:
            with suppress(RedisError):  # what went wrong before is the news
                client.unlink(waiting, *(waiting + part.about["key"] for part in archive.parts))
        _join(client, archive.parts, home.prefix)
    return UserRestored(user, home.namespace, kept, len(archive.parts) - kept, len(before))


def _stage(client: Redis, archive: Archive, waiting: str, progress: Progress | None) -> None:
    for done, part in enumerate(archive.parts, start=1):
        at = part.about.get("expires_at_ms", 0)
        data = archive.read(part)
        try:
            client.restore(waiting + part.about["key"], at, data, absttl=bool(at))
        except ResponseError as error:
            raise _unreadable(archive, part, error) from error
        if progress:
            progress(done, len(archive.parts))


def _unreadable(archive: Archive, part: Part, error: ResponseError) -> BackupError:
    if "version or checksum" in str(error) or "Bad data" in str(error):
        what = f"{part.about['type']} {part.about['key']!r}"
        return BackupError(
            f"{archive.name}: this Redis cannot read the {what} of Redis {archive.about['redis']}.",
            hint="Restore into a Redis at least as new, with the same modules.",
        )
    return BackupError(f"{archive.name}: Redis refused {part.about['key']!r}: {error}.")


def _swap(client: Redis, parts: Iterable[Part], waiting: str, home: str, before: list[str]) -> int:
    """Let the new keys take the place of the old ones; how many there are."""
    parts = list(parts)
    pipe = client.pipeline(transaction=True)
    for name in before:
        pipe.unlink(name)
    for part in parts:
        pipe.rename(waiting + part.about["key"], home + part.about["key"])
    replies: list[Any] = pipe.execute(raise_on_error=False)[len(before) :]
    faults = [
        one for one in replies if isinstance(one, Exception) and "no such key" not in str(one)
    ]
    if faults:
        raise BackupError(f"Redis refused to put keys in place: {faults[0]}.")
    return sum(not isinstance(one, Exception) for one in replies)  # the others have expired


def _join(client: Redis, parts: Iterable[Part], home: str) -> None:
    """Make the compactions between series again, which RESTORE leaves out."""
    for part in parts:
        for to, kind, width_ms, aligned_ms in part.about.get("rules", ()):
            client.execute_command(  # type: ignore[no-untyped-call]
                "TS.CREATERULE", home + part.about["key"], home + to,
                "AGGREGATION", kind, width_ms, aligned_ms,
            )  # fmt: skip
