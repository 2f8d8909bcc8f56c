"""What leans on the question before it, what sets it right, and what only sounds like data."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from wellness.agent.classifier import Classifier
from wellness.agent.classifier.spelling import tidy
from wellness.agent.routes import Intent
from wellness.lesson.kit import NOW
from wellness.memory.messages import Message, Turn

RULES = Classifier(now=NOW, zone=ZoneInfo("America/New_York"))


def after(said: str, question: str) -> tuple[Intent, list[dict[str, Any]]]:
    turns = (Turn("t", 0, (Message("user", said), Message("assistant", "..."))),) if said else ()
    route = RULES.route(question, turns=turns)
    return route.intent, [one.arguments for one in route.calls]


@pytest.mark.parametrize(
    ("said", "question", "intent", "arguments"),
    [
        ("What is my blood oxygen?", "when was it measured?", Intent.RECORDS,
         {"metric": "OxygenSaturation"}),
        ("How did I sleep during my flu?", "my heart rate during that?", Intent.AGGREGATE,
         {"metric": "HeartRate", "aggregation": "average", "period": "during my flu"}),
        ("How did I sleep on Monday?", "How much of it was deep sleep?", Intent.SLEEP,
         {"period": "Monday"}),
        ("How did I sleep on Monday?", "When did I get up?", Intent.SLEEP, {"period": "Monday"}),
        ("How many steps on Sunday?", "how far was that?", Intent.AGGREGATE,
         {"metric": "DistanceWalkingRunning", "aggregation": "sum", "period": "Sunday"}),
        ("How far did I walk on Saturday?", "What about the Saturday before?", Intent.AGGREGATE,
         {"metric": "DistanceWalkingRunning", "aggregation": "sum",
          "period": "19 September 2026"}),
        ("Are my steps up this week against last week?", "now do it for flights", Intent.COMPARE,
         {"metric": "FlightsClimbed", "period": "this week", "other_period": "last week"}),
        ("What is my step goal?", "On how many days did I make that in May?", Intent.PROGRESS,
         {"metric": "StepCount", "period": "May"}),
        ("My goal weight is 70 kg.", "How far am I from that?", Intent.PROGRESS,
         {"metric": "BodyMass"}),
        ("Is my HRV rising?", "what was it yesterday?", Intent.AGGREGATE,
         {"metric": "HeartRateVariabilitySDNN", "aggregation": "average", "period": "yesterday"}),
        ("How many bike rides in August?", "how many kilometres in total?", Intent.WORKOUTS,
         {"activity": "Cycling", "period": "August"}),
    ],
)  # fmt: skip
def test_the_rest_stands_in_the_question_before(
    said: str, question: str, intent: Intent, arguments: dict[str, Any]
) -> None:
    assert after(said, question) == (intent, [arguments])


@pytest.mark.parametrize(
    ("said", "question", "intent"),
    [
        ("My goal weight is 150 lb.", "Sorry, 155.", Intent.REMEMBER),
        ("I hurt my left knee.", "Sorry, the right one.", Intent.REMEMBER),
        ("What is my goal weight?", "Make that 155.", Intent.REMEMBER),
        ("I'm a vegetarian.", "no wait, delete that", Intent.FORGET),
        ("I'm allergic to nuts.", "No, forget it, I was wrong.", Intent.FORGET),
        ("I hurt my left knee.", "no worries", Intent.SMALL_TALK),
        ("How many steps yesterday?", "Sorry about that", Intent.SMALL_TALK),
    ],
)
def test_what_sets_right_what_was_told(said: str, question: str, intent: Intent) -> None:
    assert after(said, question)[0] is intent


@pytest.mark.parametrize(
    "question",
    ["You're a star.", "That'll be all for today.", "Great stuff, talk later", "I'm back!",
     "Good night, sleep well!", "That's all from me, have a nice evening!"],
)  # fmt: skip
def test_praise_and_partings_are_small_talk(question: str) -> None:
    assert after("", question) == (Intent.SMALL_TALK, [])


@pytest.mark.parametrize(
    "question",
    ["How do I fix a flat bicycle tyre?", "Where can I buy cheap dumbbells?",
     "Is my thyroid underactive?", "Recommend me a podcast for my run",
     "Can you get running shoes delivered to my office?", "How old is Tom Cruise?",
     "Cancel my gym membership", "My watch won't charge."],
)  # fmt: skip
def test_what_no_tool_can_do(question: str) -> None:
    assert after("", question) == (Intent.OUT_OF_SCOPE, [])


@pytest.mark.parametrize(
    ("question", "arguments"),
    [
        ("Monday or Tuesday: which had the bigger step count?",
         {"metric": "StepCount", "period": "Monday", "other_period": "Tuesday"}),
        ("Was my pulse lower this month than last?",
         {"metric": "HeartRate", "period": "this month", "other_period": "last month"}),
        ("Did I walk faster after my surgery than before it?",
         {"metric": "WalkingSpeed", "period": "after my surgery",
          "other_period": "before my surgery"}),
        ("Contrast my sleep in spring with my sleep in summer.",
         {"metric": "SleepAnalysis", "period": "spring", "other_period": "summer"}),
    ],
)  # fmt: skip
def test_two_periods_that_are_named_briefly(question: str, arguments: dict[str, Any]) -> None:
    assert after("", question) == (Intent.COMPARE, [arguments])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("stpes so far tihs morning", "steps so far this morning"),
        ("las week", "last week"),
        ("steps last moth", "steps last month"),
        ("a moth in the kitchen", "a moth in the kitchen"),
        ("the Fourth of July", "4 July"),
        ("how did i sleep lastnight", "how did i sleep last night"),
    ],
)
def test_slips_that_only_their_neighbours_give_away(typed: str, meant: str) -> None:
    assert tidy(typed).text == meant
