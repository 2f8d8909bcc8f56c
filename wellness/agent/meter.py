"""Models with a meter: calls, tokens and seconds, so that turns can be compared and taken apart."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from wellness.memory.embedder import Embedder, Vectors

T = TypeVar("T")
Messages = Sequence[Mapping[str, Any]]


class Words(Protocol):
    """What a model said, and what it took."""

    @property
    def text(self) -> str:
        """The answer."""

    @property
    def prompt_tokens(self) -> int:
        """Tokens read, cached ones included."""

    @property
    def tokens(self) -> int:
        """Tokens written."""


class Chat(Protocol):
    """A chat model; `wellness.agent.model.OpenChat` is one."""

    @property
    def model(self) -> str:
        """Its name."""

    def say(
        self,
        messages: Messages,
        *,
        on_token: Callable[[str], None] | None = None,
        max_tokens: int = ...,
    ) -> Words:
        """Answer a conversation; `on_token` gets the answer piece by piece.

        Raises:
            ModelUnavailable: the model does not answer.
        """

    def choose(
        self,
        messages: Messages,
        schema: Mapping[str, Any],
        *,
        on_usage: Callable[[int, int], None] | None = None,
    ) -> dict[str, Any]:
        """An answer of the form that a JSON schema describes.

        Args:
            on_usage: told how many tokens were read and written.

        Raises:
            ModelUnavailable: the model does not answer, or not in that form.
        """


class Meter:
    """Passes calls on to a chat model and counts.

    Attributes:
        calls: how often the model was asked, failed calls included.
        tokens_in, tokens_out: what it read and wrote.
        seconds: how long it took in all.
    """

    def __init__(self, chat: Chat, clock: Callable[[], float] = time.perf_counter) -> None:
        self._chat, self._clock = chat, clock
        self.calls, self.tokens_in, self.tokens_out, self.seconds = 0, 0, 0, 0.0

    @property
    def model(self) -> str:
        """Name of the model."""
        return self._chat.model

    def say(
        self,
        messages: Messages,
        *,
        on_token: Callable[[str], None] | None = None,
        max_tokens: int = 120,
    ) -> Words:
        """See `Chat.say`."""
        words = self._count(
            lambda: self._chat.say(messages, on_token=on_token, max_tokens=max_tokens)
        )
        self._spend(words.prompt_tokens, words.tokens)
        return words

    def choose(self, messages: Messages, schema: Mapping[str, Any]) -> dict[str, Any]:
        """See `Chat.choose`."""
        return self._count(lambda: self._chat.choose(messages, schema, on_usage=self._spend))

    def _spend(self, read: int, written: int) -> None:
        self.tokens_in += read
        self.tokens_out += written

    def _count(self, ask: Callable[[], T]) -> T:
        self.calls += 1
        begun = self._clock()
        try:
            return ask()
        finally:
            self.seconds += self._clock() - begun


class TimedEmbedder:
    """Passes texts on to an embedding model; `seconds` is how long that took in all."""

    def __init__(self, embedder: Embedder, clock: Callable[[], float] = time.perf_counter) -> None:
        self._embedder, self._clock = embedder, clock
        self.model, self.dimensions, self.seconds = embedder.model, embedder.dimensions, 0.0

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See `wellness.memory.embedder.Embedder.embed`."""
        begun = self._clock()
        try:
            return self._embedder.embed(texts)
        finally:
            self.seconds += self._clock() - begun
