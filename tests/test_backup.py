"""Backups of real data: every kind of key comes back as it was, damage is found, nothing half."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

import pytest
from redis import Redis
from test_keys import every_key, write

from wellness import keys, server
from wellness.backup import (
    LocalFolder,
    UserBackup,
    backup_all,
    backup_user,
    kind_of,
    restore_all,
    restore_user,
)
from wellness.backup import whole as whole_module
from wellness.backup.digests import digests
from wellness.client import Client, connect
from wellness.errors import BackupDamaged, BackupError, UnknownUser
from wellness.keys import KINDS, Keys
from wellness.memory.embedder import OllamaEmbedder
from wellness.memory.facts import learn
from wellness.memory.long_term import LongTerm
from wellness.settings import Settings

NOW = datetime(2026, 9, 30, 20, 15, 1, tzinfo=UTC)
ANN = "ann}:*"  # as hostile as a name can be


@pytest.fixture
def filled(client: Redis, namespace: str) -> Keys:
    """A key of every kind of the table, each with an expiry, but one that never expires."""
    built = Keys(namespace, ANN)
    for kind, name in every_key(built, "Thing").items():
        write(client, KINDS[kind].type, name)
        if KINDS[kind].type == "TSDB-TYPE":
            client.ts().add(name, 1_000, 7)
        if kind != "profile":
            client.expire(name, 1_000)
    client.hset(built.days("Big"), mapping={str(n): "x" for n in range(999)})  # a hash table
    client.zadd(built.readings("Big"), {str(n): n for n in range(999)})  # a skip list
    client.set(Keys(namespace, "bob").scratch("kept"), "not Ann's")
    return built


def state(client: Redis, namespace: str, user: str) -> dict[str, bytes]:
    """Digest of type, expiry and value of each key, by its name without namespace and user."""
    prefix = Keys(namespace, user).prefix
    every = digests(client)
    return {
        name.decode().removeprefix(prefix): value
        for name, value in every.items()
        if name.decode().startswith(prefix)
    }


def make(client: Redis, built: Keys, folder: Path, **more: Any) -> UserBackup:
    target = LocalFolder(folder)
    return backup_user(client, ANN, target, namespace=built.namespace, now=NOW, **more)


# --- one user --------------------------------------------------------------------------------


def test_every_kind_of_key_comes_back_with_its_expiry(
    client: Redis, filled: Keys, tmp_path: Path
) -> None:
    before = state(client, filled.namespace, ANN)
    told: list[tuple[int, int]] = []
    made = make(client, filled, tmp_path, progress=lambda done, total: told.append((done, total)))
    assert made.keys == len(before) == len(KINDS) + 2 - 1  # the ledger is nobody's
    assert told[-1] == (made.keys, made.keys)
    assert repr(made).startswith(f"<Backup of {ANN!r}: {made.keys} keys, ")
    keys.delete(client, filled.namespace, ANN)
    done = restore_user(client, tmp_path / made.name)
    assert (done.user, done.namespace, done.keys) == (ANN, filled.namespace, made.keys)
    assert (done.expired, done.replaced) == (0, 0)
    assert state(client, filled.namespace, ANN) == before
    assert client.ttl(filled.profile) == -1
    assert 0 < int(client.ttl(filled.sources)) <= 1_000


def test_a_backup_holds_one_users_keys_and_says_what_each_is(
    client: Redis, filled: Keys, tmp_path: Path
) -> None:
    made = make(client, filled, tmp_path)
    assert made.name == "user-ann%7D%3A%2A-20260930T201501Z.zip"
    with zipfile.ZipFile(tmp_path / made.name) as whole:
        about = json.loads(whole.read("manifest.json"))
    assert (about["format"], about["version"], about["kind"]) == ("wellness-backup", 1, "user")
    assert about["made_at"] == NOW.isoformat()
    assert {part["about"]["type"] for part in about["parts"]} >= {"zset", "ReJSON-RL", "TSDB-TYPE"}
    assert not any("bob" in part["about"]["key"] for part in about["parts"])
    assert LocalFolder(tmp_path).names() == [made.name]
    with LocalFolder(tmp_path).open(made.name) as stream:
        assert kind_of(stream, made.name) == "user"


def test_it_can_go_into_another_namespace(client: Redis, filled: Keys, tmp_path: Path) -> None:
    before = state(client, filled.namespace, ANN)
    made = make(client, filled, tmp_path)
    other = f"{filled.namespace}:other"
    try:
        assert restore_user(client, tmp_path / made.name, namespace=other).namespace == other
        after = state(client, other, ANN)
        for there in (before, after):  # DUMP of a series has its key in it
            del there["series:Thing"]
        assert after == before
        assert client.ts().range(Keys(other, ANN).series("Thing"), "-", "+")
    finally:
        keys.delete(client, other)


def test_compactions_between_series_are_made_again(
    client: Redis, namespace: str, tmp_path: Path
) -> None:
    built = Keys(namespace, ANN)
    raw, minutes = built.series("x"), built.series("x-60")
    for name in (raw, minutes):
        client.execute_command("TS.CREATE", name)  # type: ignore[no-untyped-call]
    client.execute_command("TS.CREATERULE", raw, minutes, "AGGREGATION", "max", 60_000, 1_000)  # type: ignore[no-untyped-call]
    client.execute_command("TS.ADD", raw, 1_000, 7)  # type: ignore[no-untyped-call]
    client.ts()  # from here on the client parses TS.INFO differently
    made = make(client, built, tmp_path)
    restore_user(client, tmp_path / made.name, replace=True)
    client.execute_command("TS.ADD", raw, 70_000, 9)  # type: ignore[no-untyped-call]
    client.execute_command("TS.ADD", raw, 140_000, 1)  # type: ignore[no-untyped-call]
    found: Any = client.execute_command("TS.RANGE", minutes, "-", "+")  # type: ignore[no-untyped-call]
    assert [(at, float(value)) for at, value in found] == [(61_000, 9.0)]


def test_what_has_expired_meanwhile_stays_away(
    client: Redis, namespace: str, tmp_path: Path
) -> None:
    built = Keys(namespace, ANN)
    client.set(built.scratch("short"), "x", px=60_000)
    client.set(built.scratch("long"), "x")
    made = make(client, built, tmp_path)
    change_manifest(tmp_path / made.name, lambda about: shorten(about["parts"]))
    done = restore_user(client, tmp_path / made.name, replace=True)
    assert (done.keys, done.expired, done.replaced) == (1, 1, 2)
    assert client.exists(built.scratch("short"), built.scratch("long")) == 1


def shorten(parts: list[dict[str, Any]]) -> None:
    for part in parts:
        if "expires_at_ms" in part["about"]:
            part["about"]["expires_at_ms"] = 1_000


def test_what_is_there_stays_unless_it_shall_go(
    client: Redis, filled: Keys, tmp_path: Path
) -> None:
    made = make(client, filled, tmp_path)
    newer = filled.scratch("newer")
    client.set(newer, "x")
    now = state(client, filled.namespace, ANN)
    with pytest.raises(BackupError, match=r"data of .* already.*--replace"):
        restore_user(client, tmp_path / made.name)
    assert state(client, filled.namespace, ANN) == now
    assert restore_user(client, tmp_path / made.name, replace=True).replaced == len(now)
    assert not client.exists(newer)
    assert client.get(Keys(filled.namespace, "bob").scratch("kept")) == b"not Ann's"


def test_a_user_without_keys_has_no_backup(client: Redis, filled: Keys, tmp_path: Path) -> None:
    with pytest.raises(UnknownUser):
        backup_user(
            client, "zoe", LocalFolder(tmp_path / "out"), namespace=filled.namespace, now=NOW
        )
    assert not (tmp_path / "out").exists()


def test_memories_are_found_again_after_a_restore(
    client: Redis, embedder: OllamaEmbedder, settings: Settings, namespace: str, tmp_path: Path
) -> None:
    """The index of their namespace covers them as soon as they are in place."""

    def memory(where: str) -> LongTerm:
        now = NOW.timestamp
        return LongTerm(client, embedder, ANN, settings=settings, clock=now, namespace=where)

    def recalled(where: str) -> list[str]:
        found = memory(where).recall("Who is my dentist?", now=int(NOW.timestamp() * 1_000))
        return [hit.memory.fact.text for hit in found.hits]

    text = "My dentist is called Brown."
    memory(namespace).remember(learn(text, now=NOW, zone=ZoneInfo("UTC"), source="one"))
    assert recalled(namespace) == [text]
    made = make(client, Keys(namespace, ANN), tmp_path)
    other = f"{namespace}:other"
    try:
        restore_user(client, tmp_path / made.name, namespace=other)
        assert recalled(other) == [text]
        restore_user(client, tmp_path / made.name, replace=True)
        assert recalled(namespace) == [text]
    finally:
        keys.delete(client, other)


# --- damage ----------------------------------------------------------------------------------


def change_manifest(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Write a backup anew with another manifest."""
    with zipfile.ZipFile(path) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    about = json.loads(parts["manifest.json"])
    change(about)
    parts["manifest.json"] = json.dumps(about).encode()
    with zipfile.ZipFile(path, "w") as whole:
        for name, data in parts.items():
            whole.writestr(name, data)


def refuses(client: Redis, path: Path, error: type[BackupError], said: str) -> None:
    """The file is refused, and nothing of it or of an attempt is in Redis afterwards."""
    before = digests(client).keys()
    with pytest.raises(error, match=said):
        restore_user(client, path, replace=True)
    assert not [name for name in digests(client).keys() - before if b"restore" in name]


@pytest.mark.parametrize("left", [0.0, 0.3, 0.9, 0.999])
def test_a_truncated_file_is_refused(
    client: Redis, filled: Keys, tmp_path: Path, left: float
) -> None:
    path = tmp_path / make(client, filled, tmp_path).name
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * left)])
    before = state(client, filled.namespace, ANN)
    refuses(client, path, BackupDamaged, "cut off, damaged")
    assert state(client, filled.namespace, ANN) == before


def test_a_changed_byte_is_found(client: Redis, filled: Keys, tmp_path: Path) -> None:
    path = tmp_path / make(client, filled, tmp_path).name
    data = bytearray(path.read_bytes())
    data[data.index(b"keys/000003") + 20] ^= 1
    path.write_bytes(data)
    refuses(client, path, BackupDamaged, "damaged")


def test_a_wrong_checksum_is_found_before_anything_is_written(
    client: Redis, filled: Keys, tmp_path: Path
) -> None:
    path = tmp_path / make(client, filled, tmp_path).name
    change_manifest(path, lambda about: about["parts"][-1].update(sha256="0" * 64))
    before = state(client, filled.namespace, ANN)
    refuses(client, path, BackupDamaged, "another checksum")
    assert state(client, filled.namespace, ANN) == before


def test_another_version_of_the_format_is_refused(
    client: Redis, filled: Keys, tmp_path: Path
) -> None:
    path = tmp_path / make(client, filled, tmp_path).name
    change_manifest(path, lambda about: about.update(version=2))
    refuses(client, path, BackupError, r"version 2 .* reads version 1")


def test_another_format_is_refused(client: Redis, filled: Keys, tmp_path: Path) -> None:
    path = tmp_path / make(client, filled, tmp_path).name
    change_manifest(path, lambda about: about.update(format="other"))
    refuses(client, path, BackupDamaged, "no backup")
    refuses(client, tmp_path / "none.zip", BackupError, "cannot be read: No such file")


def test_what_this_redis_cannot_read_is_said(client: Redis, filled: Keys, tmp_path: Path) -> None:
    path = tmp_path / make(client, filled, tmp_path).name
    with zipfile.ZipFile(path) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    newer = parts["keys/000001"][:-10] + b"\xff\x00" + parts["keys/000001"][-8:]  # RDB version 255
    parts["keys/000001"] = newer
    about = json.loads(parts["manifest.json"])
    about["parts"][1]["sha256"] = hashlib.sha256(newer).hexdigest()
    parts["manifest.json"] = json.dumps(about).encode()
    with zipfile.ZipFile(path, "w") as whole:
        for name, data in parts.items():
            whole.writestr(name, data)
    before = state(client, filled.namespace, ANN)
    refuses(client, path, BackupError, "cannot read the .* at least as new")
    assert state(client, filled.namespace, ANN) == before


# --- targets and interrupts ------------------------------------------------------------------


def test_a_target_that_cannot_be_written_to_is_said(
    client: Redis, filled: Keys, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    for folder in (file, file / "below"):
        with pytest.raises(BackupError, match=r"No backup can be written to .*Name a folder"):
            make(client, filled, folder)
    make(client, filled, tmp_path / "out")
    with pytest.raises(BackupError, match="already"):
        make(client, filled, tmp_path / "out")


def test_a_disk_that_fills_up_leaves_nothing(
    client: Redis, filled: Keys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """/dev/full is a disk that is full; the real error, from the kernel."""

    def full(descriptor: int, mode: str) -> BinaryIO:
        os.close(descriptor)
        return open("/dev/full", "w+b", buffering=0)  # noqa: PTH123

    monkeypatch.setattr(os, "fdopen", full)
    with pytest.raises(BackupError, match=r"No space left on device.*Make room"):
        make(client, filled, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_leaves_no_half_file(client: Redis, filled: Keys, tmp_path: Path) -> None:
    def interrupt(done: int, total: int) -> None:
        if done > 20:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        make(client, filled, tmp_path, progress=interrupt)
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_leaves_no_half_user(client: Redis, filled: Keys, tmp_path: Path) -> None:
    made = make(client, filled, tmp_path)
    client.set(filled.scratch("newer"), "x")
    before = digests(client)

    def interrupt(done: int, total: int) -> None:
        if done == total // 2:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        restore_user(client, tmp_path / made.name, replace=True, progress=interrupt)
    mine = [name for name in before if name.startswith(filled.namespace.encode())]
    after = digests(client)
    assert [after.get(name) for name in mine] == [before[name] for name in mine]
    assert not [name for name in after if b"restore-" in name and filled.namespace.encode() in name]


# --- all -------------------------------------------------------------------------------------


@pytest.fixture
def own(tmp_path: Path) -> Iterator[tuple[Client, Settings]]:
    """An embedded server of this test's own with every kind of key."""
    settings = Settings(home=tmp_path / "home")
    with server.start(settings), connect(settings) as client:
        for user in (ANN, "bob"):
            for kind, name in every_key(Keys("wellness", user), "Thing").items():
                write(client, KINDS[kind].type, name)
        client.hset(Keys("wellness", ANN).scratch("big"), mapping={str(n): "x" for n in range(999)})
        client.execute_command("FT.CREATE", "idx", "PREFIX", 1, "wellness", "SCHEMA", "f", "TEXT")
        yield client, settings


def test_all_comes_back_elsewhere(own: tuple[Client, Settings], tmp_path: Path) -> None:
    client, settings = own
    before, target = digests(client), LocalFolder(tmp_path / "out")
    made = backup_all(client, settings, target, now=NOW)
    assert (made.keys, made.compared, made.changed) == (len(before), len(before), 0)
    assert made.name == "all-20260930T201501Z.zip"
    assert not (settings.home / "redis" / "dump.rdb").exists(), "it was not there before"
    assert "compared with a restored copy" in repr(made)
    with target.open(made.name) as stream:
        assert kind_of(stream, made.name) == "all"
    there = Settings(home=tmp_path / "there")
    done = restore_all(tmp_path / "out" / made.name, there, now=NOW)
    assert (done.keys, done.kept) == (made.keys, None)
    with server.start(there), connect(there) as other:
        assert digests(other) == before
        assert other.execute_command("FT._LIST") == [b"idx"]
        other.set(Keys("wellness", "new").scratch("x"), 1)
    with server.start(there), connect(there) as other:
        assert other.dbsize() == len(before) + 1, "it goes on as any other log"


def test_a_snapshot_that_is_not_the_server_s_data_is_not_kept(
    own: tuple[Client, Settings], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, settings = own
    real = whole_module._snapshot

    def worse(*given: Any) -> None:
        key = Keys("wellness", "bob").scratch("Thing")
        value = client.dump(key)
        assert value
        client.unlink(key)
        real(*given)
        client.restore(key, 0, value)

    monkeypatch.setattr(whole_module, "_snapshot", worse)
    with pytest.raises(BackupError, match=r"1 of \d+ keys differ, for instance .*bob"):
        backup_all(client, settings, LocalFolder(tmp_path / "out"), now=NOW)
    assert not (tmp_path / "out").exists()


def test_what_is_written_meanwhile_is_counted_and_no_error(
    own: tuple[Client, Settings], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, settings = own
    real = whole_module._snapshot

    def busy(*given: Any) -> None:
        client.set(Keys("wellness", "bob").scratch("before"), 1)
        real(*given)
        client.unlink(Keys("wellness", "bob").profile)

    monkeypatch.setattr(whole_module, "_snapshot", busy)
    made = backup_all(client, settings, LocalFolder(tmp_path / "out"), now=NOW)
    assert made.changed == 2
    assert made.keys == made.compared + 2


def test_all_is_not_restored_over_a_running_server_or_data(
    own: tuple[Client, Settings], tmp_path: Path
) -> None:
    client, settings = own
    made = backup_all(client, settings, LocalFolder(tmp_path), now=NOW)
    with pytest.raises(BackupError, match=r"is running.*Close"):
        restore_all(tmp_path / made.name, settings, now=NOW, replace=True)
    client.set(Keys("wellness", "bob").scratch("newer"), 1)
    client.close()
    server.stop(settings)
    with pytest.raises(BackupError, match=r"data in .* already"):
        restore_all(tmp_path / made.name, settings, now=NOW)
    path = tmp_path / made.name
    damaged = tmp_path / "damaged.zip"
    damaged.write_bytes(path.read_bytes().replace(b"REDIS0", b"REDIS9", 1))
    with pytest.raises(BackupDamaged):
        restore_all(damaged, settings, now=NOW, replace=True)
    done = restore_all(path, settings, now=NOW, replace=True)
    assert done.kept
    assert done.kept.is_dir()
    assert {one.name for one in (settings.home / "redis").iterdir() if one.is_dir()} == {
        "appendonlydir", done.kept.name,
    }  # fmt: skip
    with server.start(settings), connect(settings) as again:
        assert again.dbsize() == made.keys
    made_user = backup_one(settings, tmp_path)
    with pytest.raises(BackupError, match=r"one user.*as such"):
        restore_all(tmp_path / made_user, settings, now=NOW, replace=True)


def backup_one(settings: Settings, folder: Path) -> str:
    with server.start(settings), connect(settings) as client:
        target = LocalFolder(folder)
        name = backup_user(client, ANN, target, namespace="wellness", now=NOW).name
    server.stop(settings)
    return name
