"""Metrics of all processes in Redis: added up exactly once, thinned out, forgotten in time."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from redis import Redis, RedisError
from redis.exceptions import ConnectionError as Disconnected
from redis.exceptions import ResponseError

from wellness import keys
from wellness.agent.state import Step
from wellness.bootstrap import redis_build
from wellness.client import connect
from wellness.errors import MetricsError, TimeSeriesMissing
from wellness.keys import Keys
from wellness.link.histogram import ALPHA
from wellness.ops.measured import cells, merge
from wellness.ops.metrics import Metrics
from wellness.ops.metrics_store import MetricsStore
from wellness.ops.series import SERIES
from wellness.server import EmbeddedServer
from wellness.settings import Settings

TESTS = Path(__file__).parents[1]
NOON = 1_790_000_000.0  # on a slot of ten seconds
Make = Callable[..., MetricsStore]


class Clock:
    """A clock that stands until it is told to go on."""

    def __init__(self, now: float = NOON) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make(client: Redis, namespace: str, clock: Clock) -> Make:
    """Makes stores of this test's namespace, as processes would have one each."""

    def build(on: Redis = client, **changed: Any) -> MetricsStore:
        return MetricsStore(on, settings=Settings(**changed), clock=clock, namespace=namespace)

    return build


def busy(gets: int = 100, seconds: float = 0.001) -> Metrics:
    metrics = Metrics()
    for _ in range(gets):
        metrics.on_command("GET", seconds, None, (("GET", "k"),))
    return metrics


# --- merging --------------------------------------------------------------------------------------


def test_what_is_pushed_comes_back(make: Make) -> None:
    metrics = busy()
    metrics.on_command("SET", 0.5, ResponseError("no"), (("SET", "k"),))
    metrics.on_search("memory", 0.002, [0.1, 0.2])
    metrics.on_step(Step("answer", 2.0, 1.5))
    metrics.on_embeddings({"hits": 3, "hit_us": 300})
    store = make()
    assert not store.merged()
    store.push(metrics)
    assert cells(store.merged()) == cells(metrics.measured())
    store.push(metrics)
    assert cells(store.merged()) == cells(metrics.measured()), "nothing is pushed twice"


def test_two_processes_percentile_is_that_of_all_their_samples(make: Make) -> None:
    random = np.random.default_rng(3)
    fast, slow = random.exponential(50e-6, 20_000), random.exponential(5e-3, 3_000)
    for values in (fast, slow):
        metrics = Metrics()
        for value in values.tolist():
            metrics.on_command("GET", value, None, (("GET", "k"),))
        make().push(metrics)
    exact = float(np.quantile(np.concatenate([fast, slow]), 0.99, method="lower"))
    of = make().merged().commands["GET"].histogram
    assert of.p99 == pytest.approx(exact, rel=0.02)
    assert of.count == 23_000
    means = [np.quantile(values, 0.99) for values in (fast, slow)]
    assert exact != pytest.approx(np.mean(means), rel=0.1), "percentiles have no mean"


PROCESS = """
import sys, time
sys.path.insert(0, sys.argv[3])
from wellness.client import connect
from wellness.ops.metrics import Metrics
from wellness.ops.metrics_store import MetricsStore
from wellness.settings import Settings
settings, metrics = Settings(redis_url=sys.argv[1]), Metrics()
with connect(settings, observer=metrics) as client:
    store = MetricsStore(client, settings=settings, clock=time.time, namespace=sys.argv[2])
    for _ in range(5):
        for _ in range(40):
            client.ping()
        store.push(metrics)
"""


def test_processes_at_the_same_time_lose_nothing(
    make: Make, redis_server: EmbeddedServer, namespace: str
) -> None:
    words = [sys.executable, "-c", PROCESS, redis_server.url, namespace, str(TESTS.parent)]
    running = [subprocess.Popen(words) for _ in range(3)]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    merged = make().merged()
    assert {name: row.calls for name, row in merged.commands.items()} == {"PING": 600}
    assert merged.commands["PING"].histogram.count == 600


def test_threads_that_push_at_once_lose_nothing(make: Make) -> None:
    metrics, store = Metrics(), make()

    def work() -> None:
        for i in range(300):
            metrics.on_command("GET", 1e-3, None, (("GET", "k"),))
            if i % 30 == 0:
                store.push(metrics)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store.push(metrics)
    assert store.merged().commands["GET"].calls == 1_200


def test_a_push_is_not_measured(redis_server: EmbeddedServer, make: Make) -> None:
    metrics = Metrics()
    with connect(Settings(redis_url=redis_server.url), observer=metrics) as client:
        client.ping()
        store = make(client)
        for _ in range(3):
            store.push(metrics)
        assert list(metrics.measured().commands) == ["PING"]


# --- failures -------------------------------------------------------------------------------------


class Cut(Redis):
    """A client whose transactions fail, before or after the server has carried them out."""

    broken = ""

    def pipeline(self, transaction: bool = True, shard_hint: Any = None) -> Any:
        pipe = super().pipeline(transaction, shard_hint)
        whole, broken = pipe.execute, self.broken

        def execute(raise_on_error: bool = True) -> Any:
            if transaction and broken:
                raise Disconnected("cut")
            return whole(raise_on_error)

        pipe.execute = execute
        return pipe


def test_what_could_not_be_pushed_is_pushed_the_next_time(
    redis_server: EmbeddedServer, make: Make
) -> None:
    with Cut(unix_socket_path=str(redis_server.socket)) as client:
        store, metrics = make(client), busy(10)
        store.push(metrics)
        metrics.on_command("GET", 0.1, None, (("GET", "k"),))
        client.broken = "yes"
        for _ in range(2):
            with pytest.raises(Disconnected):
                store.push(metrics)
        client.broken = ""
        metrics.on_command("GET", 0.1, None, (("GET", "k"),))
        store.push(metrics)
        assert store.merged().commands["GET"].calls == 12
        assert cells(store.merged()) == cells(metrics.measured())


def test_a_dead_redis_costs_no_count(make: Make, tmp_path: Path) -> None:
    metrics = busy(5)
    away = Settings(redis_url=f"unix://{tmp_path}/none")
    with connect(away) as dead, pytest.raises(RedisError):
        make(dead).push(metrics)
    make().push(metrics)
    assert make().merged().commands["GET"].calls == 5


@pytest.mark.parametrize("field", ["GET|p99", "GET|99999", "GET|1"])
def test_what_another_version_wrote_is_an_error(
    make: Make, client: Redis, namespace: str, field: str
) -> None:
    store = make()
    store.push(busy())
    name = Keys(namespace, keys.EVERYONE).metrics(f"commands-{ALPHA}")
    client.hset(name, field, -1)
    with pytest.raises(MetricsError) as caught:
        store.merged()
    assert "forget" in caught.value.hint
    store.forget()
    assert not store.merged()


def test_names_of_many_processes_are_bounded(make: Make) -> None:
    for process in range(3):
        metrics = Metrics()
        for i in range(50):
            metrics.on_command(f"C{process}N{i}", 1e-3, None, (("C",),))
        make().push(metrics)
    merged = make().merged()
    assert len(merged.commands) == 64
    assert merged.all_commands.calls == 150


# --- keys -----------------------------------------------------------------------------------------


def test_keys_are_as_the_table_says_few_and_nobodys(
    make: Make, client: Redis, namespace: str
) -> None:
    store = make(metrics_ttl_s=100)
    store.push(busy())
    first = set(keys.scan(client, namespace))
    for _ in range(20):
        store.push(busy())
    assert set(keys.scan(client, namespace)) == first
    assert len(first) == 1 + 3 * len(SERIES), "one family had anything to say"
    assert keys.audit(client, namespace, Settings(metrics_ttl_s=100)) == []
    assert {keys.parse(key).user for key in first} == {keys.EVERYONE}
    assert keys.users(client, namespace) == []
    assert store.forget() == len(first)
    assert not set(keys.scan(client, namespace))


# --- series ---------------------------------------------------------------------------------------


def test_an_interval_has_one_point_in_each_series(make: Make, clock: Clock) -> None:
    store, metrics = make(), busy(300, 0.002)
    metrics.on_embeddings({"hits": 3})
    metrics.on_embeddings({"misses": 1})
    clock.now += 20
    store.push(metrics)
    clock.now += 10
    store.push(busy(10, 0.004))
    found = {name: store.series(name, NOON).values for name in SERIES}
    assert found["ops"] == [300 / 20, 10 / 10]
    assert found["p99"] == pytest.approx([0.002, 0.004], rel=ALPHA)
    assert found["hit_rate"] == [0.75], "where nothing was asked there is no rate"
    assert len(found["memory"]) == 2
    assert all(value > 1e5 for value in found["memory"])
    assert [point.at for point in store.series("ops", NOON).points] == [NOON + 20, NOON + 30]
    assert store.series("ops", NOON + 21).values == [1.0]


def test_two_processes_in_one_slot(make: Make, clock: Clock) -> None:
    stores = make(), make()
    clock.now += 13
    for store, gets, seconds in zip(stores, (130, 260), (0.010, 0.002), strict=True):
        store.push(busy(gets, seconds))
    assert stores[0].series("ops", NOON).values == [pytest.approx(30)]
    assert stores[0].series("p99", NOON).values == [pytest.approx(0.010, rel=ALPHA)]


def test_the_farther_back_the_coarser(make: Make, clock: Clock) -> None:
    store = make()
    for _ in range(4 * 360):
        clock.now += 10
        store._series.queue(
            pipe := store.client.pipeline(), {"ops": clock.now % 60, "p99": 1}, clock.now
        )
        if store._series.damaged(pipe.execute()[0]):
            store._series.make()
    now = clock.now
    raw, minutes, hours = (
        store.series("ops", now - back) for back in (3_600, 7 * 3_600, 30 * 86_400)
    )
    assert (raw.resolution_s, minutes.resolution_s, hours.resolution_s) == (10, 60, 3_600)
    assert len(raw.points) == 361
    assert len(minutes.points) in (239, 240, 241)
    assert len(hours.points) in (4, 5)
    assert minutes.points[5].value == pytest.approx(25), "the mean of 0, 10, ... 50"
    assert minutes.points[5].at % 60 == 0
    assert store.series("p99", now - 7 * 3_600).points[5].value == 1


def test_old_points_go(make: Make, clock: Clock, client: Redis, namespace: str) -> None:
    store = make(metrics_raw_s=60, metrics_minutes_s=600, metrics_hours_s=7_200)
    for _ in range(200):
        clock.now += 10
        store.push(busy(1))
    key = Keys(namespace, keys.EVERYONE).series("ops")
    points: Any = client.execute_command("TS.RANGE", key, "-", "+")
    assert 0 < len(points) <= 7
    assert len(store.series("ops", clock.now - 600).points) <= 11


def test_series_that_went_are_made_again(
    make: Make, clock: Clock, client: Redis, namespace: str
) -> None:
    store = make()
    store.push(busy())
    client.unlink(*keys.scan(client, namespace))
    clock.now += 60
    store.push(busy())
    assert keys.audit(client, namespace) == []
    assert len(store.series("ops", NOON).points) == 1
    assert len(store.series("ops", NOON - 6 * 86_400).points) == 1, "its rules are there, too"


def test_a_series_before_the_first_push_is_empty_and_an_unknown_one_an_error(make: Make) -> None:
    store = make()
    assert store.series("ops", 0).points == ()
    with pytest.raises(MetricsError, match="no series 'mood'") as caught:
        store.series("mood", 0)
    assert "hit_rate" in caught.value.hint


@pytest.fixture(scope="module")
def bare_redis() -> Iterator[Redis]:
    """A Redis without modules."""
    with tempfile.TemporaryDirectory(prefix="rw") as short:
        words = ["--port", "0", "--unixsocket", f"{short}/s", "--dir", short, "--save", ""]
        server = subprocess.Popen(
            [redis_build(Settings()).server, *words], stdout=subprocess.DEVNULL
        )
        try:
            with Redis(unix_socket_path=f"{short}/s") as client:
                for _ in range(200):
                    try:
                        client.ping()
                        break
                    except RedisError:
                        time.sleep(0.05)
                yield client
        finally:
            server.terminate()
            server.wait(10)


def test_without_the_module_there_are_metrics_and_no_series(make: Make, bare_redis: Redis) -> None:
    store = make(bare_redis)
    assert not store.has_series
    store.push(busy())
    store.push(busy())
    assert store.merged().commands["GET"].calls == 200
    with pytest.raises(TimeSeriesMissing) as caught:
        store.series("ops", 0)
    assert "redis" in caught.value.hint


def test_text_replies_do_as_well(make: Make, client: Redis, clock: Clock) -> None:
    path = client.connection_pool.connection_kwargs["path"]
    with Redis(unix_socket_path=path, decode_responses=True) as text:
        store, metrics = make(text), busy()
        store.push(metrics)
        assert cells(store.merged()) == cells(metrics.measured())
        assert store.has_series
        assert len(store.series("ops", NOON).points) == 1
    assert cells(make().merged()) == merge(cells(metrics.measured()))
