"""The map of the course: what it reads from Redis and from the lessons, and how it says it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from lxml import html
from redis import Redis

from wellness import keys
from wellness.errors import LessonError
from wellness.keys import Keys
from wellness.lesson import build, kit, progress_map, syllabus
from wellness.lesson.progress_map import ProgressMap
from wellness.lesson.syllabus import Chapter, Exercise
from wellness.settings import Settings, project_root

SOURCE = project_root() / "notebooks" / "source"
DAY = datetime(2026, 9, 30, 20)
FIRST = Chapter("01", "01_first", "First <b> & last", 5, 40, (Exercise("01-1", "a < b"),))
SECOND = Chapter("02", "02_second", "Second", 8, 70, (Exercise("02-1", ""), Exercise("02-2", "c")))
START = Chapter("00", "00_start", "Start", 2, 10, ())
ALL = (START, FIRST, SECOND)


@pytest.fixture
def learner(client: Redis) -> Iterator[str]:
    """Somebody of this test's own, since progress has a namespace of its own."""
    name = "learner of test_progress_map"
    yield name
    keys.delete(client, keys.PROGRESS, name)


# The lessons


def test_the_syllabus_agrees_with_the_build() -> None:
    lessons = build.read_lessons(SOURCE)
    found = syllabus.chapters(SOURCE)
    assert [(c.number, c.name, c.title, c.present, c.practise) for c in found] == [
        (one.number, one.name, one.title, one.present, one.practise) for one in lessons
    ]
    for chapter, lesson in zip(found, lessons, strict=True):
        checked = [line for cell in lesson.cells for line in cell.source.splitlines()
                   if cell.cell_type == "code" and line.startswith("lesson.check(")]  # fmt: skip
        assert [one.number for one in chapter.exercises] == [line.split('"')[1] for line in checked]
        assert all(one.task for one in chapter.exercises)


@pytest.mark.parametrize(
    ("name", "text"),
    [("lesson", "# # T\n# Minutes: present 1, practise 2"), ("01_a", "# Minutes: present 1"),
     ("01_a", "# # T\n# Minutes: present one, practise two")],
)  # fmt: skip
def test_what_is_no_lesson_is_refused(name: str, text: str) -> None:
    with pytest.raises(LessonError, match="is no lesson"):
        syllabus.chapter(name, text)


def test_no_lessons_at_all_is_an_error_and_no_empty_map(tmp_path: Path) -> None:
    with pytest.raises(LessonError, match="no lesson in"):
        syllabus.chapters(tmp_path)


# What was passed


def test_a_check_that_passes_is_on_the_map(client: Redis, learner: str) -> None:
    fake = SimpleNamespace(client=client, settings=Settings(user=learner))
    before = progress_map.of(fake)  # type: ignore[arg-type]
    assert before.done == 0
    assert before.total == sum(len(one.exercises) for one in syllabus.chapters(SOURCE)) >= 24
    client.hset(Keys(keys.PROGRESS, learner).progress, "02-3", DAY.isoformat())
    after = progress_map.of(fake)  # type: ignore[arg-type]
    assert (after.done, after.passed) == (1, {"02-3": DAY})
    assert "passed 02-3: change the newest turn (30 September 2026)" in repr(after)


def test_what_the_kit_writes_is_what_the_map_reads(
    client: Redis, learner: str, settings: Settings, redis_server: object
) -> None:
    url = redis_server.url  # type: ignore[attr-defined]
    mine = settings.model_copy(update={"user": learner, "redis_url": url})
    lesson = kit.start("01", settings=mine)
    lesson.check("01-1", lambda r: f"{r.start}:{r.end}:{r.value}:{r.unit}:{r.source}")
    assert list(progress_map.of(lesson).passed) == ["01-1"]
    lesson.finish()
    lesson.close()


def test_fields_that_hold_no_time_are_left_out(client: Redis, learner: str) -> None:
    key = Keys(keys.PROGRESS, learner).progress
    client.hset(key, mapping={"01-1": "yes", "01-2": b"\xff", b"\xfe": "2026-09-30"})
    client.hset(key, "01-3", DAY.isoformat())
    assert progress_map.read(client, learner) == {"01-3": DAY}


# What comes next


def test_the_next_step_is_the_first_that_is_open() -> None:
    def step(*passed: str) -> str | None:
        found = ProgressMap(ALL, dict.fromkeys(passed, DAY)).next_step
        return found and found[1].number

    assert step() == "01-1"
    assert step("01-1") == "02-1"
    assert step("02-1") == "01-1"
    assert step("01-1", "02-1", "02-2") is None
    assert "capstone" in repr(ProgressMap(ALL, dict.fromkeys(["01-1", "02-1", "02-2"], DAY)))


def test_minutes_left_are_those_of_lessons_with_something_open() -> None:
    assert ProgressMap(ALL, {}).minutes_left == 110
    assert ProgressMap(ALL, {"01-1": DAY, "02-1": DAY}).minutes_left == 70
    assert ProgressMap(ALL, dict.fromkeys(["01-1", "02-1", "02-2"], DAY)).minutes_left == 0


def test_what_was_passed_and_exists_no_more_does_not_count() -> None:
    assert ProgressMap(ALL, {"01-9": DAY, "77-1": DAY}).done == 0


# How it says it


def tree(shown: ProgressMap) -> ElementTree.Element:
    return html.fromstring(f"<div>{shown._repr_html_()}</div>")  # type: ignore[no-any-return]


def test_the_table_has_a_caption_headings_and_links() -> None:
    page = tree(ProgressMap(ALL, {"01-1": DAY}))
    assert page.findtext(".//caption") == "Your progress: 1 of 3 exercises passed"
    heads = page.findall(".//thead//th")
    assert [head.get("scope") for head in heads] == ["col"] * 5
    rows = page.findall(".//tbody/tr")
    assert [row.find("th").get("scope") for row in rows] == ["row"] * 3  # type: ignore[union-attr]
    assert [row.find("th/a").get("href") for row in rows] == [  # type: ignore[union-attr]
        "00_start.ipynb", "01_first.ipynb", "02_second.ipynb",
    ]  # fmt: skip
    assert rows[1].findtext("th/a") == "01 First <b> & last"


def test_every_state_is_a_word_and_every_bar_has_a_name() -> None:
    page = tree(ProgressMap(ALL, {"02-1": DAY}))
    items = ["".join(item.itertext()) for item in page.iter("li")]
    assert items == ["01-1: a < b: open", "02-1: passed (30 September 2026)", "02-2: c: open"]
    bars = {bar.get("aria-label"): (bar.get("value"), bar.get("max"))
            for bar in page.iter("progress")}  # fmt: skip
    assert bars == {
        "Lesson 01: 0 of 1 passed": ("0", "1"), "Lesson 02: 1 of 2 passed": ("1", "2"),
    }  # fmt: skip
    assert "color" not in ProgressMap(ALL, {})._repr_html_()


def test_lesson_00_shows_the_map() -> None:
    text = (SOURCE / "00_start_here.py").read_text("utf-8")
    assert "progress_map.of(lesson)" in text
