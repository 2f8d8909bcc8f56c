"""The side-by-side chat and the memory X-ray, used with a keyboard in a real browser."""

from __future__ import annotations

from collections.abc import Callable

from .conftest import IDLE, RUN_S, Room, Sheet, nameless

CELLS = [
    """
from wellness.lesson import kit
lesson = kit.start("07")
""",
    """
from wellness.lesson.agents import open_twins
from wellness.lesson.chat_box import chat_box
from wellness.lesson.xray import XRay
agents = open_twins(lesson, lesson.load("sample"))
view = XRay(agents.stateful.memory, conversation="side by side")
chat_box(agents, now=lesson.now, on_answer=view.saw)
""",
    "view.show()",
    "lesson.finish()",
]


def test_the_x_ray_shows_what_was_learned_in_the_chat(
    room: Room, sheet: Callable[[str], Sheet]
) -> None:
    one = sheet(room.write("chat.ipynb", CELLS))
    for cell in range(3):
        one.run(cell)
        one.page.wait_for_timeout(300)
        one.wait(IDLE, RUN_S)
    x_ray = one.page.locator(".x-ray")
    x_ray.wait_for()
    assert "Nothing was learned of this person." in x_ray.inner_text()

    field = one.page.get_by_label("You")
    field.focus()
    one.page.keyboard.type("My goal weight is 165 lb.")
    one.page.keyboard.press("Enter")
    one.until(lambda: "goal: BodyMass" in x_ray.inner_text(), 90)
    assert "My goal weight is 165 lb." in one.page.locator(".chat-log").first.inner_text()
    assert x_ray.get_by_role("img", name="Vector of 384 float32").count() > 0

    one.wait(IDLE, RUN_S)
    one.page.get_by_role("status").get_by_text("Ready.").wait_for()
    assert field.evaluate("field => field === document.activeElement"), "it kept the focus"
    assert field.input_value() == ""
    for part in one.page.locator(".jp-OutputArea").all():
        assert nameless(part) == []
    one.page.keyboard.type("What is my goal weight?")
    one.page.keyboard.press("Enter")
    one.page.keyboard.press("Tab")
    assert one.page.evaluate("document.activeElement.textContent") == "Send"
    one.until(lambda: "For 'What is my goal weight?'" in x_ray.inner_text(), 90)
    one.wait(IDLE, RUN_S)
    assert one.page.evaluate("document.activeElement.textContent") == "Send", "and so does it"
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        one.theme(theme)
        one.page.wait_for_timeout(500)
        one.shot(f"x-ray {theme}")
    one.run(3)
    one.until(lambda: "is finished" in one.outputs(), 60)
    assert one.errors == []
