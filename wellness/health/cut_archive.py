"""Read what is left of a zip whose end is missing, and with it the table of contents.

An interrupted copy leaves such a file. Its members still stand one behind the other, each behind a
local header (APPNOTE.TXT 4.3.7), so the export can be read up to where the file breaks off.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from wellness.errors import NotAnExport, SuspiciousArchive

MAGIC = b"PK\x03\x04"
HEADER = struct.Struct("<4sHHHHHIIIHH")
SIZE_BEHIND = 0x8  # flag: the size stands behind the data
ZIP64 = 0xFFFFFFFF  # the size stands in an extra field
RATIO_FLOOR = 1 << 20  # small files may compress by any ratio: they cannot do harm
HEAD = 1 << 20
READ = 1 << 16


def open_member(
    path: Path, wanted: Callable[[bytes], bool], *, max_ratio: float
) -> tuple[str, CutMember]:
    """Name and stream of the first member whose beginning is wanted.

    Raises:
        NotAnExport: there is none before the file breaks off.
        SuspiciousArchive: a member expands more than `max_ratio` times.
    """
    file = path.open("rb")
    try:
        while header := _next_header(file):
            name, method, size = header
            if method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                member = CutMember(file, method, size, path, max_ratio)
                if wanted(member.peek()):
                    return name, member
                member.skip()
    except BaseException:
        file.close()
        raise
    file.close()
    raise NotAnExport(
        path, "the archive is cut off before any health data.", hint="Export or copy it again."
    )


def _next_header(file: IO[bytes]) -> tuple[str, int, int | None] | None:
    """Go behind the next local header; name, method and size of its member."""
    window = b""
    while (at := window.find(MAGIC)) < 0:
        chunk = file.read(READ)
        if not chunk:
            return None
        window = window[-len(MAGIC) :] + chunk
    file.seek(at - len(window), 1)
    raw = file.read(HEADER.size)
    if len(raw) < HEADER.size:
        return None
    _, _, flags, method, _, _, _, packed, _, name_length, extra_length = HEADER.unpack(raw)
    name = file.read(name_length).decode("utf-8", "replace")
    file.seek(extra_length, 1)
    known = not flags & SIZE_BEHIND and packed != ZIP64
    return name, method, packed if known else None


class CutMember:
    """One member, up to where it ends or breaks off."""

    def __init__(
        self, file: IO[bytes], method: int, size: int | None, path: Path, max_ratio: float
    ) -> None:
        self._file, self._size, self._path, self._max_ratio = file, size, path, max_ratio
        self._start = file.tell()
        self._pending = b""
        self._endless = method == zipfile.ZIP_STORED and size is None
        self._chunks = self._stored() if method == zipfile.ZIP_STORED else self._inflated()

    def _stored(self) -> Iterator[bytes]:
        left = self._size if self._size is not None else 1 << 62
        while left and (chunk := self._file.read(min(READ, left))):
            left -= len(chunk)
            yield chunk

    def _inflated(self) -> Iterator[bytes]:
        inflate, out = zlib.decompressobj(-zlib.MAX_WBITS), 0
        while not inflate.eof and (packed := inflate.unconsumed_tail or self._file.read(READ)):
            chunk = inflate.decompress(packed, READ)
            out += len(chunk)
            if out > RATIO_FLOOR and out > self._max_ratio * (self._file.tell() - self._start):
                raise SuspiciousArchive(self._path, "it expands more than a real export does.")
            yield chunk
        self._file.seek(-len(inflate.unused_data), 1)

    def peek(self) -> bytes:
        """The beginning of the member; reading still starts there."""
        try:
            while len(self._pending) < HEAD and (chunk := next(self._chunks, b"")):
                self._pending += chunk
        except zlib.error:
            pass  # damaged here: reading stops at the same place
        return self._pending

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes, none at the end.

        Raises:
            zlib.error: the data is damaged.
        """
        while not self._pending:
            chunk = next(self._chunks, None)
            if chunk is None:
                return b""
            self._pending = chunk
        out, self._pending = self._pending[:size], self._pending[size:]
        return out

    def skip(self) -> None:
        """Go behind the member; when nothing tells its end, to where the next may begin."""
        if self._endless:
            self._file.seek(self._start)
            return
        try:
            for _ in self._chunks:
                pass
        except zlib.error:
            self._file.seek(self._start)

    def close(self) -> None:
        """Close the archive."""
        self._file.close()
