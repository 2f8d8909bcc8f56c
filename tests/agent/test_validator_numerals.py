"""Numbers as people write them: what each is worth, how exactly it is said, and what is none."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellness.agent.validator import amounts, numerals
from wellness.agent.validator.numeral import Numeral
from wellness.memory.facts.quantities import SMALL, TENS

WRITTEN = [
    ("10,432", 10_432), ("10 432", 10_432), ("10\u202f432", 10_432), ("10'432", 10_432),
    ("1,234,567", 1_234_567), ("1.234.567", 1_234_567), ("12345", 12_345), ("8,713.4", 8713.4),
    ("1.5k", 1500), ("61.2K", 61_200), ("10k", 10_000), ("2 million", 2e6), ("3 hundred", 300),
    ("7.5", 7.5), ("7,5", 7.5), ("7½", 7.5), ("¾", 0.75), ("0.83", 0.83),
    ("-3", -3), ("−3", -3), ("+12", 12), ("minus 3", -3), ("minus three", -3), ("plus 2", 2),
    ("zero", 0), ("seven", 7), ("nineteen", 19), ("twenty-five", 25), ("thirty two", 32),
    ("a hundred", 100), ("two hundred and five", 205), ("eight thousand seven hundred", 8700),
    ("twelve thousand and one", 12_001), ("a dozen", 12), ("half a dozen", 6), ("two dozen", 24),
    ("seven and a half", 7.5), ("six and a quarter", 6.25), ("two and three quarters", 2.75),
    ("seven point five", 7.5), ("half", 0.5), ("a third of", 1 / 3), ("two thirds", 2 / 3),
    ("two-thirds", 2 / 3), ("three quarters", 0.75), ("a quarter of", 0.25), ("a fifth of", 0.2),
    ("twice", 2), ("once", 1), ("thrice", 3), ("1e", None), ("6:14", 374), ("6:14 am", 374),
    ("6:14 p.m.", 1094), ("12 am", 0), ("12:30 pm", 750), ("11 PM", 1380), ("23:59", 1439),
]  # fmt: skip
NO_NUMBERS = (
    "the 3rd and the 21st", "vitamin B12", "SpO2", "VO2 max", "H2O", "iOS17", "version 1.2.3",
    "a third run", "the third quarter", "a quarter year", "the first half", "half past",
    "a half marathon", "someone", "often", "weight", "hundreds of runs", "a few", "several",
    "a couple of", "none", "to tense", "stone", "double-checked", "an hourglass", "nineties", "3D",
    "a", "",
)  # fmt: skip


@pytest.mark.parametrize(("text", "value"), [row for row in WRITTEN if row[1] is not None])
@pytest.mark.parametrize("around", ["{}", "You had {} today.", "({})", "so: {}, then"])
def test_what_it_is_worth(text: str, value: float, around: str) -> None:
    found = numerals.find(around.format(text))
    assert [one.value for one in found] == [pytest.approx(value)]
    one = found[0]
    assert around.format(text)[one.start : one.end] == one.text


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_what_is_no_number(text: str) -> None:
    assert numerals.find(f"It was {text}, they said.") == []


@pytest.mark.parametrize(
    ("text", "step", "zeros"),
    [
        ("62", 1, 1), ("8,700", 1, 100), ("10,000", 1, 10_000), ("7.5", 0.1, 0.1),
        ("7.50", 0.01, 0.01), ("1.5k", 100, 100), ("10k", 1000, 10_000), ("twenty", 1, 10),
        ("seven and a half", 0.5, 0.5), ("six and a quarter", 0.25, 0.25), ("0", 1, 1),
        ("6:14", 1, 1), ("1:02:45", 1 / 60, 1 / 60), ("two point five", 0.1, 0.1),
    ],
)  # fmt: skip
def test_how_exactly_it_is_said(text: str, step: float, zeros: float) -> None:
    (one,) = numerals.find(text)
    assert (one.step, one.zeros) == (pytest.approx(step), pytest.approx(zeros))


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("10.432", 10_432), ("104,32", 10_432), ("1,043.2", 10_432), ("1,0432", 10_432),
     ("10432,0", 104_320), ("75", 7.5), ("18.02", 180.2)],
)  # fmt: skip
def test_a_misplaced_mark_makes_another_number(wrong: str, right: float) -> None:
    assert [one.value for one in numerals.find(wrong)] != [right]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("58-72", [58, 72]), ("58–72 bpm", [58, 72]), ("58 - 72", [58, 72]),
        ("between five and seven", [5, 7]), ("118/76", [118, 76]), ("3, 10 and 24", [3, 10, 24]),
        ("12345 and 45", [12_345, 45]), ("in 2025 120 readings", [2025, 120]),
        ("from 1.5 to 3", [1.5, 3]), ("five or six", [5, 6]), ("2x3", [2, 3]),
        ("seven hundred, eighty", [700, 80]),
    ],
)  # fmt: skip
def test_neighbours_stay_apart(text: str, values: list[float]) -> None:
    assert [one.value for one in numerals.find(text)] == values


def grouped(value: int, mark: str) -> str:
    return f"{value:,}".replace(",", mark)


@given(st.integers(0, 10**9), st.sampled_from([",", "'", "\u00a0", "\u202f"]))
def test_grouped_figures_read_back(value: int, mark: str) -> None:
    (one,) = numerals.find(f"about {grouped(value, mark)} of them")
    assert one.value == value
    assert one.step == 1


@given(st.integers(0, 999_999), st.integers(1, 3), st.booleans())
def test_decimals_read_back(whole: int, places: int, separated: bool) -> None:
    value = whole / 10**places
    text = f"{value:,.{places}f}" if separated else f"{value:.{places}f}"
    (one,) = numerals.find(f"It was {text}.")
    assert one.value == pytest.approx(value)
    assert one.step == pytest.approx(10**-places)


def in_words(value: int) -> str:
    if value < 20:
        return SMALL[value]
    if value < 100:
        tens, rest = divmod(value, 10)
        return TENS[tens - 2] + (f"-{SMALL[rest]}" if rest else "")
    if value < 1000:
        hundreds, rest = divmod(value, 100)
        return f"{SMALL[hundreds]} hundred" + (f" and {in_words(rest)}" if rest else "")
    thousands, rest = divmod(value, 1000)
    return f"{in_words(thousands)} thousand" + (f" {in_words(rest)}" if rest else "")


@given(st.integers(0, 999_999))
def test_words_read_back(value: int) -> None:
    (one,) = numerals.find(f"there were {in_words(value)} of them")
    assert one.value == value


@given(st.integers(1, 23), st.integers(1, 59), st.sampled_from(
    ["{h} h {m} min", "{h}h{m}", "{h} hours and {m} minutes", "{h} hr {m}m", "{h}h {m}min",
     "{h} hours, {m} minutes", "{h} h and {m} min"]
))  # fmt: skip
def test_durations_read_back(hours: int, minutes: int, style: str) -> None:
    text = style.format(h=hours, m=minutes)
    (one,) = amounts.find(f"You slept {text}.")
    assert (one.value, one.unit) == (60 * hours + minutes, "min")
    assert one.text == text


@given(st.integers(0, 23), st.integers(0, 59))
def test_times_of_day_read_back(hour: int, minute: int) -> None:
    (one,) = amounts.find(f"You woke up at {hour}:{minute:02}.")
    assert (one.value, one.unit) == (60 * hour + minute, amounts.CLOCK)


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    for one in numerals.find(text):
        assert isinstance(one, Numeral)
        assert math.isfinite(one.value)
        assert 0 <= one.start < one.end <= len(text)
        assert text[one.start : one.end] == one.text
    found = amounts.find(text)
    assert all(one.stop <= other.start for one, other in pairwise(found))


PIECES = st.sampled_from(
    ["7", "10,432", "1.5k", " ", "h", " min", "-", "–", "half", " a ", "and", "three", " hundred",
     ":", "6:14", " bpm", "%", "/", ".", ",", " to ", "about ", "(", ")", "pm", "twice", "\n", "½"]
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(PIECES, max_size=30).map("".join))
def test_any_mixture_of_numbers_can_be_read(text: str) -> None:
    for one in amounts.find(text):
        assert text[one.start : one.end] == one.text
        assert math.isfinite(one.value)
        assert one.end <= max(one.stop, one.end) <= len(text)
