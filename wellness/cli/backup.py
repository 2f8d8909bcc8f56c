"""Commands about backups: backup and restore."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from wellness.backup import (
    LocalFolder,
    WholeBackup,
    backup_all,
    backup_user,
    kind_of,
    restore_all,
    restore_user,
)
from wellness.backup.targets import open_file
from wellness.cli.console import Json, confirmed, connected, progress, write, write_json
from wellness.client import for_user
from wellness.errors import BackupError
from wellness.settings import load

SERVERS_OWN = (
    "It goes back into the embedded Redis only. For a Redis of yours, take dump.rdb out of the "
    "zip and start it on that with `--appendonly no`; or unset REDIS_URL."
)


def backup(
    dest: Annotated[Path, typer.Argument(help="Folder to write to; the file is named by date.")],
    user: Annotated[str, typer.Option(help="Back up this user's data.")] = "",
    everything: Annotated[
        bool, typer.Option("--all", help="Back up all that this Redis holds.")
    ] = False,
    json: Json = False,
) -> None:
    """Write a backup: of one user, or of all that this Redis holds, verified by restoring it.

    The file is readable by you alone, and not encrypted.
    """
    if bool(user) == everything:
        raise BackupError("Say what to back up.", hint="Use --user NAME or --all.")
    now, target = datetime.now(UTC), LocalFolder(dest)
    with connected() as (client, settings):
        if everything:
            with progress("Comparing", quiet=json, unit="") as update:
                whole = backup_all(client, settings, target, now=now, progress=update)
            done, told = asdict(whole), _agreed(whole)
        else:
            with progress("Backing up", quiet=json, unit="") as update:
                one = backup_user(
                    for_user(client, user), user, target,
                    namespace=settings.namespace, now=now, progress=update,
                )  # fmt: skip
            done, told = asdict(one), f"{one.keys:,} keys of {user!r}"
    path = dest / done["name"]
    write_json({"file": str(path), **done}) if json else write(f"{path}: {told}.")


def _agreed(whole: WholeBackup) -> str:
    return (
        f"{whole.keys:,} keys; a restored copy agreed in all {whole.compared:,} "
        "that did not change meanwhile"
    )


def restore(
    src: Annotated[Path, typer.Argument(help="A file that `wellness backup` wrote.")],
    namespace: Annotated[
        str, typer.Option(help="Restore a user into this namespace; by default where it was.")
    ] = "",
    replace: Annotated[
        bool, typer.Option("--replace", help="Let data that is there go for that of the backup.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    json: Json = False,
) -> None:
    """Put a backup back: one user's keys with their expiry, or all data of the embedded Redis.

    The file is checked before anything is written, and a user is there whole or not at all.
    """
    with open_file(src) as stream:
        kind = kind_of(stream, str(src))
    if replace and not yes and not confirmed(f"Replace what is there by {src}?"):
        raise BackupError("Nothing was restored.", hint="Confirm, or give --yes.")
    if kind == "all":
        _restore_all(src, namespace, replace, json)
        return
    with connected() as (client, _), progress("Restoring", quiet=json, unit="") as update:
        done = restore_user(
            client, src, namespace=namespace or None, replace=replace, progress=update
        )
    gone = f", {done.expired:,} have expired since" if done.expired else ""
    write_json(asdict(done)) if json else write(f"{done.keys:,} keys of {done.user!r}{gone}.")


def _restore_all(src: Path, namespace: str, replace: bool, json: bool) -> None:
    settings = load()
    if namespace:
        raise BackupError(f"{src} holds all namespaces.", hint="Leave out --namespace.")
    if settings.redis_url:
        raise BackupError(f"{src} is a backup of all data of a Redis.", hint=SERVERS_OWN)
    done = restore_all(src, settings, now=datetime.now(UTC), replace=replace)
    if json:
        write_json(asdict(done))
        return
    write(f"{done.keys:,} keys in {done.data_dir}.")
    if done.kept:
        write(f"What was there before is in {done.kept}.")
