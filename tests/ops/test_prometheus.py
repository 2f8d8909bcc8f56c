"""What Prometheus reads: valid exposition, honest buckets, bounded labels, on loopback only."""

from __future__ import annotations

import re
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.openmetrics.exposition import generate_latest as open_metrics
from prometheus_client.openmetrics.parser import (
    text_string_to_metric_families as parse_open_metrics,
)
from prometheus_client.parser import text_string_to_metric_families as parse
from redis import Redis

from wellness import keys
from wellness.agent.state import Step
from wellness.client import connect
from wellness.errors import MetricsError
from wellness.ops.metrics import Metrics
from wellness.ops.metrics_server import MetricsServer
from wellness.ops.metrics_store import MetricsStore
from wellness.ops.prometheus import registry_of
from wellness.settings import Settings

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@pytest.fixture
def metrics() -> Metrics:
    """Some of everything."""
    made = Metrics()
    for _ in range(3):
        made.on_command("GET", 0.000_05, None, (("GET", "k"),))
    made.on_command("GET", 0.2, TimeoutError(), (("GET", "k"),))
    made.on_search("memory", 0.002, [0.1, 0.25, 0.35])
    made.on_search("memory", 0.002, [])
    made.on_step(Step("answer", 2.0, 1.5))
    made.on_embeddings({"hits": 3, "hit_us": 300})
    made.on_embeddings({"misses": 1, "embed_us": 10_000, "written_bytes": 1_536})
    return made


def samples(registry: CollectorRegistry) -> Samples:
    text = generate_latest(registry).decode()
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in parse(text)
        for sample in family.samples
    }


def under(found: Samples, name: str, le: str, **labels: str) -> float:
    return found[f"{name}_bucket", tuple(sorted({**labels, "le": le}.items()))]


def test_everything_is_exported_and_both_formats_are_valid(metrics: Metrics, client: Redis) -> None:
    registry = registry_of(metrics.measured, client)
    found = samples(registry)
    get = (("command", "GET"),)
    assert found["wellness_redis_command_seconds_count", get] == 4
    assert found["wellness_redis_command_seconds_sum", get] == pytest.approx(0.20015)
    assert found["wellness_redis_command_errors_total", get] == 1
    assert found["wellness_redis_commands_sent_total", get] == 4
    assert under(found, "wellness_redis_command_seconds", "5e-05", command="GET") == 3
    assert under(found, "wellness_redis_command_seconds", "0.1", command="GET") == 3
    assert under(found, "wellness_redis_command_seconds", "0.25", command="GET") == 4
    assert under(found, "wellness_vector_search_results", "0.0", index="memory") == 1
    assert under(found, "wellness_vector_search_results", "2.0", index="memory") == 1
    assert under(found, "wellness_vector_search_results", "5.0", index="memory") == 2
    assert under(found, "wellness_vector_search_distance", "0.25", index="memory") == 2
    assert under(found, "wellness_agent_step_seconds", "2.5", node="answer") == 1
    assert found["wellness_agent_step_model_seconds_total", (("node", "answer"),)] == 1.5
    assert found["wellness_embedding_lookups_total", (("result", "hit"),)] == 3
    assert found["wellness_embedding_written_bytes_total", ()] == 1_536
    assert found["wellness_embedding_saved_seconds", ()] == pytest.approx(0.0297)
    assert found["wellness_redis_memory_used_bytes", ()] > 100_000
    assert found["wellness_redis_up", ()] == 1
    names = {family.name for family in parse_open_metrics(open_metrics(registry).decode())}
    assert len(names) == len({re.sub("_(total|bucket|sum|count)$", "", n) for n, _ in found})


@pytest.mark.parametrize("seed", range(3))
def test_buckets_are_those_of_the_samples_within_two_percent_of_their_bounds(seed: int) -> None:
    values = np.random.default_rng(seed).lognormal(-8, 2, 5_000)
    metrics = Metrics()
    for value in values.tolist():
        metrics.on_command("GET", value, None, (("GET",),))
    found = samples(registry_of(metrics.measured))
    bounds = [
        (float(dict(labels)["le"]), count)
        for (name, labels), count in found.items()
        if name == "wellness_redis_command_seconds_bucket"
    ]
    assert len(bounds) > 10
    assert [count for _, count in bounds] == sorted(count for _, count in bounds)
    for bound, count in bounds:
        assert (values <= bound).sum() <= count <= (values <= bound * 1.0203).sum()
    assert bounds[-1] == (float("inf"), 5_000)


def test_small_whole_numbers_are_exact() -> None:
    metrics = Metrics()
    for results in range(21):
        metrics.on_search("memory", 0.001, [0.5] * results)
    found = samples(registry_of(metrics.measured))
    for bound in ("0.0", "1.0", "2.0", "5.0", "10.0", "20.0"):
        count = under(found, "wellness_vector_search_results", bound, index="memory")
        assert count == float(bound) + 1


def test_all_processes_numbers_come_from_redis(
    metrics: Metrics, client: Redis, namespace: str
) -> None:
    store = MetricsStore(client, settings=Settings(), clock=time.time, namespace=namespace)
    assert samples(registry_of(store.merged, client))["wellness_redis_up", ()] == 1
    store.push(metrics)
    other = Metrics()
    other.on_command("GET", 0.01, None, (("GET", "k"),))
    store.push(other)
    found = samples(registry_of(store.merged, client))
    assert found["wellness_redis_command_seconds_count", (("command", "GET"),)] == 5


def test_without_redis_there_is_one_number(tmp_path: Path) -> None:
    settings = Settings(redis_url=f"unix://{tmp_path}/none")
    with connect(settings) as client:
        store = MetricsStore(client, settings=settings, clock=time.time)
        assert samples(registry_of(store.merged, client)) == {("wellness_redis_up", ()): 0}


def test_what_cannot_be_read_does_not_stop_the_scrape(client: Redis, namespace: str) -> None:
    store = MetricsStore(client, settings=Settings(), clock=time.time, namespace=namespace)
    client.hset(store._key("commands"), "GET|joy", 1)
    assert samples(registry_of(store.merged, client)) == {("wellness_redis_up", ()): 0}
    store.forget()


def test_labels_are_bounded_and_hold_no_person(metrics: Metrics) -> None:
    for i in range(1_000):
        metrics.on_command(f"C{i}", 1e-3, None, (("C",),))
        metrics.on_search(f"i{i}", 1e-3, [])
        metrics.on_step(Step(f"n{i}", 1e-3))
    for text in ('ann"}\n', "ann@example.org", "My goal weight is 75 kg", "ä"):
        metrics.on_command(text, 1e-3, None, ((text,),))
        metrics.on_search(text, 1e-3, [0.1])
        metrics.on_step(Step(text, 1e-3))
    seen: dict[str, set[str]] = {}
    for _, labels in samples(registry_of(metrics.measured)):
        for label, value in labels:
            seen.setdefault(label, set()).add(value)
    assert seen.keys() == {"command", "index", "node", "result", "le"}
    assert all(len(values) <= 65 for values in seen.values())
    words = set.union(*(seen[label] for label in ("command", "index", "node")))
    assert all(re.fullmatch(r"[A-Za-z0-9]+", word) for word in words)


# --- the server -----------------------------------------------------------------------------------


@pytest.fixture
def server(metrics: Metrics) -> Iterator[MetricsServer]:
    with MetricsServer(registry_of(metrics.measured), 0) as server:
        yield server


def fetch(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return str(answer.read().decode())


def test_the_page_is_the_registry_as_it_is_now(metrics: Metrics, server: MetricsServer) -> None:
    assert 'wellness_redis_commands_sent_total{command="GET"} 4.0' in fetch(server.url)
    metrics.on_command("GET", 0.1, None, (("GET", "k"),))
    assert 'wellness_redis_commands_sent_total{command="GET"} 5.0' in fetch(server.url)


def test_only_loopback_is_listened_to(server: MetricsServer) -> None:
    assert server.url.startswith("http://127.0.0.1:")
    assert server._server.socket.getsockname()[0] == "127.0.0.1"
    assert repr(server) == f"<MetricsServer at {server.url}>"


def test_a_taken_port_is_said_and_a_closed_one_is_free_again(server: MetricsServer) -> None:
    port = int(server.url.split(":")[2].split("/")[0])
    with pytest.raises(
        MetricsError, match=rf"127\.0\.0\.1:{port}: Address already in use"
    ) as caught:
        MetricsServer(CollectorRegistry(), port)
    assert "--port" in caught.value.hint
    server.close()
    server.close()
    with pytest.raises(urllib.error.URLError):
        fetch(server.url)
    with MetricsServer(CollectorRegistry(), port) as again:
        assert str(port) in again.url


def test_a_refused_port_is_said_too() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(MetricsError, match="cannot be served"):
            MetricsServer(CollectorRegistry(), taken.getsockname()[1])


def test_keys_have_no_person(client: Redis, namespace: str, metrics: Metrics) -> None:
    MetricsStore(client, settings=Settings(), clock=time.time, namespace=namespace).push(metrics)
    assert {keys.parse(key).user for key in keys.scan(client, namespace)} == {keys.EVERYONE}
