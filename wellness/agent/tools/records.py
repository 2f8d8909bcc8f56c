"""Single readings: the latest one, or those of a period. Of totals and sleep, days and nights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import numpy as np

from wellness.agent.past_events import of_days
from wellness.agent.tools import defaults, wording
from wellness.agent.tools.arguments import Records
from wellness.agent.tools.daily import Daily, daily
from wellness.agent.tools.desk import NONE_NAMED, Desk, Stored
from wellness.agent.tools.draft import Draft
from wellness.agent.tools.metrics import describe_all, did
from wellness.agent.tools.said import Said, is_total, said
from wellness.agent.tools.sleep import describe_nights
from wellness.agent.tools.spans import Span
from wellness.health import units
from wellness.health.catalogue import SLEEP, find
from wellness.health.readings import Readings

SYSTOLIC, DIASTOLIC = "BloodPressureSystolic", "BloodPressureDiastolic"
LOOK_BACK_DAYS = 14  # for a last night of which more than the time in bed is known


class Shown(NamedTuple):
    """A reading as it is shown: in local time, in the unit that is said."""

    at: datetime
    value: float
    source: str


def search_health_records_by_metric(desk: Desk, arguments: Records) -> Draft:
    """Single readings of a period, or the latest one."""
    stored = desk.metric(arguments.metric)
    draft = Draft()
    if arguments.period is None:
        span = _latest_span(desk, stored)
        find_one = _latest_reading
    else:
        span = desk.span(arguments.period)
        find_one = _readings
    draft.take(span)
    if stored.metric.type == SLEEP:
        describe_nights(desk, draft, stored, span, latest=not span.named)
    elif is_total(stored.metric):
        _days(draft, daily(desk, stored, span))
    else:
        find_one(desk, draft, stored, span)
    return draft


def _latest_span(desk: Desk, stored: Stored) -> Span:
    """The last day of which there is something."""
    nights = stored.metric.type == SLEEP
    first = stored.last - timedelta(days=LOOK_BACK_DAYS if nights else 0)
    what = "night" if nights else "day" if is_total(stored.metric) else "reading"
    period = of_days(first, stored.last + timedelta(days=1), f"the latest {what}", desk.zone)
    because = f"{NONE_NAMED}: the latest {what}"
    return Span(period, desk.now, period.phrase, because, named=False)


def _days(draft: Draft, found: Daily) -> None:
    """Totals by day."""
    if not found.dates:
        raise found.nothing()
    draft.samples = found.readings
    describe_all(draft, found)
    rows = list(zip(found.dates, found.values, strict=True))[-defaults.ROWS :]
    draft.data["days"] = [{"date": day.isoformat(), "value": round(v, 2)} for day, v in rows]
    if not found.span.named:
        value = draft.value(found.said, rows[-1][1], "latest", found.span.label)
        on = draft.day(rows[-1][0])
        today = ", today, which is not over" if found.today_unfinished else ""
        draft.say(f"the latest day with data is {on}{today}: {did(found, value)}.")
    elif len(rows) <= defaults.SPOKEN_ROWS and len(rows) == len(found.dates):
        texts = [
            f"{draft.value(found.said, v, 'sum', wording.day(day))} on {draft.day(day)}"
            for day, v in rows
        ]
        draft.say(f"your {found.said.noun} {found.span.words}: {wording.listed(texts)}.")
    else:
        total = draft.value(found.said, found.total, "sum", found.span.label)
        draft.say(
            f"{did(found, total)} {found.span.words}, on "
            f"{draft.count(len(found.dates), 'day', period=found.span.label)}."
        )
    draft.note(*found.gaps())


def _latest_reading(desk: Desk, draft: Draft, stored: Stored, span: Span) -> None:
    how, rows = shown(desk, stored, desk.store.latest(stored.metric.type, defaults.SPOKEN_ROWS))
    if not rows:
        raise stored.nothing_in(span)
    draft.samples = len(rows)
    latest, pressure = rows[-1], _pressure(desk, stored, rows)
    value = _text(draft, how, latest, "latest", pressure)
    on = draft.day(latest.at.date())
    ago = (desk.today - latest.at.date()).days
    near = {0: "today, ", 1: "yesterday, "}.get(ago, "")
    noun = "blood pressure" if pressure else how.noun
    draft.say(f"your latest {noun} is {value}, of {near}{on} at {_time(draft, latest)}.")
    draft.enter("days ago", ago, "days", role="age")
    if len(rows) > 1:
        before = rows[-2]
        value = _text(draft, how, before, "previous", pressure)
        draft.say(f"the one before was {value}, on {draft.day(before.at.date())}.")
    _list(draft, how, rows, pressure)


def _readings(desk: Desk, draft: Draft, stored: Stored, span: Span) -> None:
    found = daily(desk, stored, span)
    if not found.dates:
        raise stored.nothing_in(span)
    draft.samples = found.readings
    describe_all(draft, found)
    how, rows = shown(desk, stored, latest_in(desk, stored, span, defaults.ROWS))
    pressure = _pressure(desk, stored, rows)
    noun = "blood pressure" if pressure else how.noun
    many = draft.count(found.readings, "reading", period=span.label)
    if len(rows) == found.readings <= defaults.SPOKEN_ROWS:
        texts = [
            f"{_text(draft, how, row, 'reading', pressure)} on {draft.day(row.at.date())}"
            f" at {_time(draft, row)}"
            for row in rows
        ]
        are = "is" if len(texts) == 1 else "are"
        draft.say(f"there {are} {many} of your {noun} {span.words}: {wording.listed(texts)}.")
    else:
        low = draft.value(how, min(found.lows), "minimum", span.label)
        high = draft.value(how, max(found.highs), "maximum", span.label)
        latest = _text(draft, how, rows[-1], "latest", pressure)
        draft.say(
            f"there are {many} of your {noun} {span.words}, between {low} and {high}; the "
            f"latest is {latest}, on {draft.day(rows[-1].at.date())} at {_time(draft, rows[-1])}."
        )
    _list(draft, how, rows, pressure)
    draft.note(*found.notes)


def latest_in(desk: Desk, stored: Stored, span: Span, n: int) -> Readings:
    """The last `n` readings of a span: a part of the sorted set, from its end."""
    type, store = stored.metric.type, desk.store
    members: Any = store.client.zrange(
        store.keys.readings(type), span.period.end_s - 1, span.period.start_s,
        desc=True, byscore=True, offset=0, num=n,
    )  # fmt: skip
    return Readings(type, members[::-1], store.tags(type))


def shown(desk: Desk, stored: Stored, readings: Readings) -> tuple[Said, list[Shown]]:
    """Readings in the unit of the latest of all; those that cannot be converted are left out."""
    latest = desk.store.latest(stored.metric.type)
    unit = latest.tag_of(0).unit
    unit = "percent" if unit == "%" else unit
    how = said(stored.metric, unit)
    values = readings.in_unit(unit) * how.factor
    return how, [
        Shown(datetime.fromtimestamp(start, desk.zone), value, readings.tag_of(at).source)
        for at, (start, value) in enumerate(
            zip(readings.starts.tolist(), values.tolist(), strict=True)
        )
        if not np.isnan(value)
    ]


def _pressure(desk: Desk, stored: Stored, rows: Sequence[Shown]) -> dict[int, float]:
    """Of a blood pressure, its lower value by the moment of measuring."""
    if stored.metric.name != SYSTOLIC or not rows:
        return {}
    first, last = (int(row.at.timestamp()) for row in (rows[0], rows[-1]))
    found = desk.store.range(find(DIASTOLIC).type, first, last + 1)
    unit = units.unit("mmHg").base
    return dict(zip(found.starts.tolist(), found.in_unit(unit).tolist(), strict=True))


def _text(draft: Draft, how: Said, row: Shown, role: str, pressure: dict[int, float]) -> str:
    """A reading's value; a blood pressure with both."""
    on = wording.day(row.at.date())
    value = draft.value(how, row.value, role, on)
    lower = pressure.get(int(row.at.timestamp()))
    if lower is None or how.unit != "mmHg":
        return value
    diastolic = replace(how, metric=DIASTOLIC, noun="diastolic blood pressure")
    low = draft.value(diastolic, lower, role, on)
    return f"{value.removesuffix(' mmHg')}/{low}"


def _time(draft: Draft, row: Shown) -> str:
    """When on its day it was measured; entered."""
    minutes = 60 * row.at.hour + row.at.minute
    draft.enter("time of the reading", minutes, "clock", period=wording.day(row.at.date()))
    return wording.clock(minutes)


def _list(draft: Draft, how: Said, rows: Sequence[Shown], pressure: dict[int, float]) -> None:
    """The readings as data, newest first."""
    draft.data["readings"] = [
        {
            "at": row.at.isoformat(),
            "value": round(row.value, 4),
            "unit": how.unit,
            "source": wording.clean(row.source, 60),
            **({"diastolic": low} if (low := pressure.get(int(row.at.timestamp()))) else {}),
        }
        for row in reversed(rows[-defaults.ROWS :])
    ]
