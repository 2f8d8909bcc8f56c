"""`wellness route`: what people type, and where they are told that it goes."""

from __future__ import annotations

import time

import pytest
from redis import Redis

from wellness.memory.messages import Message
from wellness.memory.short_term import ShortTerm
from wellness.memory.turns import turn
from wellness.settings import Settings

from .conftest import Run, spawn

AT = ("--now", "2026-09-30T20:15", "--zone", "America/New_York")


def test_it_shows_intent_calls_and_reasons(run: Run) -> None:
    answer = run("route", "whats my avergae pulse last week?", *AT)
    assert answer.code == 0
    assert answer.rows[0].startswith("aggregate, 9")
    assert answer.rows[0].endswith("% sure, by rules")
    assert answer.rows[1] == (
        "  aggregate_metrics(metric='HeartRate', aggregation='average', period='last week')"
    )
    assert answer.rows[2] == "why: asks for one number"
    assert "repairs: avergae -> average" in answer.rows


def test_json_holds_the_whole_route(run: Run) -> None:
    found = run("route", "steps and heart rate yesterday", *AT, "--json").json
    assert found["intent"] == "aggregate"
    assert [call["arguments"]["metric"] for call in found["calls"]] == ["StepCount", "HeartRate"]
    assert 0.5 < found["confidence"] <= 1
    assert (found["by"], found["zone"]) == ("rules", "America/New_York")
    assert found["slots"]["periods"] == ["yesterday"]


def test_what_no_tool_can_do_has_no_call(run: Run) -> None:
    answer = run("route", "Will it rain tomorrow?", *AT)
    assert answer.rows[0].startswith("out_of_scope")
    assert answer.rows[1] == "  no tool"


def test_now_decides_what_a_period_is(run: Run) -> None:
    asked = ("route", "steps last month against the month before", "--zone", "UTC", "--json")
    for now, before in (("2026-09-30", "July 2026"), ("2026-02-01", "December 2025")):
        (call,) = run(*asked, "--now", now).json["calls"]
        assert call["arguments"]["other_period"] == before


def test_what_was_asked_before_counts(run: Run) -> None:
    before = ("--after", "average pulse in April?", "--after", "thanks")
    (call,) = run("route", "and in March?", *before, *AT, "--json").json["calls"]
    assert call["arguments"] == {"metric": "HeartRate", "aggregation": "average", "period": "March"}


def test_a_stored_conversation_counts(run: Run, client: Redis, namespace: str) -> None:
    memory = ShortTerm(client, "ann", settings=Settings(), clock=time.time, namespace=namespace)
    said = Message("user", "How many runs did I do in June?"), Message("assistant", "Twelve.")
    memory.append("chat", turn(said, at=1_790_000_000_000))
    asked = ("route", "and swims?", "--user", "ann", "--conversation", "chat", "--json")
    (call,) = run(*asked).json["calls"]
    assert call["arguments"] == {"activity": "Swimming", "period": "June"}
    (call,) = run("route", "and swims?", "--user", "ann", "--json").json["calls"]
    assert call["arguments"] == {"activity": "Swimming"}


def test_the_persons_zone_and_metrics_are_taken(ask: Run) -> None:
    found = ask("route", "steps yesterday", "--user", "ann", "--json").json
    assert found["zone"] == "America/New_York"
    assert found["now"].startswith("2026-09-30"), "the sample's export date"


@pytest.mark.parametrize(
    "words", [("--now", "soon"), ("--zone", "Atlantis"), ("--user", "x", "--now", "soon")]
)
def test_wrong_options_are_explained(run: Run, words: tuple[str, ...]) -> None:
    answer = run("route", "steps", *words)
    assert answer.code == 2
    assert answer.out == ""
    assert "Atlantis" in answer.err or "soon" in answer.err


def test_help_teaches_and_needs_no_redis() -> None:
    helped = spawn("route", "--help")
    assert (helped.code, helped.err) == (0, "")
    assert "--json" in helped.out
    asked = spawn("route", "steps today?", *AT, REDIS_URL="redis://127.0.0.1:1/0")
    assert asked.code == 0
    assert "aggregate_metrics" in asked.out
