"""What the tool results of a turn vouch for: their numbers, and the numbers in their sentences.

A result with an error vouches for nothing. A number of a conclusion that is also among the
result's numbers is one number; it may add what that does not say, such as the day of a maximum.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from wellness.agent.results import ToolResult, UsedPeriod
from wellness.agent.validator import agreement, claims, subjects, values
from wellness.agent.validator.claim import Claim
from wellness.agent.validator.evidence import (
    DIFFERENCES,
    LEVELS,
    Evidence,
    of_claim,
    of_number,
)
from wellness.agent.validator.intervals import HOUR, NIGHT_S, Interval, interval
from wellness.agent.validator.mentions import Calendar

LENGTHS = {"#days": 1.0, "#nights": 1.0, "#weeks": 7.0, "#months": 30.44, "#years": 365.25}
_ARTICLE = re.compile(r"\ban? ((?:\w+ )?\w+)")
MOST_NUMBERS = 2_000  # of one turn; a foreign tool may return a table
NO_EXTREMES = DIFFERENCES | {"maximum", "minimum", "target", "average"}
MOST_TEXTS = 40  # sentences of a result's data, such as recalled memories
SPEAKING = frozenset({"recall_memories", "list_goals", "remember_fact", "forget_memory"})
TEXT_KEYS = frozenset(
    {"text", "fact", "memory", "memories", "statement", "facts", "goals", "content"}
)


def gather(results: Sequence[ToolResult], calendar: Calendar) -> list[Evidence]:
    """All evidence of a turn's results, in their order."""
    found: list[Evidence] = []
    for call, result in enumerate(results):
        if result.ok:
            found += _of_result(result, call, calendar)
    return _with_extremes(found[:MOST_NUMBERS])


def _of_result(result: ToolResult, call: int, calendar: Calendar) -> Iterator[Evidence]:
    here = replace(calendar, used=tuple(result.periods) or calendar.used)
    spans = tuple(span for one in result.periods if (span := interval(one)))
    said = result.tool in SPEAKING
    activity = subjects.activity_of(str(result.arguments.get("activity") or ""))
    workout = "workout" in result.tool
    numbers = [
        replace(
            one, used=spans, call=call, workout=workout, said=said,
            activity=one.activity or activity, source=f"{result.tool}: {one.source} {one.shown}",
        )
        for one in (of_number(number, here) for number in result.numbers[:MOST_NUMBERS])
    ]  # fmt: skip
    numbers = [
        replace(one, sign=_side(one, numbers), daily=_is_daily(one, numbers)) for one in numbers
    ]
    if len(spans) == 2:  # a difference is of the first, held against the second
        numbers = [
            replace(one, spans=spans[:1]) if one.is_difference and not one.spans else one
            for one in numbers
        ]
    texts = [result.conclusion, *result.notes, *(_texts(result.data) if said else ())]
    sentences = [claim for text in texts[:MOST_TEXTS] for claim in claims.read(text, here)]
    days = tuple(
        {span for text in texts[:MOST_TEXTS] for one in here.find(text) for span in one.spans}
    )
    further: list[Evidence] = []
    for claim in sentences:
        if not claim.skip:
            numbers, is_new = _merged(numbers, claim)
            if is_new:
                further += of_claim(claim, result, activity)
    implied = [*_of_arguments(result), *_of_counts(result)]
    if workout:
        implied += _of_articles(result)
    for one in (*numbers, *further, *implied):
        yield replace(one, used=spans, days=days, call=call, workout=workout, said=said)


def _is_daily(one: Evidence, numbers: Sequence[Evidence]) -> bool:
    """Whether it is the average a day of what has a total of the same days."""
    if one.roles != {"average"} or not one.spans or "SleepAnalysis" in one.metrics:
        return False
    long = one.spans[0][1] - one.spans[0][0] > NIGHT_S
    return long and any(
        "sum" in it.roles and it.metrics == one.metrics and it.spans == one.spans for it in numbers
    )


def _side(one: Evidence, numbers: Sequence[Evidence]) -> int:
    """The direction of a difference; what remains lies above or below the target."""
    if not one.roles & {"remaining", "change"} or (one.spans and "change" in one.roles):
        return one.sign
    like = [it for it in numbers if it.metrics == one.metrics and it.unit == one.unit]
    if "change" in one.roles:
        first = [it.value for it in like if "first" in it.roles]
        last = [it.value for it in like if "latest" in it.roles]
        if len(first) == len(last) == 1 and abs(abs(last[0] - first[0]) - abs(one.value)) < 0.01:
            return (last[0] > first[0]) - (last[0] < first[0])
        return one.sign
    targets = [it.value for it in like if "target" in it.roles]
    levels = [it.value for it in like if it.roles & {"sum", "latest", "average"}]
    if len(targets) != 1 or len(levels) != 1:
        return 0
    return (levels[0] > targets[0]) - (levels[0] < targets[0])


def _merged(numbers: list[Evidence], claim: Claim) -> tuple[list[Evidence], bool]:
    """The numbers with what a sentence adds to the ones it says, and whether it says another."""
    same = [
        i for i, one in enumerate(numbers)
        if values.match(claim, one) and not agreement.differs(claim, one)
    ]  # fmt: skip
    if not same:
        return numbers, True
    for i in same:
        numbers[i] = _completed(numbers[i], claim)
        if (worded := values.in_unit_of(claim, numbers[i])) is not None:
            numbers[i] = replace(numbers[i], worded=(*numbers[i].worded, worded))
    spans = tuple(span for one in claim.mentions if len(one.spans) == 1 for span in one.spans)
    if not any(set(spans) & set(numbers[i].spans) for i in same):
        for i in same:
            own = numbers[i].spans
            short = tuple(
                one for one in spans
                if one[1] - one[0] <= NIGHT_S
                and _within(one, own)
            )  # fmt: skip
            numbers[i] = replace(
                numbers[i],
                spans=numbers[i].spans + (short if numbers[i].roles & LEVELS else ()),
                sign=claim.direction if claim.change and claim.direction and not claim.refers
                else numbers[i].sign,
            )  # fmt: skip
    return numbers, False


def _completed(one: Evidence, claim: Claim) -> Evidence:
    """A number with the role, or the unit of what was said, that only the sentence names."""
    if one.said and not one.unit and claim.amount.unit:
        one = replace(one, unit=claim.amount.unit, metrics=one.metrics or claim.metrics)
    if not one.roles:
        one = replace(one, roles=claim.roles - {"per day"})
    return one


def _within(span: Interval, own: Sequence[Interval]) -> bool:
    """Whether a day can be the one of a number that is of some intervals."""
    start, end = span[0] + HOUR, span[1] - HOUR
    return not own or any(one[0] <= start and end <= one[1] for one in own)


def _texts(data: Any, depth: int = 0) -> Iterator[str]:
    """What people said, in a result's data."""
    if depth > 6:
        return
    if isinstance(data, Mapping):
        for key, value in data.items():
            if isinstance(value, str):
                if str(key).lower() in TEXT_KEYS:
                    yield value
            else:
                yield from _texts(value, depth + 1)
    elif isinstance(data, (list, tuple)):
        for value in data:
            if isinstance(value, str):
                yield value
            else:
                yield from _texts(value, depth + 1)


def _of_arguments(result: ToolResult) -> Iterator[Evidence]:
    """The target that a tool was asked about."""
    metric = str(result.arguments.get("metric") or "")
    for name, value in result.arguments.items():
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            yield Evidence(
                float(value), "", f"{result.tool}: the {name} that was asked about",
                frozenset([metric] if metric else ()), roles=frozenset({"target"}), own=False,
                limit=True,
            )  # fmt: skip


def _of_articles(result: ToolResult) -> Iterator[Evidence]:
    """That there is one of what a conclusion calls "a run"."""
    for match in _ARTICLE.finditer(result.conclusion):
        names = [one for one in subjects.find(match[1]) if one.kind == "activity"]
        for name in names[:1]:
            yield Evidence(
                1.0, "#workouts", f"{result.tool}: {match[0]}", activity="".join(name.names),
                roles=frozenset({"count"}), own=False,
            )  # fmt: skip


def _of_counts(result: ToolResult) -> Iterator[Evidence]:
    """How many readings there are, and how many days a period has."""
    metric = frozenset([metric] if (metric := str(result.arguments.get("metric") or "")) else ())
    if result.samples:
        for noun in ("#readings", "#nights", "#workouts"):
            yield Evidence(
                float(result.samples), noun, f"{result.tool}: made of {result.samples:,}",
                metric, roles=frozenset({"count"}), own=False,
                spans=tuple(span for one in result.periods if (span := interval(one))),
            )  # fmt: skip
    for period in result.periods:
        if span := interval(period):
            yield from _lengths(period, span, result.tool)


def _lengths(period: UsedPeriod, span: Interval, tool: str) -> Iterator[Evidence]:
    days = round((span[1] - span[0]) / 86_400)
    for noun, size in LENGTHS.items():
        count = days / size
        if count > 0.9 and abs(count - round(count)) * size <= 2 * (size > 7):
            yield Evidence(
                float(round(count)), noun, f"{tool}: the length of {period.label}",
                roles=frozenset({"count", "length"}), own=False, spans=(span,),
            )  # fmt: skip


def _with_extremes(found: Iterable[Evidence]) -> list[Evidence]:
    """Marks the largest and the smallest of numbers of one kind that are of different days."""
    every = list(found)
    groups: dict[object, list[int]] = {}
    for i, one in enumerate(every):
        day = len(one.spans) == 1 and one.spans[0][1] - one.spans[0][0] <= NIGHT_S
        if one.own and day and not one.roles & NO_EXTREMES:
            key = one.metrics, one.unit, one.stage, one.activity, one.roles
            groups.setdefault(key, []).append(i)
    for group in groups.values():
        values = [every[i].value for i in group]
        if len(set(values)) > 1:
            for i in group:
                ends = set()
                if every[i].value == max(values):
                    ends.add("maximum")
                if every[i].value == min(values):
                    ends.add("minimum")
                every[i] = replace(every[i], extreme=frozenset(ends))
    return every
