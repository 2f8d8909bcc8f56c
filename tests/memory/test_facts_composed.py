"""Sentences put together from parts, in many forms: they agree if and only if the parts do."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from wellness.memory.facts import parse_slots, same_meaning

HOME = ZoneInfo("America/New_York")
NOW = datetime(2026, 9, 30, 20, 15, tzinfo=HOME)  # a Wednesday


def agrees(a: str, b: str) -> bool:
    return bool(same_meaning(a, b, now=NOW, zone=HOME))


DID = {"run": ("run", "go running", "go for a run"), "swim": ("swim", "go swimming"),
       "hike": ("hike", "go on a hike"), "yoga": ("do yoga", "practise yoga")}  # fmt: skip
WHEN = ("in May", "last week", "on Monday", "this year", "between April and June", "in 2025")
OFTEN = (
    "How often did I {did} {when}?", "How many times did I {did} {when}?",
    "{When}, how often did I {did}?", "Tell me how often I did {did} {when}",
    "By the way, can you tell me how many times I did {did} {when}?",
)  # fmt: skip
asked = st.tuples(st.sampled_from(sorted(DID)), st.sampled_from(WHEN))


@settings(deadline=None)
@given(asked, asked, st.data())
def test_questions_agree_as_their_parts_do(
    one: tuple[str, str], other: tuple[str, str], data: st.DataObject
) -> None:
    texts = []
    for what, when in (one, other):
        did = data.draw(st.sampled_from(DID[what]))
        text = data.draw(st.sampled_from(OFTEN))
        texts.append(text.format(did=did, when=when, When=when[0].upper() + when[1:]))
    assert agrees(*texts) == (one == other), texts


HABITS = ("swim", "do push-ups", "lift weights", "read", "stretch")
RATES = (("once a week", "every week", "weekly"), ("twice a week", "two times per week"),
         ("every other day", "every second day"), ("every day", "daily", "each day"))  # fmt: skip
PLACES = ("at home", "at the gym", "before work", "after dinner", "with my sister", "")
FORMS = (
    "I {did} {rate} {where}.",
    "{Where}, I {did} {rate}.",
    "Just so you know, I {did} {rate} {where}.",
)
habit = st.tuples(st.sampled_from(HABITS), st.sampled_from(RATES), st.sampled_from(PLACES))


@settings(deadline=None)
@given(habit, habit, st.data())
def test_habits_agree_as_their_parts_do(
    one: tuple[str, tuple[str, ...], str], other: tuple[str, tuple[str, ...], str],
    data: st.DataObject,
) -> None:  # fmt: skip
    texts = []
    for did, rates, where in (one, other):
        rate = data.draw(st.sampled_from(rates))
        form = data.draw(st.sampled_from(FORMS if where else FORMS[:1]))
        texts.append(form.format(did=did, rate=rate, where=where, Where=where.capitalize()))
    assert agrees(*texts) == (one == other), texts


HOURS = ("twelve", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
         "eleven")  # fmt: skip
clock = st.tuples(st.integers(0, 23), st.sampled_from((0, 15, 30, 45)))


def written(at: tuple[int, int], form: int) -> str:
    """A time in one of three notations."""
    hour, minute = at
    half = "am" if hour < 12 else "pm"
    if form == 0:
        return f"{hour:02}:{minute:02}"
    if form == 1:
        return f"{(hour - 1) % 12 + 1}:{minute:02} {half}"
    named = HOURS[(hour + (minute == 45)) % 12]
    part = "quarter past ", "half past ", "quarter to "
    half = "am" if (hour + (minute == 45)) % 24 < 12 else "pm"
    return f"{part[minute // 15 - 1] if minute else ''}{named} {half}"


@settings(deadline=None)
@given(clock, clock, st.integers(0, 2), st.integers(0, 2))
def test_times_agree_in_any_notation(
    one: tuple[int, int], other: tuple[int, int], a: int, b: int
) -> None:
    texts = [f"I charge my watch at {written(at, form)}." for at, form in ((one, a), (other, b))]
    assert agrees(*texts) == (one == other), texts


@settings(deadline=None)
@given(st.integers(100, 220), st.integers(100, 220))
def test_lengths_agree_in_any_unit(one: int, other: int) -> None:
    texts = f"My bike is {one} cm long.", f"My bike is {other / 100:.2f} m long."
    assert agrees(*texts) == (one == other)


def test_an_opening_says_nothing() -> None:
    plain = parse_slots("I have a latex allergy", now=NOW, zone=HOME)
    for opening in ("Hi, ", "So ", "By the way, ", "Please remember that ", "Note: ", "OK, "):
        assert parse_slots(f"{opening}I have a latex allergy", now=NOW, zone=HOME) == plain
