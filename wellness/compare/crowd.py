"""(f) Several processes at once: some append to one conversation, some read it."""

from __future__ import annotations

from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import Any, NamedTuple, Self

from wellness.compare import engines, processes
from wellness.compare.arena import SECONDS, Arena
from wellness.compare.corpus import turns
from wellness.compare.protocols import Clock, Place
from wellness.compare.results import Trial
from wellness.errors import WrongAnswer
from wellness.settings import Settings

OWNER = "crowd"
EACH = 40  # calls of each process in one round
ROUNDS = 30
READY_S = 60.0  # seconds a process may take to import everything on a busy machine


class _Task(NamedTuple):
    """What one process does at a word: `EACH` calls on one engine."""

    engine: str
    conversation: str


class Crowd:
    """Processes that are connected to every engine of an arena that can be shared.

    Args:
        arena: whose engines.
        writers: processes that append.
        readers: processes that read the last ten.
    """

    def __init__(self, arena: Arena, *, writers: int = 2, readers: int = 2) -> None:
        self._arena, self._writers = arena, writers
        shared = {name: engines.ENGINES[name].shared for name in arena.engines}
        self.names = [name for name, is_shared in shared.items() if is_shared]
        self.absent = dict(arena.absent) | {
            name: "it belongs to one process" for name in arena.engines if not shared[name]
        }
        places = [arena.engines[name].place for name in self.names]
        context = processes.context()
        self._members: list[tuple[Any, Connection]] = []
        for i in range(writers + readers):
            ours, theirs = context.Pipe()
            options = (theirs, places, arena.clock, arena.settings, i < writers)
            process = context.Process(target=work, args=options, daemon=True)
            process.start()
            theirs.close()
            self._members.append((process, ours))
        self._rounds = dict.fromkeys(self.names, 0)
        self._await(READY_S)

    def _await(self, timeout_s: float) -> None:
        for process, pipe in self._members:
            if not pipe.poll(timeout_s):
                raise TimeoutError(f"Process {process.pid} of the crowd does not answer.")
            pipe.recv()

    def round(self, engine: str) -> None:
        """All processes at once, in a conversation of this round's own, until all are done."""
        self._rounds[engine] += 1
        task = _Task(engine, f"round {self._rounds[engine]}")
        for _, pipe in self._members:
            pipe.send(task)
        self._await(READY_S)

    def check(self, engine: str) -> None:
        """Every turn that was appended so far is there, once.

        Raises:
            WrongAnswer: turns are missing, or too many.
        """
        adapter, wanted = self._arena.adapters[engine], self._writers * EACH
        for i in range(1, self._rounds[engine] + 1):
            found = {one.id for one in adapter.last(OWNER, f"round {i}", 2 * wanted)}
            if len(found) != wanted:
                raise WrongAnswer(engine, f"{len(found)} turns", "the writers", f"{wanted} turns")

    def trial(self, *, n: int = ROUNDS, max_seconds: float = SECONDS) -> Trial:
        """Time rounds of the whole crowd; an engine that lost a turn has no time."""
        absent = dict(self.absent)
        found: list[str] = []
        for name in self.names:
            try:
                self.round(name)
                self.check(name)
            except WrongAnswer as error:
                absent[name] = f"wrong answer: {error.message}"
            else:
                found.append(name)
        calls = {name: (lambda name=name: self.round(name)) for name in found}
        readers = len(self._members) - self._writers
        title = f"(f) {self._writers} processes append, {readers} read"
        trial = self._arena.race(title, calls, absent, {}, n=n, max_seconds=max_seconds)
        for name in found:
            self.check(name)
        return trial

    def close(self) -> None:
        """End the processes."""
        for _, pipe in self._members:
            pipe.close()  # they read the end of it, and leave
        for process, _ in self._members:
            process.join(5)
            if process.is_alive():
                process.kill()
        self._members.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def work(
    pipe: Connection, places: Sequence[Place], clock: Clock, settings: Settings, writes: bool
) -> None:
    """What one process of a crowd does, until its pipe ends."""
    adapters = {place.engine: engines.reach(place, clock, settings) for place in places}
    pipe.send("ready")
    try:
        while True:
            task: _Task = pipe.recv()
            adapter = adapters[task.engine]
            if writes:
                for one in turns(EACH):
                    adapter.append(OWNER, task.conversation, one)
            else:
                for _ in range(EACH):
                    adapter.last(OWNER, task.conversation, 10)
            pipe.send("done")
    except (EOFError, BrokenPipeError):
        pass
    finally:
        for adapter in adapters.values():
            adapter.close()
