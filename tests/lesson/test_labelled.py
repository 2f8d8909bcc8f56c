"""The recall set in a real memory: whose turns, of when, and in which order they are found."""

from __future__ import annotations

import pytest
from memory.geometry import Scattered
from redis import Redis

from wellness.lesson.labelled import Ranked, ask, remember_all, token_costs
from wellness.lesson.recall_set import RecallSet, load_recall_set
from wellness.memory.long_term import LongTerm
from wellness.memory.tokens import Tiktoken
from wellness.settings import Settings


@pytest.fixture(scope="module")
def recall_set() -> RecallSet:
    return load_recall_set()


@pytest.fixture
def people(client: Redis, namespace: str, recall_set: RecallSet) -> dict[str, LongTerm]:
    return remember_all(recall_set, client, Scattered(), settings=Settings(), namespace=namespace)


def test_each_person_remembers_their_own_turns(
    people: dict[str, LongTerm], recall_set: RecallSet
) -> None:
    for user, memory in people.items():
        turns = {t.id for one in recall_set.conversations if one.user == user for t in one.turns}
        assert {one.fact.source for one in memory.all()} == turns


def test_nothing_is_found_that_was_said_later_or_by_others(
    people: dict[str, LongTerm], recall_set: RecallSet
) -> None:
    asked = recall_set.of("development")[::9]
    found = ask(people, asked)
    assert set(found) == {"meaning", "words", "fused"}
    for way in found.values():
        assert way.questions == asked
        for question, ranked in zip(asked, way.rankings, strict=True):
            haystack = {turn.id for turn in recall_set.haystack(question)}
            assert set(ranked) <= haystack
            assert len(ranked) == len(set(ranked))
    for question, meaning, fused in zip(
        asked, found["meaning"].rankings, found["fused"].rankings, strict=True
    ):
        assert len(meaning) == len(recall_set.haystack(question)), "vectors rank everything"
        assert set(fused) == set(meaning)


def test_words_find_what_random_vectors_cannot(
    people: dict[str, LongTerm], recall_set: RecallSet
) -> None:
    found = ask(people, recall_set.of("development"))
    mean = {name: sum(way.at_k(5)) / len(way.questions) for name, way in found.items()}
    assert mean["meaning"] < 0.2 < mean["words"]
    assert mean["meaning"] < mean["fused"]


def test_a_budget_of_tokens_is_a_prefix(recall_set: RecallSet) -> None:
    costs = token_costs(recall_set, Tiktoken())
    assert all(cost > 10 for cost in costs.values())
    question = recall_set.of("development")[0]
    ids = tuple(turn.id for turn in recall_set.haystack(question))
    way = Ranked((question,), ((*question.evidence, *ids),))
    assert way.at_tokens(costs, sum(costs[id] for id in question.evidence)) == [1.0]
    assert way.at_tokens(costs, 1) == [0.0]
