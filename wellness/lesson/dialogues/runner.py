"""Plays scripts with an agent and grades what it answers.

    agent = Fresh(lambda dialogue: an_agent_without_a_past())
    played = play(dialogues, agent, name="stateful", model="...", at=now, versions=versions)
    played.save(path)

Both agents of a comparison are played by the same code with the same scripts; it knows nothing of
their memory but that each dialogue begins without one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from wellness.errors import LessonError, WellnessError
from wellness.lesson.dialogues.expectations import Graded
from wellness.lesson.dialogues.run import Played, PlayedTurn
from wellness.lesson.dialogues.script import Dialogue, Session, Turn


class Answer(Protocol):
    """What an agent gives back: the words, and what they took."""

    @property
    def answer(self) -> str:
        """In words."""

    @property
    def calls(self) -> Sequence[Any]:
        """The tool calls, each with `name` and `arguments`."""

    @property
    def tokens_in(self) -> int:
        """Tokens that the chat model read."""

    @property
    def tokens_out(self) -> int:
        """Tokens that it wrote."""

    @property
    def seconds(self) -> float:
        """Of the whole turn."""

    @property
    def model_calls(self) -> int:
        """How often the chat model was asked."""


class Asked(Protocol):
    """An agent as a script sees it."""

    def ask(self, question: str, *, conversation: str, now: datetime) -> Answer:
        """Answer a question of a conversation at a time."""


class Player(Asked, Protocol):
    """An agent that can be made to forget everything between two dialogues."""

    def reset(self, dialogue: str) -> None:
        """Begin a dialogue: whatever was told in another one is not known."""


class Fresh:
    """An agent that is made anew for each dialogue.

    Args:
        make: from a dialogue's id, an agent that has been told nothing.
    """

    def __init__(self, make: Callable[[str], Asked]) -> None:
        self._make = make
        self._agent: Asked | None = None

    def reset(self, dialogue: str) -> None:
        """Make the agent of this dialogue."""
        self._agent = self._make(dialogue)

    def ask(self, question: str, *, conversation: str, now: datetime) -> Answer:
        """Ask the agent of this dialogue.

        Raises:
            LessonError: no dialogue has begun.
        """
        if self._agent is None:
            raise LessonError("No dialogue has begun.", hint="Call `reset` first.")
        return self._agent.ask(question, conversation=conversation, now=now)


def grade(turn: Turn, answer: str) -> Graded:
    """Whether an answer is what a turn expects.

    Raises:
        TypeError: the turn states something; nothing is expected.
    """
    return turn.expect.judge(answer)


def play(
    dialogues: Iterable[Dialogue],
    agent: Player,
    *,
    name: str,
    model: str,
    at: datetime,
    versions: Mapping[str, str],
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Played:
    """Play dialogues from a clean memory each.

    An error of the kit instead of an answer is a wrong answer, and is kept with the turn; any
    other error ends the run.

    Args:
        dialogues: in this order.
        agent: asked every turn.
        name: of the agent in the comparison.
        model: that words the answers.
        at: when the run is made, on the calendar.
        versions: what it runs on.
        progress: told how many dialogues are done, and of how many.
    """
    scripts = tuple(dialogues)
    turns: list[PlayedTurn] = []
    for done, dialogue in enumerate(scripts):
        progress(done, len(scripts))
        agent.reset(dialogue.id)
        for session in dialogue.sessions:
            for now, turn in session.times():
                nth = sum(one.dialogue == dialogue.id for one in turns) + 1
                turns.append(_played(dialogue, session, turn, agent, nth, now))
    progress(len(scripts), len(scripts))
    return Played(name, model, at.isoformat(timespec="seconds"), dict(versions), tuple(turns))


def _played(
    dialogue: Dialogue, session: Session, turn: Turn, agent: Player, nth: int, now: datetime
) -> PlayedTurn:
    conversation = f"{dialogue.id}.{session.conversation}"
    about = (
        dialogue.id, dialogue.kind, nth, turn.needs, conversation, now.isoformat(), turn.say,
        turn.expect.answer,
    )  # fmt: skip
    try:
        given = agent.ask(turn.say, conversation=conversation, now=now)
    except WellnessError as error:
        right = False if turn.graded else None
        return PlayedTurn(*about, "", right, f"{type(error).__name__}: {error}")
    right, why = grade(turn, given.answer) if turn.graded else (None, "")
    calls = tuple({"name": one.name, "arguments": dict(one.arguments)} for one in given.calls)
    return PlayedTurn(
        *about, given.answer, right, why,
        calls, given.tokens_in, given.tokens_out, given.seconds, given.model_calls,
    )  # fmt: skip
