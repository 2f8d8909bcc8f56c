"""Turns that are written down: what of them, what not, and what becomes of them without Redis."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from agent.scripted import GONE, Scripted
from health.exports import document, record
from redis import Redis

from wellness import keys
from wellness.agent.agent import Agent, Answer
from wellness.agent.opening import memory_of
from wellness.client import Client
from wellness.health.importer import import_export
from wellness.health.store import Store
from wellness.lesson.relay import Line, line
from wellness.memory.embedder import OllamaEmbedder
from wellness.ops.audit import AuditLog
from wellness.ops.events import Event, EventKind
from wellness.ops.observed import Observed
from wellness.ops.recorder import Recorder
from wellness.ops.subscriber import Subscriber
from wellness.ops.verification import verify
from wellness.settings import Settings

from .conftest import AT, made, numbers

NOW = datetime(2024, 3, 2, 9, tzinfo=UTC)
QUESTION = "What was my average heart rate yesterday?"
RESET_S = 0.05


@pytest.fixture
def settings(quick: Settings) -> Settings:
    return quick.model_copy(update={"breaker_reset_s": RESET_S})


@pytest.fixture
def to_redis(client: Redis, settings: Settings) -> Iterator[Line]:
    with line(client, settings) as to_redis:
        yield to_redis


@pytest.fixture
def recorder(to_redis: Line, settings: Settings, namespace: str) -> Iterator[Recorder]:
    made = Recorder(
        to_redis.client, "ann", settings=settings, clock=lambda: AT / 1000, namespace=namespace
    )
    yield made
    made.close()


@pytest.fixture
def watched(
    client: Redis, to_redis: Line, recorder: Recorder, settings: Settings, namespace: str,
    tmp_path: Path,
) -> Callable[..., Observed[Answer]]:  # fmt: skip
    """Makes an agent over one reading, without memory, whose turns are written down."""
    (tmp_path / "export.xml").write_bytes(document(record()))
    store = Store(client, "ann", namespace=namespace)
    import_export(tmp_path / "export.xml", store, settings=settings)

    def make(*, memory: Any = None, **changed: object) -> Observed[Answer]:
        mine = settings.model_copy(update=changed)
        far = Store(to_redis.client, "ann", namespace=namespace)
        agent = Agent(far, Scripted(GONE), memory=memory, settings=mine)
        return Observed(agent, recorder, settings=mine, clock=lambda: AT / 1000)

    return make


def find(to_redis: Line) -> None:
    to_redis.mend()
    time.sleep(RESET_S)


def kinds(log: AuditLog) -> list[EventKind]:
    return [entry.event.kind for entry in log.read()]


def text_of(log: AuditLog) -> str:
    return "".join(entry.content for entry in log.read())


# --- the recorder --------------------------------------------------------------------------------


def test_what_is_written_is_what_is_told(
    guarded: Client, recorder: Recorder, settings: Settings, namespace: str
) -> None:
    with Subscriber(guarded, "ann", settings=settings, namespace=namespace) as listening:
        for i in range(5):
            recorder.record(made(i))
        told = list(listening.listen(quiet_s=0.2))
    assert told == [entry.event for entry in recorder.log.read()]
    assert numbers([one for one in told if isinstance(one, Event)]) == list(range(5))
    assert recorder.to_dict() == {"written": 5, "unwritten": 0, "problem": ""}
    assert verify(recorder.log).ok


def test_a_name_that_is_no_valid_unicode_is_written_down(
    to_redis: Line, settings: Settings, namespace: str
) -> None:
    user = b"J\xf6rg".decode(errors="surrogateescape")  # as Python hands over such an argument
    recorder = Recorder(
        to_redis.client, user, settings=settings, clock=time.time, namespace=namespace
    )
    recorder.record(made(1, user))
    recorder.close()
    assert recorder.problem == ""
    (entry,) = recorder.log.read()
    assert ascii(entry.event.user) == ascii(user)
    assert verify(recorder.log).ok


def test_two_recorders_share_a_log(
    to_redis: Line, recorder: Recorder, settings: Settings, namespace: str
) -> None:
    other = Recorder(
        to_redis.client, "ann", settings=settings, clock=time.time, namespace=namespace
    )
    for i in range(10):
        (other if i % 2 else recorder).record(made(i))
    other.close()
    assert recorder.written + other.written == 10
    assert numbers([entry.event for entry in recorder.log.read()]) == list(range(10))
    assert verify(recorder.log).ok


def test_a_recorder_keeps_the_logs_bound(
    to_redis: Line, settings: Settings, namespace: str
) -> None:
    few = settings.model_copy(update={"audit_entries": 20})
    recorder = Recorder(to_redis.client, "ann", settings=few, clock=time.time, namespace=namespace)
    for i in range(60):
        recorder.record(made(i))
    recorder.close()
    assert len(list(recorder.log.read())) <= 22
    assert verify(recorder.log).ok


def test_while_redis_is_down_events_are_counted_and_the_log_says_so_later(
    to_redis: Line, recorder: Recorder
) -> None:
    recorder.record(made(0))
    to_redis.cut()
    for i in range(1, 6):
        recorder.record(made(i))
    assert (recorder.written, recorder.unwritten) == (1, 5)
    assert "not asked again" in recorder.problem
    find(to_redis)
    recorder.record(made(6))
    assert kinds(recorder.log) == [
        EventKind.ANSWERED, EventKind.ANSWERED, EventKind.REDIS_LOST, EventKind.REDIS_FOUND,
    ]  # fmt: skip
    (found,) = [e.event for e in recorder.log.read() if e.event.kind is EventKind.REDIS_FOUND]
    assert found.data["unwritten"] == 5
    assert recorder.unwritten == 5
    assert verify(recorder.log).ok


def test_a_log_of_another_key_is_no_reason_to_tell_nobody(
    guarded: Client, recorder: Recorder, settings: Settings, namespace: str
) -> None:
    keyed = settings.model_copy(update={"audit_key": "a secret that is long enough"})
    AuditLog(guarded, "ann", settings=keyed, namespace=namespace).append(made(0))
    with Subscriber(guarded, "ann", settings=settings, namespace=namespace) as listening:
        recorder.record(made(1))
        assert len(list(listening.listen(quiet_s=0.2))) == 1
    assert recorder.unwritten == 1
    assert "chained by hmac-sha256" in recorder.problem


# --- turns ---------------------------------------------------------------------------------------


def test_a_turn_is_written_down_without_anybodys_words(
    client: Redis, namespace: str, watched: Callable[..., Observed[Answer]], recorder: Recorder
) -> None:
    steps: list[str] = []
    said = watched().ask(
        QUESTION, now=NOW, conversation="c1", on_step=lambda step: steps.append(step.name)
    )
    assert "72" in said.answer
    assert steps == [step["name"] for step in said.steps], "who asks is told as well"
    started, called, answered = [entry.event for entry in recorder.log.read()]
    assert (started.kind, called.kind) == (EventKind.TURN_STARTED, EventKind.TOOL_CALLED)
    assert started.data == {"characters": len(QUESTION), "words": 7}
    assert called.data["tool"] == "aggregate_metrics"
    assert called.data["ok"] is True
    assert called.data["arguments"] == {"metric": "HeartRate", "aggregation": "average"}
    assert called.data["commands"] > 0
    assert called.data["seconds"] > 0
    assert answered.kind is EventKind.ANSWERED
    assert answered.data["by"] == said.by
    assert {called.data["turn"], answered.data["turn"]} == {started.id}
    assert {e.event.conversation for e in recorder.log.read()} == {"c1"}
    kept = text_of(recorder.log)
    assert all(word not in kept for word in ("yesterday", "heart rate", said.answer))
    assert keys.audit(client, namespace) == []


def test_the_words_are_kept_when_they_are_asked_for(
    watched: Callable[..., Observed[Answer]], recorder: Recorder
) -> None:
    said = watched(audit_text=True).ask(QUESTION, now=NOW)
    started, called, answered = [entry.event for entry in recorder.log.read()]
    assert started.data["question"] == QUESTION
    assert called.data["arguments"]["period"] == "yesterday"
    assert answered.data["answer"] == said.answer


def test_memory_shows_in_events(
    client: Redis, watched: Callable[..., Observed[Answer]], recorder: Recorder,
    embedder: OllamaEmbedder, settings: Settings, namespace: str,
) -> None:  # fmt: skip
    store = Store(client, "ann", namespace=namespace)
    memory = memory_of(store, embedder, settings, clock=time.time)
    watched(memory=memory).ask("My dentist is called Brown.", now=NOW)
    events = [entry.event for entry in recorder.log.read()]
    recalled = next(e for e in events if e.kind is EventKind.RECALLED)
    remembered = next(e for e in events if e.kind is EventKind.REMEMBERED)
    assert (recalled.data["memories"], recalled.data["turns"]) == (0, 0)
    assert remembered.data["seconds"] > 0
    assert "Brown" not in text_of(recorder.log)


def test_a_turn_that_ends_with_an_error_is_written_down_too(
    watched: Callable[..., Observed[Answer]], recorder: Recorder
) -> None:
    def stop(step: Any) -> None:
        raise RuntimeError("nobody wants to know")

    with pytest.raises(RuntimeError, match="nobody wants to know"):
        watched().ask(QUESTION, now=NOW, on_step=stop)
    assert kinds(recorder.log) == [EventKind.TURN_STARTED, EventKind.FAILED]
    assert recorder.log.last(1)[0].event.data["error"] == "RuntimeError"
    assert "nobody" not in text_of(recorder.log)


def test_redis_goes_in_mid_turn_and_the_turn_goes_on(
    to_redis: Line, watched: Callable[..., Observed[Answer]], recorder: Recorder
) -> None:
    agent = watched()
    agent.ask(QUESTION, now=NOW)

    def cut(step: Any) -> None:
        if step.name == "classify":
            to_redis.cut()

    said = agent.ask(QUESTION, now=NOW, on_step=cut)
    assert said.answer
    assert not said.results[0].ok
    assert recorder.written == 4, "the whole first turn, and that the second one began"
    assert recorder.unwritten == 2
    find(to_redis)
    again = agent.ask(QUESTION, now=NOW)
    assert "72" in again.answer
    events = [entry.event for entry in recorder.log.read()]
    (found,) = [event for event in events if event.kind is EventKind.REDIS_FOUND]
    assert found.data["unwritten"] == 2
    assert found.data["lost_s"] >= RESET_S
    assert [e.kind for e in events].count(EventKind.ANSWERED) == 2
    assert verify(recorder.log).ok
