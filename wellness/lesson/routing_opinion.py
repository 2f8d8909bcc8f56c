"""Learns a second opinion from labelled questions, and writes what was learnt.

    python -m wellness.lesson.routing_opinion

A logistic regression of the intent on the runs of words and the meaning of a question, see
`wellness.agent.opinion`. It is fitted to the development half and to questions that were written
for it (`data/routing_examples.json`), never to the held-out half.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from scipy.optimize import minimize

from wellness.agent.classifier import Classifier
from wellness.agent.classifier.vocabulary import METRIC, OWN, PARTS_OF
from wellness.agent.opinion.features import Floats, asked_before, meanings, runs, topic_words
from wellness.agent.opinion.reader import before_of
from wellness.agent.opinion.weights import Weights
from wellness.agent.routes import Intent
from wellness.agent.short_list import asked
from wellness.errors import LessonError
from wellness.health import catalogue
from wellness.lesson.routing_set import DATA, RoutedQuestion, load_routing_set
from wellness.memory.embedder import Embedder
from wellness.memory.messages import Message, Turn

# Of the mean loss. On three sets of questions written later, left out in turn, 3e-5 named nine of
# ten intents, as 1e-5 and 3e-6 did; 1e-4 three in a hundred fewer.
RIDGE = 3e-5
ROUNDS = 200  # of the optimiser; the loss changes in its fourth digit after half of them
SEEN = 2  # questions that a run must occur in
CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")  # where a word of Apple's name begins
OF_NONE = (Intent.OUT_OF_SCOPE, Intent.RECALL, Intent.REMEMBER)  # about no metric but by the way
EXAMPLES = DATA / "routing_examples.json"


class Labelled(NamedTuple):
    """A question, the conversation before it, and what it, or its first part, wants.

    Attributes:
        metric: of its calls; "" if they have none or several, or if that was said before.
    """

    question: str
    turns: tuple[Turn, ...]
    intent: Intent
    metric: str = ""


def load_examples(path: Path = EXAMPLES) -> list[Labelled]:
    """The questions that were written to learn from.

    Raises:
        LessonError: the file is not there, or holds no examples.
    """
    try:
        rows: dict[str, list[Any]] = json.loads(path.read_text("utf-8"))["intents"]
        kinds = {Intent(name): some for name, some in rows.items()}
        return [_labelled(row, intent) for intent, some in kinds.items() for row in some]
    except OSError as error:
        raise LessonError(f"There are no examples in {path}: {error.strerror}.") from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        hint = "data/README.md says what is in it."
        raise LessonError(f"{path} holds no examples: {error!r}.", hint=hint) from error


def _labelled(row: str | Mapping[str, str], intent: Intent) -> Labelled:
    if isinstance(row, str):
        return Labelled(row, (), intent)
    said = Message("user", row["before"]), Message("assistant", "")
    return Labelled(row["question"], (Turn("before", 0, said),), intent)


def of_set(questions: Iterable[RoutedQuestion], *, now: datetime) -> list[Labelled]:
    """Questions of the routing set, without their calls."""
    return [
        Labelled(one.question, one.turns(now=now), one.intent, _metric(one)) for one in questions
    ]


def _metric(question: RoutedQuestion) -> str:
    named = {one.arguments.get("metric", "") for one in question.calls}
    return named.pop() if len(named) == 1 and not question.before else ""


def _topics(
    questions: Sequence[Labelled], rules: Classifier, embedder: Embedder
) -> tuple[tuple[str, ...], Floats]:
    """The metrics, and weights that tell which a question is about.

    They learn from the names and aliases of each, from the questions that have it, and from
    those that are about no data, as "" is among the metrics.
    """
    named = [(CAPITAL.sub(" ", one.name).lower(), one.name) for one in catalogue.METRICS]
    named += [(alias, one.name) for one in catalogue.METRICS for alias in one.aliases]
    named += [
        (words, meaning.name)
        for words, meaning in OWN.items()
        if meaning.kind == METRIC and meaning.name not in PARTS_OF
    ]
    for one in questions:
        reading = rules.parts(one.question)[0].reading
        if one.metric or (one.intent in OF_NONE and not (reading.topics or one.turns)):
            named.append((topic_words(reading), one.metric))
    names = tuple(dict.fromkeys(name for _, name in named))
    columns = np.array([names.index(name) for _, name in named])
    rows = embedder.embed([words or name for words, name in named]).astype(np.float32)
    return names, _regression(rows, columns, len(names))


def fit(
    questions: Sequence[Labelled], embedder: Embedder, *, now: datetime, zone: ZoneInfo
) -> Weights:
    """Weights from labelled questions.

    Args:
        questions: to learn from.
        embedder: whose vectors the weights are for.
        now, zone: of the questions.

    Raises:
        ModelUnavailable: the embedding model does not answer.
    """
    rules = Classifier(now=now, zone=zone)
    turns = [one.turns for one in questions]
    seen = [
        runs(rules.shape(one.question), before_of(rules, before))
        for one, before in zip(questions, turns, strict=True)
    ]
    earlier = [asked_before(before) for before in turns]
    meaning = meanings([one.question for one in questions], earlier, embedder)
    counted = Counter(run for each in seen for run in each)
    names = tuple(sorted(run for run, times in counted.items() if times >= SEEN))
    rarity = np.array([np.log(len(questions) / counted[run]) ** 0.5 for run in names], np.float32)
    vectors = meaning[:, embedder.dimensions :]
    vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    blank = np.zeros((len(names) + meaning.shape[1], len(Intent)), np.float32)
    kinds = tuple(one.intent.value for one in questions)
    texts = tuple(
        asked(one.question, before) for one, before in zip(questions, earlier, strict=True)
    )
    about = _topics(questions, rules, embedder)
    unfitted = Weights(embedder.model, names, rarity, blank, texts, kinds, vectors, *about)
    rows = np.hstack([np.array([unfitted.counted(each) for each in seen]), meaning])
    columns = np.array([list(Intent).index(one.intent) for one in questions])
    return replace(unfitted, matrix=_regression(rows.astype(np.float32), columns, len(Intent)))


def _regression(rows: Floats, columns: np.ndarray, kinds: int) -> Floats:
    """The matrix with the least ridge-penalised loss."""
    wanted = np.eye(kinds, dtype=np.float32)[columns]
    size = (rows.shape[1], kinds)

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        matrix = flat.reshape(size).astype(np.float32)
        score = rows @ matrix
        score -= score.max(axis=1, keepdims=True)
        parts = np.exp(score)
        parts /= parts.sum(axis=1, keepdims=True)
        right = parts[np.arange(len(rows)), columns]
        value = -np.log(right + 1e-12).mean() + RIDGE / 2 * (matrix**2).sum()
        slope = rows.T @ (parts - wanted) / len(rows) + RIDGE * matrix
        return float(value), slope.ravel().astype(np.float64)

    begin = np.zeros(size[0] * size[1])
    found = minimize(loss, begin, jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS})
    return np.asarray(found.x, np.float32).reshape(size)


def learn(embedder: Embedder, *, now: datetime, zone: ZoneInfo) -> Weights:
    """Weights from all that may be learnt from."""
    development = of_set(load_routing_set("development"), now=now)
    return fit([*development, *load_examples()], embedder, now=now, zone=zone)


def main() -> None:
    """Learn, and write the file."""
    from wellness.health.sample import story
    from wellness.lesson.kit import NOW
    from wellness.memory.embedder import open_embedder
    from wellness.settings import load

    with open_embedder(load()) as embedder:
        path = learn(embedder, now=NOW, zone=ZoneInfo(story.HOME)).save()
    sys.stdout.write(f"Written: {path}\n")


if __name__ == "__main__":
    main()
