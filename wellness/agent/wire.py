"""What goes to a chat model and comes back: messages in the forms of its clients, and answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wellness.hosts import sound
from wellness.memory.messages import Message

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

Messages = Sequence[Message | Mapping[str, Any]]
"""A conversation; mappings are in Ollama's form."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a model said, and what it took.

    Attributes:
        text: the answer.
        prompt_tokens: tokens read, cached ones included, as the model counts them.
        tokens: tokens written.
        seconds: from the question to the end of the answer.
        first_token_s: from the question to the first piece of the answer.
        cut: whether the answer was ended by the number of tokens it may have.
    """

    text: str
    prompt_tokens: int
    tokens: int
    seconds: float
    first_token_s: float
    cut: bool = False


def plain(message: Message | Mapping[str, Any]) -> dict[str, Any]:
    """A message in Ollama's form."""
    given = message.to_ollama() if isinstance(message, Message) else dict(message)
    return given | {"content": sound(given.get("content") or "")}


def for_langchain(message: Mapping[str, Any]) -> BaseMessage:
    """A message in LangChain's form, which pairs a call and its result by an id: here, the name.

    Raises:
        ValueError: there is no such role.
    """
    from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage

    role, content = message["role"], message["content"]
    if role == "tool":
        name = message.get("tool_name") or "tool"
        return ToolMessage(content, tool_call_id=name, name=name)
    if role == "assistant":
        functions = [call["function"] for call in message.get("tool_calls") or ()]
        calls = [
            {"name": call["name"], "args": dict(call["arguments"]), "id": call["name"]}
            for call in functions
        ]
        return AIMessage(content, tool_calls=calls)
    kinds: dict[str, type[BaseMessage]] = {"system": SystemMessage, "user": HumanMessage}
    if role not in kinds:
        raise ValueError(f"no message has the role {role!r}")
    return kinds[role](content)
