"""What an answer says with each number: unit, role, direction, period."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from wellness.agent.results import UsedPeriod
from wellness.agent.validator import amounts, claims, language, measures, subjects
from wellness.agent.validator.claims import Claim
from wellness.agent.validator.intervals import holds, interval, names
from wellness.agent.validator.mentions import Calendar

ZONE = ZoneInfo("America/New_York")
NOW = datetime(2026, 9, 30, 20, 15, tzinfo=ZONE)
INJURY = (
    UsedPeriod("before my injury", "Thu 1 May 2025 to Wed 11 Jun 2025",
               "2025-05-01T00:00:00-04:00", "2025-06-12T00:00:00-04:00"),
    UsedPeriod("after my injury", "Fri 13 Jun 2025 to Thu 24 Jul 2025",
               "2025-06-13T00:00:00-04:00", "2025-07-25T00:00:00-04:00"),
)  # fmt: skip
WEEKS = (
    UsedPeriod("this week", "Mon 28 Sep 2026 to Sun 4 Oct 2026",
               "2026-09-28T00:00:00-04:00", "2026-10-05T00:00:00-04:00"),
    UsedPeriod("last week", "Mon 21 Sep 2026 to Sun 27 Sep 2026",
               "2026-09-21T00:00:00-04:00", "2026-09-28T00:00:00-04:00"),
)  # fmt: skip


def read(text: str, *used: UsedPeriod) -> list[Claim]:
    return claims.read(text, Calendar(NOW, ZONE, used))


def stated(text: str, *used: UsedPeriod) -> list[Claim]:
    return [claim for claim in read(text, *used) if not claim.skip]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7 h 32 min", [(452, "min")]), ("118/76 mmHg", [(118, "mmHg"), (76, "mmHg")]),
        ("58 to 72 bpm", [(58, "count/min"), (72, "count/min")]), ("13 st 3 lb", [(185, "lb")]),
        ("5 ft 10 in", [(5, "ft"), (10, "")]), ("36:29 min", [(36 + 29 / 60, "min")]),
        ("5:42 min/km", [(5.7, "min/km")]), ("half an hour", [(0.5, "hr")]),
        ("an hour and a quarter", [(1.25, "hr")]), ("two hours and a half", [(2.5, "hr")]),
        ("three quarters of an hour", [(0.75, "hr")]), ("60 km an hour", [(60, "km")]),
        ("937 more steps", [(937, "#steps")]), ("14 of 31 days", [(14, "#days"), (31, "#days")]),
        ("97%", [(97, "percent")]), ("2 percentage points", [(2, "points")]),
        ("72 beats per minute", [(72, "count/min")]), ("15 breaths a minute", [(15, "count/min")]),
        ("10,432 in March", [(10_432, "")]), ("98.6 °F", [(98.6, "degF")]),
        ("45 ms", [(45, "ms")]), ("3 weight readings", [(3, "#readings")]),
        ("7 hours, 30 minutes more than", [(7, "hr"), (30, "min")]),
        ("8 glasses", [(8, "#drinks")]), ("94 mg/dL", [(94, "mg/dL")]),
        ("12 km/h", [(12, "km/hr")]),
        ("half of the days", [(0.5, "")]), ("seven or more hours", [(7, "hr")]),
    ],
)  # fmt: skip
def test_amounts(text: str, expected: list[tuple[float, str]]) -> None:
    found = [(one.value, one.unit) for one in amounts.find(text)]
    assert [unit for _, unit in found] == [unit for _, unit in expected]
    assert [value for value, _ in found] == pytest.approx([value for value, _ in expected])


@pytest.mark.parametrize(
    ("text", "rate"),
    [("8,748 steps a day", "day"), ("8,748 a day", "day"), ("0.4 lb per week", "week"),
     ("548 kcal/day", "day"), ("150 min each week", "week"), ("8,748 steps", "")],
)  # fmt: skip
def test_rates(text: str, rate: str) -> None:
    assert amounts.find(text)[0].rate == rate


def test_units_convert_within_their_kind() -> None:
    assert measures.convert(10, "km", "mi") == pytest.approx(6.2137, abs=1e-4)
    assert measures.convert(1, "hr", "min") == 60
    assert measures.convert(1, "km", "kg") is None
    assert measures.convert(5, "#steps", "#days") is None
    assert measures.base("lb") == measures.base("st")
    assert measures.base("#steps") != measures.base("#days")


@pytest.mark.parametrize(
    ("before", "hedge"),
    [("about ", "about"), ("just over ", "just over"), ("a little under ", "nearly"),
     ("up to ", "at most"),
     ("no more than ", "at most"), ("at least ", "at least"), ("almost ", "nearly"), ("~", "about"),
     ("more than your ", "over"), ("you took ", ""), ("thereabout ", ""), ("below ", "under")],
)  # fmt: skip
def test_hedges(before: str, hedge: str) -> None:
    assert language.hedge(before) == hedge


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("fell by ", " bpm", (True, -1)), ("an increase of about ", " %", (True, 1)),
        ("down ", " %", (True, -1)), ("you lost ", " lb", (True, -1)),
        ("", " more steps", (True, 1)), ("", " bpm lower than", (True, -1)),
        ("", " steps a day more", (True, 1)), ("", " lb above your goal", (True, 1)),
        ("", " short of your goal", (True, -1)), ("the difference is ", " min", (True, 0)),
        ("up to ", " bpm", (False, 0)), ("dropped to ", " bpm", (False, 0)),
        ("", " steps over the last week", (False, 0)), ("from ", " bpm", (False, 0)),
        ("", " steps yesterday, more than", (False, 0)), ("made up ", " % of it", (False, 0)),
        ("you took ", " steps", (False, 0)), ("", " bpm, up from", (False, 0)),
    ],
)  # fmt: skip
def test_directions(before: str, after: str, expected: tuple[bool, int]) -> None:
    assert language.direction(before, after) == expected


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("resting heart rate", {"RestingHeartRate"}), ("pulse", {"HeartRate"}),
        ("walking heart rate", {"WalkingHeartRateAverage"}), ("steps", {"StepCount"}),
        ("You slept", {"SleepAnalysis"}), ("calories", set(subjects.ENERGY)),
        ("active calories", {"ActiveEnergyBurned"}), ("blood oxygen", {"OxygenSaturation"}),
        ("body fat", {"BodyFatPercentage"}), ("you weigh", {"BodyMass"}),
        ("HRV", {"HeartRateVariabilitySDNN"}),
        ("breathing rate", {"RespiratoryRate"}), ("VO2 max", {"VO2Max"}), ("nothing", set()),
    ],
)  # fmt: skip
def test_metrics_by_their_names(text: str, names: set[str]) -> None:
    found = [one.names for one in subjects.find(text) if one.kind == "metric"]
    assert set().union(*found) == names


def test_each_number_of_a_list_has_its_own_period() -> None:
    for text in (
        "You took 10,432 steps on Monday, 8,120 on Tuesday and 9,000 on Sunday.",
        "On Monday you took 10,432 steps, on Tuesday 8,120 and on Sunday 9,000.",
        "Monday: 10,432, Tuesday: 8,120, Sunday: 9,000",
        "- Monday: 10,432\n- Tuesday: 8,120\n- Sunday: 9,000",
        "| Mon | 10,432 |\n| Tue | 8,120 |\n| Sun | 9,000 |",
        "10,432 (Monday), 8,120 (Tuesday), 9,000 (Sunday)",
    ):
        found = [[one.weekday for one in claim.mentions] for claim in stated(text)]
        assert found == [[0], [1], [6]], text


def test_a_comparison_has_a_subject_and_what_it_is_held_against() -> None:
    one, two = stated("This week you took 9,685 steps a day, 10.7 % more than last week.", *WEEKS)
    assert [it.text for it in one.mentions] == ["This week"]
    assert (two.change, two.direction) == (True, 1)
    assert [it.text for it in two.refers] == ["last week"]
    one, two = stated("Compared with last week (8,748 steps) it is 937 more.", *WEEKS)
    assert [it.text for it in one.mentions] == ["last week"]
    assert two.change
    one, two = stated("You walked more this week (9,685) than last week (8,748).", *WEEKS)
    assert [it.text for it in (*one.mentions, *two.mentions)] == ["this week", "last week"]


def test_roles_go_to_their_numbers() -> None:
    text = (
        "You averaged 68 bpm, with a high of 142 and a low of 51; 8,748 steps a day, 61,234 in all."
    )
    assert [set(claim.roles) for claim in stated(text)] == [
        {"average"}, {"maximum"}, {"minimum"}, {"per day"}, {"sum"},
    ]  # fmt: skip
    low, high = stated("It ranged from 51 to 142 bpm.")
    assert (low.roles, high.roles) == ({"minimum"}, {"maximum"})
    first, second = stated("It fell from 62 to 57 bpm.")
    assert (first.pair, second.pair) == ("change", "change")
    part, whole = stated("You reached it on 14 of 31 days.")
    assert (part.pair, part.first, whole.first) == ("of", True, False)
    assert [set(one.roles) for one in stated("It was never above 62 and never below 54.")] == [
        {"maximum"}, {"minimum"},
    ]  # fmt: skip


def test_headings_and_leads_count_for_what_follows() -> None:
    night, deep = stated("**Last night**\n- Asleep: 7h32\n- Deep: 1h12")
    assert [it.text for it in night.mentions] == ["Last night"]
    assert [it.text for it in deep.mentions] == ["Last night"]
    assert deep.stage == "deep"
    (one,) = stated("Here is your sleep of last night. You slept 7 h 32 min.")
    assert [it.text for it in one.mentions] == ["last night"]


def test_an_aside_is_about_the_same() -> None:
    one, two = stated("It was 821 steps (7.9%) higher this month.")
    assert (one.change, one.direction, two.change, two.direction) == (True, 1, True, 1)
    one, two = stated("The goal is 72.6 kg (160 lb).")
    assert one.roles == two.roles == {"target"}


@pytest.mark.parametrize(
    "text",
    [
        "On 28 September 2026", "From Mon 28 Sep 2026 to Sun 4 Oct 2026", "in 2025", "9/28/2026",
        "(Thu 1 Jan 2026 to Thu 31 Dec 2026)", "1. First", "2) Second", "the last 7 days",
        "one of them", "no one", "in one day", "zone 2", "No. 5", "the two weeks", "your top three",
        "24/7", "100 % sure", "after a 5K race", "since 2024",
    ],
)  # fmt: skip
def test_what_is_no_claim(text: str) -> None:
    assert stated(text + ".") == []


def test_relative_periods_are_those_of_the_results() -> None:
    calendar = Calendar(NOW, ZONE, WEEKS)
    before = calendar.find("up from the week before")[0]
    assert before.spans == (interval(WEEKS[1]),)
    first, second = Calendar(NOW, ZONE, INJURY).find("79 kg before your injury and 82 kg after it")
    assert first.spans == (interval(INJURY[0]),)
    assert second.spans == (interval(INJURY[1]),)


def test_when_a_mention_names_an_interval() -> None:
    calendar = Calendar(NOW, ZONE, WEEKS)

    def named(text: str, span: tuple[float, float] | None, *, night: bool = False) -> bool:
        assert span
        return names(calendar.find(text)[0], [span], calendar, night=night)

    this, last = (interval(week) for week in WEEKS)
    assert named("this week", this)
    assert named("so far this week", this)
    assert named("since Monday", this)
    assert not named("last week", this)
    assert named("the week of 21 September", last)
    assert named("in the last week", last)
    march = calendar.read("Sat 1 Mar 2025 to Mon 31 Mar 2025")
    assert named("in March", march)
    assert named("in March 2025", march)
    assert not named("in March 2026", march)
    assert not named("in April", march)
    tuesday = calendar.read("Tue 22 Sep 2026")
    assert named("on Tuesday", tuesday)
    assert not named("on Wednesday", tuesday)
    assert not named("on 23 September", tuesday)
    assert named("last night", calendar.read("Wed 30 Sep 2026"), night=True)
    assert holds(calendar.find("in 2026")[0], [last] if last else [])


@pytest.mark.parametrize(
    "text",
    ["march " * 900, "between 5 and " * 400, "(" * 4000 + "5", "5 and " * 900, "more than " * 500],
)
def test_hostile_text_takes_bounded_work(text: str) -> None:
    assert len(read(text)) <= claims.MOST_CLAIMS
    assert claims.read_until(text) <= claims.LONGEST_TEXT
