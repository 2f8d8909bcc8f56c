"""One number over a period: a sum, an average, the lowest, the highest, or how many."""

from __future__ import annotations

from datetime import date

from wellness.agent.tools import defaults
from wellness.agent.tools.arguments import Aggregated
from wellness.agent.tools.daily import Daily, daily
from wellness.agent.tools.desk import Desk, Stored
from wellness.agent.tools.draft import Draft
from wellness.agent.tools.said import is_total
from wellness.errors import ToolError

DID = {  # how a total is told; the value is put at {}
    "StepCount": "you took {}", "FlightsClimbed": "you climbed {}",
    "DistanceWalkingRunning": "you walked and ran {}", "DistanceCycling": "you cycled {}",
    "DistanceSwimming": "you swam {}", "ActiveEnergyBurned": "you burned {} of active energy",
    "BasalEnergyBurned": "you burned {} at rest", "AppleExerciseTime": "you exercised for {}",
    "AppleStandTime": "you stood for {}", "AppleStandHour": "you stood in {}",
    "DietaryWater": "you drank {}", "DietaryEnergyConsumed": "you ate {}",
    "SleepAnalysis": "you slept {}", "MindfulSession": "you meditated for {}",
}  # fmt: skip


def did(found: Daily, value: str) -> str:
    """A total in words: "you took 8,214 steps"."""
    return DID.get(found.said.metric, f"your {found.said.noun} came to {{}}").format(value)


def aggregate_metrics(desk: Desk, arguments: Aggregated) -> Draft:
    """One number over a period."""
    stored = desk.metric(arguments.metric)
    span = desk.span(arguments.period, defaults.AGGREGATE_PERIOD)
    draft = Draft()
    draft.take(span)
    found = daily(desk, stored, span)
    draft.samples = found.readings
    if arguments.aggregation == "count":
        _count(draft, found)
    elif not found.dates:
        raise found.nothing()
    else:
        check_sum(stored, arguments.aggregation)
        describe_all(draft, found)
        _SAY[arguments.aggregation](draft, found)
    draft.note(*found.gaps())
    draft.data["days"] = [
        {"date": day.isoformat(), "value": round(value, 2)}
        for day, value in list(zip(found.dates, found.values, strict=True))[-defaults.ROWS :]
    ]
    return draft


def check_sum(stored: Stored, aggregation: str) -> None:
    """Levels have no sum.

    Raises:
        ToolError: a sum of them is asked for.
    """
    if aggregation == "sum" and not is_total(stored.metric):
        raise ToolError(
            f"{stored.metric.name} is a level, and levels do not add up to anything.",
            hint="Ask for its average, minimum, maximum or count.",
        )


def describe_all(draft: Draft, found: Daily) -> None:
    """Enter what else may be said of a period: its sum, average, extremes and counts."""
    label = found.span.label
    if found.is_total:
        draft.value(found.said, found.total, "sum", label)
    draft.value(found.said, found.average, "average", label, about=_averaged(found))
    draft.value(found.said, _low(found)[1], "minimum", label)
    draft.value(found.said, _high(found)[1], "maximum", label)
    with_data = f"{found.per}s with data"
    draft.enter(with_data, len(found.dates), f"{found.per}s", role="count", period=label)
    draft.count(found.readings, "reading", period=label)


def _mean(draft: Draft, found: Daily) -> str:
    how = found.said.averaged(found.average)
    return draft.value(how, found.average, "average", found.span.label, _averaged(found))


def _averaged(found: Daily) -> str:
    return f"{found.said.noun} a {found.per}" if found.is_total else f"average {found.said.noun}"


def _count(draft: Draft, found: Daily) -> None:
    words, label = found.span.words, found.span.label
    if found.per == "night":
        nights = draft.count(found.readings, "night", period=label)
        draft.say(f"how long you slept is known of {nights} {words}.")
        return
    with_data = sum(value > 0 for value in found.values) if found.is_sparse else len(found.dates)
    days = draft.count(with_data, "day", period=label)
    on = f", on {days}" if found.readings and not found.span.one_day else ""
    if found.is_total:
        many = draft.count(found.readings, "reading", period=label)
        verb = "is" if found.readings == 1 else "are"
        draft.say(f"there {verb} {many} of your {found.said.noun} {words}{on}.")
    else:
        times = draft.count(found.readings, "time", period=label)
        draft.say(f"your {found.said.noun} was measured {times} {words}{on}.")


def _sum(draft: Draft, found: Daily) -> None:
    total = draft.value(found.said, found.total, "sum", found.span.label)
    sentence = f"{did(found, total)} {found.span.words}"
    if found.today_unfinished:
        sentence += " so far"
    if len(found.whole) > 1:
        average = _mean(draft, found)
        sentence += f", {average} a {found.per} on average"
    draft.say(f"{sentence}.")


def _average(draft: Draft, found: Daily) -> None:
    if found.is_total:
        value = _mean(draft, found)
        count = draft.count(len(found.whole), found.per, period=found.span.label)
        draft.say(f"{did(found, value)} a {found.per} on average {found.span.words}, over {count}.")
        return
    value = draft.value(found.said, found.average, "average", found.span.label)
    sentence = f"your {found.said.noun} averaged {value} {found.span.words}"
    if found.readings > 1:
        low, high = _low(found), _high(found)
        lowest = draft.value(found.said, low[1], "minimum", found.span.label)
        highest = draft.value(found.said, high[1], "maximum", found.span.label)
        sentence += f", between {lowest} and {highest}"
        draft.dates([low[0], high[0]])
    draft.say(f"{sentence}.")


def _minimum(draft: Draft, found: Daily) -> None:
    _extreme(draft, found, _low(found), "minimum", "fewest" if found.said.plural else "least")


def _maximum(draft: Draft, found: Daily) -> None:
    _extreme(draft, found, _high(found), "maximum", "most")


def _extreme(
    draft: Draft, found: Daily, row: tuple[date, float], role: str, superlative: str
) -> None:
    when, value = row
    text = draft.value(found.said, value, role, found.span.label)
    on = draft.day(when)
    noun = found.said.noun
    if found.is_total:
        draft.say(
            f"the {found.per} with the {superlative} {noun} {found.span.words} was {on}: {text}."
        )
    else:
        word = "lowest" if role == "minimum" else "highest"
        draft.say(f"your {word} {noun} {found.span.words} was {text}, on {on}.")


def _low(found: Daily) -> tuple[date, float]:
    """The lowest and its day; of totals, of the days that are over."""
    if found.is_total:
        return min(found.whole, key=lambda row: row[1])
    return min(zip(found.dates, found.lows, strict=True), key=lambda row: row[1])


def _high(found: Daily) -> tuple[date, float]:
    return max(zip(found.dates, found.highs, strict=True), key=lambda row: row[1])


_SAY = {"sum": _sum, "average": _average, "minimum": _minimum, "maximum": _maximum}
