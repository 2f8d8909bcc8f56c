"""Go on stage: JupyterLab as slides, everything warm, and the speaker's notes in a second window.

    python -m wellness.lesson.present [--lesson 06] [--port N] [--no-browser]

The slides are made anew and stand in a folder of their own, so that nothing that happens on a
stage changes the lessons, and nothing of an earlier show is seen. While the show runs, this process
holds the models and Redis open: a lesson that begins finds them loaded.
"""

from __future__ import annotations

import os
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from wellness import settings
from wellness.errors import LessonError
from wellness.lesson import kit, lab, slides, speaker_notes, stage_settings
from wellness.lesson.agents import open_twins
from wellness.lesson.attending import attend, until_stopped
from wellness.lesson.claims import CLAIMS
from wellness.lesson.playbook import Playbook
from wellness.lesson.stage import Stage
from wellness.lesson.syllabus import Chapter, chapters
from wellness.settings import Settings

SCALE = {"WELLNESS_SCALE": "ci"}  # small samples: nobody on a stage waits for a narrower interval
# What an audience is likely to see first: the model reads the beginnings of its prompts once.
WARM = ("How many steps did I take last week?", "How many runs did I do in August?", "And in July?")


@dataclass(frozen=True)
class Show:
    """A stage that is set.

    Attributes:
        lab: the server.
        stage: what is shown.
        lessons: all that can be opened, by digits.
        notes: the speaker's page.
    """

    lab: lab.Lab
    stage: Stage
    lessons: dict[str, Chapter]
    notes: Path


@contextmanager
def on_stage(
    options: Settings,
    *,
    first: str = "00",
    port: int | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Iterator[Show]:
    """A stage while the block runs.

    Args:
        options: whose Redis and models, and where the stage's own folder is.
        first: the lesson to open.
        port: as `lab.serving`.
        tell: told what is being done.

    Raises:
        LessonError: there is no such lesson, or JupyterLab does not start.
        ModelUnavailable, ServerError, BootstrapError: as `kit.start` and its models.
    """
    home, notebooks = options.home / "stage", settings.project_root() / "notebooks"
    lessons = {one.number: one for one in chapters(notebooks / "source")}
    if first not in lessons:
        raise LessonError(f"There is no lesson {first}.", hint=f"There are: {', '.join(lessons)}.")
    tell("Making the slides ...")
    stage = slides.write(notebooks, home / "notebooks")
    stage_settings.write(home / "jupyter", lessons.values())
    lesson = kit.start("11", settings=options)
    try:
        notes = home / "speaker-notes.html"
        notes.write_text(speaker_notes.page(stage, lessons, Playbook(lesson)), encoding="utf-8")
        warm(lesson, tell)
        slide = home / "notebooks" / lessons[first].file
        scale = {} if os.environ.get("WELLNESS_SCALE") else SCALE
        with lab.serving(
            slide, home=home, port=port, root=slide.parent, variables=scale
        ) as serving:
            yield Show(serving, stage, lessons, notes)
    finally:
        kit.end()


def warm(lesson: kit.Lesson, tell: Callable[[str], None]) -> None:
    """Open the models and ask both agents what will be asked."""
    tell(f"Warming {lesson.embedder().where} and {lesson.chat().where} ...")
    agents = open_twins(lesson, lesson.load("sample"), speaker="warming")
    for question in WARM:
        for agent in (agents.stateful, agents.stateless):
            agent.ask(question, now=lesson.now, conversation="warming")
    measured = {entry.claim.number for entry in lesson.ledger.rows()}
    if open_ := CLAIMS.keys() - measured:
        tell(
            f"{len(open_)} of {len(CLAIMS)} claims are not measured on this machine yet; "
            "`make run` plays all lessons, which does, and writes the pages of plan B."
        )


def main(
    lesson: Annotated[str, typer.Option(help="The lesson to open first, two digits.")] = "00",
    port: Annotated[
        int | None, typer.Option(envvar="PORT", min=1, max=65535, help="This port and no other.")
    ] = None,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", envvar="NO_BROWSER", help="Only print the addresses.")
    ] = False,
) -> None:
    """Set the stage, and serve it until Ctrl-C."""
    with (
        until_stopped(),
        on_stage(settings.load(), first=lesson, port=port, tell=typer.echo) as show,
    ):
        typer.echo(f"\nSpeaker's notes: {show.notes.as_uri()}")
        pages = settings.project_root() / "build" / "html"
        if any(pages.glob("*.html")):
            typer.echo(f"Plan B, without any server: {pages}")
        if not no_browser:
            webbrowser.open_new(show.notes.as_uri())
        attend(show.lab, wanted=port or lab.DEFAULT_PORT, no_browser=no_browser)


if __name__ == "__main__":
    typer.run(main)
