"""The exact answers to an export, kept by plain arithmetic while it is written.

Nothing here knows the kit's importer, store or statistics; DEFINITIONS says what each answer means.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from wellness.health.sample import activity, body, nights, vitals
from wellness.health.sample.merge import Span, counted, length_of
from wellness.health.sample.person import Day, Session
from wellness.health.sample.sources import RANKS, Sample
from wellness.health.sample.timeline import Calendar, iso

CAP_S: Final = 600
NESTED: Final = frozenset({body.SYSTOLIC, body.DIASTOLIC, body.FOOD_ENERGY, body.WATER_DRUNK})
STAGES: Final = {
    "AsleepCore": "core", "AsleepDeep": "deep", "AsleepREM": "rem", "Awake": "awake",
    "AsleepUnspecified": "unspecified", "InBed": "in_bed",
}  # fmt: skip

DEFINITIONS: Final = {
    "records": "read = distinct + duplicate + rejected, over all Record elements, nested ones too. "
    "Two are the same when type, source name, unit, value, start and end are. A nested Record "
    "whose twin stands at top level is a duplicate. first and last are the earliest and latest "
    "start of the accepted ones.",
    "day": "A reading belongs to the local day, in the home zone, of its start.",
    "steps": "Sources rank watch, phone, other. A reading counts for the fraction of its duration "
    "that no reading of a higher rank covers; readings of one source are summed. naive adds all.",
    "heart_rate": "mean is arithmetic. weighted: a reading weighs the seconds to the next one of "
    f"any source, also of the next day, but at most {CAP_S}; the last weighs {CAP_S}; of those "
    "that share a second only the one with the highest value weighs. Rounded to 4 digits.",
    "weight_kg": "Last reading of the day; 1 lb = 0.45359237 kg. slope: least squares over days.",
    "sleep": "Minutes by wake date in the zone of the record (HKTimeZone): one source a night "
    "(the watch's stages, else the app, else none), the union of its segments by stage. asleep is "
    "the union of all asleep stages, naive the sum of everything but Awake.",
    "workouts": "seconds excludes pauses, elapsed includes them; energy in Cal, distance in miles.",
    "rings": "ActivitySummary by the day where she was: merged active energy (as steps), minutes "
    "of exercise, hours stood.",
}


@dataclass
class Kind:
    """Counts of one type."""

    read: int = 0
    distinct: int = 0
    duplicate: int = 0
    rejected: int = 0
    first: int | None = None
    last: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """Counts, and instants in ISO 8601."""
        first, last = self.first, self.last
        return self.__dict__ | {
            "first": None if first is None else iso(first),
            "last": None if last is None else iso(last),
        }


@dataclass
class HeartDay:
    """Heart rate of one day as running sums."""

    count: int = 0
    low: float = float("inf")
    high: float = 0.0
    total: float = 0.0
    weight: int = 0
    weighted: float = 0.0


@dataclass
class Truth:
    """Everything there is to know about one generated export."""

    calendar: Calendar
    seed: int
    density: float
    kinds: dict[str, Kind] = field(default_factory=lambda: defaultdict(Kind))
    rejected: Counter[str] = field(default_factory=Counter)
    sources: dict[str, str] = field(default_factory=dict)
    steps: dict[str, list[float]] = field(default_factory=dict)
    hearts: dict[str, HeartDay] = field(default_factory=lambda: defaultdict(HeartDay))
    weights: dict[str, float] = field(default_factory=dict)
    nights: dict[str, dict[str, Any]] = field(default_factory=dict)
    workouts: list[dict[str, Any]] = field(default_factory=list)
    correlations: Counter[str] = field(default_factory=Counter)
    rings: dict[str, list[float]] = field(default_factory=dict)
    resting: dict[str, float] = field(default_factory=dict)
    _top_level: set[tuple[Any, ...]] = field(default_factory=set)
    _beat: tuple[int, float] | None = None

    def __repr__(self) -> str:
        return f"<Truth of {self.records:,} Records, {len(self.calendar.dates)} days>"

    @property
    def records(self) -> int:
        """Number of Record elements."""
        return sum(kind.read for kind in self.kinds.values())

    def read(self, kind: str, day: Day, samples: Sequence[Sample]) -> None:
        """Take in the top-level Records of one type and day; days come in order."""
        seen: set[tuple[Any, ...]] = set()
        good = [sample for sample in samples if self._count(kind, sample, seen)]
        if kind in NESTED:
            self._top_level |= seen
        if kind == vitals.HEART_RATE:
            self._heart(good)
        elif kind == activity.STEPS:
            self._steps(good)
        elif kind == body.MASS:
            for sample in good:
                factor = 1.0 if sample.unit == "kg" else body.KG_A_POUND
                self.weights[self.calendar.home_day(sample.start)] = (
                    float(sample.value or "") * factor
                )
        elif kind == vitals.RESTING:
            self.resting |= {str(day.date): float(sample.value or "") for sample in good}
        elif kind == nights.ANALYSIS:
            self._night(day, good)
        elif kind in (activity.ACTIVE, activity.EXERCISE, activity.STAND_HOUR):
            self._ring(kind, day, good)

    def nested(self, samples: Iterable[Sample]) -> None:
        """Take in the Records of one Correlation, which come after all at top level."""
        for sample in samples:
            self._count(sample.type, sample, self._top_level)

    def _count(self, name: str, sample: Sample, seen: set[tuple[Any, ...]]) -> bool:
        """Count one Record; True when it is new and sound."""
        kind = self.kinds[name]
        kind.read += 1
        self.sources.setdefault(sample.source.name, RANKS[sample.source.rank])
        if sample.flaw:
            kind.rejected += 1
            self.rejected[sample.flaw] += 1
            return False
        identity = (
            name, sample.source.name, sample.unit, sample.value, sample.start, sample.end,
        )  # fmt: skip
        if identity in seen:
            kind.duplicate += 1
            return False
        seen.add(identity)
        kind.distinct += 1
        if kind.first is None or sample.start < kind.first:
            kind.first = sample.start
        if kind.last is None or sample.start > kind.last:
            kind.last = sample.start
        return True

    def _steps(self, samples: list[Sample]) -> None:
        for sample, share in counted(samples):
            row = self.steps.setdefault(self.calendar.home_day(sample.start), [0.0] * 5)
            value = float(sample.value or "")
            row[sample.source.rank] += value
            row[3] += value
            row[4] += value * share

    def _heart(self, samples: list[Sample]) -> None:
        for at, value in sorted((sample.start, float(sample.value or "")) for sample in samples):
            day = self.hearts[self.calendar.home_day(at)]
            day.count += 1
            day.total += value
            day.low, day.high = min(day.low, value), max(day.high, value)
            self._weigh(at)
            self._beat = (at, value)

    def _weigh(self, until: int | None) -> None:
        """Give the previous reading its weight, now that the next one is known."""
        if self._beat is not None:
            at, value = self._beat
            seconds = CAP_S if until is None else min(until - at, CAP_S)
            day = self.hearts[self.calendar.home_day(at)]
            day.weight += seconds
            day.weighted += seconds * value

    def _night(self, day: Day, samples: list[Sample]) -> None:
        spans: dict[str, list[Span]] = {name: [] for name in STAGES.values()}
        for sample in samples:
            name = STAGES[(sample.value or "").removeprefix(nights.VALUE)]
            spans[name].append((sample.start, sample.end))
        if not samples:
            return
        staged = bool(spans["core"])
        asleep = ("core", "deep", "rem") if staged else ("unspecified",)
        self.nights[str(day.date)] = {
            "zone": day.zone,
            "by": "watch" if staged else "app" if spans["unspecified"] else "in bed only",
            "asleep": length_of(span for name in asleep for span in spans[name]) / 60,
            **{name: length_of(found) / 60 for name, found in spans.items()},
            "naive": sum(b - a for name in spans if name != "awake" for a, b in spans[name]) / 60,
        }

    def _ring(self, kind: str, day: Day, samples: list[Sample]) -> None:
        row = self.rings.setdefault(str(day.date), [0.0, 0, 0])
        if kind == activity.ACTIVE:
            row[0] += sum(float(s.value or "") * share for s, share in counted(samples))
        elif kind == activity.EXERCISE:
            row[1] += sum(int(s.value or "") for s in samples)
        else:
            row[2] += sum(s.value == "HKCategoryValueAppleStandHourStood" for s in samples)

    def workout(self, session: Session) -> None:
        """Take in one Workout."""
        self.workouts.append({
            "start": iso(session.start), "day": self.calendar.home_day(session.start),
            "activity": session.activity, "seconds": session.seconds,
            "elapsed": session.end - session.start, "energy": session.energy,
            "miles": session.miles, "place": session.place,
        })  # fmt: skip

    def finish(self) -> None:
        """Close what waits for a next reading; call once, after the last."""
        self._weigh(None)
        self._beat = None
