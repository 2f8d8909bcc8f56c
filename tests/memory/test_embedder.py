"""Embedders over a real model: what the vectors are, and what is said when there are none."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
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

# Cosine distances that were measured with the published weights by somebody else.
KNOWN = [
    ("I am allergic to peanuts", "I am not allergic to peanuts", 0.021),
    ("How many steps did I walk yesterday?", "How many steps did I walk today?", 0.028),
]


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


def test_opposites_are_neighbours(embedder: OllamaEmbedder) -> None:
    """The reason for the guard: a negation or another day is nearer than a rewording."""
    pairs = [(a, b) for a, b, _ in KNOWN]
    distances = [1 - float(np.dot(*embedder.embed(pair))) for pair in pairs]
    reworded = ("What is my goal weight?", "What is the weight I am aiming for?")
    assert max(distances) < 1 - float(np.dot(*embedder.embed(reworded)))
    assert distances[0] == pytest.approx(KNOWN[0][2], abs=0.03)


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


def test_a_missing_model_comes_with_the_pull_command(model_server: LocalOllama) -> None:
    with pytest.raises(ModelUnavailable) as caught:
        OllamaEmbedder(model_server.url, "mxbai-embed-large", timeout_s=10)
    assert "ollama pull mxbai-embed-large" in caught.value.hint


@contextmanager
def fake(answers: list[Any]) -> Iterator[str]:
    """A server that gives prepared answers, the last one again and again: faults on demand."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            answer = answers.pop(0) if len(answers) > 1 else answers[0]
            content = json.dumps(answer).encode()
            self.send_response(500 if "error" in answer else 200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

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
        ({"embeddings": [[1.0, 0.0]]}, "shape"),
        ({"embeddings": [[1.0, 0.0, 0.0]] * 2}, "shape"),
        ({"embeddings": []}, "shape"),
        ({"embeddings": [[1.0, float("nan"), 0.0]]}, "shape"),
    ],
)
def test_strange_answers_are_no_vectors(second: Any, reason: str) -> None:
    with fake([{"embeddings": [[1.0, 0.0, 0.0]]}, second]) as host:
        found = OllamaEmbedder(host, "any", timeout_s=5)
        with pytest.raises(ModelUnavailable, match=reason):
            found.embed(["text"])


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
