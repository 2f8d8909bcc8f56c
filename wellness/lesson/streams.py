"""Streams of questions as an assistant sees them, to measure what caches are good for.

Three kinds of people: one asks the same few questions in the same words, as a dashboard or a
shortcut does; one asks them in different words each time; one talks about what comes up, and never
says the same twice. How often each question is asked follows Zipf's law: the r-th most frequent
with a probability proportional to 1 / r (Zipf 1949; for web requests Breslau et al. 1999).
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from wellness.errors import LessonError
from wellness.lesson.recall_set import load_recall_set
from wellness.settings import project_root

if TYPE_CHECKING:
    from wellness.memory.semantic_cache import Lookup, SemanticCache

FILE = project_root() / "data" / "query_streams.json"
SEED = 3


class Asked(NamedTuple):
    """A text of a stream; texts of one group have one answer at one moment."""

    text: str
    group: str


@dataclass(frozen=True)
class Streams:
    """The three streams, in the order they are asked."""

    repeats: tuple[Asked, ...]
    paraphrases: tuple[Asked, ...]
    unique: tuple[Asked, ...]

    def named(self) -> dict[str, tuple[Asked, ...]]:
        """Under the names that charts have for them."""
        return {
            "exact repeats": self.repeats,
            "paraphrases": self.paraphrases,
            "unique turns": self.unique,
        }


def load_groups(path: Path = FILE) -> dict[str, list[str]]:
    """Groups of questions of one meaning: name to phrasings.

    Raises:
        LessonError: the file is not there, or has no groups.
    """
    try:
        rows = json.loads(path.read_text("utf-8"))["groups"]
        return {row["id"]: list(row["phrasings"]) for row in rows}
    except OSError as error:
        raise LessonError(f"There are no questions in {path}: {error.strerror}.") from error
    except (KeyError, TypeError, ValueError) as error:
        raise LessonError(f"{path} holds no groups of questions: {error!r}.") from error


def make_streams(n: int = 200, *, seed: int = SEED) -> Streams:
    """Streams of `n` texts each; the same seed gives the same streams on every machine.

    Raises:
        LessonError: the files are not there, or have fewer than `n` unique texts.
    """
    groups, draw = load_groups(), random.Random(seed)
    names = sorted(groups)
    draw.shuffle(names)
    weights = [1 / rank for rank in range(1, len(names) + 1)]
    asked = [draw.choices(names, weights)[0] for _ in range(n)]
    return Streams(
        repeats=tuple(Asked(groups[name][0], name) for name in asked),
        paraphrases=tuple(Asked(draw.choice(groups[name]), name) for name in asked),
        unique=_unique(n),
    )


def _unique(n: int) -> tuple[Asked, ...]:
    """What the people of the recall set said, each text once, by time."""
    turns = [turn for one in load_recall_set().conversations for turn in one.turns]
    texts = list(dict.fromkeys(turn.user_text for turn in sorted(turns, key=lambda turn: turn.at)))
    if len(texts) < n:
        raise LessonError(f"There are {len(texts)} different texts, and not {n}.")
    return tuple(Asked(text, text) for text in texts[:n])


@dataclass
class Tally:
    """What became of the questions of a stream."""

    asked: int = 0
    right: int = 0
    wrong: int = 0

    @property
    def hit_rate(self) -> float:
        """The part of the questions that a cache answered, rightly or not."""
        return (self.right + self.wrong) / self.asked if self.asked else 0.0


def replay(
    stream: tuple[Asked, ...],
    get: Callable[[str], str | None],
    put: Callable[[str, str], object],
) -> Tally:
    """Ask a cache each text in turn, and store what it did not have.

    The answer that is stored is the text's group, so a wrong answer can be told from a right one.

    Args:
        stream: texts in their order.
        get: the cached answer to a text, or None.
        put: stores the answer to a text that missed.
    """
    tally = Tally()
    for text, group in stream:
        tally.asked += 1
        answer = get(text)
        if answer is None:
            put(text, group)
        elif answer == group:
            tally.right += 1
        else:
            tally.wrong += 1
    return tally


class WithSlots:
    """The kit's semantic cache as `replay` asks a cache: a text in, an answer or None out."""

    def __init__(self, cache: SemanticCache, *, now: datetime, zone: ZoneInfo) -> None:
        self._cache, self._now, self._zone = cache, now, zone
        self._looked: dict[str, Lookup] = {}

    def get(self, asked: str) -> str | None:
        """The cached answer to a text."""
        looked = self._looked[asked] = self._cache.get(asked, now=self._now, zone=self._zone)
        return looked.answer

    def put(self, asked: str, answer: str) -> None:
        """Keep the answer to a text that has just missed."""
        self._cache.put(self._looked[asked], answer)
