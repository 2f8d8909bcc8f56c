"""What each lesson begins and ends with: a Redis, a namespace of its own, and an honest end.

    from wellness.lesson import kit
    lesson = kit.start("03")
    ...
    lesson.finish()

Between the two a lesson has `lesson.client`, `lesson.keys("ann")`, `lesson.now`, `lesson.load`,
`lesson.scale`, `lesson.check` and `lesson.ledger`. Whatever it writes in its namespace is removed
at `finish()`, else when the kernel ends, else (after kill -9) by the next lesson that starts.
"""

from __future__ import annotations

import atexit
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

from redis.exceptions import RedisError

from wellness import keys as key_table
from wellness.client import Client, connect
from wellness.errors import LessonError, WellnessError
from wellness.health.sample import story
from wellness.keys import Keys
from wellness.lesson import checks, lease, states
from wellness.lesson.guard import Guard
from wellness.lesson.panel import farewell, versions, welcome
from wellness.lesson.progress import ProgressBar
from wellness.ops.metrics import Metrics
from wellness.ops.pusher import recorded
from wellness.settings import Settings, load

if TYPE_CHECKING:
    from wellness.agent.model import OpenChat
    from wellness.health.store import Store
    from wellness.lesson.claims import Entry, Ledger
    from wellness.lesson.verdicts import Verdict, Word
    from wellness.memory.embedder import OpenEmbedder

NOW = datetime.combine(story.EXPORT_DAY, story.EXPORT_TIME, ZoneInfo(story.HOME))
T = TypeVar("T")
_open: Lesson | None = None  # the lesson of this kernel; a second start ends the first


def start(number: str, *, settings: Settings | None = None) -> Lesson:
    """Begin a lesson: connect to Redis, take a namespace, show where we are.

    Args:
        number: the lesson's two digits.
        settings: by default those of the environment.

    Raises:
        ServerError: there is no Redis to use; the hint says how to get one.
    """
    global _open
    settings = settings or load()
    client = connect(settings)  # first, or an embedded server without users would stop
    end()
    folder = lease.folder(settings)
    lease.sweep(client, folder)
    _open = lesson = Lesson(number, settings, client, lease.take(folder, number))
    watched = recorded(client, settings, clock=time.time, metrics=lesson.metrics)
    lesson._models.enter_context(watched)  # so that its end is the lesson's
    checks.show(lesson)
    return lesson


@dataclass(eq=False, repr=False)
class Lesson:
    """A lesson that is running. `now` is when the sample was exported, whatever the calendar says.

    Attributes:
        client: the connection; replies are bytes.
        namespace: what all of this lesson's keys begin with.
        results: exercise to whether its last check passed.
        metrics: of the client; at the end they are added to those of all processes.
    """

    number: str
    settings: Settings
    client: Client
    _lease: lease.Lease
    now: datetime = NOW
    results: dict[str, bool] = field(default_factory=dict)
    metrics: Metrics = field(default_factory=Metrics)
    _guard: Guard = field(default_factory=Guard)
    _models: ExitStack = field(default_factory=ExitStack)
    _embedder: OpenEmbedder | None = None
    _chat: OpenChat | None = None

    @property
    def namespace(self) -> str:
        """This run's own prefix of keys, for instance `wellness:lesson:03-5f2a90`."""
        return self._lease.namespace

    @property
    def ledger(self) -> Ledger:
        """The claims measured on this Redis; it outlives the lesson."""
        from wellness.lesson.claims import Ledger

        return Ledger(self.client)

    @property
    def versions(self) -> dict[str, str]:
        """What this lesson runs on: name to version."""
        return versions(self.client)

    def record(
        self,
        claim: int,
        *,
        experiment: str,
        measured: Mapping[str, tuple[float, str]],
        verdict: Verdict | Word,
        depends_on: str = "",
    ) -> Entry:
        """Enter what was measured about a claim into the ledger; see `Ledger.record`."""
        return self.ledger.record(
            claim,
            lesson=self.number,
            experiment=experiment,
            measured=measured,
            verdict=verdict,
            depends_on=depends_on,
            at=datetime.now(UTC),
            versions=self.versions,
        )

    def keys(self, user: str = states.SAMPLE_USER) -> Keys:
        """The keys of a user of this lesson."""
        return Keys(self.namespace, user)

    def scale(self, full: T, ci: T) -> T:
        """A size: the first one for people, the second where WELLNESS_SCALE is `ci`."""
        return ci if self.settings.scale == "ci" else full

    def load(self, state: str = "sample") -> Store:
        """Bring this lesson's Redis into a prepared state and return the store of its user.

        Raises:
            LessonError: there is no such state.
        """
        return states.prepare(self, state)

    def embedder(self) -> OpenEmbedder:
        """This machine's embedding model, opened once and given back when the lesson ends.

        Raises:
            ModelUnavailable, ServerError, BootstrapError: there is none; the hint says what to do.
        """
        if self._embedder is None:
            from wellness.memory.embedder import open_embedder

            self._embedder = self._models.enter_context(open_embedder(self.settings))
        return self._embedder

    def chat(self) -> OpenChat:
        """This machine's chat model, opened once and given back when the lesson ends.

        Raises:
            ModelUnavailable, ServerError, BootstrapError: there is none; the hint says what to do.
        """
        if self._chat is None:
            from wellness.agent.model import open_chat

            progress = self.progress("Fetching the chat model")
            self._chat = self._models.enter_context(open_chat(self.settings, progress=progress))
        return self._chat

    def progress(self, label: str) -> Callable[[int, int], None]:
        """A callback (bytes done, bytes in total or 0) that draws a progress bar."""
        return ProgressBar(label)

    def check(self, exercise: str, answer: Any) -> None:
        """Check an answer, show the verdict, and remember that the exercise was passed.

        Args:
            exercise: for instance "03-1".
            answer: what the exercise asks for, a value or something to call.

        Raises:
            LessonError: there is no such exercise, or it is not passed and WELLNESS_CHECKS is
                `strict`.
        """
        if exercise.partition("-")[0] != self.number:
            raise LessonError(f"{exercise} is no exercise of lesson {self.number}.")
        module = checks.module(self.number)
        result = checks.judge(exercise, answer, lesson=self, exercises=module)
        self.results[exercise] = result.passed
        checks.show(result)
        if result.passed:
            when = datetime.now(UTC).isoformat(timespec="seconds")
            learner = Keys(key_table.PROGRESS, self.settings.user)
            self.client.hset(learner.progress, exercise, when)
        elif self.settings.checks == "strict":
            raise LessonError(f"Exercise {exercise} is not passed: {result.message}")

    def finish(self) -> None:
        """End the lesson: look for what went wrong unseen, remove its keys, show what it measured.

        Raises:
            LessonError: an error was swallowed on the way, or a key has no or the wrong expiry.
                The keys are removed all the same.
        """
        problems = [
            f"{key} {what}."
            for key, what in key_table.audit(self.client, self.namespace, self.settings)
        ]
        problems += self._guard.problems()
        self._guard.stop()
        removed = self._lease.purge(self.client)
        checks.show(farewell(self, removed))
        if (claims := self.ledger.table(self.number)).claims:
            checks.show(claims)
        if problems:
            raise LessonError(
                "\n- ".join([f"Lesson {self.number} ran to its end, but:", *problems, ""]),
                hint="Correct the cell, restart the kernel and run all cells again.",
            )

    def close(self) -> None:
        """Remove the lesson's keys, also those written after `finish`; give all back."""
        self._guard.stop()
        self._models.close()
        try:
            self._lease.release(self.client)
        finally:
            self.client.close()

    def __repr__(self) -> str:
        return repr(welcome(self))

    def _repr_html_(self) -> str:
        return welcome(self)._repr_html_()


@atexit.register
def end() -> None:
    """Close the lesson of this kernel, if one is open; also if its Redis is gone."""
    global _open
    lesson, _open = _open, None
    if lesson is not None:
        with suppress(WellnessError, RedisError, OSError):  # its Redis may be gone: swept later
            lesson.close()
