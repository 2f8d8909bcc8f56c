"""A lesson's memory over a line that breaks: it says what it could not do, and comes back."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from redis import Redis

from wellness.lesson.memories import open_memory
from wellness.lesson.relay import line
from wellness.memory.embedder import Embedder
from wellness.memory.turns import Message, turn
from wellness.settings import Settings

NOW = datetime(2026, 9, 30, 20, tzinfo=UTC)
QUESTION = "What is my physio called?"


def said(words: str, number: int) -> Any:
    at = int(NOW.timestamp() * 1000) + number
    return turn([Message("user", words), Message("assistant", "Noted.")], at=at)


def test_what_an_outage_kept_is_told_and_can_be_written_once_later(
    client: Redis, namespace: str, settings: Settings, embedder: Embedder
) -> None:
    brisk = settings.model_copy(update={"socket_timeout_s": 0.2, "breaker_reset_s": 0.1})
    lesson: Any = SimpleNamespace(
        client=client, settings=settings, namespace=namespace, embedder=lambda: embedder
    )
    with line(client, brisk) as way:
        memory = open_memory(lesson, way.client, brisk)
        assert memory.remember("c", said("My physio is called Okonkwo.", 1)).turns == 1
        way.silence()
        lost = said("My goal weight is 165 lb.", 2)
        kept = memory.remember("c", lost)
        assert kept.turns is None
        assert kept.unlearned
        assert "not kept" in kept.degraded[0]
        assert not memory.recall(QUESTION, conversation="c", now=NOW).hits
        way.mend()
        time.sleep(brisk.breaker_reset_s)
        again = memory.recall(QUESTION, conversation="elsewhere", now=NOW)
        assert "Okonkwo" in again.memories[0].fact.text
    mine = open_memory(lesson)
    assert [one.id for one in mine.short.read("c")][1:] == [lost.id], "it was carried out"
    assert mine.short.append("c", lost, again=True) == 2
    assert mine.relearn("c") > 0
    found = mine.recall("What is my goal weight?", conversation="elsewhere", now=NOW).memories
    assert "165 lb" in found[0].fact.text
