"""A temporary folder for one engine, removed with it, and swept up later if its owner was killed.

The owner holds a file lock, which the kernel drops however the owner ends; a folder whose lock is
free and whose server is gone belongs to nobody.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Self

from wellness import locks
from wellness.embedded.data_folder import DataFolder

PREFIX = "wellness-engine-"
OWNER = "owner.lock"


class Workplace:
    """A folder `path` that only this engine uses, until `close()`."""

    def __init__(self) -> None:
        sweep()
        self.path, self._lock = _take()

    def close(self) -> None:
        """Remove it; twice does no harm."""
        lock, self._lock = self._lock, None
        if lock is not None:
            _remove(self.path)
            os.close(lock)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _take() -> tuple[Path, int | None]:
    """A new folder and its lock.

    Whoever sweeps at this very moment may come between the two; the folder is theirs then.
    """
    while True:
        path = Path(tempfile.mkdtemp(prefix=PREFIX)).resolve()
        with suppress(FileNotFoundError):
            if (lock := locks.try_lock(path / OWNER)) is not None:
                return path, lock


def sweep() -> None:
    """Remove the folders of owners that were killed."""
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):  # another user's, or just being made or removed
            if not (path / OWNER).exists() or (lock := locks.try_lock(path / OWNER)) is None:
                continue
            try:
                if not any(DataFolder(at).is_served() for at in (path, path / "server")):
                    _remove(path)
            finally:
                os.close(lock)


def _remove(path: Path) -> None:
    """Remove a folder, the lock last: what cannot be removed now is still known to be nobody's."""
    for child in path.iterdir():
        if child.name == OWNER:
            continue
        if child.is_dir():
            shutil.rmtree(child, ignore_errors=True)
        else:
            child.unlink(missing_ok=True)
    if [child.name for child in path.iterdir()] == [OWNER]:
        shutil.rmtree(path, ignore_errors=True)


def size(path: Path) -> int:
    """Bytes of all files below a folder, as the file system counts its blocks."""
    total = 0
    for file in path.rglob("*"):
        with suppress(FileNotFoundError):  # a server removes files while we look
            if file.is_file():
                total += file.stat().st_blocks * 512
    return total


def count(path: Path) -> int:
    """How many files there are below a folder, without the one that says whose it is."""
    return sum(file.is_file() and file.name != OWNER for file in path.rglob("*"))
