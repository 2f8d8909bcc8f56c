"""`wellness metrics`, `period`, `export` and `reset`."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import select
import subprocess
import termios
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
from health.exports import HEART_RATE
from redis import Redis

from wellness import keys
from wellness.server import EmbeddedServer

from .conftest import Run, Shared, command, environment

YEAR_OF_NOW = ("--now", "2026-09-30T20:00", "--zone", "Europe/Berlin")


def users(client: Redis, namespace: str) -> set[str]:
    """Who has keys, besides the metrics that each command leaves."""
    return {keys.parse(key).user for key in keys.scan(client, namespace)} - {keys.EVERYONE}


# metrics


def test_metrics_lists_each_type_with_what_is_there(ask: Run, shared: Shared) -> None:
    rows = {row["type"]: row for row in ask("metrics", "--json").json}
    truth = {name: kind for name, kind in shared.truth["by_type"].items() if kind["distinct"]}
    assert rows.keys() == truth.keys()
    for name, known in truth.items():
        assert rows[name]["count"] == known["distinct"]
        for end in ("first", "last"):
            moment = datetime.fromisoformat(rows[name][end])
            assert moment == datetime.fromisoformat(known[end])
            assert moment.isoformat().endswith("-04:00"), "in the user's zone"
    named = {source for row in rows.values() for source in row["sources"]}
    assert named == shared.truth["sources"].keys()
    assert rows[HEART_RATE]["unit"] == "count/min"
    assert rows[HEART_RATE]["metric"] == "HeartRate"


def test_metrics_is_a_table_for_people(ask: Run, shared: Shared) -> None:
    head, *rows = ask("metrics").rows
    assert head.split() == ["metric", "count", "first", "last", "unit", "sources"]
    (row,) = [row for row in rows if row.startswith("HeartRate ")]
    known = shared.truth["by_type"][HEART_RATE]
    assert f" {known['distinct']:,} " in row
    assert row.endswith("Ann’s Apple\u00a0Watch")
    assert row.index("Ann’s") == head.index("sources")


# period


@pytest.mark.parametrize(
    ("phrase", "start", "end"),
    [
        ("yesterday", "2026-09-29T00:00:00+02:00", "2026-09-30T00:00:00+02:00"),
        ("the first week of March", "2026-03-01T00:00:00+01:00", "2026-03-08T00:00:00+01:00"),
        ("March", "2026-03-01T00:00:00+01:00", "2026-04-01T00:00:00+02:00"),
        ("2025-W01", "2024-12-30T00:00:00+01:00", "2025-01-06T00:00:00+01:00"),
    ],
)
def test_a_phrase_is_a_half_open_interval(run: Run, phrase: str, start: str, end: str) -> None:
    answer = run("period", phrase, *YEAR_OF_NOW, "--json")
    assert answer.code == 0
    found = answer.json
    assert (found["start"], found["end"]) == (start, end)
    assert found["zone"] == "Europe/Berlin"
    assert found["now"] == "2026-09-30T20:00:00+02:00"
    said = run("period", phrase, *YEAR_OF_NOW).out
    assert f"{start} (included) to {end} (excluded)" in said


def test_period_needs_no_redis(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1")
    assert run("period", "yesterday").code == 0


def test_what_is_no_period_is_an_error_that_lists_what_is(run: Run) -> None:
    answer = run("period", "marathon", *YEAR_OF_NOW)
    assert (answer.code, answer.out) == (2, "")
    assert "'marathon'" in answer.err
    assert "last 7 days" in answer.err
    found = run("period", "marathon", *YEAR_OF_NOW, "--json").json
    assert (found["error"], "last 7 days" in found["hint"]) == ("PeriodError", True)
    assert run("period", "yesterday", "--zone", "Mars/Olympus").code == 2


# export


@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_an_export_reads_back_as_what_is_stored(
    ask: Run, shared: Shared, tmp_path: Path, format: str
) -> None:
    answer = ask("export", tmp_path / "out", "--format", format, "--json")
    assert (answer.code, answer.err) == (0, "")
    files = answer.json["files"]
    assert {path.name for path in (tmp_path / "out").iterdir()} == files.keys()
    for info in shared.store.metrics():
        name = f"{info.metric.name}.{format}"
        path = tmp_path / "out" / name
        if format == "csv":
            found = pd.read_csv(path, keep_default_na=False)
            found["start"], found["end"] = (
                pd.to_datetime(found[column], utc=True) for column in ("start", "end")
            )
        else:
            found = pd.read_parquet(path)
        rows = [
            (int(start.timestamp()), int(end.timestamp()), *rest)
            for start, end, *rest in found.itertuples(index=False, name=None)
        ]
        stored = shared.store.range(info.metric.type, info.first, info.last + 1)
        assert rows == [(r.start, r.end, r.value, r.unit, r.source) for r in stored]
        assert files[name] == len(rows)
    assert sum(n for name, n in files.items() if name.endswith(format)) == shared.report.stored


def test_what_is_no_reading_is_exported_too(ask: Run, shared: Shared, tmp_path: Path) -> None:
    assert "rows in" in ask("export", tmp_path).out

    def document_of(name: str) -> list[dict[str, object]]:
        loaded: list[dict[str, object]] = json.loads((tmp_path / f"{name}.json").read_text())
        return loaded

    assert len(document_of("workouts")) == shared.truth["workouts"]["count"]
    assert {row["date"] for row in document_of("activity")} == shared.truth["rings"].keys()
    assert len(document_of("correlations")) == sum(shared.truth["correlations"].values())
    assert document_of("profile")[0]["zone"] == shared.truth["about"]["home"]


def test_a_place_that_cannot_be_written_is_an_error_with_a_remedy(ask: Run, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine")
    answer = ask("export", tmp_path / "taken")
    assert answer.code == 2
    assert "taken" in answer.err
    assert (tmp_path / "taken").read_text() == "mine"


# reset


def test_reset_takes_one_user_and_leaves_the_rest(
    run: Run, people: Callable[..., None], client: Redis, namespace: str
) -> None:
    people("ann", "anna", "a*")
    there = sorted(set(keys.scan(client, namespace)))
    ann = [key for key in there if keys.parse(key).user == "ann"]
    answer = run("reset", "--user", "ann", "--yes", "--json")
    assert (answer.code, answer.json) == (0, {"deleted_keys": len(ann)})
    assert sorted(set(keys.scan(client, namespace))) == [key for key in there if key not in ann]
    assert run("reset", "--user", "a*", "--yes").code == 0
    assert users(client, namespace) == {"anna"}
    assert run("show", "hr", "--user", "ann").code == 2


def test_reset_of_nobody_is_an_error(run: Run, people: Callable[..., None]) -> None:
    """A misspelt name must not look like a deletion."""
    people("ann")
    answer = run("reset", "--user", "amn", "--yes")
    assert answer.code == 2
    assert "ann" in answer.err


def test_reset_of_everything_stays_in_its_namespace(
    run: Run, people: Callable[..., None], client: Redis, namespace: str
) -> None:
    people("ann", "bob")
    stranger = f"{namespace}er:{{ann}}:profile"
    lesson = keys.Keys(f"{namespace}:lesson:01-abc", "me").scratch("x")
    client.set(stranger, "another program's")
    client.set(lesson, "a lesson's")
    try:
        answer = run("reset", "--everything", "--yes")
        assert answer.code == 0
        assert not users(client, namespace)
        assert not client.exists(lesson)
        assert client.exists(stranger)
    finally:
        client.unlink(stranger, lesson)


@pytest.mark.parametrize("target", [("--user", "ann"), ("--everything",)])
def test_reset_asks_and_without_an_answer_deletes_nothing(
    run: Run, people: Callable[..., None], client: Redis, namespace: str, target: tuple[str, ...]
) -> None:
    people("ann")
    before = sorted(keys.scan(client, namespace))
    answer = run("reset", *target)
    assert (answer.code, answer.out) == (2, "")
    assert "--yes" in answer.err
    assert sorted(keys.scan(client, namespace)) == before


@pytest.mark.parametrize("words", [(), ("--user", "ann", "--everything"), ("--user", "")])
def test_reset_wants_to_know_what(
    run: Run, people: Callable[..., None], client: Redis, namespace: str, words: tuple[str, ...]
) -> None:
    people("ann")
    answer = run("reset", *words, "--yes")
    assert answer.code == 2
    assert "--everything" in answer.err
    assert users(client, namespace) == {"ann"}


@pytest.mark.parametrize(
    ("typed", "code", "left"),
    [("n\n", 2, {"ann"}), ("y\n", 0, set()), ("\x03", 130, {"ann"})],
    ids=["no", "yes", "ctrl-c"],
)
def test_at_a_terminal_reset_asks(
    run: Run,
    people: Callable[..., None],
    client: Redis,
    redis_server: EmbeddedServer,
    namespace: str,
    typed: str,
    code: int,
    left: set[str],
) -> None:
    people("ann")
    ours, theirs = pty.openpty()
    try:
        reset = subprocess.Popen(
            command("reset", "--user", "ann"),
            env=environment(REDIS_URL=redis_server.url, WELLNESS_NAMESPACE=namespace),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # so that it gets Ctrl-C
        )
        read_until(ours, b"[y/N]")
        assert press_until_it_ends(ours, typed, reset) == code
        assert users(client, namespace) == left
    finally:
        os.close(ours)
        os.close(theirs)


def press_until_it_ends(terminal: int, typed: str, process: subprocess.Popen[bytes]) -> int:
    """Type an answer, once; Ctrl-C again each second, as people do.

    The prompt is on the screen a moment before Python waits for keys, and a signal that comes in
    between is only noticed at the next key.
    """
    os.write(terminal, typed.encode())
    for _ in range(60):
        try:
            return process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            if typed == "\x03":
                os.write(terminal, typed.encode())
    process.kill()
    pytest.fail("the command still waits")


def read_until(terminal: int, wanted: bytes) -> bytes:
    """What a terminal shows up to a prompt."""
    shown = b""
    deadline = time.monotonic() + 60
    while wanted not in shown:
        assert select.select([terminal], [], [], deadline - time.monotonic())[0], shown
        shown += os.read(terminal, 4096)
    return shown
