"""What is shown of each lesson on a stage: its slides, and the way of ten minutes through them all.

They stand in one file beside the lessons' sources, `stage.toml`. A slide names a heading of its
lesson and takes the code cells under it; what stands on the slide and what is said are written
there. `wellness.lesson.slides` makes notebooks of it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wellness.errors import LessonError

FILE = "stage.toml"
TEN_MINUTES = 10


@dataclass(frozen=True, slots=True)
class Slide:
    """One slide.

    Attributes:
        heading: of the lesson, without its marks; the first code cells under it are shown.
        show: the sentence that stands on the slide.
        say: what is said, for the speaker's notes.
        cells: how many code cells are shown.
        type: lines that are typed into the first field of what they show.
    """

    heading: str
    show: str
    say: str
    cells: int = 1
    type: tuple[str, ...] = ()

    @property
    def anchor(self) -> str:
        """The part of an address behind `#` at which JupyterLab finds the heading."""
        return self.heading.replace(" ", "-")


@dataclass(frozen=True, slots=True)
class Act:
    """What is shown of one lesson.

    Attributes:
        lesson: its two digits.
        show: the sentence on its first slide.
        slides: in their order.
        ask: names of questions of the playbook that it may raise.
    """

    lesson: str
    show: str
    slides: tuple[Slide, ...]
    ask: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stop:
    """One lesson of the way of ten minutes: how long it takes, and why one goes there."""

    lesson: str
    minutes: int
    why: str


@dataclass(frozen=True, slots=True)
class Stage:
    """All of it: acts by the digits of their lesson, and the way."""

    acts: Mapping[str, Act]
    path: tuple[Stop, ...]

    def after(self, lesson: str) -> Stop | None:
        """Where the way goes on behind a lesson; None behind its last, or off the way."""
        lessons = [stop.lesson for stop in self.path]
        if lesson not in lessons[:-1]:
            return None
        return self.path[lessons.index(lesson) + 1]


def read(folder: Path) -> Stage | None:
    """The stage of a folder of sources; None where nothing is planned for one.

    Raises:
        LessonError: the file is not as this module says.
    """
    path = folder / FILE
    if not path.is_file():
        return None
    try:
        table: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
        stops = tuple(Stop(**stop) for stop in table.pop("path"))
        acts = {number: _act(number, **told) for number, told in table.items()}
    except (tomllib.TOMLDecodeError, KeyError, TypeError, UnicodeDecodeError) as error:
        raise LessonError(
            f"{path} cannot be read: {error}.", hint="Its first lines say what it holds."
        ) from error
    if (minutes := sum(stop.minutes for stop in stops)) != TEN_MINUTES:
        raise LessonError(f"{path}: the way takes {minutes} minutes and not {TEN_MINUTES}.")
    if strangers := {stop.lesson for stop in stops} - acts.keys():
        raise LessonError(f"{path}: the way leads to {min(strangers)}, of which nothing is shown.")
    return Stage(acts, stops)


def _act(number: str, show: str, slides: list[dict[str, Any]], ask: list[str]) -> Act:
    made = (Slide(**{**slide, "type": tuple(slide.get("type", ()))}) for slide in slides)
    return Act(number, show, tuple(made), tuple(ask))


def skip_to(act: Act) -> str:
    """Markdown for the head of a lesson: what to run when there are two minutes.

    >>> print(skip_to(Act("01", "", (Slide("A list", "", ""), Slide("Two lists", "", "")), ())))
    In two minutes: run the first cell, then skip to [A list](#A-list) and [Two lists](#Two-lists).
    """
    links = [f"[{slide.heading}](#{slide.anchor})" for slide in act.slides]
    listed = " and ".join([", ".join(links[:-1]), links[-1]] if links[:-1] else links)
    return f"In two minutes: run the first cell, then skip to {listed}."


def cells_under(cells: list[dict[str, Any]], slide: Slide) -> list[dict[str, Any]]:
    """The code cells of a slide, out of those of its lesson.

    Args:
        cells: of a notebook, as JSON has them.
        slide: whose cells are wanted.

    Raises:
        LessonError: the lesson has no such heading, or not so many cells under it.
    """
    heading = re.compile(rf"^## +{re.escape(slide.heading)} *$", re.MULTILINE)
    found: list[dict[str, Any]] = []
    inside = False
    for cell in cells:
        if cell["cell_type"] != "markdown":
            found += [cell] if inside else []
        elif here := heading.search(text := "".join(cell["source"])):
            inside = "\n## " not in text[here.end() :]
        elif re.search(r"^## ", text, re.MULTILINE):
            inside = False
    if len(found) < slide.cells:
        raise LessonError(
            f"Under the heading {slide.heading!r} are {len(found)} cells of code, and a slide "
            f"wants {slide.cells}.", hint=f"Headings and {FILE} must say the same.",
        )  # fmt: skip
    return found[: slide.cells]
