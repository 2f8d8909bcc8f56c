"""Figures of a judged routing set: shares with intervals, by kind, by intent, by confidence.

    judged = judge(router, load_routing_set("development"), now=NOW, zone=ZONE)
    print(share(one.grade.all_right for one in judged))
    by_kind(judged), confusion(judged), calibration(judged)

They say how good a router is, and how far one may believe it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from statistics import NormalDist, fmean
from typing import NamedTuple, get_args

from wellness.agent.routes import Intent
from wellness.lesson.routing_set import Judged, Kind

LEVEL = 0.95
BINS = 10


class Share(NamedTuple):
    """How many of how many, as a part of 1, and the interval it lies in with 95 % confidence."""

    right: int
    of: int
    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.right} of {self.of}: {self.value:.0%} ({self.low:.0%} to {self.high:.0%})"


def share(flags: Iterable[bool], *, level: float = LEVEL) -> Share:
    """The part of the flags that is true, with Wilson's interval.

    With p = right/of and z the normal quantile of (1 + level)/2, the ends are
    (p + z²/2n ± z sqrt(p(1 - p)/n + z²/4n²)) / (1 + z²/n) (E. B. Wilson, Probable inference, the
    law of succession, and statistical inference, JASA 22(158), 1927). Questions count as
    independent, which those of one template are not: the true interval is a little wider.

    >>> print(share([True] * 9 + [False]))
    9 of 10: 90% (60% to 98%)

    Raises:
        ValueError: there are no flags, or a level that is not between 0 and 1.
    """
    each = list(flags)
    if not each:
        raise ValueError("A share of nothing is not defined.")
    if not 0 < level < 1:
        raise ValueError(f"A level lies between 0 and 1; {level} does not.")
    n, right, z = len(each), sum(each), NormalDist().inv_cdf((1 + level) / 2)
    p, z2 = right / n, z * z
    middle, scale = p + z2 / (2 * n), 1 + z2 / n
    half = z * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    low, high = (middle - half) / scale, (middle + half) / scale
    return Share(right, n, p, max(0.0, min(low, p)), min(1.0, max(high, p)))  # against rounding


def by_kind(judged: Iterable[Judged]) -> dict[Kind, Share]:
    """The part that is all right, of each kind of question that is there."""
    flags: dict[Kind, list[bool]] = {kind: [] for kind in get_args(Kind)}
    for one in judged:
        flags[one.question.kind].append(one.grade.all_right)
    return {kind: share(some) for kind, some in flags.items() if some}


def confusion(judged: Iterable[Judged]) -> dict[Intent, dict[Intent, int]]:
    """How often questions of an intent (outer) were given an intent (inner)."""
    matrix = {wanted: dict.fromkeys(Intent, 0) for wanted in Intent}
    for one in judged:
        matrix[one.question.intent][one.route.intent] += 1
    return matrix


class Bin(NamedTuple):
    """Decisions with a confidence from `low` to below `high` (the last bin: up to 1).

    Attributes:
        confidence: their mean confidence; calibrated, it lies within the interval of `right`.
        right: the part of them that is all right.
    """

    low: float
    high: float
    confidence: float
    right: Share


def calibration(judged: Iterable[Judged], *, bins: int = BINS) -> list[Bin]:
    """Confidence against accuracy, in bins of equal width; those that are empty are left out.

    Raises:
        ValueError: a confidence is not between 0 and 1, or `bins` is below 1.
    """
    if bins < 1:
        raise ValueError(f"{bins} bins hold nothing.")
    filled: dict[int, list[Judged]] = {}
    for one in judged:
        if not 0 <= one.route.confidence <= 1:
            raise ValueError(f"A confidence lies between 0 and 1: {one.route!r}.")
        filled.setdefault(min(int(one.route.confidence * bins), bins - 1), []).append(one)
    return [
        Bin(n / bins, (n + 1) / bins, fmean(one.route.confidence for one in some),
            share(one.grade.all_right for one in some))
        for n, some in sorted(filled.items())
    ]  # fmt: skip
