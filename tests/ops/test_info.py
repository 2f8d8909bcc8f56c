"""The dashboard: what it reads is what Redis says, and what is refused is said to be unread."""

from __future__ import annotations

import json
import socket
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from redis.exceptions import ResponseError

from wellness.client import Client, connect
from wellness.errors import RedisUnavailable
from wellness.keys import Keys, index_name, index_prefix
from wellness.ops.finding import Finding, Part, Unread
from wellness.ops.indexes import Indexes, indexes
from wellness.ops.info import PARTS, dashboard
from wellness.ops.latency import Latency, latency
from wellness.ops.memory import FRAGMENTED_FROM_BYTES, Memory, memory_of
from wellness.ops.persistence import Persistence, persistence_of
from wellness.ops.replication import replication_of
from wellness.ops.traffic import Traffic, traffic_of
from wellness.server import EmbeddedServer, start
from wellness.settings import Settings

BUSY = "local n = 0 for i = 1, 3e6 do n = n + i end return n"  # some tens of milliseconds
GB = 1_000_000_000


@pytest.fixture(scope="module")
def spare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """A server of this module's own, since its configuration is changed."""
    home = tmp_path_factory.mktemp("spare")
    with start(Settings(home=home), extra_args=("--latency-tracking", "no")) as server:
        yield server


@pytest.fixture
def empty(spare: EmbeddedServer) -> Iterator[Client]:
    """A client of an empty server with its first configuration."""
    with connect(Settings(redis_url=spare.url)) as client:
        client.flushall()
        client.config_resetstat()
        client.slowlog_reset()
        before = client.config_get("max*", "latency-monitor-threshold", "slowlog-*", "append*")
        yield client
        for name in ("maxmemory", "maxmemory-policy", "maxclients", "latency-monitor-threshold",
                     "slowlog-log-slower-than", "appendonly"):  # fmt: skip
            client.config_set(name, before[name])


@pytest.fixture
def limited(spare: EmbeddedServer, empty: Client) -> Iterator[Client]:
    """A client of a user who may do what hosted services allow."""
    name = f"limited-{uuid.uuid4().hex[:6]}"
    empty.acl_setuser(
        name, enabled=True, passwords=["+pw"], keys=["*"],
        categories=["+@all", "-@dangerous"], commands=["-memory", "-config", "-slowlog"],
    )  # fmt: skip
    url = spare.url.replace("unix://", f"unix://{name}:pw@")
    with connect(Settings(redis_url=url)) as client:
        yield client
    empty.acl_deluser(name)


def found(part: Part, what: str) -> Finding:
    (one,) = [finding for finding in part.findings if finding.what == what]
    return one


def read(part: Part | Unread) -> Any:
    assert not isinstance(part, Unread), part
    return part


# --- as a whole ----------------------------------------------------------------------------------


def test_an_empty_server_has_nothing_to_look_at(empty: Client) -> None:
    board = dashboard(empty, "wellness")
    assert board.look_here == ()
    assert [one.what for one in board.to_explain] == ["monitor"], "the latency monitor is off"
    assert read(board.traffic).hit_rate is None
    assert read(board.keyspace).keys == 0
    assert read(board.keyspace).bytes == 0
    assert read(board.big_keys).found == ()
    assert read(board.indexes).indexes == ()


def test_each_item_has_a_verdict_a_reason_and_if_need_be_a_remedy(
    empty: Client, limited: Client
) -> None:
    empty.set(Keys("wellness", "ann").answer("1"), "no hash, no expiry")
    empty.config_set("slowlog-log-slower-than", -1)
    for one in (dashboard(empty, "wellness"), dashboard(limited, "wellness")):
        for finding in (finding for part in one.parts for finding in part.findings):
            assert finding.what
            assert finding.value
            assert finding.why.endswith((".", ")")), finding
            assert bool(finding.do) == (finding.verdict == "look here"), finding


def test_it_can_be_shown_and_sent(empty: Client) -> None:
    key = Keys("wellness", "<script>").scratch("x")
    empty.set(key, "1")
    board = dashboard(empty, "wellness")
    sent = json.loads(json.dumps(board.to_dict()))
    assert sent.keys() == {"version", *PARTS}
    assert sent["memory"]["used_bytes"] == read(board.memory).used_bytes
    assert sent["keyspace"]["holdings"][0]["kind"] == "scratch"
    assert sent["big_keys"]["found"][0]["key"] == key
    html = board._repr_html_()
    assert html.count("<caption") >= len(PARTS)
    assert "<script>" not in html
    for part in board.parts:
        assert part.caption in repr(board)
        assert part.caption.replace("<", "&lt;") in html


def test_numbers_are_those_of_info(empty: Client) -> None:
    empty.set("a", "x", ex=100)
    empty.get("a")
    empty.get("none")
    info = empty.info()
    board = dashboard(empty, "wellness")
    assert board.version == info["redis_version"]
    memory, traffic = read(board.memory), read(board.traffic)
    assert memory.policy == "noeviction"
    assert memory.maxmemory_bytes == 0
    assert memory.peak_bytes >= memory.used_bytes * 0.5 > 0
    assert memory.rss_bytes > memory.used_bytes
    assert (traffic.hits, traffic.misses) == (1, 1)
    assert traffic.hit_rate == 0.5
    assert traffic.connected == info["connected_clients"]
    assert traffic.most == int(empty.config_get("maxclients")["maxclients"])
    assert found(traffic, "keyspace hit rate").value == "50.0% of 2"
    assert "not the hit rate of a cache" in traffic.notes[0]
    assert read(board.replication).role == "master"


def test_what_a_hosted_service_refuses_is_said_and_the_rest_stands(
    empty: Client, limited: Client
) -> None:
    empty.set(Keys("wellness", "ann").scratch("x"), "1")
    board = dashboard(limited, "wellness")
    for name in ("memory", "traffic", "persistence", "replication", "big_keys", "slowlog",
                 "latency"):  # fmt: skip
        part = getattr(board, name)
        assert isinstance(part, Unread), name
        assert "no permissions" in part.reason
    assert read(board.keyspace).keys == 1
    assert read(board.keyspace).bytes is None
    assert found(read(board.keyspace), "bytes").verdict == "not read"
    assert not board.look_here
    assert board.version == ""
    json.dumps(board.to_dict())


def test_info_without_config(spare: EmbeddedServer, empty: Client) -> None:
    empty.acl_setuser("plain", enabled=True, passwords=["+pw"], keys=["*"],
                      categories=["+@all"], commands=["-config"])  # fmt: skip
    url = spare.url.replace("unix://", "unix://plain:pw@")
    with connect(Settings(redis_url=url)) as client:
        board = dashboard(client, "wellness")
    assert not [name for name in PARTS if isinstance(getattr(board, name), Unread)]
    state = read(board.persistence)
    assert (state.aof, state.fsync, state.save_points) == (True, "", None)
    unread = {one.what for one in board.to_explain if one.verdict == "not read"}
    assert unread == {"RDB", "logged above", "monitor"}
    assert "no permissions" in found(state, "RDB").why


def test_a_service_that_renames_commands_away_is_no_failure(settings: Settings) -> None:
    gone = [
        word
        for name in ("SLOWLOG", "LATENCY", "MEMORY", "DBSIZE")
        for word in ("--rename-command", name, "")
    ]
    with (
        start(settings, extra_args=gone) as server,
        connect(Settings(redis_url=server.url)) as client,
    ):
        with pytest.raises(ResponseError, match="unknown command"):
            client.slowlog_get()
        client.set(Keys("wellness", "ann").scratch("x"), "1")
        board = dashboard(client, "wellness")
        unread = {name for name in PARTS if isinstance(getattr(board, name), Unread)}
        assert unread == {"slowlog", "latency", "big_keys"}
        assert read(board.keyspace).coverage.keys is None
        assert read(board.keyspace).bytes is None


def test_a_dead_redis_is_an_error_as_everywhere(tmp_path: Path) -> None:
    with (
        connect(Settings(redis_url=f"unix://{tmp_path}/none.sock")) as client,
        pytest.raises(RedisUnavailable),
    ):
        dashboard(client, "wellness")


# --- memory --------------------------------------------------------------------------------------

ROOMY = Memory(GB, GB, GB, 1.1, 0, 10 * GB, "noeviction", 0, 5)


@pytest.mark.parametrize(
    ("what", "changes"),
    [
        ("fragmentation", {"fragmentation": 1.6}),
        ("fragmentation", {"fragmentation": 0.5}),
        ("maxmemory", {"machine_bytes": GB}),
        ("maxmemory", {"maxmemory_bytes": round(1.1 * GB)}),
        ("policy", {"maxmemory_bytes": 2 * GB, "policy": "allkeys-lru"}),
        ("evicted", {"evicted": 1}),
    ],
)
def test_memory_rules(what: str, changes: dict[str, Any]) -> None:
    assert not [one for one in ROOMY.findings if one.verdict != "fine"]
    bad = [one.what for one in replace(ROOMY, **changes).findings if one.verdict == "look here"]
    assert bad == [what]


def test_fragmentation_of_a_small_server_says_nothing() -> None:
    small = replace(ROOMY, used_bytes=FRAGMENTED_FROM_BYTES - 1, fragmentation=14.0)
    assert found(small, "fragmentation").verdict == "fine"


def test_what_info_does_not_say_is_not_taken_for_zero() -> None:
    for part in (memory_of({}), traffic_of({}), replication_of({})):
        assert {one.verdict for one in part.findings} == {"not read"}
    assert memory_of({}).used_bytes is None


def test_a_server_at_its_limit(empty: Client) -> None:
    used = int(empty.info("memory")["used_memory"])
    empty.config_set("maxmemory-policy", "allkeys-random")
    empty.config_set("maxmemory", used + 2_000_000)
    for n in range(60):
        empty.set(f"filler:{n}", "x" * 100_000)
    memory = read(dashboard(empty, "wellness").memory)
    assert memory.evicted > 0
    assert found(memory, "evicted").verdict == "look here"
    assert found(memory, "maxmemory").verdict == "look here"
    assert found(memory, "policy").verdict == "look here"
    empty.config_set("maxmemory-policy", "volatile-lru")
    memory = read(dashboard(empty, "wellness").memory)
    assert memory.policy == "volatile-lru"
    assert found(memory, "policy").verdict == "fine"


# --- clients and commands ------------------------------------------------------------------------


def test_the_hit_rate_divides_by_nothing(empty: Client) -> None:
    before = traffic_of(empty.info())
    assert (before.hits, before.misses, before.hit_rate) == (0, 0, None)
    assert found(before, "keyspace hit rate").value == "none yet"
    empty.get("none")
    assert traffic_of(empty.info()).hit_rate == 0.0


def test_what_the_note_about_the_hit_rate_says_is_so(empty: Client) -> None:
    empty.execute_command("FT.CREATE", "i", "PREFIX", 1, "d:", "SCHEMA", "t", "TEXT")
    empty.hset("d:1", "t", "hello")

    def reads() -> int:
        traffic = traffic_of(empty.info())
        return (traffic.hits or 0) + (traffic.misses or 0)

    before = reads()
    empty.execute_command("FT.SEARCH", "i", "hello")
    assert reads() == before
    empty.ttl("d:1")
    empty.type("d:1")
    assert reads() == before + 2


def test_info_is_read_before_the_dashboard_reads_keys(empty: Client) -> None:
    empty.set(Keys("wellness", "ann").scratch("x"), "1")
    assert read(dashboard(empty, "wellness").traffic).hits == 0
    assert read(dashboard(empty, "wellness").traffic).hits > 0, "the first one's own"


@pytest.mark.parametrize(
    ("what", "changes"),
    [("connected clients", {"connected": 81}), ("rejected connections", {"rejected": 1})],
)
def test_client_rules(what: str, changes: dict[str, int]) -> None:
    calm = Traffic(80, 100, 3, 0, 5, 1, 1)
    assert {one.verdict for one in calm.findings} == {"fine"}
    bad = [one for one in replace(calm, **changes).findings if one.verdict == "look here"]
    assert [one.what for one in bad] == [what]


# --- persistence and replication -----------------------------------------------------------------


def test_persistence_is_that_of_the_server(empty: Client) -> None:
    state = read(dashboard(empty, "wellness").persistence)
    assert (state.aof, state.fsync, state.save_points) == (True, "everysec", "")
    assert found(state, "AOF").value.startswith("everysec")
    empty.config_set("appendonly", "no")
    state = persistence_of(empty, empty.info())
    assert state.aof is False
    assert "restart loses everything" in found(state, "AOF").why


SAFE = Persistence(True, "always", 10, False, "ok", "ok", "", False, "ok", 0, 0)


@pytest.mark.parametrize(
    ("what", "verdict", "changes"),
    [
        ("last AOF write", "look here", {"last_write": "err"}),
        ("last AOF rewrite", "look here", {"last_rewrite": "err"}),
        ("last RDB save", "look here", {"last_save": "err"}),
        ("AOF", "look here", {"aof": False, "save_points": "3600 1"}),
        ("AOF", "not read", {"aof": None}),
    ],
)
def test_persistence_rules(what: str, verdict: str, changes: dict[str, Any]) -> None:
    assert {one.verdict for one in SAFE.findings} == {"fine"}
    bad = [one for one in replace(SAFE, **changes).findings if one.verdict != "fine"]
    assert [(one.what, one.verdict) for one in bad] == [(what, verdict)]


def test_what_is_running_is_named() -> None:
    assert found(replace(SAFE, rewriting=True), "in progress").value == "AOF rewrite"


def test_replicas_and_their_lag() -> None:
    info: dict[str, Any] = {"role": "master", "master_repl_offset": 5_000_000}
    seen = (("online", 4_999_999, 0), ("online", 1_000_000, 1), ("wait_bgsave", 0, 60))
    for n, (state_, offset, lag) in enumerate(seen):
        info[f"slave{n}"] = {"ip": "a", "port": n, "state": state_, "offset": offset, "lag": lag}
    state = replication_of(info)
    assert [one.behind_bytes for one in state.replicas] == [1, 4_000_000, 5_000_000]
    assert [one.verdict for one in state.findings] == ["fine", "fine", "look here", "look here"]


def test_a_replica_with_and_without_its_master(tmp_path: Path) -> None:
    with socket.socket() as probe:  # a replica cannot follow a Unix socket
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    homes = [Settings(home=tmp_path / name) for name in ("master", "replica")]
    quick = ("--port", str(port), "--repl-diskless-sync-delay", "0")
    with (
        start(homes[0], extra_args=quick) as master,
        start(homes[1]) as copy,
        connect(Settings(redis_url=master.url)) as client,
        connect(Settings(redis_url=copy.url)) as follower,
    ):
        follower.execute_command("REPLICAOF", "127.0.0.1", port)
        deadline = time.monotonic() + 20
        while replication_of(follower.info()).link != "up":
            assert time.monotonic() < deadline, "it did not come up"
            time.sleep(0.02)
        state = read(dashboard(follower, "wellness").replication)
        assert (state.role, state.link) == ("slave", "up")
        assert found(state, "link to master").verdict == "fine"
        (replica,) = read(dashboard(client, "wellness").replication).replicas
        assert replica.behind_bytes < 1_000
        follower.execute_command("REPLICAOF", "127.0.0.1", 1)
        state = read(dashboard(follower, "wellness").replication)
        assert found(state, "link to master").verdict == "look here"


# --- latency and indexes -------------------------------------------------------------------------


def test_a_monitor_that_is_off_is_not_called_fine(empty: Client) -> None:
    state = latency(empty)
    assert isinstance(state, Latency)
    assert state.threshold_ms == 0
    assert found(state, "monitor").verdict == "not read"


def test_the_monitor_has_what_was_late(empty: Client) -> None:
    empty.config_set("latency-monitor-threshold", 1)
    empty.eval(BUSY, 0)
    state = latency(empty)
    assert isinstance(state, Latency)
    assert found(state, "monitor").verdict == "fine"
    (stall,) = [one for one in state.stalls if one.event == "command"]
    assert stall.worst_ms >= stall.last_ms >= 1
    assert stall.history[-1] == (stall.at, stall.last_ms)
    assert found(state, "command").verdict == "look here"


def test_indexes_of_the_namespace_only(client: Redis, namespace: str) -> None:
    name = index_name(namespace, "memory", "m", 2)
    other = index_name(f"{namespace}:inner", "memory", "m", 2)
    for index in (name, other):
        client.execute_command(
            *("FT.CREATE", index, "PREFIX", 1, index_prefix(namespace), "SCHEMA", "t", "TEXT"),
            *("v", "VECTOR", "HNSW", 10, "TYPE", "FLOAT32", "DIM", 2, "DISTANCE_METRIC", "COSINE"),
            *("M", 8, "EF_CONSTRUCTION", 50),
        )
    keys = Keys(namespace, "ann")
    client.hset(keys.memory("1"), mapping={"t": "one", "v": bytes(8)})
    try:
        one = None
        for _ in range(100):  # a new index looks through all keys of the server in the background
            state = indexes(client, namespace)
            assert isinstance(state, Indexes)
            (one,) = state.indexes
            if one.indexed == 1:
                break
            time.sleep(0.05)
        assert one is not None
        (vector,) = one.vectors
        assert (one.name, one.documents, one.failures, one.indexed) == (name, 1, 0, 1.0)
        assert one.vector_bytes > 0
        assert str(vector) == "HNSW 2 float32 cosine, M 8, EF_CONSTRUCTION 50"
        assert found(state, name).verdict == "fine"
        client.hset(keys.memory("2"), mapping={"t": "two", "v": bytes(12)})
        state = indexes(client, namespace)
        assert isinstance(state, Indexes)
        assert state.indexes[0].failures == 1
        assert found(state, name).verdict == "look here"
        assert found(replace(state, indexes=(replace(one, indexed=0.5),)), name).verdict == (
            "look here"
        )
    finally:
        client.execute_command("FT.DROPINDEX", other)
