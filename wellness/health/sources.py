"""Merge what phone, watch and apps each wrote for the same time.

A walk is counted by the watch *and* by the phone, so a plain sum counts it twice. Apple ranks the
sources and fills gaps from lower ranks; the person's own ranking is not in the export. The rule
here, stated so that it can be checked:

1. Sources are ranked watch, then phone, then everything else; equals by name.
2. A reading counts for the fraction of its duration that no higher-ranked source covers
   (an instant counts wholly or not at all).
3. Readings of one source are all counted.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from wellness.health.readings import Readings
from wellness.health.tags import Tag

RANKS = {"watch": 0, "phone": 1}
RULE = "watch before phone before others; lower ranks fill the gaps, prorated"
REACH_S = 86_400  # readings are taken to last at most a day: how far away one can matter


def kind_of(source: str, kinds: Mapping[str, str]) -> str:
    """The kind of a source: as its records said, else guessed from the name it was given."""
    if known := kinds.get(source):
        return known
    name = source.casefold()
    return "watch" if "watch" in name else "phone" if "phone" in name else "other"


def rank(tag: Tag, kinds: Mapping[str, str]) -> tuple[int, str]:
    """Sort key of a source: lower is trusted first."""
    return RANKS.get(kind_of(tag.source, kinds), len(RANKS)), tag.source


def shares(readings: Readings, kinds: Mapping[str, str]) -> NDArray[np.float64]:
    """The fraction of each reading that counts after merging, shape (n,), each in 0..1.

    >>> watch, phone = Tag("Watch", "count"), Tag("iPhone", "count")
    >>> rows = np.array([[0, 100, 0, 60], [30, 100, 1, 60]], dtype=float)
    >>> shares(Readings("steps", rows, {0: watch, 1: phone}), {}).tolist()
    [1.0, 0.5]
    """
    result = np.ones(len(readings))
    ranked: dict[tuple[int, str], list[int]] = {}
    for number, tag in readings.used().items():
        ranked.setdefault(rank(tag, kinds), []).append(number)
    covered = np.empty((0, 2))
    for at in sorted(ranked):
        mask = np.isin(readings.tags, ranked[at])
        ends = np.minimum(readings.ends, readings.starts + REACH_S)
        spans = np.column_stack((readings.starts[mask], ends[mask])).astype(float)
        if len(covered):
            result[mask] = 1.0 - _covered_fraction(spans, covered)
        if len(ranked) > 1:
            covered = union(np.vstack((covered, spans)))
    return result


def union(spans: NDArray[np.float64]) -> NDArray[np.float64]:
    """Disjoint ascending half-open spans, shape (m, 2), that cover the same as `spans` (n, 2).

    >>> union(np.array([[5.0, 9.0], [0.0, 2.0], [1.0, 3.0]])).tolist()
    [[0.0, 3.0], [5.0, 9.0]]
    """
    spans = spans[spans[:, 1] > spans[:, 0]]
    if not len(spans):
        return spans
    spans = spans[np.argsort(spans[:, 0], kind="stable")]
    reach = np.maximum.accumulate(spans[:, 1])
    first = np.concatenate(([True], spans[1:, 0] > reach[:-1]))
    last = np.concatenate((first[1:], [True]))
    return np.column_stack((spans[first, 0], reach[last]))


def _covered_fraction(
    spans: NDArray[np.float64], covered: NDArray[np.float64]
) -> NDArray[np.float64]:
    """How much of each span lies in `covered`, as a fraction; 0 or 1 for an instant."""
    knots = covered.ravel()
    lengths = covered[:, 1] - covered[:, 0]
    total = np.cumsum(lengths)
    heights = np.column_stack((total - lengths, total)).ravel()
    inside = np.interp(spans[:, 1], knots, heights) - np.interp(spans[:, 0], knots, heights)
    duration = spans[:, 1] - spans[:, 0]
    before = np.searchsorted(covered[:, 0], spans[:, 0], side="right") - 1
    in_span = (before >= 0) & (spans[:, 0] < covered[np.maximum(before, 0), 1])
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(duration > 0, inside / duration, in_span.astype(float))
