"""Put all data back into the embedded Redis: the snapshot becomes the base of its log.

A Redis that keeps an append-only file reads no dump.rdb at its start, so a snapshot that is only
laid into its folder is silently ignored. It has to stand in the manifest of the log.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from wellness import locks
from wellness.backup.archive import reading
from wellness.backup.targets import open_file
from wellness.backup.user import stamp
from wellness.embedded.data_folder import DataFolder
from wellness.errors import BackupDamaged, BackupError
from wellness.settings import Settings

BASE = "appendonly.aof.1.base.rdb"
LEAVE_S = 2.0  # seconds that a server may need to end after its last user has gone
MANIFEST = f"file {BASE} seq 1 type b\n"


@dataclass(frozen=True)
class WholeRestored:
    """What was restored.

    Attributes:
        data_dir: the server's folder.
        keys: in the backup; those whose time is over by now are gone.
        kept: where the data of before lies; None if there was none.
    """

    data_dir: Path
    keys: int
    kept: Path | None

    def __repr__(self) -> str:
        return f"<Restored all: {self.keys:,} keys in {self.data_dir}>"


def restore_all(
    source: Path,
    settings: Settings,
    *,
    now: datetime,
    data_dir: Path | None = None,
    replace: bool = False,
) -> WholeRestored:
    """Put a backup of all into the folder of an embedded server that does not run.

    The data of before is moved aside, not deleted. An interrupt leaves one or the other whole.

    Args:
        source: a file that `backup_all` wrote.
        settings: where the folder is, unless `data_dir` says so.
        now: stands in the name of what was there before.
        data_dir: by default `settings.home / "redis"`.
        replace: whether data that is there is moved aside.

    Raises:
        BackupDamaged: the file is not what it was; found before anything is changed.
        BackupError: it is of another kind or version; the server runs; there is data, or the
            folder cannot be written to.
    """
    folder = DataFolder((data_dir or settings.home / "redis").expanduser().resolve())
    log = folder.manifest.parent
    with open_file(source) as stream, reading(stream, str(source), "all") as archive:
        if len(archive.parts) != 1:
            raise BackupDamaged(f"{source} holds {len(archive.parts)} snapshots.")
        with _stopped(folder, settings):
            if log.exists() and not replace:
                raise BackupError(
                    f"There is data in {folder.path} already.",
                    hint="`--replace` moves it aside for that of the backup.",
                )
            staged = Path(tempfile.mkdtemp(prefix=".restore-", dir=folder.path))
            try:
                with (staged / BASE).open("wb") as sink:
                    for chunk in archive.chunks(archive.parts[0]):
                        sink.write(chunk)
                    sink.flush()
                    os.fsync(sink.fileno())
                (staged / folder.manifest.name).write_text(MANIFEST, "ascii")
                kept = _swap(staged, log, now)
            finally:
                shutil.rmtree(staged, ignore_errors=True)
    return WholeRestored(folder.path, int(archive.about["keys"]), kept)


@contextmanager
def _stopped(folder: DataFolder, settings: Settings) -> Iterator[None]:
    """Nobody starts the server meanwhile."""
    try:
        folder.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        with locks.held(folder.start_lock, timeout_s=settings.server_start_s):
            deadline = time.monotonic() + LEAVE_S
            while folder.is_served() and time.monotonic() < deadline:
                time.sleep(locks.POLL_S)
            if folder.is_served():
                raise BackupError(
                    f"The Redis in {folder.path} is running.",
                    hint="Close the notebooks and commands that use it, and try again.",
                )
            yield
    except OSError as error:
        raise BackupError(
            f"Nothing can be restored into {folder.path}: {error.strerror or error}.",
            hint="Set WELLNESS_HOME to a folder on a local disk that you can write to.",
        ) from error


def _swap(staged: Path, log: Path, now: datetime) -> Path | None:
    """Let the new log take the place of the old one; where that is now."""
    if not log.exists():
        staged.rename(log)
        return None
    aside = log.with_name(f"{log.name}-before-{stamp(now)}")
    log.rename(aside)
    try:
        staged.rename(log)
    except BaseException:
        aside.rename(log)
        raise
    return aside
