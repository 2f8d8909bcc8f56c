"""The ten minutes on a stage: by keyboard, in a real browser, and what the panic button does."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from wellness import server
from wellness.lesson import present, rehearsal, sheets
from wellness.lesson.stage_settings import RUN
from wellness.local_ollama import FIRST_CHAT
from wellness.settings import Settings


@pytest.fixture
def show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[present.Show]:
    monkeypatch.setenv("WELLNESS_HOME", str(tmp_path))
    monkeypatch.setenv("WELLNESS_CHAT_MODEL", FIRST_CHAT)
    monkeypatch.delenv("WELLNESS_SCALE", raising=False)
    sheets.expose(tmp_path / "stage")
    with present.on_stage(Settings()) as found:
        yield found


def test_ten_minutes_by_keyboard_and_the_panic_button(
    chromium: Browser, show: present.Show, tmp_path: Path
) -> None:
    """One test, since a stage takes half a minute to set: the way, a disaster, what is left."""
    page = chromium.new_page(viewport=rehearsal.SIZE)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    nothing_an_audience_should_not_see(page, show)
    panic_after_redis_was_killed_and_a_cell_hangs(page, show.stage.path[-1].lesson)
    assert errors == []
    # The lessons and the daily JupyterLab were not touched.
    assert not (tmp_path / "jupyter").exists()
    made = {path.name for path in (tmp_path / "stage" / "notebooks").glob("*.ipynb")}
    assert made == {lesson.file for lesson in show.lessons.values()}


def nothing_an_audience_should_not_see(page: Page, show: present.Show) -> None:
    steps = list(rehearsal.rehearse(show, page, 1))
    way = [stop.lesson for stop in show.stage.path]
    assert [step.lesson for step in steps if step.what == "open"] == way
    typed = {line for act in show.stage.acts.values() for one in act.slides for line in one.type}
    assert typed <= {step.what for step in steps}
    # How long it takes is for `make rehearse` to say, on the machine that will be on the stage.
    seen = [step for step in steps if step.problem not in ("", rehearsal.STILL, rehearsal.SLOW)]
    assert seen == [], "\n".join(map(str, steps))


def panic_after_redis_was_killed_and_a_cell_hangs(page: Page, lesson: str) -> None:
    hangs = "import time; time.sleep(99)"
    page.evaluate(f"{rehearsal.CELL}.model.sharedModel.setSource('{hangs}')")
    page.keyboard.press(rehearsal.press(RUN))
    page.wait_for_timeout(500)
    running = server.status(Settings())
    assert running.pid
    os.kill(running.pid, signal.SIGKILL)
    step = rehearsal.panic(page, lesson)
    assert step.problem in ("", rehearsal.SLOW)
    shown = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-OutputArea-output")
    assert f"wellness:lesson:{lesson}" in shown.all_inner_texts()[0]
    assert shown.count() == 1, "all other slides are wiped"
