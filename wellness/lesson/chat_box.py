"""Two agents side by side: one field, both answer, and badges say what each of them used."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from html import escape
from typing import Any

import ipywidgets as widgets
from redis.exceptions import RedisError

from wellness.agent.agent import Agent, Answer
from wellness.errors import WellnessError
from wellness.lesson.agents import Agents
from wellness.lesson.notice import notice
from wellness.lesson.widths import WIDE, WRAPPED

COLUMN = widgets.Layout(flex="1 1 18em", padding="0 0.6em")  # below each other when it is narrow
BADGE = (
    "display:inline-block;border:1px solid currentColor;border-radius:0.6em;"
    "padding:0 0.5em;margin:0 0.2em 0.2em 0;font-size:0.85em"
)
WHOSE = {"model": "the model's words", "tool": "the tool's words", "template": "fixed words"}


def chat_box(
    agents: Agents,
    *,
    now: datetime,
    say: tuple[str, ...] = (),
    conversation: str = "side by side",
    on_answer: Callable[[Answer], None] | None = None,
) -> widgets.VBox:
    """One input to both agents; answers appear word by word.

    Args:
        agents: with memory on the left, without on the right.
        now: when it is asked.
        say: lines that are said at once, one after the other.
        conversation: which one this is.
        on_answer: told of each answer of the agent with memory.
    """
    sides = [
        _Side("With memory", agents.stateful, now, conversation, on_answer),
        _Side("Without memory", agents.stateless, now, conversation),
    ]
    field = widgets.Text(
        description="You", placeholder="Tell something, or ask", continuous_update=False,
        layout=WIDE,
    )  # fmt: skip
    button = widgets.Button(description="Send", tooltip="Send this to both agents")
    said = widgets.HTML()
    for part in (field, button, said):
        part.add_class("chat-box")

    # Nothing is disabled meanwhile: it would lose the focus, and the keyboard its place. What is
    # sent while both answer waits in the kernel and is answered next.
    def send(_: Any = None) -> None:
        if text := field.value.strip():
            field.value, said.value = "", _status("Both are answering ...")
            try:
                for side in sides:
                    side.say(text)
            finally:
                said.value = _status("Ready.")

    button.on_click(send)
    field.observe(send, names="value")
    for text in say:
        for side in sides:
            side.say(text)
    columns = widgets.HBox([side.view for side in sides], layout=WRAPPED)
    return widgets.VBox([widgets.HBox([field, button, said], layout=WRAPPED), columns])


def _status(text: str) -> str:
    return f"<span role='status'>{escape(text)}</span>"


class _Side:
    """One agent and its part of the page."""

    def __init__(
        self,
        title: str,
        agent: Agent,
        now: datetime,
        conversation: str,
        on_answer: Callable[[Answer], None] | None = None,
    ) -> None:
        self._agent, self._now, self._conversation = agent, now, conversation
        self._on_answer = on_answer
        self._past: list[str] = []
        self._log = widgets.HTML()
        self._log.add_class("chat-log")
        self.view = widgets.VBox([widgets.HTML(f"<h4>{escape(title)}</h4>"), self._log])
        self.view.layout = COLUMN

    def say(self, text: str) -> None:
        """Send a line, show the answer as it comes, and then what it was made of."""
        self._past.append(f"<p><b>You:</b> {escape(text)}</p>")
        words: list[str] = []

        def on_token(token: str) -> None:
            words.append(token)
            self._show(f"<p>{escape(''.join(words))}</p>")

        self._show("<p>...</p>")
        self._past.append(self._guarded(lambda: self._ask(text, on_token)))
        self._show()

    def _ask(self, text: str, on_token: Callable[[str], None]) -> str:
        said = self._agent.ask(
            text, now=self._now, conversation=self._conversation, on_token=on_token
        )
        if self._on_answer:
            self._on_answer(said)
        return f"<p>{escape(said.answer)}</p><p>{badges(said)}</p>"

    def _show(self, last: str = "") -> None:
        inside = "".join(self._past) + last
        self._log.value = f"<div role='log' aria-live='polite'>{inside}</div>"

    def _guarded(self, ask: Callable[[], str]) -> str:
        try:
            return ask()
        except (WellnessError, RedisError) as error:
            return notice("danger", escape(str(error)))


def badges(said: Answer) -> str:
    """What an answer was made of, as HTML: tools, memories, check, time."""
    told = [result.tool for result in said.results]
    if said.recalled and said.recalled.hits:
        n = len(said.recalled.hits)
        told.append("1 memory" if n == 1 else f"{n} memories")
    if said.remembered and said.remembered.learned:
        told.append(f"learned {len(said.remembered.learned)}")
    if said.validation and said.validation.numbers:
        told.append("numbers hold" if said.validation.ok else "numbers withdrawn")
    told += [WHOSE[said.by], f"{said.seconds:.1f} s", *(f"degraded: {x}" for x in said.degraded)]
    return "".join(f"<span style='{BADGE}'>{escape(text)}</span>" for text in told)
