"""`wellness memory`: what people type, with a real embedding model behind it."""

from __future__ import annotations

import pytest

from .conftest import Run, spawn

SAID = "2026-09-30T20:00:00-04:00"


@pytest.fixture
def told(run: Run) -> Run:
    """A memory in which Ann stated a goal and changed it."""
    for text, at in (("My goal weight is 165 lb.", "2026-03-01T08:00:00-05:00"),
                     ("My goal weight is 70 kg.", "2026-06-01T08:00:00-04:00")):  # fmt: skip
        assert run("memory", "add", text, "--user", "ann", "--now", at).code == 0
    return run


def test_add_says_what_became_of_it(run: Run) -> None:
    first = run("memory", "add", "My goal weight is 165 lb.", "--user", "ann", "--json").json
    (stored,) = first["stored"]
    assert (stored["outcome"], stored["kind"]) == ("new", "goal")
    again = run("memory", "add", "My goal weight is 165 lb.", "--user", "ann", "--json").json
    assert again["stored"][0]["outcome"] == "duplicate"
    other = run("memory", "add", "My goal weight is 160 lb.", "--user", "ann", "--json").json
    assert other["stored"][0]["outcome"] == "superseding"
    assert other["stored"][0]["replaced"] == stored["id"]
    plain = run("memory", "add", "Tuesday is bin day", "--user", "ann")
    assert "new" in plain.rows[1]


def test_recall_says_what_and_why(told: Run) -> None:
    answer = told("memory", "recall", "what is my goal weight?", "--user", "ann", "--now", SAID)
    assert "My goal weight is 70 kg." in answer.rows[0]
    assert answer.rows[0].startswith("1. 2026-06-01")
    assert "meaning: rank 1" in answer.rows[1]
    assert "165" not in answer.out
    both = told("memory", "recall", "goal weight", "--history", "--user", "ann", "--now", SAID)
    assert "2026-03-01 to 2026-06-01  My goal weight is 165 lb." in both.out
    found = told("memory", "recall", "goal", "--user", "ann", "--now", SAID, "--json").json
    assert found["hits"][0]["text"] == "My goal weight is 70 kg."
    assert set(found["timings_s"]) == {"embed", "search", "fetch", "own"}


def test_list_and_forget(told: Run) -> None:
    now = told("memory", "list", "--user", "ann", "--json").json["memories"]
    assert [one["text"] for one in now] == ["My goal weight is 70 kg."]
    ever = told("memory", "list", "--history", "--user", "ann")
    assert len(ever.rows) == 3
    gone = told("memory", "forget", now[0]["id"], "nothing", "--user", "ann")
    assert gone.code == 1
    assert gone.out == "1 forgotten. Unknown: nothing.\n"
    assert told("memory", "forget", "--all", "--yes", "--user", "ann").out == "1 forgotten.\n"
    assert told("memory", "list", "--user", "ann").out == "Nothing is remembered of 'ann'.\n"
    empty = told("memory", "recall", "goal", "--user", "ann")
    assert "Nothing that is remembered bears on that." in empty.out


def test_nothing_is_forgotten_unasked(told: Run) -> None:
    refused = told("memory", "forget", "--all", "--user", "ann")
    assert refused.code == 2
    assert "Nothing was forgotten." in refused.err
    both = told("memory", "forget", "x", "--all", "--user", "ann")
    assert both.code == 2
    neither = told("memory", "forget", "--user", "ann", "--json")
    assert neither.json["error"] == "RecallError"
    assert len(told("memory", "list", "--user", "ann", "--json").json["memories"]) == 1


def test_another_person_sees_nothing(told: Run) -> None:
    assert told("memory", "list", "--user", "ben").out == "Nothing is remembered of 'ben'.\n"


@pytest.mark.parametrize("command", ["add", "recall", "list", "forget"])
def test_each_has_help(command: str) -> None:
    helped = spawn("memory", command, "--help")
    assert helped.code == 0
    assert "--json" in helped.out
    assert "--user" in helped.out
