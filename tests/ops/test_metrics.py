"""What one process counts: exactly, in constant memory, from many threads, and no text."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from memory.geometry import Scattered

from ops.distributions import (
    SAMPLES,
    Draw,
    exponential,
    heavy_tailed,
    hits_and_misses,
    uniform,
)
from wellness.agent.state import Step
from wellness.client import Client, connect
from wellness.link.breaker import BreakerOpen
from wellness.link.cache_statistics import EMBEDDING_COUNTS, CacheStatistics
from wellness.link.histogram import ALPHA
from wellness.link.latency import BATCH, NAMES, OTHER
from wellness.memory.embedding_cache import CachedEmbedder
from wellness.memory.kinds import Fact, MemoryKind
from wellness.memory.long_term import LongTerm
from wellness.memory.semantic_cache import SemanticCache
from wellness.ops.measured import (
    Cell,
    Measured,
    bounded,
    cells,
    merge,
    of_cells,
    since,
)
from wellness.ops.metrics import UNREAD, Metrics
from wellness.server import EmbeddedServer
from wellness.settings import Settings


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def watched(redis_server: EmbeddedServer, metrics: Metrics) -> Iterator[Client]:
    """A guarded client of the run's Redis, with the metrics as its observer."""
    with connect(Settings(redis_url=redis_server.url), observer=metrics) as client:
        yield client


@pytest.mark.parametrize("draw", [exponential, uniform, heavy_tailed, hits_and_misses])
def test_p99_of_a_hundred_thousand_is_within_two_percent(metrics: Metrics, draw: Draw) -> None:
    values = draw(np.random.default_rng(7))
    for value in values.tolist():
        metrics.on_command("GET", value, None, (("GET", "k"),))
    of = metrics.measured().commands["GET"].histogram
    for q in (0.5, 0.95, 0.99):
        exact = float(np.quantile(values, q, method="lower"))
        assert of.quantile(q) == pytest.approx(exact, rel=0.02)
    assert of.count == SAMPLES
    assert of.total_s == pytest.approx(values.sum())


# --- commands -------------------------------------------------------------------------------------


def test_a_clients_commands_are_counted_and_its_pipelines_by_what_they_send(
    metrics: Metrics, watched: Client
) -> None:
    for _ in range(3):
        watched.ping()
    with pytest.raises(Exception, match="wrong number"):
        watched.execute_command("GET")
    pipe = watched.pipeline(transaction=False)
    pipe.ping()
    pipe.echo("x")
    pipe.execute()
    commands = metrics.measured().commands
    counted = {name: (row.calls, row.errors, row.sent) for name, row in commands.items()}
    assert counted == {"PING": (3, 0, 3), "GET": (1, 1, 1), "PIPELINE": (1, 0, 2)}
    whole = metrics.measured().all_commands
    assert (whole.calls, whole.errors, whole.sent, whole.histogram.count) == (5, 1, 6, 5)


def test_a_refused_call_was_not_sent(metrics: Metrics) -> None:
    metrics.on_command("GET", 1e-6, BreakerOpen(1.0), (("GET", "k"),))
    row = metrics.measured().commands["GET"]
    assert (row.calls, row.errors, row.sent, row.histogram.count) == (1, 1, 0, 0)


def test_names_are_bounded_and_never_text(metrics: Metrics) -> None:
    for i in range(10 * NAMES):
        metrics.on_command(f"CMD{i}", 1e-3, None)
        metrics.on_search(f"index{i}", 1e-3, [0.1])
        metrics.on_step(Step(f"node{i}", 1e-3))
    for text in ("MY GOAL WEIGHT", "ANN@EXAMPLE.ORG", "<B>", "", "X" * 99, "ÄRZTIN"):
        metrics.on_command(text, 1e-3, None)
        metrics.on_search(text, 1e-3, [0.1])
        metrics.on_step(Step(text, 1e-3))
    found = metrics.measured()
    for rows in (found.commands, found.searches, found.steps):
        assert len(rows) <= NAMES + 1
        assert OTHER in rows
        assert all(name.isascii() and name.isalnum() for name in rows)
    assert found.all_commands.calls == 10 * NAMES + 6
    assert found.commands[OTHER].calls == 9 * NAMES + 6
    assert sum(row.seconds.count for row in found.steps.values()) == 10 * NAMES + 6


def test_what_is_unrecorded_is_only_that_threads(metrics: Metrics, watched: Client) -> None:
    with metrics.unrecorded():
        with metrics.unrecorded():
            watched.ping()
        watched.ping()
        other = threading.Thread(target=watched.ping)
        other.start()
        other.join()
    assert metrics.measured().commands["PING"].calls == 1
    watched.ping()
    assert metrics.measured().commands["PING"].calls == 2


# --- vector searches ------------------------------------------------------------------------------


def remembering(client: Client, namespace: str) -> LongTerm:
    memory = LongTerm(
        client, Scattered(), "ann", settings=Settings(), clock=time.time, namespace=namespace
    )
    texts = ("My goal weight is 75 kg", "I run on Sundays", "I sleep badly in summer")
    memory.remember([Fact(text, MemoryKind.FACT, 1_700_000_000) for text in texts])
    return memory


def test_a_recall_is_a_search_with_its_results_and_their_distances(
    metrics: Metrics, watched: Client, namespace: str
) -> None:
    memory = remembering(watched, namespace)
    assert "memory" not in metrics.measured().searches
    now = int(time.time())
    found = [memory.recall(text, now=now) for text in ("goal weight", "Sunday")]
    ((name, search),) = metrics.measured().searches.items()
    assert (name, search.seconds.count, search.results.count) == ("memory", 2, 2)
    exact = sorted(hit.why.distance for one in found for hit in one.hits if hit.why.distance)
    assert search.results.total_s == len(exact) == search.distances.count == 6
    assert search.distances.total_s == pytest.approx(sum(exact), rel=1e-6)
    assert search.distances.quantile(0) == pytest.approx(exact[0], rel=ALPHA * 1.01)
    assert search.distances.longest_s == pytest.approx(exact[-1])
    took = sum(one.timings["search"] for one in found)
    assert search.seconds.total_s == pytest.approx(took)


def test_a_recall_without_an_embedder_is_no_vector_search(
    metrics: Metrics, watched: Client, namespace: str
) -> None:
    memory = remembering(watched, namespace)
    memory._vector = lambda question: (b"", "away")  # type: ignore[method-assign]
    assert memory.recall("goal weight", now=int(time.time())).hits
    assert metrics.measured().searches == {}


def test_the_semantic_cache_searches_too(metrics: Metrics, watched: Client, namespace: str) -> None:
    cache = SemanticCache(
        watched, Scattered(), "ann", settings=Settings(), clock=time.time, namespace=namespace
    )
    home = ZoneInfo("Europe/Berlin")
    now = datetime(2026, 9, 30, 20, 15, tzinfo=home)
    lookup = cache.get("How many steps did I take yesterday?", now=now, zone=home)
    cache.put(lookup, "8,214")
    assert cache.get("How many steps did I take yesterday?", now=now, zone=home)
    search = metrics.measured().searches["answer"]
    assert (search.seconds.count, search.results.count, search.distances.count) == (2, 2, 1)
    assert search.results.total_s == 1


@pytest.mark.parametrize("as_bytes", [False, True])
def test_searches_sent_as_they_are_count_by_their_query(metrics: Metrics, as_bytes: bool) -> None:
    def query(text: str) -> str | bytes:
        return text.encode() if as_bytes else text

    knn = ("FT.SEARCH", "i", query("(@user:{a})=>[KNN 3 @v $q]"), "PARAMS", 2, "q", b"\xff")
    words = ("FT.SEARCH", "i", query("KNN of steps"), "LIMIT", 0, 3)
    metrics.on_command("FT.SEARCH", 0.001, None, (knn,))
    metrics.on_command("FT.SEARCH", 0.001, None, (words,))
    metrics.on_command("FT.SEARCH", 0.001, ValueError("no such index"), (knn,))
    metrics.on_command("FT.HYBRID", 0.001, None, (("FT.HYBRID", "i", "SEARCH", "x", "VSIM"),))
    found = metrics.measured()
    assert found.commands["FT.SEARCH"].calls == 3
    search = found.searches[UNREAD]
    assert (search.seconds.count, search.results.count) == (2, 0)


# --- embeddings and steps -------------------------------------------------------------------------


def test_the_embedding_cache_says_the_same_here_and_there(
    metrics: Metrics, watched: Client, namespace: str
) -> None:
    cache = CachedEmbedder(Scattered(), watched, "ann", settings=Settings(), namespace=namespace)
    cache.embed(["one"])
    cache.embed(["one"])
    cache.embed(["one", "two", "two"])
    own = cache.statistics()
    mine = metrics.measured().embeddings
    assert {name: getattr(mine, name) for name in EMBEDDING_COUNTS} == {
        name: getattr(own, name) for name in EMBEDDING_COUNTS
    }
    assert (mine.hits, mine.misses) == (2, 2)
    assert mine.hit_rate == own.hit_rate
    assert mine.saved_s == own.saved_s


@given(st.lists(st.integers(0, 10**9), min_size=8, max_size=8))
def test_rate_and_saving_are_those_of_the_cache(values: list[int]) -> None:
    counts = dict(zip(EMBEDDING_COUNTS, values, strict=True))
    cache = CacheStatistics(**counts)
    mine = of_cells(cells(Measured(embeddings=cache))).embeddings  # there and back
    assert (mine.hit_rate, mine.saved_s) == (cache.hit_rate, cache.saved_s)


def test_counts_that_were_not_sent_are_not_told_twice(
    metrics: Metrics, watched: Client, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = CachedEmbedder(Scattered(), watched, "ann", settings=Settings(), namespace=namespace)
    cache.embed(["one"])
    cache.embed(["one"])
    taken = cache._tally.queue(watched.pipeline())
    cache._tally.restore(taken)
    assert cache._tally.pending.hits == metrics.measured().embeddings.hits == 1


def test_steps_are_told_by_node_with_what_models_took(metrics: Metrics) -> None:
    for seconds, waited in ((0.5, 0.4), (1.5, 1.2)):
        metrics.on_step(Step("answer", seconds, waited))
    metrics.on_step(Step("recall", 0.01))
    steps = metrics.measured().steps
    assert list(steps) == ["answer", "recall"]
    assert steps["answer"].seconds.total_s == pytest.approx(2.0)
    assert steps["answer"].waited.total_s == pytest.approx(1.6)
    assert steps["recall"].waited.quantile(1) == pytest.approx(0, abs=1e-6)


# --- watchers -------------------------------------------------------------------------------------


def test_an_observer_that_fails_spoils_nothing(
    watched: Client, namespace: str, caplog: pytest.LogCaptureFixture
) -> None:
    class Faulty(Metrics):
        def on_search(self, *_: object) -> None:
            raise RuntimeError("broken watcher")

    faulty, after = Faulty(), Metrics()
    watched.guard.add(faulty)
    watched.guard.add(after)
    memory = remembering(watched, namespace)
    for _ in range(2):
        assert memory.recall("goal weight", now=int(time.time())).hits
    assert after.measured().searches["memory"].seconds.count == 2
    assert caplog.text.count("RuntimeError: broken watcher") == 1
    watched.guard.remove(after)
    memory.recall("goal weight", now=int(time.time()))
    assert after.measured().searches["memory"].seconds.count == 2


# --- threads, intervals, forgetting ---------------------------------------------------------------


def test_nothing_is_lost_or_doubled_between_threads(metrics: Metrics) -> None:
    done = threading.Event()
    taken: list[dict[Cell, int]] = []

    def work() -> None:
        for i in range(2_000):
            metrics.on_command("GET", i * 1e-6, None, (("GET",),))
            if i % 20 == 0:
                metrics.on_search("memory", 1e-3, [0.1, 0.2])
                metrics.on_embeddings({"hits": 1, "hit_us": 50})
                metrics.on_step(Step("answer", 0.1))

    def drain(fails: bool) -> None:
        while not done.is_set():
            part = metrics.take()
            metrics.restore(part) if fails else taken.append(part)
            time.sleep(0.001)

    workers = [threading.Thread(target=work) for _ in range(8)]
    drains = [threading.Thread(target=drain, args=(fails,)) for fails in (False, False, True)]
    for thread in (*workers, *drains):
        thread.start()
    for thread in workers:
        thread.join()
    done.set()
    for thread in drains:
        thread.join()
    taken.append(metrics.take())
    assert all(count > 0 for part in taken for count in part.values())
    whole = of_cells(merge(*taken))
    assert cells(whole) == cells(metrics.measured())
    assert (whole.all_commands.calls, whole.all_commands.sent) == (16_000, 16_000)
    assert whole.searches["memory"].distances.count == 1_600
    assert whole.embeddings.hits == whole.steps["answer"].seconds.count == 800


def test_taking_gives_what_is_new_and_restoring_gives_it_again(metrics: Metrics) -> None:
    metrics.on_command("GET", 0.001, None, (("GET",),))
    assert of_cells(metrics.take()).commands["GET"].calls == 1
    assert metrics.take() == {}
    metrics.on_command("GET", 0.002, None, (("GET",),))
    taken = metrics.take()
    metrics.restore(taken)
    metrics.on_command("SET", 0.002, None, (("SET",),))
    again = of_cells(metrics.take())
    assert {name: row.calls for name, row in again.commands.items()} == {"GET": 1, "SET": 1}
    assert metrics.measured().commands["GET"].calls == 2, "what was taken is still counted"


def test_reset_forgets_everything_also_what_was_taken(metrics: Metrics) -> None:
    for _ in range(BATCH + 3):
        metrics.on_command("GET", 0.001, None, (("GET",),))
    metrics.on_step(Step("answer", 0.1))
    metrics.take()
    metrics.reset()
    assert not metrics.measured()
    metrics.on_command("GET", 0.001, None, (("GET",),))
    assert of_cells(metrics.take()).commands["GET"].calls == 1


durations = st.floats(0, 2_000)


@given(st.dictionaries(st.sampled_from(["GET", "SET", "FT.SEARCH"]), st.lists(durations)))
def test_cells_are_everything(values: dict[str, list[float]]) -> None:
    metrics = Metrics()
    for name, seconds in values.items():
        for one in seconds:
            metrics.on_command(name, one, None, ((name,),))
            metrics.on_search("memory", one, [min(one, 2.0)])
    found = metrics.measured()
    back = of_cells(cells(found))
    assert cells(back) == cells(found)
    for name, row in found.commands.items():
        other = back.commands[name]
        assert (other.calls, other.errors, other.sent) == (row.calls, row.errors, row.sent)
        assert other.histogram.total_s == pytest.approx(row.histogram.total_s, abs=1e-5)
        longest = row.histogram.longest_s
        if 1e-7 <= longest <= 1_000:
            assert longest <= other.histogram.longest_s * (1 + 1e-9) <= longest * 1.0203


def test_an_interval_is_the_difference_of_two_looks(metrics: Metrics) -> None:
    metrics.on_command("GET", 0.001, None, (("GET",),))
    before = cells(metrics.measured())
    metrics.on_command("GET", 0.1, None, (("GET",),))
    fresh = of_cells(since(cells(metrics.measured()), before))
    assert fresh.commands["GET"].histogram.p50 == pytest.approx(0.1, rel=ALPHA)


def test_folding_keeps_the_weightiest_names_and_loses_no_count() -> None:
    metrics = [Metrics(), Metrics()]
    for at, one in enumerate(metrics):
        for i in range(NAMES):
            for _ in range(1 + (i < 10)):
                one.on_command(f"C{at}{i}", 0.001, None, (("C",),))
    whole = merge(*(cells(one.measured()) for one in metrics))
    folded = of_cells(bounded(whole))
    assert len(folded.commands) == NAMES
    assert folded.all_commands.calls == of_cells(whole).all_commands.calls == 2 * (NAMES + 10)
    assert all(f"C{at}{i}" in folded.commands for at in (0, 1) for i in range(10))
    assert bounded(cells(metrics[0].measured())) == cells(metrics[0].measured())


@pytest.mark.parametrize(
    "cell",
    [Cell("moods", "x", "1"), Cell("commands", "GET", "p99"), Cell("steps", "a", "99999"),
     Cell("embeddings", "", "joy")],
)  # fmt: skip
def test_foreign_cells_are_refused(cell: Cell) -> None:
    with pytest.raises(ValueError, match=r"measured|invalid literal|Bucket|counted"):
        of_cells({cell: 1})


# --- how it looks ---------------------------------------------------------------------------------


def test_tables_have_a_row_for_each_name(metrics: Metrics) -> None:
    assert "Nothing" in metrics._repr_html_()
    metrics.on_command("GET", 0.000_05, None, (("GET",),))
    metrics.on_search("memory", 0.002, [0.25, 0.5, 0.75])
    metrics.on_step(Step("answer", 2.0, 1.5))
    metrics.on_embeddings({"hits": 3, "hit_us": 300})
    metrics.on_embeddings({"misses": 1, "embed_us": 10_000})
    page = html.fromstring(f"<div>{metrics._repr_html_()}</div>")
    rows = {
        table.findtext("caption"): [cell.text for cell in table.xpath("tbody/tr/*")]
        for table in page.xpath("table")
    }
    assert rows["Redis commands, by round trip"][:4] == ["GET", "1", "0", "1"]
    assert rows["Vector searches"] == [
        "memory", "1", "2 ms", "2 ms", "2 ms", "2 ms", "3", "0.502", "0.502",
    ]  # fmt: skip
    assert rows["Steps of the agent"][-2:] == ["2 s", "1.5 s"]
    assert rows["Embedding cache"] == ["3", "1", "0", "75.0%", "100 µs", "10 ms", "0.0297 s"]
    assert "1 calls with 1 commands" in repr(metrics)


def test_nothing_measured_is_false_and_has_no_quantiles() -> None:
    assert not Measured()
    assert math.isnan(Measured().all_commands.histogram.p99)
