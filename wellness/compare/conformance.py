"""The same questions to every engine, with the answers of plain Python beside them.

Each check gets an adapter and raises `WrongAnswer` at the first difference. An engine that gives a
wrong answer is not timed. A learner's own adapter is checked by the same functions.

>>> from wellness.compare.reference import Reference
>>> check_order(Reference(lambda: 0.0, 60.0))
>>> class Newest(Reference):
...     def last(self, owner, conversation, n):
...         return super().last(owner, conversation, n)[::-1]
>>> check_order(Newest(lambda: 0.0, 60.0))  # doctest: +ELLIPSIS
Traceback (most recent call last):
    ...
wellness.errors.WrongAnswer: 'Newest, last 3' answered ...
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from wellness.compare.corpus import clustered
from wellness.compare.protocols import (
    SECONDS_PER_DAY,
    Adapter,
    Conversations,
    Measurements,
    Memories,
    Recalling,
    Statement,
)
from wellness.compare.reference import Reference
from wellness.errors import WrongAnswer
from wellness.memory.messages import Message, Turn
from wellness.memory.turns import turn

HOSTILE = (
    "ann", "Ann", "ann ", "ann,ben", "a|b", "*", "%", "_", "{ann}", "ann}|@user:{ben", "a-b", "..",
    "/", "a/b", "a", "o'neill", '"', "'; DROP TABLE turns; --", "' OR '1'='1", "\\", "\\'", "\n",
    "\t", "Jörg", "日本", "🙂", "a\u0301", "\u00e1", "null", "None", "true", "0", "$where", "-1",
    "x" * 300, "{}", "[1]", "nul\0nul", "\\0", "$1", "%s", "%(owner)s", ":owner", "?",
)  # fmt: skip
GLUE = ("", "/", ":", ",", "|", "-", "_", " ", ".", "\0", "\n", "', '", '","', "}:", "#")
DIMENSIONS = 16  # of the vectors of these checks
APART_S = 1.3  # seconds after which what lives for one second is gone
LEAST_RECALL = 0.9  # of an approximate search on a few hundred clustered vectors
_serial = iter(range(10**9))


def _turn(text: str) -> Turn:
    at = 1_790_000_000_000 + next(_serial)
    return turn([Message("user", text), Message("assistant", f"You said: {text}")], at=at)


def _same(adapter: object, what: str, found: Any, expected: Any) -> None:
    if found != expected:
        name = type(adapter).__name__
        raise WrongAnswer(f"{name}, {what}", found, "plain Python", expected)


def _reference() -> Reference:
    return Reference(lambda: 0.0, 1.0)


def check_order(adapter: Conversations) -> None:
    """Turns come back whole, oldest first, as many as were asked for, from each conversation."""
    right = _reference()
    places = [("order", "one"), ("order", "two"), ("somebody", "one")]
    for i in range(36):
        owner, conversation = places[i * 7 % 3]
        said = _turn(f"turn {i}")
        for each in (adapter, right):
            each.append(owner, conversation, said)
    for place in [*places, ("order", "none"), ("nobody", "one")]:
        for n in (3, 10, 1, 0, 12, 100):
            _same(adapter, f"last {n}", adapter.last(*place, n), right.last(*place, n))


def check_exchange(adapter: Conversations) -> None:
    """Appending and reading at once gives what the two give one after the other."""
    right = _reference()
    for i in range(15):
        said, n = _turn(f"turn {i}"), (10, 1, 3)[i % 3]
        found = adapter.exchange("exchange", "here", said, n)
        _same(adapter, f"exchange {i}", found, right.exchange("exchange", "here", said, n))
    _same(adapter, "after it", adapter.last("exchange", "here", 50),
          right.last("exchange", "here", 50))  # fmt: skip


def check_hostile_names(adapter: Conversations) -> None:
    """No name of a person or a conversation opens another's conversation, or breaks a command."""
    right = _reference()
    places = [(name, "c") for name in HOSTILE] + [("hostile", name) for name in HOSTILE]
    for between in GLUE:  # two pairs of names that are one text when they are joined by it
        places += [("p", f"q{between}r"), (f"p{between}q", "r")]
    for owner, conversation in places:
        said = _turn(f"of {owner!r} in {conversation!r}")
        for each in (adapter, right):
            each.append(owner, conversation, said)
    for place in places:
        _same(adapter, f"turns of {place!r}", adapter.last(*place, 5), right.last(*place, 5))


def check_hostile_texts(adapter: Conversations) -> None:
    """What is said comes back to the letter."""
    said = [_turn(text) for text in HOSTILE if text.strip()]
    for one in said:
        adapter.append("texts", "c", one)
    _same(adapter, "texts", adapter.last("texts", "c", len(said)), said)


def check_threads(adapters: Sequence[Conversations]) -> None:
    """Whoever writes at the same time, every turn is there once, each writer's in their order."""
    each = 12

    def write(who: int, adapter: Conversations) -> None:
        for one in lines[who]:
            adapter.append("threads", "shared", one)

    lines = [[_turn(f"{who}/{i}") for i in range(each)] for who in range(len(adapters))]
    threads = [threading.Thread(target=write, args=pair) for pair in enumerate(adapters)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = adapters[0].last("threads", "shared", 10 * each * len(adapters))
    for mine in lines:
        ids = {one.id for one in mine}
        _same(adapters[0], "turns of one writer", [one for one in found if one.id in ids], mine)
    _same(adapters[0], "turns in all", len(found), each * len(adapters))


def statements(owners: Iterable[str], n: int) -> list[Statement]:
    """`n` statements that go round the owners."""
    names = list(owners)
    return [Statement(names[i % len(names)], f"subject {i}", f"text {i}") for i in range(n)]


def check_nearest(adapter: Memories, *, everybody: bool = True) -> float:
    """The k nearest, of one owner and of all, in their order; returns the mean recall.

    Rows of others, short answers and a wrong order are wrong; missing a few is what approximate
    searches do, and recall says how many.

    Args:
        adapter: of vectors with `DIMENSIONS` numbers, and empty.
        everybody: whether to search over all owners too.
    """
    right, owners = _reference(), ("ann", "ann,ben", "a*", "o'neill", "x|y")
    told = statements(owners, 400)
    vectors = clustered(len(told) + 20, DIMENSIONS, seed=8)
    known, asked = vectors[: len(told)], vectors[len(told) :]
    for each in (adapter, right):
        each.remember(told, known)
    recalls = []
    for i, query in enumerate(asked):
        for owner in [owners[i % len(owners)], *([None] if everybody else [])]:
            found, ranked = adapter.nearest(query, 5, owner), right.ranked(query, owner)
            places = [ranked.index(text) if text in ranked else -1 for text in found]
            if len(found) != 5 or -1 in places or places != sorted(set(places)):
                _same(adapter, f"nearest of {owner!r}", found, ranked[:5])
            recalls.append(len(set(found) & set(ranked[:5])) / 5)
    recall = float(np.mean(recalls))
    if recall < LEAST_RECALL:
        _same(adapter, "recall at 5", recall, 1.0)
    _same(adapter, "nearest of nobody", adapter.nearest(asked[0], 5, "nobody"), [])
    return recall


def check_gather(adapter: Adapter) -> None:
    """One turn's needs together, and a fact that was stated anew takes the old one's place."""
    right = _reference()
    vectors = clustered(8, DIMENSIONS, seed=9)
    told = [Statement("gather", f"goal:{i}", f"goal {i}") for i in range(6)]
    newer = [Statement("gather", "goal:2", "another goal 2")]
    said = _turn("What was my goal?")
    for each in (adapter, right):
        recalling: Recalling = each
        each.remember(told, vectors[:6])
        each.remember(newer, vectors[6:7])
        each.append("gather", "c", said)
        asked = recalling.gather("gather", "c", vectors[7], 6, ["goal:2", "goal:5", "goal:none"])
        if each is adapter:
            found = asked
    _same(adapter, "what was gathered", found, asked)


def check_days(adapter: Measurements) -> None:
    """Means by day: with gaps, several readings a second, late arrivals, and of one owner only."""
    right, day, rng = _reference(), 20_000, np.random.default_rng(11)
    starts = rng.choice(9 * SECONDS_PER_DAY, 300, replace=False) + day * SECONDS_PER_DAY
    starts = starts[starts // SECONDS_PER_DAY != day + 4]  # a day without readings
    values = np.round(rng.normal(70, 12, len(starts)), 1)
    readings = list(zip(starts.tolist(), values.tolist(), strict=True))
    twins = [(readings[0][0], 91.0), (readings[0][0], 92.5), (readings[1][0], 55.0)]
    edges = [(day * SECONDS_PER_DAY, 61.0), ((day + 1) * SECONDS_PER_DAY - 1, 62.0)]
    parts = (sorted(readings[:200]), sorted(readings[200:]) + twins, edges)
    for each in (adapter, right):
        for part in parts:
            each.record("ann", part)
        each.record("ben", [(at, value + 100) for at, value in parts[0]])
    for owner in ("ann", "ben", "nobody"):
        for first, n in ((day, 9), (day + 2, 7), (day - 5, 30), (day + 4, 1)):
            expected = right.days(owner, first, n)
            for raw in (False, True):
                found = adapter.days(owner, first, n, raw=raw)
                close = found.keys() == expected.keys() and all(
                    abs(found[at] - expected[at]) < 1e-9 for at in found
                )
                if not close:
                    _same(adapter, f"days of {owner}, raw {raw}", found, expected)


def check_expiry(adapter: Adapter, wait: Callable[[float], object]) -> None:
    """Gone when its time is up, renewed by each turn, begun anew by a turn after its end.

    Args:
        adapter: whose conversations live for one second.
        wait: lets so many seconds pass.
    """
    first, second, third = (_turn(text) for text in ("first", "second", "third"))
    adapter.append("expiry", "silent", first)
    adapter.append("expiry", "renewed", first)
    wait(APART_S / 2)
    adapter.append("expiry", "renewed", second)
    wait(APART_S / 2)
    _same(adapter, "a silent conversation", adapter.last("expiry", "silent", 5), [])
    _same(adapter, "a renewed one", adapter.last("expiry", "renewed", 5), [first, second])
    adapter.append("expiry", "silent", third)
    _same(adapter, "one that began anew", adapter.last("expiry", "silent", 5), [third])
    wait(APART_S)
    _same(adapter, "what a sweep leaves", (adapter.sweep() >= 0, adapter.kept()), (True, 0))
    _same(adapter, "what is left after a sweep", adapter.sweep(), 0)
    for name in ("silent", "renewed"):
        _same(adapter, f"{name}, after a sweep", adapter.last("expiry", name, 5), [])
