"""The client follows: after a failover, a demotion, and while the servers do not answer."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator

import pytest
import redis

from wellness import keys
from wellness.client import (
    CircuitOpen,
    Client,
    ConnectionFailed,
    NoAnswer,
    connect,
    for_user,
    health,
)
from wellness.errors import RedisUnavailable
from wellness.settings import Settings
from wellness.topologies import Clustered, Replicated, replicated
from wellness.topologies.local_server import wait_until

from . import jobs

PATIENCE_S = 20.0


@pytest.fixture
def space() -> str:
    return f"wellness:test:{uuid.uuid4().hex[:12]}"


@pytest.fixture
def behind_sentinels(sentinels: Replicated) -> Iterator[Client]:
    with connect(sentinels.settings) as client:
        yield client


@pytest.fixture
def on_cluster(cluster: Clustered) -> Iterator[Client]:
    with connect(cluster.settings) as client:
        yield client


def persist(send: Callable[[], object]) -> list[type[BaseException]]:
    """Try until it succeeds; what was raised before."""
    raised: list[type[BaseException]] = []
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            send()
        except (RedisUnavailable, redis.RedisError) as error:
            raised.append(type(error))
        else:
            return raised
        if time.monotonic() > deadline:
            pytest.fail(f"it never succeeded: {raised[-1]}")
        time.sleep(0.01)


def test_the_client_follows_sentinel_by_itself(
    sentinels: Replicated, behind_sentinels: Client, space: str
) -> None:
    client, old = behind_sentinels, sentinels.primary
    jobs.keep_health(client, space, "ann")
    jobs.remember(client, space, "ann")
    assert client.execute_command("WAIT", 2, 5_000) == 2
    old.kill()
    raised = persist(lambda: jobs.converse(client, space, "ann"))
    assert set(raised) <= {ConnectionFailed, CircuitOpen}, "nobody but the dead one was asked"
    assert sentinels.primary is not old
    assert client.guard.breaker.state == "closed", "that of the new primary"
    jobs.look_at_health(client, space, "ann")
    assert jobs.recall(client, space, "ann") == jobs.remembered("ann"), "the index was replicated"
    assert client.execute_command("WAIT", 1, 5_000) == 1, "with two replicas, one is left"
    sentinels.rejoin(old)
    assert client.execute_command("WAIT", 2, 5_000) == 2
    assert sentinels.primary is not old
    keys.delete(client, space)


def test_readonly_leads_to_the_new_primary_within_the_call(
    sentinels: Replicated, behind_sentinels: Client, space: str
) -> None:
    """A server that was made a replica behind the client's back, its connections left alone."""
    client, primary = behind_sentinels, sentinels.primary
    key = keys.Keys(space, "ann").scratch("k")
    client.incr(key)

    def mislead() -> Client:
        route = client._route  # type: ignore[attr-defined]
        route.directory._address = sentinels.replicas[0].address
        route._look_again_at = 0.0
        return client

    assert mislead().incr(key) == 2
    assert mislead().pipeline().incr(key).get(key).execute() == [3, b"3"]
    assert mislead().pipeline(transaction=False).incr(key).exists(key).execute() == [4, 1]
    assert client.info()["tcp_port"] == primary.port
    client.unlink(key)


def test_a_silent_primary_costs_one_timeout_and_is_left(hasty: Settings) -> None:
    """It keeps its connections and answers nobody; when it comes back, nobody goes back to it."""
    patient = hasty.model_copy(update={"breaker_reset_s": 60.0})
    with replicated(patient, replicas=1) as local, connect(local.settings) as client:
        old = local.primary
        client.set("k", 1)
        assert client.execute_command("WAIT", 1, 5_000) == 1
        old.freeze()
        raised = persist(lambda: client.incr("k"))
        assert raised.count(NoAnswer) == 1, "each costs a timeout"
        assert set(raised) <= {NoAnswer, CircuitOpen}
        assert local.primary is not old
        old.thaw()
        assert client.incr("k") == 3
        assert client.info()["tcp_port"] == local.primary.port


def test_dead_sentinels_do_not_matter_while_the_primary_lives(hasty: Settings) -> None:
    with replicated(hasty, replicas=1) as local, connect(local.settings) as client:
        client.set("k", 1)
        for sentinel in local.sentinels.values():
            sentinel.kill()
        client.connection_pool.disconnect()
        assert client.get("k") == b"1"
        local.servers["data-0"].kill()
        for _ in range(hasty.breaker_failures):
            with pytest.raises(ConnectionFailed):
                client.get("k")
        with pytest.raises(CircuitOpen):
            client.get("k")
        found = health(client)
        assert (found.ok, found.circuit) == (False, "open")
        with (
            connect(local.settings) as newcomer,
            pytest.raises(ConnectionFailed, match="a primary"),
        ):
            newcomer.get("k")


def test_a_dead_shard_costs_nothing_to_users_of_others(
    cluster: Clustered, on_cluster: Client, space: str
) -> None:
    mine, other = for_user(on_cluster, "ann"), for_user(on_cluster, "gus")
    for client, user in ((mine, "ann"), (other, "gus")):
        jobs.remember(client, space, user)
        jobs.keep_health(client, space, user)
        assert client.execute_command("WAIT", 1, 5_000) == 1
    old = cluster.primary_of("ann")
    old.kill()
    for _ in range(Settings().breaker_failures):
        with pytest.raises(ConnectionFailed):
            mine.get(keys.Keys(space, "ann").version)
    with pytest.raises(CircuitOpen):
        mine.get(keys.Keys(space, "ann").version)
    jobs.look_at_health(other, space, "gus")
    assert jobs.recall(other, space, "gus") == jobs.remembered("gus")
    persist(lambda: jobs.converse(mine, space, "ann"))
    jobs.look_at_health(mine, space, "ann")
    assert jobs.recall(mine, space, "ann") == jobs.remembered("ann"), "the index was replicated"
    heard = "the server that is asked has heard of the new primary"  # the nodes gossip
    wait_until(lambda: cluster.primary_of("ann") is not old, heard, PATIENCE_S)
    old.restart()
    cluster.wait_for_replicas()
    assert cluster.replica_of(cluster.primary_of("ann")) is old
    for client in (mine, other):
        keys.delete(client, space)
