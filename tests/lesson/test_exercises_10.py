"""The checks of lesson 10 accept what is right, and see through what only looks right."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from math import ceil
from typing import Any

import pytest
from bench import Bench
from redis import Redis

from wellness.lesson.capacity import Load, bytes_of_a_person, plan, turns_a_second
from wellness.lesson.exercises import l10
from wellness.lesson.footprint import Footprint
from wellness.settings import Settings


@pytest.fixture
def lesson(client: Redis, namespace: str, settings: Settings) -> Any:
    return Bench(client, namespace, settings)


DAYS = "%R~wellness:{*}:days:*"
RIGHT = [DAYS, "+@read", "+@connection", "-@dangerous", "+info"]


@pytest.mark.parametrize(
    ("rules", "passes", "why"),
    [(RIGHT, True, "refused 15"),
     ([DAYS, "+hgetall", "+hget", "+info", "+ping", "+client|setname", "+client|setinfo",
       "+hello", "+auth"], True, "refused 15"),
     (["~*", "+@all"], False, "read what was said"),
     (["%R~wellness:*", *RIGHT[1:]], False, "read what was said"),
     (["%R~wellness:*days*", *RIGHT[1:]], False, "read what was said"),
     (["%R~*:days:*", *RIGHT[1:]], False, "another application's key"),
     (["~wellness:{*}:days:*", "+@all", "-@dangerous", "+info"], False, "change a day"),
     ([DAYS, "+@all", "-@dangerous", "+info"], False, "run a script"),
     (["~wellness:{*}:days:*", "+@read", "+@write", *RIGHT[2:]], False, "change a day"),
     ([DAYS, "+@read", "+@connection", "+info"], False, "KEYS"),
     ([DAYS, "+@read", "+@connection", "+info", "-@dangerous"], False, "INFO"),
     (["%R~wellness:{ann}:days:*", *RIGHT[1:]], False, "read Ben's"),
     ([DAYS, "+@read", "-@dangerous", "+info"], False, "say PING"),
     ([DAYS, "+@reed"], False, "does not start"),
     (["allkeys", "allcommands"], False, "read what was said"),
     (" ".join(RIGHT), False, "a list of words"),
     ([], False, "say PING")],
    ids=["right", "word by word", "everything", "everything of ours", "a loose pattern",
         "anybody's days", "a black list", "a black list of readers", "a writer", "KEYS is left",
         "in the wrong order", "of one person", "no connection", "misspelt", "all", "a string",
         "nothing"],
)  # fmt: skip
def test_the_rules_of_a_dashboard(lesson: Any, rules: Any, passes: bool, why: str) -> None:
    found = l10.check_1(lesson, rules)
    assert found.passed == passes, found.message
    assert why in found.message


LUA = """
local now = redis.call('TIME')
now = now[1] * 1000000 + now[2]
local window = ARGV[2] * 1000000
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[1]) then return 0 end
redis.call('ZADD', KEYS[1], now, ARGV[3])
redis.call('PEXPIRE', KEYS[1], window / 1000)
return 1
"""


def by_script(client: Redis, key: str, limit: int, window_s: float) -> bool:
    return client.eval(LUA, 1, key, limit, window_s, uuid.uuid4().hex) == 1


def by_multi(
    client: Redis, key: str, limit: int, window_s: float, forgives: bool = True,
    expires: bool = True, unique: bool = True,
) -> bool:  # fmt: skip
    now = time.time()
    member = uuid.uuid4().hex if unique else str(int(now))
    pipe = client.pipeline(transaction=True)
    pipe.zremrangebyscore(key, "-inf", now - window_s)
    pipe.zadd(key, {member: now})
    pipe.zcard(key)
    if expires:
        pipe.expire(key, ceil(window_s))
    count = int(pipe.execute()[2])
    if count > limit and forgives:
        client.zrem(key, member)
    return count <= limit


def fixed(client: Redis, key: str, limit: int, window_s: float) -> bool:
    slot = f"{key}.{int(time.time() // window_s)}"
    pipe = client.pipeline(transaction=True)
    pipe.incr(slot)
    pipe.expire(slot, ceil(window_s))
    client.set(key, 1, ex=60)
    return int(pipe.execute()[0]) <= limit


def since_the_first(client: Redis, key: str, limit: int, window_s: float) -> bool:
    pipe = client.pipeline(transaction=True)
    pipe.incr(key)
    pipe.pexpire(key, int(window_s * 1000), nx=True)
    return int(pipe.execute()[0]) <= limit


def looks_first(client: Redis, key: str, limit: int, window_s: float) -> bool:
    now = time.time()
    client.zremrangebyscore(key, "-inf", now - window_s)
    if int(client.zcard(key)) >= limit:  # type: ignore[arg-type]
        return False
    client.zadd(key, {uuid.uuid4().hex: now})
    client.expire(key, ceil(window_s))
    return True


@pytest.mark.parametrize(
    ("answer", "passes", "why"),
    [(by_script, True, "Never more than 10"),
     (by_multi, True, "Never more than 10"),
     (fixed, False, "Around a boundary"),
     (since_the_first, False, "it must slide"),
     (looks_first, False, "by 8 threads at once"),
     (lambda *a: by_multi(*a, forgives=False), False, "never let through again"),
     (lambda *a: by_multi(*a, expires=False), False, "never expires"),
     (lambda *a: by_multi(*a, unique=False), False, "by 8 threads at once"),
     (lambda client, key, limit, window_s: by_script(client, key, limit - 1, window_s), False,
      "by 8 threads at once"),
     (lambda client, key, limit, window_s: by_script(client, key, limit, window_s / 10), False,
      "Around a boundary"),
     (lambda *a: True, False, "by 8 threads at once"),
     (lambda *a: False, False, "by 8 threads at once")],
    ids=["one script", "one MULTI", "a fixed window", "a window since the first", "looks first",
         "counts the refused", "no expiry", "one member a second", "one too few", "a short window",
         "all", "none"],
)  # fmt: skip
def test_a_limit(lesson: Any, answer: Callable[..., bool], passes: bool, why: str) -> None:
    found = l10.check_2(lesson, answer)
    assert found.passed == passes, found.message
    assert why in found.message
    assert not list(
        lesson.client.scan_iter(match=f"{lesson.keys('exercise 2').prefix}scratch:late")
    )


def shards(
    measured: Footprint, load: Load, people: int, skew: float, *, memory: bool = True,
    busy: bool = True, up: bool = True, one: bool = True,
) -> int:  # fmt: skip
    person, room = bytes_of_a_person(measured, load), load.shard_bytes * load.full
    if one and person > room:
        raise ValueError("One person needs more than a shard.")
    by_memory = people * person * skew / room if memory else 0
    by_time = turns_a_second(load, people) * measured.redis_s * skew / load.busy if busy else 0
    most = max(by_memory, by_time)
    return max(1, ceil(most) if up else round(most))


@pytest.mark.parametrize(
    ("answer", "passes", "why"),
    [(shards, True, "25 loads"),
     (lambda m, load, people, skew: plan(m, load, (people,))[people].shards, False, "1.30 times"),
     (lambda *a: shards(*a, memory=False), False, "much memory"),
     (lambda *a: shards(*a, busy=False), False, "much time"),
     (lambda *a: shards(*a, up=False), False, "shards"),
     (lambda *a: shards(*a, one=False), False, "cannot be split"),
     (lambda m, load, people, skew: shards(m, load, people, 1.0), False, "1.30 times"),
     (lambda *a: 3, False, "much memory")],
    ids=["right", "the plan of the mean", "time only", "memory only", "rounded", "splits a person",
         "no skew", "always three"],
)  # fmt: skip
def test_how_many_shards(lesson: Any, answer: Callable[..., int], passes: bool, why: str) -> None:
    found = l10.check_3(lesson, answer)
    assert found.passed == passes, found.message
    assert why in found.message


DAY = 86_400
LIVES: dict[str, Any] = {"answer": DAY, "embedding": 30 * DAY, "turns": 210 * DAY,
                         "memory": 5 * 365 * DAY, "readings": None}  # fmt: skip


def choice(policy: str = "volatile-ttl", **changed: Any) -> dict[str, Any]:
    return {"policy": policy, "ttl_s": LIVES | changed}


@pytest.mark.parametrize(
    ("answer", "passes", "why"),
    [(choice(), True, "only what can be computed again"),
     (choice(memory=None), True, "only what can be computed again"),
     (choice("allkeys-lru"), False, "nobody can compute again"),
     (choice("allkeys-lfu"), False, "nobody can compute again"),
     (choice("volatile-lru"), False, "nobody can compute again"),
     (choice("volatile-random"), False, "nobody can compute again"),
     (choice("noeviction"), False, "could not say anything"),
     (choice("keep-everything"), False, "knows no policy"),
     (choice(embedding=None), False, "it must end some day"),
     (choice(turns=None), False, "it must end some day"),
     (choice(turns=30 * DAY), False, "promised"),
     (choice(answer=7 * DAY), False, "promised"),
     (choice(memory=365 * DAY), False, "promised"),
     (choice(readings=365 * DAY), False, "Readings"),
     ({"policy": "volatile-ttl"}, False, "Give ttl_s"),
     ("volatile-ttl", False, "Give ttl_s")],
    ids=str,
)  # fmt: skip
def test_what_may_go(lesson: Any, answer: Any, passes: bool, why: str) -> None:
    found = l10.check_4(lesson, answer)
    assert found.passed == passes, found.message
    assert why in found.message
