"""Which of the activity rings were closed, of one day or of several."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from wellness.agent.tools import defaults, wording
from wellness.agent.tools.desk import Desk
from wellness.agent.tools.draft import Draft
from wellness.agent.tools.rings import Ring, RingDay, rings_between
from wellness.agent.tools.spans import Span
from wellness.errors import NoReadings


def describe_rings(desk: Desk, draft: Draft, span: Span) -> None:
    """Enter the rings of a span into a draft.

    Raises:
        NoReadings: there are none.
    """
    draft.take(span)
    days = rings_between(desk.store, span.first, min(span.last, desk.today))
    days = [one for one in days if any(ring.goal for ring in one.rings)]
    if not days:
        raise NoReadings(
            f"There are no activity rings {span.words}.",
            hint="They come with an Apple Watch; name a day on which it was worn.",
        )
    draft.samples = len(days)
    draft.data["rings"] = [_ring_row(one) for one in reversed(days[-defaults.ROWS :])]
    if span.one_day:
        _one_day(draft, days[0], span)
    else:
        _many_days(draft, days, span)


def _one_day(draft: Draft, day: RingDay, span: Span) -> None:
    closed = [ring for ring in day.rings if ring.closed]
    open_rings = [ring for ring in day.rings if not ring.closed]
    parts = wording.listed([_of_goal(draft, ring, day.date) for ring in day.rings])
    open_day = "" if span.over else " so far"
    draft.enter("closed rings", len(closed), "rings", role="count", period=span.label)
    if not open_rings:
        draft.say(f"{span.words} you closed all three rings: {parts}.")
        return
    names = wording.listed([ring.name for ring in closed]) if closed else "none"
    ring = "ring" if len(closed) == 1 else "rings"
    said = f"the {names} {ring}" if closed else "none of the three rings"
    draft.say(f"{span.words} you closed {said}{open_day}: {parts}.")
    left = [
        f"{_amount(draft, ring, ring.goal - ring.value, 'remaining')} for {ring.name}"
        for ring in open_rings
    ]
    draft.say(f"{'left' if not span.over else 'missing'}: {wording.listed(left)}.")


def _many_days(draft: Draft, days: Sequence[RingDay], span: Span) -> None:
    over = [one for one in days if one.date < span.today or one.all_closed]
    of = draft.count(len(over), "day", period=span.label)
    every = sum(one.all_closed for one in over)
    draft.enter("days with all rings closed", every, "days", role="reached", period=span.label)
    parts = []
    for at, name in enumerate(ring.name for ring in days[0].rings):
        closed = sum(one.rings[at].closed for one in over)
        about = f"days with the {name} ring closed"
        draft.enter(about, closed, "days", role="reached", period=span.label)
        parts.append(f"{name} on {closed}")
    draft.say(
        f"you closed all three rings on {every or 'none'} of {of} {span.words}: "
        f"{wording.listed(parts)}."
    )
    expected = (min(span.last, span.today) - span.first).days + 1
    if len(days) < expected:
        draft.note(f"No rings of {expected - len(days)} of {expected} days.")
    if len(over) < len(days):
        draft.note("Today is not over and is left out.")


def _of_goal(draft: Draft, ring: Ring, day: date) -> str:
    label = wording.day(day)
    value = wording.number(ring.value)
    draft.enter(ring.name, ring.value, ring.unit, metric=ring.metric, role="sum", period=label)
    return f"{ring.name} {value} of {_amount(draft, ring, ring.goal, 'target')}"


def _amount(draft: Draft, ring: Ring, amount: float, role: str) -> str:
    draft.enter(f"{role} of {ring.name}", amount, ring.unit, metric=ring.metric, role=role)
    return f"{wording.number(amount)} {ring.unit}"


def _ring_row(day: RingDay) -> dict[str, object]:
    return {"date": day.date.isoformat(), **{
        ring.name.lower(): {"value": ring.value, "goal": ring.goal, "unit": ring.unit,
                            "closed": ring.closed}
        for ring in day.rings
    }}  # fmt: skip
