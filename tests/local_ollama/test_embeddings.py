"""Ollama's protocol, what it says of embeddings and of every request."""

from __future__ import annotations

import http.client
import json
import math
import socket
import struct
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import ollama
import pytest

from wellness.local_ollama import EMBEDDING_MODEL, LocalOllama

from .asking import PATIENCE_S, post, raw


def test_somebody_is_there(served: tuple[str, str]) -> None:
    url, _ = served
    assert raw(url, "GET", "/")[0::2] == (200, b"Ollama is running")
    assert raw(url, "HEAD", "/")[0::2] == (200, b"")
    assert "version" in json.loads(raw(url, "GET", "/api/version")[2])
    assert raw(url, "GET", "/api/nothing")[0] == 404


def test_the_client_lists_and_shows_the_model(served: tuple[str, str]) -> None:
    url, model = served
    client = ollama.Client(host=url)
    (entry,) = [m for m in client.list().models if (m.model or "").startswith(model)]
    assert entry.size
    assert entry.size > 1_000_000
    assert len(entry.digest or "") == 64
    shown = client.show(model)
    assert "embedding" in (shown.capabilities or [])
    assert any(key.endswith("embedding_length") for key in shown.modelinfo or {})


def test_one_text_and_many(served: tuple[str, str]) -> None:
    url, model = served
    client = ollama.Client(host=url)
    one = client.embed(model=model, input="my goal weight")
    many = client.embed(model=model, input=["my goal weight", "steps today", "my goal weight"])
    assert [len(one.embeddings), len(many.embeddings)] == [1, 3]
    for vector in (*one.embeddings, *many.embeddings):
        assert math.hypot(*vector) == pytest.approx(1, abs=1e-3)
    assert many.embeddings[0] == pytest.approx(many.embeddings[2], abs=1e-3)
    assert many.embeddings[0] == pytest.approx(one.embeddings[0], abs=1e-2)
    assert many.prompt_eval_count
    assert one.prompt_eval_count
    assert many.prompt_eval_count > one.prompt_eval_count
    assert many.total_duration


def test_the_older_call_gives_the_same_vector(served: tuple[str, str]) -> None:
    url, model = served
    status, old = post(url, "/api/embeddings", model=model, prompt="steps today")
    _, new = post(url, "/api/embed", model=model, input="steps today")
    assert status == 200
    length = math.hypot(*old["embedding"])  # Ollama does not normalise here
    assert [v / length for v in old["embedding"]] == pytest.approx(new["embeddings"][0], abs=1e-2)


def test_a_long_text_is_cut_unless_that_is_forbidden(served: tuple[str, str]) -> None:
    url, model = served
    long = "the watch measured my heart rate again and again " * 300
    status, answer = post(url, "/api/embed", model=model, input=["short", long])
    assert (status, len(answer["embeddings"])) == (200, 2)
    status, answer = post(url, "/api/embed", model=model, input=long, truncate=False)
    assert status == 400
    assert "context" in answer["error"]


def test_a_text_is_cut_where_the_model_ends(model_server: LocalOllama) -> None:
    """510 words of one token and the two tokens that frame a text are as long as may be."""

    def ask(words: int, **fields: Any) -> tuple[int, Any]:
        text = "steps " * words + "allergic to peanuts " * (words > 510) * 50
        return post(model_server.url, "/api/embed", model=EMBEDDING_MODEL, input=text, **fields)

    status, exact = ask(510, truncate=False)
    assert (status, exact["prompt_eval_count"]) == (200, 512)
    status, answer = ask(511, truncate=False)
    assert status == 400
    assert "512" in answer["error"]
    status, cut = ask(511)
    assert (status, cut["prompt_eval_count"]) == (200, 512)
    assert cut["embeddings"][0] == pytest.approx(exact["embeddings"][0], abs=1e-4)


def test_fewer_dimensions(served: tuple[str, str]) -> None:
    url, model = served
    _, whole = post(url, "/api/embed", model=model, input="steps")
    status, part = post(url, "/api/embed", model=model, input="steps", dimensions=64)
    assert status == 200
    first = whole["embeddings"][0][:64]
    length = math.hypot(*first)
    assert part["embeddings"][0] == pytest.approx([v / length for v in first], abs=1e-2)


def test_what_is_optional_may_be_null(served: tuple[str, str]) -> None:
    url, model = served
    long = "the watch measured my heart rate again and again " * 300
    fields = {"truncate": None, "dimensions": None, "input": long}
    status, answer = post(url, "/api/embed", model=model, **fields)
    assert (status, len(answer["embeddings"])) == (200, 1)


@pytest.mark.parametrize("dimensions", [0, -1, 100_000])
def test_dimensions_that_are_not_there_change_nothing(
    served: tuple[str, str], dimensions: int
) -> None:
    url, model = served
    _, whole = post(url, "/api/embed", model=model, input="steps")
    _, other = post(url, "/api/embed", model=model, input="steps", dimensions=dimensions)
    assert len(other["embeddings"][0]) == len(whole["embeddings"][0])


def test_names_ignore_case(served: tuple[str, str]) -> None:
    url, model = served
    assert post(url, "/api/embed", model=model.upper(), input="steps")[0] == 200


def test_what_is_in_memory_can_be_asked(served: tuple[str, str]) -> None:
    url, model = served
    client = ollama.Client(host=url)
    client.embed(model=model, input="steps")
    (entry,) = [m for m in client.ps().models if (m.model or "").startswith(model)]
    assert entry.digest


def test_nothing_to_embed_gives_no_vectors(served: tuple[str, str]) -> None:
    url, model = served
    for nothing in ("", [], None):
        assert post(url, "/api/embed", model=model, input=nothing)[1]["embeddings"] == []
    assert post(url, "/api/embed", model=model)[1]["embeddings"] == []


def test_a_blank_text_among_others_has_a_vector(model_server: LocalOllama) -> None:
    _, answer = post(model_server.url, "/api/embed", model=EMBEDDING_MODEL, input=["a", "", "\n"])
    assert [len(vector) for vector in answer["embeddings"]] == [384] * 3


@pytest.mark.parametrize("path", ["/api/embed", "/api/embeddings", "/api/show"])
def test_an_unknown_model_is_404(served: tuple[str, str], path: str) -> None:
    status, answer = post(served[0], path, model="nobody-has-this", input="x", prompt="x")
    assert status == 404
    assert "nobody-has-this" in answer["error"]
    assert "not found" in answer["error"]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe"])
def test_bad_json_is_400(served: tuple[str, str], body: bytes) -> None:
    status, _, content = raw(served[0], "POST", "/api/embed", body)
    assert status == 400
    assert json.loads(content)["error"]


@pytest.mark.parametrize("given", [7, [1.5], [["a"]], {"a": 1}])
def test_what_is_no_text_is_400(served: tuple[str, str], given: object) -> None:
    url, model = served
    assert post(url, "/api/embed", model=model, input=given)[0] == 400


@pytest.mark.parametrize("body", [b"[]", b"7", b'"text"', b'{"input": "x"}'])
def test_a_request_without_a_model_is_400(model_server: LocalOllama, body: bytes) -> None:
    assert raw(model_server.url, "POST", "/api/embed", body)[0] == 400


def test_a_model_without_a_tag_means_latest(model_server: LocalOllama) -> None:
    name = EMBEDDING_MODEL.partition(":")[0]
    assert post(model_server.url, "/api/embed", model=name, input="x")[0] == 404


def test_many_at_once_get_their_own_vectors(model_server: LocalOllama) -> None:
    client = ollama.Client(host=model_server.url)
    texts = [f"on day {n} I walked {n * 137} steps" for n in range(40)]
    alone = [client.embed(EMBEDDING_MODEL, text).embeddings[0] for text in texts]
    with ThreadPoolExecutor(8) as pool:
        together = list(
            pool.map(lambda text: client.embed(EMBEDDING_MODEL, text).embeddings[0], texts)
        )
    for one, other in zip(alone, together, strict=True):
        assert one == pytest.approx(other, abs=1e-3)


def test_half_a_surrogate_pair_is_no_failure(model_server: LocalOllama) -> None:
    body = b'{"model": "%s", "input": ["cut \\ud83c", "whole \\ud83c\\udfc3"]}'
    status, _, content = raw(
        model_server.url, "POST", "/api/embed", body % EMBEDDING_MODEL.encode()
    )
    assert (status, len(json.loads(content)["embeddings"])) == (200, 2)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 403),
        ({"Host": "127.0.0.1.evil.example:80"}, 403),
        ({"Host": "localhost:1"}, 200),
        ({"Transfer-Encoding": "chunked"}, 411),
        ({"Content-Length": "many"}, 411),
        ({"Content-Length": str(1 << 40)}, 413),
    ],
)
def test_a_request_that_cannot_be_trusted_is_refused(
    model_server: LocalOllama, headers: dict[str, str], status: int
) -> None:
    body = json.dumps({"model": EMBEDDING_MODEL, "input": "x"}).encode()
    lines = {"Host": "127.0.0.1", "Content-Length": str(len(body))} | headers
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    address = urlsplit(model_server.url)
    with socket.create_connection((address.hostname, address.port), PATIENCE_S) as connection:
        connection.sendall(f"POST /api/embed HTTP/1.1\r\n{head}\r\n".encode() + body)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        assert answer.status == status
        assert json.load(answer).keys() & {"error", "embeddings"}
        assert answer.will_close is (status != 200)


def test_a_client_that_leaves_early_leaves_no_trace(model_server: LocalOllama) -> None:
    before = model_server.log.read_text()
    address = urlsplit(model_server.url)
    body = json.dumps({"model": EMBEDDING_MODEL, "input": ["steps"] * 200}).encode()
    for _ in range(3):
        with socket.create_connection((address.hostname, address.port)) as connection:
            reset = struct.pack("ii", 1, 0)  # close with RST, so that the answer meets a wall
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
            head = f"POST /api/embed HTTP/1.1\r\nContent-Length: {len(body)}\r\n\r\n"
            connection.sendall(head.encode() + body)
    assert post(model_server.url, "/api/embed", model=EMBEDDING_MODEL, input="x")[0] == 200
    assert model_server.log.read_text() == before


def test_it_listens_on_loopback_only(model_server: LocalOllama) -> None:
    port = f"{urlsplit(model_server.url).port:04X}"
    listening = [
        line.split()[1]
        for table in ("tcp", "tcp6")
        if (path := Path("/proc/net") / table).exists()
        for line in path.read_text().splitlines()[1:]
        if line.split()[3] == "0A" and line.split()[1].endswith(f":{port}")
    ]
    assert listening in ([f"0100007F:{port}"], []), "127.0.0.1; [] where there is no /proc"
