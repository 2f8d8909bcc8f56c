"""Nights: what phone, watch and apps said of the same sleep, without adding it up.

The phone's InBed lies over the watch's stages and an app's own "asleep"; their sum is nonsense.
The definition here:

1. Segments of all sources belong to one sleep when less than `SAME_SLEEP_GAP_S` lies between them.
2. One source answers for a sleep: one with stages before one without, then watch before phone
   before others, then the one that saw more sleep.
3. Time asleep is the union of that source's asleep segments, so overlaps count once.
4. A night is all sleep that ends on a local date, in the zone the record says it was made in,
   else the user's: it belongs to the day of waking.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

import numpy as np

from wellness.health import sources
from wellness.health.catalogue import SLEEP
from wellness.health.periods import Period
from wellness.health.readings import Readings
from wellness.health.rollups import whole_days
from wellness.health.store import SECONDS_PER_DAY, Store
from wellness.health.tags import Tag
from wellness.zones import zone_or_none

VALUE = "HKCategoryValueSleepAnalysis"
STAGES = ("AsleepCore", "AsleepDeep", "AsleepREM")
ASLEEP = (*STAGES, "AsleepUnspecified", "Asleep")
SAME_SLEEP_GAP_S = 2 * 3600  # getting up for an hour is a broken night; three are two sleeps


@dataclass(frozen=True)
class Segment:
    """One sleep record. `label` is Apple's value without its prefix; instants in epoch seconds."""

    start: int
    end: int
    label: str
    tag: Tag


@dataclass(frozen=True)
class Night:
    """The sleep that ended on a local date. Durations in seconds; stages only where they are.

    `asleep_s` is None when nobody but the bed was asked: time in bed is not time asleep.
    """

    date: date
    source: str
    start: datetime
    end: datetime
    asleep_s: int | None
    in_bed_s: int
    stages: dict[str, int]


def nights(store: Store, period: Period) -> list[Night]:
    """Nights whose wake date lies in the period, ascending; dates without sleep are left out."""
    home = store.zone()
    wanted = set(period.days)
    readings = store.range(
        SLEEP, period.start_s - 2 * SECONDS_PER_DAY, period.end_s + SECONDS_PER_DAY
    )
    kinds = store.kinds()
    found = [_night(sleep, kinds, home) for sleep in sleeps(segments(readings))]
    if not whole_days(period, home):  # such as "last night": by when the sleep ended
        found = [night for night in found if period.start <= night.end < period.end]
    ordered = sorted(found, key=lambda night: night.start)
    by_date = groupby(sorted(ordered, key=lambda night: night.date), key=lambda night: night.date)
    return [_together(list(group)) for day, group in by_date if day in wanted]


def segments(readings: Readings) -> list[Segment]:
    """Sleep readings as segments, in the order of their start."""
    return [
        Segment(start, end, tag.category.removeprefix(VALUE), tag)
        for start, end, tag in zip(
            readings.starts.tolist(),
            readings.ends.tolist(),
            (readings.table[number] for number in readings.tags.tolist()),
            strict=True,
        )
        if end > start
    ]


def sleeps(ordered: Iterable[Segment]) -> Iterator[list[Segment]]:
    """Split segments, ordered by start, into separate sleeps."""
    current: list[Segment] = []
    reach = 0
    for segment in ordered:
        if current and segment.start - reach >= SAME_SLEEP_GAP_S:
            yield current
            current = []
        current.append(segment)
        reach = max(reach, segment.end) if len(current) > 1 else segment.end
    if current:
        yield current


def union_s(spans: Iterable[tuple[int, int]]) -> int:
    """Seconds covered by at least one span.

    >>> union_s([(0, 60), (30, 90), (100, 110)])
    100
    """
    merged = sources.union(np.array([*spans], dtype=float).reshape(-1, 2))
    return int((merged[:, 1] - merged[:, 0]).sum())


def _spans(sleep: Iterable[Segment], labels: tuple[str, ...]) -> list[tuple[int, int]]:
    return [(part.start, part.end) for part in sleep if part.label in labels]


def _night(sleep: list[Segment], kinds: Mapping[str, str], home: ZoneInfo) -> Night:
    by_source: dict[str, list[Segment]] = {}
    for segment in sleep:
        by_source.setdefault(segment.tag.source, []).append(segment)

    def trust(source: str) -> tuple[bool, bool, tuple[int, str], int]:
        parts = by_source[source]
        asleep = union_s(_spans(parts, ASLEEP))
        staged = any(part.label in STAGES for part in parts)
        return not asleep, not staged, sources.rank(parts[0].tag, kinds), -asleep

    best = min(by_source, key=trust)
    chosen = by_source[best]
    asleep = _spans(chosen, ASLEEP)
    shown = asleep or [(part.start, part.end) for part in chosen]
    start, end = min(s for s, _ in shown), max(e for _, e in shown)
    said = (zone_or_none(part.tag.zone) for part in reversed(chosen))
    zone = next((zone for zone in said if zone), home)
    labels = sorted({part.label for part in chosen} - {"InBed"})
    in_bed = _spans(sleep, ("InBed",)) + [(part.start, part.end) for part in chosen]
    return Night(
        date=datetime.fromtimestamp(end, zone).date(),
        source=best,
        start=datetime.fromtimestamp(start, zone),
        end=datetime.fromtimestamp(end, zone),
        asleep_s=union_s(asleep) if asleep else None,
        in_bed_s=union_s(in_bed),
        stages={label: union_s(_spans(chosen, (label,))) for label in labels},
    )


def _together(parts: list[Night]) -> Night:
    """A night and the naps that ended on the same date, as one."""
    stages: dict[str, int] = {}
    for part in parts:
        for label, seconds in part.stages.items():
            stages[label] = stages.get(label, 0) + seconds
    known = [part.asleep_s for part in parts if part.asleep_s is not None]
    main = max(parts, key=lambda part: part.asleep_s or 0)
    return Night(
        date=main.date,
        source=main.source,
        start=parts[0].start,
        end=parts[-1].end,
        asleep_s=sum(known) if known else None,
        in_bed_s=sum(part.in_bed_s for part in parts),
        stages=dict(sorted(stages.items())),
    )
