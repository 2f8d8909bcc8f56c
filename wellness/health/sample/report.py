"""truth.json: the answers of a Truth as JSON, one line for each day, night and workout."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date, timedelta
from statistics import fmean
from typing import Any

from wellness.health.sample import story
from wellness.health.sample.body import KG_A_POUND
from wellness.health.sample.timeline import iso
from wellness.health.sample.truth import DEFINITIONS, HeartDay, Truth

Json = dict[str, Any]


def as_dict(truth: Truth) -> Json:
    """All answers, with their definitions; sorted by day."""
    calendar = truth.calendar
    return {
        "about": {
            "generator": "wellness-sample",
            "synthetic": "Ann is invented; this is nobody's health.",
            "seed": truth.seed,
            "days": len(calendar.dates),
            "density": truth.density,
            "home": story.HOME,
            "export_date": iso(calendar.until),
            "first_day": str(calendar.dates[0]),
            "last_day": str(calendar.dates[-1]),
        },
        "definitions": DEFINITIONS,
        "records": {
            "read": truth.records,
            "distinct": sum(kind.distinct for kind in truth.kinds.values()),
            "duplicate": sum(kind.duplicate for kind in truth.kinds.values()),
            "rejected": dict(sorted(truth.rejected.items())),
        },
        "by_type": {name: kind.as_dict() for name, kind in sorted(truth.kinds.items())},
        "sources": dict(sorted(truth.sources.items())),
        "correlations": dict(sorted(truth.correlations.items())),
        "workouts": _workouts(truth),
        "rings": _table(("energy", "exercise", "stood"), truth.rings),
        "steps": _steps(truth),
        "heart_rate": {day: _heart(row) for day, row in sorted(truth.hearts.items())},
        "resting_heart_rate": truth.resting,
        "weight_kg": _weight(truth),
        "sleep": {day: _rounded(row) for day, row in sorted(truth.nights.items())},
        "story": _story(truth),
    }


def to_json(truth: Truth) -> str:
    """The answers as JSON text: a section a paragraph, a row a line."""
    sections = []
    for name, section in as_dict(truth).items():
        rows = [f"  {json.dumps(key)}: {_compact(value)}" for key, value in section.items()]
        sections.append(f"{json.dumps(name)}: {{\n" + ",\n".join(rows) + "\n}")
    return "{\n" + ",\n".join(sections) + "\n}\n"


def _compact(value: Any) -> str:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[\n" + ",\n".join(f"    {_compact(row)}" for row in value) + "\n  ]"
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _round(value: float, digits: int = 4) -> float | int:
    rounded = round(value, digits)
    return int(rounded) if rounded == int(rounded) else rounded


def _rounded(row: Json) -> Json:
    return {k: v if isinstance(v, str) else _round(v, 2) for k, v in row.items()}


def _table(names: tuple[str, ...], rows: dict[str, list[float]]) -> Json:
    return {
        day: dict(zip(names, (_round(v) for v in row), strict=True))
        for day, row in sorted(rows.items())
    }


def _heart(row: HeartDay) -> Json:
    return {
        "count": row.count,
        "min": _round(row.low),
        "max": _round(row.high),
        "mean": _round(row.total / row.count),
        "weighted": _round(row.weighted / row.weight) if row.weight else None,
    }


def _steps(truth: Truth) -> Json:
    months: dict[str, float] = defaultdict(float)
    for day, row in truth.steps.items():
        months[day[:7]] += row[4]
    return {
        "by_day": _table(("watch", "phone", "other", "naive", "merged"), truth.steps),
        "merged_by_month": {month: _round(total) for month, total in sorted(months.items())},
    }


def _workouts(truth: Truth) -> Json:
    by_activity: dict[str, Json] = {}
    by_month: dict[str, Json] = {}
    for row in truth.workouts:
        for table, key in ((by_activity, row["activity"]), (by_month, row["day"][:7])):
            cell = table.setdefault(key, {"count": 0, "seconds": 0})
            cell["count"] += 1
            cell["seconds"] += row["seconds"]
    return {
        "count": len(truth.workouts),
        "by_activity": dict(sorted(by_activity.items())),
        "by_month": by_month,
        "each": truth.workouts,
    }


def _weight(truth: Truth) -> Json:
    weights = dict(sorted(truth.weights.items()))
    return {
        "by_day": {day: _round(kg) for day, kg in weights.items()},
        "slope_kg_per_week": _slope(weights),
    }


def _slope(by_day: dict[str, float]) -> float | None:
    """Least squares over days, in kg a week."""
    if len(by_day) < 2:
        return None
    days = [date.fromisoformat(day).toordinal() for day in by_day]
    middle, mean = fmean(days), fmean(by_day.values())
    spread = sum((day - middle) ** 2 for day in days)
    product = sum((d - middle) * (kg - mean) for d, kg in zip(days, by_day.values(), strict=True))
    return _round(7 * product / spread, 5)


def _story(truth: Truth) -> Json:
    dates = truth.calendar.dates
    chapters: Json = {
        chapter.name: {
            "first": str(chapter.first),
            "last": None if chapter.last == date.max else str(chapter.last),
            "fact": chapter.fact,
            "said": chapter.said,
        }
        for chapter in story.STORY
        if chapter.first <= dates[-1] and chapter.last >= dates[0]
    }
    if "goal" in chapters:
        target = story.GOAL_LB * KG_A_POUND
        light = (day for day, kg in sorted(truth.weights.items()) if kg <= target)
        reached = next((day for day in light if day >= str(story.GOAL.first)), None)
        chapters["goal"] |= {"target_kg": _round(target), "reached": reached}
    if "injury" in chapters:
        chapters["injury"] |= {
            "mean_merged_steps": _around({day: row[4] for day, row in truth.steps.items()}),
            "mean_resting_heart_rate": _around(truth.resting),
        }
    return chapters


def _around(by_day: dict[str, float]) -> dict[str, float | None]:
    """Means of the six weeks before, of and after the injury."""
    length = story.INJURY.last - story.INJURY.first + timedelta(days=1)
    means: dict[str, float | None] = {}
    for name, shift in (("before", -length), ("during", timedelta()), ("after", length)):
        window = (str(story.INJURY.first + shift), str(story.INJURY.last + shift))
        values = [value for day, value in by_day.items() if window[0] <= day <= window[1]]
        means[name] = _round(fmean(values), 2) if values else None
    return means
