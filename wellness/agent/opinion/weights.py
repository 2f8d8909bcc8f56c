"""What was learnt: a weight for each run of words and each dimension, and the examples themselves.

The file has numbers and texts only, and is read without unpickling anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from wellness.agent.opinion.features import Floats
from wellness.agent.routes import Intent
from wellness.errors import SettingsError
from wellness.settings import project_root

FILE = project_root() / "data" / "routing_opinion.npz"


@dataclass(frozen=True)
class Weights:
    """A linear model of intents, and the labelled examples that it was fitted to.

    Attributes:
        model: name of the embedding model whose vectors it takes.
        names: runs of words, in the order of the first rows of `matrix`.
        rarity: of each run, what it counts in a question; rare ones count more.
        matrix: a row for each run, then one for each dimension of the meaning; a column for each
            intent, in the order of `Intent`.
        asked: the examples, as a model that routes is shown them.
        kinds: the intent of each.
        vectors: of each, with what was said before it; unit length.
        metrics: what a question may be about; "" where that is no metric.
        topics: a row for each dimension of a question's own words, a column for each of those.
    """

    model: str
    names: tuple[str, ...]
    rarity: Floats
    matrix: Floats
    asked: tuple[str, ...]
    kinds: tuple[str, ...]
    vectors: Floats
    metrics: tuple[str, ...]
    topics: Floats

    @cached_property
    def rows(self) -> dict[str, int]:
        """The row of each run."""
        return {name: row for row, name in enumerate(self.names)}

    @property
    def dimensions(self) -> int:
        """Of a vector of the embedding model."""
        return int(self.vectors.shape[1])

    def counted(self, runs: Iterable[str]) -> Floats:
        """A question's runs as a row of unit length; runs that were never seen do not count."""
        row = np.zeros(len(self.names), np.float32)
        known = [self.rows[run] for run in runs if run in self.rows]
        row[known] = self.rarity[known]
        length = float(np.linalg.norm(row))
        return row / np.float32(length) if length else row

    def shares(self, runs: Iterable[str], meaning: Floats) -> dict[Intent, float]:
        """How likely each intent is; they add up to 1."""
        score = np.concatenate([self.counted(runs), meaning]) @ self.matrix
        return dict(zip(Intent, _shares(score), strict=True))

    def about(self, vector: Floats) -> dict[str, float]:
        """How likely a question is about each metric, the likeliest first; they add up to 1."""
        if not self.metrics:
            return {}
        found = zip(self.metrics, _shares(vector @ self.topics), strict=True)
        return dict(sorted(found, key=lambda pair: -pair[1]))

    def save(self, path: Path = FILE) -> Path:
        """Write the file; half precision does for all numbers."""
        np.savez_compressed(
            path, model=np.array(self.model), names=np.array(self.names),
            rarity=self.rarity.astype(np.float16), matrix=self.matrix.astype(np.float16),
            asked=np.array(self.asked), kinds=np.array(self.kinds),
            vectors=self.vectors.astype(np.float16), metrics=np.array(self.metrics, np.str_),
            topics=self.topics.astype(np.float16),
        )  # fmt: skip
        return path


@lru_cache(maxsize=2)
def load_weights(path: Path = FILE) -> Weights:
    """The weights that come with the kit, or those of another file.

    Raises:
        SettingsError: the file is not there, or holds no weights.
    """
    try:
        with np.load(path, allow_pickle=False) as found:
            names, asked, kinds, metrics = (
                tuple(str(text) for text in found[name])
                for name in ("names", "asked", "kinds", "metrics")
            )
            rarity, matrix, vectors, topics = (
                found[name].astype(np.float32) for name in ("rarity", "matrix", "vectors", "topics")
            )
            weights = Weights(
                str(found["model"]), names, rarity, matrix, asked, kinds, vectors, metrics, topics
            )
    except (OSError, EOFError, KeyError, ValueError, BadZipFile) as error:
        raise SettingsError(
            f"{path} holds no weights for a second opinion: {error}.",
            hint="`python -m wellness.lesson.routing_opinion` makes them.",
        ) from error
    _check(weights, path)
    return weights


def _shares(score: Floats) -> list[float]:
    parts = np.exp(score - score.max())
    return [float(one) for one in parts / parts.sum()]


def _check(weights: Weights, path: Path) -> None:
    rows = len(weights.names) + 2 * weights.dimensions
    sizes = (len(weights.rarity), len(weights.asked), len(weights.kinds))
    wanted = (len(weights.names), len(weights.vectors), len(weights.vectors))
    about = (weights.dimensions, len(weights.metrics))
    if (weights.matrix.shape, sizes, weights.topics.shape) != ((rows, len(Intent)), wanted, about):
        raise SettingsError(
            f"{path} holds weights whose sizes do not agree.",
            hint="`python -m wellness.lesson.routing_opinion` makes them.",
        )


def nearest(weights: Weights, vector: Floats, kinds: Sequence[str], each: int) -> list[int]:
    """Numbers of the examples of some kinds that are nearest, the nearest last.

    Args:
        vector: of the question, unit length.
        kinds: intents.
        each: how many of each kind.
    """
    likeness = weights.vectors @ vector
    order = np.argsort(-likeness, kind="stable")
    chosen: list[int] = []
    for kind in kinds:
        chosen += [int(at) for at in order if weights.kinds[at] == kind][:each]
    return sorted(chosen, key=lambda at: float(likeness[at]))
