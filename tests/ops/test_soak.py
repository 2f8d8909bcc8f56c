"""Under load for long, the metrics do not grow: not in Python, not in Redis, not in threads."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Iterator

import pytest
from memory.geometry import Scattered

from wellness import keys
from wellness.client import Client, connect
from wellness.link.latency import NAMES
from wellness.memory.embedding_cache import CachedEmbedder
from wellness.memory.kinds import Fact, MemoryKind
from wellness.memory.long_term import LongTerm
from wellness.server import EmbeddedServer
from wellness.settings import Settings

from .soaking import BEGIN, KEPT, soak


@pytest.fixture
def guarded(redis_server: EmbeddedServer) -> Iterator[Client]:
    with connect(Settings(redis_url=redis_server.url)) as client:
        yield client


def test_minutes_of_load_leave_nothing_behind(guarded: Client, namespace: str) -> None:
    memory = LongTerm(
        guarded, Scattered(), "ann", settings=Settings(), clock=time.time, namespace=namespace
    )
    memory.remember([Fact("My goal weight is 75 kg", MemoryKind.FACT, 1_700_000_000)])
    cache = CachedEmbedder(Scattered(), guarded, "ann", settings=Settings(), namespace=namespace)
    tracemalloc.start()
    try:
        store, looks = soak(guarded, memory, cache, namespace=namespace, seconds=240, rate=4)
    finally:
        tracemalloc.stop()
    early, late = looks[1], looks[-1]  # by the second minute every name has come up
    assert [look.at_s for look in looks] == [60, 120, 180, 240]
    assert late.threads == early.threads
    assert late.keys == early.keys
    # Buckets of rare durations still come up for the first time; without bounds, all would double.
    assert late.bytes < early.bytes * 1.5
    assert late.traced < early.traced * 1.3
    merged = store.merged()
    for rows in (merged.commands, merged.searches, merged.steps):
        assert len(rows) <= NAMES + 1
    assert merged.all_commands.calls > 5 * 240
    assert merged.steps["answer"].seconds.count == 240
    assert keys.audit(guarded, namespace, KEPT) == []
    assert len(store.series("ops", BEGIN + 240 - KEPT.metrics_raw_s).points) == 7
