"""Scripts of conversations with the sample's Ann, and what is expected of each answer.

A dialogue is one or more sessions, each a conversation of its own at its own time. What it needs
of a memory stands at each turn. `data/README.md` says how they were written.

    dialogues = load_dialogues()
    few = sample(dialogues, 16)         # of each kind alike, for a run with a slow model
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo

from wellness.errors import LessonError
from wellness.health.sample import story
from wellness.lesson.dialogues.expectations import Expectation, Statement
from wellness.lesson.dialogues.reference import Truth, load_truth
from wellness.lesson.dialogues.rubric import expectation
from wellness.settings import project_root

Kind = Literal[
    "single", "follow-up", "pronoun", "goal recall", "correction", "time travel", "unanswerable",
    "distraction",
]  # fmt: skip
Needs = Literal["nothing", "conversation", "memory"]
KINDS: tuple[Kind, ...] = get_args(Kind)
NEEDS: tuple[Needs, ...] = get_args(Needs)

FILE = project_root() / "data" / "dialogues.json"
NOW = datetime.combine(story.EXPORT_DAY, story.EXPORT_TIME, ZoneInfo(story.HOME))
BETWEEN_TURNS = timedelta(minutes=1)  # a person reads the answer before the next question
SEED = 7


@dataclass(frozen=True, slots=True)
class Turn:
    """What the person says, and what is expected of the answer.

    Attributes:
        say: in words.
        needs: `nothing` (the question is complete), `conversation` (it leans on this one) or
            `memory` (on what was said in an earlier one).
        expect: how the answer is graded.
    """

    say: str
    needs: Needs
    expect: Expectation

    @property
    def graded(self) -> bool:
        """Whether the answer is graded; what only states something is not."""
        return not isinstance(self.expect, Statement)


@dataclass(frozen=True, slots=True)
class Session:
    """One conversation: its name, when its first turn is said, and its turns."""

    conversation: str
    now: datetime
    turns: tuple[Turn, ...]

    def times(self) -> Iterator[tuple[datetime, Turn]]:
        """The turns with when each is said."""
        for nth, turn in enumerate(self.turns):
            yield self.now + nth * BETWEEN_TURNS, turn


@dataclass(frozen=True, slots=True)
class Dialogue:
    """One script, played from a clean memory. `about` says for people what it is a case of."""

    id: str
    kind: Kind
    about: str
    sessions: tuple[Session, ...]

    @property
    def turns(self) -> tuple[Turn, ...]:
        """All turns of all sessions, in the order they are said."""
        return tuple(turn for session in self.sessions for turn in session.turns)


def load_dialogues(path: Path = FILE, truth: Truth | None = None) -> tuple[Dialogue, ...]:
    """Read the shipped dialogues, or others of the same form, and compute what they expect.

    Args:
        path: of the file.
        truth: the exact answers; by default those of the shipped sample.

    Raises:
        LessonError: the file is not there, holds no dialogues, or expects what the truth does
            not hold.
    """
    truth = load_truth() if truth is None else truth
    try:
        rows = json.loads(path.read_text("utf-8"))["dialogues"]
        return tuple(_dialogue(row, truth) for row in rows)
    except OSError as error:
        raise LessonError(f"There are no dialogues in {path}: {error.strerror}.") from error
    except (KeyError, TypeError, ValueError) as error:
        hint = "data/README.md says what is in it."
        raise LessonError(f"{path} holds no dialogues: {error!r}.", hint=hint) from error


def _dialogue(row: Mapping[str, Any], truth: Truth) -> Dialogue:
    try:
        sessions = tuple(_session(one, truth) for one in row["sessions"])
    except (KeyError, TypeError, ValueError, LessonError) as error:
        raise ValueError(f"{row['id']}: {error!r}") from error
    return Dialogue(row["id"], _one_of(KINDS, row["kind"]), row["about"], sessions)


def _session(row: Mapping[str, Any], truth: Truth) -> Session:
    now = datetime.fromisoformat(row["now"]) if "now" in row else NOW
    if now.tzinfo is None:
        raise ValueError(f"{row['now']} has no UTC offset")
    return Session(row["conversation"], now, tuple(_turn(one, truth) for one in row["turns"]))


def _turn(row: Mapping[str, Any], truth: Truth) -> Turn:
    needs = _one_of(NEEDS, row.get("needs", "nothing"))
    return Turn(row["say"], needs, expectation(row["expect"], truth))


def _one_of(names: Sequence[Any], name: str) -> Any:
    if name not in names:
        raise ValueError(f"{name!r} is none of {', '.join(names)}")
    return name


def sample(dialogues: Sequence[Dialogue], n: int, seed: int = SEED) -> tuple[Dialogue, ...]:
    """So many dialogues, of each kind alike, in their order; for runs that cannot take all.

    Kinds take turns, and within a kind chance decides; a larger `n` only adds to a smaller one.

    Raises:
        ValueError: `n` is below 1 or above the number of dialogues.
    """
    if not 1 <= n <= len(dialogues):
        raise ValueError(f"Of {len(dialogues)} dialogues one can take 1 to {len(dialogues)}.")
    chance = random.Random(seed)
    kinds = {one.kind: [other for other in dialogues if other.kind == one.kind]
             for one in dialogues}  # fmt: skip
    for of_kind in kinds.values():
        chance.shuffle(of_kind)
    rounds = range(max(map(len, kinds.values())))
    dealt = [of_kind[nth] for nth in rounds for of_kind in kinds.values() if nth < len(of_kind)]
    chosen = {one.id for one in dealt[:n]}
    return tuple(one for one in dialogues if one.id in chosen)
