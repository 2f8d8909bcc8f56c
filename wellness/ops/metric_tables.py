"""Metrics as tables, for a terminal and for a notebook: the same rows in both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import nan
from typing import TYPE_CHECKING, Any

from wellness.link.histogram import Histogram, duration
from wellness.ops.finding import Table

if TYPE_CHECKING:
    from wellness.link.cache_statistics import CacheStatistics
    from wellness.ops.measured import Measured


def tables(measured: Measured) -> list[Table]:
    """A table for each thing of which anything was measured."""
    return [table for table in _tables(measured) if table.rows]


def _tables(measured: Measured) -> Iterator[Table]:
    yield _of_numbers(
        "Redis commands, by round trip",
        ("command", "calls", "errors", "sent", *QUANTILES),
        [
            (name, f"{row.calls:,}", f"{row.errors:,}", f"{row.sent:,}", *_times(row.histogram))
            for name, row in measured.commands.items()
        ],
    )
    yield _of_numbers(
        "Vector searches",
        ("index", "searches", *QUANTILES, "results p50", "distance p50", "distance p95"),
        [
            (
                name, f"{row.seconds.count:,}", *_times(row.seconds), _number(row.results.p50, 0),
                _number(row.distances.p50, 3), _number(row.distances.p95, 3),
            )
            for name, row in measured.searches.items()
        ],
    )  # fmt: skip
    yield _of_numbers(
        "Steps of the agent",
        ("node", "runs", *QUANTILES, "all", "models"),
        [
            (
                name, f"{row.seconds.count:,}", *_times(row.seconds),
                duration(row.seconds.total_s), duration(row.waited.total_s),
            )
            for name, row in measured.steps.items()
        ],
    )  # fmt: skip
    yield _of_numbers("Embedding cache", EMBEDDING_HEAD, _embeddings(measured.embeddings))


def _of_numbers(caption: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    return Table(caption, head, rows, align="")


QUANTILES = ("p50", "p95", "p99", "longest")
EMBEDDING_HEAD = ("hits", "misses", "others", "needed none", "per hit", "per miss", "saved")


def _embeddings(of: CacheStatistics) -> list[tuple[str, ...]]:
    rate, saved = of.hit_rate, of.saved_s
    if rate is None:
        return []
    others = of.coalesced + of.damaged + of.uncached
    return [(
        f"{of.hits:,}", f"{of.misses:,}", f"{others:,}", f"{rate:.1%}",
        duration(of.hit_us / 1e6 / of.hits if of.hits else nan),
        duration(of.embed_us / 1e6 / of.misses if of.misses else nan),
        "-" if saved is None else f"{saved:.3g} s",
    )]  # fmt: skip


def _times(of: Histogram) -> tuple[str, ...]:
    return tuple(map(duration, (of.p50, of.p95, of.p99, of.longest_s if of.count else nan)))


def _number(value: float, decimals: int) -> str:
    return f"{value:.{decimals}f}" if value == value else "-"  # nan equals nothing


def to_html(measured: Measured) -> str:
    """The tables for a notebook."""
    pages = (table._repr_html_() for table in tables(measured))
    return "".join(pages) or "<p>Nothing was measured yet.</p>"


def to_dict(measured: Measured) -> dict[str, Any]:
    """The same in values that JSON has; seconds and distances as they are, None for no value."""
    return {
        "commands": {
            name: {"calls": row.calls, "errors": row.errors, "sent": row.sent,
                   "seconds": _spread(row.histogram)}
            for name, row in measured.commands.items()
        },
        "vector_searches": {
            name: {"searches": row.seconds.count, "seconds": _spread(row.seconds),
                   "results": _spread(row.results), "distances": _spread(row.distances)}
            for name, row in measured.searches.items()
        },
        "steps": {
            name: {"runs": row.seconds.count, "seconds": _spread(row.seconds),
                   "waited_s": row.waited.total_s}
            for name, row in measured.steps.items()
        },
        "embeddings": {
            **{name: getattr(measured.embeddings, name)
               for name in measured.embeddings.__dataclass_fields__},
            "hit_rate": measured.embeddings.hit_rate,
            "saved_s": measured.embeddings.saved_s,
        },
    }  # fmt: skip


def _spread(of: Histogram) -> dict[str, float | int | None]:
    if not of.count:
        return {"count": 0, "total": 0.0, "p50": None, "p95": None, "p99": None, "longest": None}
    return {"count": of.count, "total": of.total_s, "p50": of.p50, "p95": of.p95, "p99": of.p99,
            "longest": of.longest_s}  # fmt: skip
