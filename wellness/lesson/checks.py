"""Exercises that check themselves: what was seen, and why it is or is not right yet.

The check of exercise 2 in lesson 01 is the function `check_2(lesson, answer)` in
`wellness/lesson/exercises/l01.py`; it returns a `Verdict`. It lives there and not in the notebook
so that the expectation does not give the solution away, and it looks at what an answer does
rather than at how it is written.

>>> from types import SimpleNamespace
>>> exercises = SimpleNamespace(
...     check_1=lambda lesson, answer: Verdict(answer == 4, f"2 + 2 is {answer}?")
... )
>>> judge("01-1", 4, lesson=None, exercises=exercises)
Exercise 01-1: passed. 2 + 2 is 4?
>>> judge("01-1", ..., lesson=None, exercises=exercises)
Exercise 01-1: not yet. There is no answer yet: put yours in place of the `...`.
"""

from __future__ import annotations

import html
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from wellness.errors import LessonError
from wellness.lesson.notice import notice

MIME = "application/vnd.wellness.check+json"  # so that a test can read which checks passed


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check says. `message` is plain text: what was seen, and why that is right or not."""

    passed: bool
    message: str


@dataclass(frozen=True, slots=True)
class Result:
    """The verdict on one exercise, as a box that says the same without its colour."""

    exercise: str
    passed: bool
    message: str

    def __repr__(self) -> str:
        state = "passed" if self.passed else "not yet"
        return f"Exercise {self.exercise}: {state}. {self.message}"

    def _repr_html_(self) -> str:
        state = "passed" if self.passed else "not yet"
        message = html.escape(self.message).replace("\n", "<br>")
        said = f"<strong>Exercise {self.exercise}: {state}.</strong> {message}"
        return notice("success" if self.passed else "danger", said, role="status")

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        record = {"exercise": self.exercise, "passed": self.passed, "message": self.message}
        return {"text/plain": repr(self), "text/html": self._repr_html_(), MIME: record}


def judge(exercise: str, answer: Any, *, lesson: Any, exercises: Any) -> Result:
    """Run the check of an exercise on an answer, a value or something to call.

    An exception is a wrong answer, not the end of the notebook: it comes from what was called.

    Args:
        exercise: number of the lesson and of the exercise, for instance "01-2".
        answer: what the learner made; `...` and None mean nothing yet.
        lesson: handed on to the check.
        exercises: the module with the lesson's checks.

    Raises:
        LessonError: there is no such check.
    """
    check = _find(exercise, exercises)
    if answer is ... or answer is None:
        return Result(exercise, False, "There is no answer yet: put yours in place of the `...`.")
    try:
        verdict = check(lesson, answer)
    except Exception as error:
        return Result(exercise, False, f"Your answer raised {type(error).__name__}: {error}")
    return Result(exercise, bool(verdict.passed), verdict.message)


def module(number: str) -> Any:
    """The module with the checks of a lesson.

    Raises:
        LessonError: there is none.
    """
    name = f"wellness.lesson.exercises.l{number}"
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name not in (name, name.rpartition(".")[0]):
            raise  # the module is there, something it imports is not
        raise LessonError(
            f"Lesson {number} has no checks.", hint=f"They belong into {name}."
        ) from error


def _find(exercise: str, exercises: Any) -> Callable[[Any, Any], Verdict]:
    check = getattr(exercises, f"check_{exercise.rpartition('-')[2]}", None)
    if check is None:
        raise LessonError(f"There is no exercise {exercise}.", hint="See the heading above.")
    found: Callable[[Any, Any], Verdict] = check
    return found


def show(thing: object) -> None:
    """Display something in a notebook, or write its `repr` where there is no notebook."""
    if "IPython" in sys.modules:
        from IPython.display import display

        display(thing)  # type: ignore[no-untyped-call]
    else:
        sys.stdout.write(f"{thing!r}\n")
