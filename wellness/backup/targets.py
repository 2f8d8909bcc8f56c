"""Where backups are kept: what a target must do, and a folder of this machine that does it.

An S3-compatible store can be a target too: `write` is a multipart upload that is completed at the
end of the block and aborted after an error, `open` a download, `names` a listing. It is not
built here, since nothing of the kit needs a network.
"""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

from wellness.errors import BackupError

ENDING = ".zip"
HINTS = {
    errno.ENOSPC: "Make room there, or name another folder.",
    errno.EDQUOT: "Make room there, or name another folder.",
    errno.ENOTDIR: "Name a folder; the backup gets a name of its own in it.",
    errno.EEXIST: "Name a folder; the backup gets a name of its own in it.",
}
ELSEWHERE = "Name a folder that you can write to."


class Target(Protocol):
    """A place for backups, each a file that is there whole or not at all."""

    def write(self, name: str) -> AbstractContextManager[BinaryIO]:
        """A file to write to; under its name at the end of the block, unless an error ends it.

        Raises:
            BackupError: it cannot be written, or there is one of that name.
        """

    def open(self, name: str) -> BinaryIO:
        """One of the backups, to read and to seek in.

        Raises:
            BackupError: it is not there, or cannot be read.
        """

    def names(self) -> list[str]:
        """The backups that are there, by name."""


class LocalFolder:
    """A folder of this machine; what is written is for this user's eyes only."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def write(self, name: str) -> Iterator[BinaryIO]:
        """See `Target.write`; the folder is made if it is missing."""
        with _explained(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
            if (self.path / name).exists():
                raise BackupError(f"There is a {self.path / name} already.", hint=ELSEWHERE)
            descriptor, part = tempfile.mkstemp(prefix=f".{name}.", suffix=".part", dir=self.path)
            try:
                with os.fdopen(descriptor, "w+b") as file:
                    yield file
                    file.flush()
                    os.fsync(file.fileno())
                Path(part).replace(self.path / name)
            except BaseException:  # Ctrl-C too: nothing half stays
                Path(part).unlink(missing_ok=True)
                raise

    def open(self, name: str) -> BinaryIO:
        """See `Target.open`."""
        return open_file(self.path / name)

    def names(self) -> list[str]:
        """See `Target.names`."""
        return sorted(path.name for path in self.path.glob(f"[!.]*{ENDING}"))

    def __repr__(self) -> str:
        return f"LocalFolder({str(self.path)!r})"


def open_file(path: Path) -> BinaryIO:
    """A backup of this machine's disk, to read.

    Raises:
        BackupError: it is not there, or cannot be read.
    """
    try:
        return path.open("rb")
    except OSError as error:
        raise BackupError(
            f"{path} cannot be read: {error.strerror or error}.", hint="Name the file of a backup."
        ) from error


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        hint = HINTS.get(error.errno or 0, ELSEWHERE)
        raise BackupError(
            f"No backup can be written to {path}: {error.strerror or error}.", hint=hint
        ) from error
