"""What the commands share: tables, numbers, progress."""

from __future__ import annotations

import time
import unicodedata

import pytest

from wellness.cli import console, views


def width(text: str) -> int:
    """Columns a terminal gives to a text (UAX 11; combining marks take none)."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def columns(lines: list[str], *cells: str) -> list[int]:
    """At which terminal column each cell begins in its line."""
    return [width(line[: line.index(cell)]) for line, cell in zip(lines, cells, strict=True)]


def test_text_is_left_and_numbers_right(capsys: pytest.CaptureFixture[str]) -> None:
    console.table(("what", "count"), [("a", "1"), ("long one", "1,234"), ("c", "-")])
    lines = capsys.readouterr().out.splitlines()
    assert lines == ["what      count", "a             1", "long one  1,234", "c             -"]


@pytest.mark.parametrize(
    "name", ["µg/dL", "Ann’s Apple\u00a0Watch", "naïve", "nai\u0308ve", "体重", "Quiet 🧘"]
)
def test_columns_line_up_in_every_script(capsys: pytest.CaptureFixture[str], name: str) -> None:
    console.table(("unit", "source"), [(name, "x1"), ("kg", "x2")])
    lines = capsys.readouterr().out.splitlines()
    assert len(set(columns(lines, "source", "x1", "x2"))) == 1


def test_a_table_without_rows_is_its_head(capsys: pytest.CaptureFixture[str]) -> None:
    console.table(("a", "b"), [])
    assert capsys.readouterr().out == "a  b\n"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "-"), (0.0, "0"), (-0.4, "-0.4"), (8123.0, "8,123"), (71.23456, "71.23"),
        (999.96, "1,000"), (1234567.8, "1,234,568"), (-1500.0, "-1,500"),
        (0.000123456, "0.0001235"),
    ],
)  # fmt: skip
def test_numbers_are_as_people_read_them(value: float | None, text: str) -> None:
    assert console.number(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, "-"), (0, "0 h 00 min"), (59.9, "0 h 01 min"), (3_599.9, "1 h 00 min"),
     (27_120, "7 h 32 min")],
)  # fmt: skip
def test_durations_carry_over(seconds: float | None, text: str) -> None:
    assert views.duration(seconds) == text


def test_progress_keeps_off_the_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    with console.progress("Reading", quiet=False) as update:
        update(10, 100)
        update(100, 100)
    with console.progress("Reading", quiet=True) as update:
        update(10, 0)
    assert capsys.readouterr().out == ""


def test_what_needs_no_fetching_draws_no_bar(capsys: pytest.CaptureFixture[str]) -> None:
    with console.progress("Fetching models", quiet=False):
        pass
    with console.progress("Fetching models", quiet=False) as update:
        update(100, 100)
    assert capsys.readouterr().err == ""


def test_what_takes_time_draws_a_bar(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console, "PROGRESS_AFTER_S", 0.01)
    with console.progress("Fetching models", quiet=False) as update:
        for done in range(1, 6):
            time.sleep(0.05)
            update(done, 100)
    assert "Fetching models" in capsys.readouterr().err
