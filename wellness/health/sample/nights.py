"""Sleep: the phone's time in bed, the watch's stages over it, for some months an app as well."""

from __future__ import annotations

from collections.abc import Iterator

from wellness.health.sample import story
from wellness.health.sample.person import MINUTE, Day
from wellness.health.sample.sources import SLEEP, Sample, Source, phone, watch

ANALYSIS = "HKCategoryTypeIdentifierSleepAnalysis"
VALUE = "HKCategoryValueSleepAnalysis"
CYCLES = 3
EPOCH_S = 30  # stages change at multiples of half a minute
CYCLE = ((0.5, "AsleepCore"), (0.25, "AsleepDeep"), (0.25, "AsleepREM"))


def sleep(day: Day, density: float) -> Iterator[Sample]:
    """All segments of the night that ended on this day."""
    rng = day.rng("sleep")
    bed, wake = day.slept_from, day.wake
    if rng.random() < 0.9:
        start, end = bed - rng.randint(2, 16) * EPOCH_S, wake + rng.randint(2, 16) * EPOCH_S
        yield _segment(day, phone(day.date), "InBed", start, end)
    if day.stages:
        yield from _stages(day)
    if day.date in story.SLEEP_APP:
        start, end = bed + rng.randint(5, 30) * EPOCH_S, wake - rng.randint(0, 8) * EPOCH_S
        yield _segment(day, SLEEP, "AsleepUnspecified", start, end)


def _stages(day: Day) -> Iterator[Sample]:
    """A few cycles: deep sleep early, REM late, awake now and then, once in a while told twice."""
    rng = day.rng("stages")
    at = day.slept_from + rng.randint(8, 40) * EPOCH_S
    cycle = (day.wake - at) / CYCLES
    for number in range(CYCLES):
        for share, stage in CYCLE:
            if stage == "AsleepDeep":
                share *= (1.6, 1.0, 0.3)[number]
            elif stage == "AsleepREM":
                share *= (0.5, 1.0, 1.5)[number]
            length = max(1, round(cycle * share * rng.uniform(0.8, 1.15) / EPOCH_S)) * EPOCH_S
            end = min(at + length, day.wake)
            if end > at:
                yield _segment(day, watch(day.date), stage, at, end)
            if stage == "AsleepCore" and rng.random() < 0.01 and end - at > 20 * MINUTE:
                yield _segment(day, watch(day.date), stage, at + 5 * MINUTE, end - 5 * MINUTE)
            at = end
        if rng.random() < 0.3 and at < day.wake - 10 * MINUTE:
            end = at + rng.randint(2, 14) * EPOCH_S
            yield _segment(day, watch(day.date), "Awake", at, end)
            at = end


def _segment(day: Day, source: Source, stage: str, start: int, end: int) -> Sample:
    zone = (("HKTimeZone", day.zone),)
    return Sample(ANALYSIS, source, "", VALUE + stage, start, end, day.wake + 20 * MINUTE, zone)
