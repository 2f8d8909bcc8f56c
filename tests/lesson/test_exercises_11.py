"""The checks of lesson 11 accept what is right, and see through what only looks right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from wellness.errors import LessonError
from wellness.lesson import kit
from wellness.lesson.claims import Entry, Measure
from wellness.lesson.exercises import l11
from wellness.lesson.exercises.l11 import by_verdict
from wellness.lesson.kit import Lesson
from wellness.lesson.proofs import Finding
from wellness.lesson.questions import Question
from wellness.lesson.timing import measure
from wellness.server import EmbeddedServer
from wellness.settings import Settings


@pytest.fixture
def lesson(settings: Settings, redis_server: EmbeddedServer) -> Iterator[Lesson]:
    here = settings.model_copy(update={"redis_url": redis_server.url, "user": "learner-11"})
    yield kit.start("11", settings=here)
    kit.end()


def spoken(entry: Entry, *, word: bool = True, on: bool = True, value: float = 1.0,
           unit: bool = True, of: bool = True, more: str = "") -> str:  # fmt: skip
    one = next(iter(entry.measured.values()))
    shown = Measure(one.value * value, one.unit if unit else "")
    verdict = entry.verdict.word if word else "so so"
    on_what = f" on {entry.verdict.depends_on}" if on and entry.verdict.depends_on else ""
    lesson = f"Lesson {entry.lesson}" if of else "Some lesson"
    return f"It is {verdict}{on_what}. We saw {shown}. {lesson} did it.{more}"


@pytest.mark.parametrize(
    ("changes", "passes"),
    [({}, True), ({"word": False}, False), ({"on": False}, False), ({"value": 2.0}, False),
     ({"unit": False}, False), ({"of": False}, False), ({"more": " Really!"}, False),
     ({"more": " and so on"}, False)],
)  # fmt: skip
def test_three_sentences(lesson: Lesson, changes: dict[str, Any], passes: bool) -> None:
    verdict = l11.check_1(lesson, lambda entry: spoken(entry, **changes))
    assert verdict.passed == passes, verdict.message


def test_an_answer_that_is_no_text(lesson: Lesson) -> None:
    assert not l11.check_1(lesson, lambda entry: 3).passed


def per_row(rows: list[Entry]) -> dict[str, list[int]]:
    words = ("confirmed", "refuted", "depends")
    return {w: [row.claim.number for row in rows if row.verdict.word == w] for w in words}


def without_open(rows: list[Entry]) -> dict[str, list[int]]:
    return {word: found for word, found in by_verdict(rows).items() if word != "open"}


@pytest.mark.parametrize(
    ("sort", "passes"),
    [
        (by_verdict, True),
        (per_row, False),
        (without_open, False),
        (lambda rows: {word: found[::-1] for word, found in by_verdict(rows).items()}, False),
        (lambda rows: list(by_verdict(rows)), False),
    ],
    ids=["right", "row by row", "nothing open", "backwards", "list"],
)
def test_claims_by_verdict(lesson: Lesson, sort: Callable[..., Any], passes: bool) -> None:
    assert l11.check_2(lesson, sort).passed == passes


SECONDS = {"ns": 1e-9, "µs": 1e-6, "ms": 1e-3, "s": 1}


def refutes(borders: Any, what: str, low: float, high: float, unit: str, *, end: str = "low",
            same: bool = True, convert: bool = True) -> int | None:  # fmt: skip
    factor = SECONDS[unit] if convert else 1e-3
    value = {"low": low, "high": high, "middle": (low + high) / 2}[end] * factor
    found = [b.claim for b in borders if (b.what == what or not same) and value > b.most_s]
    return next(iter(found), None)


@pytest.mark.parametrize(
    ("changes", "passes"),
    [({}, True), ({"end": "high"}, False), ({"end": "middle"}, False), ({"same": False}, False),
     ({"convert": False}, False)],
)  # fmt: skip
def test_which_claim_is_refuted(lesson: Lesson, changes: dict[str, Any], passes: bool) -> None:
    verdict = l11.check_3(lesson, lambda *asked: refutes(*asked, **changes))
    assert verdict.passed == passes, verdict.message


def timed(lesson: Lesson) -> Finding:
    key = lesson.keys("mine").scratch("nothing")
    took = Measure(measure(lambda: lesson.client.get(key), 20).p50 / 1e3, "µs")
    return Finding(f"It took {took}.", {"p50": took})


def invented(lesson: Lesson) -> Finding:
    return Finding("It took 5 µs.", {"p50": Measure(5, "µs")})


def silent(lesson: Lesson) -> Finding:
    return Finding("It took some time.", timed(lesson).measured)


def untidy(lesson: Lesson) -> Finding:
    lesson.client.set(lesson.keys("mine").scratch("left"), 1)
    return timed(lesson)


def empty(lesson: Lesson) -> Finding:
    return Finding("It costs nothing.", {})


def fails(lesson: Lesson) -> Finding:
    raise LessonError("It broke.")


def ask(proof: Any, claims: tuple[int, ...] = (3,)) -> Question:
    return Question("nothing", "What does nothing cost?", ("Little.",), claims, "11", proof)


@pytest.mark.parametrize(
    ("question", "passes"),
    [(ask(timed), True), (ask(invented), False), (ask(silent), False), (ask(untidy), False),
     (ask(empty), False), (ask(fails), False), (ask(None), False), (ask(timed, ()), False),
     (timed, False)],
    ids=["right", "invented", "silent", "untidy", "empty", "fails", "none", "no claim", "bare"],
)  # fmt: skip
def test_a_proof_of_ones_own(lesson: Lesson, question: Any, passes: bool) -> None:
    verdict = l11.check_4(lesson, question)
    assert verdict.passed == passes, verdict.message
