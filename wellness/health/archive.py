"""Find the one file of an export that holds the data, and open it as a stream, in place.

Apple localises the file's name and tools rename the archive, so the file is known by its content:
the root element `<HealthData`. Nothing is extracted to disk.
"""

from __future__ import annotations

import errno
import zipfile
import zlib
from pathlib import Path
from typing import IO, NamedTuple, Protocol

from wellness.errors import NotAnExport, SuspiciousArchive
from wellness.health import cut_archive
from wellness.health.cleaning import find_root

PEEK = 1 << 20  # the head of real files is some ten kilobytes
READ = 1 << 14
# What the standard library raises on a zip with wrong bytes in it
DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeDecodeError)


class Readable(Protocol):
    """What the parser needs of a stream."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes, none at the end."""

    def close(self) -> None:
        """Release the file."""


class Source(NamedTuple):
    """An open export. `total` is in bytes and 0 when the archive cannot say."""

    name: str
    stream: Readable
    total: int
    problem: str = ""


def open_export(path: Path, *, max_ratio: float) -> Source:
    """Open the data file of an export given as a zip, the unpacked folder, or the XML itself.

    Raises:
        NotAnExport: there is no such path, or nothing in it is an Apple Health export.
        SuspiciousArchive: the file would expand more than `max_ratio` times.
    """
    if path.is_dir():
        return _open_folder(path)
    if not path.is_file():
        raise NotAnExport(path, "there is no such file.")
    if path.stat().st_size == 0:
        raise NotAnExport(path, "the file is empty.")
    try:
        return _open_zip(path, zipfile.ZipFile(path), max_ratio)
    except DAMAGE:
        pass  # what is left of it may still be read, front to back
    except OSError as error:
        if error.errno != errno.EINVAL:  # its table points before the beginning
            raise
    with path.open("rb") as file:
        looks_like_zip = file.read(len(cut_archive.MAGIC)) == cut_archive.MAGIC
    if looks_like_zip:
        name, stream = cut_archive.open_member(path, holds_data, max_ratio=max_ratio)
        return Source(name, stream, 0, "the archive is cut off: its table of contents is missing")
    return _open_xml(path)


def holds_data(head: bytes | bytearray) -> bool:
    """Whether the beginning of a file is that of an export."""
    return find_root(head) >= 0


def _open_folder(folder: Path) -> Source:
    for file in sorted(folder.rglob("*")):
        if file.suffix.lower() == ".xml" and file.is_file() and _file_holds_data(file):
            return Source(file.name, file.open("rb"), file.stat().st_size)
    raise NotAnExport(folder, "no XML file in this folder is an Apple Health export.")


def _open_xml(path: Path) -> Source:
    if not _file_holds_data(path):
        raise NotAnExport(path, "this is no Apple Health export: no <HealthData> in its head.")
    return Source(path.name, path.open("rb"), path.stat().st_size)


def _file_holds_data(path: Path) -> bool:
    with path.open("rb") as stream:
        return holds_data(_read_head(stream))


class _Member:
    """A zip member that closes its archive with itself."""

    def __init__(self, archive: zipfile.ZipFile, stream: IO[bytes]) -> None:
        self._archive, self._stream = archive, stream
        self.read = stream.read

    def close(self) -> None:
        self._stream.close()
        self._archive.close()


def _open_zip(path: Path, archive: zipfile.ZipFile, max_ratio: float) -> Source:
    try:
        info = _find_member(path, archive)
        ratio = info.file_size / max(info.compress_size, 1)
        if info.file_size > cut_archive.RATIO_FLOOR and ratio > max_ratio:
            raise SuspiciousArchive(path, f"{info.filename} expands {ratio:,.0f} times.")
        return Source(info.filename, _Member(archive, archive.open(info)), info.file_size)
    except BaseException:
        archive.close()
        raise


def _find_member(path: Path, archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    infos = [
        info
        for info in archive.infolist()
        if info.filename.lower().endswith(".xml") and not info.filename.startswith("__MACOSX/")
    ]
    # The data file is by far the largest XML, so the first look is nearly always the last.
    for info in sorted(infos, key=lambda info: info.file_size, reverse=True):
        if info.flag_bits & 1:
            raise NotAnExport(path, f"{info.filename} is encrypted.", hint="Unzip it first.")
        try:
            with archive.open(info) as stream:
                if holds_data(_read_head(stream)):
                    return info
        except NotImplementedError as error:
            raise NotAnExport(path, f"{error}.", hint="Unzip it first.") from error
    raise NotAnExport(path, "no XML file in this archive is an Apple Health export.")


def _read_head(stream: IO[bytes]) -> bytes:
    """The beginning of a member, or of what is left of it: a damaged export is still one."""
    head = bytearray()
    try:
        while len(head) < PEEK and not holds_data(head) and (chunk := stream.read(READ)):
            head += chunk
    except (zipfile.BadZipFile, zlib.error, EOFError):
        pass
    return bytes(head)
