"""A few numbers over time, in RedisTimeSeries: thinned out by the server, forgotten in time.

Each process adds to the slot of `metrics_push_s` seconds in which it pushes. Where two of them meet
in one slot, the series says how: rates are summed; of percentiles, which cannot be merged, the
slowest process' is kept; what is the same for all is overwritten. Rules in the server make one
value a minute and one an hour of them, and each resolution is kept for a time of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from redis import Redis, ResponseError
from redis.client import Pipeline

from wellness.errors import MetricsError, TimeSeriesMissing
from wellness.keys import Keys
from wellness.settings import Settings

MINUTE_S, HOUR_S = 60, 3_600


class Kind(NamedTuple):
    """One number over time.

    Attributes:
        unit: "" for a fraction.
        meeting: what becomes of two processes' values in one slot, as DUPLICATE_POLICY has it.
        rollup: how the values of a minute or an hour become one, as TS.CREATERULE has it.
    """

    name: str
    unit: str
    meeting: str
    rollup: str
    holds: str


SERIES: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("ops", "1/s", "SUM", "avg", "commands a second, of all processes together"),
        Kind("p50", "s", "MAX", "avg", "median of all round trips, of the slowest process"),
        Kind("p95", "s", "MAX", "max", "their 95th percentile, of the slowest process"),
        Kind("p99", "s", "MAX", "max", "their 99th percentile, of the slowest process"),
        Kind("hit_rate", "", "LAST", "avg", "embeddings that were there, of those asked for"),
        Kind("memory", "bytes", "LAST", "max", "what Redis has in use, by its INFO memory"),
    )
}


class Point(NamedTuple):
    """A value, and the epoch seconds at which its slot begins."""

    at: float
    value: float


@dataclass(frozen=True)
class Series:
    """One number over time, oldest first; `resolution_s` seconds a point."""

    name: str
    unit: str
    resolution_s: float
    points: tuple[Point, ...]

    @property
    def values(self) -> list[float]:
        """The values alone."""
        return [point.value for point in self.points]

    def __repr__(self) -> str:
        return f"<Series {self.name}: {len(self.points)} points of {self.resolution_s:g} s>"


class TimeSeries:
    """The series of one namespace.

    Args:
        client: bytes or text replies, either will do.
        keys: of whom they are.
        settings: width of a slot, and how long each resolution is kept.
    """

    def __init__(self, client: Redis, keys: Keys, settings: Settings) -> None:
        self._client, self._keys = client, keys
        self._slot_s = settings.metrics_push_s
        self._kept_s = {
            0: settings.metrics_raw_s,
            MINUTE_S: settings.metrics_minutes_s,
            HOUR_S: settings.metrics_hours_s,
        }
        self._expiry_s = settings.metrics_hours_s
        self._there: bool | None = None

    @property
    def available(self) -> bool:
        """Whether this Redis has the TimeSeries module; asked once."""
        if self._there is None:
            asked: Any = self._client.execute_command("COMMAND INFO", "TS.MADD")  # type: ignore[no-untyped-call]
            values = asked.values() if isinstance(asked, dict) else asked
            self._there = any(values)
        return self._there

    def queue(self, pipe: Pipeline, sample: Mapping[str, float], at: float) -> None:
        """Add one value to some of the series, in the slot of `at` epoch seconds.

        `damaged` says by the reply to the first of these commands whether there were any series.
        """
        slot_ms = round(at // self._slot_s * self._slot_s * 1_000)
        words: list[Any] = []
        for name, value in sample.items():
            words += [self._key(name, 0), slot_ms, value]
        pipe.execute_command("TS.MADD", *words)  # type: ignore[no-untyped-call]
        for key in self.keys():
            pipe.expire(key, self._expiry_s)

    def damaged(self, reply: Any) -> bool:
        """Whether a reply to TS.MADD says that a series is not there."""
        return any(isinstance(one, Exception) for one in reply)

    def make(self) -> None:
        """Make the series and the rules between them; those that are there stay as they are."""
        pipe = self._client.pipeline(transaction=False)
        for kind in SERIES.values():
            for width_s, kept_s in self._kept_s.items():
                pipe.execute_command(  # type: ignore[no-untyped-call]
                    "TS.CREATE", self._key(kind.name, width_s), "RETENTION", kept_s * 1_000,
                    "DUPLICATE_POLICY", kind.meeting,
                    "LABELS", "series", kind.name, "unit", kind.unit or "1",
                )  # fmt: skip
            for width_s in (MINUTE_S, HOUR_S):
                pipe.execute_command(  # type: ignore[no-untyped-call]
                    "TS.CREATERULE", self._key(kind.name, 0), self._key(kind.name, width_s),
                    "AGGREGATION", kind.rollup, width_s * 1_000,
                )  # fmt: skip
        for key in self.keys():
            pipe.expire(key, self._expiry_s)
        for reply in pipe.execute(raise_on_error=False):
            if isinstance(reply, Exception) and "already" not in str(reply):
                raise reply

    def read(self, name: str, since: float, *, now: float) -> Series:
        """A series since some epoch seconds, at the finest resolution that still reaches back.

        Raises:
            TimeSeriesMissing: this Redis has no TimeSeries module.
            MetricsError: there is no series of that name.
        """
        if name not in SERIES:
            raise MetricsError(
                f"There is no series {name!r}.", hint=f"There are {', '.join(SERIES)}."
            )
        if not self.available:
            raise TimeSeriesMissing("This Redis has no TS.RANGE command.")
        reaching = (width_s for width_s, kept_s in self._kept_s.items() if since >= now - kept_s)
        width_s = next(reaching, HOUR_S)
        latest = ["LATEST"] if width_s else []  # the minute that has not ended yet
        words = ["TS.RANGE", self._key(name, width_s), max(0, round(since * 1_000)), "+", *latest]
        try:
            rows: Any = self._client.execute_command(*words)  # type: ignore[no-untyped-call]
        except ResponseError as error:
            if "does not exist" not in str(error):
                raise
            rows = []  # nothing was pushed yet, or all of it was forgotten
        points = tuple(Point(int(at) / 1_000, float(value)) for at, value in rows)
        return Series(name, SERIES[name].unit, width_s or self._slot_s, points)

    def _key(self, name: str, width_s: int) -> str:
        return self._keys.series(f"{name}.{width_s}" if width_s else name)

    def keys(self) -> Iterator[str]:
        """The names of all series at all resolutions."""
        return (self._key(name, width_s) for name in SERIES for width_s in self._kept_s)
