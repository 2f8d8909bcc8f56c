"""'Explain it back': questions at the end of a lesson, each with a folded answer to compare with.

They are no exercises: nothing checks them and nothing is remembered. They stand in one file beside
the sources, `explain.toml`, by the number of the lesson, and the build puts them into a cell of
their own before the first exercise.

>>> print(cell_text([Question("Why?", "Because.")]))
## Explain it back
<BLANKLINE>
Say the answer aloud, or write it down, before you open the one below it.
<BLANKLINE>
**Question 1.** Why?
<BLANKLINE>
<details><summary>An answer to question 1</summary>
<BLANKLINE>
Because.
<BLANKLINE>
</details>
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat.v4 import new_markdown_cell

from wellness.errors import LessonError

FILE = "explain.toml"
HEADING = "## Explain it back"
INTRODUCTION = "Say the answer aloud, or write it down, before you open the one below it."
_EXERCISE = re.compile(r"^#+ Exercise \d\d-\d+", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Question:
    """A question to the reader, and a model answer; both are Markdown."""

    question: str
    answer: str


def read(folder: Path) -> dict[str, list[Question]]:
    """The questions of a folder of sources, by the number of the lesson; none without the file.

    Raises:
        LessonError: the file is not as this module writes in its first lines.
    """
    path = folder / FILE
    if not path.is_file():
        return {}
    try:
        tables: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
        questions = {number: [Question(**row) for row in rows] for number, rows in tables.items()}
    except (tomllib.TOMLDecodeError, TypeError, UnicodeDecodeError) as error:
        raise LessonError(
            f"{path} cannot be read: {error}.",
            hint="Each question is a table [[NN]] with `question` and `answer`.",
        ) from error
    for number, asked in questions.items():
        for one in asked:
            if not one.question.strip() or not one.answer.strip():
                raise LessonError(f"{path}: a question of lesson {number} or its answer is empty.")
    return questions


def cell_text(questions: Sequence[Question]) -> str:
    """The Markdown of a lesson's questions, each answer folded."""
    parts = [HEADING, INTRODUCTION]
    for at, one in enumerate(questions, 1):
        parts += [
            f"**Question {at}.** {one.question.strip()}",
            f"<details><summary>An answer to question {at}</summary>",
            one.answer.strip(),
            "</details>",
        ]
    return "\n\n".join(parts)


def insert(cells: Sequence[Any], questions: Sequence[Question]) -> list[Any]:
    """The cells of a lesson with its questions before the first exercise, else before the end.

    A cell that holds the recap and the first exercise becomes two.
    """
    if not questions:
        return list(cells)
    asked = new_markdown_cell(cell_text(questions))  # type: ignore[no-untyped-call]
    for at, cell in enumerate(cells):
        found = _EXERCISE.search(cell.source) if cell.cell_type == "markdown" else None
        if found:
            before, after = cell.source[: found.start()].rstrip(), cell.source[found.start() :]
            split = [new_markdown_cell(text) for text in (before, after)]  # type: ignore[no-untyped-call]
            halves = [split[0], asked, split[1]] if before else [asked, cell]
            return [*cells[:at], *halves, *cells[at + 1 :]]
    return [*cells[:-1], asked, *cells[-1:]]
