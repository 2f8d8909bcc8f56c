"""The questions of `routing_questions.txt`, in the form in which the labelled set is judged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from wellness.agent.routes import INTENT_OF, TOOL_OF, Intent
from wellness.lesson.routing_set import Exchange, RoutedQuestion
from wellness.memory.messages import ToolCall

PATH = Path(__file__).with_name("routing_questions.txt")
INTENTS = {
    "number": Intent.AGGREGATE, "readings": Intent.RECORDS, "compare": Intent.COMPARE,
    "trend": Intent.TREND, "workouts": Intent.WORKOUTS, "sleep": Intent.SLEEP,
    "progress": Intent.PROGRESS, "recall": Intent.RECALL, "goals": Intent.GOALS,
    "remember": Intent.REMEMBER, "forget": Intent.FORGET,
}  # fmt: skip
WORDS = {
    Intent.AGGREGATE: ("metric", "aggregation"), Intent.RECORDS: ("metric",),
    Intent.COMPARE: ("metric",), Intent.TREND: ("metric",), Intent.WORKOUTS: ("activity",),
    Intent.PROGRESS: ("metric", "target"),
}  # fmt: skip
AGGREGATIONS = ("average", "maximum", "minimum", "sum")


def questions() -> dict[str, list[RoutedQuestion]]:
    """All questions, by heading."""
    found: dict[str, list[RoutedQuestion]] = {}
    heading = ""
    for line in PATH.read_text("utf-8").splitlines():
        if line.startswith("# "):
            heading = line.removeprefix("# ")
        elif heading and line:
            found.setdefault(heading, []).append(_question(line))
    return found


def _question(line: str) -> RoutedQuestion:
    said, wanted = (part.strip() for part in line.rsplit("|", 1))
    *before, question = (part.strip() for part in said.split(" > "))
    exchanges = tuple(Exchange(one, "...") for one in before)
    refusals = {"small talk": Intent.SMALL_TALK, "out of scope": Intent.OUT_OF_SCOPE}
    if wanted in refusals:
        return RoutedQuestion(said, "plain", question, exchanges, refusals[wanted], ())
    calls = tuple(_call(part.strip()) for part in wanted.split(";"))
    return RoutedQuestion(said, "plain", question, exchanges, INTENT_OF[calls[0].name], calls)


def _call(text: str) -> ToolCall:
    """The call of "compare StepCount @May @June average"."""
    head, *periods = text.split(" @")
    name, *words = head.split()
    intent = INTENTS[name]
    arguments: dict[str, Any] = dict(zip(WORDS.get(intent, ()), words, strict=False))
    if "target" in arguments:
        arguments["target"] = int(arguments["target"])
    if intent is Intent.COMPARE and periods[-1].split()[-1] in AGGREGATIONS:
        periods[-1], arguments["aggregation"] = periods[-1].rsplit(" ", 1)
    arguments |= dict(zip(("period", "other_period"), periods, strict=False))
    return ToolCall(TOOL_OF[intent], arguments)
