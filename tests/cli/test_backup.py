"""wellness backup and wellness restore, as people and scripts meet them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from health.exports import document, record
from redis import Redis

from cli.conftest import Run
from wellness import keys


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.exists() else []


def test_a_user_goes_out_and_comes_back(
    run: Run, people: Callable[..., None], client: Redis, namespace: str, tmp_path: Path
) -> None:
    people("ann", "bob")
    before = {name: client.dump(name) for name in keys.scan(client, namespace, "ann")}
    made = run("backup", "--user", "ann", tmp_path / "out", "--json")
    assert made.code == 0
    assert made.json["keys"] == len(before) > 3
    file = Path(made.json["file"])
    assert files(tmp_path / "out") == [file]
    assert file.stat().st_mode & 0o077 == 0, "health data is for its owner's eyes"
    assert run("reset", "--user", "ann", "--yes").code == 0
    done = run("restore", file, "--json")
    assert (done.code, done.json["keys"], done.json["user"]) == (0, len(before), "ann")
    after = {name: client.dump(name) for name in keys.scan(client, namespace, "ann")}
    assert after.keys() == before.keys()
    assert run("show", "heart rate", "--user", "ann", "--period", "all time").code == 0


def test_it_speaks_to_people(run: Run, people: Callable[..., None], tmp_path: Path) -> None:
    people("ann")
    made = run("backup", "--user", "ann", tmp_path / "out")
    (file,) = files(tmp_path / "out")
    assert made.rows[-1].startswith(f"{file}: ")
    assert made.rows[-1].endswith(" keys of 'ann'.")
    done = run("restore", file, "--replace", "--yes")
    assert done.rows[-1].endswith(" keys of 'ann'.")


def test_nothing_is_replaced_unasked(run: Run, people: Callable[..., None], tmp_path: Path) -> None:
    people("ann")
    file = run("backup", "--user", "ann", tmp_path, "--json").json["file"]
    refused = run("restore", file)
    assert refused.code == 2
    assert "data of 'ann' already" in refused.err
    assert "--replace" in refused.err
    unconfirmed = run("restore", file, "--replace", "--json")
    assert (unconfirmed.code, unconfirmed.json["error"]) == (2, "BackupError")
    assert "--yes" in unconfirmed.json["hint"]


@pytest.mark.parametrize("words", [(), ("--user", "ann", "--all")])
def test_it_must_be_said_what_to_back_up(run: Run, tmp_path: Path, words: tuple[str, ...]) -> None:
    answer = run("backup", tmp_path / "out", *words)
    assert answer.code == 2
    assert "--user NAME or --all" in answer.err
    assert not files(tmp_path / "out")


def test_a_user_who_is_not_there_leaves_no_file(run: Run, tmp_path: Path) -> None:
    answer = run("backup", "--user", "zoe", tmp_path / "out")
    assert answer.code == 2
    assert "no data of a user 'zoe'" in answer.err
    assert not files(tmp_path / "out")


def test_a_file_that_is_no_backup_is_said_to_be_none(run: Run, tmp_path: Path) -> None:
    other = tmp_path / "other.zip"
    other.write_bytes(b"PK no zip")
    for name, said in ((other, "damaged"), (tmp_path / "none.zip", "cannot be read")):
        answer = run("restore", name)
        assert answer.code == 2
        assert said in answer.err


def test_all_goes_out_verified_and_comes_back_into_the_embedded_redis(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    monkeypatch.delenv("REDIS_URL")
    monkeypatch.setenv("WELLNESS_HOME", str(tmp_path / "one"))
    (tmp_path / "export.xml").write_bytes(document(record()))
    run("import", tmp_path, "--user", "ann")
    metrics = run("metrics", "--user", "ann", "--json").json
    backed = run("backup", "--all", out, "--json")
    assert backed.code == 0, backed.err
    assert backed.json["compared"] == backed.json["keys"] > 3
    assert backed.json["changed"] == 0
    file = backed.json["file"]
    with monkeypatch.context() as yours:
        yours.setenv("REDIS_URL", "redis://127.0.0.1:1")
        refused = run("restore", file)
        assert refused.code == 2
        assert "dump.rdb" in refused.err
    monkeypatch.setenv("WELLNESS_HOME", str(tmp_path / "other"))
    done = run("restore", file, "--json")
    assert done.code == 0, done.err
    assert (done.json["keys"], done.json["kept"]) == (backed.json["keys"], None)
    assert run("metrics", "--user", "ann", "--json").json == metrics != []
    again = run("restore", file, "--replace", "--yes")
    assert again.code == 0, again.err
    assert "appendonlydir-before-" in again.out


def test_help_says_what_is_in_it(run: Run) -> None:
    for command, words in (("backup", "not encrypted"), ("restore", "checked before anything")):
        answer = run(command, "--help")
        assert answer.code == 0
        assert words in " ".join(answer.out.split())
