"""Long-term memory: history, duplicates and deletion under concurrency, and whose it is."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis import Redis

from wellness import keys
from wellness.errors import ModelUnavailable, RecallError
from wellness.keys import EVERYONE
from wellness.memory.embedder import OllamaEmbedder
from wellness.memory.kinds import Fact, MemoryKind, ttl_s
from wellness.memory.long_term import LongTerm
from wellness.server import EmbeddedServer
from wellness.settings import Settings

from .geometry import Same, Scattered

DAY = 86_400
MARCH, MAY, JUNE, AUGUST = (1_772_323_200 + n * 30 * DAY for n in (0, 2, 3, 5))
TESTS = Path(__file__).parents[1]
Make = Callable[..., LongTerm]


@pytest.fixture
def make(client: Redis, namespace: str) -> Make:
    """Makes memories; by default Ann's, over vectors of known geometry."""

    def build(user: str = "ann", embedder: object = None, **changed: object) -> LongTerm:
        shared = bool(changed.pop("shared", False))
        clock = changed.pop("clock", time.time)
        return LongTerm(
            client, embedder or Scattered(), user,  # type: ignore[arg-type]
            settings=Settings(**changed), clock=clock, namespace=namespace, shared=shared,  # type: ignore[arg-type]
        )  # fmt: skip

    return build


def goal(pounds: int, at: int, **changed: object) -> Fact:
    made = Fact(
        f"My goal weight is {pounds} lb", MemoryKind.GOAL, at, subject="goal:BodyMass",
        signature=f"goal BodyMass {pounds} lb",
    )  # fmt: skip
    return replace(made, **changed)  # type: ignore[arg-type]


def texts(memory: LongTerm, question: str, now: int, **how: object) -> list[str]:
    return [hit.memory.fact.text for hit in memory.recall(question, now=now, **how).hits]  # type: ignore[arg-type]


# --- a later value takes the place of an earlier one ----------------------------------------------


def test_what_is_and_what_was_are_both_right(make: Make, embedder: OllamaEmbedder) -> None:
    memory = make(embedder=embedder)
    memory.remember([goal(125, MARCH), goal(130, JUNE)])
    question = "What is my goal weight?"
    assert texts(memory, question, AUGUST) == ["My goal weight is 130 lb"]
    in_may = {"during": (MAY, MAY + 20 * DAY)}
    assert texts(memory, question, AUGUST, **in_may) == ["My goal weight is 125 lb"]
    assert len(texts(memory, question, AUGUST, history=True)) == 2
    first, second = memory.history("goal:BodyMass")
    assert (first.valid_until, second.valid_until) == (JUNE, None)
    assert (first.current, second.current) == (False, True)
    assert [m.fact.text for m in memory.all(history=False)] == ["My goal weight is 130 lb"]


def test_what_is_said_of_the_past_slots_into_the_past(make: Make) -> None:
    memory = make()
    memory.remember([goal(130, JUNE)])
    (stored,) = memory.remember([goal(120, AUGUST, valid_from=MARCH)])
    assert stored.outcome == "new"
    assert [(m.fact.since, m.valid_until) for m in memory.history("goal:BodyMass")] == [
        (MARCH, JUNE), (JUNE, None)]  # fmt: skip
    (between,) = memory.remember([goal(125, AUGUST, valid_from=MAY)])
    assert between.outcome == "superseding"
    assert [(m.fact.since, m.valid_until) for m in memory.history("goal:BodyMass")] == [
        (MARCH, MAY), (MAY, JUNE), (JUNE, None)]  # fmt: skip


def test_going_back_to_an_old_value_is_a_change(make: Make) -> None:
    memory = make()
    outcomes = [memory.remember([goal(*one)])[0].outcome for one in
                ((125, MARCH), (125, MAY), (130, JUNE), (125, AUGUST))]  # fmt: skip
    assert outcomes == ["new", "duplicate", "superseding", "superseding"]
    assert [m.fact.since for m in memory.history("goal:BodyMass")] == [MARCH, JUNE, AUGUST]


def test_two_values_at_one_moment_are_both_kept_and_the_last_holds(make: Make) -> None:
    memory = make()
    first, second = memory.remember([goal(125, MARCH), goal(130, MARCH)])
    assert (second.outcome, second.replaced) == ("superseding", first.id)
    assert [m.id for m in memory.all(history=False)] == [second.id]


# --- duplicates -----------------------------------------------------------------------------------


def test_a_statement_again_renews_it(make: Make, client: Redis) -> None:
    now = [1_000_000.0]
    memory = make(clock=lambda: now[0], memory_ttl_by_kind_s={"goal": 1_000})
    (first,) = memory.remember([goal(125, MARCH)])
    now[0] += 500
    client.expire(memory.keys.memory(first.id), 10)
    (again,) = memory.remember([goal(125, MAY)])
    assert (again.id, again.outcome) == (first.id, "duplicate")
    (kept,) = memory.all()
    assert (kept.expires_at, kept.fact.at, kept.fact.since) == (1_001_500, MAY, MARCH)
    assert client.ttl(memory.keys.memory(first.id)) > 900
    assert client.ttl(memory.keys.facts("goal:BodyMass")) > 900


def test_without_a_subject_equal_slots_and_a_near_vector_make_a_duplicate(
    make: Make, embedder: OllamaEmbedder
) -> None:
    memory = make(embedder=embedder, memory_same=0.25)

    def prefers(text: str, signature: str = "prefers morning") -> str:
        return memory.remember([Fact(text, MemoryKind.PREFERENCE, MARCH, signature=signature)])[
            0
        ].outcome

    assert prefers("prefers morning workouts") == "new"
    assert prefers("likes to exercise in the morning") == "duplicate"
    assert prefers("prefers morning workouts", "not prefers morning") == "new", "other slots"
    assert prefers("hates swimming in cold lakes") == "new", "far away"
    assert len(memory.all()) == 3


def test_different_values_never_merge_however_near(make: Make) -> None:
    memory = make(embedder=Same())
    facts = [Fact(f"I ran {n} km", MemoryKind.EVENT, MARCH, signature=f"{n} km") for n in range(9)]
    assert {stored.outcome for stored in memory.remember(facts)} == {"new"}
    assert {stored.outcome for stored in memory.remember(facts)} == {"duplicate"}
    assert len(memory.all()) == 9
    kinds = [replace(facts[0], kind=kind) for kind in (MemoryKind.FACT, MemoryKind.EVENT)]
    assert [stored.outcome for stored in memory.remember(kinds)] == ["new", "duplicate"]


def test_threads_that_state_the_same_leave_one(make: Make) -> None:
    memories = [make() for _ in range(16)]
    barrier = threading.Barrier(16)
    fact = Fact("I am allergic to peanuts", MemoryKind.FACT, MARCH, signature="allergic peanuts")

    def state(memory: LongTerm) -> list[str]:
        barrier.wait()
        return [stored.outcome for stored in memory.remember([fact, goal(125, MARCH)])]

    with ThreadPoolExecutor(16) as pool:
        outcomes = list(pool.map(state, memories))
    for which in (0, 1):
        assert sorted(o[which] for o in outcomes) == ["duplicate"] * 15 + ["new"]
    assert len(memories[0].all()) == 2


PROCESS = """
import sys, time
from redis import Redis
from memory.geometry import Scattered
from wellness.memory.kinds import Fact, MemoryKind
from wellness.memory.long_term import LongTerm
from wellness.settings import Settings
socket, namespace, me = sys.argv[1:]
memory = LongTerm(Redis(unix_socket_path=socket), Scattered(), "ann", settings=Settings(),
                  clock=time.time, namespace=namespace)
print("ready", flush=True)
sys.stdin.readline()
for n in range(60):
    memory.remember([
        Fact(f"fact {n}", MemoryKind.FACT, 1000, signature=str(n)),
        Fact(f"goal {n} of {me}", MemoryKind.GOAL, 1000 + n, subject="goal:x",
             signature=f"{n} {me}"),
    ])
"""


def test_processes_lose_and_double_nothing(
    make: Make, redis_server: EmbeddedServer, namespace: str
) -> None:
    memory = make()
    command = [sys.executable, "-c", PROCESS, str(redis_server.socket), namespace]
    running = [
        subprocess.Popen([*command, str(me)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                         text=True, cwd=TESTS)
        for me in range(3)
    ]  # fmt: skip
    for process in running:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in running:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in running:
        process.communicate(timeout=120)
        assert process.returncode == 0
    facts = [m.fact.text for m in memory.all() if m.fact.kind == MemoryKind.FACT]
    assert sorted(facts) == sorted(f"fact {n}" for n in range(60))
    history = memory.history("goal:x")
    assert len(history) == 180, "each process's values differ, so all are kept"
    assert sum(one.current for one in history) == 1
    ends = [one.valid_until for one in history[:-1]]
    assert ends == [one.fact.since for one in history[1:]], "no gap and no overlap"


# --- searching ------------------------------------------------------------------------------------


def test_the_nearest_are_those_of_brute_force(make: Make) -> None:
    memory, vectors = make(), Scattered()
    facts = [Fact(f"note {n}", MemoryKind.FACT, MARCH, signature=str(n)) for n in range(300)]
    memory.remember(facts)
    everything = vectors.embed([fact.text for fact in facts])
    for question in ("zebra", "quux", "plover"):
        found = memory.recall(question, now=AUGUST, k=20).hits
        distance = 1 - everything @ vectors.embed([question])[0]
        exact = [facts[i].text for i in np.argsort(distance)[:20]]
        assert [hit.memory.fact.text for hit in found] == exact
        assert [hit.why.distance for hit in found] == pytest.approx(
            np.sort(distance)[:20].tolist(), abs=1e-4
        )


def test_as_many_as_were_asked_for(make: Make) -> None:
    memory = make(recall_candidates=5)
    facts = [Fact(f"note {n}", MemoryKind.FACT, MARCH, signature=str(n)) for n in range(120)]
    memory.remember(facts)
    for k in (1, 5, 7, 100, 120, 500):
        assert len(memory.recall("who", now=AUGUST, k=k).hits) == min(k, 120)
    for k in (0, -1, 1_001):
        with pytest.raises(RecallError, match=f"recall {k} memories"):
            memory.recall("note", now=AUGUST, k=k)


def test_words_find_what_meaning_does_not(make: Make) -> None:
    memory = make()
    memory.remember([Fact("My physio is Dr Okonkwo", MemoryKind.FACT, MARCH, signature="1")])
    noise = [Fact(f"note {n}", MemoryKind.FACT, MARCH, signature=f"n{n}") for n in range(100)]
    memory.remember(noise)
    hit = memory.recall("Okonkwo", now=AUGUST, k=1).hits[0]
    assert hit.memory.fact.text == "My physio is Dr Okonkwo"
    assert hit.why.text_rank == 1
    assert memory.recall("???", now=AUGUST).hits, "no words: the vectors alone"


def test_kinds_are_asked_for(make: Make) -> None:
    memory = make()
    memory.remember([
        goal(125, MARCH), Fact("My goal is said", MemoryKind.SAID, MARCH, signature="s")
    ])  # fmt: skip
    assert texts(memory, "goal", AUGUST, kinds=[MemoryKind.SAID]) == ["My goal is said"]
    assert len(texts(memory, "goal", AUGUST, kinds=[MemoryKind.SAID, MemoryKind.GOAL])) == 2


def test_what_begins_later_is_not_yet_known(make: Make) -> None:
    memory = make()
    memory.remember([goal(125, MAY)])
    assert texts(memory, "goal weight", MARCH) == []


def test_without_the_model_words_still_work_and_it_says_so(make: Make) -> None:
    memory = make()
    memory.remember([goal(125, MARCH)])

    class Down(Scattered):
        def embed(self, texts: object) -> np.ndarray:
            raise ModelUnavailable(self.model, "nowhere", "it is down")

    down = make(embedder=Down())
    found = down.recall("goal weight", now=AUGUST)
    assert [hit.memory.fact.text for hit in found.hits] == ["My goal weight is 125 lb"]
    assert "Only words" in found.degraded
    assert found.hits[0].why.distance is None
    assert not memory.recall("goal weight", now=AUGUST).degraded
    with pytest.raises(ModelUnavailable):
        down.remember([goal(130, MAY)])
    assert len(memory.all()) == 1


def test_two_embedders_side_by_side(make: Make) -> None:
    old, new = make(), make(embedder=Scattered(8, "new:8"))
    old.remember([goal(125, MARCH)])
    new.remember([Fact("new note", MemoryKind.FACT, MARCH, signature="n")])
    assert texts(old, "goal", AUGUST) == ["My goal weight is 125 lb"]
    assert texts(new, "goal", AUGUST) == ["new note"]
    assert len(old.all()) == len(new.all()) == 2, "both are kept, and can be seen and deleted"


# --- expiry ---------------------------------------------------------------------------------------


def test_kinds_have_their_own_lives(make: Make, client: Redis, namespace: str) -> None:
    memory = make()
    for kind in MemoryKind:
        (stored,) = memory.remember([Fact(f"a {kind}", kind, MARCH, signature=kind)])
        life = client.ttl(memory.keys.memory(stored.id))
        assert 0 <= ttl_s(kind, Settings()) - life <= 5
    memory.remember([goal(125, MARCH)])
    assert keys.audit(client, namespace) == []
    assert ttl_s(MemoryKind.SAID, Settings()) == Settings().conversation_ttl_s
    assert ttl_s(MemoryKind.FACT, Settings(memory_ttl_s=7)) == 7


def test_what_has_expired_is_not_recalled_and_takes_no_place(make: Make) -> None:
    now = [1_000_000.0]
    memory = make(clock=lambda: now[0], memory_ttl_by_kind_s={"said": 50})
    short = [Fact(f"goal {n}", MemoryKind.SAID, MARCH, signature=f"{n}") for n in range(30)]
    memory.remember([*short, goal(125, MARCH)])
    assert len(texts(memory, "goal", AUGUST, k=40)) == 31
    now[0] += 60  # by our clock; Redis has not yet noticed
    assert texts(memory, "goal", AUGUST, k=3) == ["My goal weight is 125 lb"]


def test_a_hash_that_goes_between_search_and_fetch_is_left_out(
    make: Make, client: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = make()
    memory.remember([Fact(f"goal {n}", MemoryKind.FACT, MARCH, signature=f"{n}") for n in range(9)])
    fetch = memory._fetch
    gone = memory.recall("goal", now=AUGUST, k=3).hits[0].memory

    def fetch_late(names: list[bytes]) -> object:
        client.unlink(memory.keys.memory(gone.id))
        return fetch(names)

    monkeypatch.setattr(memory, "_fetch", fetch_late)
    found = memory.recall("goal", now=AUGUST, k=3).hits
    assert len(found) == 3, "more were fetched than asked for"
    assert gone.id not in {hit.memory.id for hit in found}


# --- whose it is, and deletion --------------------------------------------------------------------

PEOPLE = st.one_of(
    st.text(min_size=1, max_size=20).filter(lambda name: name != EVERYONE),
    st.sampled_from(
        ["ann", "Ann", "ann,ben", "ben", "{ann}", "a|b", "@user:{ann}", "**", "%2A", "ann*", " ann",
         "ann ", "a" * 300, "]})", "\\*", "-", "a-b", "a.b", "'", '"', "\x00", "日本", "\ud800"]
    ),
)  # fmt: skip


@given(st.lists(PEOPLE, min_size=2, max_size=4, unique=True))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_nobody_sees_anothers_memory(make: Make, namespace: str, people: list[str]) -> None:
    memories = {name: make(name, Same()) for name in people}
    for memory in memories.values():
        memory.forget_all()  # of an example before
    for name, memory in memories.items():
        memory.remember([Fact(f"secret {people.index(name)}", MemoryKind.FACT, MARCH)])
    for name, memory in memories.items():
        own = [f"secret {people.index(name)}"]
        assert texts(memory, "secret", AUGUST) == own
        assert texts(memory, name.replace("\ud800", ""), AUGUST) == own
        assert [m.fact.text for m in memory.all()] == own
    for memory in memories.values():
        assert memory.forget_all() == 1


def test_everybodys_knowledge_is_for_all_and_belongs_to_nobody(make: Make) -> None:
    with pytest.raises(RecallError, match="Nobody can be called"):
        make(EVERYONE)
    with pytest.raises(RecallError, match="Nobody can be called"):
        make("ann", shared=True)
    with pytest.raises(RecallError, match="Nobody can be called"):
        make("")
    everyone = make(EVERYONE, shared=True)
    everyone.remember([Fact("Adults need sleep", MemoryKind.FACT, MARCH)])
    ann = make("ann")
    (hit,) = ann.recall("sleep", now=AUGUST).hits
    assert hit.memory.shared
    assert ann.all() == []
    assert ann.forget_all() == 0
    assert not ann.forget(hit.memory.id)
    (own,) = ann.remember([Fact("Adults need sleep", MemoryKind.FACT, MARCH)])
    assert own.outcome == "new", "hers, though everybody knows it"
    assert [m.shared for m in ann.all()] == [False]
    assert ann.forget_all() == 1
    assert len(everyone.all()) == 1
    make("ben").remember([Fact("Ben sleeps", MemoryKind.FACT, MARCH)])
    assert texts(everyone, "sleep", AUGUST) == ["Adults need sleep"], "nor does it see anyone"


def test_forgetting_one_brings_nothing_back(make: Make) -> None:
    memory = make()
    (old,), (new,) = memory.remember([goal(125, MARCH)]), memory.remember([goal(130, JUNE)])
    assert memory.forget(new.id)
    assert not memory.forget(new.id)
    assert texts(memory, "goal weight", AUGUST) == []
    assert [m.id for m in memory.history("goal:BodyMass")] == [old.id]
    (newest,) = memory.remember([goal(140, AUGUST)])
    assert newest.outcome == "new"
    assert [m.valid_until for m in memory.history("goal:BodyMass")] == [JUNE, None]


def test_everything_of_a_person_goes(make: Make, client: Redis, namespace: str) -> None:
    ann, ben = make("ann"), make("ben")
    for memory in (ann, ben):
        memory.remember([goal(125, MARCH), goal(130, JUNE), Fact("x", MemoryKind.FACT, MARCH)])
    assert ann.forget_all() == 3
    assert list(keys.scan(client, namespace, "ann")) == []
    assert len(ben.all()) == 3


@pytest.mark.parametrize("text", ["", "  \n", "half \ud83d"])
def test_what_says_nothing_is_refused_as_a_whole(make: Make, text: str) -> None:
    memory = make()
    with pytest.raises(RecallError, match="is none"):
        memory.remember([goal(125, MARCH), Fact(text, MemoryKind.FACT, MARCH)])
    assert memory.all() == []


def test_all_fields_come_back(make: Make) -> None:
    memory = make()
    fact = goal(125, MAY, valid_from=MARCH, importance=0.9, source="turn-1", slots={"a": [1, "ü"]})
    memory.remember([fact])
    (kept,) = memory.all()
    assert replace(kept.fact, signature="") == replace(fact, signature="")
    assert kept.fact.since == MARCH
