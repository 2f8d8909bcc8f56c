"""Precision and recall of the validator, held against a validator whose faults are known."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from wellness.agent.validator import Validation, validate
from wellness.lesson import corruption_figures
from wellness.lesson.corruption_figures import LEAST_PRECISION, LEAST_RECALL, judge
from wellness.lesson.corruptions import load_answers

SOME = load_answers("development")[::6]


def test_the_validator_on_the_development_half() -> None:
    """The floor of what was reached; `make bench` opens the other half."""
    report = judge(load_answers("development"))
    assert report.precision.value >= LEAST_PRECISION
    assert report.recall.value >= LEAST_RECALL
    assert report.false_alarms.value <= 0.02
    assert min(one.value for one in report.caught.values()) >= 0.9
    assert report.verdict.word == "confirmed"
    assert "precision" in repr(report)
    assert "precision" in report._repr_html_()
    assert report.measured["recall, low"][0] > 90


def test_a_validator_that_flags_everything_has_no_precision(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def suspicious(text: str, *args: Any, **known: Any) -> Validation:
        found = validate(text, (), **known)  # nothing vouches for anything
        return dataclasses.replace(found)

    monkeypatch.setattr(corruption_figures, "validate", suspicious)
    report = judge(SOME)
    assert report.recall.value > 0.9
    assert report.precision.value < 0.6
    assert report.false_alarms.value > 0.9
    assert len(report.alarmed) == report.false_alarms.right
    assert report.verdict.word != "confirmed"


def test_a_validator_that_flags_nothing_cannot_be_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    trusting = Validation("", ())
    monkeypatch.setattr(corruption_figures, "validate", lambda *a, **k: trusting)
    with pytest.raises(ValueError, match="share of nothing"):
        judge(SOME)
