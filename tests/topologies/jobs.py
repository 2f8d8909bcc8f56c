"""What the kit does with a Redis, as jobs that must work wherever the client leads."""

from __future__ import annotations

import re
import time
import zlib
from collections.abc import Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
from redis import Redis

from wellness.health import rollups
from wellness.health.rollups import Rollups
from wellness.health.store import Batch, Store
from wellness.health.tags import Tag
from wellness.memory.embedder import Vectors
from wellness.memory.embedding_cache import CachedEmbedder
from wellness.memory.kinds import Fact, MemoryKind
from wellness.memory.long_term import LongTerm
from wellness.memory.semantic_cache import SemanticCache
from wellness.memory.short_term import ShortTerm
from wellness.memory.turns import Message, turn
from wellness.settings import Settings

STEPS = "HKQuantityTypeIdentifierStepCount"
BERLIN = ZoneInfo("Europe/Berlin")
NOON = int(datetime(2026, 3, 2, 12, tzinfo=BERLIN).timestamp())
DAY = 86_400
QUESTION = "Where do I swim, and what do I want to weigh?"


class Words:
    """Texts are near when they share words: a direction for each word, the same everywhere."""

    model, dimensions = "words:64", 64

    def embed(self, texts: Sequence[str]) -> Vectors:
        rows = np.full((len(texts), self.dimensions), 1e-3, dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in re.findall(r"\w+", text.lower()):
                row[zlib.crc32(word.encode()) % self.dimensions] += 1
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def long_term(client: Redis, namespace: str, user: str) -> LongTerm:
    return LongTerm(
        client, Words(), user, settings=Settings(), clock=time.time, namespace=namespace
    )


def keep_health(client: Redis, namespace: str, user: str) -> None:
    """Store readings of three days, and roll them up under WATCH."""
    store = Store(client, user, namespace=namespace)
    rollups.set_zone(store, BERLIN)
    number = store.tag(STEPS, Tag("Watch", "count", "", ""))
    batch = Batch()
    for day in range(3):
        batch.put(STEPS, NOON + day * DAY, 1_000 + day, number, NOON + day * DAY + 60)
    assert store.add(batch) == {STEPS: 3}
    assert store.add(batch) == {STEPS: 0}
    assert Rollups(store, STEPS, gap_s=600).refresh() == 3


def look_at_health(client: Redis, namespace: str, user: str) -> None:
    """Read what `keep_health` stored."""
    store = Store(client, user, namespace=namespace)
    assert [one.value for one in store.range(STEPS, NOON, NOON + 2 * DAY)] == [1_000, 1_001]
    days = Rollups(store, STEPS, gap_s=600).days(date(2026, 3, 2), date(2026, 3, 5))
    assert days.column("total").tolist() == [1_000, 1_001, 1_002]
    assert store.types() == [STEPS]


def converse(client: Redis, namespace: str, user: str) -> None:
    """Append turns and read them, in one round trip and in two; list and clear them."""
    memory = ShortTerm(client, user, settings=Settings(), clock=time.time, namespace=namespace)
    said = [
        turn([Message("user", f"I ran {km} km"), Message("assistant", "Well done")], at=NOON)
        for km in range(3)
    ]
    assert [memory.append("c1", one) for one in said[:2]] == [1, 2]
    assert memory.append("c1", said[1], again=True) == 2
    assert memory.append_and_read("c1", said[2], 2) == said[1:]
    assert memory.read("c1") == said
    memory.rename("c1", "Running")
    assert [(one.id, one.title, one.turns) for one in memory.conversations()] == [
        ("c1", "Running", 3)
    ]
    assert memory.clear("c1") == 3


def remember(client: Redis, namespace: str, user: str) -> None:
    """State facts, one of which supersedes another, and something without a subject twice."""
    memory = long_term(client, namespace, user)
    stored = memory.remember([
        Fact(f"{user} wants to weigh 80 kg", MemoryKind.GOAL, NOON, subject="goal:BodyMass"),
        Fact(f"{user} wants to weigh 78 kg", MemoryKind.GOAL, NOON + DAY, subject="goal:BodyMass"),
        Fact(f"{user} likes to swim in the lake", MemoryKind.PREFERENCE, NOON),
        Fact(f"{user} likes to swim in the lake", MemoryKind.PREFERENCE, NOON + 1),
    ])  # fmt: skip
    assert [one.outcome for one in stored] == ["new", "superseding", "new", "duplicate"]


def recall(client: Redis, namespace: str, user: str) -> list[str]:
    """What is recalled of what `remember` stored."""
    memory = long_term(client, namespace, user)
    deadline = time.monotonic() + 10
    while memory.index.info().indexed < 1:  # it was just made
        assert time.monotonic() < deadline
        time.sleep(0.01)
    hits = memory.recall(QUESTION, now=NOON + 2 * DAY).hits
    return sorted(hit.memory.fact.text for hit in hits)


def remembered(user: str) -> list[str]:
    """What `recall` must find."""
    return [f"{user} likes to swim in the lake", f"{user} wants to weigh 78 kg"]


def answer_again(client: Redis, namespace: str, user: str) -> None:
    """Cache vectors and an answer, and find both again."""
    embedder = CachedEmbedder(Words(), client, user, settings=Settings(), namespace=namespace)
    answers = SemanticCache(
        client, embedder, user, settings=Settings(), clock=time.time, namespace=namespace
    )
    now = datetime.fromtimestamp(NOON, UTC)
    question = "How many steps did I take on 1 March 2026?"
    first = answers.get(question, now=now, zone=BERLIN)
    assert answers.put(first, "1,000")
    assert answers.get(question, now=now, zone=BERLIN).answer == "1,000"
    assert answers.clear() == 1
