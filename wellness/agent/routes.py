"""Where a question goes: its intent, the calls that answer it, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, Protocol

from wellness.memory.messages import ToolCall, Turn


class Intent(StrEnum):
    """What a person wants; each but the last two is served by the tool of the same line."""

    RECORDS = "records"  # search_health_records_by_metric
    AGGREGATE = "aggregate"  # aggregate_metrics
    COMPARE = "compare"  # compare_time_periods
    TREND = "trend"  # trend_analysis
    WORKOUTS = "workouts"  # search_workouts_and_activity
    SLEEP = "sleep"  # get_sleep_analysis
    PROGRESS = "progress"  # get_activity_progress
    RECALL = "recall"  # recall_memories
    GOALS = "goals"  # list_goals
    REMEMBER = "remember"  # remember_fact
    FORGET = "forget"  # forget_memory
    SMALL_TALK = "small_talk"  # thanks, greetings: no tool
    OUT_OF_SCOPE = "out_of_scope"  # nothing that this agent can know or do: no tool


TOOL_OF: dict[Intent, str] = {
    Intent.RECORDS: "search_health_records_by_metric",
    Intent.AGGREGATE: "aggregate_metrics",
    Intent.COMPARE: "compare_time_periods",
    Intent.TREND: "trend_analysis",
    Intent.WORKOUTS: "search_workouts_and_activity",
    Intent.SLEEP: "get_sleep_analysis",
    Intent.PROGRESS: "get_activity_progress",
    Intent.RECALL: "recall_memories",
    Intent.GOALS: "list_goals",
    Intent.REMEMBER: "remember_fact",
    Intent.FORGET: "forget_memory",
}
# The reason of a route without calls that asks back: "and in July?", and nothing was said before.
UNTOLD = "it goes on with something that was not said before"
INTENT_OF: dict[str, Intent] = {tool: intent for intent, tool in TOOL_OF.items()}


@dataclass(frozen=True, slots=True)
class Route:
    """A decision.

    Attributes:
        intent: of the question, or of its first part.
        calls: what to call, in the order of the question's parts; none where nothing helps.
        confidence: 0 to 1, calibrated: of decisions with 0.9, nine of ten are right.
        by: who decided.
        slots: what was read out of the question, for people.
        why: the evidence, in words.
    """

    intent: Intent
    calls: tuple[ToolCall, ...]
    confidence: float
    by: Literal["rules", "model"]
    slots: dict[str, Any]
    why: tuple[str, ...] = ()


class Router(Protocol):
    """Decides where a question goes."""

    def route(self, question: str, *, turns: Sequence[Turn] = ()) -> Route:
        """The route of a question.

        Args:
            question: in words.
            turns: the conversation so far, oldest first, for questions such as "and last week?".
        """
