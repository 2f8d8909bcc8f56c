"""Both memories together: one turn in, a context within its budget out, and what fails alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from redis import Redis

from wellness.errors import ModelUnavailable, RecallError
from wellness.memory.context import fit_memories, line
from wellness.memory.dual import DualMemory
from wellness.memory.embedder import OllamaEmbedder, Vectors
from wellness.memory.kinds import Fact, Memory, MemoryKind
from wellness.memory.long_term import LongTerm
from wellness.memory.messages import Message, Turn
from wellness.memory.recall import Hit, Why
from wellness.memory.short_term import ShortTerm
from wellness.memory.tokens import Tiktoken, cost
from wellness.memory.turns import turn
from wellness.settings import Settings

from .geometry import Scattered

HOME = ZoneInfo("America/New_York")
NOW = datetime(2026, 9, 30, 20, 15, tzinfo=HOME)
Make = Callable[..., DualMemory]


class Switch(Scattered):
    """An embedder that can be switched off."""

    on = True

    def embed(self, texts: Sequence[str]) -> Vectors:
        if not self.on:
            raise ModelUnavailable("mini", "nowhere", "it is gone")
        return super().embed(texts)


@pytest.fixture
def make(client: Redis, namespace: str) -> Make:
    """Makes dual memories; by default Ann's, over vectors of known geometry."""

    def build(
        embedder: object = None, *, user: str = "ann", other: str = "", via: Redis = client,
        **changed: object,
    ) -> DualMemory:  # fmt: skip
        known = Settings(**changed)  # type: ignore[arg-type]
        short = ShortTerm(via, user, settings=known, clock=time.time, namespace=namespace)
        long = LongTerm(
            client, embedder or Switch(), other or user, settings=known, clock=time.time,  # type: ignore[arg-type]
            namespace=namespace,
        )  # fmt: skip
        long.client = via
        return DualMemory(short, long, counter=Tiktoken(), zone=HOME, settings=known, speaker="Ann")

    return build


def said(user: str, assistant: str = "Noted.", *, days_ago: int = 0) -> Turn:
    at = NOW - timedelta(days=days_ago)
    return turn(
        [Message("user", user), Message("assistant", assistant)], at=int(at.timestamp() * 1000)
    )


def test_what_is_and_what_was(make: Make, embedder: OllamaEmbedder) -> None:
    memory = make(embedder)
    first = memory.remember("march", said("My goal weight is 165 lb.", days_ago=200))
    assert [one.outcome for one in first.learned] == ["new", "new"], "the fact, and the words"
    second = memory.remember("june", said("I want to weigh 70 kg now.", days_ago=100))
    assert second.learned[0].outcome == "superseding"
    assert second.degraded == ()
    facts = [MemoryKind.GOAL]
    now = memory.recall("What is my goal weight?", conversation="new", now=NOW, kinds=facts)
    assert [one.fact.text for one in now.memories] == ["I want to weigh 70 kg now."]
    then = memory.recall(
        "What was my goal weight in May?", conversation="new", now=NOW, kinds=facts
    )
    (system,) = then.context.messages
    assert "- 2026-03-14 to 2026-06-22: My goal weight is 165 lb." in system.content
    assert set(then.timings) == {"embed", "search", "fetch", "own", "short", "fit"}
    assert set(second.timings) == {"short", "learn", "long"}


def test_the_conversation_and_the_memories_share_the_budget(make: Make) -> None:
    memory = make()
    for n in range(40):
        memory.remember("old", said(f"I ran {n} km along river number {n}.", days_ago=100 - n))
    for n in range(40):
        memory.remember("new", said(f"Tell me about training week {n}, please.", "Yes. " * 30))
    for budget in (200, 300, 1_000, 3_000):
        found = memory.recall(
            "river", conversation="new", now=NOW, budget=budget, system="Be kind."
        )
        report = found.context.report
        assert report.used <= budget
        assert found.hits or budget < 300
        assert report.kept_turns >= 1
        head, *rest = found.context.messages
        assert head.content.startswith("Be kind.")
        assert len(rest) == 2 * report.kept_turns
        assert rest[-1].content == "Yes. " * 30, "the newest turn is there"
        counter = Tiktoken()
        assert report.used == sum(cost(one, counter) for one in found.context.messages) + 3
        assert found.omitted == 10 - len(found.hits)


def test_a_turn_of_the_context_is_not_recalled_beside_itself(make: Make) -> None:
    memory = make()
    memory.remember("c", said("My knee hurts on the stairs."))
    here = memory.recall("knee stairs", conversation="c", now=NOW)
    assert all(one.fact.kind is not MemoryKind.SAID for one in here.memories)
    assert here.omitted == 1
    elsewhere = memory.recall("knee stairs", conversation="d", now=NOW)
    assert any(one.fact.kind is MemoryKind.SAID for one in elsewhere.memories)


def test_what_was_recalled_is_not_stored_again(make: Make) -> None:
    memory = make()
    memory.remember("a", said("My physio is Dr Okonkwo.", days_ago=9))
    known = memory.recall("physio", conversation="b", now=NOW).memories
    before = len(memory.long.all())
    echo = said("Who is my physio?", "My physio is Dr Okonkwo.")
    memory.remember("b", echo, recalled=known)
    texts = [one.fact.text for one in memory.long.all() if one.fact.source == echo.id]
    assert len(memory.long.all()) == before + 1
    assert "Okonkwo" not in texts[0]


def test_without_the_embedder_words_are_found_and_learning_waits(make: Make) -> None:
    embedder = Switch()
    memory = make(embedder)
    memory.remember("c", said("My physio is Dr Okonkwo."))
    embedder.on = False
    lost = memory.remember("c", said("My dentist is Dr Lee."))
    assert lost.turns == 2
    assert [fact.text for fact in lost.unlearned][:1] == ["My dentist is Dr Lee."]
    (why,) = lost.degraded
    assert why.startswith("Nothing was learned from it. ")
    assert "mini" in why
    found = memory.recall("Okonkwo", conversation="d", now=NOW)
    assert any("Okonkwo" in one.fact.text for one in found.memories)
    assert "Only words were searched" in found.degraded[0]
    with pytest.raises(ModelUnavailable):
        memory.relearn("c")
    embedder.on = True
    assert memory.relearn("c") == 2
    assert memory.relearn("c") == 0
    assert {"my physio", "my dentist"} <= {one.fact.subject for one in memory.long.all()}


def test_without_redis_there_is_an_empty_context_that_says_so(make: Make) -> None:
    gone = Redis(unix_socket_path="/nowhere/redis.sock")
    memory = make(via=gone)
    memory.long.index.client = gone
    found = memory.recall("knee", conversation="c", now=NOW, system="Be kind.")
    assert [one.content for one in found.context.messages] == ["Be kind."]
    assert found.hits == ()
    assert len(found.degraded) == 2
    kept = memory.remember("c", said("My knee hurts."))
    assert kept.turns is None
    assert kept.learned == ()
    assert kept.unlearned
    assert kept.degraded[0].startswith("The turn was not kept.")
    assert len(kept.degraded) == 1, "what is not kept is not learned from"


def test_two_people_are_no_memory(make: Make) -> None:
    with pytest.raises(RecallError, match=r"'ann'.*'ben'"):
        make(other="ben")


def test_an_empty_turn_leaves_nothing(make: Make) -> None:
    memory = make()
    done = memory.remember("c", turn([Message("system", "hello")], at=0))
    assert (done.turns, done.learned, done.unlearned, done.degraded) == (1, (), (), ())


WHY = Why(1, 0.1, None, None, 0, 1)


@given(
    st.lists(st.text(min_size=1, max_size=80), max_size=8), st.integers(1, 400), st.floats(0.05, 1)
)
@hypothesis_settings(deadline=None)
def test_memories_keep_to_their_share(texts: list[str], budget: int, share: float) -> None:
    hits = [
        Hit(Memory(str(n), Fact(text, MemoryKind.FACT, 0), None, 0, "mini:384"), 1.0, WHY)
        for n, text in enumerate(texts)
    ]
    counter = Tiktoken()
    kept, context = fit_memories(hits, [], budget=budget, share=share, counter=counter, zone=HOME)
    assert [hit for hit in hits if hit in kept] == list(kept)
    assert context.report.parts["system"] <= budget * share
    if context.messages:
        assert all(line(hit.memory, HOME) in context.messages[0].content for hit in kept)
    else:
        assert not kept
