"""The embedding cache: embedded once, by whomever; right bytes; never a reason to fail."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis import Redis

from wellness import keys
from wellness.client import Client, connect
from wellness.errors import ModelUnavailable
from wellness.keys import Keys
from wellness.local_ollama import LocalOllama
from wellness.memory.cache_statistics import CacheStatistics
from wellness.memory.embedder import OllamaEmbedder, Vectors
from wellness.memory.embedding_cache import FLUSH_EVERY, CachedEmbedder, normalise
from wellness.server import EmbeddedServer
from wellness.settings import Settings

TEXTS = ["How many steps did I walk yesterday?", "My goal weight is 125 lb", "日本語 😀"]


class Counting:
    """The real embedder, with a record of what it was asked; can be slow, or down."""

    def __init__(self, real: OllamaEmbedder, *, model: str = "") -> None:
        self.real = real
        self.model = model or real.model
        self.dimensions = real.dimensions
        self.asked: list[str] = []
        self.slow_s = 0.0
        self.down = False

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        time.sleep(self.slow_s)
        if self.down:
            raise ModelUnavailable(self.model, "nowhere", "it is down")
        return self.real.embed(texts)


@pytest.fixture
def counting(embedder: OllamaEmbedder) -> Counting:
    return Counting(embedder)


@pytest.fixture
def guarded(redis_server: EmbeddedServer) -> Iterator[Client]:
    """A guarded client, since that is what the cache is used with."""
    with connect(Settings(redis_url=redis_server.url)) as client:
        yield client


@pytest.fixture
def make(
    counting: Counting, guarded: Client, namespace: str, settings: Settings
) -> Callable[..., CachedEmbedder]:
    """Makes caches; by default Ann's over the counting embedder."""

    def build(inner: Counting = counting, *, user: str = "ann", **changed: float) -> CachedEmbedder:
        return CachedEmbedder(
            inner, guarded, user,
            settings=settings.model_copy(update=changed), namespace=namespace,
        )  # fmt: skip

    return build


Make = Callable[..., CachedEmbedder]


def stored(client: Redis, namespace: str, user: str = "ann") -> list[str]:
    """The keys of cached vectors."""
    return [k for k in keys.scan(client, namespace, user) if keys.parse(k).kind == "embedding"]


# --- what comes back ----------------------------------------------------------------------------


def test_the_vectors_are_the_embedders(make: Make, counting: Counting) -> None:
    cache, real = make(), counting.real.embed(TEXTS)
    for _ in range(3):
        found = cache.embed(TEXTS)
        assert found.dtype == np.float32
        assert found.shape == (3, cache.dimensions)
        assert np.allclose(found, real, atol=1e-5)
    assert counting.asked == TEXTS, "asked once"
    assert cache.embed([]).shape == (0, cache.dimensions)


def test_hits_and_misses_and_twins_in_one_batch_keep_their_order(
    make: Make, counting: Counting
) -> None:
    cache = make()
    cache.embed([TEXTS[1]])
    found = cache.embed([TEXTS[0], TEXTS[1], TEXTS[0], TEXTS[2]])
    assert np.allclose(found, counting.real.embed([TEXTS[i] for i in (0, 1, 0, 2)]), atol=1e-5)
    assert sorted(counting.asked) == sorted(TEXTS), "the twin was embedded once"
    figures = cache.statistics()
    assert (figures.hits, figures.misses) == (1, 3)


def test_what_is_returned_is_the_callers_own(make: Make) -> None:
    cache = make()
    first = cache.embed([TEXTS[0]])
    before = first.copy()
    first[:] = 0
    assert np.array_equal(cache.embed([TEXTS[0]]), before)


@given(st.text())
def test_normalising_is_idempotent_and_changes_no_word(text: str) -> None:
    plain = normalise(text)
    assert normalise(plain) == plain
    assert plain.split() == unicodedata.normalize("NFC", text).split()


def test_the_same_words_written_differently_are_one_entry(make: Make, counting: Counting) -> None:
    cache = make()
    cache.embed(["My cafe\u0301  goal"])
    cache.embed([" My caf\u00e9\ngoal "])
    assert len(counting.asked) == 1
    cache.embed(["my café goal"])
    assert len(counting.asked) == 2, "case may matter to a model"


# --- the keys -----------------------------------------------------------------------------------


def test_four_bytes_a_dimension_and_little_beside(
    make: Make, guarded: Client, namespace: str
) -> None:
    cache = make()
    cache.embed(TEXTS)
    for key in stored(guarded, namespace):
        assert guarded.strlen(key) == 4 * cache.dimensions
        assert guarded.memory_usage(key) <= 1.35 * 4 * cache.dimensions
    cache.close()
    assert keys.audit(guarded, namespace) == []


def test_it_expires_as_the_settings_say(make: Make, guarded: Client, namespace: str) -> None:
    make(embedding_ttl_s=1_000).embed(TEXTS[:1])
    (key,) = stored(guarded, namespace)
    assert 990 < guarded.ttl(key) <= 1_000
    make(embedding_ttl_s=5_000).embed(TEXTS[:1])
    assert guarded.ttl(key) <= 1_000, "a hit does not renew it"


def test_another_model_or_user_misses(make: Make, counting: Counting, guarded: Client,
                                      namespace: str) -> None:  # fmt: skip
    make().embed(TEXTS[:1])
    other = Counting(counting.real, model="another:model")
    make(other).embed(TEXTS[:1])
    make(user="ben").embed(TEXTS[:1])
    assert len(other.asked) == 1
    assert len(counting.asked) == 2
    assert len(stored(guarded, namespace)) == 2
    make().embed(TEXTS[:1])
    assert len(counting.asked) == 2, "the first entry is still there"


@pytest.mark.parametrize(
    "damage",
    [b"", b"short", b"\0" * 1536, np.full(384, np.nan, np.float32).tobytes(), b"x" * 1537],
    ids=["empty", "short", "zeros", "nan", "long"],
)
def test_a_damaged_value_is_replaced(
    make: Make, counting: Counting, guarded: Client, namespace: str, damage: bytes
) -> None:
    cache = make()
    right = cache.embed(TEXTS[:1])
    (key,) = stored(guarded, namespace)
    guarded.set(key, damage, keepttl=True)
    assert np.allclose(cache.embed(TEXTS[:1]), right)
    assert len(counting.asked) == 2
    assert guarded.get(key) == right.tobytes()
    assert cache.statistics().damaged >= 1


# --- commands -----------------------------------------------------------------------------------


class Tape:
    """Remembers what passes the guard."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def on_command(self, name: str, seconds: float, error: object, commands: object) -> None:
        self.names.append(name)


def test_a_hit_is_one_command_and_a_batch_one_round_trip(make: Make, guarded: Client) -> None:
    cache = make()
    cache.embed(TEXTS)
    tape = Tape()
    guarded.guard.add(tape)
    cache.embed(TEXTS[:1])
    cache.embed(TEXTS)
    assert tape.names == ["GET", "MGET"]
    tape.names.clear()
    cache.embed(["new one", "new two"])
    assert tape.names == ["MGET", "PIPELINE", "PIPELINE"], "look, claim, store with the counts"
    guarded.guard.remove(tape)


# --- nobody embeds what another one is embedding --------------------------------------------------


def test_threads_embed_a_text_once(make: Make, counting: Counting) -> None:
    counting.slow_s = 0.2
    caches = [make() for _ in range(8)]
    barrier = threading.Barrier(8)

    def ask(cache: CachedEmbedder) -> Vectors:
        barrier.wait()
        return cache.embed(TEXTS)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(ask, caches))
    assert sorted(counting.asked) == sorted(TEXTS)
    assert all(np.array_equal(one, found[0]) for one in found)
    for cache in caches:
        cache.close()
    figures = caches[0].statistics()
    assert figures.misses == 3
    assert figures.hits + figures.coalesced == 21


def test_who_looked_before_it_was_stored_and_claims_after_finds_it(
    make: Make, counting: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, fast = make(), make()
    look_up = slow._look_up

    def looks_then_dawdles(digests: Sequence[str]) -> dict[str, object]:
        found = look_up(digests)
        monkeypatch.setattr(slow, "_look_up", look_up)
        fast.embed(TEXTS)
        return found

    monkeypatch.setattr(slow, "_look_up", looks_then_dawdles)
    assert np.array_equal(slow.embed(TEXTS), fast.embed(TEXTS))
    assert counting.asked == TEXTS
    left = {keys.parse(key).kind for key in keys.scan(slow.client, slow._keys.namespace)}
    assert "embedding_lock" not in left
    assert slow.statistics().coalesced == 3


PROCESS = """
import sys
from wellness.client import connect
from wellness.memory.embedder import OllamaEmbedder
from wellness.memory.embedding_cache import CachedEmbedder
from wellness.settings import Settings
redis_url, host, model, namespace = sys.argv[1:]
settings = Settings(redis_url=redis_url)
client = connect(settings)
inner = OllamaEmbedder(host, model, timeout_s=60)
with CachedEmbedder(inner, client, "ann", settings=settings, namespace=namespace) as cache:
    print("ready", flush=True)
    sys.stdin.readline()
    cache.embed([f"text {n} of many" for n in range(40)])
"""


def test_processes_embed_a_text_once_and_their_counts_add_up(
    make: Make, model_server: LocalOllama, embedder: OllamaEmbedder, redis_server: EmbeddedServer,
    namespace: str,
) -> None:  # fmt: skip
    command = [sys.executable, "-c", PROCESS, redis_server.url, model_server.url, embedder.model,
               namespace]  # fmt: skip
    running = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    for process in running:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in running:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in running:
        process.communicate(timeout=120)
        assert process.returncode == 0
    figures = make().statistics()
    assert figures.misses == 40
    assert figures.hits + figures.coalesced == 80
    assert figures.written_bytes == 40 * 4 * embedder.dimensions


def test_a_killed_lock_holder_is_not_waited_for_longer_than_its_lock(
    make: Make, counting: Counting, guarded: Client, namespace: str
) -> None:
    cache = make(embedding_wait_s=0.3)
    (digest,) = [cache._digest(normalise(TEXTS[0]))]
    guarded.set(Keys(namespace, "ann").embedding_lock(digest), "gone", px=300_000)
    found = cache.embed(TEXTS[:1])
    assert np.allclose(found, counting.real.embed(TEXTS[:1]), atol=1e-5)


def test_a_failed_embedding_lets_others_try_at_once(
    make: Make, counting: Counting, guarded: Client, namespace: str
) -> None:
    cache = make()
    counting.down = True
    with pytest.raises(ModelUnavailable):
        cache.embed(TEXTS[:1])
    left = {keys.parse(key).kind for key in keys.scan(guarded, namespace)}
    assert "embedding_lock" not in left
    counting.down = False
    assert cache.embed(TEXTS[:1]).shape == (1, cache.dimensions)


# --- when something is down -----------------------------------------------------------------------


def test_hits_are_answered_without_the_model(make: Make, counting: Counting) -> None:
    cache = make()
    before = cache.embed(TEXTS)
    counting.down = True
    assert np.array_equal(cache.embed(TEXTS), before)


def test_without_redis_it_embeds_and_says_so(
    counting: Counting, settings: Settings, namespace: str
) -> None:
    dead = settings.model_copy(update={"redis_url": "redis://127.0.0.1:1/0"})
    with connect(dead) as client:
        cache = CachedEmbedder(counting, client, "ann", settings=dead, namespace=namespace)
        for _ in range(5):
            assert cache.embed(TEXTS).shape == (3, cache.dimensions)
        cache.close()
    assert counting.asked == TEXTS * 5
    assert cache._tally.pending.uncached == 15


# --- figures --------------------------------------------------------------------------------------


def test_the_saving_is_worked_out_from_what_was_measured(make: Make, counting: Counting) -> None:
    cache = make()
    assert cache.statistics() == CacheStatistics()
    assert cache.statistics().hit_rate is None
    assert cache.statistics().saved_s is None
    counting.slow_s = 0.05
    cache.embed(TEXTS)
    for _ in range(4):
        cache.embed(TEXTS)
    figures = cache.statistics()
    assert figures.hit_rate == pytest.approx(12 / 15)
    each_us = figures.embed_us / 3
    assert each_us > 1e6 * 0.05 / 3
    assert figures.saved_s == pytest.approx((12 * each_us - figures.hit_us) / 1e6)
    assert "hits 12, misses 3" in repr(figures)


def test_counts_are_flushed_now_and_then(make: Make) -> None:
    cache = make()
    for _ in range(FLUSH_EVERY + 2):
        cache.embed(TEXTS[:1])
    assert cache._tally.stored(cache.client).hits >= FLUSH_EVERY
    assert cache.statistics().hits == FLUSH_EVERY + 1
    cache.close()
    assert cache._tally.stored(cache.client) == cache.statistics()
