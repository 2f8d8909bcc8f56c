"""Data for the comparison, made anew from a seed: vectors, statements, turns, heart rates."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wellness.compare.protocols import SECONDS_PER_DAY, Statement, Vector, Vectors
from wellness.memory.messages import Message, Turn
from wellness.memory.turns import turn

SPREAD = 1.0  # length of the noise beside a centre's 1, as in lesson 04
PER_CENTRE = 8  # vectors around one centre: text comes in clusters, random vectors do not
QUESTION = "How many steps did I take in week {}, and how does it compare with the week before?"
ANSWER = "You took {} steps, about six percent more than the week before. Saturday was the best."
AT_MS = 1_790_000_000_000
LAST_DAY = 20_720  # since 1970: readings end here


def clustered(n: int, dimensions: int, *, seed: int) -> Vectors:
    """`n` unit vectors in clusters, shuffled.

    >>> clustered(100, 8, seed=1).shape
    (100, 8)
    """
    rng = np.random.default_rng(seed)
    centres = _unit(rng.standard_normal((max(1, n // PER_CENTRE), dimensions)))
    chosen = centres[rng.integers(0, len(centres), n)]
    noise = rng.standard_normal(chosen.shape) * (SPREAD / np.sqrt(dimensions))
    return _unit(chosen + noise)


def _unit(vectors: np.ndarray) -> Vectors:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


class Corpus(NamedTuple):
    """Statements of several owners with their vectors, and questions about them."""

    statements: list[Statement]
    vectors: Vectors
    questions: Vectors

    @property
    def owners(self) -> list[str]:
        """Whose they are."""
        return list(dict.fromkeys(one.owner for one in self.statements))

    def exact(self, question: Vector, k: int, owner: str | None) -> list[str]:
        """Texts of the true `k` nearest, by a matrix product."""
        rows = [i for i, one in enumerate(self.statements) if owner is None or one.owner == owner]
        best = np.argsort(-(self.vectors[rows] @ question), kind="stable")[:k]
        return [self.statements[rows[i]].text for i in best]

    def first(self, n: int) -> Corpus:
        """The first `n` statements with the same questions."""
        return Corpus(self.statements[:n], self.vectors[:n], self.questions)


def corpus(n: int, *, owners: int, questions: int, dimensions: int, seed: int) -> Corpus:
    """`n` statements that go round the owners, and questions from the same clusters."""
    vectors = clustered(n + questions, dimensions, seed=seed)
    return of_vectors(vectors[:n], vectors[n:], owners=owners)


def of_vectors(vectors: Vectors, questions: Vectors, *, owners: int) -> Corpus:
    """The same of vectors that are given, for instance of real sentences."""
    statements = [
        Statement(f"user {i % owners}", f"note:{i}", f"Note {i} of what was said that day")
        for i in range(len(vectors))
    ]
    return Corpus(statements, vectors, questions)


def turns(n: int) -> list[Turn]:
    """`n` questions with their answers, each with an id of its own."""
    return [
        turn(
            [Message("user", QUESTION.format(i)), Message("assistant", ANSWER.format(60_000 + i))],
            at=AT_MS + i,
        )
        for i in range(n)
    ]


def heart_rates(days: int, per_day: int, *, seed: int) -> list[tuple[int, float]]:
    """Readings of the `days` that end with `LAST_DAY`, `per_day` of each, by time."""
    rng = np.random.default_rng(seed)
    first = (LAST_DAY - days + 1) * SECONDS_PER_DAY
    starts = np.sort(rng.choice(days * SECONDS_PER_DAY, days * per_day, replace=False)) + first
    values = np.round(62 + 9 * np.sin(starts / 13_750) + rng.normal(0, 6, len(starts)))
    return list(zip(starts.tolist(), values.tolist(), strict=True))
