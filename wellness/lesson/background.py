"""What a lesson has going on in threads: one of a name at a time, and all of it ends with it."""

from __future__ import annotations

from typing import Protocol


class Background(Protocol):
    """Something that goes on in a thread of its own."""

    @property
    def name(self) -> str:
        """What it is called; another one of that name takes its place."""

    @property
    def error(self) -> Exception | None:
        """What ended it, if it did not end as it should."""

    def stop(self) -> None:
        """End it, and wait until it has."""


_running: dict[str, Background] = {}


def begin(thing: Background) -> None:
    """Something goes on from now on; the one before of its name ends."""
    if before := _running.get(thing.name):
        before.stop()
    _running[thing.name] = thing


def end(thing: Background) -> None:
    """It has ended; nothing happens if another took its place."""
    if _running.get(thing.name) is thing and thing.error is None:
        del _running[thing.name]


def stop_all() -> list[str]:
    """End everything; what went wrong in them, a line each."""
    problems = []
    for thing in list(_running.values()):
        thing.stop()
        if error := thing.error:
            problems.append(f"{thing.name} stopped with {type(error).__name__}: {error}.")
    _running.clear()
    return problems
