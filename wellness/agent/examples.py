"""Questions with the calls that answer them: what a model that routes is shown.

At least one of each tool, since a model that is shown one tool alone chooses that one for
everything; and mixed, since a small model repeats what it was shown last. None of them is from the
labelled set that judges routers.

>>> sorted({call["tool"] for call in EXAMPLES[0].calls})
['aggregate_metrics']
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from wellness.agent.routes import INTENT_OF, Intent

NO_TOOL = "no_tool"


@dataclass(frozen=True, slots=True)
class Example:
    """A question, the one before it if it leans on that, and the calls in order.

    A call is a flat mapping: `tool` and its arguments; for `no_tool` there is a `reason`.
    """

    question: str
    calls: tuple[dict[str, Any], ...]
    before: str = ""

    @property
    def intent(self) -> Intent:
        """Of the first call."""
        first = self.calls[0]
        return Intent(first["reason"]) if first["tool"] == NO_TOOL else INTENT_OF[first["tool"]]


def _example(question: str, *calls: dict[str, Any], before: str = "") -> Example:
    return Example(question, calls, before)


def _call(tool: str, **arguments: Any) -> dict[str, Any]:
    return {"tool": tool, **arguments}


def _number(metric: str, aggregation: str, period: str) -> dict[str, Any]:
    return _call("aggregate_metrics", metric=metric, aggregation=aggregation, period=period)


EXAMPLES: tuple[Example, ...] = (
    _example("Steps the day before yesterday?",
             _number("StepCount", "sum", "day before yesterday")),
    _example("Which dentist do I go to?",
             _call("recall_memories", query="dentist I go to")),
    _example("Was my HRV better in spring than in winter?",
             _call("compare_time_periods", metric="HeartRateVariabilitySDNN", period="spring",
                   other_period="winter")),
    _example("Great, thank you!", _call(NO_TOOL, reason="small_talk")),
    _example("How many bike rides did I do since I moved house?",
             _call("search_workouts_and_activity", activity="Cycling",
                   period="since I moved house")),
    _example("I pulled a muscle in my back on Friday.",
             _call("remember_fact", text="I pulled a muscle in my back on Friday.")),
    _example("How heavy am I at the moment?",
             _call("search_health_records_by_metric", metric="BodyMass")),
    _example("Did I get enough REM on Wednesday night?",
             _call("get_sleep_analysis", period="Wednesday night")),
    _example("How long did my cousin sleep on Monday?",
             _call(NO_TOOL, reason="out_of_scope")),
    _example("Were my rings closed on 8 September?",
             _call("get_activity_progress", period="8 September")),
    _example("Is my body fat creeping up this year?",
             _call("trend_analysis", metric="BodyFatPercentage", period="this year")),
    _example("What did I weigh on average in November?",
             _number("BodyMass", "average", "November")),
    _example("What targets did I have in 2024?", _call("list_goals", period="2024")),
    _example("Does this rash mean I have measles?", _call(NO_TOOL, reason="out_of_scope")),
    _example("sleep before vs after my surgery",
             _call("compare_time_periods", metric="SleepAnalysis", period="before my surgery",
                   other_period="after my surgery")),
    _example("What was my last workout?", _call("search_workouts_and_activity")),
    _example("And in May?", _number("ActiveEnergyBurned", "average", "May"),
             before="Average active calories per day in April?"),
    _example("On how many days in October did I make 7,500 steps?",
             _call("get_activity_progress", metric="StepCount", target=7500, period="October")),
    _example("How much exercise does a grown-up need per week?",
             _call("recall_memories", query="exercise an adult needs per week")),
    _example("List my resting heart rate values of last weekend",
             _call("search_health_records_by_metric", metric="RestingHeartRate",
                   period="last weekend")),
    _example("What will my weight be at Christmas?", _call(NO_TOOL, reason="out_of_scope")),
    _example("Have I been sleeping worse lately?",
             _call("trend_analysis", metric="SleepAnalysis")),
    _example("How often was my blood oxygen measured this month?",
             _number("OxygenSaturation", "count", "this month")),
    _example("Forget what I said about gluten",
             _call("forget_memory", query="gluten")),
    _example("How much is missing to my target weight?",
             _call("get_activity_progress", metric="BodyMass")),
    _example("Play me a song about rain", _call(NO_TOOL, reason="out_of_scope")),
    _example("How many flights did I climb on Sunday, and how did I sleep that night?",
             _number("FlightsClimbed", "sum", "Sunday"),
             _call("get_sleep_analysis", period="Sunday night")),
    _example("and my breathing rate?", _number("RespiratoryRate", "average", "last night"),
             before="What was my lowest heart rate last night?"),
    _example("Ooh, that climb yesterday! How high did my pulse get?",
             _number("HeartRate", "maximum", "yesterday")),
)  # fmt: skip
