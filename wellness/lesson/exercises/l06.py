"""Checks of lesson 06: the agent."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.stats import binomtest

from wellness.lesson.checks import Verdict

if TYPE_CHECKING:
    from wellness.lesson.kit import Lesson

SEED = 6
WAIT_S = 5.0  # for calls that run side by side; one after the other they would wait for ever
SAID: tuple[tuple[str, tuple[float, ...], list[str]], ...] = (
    ("You took 8,214 steps.", (8214,), []),
    ("You took 8,241 steps.", (8214,), ["8,241"]),
    ("About 8,200 steps, 7.5 hours of sleep.", (8200, 7.48), []),
    ("7.4 hours of sleep", (7.48,), ["7.4"]),
    ("12345 steps", (123, 45, 5), ["12345"]),
    ("58 bpm", (1580,), ["58"]),
    ("Your weight fell by 1.2 kg, from 76.1 kg to 74.9 kg.", (-1.2, 76.1, 74.9), []),
    ("3 runs and 4 swims", (3.0,), ["4"]),
    ("A good night.", (), []),
    ("75 kg", (74.6,), []),
    ("75.0 kg", (74.6,), ["75.0"]),
    ("1,234,567 steps", (1234567,), []),
)


def check_1(lesson: Lesson, unsupported: Callable[..., Any]) -> Verdict:
    """Numbers as they are written, held against facts with the rounding that they show."""
    for answer, facts, expected in SAID:
        found = list(unsupported(answer, list(facts)))
        if found != expected:
            return Verdict(
                False, f"{answer!r} with the facts {facts}: expected {expected}, you say {found}."
            )
    return Verdict(True, f"{len(SAID)} answers, each number judged as it was written.")


def check_2(lesson: Lesson, judge: Callable[..., Any]) -> Verdict:
    """Wins and losses of pairs, and the exact two-sided sign test."""
    draw = np.random.default_rng(SEED)
    for n in range(60):
        size = int(draw.integers(0, 40))
        one, other = draw.random(size) < draw.random(), draw.random(size) < draw.random()
        if n % 7 == 0:
            other = one.copy()
        wins, losses = int((one & ~other).sum()), int((other & ~one).sum())
        p = binomtest(wins, wins + losses).pvalue if wins + losses else 1.0
        found = judge(one.tolist(), other.tolist())
        if not isinstance(found, tuple) or len(found) != 3:
            return Verdict(False, "Return three things: wins, losses and the p-value.")
        if tuple(found[:2]) != (wins, losses):
            return Verdict(False, f"{wins} wins and {losses} losses; you say {found[:2]}.")
        if not math.isclose(found[2], p, rel_tol=1e-9, abs_tol=1e-12):
            return Verdict(
                False, f"With {wins} wins and {losses} losses p is {p:.4f}; you say {found[2]:.4f}."
            )
    return Verdict(True, "Wins, losses and p agree with the exact test, ties left out.")


def check_3(lesson: Lesson, run: Callable[..., Any]) -> Verdict:
    """Each call once, side by side, at most so many, errors as results, in their order."""
    for find_fault in (_repeats, _limit, _errors, _side_by_side):
        if fault := find_fault(run):
            return Verdict(False, fault)
    return Verdict(True, "Each call once, side by side, within the limit, errors told.")


def _noting(seen: list[str]) -> Callable[[str], str]:
    """A tool that answers in capitals, and notes what it was asked."""

    def call(name: str) -> str:
        seen.append(name)
        return name.upper()

    return call


def _repeats(run: Callable[..., Any]) -> str:
    seen: list[str] = []
    found = run(["a", "b", "a"], _noting(seen), 5)
    if sorted(seen) != ["a", "b"]:
        return f"Of a, b and a again you carried out {sorted(seen)}."
    return "" if list(found) == ["A", "B", "A"] else f"a, b, a gave {found}, not A, B, A."


def _limit(run: Callable[..., Any]) -> str:
    seen: list[str] = []
    found = run(list("abcde"), _noting(seen), 3)
    if len(seen) > 3:
        return f"The limit is 3, and you carried out {len(seen)}."
    if list(found)[:3] != ["A", "B", "C"] or len(found) != 5:
        return f"Five calls need five results, the first three as they came: you give {found}."
    if not all("limit" in str(one) for one in list(found)[3:]):
        return "What was not carried out should say so: a text with the word limit in it."
    return ""


def _errors(run: Callable[..., Any]) -> str:
    def call(name: str) -> str:
        if name == "b":
            raise ValueError("no such metric")
        return name.upper()

    try:
        found = list(run(["a", "b", "c"], call, 5))
    except ValueError:
        return "One call failed, and the others' results are lost with it."
    if [found[0], found[2]] != ["A", "C"] or "no such metric" not in str(found[1]):
        return f"b fails with 'no such metric', a and c do not; you give {found}."
    return ""


def _side_by_side(run: Callable[..., Any]) -> str:
    together = threading.Barrier(3)

    def call(name: str) -> str:
        together.wait(WAIT_S)
        return name

    begun = time.monotonic()
    found = list(run(["a", "b", "c"], call, 5))
    if found != ["a", "b", "c"] or time.monotonic() - begun >= WAIT_S:
        return "Three calls that wait for each other never met: you run them one by one."
    return ""
