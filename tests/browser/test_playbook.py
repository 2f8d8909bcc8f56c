"""The board of the playbook, used with the keyboard alone in a real browser."""

from __future__ import annotations

from collections.abc import Callable

from .conftest import IDLE, Room, Sheet

CELLS = [
    """
from wellness.lesson import kit
lesson = kit.start("11")
""",
    """
from wellness.lesson.playbook import Playbook
Playbook(lesson).board()
""",
    "lesson.finish()",
]


def test_a_question_is_chosen_and_proved_with_the_keyboard(
    room: Room, sheet: Callable[[str], Sheet]
) -> None:
    one = sheet(room.write("playbook.ipynb", CELLS))
    for cell in range(2):
        one.run_through(cell)
    board = one.page.locator(".playbook")
    board.wait_for()
    assert "Why not pgvector?" in board.inner_text()

    chosen = one.page.get_by_label("Question")
    chosen.focus()
    one.page.keyboard.type("Is a pipeline")
    one.until(lambda: "MULTI keeps others out" in board.inner_text(), 30)
    one.page.keyboard.press("Tab")
    focused = one.page.evaluate("document.activeElement.textContent")
    assert focused == "Prove it", "the button is next in the order of Tab"
    one.page.keyboard.press("Space")
    one.until(lambda: "nothing was undone" in board.inner_text(), 60)

    chosen.focus()
    one.page.keyboard.type("Does memory")
    one.until(lambda: "Ask twins" in board.inner_text(), 30)
    assert "nothing was undone" not in board.inner_text()
    one.page.keyboard.press("Tab")
    one.page.keyboard.press("Enter")
    one.until(lambda: "Lesson 06 is where it is treated" in board.inner_text(), 30)
    assert "Traceback" not in one.outputs()
    one.shot("playbook")
    one.wait(IDLE)
    one.run_through(2)
    assert "is finished" in one.outputs()
    assert one.errors == []
