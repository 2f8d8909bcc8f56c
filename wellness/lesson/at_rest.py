"""What protects health data where it lies, checked on this machine, and what does not.

The embedded server keeps everything in plain files. What guards them are the permissions of the
folder and of the socket, which other users of the machine meet; whoever is this user, is root, or
has the disk in hand reads all of it. Each row below was looked up, not assumed.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from redis import Redis
from redis.exceptions import RedisError

from wellness.lesson.tables import html_table
from wellness.replies import text

Verdict = Literal["protected", "open", "unknown"]
OTHERS = stat.S_IRWXG | stat.S_IRWXO
READ_BYTES = 1 << 20  # from each end of a file, while looking for a value in it


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is so on this machine.

    Attributes:
        what: the way to the data.
        verdict: whether it is closed.
        found: what was looked at, and how it is.
    """

    what: str
    verdict: Verdict
    found: str

    def __str__(self) -> str:
        return f"{self.verdict:<9}  {self.what}: {self.found}"


@dataclass(frozen=True, slots=True, repr=False)
class AtRest:
    """Ways to the data, each with what is in its way."""

    rows: tuple[Fact, ...]

    def __getitem__(self, what: str) -> Fact:
        return {row.what: row for row in self.rows}[what]

    def __repr__(self) -> str:
        return "\n".join(map(str, self.rows))

    def _repr_html_(self) -> str:
        cells = [[row.what, row.verdict, row.found] for row in self.rows]
        header = ("way to the data", "is", "found here")
        return html_table(header, cells, caption="Health data at rest", align="left")


def at_rest(client: Redis, key: str) -> AtRest:
    """Look at the files, the socket and the settings of a Redis on this machine.

    Args:
        client: of the server that is looked at.
        key: to write a value under and to look for in the append-only file; deleted afterwards.
    """
    try:
        config = client.config_get("dir", "appenddirname", "appendonly", "unixsocket", "port",
                                   "requirepass")  # fmt: skip
    except RedisError as error:
        return AtRest((Fact("all of it", "unknown", f"CONFIG is refused: {error}"),))
    named: dict[str, str] = {str(text(k)): str(text(v)) for k, v in dict(config).items()}
    folder = Path(named["dir"])
    log = folder / named["appenddirname"]
    files = sorted(log.glob("*")) if log.is_dir() else []
    return AtRest((
        _folder(folder),
        _files(files),
        _plain(client, key, files),
        _socket(named["unixsocket"]),
        _port(named),
        Fact("whoever is this user", "open",
             f"each process of user {os.getuid()} may read both: a notebook, a package in it"),
        Fact("whoever is root, or has the disk", "open",
             "Redis encrypts nothing; an encrypted disk is the system's to give, and a stolen "
             "running machine is not helped by it"),
        Fact("copies", "open",
             "a backup, an export and the Apple Health archive itself are as open as where they "
             "are put"),
    ))  # fmt: skip


def _folder(folder: Path) -> Fact:
    what = "other users: the folder"
    if not folder.is_dir():
        return Fact(what, "unknown", f"{folder} is not on this machine")
    closed = [one for one in (folder, *folder.parents) if not one.stat().st_mode & OTHERS]
    if closed:
        return Fact(what, "protected", f"{_shown(closed[0])}, so nothing below is reached")
    return Fact(what, "open", f"{_shown(folder)}, and no folder above it is closed")


def _files(files: list[Path]) -> Fact:
    what = "other users: the append-only files"
    if not files:
        return Fact(what, "unknown", "there are none, or not on this machine")
    wide = [one for one in files if one.stat().st_mode & OTHERS]
    if not wide:
        return Fact(what, "protected", f"{len(files)} files, none for others")
    return Fact(what, "open",
                f"{_shown(wide[0])}, as {len(wide)} of {len(files)} files: only the folder is in "
                "the way")  # fmt: skip


def _plain(client: Redis, key: str, files: list[Path]) -> Fact:
    """Whether a value that is written stands in the file word for word."""
    what = "the words in the file"
    if not files:
        return Fact(what, "unknown", "no append-only file was found")
    marker = f"resting heart rate 58 of {os.urandom(8).hex()}"
    client.set(key, marker, ex=60)
    client.delete(key)
    # Redis writes its file before it replies.
    seen = [one for one in files if any(marker.encode() in part for part in _ends(one))]
    if seen:
        return Fact(what, "open", f"a value stands in {seen[0].name} as it was written, also after "
                                  "it was deleted, until the file is rewritten")  # fmt: skip
    return Fact(what, "unknown", "a value that was just written was not found")


def _ends(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield file.read(READ_BYTES)
        file.seek(max(0, path.stat().st_size - READ_BYTES))
        yield file.read()


def _socket(path: str) -> Fact:
    what = "other users: the socket"
    if not path:
        return Fact(what, "unknown", "there is none")
    socket = Path(path)
    if not socket.exists():
        return Fact(what, "unknown", f"{path} is not on this machine")
    closed = not socket.stat().st_mode & OTHERS
    return Fact(what, "protected" if closed else "open", _shown(socket))


def _port(named: dict[str, str]) -> Fact:
    what = "the network"
    if named["port"] == "0":
        return Fact(what, "protected", "the server has no port")
    if named["requirepass"]:
        return Fact(what, "protected", f"port {named['port']} asks for a password")
    return Fact(what, "open", f"port {named['port']}, without a password")


def _shown(path: Path) -> str:
    found = path.stat()
    return f"{path.name} has mode {stat.S_IMODE(found.st_mode):03o}, owner {found.st_uid}"
