"""Interval arithmetic in plain Python, on purpose without the kit's own merging code."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from wellness.health.sample.sources import Sample

Span = tuple[int, int]


def union(spans: Iterable[Span]) -> list[Span]:
    """Disjoint spans, in order, that cover the same seconds.

    >>> union([(5, 8), (0, 3), (2, 4)])
    [(0, 4), (5, 8)]
    """
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def length_of(spans: Iterable[Span]) -> int:
    """Seconds covered, each once."""
    return sum(end - start for start, end in union(spans))


def covered(span: Span, disjoint: Sequence[Span]) -> int:
    """Seconds of a span that lie in disjoint, ordered spans.

    >>> covered((2, 7), [(0, 4), (5, 8)])
    4
    """
    start, end = span
    at = max(0, bisect_right(disjoint, (start, start)) - 1)
    seconds = 0
    while at < len(disjoint) and disjoint[at][0] < end:
        first, last = disjoint[at]
        seconds += max(0, min(end, last) - max(start, first))
        at += 1
    return seconds


def counted(samples: Sequence[Sample]) -> Iterator[tuple[Sample, float]]:
    """Each sample with the share of it that counts: what no higher-ranked source covers.

    Samples have a duration; lower `rank` numbers are higher ranks.
    """
    above: list[Span] = []
    for rank in sorted({sample.source.rank for sample in samples}):
        mine = [sample for sample in samples if sample.source.rank == rank]
        for sample in mine:
            span = (sample.start, sample.end)
            yield sample, 1 - covered(span, above) / (sample.end - sample.start)
        above = union([*above, *((sample.start, sample.end) for sample in mine)])
