"""Back up all that a Redis holds: a snapshot by BGSAVE, restored elsewhere before it is believed.

The snapshot is of one moment. The server goes on meanwhile, so each key is digested before and
after: those that stayed the same must be the same in a private server that has loaded the copy.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from redis import Redis
from redis.exceptions import ResponseError

from wellness.backup.archive import writing
from wellness.backup.digests import digests
from wellness.backup.targets import ENDING, Target
from wellness.backup.user import Progress, stamp, version
from wellness.bootstrap import redis_build
from wellness.client import connect, for_shards
from wellness.errors import BackupError, ServerStartError
from wellness.settings import Settings
from wellness.topologies.crew import Crew
from wellness.topologies.local_server import LocalServer, data_server

SNAPSHOT = "dump.rdb"  # in the archive
CHECK = "check"  # name of the private server
POLL_S = 0.02
OVER_THE_NETWORK = (
    "Run this where the server's folder is, or fetch a snapshot with `redis-cli --rdb FILE`."
)


@dataclass(frozen=True)
class WholeBackup:
    """A backup of all, and how it was verified.

    Attributes:
        name: of the file in its target.
        bytes: of the snapshot.
        keys: in it, in all databases.
        compared: keys of this client's database that did not change meanwhile, each found to be
            the same in a server that loaded the copy.
        changed: keys that did change, or came or went, so that nothing can be said of them.
        seconds: that the load took.
    """

    name: str
    bytes: int
    keys: int
    compared: int
    changed: int
    seconds: float

    def __repr__(self) -> str:
        return (
            f"<Backup of all: {self.keys:,} keys, {self.bytes:,} bytes, {self.compared:,} compared "
            f"with a restored copy, {self.name}>"
        )


def backup_all(
    client: Redis,
    settings: Settings,
    target: Target,
    *,
    now: datetime,
    progress: Progress | None = None,
) -> WholeBackup:
    """Take a snapshot, load it into a private server, compare, and only then keep it.

    Args:
        client: returns bytes; of a server whose folder can be read from here.
        settings: where the build of the private server is, and how long a load may take.
        target: gets one file.
        now: stands in the name and in the file.
        progress: told keys compared and in all, before the snapshot.

    Raises:
        BackupError: there is no snapshot, it is out of reach, or it is not what the server has;
            or the target cannot be written to. Nothing is left there.
        ServerError, BootstrapError: there is no private server to verify it with.
    """
    if len(for_shards(client)) > 1:
        raise BackupError(
            "A Cluster has a snapshot for each shard.", hint="Back up each by itself."
        )
    name = f"all-{stamp(now)}{ENDING}"
    before = digests(client, progress)
    with Crew() as crew:
        copy = crew.folder / f"{CHECK}.rdb"
        _snapshot(client, settings.server_load_s, copy)
        after = digests(client)
        stable = {key: value for key, value in before.items() if after.get(key) == value}
        begun = time.perf_counter()
        keys = _verify(client, settings, crew, stable)
        seconds = time.perf_counter() - begun
        made = WholeBackup(
            name,
            copy.stat().st_size,
            keys,
            len(stable),
            len(before.keys() | after.keys()) - len(stable),
            seconds,
        )
        about = {"made_at": now.isoformat(), "redis": version(client), "keys": keys}
        with (
            target.write(name) as stream,
            writing(stream, "all", about) as writer,
            copy.open("rb") as file,
        ):
            writer.add_file(SNAPSHOT, file)
    return made


def _snapshot(client: Redis, patience_s: float, copy: Path) -> None:
    """Have the server write a snapshot, and copy it; its own file is then as it was, or newer."""
    path = _snapshot_path(client)
    was_there = path.exists()
    _wait(lambda: not _info(client)["rdb_bgsave_in_progress"], patience_s)
    client.bgsave(schedule=True)
    _wait(lambda: not _info(client)["rdb_bgsave_in_progress"], patience_s)
    if _info(client)["rdb_last_bgsave_status"] != "ok":
        raise BackupError(
            "Redis could not write a snapshot.", hint="Its log says why: as a rule, a full disk."
        )
    try:
        shutil.copyfile(path, copy)
        if not was_there:
            path.unlink()
    except OSError as error:
        raise BackupError(
            f"The snapshot {path} cannot be read here: {error.strerror}.", hint=OVER_THE_NETWORK
        ) from error


def _snapshot_path(client: Redis) -> Path:
    try:
        config: Any = client.config_get("dir", "dbfilename")
    except ResponseError as error:
        raise BackupError(
            f"Redis does not say where its snapshots are: {error}.", hint=OVER_THE_NETWORK
        ) from error
    folder = Path(config["dir"])
    if not folder.is_dir():
        raise BackupError(
            f"The server's folder {folder} is not on this machine.", hint=OVER_THE_NETWORK
        )
    return folder / str(config["dbfilename"])


def _info(client: Redis) -> dict[str, Any]:
    found: dict[str, Any] = client.info("persistence")
    return found


def _wait(condition: Callable[[], bool], patience_s: float) -> None:
    deadline = time.monotonic() + patience_s
    while not condition():
        if time.monotonic() > deadline:
            raise BackupError(f"Redis did not finish its snapshot within {patience_s:g} s.")
        time.sleep(POLL_S)


def _verify(client: Redis, settings: Settings, crew: Crew, stable: dict[bytes, bytes]) -> int:
    """Load the copy and compare; how many keys there are in all databases."""
    build = redis_build(settings)
    patient = settings.model_copy(update={"server_start_s": settings.server_load_s})
    arguments = data_server(build, CHECK, "--appendonly", "no")
    server = LocalServer(CHECK, crew, patient, arguments)
    try:
        server.start()
    except ServerStartError as error:
        raise BackupError(
            f"The snapshot cannot be loaded by the kit's own Redis, so it is not verified:\n"
            f"{error.log}\n",
            hint="Back up one user after the other, if this Redis is a newer one.",
        ) from error
    database = client.connection_pool.connection_kwargs.get("db") or 0
    url = f"{server.private_url}?db={database}"
    with connect(patient.model_copy(update={"redis_url": url})) as restored:
        found = digests(restored)
        if differing := sorted(key for key, value in stable.items() if found.get(key) != value):
            example = differing[0].decode(errors="replace")
            raise BackupError(
                f"The snapshot is not what the server has: {len(differing):,} of {len(stable):,} "
                f"keys differ, for instance {example!r}.",
                hint="Try again; if it happens twice, the disk or the memory is faulty.",
            )
        if _indexes(restored) != _indexes(client):
            raise BackupError("The snapshot has other search indexes than the server.")
        spaces: dict[str, Any] = restored.info("keyspace")
    return sum(int(space["keys"]) for space in spaces.values())


def _indexes(client: Redis) -> set[bytes]:
    try:
        return set(client.execute_command("FT._LIST"))  # type: ignore[no-untyped-call]
    except ResponseError:  # no Search module, so no index
        return set()
