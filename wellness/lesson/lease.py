"""A namespace of its own for each running lesson, found again when its kernel was killed.

A lesson's keys are `wellness:lesson:<NN>-<random>:...`. Which namespaces are in use stands not in
Redis but in a folder: one file each, locked by the kernel that runs the lesson. The operating
system drops that lock however the kernel ends, so a file that can be locked belongs to nobody
and its keys can go, without a clock, a process id or a heartbeat to trust.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from redis import Redis

from wellness import keys, locks
from wellness.settings import Settings


@dataclass
class Lease:
    """The right to a namespace, as long as this process lives or until `release`."""

    namespace: str
    _path: Path
    _descriptor: int | None

    def purge(self, client: Redis) -> int:
        """Delete the namespace's keys; returns how many went."""
        return keys.delete(client, self.namespace)

    def release(self, client: Redis) -> None:
        """Delete the namespace's keys and give it back; harmless when done before.

        Raises:
            RedisError: Redis does not answer; the namespace stays ours until this process ends.
        """
        if self._descriptor is not None:
            self.purge(client)
            self._path.unlink(missing_ok=True)
            os.close(self._descriptor)
            self._descriptor = None


def folder(settings: Settings) -> Path:
    """Where namespaces in use stand: a folder per Redis, so keys are looked for where they are."""
    redis = (settings.redis_url or "embedded").encode()
    return settings.home / "lessons" / hashlib.sha256(redis).hexdigest()[:8]


def take(folder: Path, number: str) -> Lease:
    """A fresh namespace for a lesson.

    Args:
        folder: where the namespaces in use stand, for one Redis; made if it is not there.
        number: the lesson's, for instance "01".

    Raises:
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    while True:
        name = f"{number}-{secrets.token_hex(3)}"
        path = folder / f"{name}.lock"
        if not path.exists() and (lease := _lock(path)):
            return lease


def sweep(client: Redis, folder: Path) -> list[str]:
    """Remove the keys of lessons whose kernel is gone; returns their namespaces."""
    swept = []
    for lease in _abandoned(folder):
        lease.release(client)
        swept.append(lease.namespace)
    return swept


def _abandoned(folder: Path) -> Iterator[Lease]:
    for path in sorted(folder.glob("*.lock")):
        with suppress(FileNotFoundError):
            if lease := _lock(path):
                yield lease


def _lock(path: Path) -> Lease | None:
    descriptor = locks.try_lock(path)
    if descriptor is None:
        return None
    return Lease(f"{keys.LESSON}:{path.stem}", path, descriptor)
