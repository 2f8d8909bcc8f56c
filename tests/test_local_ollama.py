"""The kit's model server: Ollama's protocol, and a life like the embedded Redis."""

from __future__ import annotations

import http.client
import json
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import ollama
import pytest

from wellness import local_ollama
from wellness.local_ollama import EMBEDDING_MODEL, Address, LocalOllama
from wellness.settings import Settings

PATIENCE_S = 30.0


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


# --- the protocol: the same tests run against a real Ollama that has the model ------------------


@pytest.fixture(params=["the kit's", "a real one"])
def served(request: pytest.FixtureRequest) -> tuple[str, str]:
    """URL and embedding model of a server that speaks Ollama's protocol."""
    if request.param == "the kit's":
        return request.getfixturevalue("model_server").url, EMBEDDING_MODEL
    host, model = "http://127.0.0.1:11434", Settings().embed_model
    try:
        names = {entry.model for entry in ollama.Client(host=host, timeout=1).list().models}
    except Exception:
        pytest.skip("no Ollama answers on its usual port")
    if not {model, f"{model}:latest"} & names:
        pytest.skip(f"this Ollama has no {model}")
    return host, model


def raw(url: str, method: str, path: str, body: bytes | None = None) -> tuple[int, str, bytes]:
    """Status, content type and content of one request."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE_S)
    try:
        connection.request(method, path, body)
        answer = connection.getresponse()
        return answer.status, answer.getheader("Content-Type") or "", answer.read()
    finally:
        connection.close()


def post(url: str, path: str, **fields: Any) -> tuple[int, Any]:
    status, _, content = raw(url, "POST", path, json.dumps(fields).encode())
    return status, json.loads(content)


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
    assert "context length" in answer["error"]


def test_what_follows_the_cut_does_not_matter(model_server: LocalOllama) -> None:
    client = ollama.Client(host=model_server.url)
    long = "steps " * 600
    vectors = client.embed(EMBEDDING_MODEL, [long, long + "allergic to peanuts " * 50]).embeddings
    assert vectors[0] == pytest.approx(vectors[1], abs=1e-4)


def test_fewer_dimensions(served: tuple[str, str]) -> None:
    url, model = served
    _, whole = post(url, "/api/embed", model=model, input="steps")
    status, part = post(url, "/api/embed", model=model, input="steps", dimensions=64)
    assert status == 200
    first = whole["embeddings"][0][:64]
    length = math.hypot(*first)
    assert part["embeddings"][0] == pytest.approx([v / length for v in first], abs=1e-2)


def test_nothing_to_embed_gives_no_vectors(served: tuple[str, str]) -> None:
    url, model = served
    for nothing in ("", []):
        assert post(url, "/api/embed", model=model, input=nothing)[1]["embeddings"] == []


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


# --- its life ------------------------------------------------------------------------------------

USER = """
import sys, time
from pathlib import Path
from wellness import local_ollama
from wellness.settings import Settings
server = local_ollama.start(Settings(home=Path(sys.argv[1])))
print(server.url, server.pid, flush=True)
time.sleep(600)
"""


def another_process(home: Path) -> tuple[subprocess.Popen[str], str, int]:
    """A process that uses the server until it is killed; the URL and process id it was given."""
    user = subprocess.Popen([sys.executable, "-c", USER, home], stdout=subprocess.PIPE, text=True)
    assert user.stdout
    url, pid = user.stdout.readline().split()
    return user, url, int(pid)


def runs(settings: Settings) -> bool:
    return local_ollama.running_at(settings) is not None


def test_two_processes_share_one_until_the_last_is_killed(settings: Settings) -> None:
    user, url, pid = another_process(settings.home)
    try:
        with local_ollama.start(settings) as ours:
            assert (ours.url, ours.pid, ours.reused) == (url, pid, True)
            assert local_ollama.running_at(settings) == url
        assert runs(settings), "the other one still uses it"
    finally:
        user.kill()
        user.communicate()
    wait_until(lambda: not runs(settings))


def test_racing_starts_share_one(settings: Settings) -> None:
    with ThreadPoolExecutor(4) as pool:
        servers = list(pool.map(lambda _: local_ollama.start(settings), range(4)))
    assert len({server.pid for server in servers}) == 1
    for server in servers:
        server.close()
        server.close()
    wait_until(lambda: not runs(settings))


def test_a_killed_server_is_started_anew(settings: Settings) -> None:
    with local_ollama.start(settings) as first:
        os.kill(first.pid, signal.SIGKILL)
        wait_until(lambda: not runs(settings))
        with local_ollama.start(settings) as second:
            assert second.pid != first.pid
            assert post(second.url, "/api/embed", model=EMBEDDING_MODEL, input="x")[0] == 200


def test_it_can_be_stopped(settings: Settings) -> None:
    assert not local_ollama.stop(settings)
    with local_ollama.start(settings):
        assert local_ollama.stop(settings)
        assert not runs(settings)


def test_another_server_on_a_reused_port_is_not_taken_for_ours(
    model_server: LocalOllama, tmp_path: Path
) -> None:
    port = urlsplit(model_server.url).port
    address = tmp_path / "ollama.port"
    service = local_ollama.OllamaService()
    address.write_text(f"{port} {model_server.pid}")
    assert service.look(address).state == "ready"
    address.write_text(f"{port} {model_server.pid + 1}")
    assert service.look(address).state == "silent"
    assert service.look(tmp_path / "nothing").state == "silent"
    assert Address.read(tmp_path / "nothing") is None
