"""What an Apple Health export is made of: one small immutable type per kind of element.

Instants are whole seconds since 1970-01-01 UTC, which is the resolution of the file. They carry
no offset on purpose: the offsets in an export are those of the phone on export day, for all years.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

NO_METADATA: Mapping[str, str] = {}


class Beat(NamedTuple):
    """One beat of an HRV measurement: its rate and the phone's clock text (no date, no zone)."""

    bpm: float
    time: str


class Reading(NamedTuple):
    """One Record. `value` is a float for a quantity and a label for a category."""

    type: str
    source: str
    unit: str
    value: float | str
    start: int
    end: int
    device: str = ""
    metadata: Mapping[str, str] = NO_METADATA
    beats: tuple[Beat, ...] = ()

    @property
    def zone(self) -> str | None:
        """IANA zone the phone was in when the record was made, where the record says so."""
        return self.metadata.get("HKTimeZone")


class Rejected(NamedTuple):
    """A Record that cannot be stored, and why."""

    type: str
    reason: str


class WorkoutStatistic(NamedTuple):
    """A total, average, minimum or maximum over a workout, in the unit of the file."""

    type: str
    unit: str
    sum: float | None = None
    average: float | None = None
    minimum: float | None = None
    maximum: float | None = None


class WorkoutEvent(NamedTuple):
    """A pause, resume, lap or segment inside a workout. `duration_s` is 0 for a moment."""

    type: str
    at: int
    duration_s: float = 0.0


class Workout(NamedTuple):
    """One Workout. `duration_s` excludes pauses; `end - start` includes them."""

    activity: str
    source: str
    start: int
    end: int
    duration_s: float
    statistics: tuple[WorkoutStatistic, ...] = ()
    events: tuple[WorkoutEvent, ...] = ()
    routes: tuple[str, ...] = ()
    metadata: Mapping[str, str] = NO_METADATA

    @property
    def zone(self) -> str | None:
        """IANA zone of the workout, where it says so."""
        return self.metadata.get("HKTimeZone")


class Correlation(NamedTuple):
    """A group of Records taken together, such as a blood pressure; its Records come separately."""

    type: str
    source: str
    start: int
    end: int
    members: int
    metadata: Mapping[str, str] = NO_METADATA


class ActivitySummary(NamedTuple):
    """Apple's own merged total of one local day (`YYYY-MM-DD`): the rings."""

    date: str
    values: Mapping[str, float]
    energy_unit: str


class ExportInfo(NamedTuple):
    """What the export says about itself. `sample` is true for files made by `health/sample.py`."""

    locale: str = ""
    export_date: int | None = None
    sample: bool = False


class Me(NamedTuple):
    """The person's characteristics as Apple writes them (date of birth, sex, blood type...)."""

    values: Mapping[str, str]


Item = Reading | Rejected | Workout | Correlation | ActivitySummary | ExportInfo | Me
