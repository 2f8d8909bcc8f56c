"""One wheel through pip, which knows the user's index, proxy and certificates: bytes and blame.

The bytes are counted while pip works, and what pip says when it fails becomes an error that says
what to do.
"""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from wellness.errors import BootstrapError

PROGRESS_S = 0.1  # between two calls of a progress callback: smooth to the eye
ONCE = (
    "It is fetched once and needs a network (or pip's index settings) for that; "
    "later runs need none."
)


def download(
    requirement: str,
    folder: Path,
    *,
    platform: str,
    python: str | None,
    size: int,
    progress: Callable[[int, int], None] | None,
) -> Path:
    """A wheel, as pip downloads it into an empty folder; what is in it is not looked at.

    Args:
        requirement: name and version, as pip takes them.
        folder: where it goes; other processes leave it alone.
        platform: the platform tag that pip must be told.
        python: the Python version of its tag, when that is not `py3`.
        size: its bytes.
        progress: told about the bytes so far, and `size`.

    Raises:
        BootstrapError: pip could not get it.
        OSError: there is no room for it, or the folder cannot be written to.
    """
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-input", "--no-deps"]
    command += ["--only-binary=:all:", "--platform", platform]
    command += ["--python-version", python] if python else []
    command += ["--no-cache-dir", "--disable-pip-version-check", "--retries", "2"]
    command += ["--dest", str(folder), requirement]
    # pip downloads into its temporary folder: there the bytes can be counted, whatever its version
    environment = os.environ | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder))
    with tempfile.TemporaryFile(dir=folder) as log:
        with subprocess.Popen(command, stdout=log, stderr=log, env=environment) as pip:
            try:
                while pip.poll() is None:
                    if progress:
                        progress(min(_size(folder), size), size)
                    time.sleep(PROGRESS_S)
            except BaseException:
                pip.kill()
                pip.wait()
                raise
        log.seek(0)
        if pip.returncode:
            raise _failure(requirement, platform, log.read().decode(errors="replace"))
    if progress:
        progress(size, size)
    (wheel,) = folder.glob("*.whl")
    return wheel


def _failure(requirement: str, platform: str, output: str) -> BootstrapError | OSError:
    if "[Errno 28]" in output:  # ENOSPC, as Python words it
        return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    hint = ONCE
    if "No module named pip" in output:
        hint = "Run `python -m ensurepip` in this environment, then try again."
    lines = output.strip().splitlines() or [f"pip ended with no message for {platform}"]
    reason = next((line for line in reversed(lines) if line.startswith("ERROR")), lines[-1])
    return BootstrapError(
        requirement,
        f"{requirement} could not be downloaded: {reason.removeprefix('ERROR: ')}.",
        hint=hint,
    )


def _size(folder: Path) -> int:
    """Bytes in a folder in which another process is at work."""
    total = 0
    for path in folder.rglob("*"):
        with suppress(OSError):
            total += path.stat().st_size if path.is_file() else 0
    return total
