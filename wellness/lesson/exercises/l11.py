"""Checks of lesson 11: an answer that holds, claims by verdict, and a proof of one's own."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from wellness.errors import WellnessError
from wellness.lesson.checks import Verdict
from wellness.lesson.claims import CLAIMS, Entry, Measure
from wellness.lesson.playbook import Playbook
from wellness.lesson.proofs import Finding
from wellness.lesson.questions import Question
from wellness.lesson.tables import number
from wellness.lesson.verdicts import Verdict as Judged
from wellness.lesson.verdicts import Word

if TYPE_CHECKING:
    from wellness.lesson.kit import Lesson

SEED = 11
AT = datetime(2026, 9, 30, tzinfo=UTC)
WORDS: tuple[Word, ...] = get_args(Word)
UNITS = {"ns": 1e-9, "µs": 1e-6, "ms": 1e-3, "s": 1.0}
SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


class Border(NamedTuple):
    """What a claim says a time is below; seconds."""

    claim: int
    what: str
    most_s: float


BORDERS = (
    Border(1, "embedding from the cache", 0.001),
    Border(3, "LIST operation", 0.005),
    Border(4, "HNSW search", 0.05),
    Border(5, "recall of both memories", 0.1),
)


def entries(draw: random.Random, n: int) -> list[Entry]:
    """Invented rows of a ledger: some claims twice, by two lessons that may disagree."""
    made = []
    for claim in draw.sample(list(CLAIMS.values()), n):
        for lesson in draw.sample(["02", "05", "08"], draw.choice((1, 1, 2))):
            word = draw.choice(WORDS)
            verdict = Judged(word, "the length of the list" if word == "depends" else "")
            unit = draw.choice(["ms", "µs", "%", "times", "kB"])
            measured = {"p50": Measure(round(draw.uniform(0.01, 400), 3), unit)}
            made.append(Entry(claim, lesson, "invented", measured, verdict, AT, {"Redis": "0"}))
    return sorted(made, key=lambda one: (one.claim.number, one.lesson))


def check_1(lesson: Lesson, answer: Callable[[Entry], Any]) -> Verdict:
    """Three sentences: the verdict's word, a measured value with its unit, and the lesson."""
    asked = [*entries(random.Random(SEED), 12), *lesson.ledger.rows()]
    for entry in asked:
        text = answer(entry)
        if not isinstance(text, str):
            return Verdict(False, f"Return a text, not {type(text).__name__}.")
        if problem := _problem(text, entry):
            return Verdict(False, f"For claim {entry.claim.number} you say {text!r}: {problem}")
    return Verdict(True, f"{len(asked)} answers in three sentences, each with what was measured.")


def _problem(text: str, entry: Entry) -> str:
    sentences = [one for one in SENTENCE_END.split(text.strip()) if one]
    if len(sentences) != 3 or not text.strip().endswith((".", "!", "?")):
        return f"these are {len(sentences)} sentences and not 3."
    if entry.verdict.word not in text:
        return f"its verdict, {entry.verdict.word!r}, is missing."
    if entry.verdict.depends_on not in text:
        return "it depends, and you do not say on what."
    if not any(_is_said(measure, text) for measure in entry.measured.values()):
        wanted = "; ".join(map(str, entry.measured.values()))
        return f"no measured value with its unit is in it, such as {wanted}."
    if not re.search(rf"\b{entry.lesson}\b", text):
        return f"nobody learns that lesson {entry.lesson} measured it."
    return ""


def _is_said(measure: Measure, text: str) -> bool:
    unit = re.escape(measure.unit)
    values = {number(measure.value), f"{measure.value:g}", str(measure.value)}
    spoken = "|".join(map(re.escape, values))
    return bool(re.search(rf"(?<![\d.,])(?:{spoken})(?![\d])\s*{unit}(?!\w)", text))


def check_2(lesson: Lesson, sort: Callable[[list[Entry]], Any]) -> Verdict:
    """Every claim under one word: its own, `depends` where lessons disagree, or `open`."""
    draw = random.Random(SEED)
    for n in (0, 5, 14, len(CLAIMS)):
        rows = entries(draw, n)
        found, expected = sort(list(rows)), by_verdict(rows)
        if not isinstance(found, dict):
            return Verdict(False, f"Return a dictionary, not {type(found).__name__}.")
        for word, numbers in expected.items():
            told = list(found.get(word, []))
            if told != numbers:
                wrong = next(iter(set(told) ^ set(numbers)), None)
                said = [f"{row.verdict.word} by {row.lesson}" for row in rows
                        if row.claim.number == wrong]  # fmt: skip
                why = f"claim {wrong} is judged {', '.join(said) or 'by nobody'}"
                return Verdict(False, f"Under {word!r}: {why if wrong else 'sort the numbers'}.")
    return Verdict(True, "Each of the claims is under one word, in four ledgers.")


def by_verdict(rows: Sequence[Entry]) -> dict[str, list[int]]:
    """Numbers of claims by word, sorted; the reference of exercise 2."""
    words = {n: {row.verdict.word for row in rows if row.claim.number == n} for n in CLAIMS}
    found: dict[str, list[int]] = {word: [] for word in (*WORDS, "open")}
    for n, said in words.items():
        found["open" if not said else "depends" if len(said) > 1 else said.copy().pop()].append(n)
    return found


def check_3(lesson: Lesson, refutes: Callable[..., Any]) -> Verdict:
    """The claim that a measured interval refutes, in whatever unit; None where it crosses."""
    draw = random.Random(SEED)
    for _ in range(200):
        border = draw.choice(BORDERS)
        unit = draw.choice(list(UNITS))
        middle = border.most_s * draw.choice((0.2, 0.9, 1.0, 1.1, 5))
        low, high = middle * draw.uniform(0.85, 1), middle * draw.uniform(1, 1.2)
        expected = border.claim if low > border.most_s else None
        found = refutes(BORDERS, border.what, low / UNITS[unit], high / UNITS[unit], unit)
        if found != expected:
            measured = f"{border.what}, {low / UNITS[unit]:.4g} to {high / UNITS[unit]:.4g} {unit}"
            right = f"refutes claim {expected}" if expected else "refutes nothing"
            return Verdict(False, f"{measured}: that {right}; you say {found!r}.")
    if (extra := refutes(BORDERS, "a cup of tea", 1, 2, "s")) is not None:
        return Verdict(False, f"No claim is about a cup of tea; you say {extra!r}.")
    return Verdict(True, "200 measurements in four units, and no claim refuted by a near miss.")


def check_4(lesson: Lesson, question: Any) -> Verdict:
    """A question with a proof that measures: run twice, and its sentence has its numbers."""
    if not isinstance(question, Question):
        return Verdict(False, f"Make a Question, not {type(question).__name__}.")
    if not question.claims:
        return Verdict(False, "Name at least one claim that is its evidence.")
    if question.proof is None:
        return Verdict(False, "It has no proof.")
    play = Playbook(lesson, [question])
    try:
        found = [play.prove(question.name) for _ in range(2)]
    except WellnessError as error:
        return Verdict(False, f"The proof failed: {error}")
    one = found[0]
    if not isinstance(one, Finding) or not one.measured:
        return Verdict(False, "A proof returns a Finding with at least one Measure.")
    if missing := [name for name, m in one.measured.items() if str(m) not in one.sentence]:
        return Verdict(False, f"{missing[0]!r} is measured, and not in the sentence.")
    if left := sorted(lesson.client.scan_iter(match=f"{lesson.namespace}*mine*", count=1000)):
        return Verdict(False, f"It leaves a key behind: {left[0].decode()}.")
    if one.measured == found[1].measured:
        return Verdict(False, "Two runs gave the very same numbers: was it measured?")
    return Verdict(True, f"It measures, and says: {one.sentence}")
