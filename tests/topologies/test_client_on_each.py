"""The kit's client, memory and health data on each topology, unchanged."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
import redis

from wellness import keys
from wellness.client import Client, connect, for_shards, for_user, health, index_tag
from wellness.errors import SettingsError
from wellness.link.latency import LatencyRecorder
from wellness.settings import Settings
from wellness.topologies import Clustered, Replicated, Secured, secured

from . import jobs

USERS = ("ann", "gus", "zoe", "*x{y}")  # on different shards: see `test_users_lie_on_all_shards`


@pytest.fixture(scope="module")
def encrypted(hasty: Settings) -> Iterator[Secured]:
    with secured(hasty, users={}) as local:
        yield local


@pytest.fixture(params=["sentinels", "cluster", "encrypted"])
def there(request: pytest.FixtureRequest) -> Iterator[Client]:
    """The client on one topology after the other."""
    with connect(request.getfixturevalue(request.param).settings) as client:
        yield client


@pytest.fixture
def space(there: Client) -> Iterator[str]:
    """A namespace of this test's own, on all shards."""
    name = f"wellness:test:{uuid.uuid4().hex[:12]}"
    yield name
    for shard in for_shards(there):
        keys.delete(shard, name)
        assert not list(keys.scan(shard, name))
        assert not any(
            keys.is_index_of(name, one.decode()) for one in shard.execute_command("FT._LIST")
        )


@pytest.fixture
def clustered_client(cluster: Clustered) -> Iterator[Client]:
    with connect(cluster.settings) as client:
        yield client


def test_users_lie_on_all_shards(cluster: Clustered) -> None:
    assert {cluster.primary_of(user).name for user in USERS} == {"shard-0", "shard-1", "shard-2"}


@pytest.mark.parametrize("user", USERS)
def test_the_kit_runs_unchanged(there: Client, space: str, user: str) -> None:
    client = for_user(there, user)
    jobs.keep_health(client, space, user)
    jobs.look_at_health(client, space, user)
    jobs.converse(client, space, user)
    jobs.remember(client, space, user)
    jobs.answer_again(client, space, user)
    assert jobs.recall(client, space, user) == jobs.remembered(user)
    assert not keys.audit(client, space, Settings())


def test_what_has_a_key_works_through_anybodys_client(there: Client, space: str) -> None:
    """Another user's keys are reached by way of the node that says where they are."""
    for user in USERS:
        jobs.keep_health(there, space, user)
        jobs.converse(there, space, user)
    mine, other = (keys.Keys(space, user).scratch("k") for user in USERS[:2])
    assert there.pipeline(transaction=False).set(mine, 1).set(other, 2).execute() == [True, True]
    assert [there.get(key) for key in (mine, other)] == [b"1", b"2"]


def test_a_namespace_is_deleted_on_all_shards(there: Client, space: str) -> None:
    for user in USERS:
        jobs.keep_health(for_user(there, user), space, user)
    assert sorted(u for shard in for_shards(there) for u in keys.users(shard, space)) == sorted(
        USERS
    )
    gone = sum(keys.delete(shard, space) for shard in for_shards(there))
    assert gone == 5 * len(USERS)


def test_observers_are_told_once_whoever_answered(there: Client, space: str) -> None:
    recorder = LatencyRecorder()
    there.guard.add(recorder)
    mine, other = (keys.Keys(space, user).scratch("k") for user in USERS[:2])
    for key in (mine, other):
        there.set(key, 1)
        there.pipeline().get(key).incr(key).execute()
    for_user(there, "gus").pipeline(transaction=False).get(other).execute()
    with pytest.raises(redis.ResponseError):
        there.lpush(mine, "no list")
    rows = recorder.snapshot()
    assert {name: (row.calls, row.errors) for name, row in rows.items()} == {
        "SET": (2, 0), "MULTI": (2, 0), "PIPELINE": (1, 0), "LPUSH": (1, 1),
    }  # fmt: skip


def test_health_is_that_of_the_node(there: Client) -> None:
    found = health(there)
    assert (found.ok, found.circuit, found.persistence) == (True, "closed", "AOF everysec, RDB off")
    assert found.endpoint == there.guard.endpoint


def test_a_script_and_a_transaction_that_watches(there: Client, space: str) -> None:
    for user in USERS:
        key = keys.Keys(space, user).scratch("counter")
        script = there.register_script("return redis.call('INCRBY', KEYS[1], ARGV[1])")
        assert script(keys=[key], args=[2]) == 2
        pipe = there.pipeline()
        script(keys=[key], args=[3], client=pipe)
        assert pipe.execute() == [5]
        with there.pipeline() as pipe:
            pipe.watch(key)
            seen = int(pipe.get(key))  # type: ignore[arg-type]
            there.incr(key)
            pipe.multi()
            pipe.set(key, seen)
            with pytest.raises(redis.WatchError):
                pipe.execute()
        assert there.get(key) == b"6"


def test_a_pipelines_errors_are_those_of_its_commands(there: Client, space: str) -> None:
    text, number = (keys.Keys(space, "ann").scratch(name) for name in ("text", "number"))
    there.set(text, "no number")
    for atomic in (True, False):
        pipe = there.pipeline(transaction=atomic).incr(number).incr(text).incr(number)
        with pytest.raises(redis.ResponseError, match="not an integer"):
            pipe.execute()
        pipe.incr(number).incr(text)
        first, second = pipe.execute(raise_on_error=False)
        assert isinstance(first, int)
        assert isinstance(second, redis.ResponseError)
    assert there.get(number) == b"6"
    assert there.pipeline().execute() == []


def test_json_and_search_find_their_node(there: Client, space: str) -> None:
    client = for_user(there, "gus")
    key = keys.Keys(space, "gus").scratch("document")
    client.json().set(key, "$", {"a": [1, 2]})
    assert client.json().get(key, "$.a[1]") == [2]


def test_a_connection_of_ones_own_goes_to_the_users_node(there: Client) -> None:
    for user in USERS:
        client = for_user(there, user)
        with client.client() as own:
            assert own.client_id() == own.client_id()
            assert own.info("server")["run_id"] == client.info("server")["run_id"]


def test_pubsub_reaches_the_node(there: Client) -> None:
    with there.pubsub() as listener:
        listener.subscribe("wellness-test")
        assert listener.get_message(timeout=2)
        assert there.publish("wellness-test", "hello") == 1
        heard = listener.get_message(timeout=2)
        assert heard
        assert heard["data"] == b"hello"


def test_without_a_cluster_one_client_serves_all(sentinels: Replicated) -> None:
    with connect(sentinels.settings) as client:
        assert index_tag(client) == ""
        (only,) = for_shards(client)
        only.ping()
        assert for_user(client, "gus").connection_pool is only.connection_pool


@pytest.mark.parametrize(
    "url",
    [
        "redis+sentinel://ann:secret@localhost",
        "redis+sentinel://ann:secret@localhost/service/first",
        "redis+sentinel://ann:secret@localhost:port/service",
        "redis+sentinel://ann:secret@,localhost/service",
        "redis+cluster://ann:secret@localhost/service",
        "redis+cluster://ann:secret@localhost?colour=blue",
        "rediss+cluster://ann:secret@localhost?decode_responses=True",
    ],
)
def test_an_unusable_url_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(SettingsError, match=r"REDIS_URL.*redis\+cluster://") as caught:
        connect(Settings(redis_url=url))
    assert "secret" not in str(caught.value)


def test_nothing_is_said_of_passwords() -> None:
    url = "rediss+sentinel://ann:secret@a,b:7/health/2?sentinel_password=secret"
    with connect(Settings(redis_url=url)) as client:
        assert repr(client) == "<Client of rediss+sentinel://a:26379,b:7/health/2, circuit closed>"


def test_plain_text_is_refused_where_tls_is_required(encrypted: Secured) -> None:
    url = encrypted.settings.redis_url
    assert url
    assert url.startswith("rediss://")
    for changed in (
        {"redis_url": url.replace("rediss", "redis")},
        {"redis_ca": None},  # nobody the system trusts vouches for it
    ):
        with connect(encrypted.settings.model_copy(update=changed)) as client:
            found = health(client)
        assert not found.ok
        assert found.problem
        assert url.partition("@")[0].rpartition(":")[2] not in found.problem


def test_who_has_no_name_is_not_let_in(encrypted: Secured) -> None:
    url = f"rediss://127.0.0.1:{encrypted.server.port}"
    with (
        connect(encrypted.settings.model_copy(update={"redis_url": url})) as client,
        pytest.raises(redis.AuthenticationError),
    ):
        client.ping()
