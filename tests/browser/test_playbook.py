"""The board of the playbook, used with the keyboard alone in a real browser."""

from __future__ import annotations

from collections.abc import Callable

from .conftest import IDLE, Room, Sheet, nameless

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


NARROW = 700  # pixels: half a laptop's screen
READABLE = 4.5  # contrast of text, by the Web Content Accessibility Guidelines 2.1, level AA
# The fields and buttons that cannot be seen without scrolling sideways.
BEYOND = """board => {
    const edge = board.closest('.jp-OutputArea').getBoundingClientRect().right;
    return [...board.querySelectorAll('select, input, button')]
        .filter(one => one.getBoundingClientRect().right > edge).map(one => one.outerHTML);
}"""
CONTRAST = """box => {
    const light = colour => {
        const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map(part => part / 255)
            .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
    };
    const style = getComputedStyle(box);
    const [ink, paper] = [light(style.color), light(style.backgroundColor)];
    return Math.max(ink, paper) / Math.min(ink, paper);
}"""


def test_a_question_is_chosen_and_proved_with_the_keyboard(
    room: Room, sheet: Callable[[str], Sheet]
) -> None:
    one = sheet(room.write("playbook.ipynb", CELLS))
    for cell in range(2):
        one.run_through(cell)
    board = one.page.locator(".playbook")
    board.wait_for()
    assert "Why not pgvector?" in board.inner_text()

    def focused() -> str:
        return str(one.page.evaluate("document.activeElement.textContent"))

    after = one.page.get_by_role("button", name="Next")
    after.focus()
    for seen in ("How does it scale", "when memory is full", "How fast is it"):
        one.page.keyboard.press("Space")
        one.until(lambda seen=seen: seen in board.locator("h4").inner_text(), 30)
    one.page.keyboard.press("Tab")
    assert focused() == "Prove it", "the button is next in the order of Tab"
    one.page.keyboard.press("Space")
    one.until(lambda: "Append a turn and read ten" in board.inner_text(), 60)

    one.page.keyboard.press("Shift+Tab")
    for _ in range(6):
        one.page.keyboard.press("Enter")
        one.page.wait_for_timeout(200)
    one.until(lambda: "Does memory make" in board.locator("h4").inner_text(), 30)
    assert "Append a turn" not in board.inner_text()
    assert nameless(one.page.locator(".jp-OutputArea").nth(1)) == []
    asked = one.page.get_by_label("Question")
    asked.press("ArrowDown")
    one.until(lambda: "Does memory make" not in board.locator("h4").inner_text(), 30)
    asked.press("ArrowUp")
    one.until(lambda: "Does memory make" in board.locator("h4").inner_text(), 30)
    after.focus()
    one.page.keyboard.press("Tab")
    one.page.keyboard.press("Enter")
    one.until(lambda: "Lesson 06 is where it is treated" in board.inner_text(), 30)
    assert "Traceback" not in one.outputs()
    one.theme("JupyterLab Dark")
    for viewport in ({"width": 1280, "height": 1000}, {"width": NARROW, "height": 1000}):
        one.page.set_viewport_size(viewport)  # type: ignore[arg-type]
        one.page.wait_for_timeout(500)
        one.shot(f"playbook {viewport['width']}")
        assert board.evaluate(BEYOND) == []
    notice = board.get_by_role("alert")
    assert notice.evaluate(CONTRAST) >= READABLE
    one.wait(IDLE)
    one.run_through(2)
    assert "is finished" in one.outputs()
    assert one.errors == []
