"""Each number of an answer against what tools have said: what holds, what does not, and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellness.agent.results import Number, ToolResult, UsedPeriod
from wellness.agent.validator import Validation, Verdict, validate
from wellness.agent.validator.claims import LONGEST_TEXT, MOST_CLAIMS

ZONE = ZoneInfo("America/New_York")
NOW = datetime(2026, 9, 30, 20, 15, tzinfo=ZONE)  # a Wednesday
LAST_WEEK = UsedPeriod(
    "last week", "Mon 21 Sep 2026 to Sun 27 Sep 2026", "2026-09-21T00:00:00-04:00",
    "2026-09-28T00:00:00-04:00",
)  # fmt: skip
WEEK_BEFORE = UsedPeriod(
    "the week before last", "Mon 14 Sep 2026 to Sun 20 Sep 2026", "2026-09-14T00:00:00-04:00",
    "2026-09-21T00:00:00-04:00",
)  # fmt: skip
YESTERDAY = UsedPeriod(
    "yesterday", "Tue 29 Sep 2026", "2026-09-29T00:00:00-04:00", "2026-09-30T00:00:00-04:00"
)
LAST_NIGHT = UsedPeriod(
    "last night", "Tue 29 Sep 2026 18:00 to Wed 30 Sep 2026 12:00", "2026-09-29T18:00:00-04:00",
    "2026-09-30T12:00:00-04:00",
)  # fmt: skip


def number(
    value: float, unit: str, metric: str, role: str, period: str = "", about: str = ""
) -> Number:
    return Number(about or metric, value, unit, metric, role, period)


STEPS = ToolResult(
    "aggregate_metrics", {"metric": "StepCount", "period": "last week"},
    "You took 61,234 steps last week (Mon 21 Sep 2026 to Sun 27 Sep 2026), 8,748 a day; the most "
    "on Sat 26 Sep 2026: 12,345.",
    (
        number(61_234, "steps", "StepCount", "sum", LAST_WEEK.label),
        number(8747.7, "steps", "StepCount", "average", LAST_WEEK.label, "steps a day"),
        number(12_345, "steps", "StepCount", "maximum", LAST_WEEK.label),
        number(4_210, "steps", "StepCount", "minimum", "Mon 21 Sep 2026"),
    ),
    (LAST_WEEK,), samples=412,
)  # fmt: skip
PULSE = ToolResult(
    "aggregate_metrics", {"metric": "HeartRate"}, "Your heart rate averaged 71.2 bpm yesterday.",
    (
        number(71.2, "bpm", "HeartRate", "average", YESTERDAY.label),
        number(52, "bpm", "HeartRate", "minimum", YESTERDAY.label),
        number(142, "bpm", "HeartRate", "maximum", YESTERDAY.label),
    ),
    (YESTERDAY,), samples=301,
)  # fmt: skip
SLEEP = ToolResult(
    "get_sleep_analysis", {"period": "last night"},
    "You slept 7 h 32 min last night, from 22:48 to 06:41, 1 h 12 min of it deep.",
    (
        number(7.5383, "h", "SleepAnalysis", "sum", LAST_NIGHT.label, "time asleep"),
        number(1.2, "h", "SleepAnalysis", "sum", LAST_NIGHT.label, "deep sleep"),
        number(1.75, "h", "SleepAnalysis", "sum", LAST_NIGHT.label, "REM sleep"),
    ),
    (LAST_NIGHT,), samples=1,
)  # fmt: skip
WEEKS = ToolResult(
    "compare_time_periods", {"metric": "StepCount"},
    "You took 8,748 steps a day last week and 9,400 steps a day in the week before last. It was "
    "652 steps (6.9%) lower last week.",
    (
        number(8748, "steps", "StepCount", "average", LAST_WEEK.label, "steps a day"),
        number(9400, "steps", "StepCount", "average", WEEK_BEFORE.label, "steps a day"),
        number(-652, "steps", "StepCount", "change", "", "difference in steps a day"),
        number(6.936, "percent", "StepCount", "change", "", "lower than the week before last"),
    ),
    (LAST_WEEK, WEEK_BEFORE),
)  # fmt: skip
WEIGHT = ToolResult(
    "get_activity_progress", {"metric": "BodyMass", "target": 165},
    "Your latest weight is 180.2 lb, of Mon 28 Sep 2026; the goal is 165 lb. 15.2 lb to go.",
    (
        number(180.2, "lb", "BodyMass", "latest", "Mon 28 Sep 2026"),
        number(165, "lb", "BodyMass", "target"),
        number(15.2, "lb", "BodyMass", "remaining"),
    ),
)  # fmt: skip
RUNS = ToolResult(
    "search_workouts_and_activity", {"activity": "Running", "period": "last week"},
    "You did 3 runs last week; 1 h 38 min and 15.6 km in all.",
    (
        number(3, "workouts", "", "count", LAST_WEEK.label, "runs"),
        number(15.6, "km", "", "sum", LAST_WEEK.label, "distance of runs"),
        number(98, "min", "", "sum", LAST_WEEK.label, "time of runs"),
    ),
    (LAST_WEEK,), samples=3,
)  # fmt: skip
OXYGEN = ToolResult(
    "compare_time_periods", {"metric": "OxygenSaturation"}, "",
    (
        number(96.8, "percent", "OxygenSaturation", "average", LAST_WEEK.label),
        number(97.6, "percent", "OxygenSaturation", "average", WEEK_BEFORE.label),
        number(-0.8, "percentage points", "OxygenSaturation", "change", LAST_WEEK.label),
    ),
    (LAST_WEEK, WEEK_BEFORE),
)  # fmt: skip
MEMORY = ToolResult(
    "recall_memories", {"query": "sleep"},
    "On 2 April 2026 you told me \"I want to sleep 8 hours\".",
    data={"memories": [
        {"id": "m77", "text": "Adults should sleep 7 or more hours per night.", "score": 0.91},
        {"text": "My longest run was 31 km.", "said_at": 1_790_000_000},
    ]},
)  # fmt: skip
FAILED = ToolResult("aggregate_metrics", {}, error="There are 412 readings, but none of 7 days.")


def check(answer: str, *results: ToolResult, question: str = "") -> Validation:
    return validate(answer, results, now=NOW, zone=ZONE, question=question)


def verdicts(answer: str, *results: ToolResult, question: str = "") -> list[str]:
    return [one.verdict.value for one in check(answer, *results, question=question).numbers]


HOLD = [
    # as it is, and as exactly as it is said
    ("You took 61,234 steps last week.", STEPS, "supported"),
    ("61 234 steps", STEPS, "supported"),
    ("61.2k steps", STEPS, "supported"),
    ("You took 61,000 steps last week.", STEPS, "rounded"),
    ("About 61,000 steps.", STEPS, "rounded"),
    ("Roughly 8,700 steps a day.", STEPS, "rounded"),
    ("Nearly 9,000 steps a day.", STEPS, "rounded"),
    ("Over 60,000 steps in total.", STEPS, "rounded"),
    ("More than sixty thousand steps.", STEPS, "rounded"),
    ("At least 4,210 steps on every day.", STEPS, "rounded"),
    ("Your average heart rate was 71 bpm.", PULSE, "rounded"),
    ("71.2 beats per minute on average", PULSE, "supported"),
    ("You slept 7 h 32 min.", SLEEP, "supported"),
    ("You slept 7h32.", SLEEP, "supported"),
    ("You slept 7:32 hours.", SLEEP, "supported"),
    ("You slept for 7:32.", SLEEP, "supported"),
    ("You slept seven and a half hours.", SLEEP, "rounded"),
    ("You got 452 minutes of sleep.", SLEEP, "supported"),
    ("You slept between 7 and 8 hours.", SLEEP, "rounded rounded"),
    ("You slept 7-8 hours.", SLEEP, "rounded rounded"),
    ("You went to bed at 10:48 pm.", SLEEP, "supported"),
    ("You fell asleep at 22:48 and woke up at 6:41.", SLEEP, "supported supported"),
    ("Your deep sleep was 1 h 12 min.", SLEEP, "supported"),
    ("You had 1 h 45 min of REM sleep.", SLEEP, "supported"),
    ("It lay between 52 and 142 bpm.", PULSE, "supported supported"),
    ("Your heart rate ranged from 52 to 142.", PULSE, "supported supported"),
    ("52-142 bpm", PULSE, "supported supported"),
    ("You did three runs last week.", RUNS, "supported"),
    ("You ran three times.", RUNS, "supported"),
    ("You had 3 workouts.", RUNS, "supported"),
    ("You ran for 98 minutes.", RUNS, "supported"),
    ("You ran for 1 hour and 38 minutes.", RUNS, "supported"),
    # periods, said in other words
    ("In the week of 21 September you took 61,234 steps.", STEPS, "not_checked supported"),
    ("Between 21 and 27 September: 61,234 steps.", STEPS, "not_checked not_checked supported"),
    ("On Saturday you took 12,345 steps.", STEPS, "supported"),
    ("The most steps were 12,345, on 26 September.", STEPS, "supported not_checked"),
    ("Last week's minimum was 4,210 steps, on Monday.", STEPS, "supported"),
    ("It is based on 412 readings and 7 days.", STEPS, "supported supported"),
    # changes
    ("You took 652 fewer steps a day last week.", WEEKS, "supported"),
    ("Your steps fell by 652 a day.", WEEKS, "supported"),
    ("You walked 6.9 % less last week than in the week before.", WEEKS, "supported"),
    ("That is -652 steps a day.", WEEKS, "supported"),
    ("A drop of about 7 %.", WEEKS, "rounded"),
    ("In the week before last you took 652 more steps a day.", WEEKS, "supported"),
    ("It went down from 9,400 to 8,748 steps a day.", WEEKS, "supported supported"),
    ("You took 8,748 a day, down from 9,400.", WEEKS, "supported supported"),
    ("Last week: 8,748 steps a day. The week before: 9,400.", WEEKS, "supported supported"),
    ("You took 652 steps (6.9 %) fewer a day.", WEEKS, "supported supported"),
    ("0.8 percentage points lower than in the week before.", OXYGEN, "supported"),
    ("It fell by 652 steps or 6.9 %.", WEEKS, "supported supported"),
    ("A difference of 652 steps a day (6.9 %).", WEEKS, "supported supported"),
    ("Difference: 652 steps", WEEKS, "supported"),
    ("8,748 against 9,400 steps a day, so 652 apart.", WEEKS, "supported supported supported"),
    # goals
    ("You weigh 180.2 lb, 15.2 lb above your goal of 165 lb.", WEIGHT,
     "supported supported supported"),
    ("15.2 pounds to go until you reach 165.", WEIGHT, "supported supported"),
    ("Your goal weight is 165 lb.", WEIGHT, "supported"),
    ("You need 15.2 lb more to go until 165 lb.", WEIGHT, "supported supported"),
    # times of a night
    ("Between 22:48 and 6:41 you slept 7 h 32 min.", SLEEP, "supported supported supported"),
    ("You woke up at 6:41 am.", SLEEP, "supported"),
    # memories
    ("Adults need at least 7 hours of sleep.", MEMORY, "supported"),
    ("You told me that your longest run was 31 km.", MEMORY, "supported"),
    ("You want to sleep 8 hours.", MEMORY, "supported"),
    # what is no claim
    ("1. Walk more.\n2. Sleep more.", STEPS, "not_checked not_checked"),
    ("In 2025 you had the flu.", STEPS, "not_checked"),
    ("On 12 June 2025, 09/28/2026 and 2026-09-28 nothing happened.", STEPS, "not_checked " * 7),
    ("That is one of your best weeks; stay in zone 2.", STEPS, "not_checked not_checked"),
    ("Over the last 7 days and the past two weeks.", STEPS, "not_checked not_checked"),
    ("You were awake on the 3rd and 21st day, 24/7.", STEPS, "not_checked not_checked"),
    ("You walked a lot, not once but on each of the days.", STEPS, ""),
    ("Your average for 2026 so far.", STEPS, "not_checked"),
]  # fmt: skip


@pytest.mark.parametrize(("answer", "result", "expected"), HOLD)
def test_what_holds(answer: str, result: ToolResult, expected: str) -> None:
    found = check(answer, result)
    assert found.ok, found
    said = [one.verdict for one in found.numbers if one.verdict is not Verdict.NOT_CHECKED]
    wanted = [word for word in expected.split() if word != "not_checked"]
    assert said == wanted, found


DERIVED = [
    ("You weigh 81.7 kg.", WEIGHT, "180.2 lb = 81.74 kg"),
    ("You ran 9.7 miles.", RUNS, "15.6 km = 9.69 mi"),
    ("Your best day had 8,135 steps more than your worst.", STEPS,
     "12,345 steps − 4,210 steps = 8,135 steps"),
    ("Last week you averaged 8,748 steps a day, 652 less than in the week before.", WEEKS, ""),
    ("The average run was 5.2 km.", RUNS, "15.6 km / 3 workouts = 5.2 km"),
    ("You ran 6:17 per kilometre.", RUNS, "98 min / 15.6 km = 6.28 min"),
    ("You took 0.93 times as many steps as in the week before.", WEEKS,
     "8,748 steps / 9,400 steps = 0.93"),
    ("You are 9 % above your goal.", WEIGHT, "(180.2 lb − 165 lb) / 165 lb = 9.21 %"),
    ("Deep sleep made up 16 % of the night.", SLEEP, "1.2 h / 7.54 h = 15.92 %"),
    ("Your blood oxygen is down 0.8 % on the week before.", OXYGEN,
     "(96.8 % − 97.6 %) / 97.6 % = -0.82 %"),
]  # fmt: skip


@pytest.mark.parametrize(("answer", "result", "formula"), DERIVED)
def test_what_follows(answer: str, result: ToolResult, formula: str) -> None:
    found = check(answer, result)
    assert found.ok, found
    assert not formula or formula in {one.source for one in found.numbers}


def test_sums_means_ratios_and_days_are_recomputed() -> None:
    days = ToolResult(
        "aggregate_metrics", {"metric": "StepCount"}, "",
        tuple(
            number(value, "steps", "StepCount", "sum", f"{day} Sep 2026")
            for day, value in (("Mon 28", 10_000), ("Tue 29", 8_000), ("Wed 30", 12_000))
        ),
        zone="America/New_York",
    )  # fmt: skip
    for answer, formula in (
        ("You took 30,000 steps in total.", "10,000 steps + 8,000 steps + 12,000 steps"),
        ("On average you took 10,000 steps over the three days.", ""),
        ("You took 1.5 times as many steps on Wednesday as on Tuesday.", "12,000 steps / 8,000"),
        ("Your best day was Wednesday with 12,000 steps.", ""),
        ("You took 4,000 more steps on Wednesday than on Tuesday.", "12,000 steps − 8,000 steps"),
        ("On Tuesday you took 2,000 steps fewer than on Monday.", "8,000 steps − 10,000 steps"),
    ):
        found = check(answer, days)
        assert found.ok, found
        assert any(formula in one.source for one in found.numbers), found
    for answer in (
        "You took 31,000 steps in total.",
        "Your best day was Monday with 10,000 steps.",
        "You took 4,000 more steps on Tuesday than on Wednesday.",
        "You took 1.7 times as many steps on Wednesday as on Tuesday.",
    ):
        assert not check(answer, days).ok, answer


WRONG = [
    ("You took 61,324 steps last week.", STEPS, "61,324", "wrong_value"),
    ("You took 6,123 steps.", STEPS, "6,123", "wrong_value"),
    ("You took 61.234 steps last week.", STEPS, "61.234", "wrong_value"),
    ("You took 612,34 steps last week.", STEPS, "612,34", "wrong_value"),
    ("About 70,000 steps.", STEPS, "70,000", "wrong_value"),
    ("Over 70,000 steps.", STEPS, "70,000", "wrong_value"),
    ("Nearly 60,000 steps in total.", STEPS, "60,000", "wrong_value"),
    ("You slept 7 hours.", SLEEP, "7", "wrong_value"),
    ("You slept 7 h 23 min.", SLEEP, "7 h 23 min", "wrong_value"),
    ("You went to bed at 11:48 pm.", SLEEP, "11:48 pm", "wrong_value"),
    ("Your average heart rate was 72 bpm.", PULSE, "72", "wrong_value"),
    ("You ran 15.6 miles.", RUNS, "15.6", "wrong_unit"),
    ("You weigh 180.2 kg.", WEIGHT, "180.2", "wrong_unit"),
    ("You slept 7.54 minutes.", SLEEP, "7.54", "wrong_unit"),
    ("Your blood oxygen was 0.8 percentage points higher last week.", OXYGEN, "0.8", "wrong_sign"),
    ("You burned 61,234 calories last week.", STEPS, "61,234", "wrong_subject"),
    ("You took 61,234 steps this week.", STEPS, "61,234", "wrong_subject"),
    ("You took 61,234 steps on Saturday.", STEPS, "61,234", "wrong_subject"),
    ("On Sunday you took 12,345 steps.", STEPS, "12,345", "wrong_subject"),
    ("You averaged 61,234 steps a day.", STEPS, "61,234", "wrong_subject"),
    ("Your highest heart rate was 71.2 bpm.", PULSE, "71.2", "wrong_subject"),
    ("Your average heart rate was 142 bpm.", PULSE, "142", "wrong_subject"),
    ("Your resting heart rate was 71.2 bpm.", PULSE, "71.2", "wrong_subject"),
    ("Your HRV averaged 71.2.", PULSE, "71.2", "wrong_subject"),
    ("You had 1 h 12 min of REM sleep.", SLEEP, "1 h 12 min", "wrong_subject"),
    ("You slept 1 h 12 min.", SLEEP, "1 h 12 min", "wrong_subject"),
    ("You did three swims last week.", RUNS, "three", "wrong_subject"),
    ("You weigh 165 lb.", WEIGHT, "165", "wrong_subject"),
    ("Your goal weight is 180.2 lb.", WEIGHT, "180.2", "wrong_subject"),
    ("You weigh 15.2 lb.", WEIGHT, "15.2", "wrong_subject"),
    ("You lost 180.2 lb.", WEIGHT, "180.2", "wrong_subject"),
    ("You took 652 more steps a day last week.", WEEKS, "652", "wrong_sign"),
    ("Your steps rose by 6.9 % last week.", WEEKS, "6.9", "wrong_sign"),
    ("That is +652 steps a day.", WEEKS, "+652", "wrong_sign"),
    ("In the week before last you took 652 fewer steps a day.", WEEKS, "652", "wrong_sign"),
    ("It rose from 9,400 to 8,748 steps a day.", WEEKS, "8,748", "wrong_sign"),
    ("You took 8,748 a day, up from 9,400.", WEEKS, "8,748", "wrong_sign"),
    ("You walked more last week (8,748 steps a day) than the week before (9,400).", WEEKS,
     "8,748", "wrong_sign"),
    ("15.2 lb below your goal of 165 lb.", WEIGHT, "15.2", "wrong_sign"),
    ("Your temperature was 37.2 °C.", STEPS, "37.2", "unsupported"),
    ("You climbed 47 flights of stairs.", STEPS, "47", "unsupported"),
    ("That is 23 % more than the month before.", STEPS, "23", "unsupported"),
    ("You took 8,748 steps last week.", STEPS, "8,748", "wrong_subject"),
    ("You went to bed at 6:41.", SLEEP, "6:41", "wrong_subject"),
    ("You woke up at 22:48.", SLEEP, "22:48", "wrong_subject"),
    ("You ran 5:42 per kilometre.", RUNS, "5:42", "unsupported"),
    ("Adults need at least 6 hours of sleep.", MEMORY, "6", "wrong_value"),
    ("Your goal is to sleep 9 hours.", MEMORY, "9", "wrong_value"),
    ("It matches with 91 %.", MEMORY, "91", "unsupported"),
]  # fmt: skip


@pytest.mark.parametrize(("answer", "result", "text", "verdict"), WRONG)
def test_what_does_not_hold(answer: str, result: ToolResult, text: str, verdict: str) -> None:
    found = check(answer, result)
    assert not found.ok, found
    wrong = {one.text: one for one in found.wrong}
    assert text in wrong, found
    assert wrong[text].verdict == verdict, found
    assert wrong[text].reason


def test_swapped_weekdays_are_noticed() -> None:
    days = ToolResult(
        "search_health_records_by_metric", {"metric": "StepCount"}, "",
        (number(10_432, "steps", "StepCount", "sum", "Mon 28 Sep 2026"),
         number(8_120, "steps", "StepCount", "sum", "Tue 29 Sep 2026")),
    )  # fmt: skip
    for answer in (
        "You took {} steps on Monday and {} on Tuesday.",
        "Monday: {}, Tuesday: {}",
        "- Mon: {}\n- Tue: {}",
        "| Mon | {} |\n| Tue | {} |",
        "On Monday it was {} steps, yesterday {}.",
        "Monday's {} steps and Tuesday's {}",
    ):
        right, swapped = answer.format("10,432", "8,120"), answer.format("8,120", "10,432")
        assert check(right, days).ok, check(right, days)
        found = check(swapped, days)
        assert [one.verdict for one in found.numbers] == [Verdict.WRONG_SUBJECT] * 2, found


def test_errors_and_earlier_turns_vouch_for_nothing() -> None:
    assert verdicts("There are 412 readings of 7 days.", FAILED) == ["unsupported"] * 2
    assert verdicts("You took 61,234 steps.") == ["unsupported"]
    assert verdicts("You took 61,234 steps.", PULSE) == ["unsupported"]


def test_digits_of_a_date_are_no_evidence() -> None:
    assert not check("You did 21 runs, 27 swims and 26 walks.", STEPS).ok
    assert not check("You weighed 28 lb.", WEIGHT).ok


def test_a_threshold_of_the_question_is_allowed_as_one() -> None:
    question = "Did I walk more than 60,000 steps last week?"
    for answer in (
        "Yes, you took 61,234 steps, which is more than 60,000.",
        "Yes, 61,234 steps, 1,234 above your 60,000.",
        "Yes, you reached 60,000 steps.",
        "You did: more than 60,000 steps.",
    ):
        assert check(answer, STEPS, question=question).ok, check(answer, STEPS, question=question)
    for answer in (
        "No, you took fewer than 60,000 steps.",
        "No, you did not reach 60,000 steps.",
        "61,234 steps is less than 60,000.",
    ):
        found = check(answer, STEPS, question=question)
        assert not found.ok, found
    far = "Did I walk more than 50,000 steps last week?"
    assert check("Yes, you walked more than 50,000 steps.", STEPS, question=far).ok
    assert verdicts("You walked 50,000 steps.", STEPS, question=far) == ["wrong_value"]
    assert not check("You did not walk 50,000 steps.", STEPS, question=far).ok


def test_resting_is_implied_where_it_was_said() -> None:
    resting = ToolResult(
        "aggregate_metrics", {}, "", (number(57.6, "bpm", "RestingHeartRate", "average"),)
    )
    said = "Your average heart rate was 57.6 bpm."
    assert not check(said, resting).ok
    assert check(said, resting, question="What was my resting heart rate?").ok
    assert check("Your resting heart rate: the average pulse was 57.6 bpm.", resting).ok


def test_a_report_for_programs_and_for_people() -> None:
    found = check("You took 61,234 steps <last week>, and burned 999 kcal on 3 May.", STEPS)
    first, second, day = found.numbers
    assert found.answer[slice(*first.span)] == "61,234"
    assert (first.unit, first.subject) == ("steps", "StepCount, last week")
    assert "61,234 steps" in first.source
    assert found.wrong == (second,)
    assert day.verdict is Verdict.NOT_CHECKED
    given = found.to_dict()
    assert given["ok"] is False
    assert given["numbers"][1]["verdict"] == "unsupported"
    assert "999: unsupported" in repr(found)
    html = found._repr_html_()
    assert "&lt;last week&gt;" in html
    assert 'aria-label="999, unsupported"' in html
    assert "✗" in html
    assert "✓" in html
    assert html.count("<tr>") == 4
    assert check("Hello.", STEPS)._repr_html_().startswith("<p")


def test_work_is_bounded() -> None:
    long = "You took 61,234 steps last week. " * 400
    found = check(long, STEPS)
    assert not found.ok
    assert found.unread > 0
    many = check("5 " * (MOST_CLAIMS + 30), STEPS)
    assert len(many.numbers) == MOST_CLAIMS
    assert many.unread
    assert "not read" in many.summary
    assert check("No numbers here. " * 100, STEPS).ok
    assert not check("No numbers here. " * 300, STEPS).ok
    assert LONGEST_TEXT >= 2_000


def test_now_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="aware"):
        validate("5", [], now=datetime(2026, 1, 1), zone=ZONE)
    assert validate("", [], now=datetime(2026, 1, 1, tzinfo=UTC), zone=ZONE).ok


EVERY: Sequence[ToolResult] = (STEPS, PULSE, SLEEP, WEEKS, WEIGHT, RUNS, OXYGEN, MEMORY, FAILED)
WORDS = st.sampled_from(
    ["61,234", "71", "7 h 32 min", "more", "less", "than", "last week", "on Monday", "steps", "bpm",
     "%", "average", "(", ")", ".", ",", "and", "from", "to", "between", "about", "-", "half",
     "your goal", "times", "\n", "/", ":", "of", "a day", "twice", "March", "not", "lb", "15.2",
     "the week before"]
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.text(max_size=200), st.lists(WORDS, max_size=25).map(" ".join)))
def test_any_answer_gets_a_verdict(answer: str) -> None:
    found = check(answer, *EVERY, question=answer)
    at = 0
    for one in found.numbers:
        assert at <= one.span[0] < one.span[1] <= len(answer)
        at = one.span[1]
        assert isinstance(one.verdict, Verdict)
    assert found._repr_html_()
    assert found.ok == (not found.wrong and not found.unread)


def test_a_proportion_in_small_numbers_is_allowed() -> None:
    days = ToolResult(
        "get_activity_progress", {"metric": "StepCount", "period": "this month"}, "",
        (number(21, "days", "StepCount", "count", about="days"),
         number(30, "days", "", "count", about="days")),
    )  # fmt: skip
    assert verdicts("You made it on seven out of ten days.", days) == ["derived"] * 2
    assert not check("You made it on nine out of ten days.", days).ok
    assert verdicts("You made it on 21 of 30 days.", days) == ["supported"] * 2
    assert not check("You made it on 21 of 31 days.", days).ok


def test_an_event_is_known_by_part_of_its_name() -> None:
    periods = (
        UsedPeriod("before my ankle injury", "Thu 1 May 2025 to Wed 11 Jun 2025",
                   "2025-05-01T00:00:00-04:00", "2025-06-12T00:00:00-04:00"),
        UsedPeriod("after my ankle injury", "Fri 13 Jun 2025 to Thu 24 Jul 2025",
                   "2025-06-13T00:00:00-04:00", "2025-07-25T00:00:00-04:00"),
    )  # fmt: skip
    pulse = ToolResult(
        "compare_time_periods", {}, "",
        (number(59, "bpm", "RestingHeartRate", "average", periods[0].label),
         number(62.6, "bpm", "RestingHeartRate", "average", periods[1].label),
         number(-3.6, "bpm", "RestingHeartRate", "change")),
        periods,
    )  # fmt: skip
    for answer in (
        "Before your injury it was 59 bpm, after the injury 62.6.",
        "It rose by 3.6 bpm, from 59 before your ankle injury to 62.6 afterwards.",
        "After the ankle injury it was 3.6 bpm higher.",
        "Before it, your resting heart rate was 3.6 bpm lower.",
    ):
        assert check(answer, pulse).ok, check(answer, pulse)
    for answer in (
        "After your injury it was 59 bpm.",
        "After the ankle injury it was 3.6 bpm lower.",
        "It fell by 3.6 bpm after the injury.",
    ):
        assert not check(answer, pulse).ok, answer


def test_what_is_rounded_in_a_sentence_is_evidence_too() -> None:
    weight = ToolResult(
        "aggregate_metrics", {"metric": "BodyMass"}, "Your average weight was 74.6 kg.",
        (number(74.589, "kg", "BodyMass", "average"),),
    )  # fmt: skip
    assert check("You weighed 164.5 lb on average.", weight).ok  # 74.589 kg are 164.4 lb
    assert check("You weighed 164.4 lb on average.", weight).ok
    assert not check("You weighed 164.8 lb on average.", weight).ok


def test_all_the_rings_are_three() -> None:
    rings = ToolResult(
        "get_activity_progress", {}, "", (number(2, "rings", "", "count", about="closed rings"),)
    )
    assert check("You closed two of the three rings.", rings).ok
    assert not check("You closed one of the three rings.", rings).ok
