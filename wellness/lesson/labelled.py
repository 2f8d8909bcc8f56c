"""The recall set in a real long-term memory: three ways to rank, judged on the same questions.

    people = remember_all(recall_set, client, embedder, settings=settings, namespace=namespace)
    found = ask(people, recall_set.of("development"))
    found["fused"].at_k(10)

A turn is remembered as the kit remembers it in a conversation (`wellness.memory.said`), and each
question is asked at its time, so that nobody is found by what was said later.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from redis import Redis

from wellness.lesson.recall_set import (
    Question,
    RecallSet,
    RecallTurn,
    recall_at_k,
    recall_at_tokens,
)
from wellness.memory.embedder import Embedder
from wellness.memory.long_term import LongTerm
from wellness.memory.messages import Message, Turn
from wellness.memory.recall import Hit
from wellness.memory.said import said
from wellness.memory.tokens import TokenCounter
from wellness.settings import Settings

ZONE = ZoneInfo("UTC")
EVERYTHING = 1_000  # memories asked for: more than a person of the set has
WAYS: dict[str, Callable[[Hit], int | None]] = {
    "meaning": lambda hit: hit.why.vector_rank,
    "words": lambda hit: hit.why.text_rank,
}


@dataclass(frozen=True)
class Ranked:
    """What one way of ranking found: for each question, turn ids, best first."""

    questions: tuple[Question, ...]
    rankings: tuple[tuple[str, ...], ...]

    def at_k(self, k: int) -> list[float]:
        """recall@k of each question."""
        return [
            recall_at_k(ranked, question.evidence, k)
            for question, ranked in zip(self.questions, self.rankings, strict=True)
        ]

    def at_tokens(self, costs: Mapping[str, int], budget: int) -> list[float]:
        """Recall of each question within a budget of tokens; see `recall_at_tokens`."""
        return [
            recall_at_tokens(ranked, question.evidence, costs, budget)
            for question, ranked in zip(self.questions, self.rankings, strict=True)
        ]


def remember_all(
    recall_set: RecallSet,
    client: Redis,
    embedder: Embedder,
    *,
    settings: Settings,
    namespace: str,
) -> dict[str, LongTerm]:
    """A long-term memory for each person of the set, by name, with all turns in it."""
    people: dict[str, LongTerm] = {}
    for user in sorted({one.user for one in recall_set.conversations}):
        name = f"{user} of the recall set"  # a lesson may have an Ann of its own
        people[user] = LongTerm(
            client, embedder, name, settings=settings, clock=time.time, namespace=namespace
        )
        turns = [turn for one in recall_set.conversations if one.user == user for turn in one.turns]
        facts = [said(as_turn(turn), zone=ZONE, speaker=user) for turn in turns]
        people[user].remember([fact for fact in facts if fact])
    return people


def as_turn(turn: RecallTurn) -> Turn:
    """A turn of the set as a turn of a conversation."""
    messages = Message("user", turn.user_text), Message("assistant", turn.assistant_text)
    return Turn(turn.id, 1000 * turn.at, messages)


def ask(people: Mapping[str, LongTerm], questions: Iterable[Question]) -> dict[str, Ranked]:
    """Ask each question once; what vectors, words and both found, under these names."""
    asked = tuple(questions)
    found: dict[str, list[tuple[str, ...]]] = {"meaning": [], "words": [], "fused": []}
    for question in asked:
        memory = people[question.user]
        hits = memory.recall(question.question, now=question.asked_at, k=EVERYTHING).hits
        found["fused"].append(_ids(hits))
        for name, rank in WAYS.items():
            ranked = [(place, hit) for hit in hits if (place := rank(hit)) is not None]
            ranked.sort(key=lambda one: one[0])
            found[name].append(_ids([hit for _, hit in ranked]))
    return {name: Ranked(asked, tuple(rankings)) for name, rankings in found.items()}


def _ids(hits: Sequence[Hit]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(hit.memory.fact.source for hit in hits))


def token_costs(recall_set: RecallSet, counter: TokenCounter) -> dict[str, int]:
    """Tokens of each turn as it would stand in a prompt."""
    costs = {}
    for conversation in recall_set.conversations:
        for turn in conversation.turns:
            fact = said(as_turn(turn), zone=ZONE, speaker=conversation.user)
            costs[turn.id] = counter.count(fact.text) if fact else 0
    return costs
