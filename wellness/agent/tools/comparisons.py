"""Two periods of one metric, with the verdict: which is higher, by how much, by how many percent.

Totals are compared as they are only where that is fair: of periods of equal length that are over,
with data of equally many days. Else it is the days that are compared, and the answer says why.
"""

from __future__ import annotations

from dataclasses import replace

from wellness.agent.tools.arguments import Compared
from wellness.agent.tools.daily import Daily, daily
from wellness.agent.tools.desk import Desk
from wellness.agent.tools.draft import Draft
from wellness.agent.tools.metrics import check_sum, describe_all, did
from wellness.agent.tools.said import Said
from wellness.agent.tools.spans import Span, same_length


def compare_time_periods(desk: Desk, arguments: Compared) -> Draft:
    """Hold one period against another."""
    stored = desk.metric(arguments.metric)
    aggregation = arguments.aggregation or ""
    check_sum(stored, aggregation)
    one, other = _matched(*_told_apart(desk, arguments))
    draft = Draft()
    for span in (one, other):
        draft.take(span)
    first, second = (daily(desk, stored, span) for span in (one, other))
    for found in (first, second):
        if not found.dates and aggregation != "count":
            raise found.nothing()
        if found.dates:
            describe_all(draft, found)
    draft.samples = first.readings + second.readings
    why = _unfair(first, second) if first.is_total else ""
    if aggregation in ("", "sum") and first.is_total and not why:
        aggregation = "sum"
    elif aggregation in ("", "sum"):
        aggregation = "average"
    _verdict(draft, first, second, aggregation, why)
    _notes(draft, first, second)
    return draft


def _told_apart(desk: Desk, arguments: Compared) -> tuple[Span, Span]:
    """In October both "this summer" and "last summer" are the one that is over; beside each other
    the last one is that before this one.
    """
    one, other = desk.span(arguments.period), desk.span(arguments.other_period)
    if one.period.start != other.period.start or one.event or other.event:
        return one, other
    before = replace(desk, now=one.period.start)
    match ["last" in span.phrase.casefold().split() for span in (one, other)]:
        case [False, True]:
            return one, replace(before.span(arguments.other_period), now=desk.now)
        case [True, False]:
            return replace(before.span(arguments.period), now=desk.now), other
    return one, other


def _matched(one: Span, other: Span) -> tuple[Span, Span]:
    """Before and after one event are windows of one length, unless their lengths were named."""
    events = [span.event for span in (one, other)]
    if None in events:
        return one, other
    a, b = events
    assert a is not None
    assert b is not None
    if a.event.start != b.event.start or a.counted or b.counted:
        return one, other
    if a.relation in ("before", "until") and b.relation in ("after", "since"):
        return one, same_length(one, other)
    if b.relation in ("before", "until") and a.relation in ("after", "since"):
        return same_length(other, one), other
    return one, other


def _unfair(first: Daily, second: Daily) -> str:
    """Why totals of two periods cannot be held against each other; empty if they can."""
    lengths = [(found.span.last - found.span.first).days for found in (first, second)]
    if lengths[0] != lengths[1]:
        return "the periods differ in length"
    for found in (first, second):
        if not found.span.over:
            return f"{found.span.name} is not over"
    if len(first.dates) != len(second.dates):
        return f"not every {first.per} has data"
    return ""


def _verdict(draft: Draft, first: Daily, second: Daily, aggregation: str, why: str) -> None:
    a, b = (_value(found, aggregation) for found in (first, second))
    how = first.said.averaged(min(a, b)) if aggregation == "average" else first.said
    how = how.consistent(a, b)
    per = f" a {first.per}" if aggregation == "average" and first.is_total else ""
    one, other = (
        _text(draft, how, found, value, aggregation, per)
        for found, value in ((first, a), (second, b))
    )
    if first.is_total and aggregation in ("sum", "average"):
        subject = did(first, f"{one}{per}")
    else:
        verb = "were" if how.plural or aggregation == "count" else "was"
        subject = f"your {_ROLE[aggregation]}{how.noun} {verb} {one}"
    draft.say(f"{subject} {first.span.words} and {other}{per} {second.span.words}.")
    if one == other:
        draft.say("that is the same." if a == b else "that is practically the same.")
    else:
        _difference(draft, how, first, second, a, b, aggregation, per)
    if why and per:
        draft.say(f"{first.per}s are compared, because {why}.")


def _difference(
    draft: Draft, how: Said, first: Daily, second: Daily, a: float, b: float, aggregation: str,
    per: str,
) -> None:  # fmt: skip
    """Which is higher, and by how much."""
    if aggregation == "count":
        change = draft.count(int(abs(a - b)), "reading")
    else:
        about = f"difference in {how.noun}{per}"
        draft.change(how.of_change, a - b, "change", about)
        change = draft.change(how.of_change, how.rounded(a) - how.rounded(b), "change", about)
    word = "higher" if a > b else "lower"
    if b > 0 and how.ratio:
        about = f"{word} than {second.span.name}"
        change += f" ({draft.share(about, 100 * abs(a - b) / b, 'change', how.metric)})"
    draft.say(f"it was {change} {word} {first.span.short}.")


_ROLE = {"average": "average ", "minimum": "lowest ", "maximum": "highest ",
         "count": "number of readings of "}  # fmt: skip


def _value(found: Daily, aggregation: str) -> float:
    match aggregation:
        case "sum":
            return found.total
        case "average":
            return found.average
        case "minimum":
            lows = [value for _, value in found.whole] if found.is_total else found.lows
            return min(lows)
        case "maximum":
            return max(found.highs)
        case _:
            return float(found.readings)


def _text(draft: Draft, how: Said, found: Daily, value: float, aggregation: str, per: str) -> str:
    if aggregation == "count":
        return draft.count(int(value), "reading", period=found.span.label)
    about = f"{how.noun}{per}" if per else ""
    return draft.value(how, value, aggregation, found.span.label, about)


def _notes(draft: Draft, first: Daily, second: Daily) -> None:
    a, b = first.span.period, second.span.period
    if a.start < b.end and b.start < a.end:
        draft.note("The two periods overlap.")
    both = [note for note in first.gaps() if note in second.gaps()]
    draft.note(*both)
    for found in (first, second):
        place = found.span.short
        draft.note(*(
            f"{place[:1].upper()}{place[1:]}: {note[:1].lower()}{note[1:]}"
            for note in found.gaps() if note not in both
        ))  # fmt: skip
