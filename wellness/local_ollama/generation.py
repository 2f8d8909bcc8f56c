"""One generation by llama.cpp: its pieces as they come, and what it took.

A prompt that does not fit is refused. Ollama would leave out the oldest messages instead, unless it
is told not to; whoever measures a memory must not have one that shrinks in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from wellness.local_ollama.requests import Refused, bad, follow
from wellness.local_ollama.runner import CONTEXT, Runner, RunnerError, Unanswered

Json = dict[str, Any]
Gone = Callable[[], bool]

CHAT, RAW = "/v1/chat/completions", "/v1/completions"
MS = 1_000_000  # nanoseconds


@dataclass(frozen=True)
class Spent:
    """What an answer took; durations in nanoseconds, `reason` says why it ended."""

    reason: str = "stop"
    prompt: int = 0
    prompt_ns: int = 0
    tokens: int = 0
    tokens_ns: int = 0

    def __add__(self, other: Spent) -> Spent:
        return Spent(
            other.reason,
            self.prompt + other.prompt,
            self.prompt_ns + other.prompt_ns,
            self.tokens + other.tokens,
            self.tokens_ns + other.tokens_ns,
        )


@dataclass(frozen=True)
class Task:
    """One request to llama.cpp: what it says, and the tokens that prompt and answer may have.

    Attributes:
        fields: sampling, and `messages` or, without the model's template, `prompt`.
    """

    fields: Json
    context: int = CONTEXT

    @property
    def path(self) -> str:
        """Where llama.cpp takes it."""
        return RAW if "prompt" in self.fields else CHAT

    def following(self, schema: Json | None) -> Task:
        """The same, with an answer after a schema."""
        return self.having(follow(schema, raw=self.path == RAW)) if schema else self

    def having(self, fields: Json) -> Task:
        """The same with some other fields."""
        return replace(self, fields=self.fields | fields)


def pieces(runner: Runner, task: Task, gone: Gone) -> Iterator[str | Spent]:
    """The text of an answer as it comes, and at last what it took.

    Raises:
        Refused: the prompt does not fit, or llama.cpp does not take the request.
        Abandoned: `gone` said so.
        RunnerError: llama.cpp ended.
    """
    if task.context < CONTEXT:
        task = _within(runner, task, gone)
    reason, usage = "stop", None
    timings: Json = {}
    with _refusing():
        for event in runner.stream(task.path, task.fields, gone):
            for choice in event["choices"]:
                if text := choice.get("text") or choice.get("delta", {}).get("content"):
                    yield text
                reason = choice.get("finish_reason") or reason
            usage, timings = event.get("usage") or usage, event.get("timings") or timings
    if usage is None:
        raise RunnerError("model runner has unexpectedly stopped: it ended in the middle")
    yield Spent(
        reason,
        usage["prompt_tokens"],
        int(timings["prompt_ms"] * MS),
        usage["completion_tokens"],
        int(timings["predicted_ms"] * MS),
    )


def whole(runner: Runner, task: Task, gone: Gone) -> tuple[str, Spent]:
    """The same at once."""
    text, spent = "", Spent()
    for piece in pieces(runner, task, gone):
        if isinstance(piece, Spent):
            spent = piece
        else:
            text += piece
    return text, spent


def _within(runner: Runner, task: Task, gone: Gone) -> Task:
    """The task, cut to a context that is smaller than the loaded one."""
    with _refusing():
        if task.path == RAW:
            asked = {"content": task.fields["prompt"], "add_special": True}
            tokens = len(runner.ask("/tokenize", asked, gone)["tokens"])
        else:
            asked = {"messages": task.fields["messages"]}
            tokens = runner.ask(f"{CHAT}/input_tokens", asked, gone)["input_tokens"]
    if tokens >= task.context:
        raise _too_long(tokens, task.context)
    most = min(task.context - tokens, task.fields.get("max_tokens", task.context))
    return task.having({"max_tokens": most})


@contextmanager
def _refusing() -> Iterator[None]:
    """Turn what llama.cpp does not take into what Ollama would say."""
    try:
        yield
    except Unanswered as refusal:
        error = refusal.error
        if error.get("type") == "exceed_context_size_error":
            raise _too_long(error["n_prompt_tokens"], error["n_ctx"]) from refusal
        if error.get("code") == HTTPStatus.BAD_REQUEST:
            raise bad(str(refusal)) from refusal
        raise Refused(HTTPStatus.INTERNAL_SERVER_ERROR, str(refusal)) from refusal


def _too_long(tokens: int, most: int) -> Refused:
    return bad(f"the input length exceeds the context length: {tokens} tokens, {most} is the most")
