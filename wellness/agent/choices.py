"""What a model that routes is asked and answers with: the prompt, and the JSON schema of a choice.

The schema has a branch for each tool, whose arguments are those of `wellness.agent.tools`; names
of metrics and activities can only be chosen from those that there are.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from wellness.agent.classifier.activities import ACTIVITIES
from wellness.agent.examples import EXAMPLES, NO_TOOL, Example
from wellness.agent.routes import TOOL_OF, Intent
from wellness.agent.tools.specs import SPECS, parameters
from wellness.health import catalogue

MOST_CALLS = 3  # of one question
LONGEST = {"period": 60, "other_period": 60, "query": 200, "text": 300}  # characters
REASONS = (Intent.SMALL_TALK.value, Intent.OUT_OF_SCOPE.value)
INSTRUCTIONS = """\
You choose tools for a wellness assistant that knows one person's own health data and what they \
told it. Answer with the calls that the question needs, in its order: one, or one for each part. \
Leave out what the person did not name, above all the period. Periods are the person's own words.
Tools:
{tools}
- no_tool: reason small_talk for greetings and thanks; reason out_of_scope for anything else that \
no tool can do: weather, news, writing, bookings, devices, other people, the future, diagnoses."""


def choice_schema(metrics: Iterable[str] = ()) -> dict[str, Any]:
    """The form of a choice: at most three calls, each of one tool, or none with the reason.

    Args:
        metrics: names of further metrics that this person has.

    >>> calls = choice_schema()["properties"]["calls"]
    >>> len(calls["items"]["anyOf"]), calls["items"]["anyOf"][0]["properties"]["tool"]
    (12, {'const': 'search_health_records_by_metric'})
    """
    names = list(dict.fromkeys([*(one.name for one in catalogue.METRICS), *metrics]))
    branches = [_branch(tool, names) for tool in TOOL_OF.values()]
    reason = {"tool": {"const": NO_TOOL}, "reason": {"enum": list(REASONS)}}
    branches.append(_object(reason, ["tool", "reason"]))
    calls = {
        "type": "array", "minItems": 1, "maxItems": MOST_CALLS, "items": {"anyOf": branches},
    }  # fmt: skip
    return _object({"calls": calls}, ["calls"])


def _branch(tool: str, metrics: Sequence[str]) -> dict[str, Any]:
    form = parameters(SPECS[tool].arguments)
    properties: dict[str, Any] = {"tool": {"const": tool}}
    for name, row in form["properties"].items():
        kept = {key: row[key] for key in ("type", "enum") if key in row}
        if name == "metric":
            kept["enum"] = list(metrics)
        elif name == "activity":
            kept["enum"] = [activity for activity in ACTIVITIES if activity]
        elif name in LONGEST:
            kept["maxLength"] = LONGEST[name]
        properties[name] = kept
    return _object(properties, ["tool", *form["required"]])


def _object(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {
        "type": "object", "properties": properties, "required": required,
        "additionalProperties": False,
    }  # fmt: skip


def choice_messages(question: str, before: str = "") -> list[dict[str, str]]:
    """The prompt: instructions and examples, which are the same each time, then the question.

    >>> [message["role"] for message in choice_messages("Steps?")][-2:]
    ['assistant', 'user']
    >>> choice_messages("And today?", "Steps yesterday?")[-1]["content"]
    'Before: Steps yesterday?\\nNow: And today?'
    """
    tools = "\n".join(f"- {_described(tool)}" for tool in TOOL_OF.values())
    messages = [{"role": "system", "content": INSTRUCTIONS.format(tools=tools)}]
    for example in EXAMPLES:
        messages.append({"role": "user", "content": asked(example.question, example.before)})
        messages.append({"role": "assistant", "content": answered(example)})
    return [*messages, {"role": "user", "content": asked(question, before)}]


def _described(tool: str) -> str:
    form = parameters(SPECS[tool].arguments)
    names = [name if name in form["required"] else f"{name}?" for name in form["properties"]]
    return f"{tool}({', '.join(names)}): {SPECS[tool].description}"


def asked(question: str, before: str = "") -> str:
    """A question as it stands in the prompt."""
    return f"Before: {before}\nNow: {question}" if before else question


def answered(example: Example) -> str:
    """The choice of an example as a model should write it."""
    return json.dumps({"calls": list(example.calls)})
