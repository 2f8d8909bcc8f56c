"""Routers that ask a model: what they ask, what they make of answers, and when they ask at all.

The answers are written by hand, so that each fault of a model can be tried; one test asks the
kit's smallest chat model itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import jsonschema
import pytest

from agent.routed import questions
from wellness.agent.choices import MOST_CALLS, answered, choice_messages, choice_schema
from wellness.agent.classifier import Classifier
from wellness.agent.classifier.activities import ACTIVITIES
from wellness.agent.examples import EXAMPLES, NO_TOOL
from wellness.agent.model import OpenChat
from wellness.agent.routes import TOOL_OF, Intent, Route
from wellness.agent.routing import ModelRouter, RulesThenModel
from wellness.agent.tools.specs import SPECS
from wellness.errors import ModelUnavailable
from wellness.health import catalogue, periods
from wellness.lesson.routing_set import load_routing_set
from wellness.memory.messages import Message, ToolCall, Turn
from wellness.memory.tokens import Tiktoken
from wellness.settings import Settings

HOME = ZoneInfo("America/New_York")
NOW = datetime(2026, 9, 30, 20, 15, tzinfo=HOME)
RULES = Classifier(now=NOW, zone=HOME)


class Answers:
    """A model that gives one answer, and keeps what it was asked."""

    def __init__(self, *calls: Mapping[str, Any], answer: Mapping[str, Any] | None = None) -> None:
        self.answer = dict(answer) if answer is not None else {"calls": list(calls)}
        self.asked: list[str] = []

    def __call__(
        self, messages: Sequence[Mapping[str, Any]], schema: Mapping[str, Any]
    ) -> dict[str, Any]:
        self.asked.append(str(messages[-1]["content"]))
        return self.answer


class Gone:
    """A model that is not there."""

    def route(self, question: str, *, turns: Sequence[Turn] = ()) -> Route:
        raise ModelUnavailable("qwen", "http://127.0.0.1:1", "nobody answers")


def turns(*said: str) -> tuple[Turn, ...]:
    return tuple(
        Turn(str(n), 0, (Message("user", text), Message("assistant", "Well.")))
        for n, text in enumerate(said)
    )


def routed(question: str, *calls: Mapping[str, Any], before: Sequence[str] = ()) -> Route:
    """The route of a question whose model answers with these calls."""
    router = ModelRouter(Answers(*calls), now=NOW, zone=HOME)
    return router.route(question, turns=turns(*before))


def call(tool: str, **arguments: Any) -> dict[str, Any]:
    return {"tool": tool, **arguments}


# --- what is asked --------------------------------------------------------------------------------


def test_the_schema_has_a_branch_for_each_tool_with_its_arguments() -> None:
    schema = choice_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    branches = {
        one["properties"]["tool"]["const"]: one
        for one in schema["properties"]["calls"]["items"]["anyOf"]
    }
    assert set(branches) == {*TOOL_OF.values(), NO_TOOL} == {*SPECS, NO_TOOL}
    for tool, spec in SPECS.items():
        assert set(branches[tool]["properties"]) == {"tool", *spec.arguments.model_fields}
        assert set(branches[tool]["required"]) == {
            "tool",
            *(name for name, row in spec.arguments.model_fields.items() if row.is_required()),
        }
    metrics = branches["aggregate_metrics"]["properties"]["metric"]["enum"]
    assert {one.name for one in catalogue.METRICS} <= set(metrics)
    assert set(branches["search_workouts_and_activity"]["properties"]["activity"]["enum"]) == {
        name for name in ACTIVITIES if name
    }


def test_stored_metrics_can_be_chosen() -> None:
    own = {"calls": [call("trend_analysis", metric="DietaryVitaminC")]}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(own, choice_schema())
    jsonschema.validate(own, choice_schema(["DietaryVitaminC"]))


def test_examples_have_the_form_and_every_tool() -> None:
    schema = choice_schema()
    for one in EXAMPLES:
        jsonschema.validate(json.loads(answered(one)), schema)
        for each in one.calls:
            given = {name: value for name, value in each.items() if name != "tool"}
            if each["tool"] != NO_TOOL:
                SPECS[each["tool"]].arguments(**given)
            for name in ("period", "other_period"):
                if phrase := given.get(name, ""):
                    assert "my" in phrase or "I" in phrase or periods.parse(
                        phrase, now=NOW, zone=HOME
                    )  # fmt: skip
    assert {each["tool"] for one in EXAMPLES for each in one.calls} == {*SPECS, NO_TOOL}
    assert {one.intent for one in EXAMPLES} == set(Intent)
    assert any(len(one.calls) > 1 for one in EXAMPLES)
    assert any(one.before for one in EXAMPLES)


def test_examples_are_mixed() -> None:
    """A small model repeats what it was shown last."""
    for one, other in pairwise(EXAMPLES):
        assert one.calls[0]["tool"] != other.calls[0]["tool"] or one.before or other.before
    assert all(each["tool"] != NO_TOOL for one in EXAMPLES[-3:] for each in one.calls)


def test_no_example_is_from_the_questions_that_judge() -> None:
    judged = {one.question.lower() for one in load_routing_set("development")}
    judged |= {one.question.lower() for some in questions().values() for one in some}
    assert not judged & {one.question.lower() for one in EXAMPLES}


def test_the_prompt_fits_beside_an_answer() -> None:
    messages = choice_messages("How many steps did I take yesterday?")
    tokens = sum(Tiktoken().count(one["content"]) + 5 for one in messages)
    assert tokens < Settings().chat_context - 4 * Settings().chat_tokens


def test_the_question_before_stands_in_the_prompt() -> None:
    model = Answers(call("get_sleep_analysis"))
    router = ModelRouter(model, now=NOW, zone=HOME)
    router.route("and last night?", turns=turns("How are you?", "How did I sleep on Monday?"))
    router.route("How did I sleep?")
    assert model.asked == [
        "Before: How did I sleep on Monday?\nNow: and last night?",
        "How did I sleep?",
    ]


# --- what comes back ------------------------------------------------------------------------------


def test_a_right_answer_is_taken_as_it_is() -> None:
    chosen = call("aggregate_metrics", metric="StepCount", aggregation="sum", period="yesterday")
    route = routed("How many steps yesterday?", chosen)
    assert route.calls == (
        ToolCall("aggregate_metrics",
                 {"metric": "StepCount", "aggregation": "sum", "period": "yesterday"}),
    )  # fmt: skip
    assert (route.intent, route.by, route.why) == (Intent.AGGREGATE, "model", ())
    assert route.confidence >= 0.9


@pytest.mark.parametrize("reason", [Intent.SMALL_TALK, Intent.OUT_OF_SCOPE])
def test_no_tool_has_its_reason(reason: Intent) -> None:
    route = routed("Thanks!", call(NO_TOOL, reason=reason.value))
    assert (route.intent, route.calls) == (reason, ())


def test_a_metric_that_nobody_named_is_replaced_by_the_one_named() -> None:
    chosen = call("trend_analysis", metric="SleepAnalysis", period="since spring")
    route = routed("Is my systolic pressure creeping up since spring?", chosen)
    assert route.calls[0].arguments["metric"] == "BloodPressureSystolic"
    assert "'SleepAnalysis' was not named: BloodPressureSystolic is meant" in route.why


def test_a_metric_that_does_not_exist_is_replaced_or_the_call_left_out() -> None:
    chosen = call("trend_analysis", metric="Mood")
    assert routed("Is my weight going up?", chosen).calls[0].arguments == {"metric": "BodyMass"}
    route = routed("Is it going up?", chosen)
    assert (route.calls, route.intent) == ((), Intent.OUT_OF_SCOPE)
    assert "there is no metric 'Mood'" in route.why


def test_metrics_are_given_to_calls_in_turn() -> None:
    chosen = [call("search_health_records_by_metric", metric="HeartRate")] * 2
    chosen[1] = call("search_health_records_by_metric", metric="StepCount")
    route = routed("my weight and my body fat", *chosen)
    assert [one.arguments["metric"] for one in route.calls] == ["BodyMass", "BodyFatPercentage"]


@pytest.mark.parametrize(
    ("question", "period", "meant"),
    [
        ("How did I sleep last week?", "last week", "last week"),
        ("How did I sleep last week?", "in the week of last", "last week"),  # no period
        ("How did I sleep last week?", "yesterday", "last week"),  # not named
        ("How did I sleep?", "last night", None),  # not named either
        ("How did I sleep on the night of 3 May?", "3 May", "night of 3 May"),  # half of it
        ("How did I sleep after my flu?", "after my flu", "after my flu"),
        ("How did I sleep on our cruise?", "during our cruise", "on our cruise"),
    ],
)
def test_periods_are_those_of_the_question(question: str, period: str, meant: str | None) -> None:
    (found,) = routed(question, call("get_sleep_analysis", period=period)).calls
    assert found.arguments.get("period") == meant


def test_a_follow_up_may_name_what_stood_before() -> None:
    chosen = call("aggregate_metrics", metric="StepCount", aggregation="sum", period="last week")
    route = routed("and my steps?", chosen, before=["How did I sleep last week?"])
    assert route.calls[0].arguments["period"] == "last week"


def test_what_was_invented_is_left_out() -> None:
    route = routed("Did I close my rings yesterday?",
                   call("get_activity_progress", metric="RestingHeartRate", target=7500,
                        period="yesterday"))  # fmt: skip
    assert route.calls[0].arguments == {"period": "yesterday"}
    assert "target 7500 was not named and was left out" in route.why
    route = routed("When did I last work out?",
                   call("search_workouts_and_activity", activity="Golf"))  # fmt: skip
    assert route.calls[0].arguments == {}


def test_sleep_is_never_aggregated() -> None:
    route = routed("How much did I sleep in May?",
                   call("aggregate_metrics", metric="SleepAnalysis", aggregation="average",
                        period="May"))  # fmt: skip
    assert route.calls == (ToolCall("get_sleep_analysis", {"period": "May"}),)


@pytest.mark.parametrize(
    "answer",
    [
        {}, {"calls": None}, {"calls": []}, {"calls": ["steps"]}, {"calls": [{}]},
        {"calls": [{"tool": "fly"}]}, {"calls": [{"tool": "aggregate_metrics"}]},
        {"calls": [{"tool": "compare_time_periods", "metric": "StepCount", "period": "May"}]},
        {"calls": [{"tool": "recall_memories", "query": ""}]},
    ],
)  # fmt: skip
def test_an_answer_that_makes_no_sense_calls_nothing(answer: dict[str, Any]) -> None:
    router = ModelRouter(Answers(answer=answer), now=NOW, zone=HOME)
    route = router.route("How many steps in May?")
    assert (route.calls, route.intent) == ((), Intent.OUT_OF_SCOPE)
    assert route.confidence < 0.5


def test_the_same_call_twice_is_one() -> None:
    twice = [call("list_goals")] * MOST_CALLS
    assert len(routed("What are my goals?", *twice).calls) == 1


def test_confidence_grows_with_agreement() -> None:
    question = "How many steps yesterday?"
    agreed = routed(question, call("aggregate_metrics", metric="StepCount", aggregation="sum",
                                   period="yesterday"))  # fmt: skip
    partly = routed(question, call("get_activity_progress", metric="StepCount",
                                   period="yesterday"))  # fmt: skip
    against = routed(question, call(NO_TOOL, reason="out_of_scope"))
    assert agreed.confidence > partly.confidence > against.confidence


# --- rules, then the model ------------------------------------------------------------------------

STRANGE = "Does the flumox of my yardstick wobble?"


def test_rules_that_are_sure_ask_nobody() -> None:
    model = Answers(call("list_goals"))
    router = RulesThenModel(RULES, ModelRouter(model, now=NOW, zone=HOME), threshold=0.7)
    route = router.route("How many steps did I take yesterday?")
    assert (route.by, model.asked) == ("rules", [])
    assert route == RULES.route("How many steps did I take yesterday?")


def test_rules_that_are_unsure_leave_it_to_the_model() -> None:
    model = Answers(call("list_goals"))
    router = RulesThenModel(RULES, ModelRouter(model, now=NOW, zone=HOME), threshold=0.7)
    route = router.route(STRANGE)
    assert (route.by, route.intent, model.asked) == ("model", Intent.GOALS, [STRANGE])
    assert route.why[0].startswith("the rules were unsure (0.")
    always = RulesThenModel(RULES, ModelRouter(model, now=NOW, zone=HOME), threshold=0.0)
    assert always.route(STRANGE).by == "rules"


def test_where_both_choose_the_same_tool_the_arguments_are_those_that_were_read() -> None:
    model = Answers(call("aggregate_metrics", metric="FlightsClimbed", aggregation="sum",
                         period="since July"))  # fmt: skip
    router = RulesThenModel(RULES, ModelRouter(model, now=NOW, zone=HOME), threshold=1.0)
    (found,) = router.route("flights climbed per day since July").calls
    assert found.arguments["aggregation"] == "average"


def test_without_a_model_the_rules_decide_and_say_so() -> None:
    route = RulesThenModel(RULES, Gone(), threshold=0.7).route(STRANGE)
    assert route.by == "rules"
    assert route.calls == RULES.route(STRANGE).calls
    assert "no model answered" in route.why[-1]
    assert "qwen" in route.why[-1]


def test_a_model_alone_that_is_gone_is_an_error() -> None:
    def gone(messages: Sequence[Mapping[str, Any]], schema: Mapping[str, Any]) -> dict[str, Any]:
        raise ModelUnavailable("qwen", "http://127.0.0.1:1", "nobody answers")

    with pytest.raises(ModelUnavailable):
        ModelRouter(gone, now=NOW, zone=HOME).route("Steps?")


def test_the_smallest_model_answers_in_this_form(chat: OpenChat) -> None:
    router = ModelRouter(chat.choose, now=NOW, zone=HOME)
    route = router.route("Average pulse over last weekend")
    assert route.by == "model"
    (found,) = route.calls
    assert found == ToolCall(
        "aggregate_metrics",
        {"metric": "HeartRate", "aggregation": "average", "period": "last weekend"},
    )
