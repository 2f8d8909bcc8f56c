"""What a second opinion learns from, and that it learns."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from wellness.agent.classifier import Classifier
from wellness.agent.opinion import SecondReader, load_weights
from wellness.agent.routes import Intent
from wellness.agent.short_list import asked
from wellness.errors import LessonError
from wellness.lesson.kit import NOW
from wellness.lesson.routing_opinion import Labelled, fit, load_examples, of_set
from wellness.lesson.routing_set import load_routing_set
from wellness.memory.embedder import OllamaEmbedder

ZONE = ZoneInfo("America/New_York")


def words(one: Labelled) -> str:
    said = [message.content for turn in one.turns for message in turn.messages[:1]]
    return asked(one.question, said[-1] if said else "").lower()


def test_there_are_examples_of_each_intent() -> None:
    counted = Counter(one.intent for one in load_examples())
    assert set(counted) == set(Intent)
    assert min(counted.values()) >= 50
    assert any(one.turns for one in load_examples())


def test_no_example_stands_in_the_held_out_half_or_comes_twice() -> None:
    examples = Counter(map(words, load_examples()))
    held_out = set(map(words, of_set(load_routing_set("held-out"), now=NOW)))
    assert not examples.keys() & {one for one in held_out if len(one.split()) > 3}
    assert max(examples.values()) == 1


def test_the_shipped_weights_were_learnt_from_what_is_shipped() -> None:
    """After a change of the questions, `python -m wellness.lesson.routing_opinion` learns anew."""
    development = of_set(load_routing_set("development"), now=NOW)
    shipped = [*development, *load_examples()]
    weights = load_weights()
    assert len(weights.asked) == len(shipped)
    assert list(weights.kinds) == [one.intent.value for one in shipped]
    assert weights.asked[-1].lower() == words(shipped[-1])


def test_it_learns_kinds_from_a_few_questions(embedder: OllamaEmbedder) -> None:
    def of(intent: Intent, some: list[str]) -> list[Labelled]:
        return [Labelled(one, (), intent) for one in some]

    few = [
        *of(Intent.SLEEP, ["How did I sleep on Monday?", "Sleep last night?", "In bed early?"]),
        *of(Intent.GOALS, ["What are my goals?", "List my targets", "Which goal did I set?"]),
    ]  # fmt: skip
    weights = fit(few, embedder, now=NOW, zone=ZONE)
    reader = SecondReader(Classifier(now=NOW, zone=ZONE), embedder, weights)
    assert reader.read("How did I sleep on Friday?").likeliest[0] is Intent.SLEEP
    assert reader.read("What are my targets?").likeliest[0] is Intent.GOALS


@pytest.mark.parametrize("content", ["", "[]", '{"intents": {"cooking": []}}', '{"intents": []}'])
def test_a_file_without_examples_is_an_error(tmp_path: Path, content: str) -> None:
    path = tmp_path / "examples.json"
    path.write_text(content, "utf-8")
    with pytest.raises(LessonError):
        load_examples(path)


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(LessonError, match="no examples"):
        load_examples(tmp_path / "none.json")
