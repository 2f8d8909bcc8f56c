"""Notebooks for a stage: of each lesson its slides, with the lesson's own code under them.

They are copies in a folder of their own, made anew each time: what happens on a stage leaves no
trace in the lessons, and no output of yesterday stands there today. Text on a slide is a heading
and one sentence; the code is folded, since what is shown is what it does.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wellness.errors import LessonError
from wellness.lesson.stage import Act, Stage, Stop, cells_under, read
from wellness.lesson.syllabus import TITLE, Chapter, chapters

SLIDE, SAME = "slide", None  # the kinds of cells that jupyterlab-slideshow knows
OPEN = "F4"  # and then the digits of a lesson


def write(notebooks: Path, target: Path) -> Stage:
    """Make the slides of all lessons, and nothing else, in a folder.

    Args:
        notebooks: the folder of the lessons, with `source` and `solutions` in it.
        target: emptied first.

    Raises:
        LessonError: there are no lessons, or a slide and its lesson do not fit together.
    """
    stage = read(notebooks / "source")
    if stage is None:
        raise LessonError("There is nothing for a stage.", hint="The whole checkout is needed.")
    lessons = {one.number: one for one in chapters(notebooks / "source")}
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for number, act in stage.acts.items():
        if (chapter := lessons.get(number)) is None:
            raise LessonError(f"The stage wants lesson {number}, which there is not.")
        solved = json.loads((notebooks / "solutions" / chapter.file).read_text("utf-8"))
        made = compose(solved, chapter, act, stage, lessons)
        (target / chapter.file).write_text(json.dumps(made, indent=1), "utf-8")
    return stage


def compose(
    notebook: Mapping[str, Any],
    chapter: Chapter,
    act: Act,
    stage: Stage,
    lessons: Mapping[str, Chapter],
) -> dict[str, Any]:
    """The slides of one lesson, as a notebook in JSON."""
    cells = notebook["cells"]
    first = next(cell for cell in cells if cell["cell_type"] == "code")
    title = TITLE.search("".join(cells[0]["source"]))
    made = [_text(f"# {title[1] if title else chapter.title}\n\n{act.show}"), _code(first)]
    for slide in act.slides:
        made.append(_text(f"## {slide.heading}\n\n{slide.show}"))
        under, *more = cells_under(cells, slide)
        made += [_code(under), *(_code(cell, SLIDE) for cell in more)]
    made.append(_text(_last(chapter, stage.after(chapter.number), lessons)))
    for at, cell in enumerate(made):
        cell["id"] = f"{chapter.number}-slide-{at}"
    return {**notebook, "cells": made}


def _last(chapter: Chapter, stop: Stop | None, lessons: Mapping[str, Chapter]) -> str:
    if stop is None:
        return f"## Questions\n\nAll of lesson {chapter.number} is in its notebook."
    title, keys = lessons[stop.lesson].title, " ".join((OPEN, *stop.lesson))
    return f"## Next: {stop.lesson} {title}\n\n{stop.why}\n\nKeys: {keys}"


def _text(source: str) -> dict[str, Any]:
    kind = {"slideshow": {"slide_type": SLIDE}}
    return {"cell_type": "markdown", "metadata": kind, "source": source}


def _code(cell: Mapping[str, Any], kind_of: str | None = SAME) -> dict[str, Any]:
    kind = {"slideshow": {"slide_type": kind_of}, "jupyter": {"source_hidden": True}}
    return {
        "cell_type": "code",
        "metadata": {**kind, "scrolled": False},
        "source": cell["source"],
        "execution_count": None,
        "outputs": [],
    }
