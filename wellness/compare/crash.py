"""(g) kill -9 in the middle of writing: what was acknowledged, what is there, when it answers.

A kill takes the process and leaves the kernel's memory, so what was written and not yet synced
survives here. It would not survive a power cut: that is what the classes of durability are about.
"""

from __future__ import annotations

import logging
import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from wellness.compare import engines, processes
from wellness.compare.corpus import turns
from wellness.compare.protocols import Adapter, Clock, Durability, Place
from wellness.compare.results import Setup
from wellness.settings import Settings

OWNER = "crash"
PER_CONVERSATION = 100  # turns: the kit keeps no more than `conversation_turns` of one
WRITE_S = 0.3
START_S = 60.0  # seconds until the writer's first turn, on a busy machine


@dataclass(frozen=True)
class Survival:
    """What became of turns whose writing had been acknowledged.

    Attributes:
        setup: of the engine.
        acknowledged: turns that the writer was told are stored.
        survived: turns that are there afterwards; one more may have been on its way.
        first_answer_s: seconds from the restart until the first turns were read.
    """

    setup: Setup
    acknowledged: int
    survived: int
    first_answer_s: float

    @property
    def lost(self) -> int:
        """Acknowledged turns that are gone."""
        return max(0, self.acknowledged - self.survived)

    def __str__(self) -> str:
        return (
            f"{self.setup.engine}, {self.setup.durability}: {self.lost:,} of "
            f"{self.acknowledged:,} acknowledged turns lost, first answer after "
            f"{self.first_answer_s:.2f} s"
        )


def crash(
    engine: str,
    durability: Durability,
    *,
    settings: Settings,
    clock: Clock,
    write_s: float = WRITE_S,
) -> Survival:
    """Let a process write, kill -9 the engine, start it again, and count.

    An engine with a server is killed with its server; one that lives in its caller is killed with
    the caller.

    Raises:
        EngineMissing, CannotDo: as `engines.start`.
        TimeoutError: the writer did not begin.
    """
    context = processes.context()
    acknowledged = context.Value("Q", 0, lock=False)
    with engines.start(engine, durability, settings=settings, dimensions=16) as running:
        setup = Setup(engine, running.version, durability, running.settings)
        if engines.ENGINES[engine].shared:
            running.connect(clock).close()  # makes what it needs before anybody writes
        options = (acknowledged, running.place, clock, settings)
        writer = context.Process(target=write, args=options, daemon=True)
        writer.start()
        try:
            _await_first(acknowledged)
            time.sleep(write_s)
            if running.pids:
                running.kill()
            else:
                assert writer.pid
                os.kill(writer.pid, signal.SIGKILL)
            writer.join(START_S)
        finally:
            writer.kill()
            writer.join()
        begun = time.perf_counter()
        running.restart()
        adapter = running.connect(clock)
        adapter.last(OWNER, _conversation(0), 10)
        first_answer_s = time.perf_counter() - begun
        told = int(acknowledged.value)
        return Survival(setup, told, _count(adapter, told), first_answer_s)


def _await_first(acknowledged: Any) -> None:
    deadline = time.monotonic() + START_S
    while not acknowledged.value:
        if time.monotonic() > deadline:
            raise TimeoutError("The process that should write has not begun.")
        time.sleep(0.005)


def _count(adapter: Adapter, acknowledged: int) -> int:
    conversations = acknowledged // PER_CONVERSATION + 2
    return sum(
        len(adapter.last(OWNER, _conversation(i), 2 * PER_CONVERSATION))
        for i in range(conversations)
    )


def _conversation(i: int) -> str:
    return f"conversation {i}"


def write(acknowledged: Any, place: Place, clock: Clock, settings: Settings) -> None:
    """Append turns until the end, and count each one that was acknowledged."""
    logging.getLogger("wellness").setLevel(logging.CRITICAL)  # that its server went is no news
    adapter = engines.reach(place, clock, settings)
    batch = turns(PER_CONVERSATION)
    with suppress(Exception):  # the server was killed: that is the point
        while True:
            for one in batch:
                name = _conversation(acknowledged.value // PER_CONVERSATION)
                adapter.append(OWNER, name, one)
                acknowledged.value += 1
