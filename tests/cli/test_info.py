"""`wellness info`: readable, honest about what it could not read, and JSON for scripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from redis import Redis

from wellness.keys import Keys
from wellness.ops.info import PARTS
from wellness.server import EmbeddedServer

from .conftest import Run

LONG = ("--seconds", 60)  # of other tests' keys there may be many


def holdings(run: Run, *words: object) -> dict[str, int]:
    said = run("info", "--json", *LONG, *words).json["keyspace"]
    return {one["kind"]: one["keys"] for one in said["holdings"]}


def test_it_shows_every_part_and_explains_what_is_not_fine(
    run: Run, client: Redis, namespace: str
) -> None:
    key = Keys(namespace, "ann").turns("talk")
    client.rpush(key, "weighs 82.4 kg")
    answer = run("info", *LONG)
    assert (answer.code, answer.err) == (0, "")
    for caption in ("Memory", "Clients and commands", "Persistence", "Replication",
                    f"Keys by kind of {namespace}", "Heaviest keys", "Search indexes"):  # fmt: skip
        assert caption in answer.rows
    assert "not the hit rate of a cache" in answer.out
    (row,) = [row for row in answer.rows if row.split()[:3] == ["without", "an", "expiry"]]
    assert row.endswith("look here")
    start = answer.rows.index("without an expiry: 1")
    assert key in answer.rows[start + 1]
    assert "EXPIRE" in answer.rows[start + 2]
    assert "82.4" not in answer.out


def test_json_has_values_and_verdicts(run: Run, client: Redis, namespace: str) -> None:
    client.hset(Keys(namespace, "ann").profile, "zone", "UTC")
    said = run("info", "--json", *LONG).json
    assert said.keys() == {"version", *PARTS}
    assert said["version"] == client.info("server")["redis_version"]
    assert said["memory"]["used_bytes"] > 0
    for name in PARTS:
        for finding in said[name]["findings"]:
            assert finding["verdict"] in {"fine", "look here", "not read"}


def test_user_and_namespace_choose_the_keys(run: Run, client: Redis, namespace: str) -> None:
    client.hset(Keys(namespace, "ann").profile, "zone", "UTC")
    client.hset(Keys(namespace, "ben").profile, "zone", "UTC")
    client.set(Keys(f"{namespace}:inner", "ann").scratch("x"), 1)
    try:
        assert holdings(run) == {"profile": 2}
        assert holdings(run, "--user", "ben") == {"profile": 1}
        assert holdings(run, "--namespace", f"{namespace}:inner") == {"scratch": 1}
    finally:
        client.delete(Keys(f"{namespace}:inner", "ann").scratch("x"))


def test_a_hosted_redis_is_shown_as_far_as_it_allows(
    at: Callable[[str], Run],
    client: Redis,
    redis_server: EmbeddedServer,
    namespace: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run, name = at(namespace), namespace.rpartition(":")[2]
    client.acl_setuser(name, enabled=True, passwords=["+pw"], keys=["*"],
                       categories=["+@all", "-@dangerous"], commands=["-memory"])  # fmt: skip
    url = redis_server.url.replace("unix://", f"unix://{name}:pw@")
    monkeypatch.setenv("REDIS_URL", url)
    try:
        answer = run("info", *LONG)
        said = run("info", "--json", *LONG).json
    finally:
        client.acl_deluser(name)
    assert (answer.code, answer.err) == (0, "")
    assert "Slow commands: not read" in answer.rows
    assert "no permissions" in answer.out
    assert "no permissions" in said["slowlog"]["reason"]
    assert said["keyspace"]["coverage"]["complete"]


def test_a_budget_below_nothing_is_refused(run: Run) -> None:
    assert run("info", "--seconds", "-1").code == 2


def test_a_dead_redis_is_an_error(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "unix:///nowhere/none.sock")
    answer = run("info")
    assert (answer.code, answer.out) == (2, "")
    assert "wellness doctor" in answer.err
