"""Token quotas: as counters by slots in plain Python; what the settings allow a person."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from redis import Redis

from wellness import keys
from wellness.client import connect
from wellness.keys import Keys
from wellness.keys.acl import acl_rules
from wellness.ops.admission import Counter, Decision, Subject
from wellness.ops.gate import Gate
from wellness.ops.quota import RESERVE, SETTLE, SLOTS, Reservation, TokenQuota
from wellness.settings import Settings
from wellness.topologies import secured

from .clocks import ServerClock, most_in_a_window

ANN = Subject("user", "ann")
SECOND = 1_000_000
HOUR, DAY = 3_600, 86_400
quick = hypothesis_settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


class Reference:
    """The same quota over a list of (microsecond, tokens)."""

    def __init__(self, windows: dict[int, int]) -> None:
        self.windows = {window_s * SECOND: quota for window_s, quota in windows.items()}
        self.log: list[tuple[int, int]] = []

    def used(self, window: int, now: int) -> int:
        """Tokens of the slots that lie in the window, the first one in full."""
        width = window // SLOTS
        first = now // width - SLOTS
        return sum(tokens for moment, tokens in self.log if moment // width >= first)

    def reserve(self, now: int, tokens: int) -> Decision:
        """What is decided."""
        left = min(quota - self.used(w, now) for w, quota in self.windows.items())
        if tokens <= left:
            self.log.append((now, tokens))
            return Decision(True, left - tokens, 0.0, now)
        wait = 0
        for window, quota in self.windows.items():
            width, then = window // SLOTS, now
            while self.used(window, then) + tokens > quota:
                then = (then // width + 1) * width
            wait = max(wait, then - now)
        return Decision(False, max(0, left), wait / SECOND, now)

    def settle(self, now: int, reserved: tuple[int, int], tokens: int) -> None:
        """What was used is known."""
        moment, before = reserved
        if tokens < before:
            self.log.remove(reserved)
            self.log.append((moment, tokens))
        else:
            self.log.append((now, tokens - before))


def quota_of(
    client: Redis, namespace: str, windows: dict[int, int]
) -> tuple[TokenQuota, ServerClock]:
    """A quota, and the clock that it reads."""
    clock = ServerClock(client, Keys(namespace, "clock").scratch("now"))
    scripts = {"reserve": clock.script(RESERVE), "settle": clock.script(SETTLE)}
    counter = Counter(client, namespace)
    return TokenQuota(
        counter, "tokens", {float(s): n for s, n in windows.items()}, **scripts
    ), clock


steps = st.lists(
    st.tuples(
        st.one_of(st.integers(0, 400), st.integers(0, 9_000)),
        st.integers(1, 60),
        st.one_of(st.none(), st.integers(0, 90)),
    ),
    max_size=40,
)


@quick
@given(st.integers(60, 200), st.integers(100, 500), steps)
def test_it_decides_as_counters_in_python_do(
    client: Redis, namespace: str, hour: int, day: int, script: list[tuple[int, int, int | None]]
) -> None:
    windows = {HOUR: hour, DAY: day}
    quota, clock = quota_of(client, f"{namespace}:{uuid.uuid4().hex[:8]}", windows)
    reference = Reference(windows)
    through: list[tuple[int, int]] = []
    for wait_s, tokens, used in script:
        clock.set(clock.now_us + wait_s * SECOND)
        reserved = quota.reserve(ANN, tokens)
        assert reserved.decision == reference.reserve(clock.now_us, tokens)
        if reserved.allowed:
            through.append((clock.now_us, tokens))
        if reserved.allowed and used is not None:
            at = clock.now_us
            clock.set(clock.now_us + 100 * SECOND)
            assert quota.settle(reserved, used) == ""
            reference.settle(clock.now_us, (at, tokens), used)
            through[-1] = (at, min(tokens, used))
    if through:
        assert most_in_a_window(through, HOUR * SECOND) <= hour
        assert most_in_a_window(through, DAY * SECOND) <= day
    keys.delete(client, quota.counter.namespace)


def test_after_the_wait_it_named_there_is_room_and_not_before(
    client: Redis, namespace: str
) -> None:
    quota, clock = quota_of(client, namespace, {HOUR: 100})
    assert quota.reserve(ANN, 60).decision.remaining == 40
    clock.set(clock.now_us + 600 * SECOND)
    assert quota.reserve(ANN, 40).decision.remaining == 0
    said = quota.reserve(ANN, 50).decision
    assert not said.allowed
    wait_us = round(said.retry_after_s * SECOND)
    assert HOUR * SECOND - 600 * SECOND <= wait_us <= (HOUR + HOUR // SLOTS - 600) * SECOND
    refused_at = clock.now_us
    clock.set(refused_at + wait_us - 1)
    assert not quota.reserve(ANN, 50).allowed
    clock.set(refused_at + wait_us)
    assert quota.reserve(ANN, 50).allowed


def test_a_clock_that_is_set_back_gives_nothing_back(client: Redis, namespace: str) -> None:
    quota, clock = quota_of(client, namespace, {HOUR: 100})
    assert quota.reserve(ANN, 100).allowed
    clock.set(clock.now_us - 5 * HOUR * SECOND)
    assert not quota.reserve(ANN, 1).allowed


def test_a_day_of_use_takes_a_kilobyte_and_expires(client: Redis, namespace: str) -> None:
    quota, clock = quota_of(client, namespace, {HOUR: 10_000_000, DAY: 1_000_000_000})
    for _ in range((DAY + 4 * HOUR) // 150):
        clock.set(clock.now_us + 150 * SECOND)
        quota.settle(quota.reserve(ANN, 4_000), 5_000)
    size = client.memory_usage(quota.key(ANN))
    assert size is not None
    assert size < 2_000
    assert client.hlen(quota.key(ANN)) <= 2 * (SLOTS + 1)
    assert keys.audit(client, namespace) == []


def test_windows_that_are_no_longer_asked_for_are_forgotten(client: Redis, namespace: str) -> None:
    both, clock = quota_of(client, namespace, {HOUR: 100, DAY: 300})
    both.reserve(ANN, 50)
    one, _ = quota_of(client, namespace, {HOUR: 100})
    clock.set(clock.now_us)
    assert one.reserve(ANN, 1).decision.remaining == 49
    assert client.hlen(one.key(ANN)) == 1


@pytest.mark.parametrize("windows", [{}, {0.001: 5}, {90_000: 5}, {60: 0}])
def test_a_quota_has_bounds(client: Redis, windows: dict[float, int]) -> None:
    with pytest.raises(ValueError, match=r"quota|window"):
        TokenQuota(Counter(client), "t", windows)


def test_more_than_a_window_has_is_a_mistake(client: Redis) -> None:
    quota = TokenQuota(Counter(client), "t", {HOUR: 100, DAY: 50})
    with pytest.raises(ValueError, match="1 to 50 tokens"):
        quota.reserve(ANN, 51)


# --- what the settings say ------------------------------------------------------------------------


def gate_of(client: Redis, namespace: str, **changed: object) -> Gate:
    """A gate with some limits on."""
    return Gate(client, Settings().model_copy(update=changed), namespace=namespace)


def test_without_a_setting_nothing_is_limited_and_redis_is_not_asked() -> None:
    gate = Gate(None, Settings())  # type: ignore[arg-type]
    turn = gate.admit("ann")
    assert turn.allowed
    assert turn.decisions == []
    assert gate.settle(turn, 5_000) == ""


def test_questions_and_tokens_are_limited_by_person(client: Redis, namespace: str) -> None:
    gate = gate_of(client, namespace, limit_turns=2, quota_tokens_hour=10_000)
    for used in (1_000, 7_000):
        turn = gate.admit("ann")
        assert turn.allowed
        assert gate.settle(turn, used) == ""
    third = gate.admit("ann")
    assert third.turns is None, "the tokens were asked first, and refused"
    assert third.refusal.startswith("'ann' has no tokens of the model left for now.")
    assert gate.admit("ben").allowed


def test_a_question_too_many_costs_no_tokens(client: Redis, namespace: str) -> None:
    gate = gate_of(client, namespace, limit_turns=1, quota_tokens_hour=100_000)
    gate.settle(gate.admit("ann"), 1_000)
    for _ in range(20):
        refused = gate.admit("ann")
        assert not refused.allowed
        assert gate.settle(refused, 9_999) == ""
    assert "has no questions left for now." in refused.refusal
    assert 0 < refused.retry_after_s <= 60
    assert gate.tokens
    assert gate.tokens.reserve(ANN, 1).decision.remaining == 100_000 - 1_000 - 1


def test_a_small_quota_still_lets_a_turn_begin(client: Redis, namespace: str) -> None:
    gate = gate_of(client, namespace, quota_tokens_day=100)
    assert gate.admit("ann").allowed
    assert not gate.admit("ann").allowed


def test_the_agents_redis_user_may_count(tmp_path: Path) -> None:
    limited = Settings(home=tmp_path, limit_turns=1, quota_tokens_hour=10_000)
    users = {"agent": acl_rules("agent")}
    with secured(limited, users=users, tls=False) as local, local.client("agent") as client:
        gate = Gate(client, limited)
        turn = gate.admit("ann")
        assert gate.settle(turn, 5_000) == ""
        assert turn.allowed
        assert turn.problems == []
        assert not gate.admit("ann").allowed


@pytest.mark.parametrize("down", ["open", "closed"])
def test_without_redis_the_gate_says_what_it_did(down: str) -> None:
    dead = Settings(redis_url="redis://127.0.0.1:1", limit_turns=1, quota_tokens_hour=9_000,
                    limits_when_down=down)  # type: ignore[arg-type]  # fmt: skip
    with connect(dead) as client:
        gate = Gate(client, dead)
        turn = gate.admit("ann")
        assert turn.allowed == (down == "open")
        assert "because Redis did not count it" in turn.problems[0]
        assert (turn.refusal == "") == turn.allowed
        counted = Reservation(ANN, 10, Decision(True, 1, 0.0, 1), ("150000000:1",))
        assert gate.tokens
        assert "not settled" in gate.tokens.settle(counted, 20)
