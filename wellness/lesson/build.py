"""Build the notebooks: one source per lesson becomes a learner's and a solved notebook.

`notebooks/source/NN_slug.py` is a script in jupytext's percent format, solutions included. From it
come `notebooks/NN_slug.ipynb`, where each solution is replaced by a blank, and
`notebooks/solutions/NN_slug.ipynb`. Both have no outputs and are the same bytes on every build.

A cell tagged `exercise` holds a solution between marks; see `blanks.py`. The questions before the
exercises come from `source/explain.toml`, and the glossary from `source/glossary.toml`.

In Markdown, a line `<!-- nav -->` becomes links, and `<!-- ten-minutes -->` the way to show it;
see `signposts.py`. The first cell holds the title as its first H1 and a line
`Minutes: present 5, practise 25`, in any Markdown dress.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jupytext
import nbformat

from wellness.errors import LessonError
from wellness.lesson import explain, glossary, signposts
from wellness.lesson.blanks import with_solution, without_solution
from wellness.lesson.stage import Stage
from wellness.lesson.stage import read as read_stage
from wellness.lesson.syllabus import MINUTES, NAME, TITLE
from wellness.settings import project_root

ALLOWED_TAGS = frozenset({"exercise", "check", "hide-input", "slow"})
COMMAND = "make notebooks"
METADATA: dict[str, Any] = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"},
}


@dataclass(frozen=True)
class Lesson:
    """One lesson as its author wrote it; `present` and `practise` are minutes."""

    number: str
    name: str
    title: str
    present: int
    practise: int
    cells: Sequence[Any]

    @property
    def link(self) -> str:
        """The lesson as a Markdown link from any notebook in the same folder."""
        return f"[{self.number} {self.title}]({self.name}.ipynb)"


def read_lessons(source: Path) -> list[Lesson]:
    """All lessons of a source folder, in order of their numbers.

    Raises:
        LessonError: a file is not a lesson, or two have the same number.
    """
    lessons = [read_lesson(path) for path in sorted(source.glob("*.py"))]
    numbers = [lesson.number for lesson in lessons]
    for number in numbers:
        if numbers.count(number) > 1:
            raise LessonError(f"Two lessons in {source} have the number {number}.")
    return lessons


def read_lesson(path: Path) -> Lesson:
    """Read one source.

    Raises:
        LessonError: its name, title, minutes, a tag or a solution is not as the build needs it.
    """
    name = NAME.fullmatch(path.stem)
    if not name or path.suffix != ".py":
        raise LessonError(f"{path}: a lesson's file is called NN_slug.py.")
    cells = jupytext.reads(path.read_text("utf-8"), fmt="py:percent").cells
    head = cells[0].source if cells and cells[0].cell_type == "markdown" else ""
    title, minutes = TITLE.search(head), MINUTES.search(head)
    if not title or not minutes:
        raise LessonError(
            f"{path}: the first cell has no title or no minutes.",
            hint="Begin with a Markdown cell that has an H1 and a line "
            "'Minutes: present 5, practise 25'.",
        )
    for cell in cells:
        if problem := _problem(cell):
            raise LessonError(f"{path}: {problem}, in the cell that begins {cell.source[:60]!r}.")
    questions = explain.read(path.parent).get(name[1], [])
    return Lesson(
        number=name[1],
        name=path.stem,
        title=title[1],
        present=int(minutes[1]),
        practise=int(minutes[2]),
        cells=explain.insert(cells, questions),
    )


def _problem(cell: Any) -> str:
    tags = set(cell.metadata.get("tags", []))
    if unknown := tags - ALLOWED_TAGS:
        return f"unknown tag {', '.join(sorted(unknown))}"
    marked = cell.cell_type == "code" and "### BEGIN SOLUTION" in cell.source
    if marked != ("exercise" in tags):
        return "a solution needs the tag 'exercise', and the tag a solution"
    if marked:
        try:
            flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
            compile(without_solution(cell.source), "blank", "exec", flags)
        except (SyntaxError, ValueError) as error:
            return f"without its solution this is no Python ({error})"
    return ""


def notebook(
    lesson: Lesson, lessons: Sequence[Lesson], stage: Stage | None = None, *, solved: bool
) -> str:
    """The text of one generated notebook; equal input gives equal bytes."""
    seen: Counter[str] = Counter()
    made = {
        "cells": [
            _cell(cell, _cell_id(lesson, cell, seen), _text(cell, lesson, lessons, stage, solved))
            for cell in lesson.cells
        ],
        "metadata": METADATA | {"wellness": {"source": f"{lesson.name}.py"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    nbformat.validate(made)
    return json.dumps(made, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _cell(cell: Any, cell_id: str, text: str) -> dict[str, Any]:
    tags = sorted(cell.metadata.get("tags", []))
    metadata: dict[str, Any] = {"tags": tags} if tags else {}
    if "hide-input" in tags:
        metadata["jupyter"] = {"source_hidden": True}
    made: dict[str, Any] = {
        "cell_type": cell.cell_type,
        "id": cell_id,
        "metadata": metadata,
        "source": text.splitlines(keepends=True),
    }
    return made | ({"execution_count": None, "outputs": []} if cell.cell_type == "code" else {})


def _text(
    cell: Any, lesson: Lesson, lessons: Sequence[Lesson], stage: Stage | None, solved: bool
) -> str:
    source: str = cell.source
    if "exercise" in cell.metadata.get("tags", []):
        return with_solution(source) if solved else without_solution(source)
    if cell.cell_type == "markdown":
        source = signposts.place(source, lesson, lessons, stage)
    return source


def _cell_id(lesson: Lesson, cell: Any, seen: Counter[str]) -> str:
    """From the content, so an inserted cell leaves the ids (and the diffs) of others alone."""
    digest = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:8]
    seen[digest] += 1
    return f"{lesson.number}-{digest}" + (f"-{seen[digest]}" if seen[digest] > 1 else "")


def render(folder: Path) -> dict[Path, str]:
    """What the notebooks folder should hold: path to text of each generated file."""
    lessons, stage = read_lessons(folder / "source"), read_stage(folder / "source")
    return {
        place / f"{lesson.name}.ipynb": notebook(lesson, lessons, stage, solved=solved)
        for place, solved in ((folder, False), (folder / "solutions", True))
        for lesson in lessons
    } | glossary.render(folder, lessons)


def drift(folder: Path) -> dict[Path, str]:
    """Generated notebooks that are not what their source says: path to what is wrong."""
    wanted = render(folder)
    wrong = {path: "has no source any more" for path in _generated(folder) if path not in wanted}
    for path, text in wanted.items():
        if not path.is_file():
            wrong[path] = "is missing"
        elif path.read_bytes() != text.encode():
            wrong[path] = "differs from its source"
    return dict(sorted(wrong.items()))


def write(folder: Path) -> dict[Path, str]:
    """Bring the generated notebooks in step; returns what `drift` found before."""
    wrong, wanted = drift(folder), render(folder)
    for path in wrong:
        if path in wanted:
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(wanted[path].encode())
        else:
            path.unlink()
    return wrong


def _generated(folder: Path) -> list[Path]:
    """Notebooks that this module made; a reader's own beside them are left alone."""
    found = [*folder.glob("*.ipynb"), *folder.glob("solutions/*.ipynb")]
    return [path for path in found if b'"wellness": {' in path.read_bytes()]


def main(arguments: Sequence[str] | None = None) -> int:
    """Build, or with `--check` say what building would change; the process's exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m wellness.lesson.build", description=main.__doc__
    )
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 on drift")
    parser.add_argument("--folder", type=Path, default=project_root() / "notebooks")
    options = parser.parse_args(arguments)
    wrong = drift(options.folder) if options.check else write(options.folder)
    for path, problem in wrong.items():
        sys.stdout.write(f"{path.relative_to(options.folder)} {problem}\n")
    if not options.check:
        sys.stdout.write(f"{len(wrong)} of {len(render(options.folder))} files changed.\n")
    elif wrong:
        sys.stdout.write(f"The notebooks are not what notebooks/source says: `{COMMAND}`.\n")
    return 1 if options.check and wrong else 0


if __name__ == "__main__":
    sys.exit(main())
