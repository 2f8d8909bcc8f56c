"""What a conversation is made of: messages, the tools they call, and turns that hold them.

These are plain values; `wellness.memory.turns` makes a turn that makes sense.

>>> Message("tool", "8,214 steps", tool_name="steps").to_ollama()
{'role': 'tool', 'content': '8,214 steps', 'tool_name': 'steps'}
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, get_args

Role = Literal["system", "user", "assistant", "tool"]
ROLES: frozenset[str] = frozenset(get_args(Role))


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call that a model asked for; `id` is empty where a model gives none."""

    name: str
    arguments: dict[str, Any] = field(default_factory=dict)
    id: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One message: only an assistant calls tools, and only a tool's message names a tool."""

    role: Role
    content: str
    tool_calls: tuple[ToolCall, ...] = ()
    tool_name: str = ""
    tool_call_id: str = ""

    def to_ollama(self) -> dict[str, Any]:
        """The message as `ollama.Client.chat` takes it, which pairs call and result by name."""
        message: dict[str, Any] = {"role": self.role, "content": self.content}
        if self.tool_calls:
            message["tool_calls"] = [
                {"function": {"name": call.name, "arguments": call.arguments}}
                for call in self.tool_calls
            ]
        if self.tool_name:
            message["tool_name"] = self.tool_name
        return message


@dataclass(frozen=True, slots=True)
class Turn:
    """One or more messages that belong together; made by `wellness.memory.turns.turn`.

    Attributes:
        id: unlike that of any other turn.
        at: when it was said, in milliseconds since the epoch.
        messages: in the order they were said.
    """

    id: str
    at: int
    messages: tuple[Message, ...]
