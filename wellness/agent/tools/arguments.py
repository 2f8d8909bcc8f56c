"""The arguments of each tool: checked when it is called, described to models by JSON schemas."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from wellness.agent.tools import defaults

Aggregate = Literal["sum", "average", "minimum", "maximum", "count"]
SYNONYMS = {"total": "sum", "mean": "average", "avg": "average", "min": "minimum",
            "lowest": "minimum", "max": "maximum", "highest": "maximum"}  # fmt: skip
NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")


def _sound(value: Any) -> Any:
    """Half a character, which a model may write, is none."""
    return value.encode("utf-8", "replace").decode() if _is_text(value) else value


def _absent(value: Any) -> Any:
    """Models write "" or "none" for what is not there."""
    value = _sound(value)
    absent = isinstance(value, str) and value.strip().lower() in ("", "none", "null")
    return None if absent else value


def _aggregation(value: Any) -> Any:
    value = _absent(value)
    return SYNONYMS.get(value.strip().lower(), value.strip().lower()) if _is_text(value) else value


def _target(value: Any) -> Any:
    """10000, and "10,000 steps" too."""
    value = _absent(value)
    if _is_text(value) and (match := NUMBER.match(value.strip())):
        return match[0].replace(",", "")
    return value


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


_WORDS = {"strict": True, "max_length": defaults.TEXT_MOST}
Text = Annotated[str, Field(min_length=1, **_WORDS), BeforeValidator(_sound)]
MaybeText = Annotated[
    Annotated[str, Field(**_WORDS)] | None, BeforeValidator(_absent)
]  # fmt: skip

METRIC = (
    "Apple Health's name of the metric, for instance StepCount, HeartRate, RestingHeartRate, "
    "BodyMass, SleepAnalysis, HeartRateVariabilitySDNN"
)
PERIOD = (
    'a period in English such as "last week" or "March 2025", or one that refers to an event the '
    'person told about: "before my injury". Leave it out if the person named none'
)


class Arguments(BaseModel):
    """What all arguments have in common: nothing is taken that is not known."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Records(Arguments):
    """Of search_health_records_by_metric."""

    metric: Text = Field(description=METRIC)
    period: MaybeText = Field(default=None, description=PERIOD)


class Aggregated(Arguments):
    """Of aggregate_metrics."""

    metric: Text = Field(description=METRIC)
    aggregation: Annotated[Aggregate, BeforeValidator(_aggregation)] = Field(
        description="how the values become one; steps and the like are summed to days first"
    )
    period: MaybeText = Field(default=None, description=PERIOD)


class Compared(Arguments):
    """Of compare_time_periods."""

    metric: Text = Field(description=METRIC)
    period: Text = Field(description=f"the period that is asked about: {PERIOD.split('. ')[0]}")
    other_period: Text = Field(description="the period that it is held against")
    aggregation: Annotated[Aggregate | None, BeforeValidator(_aggregation)] = Field(
        default=None, description="leave it out unless the person named one"
    )


class Trend(Arguments):
    """Of trend_analysis."""

    metric: Text = Field(description=METRIC)
    period: MaybeText = Field(default=None, description=PERIOD)


class Workouts(Arguments):
    """Of search_workouts_and_activity."""

    activity: MaybeText = Field(
        default=None,
        description="Apple's name of the activity: Running, Swimming, Cycling, Walking, Yoga, "
        "TraditionalStrengthTraining... Leave it out for all workouts",
    )
    period: MaybeText = Field(default=None, description=PERIOD)


class Sleep(Arguments):
    """Of get_sleep_analysis."""

    period: MaybeText = Field(default=None, description=PERIOD)


class Progress(Arguments):
    """Of get_activity_progress."""

    metric: MaybeText = Field(
        default=None, description=f"{METRIC}. Leave it out for the activity rings"
    )
    target: Annotated[
        Annotated[float, Field(gt=0, allow_inf_nan=False)] | None, BeforeValidator(_target)
    ] = Field(
        default=None,
        description="the target if the person named it, in the unit they use; else the "
        "remembered goal is taken",
    )
    period: MaybeText = Field(default=None, description=PERIOD)


class Recalled(Arguments):
    """Of recall_memories."""

    query: Text = Field(description="what to look for, in the person's words")


class Goals(Arguments):
    """Of list_goals."""

    period: MaybeText = Field(
        default=None, description="leave it out for the goals of now; else as elsewhere"
    )


class Remembered(Arguments):
    """Of remember_fact."""

    text: Text = Field(description="what to remember, as the person said it")


class Forgotten(Arguments):
    """Of forget_memory."""

    query: Text = Field(description="what to forget, in the person's words")
