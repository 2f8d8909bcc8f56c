"""Elements of export.xml as text, in Apple's attribute order and with Apple's habits.

Each timestamp carries the UTC offset that is in force on the phone when it exports, whatever was
in force on the day it tells of.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final
from xml.sax.saxutils import escape
from zlib import crc32

from wellness.health.sample.body import Group
from wellness.health.sample.person import DAY, HOUR, MINUTE, Day, Session
from wellness.health.sample.sources import Metadata, Sample, Source, watch
from wellness.health.sample.timeline import Calendar

HEAD: Final = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE HealthData [
<!-- HealthKit Export Version: 14 -->
<!ELEMENT HealthData (ExportDate,Me,(Record|Correlation|Workout|ActivitySummary)*)>
<!ATTLIST HealthData
  locale CDATA #REQUIRED
  generator CDATA #IMPLIED
>
<!ELEMENT ExportDate EMPTY>
<!ATTLIST ExportDate
  value CDATA #REQUIRED
>
<!ELEMENT Me EMPTY>
<!ELEMENT Record ((MetadataEntry|HeartRateVariabilityMetadataList)*)>
<!ATTLIST Record
  type CDATA #REQUIRED
  sourceName CDATA #REQUIRED
  sourceVersion CDATA #IMPLIED
  device CDATA #IMPLIED
  unit CDATA #IMPLIED
  creationDate CDATA #IMPLIED
  startDate CDATA #REQUIRED
  endDate CDATA #REQUIRED
  value CDATA #IMPLIED
>
<!-- A Record inside a Correlation usually stands at top level, too. -->
<!ELEMENT Correlation ((MetadataEntry|Record)*)>
<!ELEMENT Workout ((MetadataEntry|WorkoutEvent|WorkoutActivity|WorkoutStatistics|WorkoutRoute)*)>
<!ATTLIST Workout
  workoutActivityType CDATA #REQUIRED
  duration CDATA #IMPLIED
>
  durationUnit CDATA #IMPLIED
<!ELEMENT WorkoutRoute ((MetadataEntry|FileReference)*)>
<!ELEMENT MetadataEntry EMPTY>
<!ATTLIST MetadataEntry
  key CDATA #REQUIRED
  value CDATA #REQUIRED
>
]>
"""

NARROW_SPACE: Final = "\u202f"  # stands before AM and PM since iOS 17


class Markup:
    """Writes elements with the offset of one export; `calendar` knows it."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self.stamp = calendar.stamp

    def head(self, born: str) -> str:
        """Everything before the first Record; the DTD has a stray line, as Apple's has errors."""
        none = "HKBloodTypeNotSet"
        return (
            f'{HEAD}<HealthData locale="en_US" generator="wellness-sample">\n'
            f' <ExportDate value="{self.stamp(self.calendar.until)}"/>\n'
            f' <Me HKCharacteristicTypeIdentifierDateOfBirth="{born}"'
            f' HKCharacteristicTypeIdentifierBiologicalSex="HKBiologicalSexFemale"'
            f' HKCharacteristicTypeIdentifierBloodType="{none}"'
            ' HKCharacteristicTypeIdentifierFitzpatrickSkinType="HKFitzpatrickSkinTypeNotSet"'
            ' HKCharacteristicTypeIdentifierCardioFitnessMedicationsUse="None"/>\n'
        )

    def record(self, sample: Sample, day: Day, indent: str = " ") -> str:
        """One Record, with its metadata and beats."""
        stamp = self.stamp
        origin = _origin(sample.type, _week(day), sample.source, sample.unit)
        start = stamp(sample.start)
        end = start if sample.end == sample.start else stamp(sample.end)
        value = "" if sample.value is None else f' value="{sample.value}"'
        opened = (
            f'{indent}<Record type="{sample.type}" {origin}'
            f'creationDate="{stamp(sample.created)}" startDate="{start}" endDate="{end}"{value}'
        )
        if not sample.metadata and not sample.beats:
            return f"{opened}/>\n"
        beats = self._beats(sample.beats, indent)
        return f"{opened}>\n{_entries(sample.metadata, indent)}{beats}{indent}</Record>\n"

    def _beats(self, beats: Iterable[tuple[int, float]], indent: str) -> str:
        lines = [
            f'{indent} <InstantaneousBeatsPerMinute bpm="{rate}" time="{self._clock(at)}"/>\n'
            for rate, at in beats
        ]
        tag = "HeartRateVariabilityMetadataList"
        return f"{indent} <{tag}>\n{indent}{indent.join(lines)}{indent} </{tag}>\n" if lines else ""

    def _clock(self, at: float) -> str:
        """Time of day as an American phone shows it, to a hundredth of a second."""
        second = (at + self.calendar.offset) % DAY
        hour, minute = int(second // HOUR), int(second % HOUR // MINUTE)
        hundredths = int(second % MINUTE * 100) / 100
        half = "AM" if hour < 12 else "PM"
        return f"{(hour + 11) % 12 + 1}:{minute:02d}:{hundredths:05.2f}{NARROW_SPACE}{half}"

    def correlation(self, group: Group, day: Day) -> str:
        """A Correlation and the Records in it."""
        first = group.members[0]
        members = "".join(self.record(member, day, "  ") for member in group.members)
        return (
            f' <Correlation type="{group.type}" {_origin(group.type, _week(day), first.source, "")}'
            f'creationDate="{self.stamp(first.created)}" startDate="{self.stamp(first.start)}" '
            f'endDate="{self.stamp(first.end)}">\n{_entries(group.metadata, " ")}{members}'
            " </Correlation>\n"
        )

    def workout(
        self, session: Session, day: Day, statistics: Iterable[tuple[str, str]], route: str
    ) -> str:
        """A Workout as iOS 16 writes it: totals in WorkoutStatistics, repeated by its activity."""
        start, end = self.stamp(session.start), self.stamp(session.end)
        duration = f'duration="{session.seconds / MINUTE!r}" durationUnit="min"'
        kind = f"HKWorkoutActivityType{session.activity}"
        figures = [
            f'<WorkoutStatistics type="{name}" startDate="{start}" endDate="{end}" {numbers}/>\n'
            for name, numbers in statistics
        ]
        indoor = (("HKIndoorWorkout", "0" if session.activity == "Running" else "1"),)
        brand = (("HKWorkoutBrandName", session.place),) if session.place else ()
        metadata = (*indoor, *brand, ("HKTimeZone", day.zone), *indoor)  # Apple repeats keys
        uuid = f"{day.rng('uuid').getrandbits(128):032X}"
        uuid = "-".join((uuid[:8], uuid[8:12], uuid[12:16], uuid[16:20], uuid[20:]))
        origin = _origin(kind, _week(day), watch(day.date), "")
        return (
            f' <Workout workoutActivityType="{kind}" {duration} {origin}'
            f'creationDate="{self.stamp(session.end + 8)}" startDate="{start}" endDate="{end}">\n'
            f"{_entries(metadata, ' ')}{self._events(session)}"
            f'  <WorkoutActivity uuid="{uuid}" startDate="{start}" endDate="{end}" {duration}>\n'
            f"   {'   '.join(figures)}  </WorkoutActivity>\n"
            f"  {'  '.join(figures)}{self._route(route, session)} </Workout>\n"
        )

    def _events(self, session: Session) -> str:
        minutes = (session.end - session.start) / MINUTE
        lines = [
            f'  <WorkoutEvent type="HKWorkoutEventTypeSegment" date="{self.stamp(session.start)}"'
            f' duration="{minutes!r}" durationUnit="min"/>\n'
        ]
        for name, at in zip(("Pause", "Resume"), session.pause or (), strict=False):
            date = self.stamp(at)
            lines.append(f'  <WorkoutEvent type="HKWorkoutEventType{name}" date="{date}"/>\n')
        return "".join(lines)

    def _route(self, path: str, session: Session) -> str:
        if not path:
            return ""
        start, end = self.stamp(session.start), self.stamp(session.end)
        return (
            f'  <WorkoutRoute sourceName="Ann’s Apple\u00a0Watch" startDate="{start}"'
            f' endDate="{end}">\n   <FileReference path="{path}"/>\n  </WorkoutRoute>\n'
        )


def summary(day: Day, energy: float, exercise: int, stood: int) -> str:
    """An ActivitySummary: the three rings of a day with their goals."""
    return (
        f' <ActivitySummary dateComponents="{day.date}" activeEnergyBurned="{energy:.3f}"'
        ' activeEnergyBurnedGoal="480" activeEnergyBurnedUnit="Cal" appleMoveTime="0"'
        f' appleMoveTimeGoal="0" appleExerciseTime="{exercise}" appleExerciseTimeGoal="30"'
        f' appleStandHours="{stood}" appleStandHoursGoal="12"/>\n'
    )


@lru_cache(maxsize=1024)
def _origin(kind: str, week: int, source: Source, unit: str) -> str:
    """The attributes that say who wrote it; the device carries an address that means nothing."""
    name = escape(source.name, {'"': "&quot;"})
    about = ""
    if source.device:
        address = 0x280000000 + crc32(f"{kind}{week}{source.name}".encode()) % 0x400000 * 32
        about = f'device="&lt;&lt;HKDevice: {address:#x}&gt;, {source.device}&gt;" '
    measured = f'unit="{unit}" ' if unit else ""
    return f'sourceName="{name}" sourceVersion="{source.version}" {about}{measured}'


def _week(day: Day) -> int:
    return day.date.toordinal() // 7


@lru_cache(maxsize=1024)
def _entries(metadata: Metadata, indent: str) -> str:
    return "".join(
        f'{indent} <MetadataEntry key="{key}" value="{escape(value)}"/>\n'
        for key, value in metadata
    )
