"""The field for a question from the room: where it goes, and which Redis commands it takes."""

from __future__ import annotations

from collections.abc import Callable

from .conftest import IDLE, Room, Sheet, nameless

CELLS = [
    """
from wellness.lesson import kit
lesson = kit.start("05")
""",
    """
from wellness.agent.classifier import Classifier
from wellness.agent.tools import Toolbox
from wellness.lesson.question_box import question_box
store = lesson.load("sample")
when = dict(now=lesson.now, zone=store.zone())
question_box(Classifier(**when), Toolbox(store, None, settings=lesson.settings, **when))
""",
    "lesson.finish()",
]


def test_a_question_from_the_room(room: Room, sheet: Callable[[str], Sheet]) -> None:
    one = sheet(room.write("question.ipynb", CELLS))
    for cell in range(2):
        one.run(cell)
        one.page.wait_for_timeout(300)
        one.wait(IDLE, 120)
    one.page.get_by_role("textbox", name="Question").focus()
    one.page.keyboard.type("How many steps did I take last week?")
    one.page.keyboard.press("Tab")
    one.page.keyboard.press("Enter")
    one.until(lambda: "aggregate_metrics" in one.outputs(), 30)
    seen = one.outputs()
    assert "metric='StepCount'" in seen
    assert "HMGET days:" in seen, "the Redis commands are shown"
    assert nameless(one.page.locator(".jp-OutputArea").nth(1)) == []
    one.shot("question")
    one.run(2)
    one.until(lambda: "is finished" in one.outputs(), 60)
    assert one.errors == []
