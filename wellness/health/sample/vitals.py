"""What the watch measures: heart rate and its variability, oxygen, breathing, fitness."""

from __future__ import annotations

from collections.abc import Iterator
from math import pi, sin
from random import Random

from wellness.health.sample import story
from wellness.health.sample.person import HOUR, MINUTE, Day, Session
from wellness.health.sample.sources import Metadata, Sample, Source, text, watch, whole
from wellness.health.sample.story import level

HEART_RATE = "HKQuantityTypeIdentifierHeartRate"
RESTING = "HKQuantityTypeIdentifierRestingHeartRate"
VARIABILITY = "HKQuantityTypeIdentifierHeartRateVariabilitySDNN"
OXYGEN = "HKQuantityTypeIdentifierOxygenSaturation"
BREATHING = "HKQuantityTypeIdentifierRespiratoryRate"
FITNESS = "HKQuantityTypeIdentifierVO2Max"

A_MINUTE = "count/min"
RESTING_GAP_S, WORKOUT_GAP_S = 1800, 270  # mean seconds between readings at density 1
MOTION = {n: (("HKMetadataKeyHeartRateMotionContext", str(n)),) for n in (0, 1, 2)}
EFFORT = {"Running": 92.0, "Swimming": 74.0, "TraditionalStrengthTraining": 52.0, "Yoga": 24.0}
BEATS = 6  # a real list has about sixty; these keep the shipped file small


def heart_rate(day: Day, density: float) -> Iterator[Sample]:
    """Readings all day while the watch is on, then those of the workouts."""
    rng = day.rng("heart")
    source, resting = watch(day.date), day.resting
    gap = RESTING_GAP_S / density
    for first, last in day.worn:
        at = first + int(gap * rng.random())
        while at < last:
            awake = day.wake <= at < day.bed
            if not day.trains(at, at + 1):
                rate = max(40.0, rng.gauss(_usual(day, resting, at), 5.5 if awake else 2.5))
                motion = MOTION[1 if not awake or rng.random() < 0.6 else 0]
                yield _beat(source, at, rate, motion, rng)
            at += max(1, int(gap * rng.uniform(0.8, 1.2) * (1 if awake else 1.8)))
    for session in day.sessions:
        yield from effort(day, session, density)


def _usual(day: Day, resting: float, at: int) -> float:
    """The daily rhythm: lowest towards morning, highest in the afternoon."""
    if day.wake <= at < day.bed:
        return resting + 11 + 9 * sin(pi * (at - day.wake) / (day.bed - day.wake))
    return resting - 2 + 2.5 * sin(2 * pi * (at - day.start) / (8 * HOUR))


def _beat(source: Source, at: int, rate: float, motion: Metadata, rng: Random) -> Sample:
    return Sample(
        HEART_RATE, source, A_MINUTE, f"{rate:.0f}", at, at, at + rng.randint(1, 9), motion
    )


def effort(day: Day, session: Session, density: float) -> Iterator[Sample]:
    """Heart rate of a workout; in its middle a burst with two readings in one second."""
    rng = day.rng(f"effort {session.start}")
    source, resting = watch(day.date), day.resting
    gap = WORKOUT_GAP_S / density
    at, burst = session.start + rng.randint(5, 20), (session.start + session.end) // 2
    while at < session.end - 10:
        warm = min(1.0, 0.45 + (at - session.start) / (8 * MINUTE))
        rate = resting + EFFORT[session.activity] * warm + rng.gauss(0, 4)
        yield _beat(source, at, rate, MOTION[2], rng)
        if burst and at >= burst:
            burst = 0
            yield _beat(source, at, round(rate) + 2, MOTION[2], rng)
            yield _beat(source, at + 3, rate + 1, MOTION[2], rng)
            at += 3
        at += max(1, int(gap * rng.uniform(0.8, 1.2)))


def resting_heart_rate(day: Day, density: float) -> Iterator[Sample]:
    """Apple's estimate for a day on which the watch was worn."""
    if day.worn:
        end = min(day.bed, day.end) - 10 * MINUTE
        value = text(day.resting, 0)
        yield Sample(RESTING, watch(day.date), A_MINUTE, value, day.start, end, end + 30)


def variability(day: Day, density: float) -> Iterator[Sample]:
    """SDNN over a minute, with the beats it was computed from."""
    rng = day.rng("variability")
    usual = (36 if day.ill else 52) - 1.1 * (day.resting - 60)
    for start in _moments(day, rng, 0.7 * density, 61):
        beats, at = [], start + rng.random()
        for _ in range(BEATS):
            rate = rng.gauss(day.resting + 3, 4)
            at += 60 / rate
            beats.append((round(rate), at))
        value = text(max(12.0, rng.gauss(usual, 9)), 4)
        yield Sample(
            VARIABILITY, watch(day.date), "ms", value, start, start + 60, start + 61,
            beats=tuple(beats),
        )  # fmt: skip


def oxygen(day: Day, density: float) -> Iterator[Sample]:
    """Blood oxygen: the unit is %, the value a fraction."""
    rng = day.rng("oxygen")
    for at in _moments(day, rng, 0.8 * density, 15):
        value = text(min(1.0, rng.gauss(0.945 if day.ill else 0.97, 0.012)), 2)
        yield Sample(OXYGEN, watch(day.date), "%", value, at, at, at + 15)


def breathing(day: Day, density: float) -> Iterator[Sample]:
    """Breaths a minute, asleep."""
    rng = day.rng("breathing")
    usual = 17.2 if day.ill else 14.3
    for at in _moments(day, rng, 1.0 * density, 900):
        if at < day.wake:
            value = text(rng.gauss(usual, 0.7) * 2, 0)
            half = text(int(value) / 2, 1)
            yield Sample(BREATHING, watch(day.date), A_MINUTE, half, at, at + 900, at + 905)


def _moments(day: Day, rng: Random, expected: float, length: int) -> Iterator[int]:
    """Distinct starts, in order, of measurements that fit into the spans the watch is worn."""
    for first, last in day.worn:
        room = last - first - length
        if room > 0:
            count = min(whole(rng, expected * (last - first) / (day.end - day.start)), room)
            yield from sorted(rng.sample(range(first, first + room), count))


def fitness(day: Day, density: float) -> Iterator[Sample]:
    """VO2max after a run outdoors."""
    rng = day.rng("fitness")
    for session in day.sessions:
        if session.activity == "Running" and session.seconds > 20 * MINUTE:
            value = text(rng.gauss(level(story.VO2_MAX, day.date), 0.35), 2)
            yield Sample(
                FITNESS, watch(day.date), "mL/min·kg", value, session.end, session.end,
                session.end + 5, (("HKVO2MaxTestType", "2"),),
            )  # fmt: skip
