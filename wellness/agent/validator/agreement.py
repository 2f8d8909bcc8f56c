"""Whether a number of an answer is about the same as one of the evidence.

What an answer names must not contradict what the evidence is of: metric, activity, stage of sleep,
role, rate, period and direction. What it leaves open contradicts nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from wellness.agent.validator.claim import Claim
from wellness.agent.validator.evidence import LEVELS, Evidence
from wellness.agent.validator.intervals import NIGHT_S, Interval, Mention, holds, names
from wellness.agent.validator.mentions import Calendar
from wellness.agent.validator.subjects import DISTANCE, ENERGY, HEART, WORKOUT

_ENDS = {"bedtime": "went to sleep", "waking": "woke up"}
OF_WORKOUTS = frozenset(
    (*DISTANCE, *ENERGY, "AppleExerciseTime", *HEART, "StepCount", "WalkingSpeed")
)
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


@dataclass(frozen=True)
class Facts:
    """What else decides: the calendar, and the words that the whole answer and question have."""

    calendar: Calendar
    words: str = ""


def agrees(claim: Claim, one: Evidence, facts: Facts) -> bool:
    """Whether the two are about the same: subject, period and direction."""
    if differs(claim, one, facts) or elsewhen(claim, one, facts):
        return False
    return not against(claim, one, facts)


def differs(claim: Claim, one: Evidence, facts: Facts | None = None) -> list[str]:
    """In what the two are not about the same, periods and direction aside, in words."""
    found = [*of_other(claim, one, facts), *_role(claim, one, facts)]
    rate = claim.amount.rate
    if rate and one.rate and _per(rate) != _per(one.rate):
        found.append(f"it is per {one.rate}, not per {rate}")
    elif not rate and "slope" in one.roles and one.rate and facts:
        said = rf"\b(?:a|per|each|every|the) {one.rate}\b|/{one.rate}|\b{one.rate}ly\b"
        if not re.search(said, facts.words):
            found.append(f"it is per {one.rate}")
    elif rate and claim.change and one.is_difference and not one.rate and _per(rate) != "day":
        found.append(f"it is not per {rate}")
    return found


def _per(rate: str) -> str:
    return "day" if rate in ("day", "night", "daily", "nightly") else rate


def of_other(claim: Claim, one: Evidence, facts: Facts | None) -> Iterator[str]:
    """Where metric, stage of sleep or activity contradict each other."""
    if claim.metrics and not claim.metrics & one.metrics:
        fits = one.workout and bool(claim.metrics & OF_WORKOUTS)
        if one.metrics and not fits and not _is_implied(claim, one, facts.words if facts else ""):
            yield f"it is of {_name(one.metrics)}, not of {_name(claim.metrics)}"
        elif one.workout and not fits:
            yield f"it is of workouts, not of {_name(claim.metrics)}"
    asleep = "SleepAnalysis" in claim.metrics
    of_sleep = one.stage or "SleepAnalysis" in one.metrics
    if claim.end and one.end and claim.end != one.end:
        yield f"it is when you {_ENDS[one.end]}, not when you {_ENDS[claim.end]}"
    if claim.stage != one.stage and of_sleep and (asleep or (claim.stage and not claim.metrics)):
        yield f"it is of {one.stage or 'all'} sleep, not of {claim.stage or 'all sleep'}"
    walks = claim.activity == "walk" and not one.activity
    if claim.activity == WORKOUT:
        if not one.workout and one.unit == "#workouts":
            yield f"it is of {_name(one.metrics) or 'something else'}, not of workouts"
    elif one.workout and claim.activity not in ("", "core", one.activity) and not walks:
        yield f"it is of {one.activity or 'all workouts'}, not of {claim.activity}"


def _is_implied(claim: Claim, one: Evidence, words: str) -> bool:
    """Whether a plain "heart rate" is one that question or answer have called by its full name."""
    kinds = (("RestingHeartRate", "resting"), ("WalkingHeartRateAverage", "walking"))
    return claim.metrics == {"HeartRate"} and any(
        metric in one.metrics and word in words for metric, word in kinds
    )


def _name(metrics: frozenset[str]) -> str:
    return " or ".join(sorted(metrics)[:2])


def _role(claim: Claim, one: Evidence, facts: Facts | None) -> Iterator[str]:
    """Where an average is said of a maximum, a level of a difference, a reading of a goal."""
    roles = one.roles | one.extreme
    if not one.roles:
        return
    if claim.change and not one.is_difference and roles & LEVELS and not roles & {"share", "count"}:
        yield "it is a level, not a difference"
        return
    if one.is_difference and not one.said:
        rate = claim.amount.rate not in ("", "day", "night")
        said = claim.change or claim.remaining or claim.amount.sign or rate
        if not said and "slope" not in roles:
            yield "it is a difference, not a level"
        return
    for role in sorted(claim.roles):
        if not roles & (ROLES_THAT_FIT.get(role, set()) | {role}) and not (
            one.said and "target" in roles
        ):
            yield f"it is {_article(one.roles)}, not {_article(frozenset({role}))}"
            return
    bare = claim.mentions and not (claim.roles or claim.amount.rate)
    if one.daily and bare and facts and not _DAILY.search(facts.words):
        yield "it is an average a day, not the total"
        return
    if roles == {"target"} and not one.said and not as_target(claim):
        yield "it is a goal, not a reading"


def as_target(claim: Claim) -> bool:
    """Whether a number is said as a goal or a limit, not as a reading."""
    words = claim.words.lower()
    reached = any(word in words for word in _REACHING)
    return bool(
        "target" in claim.roles or claim.hedge or claim.negated or reached
        or (claim.pair == "of" and not claim.first) or _IN_GENERAL.match(claim.words)
    )  # fmt: skip


_IN_GENERAL = re.compile(r"\W*(?:(?:yes|no)\b)?\W*an?\s", re.IGNORECASE)  # "a pulse of 62 is"
_DAILY = re.compile(
    r"\b(?:averag\w*|mean|typical\w*|usual\w*|daily|nightly|a|per|each|every)"
    r"(?:\s(?:day|night)\b|\b(?<!\ba)(?<!per)(?<!each)(?<!every))"
)
_SHORT = re.compile(r"\b(?:short|behind|ahead|shy)\b", re.IGNORECASE)
_REACHING = (
    "reach", "hit", "goal", "target", "aim", "want", "mark", "limit", "than", "against", "from",
    "at least", "ring", "instead", "until", "achiev", "complet", "met ", "exceed",
)  # fmt: skip


def _article(roles: frozenset[str]) -> str:
    names = {
        "sum": "a total", "average": "an average", "maximum": "the highest",
        "minimum": "the lowest", "latest": "the latest", "target": "a goal",
        "reading": "a single reading", "first": "the first", "per day": "an average",
    }  # fmt: skip
    return " or ".join(names.get(role, f"a {role}") for role in sorted(roles))


def elsewhen(claim: Claim, one: Evidence, facts: Facts) -> list[str]:
    """The periods that a claim names and the evidence is not of, in words."""
    if not one.spans or "target" in one.roles or not claim.mentions:
        return []
    known = [mention for mention in claim.mentions if mention.spans]
    if one.is_difference or claim.change:
        return [
            _another_time(mention.text)
            for mention in known
            if not _of_change(mention, one, facts.calendar)
        ]
    night = "SleepAnalysis" in one.metrics or bool(one.stage)
    named = [names(mention, one.spans, facts.calendar, night=night) for mention in known]
    larger = [holds(mention, one.spans) for mention in known]
    single = claim.pair == "change" or bool(
        one.roles & {"latest", "maximum", "minimum", "reading", "first", "count", "length"}
    )
    wrong = [
        mention.text
        for mention, is_named, is_larger in zip(known, named, larger, strict=True)
        if not is_named and not (is_larger and (any(named) or single))
        and not _a_day_within(mention, one, facts.calendar)
    ]  # fmt: skip
    return [_another_time(text) for text in wrong]


def _another_time(text: str) -> str:
    return f"it is of another time than {text!r}"


def _a_day_within(mention: Mention, one: Evidence, calendar: Calendar) -> bool:
    """Whether the day of a maximum, or of the latest, is one that its result names."""
    if not one.roles & {"maximum", "minimum", "latest", "reading"}:
        return False
    if any(end - start <= NIGHT_S for start, end in one.spans):
        return False
    days = [
        day for day in one.days
        if day[1] - day[0] <= NIGHT_S and any(s <= day[0] and day[1] <= e for s, e in one.spans)
    ]  # fmt: skip
    return names(mention, days, calendar, night=False) or holds(mention, days)


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
    if "remaining" in one.roles and "BodyMass" in one.metrics and _SHORT.search(claim.words):
        return ""  # "short of" and "ahead of" a goal of losing are said either way
    calendar = facts.calendar
    others = [span for span in one.used if span not in one.spans]

    def names_any(mentions: Sequence[Mention], spans: Sequence[Interval]) -> bool:
        return any(names(mention, spans, calendar, night=False) for mention in mentions)

    expected = one.sign
    if names_any(claim.refers, one.spans):
        expected = -one.sign
    elif names_any(claim.refers, others):
        expected = one.sign
    elif names_any(subject := claim.mentions or claim.around, others) and not names_any(
        subject, one.spans
    ):
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
