"""How memories are found: two rankings in one round trip, fused by their ranks, then recency.

Vectors find what means the same, BM25 what has the same rare words: names, numbers, products.
Their scores cannot be compared, their ranks can. A question of many words shares one of them with
much that does not answer it, so the ranking by words weighs 1 / (number of the question's words): a
single name counts in full. Recency then orders what ranks alike:

    score = rrf * (1 - weight + weight * recency(age))

Both this weight and `rrf_k` were chosen on the development half of the recall set.

Both searches filter by user inside the query. A filter afterwards would leave fewer than k, and a
forgotten one would show a person somebody else's memories.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, repeat
from typing import NamedTuple, TypeVar

from wellness.memory.kinds import Memory
from wellness.memory.queries import Found
from wellness.settings import Settings

T = TypeVar("T")
NOWHERE: tuple[None, None] = (None, None)  # rank and score of what a search did not find


@dataclass(frozen=True, slots=True)
class Why:
    """Why a memory was recalled; ranks begin at 1 and are None where a search did not find it.

    Attributes:
        distance: cosine distance to the question, 0 to 2.
        bm25: the score of the text search.
        age_s: seconds between its being said and the question.
        recency: 1 for just now, halved with each half-life.
    """

    vector_rank: int | None
    distance: float | None
    text_rank: int | None
    bm25: float | None
    age_s: float
    recency: float

    def __str__(self) -> str:
        found = []
        if self.vector_rank is not None:
            found.append(f"meaning: rank {self.vector_rank}, distance {self.distance:.3f}")
        if self.text_rank is not None:
            found.append(f"words: rank {self.text_rank}, BM25 {self.bm25:.2f}")
        return f"{'; '.join(found)}; {self.age_s / 86_400:.0f} days old"


@dataclass(frozen=True, slots=True)
class Hit:
    """A recalled memory with its score and the reasons for it."""

    memory: Memory
    score: float
    why: Why


@dataclass(frozen=True)
class Recall:
    """What was recalled, best first.

    Attributes:
        timings: seconds by part: embed, search (the round trip), fetch, and own for the rest.
        degraded: what did not work; empty when all did.
    """

    hits: tuple[Hit, ...]
    timings: Mapping[str, float] = field(default_factory=dict)
    degraded: str = ""


class Ranked(NamedTuple):
    """A memory's key with its fused score and the reasons for it."""

    key: bytes
    score: float
    why: Why


class Laps:
    """A stopwatch: seconds by part, those of equal names added up."""

    def __init__(self) -> None:
        self.parts: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, part: str) -> float:
        """All since the last call was this part; how many seconds that was."""
        now = time.perf_counter()
        took, self._last = now - self._last, now
        self.parts[part] = self.parts.get(part, 0.0) + took
        return took


def rrf(
    rankings: Iterable[Iterable[T]], k: int = 60, weights: Iterable[float] = ()
) -> dict[T, float]:
    """Reciprocal rank fusion: a ranking of weight w gives its item at rank r the score w / (k + r).

    Source: Cormack, Clarke and Büttcher, Reciprocal Rank Fusion outperforms Condorcet and
    individual Rank Learning Methods, SIGIR 2009; there all weights are 1, as here by default.

    >>> fused = rrf([["a", "b"], ["b"]])
    >>> sorted(fused, key=fused.get, reverse=True)
    ['b', 'a']
    """
    scores: dict[T, float] = {}
    for ranking, weight in zip(rankings, chain(weights, repeat(1.0))):  # noqa: B905 - endless
        for rank, item in enumerate(ranking, 1):
            scores[item] = scores.get(item, 0.0) + weight / (k + rank)
    return scores


def recency(age_s: float, half_life_s: float) -> float:
    """1 for what was said just now, or is said to come, and half of it for each half-life.

    >>> recency(0, 10), recency(20, 10), recency(-5, 10)
    (1.0, 0.25, 1.0)
    """
    return float(0.5 ** (max(age_s, 0.0) / half_life_s))


def fuse(
    by_vector: Sequence[Found],
    by_text: Sequence[Found],
    now: float,
    settings: Settings,
    words: int = 1,
) -> list[Ranked]:
    """Two rankings as one, best first; see the module's formula.

    Args:
        words: how many words of the question were searched for.
    """
    vectors = {found.key: (rank, found.score) for rank, found in enumerate(by_vector, 1)}
    texts = {found.key: (rank, found.score) for rank, found in enumerate(by_text, 1)}
    said_at = {found.key: found.said_at for found in (*by_vector, *by_text)}
    weight, ranked = settings.recency_weight, []
    fused_ranks = rrf((vectors, texts), settings.rrf_k, (1.0, 1 / max(words, 1)))
    for key, fused in fused_ranks.items():
        age_s = now - said_at[key]
        fresh = recency(age_s, settings.recency_half_life_s)
        vector_rank, distance = vectors.get(key, NOWHERE)
        text_rank, bm25 = texts.get(key, NOWHERE)
        why = Why(vector_rank, distance, text_rank, bm25, age_s, fresh)
        ranked.append(Ranked(key, fused * (1 - weight + weight * fresh), why))
    ranked.sort(key=lambda one: -one.score)
    return ranked
