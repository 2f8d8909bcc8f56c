"""The cheat sheet: one page, with the ledger's numbers and nothing typed in."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import typer
from pdf import text
from redis import Redis

from wellness.errors import LessonError
from wellness.lesson import browser, cheat_sheet
from wellness.lesson.cheat_sheet import pages, print_pdf, sheet
from wellness.lesson.claims import CLAIMS, Ledger
from wellness.lesson.verdicts import Verdict
from wellness.server import EmbeddedServer

AT = datetime(2026, 11, 25, 4, 5, tzinfo=UTC)
ON = {"Redis": "7.4.1", "Python": "3.11.7"}
LONG = "refuted: " + "a condition that takes its time to be told, " * 20


def full(ledger: Ledger) -> Ledger:
    """Every claim measured, each with a number of its own and as much text as there may be."""
    for n, claim in CLAIMS.items():
        ledger.record(
            n, lesson=claim.lesson, experiment="tried", verdict=Verdict("depends", LONG), at=AT,
            measured={f"by the Unix socket, p{q}": (n * 10 + q + 0.25, "ms") for q in range(9)},
            versions={"Redis": "7.4.1", "redis-py": "8"},
        )  # fmt: skip
    return ledger


@pytest.fixture
def ledger(client: Redis, namespace: str) -> Ledger:
    return Ledger(client, namespace)


def made(ledger: Ledger) -> str:
    return sheet(ledger.table(), ON, machine="Linux <x>", at=AT)


def plain(html: str) -> str:
    return re.sub(r"<style>.*?</style>|<[^>]+>|\s", "", html)


def test_an_empty_ledger_says_so_in_every_row(ledger: Ledger) -> None:
    html = made(ledger)
    assert html.count("<td>not yet measured on this machine</td>") == len(CLAIMS)
    assert "23 claims: 23 not yet measured on this machine." in html
    assert "Linux &lt;x&gt;" in html
    assert "Printed 2026-11-25 04:05 UTC" in html
    assert "Redis 7.4.1, Python 3.11.7" in html


def test_it_has_what_the_ledger_has(ledger: Ledger) -> None:
    ledger.record(
        3, lesson="02", experiment="x", verdict="refuted", at=AT, versions={"Redis": "7.2.0"},
        measured={"p50": (0.1234, "ms")},
    )  # fmt: skip
    html = made(ledger)
    assert "<td class=verdict>✗ refuted</td><td>p50 0.123 ms</td>" in html
    assert "2026-11-25, lesson 02, Redis 7.2.0" in html


def test_too_much_is_shortened_and_says_that_it_was(ledger: Ledger) -> None:
    html = made(full(ledger))
    assert "; 5 more. It depends: refuted:" in html
    assert " …</td>" in html


def test_without_a_browser_the_remedy_is_named(
    monkeypatch: pytest.MonkeyPatch, redis_server: EmbeddedServer, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr(browser, "find", lambda: None)
    monkeypatch.setenv("REDIS_URL", redis_server.url)
    with pytest.raises(typer.Exit) as left:
        cheat_sheet.main(tmp_path / "sheet.pdf")
    assert left.value.exit_code == 1
    said = capsys.readouterr().err
    assert "There is no Chromium" in said
    assert "apt install chromium" in said
    assert not (tmp_path / "sheet.pdf").exists()


@pytest.fixture
def chromium() -> None:
    if os.environ.get("NO_BROWSER") or browser.find() is None:
        pytest.skip("NO_BROWSER is set, or there is no Chromium; see wellness.lesson.browser")


@pytest.mark.usefixtures("chromium")
def test_the_fullest_ledger_is_one_page_with_all_its_numbers(ledger: Ledger) -> None:
    html = made(full(ledger))
    pdf = print_pdf(html)
    assert pdf.startswith(b"%PDF-")
    assert pages(pdf) == 1
    said = text(pdf)
    for entry in ledger.rows():
        for name, measure in list(entry.measured.items())[: cheat_sheet.MEASURES]:
            assert re.sub(r"\s", "", f"{name} {measure}") in said
    for heading in ("Redisasthememoryofanagent", "Questionstoexpect", "Leftout,andwhy"):
        assert heading in said
        assert heading in plain(html)


@pytest.mark.usefixtures("chromium")
def test_what_does_not_fit_is_refused(monkeypatch: Any) -> None:
    monkeypatch.setattr(cheat_sheet, "SCALES", (1.0, 0.9))
    with pytest.raises(LessonError, match="does not fit"):
        print_pdf("<p>line</p>" * 400)


@pytest.mark.usefixtures("chromium")
def test_the_command_writes_the_file(
    monkeypatch: pytest.MonkeyPatch, redis_server: EmbeddedServer, tmp_path: Path
) -> None:
    monkeypatch.setenv("REDIS_URL", redis_server.url)
    target = tmp_path / "a folder" / "sheet.pdf"
    cheat_sheet.main(target)
    assert pages(target.read_bytes()) == 1
