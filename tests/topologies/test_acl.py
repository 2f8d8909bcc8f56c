"""Each part of the kit as a Redis user: it can do its job and nothing else."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
import redis

from wellness import keys
from wellness.client import Client, require_search
from wellness.keys.acl import CONNECT, ROLES, RoleName, acl_rules
from wellness.keys.table import KINDS, LESSON, PERSON
from wellness.ops.audit import AuditLog
from wellness.ops.events import EventKind, event
from wellness.ops.finding import Unread
from wellness.ops.info import dashboard
from wellness.ops.publisher import Publisher
from wellness.settings import Settings
from wellness.topologies import Secured, secured

from . import jobs

MINE = f"{LESSON}:acl"
EVERY_ROLE = pytest.mark.parametrize("role", ROLES)
# Commands that show or change what no part has to do with.
FORBIDDEN = (
    "acl|list", "acl|setuser", "bgrewriteaof", "bgsave", "client|kill", "client|list",
    "config|get", "config|set", "debug", "failover", "flushall", "flushdb", "keys", "module|load",
    "monitor", "randomkey", "replicaof", "restore", "save", "shutdown", "sort", "swapdb",
    "script|flush", "function|load", "function|flush", "cluster|reset", "psync",
)  # fmt: skip


@pytest.fixture(scope="module")
def local(hasty: Settings) -> Iterator[Secured]:
    users = {str(role): acl_rules(role) for role in ROLES}
    with secured(hasty, users=users, tls=False) as local:
        yield local


@pytest.fixture(scope="module")
def operator(local: Secured) -> Iterator[Client]:
    with local.client("operator") as client:
        yield client


@pytest.fixture
def as_role(local: Secured, operator: Client) -> Iterator[Callable[[str], Client]]:
    """A client as one of the roles; afterwards the server is as if nobody had been there."""
    clients: list[Client] = []

    def open_client(role: str) -> Client:
        clients.append(local.client(role))
        return clients[-1]

    yield open_client
    for client in clients:
        client.close()
    for namespace in (PERSON, MINE):
        keys.delete(operator, namespace)
    assert operator.dbsize() == 0


def may(operator: Client, role: str, *command: object) -> bool:
    """Whether a role may do something, by Redis' own word; nothing is done."""
    return bool(operator.execute_command("ACL DRYRUN", role, *command) in (b"OK", "OK"))


def log_event(client: Client, user: str) -> None:
    happened = event(EventKind.REMEMBERED, user=user, at=int(time.time() * 1000))
    publisher = Publisher(client, user)
    publisher.publish(happened)
    assert (publisher.published, publisher.problem) == (1, "")


def test_the_agent_talks_remembers_and_looks(
    as_role: Callable[[str], Client],
) -> None:
    jobs.keep_health(as_role("ingester"), PERSON, "ann")
    agent = as_role("agent")
    require_search(agent)
    jobs.look_at_health(agent, PERSON, "ann")
    jobs.converse(agent, PERSON, "ann")
    jobs.remember(agent, PERSON, "ann")
    jobs.answer_again(agent, PERSON, "ann")
    assert jobs.recall(agent, PERSON, "ann") == jobs.remembered("ann")
    log_event(agent, "ann")
    audit = AuditLog(agent, "ann", settings=Settings())
    assert audit.append(event(EventKind.ANSWERED, user="ann", at=int(time.time() * 1000)))
    with pytest.raises(redis.exceptions.NoPermissionError):
        jobs.keep_health(agent, PERSON, "ben")


def test_the_ingester_imports(as_role: Callable[[str], Client]) -> None:
    ingester = as_role("ingester")
    jobs.keep_health(ingester, PERSON, "ann")
    jobs.look_at_health(ingester, PERSON, "ann")
    log_event(ingester, "ann")
    with pytest.raises(redis.exceptions.NoPermissionError):
        jobs.converse(ingester, PERSON, "ann")
    with pytest.raises(redis.exceptions.NoPermissionError):
        jobs.remember(ingester, PERSON, "ann")


def test_the_dashboard_shows_everything_and_changes_nothing(
    as_role: Callable[[str], Client],
) -> None:
    jobs.keep_health(as_role("ingester"), PERSON, "ann")
    jobs.remember(as_role("agent"), PERSON, "ann")
    client = as_role("dashboard")
    jobs.look_at_health(client, PERSON, "ann")
    shown = dashboard(client, PERSON)
    unread = [part for part in vars(shown).values() if isinstance(part, Unread)]
    assert not unread
    assert client.ft(client.execute_command("FT._LIST")[0].decode()).info()
    for change in (jobs.keep_health, jobs.converse, jobs.remember):
        with pytest.raises(redis.exceptions.NoPermissionError):
            change(client, PERSON, "ben")


def test_the_learner_does_everything_in_lessons_and_sees_no_person(
    as_role: Callable[[str], Client],
) -> None:
    jobs.keep_health(as_role("ingester"), PERSON, "ann")
    learner = as_role("learner")
    jobs.keep_health(learner, MINE, "ann")
    jobs.look_at_health(learner, MINE, "ann")
    jobs.converse(learner, MINE, "ann")
    jobs.remember(learner, MINE, "ann")
    assert jobs.recall(learner, MINE, "ann") == jobs.remembered("ann")
    jobs.answer_again(learner, MINE, "ann")
    assert not keys.audit(learner, MINE)
    assert keys.delete(learner, MINE)
    with pytest.raises(redis.exceptions.NoPermissionError):
        jobs.look_at_health(learner, PERSON, "ann")
    with pytest.raises(redis.exceptions.NoPermissionError):
        jobs.converse(learner, PERSON, "ann")


@EVERY_ROLE
def test_each_kind_of_key_is_open_to_those_who_need_it(operator: Client, role: RoleName) -> None:
    given = ROLES[role]
    for kind in KINDS.values():
        key = f"{PERSON}:" + kind.pattern.replace("{user}", "{ann}").replace("<", "").replace(
            ">", ""
        )
        writes = any(f"{kind.owner}.".startswith(f"{owner}.") for owner in given.writes)
        reads = writes or any(f"{kind.owner}.".startswith(f"{owner}.") for owner in given.reads)
        assert may(operator, role, "GET", key) == reads, key
        assert may(operator, role, "SET", key, "v") == writes, key
        assert may(operator, role, "UNLINK", key) == writes, key
    elsewhere = ["other", f"{PERSON}x:{{ann}}:profile", "wellness:test:{ann}:profile", "{ann}"]
    assert not any(may(operator, role, "GET", key) for key in elsewhere)
    lesson = f"{LESSON}:05:{{me}}:scratch:k"
    assert may(operator, role, "SET", lesson, "v") == (role == "learner")


@EVERY_ROLE
def test_nobody_may_what_endangers_all(operator: Client, role: RoleName) -> None:
    for name in FORBIDDEN:
        assert not _allowed(operator, role, name), f"{role} may {name}"
    dangerous = {
        str(name)
        for category in ("dangerous", "admin")
        for name in operator.execute_command("ACL CAT", category)
    }
    assert len(dangerous) > 60
    given = {name for name in dangerous if _allowed(operator, role, name)}
    assert given <= {*CONNECT, *ROLES[role].commands}
    assert given <= {
        "info", "slowlog|get", "slowlog|len", "latency|latest", "latency|history", "role"
    }  # fmt: skip
    assert _allowed(operator, role, "ping")
    assert _allowed(operator, role, "ft.create") == (ROLES[role].indexes == "make")
    assert _allowed(operator, role, "ft.dropindex") == (role == "learner")


def _allowed(operator: Client, role: str, name: str) -> bool:
    """Whether a role may use a command, with a key that it has and as many words as it takes."""
    (about,) = operator.execute_command("COMMAND INFO", name)
    words = name.split("|")
    key = f"{LESSON}:k" if role == "learner" else f"{PERSON}:index:k"
    return may(operator, role, *words, *[key] * (abs(about[1]) - len(words)))


@EVERY_ROLE
def test_a_channel_is_open_to_those_who_need_it(operator: Client, role: RoleName) -> None:
    channel = keys.channel(PERSON, "ann")
    assert may(operator, role, "PUBLISH", channel, "x") == (role in ("agent", "ingester"))
    assert may(operator, role, "SUBSCRIBE", channel) == (role in ("agent", "dashboard"))
    assert not may(operator, role, "PUBLISH", "other", "x")


def test_key_patterns_do_not_limit_a_search(
    operator: Client, as_role: Callable[[str], Client]
) -> None:
    """Whoever may use an index sees all that is in it; so the filter in the query is a boundary."""
    for user in ("ann", "ben"):
        jobs.remember(as_role("agent"), PERSON, user)
    (index,) = operator.execute_command("FT._LIST")
    own = f"~{keys.Keys(PERSON, 'ann').prefix}*"
    rules = ["on", ">only-for-this-test", own, f"~{PERSON}:index:*", "+ft.search", "+hget"]
    operator.execute_command("ACL SETUSER", "only-ann", *rules)
    try:
        with operator.client() as session:
            session.execute_command("AUTH", "only-ann", "only-for-this-test")
            other = keys.Keys(PERSON, "ben")
            theirs = next(key for key in operator.scan_iter(f"{other.prefix}memory:*"))
            with pytest.raises(redis.exceptions.NoPermissionError):
                session.hget(theirs, "text")
            found = str(session.execute_command("FT.SEARCH", index, "@user:{ben}"))
            assert "ben likes to swim in the lake" in found
            session.connection.disconnect()
    finally:
        operator.execute_command("ACL DELUSER", "only-ann")
    assert jobs.recall(as_role("agent"), PERSON, "ann") == jobs.remembered("ann")
