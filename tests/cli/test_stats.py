"""`wellness stats` and `serve-metrics`: what the commands before them measured."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from redis import Redis

from wellness import keys
from wellness.ops.metrics import Metrics
from wellness.ops.metrics_store import MetricsStore
from wellness.server import EmbeddedServer
from wellness.settings import Settings

from .conftest import Run, command, environment


def test_each_command_adds_what_it_measured(
    run: Run, people: Callable[..., None], client: Redis, namespace: str
) -> None:
    assert run("stats").rows == [
        "Nothing was measured yet: each command adds its numbers when it ends."
    ]
    people("ann")
    first = run("stats", "--json").json
    assert first["commands"]["MULTI"]["calls"] > 0
    assert first["commands"]["MULTI"]["sent"] > first["commands"]["MULTI"]["calls"]
    assert run("show", "hr", "--user", "ann").code == 0
    second = run("stats", "--json").json
    total = [sum(row["calls"] for row in of["commands"].values()) for of in (first, second)]
    assert total[1] > total[0]
    assert second == run("stats", "--json").json, "looking is not counted"
    hour = second["last_hour"]
    assert hour["ops"]["points"] in (1, 2)
    assert 0 < hour["p99"]["last"] <= hour["p99"]["highest"]
    assert keys.audit(client, namespace) == []


def test_the_tables_say_the_same(run: Run, client: Redis, namespace: str) -> None:
    metrics = Metrics()
    metrics.on_command("GET", 0.002, None, (("GET", "k"),))
    metrics.on_search("memory", 0.004, [0.25, 0.5])
    metrics.on_embeddings({"hits": 3, "hit_us": 300})
    metrics.on_embeddings({"misses": 1, "embed_us": 10_000})
    store = MetricsStore(client, settings=Settings(), clock=lambda: 1.0, namespace=namespace)
    store.push(metrics)
    answer = run("stats")
    assert answer.code == 0
    rows: dict[str, list[str]] = {}
    for row in filter(None, answer.rows):
        rows.setdefault(row.split()[0], row.split())
    assert rows["GET"][1:4] == ["1", "0", "1"]
    assert rows["memory"][1] == "1"
    assert rows["3"][:2] == ["3", "1"], "the row of the embedding cache"
    assert "75.0%" in rows["3"]
    found = run("stats", "--json").json
    assert found["embeddings"]["hit_rate"] == 0.75
    assert found["embeddings"]["saved_s"] == pytest.approx(0.0297)
    assert found["vector_searches"]["memory"]["results"]["p50"] == pytest.approx(2, rel=0.01)
    assert found["commands"]["GET"]["seconds"]["p99"] == pytest.approx(0.002, rel=0.01)


def test_a_question_leaves_the_agents_steps_its_searches_and_its_embeddings(
    ask: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WELLNESS_CHAT_MODEL", "qwen2.5-coder:9b-local")  # there is none: no wait
    before = ask("stats", "--json").json
    for _ in range(2):
        assert ask("ask", "How many steps did I take on Monday?").code == 1
    after = ask("stats", "--json").json
    runs = {
        node: row["runs"] - before["steps"].get(node, {"runs": 0})["runs"]
        for node, row in after["steps"].items()
    }
    assert runs.keys() >= {"recall", "classify", "act", "answer", "remember"}
    assert runs["recall"] == runs["classify"] == 2
    searched = before["vector_searches"].get("memory", {"searches": 0})["searches"]
    assert after["vector_searches"]["memory"]["searches"] >= searched + 2
    gained = {
        name: after["embeddings"][name] - before["embeddings"][name] for name in ("hits", "misses")
    }
    assert gained["hits"] >= 1, "the second time, the question's vector is there"
    assert gained["hits"] + gained["misses"] >= 2


def test_a_failed_command_adds_nothing(run: Run, client: Redis, namespace: str) -> None:
    assert run("show", "steps", "--user", "nobody").code == 2
    assert not list(keys.scan(client, namespace))


def test_reset_of_everything_leaves_no_metrics(
    run: Run, people: Callable[..., None], client: Redis, namespace: str
) -> None:
    people("ann")
    assert run("reset", "--everything", "--yes").code == 0
    assert not list(keys.scan(client, namespace))


# --- serve-metrics --------------------------------------------------------------------------------


@contextmanager
def serving(server: EmbeddedServer, namespace: str, *words: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        command("serve-metrics", *words),
        env=environment(REDIS_URL=server.url, WELLNESS_NAMESPACE=namespace),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=30)


def test_prometheus_reads_all_processes_until_ctrl_c(
    redis_server: EmbeddedServer, client: Redis, namespace: str
) -> None:
    metrics = Metrics()
    metrics.on_command("GET", 0.002, None, (("GET", "k"),))
    store = MetricsStore(client, settings=Settings(), clock=lambda: 1.0, namespace=namespace)
    store.push(metrics)
    with serving(redis_server, namespace, "--port", "0") as process:
        assert process.stdout
        line = process.stdout.readline()
        assert line.startswith("Metrics are at http://127.0.0.1:")
        url = line.split()[3]
        for calls in (1, 2):
            with urllib.request.urlopen(url, timeout=30) as answer:
                text = answer.read().decode()
            assert f'wellness_redis_commands_sent_total{{command="GET"}} {calls}.0' in text
            metrics.on_command("GET", 0.002, None, (("GET", "k"),))
            store.push(metrics)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
        assert (process.returncode, out.strip(), err) == (0, "No longer served.", "")


def test_a_port_in_use_is_said(run: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = run("serve-metrics", "--port", port)
    assert answer.code == 2
    assert answer.err.splitlines()[0] == (
        f"Metrics cannot be served at 127.0.0.1:{port}: {os.strerror(98)}."
    )
    assert "--port" in answer.err.splitlines()[1]


def test_a_port_beyond_all_is_refused(run: Run) -> None:
    assert run("serve-metrics", "--port", "65536").code == 2
