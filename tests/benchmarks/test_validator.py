"""The held-out answers: are wrong numbers noticed, and right ones let through?

What is tuned sees the development half only; the held-out half is judged here and nowhere else.
"""

# ruff: noqa: T201 - a benchmark prints

from __future__ import annotations

import time
from typing import get_args

import pytest

from wellness.agent.validator import validate
from wellness.lesson.corruption_figures import LEAST_PRECISION, LEAST_RECALL, judge
from wellness.lesson.corruptions import Half, load_answers

pytestmark = pytest.mark.benchmark_limits
HELD_OUT: Half = "held-out"


def test_precision_and_recall() -> None:
    for half in get_args(Half):
        answers = load_answers(half)
        templates = len({answer.template for answer in answers})
        report = judge(answers)
        print(f"\n{half}: {len(answers)} correct answers of {templates} templates")
        print(report)
        if half != HELD_OUT:
            continue
        for answer in report.alarmed:
            print(f"  false alarm: {answer.text!r}")
        for one in report.missed:
            print(f"  missed, {one.kind} ({one.change}): {one.text!r}")
        limits = (("precision", report.precision, LEAST_PRECISION),
                  ("recall", report.recall, LEAST_RECALL))  # fmt: skip
        for name, share, least in limits:
            state = "PASS" if share.value >= least else "FAIL"
            print(f"{state}: {name} {share.value:.3f}, at least {least}")
        assert report.precision.value >= LEAST_PRECISION
        assert report.recall.value >= LEAST_RECALL


def test_time_of_a_check() -> None:
    """Beside seconds of a model, a check should not be felt; this only prints."""
    answers = load_answers("development")
    times = []
    for answer in answers:
        start = time.perf_counter()
        validate(
            answer.text, answer.results, now=answer.now, zone=answer.zone, question=answer.question
        )
        times.append(1000 * (time.perf_counter() - start))
    times.sort()
    print(f"\na check takes {times[len(times) // 2]:.1f} ms (median), {times[-1]:.1f} ms at most")
