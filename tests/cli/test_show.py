"""`wellness show`: each way to aggregate against the generator's truth, periods, now and users."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from health.exports import STEPS, document, record

from wellness.health.store import Store

from .conftest import Run, Shared

HOME = ZoneInfo("America/New_York")
INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")
ALL = ("--period", "all time", "--json")


def by_day(answer: Any) -> dict[str, Any]:
    """The buckets of a JSON answer by local date."""
    return {bucket["start"][:10]: bucket for bucket in answer["buckets"]}


def texts(value: Any) -> Iterator[str]:
    """All strings of a JSON value, keys aside."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from texts(part)


# What the numbers are


def test_steps_are_summed_after_merging_phone_and_watch(ask: Run, shared: Shared) -> None:
    answer = ask("show", "steps", *ALL).json
    truth = shared.truth["steps"]["by_day"]
    days = by_day(answer)
    assert (answer["aggregation"], answer["unit"]) == ("sum", "count")
    assert days.keys() == truth.keys()
    for day, known in truth.items():
        assert days[day]["value"] == pytest.approx(known["merged"], abs=0.001)
        assert days[day]["naive_total"] == pytest.approx(known["naive"], abs=0.001)
    assert answer["overall"]["value"] == pytest.approx(sum(d["merged"] for d in truth.values()))
    watch = [name for name, kind in shared.truth["sources"].items() if kind == "watch"]
    assert sum(answer["by_source"][name] for name in watch) == sum(
        d["watch"] for d in truth.values()
    )


def test_heart_rate_is_weighted_by_time(ask: Run, shared: Shared) -> None:
    answer = ask("show", "heart rate", *ALL).json
    days = by_day(answer)
    assert (answer["aggregation"], answer["unit"]) == ("time-weighted mean", "count/min")
    assert days.keys() == shared.truth["heart_rate"].keys()
    for day, known in shared.truth["heart_rate"].items():
        found = days[day]
        assert found["value"] == pytest.approx(known["weighted"], abs=0.0001)
        assert found["mean"] == pytest.approx(known["mean"], abs=0.0001)
        assert (found["minimum"], found["maximum"]) == (known["min"], known["max"])
        assert found["readings"] == known["count"]
    assert any("600 s" in note for note in answer["notes"])


def test_resting_heart_rate_is_a_mean(ask: Run, shared: Shared) -> None:
    answer = ask("show", "resting heart rate", *ALL).json
    truth = shared.truth["resting_heart_rate"]
    assert answer["aggregation"] == "mean"
    assert {day: row["value"] for day, row in by_day(answer).items()} == pytest.approx(truth)
    assert answer["overall"]["value"] == pytest.approx(sum(truth.values()) / len(truth))


def test_weight_is_the_last_of_the_day(ask: Run, shared: Shared) -> None:
    truth = shared.truth["weight_kg"]["by_day"]
    answer = ask("show", "weight", *ALL, "--unit", "kg").json
    assert answer["aggregation"] == "last"
    found = {day: row["value"] for day, row in by_day(answer).items()}
    assert found == pytest.approx(truth, abs=0.006)
    assert answer["overall"]["value"] == found[max(found)]


def test_sleep_is_one_source_a_night(ask: Run, shared: Shared) -> None:
    answer = ask("show", "sleep", *ALL).json
    nights = {night["date"]: night for night in answer["nights"]}
    truth = shared.truth["sleep"]
    assert nights.keys() == truth.keys()
    for day, known in truth.items():
        asleep = nights[day]["asleep_s"]
        assert (asleep or 0) == known["asleep"] * 60
        assert (asleep is None) == (known["by"] == "in bed only"), "time in bed is no sleep"
        assert nights[day]["stages_s"].get("AsleepDeep", 0) == known["deep"] * 60
        assert datetime.fromisoformat(nights[day]["end"]).date().isoformat() == day


def test_workouts_are_timed_without_pauses(ask: Run, shared: Shared) -> None:
    answer = ask("show", "workouts", *ALL).json
    truth = shared.truth["workouts"]
    totals = {total["activity"]: total for total in answer["totals"]}
    assert answer["count"] == truth["count"]
    assert totals.keys() == truth["by_activity"].keys()
    for activity, known in truth["by_activity"].items():
        each = [w for w in truth["each"] if w["activity"] == activity]
        assert totals[activity]["count"] == known["count"]
        assert totals[activity]["duration_s"] == pytest.approx(known["seconds"], abs=1)
        assert totals[activity]["energy_kcal"] == pytest.approx(sum(w["energy"] for w in each))
    miles = sum(w["miles"] for w in truth["each"] if w["activity"] == "Running")
    assert totals["Running"]["distance_m"] == pytest.approx(miles * 1609.344)
    assert totals["Yoga"]["distance_m"] is None


def test_people_read_what_scripts_read(ask: Run, shared: Shared) -> None:
    merged = sum(day["merged"] for day in shared.truth["steps"]["by_day"].values())
    rows = ask("show", "steps", "--period", "all time").rows
    (total,) = [row for row in rows if row.startswith("all ")]
    assert total.split()[1] == f"{merged:,.0f}"
    assert any("watch before phone" in row for row in rows), "the rule is stated"
    assert any("without merging" in row for row in rows)


def test_nights_and_workouts_are_readable(ask: Run, shared: Shared) -> None:
    day, night = next(item for item in shared.truth["sleep"].items() if item[1]["asleep"])
    (row,) = [
        row for row in ask("show", "sleep", "--period", day).rows if row.startswith(f"{day} ")
    ]
    assert f" {int(night['asleep']) // 60} h {int(night['asleep']) % 60:02} min " in row
    said = ask("show", "workouts", "--period", "all time").out
    assert f"{shared.truth['workouts']['count']} workouts" in said


@pytest.mark.parametrize("name", ["sleep", "steps", "workouts"])
def test_a_period_without_readings_is_said_to_be_empty(ask: Run, name: str) -> None:
    answer = ask("show", name, "--period", "2020")
    assert answer.code == 0
    assert re.search(r"\b(no|0) (readings|nights|workouts)", answer.out, re.IGNORECASE)


# Rows, units, names


def test_weeks_begin_on_monday_and_months_on_the_first(ask: Run, shared: Shared) -> None:
    whole = ask("show", "steps", *ALL).json
    for by in ("week", "month"):
        answer = ask("show", "steps", *ALL, "--by", by).json
        starts = [datetime.fromisoformat(bucket["start"]) for bucket in answer["buckets"]]
        assert starts == sorted(set(starts))
        assert {start.weekday() if by == "week" else start.day - 1 for start in starts} == {0}
        values = sum(bucket["value"] for bucket in answer["buckets"])
        assert values == pytest.approx(whole["overall"]["value"])
        assert answer["overall"] == whole["overall"]
    first = date.fromisoformat(min(shared.truth["steps"]["by_day"]))
    weeks = by_day(ask("show", "steps", *ALL, "--by", "week").json)
    monday = first - timedelta(days=first.weekday())
    in_week = [
        known["merged"]
        for day, known in shared.truth["steps"]["by_day"].items()
        if monday <= date.fromisoformat(day) < monday + timedelta(days=7)
    ]
    assert weeks[monday.isoformat()]["value"] == pytest.approx(sum(in_week), abs=0.01)


def test_a_bucket_says_which_part_of_it_was_asked_for(ask: Run) -> None:
    """Three days' steps under the name of a whole month would be a wrong answer."""
    answer = ask("show", "steps", "--period", "last 3 days", "--by", "month", "--json").json
    (bucket,) = answer["buckets"]
    assert bucket["value"] == answer["overall"]["value"]
    assert bucket["start"] >= answer["period"]["start"]
    assert bucket["end"] <= answer["period"]["end"]


@pytest.mark.parametrize("by", ["year", "Week", ""])
def test_other_rows_there_are_not(ask: Run, by: str) -> None:
    answer = ask("show", "steps", "--by", by)
    assert answer.code == 2
    assert "day" in answer.err
    assert "month" in answer.err


def test_units_are_converted(ask: Run) -> None:
    def total(metric: str, unit: str) -> float:
        answer = ask("show", metric, *ALL, "--unit", unit).json
        assert answer["unit"] == unit
        return float(answer["overall"]["value"])

    assert total("distance", "km") == pytest.approx(total("distance", "mi") * 1.609344)
    assert total("weight", "lb") == pytest.approx(total("weight", "kg") / 0.45359237)
    assert total("oxygen", "percent") == pytest.approx(total("oxygen", "%") * 100)
    sources = ask("show", "distance", *ALL, "--unit", "m").json["by_source"]
    miles = ask("show", "distance", *ALL, "--unit", "mi").json["by_source"]
    assert sources == pytest.approx({name: value * 1609.344 for name, value in miles.items()})


def test_without_a_unit_the_data_s_own_is_shown(ask: Run, shared: Shared) -> None:
    for info in shared.store.metrics():
        if info.unit:
            answer = ask("show", info.metric.name, *ALL).json
            assert answer["unit"] == {"%": "percent"}.get(info.unit, info.unit)


def test_a_unit_of_another_kind_is_an_error(ask: Run) -> None:
    answer = ask("show", "weight", "--unit", "km", "--json")
    assert answer.code == 2
    assert answer.json["error"] == "UnitError"
    assert answer.json["hint"]


@pytest.mark.parametrize(
    ("metric", "option"),
    [("sleep", ("--unit", "km")), ("sleep", ("--by", "month")), ("workouts", ("--unit", "kg")),
     ("workouts", ("--by", "week"))],
)  # fmt: skip
def test_an_option_is_obeyed_or_refused(ask: Run, metric: str, option: tuple[str, str]) -> None:
    """An option that does nothing is a silent default."""
    plain = ask("show", metric, "--period", "all time")
    chosen = ask("show", metric, "--period", "all time", *option)
    assert chosen.code == 2 or chosen.out != plain.out


@pytest.mark.parametrize(
    "name", ["steps", "STEPS", "StepCount", "step count", "step-count", STEPS, " steps "]
)
def test_a_metric_has_many_names(ask: Run, name: str) -> None:
    assert ask("show", name, "--json").json["type"] == STEPS


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("StepCont", "StepCount"), ("heartrat", "HeartRate"), ("weigth", "BodyMass"),
     ("stepz", "StepCount")],
)  # fmt: skip
def test_a_metric_that_is_unknown_is_close_to_one(ask: Run, typed: str, meant: str) -> None:
    answer = ask("show", typed)
    assert answer.code == 2
    assert answer.out == ""
    assert repr(typed) in answer.err
    assert "wellness metrics" in answer.err
    assert meant in answer.err or "weight" in answer.err or "steps" in answer.err


# Periods and now


@pytest.mark.parametrize(
    ("phrase", "first", "after"),
    [
        ("yesterday", "2026-09-29", "2026-09-30"),
        ("last week", "2026-09-21", "2026-09-28"),
        ("this month", "2026-09-01", "2026-10-01"),
        ("2026-09-12", "2026-09-12", "2026-09-13"),
        ("from 12 to 14 September", "2026-09-12", "2026-09-15"),
    ],
)
def test_a_phrase_counts_from_the_sample_s_export(
    ask: Run, shared: Shared, phrase: str, first: str, after: str
) -> None:
    answer = ask("show", "steps", "--period", phrase, "--json").json
    assert answer["period"]["start"][:10] == first
    assert answer["period"]["end"][:10] == after
    known = {
        day: row["merged"]
        for day, row in shared.truth["steps"]["by_day"].items()
        if first <= day < after
    }
    found = {day: row["value"] for day, row in by_day(answer).items()}
    assert found == pytest.approx(known, abs=0.001)


def test_now_is_shown(ask: Run) -> None:
    rows = ask("show", "steps").rows
    assert "now is 2026-09-30T20:15-04:00, the sample's export date" in rows
    answer = ask("show", "steps", "--json").json
    assert answer["now"] == "2026-09-30T20:15:00-04:00"


@pytest.mark.parametrize(
    ("given", "now"),
    [
        ("2026-09-20T01:00", "2026-09-20T01:00:00-04:00"),  # local where the user lives
        ("2026-09-20T01:00Z", "2026-09-19T21:00:00-04:00"),
        ("2026-09-20T01:00+09:00", "2026-09-19T12:00:00-04:00"),
        ("2026-09-20", "2026-09-20T00:00:00-04:00"),
    ],
)
def test_now_can_be_given(ask: Run, given: str, now: str) -> None:
    answer = ask("show", "steps", "--period", "today", "--now", given, "--json").json
    assert (answer["now"], answer["now_from"]) == (now, "as given")
    assert answer["period"]["start"] == f"{now[:10]}T00:00:00-04:00"


def test_a_now_that_is_none_is_an_error(ask: Run) -> None:
    for given in ("soon", "30.9.2026", "2026-13-01"):
        answer = ask("show", "steps", "--now", given)
        assert answer.code == 2
        assert given in answer.err
        assert "2026-09-30T20:00" in answer.err, "an example"


@pytest.mark.parametrize("phrase", ["marathon", "may have", "the other day", ""])
def test_a_phrase_that_is_no_period_lists_what_is(ask: Run, phrase: str) -> None:
    answer = ask("show", "steps", "--period", phrase)
    assert (answer.code, answer.out) == (2, "")
    for understood in ("yesterday", "last 7 days", "since January"):
        assert understood in answer.err
    assert ask("show", "steps", "--period", phrase, "--json").json["error"] == "PeriodError"


def test_each_moment_in_json_has_an_offset(ask: Run) -> None:
    answers = [ask("show", name, *ALL).json for name in ("steps", "weight", "sleep", "workouts")]
    moments = [text for text in texts(answers) if INSTANT.match(text)]
    assert len(moments) > 50
    assert all(datetime.fromisoformat(text).tzinfo for text in moments)
    assert all("T" in text for text in moments)


def test_a_day_is_as_long_as_it_was(run: Run, tmp_path: Path) -> None:
    (tmp_path / "export.xml").write_bytes(document(record()))
    run("import", tmp_path, "--zone", "Europe/Berlin")
    march = ("--period", "March", "--now", "2024-05-01", "--json")
    period = run("show", "hr", *march).json["period"]
    assert (period["start"], period["end"]) == (
        "2024-03-01T00:00:00+01:00",
        "2024-04-01T00:00:00+02:00",
    )


def test_without_the_sample_the_clock_says_what_now_is(run: Run, tmp_path: Path) -> None:
    (tmp_path / "export.xml").write_bytes(document(record()))
    run("import", tmp_path, "--zone", "Europe/Berlin")
    before = datetime.now(HOME)
    answer = run("show", "hr", "--json").json
    assert answer["now_from"] == "the clock"
    assert before <= datetime.fromisoformat(answer["now"]) <= datetime.now(HOME)


# Whose data


def test_the_only_user_need_not_be_named(run: Run, people: Callable[..., None]) -> None:
    people("zoe")
    for answer in (run("show", "hr", *ALL), run("metrics", "--user", "zoe", "--json")):
        assert answer.code == 0
    assert run("show", "hr", *ALL).json["user"] == "zoe"


def test_of_several_users_one_must_be_named(run: Run, people: Callable[..., None]) -> None:
    people("zoe", "yan")
    answer = run("show", "hr", *ALL[:2])
    assert (answer.code, answer.out) == (2, "")
    assert "yan, zoe" in answer.err
    assert "--user" in answer.err
    assert run("show", "hr", *ALL, "--user", "yan").json["user"] == "yan"


def test_the_environment_names_a_user(
    run: Run, people: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    people("zoe", "yan")
    monkeypatch.setenv("WELLNESS_USER", "yan")
    assert run("show", "hr", *ALL).json["user"] == "yan"
    assert run("show", "hr", *ALL, "--user", "zoe").json["user"] == "zoe"
    monkeypatch.setenv("WELLNESS_USER", "xia")
    answer = run("show", "hr", *ALL)
    assert answer.code == 2
    assert answer.json["error"] == "UnknownUser"
    assert "xia" in answer.json["message"]


@pytest.mark.parametrize("words", [("show", "steps"), ("show", "workouts"), ("show", "sleep"),
                                   ("metrics",), ("export", "out")])  # fmt: skip
def test_before_the_first_import_the_way_is_shown(run: Run, words: tuple[str, ...]) -> None:
    answer = run(*words)
    assert (answer.code, answer.out) == (2, "")
    assert "wellness import PATH" in answer.err
    assert "Traceback" not in answer.err
    assert not Path("out").exists()


def test_a_user_who_is_not_there_is_not_made(run: Run, people: Callable[..., None]) -> None:
    people("zoe")
    assert run("show", "hr", "--user", "bob").code == 2
    assert "zoe" in run("show", "hr", "--user", "bob").err
    assert run("show", "hr", *ALL).json["user"] == "zoe"


def test_the_shared_data_was_only_read(shared: Shared) -> None:
    """The tests above asked a lot; nothing they did may have changed a reading."""
    store = Store(shared.store.client, shared.store.user, namespace=shared.namespace)
    counts = {type: store.count(type) for type in store.types()}
    assert counts == shared.report.to_dict()["by_type"]
