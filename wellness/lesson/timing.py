"""Fair timings: every candidate once per round, in random order, compared round by round.

A round is short, so whatever slows the machine for a while slows all candidates of the round
alike; the ratio within each round is what is compared, and its interval says how sure it is.
The baseline runs twice in every round: its ratio to itself shows the noise of the machine.

>>> result = compare({"sum": lambda: sum(range(99)), "formula": lambda: 99 * 98 // 2},
...                  baseline="sum", n=20)
>>> result["formula"].n, result.verdict("sum")
(20, 'tie')
"""

from __future__ import annotations

import gc
import math
import operator
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from wellness.errors import WrongAnswer
from wellness.lesson.samples import SEED, Comparison, Ratio, Sample, paired_ratio

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MIN_ROUNDS", "Candidate", "Comparison", "Ratio", "Sample", "Sweep", "compare",
           "measure", "paired_ratio", "sweep"]  # fmt: skip

Candidate = Callable[[], Any]

MIN_ROUNDS = 6  # the full range of n values covers the median in 1 - 2**(1 - n): 95 % needs 6


def compare(
    candidates: Mapping[str, Candidate],
    *,
    baseline: str,
    n: int = 200,
    warmup: int = 5,
    seed: int = SEED,
    setup: Callable[[], object] | None = None,
    equal: Callable[[Any, Any], bool] | None = operator.eq,
    max_seconds: float = math.inf,
    clock: Callable[[], int] = time.perf_counter_ns,
) -> Comparison:
    """Time candidates against each other in paired, interleaved rounds.

    Args:
        candidates: what to call, by name; freeing the answer is part of each call.
        baseline: the name that ratios refer to.
        n: rounds, at least 6; each calls every candidate once and the baseline twice.
        warmup: rounds before that, not timed.
        seed: of the orders and of the intervals.
        setup: called before each call, not timed.
        equal: compares each candidate's answer with the baseline's, once, before anything is
            timed (`math.isclose` for floats, `np.array_equal` for arrays); None to leave it out.
        max_seconds: stop after this long, warm-up included, but not before 6 rounds.
        clock: nanoseconds, monotonic.

    Raises:
        WrongAnswer: a candidate's answer differs; its time would mean nothing.
        ValueError: no such baseline, or too few rounds.
    """
    if baseline not in candidates:
        raise ValueError(f"The baseline {baseline!r} is none of {', '.join(candidates)}.")
    if n < MIN_ROUNDS:
        raise ValueError(f"{n} rounds cannot give a 95 % interval; ask for {MIN_ROUNDS} or more.")
    prepare = setup or (lambda: None)
    if equal is not None:
        _check_answers(candidates, baseline, prepare, equal)

    calls = [*candidates.values(), candidates[baseline]]  # the last one shows the noise
    ns = np.zeros((n, len(calls)), dtype=np.int64)
    order = list(range(len(calls)))
    shuffle = random.Random(seed).shuffle
    begun, done = clock(), 0
    with _collector_held():
        for call in [*candidates.values()] * warmup:
            prepare()
            call()
        while done < n and (done < MIN_ROUNDS or clock() - begun < max_seconds * 1e9):
            shuffle(order)
            for i in order:
                prepare()
                start = clock()
                calls[i]()
                ns[done, i] = clock() - start
            done += 1
            gc.collect(1)

    columns = ns[:done].T
    samples = {name: Sample(name, columns[i]) for i, name in enumerate(candidates)}
    base = samples[baseline].ns
    ratios = {name: paired_ratio(sample.ns, base, seed=seed) for name, sample in samples.items()}
    return Comparison(baseline, samples, ratios, paired_ratio(columns[-1], base, seed=seed), n)


def _check_answers(
    candidates: Mapping[str, Candidate],
    baseline: str,
    prepare: Callable[[], object],
    equal: Callable[[Any, Any], bool],
) -> None:
    prepare()
    expected = candidates[baseline]()
    for name in candidates:
        if name != baseline:
            prepare()
            if not equal(answer := candidates[name](), expected):
                raise WrongAnswer(name, answer, baseline, expected)


@contextmanager
def _collector_held() -> Iterator[None]:
    """Collect between rounds only: never in the middle of a call, and never the whole heap.

    `gc.collect(1)` on a frozen heap sees only what the round left behind, and unlike a full
    collection it does not empty the free lists that the next call would allocate from.
    """
    was_on = gc.isenabled()
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.unfreeze()
        if was_on:
            gc.enable()


def measure(
    call: Candidate,
    n: int = 200,
    *,
    name: str = "",
    warmup: int = 5,
    clock: Callable[[], int] = time.perf_counter_ns,
) -> Sample:
    """Time one thing `n` times, when there is nothing to compare it with."""
    ns = np.zeros(n, dtype=np.int64)
    with _collector_held():
        for _ in range(warmup):
            call()
        for i in range(n):
            start = clock()
            call()
            ns[i] = clock() - start
            gc.collect(1)
    return Sample(name or getattr(call, "__name__", "call"), ns)


@dataclass(frozen=True, eq=False, repr=False)
class Sweep:
    """The same comparison at growing sizes, smallest first; `by` says what the size counts."""

    by: str
    comparisons: dict[int, Comparison]

    @property
    def sizes(self) -> list[int]:
        """The sizes in the order they were measured."""
        return list(self.comparisons)

    def series(self, q: float = 50) -> dict[str, list[float]]:
        """The q-th percentile in ns of each candidate by size; NaN where it did not take part."""
        names = dict.fromkeys(name for c in self.comparisons.values() for name in c.samples)
        return {
            name: [
                c[name].percentile(q) if name in c.samples else math.nan
                for c in self.comparisons.values()
            ]
            for name in names
        }

    def to_frame(self) -> pd.DataFrame:
        """All comparisons under each other, with the size as the first index level."""
        import pandas as pd

        return pd.concat(
            {size: c.to_frame() for size, c in self.comparisons.items()}, names=[self.by]
        )

    def __repr__(self) -> str:
        return "\n".join(f"{self.by} {size:,}:\n{c!r}" for size, c in self.comparisons.items())

    def _repr_html_(self) -> str:
        return "".join(
            f"<p><strong>{size:,} {escape(self.by)}</strong></p>{c._repr_html_()}"
            for size, c in self.comparisons.items()
        )


def sweep(
    by: str,
    sizes: Iterable[int],
    run: Callable[[int], Comparison],
) -> Sweep:
    """Repeat a comparison as the size grows.

    >>> def run(size):
    ...     numbers = list(range(size))
    ...     return compare({"sum": lambda: sum(numbers)}, baseline="sum", n=6)
    >>> sweep("numbers", [10, 100], run).sizes
    [10, 100]
    """
    return Sweep(by, {size: run(size) for size in sorted(sizes)})
