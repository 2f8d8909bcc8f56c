"""The instant of an export, its offset, and the days of the person's home."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from wellness.health.sample import story
from wellness.health.sample.person import DAY

_MINUTES = [f"{hour:02d}:{minute:02d}:" for hour in range(24) for minute in range(60)]
_SECONDS = [f"{second:02d}" for second in range(60)]


@lru_cache(maxsize=64)
def _date_text(days: int) -> str:
    return str(date(1970, 1, 1) + timedelta(days=days))


def iso(at: int) -> str:
    """An instant as ISO 8601 in UTC.

    >>> iso(0)
    '1970-01-01T00:00:00Z'
    """
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}"


class Calendar:
    """The dates of an export that is made on the evening of `last`.

    `until` is its instant, `offset` the UTC offset of all its timestamps in seconds.
    """

    def __init__(self, last: date, days: int) -> None:
        exported = datetime.combine(last, story.EXPORT_TIME, ZoneInfo(story.HOME))
        gap = exported.utcoffset() or timedelta()
        self.dates = [last - timedelta(days=back) for back in range(days - 1, -1, -1)]
        self.until = int(exported.timestamp())
        self.offset = int(gap.total_seconds())
        self._suffix = f" {exported:%z}"
        around = [self.dates[0] + timedelta(days=n) for n in range(-2, days + 2)]
        self._homes = [str(day) for day in around]
        zone = ZoneInfo(story.HOME)
        self._midnights = [int(datetime.combine(d, time(), zone).timestamp()) for d in around]

    def stamp(self, at: int) -> str:
        """An instant as the export writes it."""
        days, second = divmod(at + self.offset, DAY)
        minute, second = divmod(second, 60)
        return f"{_date_text(days)} {_MINUTES[minute]}{_SECONDS[second]}{self._suffix}"

    def home_day(self, at: int) -> str:
        """Date at home, `YYYY-MM-DD`, on which an instant falls."""
        return self._homes[bisect_right(self._midnights, at) - 1]
