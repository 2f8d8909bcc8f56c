"""The Redis commands of one call, as a person may read them: names and short keys, no values."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from redis import Redis

from wellness.agent.tools.defaults import COMMANDS, KEY_MOST
from wellness.client import Client, Observer
from wellness.health.catalogue import CATEGORY, QUANTITY
from wellness.keys import key_of, parse, words_of
from wellness.replies import text

_lock = threading.Lock()  # a guard's observers are a plain tuple: one change at a time


class Tape(Observer):
    """Observer that writes down the commands of the thread it was made in."""

    def __init__(self) -> None:
        self._thread = threading.get_ident()
        self._heard: list[tuple[str, Sequence[tuple[Any, ...]]]] = []

    def on_command(
        self,
        name: str,
        seconds: float,
        error: BaseException | None,
        commands: Sequence[tuple[Any, ...]] = (),
    ) -> None:
        """See `wellness.client.Observer`."""
        if threading.get_ident() == self._thread:
            self._heard.append((name, commands))

    def lines(self) -> tuple[str, ...]:
        """One line a round trip, in order; equal ones once, with how often."""
        counts: dict[str, int] = {}
        for name, commands in self._heard:
            line = _line(name, commands)
            counts[line] = counts.get(line, 0) + 1
        lines = [f"{line} ({n} times)" if n > 1 else line for line, n in counts.items()]
        more = len(lines) - COMMANDS
        return (*lines[:COMMANDS], *([f"and {more} more"] if more > 0 else []))


@contextmanager
def recording(*clients: Redis) -> Iterator[Tape]:
    """Write down what these clients send in this thread.

    Only `wellness.client.connect` gives clients that tell; of a plain one nothing is heard.
    """
    tape = Tape()
    guards = {id(one.guard): one.guard for one in clients if isinstance(one, Client)}.values()
    with _lock:
        for guard in guards:
            guard.add(tape)
    try:
        yield tape
    finally:
        with _lock:
            for guard in guards:
                guard.remove(tape)


def _line(name: str, commands: Sequence[tuple[Any, ...]]) -> str:
    """A round trip: `ZRANGE readings:StepCount`, `MULTI: SMEMBERS ...; HMGET ...; EXEC`."""
    counts: dict[str, int] = {}
    for command in commands:
        said = command_text(command)
        counts[said] = counts.get(said, 0) + 1
    parts = [f"{said} (x{n})" if n > 1 else said for said, n in counts.items()]
    inside = "; ".join(parts[:8]) + ("; ..." if len(parts) > 8 else "")
    if name == "MULTI":
        return f"MULTI; {inside}; EXEC"
    return f"pipeline: {inside}" if name == "PIPELINE" else inside


def command_text(command: Sequence[Any]) -> str:
    """One command with its key, without namespace, user and values.

    >>> command_text(("HMGET", "wellness:{ann}:days:HKQuantityTypeIdentifierStepCount", "x"))
    'HMGET days:StepCount'
    >>> command_text((b"EVALSHA", "5f2a", 1, "wellness:{ann}:memory:01J"))
    'EVALSHA memory:*'
    """
    name, *rest = words_of(command)
    key = text(rest[0]) if name.startswith("FT.") and rest else key_of(command)
    return name if key is None else f"{name} {_short(str(key))}"


def _short(key: str) -> str:
    found = parse(key)
    if not found.kind:  # the name of an index
        return key[max(key.find("index:"), 0) :][:KEY_MOST]
    if found.kind == "memory":  # an id says nothing, and there are many
        return "memory:*"
    part = found.part.removeprefix(QUANTITY).removeprefix(CATEGORY)
    return (f"{found.kind}:{part}" if part else found.kind)[:KEY_MOST]
