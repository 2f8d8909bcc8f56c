"""A rate limiter whose window slides: never more than the limit in any window, wherever it begins.

Redis keeps one list a subject with the moment of each request that was let through in the last
window, at most `limit` of them, some ten bytes each. A request is let through when fewer than
`limit` are younger than the window. Counting in fixed windows needs less memory and lets twice the
limit through around a boundary.

One script reads the clock, drops what is too old, decides and writes, so nothing comes between.
The clock is the server's: clients whose clocks differ are limited alike. If it is set back, or a
replica with a slower clock takes over, the newest moment in the list counts as now.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from redis import RedisError

from wellness.ops.admission import KNOWN, Counter, Decision, Script, Subject

MOST = 5_000  # entries of one subject, about 50 kB; a larger allowance is one for a TokenQuota
LONGEST_S = 86_400.0  # the table of keys promises that a limit is forgotten after a day
# ARGV: limit, window in microseconds, cost. The reply: let through?, entries left, microseconds
# until there is room, now.
SLIDING = """
local key, limit, window, cost = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local used = redis.call('LLEN', key)
if used > 0 then
  now = math.max(now, tonumber(redis.call('LINDEX', key, -1)))
  local gone = now - window
  if tonumber(redis.call('LINDEX', key, 0)) <= gone then
    local low, high = 1, used
    while low < high do
      local middle = math.floor((low + high) / 2)
      if tonumber(redis.call('LINDEX', key, middle)) <= gone then
        low = middle + 1
      else
        high = middle
      end
    end
    redis.call('LTRIM', key, low, -1)
    used = used - low
  end
end
if used + cost > limit then
  local last = tonumber(redis.call('LINDEX', key, used + cost - limit - 1))
  return {0, math.max(0, limit - used), last + window - now, now}
end
for i = 1, cost do
  redis.call('RPUSH', key, string.format('%.0f', now))
end
redis.call('PEXPIRE', key, math.ceil(window / 1000))
return {1, limit - used - cost, 0, now}
"""


class RateLimiter:
    """At most `limit` requests of one subject in any window. Threads may share it.

    Args:
        counter: where to count, and what to do while that cannot be done.
        rule: a name for what is limited, part of the key: `turns`, `sign-ins`.
        limit: requests in a window, at most 5,000; to change it takes effect at once.
        window_s: seconds, at most a day.

    Raises:
        ValueError: limit or window is out of bounds.
    """

    def __init__(
        self,
        counter: Counter,
        rule: str,
        *,
        limit: int,
        window_s: float,
        script: Script | None = None,
    ) -> None:
        if not 1 <= limit <= MOST:
            raise ValueError(f"A limit is of 1 to {MOST:,} requests, not {limit:,}.")
        if not 0.001 <= window_s <= LONGEST_S:
            raise ValueError(f"A window lasts from a millisecond to a day, not {window_s:g} s.")
        self.counter, self.rule, self.limit, self.window_s = counter, rule, limit, window_s
        self._window_us = round(window_s * 1e6)
        self._script = script or Script(SLIDING)
        self.key = lru_cache(KNOWN)(self._key)  # where a subject's requests are counted

    def __repr__(self) -> str:
        return f"<RateLimiter {self.rule!r}: {self.limit:,} in any {self.window_s:g} s>"

    def _key(self, subject: Subject) -> str:
        return self.counter.keys(subject).limit(subject.part(self.rule))

    def hit(self, subject: Subject, cost: int = 1) -> Decision:
        """Ask for one request to be let through, and count it if it is.

        Args:
            subject: whose request it is.
            cost: how many requests it counts as.

        Raises:
            ValueError: it costs nothing, or more than the limit.
            redis.exceptions.RedisError: Redis refuses for a reason that will not pass.
        """
        if not 1 <= cost <= self.limit:
            raise ValueError(f"A request costs 1 to {self.limit:,}, not {cost}.")
        try:
            reply: Any = self._script.run(
                self.counter.client, self.key(subject), self.limit, self._window_us, cost
            )
        except RedisError as error:
            return self.counter.without(error, f"The limit {self.rule!r} of {subject}")
        allowed, remaining, retry_us, at_us = reply
        return Decision(allowed == 1, remaining, retry_us / 1e6, at_us)

    def reset(self, subject: Subject) -> None:
        """Forget a subject's requests."""
        self.counter.client.unlink(self.key(subject))
