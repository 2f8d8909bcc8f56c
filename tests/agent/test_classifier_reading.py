"""What the classifier reads before it decides: typing, clauses, times, heads."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellness.agent.classifier import events, when
from wellness.agent.classifier.beside import phrase_of
from wellness.agent.classifier.clauses import split
from wellness.agent.classifier.heads import aggregations, heads
from wellness.agent.classifier.reading import Reader
from wellness.agent.classifier.spelling import distance, repaired, tidy
from wellness.agent.classifier.typed import SHORTHAND, TARGETS
from wellness.health import periods

HOME = ZoneInfo("America/New_York")
NOW = datetime(2026, 9, 30, 20, 15, tzinfo=HOME)  # a Wednesday
READER = Reader(NOW, HOME, {})


def interval(phrase: str) -> tuple[int, int]:
    period = periods.parse(phrase, now=NOW, zone=HOME)
    return period.start_s, period.end_s


def times(text: str, *, apart: bool = False, beside: str = "") -> list[str]:
    """The times of a text: an event as it was said, anything else as an interval in words."""
    found = when.find(
        text, now=NOW, zone=HOME, apart=apart, beside=interval(beside) if beside else None
    )
    for one in found:
        assert one.interval is None or interval(one.phrase) == one.interval
    return [
        phrase_of(one.interval, now=NOW, zone=HOME) if one.interval else one.phrase for one in found
    ]


# --- typing ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("wats my avg hr 2day", "what is my avg heart rate today"),
        ("8 hr sleep", "8 hr sleep"),
        ("stesp on wendsday", "steps on wednesday"),
        ("my restng hart rate", "my resting heart rate"),
        ("Did I slepe last weeek?", "Did I sleep last week?"),
        ("last weak", "last week"),
        ("I feel weak", "I feel weak"),
        ("more steps then yesterday", "more steps than yesterday"),
        ("What\u2019s my weight?", "What is my weight?"),
        ("id like to know", "i would like to know"),
        ("a gherkin on my knee", "a gherkin on my knee"),
        ("my fastest 5k", "my fastest run"),
    ],
)
def test_typing_is_tidied(typed: str, meant: str) -> None:
    assert tidy(typed).text == meant


def test_repairs_are_told() -> None:
    assert tidy("wieght tredn").repairs == (("wieght", "weight"), ("tredn", "trend"))
    assert tidy("weight trend").repairs == ()


def test_words_of_questions_are_never_repaired() -> None:
    for word in TARGETS:
        assert tidy(word).text == word
    assert not {word for word in SHORTHAND if word in TARGETS}


@given(st.sampled_from([one for one in TARGETS if len(one) > 6]), st.data())
@settings(max_examples=200, deadline=None)
def test_one_slip_in_a_long_word_is_found(word: str, data: st.DataObject) -> None:
    """Whatever it becomes is one slip from what was typed, and mostly it is the word itself."""
    at = data.draw(st.integers(1, len(word) - 2))
    slips = (
        word[:at] + word[at + 1 :],
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        word[:at] + "q" + word[at:],
    )
    typed = data.draw(st.sampled_from(slips))
    meant = repaired(typed)
    assert not meant or distance(typed, meant, 2) <= 2
    if "q" in typed and "q" not in word:
        assert meant


@given(st.text("abcd", max_size=6), st.text("abcd", max_size=6))
@settings(max_examples=300, deadline=None)
def test_distance_is_that_of_brute_force(a: str, b: str) -> None:
    def apart(x: str, y: str) -> int:
        if not x or not y:
            return len(x) + len(y)
        best = min(apart(x[1:], y) + 1, apart(x, y[1:]) + 1, apart(x[1:], y[1:]) + (x[0] != y[0]))
        if len(x) > 1 and len(y) > 1 and x[0] == y[1] and x[1] == y[0]:
            best = min(best, apart(x[2:], y[2:]) + 1)
        return best

    assert distance(a, b, 9) == apart(a, b)
    assert distance(a, b, 1) == min(apart(a, b), 2)


# --- clauses --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("I feel great. How many steps did I do?", ["How many steps did I do?"]),
        ("Steps yesterday? I was so lazy.", ["Steps yesterday?"]),
        ("My scale broke, so tell me what I weighed", ["tell me what I weighed"]),
        ("How far did I run and how did I sleep?", ["How far did I run", "how did I sleep?"]),
        ("Since May, how have I slept?", ["Since May, how have I slept?"]),
        ("compare March and April", ["compare March and April"]),
        ("I want to see my runs", ["I want to see my runs"]),
        ("I want to lose weight", []),
        ("My weight is 75 kg", []),
        ("my weight", ["my weight"]),
        ("Had a run today!", []),
        ("What a day!", []),
        ("Dr. Brandt says I should rest. How long did I sleep?", ["How long did I sleep?"]),
    ],
)
def test_clauses_that_ask(text: str, asked: list[str]) -> None:
    found = [one.text.replace("  ", " ") for one in split(text) if one.asks]
    assert [one.replace("May how", "May, how") for one in found] == asked


# --- times ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("steps in march vs april", ["March 2026", "April 2026"]),
        ("steps in May and June 2025", ["May 2025", "June 2025"]),
        ("steps on Monday, Tuesday", ["28 September 2026", "29 September 2026"]),
        ("last week against the week before", ["21 September 2026 to 27 September 2026",
                                               "14 September 2026 to 20 September 2026"]),
        ("last month and the month before", ["August 2026", "July 2026"]),
        ("June and the same month last year", ["June 2026", "June 2025"]),
        ("last night than the night before", ["night of 29 September 2026",
                                              "night of 28 September 2026"]),
        ("last 7 days vs the 7 days before", ["24 September 2026 to 30 September 2026",
                                              "17 September 2026 to 23 September 2026"]),
        ("step count, 2025 vs 2026", ["2025", "2026"]),
        ("what do my steps add up to last week", ["21 September 2026 to 27 September 2026"]),
        ("the week before", []),
        ("may i ask", []),
    ],
)  # fmt: skip
def test_times(text: str, found: list[str]) -> None:
    assert times(text) == found


def test_a_range_is_two_periods_for_a_comparison_only() -> None:
    text = "between March and May"
    assert times(text, apart=True) == ["March 2026", "May 2026"]
    assert times(text) == ["1 March 2026 to 31 May 2026"]


@pytest.mark.parametrize(
    ("text", "beside", "found"),
    [
        ("and the week before?", "last week", "14 September 2026 to 20 September 2026"),
        ("the month before that", "January 2026", "December 2025"),
        ("the day before", "1 March 2026", "28 February 2026"),
        ("the year before", "May 2026", "May 2025"),
        ("the day after", "3 May 2026", "4 May 2026"),
        ("and the night before?", "last night", "night of 28 September 2026"),
        ("the one before", "last 3 days", "25 September 2026 to 27 September 2026"),
        ("the weekend before", "last weekend", "19 September 2026 to 20 September 2026"),
    ],
)
def test_times_beside_another(text: str, beside: str, found: str) -> None:
    assert times(text, beside=beside) == [found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("HRV before my injury", ["before my injury"]),
        ("since I changed gyms, how many steps", ["since I changed gyms"]),
        ("compare HRV before and after the trip to Tokyo",
         ["before the trip to Tokyo", "after the trip to Tokyo"]),
        ("higher after my flu than before?", ["after my flu", "before my flu"]),
        ("how did i sleep while I was in Tokyo?", ["while I was in Tokyo"]),
        ("steps on our trip to Rome", ["on our trip to Rome"]),
        ("how many steps before my injury on average", ["before my injury"]),
        ("did I drink before bed", []),
        ("my pulse after a run", []),
        ("how long since my last swim", []),
        ("what is left until my step goal", []),
    ],
)  # fmt: skip
def test_events(text: str, found: list[str]) -> None:
    assert [one.phrase for one in events.find(text, [])] == found


@given(st.integers(0, 700), st.integers(1, 40))
@settings(max_examples=100, deadline=None)
def test_any_days_have_a_phrase_that_means_them(back: int, length: int) -> None:
    last = periods.parse("today", now=NOW, zone=HOME).start.toordinal() - back
    first, final = datetime.fromordinal(last - length + 1), datetime.fromordinal(last + 1)
    span = tuple(int(one.replace(tzinfo=HOME).timestamp()) for one in (first, final))
    assert interval(phrase_of((span[0], span[1]), now=NOW, zone=HOME)) == span


# --- heads ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("steps and heart rate yesterday", [("StepCount", 1), ("HeartRate", 1)]),
        ("steps yesterday and pulse last week", [("StepCount", 1), ("HeartRate", 1)]),
        ("how many steps did I walk", [("StepCount", 0)]),
        ("calories burned on my run", [("Running", 0)]),
        ("my pulse while I slept", [("HeartRate", 0)]),
        ("how many calories did I eat and burn", [("DietaryEnergyConsumed", 0),
                                                  ("ActiveEnergyBurned", 0)]),
        ("weight, body fat and bmi", [("BodyMass", 0), ("BodyFatPercentage", 0),
                                      ("BodyMassIndex", 0)]),
        ("how far did I run or swim", [("Running", 0), ("Swimming", 0)]),
        ("who is my doctor", []),
    ],
)  # fmt: skip
def test_heads_and_how_many_times_each_has(text: str, found: list[tuple[str, int]]) -> None:
    assert [(one.name, len(one.whens)) for one in heads(READER.read(text))] == found


@pytest.mark.parametrize(
    ("text", "metric", "found"),
    [
        ("average steps", "StepCount", ["average"]),
        ("steps per day", "StepCount", ["average"]),
        ("my best day for steps", "StepCount", ["maximum"]),
        ("fewest steps in a single day", "StepCount", ["minimum"]),
        ("minimum and maximum pulse", "HeartRate", ["minimum", "maximum"]),
        ("how often was my pulse measured", "HeartRate", ["count"]),
        ("how many steps", "StepCount", []),
        ("did I walk more than 8,000 steps", "StepCount", []),
        ("did I ever walk more than 8,000 steps", "StepCount", ["maximum"]),
        ("was my pulse above 160", "HeartRate", ["maximum"]),
        ("did my oxygen fall below 90", "OxygenSaturation", ["minimum"]),
        ("most recent weight", "BodyMass", []),
        ("at least 2 liters of water", "DietaryWater", []),
        ("how many mindful sessions", "MindfulSession", ["count"]),
        ("the loudest noise", "EnvironmentalAudioExposure", ["maximum"]),
    ],
)
def test_aggregations(text: str, metric: str, found: list[str]) -> None:
    assert aggregations(READER.read(text), metric) == found


def test_a_shape_is_what_many_questions_share() -> None:
    shapes = {
        READER.read(text).shape
        for text in ("how many steps on Monday", "how many flights on 3 May", "how many steps on "
                     "the first Friday of June")
    }  # fmt: skip
    assert shapes == {"how many M on P", "how many M on the P"}
