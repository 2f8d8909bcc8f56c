"""`wellness validate`: the numbers of an answer against a file of tool results."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from .conftest import Run, spawn

RESULT = {
    "tool": "aggregate_metrics",
    "arguments": {"metric": "StepCount", "period": "yesterday"},
    "conclusion": "You took 8,214 steps yesterday.",
    "numbers": [{"about": "steps", "value": 8214, "unit": "steps", "metric": "StepCount",
                 "role": "sum", "period": "Tue 29 Sep 2026"}],
    "periods": [{"phrase": "yesterday", "label": "Tue 29 Sep 2026",
                 "start": "2026-09-29T00:00:00-04:00", "end": "2026-09-30T00:00:00-04:00"}],
}  # fmt: skip
AT = ("--now", "2026-09-30T20:15", "--zone", "America/New_York")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "results.json"
    path.write_text(json.dumps(RESULT), "utf-8")
    return path


def test_each_number_has_a_verdict_and_a_source(run: Run, file: Path) -> None:
    answer = run("validate", "--answer", "You took 8,214 steps yesterday.", "--results", file, *AT)
    assert (answer.code, answer.err) == (0, "")
    head, row, empty, summary = answer.rows
    assert head.split() == ["number", "unit", "verdict", "from", "why"]
    assert row.split()[:3] == ["8,214", "steps", "supported"]
    assert "aggregate_metrics: steps 8,214 steps" in row
    assert (empty, summary) == ("", "1 number checked, 0 wrong.")


def test_a_wrong_number_is_exit_code_one(run: Run, file: Path) -> None:
    said = "You took 8,241 steps yesterday, and 8,214 today."
    answer = run("validate", "--answer", said, "--results", file, *AT, "--json")
    assert answer.code == 1
    found = answer.json
    assert found["ok"] is False
    assert found["now"] == "2026-09-30T20:15:00-04:00"
    first, second = found["numbers"]
    assert (first["text"], first["verdict"]) == ("8,241", "wrong_value")
    assert said[slice(*first["span"])] == "8,241"
    assert second["verdict"] == "wrong_subject"
    assert "today" in second["reason"]


def test_the_question_and_the_day_count(run: Run, file: Path) -> None:
    said = "Yes, 8,214 steps are more than 5,000."
    asked = ("--question", "Did I walk more than 5,000 steps yesterday?")
    options = ("--results", file, *AT)
    assert run("validate", "--answer", said, *options, *asked).code == 0
    assert run("validate", "--answer", said, *options).code == 1
    later = ("--results", file, "--now", "2026-10-07T12:00", "--zone", "America/New_York")
    assert run("validate", "--answer", "8,214 steps yesterday", *later).code == 1


@pytest.mark.parametrize(
    "value",
    [{"steps": {"value": 8214, "unit": "count"}}, [{"name": "steps", "result": {"steps": 8214}}],
     {"results": [RESULT]}, [RESULT]],
)  # fmt: skip
def test_any_tools_output_will_do(run: Run, tmp_path: Path, value: Any) -> None:
    path = tmp_path / "any.json"
    path.write_text(json.dumps(value), "utf-8")
    assert run("validate", "--answer", "8,214 steps", "--results", path, *AT).code == 0
    assert run("validate", "--answer", "8,215 steps", "--results", path, *AT).code == 1


def test_results_come_from_standard_input(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    import io
    import sys

    stream = io.TextIOWrapper(io.BytesIO(json.dumps(RESULT).encode()), "utf-8")
    monkeypatch.setattr(sys, "stdin", stream)
    assert run("validate", "--answer", "8,214 steps", "--results", "-", *AT).code == 0


def test_an_answer_without_numbers_is_all_right(run: Run, file: Path) -> None:
    answer = run("validate", "--answer", "You walked a lot.", "--results", file, *AT)
    assert (answer.code, answer.rows) == (0, ["0 numbers checked, 0 wrong."])


@pytest.mark.parametrize(
    ("content", "said"),
    [("{", "holds no JSON"), ("5", "not a int"), ("[" * 100_000, "holds no JSON"),
     ('{"tool": "t", "arguments": {}, "numbers": 5}', "damaged")],
)  # fmt: skip
def test_what_cannot_be_read_is_exit_code_two(
    run: Run, tmp_path: Path, content: str, said: str
) -> None:
    path = tmp_path / "bad.json"
    path.write_text(content, "utf-8")
    answer = run("validate", "--answer", "5", "--results", path, *AT)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err
    found = run("validate", "--answer", "5", "--results", path, *AT, "--json").json
    assert found["error"] == "ResultError"


def test_other_bad_input_is_exit_code_two(run: Run, file: Path, tmp_path: Path) -> None:
    missing = run("validate", "--answer", "5", "--results", tmp_path / "none.json", *AT)
    assert missing.code == 2
    assert "cannot be read" in missing.err
    assert run("validate", "--answer", "5", "--results", file, "--zone", "Mars/Olympus").code == 2
    assert run("validate", "--answer", "5", "--results", file, "--now", "noon").code == 2


def test_help_and_no_redis(file: Path) -> None:
    helped = spawn("validate", "--help")
    assert helped.code == 0
    assert "--results" in helped.out
    assert "--question" in helped.out
    done = spawn("validate", "--answer", "8,214 steps", "--results", str(file), *AT,
                 REDIS_URL="redis://127.0.0.1:1")  # fmt: skip
    assert done.code == 0, done.err
