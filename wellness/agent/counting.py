"""How far a token counter is from the model it counts for: the error of a budget.

A context is fitted without the model, by a counter that is at hand; what the model then reads is
known only when it has read it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from wellness.agent.wire import Said
from wellness.memory.messages import Message
from wellness.memory.tokens import PER_ANSWER, TokenCounter, cost


class Reader(Protocol):
    """A model that says how much it has read; `wellness.agent.model.OpenChat` is one."""

    def count(self, text: str) -> int:
        """Tokens of a text, by the model's own tokenizer."""

    def say(self, messages: Sequence[Message], *, max_tokens: int) -> Said:
        """The next message of a conversation."""


@dataclass(frozen=True, slots=True)
class CountingError:
    """Counts of some texts together, and of the one that was counted worst.

    Attributes:
        counted: by the counter.
        tokens: by the model.
        worst: relative error of one text; below 0 where the counter says too little, which is
            what makes a context burst.

    >>> CountingError(counted=87, tokens=100, worst=-0.2)
    87 counted, 100 read: -13.0 % (worst text -20.0 %)
    """

    counted: int
    tokens: int
    worst: float

    @property
    def relative(self) -> float:
        """The error of all texts together; below 0 where the counter says too little."""
        return self.counted / self.tokens - 1

    def __repr__(self) -> str:
        return (
            f"{self.counted:,} counted, {self.tokens:,} read: {100 * self.relative:+.1f} % "
            f"(worst text {100 * self.worst:+.1f} %)"
        )


def text_error(texts: Sequence[str], counter: TokenCounter, chat: Reader) -> CountingError:
    """The error on texts, none of which is empty.

    Raises:
        ValueError: there is no text.
        ModelUnavailable: the model does not answer.
    """
    return _error([(counter.count(text), chat.count(text)) for text in texts])


def context_error(
    contexts: Sequence[Sequence[Message]], counter: TokenCounter, chat: Reader
) -> CountingError:
    """The error on whole conversations as `wellness.memory.tokens.fit` counts them.

    Raises:
        ValueError: there is no conversation.
        ModelUnavailable: the model does not answer.
    """
    return _error([
        (
            sum(cost(message, counter) for message in messages) + PER_ANSWER,
            chat.say(messages, max_tokens=1).prompt_tokens,
        )
        for messages in contexts
    ])  # fmt: skip


def _error(pairs: Sequence[tuple[int, int]]) -> CountingError:
    worst = max((counted / read - 1 for counted, read in pairs), key=abs)
    return CountingError(sum(pair[0] for pair in pairs), sum(pair[1] for pair in pairs), worst)
