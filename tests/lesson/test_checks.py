"""Verdicts: what a learner sees, and that nothing an answer does can break the notebook."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import pytest

from wellness.errors import LessonError
from wellness.lesson import checks
from wellness.lesson.checks import MIME, Verdict, judge


def check_1(lesson: Any, answer: Any) -> Verdict:
    total = answer([1, 2])
    return Verdict(total == 3, f"[1, 2] gave {total}; <the sum> is 3.")


EXERCISES = SimpleNamespace(check_1=check_1)


def verdict(answer: Any, exercise: str = "07-1") -> checks.Result:
    return judge(exercise, answer, lesson=None, exercises=EXERCISES)


def test_right_and_wrong_answers_are_told_apart_and_say_what_was_seen() -> None:
    assert verdict(sum).passed
    wrong = verdict(max)
    assert not wrong.passed
    assert "gave 2" in wrong.message


@pytest.mark.parametrize("blank", [..., None])
def test_a_blank_is_not_an_answer(blank: Any) -> None:
    assert not verdict(blank).passed
    assert "no answer yet" in verdict(blank).message


def test_an_answer_that_raises_is_wrong_and_named() -> None:
    def broken(values: list[int]) -> int:
        return values[9]

    result = verdict(broken)
    assert not result.passed
    assert "IndexError: list index out of range" in result.message


def test_the_box_does_not_speak_by_colour_alone_and_escapes_its_text() -> None:
    for answer, kind, words in ((sum, "success", "passed"), (max, "danger", "not yet")):
        shown = verdict(answer)._repr_mimebundle_()
        assert f"alert-{kind}" in shown["text/html"]
        assert "role='status'" in shown["text/html"]
        assert f"Exercise 07-1: {words}." in shown["text/html"]
        assert "&lt;the sum&gt;" in shown["text/html"]
        assert words in shown["text/plain"]
        assert shown[MIME]["passed"] is (answer is sum)
        assert shown[MIME]["exercise"] == "07-1"


def test_an_unknown_exercise_is_the_authors_error() -> None:
    with pytest.raises(LessonError, match="07-9"):
        verdict(sum, "07-9")


def test_a_lesson_without_checks_says_where_they_belong() -> None:
    with pytest.raises(LessonError, match=r"wellness\.lesson\.exercises\.l98"):
        checks.module("98")


def test_the_checks_of_a_lesson_are_found_by_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "wellness.lesson.exercises", SimpleNamespace())
    monkeypatch.setitem(sys.modules, "wellness.lesson.exercises.l97", EXERCISES)
    assert checks.module("97") is EXERCISES
