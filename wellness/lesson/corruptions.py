"""Correct answers made wrong on purpose, in ten ways, to judge the validator.

    for made in corrupt(load_answers("development")):
        print(made.kind, made.text)

Answers stand in `data/answers_*.json` with the tool results that they word; a part in braces is a
number, `{8,214}`, or what says something about one, `{last week:period}`. data/README.md has the
form. A corruption changes one part; which numbers are wrong after it is known, since the generator
made them so, and no validator is asked.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from wellness.agent.results import ToolResult
from wellness.errors import LessonError
from wellness.lesson import mistakes
from wellness.settings import project_root

Half = Literal["development", "held-out"]
Kind = Literal["number", "unit", "metric", "period", "role", "sign"]
Corruption = Literal[
    "value", "digits", "separator", "stale", "invented", "unit", "metric", "period", "role", "sign"
]
FILES: dict[Half, Path] = {
    "development": project_root() / "data" / "answers_development.json",
    "held-out": project_root() / "data" / "answers_held_out.json",
}
SEED = 11
_PART = re.compile(r"\{([^{}]*)\}")
_LABELLED = re.compile(
    r"(?P<text>.*?):(?P<kind>unit|metric|period|role|sign)(?:@(?P<of>[\d,]+))?(?:=(?P<others>.*))?",
    re.DOTALL,
)
_SENTENCE = re.compile(r"[!?;\n]|\.(?=\s|$)")

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an answer that can be made wrong; `others` are what it can become."""

    text: str
    start: int
    end: int
    kind: Kind
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """A correct answer to a question, with the results that it words and its parts."""

    template: str
    question: str
    results: tuple[ToolResult, ...]
    text: str
    parts: tuple[Part, ...]
    now: datetime
    zone: ZoneInfo


@dataclass(frozen=True)
class Corrupted:
    """An answer after one corruption, and where its wrong numbers stand."""

    answer: Answer
    kind: Corruption
    text: str
    wrong: tuple[Place, ...]
    change: str


def load_answers(half: Half, path: Path | None = None) -> tuple[Answer, ...]:
    """The correct answers of one half.

    Raises:
        LessonError: the file is not there, or holds no answers.
    """
    file = path or FILES[half]
    try:
        data = json.loads(file.read_text("utf-8"))
        now, zone = datetime.fromisoformat(data["now"]), ZoneInfo(data["zone"])
        return tuple(
            _answer(row["id"], row["question"], results, marked, now, zone)
            for row in data["templates"]
            for results in [tuple(ToolResult.from_dict(one) for one in row["results"])]
            for marked in row["answers"]
        )
    except OSError as error:
        raise LessonError(f"There are no answers in {file}: {error.strerror}.") from error
    except (KeyError, TypeError, ValueError) as error:
        hint = "data/README.md says what is in it."
        raise LessonError(f"{file} holds no answers: {error!r}.", hint=hint) from error


def _answer(
    template: str, question: str, results: tuple[ToolResult, ...], marked: str, now: datetime,
    zone: ZoneInfo,
) -> Answer:  # fmt: skip
    text, parts, at = "", [], 0
    for match in _PART.finditer(marked):
        text += marked[at : match.start()]
        labelled = _LABELLED.fullmatch(match[1])
        if labelled:
            words, kind = labelled["text"], labelled["kind"]
            others = tuple((labelled["others"] or "").split("|")) if labelled["others"] else ()
        else:
            words, _, stale = match[1].partition("~")
            kind, others = "number", (stale,) if stale else ()
        parts.append(Part(words, len(text), len(text) + len(words), _kind(kind), others))
        text += words
        at = match.end()
    return Answer(template, question, results, text + marked[at:], tuple(parts), now, zone)


def _kind(name: str) -> Kind:
    if name not in get_args(Kind):
        raise ValueError(f"{name!r} is none of {', '.join(get_args(Kind))}")
    return name  # type: ignore[return-value]


def corrupt(answers: Sequence[Answer], *, seed: int = SEED) -> list[Corrupted]:
    """Each answer made wrong in each way that it allows, one part at a time.

    Args:
        answers: correct ones.
        seed: decides which part, and what it becomes.

    >>> made = corrupt(load_answers("development")[:1])
    >>> [one.change for one in made if one.kind == "metric"]
    ['steps -> calories', 'steps -> flights of stairs']
    """
    made: list[Corrupted] = []
    for number, answer in enumerate(answers):
        pick = random.Random(f"{seed} {number} {answer.text}")
        for kind in get_args(Corruption):
            made += _one(answer, kind, pick)
    return made


def _one(answer: Answer, kind: Corruption, pick: random.Random) -> Iterator[Corrupted]:
    if kind == "invented":
        if sentence := mistakes.invented(answer.results, pick):
            joint = "\n" if "\n" in answer.text else " "
            text = f"{answer.text}{joint}{sentence}"
            yield Corrupted(answer, kind, text, ((len(answer.text), len(text)),), f"+ {sentence}")
        return
    for place, part in enumerate(answer.parts):
        if part.kind == (kind if kind in get_args(Kind) else "number"):
            for other in _others(answer, part, kind, pick):
                yield _changed(answer, kind, {place: other})
    if kind == "period":
        for swapped in _swapped(answer):
            yield _changed(answer, kind, swapped)


def _others(answer: Answer, part: Part, kind: Corruption, pick: random.Random) -> Sequence[str]:
    """What a part may become in one way of going wrong."""
    before = answer.text[: part.start]
    if kind == "stale":
        return part.others if mistakes.is_other(part.others, part.text, answer.results) else ()
    if kind in ("value", "digits", "separator"):
        change = {
            "value": mistakes.value,
            "digits": mistakes.digits,
            "separator": mistakes.separator,
        }
        said = [other.text for other in answer.parts if other.kind == "number"]
        return change[kind](part.text, before, pick, answer.results, said)
    return part.others or mistakes.OPPOSITES[kind].get(part.text.lower(), ())


def _swapped(answer: Answer) -> Iterator[dict[int, str]]:
    """Each two periods that follow each other in each other's place."""
    places = [i for i, one in enumerate(answer.parts) if one.kind == "period"]
    for one, other in pairwise(places):
        texts = answer.parts[one].text, answer.parts[other].text
        if texts[0].lower() != texts[1].lower():
            yield {one: texts[1], other: texts[0]}


def _changed(answer: Answer, kind: Corruption, changes: dict[int, str]) -> Corrupted:
    """The text with some parts changed, and its wrong numbers: those that were changed, or, where
    words were, all of the sentences that they stand in."""
    text, at = "", 0
    places: list[Place] = []
    for i, part in enumerate(answer.parts):
        text += answer.text[at : part.start]
        words = changes.get(i, part.text)
        if i in changes and part.text[:1].isupper() and kind not in ("value", "digits"):
            words = words[:1].upper() + words[1:]
        places.append((len(text), len(text) + len(words)))
        text += words
        at = part.end
    text += answer.text[at:]
    wrong = [places[i] for i in changes]
    if answer.parts[next(iter(changes))].kind != "number":
        wrong = [_sentence(text, place) for place in wrong]
    told = "; ".join(f"{answer.parts[i].text} -> {words}" for i, words in changes.items())
    return Corrupted(answer, kind, text, tuple(wrong), told)


def _sentence(text: str, place: Place) -> Place:
    start = max((match.end() for match in _SENTENCE.finditer(text, 0, place[0])), default=0)
    following = _SENTENCE.search(text, place[1])
    return start, following.start() if following else len(text)
