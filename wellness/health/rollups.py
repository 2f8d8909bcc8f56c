"""Daily rollups: one small row a local day, so that long questions never touch raw samples.

A row is made from the raw readings of its day and their neighbours, never changed in place.
Batches of readings mark the days they touch as stale in the same MULTI; whoever reads a stale day
makes it anew first, so raw and rollup agree even after an import that was cut off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from redis.exceptions import WatchError

from wellness.errors import StoreError
from wellness.health import sources, units
from wellness.health.catalogue import Aggregation, describe
from wellness.health.periods import Period
from wellness.health.rows import COLUMNS, Days, compute
from wellness.health.store import SECONDS_PER_DAY, Store

CHUNK_READINGS = 20_000  # raw readings worked on at a time: memory stays flat for any history
CHUNK_DAYS = 31  # but never fewer days than this
SPREAD_DAYS = 2  # a UTC day lies within a day of local ones, and matters one day further
ATTEMPTS = 5
GAP = "gap_s"  # the field of a type's rollups that says under which cap they were made
EPOCH = date(1970, 1, 1)
Progress = Callable[[int, int], None]


def midnight(day: date, zone: ZoneInfo) -> int:
    """Epoch seconds at which a local day begins (the first instant after a skipped midnight)."""
    return int(datetime.combine(day, time(), zone).timestamp())


def local_day(instant: float, zone: ZoneInfo) -> date:
    """The local day an instant lies in."""
    return datetime.fromtimestamp(instant, zone).date()


def whole_days(period: Period, zone: ZoneInfo) -> bool:
    """Whether a period begins and ends at local midnight."""
    return all(midnight(local_day(at, zone), zone) == at for at in (period.start_s, period.end_s))


class Rollups:
    """The rollups of one type of a user's readings.

    Args:
        store: whose data.
        type: Apple's type name.
        gap_s: the longest a heart-rate sample may stand for.
    """

    def __init__(self, store: Store, type: str, *, gap_s: int) -> None:
        self.store, self.type, self.gap_s = store, type, gap_s
        self._stale, self._days = store.keys.stale(type), store.keys.days(type)

    @property
    def zone(self) -> ZoneInfo:
        """The user's home zone, as it is now."""
        return self.store.zone()

    @cached_property
    def unit(self) -> str:
        """What rows are computed in: the catalogue's unit, else the base of the first found."""
        metric = describe(self.type)
        if metric.aggregation is Aggregation.EVENTS:
            return "s"
        if metric.unit or not self.store.count(self.type):
            return metric.unit
        return units.unit(self.store.tags(self.type)[0].unit).base

    def raw(self, edges: Sequence[int]) -> NDArray[np.float64]:
        """Rows for the spans between `edges`, straight from the readings. See `rows.compute`."""
        around = self.store.range(
            self.type, edges[0] - sources.REACH_S, edges[-1] + sources.REACH_S
        )
        return compute(around, edges, unit=self.unit, kinds=self.store.kinds(), gap_s=self.gap_s)

    def edges(self, dates: Sequence[date]) -> list[int]:
        """Local midnights that bound consecutive days, one more than there are days."""
        zone = self.zone
        return [midnight(day, zone) for day in [*dates, dates[-1] + timedelta(days=1)]]

    def days(self, first: date, end: date) -> Days:
        """The rollups of the local days in the half-open range, made anew where stale."""
        wanted = [first + timedelta(days=i) for i in range((end - first).days)]
        if not wanted:
            return Days(self.type, self.unit, [], np.empty((0, len(COLUMNS))))
        stale, gap, fields = self._fetch(wanted)
        if gap not in (None, str(self.gap_s).encode()):
            mark_all(self.store, [self.type])  # made under another rule
            stale, _, fields = self._fetch(wanted)
        if touched := stale & _near(wanted[0], wanted[-1]):
            self.refresh(touched)
            _, _, fields = self._fetch(wanted)
        found = [(day, text) for day, text in zip(wanted, fields, strict=True) if text is not None]
        text = b" ".join(text for _, text in found).decode("ascii")
        rows = np.fromstring(text, sep=" ").reshape(-1, len(COLUMNS))
        return Days(self.type, self.unit, [day for day, _ in found], rows)

    def _fetch(self, wanted: list[date]) -> tuple[set[int], bytes | None, list[bytes | None]]:
        pipe = self.store.client.pipeline(transaction=True)
        pipe.smembers(self._stale)
        pipe.hmget(self._days, [GAP, *(day.isoformat() for day in wanted)])
        stale, (gap, *fields) = pipe.execute()
        return {int(day) for day in stale}, gap, fields

    def refresh(self, stale: Iterable[int] | None = None) -> int:
        """Make the rollups around stale UTC days anew; returns how many days were written.

        Raises:
            StoreError: other writers changed the same readings during each of several attempts.
        """
        if stale is None:
            reply: Any = self.store.client.smembers(self._stale)
            stale = [int(day) for day in reply]
        numbers = sorted(set(stale))
        return sum(self._refresh(chunk) for chunk in self._chunks(numbers))

    def _chunks(self, numbers: list[int]) -> Iterator[list[int]]:
        """Ascending days in groups that span about `CHUNK_READINGS` readings each."""
        bounds = self.store.bounds(self.type)
        span = CHUNK_DAYS
        if bounds:
            length = 1 + (bounds[1] - bounds[0]) // SECONDS_PER_DAY
            span = max(span, CHUNK_READINGS * length // self.store.count(self.type))
        chunk: list[int] = []
        for number in numbers:
            if chunk and number - chunk[0] >= span:
                yield chunk
                chunk = []
            chunk.append(number)
        if chunk:
            yield chunk

    def _refresh(self, stale: list[int]) -> int:
        """The days around some stale ones, in one optimistic transaction."""
        first = EPOCH + timedelta(days=stale[0] - SPREAD_DAYS)
        length = stale[-1] - stale[0] + 1 + 2 * SPREAD_DAYS
        dates = [first + timedelta(days=i) for i in range(length)]
        keys = self.store.keys
        watched = (self._stale, keys.readings(self.type), keys.profile, keys.sources)
        for _ in range(ATTEMPTS):
            with self.store.client.pipeline(transaction=True) as pipe:
                pipe.watch(*watched)  # type: ignore[no-untyped-call]
                rows = self._rows(dates, self.edges(dates))
                pipe.multi()
                full = {day: text for day, text in rows.items() if text}
                mapping = {GAP: str(self.gap_s), **full}
                pipe.hset(self._days, mapping=mapping)  # type: ignore[arg-type]
                if empty := rows.keys() - full.keys():
                    pipe.hdel(self._days, *empty)
                pipe.srem(self._stale, *stale)
                try:
                    pipe.execute()
                except WatchError:
                    continue
                return len(full)
        raise StoreError(
            f"The daily rollups of {self.type} cannot be brought up to date: others keep writing.",
            hint="Ask again when the import that is running has ended.",
        )

    def _rows(self, dates: list[date], edges: list[int]) -> dict[str, str]:
        """The rollup of each day as text; empty for a day without readings."""
        return {
            day.isoformat(): " ".join(map(_text, row)) if row[0] else ""
            for day, row in zip(dates, self.raw(edges).tolist(), strict=True)
        }


def _near(first: date, last: date) -> set[int]:
    """Numbers of the UTC days whose readings can change the rollups from first to last."""
    low, high = (first - EPOCH).days, (last - EPOCH).days
    return set(range(low - SPREAD_DAYS, high + SPREAD_DAYS + 1))


def _text(number: float) -> str:
    return repr(number).removesuffix(".0")


def refresh_all(store: Store, *, gap_s: int, progress: Progress | None = None) -> int:
    """Bring the rollups of all types up to date; returns how many days were written."""
    types = store.types()
    written = 0
    for done, type in enumerate(types, start=1):
        written += Rollups(store, type, gap_s=gap_s).refresh()
        if progress:
            progress(done, len(types))
    return written


def mark_all(store: Store, types: Iterable[str]) -> None:
    """Throw the rollups of some types away and mark all their days as stale."""
    bounds = {type: store.bounds(type) for type in types}
    with store.client.pipeline(transaction=True) as pipe:
        for type, span in bounds.items():
            if span:
                low, high = (at // SECONDS_PER_DAY for at in span)
                pipe.delete(store.keys.days(type))
                pipe.sadd(store.keys.stale(type), *range(low, high + 1))
        pipe.execute()


def set_zone(store: Store, zone: ZoneInfo) -> None:
    """Change the user's home zone: all days move, so all rollups become stale."""
    types = store.types()
    store.client.hset(store.keys.profile, "zone", zone.key)
    mark_all(store, types)
