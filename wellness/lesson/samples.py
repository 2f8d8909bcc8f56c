"""What a timing run yields: samples, their paired ratio with its interval, and a comparison."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from wellness.lesson.tables import duration, html_table, number

if TYPE_CHECKING:
    import pandas as pd

Verdict = Literal["faster", "slower", "tie"]

SEED = 20240923  # for orders and resamples, so that a run can be repeated
RESAMPLES = 4_000  # the ends of the interval then move by a few percent of its width
TIMER_FLOOR_NS = 1_000  # two clock reads and a call cost about a tenth of this


@dataclass(frozen=True, eq=False, repr=False)
class Sample:
    """Durations of one candidate in nanoseconds, in the order they were measured."""

    name: str
    ns: NDArray[np.int64]

    @property
    def n(self) -> int:
        """How many calls were timed."""
        return len(self.ns)

    def percentile(self, q: float) -> float:
        """The q-th percentile in ns, linear between order statistics (numpy's default)."""
        return float(np.percentile(self.ns, q))

    @property
    def p50(self) -> float:
        """Median in ns."""
        return self.percentile(50)

    @property
    def p95(self) -> float:
        """95th percentile in ns."""
        return self.percentile(95)

    @property
    def p99(self) -> float:
        """99th percentile in ns; close to the slowest call when n is under 100."""
        return self.percentile(99)

    @property
    def min(self) -> int:
        """Fastest call in ns."""
        return int(self.ns.min())

    def __repr__(self) -> str:
        p50, p95, p99 = (duration(p) for p in (self.p50, self.p95, self.p99))
        return f"{self.name}: n {self.n}, p50 {p50}, p95 {p95}, p99 {p99}"


@dataclass(frozen=True)
class Ratio:
    """A ratio of times with its 95 % interval; below 1 is faster than the baseline."""

    value: float
    low: float
    high: float

    def verdict(self, low: float = 0.8, high: float = 1.25) -> Verdict:
        """`tie` when the interval overlaps low to high, else which side of it."""
        if self.high < low:
            return "faster"
        return "slower" if self.low > high else "tie"

    def __str__(self) -> str:
        value, low, high = (
            f"{x:#.3g}" if x < 100 else number(x) for x in (self.value, self.low, self.high)
        )
        return f"{value} [{low} to {high}]"


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """Samples of all candidates from the same rounds, and their ratios to the baseline.

    `noise` is the ratio of the baseline to itself, measured in the same rounds as a candidate
    of its own; `asked` is the number of rounds that was asked for.
    """

    baseline: str
    samples: dict[str, Sample]
    ratios: dict[str, Ratio]
    noise: Ratio
    asked: int

    def __getitem__(self, name: str) -> Sample:
        return self.samples[name]

    @property
    def n(self) -> int:
        """Rounds that were timed."""
        return self.samples[self.baseline].n

    def verdict(self, name: str, low: float = 0.8, high: float = 1.25) -> Verdict:
        """`faster`, `slower` or `tie` of a candidate against the baseline."""
        return self.ratios[name].verdict(low, high)

    @property
    def notes(self) -> list[str]:
        """What a reader must know to trust the numbers, one sentence each."""
        notes = [f"The baseline against itself: {self.noise}."]
        if self.n < self.asked:
            notes.append(f"Stopped by the time budget after {self.n} of {self.asked} rounds.")
        if self.n < 100:
            notes.append("With fewer than 100 rounds, p99 is close to the slowest of them.")
        if min(sample.p50 for sample in self.samples.values()) < TIMER_FLOOR_NS:
            notes.append(f"Below {duration(TIMER_FLOOR_NS)}, the timer is a visible part.")
        return notes

    def to_frame(self) -> pd.DataFrame:
        """One row a candidate: n, percentiles in ns, ratio with its interval, verdict."""
        import pandas as pd

        rows = [
            {
                "name": name,
                "n": s.n,
                "p50_ns": s.p50,
                "p95_ns": s.p95,
                "p99_ns": s.p99,
                "min_ns": s.min,
                "ratio": self.ratios[name].value,
                "ratio_low": self.ratios[name].low,
                "ratio_high": self.ratios[name].high,
                "verdict": self.verdict(name),
            }
            for name, s in self.samples.items()
        ]
        return pd.DataFrame(rows).set_index("name")

    def __repr__(self) -> str:
        rows = [f"{sample!r}, ratio {self.ratios[name]}" for name, sample in self.samples.items()]
        return "\n".join([*rows, *self.notes])

    def _repr_html_(self) -> str:
        rows = []
        for name, s in self.samples.items():
            judged = [str(self.ratios[name]), self.verdict(name)]
            times = [duration(s.p50), duration(s.p95), duration(s.p99)]
            is_baseline = name == self.baseline
            rows.append([name, f"{s.n:,}", *times, *(["1", "baseline"] if is_baseline else judged)])
        header = ["", "n", "p50", "p95", "p99", "ratio to baseline [95 %]", "verdict"]
        caption = f"Paired rounds, ratio to {self.baseline}. {' '.join(self.notes)}"
        return html_table(header, rows, caption=caption)


def paired_ratio(
    ns: NDArray[np.int64], baseline_ns: NDArray[np.int64], *, seed: int = SEED
) -> Ratio:
    """Ratio of two series timed in the same rounds: exp of the median of the log ratios.

    The median of ratios within rounds, not the ratio of medians, so slow phases cancel; in logs,
    so that swapping the two gives the reciprocal. Durations of 0 count as 1 ns.
    """
    logs = np.log(np.maximum(ns, 1)) - np.log(np.maximum(baseline_ns, 1))
    low, high = median_interval(logs, seed=seed)
    return Ratio(math.exp(float(np.median(logs))), math.exp(low), math.exp(high))


def median_interval(
    values: NDArray[np.float64], *, seed: int = SEED, resamples: int = RESAMPLES
) -> tuple[float, float]:
    """95 % interval of the median by the percentile bootstrap.

    A resample draws n ranks uniformly, and the k-th smallest of n uniform numbers has the
    distribution Beta(k, n + 1 - k) (David and Nagaraja, Order Statistics, 3rd ed., 2003,
    chapter 2), so its median is drawn directly: two numbers instead of n.
    """
    ordered, n = np.sort(values), len(values)
    rng = np.random.default_rng(seed)
    k = (n + 1) // 2
    lower = rng.beta(k, n + 1 - k, resamples)
    upper = lower if n % 2 else lower + (1 - lower) * rng.beta(1, n - k, resamples)
    ranks = np.minimum(np.array([lower, upper]) * n, n - 1).astype(int)
    low, high = np.percentile(ordered[ranks].mean(axis=0), [2.5, 97.5])
    return float(low), float(high)
