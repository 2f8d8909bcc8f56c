"""The key table: every builder is in it, no name forges another key, and the audit sees all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis import Redis
from redis.crc import key_slot

from wellness import keys
from wellness.keys import KINDS, Finding, KeyParts, Keys, Kind, parse
from wellness.settings import Settings

WITH_PART: dict[str, Callable[[Keys, str], str]] = {
    "readings": Keys.readings,
    "days": Keys.days,
    "stale": Keys.stale,
    "tags": Keys.tags,
    "turns": Keys.turns,
    "embedding": Keys.embedding,
    "embedding_lock": Keys.embedding_lock,
    "memory": Keys.memory,
    "facts": Keys.facts,
    "answer": Keys.answer,
    "checkpoint": Keys.checkpoint,
    "audit_dead": Keys.audit_dead,
    "metrics": Keys.metrics,
    "series": Keys.series,
    "limit": Keys.limit,
    "quota": Keys.quota,
    "session": Keys.session,
    "scratch": Keys.scratch,
}
WITHOUT_PART = (
    "sources", "workouts", "correlations", "activity", "beats", "profile", "imports",
    "progress", "version", "conversations", "titles", "embedding_stats",
    "event_sequence", "audit", "audit_tip", "sessions",
)  # fmt: skip
HOSTILE = [
    "ann", "a}b:*", "{ann}", "ann}:readings:HeartRate", "ann:", "ü", "..", "/etc", "a b", "*", "?",
    "[a-z]", "\\", "^", "%7D", "50%", "\n", "\x00", "😀", "a" * 300,
]  # fmt: skip
names = st.text(min_size=1, max_size=30)
plain = st.from_regex(r"[a-z]+(:[a-z0-9*?\[\]^-]+){0,3}", fullmatch=True)


def every_key(built: Keys, part: str) -> dict[str, str]:
    """One key of each kind, by the name of the kind."""
    found = {kind: build(built, part) for kind, build in WITH_PART.items()}
    return found | {kind: getattr(built, kind) for kind in WITHOUT_PART}


# --- building and taking apart -------------------------------------------------------------------


def test_the_table_and_the_builders_cover_each_other() -> None:
    public = {name for name in vars(Keys) if not name.startswith("_")}
    assert public - {"namespace", "user", "prefix"} == set(WITH_PART) | set(WITHOUT_PART)
    assert set(KINDS) == set(WITH_PART) | set(WITHOUT_PART) | {"claims"}


def test_each_key_is_what_its_pattern_in_the_table_says() -> None:
    for kind, key in every_key(Keys("wellness", "ann"), "Thing").items():
        filled = KINDS[kind].pattern.replace("{user}", "{ann}")
        filled = re.sub("<[a-z]+>", "Thing", filled)
        assert key == f"wellness:{filled}"
    assert keys.claims_key() == f"{keys.LEDGER}:{KINDS['claims'].pattern}"


def test_each_row_of_the_table_is_filled_in() -> None:
    for name, kind in KINDS.items():
        assert kind.name == name
        assert kind.type in {
            "zset", "hash", "set", "list", "string", "stream", "any", "ReJSON-RL", "TSDB-TYPE",
        }  # fmt: skip
        assert kind.owner
        assert kind.holds


@given(plain, names, names)
def test_a_key_comes_apart_into_what_it_was_made_of(namespace: str, user: str, part: str) -> None:
    for kind, key in every_key(Keys(namespace, user), part).items():
        expected = part if kind in WITH_PART else ""
        assert parse(key) == KeyParts(namespace, user, kind, expected)


@given(names, names, names)
def test_all_keys_of_a_user_share_a_slot(user: str, one: str, other: str) -> None:
    built = Keys("wellness", user)
    found = [*every_key(built, one).values(), *every_key(built, other).values()]
    assert len({key_slot(key.encode()) for key in found}) == 1
    assert {key_slot(keys.encode(user).encode())} == {key_slot(key.encode()) for key in found}


@pytest.mark.parametrize("user", HOSTILE)
def test_a_key_is_plain_ascii_with_one_hash_tag(user: str) -> None:
    key = Keys("wellness", user).readings(user)
    assert key.isascii()
    assert key.isprintable()
    assert (key.count("{"), key.count("}")) == (1, 1)
    assert parse(key)[1:] == (user, "readings", user)


def test_a_name_that_is_no_valid_unicode_comes_back() -> None:
    user = b"J\xf6rg".decode(errors="surrogateescape")  # as Python hands over such an argument
    same = parse(Keys("wellness", user).profile).user == user
    assert same  # compared beforehand, since a report of a failure could not be encoded


def test_an_empty_user_has_no_keys() -> None:
    with pytest.raises(ValueError, match="empty"):
        Keys("wellness", "").profile  # noqa: B018


# --- scanning and deleting -----------------------------------------------------------------------


@pytest.fixture
def wild(client: Redis, namespace: str) -> Iterator[str]:
    """A namespace with glob characters, beside one that it would match as a pattern."""
    name = f"{namespace}:l[a-c]sson*?"
    client.set(Keys(f"{namespace}:lbssonXY", "ann").scratch("bystander"), "1")
    yield name
    for left in client.scan_iter(match=f"{keys.glob_escape(namespace)}:l*", count=1000):
        client.delete(left)


def fill(client: Redis, namespace: str, users: list[str]) -> dict[str, set[str]]:
    """Two scratch keys for each user."""
    made = {user: {Keys(namespace, user).scratch(n) for n in ("one", "two")} for user in users}
    for names_of_user in made.values():
        for name in names_of_user:
            client.set(name, "1")
    return made


def test_scan_finds_a_users_keys_whatever_the_name(client: Redis, namespace: str) -> None:
    made = fill(client, namespace, HOSTILE)
    for user in HOSTILE:
        assert set(keys.scan(client, namespace, user)) == made[user]
    assert set(keys.scan(client, namespace)) == set().union(*made.values())


def test_scan_takes_a_namespace_literally(client: Redis, wild: str) -> None:
    made = fill(client, wild, ["ann"])
    assert set(keys.scan(client, wild)) == made["ann"]
    assert set(keys.scan(client, wild, "ann")) == made["ann"]


def test_a_namespace_is_not_the_beginning_of_another(client: Redis, wild: str) -> None:
    made = fill(client, f"{wild}:inner", ["ann"])
    assert set(keys.scan(client, wild)) == set()
    assert set(keys.scan(client, f"{wild}:inner")) == made["ann"]


@pytest.mark.parametrize("user", HOSTILE)
def test_deleting_a_user_deletes_nobody_else(client: Redis, namespace: str, user: str) -> None:
    made = fill(client, namespace, HOSTILE)
    assert keys.delete(client, namespace, user) == 2
    left = set(keys.scan(client, namespace))
    assert left == set().union(*made.values()) - made[user]
    assert keys.delete(client, namespace, user) == 0


def test_deleting_a_namespace_deletes_no_other(client: Redis, wild: str) -> None:
    fill(client, wild, ["ann", "ben"])
    inner = fill(client, f"{wild}:inner", ["ann"])
    assert keys.delete(client, wild) == 4
    assert set(keys.scan(client, f"{wild}:inner")) == inner["ann"]


@pytest.mark.parametrize("user", ["", None])
def test_only_the_absence_of_a_user_means_everybody(
    client: Redis, namespace: str, user: str | None
) -> None:
    made = fill(client, namespace, ["ann", "ben"])
    if user is None:
        assert keys.delete(client, namespace, user) == 4
    else:
        with pytest.raises(ValueError, match="empty"):
            keys.delete(client, namespace, user)
        assert set(keys.scan(client, namespace)) == made["ann"] | made["ben"]


def test_more_keys_than_one_step_holds(client: Redis, namespace: str) -> None:
    count = 2 * keys.SCAN_COUNT + 7
    built = Keys(namespace, "ann")
    client.mset({built.scratch(str(n)): "1" for n in range(count)})
    client.set(Keys(namespace, "ben").scratch("x"), "1")
    assert keys.delete(client, namespace, "ann") == count
    assert set(keys.scan(client, namespace)) == {Keys(namespace, "ben").scratch("x")}


def test_delete_all_takes_what_lies_below_and_nothing_beside(client: Redis, wild: str) -> None:
    fill(client, wild, ["ann"])
    fill(client, f"{wild}:lesson:01", ["ann"])
    client.hset(keys.claims_key(f"{wild}:ledger"), "claim", "1")
    beside = fill(client, f"{wild}2", ["ann"])
    assert keys.delete_all(client, wild) == 5
    assert set(keys.scan(client, f"{wild}2")) == beside["ann"]
    assert not list(client.scan_iter(match=f"{keys.glob_escape(wild)}:*", count=1000))


def test_indexes_go_with_their_namespace_and_not_with_a_user(client: Redis, namespace: str) -> None:
    inner = f"{namespace}:inner"
    mine, other = (keys.index_name(name, "memory", "m:1", 4) for name in (namespace, inner))
    for name, prefix in ((mine, namespace), (other, inner)):
        client.execute_command(
            *("FT.CREATE", name, "PREFIX", 1, keys.index_prefix(prefix), "SCHEMA", "t", "TEXT")
        )
    fill(client, namespace, ["ann"])

    def indexes() -> set[str]:
        return {name.decode() for name in client.execute_command("FT._LIST")}

    keys.delete(client, namespace, "ann")
    assert {mine, other} <= indexes()
    keys.delete(client, namespace)
    assert mine not in indexes()
    assert other in indexes()
    keys.delete_all(client, namespace)
    assert other not in indexes()


def test_text_replies_do_as_well(client: Redis, namespace: str) -> None:
    made = fill(client, namespace, ["ann", "ü"])
    client.hset(Keys(namespace, "ü").profile, "zone", "UTC")
    path = client.connection_pool.connection_kwargs["path"]
    with Redis(unix_socket_path=path, decode_responses=True) as text:
        assert set(keys.scan(text, namespace, "ann")) == made["ann"]
        assert keys.users(text, namespace) == ["ü"]
        assert keys.audit(text, namespace) == []
        assert keys.delete(text, namespace) == 5


def test_users_are_those_with_health_data(client: Redis, namespace: str) -> None:
    fill(client, namespace, ["only scratch"])
    for user in HOSTILE:
        client.hset(Keys(namespace, user).profile, "zone", "UTC")
    assert keys.users(client, namespace) == sorted(HOSTILE)
    assert keys.users(client, f"{namespace}:none") == []


# --- the audit -----------------------------------------------------------------------------------


def write(client: Redis, type: str, key: str) -> None:
    """A key of a type."""
    {
        "zset": lambda: client.zadd(key, {"m": 1}),
        "hash": lambda: client.hset(key, "f", "v"),
        "set": lambda: client.sadd(key, "m"),
        "list": lambda: client.lpush(key, "m"),
        "string": lambda: client.set(key, "v"),
        "any": lambda: client.set(key, "v"),
        "stream": lambda: client.xadd(key, {"f": "v"}),
        "TSDB-TYPE": lambda: client.ts().create(key),
        "ReJSON-RL": lambda: client.json().set(key, "$", {}),
    }[type]()


def limit_s(kind: str) -> int | None:
    """The longest life of a kind of key, with the settings as they come."""
    ttl_s = KINDS[kind].ttl_s
    return getattr(Settings(), ttl_s) if isinstance(ttl_s, str) else ttl_s


def test_keys_as_the_table_says_pass(client: Redis, namespace: str) -> None:
    for kind, key in every_key(Keys(namespace, "a}b:*"), "Thing").items():
        write(client, KINDS[kind].type, key)
        if (limit := limit_s(kind)) and limit > 0:
            client.expire(key, limit)
    write(client, "hash", keys.claims_key(namespace))
    assert len(set(keys.scan(client, namespace))) == len(KINDS)
    assert keys.audit(client, namespace) == []


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"scratch", "claims"}))
def test_each_kind_is_checked(client: Redis, namespace: str, kind: str) -> None:
    key = every_key(Keys(namespace, "ann"), "Thing")[kind]
    wrong = "set" if KINDS[kind].type == "string" else "string"
    write(client, wrong, key)
    (found,) = keys.audit(client, namespace)
    assert found == Finding(key, f"is a {wrong}, should be a {KINDS[kind].type}")
    client.delete(key)
    write(client, KINDS[kind].type, key)
    limit = limit_s(kind)
    for ttl_s, problem in (
        [(100, "should not expire")] if limit is None
        else [(None, "never expires"), (limit + 100, f"should within {limit} s")]
    ):  # fmt: skip
        if ttl_s:
            client.expire(key, ttl_s)
        (found,) = keys.audit(client, namespace)
        assert found.key == key
        assert problem in found.problem


def test_the_limit_is_that_of_the_settings(client: Redis, namespace: str) -> None:
    key = Keys(namespace, "ann").turns("talk")
    write(client, "list", key)
    client.expire(key, 200)
    assert keys.audit(client, namespace) == []
    assert keys.audit(client, namespace, Settings(conversation_ttl_s=300)) == []
    (found,) = keys.audit(client, namespace, Settings(conversation_ttl_s=100))
    assert "should within 100 s" in found.problem


@pytest.mark.parametrize("type", ["zset", "hash", "set", "list", "string"])
@pytest.mark.parametrize("ttl_s", [None, 100])
def test_scratch_keys_may_be_anything(
    client: Redis, namespace: str, type: str, ttl_s: int | None
) -> None:
    key = Keys(namespace, "ann").scratch("trial")
    write(client, type, key)
    if ttl_s:
        client.expire(key, ttl_s)
    assert keys.audit(client, namespace) == []


@pytest.mark.parametrize(
    ("ttl_s", "problem"),
    [(None, "never expires"), (3_600, "should within 60 s"), (60, ""), (30, "")],
)
def test_a_kind_that_must_expire(
    client: Redis,
    namespace: str,
    monkeypatch: pytest.MonkeyPatch,
    ttl_s: int | None,
    problem: str,
) -> None:
    monkeypatch.setitem(KINDS, "turns", Kind("turns", "{user}:turns", "list", "memory", 60, ""))
    key = f"{Keys(namespace, 'ann').prefix}turns"
    write(client, "list", key)
    if ttl_s:
        client.expire(key, ttl_s)
    found = keys.audit(client, namespace)
    assert len(found) == bool(problem)
    assert not problem or problem in found[0].problem


@pytest.mark.parametrize("tail", ["strange", "reading:HeartRate", "Readings:HeartRate", ""])
def test_keys_of_no_kind_are_found(client: Redis, namespace: str, tail: str) -> None:
    key = Keys(namespace, "ann").prefix + tail
    write(client, "string", key)
    (found,) = keys.audit(client, namespace)
    assert found.key == key
    assert found.problem.startswith("no kind of key")


def test_the_audit_stays_in_its_namespace(client: Redis, wild: str) -> None:
    client.set(f"{Keys(f'{wild}2', 'ann').prefix}strange", "1")
    client.set(f"{Keys(f'{wild}:inner', 'ann').prefix}strange", "1")
    assert keys.audit(client, wild) == []
    assert len(keys.audit(client, f"{wild}2")) == 1


def test_findings_come_in_the_order_of_their_keys(client: Redis, namespace: str) -> None:
    for n in (3, 1, 2):
        client.set(f"{Keys(namespace, 'ann').prefix}strange{n}", "1")
    found = [finding.key[-1] for finding in keys.audit(client, namespace)]
    assert found == ["1", "2", "3"]
