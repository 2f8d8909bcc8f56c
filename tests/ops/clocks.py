"""What tests of limits know about time: a clock to set, and what windows of a log hold."""

from __future__ import annotations

from bisect import bisect_right

from redis import Redis

from wellness.ops.admission import CLOCK, Script


class ServerClock:
    """Stands in for TIME in a script: the same reply, from a key that a test writes."""

    def __init__(self, client: Redis, key: str, now_us: int = 1_790_000_000_000_000) -> None:
        self.client, self.key = client, key
        self.set(now_us)

    def set(self, now_us: int) -> None:
        """It is now so many microseconds since the epoch."""
        self.now_us = now_us
        self.client.delete(self.key)
        self.client.rpush(self.key, *divmod(now_us, 1_000_000))

    def script(self, body: str) -> Script:
        """The script, reading this clock."""
        own = CLOCK.replace("redis.call('TIME')", f"redis.call('LRANGE', '{self.key}', 0, 1)")
        assert own != CLOCK
        return Script(body, own)


def most_in_a_window(through: list[tuple[int, int]], window_us: int) -> int:
    """The most that was let through in any window, of all that begin with a request."""
    through = sorted(through)
    moments = [moment for moment, _ in through]
    sums = [0]
    for _, cost in through:
        sums.append(sums[-1] + cost)
    return max(
        sums[bisect_right(moments, moment + window_us - 1)] - sums[i]
        for i, moment in enumerate(moments)
    )
