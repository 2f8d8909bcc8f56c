"""Counting, weighing and finding keys: against what a plain loop over all keys says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from redis import Redis

from wellness import keys
from wellness.client import Client, connect
from wellness.keys import Keys
from wellness.ops.big_keys import BIG_BYTES, BIG_LENGTH, BigKey, BigKeys, big_keys
from wellness.ops.finding import Unread
from wellness.ops.holdings import SAMPLE, UNKNOWN
from wellness.ops.keyspace import Keyspace, keyspace
from wellness.ops.walk import Budget, Coverage, Walk
from wellness.server import EmbeddedServer, start
from wellness.settings import Settings

AMPLE = Budget(keys=10_000_000, seconds=60)  # of other tests' keys there may be many
MANY = 3 * keys.SCAN_COUNT


@pytest.fixture(scope="module")
def spare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """A server of this module's own, to know how many keys there are."""
    with start(Settings(home=tmp_path_factory.mktemp("spare"))) as server:
        yield server


@pytest.fixture
def alone(spare: EmbeddedServer) -> Iterator[Client]:
    with connect(Settings(redis_url=spare.url)) as client:
        client.flushall()
        yield client


def fill(client: Redis, namespace: str) -> None:
    """Ann has three kinds of keys, Ben one, and somebody else is there."""
    ann, ben = Keys(namespace, "ann"), Keys(namespace, "ben")
    client.zadd(ann.readings("HeartRate"), {str(n): n for n in range(1_000)})
    for n in range(3):
        client.rpush(ann.turns(str(n)), "{}")
        client.expire(ann.turns(str(n)), 1_000 * (n + 1))
    client.hset(ann.profile, "zone", "UTC")
    client.hset(ben.profile, "zone", "UTC")


def holding(space: Keyspace, kind: str) -> dict[str, object]:
    (one,) = [one for one in space.holdings if one.kind == kind]
    return {"keys": one.keys, "bytes": one.bytes, "shortest": one.shortest_s,
            "longest": one.longest_s, "without": one.without_expiry}  # fmt: skip


# --- by kind -------------------------------------------------------------------------------------


def test_counts_bytes_and_expiry_by_kind(client: Redis, namespace: str) -> None:
    fill(client, namespace)
    space = keyspace(client, namespace, budget=AMPLE)
    assert {one.kind: one.keys for one in space.holdings} == {
        "readings": 1, "turns": 3, "profile": 2,
    }  # fmt: skip
    names = list(keys.scan(client, namespace))
    assert space.keys == len(names) == 6
    assert space.bytes == sum(client.memory_usage(name) for name in names)
    assert not space.estimated
    turns = holding(space, "turns")
    assert 990 < turns["shortest"] <= 1_000  # type: ignore[operator]
    assert 2_990 < turns["longest"] <= 3_000  # type: ignore[operator]
    assert turns["without"] == 0
    assert holding(space, "profile")["without"] == 2
    assert space.holdings[0].kind == "readings", "the heaviest comes first"
    assert space.problems == ()
    assert {one.verdict for one in space.findings} == {"fine"}


def test_everything_of_one_person(client: Redis, namespace: str) -> None:
    fill(client, namespace)
    mine = keyspace(client, namespace, "ann", budget=AMPLE)
    assert {one.kind: one.keys for one in mine.holdings} == {
        "readings": 1, "turns": 3, "profile": 1,
    }  # fmt: skip
    assert mine.keys == len(list(keys.scan(client, namespace, "ann")))
    assert "ann in" in mine.caption
    assert keyspace(client, namespace, "nobody", budget=AMPLE).keys == 0


def test_an_estimate_says_that_it_is_one(alone: Client) -> None:
    user = Keys("w", "ann")
    pipe = alone.pipeline()
    for n in range(MANY):
        pipe.set(user.scratch(str(n)), "x" * 100)
    pipe.execute()
    space = keyspace(alone, "w", budget=AMPLE)
    (one,) = space.holdings
    assert (one.keys, one.looked_at, one.estimated) == (MANY, SAMPLE, True)
    exact = sum(alone.memory_usage(name) or 0 for name in keys.scan(alone, "w"))
    assert one.bytes == pytest.approx(exact, rel=0.05), "they are of nearly the same size"
    said = {found.what: found for found in space.findings}
    assert said["bytes"].value.startswith("about ")
    assert f"{SAMPLE:,} of them" in said["bytes"].why
    assert any(row[2].startswith("about ") for row in space.tables[0].rows)


def test_keys_without_an_expiry_are_those_of_the_audit(client: Redis, namespace: str) -> None:
    fill(client, namespace)
    user = Keys(namespace, "ann")
    client.persist(user.turns("1"))
    client.expire(user.profile, 100)
    client.set(f"{user.prefix}strange", 1)
    client.set(user.answer("x"), "no hash")
    space = keyspace(client, namespace, budget=AMPLE)
    assert list(space.problems) == keys.audit(client, namespace)
    said = {found.what: found for found in space.findings}
    assert said["without an expiry"].value == "1"
    assert user.turns("1") in said["without an expiry"].why
    assert said["otherwise unlike the table"].value == "3"
    assert holding(space, UNKNOWN)["keys"] == 1
    longer = Settings(conversation_ttl_s=500)
    assert list(keyspace(client, namespace, settings=longer, budget=AMPLE).problems) == (
        keys.audit(client, namespace, longer)
    )


def test_many_findings_are_counted_and_a_few_named(client: Redis, namespace: str) -> None:
    user = Keys(namespace, "ann")
    for n in range(8):
        client.rpush(user.turns(str(n)), "{}")
    space = keyspace(client, namespace, budget=AMPLE)
    (found,) = [one for one in space.findings if one.verdict == "look here"]
    assert found.value == "8"
    assert "and 3 more" in found.why


def test_text_replies_do_as_well(client: Redis, namespace: str) -> None:
    fill(client, namespace)
    path = client.connection_pool.connection_kwargs["path"]
    with Redis(unix_socket_path=path, decode_responses=True) as said:
        assert keyspace(said, namespace, budget=AMPLE).holdings == (
            keyspace(client, namespace, budget=AMPLE).holdings
        )


def test_a_key_that_scan_gives_twice_counts_once(
    alone: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Redis does so while its table shrinks, which no test can bring about at will."""
    key = Keys("w", "ann").scratch("x")
    alone.set(key, 1)
    steps = iter([(5, [key.encode()]), (0, [key.encode(), key.encode()])])
    monkeypatch.setattr(alone, "scan", lambda cursor, count: next(steps))
    assert keyspace(alone, "w").keys == 1


# --- the budget ----------------------------------------------------------------------------------


def test_a_walk_stops_at_its_budget_of_keys_and_goes_on(alone: Client) -> None:
    alone.mset({Keys("w", "ann").scratch(str(n)): n for n in range(MANY)})
    alone.mset({f"other:{n}": n for n in range(MANY)})
    seen: list[str] = []
    walk = Walk(alone, "w", budget=Budget(keys=1, seconds=60))
    places = 0
    while True:
        seen += [name for names in walk for name in names]
        places += 1
        if walk.rest is None:
            break
        walk = Walk(alone, "w", budget=Budget(keys=1, seconds=60), start=walk.rest)
    assert places >= 2 * MANY // keys.SCAN_COUNT, "one step at a time"
    assert set(seen) == set(keys.scan(alone, "w"))
    assert walk.place.passed >= 2 * MANY


def test_a_walk_stops_at_its_budget_of_time(alone: Client) -> None:
    alone.mset({Keys("w", "ann").scratch(str(n)): n for n in range(MANY)})
    ticks = iter(range(100))
    walk = Walk(alone, "w", budget=Budget(seconds=1.5), clock=lambda: next(ticks))
    assert len(list(walk)) == 2
    assert not walk.complete


def test_what_was_not_seen_is_said(alone: Client) -> None:
    alone.mset({Keys("w", "ann").scratch(str(n)): n for n in range(MANY)})
    space = keyspace(alone, "w", budget=Budget(keys=1, seconds=60))
    assert space.estimated
    assert 0 < space.keys < MANY
    assert space.coverage.keys == MANY
    assert space.coverage.share == pytest.approx(space.keys / MANY)
    assert "stopped after" in space.findings[0].why


def test_a_share_of_nothing_divides_by_nothing(alone: Client) -> None:
    assert keyspace(alone, "w").coverage.share == 1.0
    assert Coverage(0, 0, False).share is None
    assert Coverage(5, None, False).share is None
    assert "5" in str(Coverage(5, None, False))


# --- big keys ------------------------------------------------------------------------------------


def test_the_heaviest_keys_come_first(alone: Client) -> None:
    user = Keys("w", "ann")
    alone.set(user.scratch("text"), "x" * 5_000)
    alone.rpush(user.scratch("list"), *range(10_000))
    alone.json().set(user.checkpoint("c"), "$", {"a": 1, "b": 2})
    alone.set("other", "x" * 1_000_000)
    found = big_keys(alone, "w", budget=AMPLE)
    assert isinstance(found, BigKeys)
    assert [(one.key, one.type, one.length) for one in found.found] == [
        (user.scratch("list"), "list", 10_000),
        (user.scratch("text"), "string", 5_000),
        (user.checkpoint("c"), "ReJSON-RL", 2),
    ]
    assert all(one.bytes == alone.memory_usage(one.key) for one in found.found)
    assert found.rest is None
    assert found.looked_at == 3
    assert {one.verdict for one in found.findings} == {"fine"}


def test_a_big_key_needs_a_look(alone: Client) -> None:
    key = Keys("w", "ann").scratch("big")
    alone.setrange(key, BIG_BYTES + 1, "x")
    found = big_keys(alone, "w")
    assert isinstance(found, BigKeys)
    (finding,) = [one for one in found.findings if one.verdict == "look here"]
    assert finding.what == key


@pytest.mark.parametrize(
    ("key", "big"),
    [
        (BigKey("k", "string", BIG_BYTES, BIG_BYTES), False),
        (BigKey("k", "string", BIG_BYTES + 1, BIG_BYTES), True),
        (BigKey("k", "list", 1, BIG_LENGTH), False),
        (BigKey("k", "list", 1, BIG_LENGTH + 1), True),
        (BigKey("k", "TSDB-TYPE", 1, None), False),
    ],
)
def test_what_is_big(key: BigKey, big: bool) -> None:
    assert key.is_big == big


def test_a_search_in_parts_finds_the_same(alone: Client) -> None:
    user = Keys("w", "ann")
    alone.mset({user.scratch(str(n)): "x" * n for n in range(MANY)})
    whole = big_keys(alone, "w", most=5, budget=AMPLE)
    step = Budget(keys=1, seconds=60)
    part = big_keys(alone, "w", most=5, budget=step)
    assert isinstance(part, BigKeys)
    assert part.rest
    (finding,) = part.findings
    assert finding.verdict == "look here"
    assert "stopped after" in finding.why
    shares = []
    while part.rest:
        shares.append(part.coverage.share)
        again = big_keys(alone, "w", most=5, budget=step, before=part)
        assert isinstance(again, BigKeys)
        part = again
    assert shares == sorted(shares)  # type: ignore[type-var]
    assert isinstance(whole, BigKeys)
    assert part.found == whole.found
    assert len(part.found) == 5
    assert part.looked_at >= whole.looked_at == MANY


def test_a_key_that_is_gone_meanwhile_is_left_out(alone: Client) -> None:
    before = BigKeys((BigKey("gone", "string", 10**9, 1),), 1, Coverage(1, 1, False), None)
    found = big_keys(alone, "w", before=replace(before, rest=None))
    assert isinstance(found, BigKeys)
    assert found.found == ()


def test_without_memory_usage_big_keys_are_not_read(spare: EmbeddedServer, alone: Client) -> None:
    alone.set(Keys("w", "ann").scratch("x"), 1)
    alone.acl_setuser("m", enabled=True, passwords=["+pw"], keys=["*"],
                      categories=["+@all"], commands=["-memory"])  # fmt: skip
    url = spare.url.replace("unix://", "unix://m:pw@")
    with connect(Settings(redis_url=url)) as client:
        assert isinstance(big_keys(client, "w"), Unread)
        assert keyspace(client, "w").bytes is None
