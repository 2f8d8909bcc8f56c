"""Shared knowledge: the shipped file is sound, everybody finds it, and loading it again is safe."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from redis import Redis

from wellness import keys
from wellness.errors import ModelUnavailable, RecallError
from wellness.keys import EVERYONE
from wellness.memory.embedder import OllamaEmbedder
from wellness.memory.knowledge import load_knowledge, read_knowledge
from wellness.memory.long_term import LongTerm
from wellness.settings import Settings

from .geometry import Scattered

SHIPPED = Path(__file__).parents[2] / "data" / "wellness_facts.json"
Make = Callable[..., LongTerm]


@pytest.fixture
def make(client: Redis, namespace: str) -> Make:
    """Makes memories; by default everybody's."""

    def build(user: str = EVERYONE, embedder: Any = None) -> LongTerm:
        return LongTerm(
            client, embedder or Scattered(), user, settings=Settings(), clock=time.time,
            namespace=namespace, shared=user == EVERYONE,
        )  # fmt: skip

    return build


def some(path: Path, year: int = 2020, **texts: str) -> Path:
    source = {"organisation": "WHO", "title": "A guideline", "year": year, "url": "https://who.int"}
    rows = [{"id": id, "text": text, "source": source} for id, text in texts.items()]
    path.write_text(json.dumps({"facts": rows}), "utf-8")
    return path


def test_the_shipped_facts_are_sound() -> None:
    facts = read_knowledge(SHIPPED)
    assert len(facts) >= 40
    assert len({fact.text for fact in facts}) == len(facts)
    this_year = time.gmtime().tm_year
    for fact in facts:
        source = fact.slots["source"]
        assert 1990 <= source["year"] <= this_year
        assert time.gmtime(fact.at)[:3] == (source["year"], 1, 1)
        assert urlsplit(source["url"]).scheme == "https"
        assert source["title"].strip()
        assert source["organisation"].strip()
        assert fact.text[0].isupper() or fact.text[0].isdigit()
        assert fact.text.endswith(".")
        assert 30 <= len(fact.text) <= 200, "one statement"


def test_everybody_finds_them_with_their_source(make: Make, embedder: OllamaEmbedder) -> None:
    loaded = load_knowledge(make(embedder=embedder), SHIPPED)
    assert (loaded.new, loaded.gone) == (loaded.facts, 0)
    ann = make("ann", embedder)
    for question, id in (
        ("How many hours should I sleep?", "sleep-adults"),
        ("What is a normal resting pulse?", "resting-heart-rate"),
        ("Is my BMI of 27 too high?", "bmi-classes"),
        ("How much salt is healthy?", "salt"),
        ("What does SDNN mean?", "hrv-sdnn"),
    ):
        hits = ann.recall(question, now=int(time.time()), k=3).hits
        found = {hit.memory.fact.source.removeprefix("knowledge:"): hit.memory for hit in hits}
        assert id in found, question
        assert found[id].shared
        assert found[id].fact.slots["source"]["title"]
    assert ann.all() == []


def test_loading_again_changes_nothing(make: Make, client: Redis, namespace: str) -> None:
    everyone = make()
    load_knowledge(everyone, SHIPPED)
    before = {memory.id: memory.fact for memory in everyone.all()}
    again = load_knowledge(make(), SHIPPED)
    assert (again.facts, again.new, again.gone) == (len(before), 0, 0)
    assert {memory.id: memory.fact for memory in everyone.all()} == before
    assert keys.audit(client, namespace) == []


def test_the_file_decides(make: Make, tmp_path: Path) -> None:
    everyone = make()
    load_knowledge(everyone, some(tmp_path / "1", a="Sleep well.", b="Walk much.", c="Drink."))
    changed = some(tmp_path / "2", a="Sleep well.", b="Walk more.", d="Eat less salt.")
    assert load_knowledge(everyone, changed)[1:] == (2, 2), "c, and the old wording of b"
    assert sorted(m.fact.text for m in everyone.all()) == [
        "Eat less salt.", "Sleep well.", "Walk more."]  # fmt: skip


@pytest.mark.parametrize("year", [2012, 2024])
def test_a_fact_from_an_older_or_newer_source_is_the_one_that_holds(
    make: Make, tmp_path: Path, year: int
) -> None:
    everyone = make()
    load_knowledge(everyone, some(tmp_path / "1", a="Sleep well."))
    assert load_knowledge(everyone, some(tmp_path / "2", year, a="Sleep well."))[1:] == (1, 1)
    (kept,) = everyone.all(history=False)
    assert kept.fact.slots["source"]["year"] == year
    (hit,) = make("ann").recall("sleep", now=int(time.time())).hits
    assert hit.memory == kept


def test_another_embedder_finds_them_after_loading_again(make: Make) -> None:
    old = load_knowledge(make(), SHIPPED)
    other = Scattered(8, "other:8")
    assert load_knowledge(make(embedder=other), SHIPPED) == (old.facts, old.facts, old.facts)
    hits = make("ann", other).recall("salt", now=int(time.time())).hits
    assert hits[0].why.vector_rank is not None


def test_no_person_becomes_the_owner(make: Make) -> None:
    ann = make("ann")
    with pytest.raises(RecallError, match="'ann'"):
        load_knowledge(ann, SHIPPED)
    assert ann.all() == []


def test_without_a_model_nothing_changes(make: Make, tmp_path: Path) -> None:
    load_knowledge(make(), some(tmp_path / "1", a="Sleep well."))

    class Down(Scattered):
        def embed(self, texts: object) -> Any:
            raise ModelUnavailable(self.model, "nowhere", "it is down")

    with pytest.raises(ModelUnavailable):
        load_knowledge(make(embedder=Down()), some(tmp_path / "2", b="Walk much."))
    assert [memory.fact.text for memory in make().all()] == ["Sleep well."]


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"facts": [{"id": "a"}]}', '{"facts": [{"id": "a", "text": "x"}]}',
     '{"facts": [{"id": "a", "text": "x", "source": {"title": "t"}}]}', "not json"],
)  # fmt: skip
def test_what_is_no_knowledge_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "facts.json"
    with pytest.raises(RecallError, match="no knowledge in"):
        read_knowledge(path)
    path.write_text(text)
    with pytest.raises(RecallError, match="no list of facts"):
        read_knowledge(path)


def test_two_facts_of_one_id_are_refused(tmp_path: Path) -> None:
    path = some(tmp_path / "facts.json", a="Sleep well.")
    rows = json.loads(path.read_text())["facts"]
    path.write_text(json.dumps({"facts": rows * 2}))
    with pytest.raises(RecallError, match="one id"):
        read_knowledge(path)
