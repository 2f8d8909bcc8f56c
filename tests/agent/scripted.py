"""Models with faults that a real one shows only now and then: lies, silence, no model at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wellness.agent.meter import Messages
from wellness.agent.routes import Route
from wellness.errors import ModelUnavailable
from wellness.memory.embedder import Vectors
from wellness.memory.messages import Turn

GONE = ModelUnavailable("scripted", "nowhere", "it is switched off")


@dataclass(frozen=True)
class Line:
    """What a scripted model says."""

    text: str
    prompt_tokens: int = 11
    tokens: int = 3


class Scripted:
    """A chat model that says the given lines, the last one again and again.

    Attributes:
        heard: the messages of each call.
        limits: how many tokens each answer might have.
    """

    model = "scripted"

    def __init__(self, *lines: str | ModelUnavailable) -> None:
        self._lines = list(lines)
        self.heard: list[list[dict[str, Any]]] = []
        self.limits: list[int] = []

    def say(
        self,
        messages: Messages,
        *,
        on_token: Callable[[str], None] | None = None,
        max_tokens: int = 0,
    ) -> Line:
        self.heard.append([dict(message) for message in messages])
        self.limits.append(max_tokens)
        line = self._lines.pop(0) if len(self._lines) > 1 else self._lines[0]
        if isinstance(line, ModelUnavailable):
            raise line
        for word in line.split(" ") if on_token else ():
            on_token(word)  # type: ignore[misc]
        return Line(line)

    def choose(
        self,
        messages: Messages,
        schema: Mapping[str, Any],
        *,
        on_usage: Callable[[int, int], None] | None = None,
    ) -> dict[str, Any]:
        raise GONE


class Switched:
    """An embedding model that can be switched off."""

    def __init__(self, embedder: Any) -> None:
        self._embedder, self.on = embedder, True
        self.model, self.dimensions = embedder.model, embedder.dimensions

    def embed(self, texts: Sequence[str]) -> Vectors:
        if not self.on:
            raise GONE
        found: Vectors = self._embedder.embed(texts)
        return found


class Fixed:
    """A router that knows one route."""

    def __init__(self, route: Route) -> None:
        self._route, self.asked = route, 0

    def route(self, question: str, *, turns: Sequence[Turn] = ()) -> Route:
        self.asked += 1
        return self._route
