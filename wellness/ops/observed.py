"""An agent whose turns are written down: what it did, how long it took, and what failed.

    watched = Observed(agent, recorder, settings=settings, clock=time.time)
    said = watched.ask("How did I sleep?", now=now)

It knows no agent but what one looks like from outside: an `ask` that tells of its steps. A turn
becomes: turn started, recalled, a tool called for each, remembered, and answered or failed; `turn`
in their data holds them together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from wellness.ops.events import Event, EventKind, event
from wellness.ops.recorder import Recorder
from wellness.settings import Settings

# Arguments of tools that name what was looked at; others may hold a person's own words.
PLAIN = frozenset(("metric", "aggregation", "activity"))


class Step(Protocol):
    """What one step of a turn did."""

    @property
    def name(self) -> str:
        """The step."""

    @property
    def seconds(self) -> float:
        """How long it took."""

    @property
    def detail(self) -> Mapping[str, Any]:
        """What came out."""


class Said(Protocol):
    """What a turn ended with."""

    @property
    def answer(self) -> str:
        """In words."""

    @property
    def by(self) -> str:
        """Whose words."""

    @property
    def seconds(self) -> float:
        """Of the whole turn."""

    @property
    def model_calls(self) -> int:
        """How often a chat model was asked."""

    @property
    def degraded(self) -> Sequence[str]:
        """What did not work."""


A_co = TypeVar("A_co", bound=Said, covariant=True)
OnStep = Callable[[Any], None]


class Asks(Protocol[A_co]):
    """An agent."""

    def ask(
        self,
        question: str,
        *,
        now: datetime,
        conversation: str = ...,
        on_step: OnStep | None = ...,
        on_token: Callable[[str], None] | None = ...,
    ) -> A_co:
        """Answer a question and tell of each step."""


class Observed(Generic[A_co]):
    """An agent that is asked as before and is written down meanwhile.

    Args:
        recorder: of the person who asks.
        settings: `audit_text` counts here.
        clock: seconds since the epoch: when things happened, whatever `now` a question is about.
    """

    def __init__(
        self,
        agent: Asks[A_co],
        recorder: Recorder,
        *,
        settings: Settings,
        clock: Callable[[], float],
    ) -> None:
        self.agent, self.recorder = agent, recorder
        self._text, self._clock = settings.audit_text, clock

    def ask(
        self,
        question: str,
        *,
        now: datetime,
        conversation: str = "default",
        on_step: OnStep | None = None,
        on_token: Callable[[str], None] | None = None,
    ) -> A_co:
        """Answer a question as the agent does, and raise what it raises."""
        turn = _Turn(self.recorder.user, conversation, self._clock, self._text)
        self.recorder.record(turn.started(question))

        def watch(step: Any) -> None:
            self.recorder.record(*turn.step(step))
            if on_step:
                on_step(step)

        try:
            said = self.agent.ask(
                question, now=now, conversation=conversation, on_step=watch, on_token=on_token
            )
        except BaseException as error:
            self.recorder.record(turn.failed(error))
            raise
        self.recorder.record(turn.answered(said))
        return said

    def __repr__(self) -> str:
        return f"<Observed {self.agent!r}, {self.recorder.written} entries>"


class _Turn:
    """Makes the events of one turn."""

    def __init__(
        self, user: str, conversation: str, clock: Callable[[], float], text: bool
    ) -> None:
        self._user, self._conversation, self._clock, self._text = user, conversation, clock, text
        self._id = ""
        self._calls: Sequence[Mapping[str, Any]] = ()

    def started(self, question: str) -> Event:
        size = {"characters": len(question), "words": len(question.split())}
        first = self._event(EventKind.TURN_STARTED, size | self._words(question=question))
        self._id = first.id
        return first

    def step(self, step: Step) -> list[Event]:
        """The events of a step; most steps have none of their own."""
        detail = step.detail
        if step.name == "classify":
            self._calls = detail.get("calls", ())
        elif step.name == "recall":
            data = {"memories": len(detail.get("memories", ())), "turns": detail.get("turns", 0)}
            return [self._event(EventKind.RECALLED, data, step)]
        elif step.name == "act":
            results = detail.get("results", ())
            return [self._event(EventKind.TOOL_CALLED, self._tool(one), step) for one in results]
        elif step.name == "remember":
            data = {"learned": list(detail.get("learned", ()))}
            return [self._event(EventKind.REMEMBERED, data, step)]
        return []

    def answered(self, said: Said) -> Event:
        data = {
            "by": said.by,
            "characters": len(said.answer),
            "model_calls": said.model_calls,
            "degraded": len(said.degraded),
            "seconds": round(said.seconds, 6),
        }
        return self._event(EventKind.ANSWERED, data | self._words(answer=said.answer))

    def failed(self, error: BaseException) -> Event:
        data = {"error": type(error).__name__}  # its message may repeat the question
        return self._event(EventKind.FAILED, data | self._words(message=str(error)))

    def _tool(self, result: Mapping[str, Any]) -> dict[str, Any]:
        name = str(result.get("tool", ""))
        called = [call for call in self._calls if call.get("tool") == name]
        arguments = dict(called[0].get("arguments", {})) if len(called) == 1 else {}
        if not self._text:
            arguments = {
                key: value for key, value in arguments.items()
                if key in PLAIN and isinstance(value, str) and value.isidentifier()
            }  # fmt: skip
        data = {
            "tool": name,
            "ok": bool(result.get("ok")),
            "arguments": arguments,
            "commands": len(result.get("commands", ())),
        }
        return data | self._words(said=str(result.get("said", "")))

    def _words(self, **words: str) -> dict[str, Any]:
        return dict(words) if self._text else {}

    def _event(self, kind: EventKind, data: dict[str, Any], step: Step | None = None) -> Event:
        timed = {"seconds": round(step.seconds, 6)} if step else {}
        turn = {"turn": self._id} if self._id else {}
        at = int(self._clock() * 1000)
        return event(
            kind, at=at, user=self._user, conversation=self._conversation,
            data=turn | timed | data,
        )  # fmt: skip
