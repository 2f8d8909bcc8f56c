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

LASTS_S = 420  # of the clock that is set


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
        store, looks = soak(guarded, memory, cache, namespace=namespace, seconds=LASTS_S, rate=4)
    finally:
        tracemalloc.stop()
    early, late = looks[4], looks[-1]  # by now every name and every chunk of a series was there
    assert [look.at_s for look in looks] == [*range(60, LASTS_S + 1, 60)]
    assert late.threads == early.threads
    assert late.keys == early.keys
    # Buckets of rare durations still come up for the first time; what grows with time would be
    # late.at_s / early.at_s as large.
    assert late.bytes < early.bytes * 1.2
    assert late.traced < early.traced * 1.2
    merged = store.merged()
    for rows in (merged.commands, merged.searches, merged.steps):
        assert len(rows) <= NAMES + 1
    assert merged.all_commands.calls > 5 * LASTS_S
    assert merged.steps["answer"].seconds.count == LASTS_S
    assert keys.audit(guarded, namespace, KEPT) == []
    assert len(store.series("ops", BEGIN + LASTS_S - KEPT.metrics_raw_s).points) == 7
