"""The planted faults: real, to be found with the tools, and gone with the namespace."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from wellness import keys
from wellness.client import Client, connect
from wellness.errors import LessonError
from wellness.keys import Keys
from wellness.lesson.planted import ADDS, THRESHOLD, Planted, plant
from wellness.ops.big_keys import BIG_BYTES, BigKeys
from wellness.ops.info import dashboard
from wellness.ops.keyspace import keyspace
from wellness.ops.slowlog import SLOW_S, Slowlog
from wellness.server import start
from wellness.settings import Settings

SEEDS = (0, 1, 4)  # one of each type


@pytest.fixture
def alone(settings: Settings) -> Iterator[Client]:
    """A server of this test's own: its slow log is everybody's."""
    with start(settings) as server, connect(Settings(redis_url=server.url)) as client:
        yield client


def threshold(client: Client) -> int:
    return int(client.config_get(THRESHOLD)[THRESHOLD])


def test_the_tools_find_all_three_and_nothing_else(alone: Client) -> None:
    planted = plant(alone, Keys("w:lesson:07", "ann"), seed=7)
    board = dashboard(alone, "w:lesson:07")
    assert isinstance(board.slowlog, Slowlog)
    assert planted.slow in board.slowlog.slow
    assert planted.slow.seconds >= SLOW_S
    assert keys.label(planted.big) in planted.slow.command
    assert keys.audit(alone, "w:lesson:07") == [
        keys.Finding(planted.stays, keys.policy_problem(planted.stays, "list", -1))
    ]
    assert isinstance(board.big_keys, BigKeys)
    assert [one.key for one in board.big_keys.found if one.is_big] == [planted.big]
    assert {one.what for one in board.look_here} == {
        "without an expiry", planted.big, "above 10 ms",
    }  # fmt: skip


def test_seeds_differ_and_repeat(alone: Client) -> None:
    one = {seed: plant(alone, Keys("w", "ann"), seed=seed) for seed in SEEDS}
    again = plant(alone, Keys("w", "ann"), seed=SEEDS[0])
    assert (again.big, again.stays, again.type) == (one[0].big, one[0].stays, one[0].type)
    assert len({planted.big for planted in one.values()}) > 1
    assert {planted.type for planted in one.values()} == set(ADDS), "each type has been big"
    assert sorted(keys.scan(alone, "w")) == sorted(again.all), "a second planting replaces"
    assert alone.type(again.big).decode() == again.type
    assert alone.memory_usage(again.big) > BIG_BYTES  # type: ignore[operator]


def test_the_answers_are_not_in_the_repr(alone: Client) -> None:
    planted = plant(alone, Keys("w", "ann"), seed=3)
    for secret in (planted.big, planted.stays, planted.slow.name, planted.type):
        assert secret not in repr(planted)


@pytest.mark.parametrize("before", [-1, 5_000_000, 500])
def test_the_slow_log_is_set_back(alone: Client, before: int) -> None:
    alone.config_set(THRESHOLD, before)
    planted = plant(alone, Keys("w", "ann"), seed=1)
    assert planted.slow.seconds >= SLOW_S
    assert threshold(alone) == before


def test_it_is_set_back_after_a_failure(alone: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    alone.config_set(THRESHOLD, -1)
    monkeypatch.setattr("wellness.lesson.planted.SLOW_S", 1_000.0)
    monkeypatch.setattr("wellness.lesson.planted.ELEMENTS", 10)
    with pytest.raises(LessonError, match="was not slow"):
        plant(alone, Keys("w", "ann"), seed=1)
    assert threshold(alone) == -1


def test_it_goes_with_the_namespace_or_before(alone: Client) -> None:
    planted = plant(alone, Keys("w", "ann"), seed=2)
    other = Keys("w", "ann").scratch("mine")
    alone.set(other, 1)
    assert planted.remove(alone) == len(planted.all)
    assert list(keys.scan(alone, "w")) == [other]
    plant(alone, Keys("w", "ann"), seed=2)
    keys.delete(alone, "w")
    assert keyspace(alone, "w").keys == 0


def test_the_life_of_the_others_is_that_of_the_settings(alone: Client) -> None:
    short = Settings(conversation_ttl_s=50)
    planted: Planted = plant(alone, Keys("w", "ann"), seed=4, settings=short)
    assert [one.key for one in keys.audit(alone, "w", short)] == [planted.stays]


def test_a_redis_that_hides_its_slow_log_cannot_be_used(alone: Client) -> None:
    alone.acl_setuser("m", enabled=True, passwords=["+pw"], keys=["*"],
                      categories=["+@all"], commands=["-slowlog", "-config"])  # fmt: skip
    url = alone.guard.endpoint.replace("unix://", "unix://m:pw@")
    with (
        connect(Settings(redis_url=url)) as limited,
        pytest.raises(LessonError, match="cannot be read") as error,
    ):
        plant(limited, Keys("w", "ann"), seed=1)
    assert "REDIS_URL" in error.value.hint
