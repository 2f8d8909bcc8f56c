"""What passes through the graph, and what its nodes are given to work with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Annotated, Any, Literal, Protocol, TypedDict
from zoneinfo import ZoneInfo

from langgraph.channels import UntrackedValue

from wellness.agent.meter import Meter, TimedEmbedder
from wellness.agent.results import ToolResult
from wellness.agent.routes import Route, Router
from wellness.agent.validator import Validation
from wellness.memory.dual import DualMemory, Recalled, Remembered
from wellness.memory.messages import ToolCall
from wellness.settings import Settings

By = Literal["model", "tool", "template"]
"""Whose words an answer is: the model's, a tool's conclusion as it stands, or a fixed sentence."""


class Tools(Protocol):
    """Carries out calls; `wellness.agent.tools.Toolbox` does."""

    def call(self, call: ToolCall) -> ToolResult:
        """The result of a call; what goes wrong stands in its `error`."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one node did, for whoever watches.

    Attributes:
        name: the node.
        seconds: all that it took.
        waited_s: part of it that a model took, chat or embedding.
        detail: what came out, in values that JSON has.
    """

    name: str
    seconds: float
    waited_s: float = 0.0
    detail: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """All of it in values that JSON has."""
        return asdict(self)


@dataclass(frozen=True)
class Setting:
    """What the nodes of one turn work with.

    Attributes:
        chat: the model, with a meter that began at zero for this turn.
        memory: None for the agent that has none.
        embedding: the embedding model behind the memory, with the time it took.
        router: decides; `second` is asked when what it decided did not work.
        now: when the question is asked; aware.
        on_step: told about each node as it ends.
        on_token: gets the answer piece by piece as the model writes it; an answer that is
            withdrawn by the validator has been seen by then.
    """

    tools: Tools
    chat: Meter
    router: Router
    settings: Settings
    now: datetime
    zone: ZoneInfo
    memory: DualMemory | None = None
    embedding: TimedEmbedder | None = None
    second: Router | None = None
    on_step: Callable[[Step], None] | None = None
    on_token: Callable[[str], None] | None = None

    @property
    def waited_s(self) -> float:
        """Seconds in which models have computed so far; of interest are differences."""
        return self.chat.seconds + (self.embedding.seconds if self.embedding else 0.0)


class TurnState(TypedDict, total=False):
    """One turn. Untracked fields live in the process alone; the others are in the checkpoint."""

    question: str
    conversation: str
    asked_at: str
    answer: str
    by: By
    rounds: int
    attempts: int
    degraded: list[str]
    steps: list[dict[str, Any]]
    recalled: Annotated[Recalled | None, UntrackedValue]
    route: Annotated[Route, UntrackedValue]
    results: Annotated[tuple[ToolResult, ...], UntrackedValue]
    validation: Annotated[Validation | None, UntrackedValue]
    remembered: Annotated[Remembered | None, UntrackedValue]


def fresh(question: str, conversation: str, now: datetime) -> TurnState:
    """The state in which a turn begins, whatever the conversation's last checkpoint holds."""
    return TurnState(
        question=question, conversation=conversation, asked_at=now.isoformat(), answer="",
        by="template", rounds=0, attempts=0, degraded=[], steps=[], recalled=None, results=(),
        validation=None, remembered=None,
    )  # fmt: skip
