"""A rehearsal: the way of ten minutes in a real browser, by keyboard alone, as an audience sees it.

    python -m wellness.lesson.rehearsal [--rounds 3]

Each step says how long it ran, and how long the screen stood still meanwhile: what people feel is
not the seconds, but those in which nothing moves. A step fails when it shows an error, when it
stands still too long, or when there was something on it before it ran.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wellness import settings
from wellness.errors import LessonError
from wellness.lesson import attending, browser, present, sheets
from wellness.lesson.sheets import IDLE, NOTEBOOK
from wellness.lesson.slides import OPEN
from wellness.lesson.stage_settings import NEXT, PANIC, RUN

if TYPE_CHECKING:
    from playwright.sync_api import Page

PATIENCE_S = 5.0
CALM_S = 2.0  # after the panic button
LOOK_MS = 100  # how often the screen is looked at
LONGEST_S = 120.0
STILL = f"stood still for more than {PATIENCE_S:g} s"
SLOW = f"took more than {CALM_S:g} s"
SIZE: Any = {"width": 1280, "height": 720}  # of a projector

# Of the cell that is shown: whether it has run, what it shows, and whether that is an error.
CELL = f"{NOTEBOOK}.content.activeCell"
RAN = f"{CELL}.model.type !== 'code' || ({CELL}.model.executionCount !== null && {IDLE})"
SHOWN = f"{CELL}.node.querySelector('.jp-Cell-outputWrapper')?.innerHTML ?? ''"
ERRORS = "[data-mime-type$='jupyter.error'], [data-mime-type$='jupyter.stderr'], .alert-danger"
FIRST = f"{NOTEBOOK}.content.widgets[1]"  # the lesson's first cell of code
FIELD = "input[type=text]"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was done.

    Attributes:
        lesson: in which.
        what: the slide, the line, or "open".
        seconds: until it was done.
        still_s: the longest time in which nothing changed on the screen.
        problem: what an audience should not have seen; empty if there was nothing.
    """

    lesson: str
    what: str
    seconds: float
    still_s: float
    problem: str = ""

    def __str__(self) -> str:
        problem = f"  {self.problem}" if self.problem else ""
        what = self.what if len(self.what) <= 40 else f"{self.what[:39]}…"
        return (
            f"{self.lesson}  {what:40}  {self.seconds:6.1f} s  {self.still_s:6.1f} s still{problem}"
        )


def walk(page: Page, show: present.Show) -> Iterator[Step]:
    """Go the way once. Lessons that were shown before are begun anew, as a speaker would do."""
    for stop in show.stage.path:
        yield _open(page, show, stop.lesson)
        act = show.stage.acts[stop.lesson]
        if page.evaluate(f"{FIRST}.model.outputs.length"):
            yield panic(page, stop.lesson)
        else:
            yield from _run_here(page, stop.lesson, "the first cell")
        for slide in act.slides:
            for cell in range(slide.cells):
                yield from _run_here(page, stop.lesson, slide.heading if not cell else "more")
            for line in slide.type:
                yield _type(page, stop.lesson, line)
            if slide.type:
                page.keyboard.press("Tab")  # a field keeps all keys to itself


def panic(page: Page, lesson: str) -> Step:
    """Press the panic button, and wait until the lesson has begun anew."""
    page.evaluate(f"window.begun = {FIRST}.model.executionCount")
    page.keyboard.press(press(PANIC))
    again = f"{FIRST}.model.executionCount > window.begun && {IDLE}"
    step = _watch(page, lesson, "panic", lambda: bool(page.evaluate(again)))
    if step.problem or step.seconds <= CALM_S:
        return step
    return replace(step, problem=SLOW)


def press(keys: str) -> str:
    """A shortcut of JupyterLab's settings in the words of Playwright.

    >>> press("Shift Enter")
    'Shift+Enter'
    """
    return keys.replace(" ", "+")


def _open(page: Page, show: present.Show, lesson: str) -> Step:
    begun = time.perf_counter()
    for key in (OPEN, *lesson):
        page.keyboard.press(key)
    path = show.lessons[lesson].file
    here = f"{NOTEBOOK}?.context?.path === '{path}' && {NOTEBOOK}.content.activeCell && {IDLE}"
    page.wait_for_function(here, timeout=LONGEST_S * 1000)
    took = time.perf_counter() - begun
    return Step(lesson, "open", took, took, "" if took <= PATIENCE_S else STILL)


def _run_here(page: Page, lesson: str, what: str) -> Iterator[Step]:
    """Go on to the next cell of code and run it."""
    for _ in range(4):
        page.keyboard.press(press(NEXT))
        page.wait_for_timeout(LOOK_MS)
        if page.evaluate(f"{CELL}.model.type") == "code":
            break
    stale = page.evaluate(f"{CELL}.model.outputs.length") > 0
    page.keyboard.press(press(RUN))
    step = _watch(page, lesson, what, lambda: bool(page.evaluate(RAN)))
    yield replace(step, problem="something stood there before it ran") if stale else step


def _type(page: Page, lesson: str, line: str) -> Step:
    """Type a line into the field of the slide, and wait for both answers."""
    for _ in range(6):
        if page.evaluate(f'document.activeElement.matches("{FIELD}")'):
            break
        page.keyboard.press("Tab")
    page.keyboard.type(line, delay=10)
    before = page.locator(".chat-log").all_inner_texts()
    page.keyboard.press("Enter")

    def answered() -> bool:
        said = page.locator(".chat-log").all_inner_texts()
        new = (now[len(was) :] for now, was in zip(said, before, strict=True))
        return all(line in text and " s" in text.split(line)[-1] for text in new) and _idle(page)

    return _watch(page, lesson, line, answered)


def _idle(page: Page) -> bool:
    return bool(page.evaluate(IDLE))


def _watch(page: Page, lesson: str, what: str, done: Callable[[], bool]) -> Step:
    begun = changed = time.perf_counter()
    longest, seen = 0.0, ""
    while not done():
        now = time.perf_counter()
        if (shown := str(page.evaluate(SHOWN))) != seen:
            seen, changed = shown, now
        longest = max(longest, now - changed)
        if now - begun > LONGEST_S:
            return Step(lesson, what, now - begun, longest, "never ended")
        page.wait_for_timeout(LOOK_MS)
    seconds = time.perf_counter() - begun
    found = page.locator(f".jp-NotebookPanel:not(.lm-mod-hidden) :is({ERRORS})")
    told = found.first.inner_text().strip().splitlines()[-1] if found.count() else ""
    slow = STILL if longest > PATIENCE_S else ""
    return Step(lesson, what, seconds, longest, told or slow)


def rehearse(stage: present.Show, page: Page, rounds: int) -> Iterator[Step]:
    """Walk several times without a restart."""
    page.goto(stage.lab.url)
    page.wait_for_function(f"window.jupyterapp && {IDLE}", timeout=LONGEST_S * 1000)
    for _ in range(rounds):
        yield from walk(page, stage)


def main(
    rounds: Annotated[int, typer.Option(min=1, help="How often, without a restart.")] = 1,
) -> None:
    """Rehearse the ten minutes, and say how long each step took."""
    options = settings.load()
    sheets.expose(options.home / "stage")
    with (
        attending.until_stopped(),
        browser.launch() as chromium,
        present.on_stage(options, tell=typer.echo) as show,
    ):
        steps = []
        for step in rehearse(show, chromium.new_page(viewport=SIZE), rounds):
            steps.append(step)
            typer.echo(str(step))
        ran = sum(step.seconds for step in steps) / rounds
        typer.echo(f"\nThe machine works {ran:.0f} s of the ten minutes; the rest is yours.")
        if wrong := sum(bool(step.problem) for step in steps):
            raise LessonError(f"{wrong} of {len(steps)} steps are not fit for an audience.")


if __name__ == "__main__":
    typer.run(main)
