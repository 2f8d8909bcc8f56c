"""Eight processes, each with a wrong clock: what came through is checked in every window."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import uuid
from pathlib import Path
from typing import NamedTuple

import pytest
from redis import Redis

from wellness import keys
from wellness.server import EmbeddedServer

from .clocks import most_in_a_window

PROCESSES = 8
LIMIT, WINDOW_US = 50, 150_000
HAMMER = Path(__file__).with_name("hammer.py")


class Hammered(NamedTuple):
    """How often all processes asked, and the moment and cost of each request let through."""

    asked: int
    through: list[tuple[int, int]]


@pytest.fixture(scope="module")
def hammered(redis_server: EmbeddedServer, client: Redis) -> dict[str, Hammered]:
    """What eight processes got from the limit and from the quota."""
    namespace = f"wellness:test:{uuid.uuid4().hex[:12]}"
    config = {
        "socket": str(redis_server.socket), "namespace": namespace, "processes": PROCESSES,
        "limit": LIMIT, "window_s": WINDOW_US / 1e6, "seconds": 1.0,
    }  # fmt: skip
    words = [sys.executable, str(HAMMER), json.dumps(config)]
    try:
        ended = subprocess.run(words, stdout=subprocess.PIPE, check=True, timeout=120)
    finally:
        keys.delete(client, namespace)
    found = json.loads(ended.stdout)
    assert len(found) == PROCESSES
    assert all(one[what]["asked"] for one in found for what in ("limit", "quota"))
    return {
        what: Hammered(
            sum(one[what]["asked"] for one in found),
            sorted((moment, cost) for one in found for moment, cost in one[what]["through"]),
        )
        for what in ("limit", "quota")
    }


def test_never_more_than_the_limit_in_any_window(hammered: dict[str, Hammered]) -> None:
    asked, through = hammered["limit"]
    assert LIMIT - 2 <= most_in_a_window(through, WINDOW_US) <= LIMIT, "all of it, and no more"
    assert sum(cost for _, cost in through) > 2 * LIMIT, "several windows were filled"
    assert asked > len(through), "and somebody was refused"


def test_never_more_than_the_quota_in_any_window(hammered: dict[str, Hammered]) -> None:
    asked, through = hammered["quota"]
    assert most_in_a_window(through, WINDOW_US) <= LIMIT
    assert most_in_a_window(through, 4 * WINDOW_US) <= 3 * LIMIT
    assert sum(cost for _, cost in through) > 2 * LIMIT
    assert asked > len(through)


def test_the_check_of_the_windows_sees_one_too_many() -> None:
    pick = random.Random(1)
    log = [(pick.randrange(1_000_000), 1) for _ in range(500)]
    most = most_in_a_window(log, 100_000)
    slow = max(sum(m <= one < m + 100_000 for one, _ in log) for m, _ in log)
    assert most == slow
    assert most_in_a_window([(0, 1), (99, 1), (100, 1)], 100) == 2
    assert most_in_a_window([(0, 1), (98, 1), (99, 1)], 100) == 3
