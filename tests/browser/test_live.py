"""A picture that moves, in the browser: it does not wait for the kernel, and ends with its cell."""

from __future__ import annotations

from collections.abc import Callable

from .conftest import IDLE, Room, Sheet

CELLS = [
    """
import time
from wellness.lesson.live import Live
begun = time.monotonic()
clock = Live("clock", lambda: f"<b class='clock'>{time.monotonic() - begun:.2f}</b>", every_s=0.1)
clock.start()
""",
    "time.sleep(6)",
    "print('running' if clock.running else 'stopped')",
]


def test_it_moves_while_the_kernel_is_busy_and_stops_with_its_cell(
    room: Room, sheet: Callable[[str], Sheet]
) -> None:
    one = sheet(room.write("live.ipynb", CELLS))
    one.run(0)
    clock = one.page.locator(".clock")
    clock.wait_for()
    one.wait(IDLE)
    one.run(1)
    one.page.wait_for_timeout(1000)
    before = float(clock.inner_text())
    one.until(lambda: float(clock.inner_text()) > before + 1, 4)
    assert not one.page.evaluate(IDLE), "the kernel was busy all the while"
    one.wait(IDLE)

    one.page.get_by_role("button", name="Pause").click()
    one.page.get_by_role("button", name="Go on").wait_for()
    one.page.wait_for_timeout(400)
    still = clock.inner_text()
    one.page.wait_for_timeout(600)
    assert clock.inner_text() == still
    one.page.get_by_role("button", name="Go on").focus()
    one.page.keyboard.press("Space")
    one.until(lambda: clock.inner_text() != still, 5)

    one.page.evaluate("window.jupyterapp.shell.currentWidget.content.activeCellIndex = 0")
    one.page.evaluate("window.jupyterapp.commands.execute('notebook:clear-cell-output')")
    one.page.wait_for_timeout(1000)
    one.run(2)
    one.until(lambda: "stopped" in one.outputs(), 20)
    assert one.errors == []
