"""Questions at the end of a lesson: where they go, and what the file must be like."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from wellness.errors import LessonError
from wellness.lesson import build, explain
from wellness.lesson.explain import Question

ASKED = [Question("Why?", "Because."), Question("How?", "So.")]
TEXT = explain.cell_text(ASKED)


def sources(cells: list[Any]) -> list[str]:
    return [cell.source for cell in cells]


def lesson(*texts: str) -> list[Any]:
    make = {True: new_markdown_cell, False: new_code_cell}
    return [make[text.startswith(("#", "Text"))](text) for text in texts]


def test_questions_come_between_the_recap_and_the_first_exercise() -> None:
    cells = lesson("# Title", "start()", "## Recap\n\nIt is so.\n\n### Exercise 01-1\nDo.", "f()",
                   "## Exercise 01-2\nDo.", "g()", "finish()")  # fmt: skip
    assert sources(explain.insert(cells, ASKED)) == [
        "# Title", "start()", "## Recap\n\nIt is so.", TEXT, "### Exercise 01-1\nDo.", "f()",
        "## Exercise 01-2\nDo.", "g()", "finish()",
    ]  # fmt: skip


def test_an_exercise_in_a_cell_of_its_own_is_left_as_it_is() -> None:
    cells = lesson("## Recap", "## Exercise 01-1: do", "f()", "finish()")
    found = explain.insert(cells, ASKED)
    assert sources(found) == ["## Recap", TEXT, "## Exercise 01-1: do", "f()", "finish()"]
    assert found[2] is cells[1]


def test_without_exercises_they_come_before_the_end_and_without_questions_not_at_all() -> None:
    cells = lesson("# Title", "Text", "finish()")
    assert sources(explain.insert(cells, ASKED)) == ["# Title", "Text", TEXT, "finish()"]
    assert explain.insert(cells, []) == cells


def test_a_comment_of_code_that_looks_like_an_exercise_is_none() -> None:
    cells = [new_code_cell("# Exercise 01-1\nf()"), new_code_cell("finish()")]
    assert sources(explain.insert(cells, ASKED)) == ["# Exercise 01-1\nf()", TEXT, "finish()"]


def test_the_build_reads_them_from_the_folder(tmp_path: Path) -> None:
    (tmp_path / explain.FILE).write_text('[[01]]\nquestion = "Why?"\nanswer = "Because."\n')
    head = "# %% [markdown]\n# # T\n# Minutes: present 1, practise 2\n\n# %%\nfinish()\n"
    for number in ("01", "02"):
        (tmp_path / f"{number}_a.py").write_text(head)
    first, second = build.read_lessons(tmp_path)
    assert len(first.cells) == 3
    assert first.cells[1].source == explain.cell_text(ASKED[:1])
    assert len(second.cells) == 2


@pytest.mark.parametrize(
    "text",
    ["[[01]", '[[01]]\nquestion = "Why?"\n', '[01]\nquestion = "Why?"\nanswer = "So."\n',
     '[[01]]\nquestion = "Why?"\nanswer = "So."\nhint = "x"\n',
     '[[01]]\nquestion = "Why?"\nanswer = " "\n'],
)  # fmt: skip
def test_a_file_that_is_not_as_it_should_be_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / explain.FILE).write_text(text)
    with pytest.raises(LessonError, match=explain.FILE):
        explain.read(tmp_path)


def test_no_file_means_no_questions(tmp_path: Path) -> None:
    assert explain.read(tmp_path) == {}
