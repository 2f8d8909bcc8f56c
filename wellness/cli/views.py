"""How answers look: a table for people, a dictionary for scripts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from wellness.cli.console import number, table, write, write_json
from wellness.health import workouts as workout_totals
from wellness.health.items import Workout
from wellness.health.periods import Period
from wellness.health.report import ImportReport
from wellness.health.rollups import midnight
from wellness.health.sleep import Night
from wellness.health.statistics import Statistic, Summary
from wellness.health.store import MetricInfo


def nothing(what: str) -> str:
    """What to say of an empty period."""
    return f"  There are no {what} in this period; `wellness metrics` says what there is."


@dataclass(frozen=True)
class Frame:
    """What frames each answer: whose data, which period, and what now is."""

    user: str
    period: Period
    now: datetime
    now_from: str

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the period."""
        zone = self.period.start.tzinfo
        assert isinstance(zone, ZoneInfo)
        return zone

    def head(self, what: str) -> None:
        """What is shown, for when, and what "now" is."""
        write(f"{what} of {self.user}, {self.period.label} ({self.zone.key})")
        write(f"now is {self.now.isoformat(timespec='minutes')}, {self.now_from}\n")

    def to_dict(self) -> dict[str, Any]:
        """The frame of a JSON answer."""
        return {
            "user": self.user,
            "period": {
                "phrase": self.period.phrase,
                "label": self.period.label,
                "start": self.period.start.isoformat(),
                "end": self.period.end.isoformat(),
            },
            "zone": self.zone.key,
            "now": self.now.isoformat(),
            "now_from": self.now_from,
        }


def show_import(report: ImportReport) -> None:
    """The report of an import."""
    write(f"{report.path}: {report.read:,} records read for {report.user}")
    if report.sample:
        write("  this is the kit's sample: an invented person")
    if report.read and not report.stored:
        write("  nothing new: every reading was there already")
    write(f"  {report.stored:,} stored, {report.duplicate:,} there already, or twice in it")
    for reason, count in sorted(report.rejected.items()):
        write(f"  {count:,} rejected: {reason}")
    write(
        f"  {report.workouts:,} new workouts, {report.activity_days:,} days of activity rings, "
        f"{report.rollup_days:,} daily rollups written"
    )
    write(f"  days end at midnight in {report.zone} ({report.zone_from}; --zone changes it)")
    if not report.complete:
        write(f"INCOMPLETE: {report.problem}. What was read is kept; import a whole export again.")


def show_summary(frame: Frame, summary: Summary, *, as_json: bool) -> None:
    """A metric over a period."""
    how = summary.metric.aggregation.value
    if as_json:
        write_json({
            **frame.to_dict(),
            "metric": summary.metric.name,
            "type": summary.metric.type,
            "aggregation": how,
            "unit": summary.unit,
            "overall": _statistic(summary.overall, frame.zone),
            "buckets": [_statistic(bucket, frame.zone) for bucket in summary.buckets],
            "by_source": summary.by_source,
            "notes": summary.notes,
        })  # fmt: skip
        return
    frame.head(f"{summary.metric.name} ({how}, in {summary.unit or 'no unit'})")
    rows = [*summary.buckets, summary.overall] if len(summary.buckets) != 1 else summary.buckets
    labels = [bucket.start.isoformat() for bucket in summary.buckets]
    labels += ["all"] * (len(rows) - len(labels))
    table(
        ("from", "value", "mean", "lowest", "highest", "readings"),
        [
            (
                label, number(row.value), number(row.mean), number(row.minimum),
                number(row.maximum), f"{row.readings:,}",
            )
            for label, row in zip(labels, rows, strict=True)
        ],
    )  # fmt: skip
    write("")
    for source, value in summary.by_source.items():
        write(f"  {source}: {number(value)}")
    if summary.overall.naive_total is not None and len(summary.by_source) > 1:
        write(f"  all sources added up without merging: {number(summary.overall.naive_total)}")
    for note in summary.notes:
        write(f"  {note}")
    if not summary.overall.readings:
        write(nothing("readings"))


def _statistic(statistic: Statistic, zone: ZoneInfo) -> dict[str, Any]:
    def iso(day: date) -> str:
        return datetime.fromtimestamp(midnight(day, zone), zone).isoformat()

    fields = {name: getattr(statistic, name) for name in statistic.__dataclass_fields__}
    return {**fields, "start": iso(statistic.start), "end": iso(statistic.end)}


def show_nights(frame: Frame, nights: Sequence[Night], *, as_json: bool) -> None:
    """Sleep, one row a night, by the date of waking."""
    if as_json:
        rows = [
            {
                "date": night.date.isoformat(),
                "source": night.source,
                "start": night.start.isoformat(),
                "end": night.end.isoformat(),
                "asleep_s": night.asleep_s,
                "in_bed_s": night.in_bed_s,
                "stages_s": night.stages,
            }
            for night in nights
        ]
        write_json({**frame.to_dict(), "metric": "SleepAnalysis", "unit": "s", "nights": rows})
        return
    frame.head("Sleep (by the date of waking; one source a night)")
    if not nights:
        write(nothing("nights"))
        return
    table(
        ("woke", "asleep", "in bed", "from", "to", "source"),
        [
            (
                night.date.isoformat(), duration(night.asleep_s), duration(night.in_bed_s),
                f"{night.start:%H:%M}", f"{night.end:%H:%M}", night.source,
            )
            for night in nights
        ],
    )  # fmt: skip
    known = [night.asleep_s for night in nights if night.asleep_s is not None]
    if known:
        mean = sum(known) / len(known)
        write(f"\n  mean {duration(mean)} asleep over {len(known)} nights")
    if len(known) < len(nights):
        write(f"  {len(nights) - len(known)} nights with time in bed only: sleep is not known")
    first, last = nights[0].date, nights[-1].date
    if missing := (last - first).days + 1 - len(nights):
        write(f"  no record of {missing} of the nights between the first and the last")


def duration(seconds: float | None) -> str:
    """Hours and minutes; a dash for what is not known.

    >>> duration(27_120)
    '7 h 32 min'
    """
    if seconds is None:
        return "-"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes:02} min"


def show_workouts(frame: Frame, found: Sequence[Workout], *, as_json: bool) -> None:
    """Workouts, one row an activity."""
    totals = workout_totals.by_activity(found)
    if as_json:
        rows = [{**vars(entry)} for entry in totals]
        write_json({**frame.to_dict(), "metric": "workouts", "count": len(found), "totals": rows})
        return
    frame.head(f"{len(found)} workouts (time without pauses)")
    if not found:
        write(nothing("workouts"))
        return
    table(
        ("activity", "times", "duration", "distance m", "energy kcal"),
        [
            (
                entry.activity, f"{entry.count:,}", duration(entry.duration_s),
                number(entry.distance_m), number(entry.energy_kcal),
            )
            for entry in totals
        ],
    )  # fmt: skip


def show_metrics(infos: Sequence[MetricInfo], zone: ZoneInfo, *, as_json: bool) -> None:
    """What is stored, one row a metric."""

    def at(instant: int) -> datetime:
        return datetime.fromtimestamp(instant, zone)

    if as_json:
        write_json([
            {
                "metric": info.metric.name,
                "type": info.metric.type,
                "count": info.readings,
                "first": at(info.first).isoformat(),
                "last": at(info.last).isoformat(),
                "unit": info.unit,
                "aggregation": info.metric.aggregation.value,
                "sources": list(info.sources),
            }
            for info in infos
        ])  # fmt: skip
        return
    table(
        ("metric", "count", "first", "last", "unit", "sources"),
        [
            (
                info.metric.name, f"{info.readings:,}", at(info.first).date().isoformat(),
                at(info.last).date().isoformat(), info.unit, ", ".join(info.sources),
            )
            for info in infos
        ],
    )  # fmt: skip
