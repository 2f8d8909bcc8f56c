"""What a limit lets through when many ask at once, and around the boundary of a fixed window.

A candidate is a function that says whether one more request may go on. The lesson writes the naive
ones; these functions hold them and `wellness.ops.limits` to the same test.
"""

from __future__ import annotations

import threading
import time
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from redis import Redis

from wellness.lesson.tables import html_table

Admit = Callable[[], bool]
GUARD_S = 0.2  # before and after a boundary: time to make a burst in


@dataclass(frozen=True, slots=True)
class Let:
    """What one candidate let through.

    Attributes:
        name: of the candidate.
        limit: what it should have let through at most, in any window.
        asked: how often it was asked.
        through: how many of them it let through.
        most: the most it let through in any window.
    """

    name: str
    limit: int
    asked: int
    through: int
    most: int

    @property
    def holds(self) -> bool:
        """Whether the limit held."""
        return self.most <= self.limit

    def __str__(self) -> str:
        held = "held" if self.holds else f"broken, {self.most / self.limit:.1f} times as many"
        return (
            f"{self.name}: {self.through:,} of {self.asked:,} let through, at most {self.most:,} "
            f"in any window; limit {self.limit:,} {held}"
        )


@dataclass(frozen=True, slots=True, repr=False)
class Lets:
    """What each candidate let through in the same test; by name with `[]`."""

    what: str
    rows: tuple[Let, ...]

    def __getitem__(self, name: str) -> Let:
        return {row.name: row for row in self.rows}[name]

    def __repr__(self) -> str:
        return "\n".join([f"{self.what}:", *(f"  {row}" for row in self.rows)])

    def _repr_html_(self) -> str:
        cells = [
            [row.name, f"{row.asked:,}", f"{row.through:,}", f"{row.most:,}", f"{row.limit:,}",
             "held" if row.holds else "broken"]
            for row in self.rows
        ]  # fmt: skip
        header = ("limit by", "asked", "let through", "most in a window", "limit", "which")
        return html_table(header, cells, caption=self.what)


def rush(candidates: Mapping[str, Admit], *, limit: int, threads: int = 8, each: int = 50) -> Lets:
    """Ask from several threads at once, within one window.

    Args:
        candidates: by name; each must count for itself, in a window longer than the rush.
        limit: what each of them should let through.
        threads: that ask at the same time.
        each: how often each thread asks.
    """
    rows = []
    for name, admit in candidates.items():
        together = threading.Barrier(threads)

        def ask(_: int, admit: Admit = admit, together: threading.Barrier = together) -> int:
            together.wait()
            return sum(admit() for _ in range(each))

        with ThreadPoolExecutor(threads) as pool:
            through = sum(pool.map(ask, range(threads)))
        rows.append(Let(name, limit, threads * each, through, through))
    return Lets(f"{threads} threads ask {each} times each", tuple(rows))


def double_burst(
    candidates: Mapping[str, Admit], client: Redis, *, limit: int, window_s: float = 1.0
) -> Lets:
    """Ask for the whole limit just before the boundary of a fixed window, and again just after.

    Args:
        candidates: by name; their windows begin at whole multiples of `window_s` on Redis' clock,
            or slide.
        client: whose server's clock says where a boundary is.
        limit: what each of them should let through in any window.
        window_s: at least half a second.

    Raises:
        ValueError: the window is too short to make two bursts around a boundary.
    """
    if window_s < 2.5 * GUARD_S:
        raise ValueError(f"A window of {window_s:g} s is too short; {2.5 * GUARD_S:g} s will do.")
    log: dict[str, list[float]] = {name: [] for name in candidates}
    for after in (-GUARD_S, 0.01):
        _sleep_until(client, window_s, after)
        for _ in range(limit):
            for name, admit in candidates.items():
                if admit():
                    log[name].append(time.monotonic())
    rows = [
        Let(name, limit, 2 * limit, len(moments), most_in_a_window(moments, window_s))
        for name, moments in log.items()
    ]
    return Lets(f"Bursts of {limit} before and after a boundary, window {window_s:g} s",
                tuple(rows))  # fmt: skip


def most_in_a_window(moments: Sequence[float], window_s: float) -> int:
    """The most moments in any half-open window of that length.

    >>> most_in_a_window([0.0, 0.9, 1.0, 1.5], 1.0)
    3
    """
    ordered = sorted(moments)
    ends = (bisect_left(ordered, moment + window_s) for moment in ordered)
    return max((end - i for i, end in enumerate(ends)), default=0)


def _sleep_until(client: Redis, window_s: float, after: float) -> None:
    """Wait for a moment relative to the next boundary, on Redis' clock."""
    seconds, micros = client.time()
    now = seconds + micros / 1e6
    boundary = (now // window_s + 1) * window_s
    wait = boundary + after - now
    time.sleep(wait if wait >= 0 else wait + window_s)
