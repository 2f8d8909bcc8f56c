"""Where questions go by rules: a thousand of them, follow-ups, confidence, and hostile text."""

from __future__ import annotations

import time
from collections import Counter
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.routed import questions
from wellness.agent.classifier import Classifier
from wellness.agent.routes import INTENT_OF, TOOL_OF, Intent, Route
from wellness.agent.tools.specs import SPECS
from wellness.health import periods
from wellness.lesson.routing_figures import share
from wellness.lesson.routing_set import RoutedQuestion, judge, load_routing_set
from wellness.memory.messages import Message, ToolCall, Turn

HOME = ZoneInfo("America/New_York")
NOW = datetime(2026, 9, 30, 20, 15, tzinfo=HOME)  # a Wednesday
RULES = Classifier(now=NOW, zone=HOME)
QUESTIONS = questions()


def turns(*said: str) -> tuple[Turn, ...]:
    """A conversation in which a person said something and was answered."""
    return tuple(
        Turn(str(n), 0, (Message("user", text), Message("assistant", "Well.")))
        for n, text in enumerate(said)
    )


def arguments(question: str, *before: str) -> list[dict[str, Any]]:
    """The arguments of the calls, without free text."""
    route = RULES.route(question, turns=turns(*before))
    return [
        {name: value for name, value in call.arguments.items() if name not in ("query", "text")}
        for call in route.calls
    ]


# --- the questions --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", QUESTIONS)
def test_questions_go_where_they_belong(kind: str) -> None:
    judged = judge(RULES, QUESTIONS[kind], now=NOW, zone=HOME)
    wrong = [(one.question.question, one.grade.why) for one in judged if not one.grade.all_right]
    assert not wrong
    intents = [(one.question.question, one.route.intent) for one in judged
               if one.question.calls and one.route.intent is not one.question.intent]  # fmt: skip
    assert not intents


def test_the_questions_are_many_and_of_every_intent() -> None:
    every = [one for some in QUESTIONS.values() for one in some]
    assert len(every) > 900
    assert set(Counter(one.intent for one in every)) == set(Intent)


def test_the_development_half_is_passed() -> None:
    """95 in 100 with all arguments; whoever changes a rule sees here what it cost.

    It was 98 before the fifth half joined, for which no rule has been mended yet.
    """
    judged = judge(RULES, load_routing_set("development"), now=NOW, zone=HOME)
    right = share(one.grade.all_right for one in judged)
    assert right.value >= 0.95, [
        (one.question.question, one.grade.why) for one in judged if not one.grade.all_right
    ]
    refused = share(one.grade.refused for one in judged if not one.question.calls)
    assert refused.value >= 0.94


# --- what a route holds ---------------------------------------------------------------------------


def every() -> list[RoutedQuestion]:
    return [one for some in QUESTIONS.values() for one in some]


def test_calls_are_ones_that_the_tools_take() -> None:
    for question in every():
        route = RULES.route(question.question, turns=question.turns(now=NOW))
        for call in route.calls:
            SPECS[call.name].arguments(**call.arguments)  # raises what does not fit
        if route.calls:
            assert route.intent is INTENT_OF[route.calls[0].name]
        else:
            assert route.intent in (Intent.SMALL_TALK, Intent.OUT_OF_SCOPE)


def test_periods_are_words_of_the_question_or_can_be_resolved() -> None:
    for question in every():
        for call in RULES.route(question.question, turns=question.turns(now=NOW)).calls:
            for name in ("period", "other_period"):
                phrase = call.arguments.get(name, "")
                words = phrase.split()[1:]
                if phrase and not all(word in question.template for word in words):
                    assert periods.parse(phrase, now=NOW, zone=HOME)


def test_a_route_says_what_was_read_and_why() -> None:
    route = RULES.route("whats my avergae hart rate last week?")
    assert route.by == "rules"
    assert route.slots["metrics"] == ["HeartRate"]
    assert route.slots["periods"] == ["last week"]
    assert route.slots["repairs"] == ["avergae -> average", "hart -> heart"]
    assert route.why == ("asks for one number",)
    (call,) = route.calls
    assert call == ToolCall(
        "aggregate_metrics",
        {"metric": "HeartRate", "aggregation": "average", "period": "last week"},
    )


def test_what_was_not_named_is_left_out() -> None:
    assert arguments("How many steps did I take?") == [
        {"metric": "StepCount", "aggregation": "sum"}
    ]
    assert arguments("How did I sleep?") == [{}]
    assert arguments("How many runs have I done?") == [{"activity": "Running"}]


def test_stored_metrics_are_known_by_their_names() -> None:
    asked = "How much vitamin c did I have yesterday?"
    assert RULES.route(asked).intent is not Intent.AGGREGATE
    own = Classifier(now=NOW, zone=HOME, metrics=["HKQuantityTypeIdentifierDietaryVitaminC"])
    (call,) = own.route(asked).calls
    assert call.arguments["metric"] == "DietaryVitaminC"


def test_more_than_four_calls_are_cut_and_said() -> None:
    route = RULES.route("steps on Monday, Tuesday, Wednesday, Thursday, Friday and Saturday")
    assert len(route.calls) == 4
    assert "2 calls too many are left out" in route.why


# --- traps ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "intent"),
    [
        ("I want to see my workouts", Intent.WORKOUTS),  # no goal
        ("I want to swim every week", Intent.REMEMBER),  # but this is one
        ("workouts last week", Intent.WORKOUTS),  # the plural
        ("How did the marathon go?", Intent.RECALL),  # no March in it
        ("May I see my steps?", Intent.AGGREGATE),  # no May in it
        ("Don't forget that I'm vegan", Intent.REMEMBER),
        ("I forgot what my goal weight is", Intent.GOALS),
        ("Did I forget to weigh myself yesterday?", Intent.AGGREGATE),
        ("Forget it", Intent.OUT_OF_SCOPE),
        ("My brother takes 10,000 steps a day", Intent.REMEMBER),
        ("How many steps a day does my brother take?", Intent.OUT_OF_SCOPE),
        ("What is my brother's name?", Intent.RECALL),
        ("How do I export my data to my watch?", Intent.OUT_OF_SCOPE),
        ("Is a pulse of 58 good?", Intent.RECALL),
        ("Was my pulse good yesterday?", Intent.AGGREGATE),
    ],
)
def test_a_word_does_not_decide_alone(question: str, intent: Intent) -> None:
    assert RULES.route(question).intent is intent


def test_march_and_may_are_months_where_months_stand() -> None:
    assert [one["period"] for one in arguments("steps in march and may")] == ["march", "may"]
    assert arguments("I may have walked less, how many steps yesterday?")[0]["period"] == (
        "yesterday"
    )


# --- follow-ups -----------------------------------------------------------------------------------


def test_a_follow_up_takes_what_it_lacks() -> None:
    asked = "What was my average heart rate in April?"
    assert arguments("And in March?", asked) == [
        {"metric": "HeartRate", "aggregation": "average", "period": "March"}
    ]
    assert arguments("and the maximum?", asked) == [
        {"metric": "HeartRate", "aggregation": "maximum", "period": "April"}
    ]
    assert arguments("and my steps?", asked) == [
        {"metric": "StepCount", "aggregation": "sum", "period": "April"}
    ]
    assert arguments("and of my steps?", "What was my highest pulse in April?") == [
        {"metric": "StepCount", "aggregation": "maximum", "period": "April"}
    ]


def test_a_whole_question_takes_nothing() -> None:
    assert arguments("How many steps did I take?", "What was my heart rate in April?") == [
        {"metric": "StepCount", "aggregation": "sum"}
    ]


def test_a_follow_up_reaches_over_thanks_and_back_two_turns() -> None:
    before = ("How many steps did I take last week?", "thanks!", "and in August?")
    assert arguments("and the month before?", *before) == [
        {"metric": "StepCount", "aggregation": "sum", "period": "July 2026"}
    ]


def test_a_conversation_does_not_make_sense_of_nonsense() -> None:
    route = RULES.route("What's the capital of Peru?", turns=turns("How did I sleep last night?"))
    assert route.intent is Intent.OUT_OF_SCOPE


# --- confidence -----------------------------------------------------------------------------------


def sure(question: str, *before: str) -> float:
    return RULES.route(question, turns=turns(*before)).confidence


def test_what_is_not_understood_makes_unsure() -> None:
    plain = sure("How many steps did I take yesterday?")
    assert plain > 0.9
    assert sure("Does the yardstick flummox my gazebo?") < 0.6
    assert sure("Compare my steps yesterday") < 0.75
    assert sure("Compare my steps yesterday and today") == plain
    assert sure("And today?", "Steps yesterday?") < plain
    assert sure("steps yesterday and 17") < plain


def test_confidence_is_a_probability() -> None:
    each = [RULES.route(one.question).confidence for one in every()]
    assert 0 < min(each) < 0.6 < 0.9 < max(each) < 1


# --- hostile and strange text ---------------------------------------------------------------------

HOSTILE = (
    "", " ", "?", "\n\n", "a" * 5_000, "steps " * 1_000, "before " * 800, "and " * 900,
    "(" * 2_000, "last week and " * 300, "my " * 1_500, "?!" * 900, "\u202e\u0130\u0131\ufb03",
    "how many steps, " * 200, "compare " * 400, "1 " * 1_500, "remember " * 300, "\x00",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_any_text_has_a_route_within_a_bound(text: str) -> None:
    begun = time.perf_counter()
    route = RULES.route(text)
    assert isinstance(route, Route)
    assert time.perf_counter() - begun < 20, "no time limit, but nothing may run away"


WORDS = """
how many steps did i take last week and my heart rate before after injury since than compare more
, ? . ! goal 10,000 sleep run forget remember may march it that what is the in
"""
PIECES = st.sampled_from(WORDS.split())


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=14).map(" ".join))
def test_every_order_of_words_has_calls_that_fit(text: str) -> None:
    route = RULES.route(text, turns=turns("How did I sleep last night?"))
    assert 0 <= route.confidence <= 1
    for call in route.calls:
        assert call.name in TOOL_OF.values()
        SPECS[call.name].arguments(**call.arguments)
