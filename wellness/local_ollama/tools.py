"""Calls of tools: a small model is made to choose one, by a grammar that allows nothing else.

The models that come with the kit rarely write the tags in which their template wants a call, so
these are not waited for. Instead the tools are listed in the system prompt, and the answer has to
be JSON: one call with arguments after that tool's own schema, or `no_tool`, after which the model
is asked again for words. It makes one call at a time. After the result of a tool it is told to
answer in words, below the result: half a billion weights would otherwise repeat the call.
"""

from __future__ import annotations

import json
import secrets
from typing import Any

from wellness.local_ollama.requests import bad

Json = dict[str, Any]

NONE = "no_tool"
RULES = (
    "# Tools\n"
    "Choose the one tool that answers the user's last message, and reply with JSON only: "
    '{"name": "<tool>", "arguments": {...}}. '
    f"Choose {NONE} for greetings, thanks, and what no tool can answer.\n"
)
WORDS = "\n\nAnswer the user's question in words, from this result. Do not call a tool."


def offered(body: Json) -> list[Json]:
    """The functions that may be called now: none after a result, nor where a format is asked."""
    given = body.get("tools") or []
    try:
        functions = [tool["function"] for tool in given]
        names = [function["name"] for function in functions]
    except (LookupError, TypeError) as error:
        raise bad("invalid tools type") from error
    if not all(isinstance(name, str) and name for name in names):
        raise bad("invalid tools type")
    said = body.get("messages") or [{}]
    if body.get("format") or said[-1].get("role") == "tool":
        return []
    return functions


def instructed(messages: list[Json], functions: list[Json]) -> list[Json]:
    """The messages, with the tools in the system prompt."""
    listed = [json.dumps(function, ensure_ascii=False) for function in functions]
    text = RULES + "\n".join([*listed, json.dumps({"name": NONE, "arguments": {}})])
    first, rest = messages[0], messages[1:]
    if first["role"] != "system":
        return [{"role": "system", "content": text}, *messages]
    return [{"role": "system", "content": f"{first['content']}\n\n{text}"}, *rest]


def worded(messages: list[Json]) -> list[Json]:
    """The messages, with what to do after the result of a tool if one is the last of them."""
    if not messages or messages[-1]["role"] != "tool":
        return messages
    *rest, last = messages
    return [*rest, last | {"content": last["content"] + WORDS}]


def choice(functions: list[Json]) -> Json:
    """The schema of a call of one of these functions, or of none."""
    arguments = {
        function["name"]: {"type": "object"} | (function.get("parameters") or {})
        for function in functions
    } | {NONE: {"type": "object", "properties": {}}}
    return {
        "anyOf": [
            {
                "type": "object",
                "properties": {
                    "name": {"const": name},
                    "arguments": {**schema, "additionalProperties": False},
                },
                "required": ["name", "arguments"],
                "additionalProperties": False,
            }
            for name, schema in arguments.items()
        ]
    }


def call(text: str) -> Json | None:
    """The call that was chosen, as Ollama gives it; None if none was.

    Raises:
        Refused: the answer was cut, so it is no JSON.

    >>> call('{"name": "steps", "arguments": {"period": "today"}}')["function"]
    {'index': 0, 'name': 'steps', 'arguments': {'period': 'today'}}
    >>> call('{"name": "no_tool", "arguments": {}}')
    """
    try:
        chosen = json.loads(text)
    except ValueError as error:
        raise bad("num_predict leaves no room for the call of a tool") from error
    if chosen["name"] == NONE:
        return None
    function = {"index": 0, "name": chosen["name"], "arguments": chosen["arguments"]}
    return {"id": f"call_{secrets.token_hex(4)}", "function": function}
