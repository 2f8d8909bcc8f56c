"""Checks of lesson 07: what is slow, what stays, what is big."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from wellness import keys
from wellness.keys import Keys
from wellness.lesson.checks import Verdict
from wellness.lesson.planted import logging_slow, plant

if TYPE_CHECKING:
    from wellness.lesson.kit import Lesson

HIDDEN = "hidden {}"  # the users whose keys a check writes
LIFE_S = 600


def check_1(lesson: Lesson, slowest: Callable[..., Any]) -> Verdict:
    """The slowest command on a key of one prefix, though the newest slow one is another's."""
    mine, other = _keys(lesson, 1), _keys(lesson, 2)
    planted = plant(lesson.client, mine, seed=1, settings=lesson.settings)
    copied = other.scratch("notes-copied")
    lesson.client.copy(planted.big, copied, replace=True)
    with logging_slow(lesson.client):
        lesson.client.sort(copied, alpha=True, start=0, num=10)
    try:
        for prefix, wanted in ((mine.prefix, planted.big), (other.prefix, copied)):
            found = slowest(lesson.client, prefix)
            if isinstance(found, bytes):
                return Verdict(False, "Return text, not bytes: decode it.")
            if found != wanted:
                return Verdict(
                    False, f"Under {prefix} the slow command was on {wanted}; you say {found}."
                )
    finally:
        lesson.client.unlink(copied)
        planted.remove(lesson.client)
    return Verdict(True, f"Found twice: {planted.slow.name} through {keys.label(planted.big)}.")


def check_2(lesson: Lesson, staying: Callable[..., Any]) -> Verdict:
    """All conversations that never expire, and none of the keys that may stay."""
    owner, client = _keys(lesson, 3), lesson.client
    stay = sorted(owner.turns(name) for name in ("z", "a", "m"))
    others = [owner.turns("forgotten soon"), owner.scratch("may stay")]
    for name in (*stay, *others):
        client.rpush(name, "hello")
    client.expire(others[0], LIFE_S)
    try:
        found = list(staying(client, owner.prefix))
        nobody = list(staying(client, _keys(lesson, 4).prefix))
    finally:
        client.unlink(*stay, *others)
    if any(keys.parse(_text(name)).kind != "turns" for name in found):
        return Verdict(False, "Some of yours are no conversations: scratch keys may stay.")
    if found != stay:
        return Verdict(False, f"{len(stay)} conversations stay: {stay}; you say {found}.")
    if nobody:
        return Verdict(False, "Under a prefix without keys nothing stays.")
    return Verdict(True, f"All {len(stay)} that stay, and none of those that may.")


def check_3(lesson: Lesson, biggest: Callable[..., Any]) -> Verdict:
    """The key with the most bytes, whose first elements are small, and its bytes."""
    owner, client = _keys(lesson, 5), lesson.client
    few, many = owner.scratch("few"), owner.scratch("many")
    client.rpush(few, *["x" * 5_000] * 30, "y" * 400_000)  # each in a node of its own
    client.rpush(many, *["some words"] * 20_000)
    try:
        found = biggest(client, owner.prefix)
        exact = client.memory_usage(few, samples=0)
    finally:
        client.unlink(few, many)
    if not isinstance(found, tuple) or len(found) != 2:
        return Verdict(False, "Return two things: the name and its bytes.")
    if _text(found[0]) != few:
        return Verdict(False, f"Under {owner.prefix} it is {few}; you say {found[0]}.")
    if found[1] != exact:
        return Verdict(
            False, f"{few} takes {exact:,} bytes, all elements looked at; not {found[1]}."
        )
    return Verdict(True, "The biggest by bytes, not by elements, and each element counted.")


def _keys(lesson: Lesson, number: int) -> Keys:
    return lesson.keys(HIDDEN.format(number))


def _text(name: str | bytes) -> str:
    return name.decode() if isinstance(name, bytes) else name
