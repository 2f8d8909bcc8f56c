"""The naive limits let too many through where they must, and ours does not."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis import Redis

from wellness.keys import Keys
from wellness.lesson.rushes import Let, double_burst, most_in_a_window, rush
from wellness.ops.admission import Counter, Subject
from wellness.ops.limits import RateLimiter
from wellness.server import EmbeddedServer

LIMIT = 20
ANN = Subject("user", "ann")


def test_get_then_set_lets_too_many_through_and_a_script_does_not(
    redis_server: EmbeddedServer, client: Redis, namespace: str
) -> None:
    key = Keys(namespace, "ann").scratch("naive")
    limiter = RateLimiter(Counter(client, namespace), "rush", limit=LIMIT, window_s=60)

    def naive() -> bool:
        used = int(client.get(key) or 0)  # type: ignore[arg-type]
        if used >= LIMIT:
            return False
        client.set(key, used + 1)
        return True

    found = rush({"naive": naive, "ours": lambda: limiter.hit(ANN).allowed}, limit=LIMIT)
    assert not found["naive"].holds
    assert found["naive"].through > LIMIT
    assert found["ours"] == Let("ours", LIMIT, 400, LIMIT, LIMIT)
    assert f"ours: {LIMIT} of 400 let through" in repr(found)
    assert "broken" in found._repr_html_()


def test_a_fixed_window_lets_a_double_burst_through_and_a_sliding_one_does_not(
    client: Redis, namespace: str
) -> None:
    window_s = 1.0
    limiter = RateLimiter(Counter(client, namespace), "burst", limit=LIMIT, window_s=window_s)

    def fixed() -> bool:
        seconds, micros = client.time()
        slot = int((seconds + micros / 1e6) // window_s)
        return int(client.incr(Keys(namespace, "ann").scratch(f"slot-{slot}"))) <= LIMIT

    found = double_burst(
        {"fixed": fixed, "sliding": lambda: limiter.hit(ANN).allowed},
        client, limit=LIMIT, window_s=window_s,
    )  # fmt: skip
    assert found["sliding"].holds
    assert found["fixed"].most > LIMIT
    assert "times as many" in str(found["fixed"])


def test_bursts_need_a_window_to_be_made_in(client: Redis) -> None:
    with pytest.raises(ValueError, match="too short"):
        double_burst({}, client, limit=1, window_s=0.1)


@given(st.lists(st.integers(0, 50), max_size=40), st.integers(1, 20))
def test_the_most_in_a_window_is_that_of_the_fullest(moments: list[int], window: int) -> None:
    slow = max((sum(m <= one < m + window for one in moments) for m in moments), default=0)
    assert most_in_a_window([float(one) for one in moments], float(window)) == slow


def test_a_rush_really_is_one() -> None:
    inside: list[int] = [0]
    most = [0]

    def admit() -> bool:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        time.sleep(0.001)
        inside[0] -= 1
        return True

    found = rush({"counted": admit}, limit=1, threads=4, each=5)
    assert found["counted"].through == 20
    assert most[0] > 1
