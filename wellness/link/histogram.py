"""How long something takes, as one mergeable histogram in constant memory.

The histogram is a DDSketch (Masson, Rim, Lee: "DDSketch: a fast and fully-mergeable quantile
sketch with relative-error guarantees", VLDB 2019): a duration x falls into bucket
ceil(log_gamma(x)), gamma = (1 + alpha) / (1 - alpha), so any quantile is within alpha of the
exact one, and merging two sketches is adding their buckets.

Why not a library's: the `ddsketch` and `hdrhistogram` packages are cheap enough in a loop, but
inside a client, where each record follows a round trip, a recorder on `ddsketch` took more than
the tenth of a loopback PING that it may, and HdrHistogram is slower. The layers between `add` and
the bucket are the cost; an array of fixed range needs none. The benchmark in
`tests/benchmarks/test_client_overhead.py` measures ours where it matters.

>>> histogram = Histogram()
>>> for milliseconds in range(1, 101):
...     histogram.record(milliseconds / 1000)
>>> histogram
<Histogram of 100: p50 50.3 ms, p95 95.4 ms, p99 99.2 ms, longest 100 ms>
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from math import ceil, floor, isnan, log, nan
from operator import add
from typing import Any

ALPHA = 0.01  # relative error of a quantile
SHORTEST_S, LONGEST_S = 100e-9, 1_000.0  # values outside count as these; this bounds the memory

_GAMMA = (1 + ALPHA) / (1 - ALPHA)
_SCALE = 1 / log(_GAMMA)  # log(x) * _SCALE is the logarithm to the base gamma
_FIRST = ceil(log(SHORTEST_S) * _SCALE)
_SIZE = ceil(log(LONGEST_S) * _SCALE) - _FIRST + 1


class Histogram:
    """Durations in seconds, in constant memory: 1,152 buckets. Not thread-safe.

    Attributes:
        total_s: sum of the durations.
        longest_s: the longest one, exactly.
    """

    __slots__ = ("_counts", "longest_s", "total_s")

    def __init__(self) -> None:
        self._counts = [0] * _SIZE
        self.total_s = 0.0
        self.longest_s = 0.0

    def record(self, seconds: float) -> None:
        """Add one duration.

        Raises:
            ValueError: it is negative or not a number.
        """
        if SHORTEST_S < seconds < LONGEST_S:
            self._counts[ceil(log(seconds) * _SCALE) - _FIRST] += 1
        elif seconds >= 0:
            self._counts[0 if seconds < LONGEST_S else -1] += 1
        else:
            raise ValueError(f"A duration cannot be {seconds!r} s.")
        self.total_s += seconds
        if seconds > self.longest_s:
            self.longest_s = seconds

    @property
    def count(self) -> int:
        """How many durations were recorded."""
        return sum(self._counts)

    def quantile(self, q: float) -> float:
        """The duration in seconds at rank floor(q * (count - 1)), within 1 %; nan when empty.

        This is the lower quantile, `numpy.quantile(..., method="lower")`.

        Raises:
            ValueError: q is not between 0 and 1.
        """
        if not 0 <= q <= 1:
            raise ValueError(f"A quantile is between 0 and 1, not {q!r}.")
        rank = floor(q * (self.count - 1))
        for index, seen in enumerate(accumulate(self._counts)):
            if seen > rank >= 0:
                middle = 2 * _GAMMA ** (index + _FIRST) / (_GAMMA + 1)
                return min(middle, self.longest_s)  # a bucket's middle may be above its values
        return nan

    @property
    def p50(self) -> float:
        """Median in seconds."""
        return self.quantile(0.50)

    @property
    def p95(self) -> float:
        """95th percentile in seconds."""
        return self.quantile(0.95)

    @property
    def p99(self) -> float:
        """99th percentile in seconds."""
        return self.quantile(0.99)

    def merge(self, other: Histogram) -> None:
        """Add another histogram's durations to this one, as if they had been recorded here."""
        self._counts = list(map(add, self._counts, other._counts))
        self.total_s += other.total_s
        self.longest_s = max(self.longest_s, other.longest_s)

    def copy(self) -> Histogram:
        """A histogram with the same durations that shares nothing with this one."""
        twin = Histogram.__new__(Histogram)
        twin._counts, twin.total_s = self._counts.copy(), self.total_s
        twin.longest_s = self.longest_s
        return twin

    def buckets(self) -> dict[int, int]:
        """Bucket number to count, for the buckets that are not empty, in ascending order.

        Bucket i holds the durations above gamma**(i-1) and up to gamma**i seconds.
        """
        return {index + _FIRST: count for index, count in enumerate(self._counts) if count}

    def at_most(self, bounds: Sequence[float]) -> list[int]:
        """For each bound, how many durations are not above it.

        A bucket belongs below the bound that lies in it, so what is up to 2 % above a bound may
        count, and a duration that equals it always does. At a bound of zero it is the first bucket.

        >>> histogram = Histogram()
        >>> for value in (0, 1, 5, 6, 5_000):
        ...     histogram.record(value)
        >>> histogram.at_most((0, 1, 5, 10, float("inf")))
        [1, 2, 3, 4, 5]
        """
        below = [0, *accumulate(self._counts)]
        found = []
        for bound in bounds:
            size = _SIZE if bound >= LONGEST_S else 1
            if SHORTEST_S < bound < LONGEST_S:
                size = ceil(log(bound) * _SCALE) - _FIRST + 1
            found.append(below[size])
        return found

    def to_dict(self) -> dict[str, Any]:
        """Everything, as JSON can hold it; `from_dict` is the way back."""
        return {
            "alpha": ALPHA,
            "buckets": [list(pair) for pair in self.buckets().items()],
            "total_s": self.total_s,
            "longest_s": self.longest_s,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Histogram:
        """The histogram that `to_dict` described.

        Raises:
            ValueError: it was made with another accuracy, or holds what no histogram can.
        """
        if data["alpha"] != ALPHA:
            raise ValueError(f"Its relative accuracy is {data['alpha']!r}, ours is {ALPHA}.")
        histogram = cls.of(dict(data["buckets"]), data["total_s"])
        histogram.longest_s = data["longest_s"]
        return histogram

    @classmethod
    def of(cls, buckets: Mapping[int, int], total_s: float) -> Histogram:
        """The histogram of these buckets; its longest duration is the end of the last of them.

        Raises:
            ValueError: no histogram has such a bucket, or so few in one.
        """
        histogram = cls()
        for bucket, count in buckets.items():
            if bucket - _FIRST not in range(_SIZE) or count < 1:
                raise ValueError(f"Bucket {bucket!r} cannot hold {count!r}.")
            histogram._counts[bucket - _FIRST] = count
        histogram.total_s = total_s
        histogram.longest_s = _GAMMA ** max(buckets) if buckets else 0.0
        return histogram

    def __repr__(self) -> str:
        if not self.count:
            return "<Histogram, empty>"
        p50, p95, p99, longest = map(duration, (self.p50, self.p95, self.p99, self.longest_s))
        return f"<Histogram of {self.count}: p50 {p50}, p95 {p95}, p99 {p99}, longest {longest}>"


def duration(seconds: float) -> str:
    """Three significant digits in the unit that fits.

    >>> duration(0.000_0512), duration(2.5), duration(nan)
    ('51.2 µs', '2.5 s', '-')
    """
    if isnan(seconds):
        return "-"
    for scale, unit in ((1e-6, "µs"), (1e-3, "ms")):
        if seconds < scale * 1_000:
            return f"{seconds / scale:.3g} {unit}"
    return f"{seconds:.4g} s"
