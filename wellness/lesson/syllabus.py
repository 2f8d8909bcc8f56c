"""What a course consists of, read from the text of its lessons: titles, minutes and exercises.

>>> text = '''# %% [markdown]
... # # A list
... # Minutes: present 8, practise 70
... # %% [markdown]
... # ## Exercise 02-1: predict what is left
... '''
>>> found = chapter("02_short_term_memory", text)
>>> found.title, found.minutes, [str(one) for one in found.exercises]
('A list', 78, ['02-1: predict what is left'])
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from wellness.errors import LessonError

NAME = re.compile(r"(\d\d)_(\w+)")
TITLE = re.compile(r"^# +(.+?) *$", re.MULTILINE)
MINUTES = re.compile(r"\bminutes\b\W*present (\d+), practise (\d+)", re.IGNORECASE)
EXERCISE = re.compile(r"^#+ Exercise (\d\d-\d+)\b:? *(.*?) *$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise: its number, for instance `02-1`, and what its heading says."""

    number: str
    task: str

    def __str__(self) -> str:
        return f"{self.number}: {self.task}" if self.task else self.number


@dataclass(frozen=True, slots=True)
class Chapter:
    """One lesson as a reader plans it; `present` and `practise` are minutes."""

    number: str
    name: str
    title: str
    present: int
    practise: int
    exercises: tuple[Exercise, ...]

    @property
    def minutes(self) -> int:
        """To read it and to practise it, together."""
        return self.present + self.practise

    @property
    def file(self) -> str:
        """Its notebook, in the folder in which all of them lie."""
        return f"{self.name}.ipynb"


def chapter(name: str, text: str) -> Chapter:
    """Read one lesson.

    Args:
        name: the file's, without its ending, for instance `02_short_term_memory`.
        text: its source in the percent format.

    Raises:
        LessonError: the name, the title or the minutes are not there.
    """
    prose = re.sub(r"^# ?", "", text, flags=re.MULTILINE)  # Markdown is commented out there
    number, title, minutes = NAME.fullmatch(name), TITLE.search(prose), MINUTES.search(prose)
    if not number or not title or not minutes:
        raise LessonError(
            f"{name} is no lesson: its number, its title or its minutes are missing.",
            hint="See the first cell of any file in notebooks/source.",
        )
    exercises = (Exercise(*found.groups()) for found in EXERCISE.finditer(prose))
    times = int(minutes[1]), int(minutes[2])
    return Chapter(number[1], name, title[1], *times, tuple(exercises))


def chapters(source: Path) -> list[Chapter]:
    """All lessons of a folder of sources, in order of their numbers.

    Raises:
        LessonError: a file is no lesson, or there is none.
    """
    found = [chapter(path.stem, path.read_text("utf-8")) for path in sorted(source.glob("*.py"))]
    if not found:
        raise LessonError(f"There is no lesson in {source}.", hint="The whole checkout is needed.")
    return found
