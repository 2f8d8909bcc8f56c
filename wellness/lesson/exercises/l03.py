"""Checks of lesson 03: embeddings and caches."""

from __future__ import annotations

import builtins
import itertools
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from unittest import mock

import numpy as np

from wellness.lesson.checks import Verdict
from wellness.lesson.guard_set import load_guard_pairs

if TYPE_CHECKING:
    from wellness.lesson.kit import Lesson

SEED = 3
LONGEST_KEY = 200  # bytes
NEAR, FAR = 0.35, 0.8
KEPT = 0.6  # least part of the right pairs that are near enough
EQUAL = (
    ("How are you?", " How  are\nyou? "),
    ("caf\u00e9", "cafe\u0301"),
    ("\u212bngstr\u00f6m", "\u00c5ngstro\u0308m"),
)
PARTS = (
    *itertools.product(("all-minilm", "mxbai"), (384, 1024), ("steps", "Steps", "steps today", "")),
    ("a", 1, "2b"), ("a1", 2, "b"), ("a", 12, "b"), ("a:1", 2, "b"), ("a", 1, "2:b"),
    ("a1", 22, "b"), ("a\n1", 2, "b"), ("", 384, "all-minilmsteps"),
)  # fmt: skip


def check_1(lesson: Lesson, cache_key: Callable[..., Any]) -> Verdict:
    """Equal texts share a key, nothing else does, in every process, and no key is long."""
    for one, other in EQUAL:
        if cache_key("m", 3, one) != cache_key("m", 3, other):
            return Verdict(False, f"{one!r} and {other!r} are one text, and get two keys.")
    seen: dict[Any, tuple[Any, ...]] = {}
    for parts in PARTS:
        key = cache_key(*parts)
        if not isinstance(key, str | bytes):
            return Verdict(False, f"A key is text or bytes; this is a {type(key).__name__}.")
        if (before := seen.setdefault(key, parts)) != parts:
            return Verdict(False, f"{before} and {parts} share a key.")
    if len(cache_key("m", 3, "long " * 10_000)) > LONGEST_KEY:
        return Verdict(False, f"A long text makes a key of more than {LONGEST_KEY} bytes.")
    with _another_process():
        if any(cache_key(*parts) != key for key, parts in seen.items()):
            return Verdict(False, "Another process would look under other keys: it hashes anew.")
    return Verdict(True, f"{len(seen)} texts and models, each with a key of its own.")


@contextmanager
def _another_process() -> Iterator[None]:
    """Here `hash` gives what another process might give, with another PYTHONHASHSEED."""
    salt = random.Random(SEED).getrandbits(60)
    with mock.patch.object(builtins, "hash", lambda value: salt ^ len(repr(value)), create=True):
        yield


def check_2(lesson: Lesson, safest: Callable[..., Any]) -> Verdict:
    """The largest safe threshold, by trying each, also with ties and where none is safe."""
    draw = np.random.default_rng(SEED)
    for n in range(60):
        distance = np.round(draw.random(30), 1 if n % 2 else 3)
        same = draw.random(30) < draw.choice([0.0, 0.3, 0.7, 1.0], p=[0.05, 0.45, 0.45, 0.05])
        if not same.any():
            same[0] = True
        distance = np.where(same, distance * 0.8, distance)
        expected = _by_trying(distance, same)
        found = safest(distance.copy(), same.copy())
        if not _equal(found, expected):
            return Verdict(False, f"You say {found}; trying each distance gives {expected}.")
    return Verdict(True, "The largest safe threshold, each time, and none where none is safe.")


def _by_trying(distance: Any, same: Any) -> tuple[float | None, float]:
    for threshold in sorted(distance[same], reverse=True):
        accepted = distance <= threshold
        if not (accepted & ~same).any():
            return float(threshold), float(np.mean(accepted[same]))
    return None, 0.0


def _equal(found: Any, expected: tuple[float | None, float]) -> bool:
    if not isinstance(found, tuple) or len(found) != 2:
        return False
    if (found[0] is None) != (expected[0] is None):
        return False
    pairs = zip(found, expected, strict=True)
    return all(one is None or bool(np.isclose(one, other)) for one, other in pairs)  # type: ignore[arg-type]


def check_3(lesson: Lesson, accept: Callable[..., Any]) -> Verdict:
    """No wrong pair gets through, most near right ones do, and far ones do not."""
    pairs = load_guard_pairs("development")
    model = lesson.embedder()
    ones, others = (model.embed([getattr(pair, side) for pair in pairs]) for side in ("a", "b"))
    distances = 1 - np.einsum("ij,ij->i", ones, others)
    near = kept = 0
    for pair, distance in zip(pairs, map(float, distances), strict=True):
        yes = bool(accept(pair.a, pair.b, distance))
        if yes and not pair.same:
            return Verdict(False, f"{pair.b!r} would get the answer to {pair.a!r}.")
        if pair.same and distance <= NEAR:
            near, kept = near + 1, kept + yes
        if accept(pair.a, pair.b, FAR):
            return Verdict(False, f"At a distance of {FAR} it accepts {pair.b!r} for {pair.a!r}.")
    if kept < KEPT * near:
        return Verdict(False, f"It keeps {kept} of {near} right pairs; a cache should hit, too.")
    return Verdict(True, f"No wrong answer, and {kept} of {near} right pairs are kept.")
