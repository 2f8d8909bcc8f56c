"""The check of a member sees what an answer loses, whatever was answered before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from wellness.client import connect
from wellness.health.items import Reading
from wellness.keys import Keys
from wellness.lesson.exercises import l01
from wellness.server import EmbeddedServer
from wellness.settings import Settings

Member = Callable[[Reading], Any]


@pytest.fixture
def lesson(redis_server: EmbeddedServer, namespace: str) -> Iterator[Any]:
    with connect(Settings(redis_url=redis_server.url)) as client:
        yield SimpleNamespace(client=client, keys=lambda: Keys(namespace, "sample"))


def whole(r: Reading) -> str:
    return f"{r.start}:{r.end}:{r.value}:{r.unit}:{r.source}"


def test_right_members_pass_one_after_the_other(lesson: Any) -> None:
    for member in (whole, lambda r: whole(r).replace(":", "|"), whole):
        verdict = l01.check_1(lesson, member)
        assert verdict.passed, verdict.message
        assert verdict.message == "7 were written, 6 of them different, and Redis holds 6."


@pytest.mark.parametrize(
    ("member", "why"),
    [
        (lambda r: f"{r.value}", "an hour later"),
        (lambda r: f"{r.start}:{r.value}", "another source"),
        (lambda r: f"{r.start}{r.end}{r.value}{r.unit}{r.source}", "run together"),
        (lambda r: id(r), "A member is text"),
        (lambda r: whole(r) + str(id(r)), "gives two members"),
    ],
)
def test_members_that_lose_readings_are_told_which(lesson: Any, member: Member, why: str) -> None:
    verdict = l01.check_1(lesson, member)
    assert not verdict.passed
    assert why in verdict.message
