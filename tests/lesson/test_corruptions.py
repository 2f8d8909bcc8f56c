"""The answers are many, mixed and well-formed; a corruption is wrong, known, and reproducible."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import get_args

import pytest

from wellness.agent.routes import TOOL_OF
from wellness.agent.validator import amounts, validate
from wellness.errors import LessonError
from wellness.lesson.corruptions import (
    FILES,
    Answer,
    Corrupted,
    Corruption,
    Half,
    corrupt,
    load_answers,
)

HALVES: tuple[Half, ...] = get_args(Half)


@pytest.fixture(scope="module")
def halves() -> dict[Half, tuple[Answer, ...]]:
    return {half: load_answers(half) for half in HALVES}


@pytest.fixture(scope="module")
def made(halves: dict[Half, tuple[Answer, ...]]) -> dict[Half, list[Corrupted]]:
    return {half: corrupt(answers) for half, answers in halves.items()}


def test_there_are_enough(halves: dict[Half, tuple[Answer, ...]]) -> None:
    for answers in halves.values():
        assert len(answers) >= 60
        assert len({one.template for one in answers}) >= 25
        tools = {result.tool for one in answers for result in one.results}
        assert len(tools & set(TOOL_OF.values())) >= 9
        assert sum(len(one.results) > 1 for one in answers) >= 3
    tuned = halves["development"]
    assert any(not result.ok for one in tuned for result in one.results)
    assert any(not one.results for one in tuned)


def test_the_halves_share_nothing(halves: dict[Half, tuple[Answer, ...]]) -> None:
    one, other = halves.values()
    assert not {it.template for it in one} & {it.template for it in other}
    assert not {it.text for it in one} & {it.text for it in other}
    assert not {it.question for it in one} & {it.question for it in other}


def test_each_answer_says_its_parts(halves: dict[Half, tuple[Answer, ...]]) -> None:
    for answer in (one for answers in halves.values() for one in answers):
        assert not set(answer.text) & set("{}")
        for part in answer.parts:
            assert answer.text[part.start : part.end] == part.text
        for part in (it for it in answer.parts if it.kind == "number"):
            found = [it for it in amounts.find(answer.text) if part.start <= it.start < part.end]
            assert found, (answer.text, part.text)


def test_what_is_not_a_number_may_be_said_in_many_ways(
    halves: dict[Half, tuple[Answer, ...]],
) -> None:
    """People write digits, words, k, fractions, hours with minutes, clocks and signs."""
    for answers in halves.values():
        texts = " ".join(
            part.text for one in answers for part in one.parts if part.kind == "number"
        )
        for style in (
            r"\d,\d{3}",
            r"\b(three|six|seven|nine)\b",
            r"\d h \d",
            r"\bhalf\b",
            r"\d:\d\d",
            "%",
        ):
            assert re.search(style, texts), style


def test_each_kind_of_corruption_is_there(made: dict[Half, list[Corrupted]]) -> None:
    for cases in made.values():
        counted = Counter(one.kind for one in cases)
        assert set(counted) == set(get_args(Corruption))
        assert min(counted.values()) >= 10
        assert len(cases) >= 500


def test_a_corruption_changes_what_it_says_it_does(made: dict[Half, list[Corrupted]]) -> None:
    for one in (it for cases in made.values() for it in cases):
        assert one.text != one.answer.text
        assert one.wrong
        for start, end in one.wrong:
            assert 0 <= start < end <= len(one.text)
            inside = [it for it in amounts.find(one.text) if it.start < end and start < it.end]
            assert inside or one.kind in ("period", "metric", "role", "sign"), one
        if one.kind == "invented":
            assert one.text.startswith(one.answer.text)


def test_a_changed_number_is_none_that_a_tool_gave(made: dict[Half, list[Corrupted]]) -> None:
    for one in (it for cases in made.values() for it in cases):
        if one.kind not in ("value", "digits", "separator"):
            continue
        before, _, after = one.change.partition(" -> ")
        assert before != after
        true = [number.value for result in one.answer.results for number in result.numbers]
        values = [it.value for it in amounts.find(after) if it.unit == "" and ":" not in after]
        if len(values) == 1 and re.fullmatch(r"[\d,]+(\.\d+)?", after):
            assert all(abs(values[0] - other) > 0.01 * abs(other) for other in true), one


def test_the_seed_decides(halves: dict[Half, tuple[Answer, ...]]) -> None:
    some = halves["development"][:10]
    assert corrupt(some) == corrupt(some)
    assert corrupt(some, seed=1) != corrupt(some, seed=2)


def test_the_validator_keeps_its_floor(
    halves: dict[Half, tuple[Answer, ...]], made: dict[Half, list[Corrupted]]
) -> None:
    """On the development half only: what was reached must not be lost."""
    for answer in halves["development"]:
        found = validate(
            answer.text, answer.results, now=answer.now, zone=answer.zone, question=answer.question
        )
        assert found.ok, (answer.text, found)
    caught = 0
    for one in made["development"]:
        answer = one.answer
        found = validate(
            one.text, answer.results, now=answer.now, zone=answer.zone, question=answer.question
        )
        caught += any(
            it.span[0] < end and start < it.span[1]
            for it in found.wrong
            for start, end in one.wrong
        )
    assert caught >= 0.99 * len(made["development"])


def test_a_wrong_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(LessonError, match="no answers in"):
        load_answers("development", tmp_path / "none.json")
    (tmp_path / "other.json").write_text('{"templates": [{"id": 1}]}')
    with pytest.raises(LessonError, match="holds no answers"):
        load_answers("development", tmp_path / "other.json")
    data = json.loads(FILES["development"].read_text("utf-8"))
    data["templates"][0]["results"] = [{"tool": "x"}]
    (tmp_path / "damaged.json").write_text(json.dumps(data))
    with pytest.raises(LessonError, match="holds no answers"):
        load_answers("development", tmp_path / "damaged.json")
