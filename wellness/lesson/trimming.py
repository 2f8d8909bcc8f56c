"""What trimming to a budget leaves of what a question needs, on the labelled recall set."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from types import SimpleNamespace

from wellness.lesson.labelled import as_turn
from wellness.lesson.recall_set import load_recall_set
from wellness.memory.tokens import Tiktoken, fit


def kept_after_trimming(budgets: Sequence[int], *, questions: int = 60) -> list[float]:
    """Part of the turns that answers need and that are still in a context, for each budget.

    The context is that of one endless conversation: all that its person had said before a question
    was asked, trimmed from the oldest turn on, as `wellness.memory.tokens.fit` does it.

    Args:
        budgets: tokens.
        questions: how many of the development half are asked, of those that have an answer.
    """
    recall_set, counter = load_recall_set(), Tiktoken()
    cached = SimpleNamespace(count=cache(counter.count))
    asked = recall_set.of("development")[:questions]
    said = [[as_turn(turn) for turn in recall_set.haystack(question)] for question in asked]
    kept = []
    for budget in budgets:
        parts = []
        for question, turns in zip(asked, said, strict=True):
            report = fit(turns, budget=budget, counter=cached).report
            inside = {turn.id for turn in turns[len(turns) - report.kept_turns :]}
            parts.append(len(inside & set(question.evidence)) / len(question.evidence))
        kept.append(sum(parts) / len(parts))
    return kept
