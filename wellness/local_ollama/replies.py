"""What `/api/chat` and `/api/generate` answer: text as it comes, and true counts at the end.

Source: https://github.com/ollama/ollama/blob/main/docs/api.md
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from wellness.local_ollama import requests, tools
from wellness.local_ollama.generation import Gone, Spent, Task, pieces, whole
from wellness.local_ollama.requests import Refused, bad
from wellness.local_ollama.runner import Runner, RunnerError
from wellness.local_ollama.shelf import OnDisk, Shelf

Json = dict[str, Any]
Stream = Generator[Json, None, None]
Talk = Callable[[Runner], Iterator[str | Json | Spent]]
"""Speaks to a loaded model: text, calls of tools, and at last what it took."""


@dataclass(frozen=True)
class Client:
    """Who asks: `gone` says whether they have left, `now` is the clock."""

    gone: Gone
    now: Callable[[], datetime]


def chat(shelf: Shelf, model: OnDisk, body: Json, client: Client) -> Stream:
    """The next message of a conversation, in pieces; the last one is `done`.

    Raises:
        Refused: at once, or with the first piece.
    """
    said, functions = tools.worded(requests.messages(body)), tools.offered(body)
    task = Task(requests.options(body) | {"messages": said}, requests.context(body))
    task = task.following(requests.shape(body))

    def talk(runner: Runner) -> Iterator[str | Json | Spent]:
        before = Spent()
        if functions:
            listed = {"messages": tools.instructed(said, functions)}
            choosing = task.having(listed).following(tools.choice(functions))
            text, before = whole(runner, choosing, client.gone)
            if call := tools.call(text):
                yield from (call, before)
                return
        for piece in pieces(runner, task, client.gone):
            yield before + piece if isinstance(piece, Spent) else piece

    def message(content: str, **fields: Any) -> Json:
        return {"message": {"role": "assistant", "content": content, **fields}}

    return _answer(shelf, model, body, client, talk if said else None, message)


def generate(shelf: Shelf, model: OnDisk, body: Json, client: Client) -> Stream:
    """The answer to one prompt, in pieces; `raw` leaves out the model's template.

    Raises:
        Refused: at once, or with the first piece.
    """
    prompt, system = body.get("prompt") or "", body.get("system") or ""
    if not isinstance(prompt, str) or not isinstance(system, str):
        raise bad("invalid prompt type")
    for field, ability in (("suffix", "insert"), ("images", "images"), ("template", "templates")):
        if body.get(field):
            raise bad(f'"{model.name}" does not support {ability}')
    if body.get("raw") and system:
        raise bad("raw mode does not support template, system, or context")
    said = [{"role": "system", "content": system}] if system else []
    said.append({"role": "user", "content": prompt})
    asked: Json = {"prompt": prompt} if body.get("raw") else {"messages": said}
    task = Task(requests.options(body) | asked, requests.context(body))
    task = task.following(requests.shape(body))

    def talk(runner: Runner) -> Iterator[str | Json | Spent]:
        return pieces(runner, task, client.gone)

    def response(content: str, **_: Any) -> Json:
        return {"response": content}

    return _answer(shelf, model, body, client, talk if prompt else None, response)


def together(items: Iterator[Json]) -> Json:
    """What would have been a stream, in one piece."""
    content = ""
    calls: list[Json] = []
    last: Json = {}
    for last in items:
        message = last.get("message", {})
        content += message.get("content", "") + last.get("response", "")
        calls += message.get("tool_calls", [])
    if "response" in last:
        return last | {"response": content}
    message = {"role": "assistant", "content": content}
    return last | {"message": message | ({"tool_calls": calls} if calls else {})}


def _answer(
    shelf: Shelf,
    model: OnDisk,
    body: Json,
    client: Client,
    talk: Talk | None,
    form: Callable[..., Json],
) -> Stream:
    """The pieces in Ollama's form; who has nothing to say loads the model, or unloads it."""
    begun = time.perf_counter_ns()

    def item(content: Json, *, done: bool = False, **fields: Any) -> Json:
        head = {"model": body.get("model") or model.name, "created_at": client.now().isoformat()}
        return {**head, **content, "done": done, **fields}

    if talk is None and body.get("keep_alive") == 0:
        shelf.unload(model)
        yield item(form(""), done=True, done_reason="unload")
        return
    spent = Spent()
    try:
        with shelf.lent(model) as runner:
            loaded = time.perf_counter_ns()
            if talk is None:
                yield item(form(""), done=True, done_reason="load")
                return
            for piece in talk(runner):
                if isinstance(piece, Spent):
                    spent = piece
                elif isinstance(piece, str):
                    yield item(form(piece))
                else:
                    yield item(form("", tool_calls=[piece]))
    except RunnerError as error:
        raise Refused(HTTPStatus.INTERNAL_SERVER_ERROR, str(error)) from error
    yield item(
        form(""),
        done=True,
        done_reason=spent.reason,
        total_duration=time.perf_counter_ns() - begun,
        load_duration=loaded - begun,
        prompt_eval_count=spent.prompt,
        prompt_eval_duration=spent.prompt_ns,
        eval_count=spent.tokens,
        eval_duration=spent.tokens_ns,
    )
