"""Short-term memory on a real Redis: what is kept, in which order, for how long, and of whom."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from redis import Redis

from wellness import keys
from wellness.client import Client, connect
from wellness.errors import RecallError
from wellness.memory.short_term import DamagedTurn, ShortTerm
from wellness.memory.turns import Turn, encode
from wellness.server import EmbeddedServer
from wellness.settings import Settings

from .said import AT, looked_up, names, said, turns

PATIENCE_S = 20
MORNING = 1_800_000_000.0
Make = Callable[..., ShortTerm]


@pytest.fixture
def make(client: Redis, namespace: str) -> Make:
    """Short-term memories in this test's namespace, with settings by keyword."""

    def make(user: str = "ann", now: Callable[[], float] = time.time, **kept: Any) -> ShortTerm:
        return ShortTerm(client, user, settings=Settings(**kept), clock=now, namespace=namespace)

    return make


@pytest.fixture
def memory(make: Make) -> ShortTerm:
    return make()


@pytest.fixture
def guarded(redis_server: EmbeddedServer) -> Iterator[Client]:
    with connect(Settings(redis_url=redis_server.url)) as client:
        yield client


def texts(read: Sequence[Turn]) -> list[str]:
    return [turn.messages[0].content for turn in read]


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


# What is kept


def test_the_last_turns_come_back_oldest_first(memory: ShortTerm) -> None:
    told = [said(f"{i}") for i in range(25)]
    assert [memory.append("chat", turn) for turn in told] == list(range(1, 26))
    assert memory.read("chat") == told[-10:]
    for n in (0, 1, 10, 11, 24, 25, 26, 1_000):
        read = memory.read("chat", n)
        assert read == told[25 - min(n, 25) :]
    assert memory.read("another") == []


def test_adding_and_reading_at_once_is_both(memory: ShortTerm, make: Make) -> None:
    apart = make("ben")
    for i in range(15):
        turn = looked_up(f"{i}", "12 steps")
        for n in (0, 1, 10):
            assert memory.append_and_read(f"{n}", turn, n) == (
                apart.append(f"{n}", turn) and apart.read(f"{n}", n)
            )


def test_no_more_turns_are_kept_than_settings_say(make: Make) -> None:
    memory = make(conversation_turns=3)
    assert [memory.append("chat", said(str(i))) for i in range(5)] == [1, 2, 3, 3, 3]
    assert texts(memory.read("chat", 100)) == ["2", "3", "4"]
    assert texts(memory.append_and_read("chat", said("5"), 2)) == ["4", "5"]


def test_what_cannot_be_asked_is_said(memory: ShortTerm, namespace: str, client: Redis) -> None:
    with pytest.raises(RecallError, match="-1 turns"):
        memory.read("chat", -1)
    with pytest.raises(RecallError, match="-1 turns"):
        memory.append_and_read("chat", said("x"), -1)
    for call in (memory.read, memory.clear, memory.drop_damaged):
        with pytest.raises(RecallError, match="needs a name"):
            call("")
    with pytest.raises(RecallError, match="needs a name"):
        memory.append("", said("x"))
    with pytest.raises(ValueError, match="empty"):
        ShortTerm(client, "", settings=Settings(), clock=time.time, namespace=namespace)
    assert list(keys.scan(client, namespace)) == []


class Trips:
    """Counts what passes the guard."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def on_command(self, name: str, *_: object) -> None:
        self.names.append(name)


def test_a_turn_is_one_round_trip_and_a_list_two(guarded: Client, namespace: str) -> None:
    trips = Trips()
    guarded.guard.add(trips)
    memory = ShortTerm(guarded, "ann", settings=Settings(), clock=time.time, namespace=namespace)
    memory.append("a", said("x"))
    memory.append_and_read("b", said("y"))
    assert trips.names == ["MULTI", "MULTI"]
    memory.read("a")
    assert trips.names[2:] == ["LRANGE"]
    assert len(memory.conversations()) == 2
    assert trips.names[3:] == ["MULTI", "MULTI"]


# The conversations of a user


def test_conversations_are_listed_newest_first(make: Make) -> None:
    memory = make(now=lambda: MORNING)
    for i, name in enumerate(["old", "older", "old", "new"]):
        memory.append(name, said("x", at=AT + i))
    memory.rename("old", "Running 🏃")
    end = int(MORNING) + Settings().conversation_ttl_s
    assert memory.conversations() == [
        ("new", "", 1, AT + 3, end),
        ("old", "Running 🏃", 2, AT + 2, end),
        ("older", "", 1, AT + 1, end),
    ]


def test_a_cleared_conversation_is_gone_with_its_title(
    memory: ShortTerm, client: Redis, namespace: str
) -> None:
    memory.append("chat", said("x"))
    memory.append("chat", said("y"))
    memory.rename("chat", "Mine")
    memory.append("other", said("z"))
    assert memory.clear("chat") == 2
    assert memory.clear("chat") == 0
    assert memory.read("chat") == []
    assert [one.id for one in memory.conversations()] == ["other"]
    memory.append("chat", said("again"))
    assert {one.id: one.title for one in memory.conversations()} == {"chat": "", "other": ""}
    for name in ("chat", "other"):
        memory.clear(name)
    assert list(keys.scan(client, namespace)) == []


def test_only_what_is_there_can_be_renamed(
    memory: ShortTerm, client: Redis, namespace: str
) -> None:
    with pytest.raises(RecallError, match="no conversation 'chat'"):
        memory.rename("chat", "Mine")
    assert list(keys.scan(client, namespace)) == []


# How long


def test_a_sliding_expiry_is_renewed_and_a_fixed_one_is_not(make: Make, client: Redis) -> None:
    for kind, renewed in (("sliding", True), ("fixed", False)):
        memory = make(kind, conversation_ttl=kind, conversation_ttl_s=1_000)
        turns = memory.keys.turns("chat")
        memory.append("chat", said("x"))
        assert 990_000 < client.pttl(turns) <= 1_000_000
        client.pexpire(turns, 100_000)  # as if 900 s had passed
        memory.append("chat", said("y"))
        memory.rename("chat", "a title renews nothing")
        assert (client.pttl(turns) > 100_000) == renewed


@pytest.mark.parametrize("kind", ["sliding", "fixed"])
def test_a_conversation_is_seen_to_expire_and_leaves_nothing(
    make: Make, client: Redis, namespace: str, kind: str
) -> None:
    memory = make(conversation_ttl=kind, conversation_ttl_s=2)
    memory.append("chat", said("x"))
    memory.rename("chat", "Mine")
    wait_until(lambda: not client.exists(memory.keys.turns("chat")))
    assert memory.read("chat") == []
    wait_until(lambda: not list(keys.scan(client, namespace)))


def test_the_list_says_when_a_conversation_expires(make: Make) -> None:
    now = MORNING
    sliding = make("slide", lambda: now, conversation_ttl="sliding", conversation_ttl_s=100)
    fixed = make("fix", lambda: now, conversation_ttl="fixed", conversation_ttl_s=100)
    for memory in (sliding, fixed):
        memory.append("chat", said("x"))
    now += 60
    for memory, end in ((sliding, 160), (fixed, 100)):
        memory.append("chat", said("y"))
        assert [one.expires_at for one in memory.conversations()] == [int(MORNING) + end]
    now += 41
    assert (len(sliding.conversations()), len(fixed.conversations())) == (1, 0)


@pytest.mark.parametrize("kind", ["sliding", "fixed"])
def test_what_expired_is_swept_when_another_begins(make: Make, client: Redis, kind: str) -> None:
    """Although its member and its title lie in keys that live on."""
    now = MORNING
    memory = make(now=lambda: now, conversation_ttl=kind, conversation_ttl_s=100)
    memory.append("old", said("x"))
    memory.rename("old", "Old")
    now += 101
    memory.append("new", said("y"))
    assert client.zrange(memory.keys.conversations, 0, -1) == [b"new"]
    assert client.hgetall(memory.keys.titles) == {}


@pytest.mark.parametrize("kind", ["sliding", "fixed"])
def test_a_namesake_of_an_expired_conversation_inherits_nothing(
    make: Make, client: Redis, kind: str
) -> None:
    """Also while our clock has not noticed that Redis let go of it."""
    now = MORNING
    memory = make(now=lambda: now, conversation_ttl=kind, conversation_ttl_s=100)
    memory.append("chat", said("x"))
    memory.rename("chat", "Old")
    now += 90
    client.unlink(memory.keys.turns("chat"))  # what Redis does when it expires
    assert memory.conversations() == []
    memory.append("chat", said("y"))
    assert [(one.title, one.expires_at) for one in memory.conversations()] == [
        ("", int(MORNING) + 190)
    ]


@pytest.mark.parametrize("kind", ["sliding", "fixed"])
def test_every_key_has_the_expiry_of_its_kind(
    make: Make, client: Redis, namespace: str, kind: str
) -> None:
    memory = make(conversation_ttl=kind)
    for name in ("a", "b"):
        memory.append(name, said("x"))
        memory.rename(name, "Mine")
        memory.append_and_read(name, said("y"), 1)
    memory.append("c", said("z"), again=True)
    assert len(set(keys.scan(client, namespace))) == 5
    assert keys.audit(client, namespace) == []


# Damage


def test_an_element_that_is_no_turn_is_an_error_that_says_where(
    memory: ShortTerm, client: Redis
) -> None:
    for i in range(4):
        memory.append("chat", said(f"{i}"))
    client.lset(memory.keys.turns("chat"), 1, b'{"half":')
    client.rpush(memory.keys.turns("chat"), b"\xff")
    with pytest.raises(DamagedTurn, match=r"Turn -4 of the conversation 'chat'.*drop_damaged") as e:
        memory.read("chat", 10)
    assert (e.value.conversation, e.value.index) == ("chat", -4)
    with pytest.raises(DamagedTurn, match="Turn -1 "):
        memory.read("chat", 3)
    assert [(one.turns, one.last_at) for one in memory.conversations()] == [(5, None)]
    with pytest.raises(DamagedTurn, match="Turn -2 "):
        memory.append_and_read("chat", said("4"), 2)
    assert memory.drop_damaged("chat") == 2
    assert texts(memory.read("chat")) == ["0", "2", "3", "4"]
    assert memory.drop_damaged("chat") == 0


# Whose


def few(count: int) -> hypothesis_settings:
    return hypothesis_settings(
        max_examples=count,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


ids = st.lists(names, min_size=1, max_size=4, unique=True)


@few(60)
@given(data=st.data(), users=ids, conversations=ids)
def test_nobody_sees_anybody_else_s_turns(
    client: Redis, namespace: str, data: st.DataObject, users: list[str], conversations: list[str]
) -> None:
    """Whatever the names are: each reads what a plain dictionary holds for it, and no more."""
    keys.delete(client, namespace)  # of the example before, also one that was cut short
    memories = {
        user: ShortTerm(client, user, settings=Settings(), clock=time.time, namespace=namespace)
        for user in users
    }
    held: dict[str, dict[str, list[Turn]]] = {user: {} for user in users}
    titles: dict[str, dict[str, str]] = {user: {} for user in users}
    for _ in range(data.draw(st.integers(1, 12))):
        user, name = data.draw(st.sampled_from(users)), data.draw(st.sampled_from(conversations))
        act = data.draw(st.sampled_from(["append", "append", "append", "rename", "clear"]))
        if act == "append":
            turn = data.draw(turns())
            memories[user].append(name, turn)
            held[user].setdefault(name, []).append(turn)
        elif act == "clear":
            assert memories[user].clear(name) == len(held[user].pop(name, []))
            titles[user].pop(name, None)
        elif name in held[user]:
            titles[user][name] = data.draw(names)
            memories[user].rename(name, titles[user][name])
    for user, memory in memories.items():
        for name in conversations:
            assert memory.read(name, 100) == held[user].get(name, [])
        listed = {one.id: (one.title, one.turns) for one in memory.conversations()}
        assert listed == {
            name: (titles[user].get(name, ""), len(told)) for name, told in held[user].items()
        }
    assert keys.audit(client, namespace) == []


def test_the_bytes_in_redis_are_the_turn(memory: ShortTerm, client: Redis) -> None:
    turn = looked_up("How far? 🏃", "12")
    memory.append("chat", turn)
    assert client.lrange(memory.keys.turns("chat"), 0, -1) == [encode(turn)]
