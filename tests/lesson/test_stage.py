"""What is planned for a stage: it fits the lessons, and a plan that does not is refused."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from wellness.errors import LessonError
from wellness.lesson import slides, stage, stage_settings
from wellness.lesson.questions import EXPECTED, LEFT_OUT
from wellness.lesson.shortcuts import COMMAND_MODE, SPARED
from wellness.lesson.stage import Act, Slide, cells_under, read, skip_to
from wellness.lesson.syllabus import chapters
from wellness.settings import project_root

NOTEBOOKS = project_root() / "notebooks"


def text(source: str) -> dict[str, object]:
    return {"cell_type": "markdown", "source": source, "metadata": {}}


def code(source: str) -> dict[str, object]:
    return {"cell_type": "code", "source": source, "metadata": {}}


def plan() -> stage.Stage:
    found = read(NOTEBOOKS / "source")
    assert found is not None
    return found


def test_each_lesson_has_something_to_show_and_the_way_takes_ten_minutes() -> None:
    found = plan()
    assert list(found.acts) == [one.number for one in chapters(NOTEBOOKS / "source")]
    assert all(act.slides for act in found.acts.values())
    assert found.path[0].lesson == "00"
    assert sum(stop.minutes for stop in found.path) == 10
    known = {question.name for question in (*EXPECTED, *LEFT_OUT)}
    assert {name for act in found.acts.values() for name in act.ask} <= known


def test_no_figure_is_promised_on_a_slide() -> None:
    """A figure belongs to the machine."""
    for act in plan().acts.values():
        for slide in act.slides:
            said = f"{slide.show} {slide.say}"
            assert not re.search(r"\d", said), (act.lesson, slide.heading)


def test_the_slides_are_the_lessons_code_and_nothing_else_lies_there(tmp_path: Path) -> None:
    target = tmp_path / "slides"
    target.mkdir()
    (target / "of yesterday.ipynb").write_text("{}")
    found = slides.write(NOTEBOOKS, target)
    names = [one.file for one in chapters(NOTEBOOKS / "source")]
    assert sorted(path.name for path in target.iterdir()) == names
    for act, name in zip(found.acts.values(), names, strict=True):
        made = json.loads((target / name).read_text("utf-8"))
        lesson = json.loads((NOTEBOOKS / "solutions" / name).read_text("utf-8"))
        ours = ["".join(c["source"]) for c in made["cells"] if c["cell_type"] == "code"]
        theirs = ["".join(c["source"]) for c in lesson["cells"] if c["cell_type"] == "code"]
        assert len(ours) == 1 + sum(slide.cells for slide in act.slides)
        assert set(ours) <= set(theirs)
        assert "kit.start" in ours[0]
        assert not any(cell.get("outputs") for cell in made["cells"])
        assert len({cell["id"] for cell in made["cells"]}) == len(made["cells"])


def test_the_last_slide_leads_to_the_next_lesson_of_the_way() -> None:
    found = plan()
    lessons = [stop.lesson for stop in found.path]
    after = [found.after(lesson) for lesson in lessons]
    assert [one.lesson if one else None for one in after] == [*lessons[1:], None]
    assert found.after("05") is None


def test_a_slide_ends_where_the_next_heading_begins() -> None:
    cells = [
        text("# Title"), code("start"), text("A paragraph.\n\n## One\n\nWhat it is."), code("1"),
        text("In between, ## no heading."), code("2"), text("## Two"), code("3"),
    ]  # fmt: skip
    assert cells_under(cells, Slide("One", "", "")) == [cells[3]]
    assert cells_under(cells, Slide("One", "", "", cells=2)) == [cells[3], cells[5]]
    assert cells_under(cells, Slide("Two", "", "")) == [cells[7]]
    for heading, how_many in (("One", 3), ("Thr", 1), ("On", 1)):
        with pytest.raises(LessonError, match=r"are \d cells of code"):
            cells_under(cells, Slide(heading, "", "", cells=how_many))


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("minutes = 3", "minutes = 4", "takes 11 minutes"),
        ('lesson = "06"', 'lesson = "12"', "leads to 12"),
        ("show =", "shows =", "cannot be read"),
        ("[[path]]", "[path", "cannot be read"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(tmp_path: Path, old: str, new: str, what: str) -> None:
    told = (NOTEBOOKS / "source" / stage.FILE).read_text("utf-8")
    (tmp_path / stage.FILE).write_text(told.replace(old, new, 1), "utf-8")
    with pytest.raises(LessonError, match=what):
        read(tmp_path)


def test_a_heading_that_was_renamed_is_found_when_the_slides_are_made(tmp_path: Path) -> None:
    copy = tmp_path / "notebooks"
    shutil.copytree(NOTEBOOKS, copy)
    lesson = copy / "solutions" / "06_agent.ipynb"
    lesson.write_text(lesson.read_text("utf-8").replace("## Side by side", "## Both"), "utf-8")
    with pytest.raises(LessonError, match="'Side by side'"):
        slides.write(copy, tmp_path / "slides")


def test_one_slide_reads_well_too() -> None:
    act = Act("01", "", (Slide("A list", "", ""),), ())
    assert skip_to(act).endswith("then skip to [A list](#A-list).")


def test_every_key_that_is_told_is_bound_and_old_tabs_are_gone(tmp_path: Path) -> None:
    open_before = tmp_path / "lab" / "workspaces" / "default.jupyterlab-workspace"
    open_before.parent.mkdir(parents=True)
    open_before.write_text("{}")
    stage_settings.write(tmp_path, chapters(NOTEBOOKS / "source"))
    assert not open_before.exists()
    folder = tmp_path / "lab" / "user-settings"
    shortcuts = next(folder.rglob("shortcuts.jupyterlab-settings")).read_text("utf-8")
    usual = (COMMAND_MODE, SPARED)
    bound = [
        tuple(one["keys"])
        for one in json.loads(shortcuts)["shortcuts"]
        if one["selector"] not in usual or one["keys"] == ["Shift Enter"]
    ]
    ours = {"PageDown", "PageUp", "Shift Enter", "F2", "Shift F2", "F8", "Shift F8"}
    assert {keys[0] for keys in bound if len(keys) == 1} == ours
    assert [keys for keys in bound if len(keys) > 1] == [
        ("F4", *one.number) for one in chapters(NOTEBOOKS / "source")
    ]
    told = " ".join(stage_settings.KEYS)
    assert all(key.split()[-1] in told for key in ours)
