"""Who gives a second opinion: reads a question as the rules do, and decides by what was learnt."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from wellness.agent.classifier import Classifier
from wellness.agent.classifier.spelling import tidy
from wellness.agent.opinion import weights as learnt
from wellness.agent.opinion.features import (
    NOTHING_BEFORE,
    Floats,
    asked_before,
    meanings,
    runs,
    topic_words,
)
from wellness.agent.opinion.pieces import MARKS, Piece, Span, cut, spans
from wellness.agent.opinion.weights import Weights
from wellness.agent.routes import TOOL_OF, Intent
from wellness.errors import ModelUnavailable
from wellness.memory.embedder import Embedder
from wellness.memory.messages import ToolCall, Turn

FAINT = 1e-4  # share below which one reading of two rules nothing out


class Opinion(NamedTuple):
    """What a question, or its first part, wants.

    Attributes:
        shares: how likely each intent is; they add up to 1.
        vector: of the question with what was said before it, unit length.
        pieces: of a message that has several, with an opinion on each.
    """

    shares: dict[Intent, float]
    vector: Floats
    pieces: tuple[Piece, ...] = ()

    @property
    def likeliest(self) -> list[Intent]:
        """All intents, the likeliest first."""
        return sorted(self.shares, key=lambda intent: -self.shares[intent])


class SecondReader:
    """Gives second opinions.

    Args:
        rules: read the shape of a question, and what was asked before it.
        embedder: of the model that the weights were made with.
        weights: what was learnt.
    """

    def __init__(self, rules: Classifier, embedder: Embedder, weights: Weights) -> None:
        self.weights, self._rules, self._embedder = weights, rules, embedder

    def read(self, question: str, turns: Sequence[Turn] = ()) -> Opinion:
        """The opinion on a question after a conversation.

        A message is read twice, as a whole and in the clause that the rules answer first, and both
        count alike: talk around a question, or a second one, leads the first reading astray; the
        clause may be the wrong one. Of a message of several pieces each is read by itself, too, in
        the same request to the embedding model.

        Raises:
            ModelUnavailable: the embedding model does not answer, or is another one than that of
                the weights.
        """
        if self._embedder.dimensions != self.weights.dimensions:
            raise ModelUnavailable(
                self._embedder.model, "here",
                f"its vectors have {self._embedder.dimensions} dimensions, those of "
                f"{self.weights.model} have {self.weights.dimensions}",
            )  # fmt: skip
        earlier, before = asked_before(turns), before_of(self._rules, turns)
        parts = self._rules.parts(question, self._rules.before(turns))
        clause = parts[0].reading.text.strip() or question
        pieces = cut(tidy(question).text)
        known = {text.strip(MARKS): text for text in (clause, question)}
        pieces = [known.get(one.strip(MARKS), one) for one in pieces] if len(pieces) > 1 else []
        texts = list(dict.fromkeys((question, clause, *pieces)))
        rows = meanings(texts, [earlier] * len(texts), self._embedder)
        each = {
            text: self.weights.shares(runs(self._rules.shape(text), before), row)
            for text, row in zip(texts, rows, strict=True)
        }
        both = rows[0][self.weights.dimensions :]
        return Opinion(
            _together([each[text] for text in dict.fromkeys((question, clause))]),
            both / np.float32(max(float(np.linalg.norm(both)), 1e-9)),
            tuple(Piece(text, each[text]) for text in pieces),
        )

    def spans(self, opinion: Opinion, question: str, turns: Sequence[Turn] = ()) -> list[Span]:
        """The parts that the rules see in a question, each with its pieces; see `pieces`."""
        return spans(self._rules.parts(question, self._rules.before(turns)), opinion.pieces)

    def calls(
        self, intent: Intent, question: str, turns: Sequence[Turn] = (), metric: str = ""
    ) -> tuple[ToolCall, ...] | None:
        """The calls of a question if it wants this; None where it lacks what they need.

        Args:
            intent: what it wants.
            question, turns: as for `read`.
            metric: what it is about, where its words name nothing.
        """
        calls = self._rules.calls_as(intent, question, turns, metric)
        return calls if calls or intent not in TOOL_OF else None

    def metrics(self, question: str, turns: Sequence[Turn] = ()) -> dict[str, float]:
        """How likely the first part of a question is about each metric, the likeliest first.

        Raises:
            ModelUnavailable: the embedding model does not answer.
        """
        words = topic_words(self._rules.parts(question, self._rules.before(turns))[0].reading)
        return self.weights.about(self._embedder.embed([words])[0]) if words else {}

    def examples(
        self, opinion: Opinion, intents: Sequence[Intent], each: int
    ) -> list[tuple[str, Intent]]:
        """The nearest labelled questions of some intents, the nearest last."""
        kinds = [intent.value for intent in intents]
        numbers = learnt.nearest(self.weights, opinion.vector, kinds, each)
        return [(self.weights.asked[at], Intent(self.weights.kinds[at])) for at in numbers]


def _together(each: Sequence[Mapping[Intent, float]]) -> dict[Intent, float]:
    """The geometric mean of some opinions, as shares."""
    logs = {
        intent: sum(math.log(max(shares[intent], FAINT)) for shares in each) / len(each)
        for intent in Intent
    }
    parts = {intent: math.exp(value) for intent, value in logs.items()}
    total = sum(parts.values())
    return {intent: part / total for intent, part in parts.items()}


def before_of(rules: Classifier, turns: Sequence[Turn]) -> Intent | str:
    """The intent of the question before; see `features.runs`."""
    if not asked_before(turns):
        return ""
    before = rules.before(turns)
    return before.intent if before else NOTHING_BEFORE
