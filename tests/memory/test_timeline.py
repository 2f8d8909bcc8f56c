"""What holds when: whatever the order in which statements arrive, and however often."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis import Redis

from wellness import keys
from wellness.memory.kinds import Fact, Memory, MemoryKind
from wellness.memory.long_term import LongTerm
from wellness.settings import Settings

from .geometry import Same, Scattered

SUBJECT, HALF_A_DAY = "goal:BodyMass", 43_200
Make = Callable[[], LongTerm]
Stated = tuple[int, int]  # a moment and a value

in_redis = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def make(client: Redis, namespace: str) -> Make:
    """Makes views of Ann's memory."""
    return lambda: LongTerm(
        client, Scattered(), "ann", settings=Settings(), clock=time.time, namespace=namespace
    )


def goal(since: int, value: int, *, said: int | None = None) -> Fact:
    at = since if said is None else said
    return Fact(
        f"My goal is {value} lb", MemoryKind.GOAL, at, subject=SUBJECT, signature=f"{value} lb",
        valid_from=since,
    )  # fmt: skip


def value(memory: Memory) -> int:
    return int(memory.fact.signature.removesuffix(" lb"))


def held(memory: LongTerm, moment: int) -> int | None:
    """What held at a moment, by the recall that an agent uses."""
    hits = memory.recall("goal", now=10_000, during=(moment, moment + 1)).hits
    assert len(hits) <= 1, "two values at one moment"
    return value(hits[0].memory) if hits else None


def expected(stated: Sequence[Stated], moment: int) -> int | None:
    """The last statement of that moment or before; a naive reference."""
    return next((v for since, v in sorted(stated, reverse=True) if since <= moment), None)


def spans(memory: LongTerm) -> list[tuple[int, int, int | None]]:
    """Value, begin and end of what held for longer than no time."""
    each = [(value(m), m.fact.since, m.valid_until) for m in memory.history(SUBJECT)]
    return [(worth, begin, end) for worth, begin, end in each if begin != end]


def assert_whole(memory: LongTerm) -> None:
    """From the first statement on exactly one value holds, now too."""
    each = spans(memory)
    assert [end for _, _, end in each[:-1]] == [begin for _, begin, _ in each[1:]]
    assert each[-1][2] is None
    assert sum(one.current for one in memory.history(SUBJECT)) == 1


moments = st.lists(st.integers(0, 60), min_size=1, max_size=9, unique=True)


@given(moments, st.randoms())
@in_redis
def test_different_values_hold_as_stated_in_whatever_order_they_arrive(
    make: Make, sinces: list[int], chance: object
) -> None:
    memory = make()
    memory.forget_all()
    stated = [(since, 100 + at) for at, since in enumerate(sinces)]  # unique, so already shuffled
    memory.remember([goal(*one) for one in stated])
    assert_whole(memory)
    for moment in range(-1, 62, 3):
        assert held(memory, moment) == expected(stated, moment)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 3)), min_size=1, max_size=10,
                unique_by=lambda one: one[0]))  # fmt: skip
@in_redis
def test_values_that_come_back_hold_as_stated_in_order(make: Make, stated: list[Stated]) -> None:
    memory = make()
    memory.forget_all()
    memory.remember([goal(*one) for one in sorted(stated)])
    assert_whole(memory)
    for moment in range(-1, 62, 3):
        assert held(memory, moment) == expected(stated, moment)
    assert all(a[0] != b[0] for a, b in pairwise(spans(memory))), "the same again is no change"
    before = memory.all()
    assert {s.outcome for s in memory.remember([goal(*one) for one in sorted(stated)])} == {
        "duplicate"
    }
    assert [m.id for m in memory.all()] == [m.id for m in before], "told again, nothing new"
    assert spans(memory) == [(value(m), m.fact.since, m.valid_until) for m in before]


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 3)), min_size=1, max_size=10,
                unique_by=lambda one: one[0]))  # fmt: skip
@in_redis
def test_in_any_order_the_last_statement_is_what_holds_now(
    make: Make, stated: list[Stated]
) -> None:
    memory = make()
    memory.forget_all()
    memory.remember([goal(*one) for one in stated])
    assert_whole(memory)
    last = max(stated)
    assert held(memory, 61) == held(memory, last[0]) == last[1]
    assert held(memory, min(stated)[0]) == min(stated)[1]


def test_what_was_stated_again_comes_back_after_what_is_said_of_the_past(make: Make) -> None:
    memory = make()
    memory.remember([goal(10, 125), goal(30, 125)])
    (stored,) = memory.remember([goal(20, 130, said=50)])
    assert stored.outcome == "superseding"
    assert spans(memory) == [(125, 10, 20), (130, 20, 30), (125, 30, None)]
    assert len({one.id for one in memory.history(SUBJECT)}) == 3
    assert len(memory.recall("goal", now=60, history=True).hits) == 3, "the copy is found too"


def test_it_began_before_it_was_known_to(make: Make) -> None:
    memory = make()
    (first, second) = memory.remember([goal(10, 125), goal(40, 130)])
    (again,) = memory.remember([goal(20, 130, said=50)])
    assert (again.id, again.outcome) == (second.id, "duplicate")
    assert spans(memory) == [(125, 10, 20), (130, 20, None)]
    assert first.id != second.id


def test_of_one_moment_what_was_said_last_holds_whichever_arrives_last(make: Make) -> None:
    memory = make()
    memory.remember([goal(10, 130, said=50)])
    (late,) = memory.remember([goal(10, 125, said=20)])
    assert (late.outcome, late.replaced) == ("new", None)
    assert held(memory, 60) == 130
    assert len(memory.history(SUBJECT)) == 2, "kept, and it held for no time"
    memory.remember([goal(10, 140, said=70)])
    assert held(memory, 60) == 140
    assert_whole(memory)


def test_two_values_of_one_moment_told_again_are_nothing_new(make: Make) -> None:
    memory = make()
    both = [goal(10, 125), goal(10, 130)]
    first = memory.remember(both)
    again = memory.remember(both)
    assert [(one.id, one.outcome) for one in again] == [(one.id, "duplicate") for one in first]
    assert held(memory, 60) == 130


def test_a_value_does_not_move_away_from_one_that_it_replaced_at_once(make: Make) -> None:
    memory = make()
    memory.remember([goal(20, 125), goal(20, 130)])
    assert memory.remember([goal(10, 130)])[0].outcome == "new"
    assert spans(memory) == [(130, 10, 20), (130, 20, None)]
    memory.remember([goal(30, 140)])
    assert_whole(memory)


def test_after_a_gap_the_same_value_holds_again(make: Make) -> None:
    memory = make()
    memory.remember([goal(10, 125)])
    (changed,) = memory.remember([goal(20, 130)])
    memory.forget(changed.id)
    assert memory.client.zscore(memory.keys.facts(SUBJECT), changed.id) is None
    assert held(memory, 40) is None
    (again,) = memory.remember([goal(50, 125)])
    assert again.outcome == "new"
    assert (held(memory, 15), held(memory, 40), held(memory, 60)) == (125, None, 125)


def test_expired_neighbours_do_not_count(make: Make, client: Redis) -> None:
    memory = make()
    stored = memory.remember([goal(since, 100 + since) for since in (10, 20, 30, 40)])
    for gone in stored[1:]:
        client.unlink(memory.keys.memory(gone.id))
    (new,) = memory.remember([goal(35, 200)])
    assert (new.outcome, new.replaced) == ("new", None), "the one before ended when its next began"
    assert spans(memory) == [(110, 10, 20), (200, 35, None)]
    assert client.zcard(memory.keys.facts(SUBJECT)) == 2, "and the dead are swept out"


def test_threads_whose_clocks_differ_leave_one(make: Make) -> None:
    memories, barrier = [make() for _ in range(16)], threading.Barrier(16)

    def state(at: int) -> None:
        barrier.wait()
        tea = Fact("I like tea", MemoryKind.PREFERENCE, at, signature="tea")
        memories[at].remember([goal(at, 125), tea])

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(state, range(16)))
    for one in memories[0].all():
        assert (one.fact.since, one.fact.at) == (0, 15)
    assert len(memories[0].all()) == 2


def test_the_same_done_on_another_day_is_another_event(make: Make) -> None:
    memory = make()

    def ran(at: int, **changed: int) -> str:
        fact = Fact("I ran 5 km", MemoryKind.EVENT, at, signature="ran 5 km", **changed)
        return memory.remember([fact])[0].outcome

    monday = 1_000_000
    assert ran(monday) == "new"
    assert ran(monday + HALF_A_DAY - 60) == "duplicate"
    assert ran(monday + 3 * 86_400) == "new"
    assert ran(monday + 9 * 86_400, valid_from=monday) == "duplicate", "told again, with its date"
    assert len(memory.all()) == 2


def test_without_a_signature_only_the_same_words_are_the_same(
    client: Redis, namespace: str
) -> None:
    memory = LongTerm(
        client, Same(), "ann", settings=Settings(), clock=time.time, namespace=namespace
    )

    def state(text: str) -> str:
        return memory.remember([Fact(text, MemoryKind.FACT, 1_000)])[0].outcome

    assert state("I am allergic to peanuts.") == "new"
    assert state("I am not allergic to peanuts.") == "new"
    assert state("i am allergic  to Peanuts") == "duplicate"


def test_a_subject_has_its_own_life(make: Make, client: Redis, namespace: str) -> None:
    memory = make()
    memory.remember([goal(10, 125), goal(30, 125), goal(20, 130), goal(10, 130)])
    assert keys.audit(client, namespace) == []
    timeline = memory.keys.facts(SUBJECT)
    for fact in (goal(30, 125), goal(40, 140)):
        client.expire(timeline, 10)
        memory.remember([fact])
        assert client.ttl(timeline) > 10, "it lives as long as its memories"
