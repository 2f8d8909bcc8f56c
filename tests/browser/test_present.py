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


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("stage home")


@pytest.fixture(scope="module")
def show(home: Path) -> Iterator[present.Show]:
    ours = {"WELLNESS_HOME": str(home), "WELLNESS_CHAT_MODEL": FIRST_CHAT}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in ours.items():
            patch.setenv(name, value)
        patch.delenv("WELLNESS_SCALE", raising=False)
        sheets.expose(home / "stage")
        with present.on_stage(Settings()) as found:
            yield found


@pytest.fixture(scope="module")
def page(chromium: Browser, show: present.Show) -> Page:
    return chromium.new_page(viewport=rehearsal.SIZE)


def test_ten_minutes_by_keyboard_show_nothing_that_an_audience_should_not_see(
    page: Page, show: present.Show
) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    steps = list(rehearsal.rehearse(show, page, 1))
    told = "\n".join(map(str, steps))
    assert [step.lesson for step in steps if step.what == "open"] == [
        stop.lesson for stop in show.stage.path
    ]
    typed = [line for act in show.stage.acts.values() for s in act.slides for line in s.type]
    assert {step.what for step in steps} >= set(typed)
    # How long it takes is for `make rehearse` to say, on the machine that will be on the stage.
    seen = [step for step in steps if step.problem not in ("", rehearsal.STILL, rehearsal.SLOW)]
    assert seen == [], told
    assert errors == []


def test_panic_restores_a_lesson_whose_redis_was_killed_and_whose_cell_hangs(
    page: Page, show: present.Show
) -> None:
    lesson = show.stage.path[-1].lesson
    state = server.status(Settings())
    assert state.pid
    hangs = "import time; time.sleep(99)"
    page.evaluate(f"{rehearsal.CELL}.model.sharedModel.setSource('{hangs}')")
    page.keyboard.press(rehearsal.press(RUN))
    page.wait_for_timeout(500)
    os.kill(state.pid, signal.SIGKILL)
    step = rehearsal.panic(page, lesson)
    assert step.problem in ("", rehearsal.SLOW)
    shown = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-OutputArea-output")
    assert "wellness:lesson:11" in shown.all_inner_texts()[0]
    assert shown.count() == 1, "all other slides are wiped"


def test_the_show_leaves_the_lessons_and_the_daily_jupyterlab_alone(
    show: present.Show, home: Path
) -> None:
    assert show.notes.read_text("utf-8").count("<section") == len(show.lessons)
    assert not (home / "jupyter").exists()
    assert {path.name for path in (home / "stage" / "notebooks").glob("*.ipynb")} == {
        lesson.file for lesson in show.lessons.values()
    }
