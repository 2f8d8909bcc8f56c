"""What goes wrong with a Redis, one fault after the other, and what a client is told of it.

    table = every_fault(settings)
    table                               # in a notebook: what failed, how soon, and what to do

Each fault is made with a real server and ended again, and the same client has to get over it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import ParamSpec

import redis

from wellness.client import Client
from wellness.errors import LessonError, WellnessError
from wellness.keys import Keys
from wellness.lesson.breakable import Breakable, breakable
from wellness.lesson.relay import line
from wellness.lesson.tables import duration, html_table
from wellness.settings import Settings

Given = ParamSpec("Given")
LATE_S = 0.1  # how much later each request comes to the slow server
BALLAST = 12_000  # keys of the server that is slow to load: most of a second
WRITTEN = 1_000  # bytes of a write: more than is left of a full memory or disk
MOST_S = 10.0  # that a client may take to get over a fault that has ended


@dataclass(frozen=True)
class Attempt:
    """One command and what became of it.

    Attributes:
        did: "read" or "write".
        seconds: until the reply or the error.
        error: name of the error's class; empty if it worked.
        message, hint: what the error says, and what to do.
    """

    did: str
    seconds: float
    error: str = ""
    message: str = ""
    hint: str = ""

    @property
    def ok(self) -> bool:
        """Whether it worked."""
        return not self.error

    def __repr__(self) -> str:
        took = duration(self.seconds * 1e9)
        return f"<{self.did} {'ok' if self.ok else self.error} in {took}>"


@dataclass(frozen=True)
class Symptom:
    """What a client saw of one fault.

    Attributes:
        fault: what was wrong.
        read, write: one command of each kind, while it was.
        recovered_s: seconds from its end to the next write that worked.
    """

    fault: str
    read: Attempt
    write: Attempt
    recovered_s: float

    @property
    def hint(self) -> str:
        """What to do about it; empty if both worked."""
        return self.write.hint or self.read.hint

    def __repr__(self) -> str:
        back = duration(self.recovered_s * 1e9)
        return f"<Symptom of {self.fault}: {self.read!r}, {self.write!r}, back in {back}>"


@dataclass(frozen=True, repr=False)
class Symptoms:
    """All faults with what was seen of them, as a table in notebooks."""

    rows: tuple[Symptom, ...]

    def __getitem__(self, fault: str) -> Symptom:
        return next(row for row in self.rows if row.fault == fault)

    def __repr__(self) -> str:
        return "\n".join(map(repr, self.rows))

    def _repr_html_(self) -> str:
        head = ["fault", "a read", "a write", "well again after", "what to do"]
        cells = [
            [row.fault, _told(row.read), _told(row.write), duration(row.recovered_s * 1e9),
             row.hint]
            for row in self.rows
        ]  # fmt: skip
        return html_table(head, cells, caption="Faults, and what the client says", align="left")


def _told(attempt: Attempt) -> str:
    took = duration(attempt.seconds * 1e9)
    return f"answered in {took}" if attempt.ok else f"{attempt.error} after {took}"


def attempt(
    did: str, act: Callable[Given, object], *args: Given.args, **options: Given.kwargs
) -> Attempt:
    """Call something that uses Redis, and say what became of it; only Redis' errors are caught."""
    begun = time.perf_counter()
    try:
        act(*args, **options)
    except (redis.RedisError, WellnessError) as error:
        seconds = time.perf_counter() - begun
        said = error if isinstance(error, WellnessError) else WellnessError(str(error))
        return Attempt(did, seconds, type(error).__name__, said.message, said.hint)
    return Attempt(did, time.perf_counter() - begun)


def every_fault(settings: Settings, namespace: str, *, late_s: float = LATE_S) -> Symptoms:
    """Make all faults, one after the other, on a server of their own; it takes a few seconds.

    Each begins with a closed circuit, and the read comes before the write: after a fault that
    costs a timeout the write is refused at once. The full disk is left out where there is no way to
    make one, which is everywhere but on Linux.

    Args:
        settings: of the client: timeouts and circuit breaker.
        namespace: of the keys that are written; the server is gone afterwards.
        late_s: how much later each request comes to the slow server.

    Raises:
        NoEmbeddedServer, BootstrapError, ServerStartError: there is no server to break.
    """
    key = Keys(namespace, "me").scratch("fault")
    with ExitStack() as stack:
        own = stack.enter_context(breakable(settings))
        way = stack.enter_context(line(own.client, settings))
        fill(own.client, Keys(namespace, "me"))
        own.client.set(key, "before")
        faults: list[tuple[str, Client, Callable[[], object], Callable[[], object]]] = [
            ("dead port", way.client, way.cut, way.mend),
            ("silent server", way.client, way.silence, way.mend),
            ("slow server", way.client, lambda: way.slow(late_s), way.mend),
            ("reply cut in the middle", way.client, way.tear, way.mend),
            ("replica", own.client, own.demote, own.promote),
            ("memory full", own.client, own.fill_memory, own.free_memory),
            ("loading", own.client, own.restart_loading, lambda: None),
        ]
        if sys.platform == "linux":
            disk = ("disk full", own.client, lambda: _fill_disk(own, key), own.free_disk)
            faults.insert(-1, disk)
        most_s = MOST_S + settings.breaker_reset_s
        return Symptoms(tuple(symptom(*each[:2], key, *each[2:], most_s=most_s) for each in faults))


def _fill_disk(own: Breakable, key: str) -> None:
    """Fill it, and let Redis notice: the write that meets the full disk is still acknowledged."""
    own.fill_disk()
    own.client.set(key, "x" * WRITTEN)


def fill(client: Client, keys: Keys) -> None:
    """Write so many keys that a slow loading can be watched."""
    pipe = client.pipeline(transaction=False)
    for number in range(BALLAST):
        pipe.set(keys.scratch(f"ballast-{number}"), number)
    pipe.execute()


def symptom(
    fault: str,
    client: Client,
    key: str,
    begin: Callable[[], object],
    end: Callable[[], object],
    *,
    most_s: float,
) -> Symptom:
    """Make a fault, try a read and a write, end it, and wait until the client is over it.

    Args:
        fault: its name.
        client: whose commands are tried.
        key: to write to; a string of a kilobyte is left in it.
        begin, end: make and end the fault.
        most_s: seconds in which the client must be over it.

    Raises:
        LessonError: it does not get over it.
    """
    value = "x" * WRITTEN
    begin()
    try:
        read = attempt("read", lambda: client.get(key))
        write = attempt("write", lambda: client.set(key, value))
    finally:
        end()
    ended = time.perf_counter()
    while not attempt("write", lambda: client.set(key, value)).ok:
        if time.perf_counter() - ended > most_s:
            raise LessonError(f"{client!r} did not get over: {fault}.")
        time.sleep(0.005)
    return Symptom(fault, read, write, time.perf_counter() - ended)
