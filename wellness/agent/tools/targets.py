"""What is to be reached: named in the call, else a remembered goal, else that of Apple's ring."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from wellness.agent.tools.desk import Desk, Stored
from wellness.agent.tools.draft import Draft
from wellness.agent.tools.goals import Goal, goal_for, goals, goals_said
from wellness.agent.tools.rings import rings_between
from wellness.agent.tools.said import FOUND, Said
from wellness.agent.tools.spans import Span
from wellness.agent.tools.spoken import Spoken
from wellness.agent.tools.wording import clean, day, number, quoted
from wellness.errors import NoReadings, ToolError, UnitError
from wellness.health import units

HOURS_A_DAY = 24  # a smaller number of sleep is of hours, a larger one of minutes
MASSES = ("kg", "lb", "st")
LIKELY = 1.8  # a target weight is within this factor of the weight, or it has another unit
RING_DAYS = 14  # how far back a ring's goal is looked for


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be reached.

    Attributes:
        value: in the unit that the metric is said in.
        told: in the unit that the person used, where that is another.
        per: "day", "night", "week", "month"; "" where nothing is said of it.
        since: the day on which it became a goal; None for one that was only named now.
        because: where it comes from.
    """

    value: float
    told: Spoken | None = None
    per: str = ""
    at_most: bool = False
    since: date | None = None
    because: str = ""

    def text(self, draft: Draft, how: Said) -> str:
        """As it is said; entered."""
        text = draft.value(how, self.value, "target")
        if self.told:
            value, unit = self.told
            draft.enter(f"target for {how.noun}", value, unit, metric=how.metric, role="target")
            text += f" ({number(value, 1)} {unit})"
        return text


def find_target(
    desk: Desk, draft: Draft, stored: Stored, how: Said, named: float | None, span: Span | None
) -> Target:
    """The target of a metric.

    Args:
        how: how its values are said.
        named: in the call.
        span: the period that was named: the goal is the one of then.

    Raises:
        NoReadings: there is none.
    """
    if named is not None:
        return _named(desk, draft, stored, how, named)
    if desk.memory is not None:
        found, degraded = goals(desk, span)
        draft.note(degraded)
        base = units.unit(FOUND.get(how.unit, how.unit)).base
        name = stored.metric.name
        goal = goal_for(found, name, base) or goal_for(goals_said(desk, span), name, base)
        if goal:
            return _remembered(desk, how, goal)
    if target := _of_ring(desk, stored):
        return target
    told = "" if desk.memory is None else ", or tell me your goal and ask again"
    raise NoReadings(
        f"No target for {how.noun} was named, and I know of no goal for it.",
        hint=f"Name one{told}.",
    )


def _named(desk: Desk, draft: Draft, stored: Stored, how: Said, value: float) -> Target:
    if stored.metric.name == "BodyMass" and how.unit in MASSES:
        latest = desk.store.latest(stored.metric.type).in_unit(how.unit)[0]
        likely = [
            unit for unit in (how.unit, *MASSES)
            if 1 / LIKELY < units.convert(value, unit, how.unit) / latest < LIKELY
        ]  # fmt: skip
        if likely and likely[0] != how.unit:
            draft.note(f"{number(value, 1)} was taken to be in {likely[0]}.")
            return _target(how, Spoken(value, likely[0]))
    return _target(how, Spoken(value, ""))


def _remembered(desk: Desk, how: Said, goal: Goal) -> Target:
    since = datetime.fromtimestamp(goal.memory.fact.since, desk.zone).date()
    told = f"you told me on {day(since)}: {quoted(goal.memory.fact.text)}"
    assert goal.target is not None
    return _target(how, goal.target, goal.per, goal.at_most, since, told)


def _target(
    how: Said, said: Spoken, per: str = "", at_most: bool = False, since: date | None = None,
    because: str = "",
) -> Target:  # fmt: skip
    value, unit = said
    if not unit and how.time:
        unit = "hr" if how.metric == "SleepAnalysis" and value <= HOURS_A_DAY else "min"
    wanted = FOUND.get(how.unit, how.unit)
    if unit and unit != wanted:
        try:
            value = units.convert(value, unit, wanted)
        except UnitError as error:
            raise ToolError(
                f"A target of {number(said.value, 2)} {clean(unit, 20)} does not fit {how.noun}.",
                hint=f"It is measured in {how.unit}.",
            ) from error
    told = Spoken(said.value, unit) if unit and unit != wanted and not how.time else None
    return Target(value, told, per, at_most, since, because)


def _of_ring(desk: Desk, stored: Stored) -> Target | None:
    """The goal of the latest ring of a metric."""
    days = rings_between(desk.store, desk.today - timedelta(days=RING_DAYS), desk.today)
    found = [
        ring for one in days for ring in one.rings
        if ring.metric == stored.metric.name and ring.goal > 0
    ]  # fmt: skip
    if not found:
        return None
    return Target(found[-1].goal, per="day", because="the goal of the activity ring")
