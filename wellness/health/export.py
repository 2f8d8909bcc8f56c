"""Stream an Apple Health export: any size, flat memory, no hazard ends it without a word.

>>> import tempfile
>>> with tempfile.TemporaryDirectory() as folder:
...     path = Path(folder) / "export.xml"
...     _ = path.write_text('<HealthData locale="en_GB"><Me/></HealthData>')
...     for item in (reader := ExportReader(path)):
...         print(type(item).__name__)
...     reader.complete
ExportInfo
Me
True
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from wellness.health.archive import DAMAGE, Readable, open_export
from wellness.health.cleaning import Cleaner, find_root
from wellness.health.elements import ElementParser
from wellness.health.items import Item
from wellness.health.record import (
    BAD_DATE,
    ENDS_BEFORE_START,
    MISSING_ATTRIBUTE,
    MISSING_VALUE,
    NOT_A_NUMBER,
    NOT_FINITE,
)

__all__ = [
    "BAD_DATE",
    "ENDS_BEFORE_START",
    "MISSING_ATTRIBUTE",
    "MISSING_VALUE",
    "NOT_A_NUMBER",
    "NOT_FINITE",
    "ExportReader",
    "Progress",
]

CHUNK = 1 << 16
MAX_HEAD = 1 << 22
Progress = Callable[[int, int], None]


class ExportReader:
    """The items of an export given as zip, folder or XML; each iteration reads it anew.

    Args:
        path: export.zip under any name, the folder it unpacks to, or the XML file.
        progress: called with uncompressed bytes read and in total (0 when not known).
        max_ratio: largest believable compression ratio.

    Attributes:
        complete: True once the closing tag of the root was read.
        problem: what cut the file short, or nothing.
        elements: how many elements of each kind were read.

    Raises:
        NotAnExport: nothing at `path` is an Apple Health export.
        SuspiciousArchive: the archive would expand more than `max_ratio` times.
    """

    def __init__(
        self, path: str | Path, *, progress: Progress | None = None, max_ratio: float = 200.0
    ) -> None:
        self.path, self._max_ratio = Path(path), max_ratio
        self._progress = progress or (lambda done, total: None)
        self._reset().close()

    def _reset(self) -> Readable:
        """Open the file anew: a reader holds none until it is iterated."""
        opened = open_export(self.path, max_ratio=self._max_ratio)
        self.source, self.bytes_total, self.problem = opened.name, opened.total, opened.problem
        self.bytes_read = 0
        self._elements = ElementParser()
        return opened.stream

    @property
    def complete(self) -> bool:
        """Whether the closing tag of the root was read and the archive was whole."""
        return self._elements.complete and not self.problem

    @property
    def elements(self) -> Counter[str]:
        """How many elements of each kind were read; nested Records count as Records."""
        return self._elements.elements

    def __iter__(self) -> Iterator[Item]:
        with closing(self._reset()) as stream:
            for text in self._cleaned(stream):
                items, error = self._elements.feed(text)
                yield from items
                self._progress(self.bytes_read, self.bytes_total)
                if error:
                    cut = f"the XML breaks off after {self.bytes_read:,} bytes ({error})"
                    self.problem = self.problem or cut
                    return

    def _cleaned(self, stream: Readable) -> Iterator[bytes]:
        """Text that XML allows, in pieces; then an empty one."""
        clean = Cleaner()
        for chunk in self._body(stream):
            if text := clean(chunk):
                yield text
        if rest := clean(b""):
            yield rest
        yield b""

    def _body(self, stream: Readable) -> Iterator[bytes]:
        """Chunks from the root element on."""
        head = b""
        while (at := find_root(head)) < 0:
            chunk = self._read(stream)
            if not chunk or len(head) > MAX_HEAD:
                self.problem = self.problem or "the file ends before its root element"
                return
            head += chunk
        yield head[at:]
        while chunk := self._read(stream):
            yield chunk

    def _read(self, stream: Readable) -> bytes:
        try:
            chunk = stream.read(CHUNK)
        except DAMAGE as error:
            self.problem = f"the archive is damaged after {self.bytes_read:,} bytes ({error})"
            return b""
        self.bytes_read += len(chunk)
        return chunk
