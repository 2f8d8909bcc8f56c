"""Which browser the tests and pictures take, and what is said where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from wellness.errors import LessonError
from wellness.lesson import browser


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine with an empty PATH, and nobody's own Chrome."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(browser, "MAC", tmp_path / "Google Chrome")
    return tmp_path


def test_the_first_name_that_is_there_is_taken(nowhere: Path) -> None:
    assert browser.find() is None
    for name in ("google-chrome", "chromium"):
        program = nowhere / name
        program.touch(0o755)
        assert browser.find() == program
    assert browser.install() == nowhere / "chromium"


def test_chrome_of_a_mac_is_found(nowhere: Path) -> None:
    browser.MAC.touch()
    assert browser.find() == browser.MAC


def test_without_one_the_remedy_is_named(
    nowhere: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(LessonError) as error:
        browser.install()
    assert "apt install chromium" in error.value.hint
    monkeypatch.delenv("NO_BROWSER", raising=False)
    browser.main()
    said = capsys.readouterr().err
    assert "There is no Chromium or Chrome on this machine." in said
    assert "left out" in said


def test_apt_that_fails_is_quoted(
    nowhere: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(browser.os, "geteuid", lambda: 0)
    apt = nowhere / "apt-get"
    apt.write_text("#!/bin/sh\necho 'E: no such mirror' >&2\nexit 100\n")
    apt.chmod(0o755)
    with pytest.raises(LessonError, match="no such mirror"):
        browser.install()
