"""The second opinion: what it is formed on, what it says, and doubts that a short list settles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from wellness.agent.classifier import Classifier
from wellness.agent.classifier.parts import Part
from wellness.agent.doubts import AGREED, SecondOpinion, second_opinion
from wellness.agent.opinion import Opinion, SecondReader, Weights, load_weights
from wellness.agent.opinion.features import runs
from wellness.agent.opinion.pieces import Piece, Span, cut, spans
from wellness.agent.opinion.weights import nearest
from wellness.agent.routes import Intent, Route
from wellness.agent.routing import RulesThenModel
from wellness.agent.short_list import EACH, list_messages, list_schema
from wellness.errors import ModelUnavailable, SettingsError
from wellness.lesson.kit import NOW
from wellness.memory.embedder import OllamaEmbedder, Vectors
from wellness.memory.messages import Message, ToolCall, Turn

HOME = ZoneInfo("America/New_York")
RULES = Classifier(now=NOW, zone=HOME)


def turn(said: str) -> tuple[Turn, ...]:
    return (Turn("t", 0, (Message("user", said), Message("assistant", "..."))),)


class Says:
    """A model that chooses one kind, and remembers what it was asked."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.asked: list[tuple[Sequence[Mapping[str, Any]], Mapping[str, Any]]] = []

    def __call__(
        self, messages: Sequence[Mapping[str, Any]], schema: Mapping[str, Any]
    ) -> dict[str, Any]:
        self.asked.append((messages, schema))
        return {"kind": self.kind}


class Opines(SecondReader):
    """A reader whose opinion is given; all else is real."""

    def __init__(self, weights: Weights, embedder: OllamaEmbedder, **shares: float) -> None:
        super().__init__(RULES, embedder, weights)
        self._given = {intent: shares.get(intent.value, 0.0) for intent in Intent}

    def read(self, question: str, turns: Sequence[Turn] = ()) -> Opinion:
        return super().read(question, turns)._replace(shares=self._given)


@pytest.fixture(scope="module")
def weights() -> Weights:
    return load_weights()


@pytest.fixture
def reader(weights: Weights, embedder: OllamaEmbedder) -> SecondReader:
    return SecondReader(RULES, embedder, weights)


# --- what it is formed on -------------------------------------------------------------------------


def test_runs_of_a_shape_know_order_and_counts_but_no_metric() -> None:
    first, other = (
        runs(RULES.shape(text)) for text in ("How many steps yesterday?", "How many flights today?")
    )
    assert first == other
    assert runs("a M b") != runs("b M a")
    assert "# M 2" in runs("M and M")
    assert "after sleep" in runs("and P", Intent.SLEEP)


def test_the_shipped_weights_fit_together(weights: Weights) -> None:
    assert len(weights.asked) == len(weights.kinds) == len(weights.vectors) > 1500
    assert set(weights.kinds) == {intent.value for intent in Intent}
    lengths = np.linalg.norm(weights.vectors, axis=1)
    assert np.allclose(lengths, 1, atol=0.01)


def test_weights_survive_their_file(weights: Weights, tmp_path: Path) -> None:
    again = load_weights(weights.save(tmp_path / "again.npz"))
    assert again.names == weights.names
    assert again.asked == weights.asked
    assert np.array_equal(again.matrix, weights.matrix)


@pytest.mark.parametrize("content", [b"", b"no weights", b"PK\x03\x04broken"])
def test_a_damaged_file_says_how_to_make_another(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "weights.npz"
    path.write_bytes(content)
    with pytest.raises(SettingsError) as caught:
        load_weights(path)
    assert "routing_opinion" in (caught.value.hint or "")


def test_weights_whose_sizes_disagree_are_refused(weights: Weights, tmp_path: Path) -> None:
    for wrong in (
        replace(weights, names=weights.names[:-1], rarity=weights.rarity[:-1]),
        replace(weights, metrics=weights.metrics[:-1]),
    ):
        with pytest.raises(SettingsError, match="sizes"):
            load_weights(wrong.save(tmp_path / "wrong.npz"))


# --- what it says ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "intent"),
    [
        ("What did I weigh most recently?", Intent.RECORDS),
        ("Is my pulse getting slower over the months?", Intent.TREND),
        ("Many thanks, that was lovely of you", Intent.SMALL_TALK),
        ("Which film should I watch with my wife?", Intent.OUT_OF_SCOPE),
        ("Throw away what you know about my hip", Intent.FORGET),
    ],
)
def test_opinions_on_questions_it_has_not_seen(
    reader: SecondReader, question: str, intent: Intent
) -> None:
    opinion = reader.read(question)
    assert opinion.likeliest[0] is intent
    assert sum(opinion.shares.values()) == pytest.approx(1)


def test_talk_around_a_question_counts_half(reader: SecondReader) -> None:
    """The clause that asks is read by itself, too."""
    question = "is my resting heart rate dropping?"
    talk = "My colleague bet me a fiver that it isn't and I'd love to win, "
    alone, wrapped = reader.read(question), reader.read(talk + question)
    assert wrapped.likeliest[0] is alone.likeliest[0] is Intent.TREND


def test_what_was_said_before_counts(reader: SecondReader) -> None:
    alone = reader.read("and in May?")
    after = reader.read("and in May?", turn("How did I sleep in April?"))
    assert after.shares[Intent.SLEEP] > alone.shares[Intent.SLEEP]


def test_examples_are_the_nearest_of_each_kind_and_the_nearest_stands_last(
    reader: SecondReader, weights: Weights
) -> None:
    opinion = reader.read("How many steps did I take yesterday?")
    chosen = reader.examples(opinion, [Intent.AGGREGATE, Intent.FORGET], 3)
    assert [intent for _, intent in chosen].count(Intent.FORGET) == 3
    assert chosen[-1][1] is Intent.AGGREGATE
    numbers = nearest(weights, opinion.vector, ["aggregate"], 5)
    likeness = weights.vectors[numbers] @ opinion.vector
    assert list(likeness) == sorted(likeness)


def test_vectors_of_another_model_are_refused(weights: Weights) -> None:
    class Other:
        model, dimensions = "another", 7

        def embed(self, texts: Sequence[str]) -> Vectors:
            return np.zeros((len(texts), 7), np.float32)

    with pytest.raises(ModelUnavailable, match="384"):
        SecondReader(RULES, Other(), weights).read("Steps?")


# --- the same words with another intent -----------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "intent", "arguments"),
    [
        ("my weight in May", Intent.TREND, {"metric": "BodyMass", "period": "May"}),
        ("my weight in May", Intent.RECORDS, {"metric": "BodyMass", "period": "May"}),
        ("sleep, this week and last week", Intent.COMPARE,
         {"metric": "SleepAnalysis", "period": "this week", "other_period": "last week"}),
        ("10,000 steps in June", Intent.PROGRESS,
         {"metric": "StepCount", "target": 10000, "period": "June"}),
        ("running in June", Intent.AGGREGATE,
         {"metric": "DistanceWalkingRunning", "aggregation": "sum", "period": "June"}),
        ("goals in May", Intent.GOALS, {"period": "May"}),
    ],
)  # fmt: skip
def test_words_become_the_arguments_of_another_tool(
    question: str, intent: Intent, arguments: dict[str, Any]
) -> None:
    (found,) = RULES.calls_as(intent, question)
    assert found.arguments == arguments


def test_what_lacks_its_arguments_has_no_calls(reader: SecondReader) -> None:
    assert RULES.calls_as(Intent.COMPARE, "steps in May") == ()
    assert reader.calls(Intent.COMPARE, "steps in May") is None
    assert reader.calls(Intent.OUT_OF_SCOPE, "steps in May") == ()


def test_a_later_part_that_wants_it_begins_the_message() -> None:
    question = "How many steps did I take yesterday, and how did I sleep?"
    assert [one.name for one in RULES.calls_as(Intent.SLEEP, question)] == ["get_sleep_analysis"]


# --- doubts ---------------------------------------------------------------------------------------


def test_where_both_agree_no_model_is_asked(embedder: OllamaEmbedder) -> None:
    model = Says("sleep")
    question = "How many steps did I take yesterday?"
    route = second_opinion(RULES, embedder, model).settle(RULES.route(question), question)
    assert (route.by, route.calls, model.asked) == ("rules", RULES.route(question).calls, [])
    assert route.confidence >= AGREED


def test_a_model_chooses_from_a_short_list(weights: Weights, embedder: OllamaEmbedder) -> None:
    question = "Perhaps the flumox of my weight in May?"
    rules = RULES.route(question)
    model = Says("trend")
    reader = Opines(weights, embedder, trend=0.6, compare=0.25, aggregate=0.15)
    route = SecondOpinion(reader, model).settle(rules, question)
    assert route.calls == (ToolCall("trend_analysis", {"metric": "BodyMass", "period": "May"}),)
    assert (route.by, route.intent) == ("model", Intent.TREND)
    ((messages, schema),) = model.asked
    listed = schema["properties"]["kind"]["enum"]
    assert listed == [rules.intent.value, "trend"]  # a comparison has one period only
    assert len(messages) == 2 + 2 * EACH * len(listed)
    assert messages[-1]["content"] == question


def test_rules_that_are_sure_outvote_a_weak_opinion(
    weights: Weights, embedder: OllamaEmbedder
) -> None:
    question = "How many steps did I take yesterday?"
    reader = Opines(weights, embedder, progress=0.75, aggregate=0.2)
    model = Says("aggregate")
    route = SecondOpinion(reader, model).settle(RULES.route(question), question)
    assert route.calls == RULES.route(question).calls
    assert len(model.asked) == 1


@pytest.mark.parametrize(
    ("progress", "aggregate", "intent"),
    [(0.5, 0.45, Intent.AGGREGATE), (0.999, 0.001, Intent.PROGRESS)],
)
def test_a_model_is_not_asked_where_its_vote_could_not_decide(
    weights: Weights, embedder: OllamaEmbedder, progress: float, aggregate: float, intent: Intent
) -> None:
    question = "How many steps did I take yesterday?"
    rules = replace(RULES.route(question), confidence=0.93 if aggregate > 0.1 else 0.6)
    for vote in ("aggregate", "progress"):
        model = Says(vote)
        reader = Opines(weights, embedder, progress=progress, aggregate=aggregate)
        route = SecondOpinion(reader, model).settle(rules, question)
        assert (route.intent, route.by, model.asked) == (intent, "rules", [])


def test_without_a_model_rules_and_opinion_settle_it(
    weights: Weights, embedder: OllamaEmbedder
) -> None:
    def gone(messages: object, schema: object) -> dict[str, Any]:
        raise ModelUnavailable("qwen", "http://127.0.0.1:1", "nobody answers")

    question = "How many steps did I take yesterday?"
    reader = Opines(weights, embedder, progress=0.75, aggregate=0.2)
    route = SecondOpinion(reader, gone).settle(RULES.route(question), question)
    assert route.by == "rules"
    assert "no model answered" in route.why[-1]


def test_an_answer_beside_the_list_is_no_vote(weights: Weights, embedder: OllamaEmbedder) -> None:
    question = "How many steps did I take yesterday?"
    reader = Opines(weights, embedder, progress=0.75, aggregate=0.2)
    route = SecondOpinion(reader, Says("weather")).settle(RULES.route(question), question)
    assert (route.by, route.intent) == ("rules", Intent.AGGREGATE)


def test_without_embeddings_the_threshold_decides_as_before(weights: Weights) -> None:
    class Gone:
        model, dimensions = "gone", 384

        def embed(self, texts: Sequence[str]) -> Vectors:
            raise ModelUnavailable("minilm", "http://127.0.0.1:1", "nobody answers")

    class Never:
        def route(self, question: str, *, turns: Sequence[Turn] = ()) -> Route:
            raise AssertionError(question)

    second = SecondOpinion(SecondReader(RULES, Gone(), weights), Says("sleep"))
    router = RulesThenModel(RULES, Never(), threshold=0.5, second=second)
    route = router.route("How many steps did I take yesterday?")
    assert route.calls == RULES.route("How many steps did I take yesterday?").calls
    assert "no second opinion" in route.why[-1]


# --- piece by piece -------------------------------------------------------------------------------


def settled(embedder: OllamaEmbedder, question: str, turns: Sequence[Turn] = ()) -> Route:
    route = RULES.route(question, turns=turns)
    return second_opinion(RULES, embedder, Says("none")).settle(route, question, turns)


def part(text: str, intent: Intent = Intent.AGGREGATE) -> Part:
    return replace(RULES.parts(text)[0], intent=intent)


def test_pieces_begin_at_conjunctions_and_questions_and_tell_nothing() -> None:
    text = "My legs hurt, how far did I run and steps in May, roughly. I am tired. Show my rings"
    assert cut(text) == ["how far did I run", "steps in May, roughly.", "Show my rings"]


def test_pieces_belong_to_the_parts_that_hold_them_and_keep_their_order() -> None:
    first, second, talk, last = (
        Piece(text, {Intent.SLEEP: 1.0})
        for text in ("steps in May?", "weight in May", "what else is there", "swims in June")
    )
    parts = [part("steps in May and weight in May"), part("swims in June.")]
    found = spans(parts, [first, second, talk, last])
    assert found == [Span(parts[0], (first, second)), Span(None, (talk,)), Span(parts[1], (last,))]


@pytest.mark.parametrize(
    ("question", "tools"),
    [
        ("Fluids I took in today, and is two litres considered healthy for a woman?",
         ["aggregate_metrics", "recall_memories"]),
        ("Run I did last, and is my running power trending down since April?",
         ["search_workouts_and_activity", "trend_analysis"]),
        ("Sleep last night was how long and what name did I give you for my dentist",
         ["get_sleep_analysis", "recall_memories"]),
    ],
)  # fmt: skip
def test_each_piece_has_its_calls(
    embedder: OllamaEmbedder, question: str, tools: list[str]
) -> None:
    assert [one.name for one in settled(embedder, question).calls] == tools


@pytest.mark.parametrize(
    "question",
    [
        "The neighbour's cat is my only nurse and my chair has my shape now, how did I sleep?",
        "I forget constantly, and my nurse is a stickler, when did I last meditate?",
        "How many steps did I take yesterday, and how many on Monday?",
    ],
)
def test_talk_is_no_part_and_the_same_is_asked_once(
    embedder: OllamaEmbedder, question: str
) -> None:
    assert settled(embedder, question).calls == RULES.route(question).calls


def test_what_is_refused_as_a_whole_stays_refused(embedder: OllamaEmbedder) -> None:
    question = "Do I have diabetes, and what is my latest glucose reading telling a doctor?"
    rules = replace(RULES.route(question), intent=Intent.OUT_OF_SCOPE, calls=())
    reader = Opines(load_weights(), embedder, out_of_scope=1.0)
    assert len(reader.read(question).pieces) == 2
    assert SecondOpinion(reader, Says("records")).settle(rules, question).calls == ()


def test_all_pieces_are_read_in_one_request(weights: Weights, embedder: OllamaEmbedder) -> None:
    class Counts:
        model, dimensions = embedder.model, embedder.dimensions

        def __init__(self) -> None:
            self.requests: list[Sequence[str]] = []

        def embed(self, texts: Sequence[str]) -> Vectors:
            self.requests.append(texts)
            return embedder.embed(texts)

    counts = Counts()
    read = SecondReader(RULES, counts, weights).read
    assert len(read("How did I sleep on Monday, and is my weight falling?").pieces) == 2
    assert read("How did I sleep on Monday?").pieces == ()
    assert [len(texts) for texts in counts.requests] == [3, 1]


def test_the_prompt_begins_the_same_for_all_questions() -> None:
    one, other = (list_messages(text, "", []) for text in ("Steps?", "Sleep?"))
    assert one[0] == other[0]
    assert list_schema([Intent.SLEEP, Intent.GOALS])["properties"]["kind"]["enum"] == [
        "sleep", "goals",
    ]  # fmt: skip
