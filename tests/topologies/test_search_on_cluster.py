"""Search on a Cluster whose Search knows only its own shard: complete for each user, also after
slots have moved, and silently partial for everybody at once."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator

import pytest
from redis.exceptions import AskError

from wellness import keys
from wellness.client import Client, connect, for_shards, for_user, index_tag
from wellness.errors import RedisUnavailable
from wellness.keys.indexes import index_tag as tag_in
from wellness.keys.slots import slot_of, user_slot
from wellness.memory.kinds import Fact, MemoryKind
from wellness.memory.long_term import LongTerm
from wellness.settings import Settings
from wellness.topologies import Clustered
from wellness.topologies.local_server import wait_until

from . import jobs

USERS = ("ann", "gus", "zoe")


@pytest.fixture
def client(cluster: Clustered) -> Iterator[Client]:
    with connect(cluster.settings) as client:
        yield client


@pytest.fixture
def space(client: Client) -> Iterator[str]:
    name = f"wellness:test:{uuid.uuid4().hex[:12]}"
    yield name
    for shard in for_shards(client):
        keys.delete(shard, name)


def indexes(client: Client, space: str) -> list[str]:
    found = (name.decode() for name in client.execute_command("FT._LIST"))
    return [name for name in found if keys.is_index_of(space, name)]


def test_each_shard_has_an_index_named_after_one_of_its_slots(
    cluster: Clustered, client: Client, space: str
) -> None:
    for user in USERS:
        jobs.remember(for_user(client, user), space, user)
    names = []
    for shard in for_shards(client):
        (name,) = indexes(shard, space)
        assert tag_in(name) == index_tag(shard)
        assert cluster.server_of(slot_of(name)).port == shard.info("server")["tcp_port"]
        names.append(name)
    assert len(set(names)) == 3


def test_a_user_is_found_on_one_shard_and_nobody_elsewhere(
    cluster: Clustered, client: Client, space: str
) -> None:
    for user in USERS:
        jobs.remember(for_user(client, user), space, user)
    for user in USERS:
        assert jobs.recall(for_user(client, user), space, user) == jobs.remembered(user)
    common = cluster.primary_of(keys.EVERYONE)  # is asked in any case
    user, *others = (one for one in USERS if cluster.primary_of(one) is not common)
    wrong = for_user(client, others[0])
    assert jobs.recall(wrong, space, user) == [], "which is why `for_user` is needed"


def test_a_client_that_comes_later_uses_the_index_that_is_there(
    cluster: Clustered, client: Client, space: str
) -> None:
    """Its name comes from a slot that is not the shard's last any more."""
    mine = for_user(client, "ann")
    jobs.remember(mine, space, "ann")
    (name,) = indexes(mine, space)
    free, home = 16_000, cluster.primary_of("ann")
    back = cluster.server_of(free)
    cluster.move_slot(free, home)
    try:
        with connect(cluster.settings) as newcomer:
            again = for_user(newcomer, "ann")
            assert index_tag(again) == tag_in(name)
            assert jobs.recall(again, space, "ann") == jobs.remembered("ann")
            assert indexes(again, space) == [name]
    finally:
        cluster.move_slot(free, back)


def test_a_user_moves_while_being_served(cluster: Clustered, client: Client, space: str) -> None:
    """No error, no lost turn, and each question is answered in full, before, while and after."""
    mine = for_user(client, "ann")
    jobs.keep_health(mine, space, "ann")
    jobs.remember(mine, space, "ann")
    jobs.recall(mine, space, "ann")
    home, slot = cluster.primary_of("ann"), user_slot("ann")
    target = cluster.primary_of("zoe")
    counter, stop = keys.Keys(space, "ann").scratch("counter"), threading.Event()
    problems: list[object] = []
    served = [0]

    def serve() -> None:
        memory = jobs.long_term(mine, space, "ann")
        while not stop.is_set():
            try:
                found = memory.recall(jobs.QUESTION, now=jobs.NOON + 2 * jobs.DAY)
                texts = sorted(hit.memory.fact.text for hit in found.hits)
                if texts != jobs.remembered("ann"):
                    problems.append(texts)
                mine.incr(counter)
                served[0] += 1
            except Exception as error:
                problems.append(error)
                return

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        for to in (target, home, target):
            time.sleep(0.1)
            moved = cluster.move_slot(
                slot, to, prepare=lambda shard: jobs.long_term(shard, space, "ann")
            )
            assert moved > 8
            assert cluster.primary_of("ann") is to
        time.sleep(0.1)
    finally:
        stop.set()
        thread.join()
        there = cluster.primary_of("ann")
    assert problems == []
    assert served[0] > 10
    assert int(mine.get(counter) or 0) == served[0]
    assert there is target
    jobs.look_at_health(mine, space, "ann")
    assert jobs.recall(mine, space, "ann") == jobs.remembered("ann")
    jobs.converse(mine, space, "ann")
    with connect(cluster.settings) as newcomer:
        again = for_user(newcomer, "ann")
        assert jobs.recall(again, space, "ann") == jobs.remembered("ann")
    cluster.move_slot(slot, home)
    assert jobs.recall(mine, space, "ann") == jobs.remembered("ann")


def test_an_index_whose_slot_moves_away_is_made_again(
    cluster: Clustered, client: Client, space: str
) -> None:
    mine = for_user(client, "ann")
    jobs.remember(mine, space, "ann")
    (name,) = indexes(mine, space)
    home, slot = cluster.primary_of("ann"), slot_of(name)
    cluster.move_slot(slot, cluster.primary_of("zoe"))
    try:
        assert jobs.recall(mine, space, "ann") == jobs.remembered("ann")
        (other,) = indexes(mine, space)
        assert other != name
        assert cluster.server_of(slot_of(other)) is home
    finally:
        cluster.move_slot(slot, home)
    assert jobs.recall(mine, space, "ann") == jobs.remembered("ann")


def test_what_belongs_to_everybody_is_found_from_each_shard(
    cluster: Clustered, client: Client, space: str
) -> None:
    everyone = LongTerm(
        for_user(client, keys.EVERYONE), jobs.Words(), keys.EVERYONE, settings=Settings(),
        clock=time.time, namespace=space, shared=True,
    )  # fmt: skip
    known = "To swim in a lake is good for the weight"
    everyone.remember([Fact(known, MemoryKind.FACT, jobs.NOON)])
    for user in USERS:
        jobs.remember(for_user(client, user), space, user)
    for user in USERS:
        assert jobs.recall(for_user(client, user), space, user) == sorted(
            [known, *jobs.remembered(user)]
        )
    home = cluster.primary_of(keys.EVERYONE)
    user = next(one for one in USERS if cluster.primary_of(one) is not home)
    home.freeze()
    try:
        memory = jobs.long_term(for_user(client, user), space, user)
        found = memory.recall(jobs.QUESTION, now=jobs.NOON + 2 * jobs.DAY)
    finally:
        home.thaw()
    assert sorted(hit.memory.fact.text for hit in found.hits) == jobs.remembered(user)
    assert "belongs to everybody" in found.degraded
    cluster.wait_for_replicas()

    def is_back() -> bool:
        try:
            return bool(everyone.recall(known, now=jobs.NOON + 2 * jobs.DAY).hits)
        except RedisUnavailable:
            return False

    wait_until(is_back, "the circuit is closed again", 20)


def test_a_slot_on_its_way_is_waited_for_and_nothing_is_done_twice(
    cluster: Clustered, client: Client, space: str
) -> None:
    mine, slot = for_user(client, "ann"), user_slot("ann")
    jobs.remember(mine, space, "ann")
    (name,) = indexes(mine, space)
    there, absent = (keys.Keys(space, "ann").scratch(part) for part in ("there", "absent"))
    mine.set(there, 0)
    source, target = cluster.primary_of("ann"), cluster.primary_of("zoe")
    with cluster.client(source) as old, cluster.client(target) as new:
        new.execute_command("CLUSTER SETSLOT", slot, "IMPORTING", cluster.node_id(source))
        old.execute_command("CLUSTER SETSLOT", slot, "MIGRATING", cluster.node_id(target))
        stable = threading.Timer(0.2, old.execute_command, ("CLUSTER SETSLOT", slot, "STABLE"))
        stable.start()
        try:
            pipe = mine.pipeline(transaction=False).incr(there)
            pipe.execute_command("FT.SEARCH", name, "*", "NOCONTENT")
            count, found = pipe.execute()
            assert count == 1
            assert found[b"total_results"] == 3
            assert mine.get(there) == b"1"
            old.execute_command("CLUSTER SETSLOT", slot, "MIGRATING", cluster.node_id(target))
            begun = time.monotonic()
            with pytest.raises(AskError):  # it does not end
                mine.set(absent, 1)
            assert time.monotonic() - begun > cluster.settings.socket_timeout_s
            assert mine.incr(there) == 2, "what is still there is served"
        finally:
            stable.join()
            for node in (old, new):
                node.execute_command("CLUSTER SETSLOT", slot, "STABLE")
    assert mine.set(absent, 1)
