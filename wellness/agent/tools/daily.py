"""A metric as one value a local day: what averages, comparisons, trends and targets are made of.

Most come from the daily rollups; sleep from nights, under the day of waking; hours with standing
from Apple's own daily summary.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from wellness.agent.tools.defaults import FEW
from wellness.agent.tools.desk import Desk, Stored
from wellness.agent.tools.rings import rings_between
from wellness.agent.tools.said import Said, is_total, said
from wellness.agent.tools.spans import Span
from wellness.agent.tools.wear import not_worn
from wellness.agent.tools.wording import counted
from wellness.errors import NoReadings
from wellness.health import sleep
from wellness.health.catalogue import CATEGORY, SLEEP, Aggregation
from wellness.health.statistics import summarise

STAND_HOUR = CATEGORY + "AppleStandHour"
# What is written only when it happens: a day without is a day of zero, not one without data.
SPARSE = frozenset((
    "FlightsClimbed", "DistanceSwimming", "DistanceCycling", "SwimmingStrokeCount",
    "AppleExerciseTime", "TimeInDaylight", "DistanceRowing", "NumberOfAlcoholicBeverages",
))  # fmt: skip


@dataclass(frozen=True)
class Daily:
    """A metric over a span, day by day, in the unit that is said.

    Attributes:
        dates: ascending; days without data are left out.
        values: the day's total, or its level.
        lows, highs: the lowest and highest reading of the day; the totals where there are some.
        readings: how many it is made of; nights for sleep.
        level: of the whole span, where single readings count and not days; else None.
        per: what one value is of: "day", "night".
        unknown: nights of which only the time in bed is known.
        notes: of how it was made.
    """

    stored: Stored
    said: Said
    span: Span
    dates: tuple[date, ...]
    values: tuple[float, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]
    readings: int
    level: float | None = None
    per: str = "day"
    unknown: int = 0
    notes: tuple[str, ...] = ()

    @property
    def is_total(self) -> bool:
        """Whether values add up."""
        return is_total(self.stored.metric)

    @property
    def is_sparse(self) -> bool:
        """Whether a day without data is one of zero."""
        metric = self.stored.metric
        events = metric.aggregation is Aggregation.EVENTS and self.per == "day"
        return events or metric.name in SPARSE

    @property
    def today_unfinished(self) -> bool:
        """Whether the last value is a part of a day: today, in a span that goes on."""
        open_day = self.is_total and self.per == "day" and not self.span.over
        return open_day and bool(self.dates) and self.dates[-1] == self.span.today

    @cached_property
    def whole(self) -> list[tuple[date, float]]:
        """The days that are over; today too if it is a level, or the only one."""
        rows = list(zip(self.dates, self.values, strict=True))
        return rows[:-1] if self.today_unfinished and len(rows) > 1 else rows

    @property
    def average(self) -> float:
        """Of the days that are over; of levels that are weighted, over all readings."""
        if self.level is not None:
            return self.level
        return sum(value for _, value in self.whole) / len(self.whole)

    @property
    def total(self) -> float:
        """All days added up."""
        return sum(self.values)

    @property
    def expected(self) -> int:
        """Days of the span in which there could be data: since the first, until today."""
        first = max(self.span.first, self.stored.first)
        return max((min(self.span.last, self.span.today) - first).days + 1, 0)

    def nothing(self) -> NoReadings:
        """What to say where there is no value."""
        if self.unknown:
            return NoReadings(
                f"How long you slept {self.span.words} is not known: there is only the time in "
                "bed.",
                hint="Ask for more nights, such as the last 7 days.",
            )
        return self.stored.nothing_in(self.span)

    def gaps(self) -> list[str]:
        """What is missing, and how little there is."""
        found = list(self.notes)
        have, missing = len(self.dates), self.expected - len(self.dates) - self.unknown
        if self.unknown:
            found.append(f"Of {counted(self.unknown, 'more night')} only the time in bed is known.")
        if missing > 0 and self.span.whole and self.is_total:
            found.append(f"No data of {missing} of {self.expected} {self.per}s.")
        elif missing > 0 and self.span.whole:
            found.append(f"Measured on {have} of {self.expected} days.")
        if have < FEW and self.is_total and not self.span.one_day:
            found.append(f"Only {counted(have, self.per)} with data.")
        if self.span.first < self.stored.first and self.span.period.start_s:
            found.append(f"Data of it begin on {self.stored.first.isoformat()}.")
        if self.today_unfinished:
            left_out = len(self.whole) < len(self.dates)
            found.append(f"Today is not over{'; daily figures leave it out' if left_out else ''}.")
        return found


def daily(desk: Desk, stored: Stored, span: Span) -> Daily:
    """A metric over a span; without any value if there is no data.

    Raises:
        RedisError: Redis does not answer.
    """
    if stored.metric.type == SLEEP:
        return _nights(desk, stored, span)
    if stored.metric.type == STAND_HOUR:
        return _stood(desk, stored, span)
    summary = summarise(
        desk.store, stored.metric, span.period, gap_s=desk.settings.heart_rate_gap_s
    )
    how = said(stored.metric, summary.unit)
    rows = [row for row in summary.buckets if row.value is not None]
    values = [(row.value or 0.0) * how.factor for row in rows]
    total = is_total(stored.metric)
    lows = values if total else [(row.minimum or 0.0) * how.factor for row in rows]
    highs = values if total else [(row.maximum or 0.0) * how.factor for row in rows]
    weighed = not total and stored.metric.aggregation is not Aggregation.LAST
    overall = summary.overall
    first, last = max(span.first, stored.first), min(span.last, span.today)
    notes = [*_reworded(summary.notes, how.noun), not_worn(desk, how.metric, first, last)]
    found = Daily(
        stored, how, span, tuple(row.start for row in rows), tuple(values), tuple(lows),
        tuple(highs), overall.readings,
        level=overall.value * how.factor if weighed and overall.value is not None else None,
        notes=tuple(filter(None, notes)),
    )  # fmt: skip
    return _filled(found) if found.is_sparse else found


def _reworded(notes: Sequence[str], noun: str) -> list[str]:
    """The notes of a summary, in short: a model reads them before it answers."""
    short = {"Sources merged": f"Phone, watch and apps count the same {noun}; they were merged.",
             "Mean weighted": ""}  # fmt: skip
    found = [next((short[key] for key in short if one.startswith(key)), one) for one in notes]
    return [note for note in found if note]


def _filled(found: Daily) -> Daily:
    """With a zero for each day without."""
    first = max(found.span.first, found.stored.first)
    days = [first + timedelta(days=n) for n in range(found.expected)]
    known = dict(zip(found.dates, found.values, strict=True))
    values = tuple(known.get(one, 0.0) for one in days)
    return Daily(
        found.stored, found.said, found.span, tuple(days), values, values, values, found.readings,
        notes=found.notes,
    )  # fmt: skip


def _nights(desk: Desk, stored: Stored, span: Span) -> Daily:
    found = sleep.nights(desk.store, span.period)
    known = [(night.date, night.asleep_s / 60) for night in found if night.asleep_s is not None]
    values = tuple(minutes for _, minutes in known)
    return Daily(
        stored, said(stored.metric, "min"), span, tuple(day for day, _ in known), values, values,
        values, len(known), per="night", unknown=len(found) - len(known),
    )  # fmt: skip


def _stood(desk: Desk, stored: Stored, span: Span) -> Daily:
    found = rings_between(desk.store, max(span.first, stored.first), min(span.last, span.today))
    dates, values = tuple(one.date for one in found), tuple(one.stand.value for one in found)
    return Daily(
        stored, said(stored.metric, "count"), span, dates, values, values, values, len(found)
    )
