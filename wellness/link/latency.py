"""How long commands take: a recorder that keeps one histogram for each command."""

from __future__ import annotations

import html
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import nan
from typing import Any

from wellness.link.breaker import BreakerOpen
from wellness.link.histogram import Histogram, duration

BATCH = 128  # commands between two counts: some microseconds each, and a few kilobytes
NAMES = 64  # told apart by one recorder: more than a program uses, and a bound on its memory
OTHER = "other"  # what further names are counted as


@dataclass(slots=True)
class CommandLatency:
    """One command's calls. Refused calls are errors, but nothing was sent, so they have no time.

    Attributes:
        sent: commands in these calls: one each, and in pipelines as many as were queued.
    """

    calls: int = 0
    errors: int = 0
    histogram: Histogram = field(default_factory=Histogram)
    sent: int = 0


class LatencyRecorder:
    """Observer that keeps count, errors and a histogram for each command name. Thread-safe.

    It tells `NAMES` names apart and counts all further ones as `OTHER`: constant memory.

    Between two commands the processor's caches hold other things, so the same lines cost several
    times what they do in a loop. What happens per command is therefore one append; the counting
    is done for `BATCH` commands at once.
    """

    def __init__(self) -> None:
        self._recent: deque[tuple[str, float | None, bool, int]] = deque()
        self._lock = threading.Lock()
        self._rows: dict[str, CommandLatency] = {}

    def on_command(
        self,
        name: str,
        seconds: float,
        error: BaseException | None,
        commands: Sequence[tuple[Any, ...]] = (),
    ) -> None:
        """Record one command or pipeline; see `wellness.link.guard.Observer`."""
        if error is None:
            self._recent.append((name, seconds, False, len(commands)))
        elif isinstance(error, BreakerOpen):
            self._recent.append((name, None, True, 0))
        else:
            self._recent.append((name, seconds, True, len(commands)))
        if len(self._recent) >= BATCH:
            with self._lock:
                self._count()

    def _count(self) -> None:
        for _ in range(len(self._recent)):
            name, seconds, failed, sent = self._recent.popleft()
            row = self._rows.get(name) or self._row(name)
            row.calls += 1
            row.errors += failed
            row.sent += sent
            if seconds is not None:
                row.histogram.record(seconds)

    def _row(self, name: str) -> CommandLatency:
        """The row of a name that has none yet."""
        name = name if len(self._rows) < NAMES else OTHER
        return self._rows.setdefault(name, CommandLatency())

    def snapshot(self) -> dict[str, CommandLatency]:
        """A copy of what was recorded so far, by command name, in order of the name."""
        copy: dict[str, CommandLatency] = {}
        with self._lock:
            self._count()
            for name in sorted(self._rows):
                row = self._rows[name]
                copy[name] = CommandLatency(row.calls, row.errors, row.histogram.copy(), row.sent)
        return copy

    def reset(self) -> None:
        """Forget everything."""
        with self._lock:
            self._count()
            self._rows = {}

    def __repr__(self) -> str:
        rows = self.snapshot()
        calls = sum(row.calls for row in rows.values())
        errors = sum(row.errors for row in rows.values())
        return f"<LatencyRecorder: {calls} calls of {len(rows)} commands, {errors} errors>"

    def _repr_html_(self) -> str:
        titles = ("command", "calls", "errors", "p50", "p95", "p99", "longest")
        head = "".join(f'<th scope="col">{title}</th>' for title in titles)
        body = "".join(_html_row(name, row) for name, row in self.snapshot().items())
        return (
            "<table><caption>Latency by command</caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        )


def _html_row(name: str, row: CommandLatency) -> str:
    of = row.histogram
    times = (of.p50, of.p95, of.p99, of.longest_s if of.count else nan)
    cells = (f"{row.calls:,}", f"{row.errors:,}", *map(duration, times))
    data = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<tr><th scope="row">{html.escape(name)}</th>{data}</tr>'
