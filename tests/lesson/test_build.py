"""The build on small lessons of its own: what comes out, that it is stable, what it refuses."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import nbformat
import pytest

from wellness.errors import LessonError
from wellness.lesson import build
from wellness.lesson.blanks import BLANK, with_solution, without_solution

FIRST = """\
# %% [markdown]
# # First | lesson
# **Minutes:** present 3, practise 20
#
# <!-- nav -->

# %%
from wellness.lesson import kit

lesson = kit.start("01")

# %% [markdown]
# ### Exercise 01-1

# %% tags=["exercise"]
def mean(values):
    # Divide the sum by the count.
    ### BEGIN SOLUTION
    total = sum(values)
    return total / len(values)
    ### END SOLUTION

# %% tags=["exercise"]
### BEGIN SOLUTION
### BLANK: answer = ...
answer = mean([1, 3])
### END SOLUTION
lesson.check("01-1", answer)

# %% tags=["hide-input"]
1 + 1

# %%
1 + 1

# %%
1 + 1
"""
MAP = """\
# %% [markdown]
# # Start here
# Minutes: present 2, practise 5
#
# <!-- nav -->
#
# <!-- ten-minutes -->
"""


STAGE = """\
[[path]]
lesson = "00"
minutes = 4
why = "What it is."

[[path]]
lesson = "01"
minutes = 6
why = "The rest."

["00"]
show = "The start."
ask = []
slides = []

["01"]
show = "The first."
ask = []
slides = [{ heading = "A mean", show = "One number.", say = "Slowly." }]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    source = tmp_path / "notebooks" / "source"
    source.mkdir(parents=True)
    (source / "01_first.py").write_text(FIRST, "utf-8")
    (source / "00_start.py").write_text(MAP, "utf-8")
    (source / "stage.toml").write_text(STAGE, "utf-8")
    return source.parent


def read(path: Path) -> Any:
    return nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]


def test_the_learner_gets_blanks_and_the_solution_runs(folder: Path) -> None:
    build.write(folder)
    learner, solved = (read(folder / at / "01_first.ipynb") for at in ("", "solutions"))
    assert BLANK in learner.cells[3].source
    assert "sum(values)" not in json.dumps(learner)
    assert learner.cells[4].source == 'answer = ...\nlesson.check("01-1", answer)'
    scope: dict[str, Any] = {}
    for cell in solved.cells[3:5]:
        assert "###" not in cell.source
        exec(cell.source.replace("lesson.check", "print"), scope)
    assert scope["answer"] == 2


def test_learner_and_solution_differ_only_in_exercises(folder: Path) -> None:
    build.write(folder)
    learner, solved = (read(folder / at / "01_first.ipynb") for at in ("", "solutions"))
    for ours, theirs in zip(learner.cells, solved.cells, strict=True):
        assert ours.id == theirs.id
        assert (ours == theirs) != ("exercise" in ours.metadata.get("tags", []))


def test_built_notebooks_are_valid_bare_and_the_same_bytes_each_time(folder: Path) -> None:
    build.write(folder)
    paths = sorted(folder.rglob("*.ipynb"))
    assert [path.name for path in paths] == ["00_start.ipynb", "01_first.ipynb"] * 2
    before = {path: path.read_bytes() for path in paths}
    for path in paths:
        nbformat.validate(read(path))
        for cell in read(path).cells:
            assert not cell.get("outputs")
            assert cell.get("execution_count") is None
        path.unlink()
    build.write(folder)
    assert {path: path.read_bytes() for path in paths} == before
    assert build.write(folder) == {}


def test_the_text_is_as_jupyter_would_save_it(folder: Path) -> None:
    build.write(folder)
    path = folder / "01_first.ipynb"
    saved = nbformat.writes(read(path))  # type: ignore[no-untyped-call]
    assert path.read_text("utf-8") == saved.rstrip("\n") + "\n"


def test_an_inserted_cell_leaves_the_ids_of_others_alone(folder: Path) -> None:
    build.write(folder)
    before = [cell.id for cell in read(folder / "01_first.ipynb").cells]
    assert len(set(before)) == len(before)
    source = folder / "source" / "01_first.py"
    text = source.read_text("utf-8").replace(
        "# %% [markdown]\n# ### Ex", "# %%\n7\n\n# %% [markdown]\n# ### Ex"
    )
    source.write_text(text, "utf-8")
    build.write(folder)
    after = [cell.id for cell in read(folder / "01_first.ipynb").cells]
    assert after[:2] + after[3:] == before


def test_hidden_input_is_what_jupyterlab_hides(folder: Path) -> None:
    build.write(folder)
    hidden = [
        cell.metadata.tags
        for cell in read(folder / "01_first.ipynb").cells
        if cell.metadata.get("jupyter", {}).get("source_hidden")
    ]
    assert hidden == [["hide-input"]]


def test_signposts_link_to_notebooks_that_exist(folder: Path) -> None:
    build.write(folder)
    head = read(folder / "solutions" / "01_first.ipynb").cells[0].source
    assert "Previous: [00 Start here](00_start.ipynb)" in head
    assert "Next" not in head
    start = read(folder / "00_start.ipynb").cells[0].source
    assert "Next: [01 First | lesson](01_first.ipynb)" in start
    assert "| 4 | [01 First \\| lesson](01_first.ipynb) | The rest. |" in start
    assert "run the first cell, then skip to [A mean](#A-mean)." in head
    assert "two minutes" not in start
    assert "<!--" not in start + head


def test_check_reports_every_kind_of_drift_and_changes_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build.write(folder)
    assert build.main(["--check", "--folder", str(folder)]) == 0
    (folder / "00_start.ipynb").unlink()
    edited = folder / "solutions" / "01_first.ipynb"
    edited.write_text(edited.read_text("utf-8").replace("total", "summe"), "utf-8")
    stale = folder / "02_gone.ipynb"
    stale.write_bytes((folder / "01_first.ipynb").read_bytes())
    capsys.readouterr()
    assert build.main(["--check", "--folder", str(folder)]) == 1
    said = capsys.readouterr().out
    assert "00_start.ipynb is missing" in said
    assert "solutions/01_first.ipynb differs" in said
    assert "02_gone.ipynb has no source" in said
    assert "make notebooks" in said
    assert not (folder / "00_start.ipynb").exists()
    assert stale.exists()
    assert build.main(["--folder", str(folder)]) == 0
    assert build.drift(folder) == {}
    assert not stale.exists()


def test_a_readers_own_notebook_is_left_alone(folder: Path) -> None:
    build.write(folder)
    own = folder / "99_mine.ipynb"
    own.write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}', "utf-8")
    broken = folder / "98_broken.ipynb"
    broken.write_text("<<<<<<< conflict", "utf-8")
    assert build.write(folder) == {}
    assert own.exists()
    assert broken.exists()


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("# # First", "# First", "no title"),
        ("present 3", "present soon", "no minutes"),
        ('tags=["hide-input"]', 'tags=["exercize"]', "unknown tag exercize"),
        ('tags=["hide-input"]', 'tags=["exercise"]', "needs the tag"),
        ("### END SOLUTION\nlesson", "lesson", "without '### END SOLUTION'"),
        ("### BLANK: answer = ...", "### BLANK: answer =", "no Python"),
        ("### BLANK: answer = ...", "### BEGIN SOLUTION", "stands where it cannot"),
    ],
)
def test_a_source_that_cannot_be_built_is_named(
    folder: Path, old: str, new: str, complaint: str
) -> None:
    source = folder / "source" / "01_first.py"
    assert old in FIRST
    source.write_text(FIRST.replace(old, new), "utf-8")
    with pytest.raises(LessonError, match=r"01_first\.py") as caught:
        build.render(folder)
    assert complaint in str(caught.value)


def test_a_number_belongs_to_one_lesson(folder: Path) -> None:
    (folder / "source" / "01_second.py").write_text(FIRST, "utf-8")
    with pytest.raises(LessonError, match="number 01"):
        build.render(folder)


def test_a_name_without_number_is_no_lesson(folder: Path) -> None:
    (folder / "source" / "draft.py").write_text(FIRST, "utf-8")
    with pytest.raises(LessonError, match="NN_slug"):
        build.render(folder)


def test_several_blank_lines_keep_the_indentation_of_their_solution() -> None:
    source = (
        "for x in y:\n    ### BEGIN SOLUTION\n    ### BLANK: a = ...\n    ### BLANK: b = ...\n"
        "    a = 1\n    b = 2\n    ### END SOLUTION\n    print(a, b)"
    )
    assert without_solution(source) == ("for x in y:\n    a = ...\n    b = ...\n    print(a, b)")
    assert with_solution(source) == "for x in y:\n    a = 1\n    b = 2\n    print(a, b)"
    ast.parse(without_solution(source))
