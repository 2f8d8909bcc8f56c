from __future__ import annotations

from typing import Any

import pytest

from agent.ann import Call, between, mean, value

NAME = "get_sleep_analysis"


def asleep(truth: dict[str, Any], first: str, last: str) -> dict[str, float]:
    """Minutes by wake date, of the nights of which they are known."""
    rows = between(truth["sleep"], first, last)
    return {day: row["asleep"] for day, row in rows.items() if row["asleep"]}


def said(minutes: float) -> str:
    hours, rest = divmod(round(minutes), 60)
    return f"{hours} h {rest} min" if rest else f"{hours} h"


@pytest.mark.parametrize(
    ("phrase", "day"),
    [("29 September 2026", "2026-09-29"), ("8 March 2026", "2026-03-08"),
     ("2 November 2025", "2025-11-02"), ("10 April 2025", "2025-04-10")],
)  # fmt: skip
def test_one_night(call: Call, truth: dict[str, Any], phrase: str, day: str) -> None:
    """Two of them have a change of clocks in the middle; in April 2025 she was in Tokyo."""
    row = truth["sleep"][day]
    found = call(NAME, period=phrase)
    assert value(found, "sum", about="time asleep") == pytest.approx(row["asleep"] / 60)
    for stage, name in (("deep", "deep sleep"), ("rem", "REM sleep"), ("core", "core sleep")):
        assert value(found, "average", about=name) * 60 == pytest.approx(row[stage])
    assert f"you slept {said(row['asleep'])} in the night to" in found.conclusion.lower()
    assert day in found.data["dates"]
    assert found.data["nights"][0]["asleep_min"] == row["asleep"]


def test_a_month(call: Call, truth: dict[str, Any]) -> None:
    nights = asleep(truth, "2026-05-01", "2026-05-31")
    found = call(NAME, period="May 2026")
    assert found.samples == len(nights)
    assert value(found, "average", about="average time asleep") * 60 == pytest.approx(
        mean(nights.values())
    )
    assert f"you slept {said(mean(nights.values()))} a night" in found.conclusion.lower()
    longest, shortest = max(nights, key=nights.__getitem__), min(nights, key=nights.__getitem__)
    assert value(found, "maximum") * 60 == pytest.approx(nights[longest])
    assert value(found, "minimum") * 60 == pytest.approx(nights[shortest])
    assert {longest, shortest} <= set(found.data["dates"])
    deep = [row["deep"] for day, row in truth["sleep"].items() if day in nights]
    assert value(found, "average", about="deep sleep") * 60 == pytest.approx(mean(deep))
    unknown = len(between(truth["sleep"], "2026-05-01", "2026-05-31")) - len(nights)
    assert any(str(unknown) in note and "in bed" in note for note in found.notes)


def test_times_of_day_go_round_midnight(call: Call) -> None:
    """She falls asleep around eleven; a plain mean over midnight would say noon."""
    found = call(NAME, period="May 2026")
    bedtime = value(found, "average", about="bedtime")
    assert 22 * 60 < bedtime < 24 * 60
    assert {one.unit for one in found.numbers if one.about in ("bedtime", "waking")} == {"clock"}
    assert 5 * 60 < value(found, "average", about="waking") < 8 * 60


def test_time_in_bed_is_not_sleep(call: Call, truth: dict[str, Any]) -> None:
    """Of the night to 30 September only the phone's time in bed is there."""
    row = truth["sleep"]["2026-09-30"]
    assert row["by"] == "in bed only"
    found = call(NAME)
    assert found.ok
    assert "is not known" in found.conclusion
    assert value(found, "in bed") == pytest.approx(row["in_bed"] / 60)
    before = truth["sleep"]["2026-09-29"]["asleep"]
    assert f"You slept {said(before)} in the night to Tue 29 Sep 2026" in found.conclusion
    assert found.periods[0].because == "no period was named: last night"


def test_no_sleep_at_all(call: Call) -> None:
    found = call(NAME, period="2023")
    assert not found.ok
    assert "What is stored is of" in found.error


def test_an_app_answers_where_there_are_no_stages(call: Call, truth: dict[str, Any]) -> None:
    by_app = [day for day, row in truth["sleep"].items() if row["by"] == "app"]
    assert by_app
    found = call(NAME, period=by_app[0])
    assert value(found, "sum") * 60 == pytest.approx(truth["sleep"][by_app[0]]["asleep"])
    assert "deep" not in found.conclusion
