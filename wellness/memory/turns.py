"""Turns of a conversation: what was asked, which tools were called, what was answered.

A turn is the unit of short-term memory: it is stored as one JSON text, so it is there whole or
not at all, and a tool call is never parted from its result.

>>> asked = turn(
...     [
...         Message("user", "How far did I walk yesterday?"),
...         Message("assistant", "", (ToolCall("steps", {"period": "yesterday"}),)),
...         Message("tool", "8,214 steps", tool_name="steps"),
...         Message("assistant", "You walked 8,214 steps."),
...     ],
...     at=1_790_000_000_000,
... )
>>> decode(encode(asked)) == asked
True
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from ulid import PureRandomPolicy, ULIDGenerator

from wellness.errors import RecallError
from wellness.memory.messages import ROLES, Message, Role, ToolCall, Turn

__all__ = ["ROLES", "Message", "Role", "ToolCall", "Turn", "decode", "decode_all", "encode", "turn"]

# The library's default counts up within a millisecond, so two processes forked from one parent
# would give two turns of that millisecond the same id.
_ids = ULIDGenerator(policy=PureRandomPolicy())

_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode
_parse = json.JSONDecoder().raw_decode

# To read a turn takes about thirty assignments. The `__init__` of a frozen dataclass makes each
# through `object.__setattr__`; the slots' own setters take half the time, which is what keeps
# reading within its limit (tests/benchmarks/test_short_term.py).
_new = object.__new__
_set_id, _set_at, _set_messages = (getattr(Turn, name).__set__ for name in Turn.__slots__)
_set_role, _set_content, _set_calls, _set_tool_name, _set_tool_call_id = (
    getattr(Message, name).__set__ for name in Message.__slots__
)
_set_name, _set_arguments, _set_call_id = (
    getattr(ToolCall, name).__set__ for name in ToolCall.__slots__
)


def turn(messages: Iterable[Message], *, at: int, id: str | None = None) -> Turn:
    """Make a turn of messages that make sense together.

    Args:
        messages: in order. Each tool call is answered by a tool's message before anyone else
            speaks; the answer names the call's id, or else its tool.
        at: milliseconds since the epoch.
        id: by default a new ULID (github.com/ulid/spec), which begins with the time.

    Raises:
        RecallError: there is no message, one says nothing or has an unknown role, a tool call has
            no result or a result no call, or arguments are nothing that JSON can hold.
    """
    said = tuple(_canonical(message) for message in messages)
    if not said:
        raise RecallError("A turn without a message cannot be remembered.")
    _check_calls(said)
    if id == "":
        raise RecallError("A turn needs an id.", hint="Leave it out to be given one.")
    if id is None:
        try:
            id = str(_ids.generate(at))
        except (ValueError, OverflowError) as error:
            hint = "`at` is in milliseconds since 1970."
            raise RecallError(f"A turn cannot have been said at {at}.", hint=hint) from error
    return Turn(id, at, said)


def _canonical(message: Message) -> Message:
    """The message as it will be read back, if it is one."""
    role = message.role
    if role not in ROLES:
        raise RecallError(f"No message has the role {role!r}.", hint=f"Roles: {sorted(ROLES)}.")
    if not isinstance(message.content, str):
        raise RecallError(f"The content of a message is text, not {message.content!r}.")
    if message.tool_calls and role != "assistant":
        raise RecallError(f"A message of the role {role!r} cannot call tools.")
    if (message.tool_name or message.tool_call_id) and role != "tool":
        raise RecallError(f"A message of the role {role!r} is no result of a tool.")
    if role != "tool" and not message.tool_calls and not message.content.strip():
        raise RecallError(f"The message of the role {role!r} says nothing.")
    if not message.tool_calls:
        return message
    calls = (replace(call, arguments=_as_json(call)) for call in message.tool_calls)
    return replace(message, tool_calls=tuple(calls))


def _as_json(call: ToolCall) -> dict[str, Any]:
    """A copy of a call's arguments that reads back as itself and that nobody else can change."""
    if not isinstance(call.arguments, dict):
        raise RecallError(f"The arguments of {call.name!r} are no object: {call.arguments!r}.")
    try:
        copy: dict[str, Any] = json.loads(_to_json(call.arguments))
    except (TypeError, ValueError, RecursionError) as error:
        raise RecallError(f"The arguments of {call.name!r} are not JSON: {error}.") from error
    return copy


def _check_calls(messages: tuple[Message, ...]) -> None:
    """Every call has its result right behind it, and every result its call."""
    waiting: list[ToolCall] = []
    for message in messages:
        if message.role != "tool":
            if waiting:
                break
            waiting = list(message.tool_calls)
            continue
        answered = next((call for call in waiting if _answers(message, call)), None)
        if answered is None:
            named = repr(message.tool_call_id or message.tool_name or "no call at all")
            raise RecallError(f"A tool's result answers {named}, which was not asked before it.")
        waiting.remove(answered)
    if waiting:
        raise RecallError(
            f"The call of {waiting[0].name!r} has no result.",
            hint="Store a turn when it is complete: calls, results and all.",
        )


def _answers(message: Message, call: ToolCall) -> bool:
    if message.tool_call_id:
        return message.tool_call_id == call.id
    return message.tool_name == call.name


def encode(turn: Turn) -> bytes:
    """A turn as compact JSON in UTF-8, without the fields that are empty.

    Half of a surrogate pair, which no UTF-8 can hold, is kept as Python's `surrogatepass` does.
    """
    fields = {"id": turn.id, "at": turn.at, "messages": [_fields(m) for m in turn.messages]}
    return _to_json(fields).encode("utf-8", "surrogatepass")


def _fields(message: Message) -> dict[str, Any]:
    fields: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.tool_calls:
        fields["tool_calls"] = [
            {"name": call.name, "arguments": call.arguments} | ({"id": call.id} if call.id else {})
            for call in message.tool_calls
        ]
    if message.tool_name:
        fields["tool_name"] = message.tool_name
    if message.tool_call_id:
        fields["tool_call_id"] = message.tool_call_id
    return fields


def decode(element: bytes) -> Turn:
    """The turn that `encode` wrote.

    Raises:
        RecallError: these bytes are no turn.
    """
    return decode_all([element])[0]


def decode_all(elements: Sequence[bytes]) -> list[Turn]:
    """The turns that `encode` wrote, parsed as one JSON array, which shares what is alike in them.

    Raises:
        RecallError: one of them is no turn; `decode` tells which.
    """
    try:
        text = (b"[%b]" % b",".join(elements)).decode("utf-8", "surrogatepass")
        read, end = _parse(text)
        if end != len(text) or len(read) != len(elements):
            raise ValueError("not one JSON object an element")
        return [_turn(fields) for fields in read]
    except KeyError as error:
        raise RecallError(f"These bytes are no turn: no {error.args[0]!r}.") from error
    except (TypeError, ValueError, AttributeError, RecursionError) as error:
        raise RecallError(f"These bytes are no turn: {error}.") from error


def _turn(fields: dict[str, Any]) -> Turn:
    messages = []
    for said in fields["messages"]:
        role, content = said["role"], said["content"]
        if role not in ROLES or not isinstance(content, str):
            raise ValueError(f"a message of {role!r} with {type(content).__name__} for content")
        message = _new(Message)
        _set_role(message, role)
        _set_content(message, content)
        if role == "tool":
            _set_calls(message, ())
            _set_tool_name(message, said.get("tool_name", ""))
            _set_tool_call_id(message, said.get("tool_call_id", ""))
        else:
            calls = said.get("tool_calls")
            _set_calls(message, tuple([_call(call) for call in calls]) if calls else ())
            _set_tool_name(message, "")
            _set_tool_call_id(message, "")
        messages.append(message)
    id, at = fields["id"], fields["at"]
    if not (messages and isinstance(id, str) and isinstance(at, int)):
        raise ValueError("the id, the time or the messages are of another kind")
    turn = _new(Turn)
    _set_id(turn, id)
    _set_at(turn, at)
    _set_messages(turn, tuple(messages))
    return turn


def _call(fields: dict[str, Any]) -> ToolCall:
    call = _new(ToolCall)
    _set_name(call, fields["name"])
    _set_arguments(call, fields["arguments"])
    _set_call_id(call, fields.get("id", ""))
    return call
