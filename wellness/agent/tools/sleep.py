"""Sleep of a period: how much, in which stages, from when to when."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta

from wellness.agent.past_events import of_days
from wellness.agent.tools import defaults, wording
from wellness.agent.tools.arguments import Sleep
from wellness.agent.tools.desk import Desk, Stored
from wellness.agent.tools.draft import Draft
from wellness.agent.tools.said import Said, said
from wellness.agent.tools.spans import Span
from wellness.health import sleep
from wellness.health.sleep import Night

STAGES = {"AsleepDeep": "deep", "AsleepREM": "REM", "AsleepCore": "core"}
AWAKE = "Awake"


def get_sleep_analysis(desk: Desk, arguments: Sleep) -> Draft:
    """How much the person slept; a night belongs to the day of waking."""
    stored = desk.metric("SleepAnalysis")
    span = desk.span(arguments.period, defaults.SLEEP_PERIOD)
    draft = Draft()
    draft.take(span)
    describe_nights(desk, draft, stored, span)
    return draft


def describe_nights(
    desk: Desk, draft: Draft, stored: Stored, span: Span, *, latest: bool = False
) -> None:
    """Enter the nights of a span into a draft.

    Args:
        latest: only the last one of which it is known how long it was.

    Raises:
        NoReadings: there are none.
    """
    nights = sleep.nights(desk.store, span.period)
    if not nights:
        raise stored.nothing_in(span)
    known = [night for night in nights if night.asleep_s is not None]
    if latest:
        nights = known = known[-1:] or nights[-1:]
    how = said(stored.metric, "min")
    draft.data["nights"] = [_row(night) for night in reversed(nights[-defaults.ROWS :])]
    draft.samples = len(known)
    if not known or known[-1].asleep_s is None:
        _in_bed_only(draft, how, nights[-1], span)
        if last := _before(desk, nights[0]):
            draft.say("the last night that is known in full:")
            _one(draft, how, last, span, named=False)
    elif len(known) == 1:
        _one(draft, how, known[0], span, named=not latest)
    else:
        _several(draft, how, known, span)
    if not latest:
        _gaps(draft, stored, nights, known, span)


def _one(draft: Draft, how: Said, night: Night, span: Span, *, named: bool = True) -> None:
    label = wording.day(night.date)
    asleep = draft.value(how, _minutes(night), "sum", label)
    start = _clock(draft, _of_day(night.start), "asleep from", label)
    end = _clock(draft, _of_day(night.end), "asleep until", label)
    when = f"{span.words}: " if named else ""
    draft.say(
        f"{when}you slept {asleep} in the night to {draft.day(night.date)}, from {start} to {end}."
    )
    if parts := _stages(draft, how, [night], label):
        draft.say(f"that is {wording.listed(parts)}.")
    draft.value(how, night.in_bed_s / 60, "in bed", label, "time in bed")
    if awake := night.stages.get(AWAKE):
        draft.value(how, awake / 60, "awake", label, "awake in between")


def _several(draft: Draft, how: Said, known: Sequence[Night], span: Span) -> None:
    label = span.label
    minutes = [_minutes(night) for night in known]
    average = draft.value(how, sum(minutes) / len(minutes), "average", label)
    nights = draft.count(len(known), "night", period=label)
    draft.value(how, sum(minutes), "sum", label)
    by_length = sorted(known, key=_minutes)
    shortest, longest = by_length[0], by_length[-1]
    low = draft.value(how, _minutes(shortest), "minimum", label)
    high = draft.value(how, _minutes(longest), "maximum", label)
    draft.say(
        f"you slept {average} a night on average {span.words}, over {nights}: the longest was "
        f"{high}, to {draft.day(longest.date)}, the shortest {low}, to {draft.day(shortest.date)}."
    )
    parts = _stages(draft, how, known, label)
    bedtime = _clock(draft, _around([_of_day(night.start) for night in known]), "bedtime", label)
    waking = _clock(draft, _around([_of_day(night.end) for night in known]), "waking", label)
    staged = f"of it {wording.listed(parts)} a night; " if parts else ""
    draft.say(f"{staged}asleep from about {bedtime} to {waking}.")


def _stages(draft: Draft, how: Said, nights: Sequence[Night], label: str) -> list[str]:
    """Average time in each stage, of the nights that have stages."""
    staged = [night for night in nights if any(stage in night.stages for stage in STAGES)]
    found = []
    for stage, name in STAGES.items():
        if staged:
            minutes = sum(night.stages.get(stage, 0) for night in staged) / 60 / len(staged)
            value = draft.value(how, minutes, "average", label, f"{name} sleep")
            found.append(f"{value} {name}")
    return found


def _in_bed_only(draft: Draft, how: Said, night: Night, span: Span) -> None:
    in_bed = draft.value(how, night.in_bed_s / 60, "in bed", span.label, "time in bed")
    draft.say(
        f"how long you slept {span.words} is not known: there is only the time in bed, {in_bed}, "
        f"to {draft.day(night.date)}."
    )


def _before(desk: Desk, night: Night) -> Night | None:
    """The last night before one of which more than the time in bed is known."""
    period = of_days(night.date - timedelta(days=defaults.ROWS), night.date, "", desk.zone)
    found = [one for one in sleep.nights(desk.store, period) if one.asleep_s is not None]
    return found[-1] if found else None


def _gaps(
    draft: Draft, stored: Stored, nights: Sequence[Night], known: Sequence[Night], span: Span
) -> None:
    if unknown := len(nights) - len(known):
        more = wording.counted(unknown, "more night")
        draft.note(f"Of {more} only the time in bed is known; left out.")
    first = max(span.first, stored.first)
    missing = (min(span.last, span.today) - first).days + 1 - len(nights)
    if missing > 0 and span.whole:
        draft.note(f"{wording.counted(missing, 'night')} without any data.")
    if len(known) < defaults.FEW and len(nights) > 1:
        draft.note(f"Only {wording.counted(len(known), 'night')} with data.")


def _minutes(night: Night) -> float:
    return (night.asleep_s or 0) / 60


def _of_day(at: datetime) -> float:
    return at.hour * 60 + at.minute + at.second / 60


def _clock(draft: Draft, minutes: float, about: str, label: str) -> str:
    """A time of day, entered as minutes after midnight."""
    draft.enter(about, minutes, "clock", metric="SleepAnalysis", role="average", period=label)
    return wording.clock(minutes)


def _around(minutes: Sequence[float]) -> float:
    """The mean of times of day, which go round: of 23:00 and 01:00 it is midnight.

    The direction of the mean vector (Fisher, Statistical Analysis of Circular Data, 1993, 2.3).

    >>> round(_around([23 * 60, 60]))
    0
    """
    angles = [2 * math.pi * one / 1440 for one in minutes]
    sine, cosine = (sum(map(of, angles)) for of in (math.sin, math.cos))
    return math.atan2(sine, cosine) / (2 * math.pi) * 1440 % 1440


def _row(night: Night) -> dict[str, object]:
    return {
        "date": night.date.isoformat(),
        "asleep_min": None if night.asleep_s is None else round(night.asleep_s / 60, 1),
        "in_bed_min": round(night.in_bed_s / 60, 1),
        "start": night.start.isoformat(),
        "end": night.end.isoformat(),
        "stages_min": {name: round(s / 60, 1) for name, s in night.stages.items()},
        "source": wording.clean(night.source, 60),
    }
