"""What one person and one turn cost on this machine: bytes, commands, server time, vectors.

Everything is a difference between two looks at INFO, less what a look itself costs, divided by
how many turns lay between. Others who use the same Redis meanwhile are counted along: measure on
a quiet one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from redis import Redis

from wellness.errors import LessonError
from wellness.health.store import Store
from wellness.keys import parse, scan
from wellness.memory.embedder import Embedder

HEALTH = frozenset((
    "readings", "days", "stale", "tags", "sources", "workouts", "correlations", "activity", "beats",
    "profile", "imports", "version",
))  # fmt: skip
YEAR_S = 365.25 * 86_400
BATCH = 32  # texts of one call, when batches are measured


@dataclass(frozen=True, slots=True)
class Look:
    """Counters of a server at one moment, all of which only grow, but for the memory."""

    commands: float
    cpu_s: float
    net_bytes: float
    memory_bytes: float

    def __sub__(self, other: Look) -> Look:
        return Look(*(getattr(self, f.name) - getattr(other, f.name) for f in fields(Look)))

    def over(self, n: int) -> Look:
        """The part of one of n; never below zero, where a measurement is all noise."""
        return Look(*(max(0.0, getattr(self, f.name) / n) for f in fields(Look)))


@dataclass(frozen=True, slots=True)
class Footprint:
    """What the capacity model is fed with.

    Attributes:
        health_bytes_year: of one person's health data, for each year of it.
        turn_bytes: by which Redis grows with one turn: the turn, what was learned, its vectors
            and their part of the index. The embedding cache's copies, which go after a month, are
            counted as if they stayed.
        commands: that Redis carries out for one turn.
        redis_s: seconds of the server's main thread for one turn.
        net_bytes: to and from Redis for one turn.
        embeds: texts that one turn has embedded, after the cache.
        vectors: that are kept of one turn.
        embed_s: seconds to embed one text.
        chat_s: seconds of a chat model for one turn; 0 if that is not asked.
    """

    health_bytes_year: float
    turn_bytes: float
    commands: float
    redis_s: float
    net_bytes: float
    embeds: float
    vectors: float
    embed_s: float
    chat_s: float = 0.0


def look(client: Redis) -> Look:
    """A server's counters now."""
    info: dict[str, Any] = client.info()
    return Look(
        info["total_commands_processed"],
        info["used_cpu_user_main_thread"] + info["used_cpu_sys_main_thread"],
        info["total_net_input_bytes"] + info["total_net_output_bytes"],
        info["used_memory"],
    )


def measure_turns(client: Redis, turn: Callable[[int], object], n: int = 20) -> Look:
    """What one turn costs Redis, as a mean over n of them; the first is not counted.

    Args:
        client: of the server that the turns use, too.
        turn: plays the turn of a number from 0 to n; they should differ, as real ones do.
        n: turns that are counted.
    """
    turn(0)  # scripts are loaded, indexes made, connections opened
    look(client)
    idle = look(client)
    before = look(client)
    for i in range(1, n + 1):
        turn(i)
    after = look(client)
    cost = (after - before) - (before - idle)
    return cost.over(n)


def measure_health(store: Store) -> float:
    """Bytes of a person's health data for each year of it, counted in full.

    Raises:
        LessonError: there is not a day of data to divide by.
    """
    bounds = [found for type in store.types() if (found := store.bounds(type))]
    span_s = max(b for _, b in bounds) - min(a for a, _ in bounds) if bounds else 0
    if span_s < 86_400:
        raise LessonError(
            f"{store.user!r} has less than a day of health data.", hint="Import the sample first."
        )
    names = [
        name for name in sorted(set(scan(store.client, store.keys.namespace, store.user)))
        if parse(name).kind in HEALTH
    ]  # fmt: skip
    pipe = store.client.pipeline(transaction=False)
    for name in names:
        pipe.memory_usage(name, samples=0)
    return sum(size or 0 for size in pipe.execute()) / (span_s / YEAR_S)


def measure_embedding(
    embedder: Embedder, texts: Sequence[str], *, clock: Callable[[], float] = time.perf_counter
) -> tuple[float, float]:
    """Seconds for one text, asked one by one and in batches of 32; the median over what is given.

    Args:
        embedder: without a cache.
        texts: at least 32, all different.
        clock: seconds, monotonic.
    """
    if len(set(texts)) < BATCH:
        raise ValueError(f"{BATCH} different texts are needed, not {len(set(texts))}.")
    embedder.embed(texts[:1])  # a cold model loads first

    def took(part: Sequence[str]) -> float:
        begun = clock()
        embedder.embed(part)
        return (clock() - begun) / len(part)

    single = sorted(took([text]) for text in texts[:BATCH])
    batches = sorted(took(texts[i : i + BATCH]) for i in range(0, len(texts) - BATCH + 1, BATCH))
    return single[len(single) // 2], batches[len(batches) // 2]
