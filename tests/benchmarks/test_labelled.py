"""The held-out halves: does fusing find more than either search, and does the guard keep its word?

Whatever is tuned sees the development halves only; these are opened here and nowhere else.
"""

# ruff: noqa: T201 - a benchmark prints

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from redis import Redis

from wellness.lesson.guard_set import load_guard_pairs
from wellness.lesson.labelled import Ranked, ask, remember_all, token_costs
from wellness.lesson.recall_set import bootstrap_interval, load_recall_set, paired_difference
from wellness.memory.embedder import OllamaEmbedder
from wellness.memory.facts import same_meaning
from wellness.memory.tokens import Tiktoken
from wellness.settings import Settings

pytestmark = pytest.mark.benchmark_limits
KS, BUDGETS = (1, 3, 5, 10, 20), (200, 500, 1_000)
KEPT = 0.6
ZONE = ZoneInfo("America/New_York")
NOW = datetime(2026, 9, 30, 20, 15, tzinfo=ZONE)


def told(name: str, values: list[float]) -> str:
    low, high = bootstrap_interval(values)
    return f"{name:>8} {np.mean(values):.3f} [{low:.3f} to {high:.3f}]"


def test_fused_recall(client: Redis, namespace: str, embedder: OllamaEmbedder) -> None:
    recall_set, settings = load_recall_set(), Settings()
    people = remember_all(recall_set, client, embedder, settings=settings, namespace=namespace)
    costs = token_costs(recall_set, Tiktoken())
    for half in ("development", "held-out"):
        found: dict[str, Ranked] = ask(people, recall_set.of(half))
        print(f"\n{half}: {len(found['fused'].questions)} questions")
        for k in KS:
            print(f"recall@{k}: ", *(told(name, one.at_k(k)) for name, one in found.items()))
        for budget in BUDGETS:
            each = (told(name, one.at_tokens(costs, budget)) for name, one in found.items())
            print(f"recall at {budget} tokens: ", *each)
    fused = found["fused"].at_k(10)
    for other in ("meaning", "words"):
        mean, low, high = paired_difference(fused, found[other].at_k(10))
        passed = "PASS" if mean > 0 else "FAIL"
        print(
            f"{passed}: fused less {other} at 10, held-out: {mean:+.3f} [{low:+.3f} to {high:+.3f}]"
        )
        assert mean > 0


def test_the_guard(embedder: OllamaEmbedder) -> None:
    distance_limit = Settings().answer_distance
    for half in ("development", "held-out"):
        pairs = load_guard_pairs(half)
        a, b = (embedder.embed([getattr(pair, side) for pair in pairs]) for side in ("a", "b"))
        near = 1 - np.einsum("ij,ij->i", a, b) <= distance_limit
        agree = np.array([bool(same_meaning(one.a, one.b, now=NOW, zone=ZONE)) for one in pairs])
        same = np.array([pair.same for pair in pairs])
        alone, kept = int((near & same).sum()), int((near & same & agree).sum())
        wrong_alone, wrong = int((near & ~same).sum()), int((near & ~same & agree).sum())
        print(f"\n{half}: {len(pairs)} pairs of {len({one.template for one in pairs})} templates")
        print(
            f"distance alone: {alone} of {same.sum()} right, {wrong_alone} of {(~same).sum()} wrong"
        )
        print(f"with the guard: {kept} right ({kept / alone:.0%} of those), {wrong} wrong")
    print(f"{'PASS' if not wrong else 'FAIL'}: false hits {wrong}, limit 0")
    print(f"{'PASS' if kept >= KEPT * alone else 'FAIL'}: kept {kept / alone:.2f}, at least {KEPT}")
    assert not wrong
    assert kept >= KEPT * alone
