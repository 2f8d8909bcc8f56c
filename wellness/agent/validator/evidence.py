"""A number that may be said: what a tool or a sentence vouches for, in the terms of a claim."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from wellness.agent.results import Number, ToolResult
from wellness.agent.validator import language, measures, subjects
from wellness.agent.validator.claim import Claim
from wellness.agent.validator.intervals import Interval
from wellness.agent.validator.mentions import Calendar

LEVELS = frozenset({
    "sum", "average", "minimum", "maximum", "latest", "reading", "first", "previous", "target",
})  # fmt: skip
DIFFERENCES = frozenset({"change", "slope", "remaining"})
KNOWN_ROLES = LEVELS | DIFFERENCES | {"count", "share", "length"}
_ROLE_NAMES = {
    "total": "sum", "mean": "average", "avg": "average", "min": "minimum", "lowest": "minimum",
    "max": "maximum", "highest": "maximum", "longest": "maximum", "shortest": "minimum",
    "last": "latest", "current": "latest", "number": "count", "difference": "change",
    "delta": "change", "trend": "slope", "goal": "target", "percent": "share", "left": "remaining",
    "progress": "share", "start": "first", "value": "reading", "percentage": "share",
    "peak": "maximum", "median": "average", "reached": "count", "goals": "target",
}  # fmt: skip
_RATE = re.compile(
    r"\b(?:per|an?|each|every)\s(day|night|week|month|year)\b|\b(daily|nightly)\b", re.I
)
_PER = re.compile(r"\s?(?:/|per )(day|night|week|month|year)$", re.IGNORECASE)
_COUNTED = re.compile(
    r"\b(?:(nights?)|(days?)|(workouts?|sessions?|runs?|rides?|swims?|walks?|hikes?|trainings?|"
    r"meditations?|activities)|(readings?|measurements?|samples?|weighings?|weigh-ins?|records?)|"
    r"(goals?)|(rings?)|(memories)|(weeks?))\b",
    re.IGNORECASE,
)
_NOUNS = ("#nights", "#days", "#workouts", "#readings", "#goals", "#rings", "#memories", "#weeks")


@dataclass(frozen=True)
class Evidence:
    """A number that may be said.

    Attributes:
        value, unit: unit by its canonical name.
        source: where it stands, for people.
        metrics, activity, stage: what it is of.
        roles: average, sum, change and so on; empty if nobody said.
        rate: per what it is.
        spans: the periods it is of; `used` are all of its result, `days` all days named there.
        sign: of a change: 1 is up; 0 if nobody said.
        extreme: "maximum" or "minimum" among its like.
        workout: whether it is of workouts.
        own: whether it is among a result's numbers, not read out of a sentence.
        said: whether it is of something that a person said, such as a goal.
        limit: whether it is itself a bound ("at least 7 hours"), which is not said less exactly.
        daily: whether it is the average a day of something that has a total, too.
        end: of a time of day in a night: "bedtime" or "waking".
        worded: the values that the result's own sentences say for it, in its unit.
        call: the place of its result; -1 for the question.
    """

    value: float
    unit: str
    source: str
    metrics: frozenset[str] = frozenset()
    activity: str = ""
    stage: str = ""
    roles: frozenset[str] = frozenset()
    rate: str = ""
    spans: tuple[Interval, ...] = ()
    used: tuple[Interval, ...] = ()
    days: tuple[Interval, ...] = ()
    sign: int = 0
    extreme: frozenset[str] = frozenset()
    workout: bool = False
    own: bool = True
    said: bool = False
    limit: bool = False
    daily: bool = False
    end: str = ""
    worded: tuple[float, ...] = ()
    call: int = -1

    @property
    def is_difference(self) -> bool:
        """Whether it is a change, a slope or what remains, not a level."""
        return bool(self.roles & DIFFERENCES)

    @property
    def shown(self) -> str:
        """The value with its unit, for people."""
        return shown(self.value, self.unit)


def shown(value: float, unit: str) -> str:
    """A value with its unit, as a formula has it: at most six digits.

    >>> shown(8747.714, "#steps"), shown(452, "min"), shown(0.5, "")
    ('8,747.71 steps', '452 min', '0.5')
    """
    digits = f"{value:,.2f}".rstrip("0").rstrip(".") if abs(value) < 1e15 else f"{value:g}"
    return f"{digits} {measures.spoken(unit)}".strip()


def of_number(number: Number, calendar: Calendar) -> Evidence:
    """A tool's number, with what its words say beyond its fields."""
    names = subjects.find(number.about)
    metrics = frozenset([number.metric] if number.metric else ())
    if not metrics:
        metrics = frozenset(name for one in names if one.kind == "metric" for name in one.names)
    if metrics & {"BloodPressure"}:
        metrics |= set(subjects.PRESSURE)
    per = _PER.search(number.unit)
    unit = measures.canonical(number.unit[: per.start()] if per else number.unit)
    if not unit and (counted := _COUNTED.search(number.about)):
        unit = next(noun for noun, group in zip(_NOUNS, counted.groups(), strict=True) if group)
    span = calendar.read(number.period) if number.period else None
    role = _ROLE_NAMES.get(number.role.lower(), number.role.lower())
    about = {one.name for one in language.roles(number.about, 0, len(number.about))}
    roles = {role} if role in KNOWN_ROLES else about
    leaning = language.leaning(number.about) or (number.value > 0) - (number.value < 0)
    return Evidence(
        number.value, unit, number.about, metrics,
        "".join([name for one in names if one.kind == "activity" for name in one.names][:1])
        .replace(subjects.WORKOUT, ""),
        "".join([name for one in names if one.kind == "stage" for name in one.names][:1]),
        frozenset(roles), _rate(per or last(_RATE.finditer(number.about))),
        (span,) if span else (), sign=leaning if roles & DIFFERENCES else 0,
        limit="target" in roles, end=language.night_end(number.about) if unit == "clock" else "",
    )  # fmt: skip


def last(matches: Iterable[re.Match[str]]) -> re.Match[str] | None:
    """The last of some matches: a change "in steps a day a month" is one a month."""
    every = list(matches)
    return every[-1] if every else None


def _rate(match: re.Match[str] | None) -> str:
    return next(filter(None, match.groups())).lower() if match else ""


def of_claim(claim: Claim, result: ToolResult, activity: str) -> Iterator[Evidence]:
    """A number that only a sentence has, with what the sentence says of it."""
    roles = set(claim.roles) | ({"change"} if claim.change else set())
    if claim.remaining and not roles:
        roles = {"remaining"}
    one = claim.amount
    for value, unit, _ in one.readings or ((one.value, one.unit, one.step),):
        yield Evidence(
            value, unit, f"{result.tool}: \"{claim.words.strip()}\"", claim.metrics,
            claim.activity or activity, claim.stage, frozenset(roles), one.rate,
            tuple(span for mention in claim.mentions for span in mention.spans),
            sign=claim.direction if claim.change else 0, own=False,
            limit=claim.hedge not in ("", "about"), end=claim.end,
        )  # fmt: skip
