"""`wellness ask` and `wellness chat`: what people type, with the real models behind it."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator

import pytest
from redis import Redis

from wellness import keys

from .conftest import Run, Shared

QUESTION = "How many steps did I take on Monday?"


@pytest.fixture
def talk(ask: Run, chat_model: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command on Ann's twenty days, with the smallest chat model."""
    monkeypatch.setenv("WELLNESS_CHAT_MODEL", chat_model)
    return ask


def test_an_answer_says_whose_words_it_is_and_how_it_came_about(talk: Run, shared: Shared) -> None:
    said = talk("ask", QUESTION, "--conversation", "one")
    assert said.code == 0
    merged = shared.truth["steps"]["by_day"]["2026-09-28"]["merged"]
    assert f"{merged:,.0f} steps" in said.rows[0]
    assert "Worded by qwen2.5-coder:0.5b-local" in said.out
    assert "Routed by rules: aggregate" in said.out
    assert "Tool: aggregate_metrics(metric='StepCount'" in said.out
    assert "Number '" in said.out
    assert "the sample's export date" in said.out


def test_json_has_it_all(talk: Run) -> None:
    said = talk("ask", QUESTION, "--conversation", "two", "--json")
    found = said.json
    assert found["tools"][0]["tool"] == "aggregate_metrics"
    assert found["tools"][0]["arguments"]["metric"] == "StepCount"
    assert found["validation"]["ok"]
    assert found["user"] == "ann"
    assert found["degraded"] == []
    assert found["timings_s"]["all"] > 0
    assert {step["name"] for step in found["steps"]} >= {"recall", "classify", "act", "answer"}


def test_the_twin_forgets(talk: Run) -> None:
    for stateless in ((), ("--stateless",)):
        told = talk("ask", "My dentist is called Brown.", "--conversation", "x", *stateless)
        assert told.code == 0
        asked = talk("ask", "What is my dentist called?", "--conversation", "y", *stateless)
        assert ("Brown" in asked.rows[0]) == (not stateless)


def test_without_a_chat_model_it_says_so_and_answers(
    talk: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WELLNESS_CHAT_MODEL", "qwen2.5-coder:9b-local")
    said = talk("ask", QUESTION)
    assert said.code == 1
    assert "In fixed words" in said.out
    assert "Degraded: The answer is in the tools' own words." in said.out
    assert "steps" in said.rows[0]


def test_an_unknown_person_is_named(talk: Run) -> None:
    said = talk("ask", QUESTION, "--user", "nobody")
    assert said.code == 2
    assert "There is no data of a user 'nobody'" in said.err


def test_chat_goes_on_until_it_is_quit(talk: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = ["/why", "", "/help", QUESTION, "/why", "/quit", "never read"]
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(lines)))
    said = talk("chat", "--conversation", "terminal")
    assert said.code == 0
    assert "Nothing was asked yet." in said.out
    assert "/why     how the last answer came about" in said.out
    assert said.out.count("Routed by rules") == 1
    assert "never" not in said.out
    monkeypatch.setattr(sys, "stdin", io.StringIO("Thanks!"))
    assert talk("chat", "--stateless").code == 0


# --- limits ---------------------------------------------------------------------------------------


@pytest.fixture
def limited(
    talk: Run, client: Redis, shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Run]:
    """One question a day, and nothing counted yet."""
    monkeypatch.setenv("WELLNESS_LIMIT_TURNS", "1")
    monkeypatch.setenv("WELLNESS_LIMIT_TURNS_WINDOW_S", "86400")
    monkeypatch.setenv("WELLNESS_QUOTA_TOKENS_DAY", "100000")
    built = keys.Keys(shared.namespace, "ann")
    client.unlink(built.limit("user.turns"), built.quota("user.tokens"))
    yield talk
    client.unlink(built.limit("user.turns"), built.quota("user.tokens"))


def test_a_question_too_many_is_refused_and_its_tokens_are_counted(
    limited: Run, client: Redis, shared: Shared
) -> None:
    first = limited("ask", QUESTION, "--json")
    assert first.code == 0
    assert first.json["uncounted"] == []
    second = limited("ask", QUESTION, "--json")
    assert second.code == 2
    assert second.json["error"] == "LimitReached"
    assert second.json["message"] == "'ann' has no questions left for now."
    assert second.json["hint"].startswith("Ask again in 86,")
    slots: dict[bytes, bytes] = client.hgetall(
        keys.Keys(shared.namespace, "ann").quota("user.tokens")
    )
    used = sum(first.json["tokens"].values())
    assert sum(map(int, slots.values())) == used > 0, "the refused question cost none"


def test_chat_says_when_to_ask_again_and_goes_on(
    limited: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [QUESTION, QUESTION, "/why", "/quit"]
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(lines)))
    said = limited("chat", "--conversation", "limited")
    assert said.code == 0
    assert "'ann' has no questions left for now. Ask again in 86," in said.out
    assert said.out.count("Routed by rules") == 1, "/why is about the one that was answered"
