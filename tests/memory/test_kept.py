"""What is kept of a person can be seen, exported and deleted, and survives a change of model."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from redis import Redis

from wellness import keys
from wellness.errors import ModelUnavailable, RecallError
from wellness.keys import EVERYONE
from wellness.memory import kept, long_term
from wellness.memory.embedder import Vectors
from wellness.memory.kept import Kept
from wellness.memory.kinds import Fact, MemoryKind
from wellness.memory.long_term import LongTerm
from wellness.settings import Settings

from .geometry import Scattered

Make = Callable[..., LongTerm]
NEW = Scattered(8, "new:8")


@pytest.fixture
def make(client: Redis, namespace: str) -> Make:
    """Makes memories; by default Ann's."""

    def build(user: str = "ann", embedder: Any = None, shared: bool = False) -> LongTerm:
        return LongTerm(
            client, embedder or Scattered(), user, settings=Settings(), clock=time.time,
            namespace=namespace, shared=shared,
        )  # fmt: skip

    return build


def notes(n: int) -> list[Fact]:
    return [Fact(f"note {i}", MemoryKind.FACT, 1_000 + i, signature=f"{i}") for i in range(n)]


def goal(value: int, at: int) -> Fact:
    return Fact(
        f"goal {value}", MemoryKind.GOAL, at, subject="goal:x", signature=f"{value}",
        slots={"value": value}, importance=0.75, source="turn 1",
    )  # fmt: skip


def test_a_person_needs_no_model_to_see_and_delete(
    make: Make, client: Redis, namespace: str
) -> None:
    memory = make()
    memory.remember([*notes(3), goal(1, 10), goal(2, 20)])
    plain = Kept(client, "ann", namespace=namespace)
    assert [m.id for m in plain.all()] == [m.id for m in memory.all()]
    assert len(plain.all(history=False)) == 4
    assert [m.fact.text for m in plain.history("goal:x")] == ["goal 1", "goal 2"]
    assert plain.forget(plain.all()[0].id)
    assert plain.forget_all() == 4
    assert memory.all() == []
    assert list(keys.scan(client, namespace)) == []
    for user, shared in (("", False), (EVERYONE, False), ("ann", True)):
        with pytest.raises(RecallError):
            Kept(client, user, namespace=namespace, shared=shared)


def test_the_export_is_everything_and_json(make: Make) -> None:
    memory = make()
    memory.remember([goal(1, 10), goal(2, 20), *notes(1)])
    exported = json.loads(json.dumps(memory.export()))
    assert [one["text"] for one in exported] == ["goal 1", "goal 2", "note 0"]
    first = exported[0]
    assert first.pop("id")
    assert first.pop("expires_at") > time.time()
    assert first == {
        "text": "goal 1", "kind": "goal", "at": 10, "subject": "goal:x", "signature": "1",
        "valid_from": 10, "valid_until": 20, "importance": 0.75, "source": "turn 1",
        "slots": {"value": 1}, "embedder": "scattered%3A16:16", "shared": False,
    }  # fmt: skip
    assert exported[1]["valid_until"] is None


def test_more_than_one_batch(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "BATCH", 7)
    monkeypatch.setattr(long_term, "BATCH", 7)
    memory = make()
    memory.remember(notes(30))
    assert sorted(m.fact.at for m in memory.all()) == list(range(1_000, 1_030))
    other = make(embedder=NEW)
    assert other.reembed() == 30
    assert len(other.recall("note", now=5_000, k=100).hits) == 30
    assert memory.forget_all() == 30


def test_nothing_that_was_recalled_is_stored_again(make: Make) -> None:
    memory = make()
    memory.remember([*notes(3), goal(1, 10), goal(2, 20)])
    before = memory.all()
    assert {s.outcome for s in memory.remember([m.fact for m in before])} == {"duplicate"}
    assert [(m.id, m.fact) for m in memory.all()] == [(m.id, m.fact) for m in before]


def test_an_echo_of_what_was_recalled_renews_nothing(make: Make) -> None:
    memory = make()
    memory.remember([Fact("I like tea.", MemoryKind.PREFERENCE, 1_000)])
    (known,) = memory.recall("tea", now=2_000).hits
    echo = Fact("i like  tea", MemoryKind.FACT, 2_000)
    news = Fact("I like coffee.", MemoryKind.PREFERENCE, 2_000)
    outcomes = memory.remember([news, echo, news], recalled=[known.memory])
    assert [one.outcome for one in outcomes] == ["new", "recalled", "duplicate"]
    assert outcomes[1].id == known.memory.id
    assert [m.fact.at for m in memory.all()] == [1_000, 2_000]
    said = memory.remember([replace_at(known.memory.fact, 3_000)])
    assert said[0].outcome == "duplicate", "said without having been shown it: renewed"
    assert {m.fact.at for m in memory.all()} == {2_000, 3_000}
    assert memory.remember([echo], recalled=[known.memory])[0].outcome == "recalled"
    assert memory.remember([]) == []


def replace_at(fact: Fact, at: int) -> Fact:
    return Fact(fact.text, fact.kind, at)


# --- a change of model ----------------------------------------------------------------------------


def test_what_is_stated_again_under_another_model_is_found_by_it(make: Make) -> None:
    old, new = make(), make(embedder=NEW)
    (stored,) = old.remember([goal(1, 10)])
    assert new.recall("goal", now=100).hits == ()
    (again,) = new.remember([goal(1, 20)])
    assert (again.id, again.outcome) == (stored.id, "duplicate")
    (hit,) = new.recall("goal 1", now=100).hits
    assert hit.why.distance == pytest.approx(0, abs=1e-4)
    assert hit.memory.embedder == new.index.embedder
    assert old.recall("goal", now=100).hits == ()
    assert old.index.info().failures == new.index.info().failures == 0


def test_all_memories_get_the_vectors_of_another_model(make: Make) -> None:
    old, new = make(), make(embedder=NEW)
    old.remember([*notes(9), goal(1, 10), goal(2, 20)])
    make("ben").remember(notes(2))
    assert new.reembed() == 11
    assert new.reembed() == 0
    everything = NEW.embed([m.fact.text for m in new.all()])
    asked = NEW.embed(["note 4"])[0]
    hits = new.recall("note 4", now=5_000, k=20, history=True).hits
    assert len(hits) == 11
    assert sorted(hit.why.distance or 0 for hit in hits) == pytest.approx(
        np.sort(1 - everything @ asked).tolist(), abs=1e-4
    )
    assert len(make("ben").all()) == 2
    assert {m.embedder for m in make("ben").all()} == {old.index.embedder}


def test_a_memory_that_is_forgotten_meanwhile_stays_forgotten(
    make: Make, client: Redis, namespace: str
) -> None:
    old = make()
    first, *_ = old.remember(notes(3))

    class Slow(Scattered):
        def embed(self, texts: Any) -> Vectors:
            old.forget(first.id)
            return super().embed(texts)

    new = make(embedder=Slow(8, "new:8"))
    new.reembed()
    assert client.exists(new.keys.memory(first.id)) == 0
    assert len(new.all()) == 2
    assert keys.audit(client, namespace) == []


def test_a_model_that_goes_away_leaves_every_memory_with_one_vector(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(long_term, "BATCH", 4)
    make().remember(notes(10))

    class Tired(Scattered):
        calls = 0

        def embed(self, texts: Any) -> Vectors:
            self.calls += 1
            if self.calls > 1:
                raise ModelUnavailable(self.model, "nowhere", "it is down")
            return super().embed(texts)

    tired = make(embedder=Tired(8, "new:8"))
    with pytest.raises(ModelUnavailable):
        tired.reembed()
    assert tired.index.info().documents == 4
    assert make().index.info().documents == 6
    assert make(embedder=NEW).reembed() == 6
