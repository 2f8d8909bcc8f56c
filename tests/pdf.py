"""What a PDF of Chromium says: its text, read back from glyphs by the maps that are in it."""

from __future__ import annotations

import re
import zlib

OBJECT = re.compile(rb"(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)
STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)


def text(pdf: bytes) -> str:
    """All text of a PDF that Skia wrote, spaces left out, since some stand as gaps only."""
    objects = {int(number): body for number, body in OBJECT.findall(pdf)}
    fonts = {
        name: _letters(objects[int(to)])
        for body in objects.values()
        for name, number in re.findall(rb"/(F\d+) (\d+) 0 R", body)
        for to in re.findall(rb"/ToUnicode (\d+) 0 R", objects[int(number)])
    }
    found = []
    for body in objects.values():
        stream = _stream(body)
        if b" Tf" not in stream:
            continue
        font: dict[int, str] = {}
        for name, glyphs in re.findall(rb"/(F\d+) [\d.]+ Tf|<([0-9A-Fa-f]+)>", stream):
            if name:
                font = fonts[name]
            for at in range(0, len(glyphs), 4):
                found.append(font.get(int(glyphs[at : at + 4], 16), "?"))
    return re.sub(r"\s", "", "".join(found))


def _stream(body: bytes) -> bytes:
    match = STREAM.search(body)
    if not match or b"/Subtype /Image" in body:
        return b""
    return zlib.decompress(match[1]) if b"/FlateDecode" in body else match[1]


def _letters(body: bytes) -> dict[int, str]:
    """Glyph to text, of a ToUnicode map."""
    letters, stream = {}, _stream(body).decode("latin-1")
    for block in re.findall(r"beginbfchar(.*?)endbfchar", stream, re.DOTALL):
        for glyph, code in re.findall(r"<(\w+)> <(\w+)>", block):
            letters[int(glyph, 16)] = bytes.fromhex(code).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", stream, re.DOTALL):
        for first, last, code in re.findall(r"<(\w+)> <(\w+)> <(\w+)>", block):
            for glyph in range(int(first, 16), int(last, 16) + 1):
                letters[glyph] = chr(int(code, 16) + glyph - int(first, 16))
    return letters
