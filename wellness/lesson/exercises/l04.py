"""Checks of lesson 04: long-term memory."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from redis.exceptions import ResponseError

from wellness import keys
from wellness.lesson import vectors
from wellness.lesson.checks import Verdict
from wellness.memory.recall import rrf

if TYPE_CHECKING:
    from wellness.lesson.kit import Lesson

SEED = 4
NAMES = (
    "ann", "Ann", "ann,ben", "ben", "a|b", "a", "*", "{ann}", "ann}|@user:{ben", "a-b", "a.b", "_",
    "a_b", "%2A", "o'neill", "Jörg", "日本", "two words", "0", "00", "\\", '"',
)  # fmt: skip


def check_1(lesson: Lesson, fuse: Callable[..., Any]) -> Verdict:
    """Items come in the order of their summed reciprocal ranks, also with another k."""
    by_hand = fuse([["a", "b", "c"], ["c", "a"]])
    if list(by_hand) != ["a", "c", "b"]:
        return Verdict(
            False, f"From a, b, c and c, a you make {by_hand}; the sums say a, then c, then b."
        )
    shuffle = random.Random(SEED)
    for k in (60, 1):
        for _ in range(50):
            items = [f"memory {n}" for n in range(12)]
            rankings = [shuffle.sample(items, shuffle.randint(1, 12)) for _ in range(3)]
            scores = rrf(rankings, k)
            found = list(fuse(rankings, k))
            if sorted(found) != sorted(scores):
                return Verdict(False, "An item that some ranking has is missing, or comes twice.")
            if any(scores[a] < scores[b] for a, b in pairwise(found)):
                return Verdict(False, f"With k = {k} an item stands before one with a higher sum.")
    return Verdict(True, "A hundred sets of rankings, fused as the sums say.")


def check_2(lesson: Lesson, only: Callable[[str], Any]) -> Verdict:
    """Each name finds its own document and nobody else's, in an index of the lesson."""
    index = f"{lesson.namespace}:index:exercise-2"
    prefix = lesson.keys().scratch("exercise 2 ")
    client = lesson.client
    if index.encode() in client.execute_command("FT._LIST"):
        client.execute_command("FT.DROPINDEX", index)
    schema = ("SCHEMA", "user", "TAG", "CASESENSITIVE")
    client.execute_command("FT.CREATE", index, "PREFIX", 1, prefix, *schema)
    for at, name in enumerate(NAMES):
        client.hset(f"{prefix}{at}", "user", keys.encode(name))
    for at, name in enumerate(NAMES):
        query = only(name)
        try:
            reply: Any = client.ft(index).search(query)
        except ResponseError as error:
            return Verdict(False, f"For {name!r} your filter is {query!r}: {error}.")
        found = {int(document.id.removeprefix(prefix)) for document in reply.docs}
        if others := found - {at}:
            shown = ", ".join(repr(NAMES[other]) for other in sorted(others))
            return Verdict(False, f"{name!r} is shown what belongs to {shown}: {query!r}.")
        if not found:
            return Verdict(False, f"{name!r} does not find what is theirs: {query!r}.")
    return Verdict(True, f"{len(NAMES)} names, and each saw its own document and no other.")


def check_3(lesson: Lesson, enough: Callable[..., Any]) -> Verdict:
    """The smallest that is enough, for graphs whose recall is known, and None where none is."""
    truth = np.random.default_rng(SEED).permutation(400).reshape(40, 10).tolist()

    def exact(query: int, k: int) -> list[int]:
        return [int(row) for row in truth[query][:k]]

    def graph(needed: Sequence[int]) -> Callable[[int, int, int], list[int]]:
        """Finds as many of the ten as `needed` has values up to ef; even queries one fewer."""

        def search(query: int, k: int, ef: int) -> list[int]:
            right = max(sum(ef >= least for least in needed) - (query % 2 == 0), 0)
            return [*reversed(exact(query, right)), *range(-k, -right)]

        return search

    steps = [1, 2, 5, 10, 20, 40, 60, 80, 150, 300]
    candidates = [200, 10, 400, 50, 20, 600, 100]
    for wanted in (0.5, 0.7, 0.8, 0.9, 1.0):
        found = enough(graph(steps), exact, list(range(40)), 10, list(candidates), wanted)
        reached = {ef: _mean(graph(steps), exact, ef) for ef in sorted(candidates)}
        expected = next((ef for ef in reached if reached[ef] >= wanted), None)
        if found != expected:
            told = ", ".join(f"{ef}: {recall:.2f}" for ef, recall in reached.items())
            return Verdict(False, f"For a recall of {wanted} you say {found}. Means by EF: {told}.")
    return Verdict(True, "The smallest that is enough, each time, and none where none is.")


def _mean(search: Callable[..., list[int]], exact: Callable[..., list[int]], ef: int) -> float:
    each = [vectors.recall(search(query, 10, ef), exact(query, 10)) for query in range(40)]
    return float(np.mean(each))
