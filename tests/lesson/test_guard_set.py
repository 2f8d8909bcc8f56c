"""The labelled pairs: enough of them, in halves that share nothing, with labels that agree."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from wellness.errors import LessonError
from wellness.lesson.guard_set import FILES, GuardPair, Half, load_guard_pairs

HALVES: tuple[Half, Half] = ("development", "held-out")


@pytest.fixture(scope="module")
def halves() -> dict[str, list[GuardPair]]:
    return {half: load_guard_pairs(half) for half in HALVES}


def test_there_are_enough(halves: dict[str, list[GuardPair]]) -> None:
    assert sum(map(len, halves.values())) >= 300
    for pairs in halves.values():
        assert len(pairs) >= 150
        assert 0.35 <= sum(pair.same for pair in pairs) / len(pairs) <= 0.65
        assert len({pair.template for pair in pairs}) >= 25
        about = Counter(pair.about for pair in pairs)
        assert set(about) == {"question", "statement"}
        assert min(about.values()) >= 0.25 * len(pairs)


def test_the_halves_share_nothing(halves: dict[str, list[GuardPair]]) -> None:
    one, other = halves.values()
    assert not {pair.template for pair in one} & {pair.template for pair in other}
    texts = [
        {text.lower() for pair in pairs for text in (pair.a, pair.b)} for pairs in (one, other)
    ]
    shared = texts[0] & texts[1]
    assert len(shared) <= 0.02 * min(map(len, texts)), shared
    found = [
        {frozenset((pair.a.lower(), pair.b.lower())) for pair in half} for half in (one, other)
    ]
    assert not found[0] & found[1]


def test_no_pair_comes_twice_or_contradicts_itself(halves: dict[str, list[GuardPair]]) -> None:
    for pairs in halves.values():
        counted = Counter(frozenset((pair.a, pair.b)) for pair in pairs)
        assert set(counted.values()) == {1}
        for pair in pairs:
            assert pair.a.lower() != pair.b.lower()
            assert bool(pair.differs) != pair.same


def test_each_sentence_stands_once() -> None:
    for file in FILES.values():
        templates = json.loads(file.read_text("utf-8"))["templates"]
        texts = [
            text for one in templates for group in one["groups"] for text in group["phrasings"]
        ]
        assert len(texts) == len(set(texts))
        assert len({one["id"] for one in templates}) == len(templates)
        for one in templates:
            assert [bool(group["differs"]) for group in one["groups"]][:2] == [False, True]


def test_both_halves_differ_in_everything_that_matters(halves: dict[str, list[GuardPair]]) -> None:
    kinds = {
        "period", "number", "unit", "aggregation", "metric", "polarity", "direction", "person",
        "goal", "time of day", "activity", "frequency", "order",
    }  # fmt: skip
    for pairs in halves.values():
        assert kinds <= {pair.differs for pair in pairs if not pair.same}


def test_a_wrong_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(LessonError, match="no pairs in"):
        load_guard_pairs("development", tmp_path / "none.json")
    (tmp_path / "other.json").write_text('{"templates": [{"id": 1}]}')
    with pytest.raises(LessonError, match="no templates"):
        load_guard_pairs("development", tmp_path / "other.json")
