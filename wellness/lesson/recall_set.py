"""The labelled recall set: what three invented people said, and questions with the turns they need.

Each conversation belongs to one half, and a question to the half of its evidence: whatever is
tuned sees the development half only, and the held-out half judges. `data/README.md` says how the
set was made.

    recall_set = load_recall_set()
    question = recall_set.of("development")[0]
    said = recall_set.haystack(question)  # turns of this person before the question was asked
    recall_at_k(ranked_ids, question.evidence, k=10)

Here recall is the part of the needed turns that were found; `wellness.lesson.vectors.recall`
compares an approximate index with exact search instead.
"""

from __future__ import annotations

import json
import math
from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

import numpy as np

from wellness.errors import LessonError
from wellness.settings import project_root

Half = Literal["development", "held-out"]
Kind = Literal["single", "several", "time", "update", "unanswerable"]

FILE = project_root() / "data" / "recall_set.json"
RESAMPLES = 10_000
SEED = 7
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class RecallTurn:
    """One exchange of a conversation; `at` is in seconds since the epoch."""

    id: str
    user_text: str
    assistant_text: str
    at: int


@dataclass(frozen=True, slots=True)
class RecallConversation:
    """A conversation of one person, oldest turn first, all of it in one half."""

    id: str
    user: str
    half: Half
    turns: tuple[RecallTurn, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A question with the ids of all turns that its answer needs.

    Attributes:
        kind: `single` (one fact), `several` (2 to 4 turns), `time` (when, or what it was at a
            time), `update` (the value after or before a change), `unanswerable` (never said).
        asked_at: seconds since the epoch; later turns do not count.
        evidence: empty if, and only if, the person never said it.
    """

    id: str
    user: str
    half: Half
    kind: Kind
    asked_at: int
    question: str
    answer: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A value that changed: the turns that state it, each replacing the one before."""

    user: str
    what: str
    turns: tuple[str, ...]


@dataclass(frozen=True)
class RecallSet:
    """Conversations in the order of their time for each person, questions, and what changed."""

    conversations: tuple[RecallConversation, ...]
    questions: tuple[Question, ...]
    changes: tuple[Change, ...] = ()

    def of(self, half: Half, *, answerable: bool = True) -> tuple[Question, ...]:
        """The questions of one half; those without evidence only if asked for."""
        return tuple(
            question for question in self.questions
            if question.half == half and (question.evidence or not answerable)
        )  # fmt: skip

    def haystack(self, question: Question) -> tuple[RecallTurn, ...]:
        """What the person of a question had said before it, in both halves, oldest first."""
        return tuple(
            turn
            for conversation in self.conversations if conversation.user == question.user
            for turn in conversation.turns if turn.at < question.asked_at
        )  # fmt: skip


def load_recall_set(path: Path = FILE) -> RecallSet:
    """Read the shipped set, or one of the same form.

    Raises:
        LessonError: the file is not there, or is no recall set.
    """
    try:
        data = json.loads(path.read_text("utf-8"))
        return RecallSet(
            tuple(_conversation(row) for row in data["conversations"]),
            tuple(_question(row) for row in data["questions"]),
            tuple(Change(row["user"], row["what"], tuple(row["turns"])) for row in data["changes"]),
        )
    except OSError as error:
        raise LessonError(f"There is no recall set in {path}: {error.strerror}.") from error
    except (KeyError, TypeError, ValueError) as error:
        hint = "data/README.md says what is in it."
        raise LessonError(f"{path} holds no recall set: {error!r}.", hint=hint) from error


def _conversation(row: Mapping[str, Any]) -> RecallConversation:
    turns = tuple(
        RecallTurn(turn["id"], turn["user"], turn["assistant"], _seconds(turn["at"]))
        for turn in row["turns"]
    )
    return RecallConversation(row["id"], row["user"], _one_of(Half, row["half"]), turns)


def _question(row: Mapping[str, Any]) -> Question:
    kind, evidence = _one_of(Kind, row["kind"]), tuple(row["evidence"])
    if bool(evidence) == (kind == "unanswerable"):
        raise ValueError(f"{row['id']}: {kind} with {len(evidence)} turns of evidence")
    return Question(
        row["id"], row["user"], _one_of(Half, row["half"]), kind, _seconds(row["asked_at"]),
        row["question"], row["answer"], evidence,
    )  # fmt: skip


def _one_of(names: Any, name: str) -> Any:
    if name not in get_args(names):
        raise ValueError(f"{name!r} is none of {', '.join(get_args(names))}")
    return name


def _seconds(text: str) -> int:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text} has no UTC offset")
    return int(at.timestamp())


def recall_at_k(ranked: Sequence[str], evidence: Collection[str], k: int) -> float:
    """recall@k = |first k of the ranking ∩ evidence| / |evidence|, from 0 to 1.

    Leave out questions without evidence: nothing can be found for them.

    >>> recall_at_k(["a", "b", "c"], {"b", "z"}, k=2)
    0.5

    Raises:
        ValueError: there is no evidence, or `k` is below 1.
    """
    if not evidence:
        raise ValueError("The recall of a question without evidence is not defined.")
    if k < 1:
        raise ValueError(f"The first {k} of a ranking are nothing; k begins at 1.")
    return len(set(ranked[:k]) & set(evidence)) / len(set(evidence))


def recall_at_tokens(
    ranked: Sequence[str], evidence: Collection[str], costs: Mapping[str, int], budget: int
) -> float:
    """Recall among the first turns of a ranking that fit a prompt together.

    recall@budget = recall@k for the largest k with costs[r_1] + ... + costs[r_k] <= budget.
    `costs` are tokens, by turn. The first turn that does not fit ends it; 0 if not even the first
    fits. At a fixed k long turns win, since they carry more; here they pay.

    Raises:
        ValueError: there is no evidence.
    """
    spent = list(accumulate(costs[id] for id in ranked))
    k = bisect_right(spent, budget)
    return recall_at_k(ranked[:k], evidence, max(k, 1))


class Difference(NamedTuple):
    """Mean of the differences within questions, and its interval; above 0 the first is better."""

    mean: float
    low: float
    high: float


def bootstrap_interval(
    values: Sequence[float], *, seed: int = SEED, resamples: int = RESAMPLES, level: float = LEVEL
) -> tuple[float, float]:
    """Interval of the mean over questions by the percentile bootstrap.

    Draw n of the n values with replacement, `resamples` times; the ends are the (1 - level)/2 and
    (1 + level)/2 quantiles of the means (B. Efron, Bootstrap methods: another look at the
    jackknife, Annals of Statistics 7(1), 1979). Questions count as independent.

    Raises:
        ValueError: no values, one that is not finite, or a level that is not between 0 and 1.
    """
    sample = np.asarray(values, dtype=np.float64)
    if sample.ndim != 1 or not sample.size or not np.isfinite(sample).all():
        raise ValueError("An interval needs at least one value, and finite ones.")
    if not 0 < level < 1:
        raise ValueError(f"A level lies between 0 and 1; {level} does not.")
    drawn = np.random.default_rng(seed).integers(0, sample.size, (resamples, sample.size))
    tail = (1 - level) / 2
    low, high = np.quantile(sample[drawn].mean(axis=1), [tail, 1 - tail])
    return float(low), float(high)


def paired_difference(
    a: Sequence[float], b: Sequence[float], *, seed: int = SEED, resamples: int = RESAMPLES,
    level: float = LEVEL,
) -> Difference:  # fmt: skip
    """Mean of a_i - b_i over the same questions under two methods, with its interval.

    A hard question lowers both, so differences are resampled (paired bootstrap), not two means.
    An interval that holds 0 shows no difference.

    Raises:
        ValueError: the two are not of one length, or as for `bootstrap_interval`.
    """
    differences = [x - y for x, y in zip(a, b, strict=True)]
    low, high = bootstrap_interval(differences, seed=seed, resamples=resamples, level=level)
    return Difference(math.fsum(differences) / len(differences), low, high)
