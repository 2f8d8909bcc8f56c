"""Make the bytes of an export safe for a strict XML parser, chunk by chunk.

The head is never parsed: since iOS 16 its DTD is malformed, and a head is where entity bombs live.
What XML forbids (control characters, references to them, bytes that are not UTF-8) occurs in the
names that people and apps choose; it is removed or replaced instead of ending the import.
"""

from __future__ import annotations

import codecs
import re

ROOT = b"<HealthData"
FORBIDDEN = bytes(set(range(0x20)) - {0x09, 0x0A, 0x0D})
NON_CHARACTERS = (
    "\ufffe".encode(),
    "\uffff".encode(),
)  # sound UTF-8, but no XML
REFERENCE = re.compile(rb"&#(x[0-9a-fA-F]+|[0-9]+);")
LONGEST_REFERENCE = 64  # held back at the end of a chunk; ten characters suffice for honest ones
LAST_CODE_POINT = 0x10FFFF
COMMENT = b"<!--"
HEAD = re.compile(rb"<!--.*?-->|<!--|" + ROOT + rb"(?=[\s/>])", re.DOTALL)


def find_root(head: bytes | bytearray) -> int:
    """Where the root element begins, comments left out; -1 when it is not there (yet)."""
    for match in HEAD.finditer(head):
        if match.group().startswith(ROOT):
            return match.start()
        if match.group() == COMMENT:  # not closed yet
            return -1
    return -1


class Cleaner:
    """Cleans a stream: feed it chunks of any size, and an empty one at the end."""

    def __init__(self) -> None:
        self._held = b""

    def __call__(self, chunk: bytes) -> bytes:
        """The cleaned text of what is certain so far; the rest is held back."""
        data = (self._held + chunk).translate(None, FORBIDDEN)
        self._held = b""
        if chunk and (at := data.rfind(b"&", -LONGEST_REFERENCE)) >= 0 and b";" not in data[at:]:
            data, self._held = data[:at], data[at:]
        if b"#" in data:  # one byte is found much faster than two, and it is rare
            data = REFERENCE.sub(_allowed_reference, data)
        return data if data.isascii() else self._sound(data, final=not chunk)

    def _sound(self, data: bytes, *, final: bool) -> bytes:
        """Text beyond ASCII: as it is when it is sound, which it nearly always is."""
        try:
            text, used = codecs.utf_8_decode(data, "strict", final)
        except UnicodeDecodeError:
            text, used = codecs.utf_8_decode(data, "replace", final)
        else:
            if NON_CHARACTERS[0][:1] not in data:  # a rare byte: look closer only then
                self._held = data[used:] + self._held
                return data[:used]
        self._held = data[used:] + self._held
        for character in NON_CHARACTERS:
            text = text.replace(character.decode(), "")
        return text.encode()


def _allowed_reference(match: re.Match[bytes]) -> bytes:
    digits = match.group(1)
    base, figures = (16, digits[1:]) if digits[:1] == b"x" else (10, digits)
    code = int(figures.lstrip(b"0")[:9] or b"0", base)  # nine figures are too many already
    allowed = (
        code in (0x09, 0x0A, 0x0D)
        or 0x20 <= code <= 0xD7FF
        or 0xE000 <= code <= 0xFFFD
        or 0x10000 <= code <= LAST_CODE_POINT
    )
    return match.group() if allowed else b""
