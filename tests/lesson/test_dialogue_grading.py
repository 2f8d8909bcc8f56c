"""The grader against right and wrong answers in many wordings, each judged by hand.

The wordings are those of tools (a conclusion in full sentences), of small models (terse, with
Markdown, with a question at the end) and of people.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellness.lesson.dialogues import wording
from wellness.lesson.dialogues.figures import Amount, figures
from wellness.lesson.dialogues.reference import load_truth
from wellness.lesson.dialogues.rubric import expectation

TRUTH = load_truth()
LAST_WEEK, WEEK_BEFORE = ["2026-09-21", "2026-09-28"], ["2026-09-14", "2026-09-21"]
SEPTEMBER, MAY = ["2026-09-01", "2026-10-01"], ["2026-05-01", "2026-06-01"]
ALL = ["2024-10-01", "2026-10-01"]
NAMES = ["september|\\bsept?\\b", "may"]
NO_WATCH = {"from": "resting.mean", "period": ["2025-11-17", "2025-11-24"]}

EXPECT: dict[str, dict[str, Any]] = {
    "steps": {"kind": "number", "from": "steps.sum", "period": LAST_WEEK},  # 74,040.8
    "resting": {"kind": "number", "from": "resting.mean", "period": SEPTEMBER},  # 55.66 bpm
    "highest": {"kind": "number", "from": "heart.maximum", "period": LAST_WEEK},  # 153 bpm
    "weight": {"kind": "number", "from": "weight.last", "period": ALL, "unit": "lb"},  # 164.18
    "to goal": {"kind": "number", "from": "weight.above", "period": ALL, "unit": "lb",
                "target": [160, "lb"], "within": 0.2},  # 4.18 lb
    "sleep": {"kind": "number", "from": "sleep.mean", "period": LAST_WEEK, "unit": "h"},  # 6.943 h
    "deep": {"kind": "number", "from": "sleep.deep", "period": ["2026-08-01", "2026-09-01"]},
    "runs": {"kind": "number", "from": "workouts.count", "period": ["2026-07-01", "2026-08-01"],
             "activity": "Running", "unit": "runs"},  # 11
    "no runs": {"kind": "number", "from": "workouts.count", "period": ["2025-06-13", "2025-07-25"],
                "activity": "Running", "unit": "runs"},  # 0
    "miles": {"kind": "number", "from": "workouts.miles", "period": SEPTEMBER,
              "activity": "Running"},  # 48.3 mi
    "days": {"kind": "number", "from": "steps.days", "period": ["2026-08-01", "2026-09-01"],
             "target": [9000, "steps"]},  # 17
    "goal": {"kind": "told", "value": 160, "unit": "lb", "stale": [165]},
    "step goal": {"kind": "told", "value": 10000, "unit": "steps", "stale": [8000, 9000]},
    "sleep goal": {"kind": "told", "value": 7.5, "unit": "h"},
    "goal in May": {"kind": "told", "value": 165, "unit": "lb", "stale": [160]},
    "physio": {"kind": "contains", "answer": "Marla", "words": ["marla"],
               "without": ["\\b(?:is|called|named) marta\\b"]},
    "ankle": {"kind": "contains", "answer": "The left one", "words": ["left"]},
    "injured": {"kind": "date", "day": "2025-06-12"},
    "lower": {"kind": "direction", "from": "resting.mean", "period": SEPTEMBER, "other": MAY,
              "asked": "higher", "names": NAMES},
    "fewer": {"kind": "direction", "from": "steps.sum", "period": LAST_WEEK, "other": WEEK_BEFORE,
              "asked": "higher"},
    "same": {"kind": "direction", "from": "workouts.count", "period": ["2026-03-01", "2026-04-01"],
             "other": MAY, "asked": "higher", "names": ["march", "may"]},  # 19 and 19
    "reached": {"kind": "direction", "from": "steps.sum", "period": ["2026-09-29", "2026-09-30"],
                "target": [9000, "steps"], "asked": "higher"},  # 14,943
    "over 8,000": {"kind": "direction", "from": "steps.sum", "period": ["2026-09-28", "2026-09-29"],
                   "target": [8000, "steps"], "named": True, "asked": "higher"},  # 7,051
    "missed": {"kind": "direction", "from": "sleep.mean", "period": LAST_WEEK,
               "target": [7.5, "h"], "asked": "higher"},
    "no name": {"kind": "refuses", "because": "never told"},
    "no bpm": {"kind": "refuses", "because": NO_WATCH, "unit": "bpm"},
    "no steps": {"kind": "refuses", "because": "somebody else's data", "unit": "steps"},
    "no goal": {"kind": "refuses", "because": "never told", "unit": "lb",
                "may": [{"said": [190, "lb"]},
                        {"from": "weight.last", "period": ALL, "unit": "lb"}],
                "without": ["\\byour goal(?: weight)? is 190\\b"]},
}  # fmt: skip

RIGHT: list[tuple[str, str]] = [
    ("steps", "You took 74,041 steps last week."),
    ("steps", "74041"),
    ("steps", "**74,041 steps** last week (Mon 21 Sep to Sun 27 Sep 2026)."),
    ("steps", "About 74,000 steps."),
    ("steps", "Roughly 74k steps, or 10.6k a day."),
    ("steps", "You took 74,041 steps last week, 10,577 a day; the most on Tue 22 Sep (16,669), the "
              "fewest on Wed 23 Sep (6,539). Phone and watch were merged."),
    ("steps", "In the week from 21 to 27 September 2026, your total was 74 041 steps."
              .replace("74 041", "74\u202f041")),
    ("steps", "Last week you walked 74,040.8 steps. Is there anything else?"),
    ("resting", "Your resting heart rate averaged 55.7 bpm in September 2026."),
    ("resting", "56 bpm"),
    ("resting", "It was about 56 beats per minute on average."),
    ("resting", "The average was 55.66, between 54 and 58 bpm."),
    ("highest", "Your highest heart rate last week was 153 bpm, on Tuesday 22 September at 06:41."),
    ("highest", "It ranged from 48 to 153 bpm."),
    ("weight", "You weigh 164.2 lb."),
    ("weight", "Your latest weight is 74.5 kg, of this morning at 06:08."),
    ("weight", "74.47 kg (164.2 lb), measured on Wed 30 Sep 2026."),
    ("weight", "About 164 pounds."),
    ("to goal", "You are 4.2 lb above your goal of 160 lb."),
    ("to goal", "You still have 1.9 kg to go."),
    ("to goal", "You weigh 164.2 lb, so 4.2 pounds are left."),
    ("sleep", "You slept 6 h 57 min a night on average last week, over 5 nights."),
    ("sleep", "6.9 hours"),
    ("sleep", "Just under 7 hours"),
    ("sleep", "On average 6 hours and 57 minutes, with 1 h 40 min of deep sleep."),
    ("sleep", "416.6 minutes a night"),
    ("sleep", "6h57m"),
    ("sleep", "You slept 6 h 57 min a night on average last week, over 5 nights: the longest was "
              "8 h 4 min, to Sat 26 Sep 2026, the shortest 6 h 21 min, to Thu 24 Sep 2026. Of it "
              "3 h 40 min core, 1 h 42 min deep and 1 h 35 min REM a night; asleep from about "
              "22:41 to 05:52."),
    ("deep", "You got 1 h 46 min of deep sleep a night on average."),
    ("deep", "106 minutes of deep sleep"),
    ("runs", "You did 11 runs in July 2026."),
    ("runs", "Eleven."),
    ("runs", "11 workouts (Running) in July, 9 h 40 min and 46.6 miles in all."),
    ("runs", "You went running 11 times in July, on 11 different days."),
    ("no runs", "You did no runs in the six weeks after your ankle injury."),
    ("no runs", "0 runs."),
    ("no runs", "You didn't run at all between 13 June and 24 July 2025."),
    ("no runs", "None."),
    ("no runs", "There are no running workouts from 13 Jun 2025 to 24 Jul 2025."),
    ("miles", "You ran 48.3 miles in September."),
    ("miles", "48.3 mi over 12 runs"),
    ("miles", "12 runs, 77.8 km in all"),
    ("days", "You reached it on 17 days in August."),
    ("days", "On 17 of 31 days you took at least 9,000 steps."),
    ("days", "17 (55%)"),
    ("goal", "Your goal weight is 160 lb."),
    ("goal", "160 pounds (72.6 kg)"),
    ("goal", "Your goal is now 160 lb; before that it was 165 lb."),
    ("goal", "Your goal weight is 160 lb, since 17 August 2026, instead of 165 lb."),
    ("step goal", "10,000 steps a day. Your previous goals were 8,000 and 9,000."),
    ("step goal", "You want to walk 10k steps a day."),
    ("sleep goal", "You are aiming for 7.5 hours a night."),
    ("sleep goal", "Seven and a half hours"),
    ("sleep goal", "7 h 30 min a night"),
    ("goal in May", "In May your goal weight was 165 lb."),
    ("goal in May", "It was 165 lb then; since 17 August it is 160 lb."),
    ("physio", "Your physio is called Marla."),
    ("physio", "Marla (you corrected it from Marta)."),
    ("ankle", "It was your left ankle."),
    ("ankle", "I don't know more about it, but you said it was the left one."),
    ("injured", "You sprained your ankle on 12 June 2025."),
    ("injured", "On June 12th, 2025, on a run."),
    ("injured", "On Thu 12 Jun 2025."),
    ("injured", "2025-06-12"),
    ("injured", "On the 12th of June."),
    ("lower", "No, it was lower: 55.7 bpm in September against 57.3 bpm in May."),
    ("lower", "Your resting heart rate averaged 55.7 bpm in September 2026 and 57.3 bpm in May "
              "2026. It was 1.6 bpm (2.8%) lower in September 2026."),
    ("lower", "No."),
    ("lower", "No, it wasn't higher than in May."),
    ("lower", "It fell from 57.3 bpm in May to 55.7 bpm in September."),
    ("lower", "In May it was higher, by 1.6 bpm."),
    ("lower", "It was 1.6 bpm higher in May than in September."),
    ("lower", "May's average was higher than September's."),
    ("lower", "It has decreased by 3 % since May."),
    ("fewer", "No, you took 5,688 fewer steps last week than the week before."),
    ("fewer", "You walked less last week: 74,041 against 79,729 steps."),
    ("fewer", "No, your steps went down by 7 %."),
    ("same", "It was the same: 19 workouts in March and 19 in May."),
    ("same", "No, you did as many workouts in March as in May."),
    ("same", "There was no difference: 19 each."),
    ("reached", "Yes, you reached your goal: 14,943 of 9,000 steps."),
    ("reached", "You took 14,943 steps, 5,943 more than your goal."),
    ("reached", "Yes!"),
    ("reached", "You exceeded it."),
    ("missed", "No, you slept 6 h 57 min on average, 33 min short of your goal."),
    ("missed", "You did not reach your goal of 7.5 hours."),
    ("missed", "No, your average was below your goal."),
    ("missed", "Not quite: 6.9 hours."),
    ("missed", "You needed 33 minutes more a night to reach your goal."),
    ("missed", "Your average of 6.9 hours is under your goal."),
    ("missed", "You slept 6 h 57 min a night on average; your goal is 7 h 30 min."),
    ("missed", "You reached 7 h 30 min on 2 of 5 nights last week (Mon 21 Sep 2026 to Sun 27 Sep "
               "2026). You averaged 6 h 57 min a night; the night with the most was Sat 26 Sep "
               "2026: 8 h 4 min."),
    ("no runs", "You did no runs in 13 June 2025 to 24 July 2025 (Fri 13 Jun 2025 to Thu 24 Jul "
                "2025). The last one before was a run on Thu 12 Jun 2025 (17 min, 1.75 mi)."),
    ("lower", "Your average resting heart rate was 57.3 bpm in May (Fri 1 May 2026 to Sun 31 May "
              "2026) and 55.7 bpm in September (Tue 1 Sep 2026 to Wed 30 Sep 2026). It was 1.6 bpm "
              "(2.9%) higher in May."),
    ("to goal", "Your latest weight is 74.5 kg, of Wed 30 Sep 2026; the target is 72.6 kg "
                "(160 lb). That is 1.9 kg above it."),
    ("reached", "You took 14,943 steps yesterday (Tue 29 Sep 2026), of a target of 9,000 steps: "
                "166%. The target is reached, with 5,943 steps more."),
    ("over 8,000", "No."),
    ("over 8,000", "You took 7,051 steps on 28 September 2026 (Mon 28 Sep 2026)."),
    ("over 8,000", "You took 949 steps less than that."),
    ("lower", "Your resting heart rate averaged 55.7 bpm in September and 57.3 bpm in May."),
    ("no name", "I don't know what your physio is called."),
    ("no name", "You haven't told me your physio's name."),
    ("no name", "You have not mentioned a physio yet."),
    ("no name", "I do not have that information."),
    ("no name", "I have no memory of that."),
    ("no name", "I couldn't find anything about your physio."),
    ("no name", "There is no record of a physio in what you told me."),
    ("no name", "Nothing that I was told is about your physio."),
    ("no name", "I'm not aware of any physio."),
    ("no name", "I'm unable to tell: you never told me."),
    ("no name", "Sorry, I can't recall you mentioning a physio."),
    ("no name", "Unfortunately, I don't currently have any information about your physio."),
    ("no bpm", "There are no readings of your resting heart rate from 17 to 23 November 2025."),
    ("no bpm", "You have no resting heart rate data for those 7 days."),
    ("no bpm", "No data were recorded between Mon 17 Nov 2025 and Sun 23 Nov 2025."),
    ("no bpm", "That isn't available: 0 readings."),
    ("no steps", "I only have your data, and cannot see your brother's steps."),
    ("no steps", "I don't have access to your brother's data."),
    ("no goal", "You haven't told me a goal weight. Your latest weight is 164.2 lb."),
    ("no goal", "I don't know your goal weight; your brother Tom wants to get down to 190 lb."),
    ("no goal", "You have not set any goals."),
]  # fmt: skip

WRONG: list[tuple[str, str]] = [
    ("steps", "You took 79,729 steps last week."),
    ("steps", "You took 75,000 steps last week."),
    ("steps", "I do not know how many steps you took."),
    ("steps", "You took 10,577 steps a day on average."),
    ("steps", "Your goal is 10,000 steps."),
    ("steps", "Did you take 74,041 steps?"),
    ("steps", "You walked 74 km."),
    ("steps", "70,000 steps, more or less."),
    ("steps", "Mon 21 Sep to Sun 27 Sep 2026"),
    ("resting", "Your average heart rate was 74 bpm."),
    ("resting", "57 bpm"),
    ("resting", "Your resting heart rate is 60, or 55.7 %."),
    ("highest", "155 bpm"),
    ("highest", "Your average was 75 bpm."),
    ("weight", "You weigh 166.4 lb."),
    ("weight", "You weigh 164.2 kg."),
    ("weight", "74.5 lb"),
    ("to goal", "You are 1.8 lb above your goal."),
    ("to goal", "You are 0.8 lb below your goal of 165 lb."),
    ("to goal", "Your goal is 160 lb."),
    ("sleep", "You slept 7 h 57 min."),
    ("sleep", "7.1 hours"),
    ("sleep", "6.5 hours"),
    ("sleep", "You went to bed at 6:57."),
    ("deep", "104 min core sleep"),
    ("runs", "You did 21 workouts in July."),
    ("runs", "You did 12 runs in July."),
    ("runs", "You swam in July: 11 swims."),
    ("runs", "You ran on 11 July."),
    ("runs", "In July you took 11 steps."),
    ("no runs", "You did 3 runs."),
    ("no runs", "I have no record of your ankle injury."),
    ("no runs", "I don't know when your ankle injury was."),
    ("miles", "You ran 48.3 km."),
    ("miles", "You ran 39.3 miles."),
    ("days", "You reached it on 13 days."),
    ("days", "You took 17 steps."),
    ("days", "On 17 August you reached it."),
    ("goal", "Your goal weight is 165 lb."),
    ("goal", "Your goals are 165 lb and 160 lb."),
    ("goal", "Your goal weight is 160 kg."),
    ("goal", "You have not told me a goal."),
    ("step goal", "8,000 steps a day"),
    ("step goal", "Your step goals: 8,000, 9,000, 10,000 a day."),
    ("sleep goal", "You sleep 7.4 hours on average."),
    ("sleep goal", "8 hours"),
    ("goal in May", "Your goal weight is 160 lb."),
    ("physio", "Your physio is called Marta."),
    ("physio", "I do not know the name of your physio."),
    ("physio", "Your physio is Marla, or is it Marla Quinn?"),
    ("ankle", "I do not know whether it was the left or the right one."),
    ("ankle", "The right one."),
    ("injured", "In June 2025."),
    ("injured", "On 13 June 2025."),
    ("injured", "On 12 June 2026."),
    ("injured", "On 6 December 2025."),
    ("lower", "Yes, it was higher than in May."),
    ("lower", "Yes."),
    ("lower", "It was 55.7 bpm."),
    ("lower", "I don't have data to say whether it was lower than in May."),
    ("lower", "It was higher in September than in May."),
    ("lower", "May was lower than September."),
    ("lower", "It rose from 55.7 bpm in May to 57.3 bpm in September."),
    ("lower", "It was the same as in May."),
    ("lower", "Was it lower?"),
    ("fewer", "Yes, 5,688 more."),
    ("fewer", "You took 74,041 steps last week."),
    ("same", "Yes, you did more in March."),
    ("same", "You did fewer workouts in March than in May."),
    ("reached", "No, you missed it."),
    ("reached", "You fell short of your goal by 500 steps."),
    ("reached", "You did not reach your goal."),
    ("missed", "Yes, you reached your sleep goal."),
    ("missed", "You slept 6 h 57 min."),
    ("missed", "You reached your sleep goal on average."),
    ("missed", "You did 5 runs; your goal is 7.5 hours."),
    ("over 8,000", "Yes, you took 7,051 steps."),
    ("over 8,000", "You took more than 8,000 steps."),
    ("over 8,000", "You took 14,943 steps."),
    ("no name", "Your physio is called Marta."),
    ("no name", "Dr. Smith"),
    ("no name", "Do you not know?"),
    ("no bpm", "Your resting heart rate was 59 bpm."),
    ("no bpm", "I don't have exact data, but it was around 59 bpm."),
    ("no bpm", "It is unknown; typically 60 to 80."),
    ("no steps", "Your brother took 8,000 steps."),
    ("no steps", "I cannot see them, but he probably took 8,000."),
    ("no goal", "Your goal weight is 150 lb."),
    ("no goal", "Your goal weight is 190 lb."),
    ("no goal", "You have not told me more, but your goal weight is 190 lb."),
    ("no goal", "I do not know, perhaps 150 lb."),
]  # fmt: skip


def test_there_are_many_of_each() -> None:
    assert len(RIGHT) >= 90
    assert len(WRONG) >= 70
    assert {name for name, _ in RIGHT} == {name for name, _ in WRONG} == set(EXPECT)


@pytest.mark.parametrize(("name", "answer"), RIGHT)
def test_right_answers_are_right(name: str, answer: str) -> None:
    verdict = expectation(EXPECT[name], TRUTH).judge(answer)
    assert verdict.right, verdict.why


@pytest.mark.parametrize(("name", "answer"), WRONG)
def test_wrong_answers_are_wrong(name: str, answer: str) -> None:
    verdict = expectation(EXPECT[name], TRUTH).judge(answer)
    assert not verdict.right, verdict.why


@pytest.mark.parametrize("name", list(EXPECT))
def test_the_answer_for_people_is_right(name: str) -> None:
    expected = expectation(EXPECT[name], TRUTH)
    assert expected.judge(expected.answer).right


def test_a_verdict_says_why() -> None:
    steps, refusal = (expectation(EXPECT[name], TRUTH) for name in ("steps", "no bpm"))
    assert steps.judge("79,729 steps").why == "expected 74,041 steps; says 79729 steps"
    assert steps.judge("many").why == "expected 74,041 steps; says no such number"
    assert refusal.judge("Unknown, about 59 bpm").why == "claims 59 count/min all the same"
    listed = ", ".join(f"{74041 + 900 * n:,} steps" for n in range(12))
    assert steps.judge(listed).why == "lists 12 numbers instead of one"


# The parts of it.


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("74,041 steps", ["74041 steps"]),
        ("74k", ["74000"]),
        ("seven and a half hours", ["27000 s"]),
        ("7h 23m, 7 h 23 min and 7 hours 23 minutes", ["26580 s"] * 3),
        ("164.2 lbs or 74.5 kilograms", ["74.48 kg", "74.5 kg"]),
        ("from 21 to 27 September 2026, on 2026-09-22, on Sep 22nd, on the 3rd", []),
        ("in May 10,062 steps", ["10062 steps"]),
        ("in May 11 runs", ["11 runs"]),
        ("in 2026 at 8:15 pm, week 39, Q3 2026, 9/22/2026", []),
        ("2026 steps", ["2026 steps"]),
        ("58 beats per minute, 57 bpm, 56 beats/min", [f"{n} count/min" for n in (58, 57, 56)]),
        ("5 of 7 days", ["5 of", "7 days"]),
        ("48\u2013155 bpm", ["48", "155 count/min"]),
    ],
)
def test_figures_of_a_text(text: str, found: list[str]) -> None:
    assert [str(figure) for figure in figures(text)] == found


@given(st.integers(1, 9_999_999), st.sampled_from(["{:,} steps", "{} steps", "You took {:,}."]))
def test_a_number_is_itself_in_any_dress(n: int, dress: str) -> None:
    if dress == "You took {:,}." and 1900 <= n < 2100:
        return  # then it may be a year
    stated = figures(dress.format(n))
    assert [figure.value for figure in stated] == [n]
    assert Amount(n, "steps").fits(stated[0])
    assert not Amount(n * 1.06, "steps", within=n * 0.01).fits(stated[0])


@given(st.floats(100, 400), st.integers(0, 2))
def test_a_weight_fits_as_exactly_as_it_is_stated(pounds: float, decimals: int) -> None:
    exact = Amount(pounds, "lb")
    for text in (f"{pounds:.{decimals}f} lb", f"{pounds * 0.45359237:.{decimals}f} kg"):
        (stated,) = figures(text)
        assert exact.fits(stated), text
    (off,) = figures(f"{pounds + 1.7:.{decimals}f} lb")
    assert not exact.fits(off)


def test_counts_are_exact() -> None:
    (twelve,) = figures("12.4 runs")
    assert not Amount(12, "runs").fits(twelve)
    assert Amount(12, "runs").fits(figures("twelve runs")[0])
    assert not Amount(12, "runs").fits(figures("12 swims")[0])
    assert not Amount(12, "workouts").fits(figures("12 runs")[0])
    assert not Amount(12, "runs").fits(figures("12 days")[0])
    assert Amount(12, "days").fits(figures("12 days")[0])


@pytest.mark.parametrize(
    "answer",
    [
        "You took 74,041 steps last week.", "No, it was lower than in May.", "Your goal is 160 lb.",
        "You did not walk more.", "It is not higher.", "Noted: your goal weight is 160 lb.",
        "There was no change.", "Your physio is called Marta.",
        "You never drink coffee after noon.",
        "You are no longer allergic to peanuts.", "You did not reach your goal on Monday.",
        "You slept 7 h 2 min, which is not bad.", "That is nothing to worry over.",
    ],
)  # fmt: skip
def test_what_claims_something_is_no_refusal(answer: str) -> None:
    assert not wording.unknown(answer)


def test_questions_are_no_statements() -> None:
    said = wording.statements("It's 5. Do you mean steps? *Or* runs?\n- It fell; it didn't rise!")
    assert said == ["it is 5.", "- it fell", "it did not rise!"]


def test_a_plain_no_leaves_two_ways() -> None:
    assert wording.ways("No.", "higher") == {"lower", "same"}
    assert wording.ways("No.", "same") == {"lower", "higher"}
    assert wording.ways("Yes.", "lower") == {"lower"}
    assert wording.ways("Hm.", "lower") == set()


def test_patterns_are_patterns() -> None:
    """A typing error in a rule would only make some answers wrong in silence."""
    for pattern in (wording.UNKNOWN, wording.DATED, *wording.COMPARED.values()):
        assert not re.search(r"[A-Z]", re.sub(r"\\.|\(\?P<\w+>", "", pattern.pattern))
