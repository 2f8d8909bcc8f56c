"""Whether a number of an answer is one of the evidence: its value, its unit, what it is about.

The rule for values: a number stands for every value that rounds to it at its last place, so "62"
for 61.5 to 62.5 and "7.5" for 7.45 to 7.55. The final zeros of a whole number may be rounding
("8,700" for 8,713), to within a hundredth of it. "About" widens that to the zeros, at most a
tenth; "nearly" and "under" take what is at most a tenth below; "over" and "at least" what is
above by at most the first digit's place or 15 %, since more would be another number.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from wellness.agent.validator import measures
from wellness.agent.validator.claims import Claim
from wellness.agent.validator.evidence import LEVELS, Evidence
from wellness.agent.validator.mentions import NIGHT_S, Calendar, Interval, Mention, holds, names
from wellness.agent.validator.subjects import DISTANCE, ENERGY, HEART

Closeness = Literal["exact", "rounded"]
EPSILON = 1e-6  # relative; floats of sums differ by less
PLAIN_ZEROS = 0.01  # of the value, that final zeros may hide without an "about"
ABOUT, BELOW, ABOVE = 0.1, 0.1, 0.15
OF_WORKOUTS = frozenset((*DISTANCE, *ENERGY, "AppleExerciseTime", *HEART, "StepCount", "WalkingSpeed"))
COUNTS = frozenset({"", "#times", "#workouts", "#readings", "#nights", "#days", "#goals", "#rings"})
ROLES_THAT_FIT = {
    "average": {"average", "median", "mean", "slope", "change", "per day"},
    "per day": {"average", "median", "mean", "slope", "target", "share", "change"},
    "maximum": {"maximum", "target"},
    "minimum": {"minimum", "target"},
    "sum": {"sum", "count", "remaining", "latest", "length"},
    "latest": {"latest", "reading", "sum", "average"},
    "target": {"target", "share", "count", "remaining", "change", "previous", "length", "slope"},
    "first": {"first", "previous", "average", "reading", "latest"},
}


class Value(NamedTuple):
    """How a number matches: how closely, and whether its unit had to be converted."""

    closeness: Closeness
    converted: bool


@dataclass(frozen=True)
class Facts:
    """What else decides: the calendar, and the words that the whole answer and question have."""

    calendar: Calendar
    words: str = ""


def near(said: float, step: float, zeros: float, hedge: str, value: float) -> Closeness | None:
    """How closely a number that is said stands for a value in the same unit; None if it does not.

    >>> near(62, 1, 1, "", 62.4), near(8700, 1, 100, "", 8713), near(7, 1, 1, "", 7.53)
    ('rounded', 'rounded', None)
    >>> near(9000, 1, 1000, "nearly", 8713), near(60_000, 1, 10_000, "over", 61_234)
    ('rounded', 'rounded')
    """
    error, slack = abs(said - value), EPSILON * max(abs(said), abs(value))
    if error <= step / 2 + slack:
        fine = error <= slack or step <= 0.005 * abs(said)
        return "exact" if fine and not hedge else "rounded"
    if error <= min(zeros / 2, PLAIN_ZEROS * abs(said)) and zeros > step:
        return "rounded"
    size = abs(said)
    first = 10 ** math.floor(math.log10(size)) if 0 < size < math.inf else 0.0
    above = value - said if said >= 0 else said - value
    match hedge:
        case "about":
            close = error <= max(step / 2, min(zeros / 2, ABOUT * size))
        case "nearly" | "under" | "at most":
            close = 0 <= -above <= BELOW * size
        case "over" | "at least":
            close = 0 <= above <= max(first, ABOVE * size)
        case _:
            close = False
    return "rounded" if close else None


def value(claim: Claim, one: Evidence) -> Value | None:
    """How a claim's number matches a number of the evidence, whatever both are about."""
    found: list[Value] = []
    for said, unit, step in _readings(claim):
        for have, converted in _in_unit(one, unit, claim):
            zeros = claim.amount.zeros if not claim.amount.readings else step
            if claim.change or one.is_difference:
                said, have = abs(said), abs(have)
            hedge = "" if one.limit else claim.hedge
            if closeness := near(said, step, zeros, hedge, have):
                found.append(Value(closeness, converted))
    return min(found, default=None)


def bare_value(claim: Claim, one: Evidence) -> bool:
    """Whether a claim's number is that of the evidence if its unit is left out."""
    amount = claim.amount
    if amount.kind == "clock":
        return False
    return near(abs(amount.value), amount.step, amount.zeros, "", abs(one.value)) is not None


def agrees(claim: Claim, one: Evidence, facts: Facts) -> bool:
    """Whether the two are about the same: subject, period and direction."""
    if differs(claim, one, facts) or elsewhen(claim, one, facts):
        return False
    return not against(claim, one, facts)


def in_unit_of(claim: Claim, one: Evidence) -> float | None:
    """The value that is said, in the unit of the evidence; None if it does not convert."""
    amount = claim.amount
    if not amount.unit or amount.unit == one.unit:
        return abs(amount.value)
    converted = measures.convert(amount.value, amount.unit, one.unit)
    return None if converted is None else abs(converted)


def same_kind(claim: Claim, one: Evidence) -> bool:
    """Whether the two are counted in units that convert into each other."""
    return any(True for _, unit, _ in _readings(claim) for _ in _in_unit(one, unit, claim))


def _readings(claim: Claim) -> tuple[tuple[float, str, float], ...]:
    amount = claim.amount
    return amount.readings or ((amount.value, amount.unit, amount.step),)


def _in_unit(one: Evidence, unit: str, claim: Claim) -> Iterator[tuple[float, bool]]:
    """The value of the evidence in a unit, and whether that takes a conversion."""
    if claim.amount.kind == "fraction" and not unit:
        if one.unit == "percent":
            yield one.value / 100, False
        elif one.unit == "" and "share" in one.roles or claim.change:
            yield one.value, False
        return
    if not unit or unit == one.unit:
        yield one.value, False
    elif unit.startswith("#") or one.unit.startswith("#") or not one.unit:
        if _counts_alike(unit, one):
            yield one.value, False
        elif unit == "percent" and not one.unit and 0 < abs(one.value) <= 1:
            yield 100 * one.value, True
        elif not one.unit and not one.roles & {"count"}:
            yield one.value, False
    elif (converted := measures.convert(one.value, one.unit, unit)) is not None:
        yield converted, measures.base(unit) != "s"


def _counts_alike(unit: str, one: Evidence) -> bool:
    """Whether two nouns may count the same: "times" counts anything."""
    if "length" in one.roles:
        return unit == one.unit
    if unit == "#times":
        return one.unit in COUNTS
    if one.unit == "":
        return unit in COUNTS and bool(one.roles & {"count"})
    return unit == one.unit


def differs(claim: Claim, one: Evidence, facts: Facts | None = None) -> list[str]:
    """In what the two are not about the same, periods and direction aside, in words."""
    found = [*_metric(claim, one, facts), *_role(claim, one)]
    rate = claim.amount.rate
    if rate and one.rate and _per(rate) != _per(one.rate):
        found.append(f"it is per {one.rate}, not per {rate}")
    elif not rate and "slope" in one.roles and one.rate and facts:
        said = rf"\b(?:a|per|each|every|by the) {one.rate}\b|/{one.rate}|\b{one.rate}ly\b"
        if not re.search(said, facts.words):
            found.append(f"it is per {one.rate}")
    elif rate and claim.change and one.is_difference and not one.rate and _per(rate) != "day":
        found.append(f"it is not per {rate}")
    return found


def _per(rate: str) -> str:
    return "day" if rate in ("day", "night", "daily", "nightly") else rate


def _metric(claim: Claim, one: Evidence, facts: Facts | None) -> Iterator[str]:
    if claim.metrics and not claim.metrics & one.metrics:
        words = facts.words if facts else ""
        if one.metrics:
            loose = claim.metrics == {"HeartRate"} and (
                ("RestingHeartRate" in one.metrics and "resting" in words)
                or ("WalkingHeartRateAverage" in one.metrics and "walking" in words)
            )
            fits = one.workout and bool(claim.metrics & OF_WORKOUTS)
            if not loose and not fits:
                yield f"it is of {_name(one.metrics)}, not of {_name(claim.metrics)}"
        elif one.workout and not claim.metrics & OF_WORKOUTS:
            yield f"it is of workouts, not of {_name(claim.metrics)}"
    stages = "SleepAnalysis" in claim.metrics or not claim.metrics
    if claim.stage != one.stage and (claim.stage or one.stage):
        sleep = one.stage or "SleepAnalysis" in one.metrics
        if sleep and (claim.stage or "SleepAnalysis" in claim.metrics) and stages:
            yield f"it is of {one.stage or 'all'} sleep, not of {claim.stage or 'all sleep'}"
    if claim.activity and one.workout and claim.activity != one.activity:
        if not (claim.activity == "core" or claim.activity == "walk" and not one.activity):
            yield f"it is of {one.activity or 'all workouts'}, not of {claim.activity}"


def _name(metrics: frozenset[str]) -> str:
    return " or ".join(sorted(metrics)[:2])


def _role(claim: Claim, one: Evidence) -> Iterator[str]:
    roles = one.roles | one.extreme
    if not one.roles:
        return
    if claim.change and not one.is_difference and roles & LEVELS and not roles & {"share", "count"}:
        yield "it is a level, not a difference"
        return
    if one.is_difference and not one.said:
        said = claim.change or claim.remaining or claim.amount.sign or claim.amount.rate
        if not said and "slope" not in roles:
            yield "it is a difference, not a level"
        return
    for role in sorted(claim.roles):
        if not roles & (ROLES_THAT_FIT.get(role, set()) | {role}) and not (one.said and "target" in roles):
            yield f"it is {_article(one.roles)}, not {_article(frozenset({role}))}"
            return
    if roles == {"target"} and not one.said and not as_target(claim):
        yield "it is a goal, not a reading"


def as_target(claim: Claim) -> bool:
    """Whether a number is said as a goal or a limit, not as a reading."""
    words = claim.words.lower()
    reached = any(word in words for word in _REACHING)
    return bool(
        "target" in claim.roles or claim.hedge or claim.negated or reached
        or (claim.pair == "of" and not claim.first)
    )  # fmt: skip


_REACHING = ("reach", "hit", "goal", "target", "aim", "want", "mark", "limit", "than", "against", "from",
             "at least", "ring", "instead")  # fmt: skip


def _article(roles: frozenset[str]) -> str:
    names = {"sum": "a total", "average": "an average", "maximum": "the highest", "latest": "the latest",
             "minimum": "the lowest", "target": "a goal", "reading": "a single reading",
             "first": "the first"}  # fmt: skip
    return " or ".join(names.get(role, f"a {role}") for role in sorted(roles))


def elsewhen(claim: Claim, one: Evidence, facts: Facts) -> list[str]:
    """The periods that a claim names and the evidence is not of, in words."""
    if not one.spans or "target" in one.roles or not claim.mentions:
        return []
    known = [mention for mention in claim.mentions if mention.spans]
    if one.is_difference or claim.change:
        return [f"it is not of {mention.text}" for mention in known
                if not _of_change(mention, one, facts.calendar)]  # fmt: skip
    night = "SleepAnalysis" in one.metrics or bool(one.stage)
    named = [names(mention, one.spans, facts.calendar, night=night) for mention in known]
    larger = [holds(mention, one.spans) for mention in known]
    single = claim.pair == "change" or bool(one.roles & {"latest", "maximum", "minimum", "reading", "first", "count", "length"})
    wrong = [
        mention.text
        for mention, is_named, is_larger in zip(known, named, larger, strict=True)
        if not is_named and not (is_larger and (any(named) or single))
        and not _a_day_within(mention, one, facts.calendar)
    ]  # fmt: skip
    return [f"it is not of {text}" for text in wrong]


def _a_day_within(mention: Mention, one: Evidence, calendar: Calendar) -> bool:
    """Whether the day of a maximum, or of the latest, is one that its result names."""
    if not one.roles & {"maximum", "minimum", "latest", "reading"}:
        return False
    if any(end - start <= NIGHT_S for start, end in one.spans):
        return False
    days = [span for span in one.days if span[1] - span[0] <= NIGHT_S]
    return names(mention, days, calendar, night=False)


def _of_change(mention: Mention, one: Evidence, calendar: Calendar) -> bool:
    spans = [*one.spans, *one.used]
    if names(mention, spans, calendar, night=False) or holds(mention, one.spans):
        return True
    starts = {start for start, _ in spans}
    return any(abs(start - said[0]) <= 2 * 86_400 for said in mention.spans for start in starts)


def against(claim: Claim, one: Evidence, facts: Facts) -> str:
    """Why the direction of a claim is the wrong one; "" if it is not."""
    if not claim.direction or not one.sign or not one.is_difference:
        return ""
    calendar = facts.calendar
    others = [span for span in one.used if span not in one.spans]

    def names_any(mentions: Sequence[Mention], spans: Sequence[Interval]) -> bool:
        return any(names(mention, spans, calendar, night=False) for mention in mentions)

    expected = one.sign
    if names_any(claim.refers, one.spans):
        expected = -one.sign
    elif names_any(claim.refers, others):
        expected = one.sign
    elif names_any(claim.mentions, others) and not names_any(claim.mentions, one.spans):
        expected = -one.sign
    elif others and one.spans and one.spans[0][0] < min(others)[0] and claim.temporal:
        own, other = names_any(claim.around, one.spans), names_any(claim.around, others)
        if own == other and claim.temporal == "noun":
            return ""  # "a drop of 5 %" may be from the first to the second, or against it
        if own == other:
            expected = -one.sign  # what rose did so in time
    if claim.direction == expected:
        return ""
    return f"the difference is {'an increase' if expected > 0 else 'a decrease'}"
