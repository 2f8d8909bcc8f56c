"""A process that reads events until it is killed, and the handle by which it is started and killed.

It notes each event that it handles in Redis, before anything else can happen to it. It gets what it
needs to know as a line of JSON on its standard input (a command line would show the password of a
URL), and ends when that is closed, so it never outlives who started it.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import threading
from dataclasses import dataclass

from wellness.client import Client, connect
from wellness.errors import LessonError
from wellness.keys import Keys
from wellness.ops.audit import AuditLog
from wellness.ops.consumer import Consumer
from wellness.ops.effects import Effects
from wellness.ops.entries import Entry
from wellness.ops.events import Event
from wellness.ops.group import Group
from wellness.ops.subscriber import Subscriber
from wellness.settings import Settings

SUBSCRIBER, CONSUMER = "subscriber", "consumer"
READY = b"ready\n"
START_S = 60.0  # for a Python to start on a machine that does much else


@dataclass(frozen=True)
class Brief:
    """What a worker is told: where Redis is, whose events, and which group."""

    settings: Settings
    namespace: str
    user: str
    group: str

    def tallies(self, keys: Keys) -> tuple[str, str, str]:
        """Hashes of event ids to how often: heard, handled, and done with the acknowledgement."""
        heard, handled, effects = (
            keys.scratch(f"{self.group}-{what}") for what in ("heard", "handled", "effects")
        )
        return heard, handled, effects


class Worker:
    """A reader in a process of its own."""

    def __init__(self, brief: Brief, role: str, name: str) -> None:
        self._told = json.dumps({
            "settings": brief.settings.model_dump(mode="json"), "namespace": brief.namespace,
            "user": brief.user, "group": brief.group, "role": role, "name": name,
        })  # fmt: skip
        self._name = name
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process; it is not ready yet when this returns."""
        self._process = process = subprocess.Popen(
            [sys.executable, "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert process.stdin
        process.stdin.write(self._told.encode() + b"\n")
        process.stdin.flush()

    def wait_ready(self) -> None:
        """Wait until it reads.

        Raises:
            LessonError: it has ended, or takes longer than `START_S`.
        """
        assert self._process
        assert self._process.stdout
        readable, _, _ = select.select([self._process.stdout], [], [], START_S)
        if not readable or self._process.stdout.readline() != READY:
            raise LessonError(f"The process of {self._name} did not start.")

    def kill(self) -> None:
        """Kill it as the kernel does when memory is short: it can do nothing any more."""
        self._end(kill=True)

    def stop(self) -> None:
        """Let it go."""
        self._end(kill=False)

    def _end(self, *, kill: bool) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if kill:
            process.kill()
        assert process.stdin
        assert process.stdout
        process.stdin.close()  # it ends when it finds that out
        process.wait()
        process.stdout.close()

    def __repr__(self) -> str:
        return f"<Worker {self._name}>"


def main() -> None:
    """Read events as told on the standard input, until that is closed."""
    told = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_the_input, daemon=True).start()
    settings = Settings(**told["settings"])
    brief = Brief(settings, told["namespace"], told["user"], told["group"])
    with connect(settings) as client:
        if told["role"] == SUBSCRIBER:
            _subscribe(client, brief)
        else:
            _consume(client, brief, told["name"])


def _end_with_the_input() -> None:
    sys.stdin.read()
    os._exit(0)


def _ready() -> None:
    sys.stdout.write(READY.decode())
    sys.stdout.flush()


def _subscribe(client: Client, brief: Brief) -> None:
    heard, _, _ = brief.tallies(Keys(brief.namespace, brief.user))
    with Subscriber(
        client, brief.user, settings=brief.settings, namespace=brief.namespace
    ) as events:
        _ready()
        for item in events.listen():
            if isinstance(item, Event):
                client.hincrby(heard, item.id)


def _consume(client: Client, brief: Brief, name: str) -> None:
    log = AuditLog(client, brief.user, settings=brief.settings, namespace=brief.namespace)
    _, handled, effects_of = brief.tallies(log.keys)

    def handle(entry: Entry, effects: Effects) -> None:
        id = entry.event.id
        client.hincrby(handled, id)
        effects.add("HINCRBY", effects_of, id, 1)

    group = Group(log, brief.group, settings=brief.settings)
    consumer = Consumer(group, name, handle, settings=brief.settings)
    _ready()
    consumer.run(threading.Event())


if __name__ == "__main__":
    main()
