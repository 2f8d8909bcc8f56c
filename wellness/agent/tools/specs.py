"""The eleven tools: what each is for, what it takes, and what carries it out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from wellness.agent.tools import arguments as forms
from wellness.agent.tools import (
    comparisons,
    keeping,
    memories,
    metrics,
    progress,
    records,
    sleep,
    trends,
    workouts,
)
from wellness.agent.tools.arguments import Arguments
from wellness.agent.tools.defaults import (
    AGGREGATE_PERIOD,
    EVENT_WINDOW_DAYS,
    NIGHTS_PERIOD,
    PROGRESS_PERIOD,
    SLEEP_PERIOD,
    TREND_PERIOD,
    WORKOUT_PERIOD,
)
from wellness.agent.tools.desk import Desk
from wellness.agent.tools.draft import Draft


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool: what it is for, what it takes, and what carries it out.

    Attributes:
        description: for a model that chooses, and for people.
        arguments: the form of its arguments.
        run: from a desk and checked arguments to a draft.
    """

    name: str
    description: str
    arguments: type[Arguments]
    run: Callable[[Desk, Any], Draft]

    @property
    def schema(self) -> dict[str, Any]:
        """The tool in the form of Ollama's and OpenAI's `tools=`."""
        return {
            "type": "function",
            "function": {
                "name": self.name,
                "description": self.description,
                "parameters": parameters(self.arguments),
            },
        }


def parameters(form: type[Arguments]) -> dict[str, Any]:
    """The JSON schema of arguments, as short as a small model needs it.

    >>> found = parameters(forms.Sleep)
    >>> found["required"], found["properties"]["period"]["type"]
    ([], 'string')
    """
    schema = form.model_json_schema()
    return {
        "type": "object",
        "properties": {name: _plain(row) for name, row in schema["properties"].items()},
        "required": schema.get("required", []),
        "additionalProperties": False,
    }


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """One argument; whether it may be left out, `required` says."""
    choices = [one for one in row.get("anyOf", [row]) if one.get("type") != "null"]
    kept = {name: choices[0][name] for name in ("type", "enum") if name in choices[0]}
    return {**kept, "description": row.get("description", "")}


SPECS = {
    spec.name: spec
    for spec in (
        ToolSpec(
            "search_health_records_by_metric",
            "Single readings of a metric, the latest value, or when it was measured last. Without "
            "a period: the latest.",
            forms.Records, records.search_health_records_by_metric,
        ),
        ToolSpec(
            "aggregate_metrics",
            "One number of a metric over a period: sum, average, minimum, maximum, or how many "
            f"readings. Without a period: the {AGGREGATE_PERIOD}. Not for sleep or workouts.",
            forms.Aggregated, metrics.aggregate_metrics,
        ),
        ToolSpec(
            "compare_time_periods",
            "Two periods of one metric, sleep included: which is higher, and by how much. Before "
            f"and after an event are {EVENT_WINDOW_DAYS} days each.",
            forms.Compared, comparisons.compare_time_periods,
        ),
        ToolSpec(
            "trend_analysis",
            "Whether a metric, sleep included, goes up or down over a period. Without a period: "
            f"the {TREND_PERIOD}.",
            forms.Trend, trends.trend_analysis,
        ),
        ToolSpec(
            "search_workouts_and_activity",
            "Workouts: how many, how long, how far, which, when last. Without a period: "
            f"{WORKOUT_PERIOD}.",
            forms.Workouts, workouts.search_workouts_and_activity,
        ),
        ToolSpec(
            "get_sleep_analysis",
            "Sleep of one period: how long, in which stages, from when to when. Without a period: "
            f"{SLEEP_PERIOD}.",
            forms.Sleep, sleep.get_sleep_analysis,
        ),
        ToolSpec(
            "get_activity_progress",
            "Progress against a goal or target; without a metric the activity rings. Without a "
            f"period: {PROGRESS_PERIOD}, for sleep the {NIGHTS_PERIOD}, for weight and the like "
            "the latest reading, for a target a week this week.",
            forms.Progress, progress.get_activity_progress,
        ),
        ToolSpec(
            "recall_memories",
            "What the person told before about themselves, or general wellness knowledge.",
            forms.Recalled, memories.recall_memories,
        ),
        ToolSpec(
            "list_goals",
            "The person's own goals. Without a period: those of now.",
            forms.Goals, memories.list_goals,
        ),
        ToolSpec(
            "remember_fact",
            "Remember a statement of the person about themselves.",
            forms.Remembered, keeping.remember_fact,
        ),
        ToolSpec(
            "forget_memory",
            "Forget something that the person told before.",
            forms.Forgotten, keeping.forget_memory,
        ),
    )
}  # fmt: skip
"""All tools by name; they need no data to be described."""
