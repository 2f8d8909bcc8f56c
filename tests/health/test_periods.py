"""Phrases, what they mean, and what must not be taken for one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellness.errors import PeriodError
from wellness.health.periods import EXAMPLES, Period, find, parse

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
SAO_PAULO = ZoneInfo("America/Sao_Paulo")
NOW = datetime(2026, 5, 13, 10, 30, tzinfo=BERLIN)  # a Wednesday

# Phrase, first day, and the day after the last.
WHOLE_DAYS = """
today                               2026-05-13  2026-05-14
yesterday                           2026-05-12  2026-05-13
the day before yesterday            2026-05-11  2026-05-12
3 days ago                          2026-05-10  2026-05-11
a year ago today                    2025-05-13  2025-05-14
this time last month                2026-04-13  2026-04-14

this week                           2026-05-11  2026-05-18
last week                           2026-05-04  2026-05-11
previous week                       2026-05-04  2026-05-11
the week before last                2026-04-27  2026-05-04
two weeks ago                       2026-04-27  2026-05-04
a fortnight ago                     2026-04-27  2026-05-04
past week                           2026-05-07  2026-05-14
this past week                      2026-05-07  2026-05-14
week to date                        2026-05-11  2026-05-14
this month                          2026-05-01  2026-06-01
last month                          2026-04-01  2026-05-01
past month                          2026-04-14  2026-05-14
the month before last               2026-03-01  2026-04-01
3 months ago                        2026-02-01  2026-03-01
month to date                       2026-05-01  2026-05-14
MTD                                 2026-05-01  2026-05-14
so far this month                   2026-05-01  2026-05-14
this quarter                        2026-04-01  2026-07-01
last quarter                        2026-01-01  2026-04-01
quarter to date                     2026-04-01  2026-05-14
this year                           2026-01-01  2027-01-01
last year                           2025-01-01  2026-01-01
past year                           2025-05-14  2026-05-14
a year ago                          2025-01-01  2026-01-01
the year before last                2024-01-01  2025-01-01
year to date                        2026-01-01  2026-05-14
year-to-date                        2026-01-01  2026-05-14
ytd                                 2026-01-01  2026-05-14
this year so far                    2026-01-01  2026-05-14
this decade                         2020-01-01  2030-01-01
last decade                         2010-01-01  2020-01-01
the same week last year             2025-05-12  2025-05-19
this month last year                2025-05-01  2025-06-01

last 7 days                         2026-05-07  2026-05-14
over the last seven days            2026-05-07  2026-05-14
past 3 weeks                        2026-04-23  2026-05-14
past couple of weeks                2026-04-30  2026-05-14
last fortnight                      2026-04-30  2026-05-14
last three months                   2026-02-14  2026-05-14
last half year                      2025-11-14  2026-05-14
previous 2 quarters                 2025-11-14  2026-05-14
last thirty days                    2026-04-14  2026-05-14
the past 2 years                    2024-05-14  2026-05-14
last 1 day                          2026-05-13  2026-05-14

Wednesday                           2026-05-13  2026-05-14
Monday                              2026-05-11  2026-05-12
on Friday                           2026-05-08  2026-05-09
thurs                               2026-05-07  2026-05-08
last Tuesday                        2026-05-12  2026-05-13
last Wednesday                      2026-05-06  2026-05-07
this Monday                         2026-05-11  2026-05-12
Friday last week                    2026-05-08  2026-05-09
Tuesday of last week                2026-05-05  2026-05-06
the weekend                         2026-05-09  2026-05-11
last weekend                        2026-05-09  2026-05-11
Wednesday, 6 May                    2026-05-06  2026-05-07

March                               2026-03-01  2026-04-01
in may                              2026-05-01  2026-06-01
June                                2025-06-01  2025-07-01
Sept.                               2025-09-01  2025-10-01
last May                            2025-05-01  2025-06-01
this March                          2026-03-01  2026-04-01
March 2025                          2025-03-01  2025-04-01
March, 2025                         2025-03-01  2025-04-01
the month of May                    2026-05-01  2026-06-01
March last year                     2025-03-01  2025-04-01
last year's March                   2025-03-01  2025-04-01
December two years ago              2024-12-01  2025-01-01
2025                                2025-01-01  2026-01-01
in the year 2025                    2025-01-01  2026-01-01
2026-03                             2026-03-01  2026-04-01
2026-05-03                          2026-05-03  2026-05-04
2026-W12                            2026-03-16  2026-03-23
2020W53                             2020-12-28  2021-01-04
week 12 of 2026                     2026-03-16  2026-03-23
Q2                                  2026-04-01  2026-07-01
Q3                                  2025-07-01  2025-10-01
Q2 2025                             2025-04-01  2025-07-01
2025-Q4                             2025-10-01  2026-01-01
Q1 of last year                     2025-01-01  2025-04-01
the second quarter of 2025          2025-04-01  2025-07-01
May 3rd                             2026-05-03  2026-05-04
3 May                               2026-05-03  2026-05-04
14 May                              2025-05-14  2025-05-15
the 3rd of May, 2024                2024-05-03  2024-05-04
Dec. 24                             2025-12-24  2025-12-25
29 February                         2024-02-29  2024-03-01
week of 16 September                2025-09-15  2025-09-22
the week of 2026-03-18              2026-03-16  2026-03-23

spring                              2026-03-01  2026-06-01
summer                              2025-06-01  2025-09-01
last summer                         2025-06-01  2025-09-01
last spring                         2025-03-01  2025-06-01
this spring                         2026-03-01  2026-06-01
in the fall                         2025-09-01  2025-12-01
winter                              2025-12-01  2026-03-01
winter 2024                         2024-12-01  2025-03-01
autumn of 2023                      2023-09-01  2023-12-01
early summer 2025                   2025-06-01  2025-07-01

the first week of March             2026-03-01  2026-03-08
second week of March 2025           2025-03-08  2025-03-15
the fifth week of March             2026-03-29  2026-04-01
the last week of February           2026-02-22  2026-03-01
first 10 days of May                2026-05-01  2026-05-11
last two months of 2025             2025-11-01  2026-01-01
the last day of last month          2026-04-30  2026-05-01
the first Monday of March           2026-03-02  2026-03-03
the first Monday of the month       2026-05-04  2026-05-05
first week of the year              2026-01-01  2026-01-08
beginning of the year               2026-01-01  2026-05-01
the last Friday of last month       2026-04-24  2026-04-25
first half of 2025                  2025-01-01  2025-07-01
the second half of last year        2025-07-01  2026-01-01
first half of March                 2026-03-01  2026-03-16
second half of March                2026-03-16  2026-04-01
early September                     2025-09-01  2025-09-11
mid-September                       2025-09-11  2025-09-21
late September                      2025-09-21  2025-10-01
late September 2023                 2023-09-21  2023-10-01
early 2025                          2025-01-01  2025-05-01
the middle of 2025                  2025-05-01  2025-09-01
at the end of last year             2025-09-01  2026-01-01
beginning of April                  2026-04-01  2026-04-11

between 3 and 12 May                2026-05-03  2026-05-13
from 3 to 12 May                    2026-05-03  2026-05-13
3-12 May 2026                       2026-05-03  2026-05-13
3 – 12 May                          2026-05-03  2026-05-13
May 3-12, 2025                      2025-05-03  2025-05-13
from the 3rd to the 12th of April   2026-04-03  2026-04-13
3 May to 2 June 2025                2025-05-03  2025-06-03
from 20 December to 5 January       2025-12-20  2026-01-06
from 20 December to 5 January 2025  2024-12-20  2025-01-06
from March to June                  2026-03-01  2026-07-01
from June to March                  2025-06-01  2026-04-01
March to June 2025                  2025-03-01  2025-07-01
from November to February 2025      2024-11-01  2025-03-01
between March and April             2026-03-01  2026-05-01
Jan–Mar 2025                        2025-01-01  2025-04-01
from 3 March to late March          2026-03-03  2026-04-01
2026-05-01 to 2026-05-07            2026-05-01  2026-05-08
2026-05-01/2026-05-07               2026-05-01  2026-05-08
2024-2025                           2024-01-01  2026-01-01
from January until now              2026-01-01  2026-05-14
from last Monday to yesterday       2026-05-11  2026-05-13
Monday to Wednesday                 2026-05-11  2026-05-14
Saturday through Sunday             2026-05-09  2026-05-11
from last week to this week         2026-05-04  2026-05-18

since January                       2026-01-01  2026-05-14
since 2024                          2024-01-01  2026-05-14
since last summer                   2025-06-01  2026-05-14
since yesterday                     2026-05-12  2026-05-14
since Friday                        2026-05-08  2026-05-14
from 1 April on                     2026-04-01  2026-05-14
after April                         2026-05-01  2026-05-14
after 3 May                         2026-05-04  2026-05-14
"""

# Phrase, start, end: with the time of day.
TIMES = """
last night                          2026-05-12T18:00  2026-05-13T12:00
overnight                           2026-05-12T18:00  2026-05-13T12:00
the night before last               2026-05-11T18:00  2026-05-12T12:00
two nights ago                      2026-05-11T18:00  2026-05-12T12:00
last 7 nights                       2026-05-06T18:00  2026-05-13T12:00
Friday night                        2026-05-08T18:00  2026-05-09T12:00
the night of 3 May                  2026-05-03T18:00  2026-05-04T12:00
this morning                        2026-05-13T05:00  2026-05-13T12:00
yesterday morning                   2026-05-12T05:00  2026-05-12T12:00
yesterday afternoon                 2026-05-12T12:00  2026-05-12T18:00
yesterday evening                   2026-05-12T18:00  2026-05-13T00:00
on the evening of May 1             2026-05-01T18:00  2026-05-02T00:00
since this morning                  2026-05-13T05:00  2026-05-14T00:00
since last night                    2026-05-12T18:00  2026-05-14T00:00
last 24 hours                       2026-05-12T10:30  2026-05-13T10:30
past 24h                            2026-05-12T10:30  2026-05-13T10:30
last hour                           2026-05-13T09:30  2026-05-13T10:30
the past 90 minutes                 2026-05-13T09:00  2026-05-13T10:30
all time                            1970-01-01T01:00  2026-05-14T00:00
ever                                1970-01-01T01:00  2026-05-14T00:00
until March                         1970-01-01T01:00  2026-04-01T00:00
before March                        1970-01-01T01:00  2026-03-01T00:00
up to yesterday                     1970-01-01T01:00  2026-05-13T00:00
"""

# Understood, and refused with the reason.
REFUSED = {
    "30 February": "day",
    "31 April 2026": "day",
    "29 February 2025": "2025",
    "2026-02-30": "day",
    "2026-13-01": "month",
    "2026-13": "month",
    "2025-W54": "week",
    "12/05/2026": "either order",
    "5.12.2025": "either order",
    "13-05-2026": "either order",
    "5/12": "either order",
    "Monday 5 May 2026": "another day",
    "fifth Friday of April": "so many",
    "fifth week of February 2025": "so many",
    "third half of March": "halves",
    "12-3 May": "before it begins",
    "from 2026-06-01 to 2026-03-01": "before it begins",
    "from yesterday to last week": "before it begins",
    "tomorrow": "not begun",
    "tomorrow morning": "not begun",
    "next week": "not begun",
    "next three months": "not begun",
    "next March": "not begun",
    "coming weekend": "not begun",
    "two weeks from now": "not begun",
    "this Friday": "not begun",
    "this summer": "not begun",
    "tonight": "not begun",
    "this afternoon": "not begun",
    "2027": "not begun",
    "2026-05-14": "not begun",
    "from June 2026 to July 2026": "not begun",
    "since tomorrow": "not begun",
    "after today": "not begun",
    "last 9999 years": "out of range",
    "before 1970": "no length",
}

NOT_UNDERSTOOD = [
    "",
    "  ",
    "?!",
    "the",
    "in the",
    "asdf",
    "marathon",
    "may have",
    "second",
    "a second",
    "march on",
    "week",
    "days",
    "7 days",
    "3",
    "time",
    "last",
    "this",
    "the past few weeks",
    "recently",
    "soon",
    "Christmas",
    "from March",
    "since",
    "to March",
    "between March",
    "32nd",
    "how did I sleep",
    "last week last year",
    "yesterday 2025",
    "25:00",
    "last week and this week",
    "maybe",
    "Sunday's best",
    "since since March",
    "early early early early early March",
    "lately",
    "Q5 2025",
    "sixth Monday of March",
    "last 0 days",
    "last -3 days",
]


def rows(table: str) -> list[tuple[str, str, str]]:
    """Lines of a table as (phrase, start, end)."""
    parts = [line.rsplit(maxsplit=2) for line in table.splitlines() if line.strip()]
    return [(phrase.strip(), start, end) for phrase, start, end in parts]


def read(phrase: str, now: datetime = NOW, zone: ZoneInfo = BERLIN) -> Period:
    return parse(phrase, now=now, zone=zone)


def wall(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)


@pytest.mark.parametrize(("phrase", "start", "end"), rows(WHOLE_DAYS) + rows(TIMES))
def test_phrase_has_its_start_and_end(phrase: str, start: str, end: str) -> None:
    period = read(phrase)
    assert (wall(period.start), wall(period.end)) == (
        datetime.fromisoformat(start),
        datetime.fromisoformat(end),
    )
    assert period.start.tzinfo is period.end.tzinfo is BERLIN
    assert period.phrase == phrase


@pytest.mark.parametrize("phrase", EXAMPLES)
def test_examples_of_the_hint_are_understood(phrase: str) -> None:
    assert read(phrase).start < NOW


@pytest.mark.parametrize(
    "phrase",
    [
        "LAST WEEK",
        "Last week?",
        "  the   last\tweek. ",
        "over the last week",
        "for the whole of last week",
        "during last week",
        "in the last week",
        "last week's",
        '"last week"',
    ],
)
def test_case_punctuation_and_filler_do_not_matter(phrase: str) -> None:
    period = read(phrase)
    assert (period.start, period.end) == (read("last week").start, read("last week").end)


@pytest.mark.parametrize(("phrase", "reason"), REFUSED.items())
def test_what_cannot_be_is_refused_with_the_reason(phrase: str, reason: str) -> None:
    with pytest.raises(PeriodError, match=reason) as caught:
        read(phrase)
    assert caught.value.phrase == phrase
    assert caught.value.hint


@pytest.mark.parametrize("phrase", NOT_UNDERSTOOD)
def test_what_is_not_understood_lists_what_is(phrase: str) -> None:
    with pytest.raises(PeriodError) as caught:
        read(phrase)
    assert all(example in caught.value.hint for example in EXAMPLES)
    assert len(EXAMPLES) >= 12


def test_now_without_a_zone_is_a_mistake_of_the_caller() -> None:
    for function in (parse, find):
        with pytest.raises(ValueError, match="aware"):
            function("today", now=datetime(2026, 5, 13), zone=BERLIN)


@pytest.mark.parametrize(
    ("phrase", "now", "start"),
    [
        ("March", "2026-02-28", "2025-03-01"),  # the past is preferred
        ("March", "2026-03-01", "2026-03-01"),
        ("last March", "2026-03-31", "2025-03-01"),
        ("last March", "2026-04-01", "2026-03-01"),
        ("this March", "2026-12-31", "2026-03-01"),
        ("31 December", "2026-12-30", "2025-12-31"),
        ("29 February", "2103-01-01", "2096-02-29"),  # 2100 was no leap year
        ("from November to February", "2026-01-15", "2025-11-01"),
        ("from March to June 2026", "2026-03-10", "2026-03-01"),
        ("late March", "2026-03-05", "2025-03-21"),
        ("since late March", "2026-03-05", "2025-03-21"),
        ("late March", "2026-03-21", "2026-03-21"),
        ("Wednesday night", "2026-05-13", "2026-05-06"),
        ("this winter", "2026-01-15", "2025-12-01"),
        ("last winter", "2026-01-15", "2024-12-01"),
        ("last weekend", "2026-05-10", "2026-05-02"),  # on a Sunday
        ("the weekend", "2026-05-10", "2026-05-09"),
        ("last weekend", "2026-05-11", "2026-05-09"),
        ("last month", "2026-01-31", "2025-12-01"),
        ("last 1 month", "2026-03-30", "2026-02-28"),
        ("a year ago today", "2024-02-29", "2023-02-28"),
    ],
)
def test_the_day_it_is_said_decides(phrase: str, now: str, start: str) -> None:
    said = datetime.fromisoformat(now).replace(hour=12, tzinfo=BERLIN)
    assert read(phrase, now=said).start.date() == date.fromisoformat(start)


def test_the_zone_decides_which_day_it_is() -> None:
    now = datetime(2026, 5, 13, 3, 0, tzinfo=UTC)
    assert read("today", now=now, zone=NEW_YORK).days == [date(2026, 5, 12)]
    assert read("today", now=now, zone=BERLIN).days == [date(2026, 5, 13)]


def test_last_night_is_the_night_that_began_yesterday_also_before_dawn() -> None:
    period = read("last night", now=datetime(2026, 5, 13, 3, 0, tzinfo=BERLIN))
    assert wall(period.start) == datetime(2026, 5, 12, 18)


@pytest.mark.parametrize(
    ("phrase", "label"),
    [
        ("today", "Wed 13 May 2026"),
        ("last week", "Mon 4 May 2026 to Sun 10 May 2026"),
        ("last night", "Tue 12 May 2026 18:00 to Wed 13 May 2026 12:00"),
        ("all time", "everything until Wed 13 May 2026"),
    ],
)
def test_label(phrase: str, label: str) -> None:
    assert read(phrase).label == label


def test_days_and_seconds_are_those_of_the_interval() -> None:
    period = read("last weekend")
    assert period.days == [date(2026, 5, 9), date(2026, 5, 10)]
    assert period.start_s == pd.Timestamp("2026-05-09", tz="Europe/Berlin").timestamp()
    assert period.end_s - period.start_s == 2 * 86_400
    assert read("last night").days == [date(2026, 5, 12), date(2026, 5, 13)]


# Against pandas' own calendar


@settings(deadline=None)
@given(st.datetimes(datetime(2000, 1, 2), datetime(2100, 12, 31)), st.integers(1, 40))
def test_calendar_units_are_those_of_pandas(said: datetime, back: int) -> None:
    now = said.replace(tzinfo=UTC)
    for unit, freq in (("week", "W-SUN"), ("month", "M"), ("quarter", "Q-DEC"), ("year", "Y-DEC")):
        expected = pd.Period(said, freq=freq) - back
        period = read(f"{back} {unit}s ago", now=now, zone=ZoneInfo("UTC"))
        assert wall(period.start) == expected.start_time
        assert wall(period.end) == (expected + 1).start_time


@settings(deadline=None)
@given(st.datetimes(datetime(2000, 1, 2), datetime(2100, 12, 31)), st.integers(1, 40))
def test_windows_are_those_of_pandas_offsets(said: datetime, count: int) -> None:
    tomorrow = pd.Timestamp(said).normalize() + pd.Timedelta(days=1)
    for unit in ("days", "weeks", "months", "years"):
        period = read(f"last {count} {unit}", now=said.replace(tzinfo=UTC), zone=ZoneInfo("UTC"))
        assert wall(period.end) == tomorrow
        assert wall(period.start) == tomorrow - pd.DateOffset(**{unit: count})


@settings(deadline=None)
@given(st.dates(date(1971, 1, 1), date(2026, 5, 13)))
def test_written_dates_agree_in_every_form(day: date) -> None:
    month = day.strftime("%B")
    year, week, _ = day.isocalendar()
    for phrase in (f"{day}", f"{day.day} {month} {day.year}", f"{month} {day.day}, {day.year}"):
        assert read(phrase).days == [day]
    assert day in read(f"{year}-W{week:02}").days
    assert read(f"week of {day}").start == read(f"{year}-W{week:02}").start
    assert read(f"{day:%Y-%m}").days == read(f"{month} {day.year}").days
    assert len(read(f"{day:%Y-%m}").days) == pd.Period(day, freq="M").days_in_month


# Changes of clocks


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        (BERLIN, "2026-03-29", 23),
        (BERLIN, "2025-10-26", 25),
        (NEW_YORK, "2026-03-08", 23),
        (NEW_YORK, "2025-11-02", 25),
        (NEW_YORK, "2025-11-03", 24),
        (SAO_PAULO, "2018-11-04", 23),  # midnight was skipped
        (SAO_PAULO, "2018-02-17", 25),  # 23:00 came twice
        (ZoneInfo("Asia/Beirut"), "2022-03-27", 23),  # midnight was skipped
        (ZoneInfo("America/Havana"), "2025-11-02", 25),  # midnight came twice
    ],
)
def test_a_day_is_as_long_as_it_was(zone: ZoneInfo, day: str, hours: int) -> None:
    period = read(day, zone=zone)
    assert period.end_s - period.start_s == hours * 3600
    assert period.days == [date.fromisoformat(day)]
    assert period.label.count(" to ") == 0
    eve = read(str(date.fromisoformat(day) - timedelta(days=1)), zone=zone)
    assert eve.end_s == period.start_s


def test_a_skipped_midnight_is_the_instant_after_the_gap() -> None:
    period = read("2018-11-04", zone=SAO_PAULO)
    assert wall(period.start) == datetime(2018, 11, 4, 1)
    assert period.start_s == datetime(2018, 11, 4, 3, tzinfo=UTC).timestamp()


def test_a_midnight_that_comes_twice_is_the_first() -> None:
    period = read("2025-11-02", zone=ZoneInfo("America/Havana"))
    assert period.start_s == datetime(2025, 11, 2, 4, tzinfo=UTC).timestamp()


def test_a_day_that_never_was_is_no_period() -> None:
    with pytest.raises(PeriodError, match="no length"):
        read("2011-12-30", zone=ZoneInfo("Pacific/Apia"))


@pytest.mark.parametrize(
    ("zone", "now"),
    [(BERLIN, "2026-03-29T12:00"), (BERLIN, "2025-10-26T12:00"), (NEW_YORK, "2025-11-02T01:30")],
)
@pytest.mark.parametrize("fold", [0, 1])
def test_hours_are_true_hours(zone: ZoneInfo, now: str, fold: int) -> None:
    said = datetime.fromisoformat(now).replace(tzinfo=zone, fold=fold)
    for hours in (1, 2, 24):
        period = read(f"last {hours} hours", now=said, zone=zone)
        assert period.end_s - period.start_s == hours * 3600
        assert period.end_s == said.timestamp()


def test_the_night_of_a_change_of_clocks_has_seventeen_hours() -> None:
    period = read("last night", now=datetime(2026, 3, 29, 11, tzinfo=BERLIN))
    assert period.end_s - period.start_s == 17 * 3600


# Anything that anyone may say

ZONES = [
    ZoneInfo(name)
    for name in (
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "Asia/Kolkata",
        "Asia/Beirut",
        "America/Sao_Paulo",
        "America/Havana",
        "Australia/Lord_Howe",
    )
]
WORDS = sorted({word for phrase, *_ in rows(WHOLE_DAYS) + rows(TIMES) for word in phrase.split()})
UNITS = ["week", "month", "quarter", "year"]
NAMES = ["March", "june", "December", "summer", "winter", "Q3"]
WEEKLY = ["Monday", "sunday", "weekend"]
ALWAYS = st.one_of(
    st.tuples(st.sampled_from(["this", "last", "past", "previous"]), st.sampled_from(UNITS)),
    st.tuples(st.just("last"), st.integers(1, 400), st.sampled_from(["days", "months", "hours"])),
    st.tuples(st.integers(1, 300), st.sampled_from(["days", "weeks", "months"]), st.just("ago")),
    st.tuples(st.sampled_from(["", "last", "since", "until"]), st.sampled_from(NAMES + WEEKLY)),
    st.tuples(st.sampled_from(["early", "late", "first half of last"]), st.sampled_from(NAMES)),
    st.tuples(st.just("from"), st.sampled_from(NAMES), st.just("to"), st.sampled_from(NAMES)),
    st.sampled_from([("yesterday",), ("last night",), ("29 February",), ("ytd",), ("all time",)]),
).map(lambda words: " ".join(map(str, words)))
MOMENTS = st.datetimes(
    datetime(2000, 1, 1),
    datetime(2100, 12, 31),
    timezones=st.sampled_from(ZONES),
    allow_imaginary=False,
)


def check(period: Period, now: datetime, zone: ZoneInfo) -> None:
    assert period.start_s < period.end_s
    assert period.start.timestamp() <= now.timestamp()
    assert period.start.tzinfo is period.end.tzinfo is zone
    for moment in (period.start, period.end):
        assert wall(moment.astimezone(UTC).astimezone(zone)) == wall(moment)
    assert period.label
    assert period.days == sorted(set(period.days))


@settings(deadline=None)
@given(ALWAYS, MOMENTS, st.sampled_from(ZONES))
def test_every_period_is_an_interval_that_has_begun(
    phrase: str, now: datetime, zone: ZoneInfo
) -> None:
    check(read(phrase, now=now, zone=zone), now, zone)


@settings(deadline=None)
@given(st.one_of(st.text(), st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join)), MOMENTS)
def test_any_text_is_a_period_or_a_period_error(text: str, now: datetime) -> None:
    try:
        period = read(text, now=now)
    except PeriodError:
        return
    check(period, now, BERLIN)


# Periods inside a sentence


@pytest.mark.parametrize(
    ("sentence", "phrases"),
    [
        ("How did I sleep last week compared to March?", ["last week", "March"]),
        ("compare last week to this week", ["last week", "this week"]),
        (
            "Compare the first week of March and the last week of April 2025",
            ["first week of March", "last week of April 2025"],
        ),
        ("steps from March to June, please", ["from March to June"]),
        ("In May I ran more than in April.", ["May", "April"]),
        ("did i run more in may than in march?", ["may", "march"]),
        ("How many steps did I take on 3 May 2026, and yesterday?", ["3 May 2026", "yesterday"]),
        (
            "My heart rate since January – and over the past three weeks?",
            ["since January", "past three weeks"],
        ),
        ("What was my average heart rate last night?", ["last night"]),
        ("between 3 and 12 May how far did I walk", ["between 3 and 12 May"]),
        ("Was Tuesday’s run longer than last Sunday's?", ["Tuesday’s", "last Sunday's"]),
        ("I slept less in March. 3 days were bad.", ["March"]),
        ("How far did I walk in 2025?", ["2025"]),
        ("Q2 2025 vs Q2 2024", ["Q2 2025", "Q2 2024"]),
        ("my longest run ever?", ["ever"]),
        ("best resting heart rate of all time", ["all time"]),
        ("March vs April?", ["March", "April"]),
        ("my March 2025 steps", ["March 2025"]),
        ("on march 2 I ran", ["march 2"]),
        ("since 2024 my weight fell", ["since 2024"]),
        ("Compare my workouts in 2024 and 2025", ["2024", "2025"]),
        ("last Monday vs the Monday before", ["last Monday"]),
        ("2026-05-01..2026-05-03", []),
        ("last week", ["last week"]),
        ("may", ["may"]),
        ("", []),
    ],
)
def test_find_in_a_sentence(sentence: str, phrases: list[str]) -> None:
    found = find(sentence, now=NOW, zone=BERLIN)
    assert [sentence[start:end] for _, start, end in found] == phrases
    assert [period.phrase for period, _, _ in found] == phrases
    for period, _, _ in found:
        alone = read(period.phrase)
        assert (period.start, period.end) == (alone.start, alone.end)


@pytest.mark.parametrize(
    "sentence",
    [
        "I want to run a marathon",
        "I may have slept badly",
        "May I see my steps?",
        "this may be wrong, and all 3 may have improved",
        "a second run, in the second half I was faster",
        "I march 5 miles to work",
        "march on!",
        "I sat in the sun",
        "I fall asleep late, and after the fall I slept badly",
        "Is spring water good?",
        "I walked 2025 steps and burned 2000 calories",
        "my goal is from 1900 to 2000 calories",
        "8 hours of sleep and 3 runs a week",
        "show all my runs",
        "have you ever heard of that",
        "Junebug, Augustus, decade-old, Monday.com-like words: marching, mayor, sunlight, weekly",
        "the 3rd run",
        "my maximum heart rate is 180",
        # understood, but not in a history
        "I run a marathon next week",
        "remind me tomorrow morning",
        "next March",
        "on 30 February",
        "on 12/05/2026",
    ],
)
def test_find_is_not_trapped(sentence: str) -> None:
    assert find(sentence, now=NOW, zone=BERLIN) == []


@settings(deadline=None)
@given(st.one_of(st.text(max_size=80), st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)))
def test_find_returns_spans_in_order_that_parse_alone(text: str) -> None:
    passed = 0
    for period, start, end in find(text, now=NOW, zone=BERLIN):
        assert passed <= start < end <= len(text)
        assert period == read(text[start:end])
        passed = end
