"""Checks of lesson 10: who may do what, how many are let through, how many shards, what may go."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from redis.exceptions import NoPermissionError, RedisError

from wellness.client import Client
from wellness.errors import ServerStartError, WellnessError
from wellness.keys import PERSON, Keys
from wellness.lesson.capacity import Load, bytes_of_a_person, turns_a_second
from wellness.lesson.checks import Verdict
from wellness.lesson.eviction import POLICIES, evictions
from wellness.lesson.footprint import Footprint
from wellness.lesson.rushes import double_burst, rush
from wellness.topologies import secured

if TYPE_CHECKING:
    from wellness.lesson.kit import Lesson

STEPS = "HKQuantityTypeIdentifierStepCount"
TALK, OTHER = "days", "other:days:1"  # names that a careless pattern matches
BOARD = "board"  # the user of exercise 1
LIMIT = 10
WINDOW_S, LATE_S, LONG_S = 1.0, 0.8, 60.0
RUSHES = 8  # what looks and then writes may be lucky in one
DAY_S = 86_400
ROOM_BYTES = 1_500_000
CLASSES = ("answer", "embedding", "turns", "memory", "readings")
# Seconds at least and at most; None: it may stay for ever.
BOUNDS: dict[str, tuple[float, float | None]] = {
    "answer": (1, DAY_S), "embedding": (DAY_S, 31 * DAY_S), "turns": (90 * DAY_S, 366 * DAY_S),
    "memory": (2 * 365 * DAY_S, None),
}  # fmt: skip
LIVES = {"answer": "answer_ttl_s", "embedding": "embedding_ttl_s", "turns": "conversation_ttl_s",
         "memory": "memory_ttl_s"}  # fmt: skip
TOWN = Footprint(
    health_bytes_year=400_000, turn_bytes=12_000, commands=60, redis_s=0.004, net_bytes=40_000,
    embeds=2, vectors=1, embed_s=0.02, chat_s=3.0,
)  # fmt: skip
SHARD_BYTES = 25e9


def check_1(lesson: Lesson, rules: Sequence[str]) -> Verdict:
    """What a user with these rules is let do, tried on a server of its own."""
    if isinstance(rules, str) or not all(isinstance(word, str) for word in rules):
        return Verdict(False, "Give a list of words, one rule each.")
    try:
        with secured(lesson.settings, users={BOARD: list(rules)}, tls=False) as local:
            with local.client("operator") as operator:
                keys = _fill(operator)
            with local.client(BOARD) as client:
                return _tried(client, keys)
    except ServerStartError as error:
        return Verdict(False, f"Redis does not start with these rules: {error}")


def _fill(operator: Client) -> Keys:
    for user in ("ann", "ben"):
        keys = Keys(PERSON, user)
        operator.hset(keys.days(STEPS), "20260930", "8214")
        operator.hset(keys.profile, "zone", "Europe/Berlin")
        operator.rpush(keys.turns(TALK), "My knee hurts.")
        operator.hset(keys.memory("m1"), "text", "My knee hurts.")
    operator.set(OTHER, "somebody else's")
    return Keys(PERSON, "ann")


def _tried(client: Client, keys: Keys) -> Verdict:
    ben, days = Keys(PERSON, "ben"), keys.days(STEPS)
    job: dict[str, tuple[Any, ...]] = {
        "say PING": ("PING",), "read Ann's daily steps": ("HGETALL", days),
        "read Ben's": ("HGETALL", ben.days(STEPS)), "read one day": ("HGET", days, "20260930"),
        "ask for INFO": ("INFO", "memory"),
    }  # fmt: skip
    never: dict[str, tuple[Any, ...]] = {
        "read what was said": ("LRANGE", keys.turns(TALK), 0, -1),
        "read a memory": ("HGETALL", keys.memory("m1")),
        "read a profile": ("HGETALL", keys.profile),
        "read another application's key": ("GET", OTHER),
        "change a day": ("HSET", days, "20260930", "1"),
        "delete a day": ("UNLINK", days),
        "let a day expire": ("EXPIRE", days, 1),
        "write a key of its own": ("SET", "board", "1"),
        "list everybody's keys with KEYS": ("KEYS", "*"),
        "read the configuration": ("CONFIG", "GET", "dir"),
        "run a script": ("EVAL", "return 1", 0),
        "see who is connected": ("CLIENT", "LIST"),
        "read the slow log": ("SLOWLOG", "GET"),
        "make users": ("ACL", "SETUSER", "me", "on"),
        "empty it": ("FLUSHALL",),
    }
    for what, command in job.items():
        if said := _refusal(client, command):
            return Verdict(False, f"It must be able to {what}, and is told: {said}")
    for what, command in never.items():
        if not _refusal(client, command):
            return Verdict(False, f"It may {what}, which is none of its business.")
    return Verdict(True, f"It does its job, and is refused {len(never)} things that are not.")


def _refusal(client: Client, command: tuple[Any, ...]) -> str:
    """What Redis says to somebody without the right; empty if they have it."""
    try:
        client.execute_command(*command)
    except (RedisError, WellnessError) as error:
        denied = isinstance(error, NoPermissionError) or "permission" in str(error).lower()
        return str(error) if denied else ""
    return ""


def check_2(lesson: Lesson, admit: Callable[..., Any]) -> Verdict:
    """Threads at once, bursts around a boundary, and whoever keeps asking while refused."""
    client, keys = lesson.client, lesson.keys("exercise 2")
    rushes = [f"rush {n}" for n in range(RUSHES)]
    names = {name: keys.scratch(name) for name in (*rushes, "burst", "late", "patient")}

    def ask(name: str, window_s: float) -> bool:
        return bool(admit(client, names[name], LIMIT, window_s))

    client.unlink(*names.values())
    try:
        many = rush({name: partial(ask, name, LONG_S) for name in rushes}, limit=LIMIT, each=10)
        if wrong := [one for one in many.rows if one.through != LIMIT]:
            return Verdict(False, f"Of {wrong[0].asked} requests by 8 threads at once {LIMIT} "
                                  f"should be let through; {wrong[0].through} were.")  # fmt: skip
        if client.ttl(names[rushes[0]]) < 0:
            return Verdict(False, "Its key never expires: each subject that ever came stays.")
        two = double_burst({"yours": lambda: ask("burst", WINDOW_S)}, client,
                           limit=LIMIT, window_s=WINDOW_S)["yours"]  # fmt: skip
        if not two.holds:
            return Verdict(False, f"Around a boundary {two.most} were let through within one "
                                  f"window, and {LIMIT} may be.")  # fmt: skip
        if _late_bursts(lambda: ask("late", LATE_S), LATE_S):
            return Verdict(False, "After one request, others late in its window, and more just "
                                  f"after it, more than {LIMIT} were let through within one "
                                  "window: it must slide.")  # fmt: skip
        if not _comes_back(lambda: ask("patient", WINDOW_S / 2), WINDOW_S / 2):
            return Verdict(False, "Who keeps asking is never let through again: do not count "
                                  "requests that were refused.")  # fmt: skip
    finally:
        client.unlink(*names.values())
    return Verdict(True, f"Never more than {LIMIT} in any window, and never fewer than it may be.")


def _late_bursts(ask: Callable[[], bool], window_s: float) -> bool:
    """Whether too many come through around the end of a window that began with a request."""
    moments: list[tuple[float, float]] = []
    begun = time.monotonic()
    for at, count in ((0.0, 1), (0.8, LIMIT - 1), (1.05, LIMIT)):
        time.sleep(max(0.0, begun + at * window_s - time.monotonic()))
        for _ in range(count):
            asked = time.monotonic()
            if ask():
                moments.append((asked, time.monotonic()))
    # Whatever the moment in between at which each was decided, these lie within one window.
    pairs = zip(moments, moments[LIMIT:], strict=False)
    return any(late - early < window_s for (early, _), (_, late) in pairs)


def _comes_back(ask: Callable[[], bool], window_s: float) -> bool:
    """Whether somebody who goes on asking is let through once a window is over."""
    for _ in range(LIMIT):
        ask()
    end = time.monotonic() + 2 * window_s
    while time.monotonic() < end:
        if ask():
            return True
        time.sleep(window_s / 25)
    return False


def check_3(lesson: Lesson, shards: Callable[..., Any]) -> Verdict:
    """Loads of all kinds, against the two bounds worked out here."""
    kinds = {
        "much memory": (TOWN, Load(shard_bytes=SHARD_BYTES), 100_000, 1.0),
        "much time": (replace(TOWN, redis_s=0.4, turn_bytes=100, health_bytes_year=100),
                      Load(shard_bytes=SHARD_BYTES), 100_000, 1.0),
        "few people": (TOWN, Load(), 3, 1.0),
        "a shard that is fuller than the mean": (TOWN, Load(full=0.5), 300_000, 1.3),
        "a shard that is busier than the mean": (replace(TOWN, redis_s=0.5, turn_bytes=10),
                                                 Load(busy=0.4, peak=6), 70_000, 1.4),
    }  # fmt: skip
    dice = random.Random(10)
    for n in range(20):
        load = Load(turns_a_day=dice.uniform(1, 30), active=dice.uniform(0.1, 1), peak=3,
                    full=dice.uniform(0.3, 0.9), kept_years=dice.uniform(0.5, 5))  # fmt: skip
        kinds[f"load {n}"] = (replace(TOWN, redis_s=dice.uniform(0.001, 1)), load,
                              dice.randrange(1, 500_000), dice.uniform(1, 1.5))  # fmt: skip
    for name, (measured, load, people, skew) in kinds.items():
        wanted = _shards(measured, load, people, skew)
        if (said := shards(measured, load, people, skew)) != wanted:
            return Verdict(False, f"{name}: {people:,} people, the fullest shard {skew:.2f} times "
                                  f"the mean, {measured.redis_s:.3g} s a turn, "
                                  f"{bytes_of_a_person(measured, load):,.0f} bytes a person: "
                                  f"{wanted} shards; you say {said}.")  # fmt: skip
    heavy = replace(TOWN, health_bytes_year=SHARD_BYTES)
    try:
        said = shards(heavy, Load(), 10, 1.0)
    except ValueError:
        return Verdict(True, f"{len(kinds)} loads, and one person whom no Cluster can split.")
    return Verdict(False, "One person who is larger than a shard may be cannot be split: raise "
                          f"ValueError; you say {said}.")  # fmt: skip


def _shards(measured: Footprint, load: Load, people: int, skew: float) -> int:
    room = load.shard_bytes * load.full
    by_memory = people * bytes_of_a_person(measured, load) * skew / room
    by_time = turns_a_second(load, people) * measured.redis_s * skew / load.busy
    return int(max(1, -(-by_memory // 1), -(-by_time // 1)))


def check_4(lesson: Lesson, choice: Mapping[str, Any]) -> Verdict:
    """A small server is filled and flooded under the chosen policy, with the chosen lives."""
    lives = choice.get("ttl_s") if isinstance(choice, Mapping) else None
    if not isinstance(lives, Mapping) or set(lives) != set(CLASSES):
        return Verdict(False, f"Give ttl_s for each of {', '.join(CLASSES)}; None means never.")
    if (policy := choice.get("policy")) not in (*POLICIES, *OTHERS):
        return Verdict(False, f"Redis knows no policy {policy!r}.")
    if lives["readings"] is not None:
        return Verdict(False, "Readings would be gone some day, and the phone may be gone then.")
    for kind, (least, most) in BOUNDS.items():
        life = lives[kind]
        if life is None and most is not None:
            return Verdict(False, f"{kind}: it must end some day, for it says when above.")
        if life is not None and not least <= life <= (most or float("inf")):
            return Verdict(False, f"{kind}: {life:,.0f} seconds is not what was promised above.")
    changed = {LIVES[kind]: life for kind, life in lives.items() if kind in LIVES}
    settings = lesson.settings.model_copy(update=changed)
    (found,) = evictions(settings, (str(policy),), room_bytes=ROOM_BYTES).rows
    if found.refused:
        return Verdict(False, f"{found}: people could not say anything any more.")
    if found.irreplaceable:
        return Verdict(False, f"{found}: some of it nobody can compute again.")
    return Verdict(True, f"{found}: only what can be computed again.")


OTHERS = ("allkeys-lfu", "allkeys-random", "volatile-lfu", "volatile-random")
