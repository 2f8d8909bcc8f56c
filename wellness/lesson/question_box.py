"""A field for a question from the room: where it goes, why, and which Redis commands it takes."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

import ipywidgets as widgets
from redis.exceptions import RedisError

from wellness.agent.results import ToolResult
from wellness.agent.routes import Route, Router
from wellness.agent.state import Tools
from wellness.errors import WellnessError
from wellness.lesson.notice import notice
from wellness.lesson.tables import html_table
from wellness.lesson.widths import WIDE, WRAPPED

SHOWN = 12  # commands: what a sleep or trend question takes, and no wall of text


def question_box(router: Router, tools: Tools, *, question: str = "") -> widgets.VBox:
    """A text field and a button; Enter or the button routes the question and calls the tools.

    Args:
        router: decides where it goes.
        tools: carries the calls out.
        question: what stands in the field at first; it is answered at once.
    """
    field = widgets.Text(
        value=question, description="Question", placeholder="How did I sleep last week?",
        continuous_update=False, layout=WIDE,
    )  # fmt: skip
    button = widgets.Button(description="Route it", tooltip="Route the question and call the tools")
    said = widgets.HTML()
    for part in (field, button, said):
        part.add_class("question-box")

    def run(_: Any = None) -> None:
        said.value = _guarded(lambda: show(router.route(field.value), tools)) if field.value else ""

    button.on_click(run)
    field.observe(run, names="value")
    run()
    return widgets.VBox([widgets.HBox([field, button], layout=WRAPPED), said])


def show(route: Route, tools: Tools) -> str:
    """A route and what its calls gave, as HTML."""
    results = [tools.call(call) for call in route.calls]
    slots = ", ".join(f"{name} {value}" for name, value in route.slots.items() if value)
    rows = [
        ["intent", route.intent.value],
        ["confidence", f"{route.confidence:.2f}, by {route.by}"],
        ["slots", slots or "none"],
        ["why", "; ".join(route.why)],
    ]
    for result in results:
        arguments = ", ".join(f"{name}={value!r}" for name, value in result.arguments.items())
        rows.append(["call", f"{result.tool}({arguments})"])
        rows.append(["commands", _commands(result)])
        rows.append(["result", result.conclusion or result.error])
    return html_table(["", "this question"], rows, caption="Where it goes", align="left")


def _commands(result: ToolResult) -> str:
    shown = "; ".join(result.commands[:SHOWN])
    more = len(result.commands) - SHOWN
    return f"{shown}; and {more} more" if more > 0 else shown or "none"


def _guarded(render: Callable[[], str]) -> str:
    """What went wrong as a sentence: an error in a widget's handler would go unseen."""
    try:
        return render()
    except (WellnessError, RedisError) as error:
        return notice("danger", escape(str(error)))
