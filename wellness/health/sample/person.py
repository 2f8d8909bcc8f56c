"""One day of Ann's life as plain numbers: her zone, when she wakes, wears the watch and trains.

A day is a pure function of the seed and the date. So a shorter export, or an older one, of the
same seed is a true subset of a longer one: two overlapping exports of one person.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

from wellness.health.sample import story
from wellness.health.sample.story import level

HOUR, MINUTE, DAY = 3600, 60, 86_400
Span = tuple[int, int]
GYMS = frozenset({"TraditionalStrengthTraining", "Yoga"})


class Session(NamedTuple):
    """One workout; `pause` is the part of it that Apple leaves out of `duration`."""

    activity: str
    start: int
    end: int
    pause: Span | None
    place: str
    miles: float
    energy: float

    @property
    def active(self) -> tuple[Span, ...]:
        """The spans between pauses."""
        if self.pause is None:
            return ((self.start, self.end),)
        return ((self.start, self.pause[0]), (self.pause[1], self.end))

    @property
    def seconds(self) -> int:
        """Seconds without pauses."""
        return sum(end - start for start, end in self.active)


class Day(NamedTuple):
    """Midnight to midnight where Ann is; instants are whole seconds since 1970-01-01 UTC.

    The days follow each other without a gap, so the day of the flight out is short and the day
    of the flight home long. `slept_from` is when she went to bed for the night that ended today.
    """

    seed: int
    date: date
    zone: str
    start: int
    end: int
    slept_from: int
    wake: int
    bed: int
    stages: bool
    worn: tuple[Span, ...]
    sessions: tuple[Session, ...] = ()

    def rng(self, topic: str) -> Random:
        """Random numbers for one topic of this day, independent of all others."""
        return _rng(self.seed, self.date, topic)

    @property
    def ill(self) -> bool:
        """Whether she has the flu."""
        return self.date in story.ILLNESS

    @property
    def resting(self) -> float:
        """Resting heart rate, in beats a minute."""
        usual = level(story.RESTING_BPM, self.date) + self.rng("resting").gauss(0, 1.1)
        return usual + (9 if self.ill else 0)

    @property
    def walked(self) -> float:
        """Steps of the day without those of runs."""
        rng = self.rng("walked")
        usual = level(story.WALKED_STEPS, self.date) * max(0.35, rng.gauss(1, 0.2))
        if self.ill:
            return usual * 0.22
        if self.date in story.TRIP:
            return usual * 1.75
        return usual * (0.85 if self.date.weekday() == 6 else 1)

    def wears(self, start: int, end: int) -> bool:
        """Whether the watch is on for the whole span."""
        return any(first <= start and end <= last for first, last in self.worn)

    def trains(self, start: int, end: int) -> bool:
        """Whether a workout touches the span."""
        return any(s.start < end and start < s.end for s in self.sessions)


def live(seed: int, day: date) -> Day:
    """The day of that date."""
    zone, start, end = zone_of(day), midnight(day), midnight(day + timedelta(days=1))
    wake, bed = _wake(seed, day), _bed(seed, day)
    plain = Day(
        seed, day, zone, start, end, _bed(seed, day - timedelta(days=1)), wake, bed,
        _wears_at_night(seed, day), _worn(seed, day, start, end, wake, bed),
    )  # fmt: skip
    return plain._replace(sessions=tuple(_sessions(plain)))


def zone_of(day: date) -> str:
    """IANA zone in which Ann spends a date."""
    return story.AWAY if day in story.TRIP else story.HOME


def midnight(day: date) -> int:
    """Instant at which a date begins for Ann."""
    return int(datetime.combine(day, time(), ZoneInfo(zone_of(day))).timestamp())


def _rng(seed: int, day: date, topic: str) -> Random:
    return Random(f"{seed}|{day}|{topic}")


def _wake(seed: int, day: date) -> int:
    early = day in story.MORNINGS
    usual = 7.75 if day.weekday() >= 5 else 5.85 if early else 6.75
    return midnight(day) + round((usual + _rng(seed, day, "wake").gauss(0, 0.2)) * 120) * 30


def _bed(seed: int, day: date) -> int:
    early = day in story.MORNINGS and day.weekday() not in (4, 5)
    late = 0.6 if day.weekday() in (4, 5) else 0.0
    hours = (-1.7 if early else -1.0) + late + _rng(seed, day, "bed").gauss(0, 0.4)
    return midnight(day + timedelta(days=1)) + round(min(hours, 0.75) * 120) * 30


def _wears_at_night(seed: int, day: date) -> bool:
    """Whether the watch is worn in the night that ends on a date, or lies on its charger."""
    if day in story.WATCH_AWAY or day - timedelta(days=1) in story.WATCH_AWAY:
        return False
    return _rng(seed, day, "night").random() > 0.2


def _worn(seed: int, day: date, start: int, end: int, wake: int, bed: int) -> tuple[Span, ...]:
    if day in story.WATCH_AWAY:
        return ()
    night = [(start, wake)] if _wears_at_night(seed, day) else []
    on = wake + 5 * MINUTE
    if not _wears_at_night(seed, day + timedelta(days=1)):
        return (*night, (on, min(bed, end)))
    charge = max(
        end - 4 * HOUR + int(_rng(seed, day, "charge").uniform(-15, 15)) * MINUTE, on + HOUR
    )
    return (*night, (on, charge), (charge + 70 * MINUTE, end))


EVENING_WEEK = {
    0: "TraditionalStrengthTraining", 1: "Running", 3: "Running", 5: "Running", 6: "Yoga",
}  # fmt: skip
MORNING_WEEK = {
    0: "TraditionalStrengthTraining", 1: "Running", 2: "Swimming", 4: "Running", 5: "Running",
    6: "Yoga",
}  # fmt: skip
RECOVERY_WEEK = {0: "TraditionalStrengthTraining", 2: "Swimming", 6: "Yoga"}
TRAVEL_WEEK = {1: "Running", 4: "Running"}
MINUTES = {"Running": 38, "TraditionalStrengthTraining": 45, "Yoga": 35, "Swimming": 32}
ENERGY_A_MINUTE = {
    "Running": 10.4, "TraditionalStrengthTraining": 5.8, "Yoga": 3.1, "Swimming": 8.3,
}  # fmt: skip


def _planned(day: Day) -> str | None:
    """Activity of the day, if any."""
    if day.date == story.SPRAIN_DAY:
        return "Running"
    if day.ill or day.date in story.WATCH_AWAY or day.rng("lazy").random() < 0.2:
        return None
    if day.date in story.INJURY:
        rested = (day.date - story.INJURY.first).days >= 14
        return RECOVERY_WEEK.get(day.date.weekday()) if rested else None
    if day.date in story.TRIP:
        return TRAVEL_WEEK.get(day.date.weekday())
    week = MORNING_WEEK if day.date in story.MORNINGS else EVENING_WEEK
    return week.get(day.date.weekday())


def _sessions(day: Day) -> list[Session]:
    activity = _planned(day)
    if activity is None:
        return []
    rng = day.rng("session")
    morning = day.date in story.MORNINGS or day.date in story.TRIP
    hour = 10.0 if day.date.weekday() >= 5 else 6.4 if morning else 18.2
    start = day.start + int((hour + rng.uniform(-0.2, 0.25)) * HOUR)
    minutes = MINUTES[activity] * rng.uniform(0.75, 1.3)
    if day.date == story.SPRAIN_DAY:
        minutes = 17
    active = int(minutes * MINUTE)
    pause = None
    if activity == "Running" and rng.random() < 0.4:
        stop = start + int(active * rng.uniform(0.3, 0.7))
        pause = (stop, stop + rng.randint(40, 240))
    end = start + active + (pause[1] - pause[0] if pause else 0)
    miles = {"Running": active / MINUTE / rng.uniform(9.2, 10.3), "Swimming": active / MINUTE / 46}
    session = Session(
        activity, start, end, pause, _place(day, activity), round(miles.get(activity, 0.0), 4),
        round(ENERGY_A_MINUTE[activity] * active / MINUTE * rng.uniform(0.9, 1.1), 3),
    )  # fmt: skip
    return [session] if day.wears(start, end) else []


def _place(day: Day, activity: str) -> str:
    if activity not in GYMS or day.date in story.TRIP:
        return ""
    return story.NEW_GYM if day.date in story.MORNINGS else story.OLD_GYM
