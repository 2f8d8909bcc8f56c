"""The agent: a question in, an answer out, and everything that happened on the way.

    agent = Agent(store, chat, memory=memory, settings=settings)
    said = agent.ask("How many steps did I take last week?", conversation="c1", now=now)

`wellness.agent.stateless` makes its twin without memory.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

from redis.exceptions import RedisError

from wellness.agent.checkpoints import Checkpoints
from wellness.agent.classifier import Classifier
from wellness.agent.doubts import second_opinion
from wellness.agent.graph import Graph, build, mermaid
from wellness.agent.meter import Chat, Meter, TimedEmbedder
from wellness.agent.results import ToolResult
from wellness.agent.routes import Route, Router
from wellness.agent.routing import ModelRouter, RulesThenModel
from wellness.agent.state import By, Setting, Step, Tools, TurnState, fresh
from wellness.agent.tools import Toolbox
from wellness.agent.validator import Validation
from wellness.errors import RedisUnavailable
from wellness.health.store import Store
from wellness.memory.dual import DualMemory, Recalled, Remembered
from wellness.settings import Settings


@dataclass(frozen=True)
class Answer:
    """What was answered, and why.

    Attributes:
        answer: in words.
        by: whose words: "model", "tool" (its conclusion), or "template" (a fixed sentence).
        route, results, validation: of this turn; None where it did not come to that.
        recalled, remembered: None for an agent without memory.
        steps: each node in its order, with its time.
        seconds: of the whole turn; `waited_s` of them for models.
        model_calls, tokens_in, tokens_out: what the chat model was asked, read and wrote.
        degraded: what did not work; empty when all did.
    """

    question: str
    conversation: str
    answer: str
    by: By
    model: str
    route: Route
    results: tuple[ToolResult, ...]
    validation: Validation | None
    recalled: Recalled | None
    remembered: Remembered | None
    steps: tuple[Mapping[str, Any], ...]
    seconds: float
    model_calls: int
    tokens_in: int
    tokens_out: int
    degraded: tuple[str, ...]

    @property
    def calls(self) -> tuple[Any, ...]:
        """The tool calls of the route."""
        return self.route.calls

    @property
    def waited_s(self) -> float:
        """Seconds in which a model was computing, chat or embedding."""
        return float(sum(step["waited_s"] for step in self.steps))

    def to_dict(self) -> dict[str, Any]:
        """All of it in values that JSON has."""
        hits = self.recalled.hits if self.recalled else ()
        learned = self.remembered.learned if self.remembered else ()
        return {
            "question": self.question,
            "conversation": self.conversation,
            "answer": self.answer,
            "by": self.by,
            "model": self.model,
            "intent": self.route.intent.value,
            "confidence": self.route.confidence,
            "routed_by": self.route.by,
            "tools": [result.to_dict() for result in self.results],
            "recalled": [
                {"text": hit.memory.fact.text, "score": hit.score, "why": str(hit.why)}
                for hit in hits
            ],
            "learned": [stored._asdict() for stored in learned],
            "validation": self.validation.to_dict() if self.validation else None,
            "steps": list(self.steps),
            "timings_s": {"all": self.seconds, "models": self.waited_s},
            "model_calls": self.model_calls,
            "tokens": {"read": self.tokens_in, "written": self.tokens_out},
            "degraded": list(self.degraded),
        }


class Agent:
    """Answers one person's questions.

    Args:
        store: whose health data.
        chat: words the answers, and routes what rules are not sure of.
        memory: of the same person; None for an agent that has none.
        embedding: the model behind the memory, and of the second opinion on where a question goes;
            timed, so that its time can be told from the agent's own. Without, rules decide alone
            where they are sure, and there is no second opinion.
        settings: those of the agent and of routing count here.
    """

    def __init__(
        self,
        store: Store,
        chat: Chat,
        *,
        memory: DualMemory | None,
        settings: Settings,
        embedding: TimedEmbedder | None = None,
    ) -> None:
        self.store, self.chat, self.memory, self.settings = store, chat, memory, settings
        self.embedding = embedding
        self._zone: ZoneInfo | None = memory.zone if memory else None
        saver = Checkpoints(store.client, memory.short.keys, settings) if memory else None
        self.graph: Graph = build(memory=memory is not None, checkpointer=saver)

    def ask(
        self,
        question: str,
        *,
        now: datetime,
        conversation: str = "default",
        on_step: Callable[[Step], None] | None = None,
        on_token: Callable[[str], None] | None = None,
    ) -> Answer:
        """Answer a question.

        Args:
            question: in words, English.
            now: when it is asked; aware.
            conversation: which one it belongs to; without memory it makes no difference.
            on_step: told about each node as it ends.
            on_token: gets the model's words as they come. Those of an answer that does not hold
                have been seen by then; the next attempt follows them.

        Raises:
            UnknownUser: nothing was imported for this person.
        """
        begun = perf_counter()
        meter = Meter(self.chat)
        setting = self.setting(meter, now, on_step, on_token)
        state = self.graph.invoke(
            fresh(question, conversation, now),
            {"configurable": {"thread_id": conversation}},
            context=setting,
            durability="exit" if self.memory else None,  # one checkpoint a turn, at its end
        )
        return _answer(state, meter, perf_counter() - begun)

    def setting(
        self,
        meter: Meter,
        now: datetime,
        on_step: Callable[[Step], None] | None = None,
        on_token: Callable[[str], None] | None = None,
    ) -> Setting:
        """What the nodes of one turn work with; the twin differs in `memory` alone."""
        zone = self._home(now)
        rules = Classifier(now=now, zone=zone)
        model = ModelRouter(meter.choose, now=now, zone=zone)
        # with a memory, the question's vector is that of the recall, from the embedding cache
        long = self.memory.long if self.memory else None
        vectors = long.embedder if long else self.embedding
        second = second_opinion(rules, vectors, meter.choose) if vectors else None
        router: Router = RulesThenModel(
            rules, model, threshold=self.settings.route_threshold, second=second
        )
        tools: Tools = Toolbox(self.store, long, settings=self.settings, now=now, zone=zone)
        return Setting(
            tools, meter, router, self.settings, now, zone, memory=self.memory,
            embedding=self.embedding, second=model, on_step=on_step, on_token=on_token,
        )  # fmt: skip

    def _home(self, now: datetime) -> ZoneInfo:
        """The person's zone, also while Redis is down."""
        try:
            self._zone = self.store.zone()
        except (RedisError, RedisUnavailable):
            if self._zone is None:
                self._zone = now.tzinfo if isinstance(now.tzinfo, ZoneInfo) else ZoneInfo("UTC")
        return self._zone

    def last(self, conversation: str) -> TurnState:
        """What the checkpoint holds of a conversation's last turn; empty without one."""
        if self.memory is None:
            return TurnState()
        found: TurnState = self.graph.get_state(
            {"configurable": {"thread_id": conversation}}
        ).values  # type: ignore[assignment]
        return found

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {
            "text/plain": repr(self),
            "text/markdown": f"```mermaid\n{mermaid(self.graph)}\n```",
        }

    def __repr__(self) -> str:
        kept = "memory" if self.memory else "no memory"
        return f"<Agent of {self.store.user!r} with {kept}, {self.chat.model}>"


def _answer(state: Mapping[str, Any], meter: Meter, seconds: float) -> Answer:
    steps: Sequence[Mapping[str, Any]] = state["steps"]
    return Answer(
        question=state["question"], conversation=state["conversation"], answer=state["answer"],
        by=state["by"], model=meter.model, route=state["route"], results=state["results"],
        validation=state["validation"], recalled=state["recalled"],
        remembered=state["remembered"], steps=tuple(steps), seconds=seconds,
        model_calls=meter.calls, tokens_in=meter.tokens_in, tokens_out=meter.tokens_out,
        degraded=tuple(state["degraded"]),
    )  # fmt: skip
