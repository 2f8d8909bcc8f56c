"""A turn of the agent while something is wrong with Redis: what it costs, and what is said."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from agent.ann import NOW
from agent.scripted import Scripted
from wellness import keys
from wellness.agent.agent import Agent, Answer
from wellness.agent.meter import TimedEmbedder
from wellness.agent.opening import memory_of
from wellness.backup import LocalFolder, backup_user, restore_user
from wellness.client import CircuitOpen, Client, ConnectionFailed, NoAnswer
from wellness.health.store import Store
from wellness.lesson.breakable import Breakable, breakable
from wellness.lesson.faults import fill
from wellness.lesson.relay import Line, line
from wellness.memory.embedder import OllamaEmbedder
from wellness.settings import Settings

STEPS = "How many steps did I take last week?"
SAID = "You took 74,041 steps last week."
SPEAKER = "speaker of faults"
LATE_S = 0.02


class Tape:
    """What each command to Redis ended with."""

    def __init__(self) -> None:
        self.errors: list[type[BaseException] | None] = []

    def on_command(
        self, name: str, seconds: float, error: BaseException | None, commands: Any
    ) -> None:
        self.errors.append(type(error) if error else None)


@pytest.fixture(scope="module")
def brisk(told_settings: Settings) -> Settings:
    return told_settings.model_copy(update={"socket_timeout_s": 1.0, "breaker_reset_s": 60.0})


def agent_of(client: Client, sample: Store, embedder: OllamaEmbedder, settings: Settings) -> Agent:
    store = Store(client, sample.user, namespace=sample.keys.namespace)
    timed = TimedEmbedder(embedder)
    memory = memory_of(store, timed, settings, clock=time.time, speaker=SPEAKER)
    return Agent(store, Scripted(SAID), memory=memory, settings=settings, embedding=timed)


def ask(agent: Agent) -> Answer:
    return agent.ask(STEPS, now=NOW, conversation="c1")


@pytest.fixture
def way(sample: Store, brisk: Settings) -> Iterator[Line]:
    with line(sample.client, brisk) as way:
        yield way
    keys.delete(sample.client, sample.keys.namespace, SPEAKER)


@pytest.fixture
def agent(way: Line, sample: Store, embedder: OllamaEmbedder, brisk: Settings) -> Agent:
    """An agent over the line that has answered once."""
    agent = agent_of(way.client, sample, embedder, brisk)
    assert (ask(agent).answer, ask(agent).degraded) == (SAID, ())
    return agent


def test_a_silent_redis_costs_a_turn_one_timeout(agent: Agent, way: Line, brisk: Settings) -> None:
    """All further commands of the turn, and of those after it, are refused without being sent."""
    tape = Tape()
    way.client.guard.add(tape)
    way.silence()
    for turn in range(3):
        said = ask(agent)
        assert "Redis" in said.answer
        assert any("not kept" in one for one in said.degraded)
        assert tape.errors.count(NoAnswer) == 1
        assert tape.errors.count(CircuitOpen) == len(tape.errors) - 1 > 2 * turn


def test_a_dead_port_costs_a_turn_no_timeout(agent: Agent, way: Line, brisk: Settings) -> None:
    tape = Tape()
    way.client.guard.add(tape)
    way.cut()
    said = ask(agent)
    assert "Redis" in said.answer
    assert tape.errors.count(ConnectionFailed) == brisk.breaker_failures
    assert set(tape.errors) == {ConnectionFailed, CircuitOpen}


def test_a_slow_redis_is_waited_for(agent: Agent, way: Line) -> None:
    """The breaker does nothing about slowness below the timeout: each command is that much late."""
    tape = Tape()
    way.client.guard.add(tape)
    way.slow(LATE_S)
    said = ask(agent)
    assert (said.answer, said.degraded) == (SAID, ())
    assert set(tape.errors) == {None}
    assert said.seconds >= LATE_S * len(tape.errors)


def test_a_reply_cut_in_the_middle_costs_one_command(agent: Agent, way: Line) -> None:
    tape = Tape()
    way.client.guard.add(tape)
    way.tear()
    said = ask(agent)
    assert tape.errors.count(ConnectionFailed) == 1
    assert tape.errors[-1] is None
    assert said.answer == SAID or "Redis" in said.answer
    assert (ask(agent).answer, ask(agent).degraded) == (SAID, ())


# --- a server of one's own, with the sample restored into it ----------------------------------


@pytest.fixture(scope="module")
def own(
    sample: Store, brisk: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Breakable]:
    folder: Path = tmp_path_factory.mktemp("backup")
    made = backup_user(
        sample.client,
        sample.user,
        LocalFolder(folder),
        namespace=sample.keys.namespace,
        now=datetime(2026, 9, 30, tzinfo=UTC),
    )
    with breakable(brisk.model_copy(update={"breaker_reset_s": 0.2})) as own:
        assert restore_user(own.client, folder / made.name).keys == made.keys
        yield own


@pytest.fixture
def there(own: Breakable, sample: Store, embedder: OllamaEmbedder) -> Agent:
    """An agent over the restored data, which answers as over the first."""
    agent = agent_of(own.client, sample, embedder, own.settings)
    said = ask(agent)
    assert (said.answer, said.degraded) == (SAID, ())
    assert "74,041" in said.results[0].conclusion
    return agent


def well_again(agent: Agent) -> bool:
    """Whether turns are kept again, within some seconds."""
    for _ in range(100):
        if not ask(agent).degraded:
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("fault", ["replica", "memory full", "disk full"])
def test_what_cannot_be_written_does_not_take_the_answer_away(
    there: Agent, own: Breakable, fault: str
) -> None:
    begin, end, why = {
        "replica": (own.demote, own.promote, "is a replica"),
        "memory full": (own.fill_memory, own.free_memory, "out of memory"),
        "disk full": (own.fill_disk, own.free_disk, "No space left on device"),
    }[fault]
    begin()
    try:
        ask(there)  # a full disk is noticed with the first write that it does not take
        said = ask(there)
        assert said.answer == SAID
        assert len(said.degraded) >= 1
        assert all("kept" in one or "emember" in one for one in said.degraded)
        assert any(why in one for one in said.degraded)
    finally:
        end()
    assert well_again(there)


def test_while_redis_loads_the_agent_says_so(there: Agent, own: Breakable) -> None:
    fill(own.client, there.store.keys)
    own.restart_loading()
    said = ask(there)
    assert "Redis" in said.answer
    assert any("loading" in one for one in said.degraded) or "loading" in said.answer
    assert well_again(there)
