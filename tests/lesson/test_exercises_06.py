"""The checks of lesson 06 accept what is right, and see through what only looks right."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from scipy.stats import binomtest

from wellness.lesson.exercises import l06

NOBODY: Any = None  # these checks need no lesson
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


def unsupported(answer: str, facts: list[float]) -> list[str]:
    wrong = []
    for text in NUMBER.findall(answer):
        decimals = len(text.partition(".")[2])
        value = float(text.replace(",", ""))
        if not any(round(abs(fact), decimals) == value for fact in facts):
            wrong.append(text)
    return wrong


@pytest.mark.parametrize(
    ("answer", "passes"),
    [(unsupported, True),
     (lambda a, f: [t for t in NUMBER.findall(a) if t.replace(",", "") not in str(f)], False),
     (lambda a, f: [t for t in re.findall(r"\d+", a) if float(t) not in f], False),
     (lambda a, f: [t for t in NUMBER.findall(a)
                    if not any(abs(abs(x) - float(t.replace(",", ""))) < 0.5 for x in f)], False),
     (lambda a, f: [], False)],
    ids=["right", "somewhere in the text", "digits alone", "half a unit", "all is well"],
)  # fmt: skip
def test_unsupported(answer: Callable[..., Any], passes: bool) -> None:
    assert l06.check_1(NOBODY, answer).passed == passes


def judge(one: list[bool], other: list[bool]) -> tuple[int, int, float]:
    wins = sum(a and not b for a, b in zip(one, other, strict=True))
    losses = sum(b and not a for a, b in zip(one, other, strict=True))
    p = float(binomtest(wins, wins + losses).pvalue) if wins + losses else 1.0
    return wins, losses, p


def one_sided(one: list[bool], other: list[bool]) -> tuple[int, int, float]:
    wins, losses, p = judge(one, other)
    if wins + losses:
        p = float(binomtest(wins, wins + losses, alternative="greater").pvalue)
    return wins, losses, p


def with_ties(one: list[bool], other: list[bool]) -> tuple[int, int, float]:
    wins, losses, _ = judge(one, other)
    return wins, losses, float(binomtest(wins, len(one)).pvalue) if one else 1.0


@pytest.mark.parametrize(
    ("answer", "passes"),
    [(judge, True), (one_sided, False), (with_ties, False),
     (lambda a, b: (sum(a), sum(b), 0.0), False), (lambda a, b: sum(a) > sum(b), False)],
    ids=["right", "one-sided", "ties counted", "means", "a winner"],
)  # fmt: skip
def test_judge(answer: Callable[..., Any], passes: bool) -> None:
    assert l06.check_2(NOBODY, answer).passed == passes


def run(calls: list[str], call: Callable[[str], Any], limit: int) -> list[Any]:
    def guarded(one: str) -> Any:
        try:
            return call(one)
        except Exception as error:
            return f"failed: {error}"

    unlike = list(dict.fromkeys(calls))
    with ThreadPoolExecutor(len(unlike)) as threads:
        done = dict(zip(unlike, threads.map(guarded, unlike[:limit]), strict=False))
    return [done.get(one, "beyond the limit") for one in calls]


def one_by_one(calls: list[str], call: Callable[[str], Any], limit: int) -> list[Any]:
    done: dict[str, Any] = {}
    for one in list(dict.fromkeys(calls))[:limit]:
        try:
            done[one] = call(one)
        except Exception as error:
            done[one] = f"failed: {error}"
    return [done.get(one, "beyond the limit") for one in calls]


@pytest.mark.parametrize(
    ("answer", "passes"),
    [(run, True), (one_by_one, False), (lambda calls, call, n: [call(c) for c in calls], False),
     (lambda calls, call, n: run(calls[:n], call, n), False)],
    ids=["right", "one by one", "the blank", "silently cut"],
)  # fmt: skip
def test_run(monkeypatch: pytest.MonkeyPatch, answer: Callable[..., Any], passes: bool) -> None:
    monkeypatch.setattr(l06, "WAIT_S", 0.5)
    assert l06.check_3(NOBODY, answer).passed == passes
