"""Embedders over a real model: what the vectors are, and what is said when there are none."""

from __future__ import annotations

import json
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
import pytest

from wellness import local_ollama
from wellness.errors import ModelUnavailable
from wellness.local_ollama import EMBEDDING_MODEL, LocalOllama
from wellness.memory import embedder as module
from wellness.memory.embedder import BATCH, OllamaEmbedder, has_model, open_embedder
from wellness.settings import Settings

# Cosine distances that were measured before, with the published weights and another program. The
# notes had the sentences in short form; these are the wordings that give the noted distance. For
# three more rows of that table no wording was found that does, so they are not here.
OPPOSITES = [
    ("User is allergic to peanuts", "User is not allergic to peanuts", 0.021),
    ("How many steps did I take yesterday?", "How many steps did I take today?", 0.028),
    ("How many workouts did I do this month?", "How many workouts did I do last month?", 0.034),
    ("User weighs 82 kg", "User weighs 78 kg", 0.072),
    (
        "What was my average heart rate last week?",
        "What was my max heart rate last week?",
        0.087,
    ),
]
REWORDED = [("How many steps did I take yesterday?", "What was my step count yesterday?", 0.199)]


def test_rows_are_float32_of_unit_length(embedder: OllamaEmbedder) -> None:
    vectors = embedder.embed(["my goal weight", "", "steps " * 900, "日本語"])
    assert vectors.dtype == np.float32
    assert vectors.shape == (4, embedder.dimensions)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)


def test_no_texts_give_no_rows(embedder: OllamaEmbedder) -> None:
    assert embedder.embed([]).shape == (0, embedder.dimensions)


def test_a_batch_is_its_texts_one_by_one_in_order(embedder: OllamaEmbedder) -> None:
    texts = [f"on day {n} I walked {n * 37} steps" for n in range(BATCH + 5)]
    batch = embedder.embed(texts)
    for n in (0, 1, BATCH - 1, BATCH, BATCH + 4):
        assert float(batch[n] @ embedder.embed([texts[n]])[0]) > 0.999


def distance(embedder: OllamaEmbedder, one: str, other: str) -> float:
    first, second = embedder.embed([one, other])
    return 1 - float(first @ second)


@pytest.mark.parametrize(("one", "other", "noted"), [*OPPOSITES, *REWORDED])
def test_distances_are_those_that_were_noted(
    embedder: OllamaEmbedder, one: str, other: str, noted: float
) -> None:
    assert distance(embedder, one, other) == pytest.approx(noted, abs=0.002)


def test_opposites_are_nearer_than_a_rewording(embedder: OllamaEmbedder) -> None:
    """The reason for the guard: no threshold lets the one in and keeps the others out."""
    apart = [distance(embedder, one, other) for one, other, _ in OPPOSITES]
    (same,) = [distance(embedder, one, other) for one, other, _ in REWORDED]
    assert max(apart) < same


@pytest.mark.parametrize("down", ["nobody", "silent"])
def test_a_dead_host_is_named_with_a_remedy(down: str) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        if down == "silent":
            taken.listen()
        host = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(ModelUnavailable, match=host) as caught:
            OllamaEmbedder(host, "any", timeout_s=0.3)
        assert "OLLAMA_HOST" in caught.value.hint
        assert not has_model(host, "any")


@pytest.mark.parametrize("host", ["http://[", "http://a b", "http://127.0.0.1:port"])
def test_what_is_no_address_is_named(host: str) -> None:
    with pytest.raises(ModelUnavailable, match="OLLAMA_HOST"):
        OllamaEmbedder(host, "any", timeout_s=1)
    assert not has_model(host, "any")


def test_a_missing_model_comes_with_the_pull_command(model_server: LocalOllama) -> None:
    with pytest.raises(ModelUnavailable) as caught:
        OllamaEmbedder(model_server.url, "mxbai-embed-large", timeout_s=10)
    assert "ollama pull mxbai-embed-large" in caught.value.hint


def test_any_text_has_a_vector(embedder: OllamaEmbedder) -> None:
    """Half a surrogate pair is what is left of an emoji that was cut; no request can carry it."""
    texts = ["a\0b", "cut \ud83c", "\x01", "🏃" * 300, "x" * 50_000]
    vectors = embedder.embed(texts)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert float(vectors[1] @ embedder.embed(["cut ?"])[0]) > 0.999


def test_loopback_is_not_asked_through_a_proxy(
    model_server: LocalOllama, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    assert has_model(model_server.url, EMBEDDING_MODEL)
    assert has_model(model_server.url.removeprefix("http://"), EMBEDDING_MODEL)


@contextmanager
def fake(answers: list[Any]) -> Iterator[str]:
    """A server that gives prepared answers, the last one again and again: faults on demand."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answer = answers.pop(0) if len(answers) > 1 else answers[0]
            content = json.dumps(answer).encode()
            self.send_response(500 if "error" in answer else 200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST

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


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        ({"error": "out of memory"}, "out of memory"),
        ({"embeddings": [[1.0, 0.0]]}, "2 dimensions, and had 3"),
        ({"embeddings": [[1.0, 0.0, 0.0]] * 2}, r"shape \(2, 3\) for 1 texts"),
        ({"embeddings": []}, "shape"),
        ({"embeddings": [[1.0, float("nan"), 0.0]]}, "no direction"),
        ({"embeddings": [[0.0, 0.0, 0.0]]}, "no direction"),
        ({"embeddings": [[1.0, 0.0], [1.0]]}, "not one of Ollama's"),
        ({"embeddings": [["a", "b", "c"]]}, "not one of Ollama's"),
        ({"vectors": []}, "not one of Ollama's"),
        ("hello", "not one of Ollama's"),
    ],
)
def test_strange_answers_are_no_vectors(second: Any, reason: str) -> None:
    with fake([{"embeddings": [[1.0, 0.0, 0.0]]}, second]) as host:
        found = OllamaEmbedder(host, "any", timeout_s=5)
        with pytest.raises(ModelUnavailable, match=reason):
            found.embed(["text"])
    if "shape" in reason:
        with fake([second]) as host, pytest.raises(ModelUnavailable, match="shape"):
            OllamaEmbedder(host, "any", timeout_s=5)


def test_rows_are_normalised_here_too() -> None:
    with fake([{"embeddings": [[3.0, 4.0]]}]) as host:
        assert OllamaEmbedder(host, "any", timeout_s=5).embed(["x"]).tolist() == [
            pytest.approx([0.6, 0.8])
        ]


# --- which one ----------------------------------------------------------------------------------


def test_the_kits_own_when_there_is_no_ollama(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "USUAL_HOST", "http://127.0.0.1:1")
    with open_embedder(settings) as found:
        assert found.model == EMBEDDING_MODEL
        assert "own model server" in found.where
        assert str(found.dimensions) in found.where
        assert found.embed(["x"]).shape == (1, found.dimensions)
    found.close()
    deadline = time.monotonic() + 30
    while local_ollama.running_at(settings):  # it ends shortly after its last user
        assert time.monotonic() < deadline
        time.sleep(0.01)
    with pytest.raises(ModelUnavailable):
        found.embed(["x"])


def test_the_kits_own_server_is_started_again_when_it_was_killed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "USUAL_HOST", "http://127.0.0.1:1")
    with open_embedder(settings) as found:
        before, (vector,) = found.host, found.embed(["steps"])
        assert local_ollama.stop(settings)
        with ThreadPoolExecutor(4) as pool:
            again = list(pool.map(lambda _: found.embed(["steps"])[0], range(4)))
        assert found.host == local_ollama.running_at(settings) != before
        assert all(float(vector @ other) > 0.999 for other in again)
    deadline = time.monotonic() + 30
    while local_ollama.running_at(settings):  # the share in the second one was given back too
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_server_that_cannot_be_started_again_is_named(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "USUAL_HOST", "http://127.0.0.1:1")
    with open_embedder(settings) as found:
        assert local_ollama.stop(settings)
        shutil.rmtree(settings.home)
        settings.home.touch()  # no folder can be made here
        with pytest.raises(ModelUnavailable, match="nobody answers") as caught:
            found.embed(["steps"])
        assert "ollama.log" in caught.value.hint


def test_something_else_on_the_usual_port_is_no_ollama() -> None:
    for answer in ("hello", {"error": "not found"}, {"models": "none"}):
        with fake([answer]) as host:
            assert not has_model(host, "any")


def test_an_ollama_that_was_named_is_the_only_one_asked(
    settings: Settings, model_server: LocalOllama
) -> None:
    named = settings.model_copy(
        update={"ollama_host": model_server.url, "embed_model": EMBEDDING_MODEL}
    )
    with open_embedder(named) as found:
        assert found.host == model_server.url
        assert "Ollama at" in found.where
    with pytest.raises(ModelUnavailable, match=r"127\.0\.0\.1:1 "):
        open_embedder(settings.model_copy(update={"ollama_host": "http://127.0.0.1:1"}))


def test_an_ollama_on_the_usual_port_is_used_if_it_has_the_model(
    settings: Settings, model_server: LocalOllama, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "USUAL_HOST", model_server.url)
    has = settings.model_copy(update={"embed_model": EMBEDDING_MODEL})
    with open_embedder(has) as found:
        assert found.host == model_server.url
    with open_embedder(settings) as found:
        assert found.host != model_server.url, "it has no mxbai-embed-large"
