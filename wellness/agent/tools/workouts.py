"""Workouts of a period: how many, how long, how far, the longest and the latest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from wellness.agent.tools import defaults, wording
from wellness.agent.tools.activities import NAMES, OTHERS, resolve, spoken
from wellness.agent.tools.arguments import Workouts
from wellness.agent.tools.desk import Desk
from wellness.agent.tools.draft import Draft
from wellness.agent.tools.said import Said
from wellness.agent.tools.spans import Span
from wellness.errors import NoReadings, ToolError
from wellness.health import units, workouts
from wellness.health.items import Workout
from wellness.health.workouts import DISTANCE, by_activity, local_date, name, total

DURATION = Said("", "time", "min", 0)
ENERGY = Said("ActiveEnergyBurned", "active energy", "kcal", 0)
DECIMALS = {"yd": 0, "m": 0, "mi": 2, "km": 2}


def search_workouts_and_activity(desk: Desk, arguments: Workouts) -> Draft:
    """What the person did, how often, how long and how far."""
    span = desk.span(arguments.period, defaults.WORKOUT_PERIOD)
    draft = Draft()
    draft.take(span)
    everything = workouts.between(desk.store, span.period)
    activity = _activity(desk, arguments.activity or "", everything)
    found = [one for one in everything if not activity or name(one) == activity]
    draft.samples = len(found)
    noun = spoken(activity) if activity else None
    what = (noun.one, noun.several) if noun else ("workout", "workouts")
    many = draft.count(len(found), *what, period=span.label, unit="workouts")
    if not found:
        _none(desk, draft, activity, what[1], span)
        return draft
    if len(found) == 1:
        draft.say(f"you did {many} {span.words}: {_described(draft, desk, found[0])}.")
    else:
        _several(draft, desk, found, many, span, by_kind=not activity)
    draft.data["workouts"] = [_row(one, desk) for one in reversed(found[-defaults.ROWS :])]
    if not span.over and span.period.end.date() > span.today and span.named:
        draft.note("The period is not over.")
    return draft


def _activity(desk: Desk, wanted: str, found: Sequence[Workout]) -> str:
    """Apple's name for what is wanted; "" for all.

    Raises:
        ToolError: no activity is called that.
    """
    activity = resolve(wanted, {name(one) for one in found})
    if activity is None:  # perhaps one that is only stored elsewhere
        stored = {name(one) for one in _all(desk)}
        activity = resolve(wanted, stored)
        if activity is None:
            raise ToolError(
                f"No activity is called {wording.clean(wanted, 60)!r}.",
                hint=f"There are {', '.join(sorted(stored & OTHERS | set(NAMES)))}; "
                "leave it out for all.",
            )
    return activity


def _all(desk: Desk) -> list[Workout]:
    return workouts.between(desk.store, desk.span(defaults.WORKOUT_PERIOD).period)


def _none(desk: Desk, draft: Draft, activity: str, several: str, span: Span) -> None:
    """No workout is an answer; when the last one was, too."""
    stored = _all(desk)
    if not stored:
        raise NoReadings("No workouts are stored.", hint="Import an export that has some.")
    draft.say(f"you did no {several} {span.words}.")
    others = [one for one in stored if not activity or name(one) == activity]
    if others:
        near = [one for one in others if one.start < span.period.start_s] or others
        which = "last one before" if near is not others else "first one"
        one = near[-1] if near is not others else near[0]
        draft.say(f"the {which} was {_described(draft, desk, one)}.")


def _several(
    draft: Draft, desk: Desk, found: Sequence[Workout], many: str, span: Span, *, by_kind: bool
) -> None:
    label = span.label
    duration = draft.value(
        DURATION, sum(one.duration_s for one in found) / 60, "sum", label, "time of the workouts"
    )
    kinds = by_activity(found)
    parts = [duration]
    if far := _distance(draft, found, "sum", label, "distance of the workouts"):
        parts.append(far)
    of = ""
    if by_kind and len(kinds) > 1:
        named = [
            draft.count(one.count, *spoken(one.activity)[:2], period=label, unit="workouts")
            for one in kinds[: defaults.SPOKEN_ROWS]
        ]
        more = len(kinds) - len(named)
        of = f": {wording.listed([*named, *([f'{more} other kinds'] if more else [])])}"
    draft.say(f"you did {many} {span.words}{of}; {' and '.join(parts)} in all.")
    longest = max(found, key=lambda one: one.duration_s)
    latest = found[-1]
    both = "longest and latest" if longest is latest else "longest"
    last = "" if longest is latest else f"; the latest {_described(draft, desk, latest)}"
    draft.say(f"the {both} was {_described(draft, desk, longest)}{last}.")
    farthest = max(found, key=lambda one: total(one, DISTANCE, "m") or 0)
    if farthest is not longest and total(farthest, DISTANCE, "m") and not by_kind:
        draft.say(f"the farthest was {_described(draft, desk, farthest)}.")


def _described(draft: Draft, desk: Desk, workout: Workout) -> str:
    """One workout: what, when, how long, how far."""
    on = local_date(workout, desk.zone)
    label = wording.day(on)
    duration = draft.value(
        DURATION, workout.duration_s / 60, "duration", label, f"time of the {_noun(workout)}"
    )
    far = _distance(draft, [workout], "distance", label, f"distance of the {_noun(workout)}")
    measures = f"{duration}, {far}" if far else duration
    article = "an" if _noun(workout)[0] in "aeiou" else "a"
    return f"{article} {_noun(workout)} on {draft.day(on)} ({measures})"


def _noun(workout: Workout) -> str:
    return wording.clean(spoken(name(workout)).one, 60)


def _distance(draft: Draft, found: Sequence[Workout], role: str, label: str, about: str) -> str:
    """The distance of all together in the unit that the latest of them has; empty without one."""
    unit = next((unit for one in reversed(found) if (unit := _unit(one))), "")
    meters = [far for one in found if (far := total(one, DISTANCE, "m")) is not None]
    if not unit or not sum(meters):
        return ""
    how = Said("", "distance", unit, DECIMALS.get(unit, 1))
    return draft.value(how, units.convert(sum(meters), "m", unit), role, label, about)


def _unit(workout: Workout) -> str:
    return next(
        (one.unit for one in workout.statistics
         if one.type.startswith(DISTANCE) and one.sum is not None
         and units.unit(one.unit).base == "m"),
        "",
    )  # fmt: skip


def _row(workout: Workout, desk: Desk) -> dict[str, Any]:
    on: date = local_date(workout, desk.zone)
    unit, meters = _unit(workout), total(workout, DISTANCE, "m")
    energy = total(workout, workouts.ENERGY, "kcal")
    far = None if meters is None or not unit else units.convert(meters, "m", unit)
    return {
        "activity": wording.clean(name(workout), 60),
        "date": on.isoformat(),
        "start": datetime.fromtimestamp(workout.start, desk.zone).isoformat(),
        "duration_min": round(workout.duration_s / 60, 1),
        "distance": None if far is None else round(far, 3),
        "distance_unit": unit,
        "energy_kcal": None if energy is None else round(energy, 1),
        "source": wording.clean(workout.source, 60),
    }
