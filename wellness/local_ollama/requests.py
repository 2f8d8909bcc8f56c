"""Requests to a chat model: Ollama's fields in, llama.cpp's out, and nothing that is not checked.

Sources: https://github.com/ollama/ollama/blob/main/docs/api.md, and api/types.go beside it for the
types of options and the words in which a wrong one is refused.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from wellness.local_ollama.runner import CONTEXT

Json = dict[str, Any]

# Ollama's options, their types in its words, and what llama.cpp calls them; "" has no effect here.
# Sampling that is not asked for is as Ollama documents it, but for the penalty on repetition: 1.1
# would make a model misspell a number that has a digit twice.
OPTIONS: dict[str, tuple[str, str]] = {
    "num_predict": ("integer", "max_tokens"),
    "seed": ("integer", "seed"),
    "top_k": ("integer", "top_k"),
    "repeat_last_n": ("integer", "repeat_last_n"),
    "temperature": ("float32", "temperature"),
    "top_p": ("float32", "top_p"),
    "min_p": ("float32", "min_p"),
    "typical_p": ("float32", "typical_p"),
    "repeat_penalty": ("float32", "repeat_penalty"),
    "presence_penalty": ("float32", "presence_penalty"),
    "frequency_penalty": ("float32", "frequency_penalty"),
    "stop": ("array", "stop"),
    "num_ctx": ("integer", ""),  # see `context`
    "num_keep": ("integer", ""),
    "num_batch": ("integer", ""),
    "num_gpu": ("integer", ""),
    "main_gpu": ("integer", ""),
    "num_thread": ("integer", ""),
    "use_mmap": ("boolean", ""),
}
DEFAULTS: Json = {"temperature": 0.8, "top_k": 40, "top_p": 0.9, "min_p": 0.0}
ROLES = ("system", "user", "assistant", "tool")


class Refused(Exception):
    """A request that is answered with an error, as Ollama words it."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        self.status, self.message = status, message
        super().__init__(message)


def bad(message: str) -> Refused:
    """The client's fault."""
    return Refused(HTTPStatus.BAD_REQUEST, message)


def options(body: Json) -> Json:
    """How to sample, as llama.cpp is told.

    >>> options({"options": {"temperature": 0, "num_predict": 9, "num_gpu": 1}})
    {'temperature': 0, 'top_k': 40, 'top_p': 0.9, 'min_p': 0.0, 'max_tokens': 9}
    """
    found = dict(DEFAULTS)
    for name, value in _given(body).items():
        kind, ours = OPTIONS.get(name, ("", ""))  # Ollama ignores what it does not know, too
        if value is None or not kind:
            continue
        _check(name, kind, value)
        if ours:
            found[ours] = int(value) if kind == "integer" else value
    if found.get("max_tokens", 1) < 1:
        del found["max_tokens"]  # as many as the context has room for
    return found


def context(body: Json) -> int:
    """Tokens that prompt and answer may have together: `num_ctx`, or what the model has."""
    wanted = _given(body).get("num_ctx") or CONTEXT
    _check("num_ctx", "integer", wanted)
    if not 0 < wanted <= CONTEXT:
        raise bad(f"num_ctx {wanted} exceeds the context length {CONTEXT} of this server's models")
    return int(wanted)


def _given(body: Json) -> Json:
    given = body.get("options") or {}
    if not isinstance(given, dict):
        raise bad("invalid options type")
    return given


def _check(name: str, kind: str, value: object) -> None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    fits = {
        "integer": number,
        "float32": number,
        "boolean": isinstance(value, bool),
        "array": isinstance(value, list),
    }
    if not fits[kind]:
        raise bad(f'option "{name}" must be of type {kind}')
    if isinstance(value, list) and not all(isinstance(item, str) for item in value):
        raise bad(f'option "{name}" must be of an array of strings')


def shape(body: Json) -> Json | None:
    """The JSON schema that the answer has to follow, if any: from `format`."""
    wanted = body.get("format")
    if wanted in (None, ""):
        return None
    if wanted == "json":
        return {"type": "object"}
    if not isinstance(wanted, dict):
        said = json.dumps(json.dumps(wanted))
        raise bad(f'invalid format: {said}; expected "json" or a valid JSON Schema object')
    return wanted


def follow(schema: Json, *, raw: bool = False) -> Json:
    """What tells llama.cpp to follow a schema; without the model's template it is told so."""
    if raw:
        return {"json_schema": schema}
    form = {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}}
    return {"response_format": form}


def messages(body: Json) -> list[Json]:
    """The conversation in OpenAI's form, which pairs the call of a tool and its result by an id."""
    given = body.get("messages") or []
    if not isinstance(given, list) or not all(isinstance(message, dict) for message in given):
        raise bad("invalid messages type")
    found: list[Json] = []
    waiting: list[tuple[str, str]] = []  # ids and names of calls without a result
    for number, message in enumerate(given):
        role, content = message.get("role"), message.get("content") or ""
        if role not in ROLES:
            raise bad(f"invalid role: {role}")
        if not isinstance(content, str):
            raise bad("invalid content type")
        if message.get("images"):
            raise bad("this model does not support images")
        out: Json = {"role": role, "content": content}
        if calls := message.get("tool_calls"):
            waiting = [(f"call_{number}_{i}", name) for i, (name, _) in enumerate(_calls(calls))]
            out["tool_calls"] = [
                {"id": id_, "type": "function", "function": {"name": name, "arguments": arguments}}
                for (id_, name), (_, arguments) in zip(waiting, _calls(calls), strict=True)
            ]
        if role == "tool":
            name = message.get("tool_name") or message.get("name") or ""
            out["tool_call_id"], out["name"] = _paired(waiting, name)
        found.append(out)
    return found


def _calls(given: object) -> list[tuple[str, str]]:
    """Names and arguments (as JSON) of the calls in a message."""
    try:
        assert isinstance(given, list)
        functions = [call["function"] for call in given]
        return [
            (str(function["name"]), json.dumps(function.get("arguments") or {}))
            for function in functions
        ]
    except (AssertionError, LookupError, TypeError, AttributeError) as error:
        raise bad("invalid tool_calls type") from error


def _paired(waiting: list[tuple[str, str]], name: str) -> tuple[str, str]:
    """The call that a result answers: the first of its name, else the first that waits."""
    if not waiting:
        return "call", name or "tool"
    chosen = next((call for call in waiting if call[1] == name), waiting[0])
    waiting.remove(chosen)
    return chosen[0], name or chosen[1]
