"""`wellness import`: the report, what is added and what is not, and how it ends."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from health.exports import (
    BLOOD_PRESSURE,
    HEART_RATE,
    STEPS,
    SYSTOLIC,
    document,
    element,
    heart_rates,
    record,
    zipped,
)
from redis import Redis

from wellness import keys
from wellness.health import sample
from wellness.health.store import Store
from wellness.server import EmbeddedServer

from .conftest import ANN, Answer, Run, Shared, command, environment, spawn

NESTED = {"type": SYSTOLIC, "unit": "mmHg", "value": "121"}
STEP = {"type": STEPS, "unit": "count"}
BODY = (
    record(),
    record(),  # the same reading again
    record(value="73"),
    record(value="NaN"),
    record(value=""),
    record(**STEP, value="120"),
    record(**NESTED),
    element(
        "Correlation",
        {
            "type": BLOOD_PRESSURE,
            "sourceName": "Cuff",
            "startDate": "2024-03-01 08:00:00 +0100",
            "endDate": "2024-03-01 08:00:05 +0100",
        },
        record(**NESTED),
    ),
)


@pytest.fixture
def export(tmp_path: Path) -> Callable[..., Path]:
    """Writes an export.xml of the given Records."""

    def write(*body: str, name: str = "export.xml") -> Path:
        path = tmp_path / name
        path.write_bytes(document(*body))
        return path

    return write


def as_scripts_expect(report: dict[str, Any]) -> bool:
    """The invariant of the report's JSON."""
    rejected = sum(report["rejected"].values())
    return bool(report["read"] == report["stored"] + report["duplicate"] + rejected)


def test_the_report_counts_each_record_once(run: Run, export: Callable[..., Path]) -> None:
    answer = run("import", export(*BODY), "--json")
    report = answer.json
    assert (answer.code, answer.err) == (0, "")
    assert report["read"] == 8
    assert report["stored"] == 4
    assert report["duplicate"] == 2, "the repeated one, and the one inside the Correlation"
    assert sum(report["rejected"].values()) == 2
    assert report["complete"] is True
    assert report["by_type"] == {HEART_RATE: 2, STEPS: 1, SYSTOLIC: 1}
    assert as_scripts_expect(report)


def test_the_report_agrees_with_the_generator(shared: Shared) -> None:
    truth, report = shared.truth, shared.report.to_dict()
    assert report["read"] == truth["records"]["read"]
    assert report["stored"] == truth["records"]["distinct"]
    assert report["duplicate"] == truth["records"]["duplicate"]
    assert sum(report["rejected"].values()) == sum(truth["records"]["rejected"].values())
    distinct = {name: kind["distinct"] for name, kind in truth["by_type"].items()}
    assert report["by_type"] == {name: n for name, n in distinct.items() if n}
    assert report["workouts"] == truth["workouts"]["count"]
    assert as_scripts_expect(report)


def test_people_read_the_same_numbers(run: Run, export: Callable[..., Path]) -> None:
    answer = run("import", export(*BODY), "--user", "ann")
    assert answer.code == 0
    assert "8 records read for ann" in answer.out
    assert "4 stored, 2 there already" in answer.out
    assert answer.out.count("1 rejected: ") == 2


def test_importing_again_adds_nothing_and_says_so(run: Run, export: Callable[..., Path]) -> None:
    path = export(*BODY)
    first = run("import", path, "--json").json
    again = run("import", path, "--json").json
    assert (again["read"], again["stored"], again["by_type"]) == (first["read"], 0, {})
    assert again["duplicate"] == first["stored"] + first["duplicate"]
    assert as_scripts_expect(again)
    assert "nothing new" in run("import", path).out


def test_a_newer_export_adds_only_what_is_new(run: Run, tmp_path: Path) -> None:
    older, newer = tmp_path / "older.zip", tmp_path / "newer.zip"
    sample.generate(older, days=6, density=0.2, last=date(2026, 9, 26))
    truth = sample.generate(newer, days=10, density=0.2)
    first = run("import", older, "--json").json
    second = run("import", newer, "--json").json
    assert 0 < first["stored"] < second["read"]
    whole = sample.as_dict(truth)["records"]["distinct"]
    assert first["stored"] + second["stored"] == whole
    assert as_scripts_expect(second)


@pytest.mark.parametrize("kind", ["xml", "zip"])
def test_a_truncated_export_is_kept_as_far_as_it_goes(run: Run, tmp_path: Path, kind: str) -> None:
    whole = document(*heart_rates(300))
    data = whole if kind == "xml" else zipped({"apple_health_export/export.xml": whole})
    path = tmp_path / f"export.{kind}"
    path.write_bytes(data[: len(data) * 6 // 10])
    answer = run("import", path, "--json")
    report = answer.json
    assert answer.code == 1
    assert report["complete"] is False
    assert report["problem"]
    assert 0 < report["stored"] < 300
    assert as_scripts_expect(report)
    assert run("metrics", "--json").json[0]["count"] == report["stored"]

    said = run("import", path)
    assert said.code == 1
    assert "INCOMPLETE" in said.out
    assert "kept" in said.out

    path.write_bytes(data)
    rest = run("import", path, "--json")
    assert rest.code == 0
    assert rest.json["stored"] == 300 - report["stored"]


@pytest.mark.parametrize("as_json", [False, True])
def test_a_file_that_is_no_export_changes_nothing(
    run: Run, tmp_path: Path, client: Redis, namespace: str, as_json: bool
) -> None:
    (tmp_path / "notes.zip").write_bytes(zipped({"notes.txt": b"milk"}))
    for path in (tmp_path / "missing.zip", tmp_path / "notes.zip", tmp_path):
        answer = run("import", path, *["--json"] * as_json)
        assert answer.code == 2
        if as_json:
            assert answer.json["error"] == "NotAnExport"
            assert str(path) in answer.json["message"]
            assert "Export All Health Data" in answer.json["hint"]
        else:
            assert answer.out == ""
            assert str(path) in answer.err
            assert "Export All Health Data" in answer.err
            assert "Traceback" not in answer.err
    assert not list(keys.scan(client, namespace))


def test_a_zone_that_is_none_is_refused_before_anything_is_read(
    run: Run, export: Callable[..., Path], client: Redis, namespace: str
) -> None:
    for zone in ("Nowhere/Land", "Europe", "../etc"):
        answer = run("import", export(*BODY), "--zone", zone)
        assert answer.code == 2
        assert zone in answer.err
        assert "Europe/Berlin" in answer.err
    assert not list(keys.scan(client, namespace))


def test_where_the_zone_is_from_is_said(
    run: Run, export: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tzlocal.get_localzone", lambda: "Pacific/Auckland")
    path = export(*BODY)
    assert run("import", path, "--json").json["zone"] == "Pacific/Auckland"
    given = run("import", path, "--zone", "Asia/Tokyo", "--json").json
    assert (given["zone"], given["zone_from"]) == ("Asia/Tokyo", "as given")
    assert "Asia/Tokyo" in run("import", path).out, "once given, it stays"
    first = datetime.fromisoformat(run("metrics", "--json").json[0]["first"])
    assert first.utcoffset() == datetime.fromisoformat("2024-03-01T16:00+09:00").utcoffset()


def test_whose_data_it_is(
    run: Run, export: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = export(*BODY)
    assert run("import", path, "--json").json["user"] == "me"
    monkeypatch.setenv("WELLNESS_USER", "eve")
    assert run("import", path, "--json").json["user"] == "eve"
    assert run("import", path, "--user", "Зоя }:* 🙂", "--json").json["user"] == "Зоя }:* 🙂"
    assert "Зоя }:* 🙂" in run("show", "hr", "--user", "Зоя }:* 🙂", "--period", "2024").out


def test_dates_of_the_report_have_an_offset(run: Run, export: Callable[..., Path]) -> None:
    path = export(*BODY)
    report = run("import", path, "--zone", "America/New_York", "--json").json
    assert report["export_date"] == "2024-05-01T06:00:00-04:00"


def test_ctrl_c_leaves_what_can_be_repeated(
    redis_server: EmbeddedServer, client: Redis, namespace: str, tmp_path: Path
) -> None:
    path = tmp_path / "export.xml"
    path.write_bytes(document(*heart_rates(20_000)))
    variables = {
        "REDIS_URL": redis_server.url,
        "WELLNESS_NAMESPACE": namespace,
        "WELLNESS_IMPORT_BATCH": "1",  # a round trip a reading: seconds in which to interrupt
    }
    importing = subprocess.Popen(
        command("import", str(path), "--user", ANN),
        env=environment(**variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    readings = Store(client, ANN, namespace=namespace)
    while readings.count(HEART_RATE) < 10:
        assert importing.poll() is None, importing.communicate()
        time.sleep(0.01)
    importing.send_signal(signal.SIGINT)
    out, err = importing.communicate(timeout=60)
    stopped = Answer(importing.returncode, out, err)

    kept = readings.count(HEART_RATE)
    assert stopped.code == 130
    assert 10 <= kept < 20_000
    assert "Traceback" not in stopped.err

    rest = spawn("import", str(path), "--user", ANN, "--json", REDIS_URL=redis_server.url,
                 WELLNESS_NAMESPACE=namespace)  # fmt: skip
    assert rest.code == 0
    assert rest.json["stored"] == 20_000 - kept
    assert rest.json["duplicate"] == kept
    assert rest.json["complete"] is True
    assert readings.count(HEART_RATE) == 20_000


def test_ctrl_c_says_what_became_of_the_data(
    run: Run, export: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("wellness.health.importer.import_export", interrupted)
    answer = run("import", export(*BODY))
    assert answer.code == 130
    assert "What was stored is safe" in answer.err


@pytest.fixture
def cut_off(run: Run, export: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A first import that stored its readings and then was interrupted."""

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    path = export(*BODY)
    with monkeypatch.context() as patch:
        patch.setattr("wellness.health.rollups.refresh_all", interrupted)
        patch.setattr("wellness.health.importer.Importer._finish_profile", interrupted)
        assert run("import", path, "--user", ANN).code == 130
    return path


def test_readings_of_an_interrupted_import_are_not_denied(run: Run, cut_off: Path) -> None:
    answer = run("metrics", "--user", ANN)
    assert answer.code == 0 or "There is no data" not in answer.err


def test_readings_of_an_interrupted_import_can_be_deleted(
    run: Run, cut_off: Path, client: Redis, namespace: str
) -> None:
    assert list(keys.scan(client, namespace, ANN))
    assert run("reset", "--user", ANN, "--yes").code == 0
    assert not list(keys.scan(client, namespace, ANN))


def test_an_interrupted_import_is_made_whole_by_the_next(run: Run, cut_off: Path) -> None:
    report = run("import", cut_off, "--user", ANN, "--json").json
    assert (report["stored"], report["duplicate"], report["complete"]) == (0, 6, True)
    assert report["rollup_days"] > 0
    day = run("show", "steps", "--period", "2024-03-01", "--json").json
    assert day["overall"]["value"] == 120
