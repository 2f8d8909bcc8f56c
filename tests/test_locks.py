"""Locks are the kernel's: two open files are enough to test them, in one process or in two."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from wellness.locks import held, is_held, lock, try_lock

HOLDER = """
import sys
from pathlib import Path
from wellness.locks import held
with held(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.lock"


def test_an_exclusive_lock_excludes_everyone(path: Path) -> None:
    assert not is_held(path)
    assert not path.exists()  # asking makes no file
    with held(path):
        assert is_held(path)
        assert try_lock(path) is None
        assert try_lock(path, shared=True) is None
        with pytest.raises(TimeoutError, match=r"a\.lock was locked"):
            lock(path, timeout_s=0.02)
    assert not is_held(path)


def test_shared_locks_exclude_only_the_exclusive_one(path: Path) -> None:
    first = lock(path, shared=True, timeout_s=0)
    second = lock(path, shared=True, timeout_s=0)
    assert not is_held(path)
    assert try_lock(path) is None
    os.close(first)
    assert try_lock(path) is None
    os.close(second)
    with held(path):
        pass


def test_a_killed_holder_lets_go(path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"held\n"
        assert is_held(path)
        holder.send_signal(signal.SIGKILL)
        with held(path, timeout_s=20):
            assert is_held(path)


def test_a_file_made_anew_has_a_lock_of_its_own(path: Path) -> None:
    with held(path):
        path.unlink()
        assert not is_held(path)
        with held(path):
            assert is_held(path)


def test_a_lock_is_not_handed_to_a_started_program(path: Path) -> None:
    with held(path):
        sleeper = subprocess.Popen(["sleep", "20"], close_fds=False)
    try:
        assert not is_held(path)
    finally:
        sleeper.kill()
        sleeper.wait()


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        try_lock(tmp_path / "nothing" / "a.lock")
