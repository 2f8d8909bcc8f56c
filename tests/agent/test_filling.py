"""What a question surely wants and no rule can call: who finds its metric, and when nobody does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from wellness.agent.classifier import Classifier
from wellness.agent.classifier.nearly import read_freely
from wellness.agent.doubts import SecondOpinion
from wellness.agent.filling import CLEAR, FILLED, NONE
from wellness.agent.opinion import Opinion, SecondReader, load_weights
from wellness.agent.routes import UNTOLD, Intent, Route
from wellness.agent.routing import ModelRouter, RulesThenModel
from wellness.errors import ModelUnavailable
from wellness.lesson.kit import NOW
from wellness.memory.embedder import OllamaEmbedder
from wellness.memory.messages import Message, ToolCall, Turn

HOME = ZoneInfo("America/New_York")
RULES = Classifier(now=NOW, zone=HOME)
UNKNOWN = "Is my floop going down since the divorce?"  # what a floop is, no table says


class Chooses:
    """A model that chooses one metric, and remembers which it could choose from."""

    def __init__(self, metric: str) -> None:
        self.metric = metric
        self.listed: list[list[str]] = []

    def __call__(
        self, messages: Sequence[Mapping[str, Any]], schema: Mapping[str, Any]
    ) -> dict[str, Any]:
        (form,) = schema["properties"].values()
        self.listed.append(list(form["enum"]))
        return {"metric": self.metric}


def gone(messages: object, schema: object) -> dict[str, Any]:
    raise ModelUnavailable("qwen", "http://127.0.0.1:1", "nobody answers")


class Knows(SecondReader):
    """A reader whose opinion, and what it holds words for, are given; all else is real."""

    def __init__(self, embedder: OllamaEmbedder, about: dict[str, float], **shares: float) -> None:
        super().__init__(RULES, embedder, load_weights())
        self._about, self._given = about, {one: shares.get(one.value, 0.0) for one in Intent}

    def read(self, question: str, turns: Sequence[Turn] = ()) -> Opinion:
        return super().read(question, turns)._replace(shares=self._given, pieces=())

    def metrics(self, question: str, turns: Sequence[Turn] = ()) -> dict[str, float]:
        return self._about


def settled(reader: SecondReader, question: str, choose: Any = gone) -> Route:
    second = SecondOpinion(reader, choose)
    model = ModelRouter(choose, now=NOW, zone=HOME)
    return RulesThenModel(RULES, model, threshold=0.5, second=second).route(question)


# --- words read freely ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("how many fals in May", "how many falls in May"),
        ("daylite on Monday", "daylight on Monday"),
        ("drinsk on saturady nite", "drinks on saturady nite"),  # days are left to the spelling
        ("What did I tell you about Lisbon?", "What did I tell you about Lisbon?"),
    ],
)
def test_unknown_words_are_read_as_metrics_they_sound_like(typed: str, meant: str) -> None:
    assert read_freely(typed) == meant


@pytest.mark.parametrize(
    ("question", "arguments"),
    [
        ("how meny fals in agust",
         {"metric": "NumberOfTimesFallen", "aggregation": "sum", "period": "august"}),
        ("daylite minuts on mondya",
         {"metric": "TimeInDaylight", "aggregation": "sum", "period": "monday"}),
    ],
)  # fmt: skip
def test_misspelt_metrics_are_called_where_the_intent_is_sure(
    embedder: OllamaEmbedder, question: str, arguments: dict[str, Any]
) -> None:
    """The rules alone take them for the second half of something."""
    assert UNTOLD in RULES.route(question).why
    route = settled(Knows(embedder, {}, aggregate=0.7), question)
    assert route.calls == (ToolCall("aggregate_metrics", arguments),)
    assert settled(Knows(embedder, {}, aggregate=FILLED - 0.01), question).calls == ()


# --- what words mean ------------------------------------------------------------------------------


def test_learnt_words_name_a_metric_and_the_rules_read_the_rest(embedder: OllamaEmbedder) -> None:
    question = "Is my drinking going down since the divorce?"
    assert RULES.route(question).intent is Intent.RECALL
    wanted = {"metric": "NumberOfAlcoholicBeverages", "period": "since the divorce"}
    reader = SecondReader(RULES, embedder, load_weights())
    assert settled(reader, question).calls == (ToolCall("trend_analysis", wanted),)


def test_what_is_about_no_metric_is_learnt_too(embedder: OllamaEmbedder) -> None:
    reader = SecondReader(RULES, embedder, load_weights())
    for question in ("Is my mood improving since May?", "Is my bank balance rising this year?"):
        assert reader.read(question).likeliest[0] is Intent.TREND
        name, share = next(iter(reader.metrics(question).items()))
        assert name == "" or share < CLEAR
        assert settled(reader, question).calls == RULES.route(question).calls


def test_times_do_not_say_what_a_question_is_about(embedder: OllamaEmbedder) -> None:
    reader = SecondReader(RULES, embedder, load_weights())
    first, other = (
        reader.metrics(f"Is my drinking going down since {time}?") for time in ("May", "2025")
    )
    assert first == other
    assert sum(first.values()) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize(("share", "called"), [(CLEAR, True), (CLEAR - 0.01, False)])
def test_a_metric_has_to_be_clear(embedder: OllamaEmbedder, share: float, called: bool) -> None:
    reader = Knows(embedder, {"BodyMass": share, "HeartRate": 0.1}, trend=0.9)
    route = settled(reader, UNKNOWN)
    assert (route.intent is Intent.TREND) is called
    assert (route.calls == RULES.route(UNKNOWN).calls) is not called


def test_nothing_is_filled_where_the_rules_can_call_it(embedder: OllamaEmbedder) -> None:
    reader = Knows(embedder, {"HeartRate": 0.99}, trend=0.99)
    (found,) = settled(reader, "my weight in May").calls
    assert found.arguments["metric"] == "BodyMass"


# --- a model --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("chosen", "called"), [("BodyMass", True), (NONE, False), ("Mood", False)])
def test_a_model_chooses_among_the_likeliest_metrics(
    embedder: OllamaEmbedder, chosen: str, called: bool
) -> None:
    about = {"HeartRate": 0.4, "BodyMass": 0.3, "": 0.2, "VO2Max": 0.01}
    model = Chooses(chosen)
    route = settled(Knows(embedder, about, trend=0.9), UNKNOWN, model)
    assert model.listed == [["HeartRate", "BodyMass", NONE]]
    wanted = {"metric": "BodyMass", "period": "since the divorce"}
    assert (route.calls == (ToolCall("trend_analysis", wanted),)) is called
    assert (route.by == "model") is called


def test_no_model_is_asked_where_it_may_be_no_metric_at_all(embedder: OllamaEmbedder) -> None:
    model = Chooses("HeartRate")
    about = {"": 0.4, "HeartRate": 0.3, "BodyMass": 0.2}
    route = settled(Knows(embedder, about, trend=0.9), UNKNOWN, model)
    assert (route.calls, model.listed) == (RULES.route(UNKNOWN).calls, [])


def test_no_model_is_asked_what_was_not_said_before(embedder: OllamaEmbedder) -> None:
    question = "And in July?"
    assert UNTOLD in RULES.route(question).why
    model = Chooses("BodyMass")
    route = settled(
        Knows(embedder, {"BodyMass": 0.4, "HeartRate": 0.4}, aggregate=0.9), question, model
    )
    assert (route.calls, model.listed) == ((), [])
    assert UNTOLD in route.why


# --- periods of the question before ---------------------------------------------------------------


def test_two_periods_of_the_question_before_are_compared() -> None:
    said = Message("user", "How many steps in March and April?"), Message("assistant", "...")
    (found,) = RULES.calls_as(Intent.COMPARE, "Which was higher?", (Turn("t", 0, said),))
    assert found.arguments == {
        "metric": "StepCount", "period": "March", "other_period": "April",
    }  # fmt: skip
