"""Advisory file locks that the kernel drops when their holder dies, whatever killed it.

A lock belongs to an open file, not to a process: it is let go by closing the file, and a forked
child that still has the file open still holds it. On Windows, which has no flock, every lock is
granted at once; what relies on them for more than saving work says so.

>>> import tempfile
>>> with tempfile.TemporaryDirectory() as folder, held(Path(folder, "a.lock")):
...     is_held(Path(folder, "a.lock"))
True
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

POLL_S = 0.005  # how late a waiter may notice that a lock is free


def try_lock(path: Path, *, shared: bool = False) -> int | None:
    """Open (or create) a file and lock it without waiting; its descriptor, or None if it is taken.

    Raises:
        OSError: the file cannot be opened for writing.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if _flock(descriptor, shared) and _is_still(path, descriptor):
            return descriptor
    except BaseException:
        os.close(descriptor)
        raise
    os.close(descriptor)
    return None


def lock(path: Path, *, shared: bool = False, timeout_s: float) -> int:
    """Open and lock a file, waiting for it; closing the returned descriptor unlocks.

    Raises:
        TimeoutError: someone else held it all the while.
        OSError: the file cannot be opened for writing.
    """
    deadline = time.monotonic() + timeout_s
    while (descriptor := try_lock(path, shared=shared)) is None:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{path} was locked by another process for {timeout_s:g} s")
        time.sleep(POLL_S)
    return descriptor


@contextmanager
def held(path: Path, *, timeout_s: float = 0) -> Iterator[None]:
    """Hold a file's exclusive lock inside a `with` block; raises like `lock`."""
    descriptor = lock(path, timeout_s=timeout_s)
    try:
        yield
    finally:
        os.close(descriptor)


def is_held(path: Path) -> bool:
    """Whether someone holds the exclusive lock of a file."""
    if not path.exists():
        return False
    descriptor = try_lock(path, shared=True)
    if descriptor is None:
        return True
    os.close(descriptor)
    return False


def _flock(descriptor: int, shared: bool) -> bool:
    try:
        import fcntl
    except ImportError:  # Windows
        return True
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_still(path: Path, descriptor: int) -> bool:
    """Whether the path names the locked file, not a newer one after the folder was deleted."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
