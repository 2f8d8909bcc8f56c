"""Two agents that differ in memory alone, as lessons use them.

    twins = agents.open_twins(lesson, store)
    twins.stateful.ask(question, conversation="c1", now=lesson.now)

For scripted dialogues `players` gives each dialogue an agent that has been told nothing, over the
same health data.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wellness.agent.agent import Agent
from wellness.agent.meter import TimedEmbedder
from wellness.agent.opening import memory_of
from wellness.agent.stateless import twin
from wellness.health.store import Store
from wellness.lesson.dialogues import Fresh

if TYPE_CHECKING:
    from wellness.lesson.kit import Lesson


@dataclass(frozen=True)
class Agents:
    """An agent with memory, and its twin without."""

    stateful: Agent
    stateless: Agent


def open_twins(lesson: Lesson, store: Store, *, speaker: str = "") -> Agents:
    """Both agents over a person's health data.

    Args:
        lesson: whose models they use.
        store: whose data.
        speaker: a name under which what is told is remembered; by default the person's own.
    """
    timed = TimedEmbedder(lesson.embedder())
    memory = memory_of(store, timed, lesson.settings, clock=time.time, speaker=speaker)
    stateful = Agent(store, lesson.chat(), memory=memory, settings=lesson.settings, embedding=timed)
    return Agents(stateful, twin(stateful))


def players(lesson: Lesson, store: Store) -> dict[str, Fresh]:
    """Both agents for scripted dialogues, by name."""

    def stateful(dialogue: str) -> Agent:
        return open_twins(lesson, store, speaker=f"dialogue {dialogue}").stateful

    timed = TimedEmbedder(lesson.embedder())
    without = Agent(store, lesson.chat(), memory=None, settings=lesson.settings, embedding=timed)
    return {"with memory": Fresh(stateful), "without": Fresh(lambda _: without)}
