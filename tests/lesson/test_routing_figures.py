"""Figures of a judged set: against SciPy, by hand, and over the shipped questions."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from wellness.agent.routes import Intent, Route
from wellness.lesson.kit import NOW
from wellness.lesson.routing_figures import by_kind, calibration, confusion, share
from wellness.lesson.routing_set import (
    Judged,
    Kind,
    RoutedQuestion,
    grade,
    judge,
    load_routing_set,
)
from wellness.memory.messages import ToolCall, Turn

ZONE = ZoneInfo("America/New_York")
GOALS = ToolCall("list_goals")


def judged(right: bool, confidence: float, kind: Kind = "plain") -> Judged:
    question = RoutedQuestion("t", kind, "?", (), Intent.GOALS, (GOALS,))
    intent, calls = (Intent.GOALS, (GOALS,)) if right else (Intent.OUT_OF_SCOPE, ())
    mark = grade(question, intent, calls, now=NOW, zone=ZONE)
    return Judged(question, Route(intent, calls, confidence, "rules", {}), mark)


@given(st.lists(st.booleans(), min_size=1, max_size=400), st.sampled_from([0.5, 0.9, 0.95, 0.99]))
def test_the_interval_is_wilsons(flags: list[bool], level: float) -> None:
    found = share(flags, level=level)
    other = binomtest(sum(flags), len(flags)).proportion_ci(level, method="wilson")
    assert (found.low, found.high) == pytest.approx((other.low, other.high), abs=1e-12)
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert found[:3] == (sum(flags), len(flags), sum(flags) / len(flags))


def test_none_and_all_have_an_interval_too() -> None:
    """Where the normal interval would have no length, Wilson's ends at z²/(n + z²)."""
    assert share([False] * 10)[2:4] == (0, 0)
    assert share([False] * 10).high == pytest.approx(1.959964**2 / (10 + 1.959964**2))
    assert share([True] * 10).low == pytest.approx(10 / (10 + 1.959964**2))


@pytest.mark.parametrize(("flags", "level"), [([], 0.95), ([True], 0), ([True], 1)])
def test_a_share_without_a_meaning_is_refused(flags: list[bool], level: float) -> None:
    with pytest.raises(ValueError, match=r"nothing is not defined|level lies"):
        share(flags, level=level)


def test_kinds_are_told_apart() -> None:
    found = by_kind([judged(True, 1), judged(False, 1), judged(True, 1, "follow-up")])
    assert {kind: one[:2] for kind, one in found.items()} == {"plain": (1, 2), "follow-up": (1, 1)}


def test_confusion_is_what_was_wanted_against_what_was_given() -> None:
    matrix = confusion([judged(True, 1), judged(False, 1), judged(False, 1)])
    assert matrix[Intent.GOALS][Intent.GOALS] == 1
    assert matrix[Intent.GOALS][Intent.OUT_OF_SCOPE] == 2
    assert matrix[Intent.OUT_OF_SCOPE][Intent.GOALS] == 0
    assert set(matrix) == set(matrix[Intent.GOALS]) == set(Intent)
    assert sum(sum(row.values()) for row in matrix.values()) == 3


def test_bins_by_hand() -> None:
    bins = calibration(
        [judged(True, 0.9), judged(False, 0.95), judged(True, 1.0), judged(False, 0.0),
         judged(True, 0.5)],
        bins=2,
    )  # fmt: skip
    assert [(one.low, one.high) for one in bins] == [(0, 0.5), (0.5, 1)]
    assert [one.right[:2] for one in bins] == [(0, 1), (3, 4)]
    assert [one.confidence for one in bins] == pytest.approx([0, (0.9 + 0.95 + 1 + 0.5) / 4])
    assert len(calibration([judged(True, 0.05), judged(True, 0.95)])) == 2, "no empty bin"


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=1, max_size=40))
def test_every_decision_is_in_one_bin(decisions: list[tuple[bool, float]]) -> None:
    bins = calibration(judged(right, confidence) for right, confidence in decisions)
    assert sum(one.right.of for one in bins) == len(decisions)
    assert sum(one.right.right for one in bins) == sum(right for right, _ in decisions)
    for one in bins:
        assert one.low - 1e-9 <= one.confidence <= one.high + 1e-9
    mean = sum(one.right.of * one.confidence for one in bins) / len(decisions)
    assert mean == pytest.approx(sum(confidence for _, confidence in decisions) / len(decisions))


def test_what_is_no_confidence_is_refused() -> None:
    for confidence in (-0.1, 1.1, float("nan")):
        with pytest.raises(ValueError, match="between 0 and 1"):
            calibration([judged(True, confidence)])
    with pytest.raises(ValueError, match="hold nothing"):
        calibration([judged(True, 1)], bins=0)


class Stubborn:
    """Routes everything to the goals, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []

    def route(self, question: str, *, turns: Sequence[Turn] = ()) -> Route:
        self.asked.append((question, len(turns)))
        return Route(Intent.GOALS, (GOALS,), 0.3, "rules", {})


def test_a_router_is_judged_on_each_question_once() -> None:
    questions, router = load_routing_set("development"), Stubborn()
    found = judge(router, questions, now=NOW, zone=ZONE)
    assert [one.question for one in found] == questions
    assert router.asked == [(one.question, len(one.before)) for one in questions]
    wanted = [one.calls == (GOALS,) for one in questions]
    assert [one.grade.all_right for one in found] == wanted
    (only,) = calibration(found)
    assert only.right == share(wanted)
    assert only.right.high < 0.1, "who always says the same is seldom right"
    assert not any(one.grade.refused for one in found)
