"""What a turn puts into words: what the model reads, what needs no model, and what is kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wellness.agent import prompts
from wellness.agent.results import ToolResult
from wellness.agent.routes import UNTOLD, Intent, Route
from wellness.agent.state import By, Setting, TurnState
from wellness.agent.validator import CheckedNumber, Validation, Verdict
from wellness.memory.messages import Message, ToolCall

TOLD_BY_TOOL = (Intent.REMEMBER, Intent.FORGET)  # nothing is left to be worded
CHAT_WORDS = 3  # "thanks a lot"


def faults(found: Validation, results: Sequence[ToolResult]) -> list[str]:
    """What is wrong with an answer, a line each; an answer that gives no number is, too.

    Small models word a comparison more often wrongly than they copy a number, and a number shows
    the person which way it goes.
    """
    wrong = [f"{one.text}: {one.reason}" for one in found.wrong]
    if not found.answer:
        wrong.append("it is empty")
    elif any(one.numbers for one in results) and not any(map(_holds, found.numbers)):
        wrong.append("it gives none of the numbers")
    return wrong


def _holds(number: CheckedNumber) -> bool:
    return number.verdict.ok and number.verdict is not Verdict.NOT_CHECKED


def without_model(route: Route, results: Sequence[ToolResult]) -> tuple[str, By] | None:
    """The answer where no model is needed, or none could help."""
    if not results and UNTOLD in route.why:
        return prompts.ASKS_BACK, "template"
    if not results and route.intent is Intent.OUT_OF_SCOPE:
        return prompts.REFUSAL, "template"
    if not results and route.by == "model":  # nobody recognised it
        return prompts.UNSURE, "template"
    if results and not any(one.ok for one in results):
        return f"{prompts.NOT_ANSWERED} {prompts.plain(results)}", "tool"
    if results and (route.intent in TOLD_BY_TOOL or all(map(finds_nothing, results))):
        return prompts.plain(results), "tool"
    return None


def finds_nothing(result: ToolResult) -> bool:
    """Whether a memory was asked and has no clear answer: a model would make one up."""
    unclear = result.data.get("clear") is False
    return result.ok and (unclear or not (result.samples or result.numbers))


def last_resort(results: Sequence[ToolResult]) -> str:
    """What is said when no model's answer can be used."""
    return prompts.plain(results) if results else prompts.GREETING


def conversation(state: TurnState, setting: Setting) -> list[dict[str, Any]]:
    """What the model reads: context, question with facts, and what was wrong with its last try."""
    recalled = state["recalled"]
    context: tuple[Message, ...] = (Message("system", prompts.SYSTEM),)
    always = setting.settings.agent_context == "always"
    needed = not state["results"] and len(state["question"].split()) > CHAT_WORDS
    if recalled and (always or needed):
        context = recalled.context.messages
    said = [message.to_ollama() for message in context]
    again = state["attempts"] > 0 and bool(state["results"])
    content = (prompts.again if again else prompts.ask)(state["question"], state["results"])
    return [*said, {"role": "user", "content": content}]


def messages(state: TurnState) -> list[Message]:
    """The turn as it is kept."""
    question = Message("user", state["question"])
    if state["route"].intent is Intent.FORGET:
        return [question, Message("assistant", prompts.FORGOTTEN)]
    calls = tuple(
        ToolCall(one.tool, dict(one.arguments), str(at)) for at, one in enumerate(state["results"])
    )
    found = [
        Message("tool", one.conclusion or one.error, tool_name=one.tool, tool_call_id=str(at))
        for at, one in enumerate(state["results"])
    ]
    asked = [Message("assistant", "", calls)] if calls else []
    return [question, *asked, *found, Message("assistant", state["answer"])]
