"""The dashboard, the slider and the key browser of lesson 07, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable

from .conftest import IDLE, NOTEBOOK, Room, Sheet, nameless

CELLS = [
    """
from wellness.lesson import kit
lesson = kit.start("07")
keys = lesson.keys("ann")
for n in range(30):
    lesson.client.set(keys.scratch(f"note {n}"), n, ex=600)
""",
    """
from wellness.lesson.dashboard import Dashboard, rate_slider
from wellness.lesson.load import Load
board = Dashboard(lesson.settings, lesson.client)
load = Load(lambda n: lesson.client.get(keys.scratch(f"note {n % 40}")), rate=0).start()
display(rate_slider(load, 400), board.show())
""",
    """
from wellness.lesson.key_box import KeyBox
KeyBox(lesson.client, lesson.namespace).show()
""",
    """
from wellness.ops.tape import CommandTape
import time
tape = CommandTape(clock=time.time)
lesson.client.guard.add(tape)
lesson.client.ping()
tape
""",
    "load.stop(); print(load.done, load.failed); lesson.finish()",
]


def number(text: str) -> float:
    """The first number of a text."""
    found = re.search(r"[\d,]+", text)
    assert found, text
    return float(found[0].replace(",", ""))


def test_the_dashboard_moves_while_load_runs_and_the_keyboard_does_it_all(
    room: Room, sheet: Callable[[str], Sheet]
) -> None:
    one = sheet(room.write("dashboard.ipynb", CELLS))
    for cell in range(4):
        one.run(cell)
        one.page.wait_for_timeout(300)
        one.wait(IDLE, 120)
    board = one.page.get_by_label("Live dashboard")
    ops = board.locator(".tile").nth(0)
    calls = board.get_by_text(re.compile("round trips of this client, 0 failed"))
    calls.wait_for()

    rate = one.page.get_by_role("spinbutton", name="Calls a second")
    rate.fill("40")
    rate.press("Tab")
    slider = one.page.get_by_role("slider").first
    one.until(lambda: float(slider.get_attribute("aria-valuenow") or 0) == 40, 20)
    slider.focus()
    before = int(slider.get_attribute("aria-valuenow").split(".")[0])  # type: ignore[union-attr]
    for _ in range(12):
        one.page.keyboard.press("ArrowRight")
    one.until(lambda: float(slider.get_attribute("aria-valuenow") or 0) > before, 20)
    one.until(lambda: int(rate.input_value()) > 40, 20)  # they move together
    one.until(lambda: number(ops.inner_text().split("\n", 1)[1]) > 20, 30)
    one.until(lambda: number(calls.inner_text()) > 5, 30)
    seen = {ops.inner_text() for _ in range(6) if one.page.wait_for_timeout(600) is None}
    assert len(seen) > 1, "the picture moves"

    keys = one.page.get_by_label("Keys", exact=True)
    first = keys.inner_text()
    one.page.get_by_role("button", name="Next page").focus()
    one.page.keyboard.press("Enter")
    one.until(lambda: keys.inner_text() != first, 20)
    kind = one.page.get_by_label("Kind of key")
    kind.focus()
    one.page.keyboard.press("ArrowDown")
    one.until(lambda: "0 keys of" in keys.inner_text(), 20)
    one.page.keyboard.type("scra")
    one.until(lambda: "note" in keys.inner_text(), 20)
    for key in ("b", "d", "d", "ArrowUp"):  # in command mode: insert, delete, another cell
        kind.press(key)
    assert one.page.evaluate(f"{NOTEBOOK}.content.widgets.length") == len(CELLS)
    assert kind.evaluate("list => list === document.activeElement")
    assert [nameless(one.page.locator(".jp-OutputArea").nth(at)) for at in (1, 2)] == [[], []]

    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        one.theme(theme)
        slider.scroll_into_view_if_needed()
        one.page.wait_for_timeout(1500)
        one.shot(f"dashboard {theme}")
        kind.scroll_into_view_if_needed()  # the keys themselves are redrawn each second
        one.shot(f"keys {theme}")
    assert "PING" in one.outputs()
    one.run(4)
    one.until(lambda: "is finished" in one.outputs(), 60)
    assert one.errors == []
