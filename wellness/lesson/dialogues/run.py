"""A run of one agent through the dialogues: every turn with its verdict and its cost."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wellness.errors import LessonError

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class PlayedTurn:
    """One turn of a run.

    Attributes:
        nth: its number in the dialogue, from 1.
        expected: a right answer, for people.
        right: None for a turn that states something.
        why: the reason of the verdict, or the error that came instead of an answer.
        calls: of tools, by name and arguments.
    """

    dialogue: str
    kind: str
    nth: int
    needs: str
    conversation: str
    now: str
    question: str
    expected: str
    answer: str
    right: bool | None
    why: str
    calls: tuple[Mapping[str, Any], ...] = ()
    tokens_in: int = 0
    tokens_out: int = 0
    seconds: float = 0.0
    model_calls: int = 0


@dataclass(frozen=True)
class Played:
    """A run of one agent: every turn, and what it was made with."""

    name: str
    model: str
    at: str
    versions: Mapping[str, str]
    turns: tuple[PlayedTurn, ...]

    @property
    def graded(self) -> tuple[PlayedTurn, ...]:
        """The turns that have a verdict."""
        return tuple(turn for turn in self.turns if turn.right is not None)

    @property
    def accuracy(self) -> float:
        """Part of the graded turns that were right, 0 to 1; NaN if nothing is graded."""
        graded = self.graded
        return sum(bool(turn.right) for turn in graded) / len(graded) if graded else math.nan

    def to_frame(self) -> pd.DataFrame:
        """One row a turn."""
        import pandas as pd

        return pd.DataFrame([asdict(turn) for turn in self.turns])

    def to_json(self) -> str:
        """The whole run."""
        fields = asdict(self) | {"versions": dict(self.versions)}
        return json.dumps(fields, ensure_ascii=False, indent=1, default=str) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Played:
        """What `to_json` made.

        Raises:
            LessonError: it is no run.
        """
        try:
            fields = json.loads(text)
            turns = tuple(
                PlayedTurn(**{**turn, "calls": tuple(turn["calls"])}) for turn in fields["turns"]
            )
            return cls(**{**fields, "turns": turns})
        except (KeyError, TypeError, ValueError) as error:
            raise LessonError(f"This is no run of dialogues: {error!r}.") from error

    def save(self, path: Path) -> None:
        """Write the run into a file, whose folder is made."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.to_json(), "utf-8")

    def __repr__(self) -> str:
        right = sum(bool(turn.right) for turn in self.graded)
        return f"<{self.name}, {self.model}: {right} of {len(self.graded)} answers right>"
