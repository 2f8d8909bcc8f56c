"""The file of a backup: a zip of parts, and a manifest that says what each is and its SHA-256."""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any, BinaryIO, Literal

from wellness.errors import BackupDamaged, BackupError

FORMAT, VERSION = "wellness-backup", 1
MANIFEST = "manifest.json"
CHUNK = 1 << 20
Kind = Literal["user", "all"]


@dataclass(frozen=True)
class Part:
    """One part of a backup.

    Attributes:
        file: its name in the zip.
        sha256: of its bytes, in hexadecimal.
        about: what else is known of it.
    """

    file: str
    bytes: int
    sha256: str
    about: dict[str, Any] = field(default_factory=dict)


@dataclass
class Writer:
    """Adds parts to a zip; the manifest comes last."""

    zip: zipfile.ZipFile
    parts: list[Part] = field(default_factory=list)

    def add(self, file: str, data: bytes, **about: Any) -> None:
        """Add a part that is in memory."""
        self.zip.writestr(file, data)
        self.parts.append(Part(file, len(data), hashlib.sha256(data).hexdigest(), about))

    def add_file(self, file: str, source: BinaryIO, **about: Any) -> None:
        """Add a part of any size."""
        digest, size = hashlib.sha256(), 0
        with self.zip.open(file, "w", force_zip64=True) as sink:
            while data := source.read(CHUNK):
                digest.update(data)
                size += len(data)
                sink.write(data)
        self.parts.append(Part(file, size, digest.hexdigest(), about))


@contextmanager
def writing(stream: BinaryIO, kind: Kind, about: Mapping[str, Any]) -> Iterator[Writer]:
    """Write a backup of a kind; `about` stands in the manifest."""
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as whole:  # Redis has compressed it
        writer = Writer(whole)
        yield writer
        manifest = {
            "format": FORMAT,
            "version": VERSION,
            "kind": kind,
            **about,
            "parts": [asdict(part) for part in writer.parts],
        }
        whole.writestr(MANIFEST, json.dumps(manifest, indent=1))


@dataclass(frozen=True)
class Archive:
    """A backup that is being read.

    Attributes:
        name: for messages.
        about: its manifest.
    """

    name: str
    about: dict[str, Any]
    parts: tuple[Part, ...]
    zip: zipfile.ZipFile = field(repr=False)

    def read(self, part: Part) -> bytes:
        """A part's bytes, found to be what they were.

        Raises:
            BackupDamaged: they are not.
        """
        return b"".join(self.chunks(part))

    def chunks(self, part: Part) -> Iterator[bytes]:
        """A part's bytes in pieces; if they are not what they were, the last one raises.

        Raises:
            BackupDamaged: they are not.
        """
        digest = hashlib.sha256()
        with damage(self.name), self.zip.open(part.file) as source:
            while data := source.read(CHUNK):
                digest.update(data)
                yield data
        if digest.hexdigest() != part.sha256:
            raise BackupDamaged(f"{self.name}: {part.file} has another checksum than it had.")

    def check(self) -> None:
        """Read all of it.

        Raises:
            BackupDamaged: a part is not what it was.
        """
        for part in self.parts:
            for _ in self.chunks(part):
                pass


@contextmanager
def reading(stream: BinaryIO, name: str, kind: Kind) -> Iterator[Archive]:
    """Read a backup of a kind.

    Raises:
        BackupDamaged: it is cut off or none at all.
        BackupError: it is of another format, version or kind.
    """
    with damage(name):
        whole = zipfile.ZipFile(stream)
    with whole:
        about = _manifest(whole, name)
        if about["kind"] != kind:
            other = "one user" if about["kind"] == "user" else "all data"
            raise BackupError(f"{name} is a backup of {other}.", hint="Restore it as such.")
        with damage(name):
            parts = tuple(Part(**part) for part in about.pop("parts"))
        yield Archive(name, about, parts, whole)


def kind_of(stream: BinaryIO, name: str) -> Kind:
    """What a backup holds: one user, or all.

    Raises:
        BackupDamaged, BackupError: as for `reading`.
    """
    with damage(name), zipfile.ZipFile(stream) as whole:
        kind: Kind = _manifest(whole, name)["kind"]
    return kind


def _manifest(whole: zipfile.ZipFile, name: str) -> dict[str, Any]:
    with damage(name):
        found = json.loads(whole.read(MANIFEST))
        if found["format"] != FORMAT:
            raise KeyError(FORMAT)
        version = found["version"]
    if version != VERSION:
        raise BackupError(
            f"{name} has version {version} of the format; this one reads version {VERSION}.",
            hint="Restore it with the release of the kit that made it.",
        )
    return dict(found)


@contextmanager
def damage(name: str) -> Iterator[None]:
    """Turn what reading a bad zip raises into one error."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, LookupError, TypeError, ValueError) as error:
        raise BackupDamaged(f"{name} is cut off, damaged, or no backup at all.") from error
