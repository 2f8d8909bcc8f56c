"""What a limit costs beside the bare call of a script, in interleaved rounds of one run.

Three bare calls: of its own script, which shows what the class around it adds; of the fixed
window's (INCR and PEXPIRE), which shows what a window that slides costs more; and of a script that
does nothing. The first one is the one with a limit. Printed, never asserted:
`pytest tests/benchmarks/test_limits.py -s`.
"""

# ruff: noqa: T201 - a benchmark prints

from __future__ import annotations

import uuid

import pytest
from redis import Redis

from wellness import keys
from wellness.client import connect
from wellness.keys import Keys
from wellness.lesson.timing import compare
from wellness.ops.admission import Counter, Script, Subject
from wellness.ops.limits import SLIDING, RateLimiter
from wellness.ops.quota import RESERVE, SLOTS, TokenQuota
from wellness.server import EmbeddedServer
from wellness.settings import Settings

LIMIT = 1.5  # times a bare call
ANN, BEN = Subject("user", "ann"), Subject("user", "ben")
FIXED = """
local used = redis.call('INCR', KEYS[1])
if used == 1 then redis.call('PEXPIRE', KEYS[1], math.ceil(tonumber(ARGV[2]) / 1000)) end
return {used <= tonumber(ARGV[1]) and 1 or 0, now}
"""
ROUNDS = 500
CALLS = 10  # in a row: one call alone is mostly noise


@pytest.mark.benchmark_limits
@pytest.mark.parametrize("state", ["let through", "refused"])
def test_a_limit_beside_the_bare_script(
    redis_server: EmbeddedServer, client: Redis, capsys: pytest.CaptureFixture[str], state: str
) -> None:
    namespace = f"wellness:test:{uuid.uuid4().hex[:12]}"
    with connect(Settings(redis_url=redis_server.url)) as ours:
        counter = Counter(ours, namespace)
        few = state == "refused"
        window_s = 60.0 if few else 0.02  # short: old moments must be dropped all the time
        limiter = RateLimiter(counter, "t", limit=50, window_s=window_s)
        quota = TokenQuota(counter, "t", {3_600: 50 if few else 10**9, 86_400: 10**10})
        nothing, fixed = Script("return now"), Script(FIXED)
        sliding, reserve = Script(SLIDING), Script(RESERVE)
        spare = limiter.key(BEN), quota.key(BEN), Keys(namespace, "ben").scratch("fixed")
        window_us = round(window_s * 1e6)
        widths = [quota.windows[3_600], 3_600_000_000 // 24, 10**10, 86_400_000_000 // 24]

        def warm() -> None:
            for who in (ANN, BEN):
                for _ in range(60):
                    limiter.hit(who)
                    quota.reserve(who, 1)

        warm()
        result = compare(
            {
                "a script that does nothing": lambda: [
                    nothing.run(ours, spare[0]) for _ in range(CALLS)
                ],
                "a fixed window's script": lambda: [
                    fixed.run(ours, spare[2], 50, window_us) for _ in range(CALLS)
                ],
                "the limit's script, bare": lambda: [
                    ours.evalsha(sliding.sha, 1, spare[0], 50, window_us, 1) for _ in range(CALLS)
                ],
                "RateLimiter.hit": lambda: [limiter.hit(ANN) for _ in range(CALLS)],
                "the quota's script, bare": lambda: [
                    ours.evalsha(reserve.sha, 1, spare[1], SLOTS, 1, *widths) for _ in range(CALLS)
                ],
                "TokenQuota.reserve": lambda: [quota.reserve(ANN, 1) for _ in range(CALLS)],
            },
            baseline="a script that does nothing",
            n=ROUNDS,
            equal=None,
        )
    keys.delete(client, namespace)
    medians = {name: sample.p50 for name, sample in result.samples.items()}
    with capsys.disabled():
        print(f"\n{state}: microseconds a call, and relative to a bare call")
        for name, bare in (("RateLimiter.hit", "the limit's script, bare"),
                           ("TokenQuota.reserve", "the quota's script, bare")):  # fmt: skip
            for beside in (bare, "a fixed window's script", "a script that does nothing"):
                ratio = medians[name] / medians[beside]
                word = "pass" if ratio < LIMIT else "FAIL"
                limit = f" ({word}, limit {LIMIT})" if beside == bare else ""
                print(f"  {name:<20} {medians[name] / CALLS / 1e3:6.1f} µs  "
                      f"{ratio:.2f} of {beside}{limit}")  # fmt: skip
