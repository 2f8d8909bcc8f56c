"""How far the person is: the activity rings, days that reached a target, a value on its way."""

from __future__ import annotations

from datetime import date, timedelta

from wellness.agent.past_events import of_days
from wellness.agent.tools import defaults, wording
from wellness.agent.tools.arguments import Progress
from wellness.agent.tools.daily import Daily, daily
from wellness.agent.tools.desk import NONE_NAMED, Desk, Stored
from wellness.agent.tools.draft import Draft
from wellness.agent.tools.metrics import describe_all, did
from wellness.agent.tools.ring_progress import describe_rings
from wellness.agent.tools.said import is_total
from wellness.agent.tools.spans import Span
from wellness.agent.tools.targets import Target, find_target
from wellness.errors import ToolError
from wellness.health.catalogue import SLEEP

LENGTHS = {"week": 7.0, "month": 365.25 / 12}  # days
START_DAYS = 30  # how long before a goal the value counts that it started from


def get_activity_progress(desk: Desk, arguments: Progress) -> Draft:
    """Progress against a target, or the rings."""
    draft = Draft()
    if arguments.metric is None:
        if arguments.target is not None:
            raise ToolError(
                "A target needs its metric.", hint="Name one, such as StepCount or BodyMass."
            )
        describe_rings(desk, draft, desk.span(arguments.period, defaults.PROGRESS_PERIOD))
        return draft
    stored = desk.metric(arguments.metric)
    named = desk.span(arguments.period) if arguments.period is not None else None
    if is_total(stored.metric):
        _total(desk, draft, stored, named, arguments.target)
    else:
        _level(desk, draft, stored, named, arguments.target)
    return draft


# Totals by day


def _total(
    desk: Desk, draft: Draft, stored: Stored, named: Span | None, wanted: float | None
) -> None:
    nights = stored.metric.type == SLEEP
    default = defaults.NIGHTS_PERIOD if nights else defaults.PROGRESS_PERIOD
    span = named or desk.span(None, default)
    found = daily(desk, stored, span)
    target = find_target(desk, draft, stored, found.said, wanted, named)
    if named is None and target.per in LENGTHS:
        span = desk.span(None, f"this {target.per}")
        found = daily(desk, stored, span)
    draft.take(span)
    if target.because:
        draft.note(f"The target: {target.because}.")
    if not found.dates:
        raise found.nothing()
    draft.samples = found.readings
    describe_all(draft, found)
    if target.per in LENGTHS:
        _over_weeks(draft, found, target)
    elif len(found.dates) == 1:
        _toward(draft, found, target.value, found.values[0], target)
    else:
        _days_reached(draft, found, target)
    draft.note(*found.gaps())


def _toward(draft: Draft, found: Daily, goal: float, value: float, target: Target) -> None:
    """One value against a target."""
    how, span = found.said, found.span
    said = draft.value(how, value, "sum", span.label)
    share = draft.share(f"part of the target for {how.noun}", 100 * value / goal, "share")
    left = abs(goal - value)
    reached = value <= goal if target.at_most else value >= goal
    amount = draft.value(how, left, "remaining", span.label)
    at = "at most " if target.at_most else ""
    so_far = " so far" if not span.over else ""
    draft.say(
        f"{did(found, said)} {span.words}{so_far}, of a target of {at}{target.text(draft, how)}: "
        f"{share}."
    )
    if target.at_most:
        draft.say(f"that is {amount} {'below' if reached else 'above'} it.")
    elif reached:
        draft.say("the target is reached" + (f", with {amount} more." if left else "."))
    else:
        draft.say(f"{amount} {'to go' if not span.over else 'short of it'}.")


def _over_weeks(draft: Draft, found: Daily, target: Target) -> None:
    """A target a week or a month: of one, its total; of more, what they had on average."""
    days = (found.span.last - found.span.first).days + 1
    units = max(days / LENGTHS[target.per], 1.0)
    if units < 1.5:
        _toward(draft, found, target.value, found.total, target)
        return
    average = found.total / units
    about = f"{found.said.noun} a {target.per}"
    value = draft.value(found.said, average, "average", found.span.label, about)
    word = "below" if average < target.value else "above"
    left = draft.value(found.said, abs(target.value - average), "remaining", found.span.label)
    draft.say(
        f"{did(found, value)} a {target.per} on average {found.span.words}: {left} {word} the "
        f"target of {target.text(draft, found.said)} a {target.per}."
    )


def _days_reached(draft: Draft, found: Daily, target: Target) -> None:
    how, span = found.said, found.span

    def meets(value: float) -> bool:
        return value <= target.value if target.at_most else value >= target.value

    rows = list(zip(found.dates, found.values, strict=True))
    if found.today_unfinished and not (meets(rows[-1][1]) and not target.at_most):
        rows = rows[:-1]
    reached = [day for day, value in rows if meets(value)]
    of = draft.count(len(rows), found.per, period=span.label)
    about = f"{found.per}s on which the target was reached"
    draft.enter(about, len(reached), f"{found.per}s", role="reached", period=span.label)
    average = draft.value(
        how.averaged(found.average), found.average, "average", span.label,
        f"{how.noun} a {found.per}",
    )  # fmt: skip
    best, most = max(rows, key=lambda row: row[1])
    top = draft.value(how, most, "maximum", span.label)
    goal = target.text(draft, how)
    at = "stayed at or below" if target.at_most else "reached"
    if reached:
        draft.say(f"you {at} {goal} on {len(reached)} of {of} {span.words}.")
    else:
        draft.say(f"you never {at} {goal} in {of} {span.words}.")
    draft.say(
        f"you averaged {average} a {found.per}; the {found.per} with the most was "
        f"{draft.day(best)}: {top}."
    )
    draft.share(f"part of the {found.per}s", 100 * len(reached) / len(rows), "share")
    draft.data["reached"] = [day.isoformat() for day in reversed(reached[-defaults.ROWS :])]


# A level on its way


def _level(
    desk: Desk, draft: Draft, stored: Stored, named: Span | None, wanted: float | None
) -> None:
    last = min(named.last, stored.last) if named else stored.last
    latest_day = of_days(stored.last, stored.last + timedelta(days=1), "the latest", desk.zone)
    because = f"{NONE_NAMED}: the latest reading"
    span = named or Span(latest_day, desk.now, "the latest", because, named=False)
    found = daily(desk, stored, span)
    if not found.dates:
        raise found.nothing()
    target = find_target(desk, draft, stored, found.said, wanted, named)
    draft.take(span)
    if target.because:
        draft.note(f"The target: {target.because}.")
    draft.samples = found.readings
    value, on = found.values[-1], found.dates[-1]
    how = found.said.consistent(value, target.value)
    latest = draft.value(how, value, "latest", wording.day(on))
    goal = f"{'goal' if target.since else 'target'} is {'at most ' if target.at_most else ''}"
    goal += target.text(draft, how)
    draft.say(
        f"your latest {how.noun}{f' {span.short}' if named else ''} is {latest}, of "
        f"{draft.day(on)}; the {goal}."
    )
    left = draft.value(how.of_change, abs(value - target.value), "remaining")
    side = "above" if value > target.value else "below"
    start = _start(desk, stored, target, last) if target.since else None
    if how.text(value) == how.text(target.value):
        draft.say("that is the target itself.")
    elif start is None and not target.at_most:
        draft.say(f"that is {left} {side} it.")
    else:
        down = target.at_most or (start is not None and start.values[0] > target.value)
        reached = value <= target.value if down else value >= target.value
        _way(draft, found, target, start, left=left, side=side, down=down, reached=reached)


def _start(desk: Desk, stored: Stored, target: Target, last: date) -> Daily | None:
    """The values since the goal was set, the first being the one that it started from."""
    assert target.since is not None
    first = target.since - timedelta(days=START_DAYS)
    period = of_days(first, max(last, target.since) + timedelta(days=1), "", desk.zone)
    found = daily(desk, stored, Span(period, desk.now, ""))
    before = [at for at, day in enumerate(found.dates) if day <= target.since]
    begin = before[-1] if before else 0
    dates, values = found.dates[begin:], found.values[begin:]
    if not dates:
        return None
    return Daily(stored, found.said, found.span, dates, values, values, values, len(dates))


def _way(
    draft: Draft, found: Daily, target: Target, since: Daily | None, *, left: str, side: str,
    down: bool, reached: bool,
) -> None:  # fmt: skip
    """How much of the way is behind, and when it was reached first."""
    how = found.said
    first = None
    if since is not None:
        first = next(
            (day for day, value in zip(since.dates, since.values, strict=True)
             if (value <= target.value if down else value >= target.value)), None
        )  # fmt: skip
    if reached:
        on = f", for the first time on {draft.day(first)}" if first else ""
        draft.say(f"it is reached{on}: you are {left} {side} it.")
    else:
        draft.say(f"it is not reached: {left} to go.")
        if first:
            draft.say(f"you had reached it on {draft.day(first)}.")
    if since is None or since.values[0] == target.value:
        return
    begin, start = since.dates[0], since.values[0]
    share = 100 * (start - found.values[-1]) / (start - target.value)
    draft.value(how.of_change, abs(start - found.values[-1]), "change", about="change since then")
    text = draft.value(how, start, "start", wording.day(begin))
    if 0 < share < 100:
        part = draft.share("part of the way", share, "share")
        draft.say(f"{part} of the way from {text} on {draft.day(begin)} is done.")
    else:
        draft.say(f"on {draft.day(begin)} it was {text}.")
