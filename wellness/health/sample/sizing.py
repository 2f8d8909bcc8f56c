"""Find the density at which an export has about as many Records as asked for."""

from __future__ import annotations

from datetime import date, timedelta

from wellness.health.sample import story
from wellness.health.sample.person import Day, live
from wellness.health.sample.records import MAKERS, records

EVERY = 13  # every so-manyth day is looked at: prime to the week, so all weekdays take part
LOW, HIGH = 1.0, 9.0


def density_for(wanted: int, *, seed: int, days: int, last: date = story.EXPORT_DAY) -> float:
    """Density for about `wanted` Records: a line through the counts at two densities.

    It comes within a few percent from some 40,000 to some 10,000,000 Records in two years.
    """
    lives = [live(seed, last - timedelta(days=back)) for back in range(0, days, EVERY)]
    low, high = (_count(lives, density) * days / len(lives) for density in (LOW, HIGH))
    slope = (high - low) / (HIGH - LOW)
    return round(max(0.05, LOW + (wanted - low) / slope), 3)


def _count(lives: list[Day], density: float) -> int:
    return sum(len(records(kind, day, density, day.end * 2)) for kind in MAKERS for day in lives)
