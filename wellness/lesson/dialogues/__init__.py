"""The twin experiment: whether memories make an agent answer better, all else being equal.

    dialogues = load_dialogues()
    stateful = play(dialogues, Fresh(with_memory), name="stateful", ...)
    stateless = play(dialogues, Fresh(without), name="stateless", ...)
    compare(stateful, stateless).verdict

The scripts are in `data/dialogues.json`, and what is right is computed from `data/truth.json`.
Answers are graded by rules on their words and numbers, never by a model.
"""

from wellness.lesson.dialogues.expectations import Graded
from wellness.lesson.dialogues.run import Played, PlayedTurn
from wellness.lesson.dialogues.runner import Answer, Asked, Fresh, Player, grade, play
from wellness.lesson.dialogues.script import (
    KINDS,
    NEEDS,
    Dialogue,
    Session,
    Turn,
    load_dialogues,
    sample,
)
from wellness.lesson.dialogues.twins import Twins, compare

__all__ = [
    "KINDS", "NEEDS", "Answer", "Asked", "Dialogue", "Fresh", "Graded", "Played", "PlayedTurn",
    "Player", "Session", "Turn", "Twins", "compare", "grade", "load_dialogues", "play", "sample",
]  # fmt: skip
