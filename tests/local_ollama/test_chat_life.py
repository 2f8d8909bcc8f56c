"""What becomes of chat models in a server: loaded late, shared, left, killed, made room for.

Each test has a server of its own, where nobody else loads or asks anything.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import ollama
import psutil
import pytest

from wellness import local_ollama
from wellness.local_ollama import EMBEDDING_MODEL, LocalOllama
from wellness.local_ollama.runner import Runner, RunnerError
from wellness.local_ollama.shelf import OnDisk, Shelf
from wellness.models import chat as chat_models
from wellness.settings import Settings

from .asking import PATIENCE_S, post, wait_until

IDLE_S = 0.3  # a runner that computes nothing for so long has stopped
FEW = {"temperature": 0, "num_predict": 2}
HI = [{"role": "user", "content": "Hi"}]
ENDLESS = {"type": "array", "items": {"const": "many words in one item"}, "minItems": 1000}


@pytest.fixture
def server(settings: Settings, chat_model: str) -> Iterator[LocalOllama]:
    """A server of this test's own, without a chat model in memory."""
    with local_ollama.start(settings) as server:
        yield server


def loaded(server: LocalOllama) -> set[str]:
    return {entry.model or "" for entry in ollama.Client(host=server.url).ps().models}


def runners(server: LocalOllama) -> list[psutil.Process]:
    """The processes of llama.cpp under a server."""
    children = psutil.Process(server.pid).children()
    return [child for child in children if "llama.py" in " ".join(child.cmdline())]


def idle(process: psutil.Process) -> bool:
    before = sum(process.cpu_times()[:2])
    time.sleep(IDLE_S)
    return sum(process.cpu_times()[:2]) - before < IDLE_S / 10


def test_a_model_is_loaded_by_the_first_who_ask_for_it(
    server: LocalOllama, chat_model: str
) -> None:
    assert loaded(server) == {EMBEDDING_MODEL}
    assert runners(server) == []
    client = ollama.Client(host=server.url)
    with ThreadPoolExecutor(3) as pool:
        racing = [pool.submit(client.chat, chat_model, HI, options=FEW) for _ in range(3)]
        answers = 0
        while not all(one.done() for one in racing):
            client.embed(EMBEDDING_MODEL, "steps")  # nobody waits for the model but who wants it
            answers += 1
    assert answers > 1
    assert loaded(server) == {EMBEDDING_MODEL, chat_model}
    assert len(runners(server)) == 1, "those who came at the same time share one"
    took = {one.result().load_duration for one in racing}
    assert min(took) > 0
    assert (client.chat(chat_model, HI, options=FEW).load_duration or 0) < min(took)


def test_a_model_that_nobody_uses_can_be_unloaded(server: LocalOllama, chat_model: str) -> None:
    post(server.url, "/api/chat", model=chat_model, messages=[], stream=False)
    assert chat_model in loaded(server)
    asked = {"model": chat_model, "messages": [], "keep_alive": 0, "stream": False}
    assert post(server.url, "/api/chat", **asked)[1]["done_reason"] == "unload"
    assert loaded(server) == {EMBEDDING_MODEL}
    assert runners(server) == []


def test_a_killed_runner_comes_again_and_a_killed_server_leaves_none(
    server: LocalOllama, chat_model: str
) -> None:
    client = ollama.Client(host=server.url)
    stream = client.chat(chat_model, HI, stream=True, format=ENDLESS)
    next(stream)
    (runner,) = runners(server)
    runner.kill()
    with pytest.raises(ollama.ResponseError, match="unexpectedly stopped"):
        list(stream)
    wait_until(lambda: loaded(server) == {EMBEDDING_MODEL})
    assert client.chat(chat_model, HI, options=FEW).eval_count == 2
    (runner,) = runners(server)
    os.kill(server.pid, signal.SIGKILL)
    runner.wait(PATIENCE_S)


def test_an_answer_that_nobody_waits_for_is_not_made(server: LocalOllama, chat_model: str) -> None:
    """Four clients leave in the middle of answers, then of prompts, that would take minutes."""
    post(server.url, "/api/chat", model=chat_model, messages=[], stream=False)
    (runner,) = runners(server)

    def ask(text: str, **fields: Any) -> http.client.HTTPConnection:
        body = {"model": chat_model, "messages": [{"role": "user", "content": text}]} | fields
        connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=PATIENCE_S)
        connection.request("POST", "/api/chat", json.dumps(body))
        return connection

    writing = [ask("Hi", format=ENDLESS) for _ in range(4)]
    for connection in writing:
        answer = connection.getresponse()
        assert not json.loads(answer.readline())["done"]
        answer.close()  # with the connection, since its end is not known
    assert not idle(runner)
    for connection in writing:
        connection.close()
    wait_until(lambda: idle(runner))

    reading = [ask(f"{n} " + "steps " * 3_900, stream=bool(n % 2)) for n in range(4)]
    assert not idle(runner)
    for connection in reading:
        connection.close()
    wait_until(lambda: idle(runner))
    assert server.log.read_text() == ""
    asked = {"model": chat_model, "messages": HI, "options": FEW, "stream": False}
    assert post(server.url, "/api/chat", **asked)[0] == 200


def test_a_file_that_comes_later_is_served(
    settings: Settings, server: LocalOllama, chat_model: str, tmp_path: Path
) -> None:
    fetched = chat_models.find("0.5b", settings)
    assert fetched
    mine = tmp_path / "My Model.Q4.gguf"
    mine.symlink_to(fetched.path)
    own = settings.model_copy(update={"chat_gguf": mine})
    with local_ollama.start(own) as again:
        assert again.pid == server.pid, "it runs since before the file was named"
    client = ollama.Client(host=server.url)
    (name,) = {entry.model or "" for entry in client.list().models if "gguf" in (entry.model or "")}
    assert name.endswith("-local")
    assert "completion" in (client.show(name).capabilities or [])
    assert name not in loaded(server)


# --- memory, with a shelf in this process --------------------------------------------------------


@pytest.fixture
def shelf_of(settings: Settings, chat_model: str) -> Iterator[Callable[[int], Shelf]]:
    """Makes a shelf that believes in so many bytes of free memory; ends what it loaded."""
    made: list[Shelf] = []

    def make(free: int) -> Shelf:
        made.append(Shelf({}, settings, free=lambda: free))
        return made[-1]

    yield make
    for shelf in made:
        for model in shelf.loaded():
            assert isinstance(model, OnDisk)
            assert shelf.unload(model), "nobody uses it"


def found(shelf: Shelf, name: str) -> OnDisk:
    model = shelf.find(name)
    assert isinstance(model, OnDisk)
    return model


def test_without_memory_nothing_is_loaded(
    shelf_of: Callable[[int], Shelf], chat_model: str
) -> None:
    shelf = shelf_of(1 << 20)
    with (
        pytest.raises(RunnerError, match=r"requires more system memory \(1\.\d GiB\)"),
        shelf.lent(found(shelf, chat_model)),
    ):
        pass
    assert shelf.loaded() == []


def test_when_memory_is_short_who_is_idle_makes_room(
    settings: Settings, chat_model: str, tmp_path: Path
) -> None:
    fetched = chat_models.find("0.5b", settings)
    assert fetched
    folder = settings.home / "models"
    folder.mkdir(parents=True)
    (folder / "other.gguf").symlink_to(fetched.path)
    room = [1 << 40]
    shelf = Shelf({}, settings, free=lambda: room[0])
    first, other = found(shelf, chat_model), found(shelf, "other:gguf-local")

    def free() -> int:
        return 0 if first in shelf.loaded() else 1 << 40

    with shelf.lent(first) as runner:
        room[0] = 0
        with pytest.raises(RunnerError, match="requires more system memory"), shelf.lent(other):
            pass
        assert runner.alive(), "who is in use stays"
        assert not shelf.unload(first)
    shelf._free = free
    with shelf.lent(other):
        assert shelf.loaded() == [other]
        assert not runner.alive()
    assert shelf.unload(other)


def test_beginnings_of_several_prompts_stay_computed(
    shelf_of: Callable[[int], Shelf], chat_model: str
) -> None:
    """A router's prompt does not push out the one that words answers."""
    shelf = shelf_of(1 << 40)
    beginnings = [f"{name}. " * 40 for name in ("Route", "Answer", "Check", "Sum up")]

    def cached(runner: Runner, beginning: str, question: str) -> tuple[int, int]:
        """Tokens of a prompt that were known, and all of them."""
        told = [{"role": "system", "content": beginning}, {"role": "user", "content": question}]
        asked = {"messages": told, "max_tokens": 1}
        *_, last = runner.stream("/v1/chat/completions", asked, lambda: False)
        return last["timings"]["cache_n"], last["usage"]["prompt_tokens"]

    with shelf.lent(found(shelf, chat_model)) as runner:
        for beginning in beginnings:
            cached(runner, beginning, "One?")
        for beginning in beginnings:
            known, whole = cached(runner, beginning, "Two?")
            assert known > 0.8 * whole > 60


def test_a_file_that_llama_cpp_cannot_load_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "damaged.gguf").write_bytes(b"GGUF and nothing else")
    with pytest.raises(RunnerError, match="unable to load model"):
        Runner(tmp_path / "damaged.gguf", threads=1)
