"""kill -9 while a conversation is written, under each way to persist: what was promised and lost.

    found = crashes(settings)
    found                       # acknowledged, found again, lost
    found["RDB"].lost

A killed process is not a power cut: what it had written the kernel still has. A power cut may
take from `AOF everysec` what came after the last fsync, which is a second's worth (or two, if the
disk is slow); `Crash.last_second` says how much that was here.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import redis

from wellness.client import Client, connect
from wellness.errors import RecallError, WellnessError
from wellness.keys import LESSON
from wellness.lesson.breakable import Breakable, breakable
from wellness.lesson.canvas import Chart
from wellness.lesson.tables import duration, html_table
from wellness.memory.short_term import ShortTerm
from wellness.memory.turns import Message, turn
from wellness.settings import Settings
from wellness.topologies.local_server import wait_until

if TYPE_CHECKING:
    import pandas as pd

SAVE = "--save"
POLICIES: dict[str, tuple[str, ...]] = {
    "none": ("--appendonly", "no"),
    "RDB": ("--appendonly", "no", SAVE, "1 100"),  # a snapshot a second, if 100 keys changed
    "AOF everysec": ("--appendfsync", "everysec"),
    "AOF always": ("--appendfsync", "always"),
}
WRITERS = 2  # conversations at the same time
SNAPSHOT_S = 20.0  # seconds for the first snapshot: a busy machine may be late with it
BETWEEN_S = 0.1  # seconds after it, so that there is something to lose
WRITES_S = 1.6  # seconds of writing: RDB makes its first snapshot after about one
USER = "writer"
UNLIMITED = 10**9  # turns: nothing may be dropped that is to be counted
BEGAN_MS = 1_790_000_000_000  # when the turns were said, in epoch milliseconds: any time will do


@dataclass(frozen=True)
class Crash:
    """What one kill -9 cost.

    Attributes:
        policy: how the server persisted.
        acknowledged: turns for which Redis said that it has them.
        lost: of these, those that are gone after the restart.
        unanswered: turns that are there though nobody was told so.
        last_second: acknowledged in the last second before the kill.
        write_s: median duration of a write.
        restart_s: until the server answered again.
    """

    policy: str
    acknowledged: int
    lost: int
    unanswered: int
    last_second: int
    write_s: float
    restart_s: float

    def __repr__(self) -> str:
        return f"<Crash under {self.policy}: {self.lost:,} of {self.acknowledged:,} turns lost>"


@dataclass(frozen=True, repr=False)
class Crashes:
    """One crash a policy, as a table in notebooks."""

    rows: tuple[Crash, ...]

    def __getitem__(self, policy: str) -> Crash:
        return next(row for row in self.rows if row.policy == policy)

    def to_frame(self) -> pd.DataFrame:
        """One row a policy, seconds as they are."""
        import pandas as pd

        return pd.DataFrame([vars(row) for row in self.rows]).set_index("policy")

    def chart(self) -> Chart:
        """Lost turns by policy."""
        from wellness.lesson.charts import bars

        lost = {row.policy: float(row.lost) for row in self.rows}
        return bars(lost, title="Acknowledged turns that a kill -9 cost", unit="turns")

    def __repr__(self) -> str:
        return "\n".join(map(repr, self.rows))

    def _repr_html_(self) -> str:
        head = ["persistence", "acknowledged", "lost", "there, though unanswered",
                "acknowledged in the last second", "one write (median)", "restart"]  # fmt: skip
        cells = [
            [row.policy, f"{row.acknowledged:,}", f"{row.lost:,}", f"{row.unanswered:,}",
             f"{row.last_second:,}", duration(row.write_s * 1e9), duration(row.restart_s * 1e9)]
            for row in self.rows
        ]  # fmt: skip
        return html_table(head, cells, caption="kill -9 while conversations were written")


@dataclass
class _Writer:
    """Adds turns to a conversation of its own until Redis is gone."""

    conversation: str
    short: ShortTerm
    said: dict[str, tuple[float, float]] = field(default_factory=dict)  # id: begun, acknowledged
    error: Exception | None = None

    def __post_init__(self) -> None:
        self.thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        try:
            while True:
                self._write(len(self.said))
        except (redis.ConnectionError, redis.TimeoutError):
            pass  # it was killed
        except (WellnessError, redis.RedisError) as error:
            self.error = error

    def _write(self, number: int) -> None:
        words = [Message("user", f"Note {number}."), Message("assistant", "Noted.")]
        one = turn(words, at=BEGAN_MS + number, id=f"{self.conversation}-{number}")
        begun = time.perf_counter()
        self.short.append(self.conversation, one)
        self.said[one.id] = (begun, time.perf_counter())


def crashes(
    settings: Settings, policies: Iterable[str] = tuple(POLICIES), *, writes_s: float = WRITES_S
) -> Crashes:
    """Write conversations and kill the server, once under each policy.

    Args:
        settings: of the client, and where the build is.
        policies: names in `POLICIES`.
        writes_s: seconds of writing before each kill; more until there is a first snapshot.

    Raises:
        NoEmbeddedServer, BootstrapError, ServerStartError: there is no server to kill.
    """
    return Crashes(tuple(crash(settings, policy, writes_s=writes_s) for policy in policies))


def crash(settings: Settings, policy: str, *, writes_s: float = WRITES_S) -> Crash:
    """Write conversations to a server of their own, kill -9 it, and count what is left.

    Raises:
        NoEmbeddedServer, BootstrapError, ServerStartError: there is no server to kill.
        RecallError: the server refused a turn, or nothing could be written in the time.
    """
    roomy = settings.model_copy(update={"conversation_turns": UNLIMITED})
    with breakable(roomy, *POLICIES[policy]) as own:
        writers = [_Writer(f"c{number}", _short(own.client, roomy)) for number in range(WRITERS)]
        for writer in writers:
            writer.thread.start()
        time.sleep(writes_s)
        if SAVE in POLICIES[policy]:
            _await_snapshot(own)
        killed = time.perf_counter()
        own.server.kill()
        for writer in writers:
            writer.thread.join()
            if writer.error:
                raise writer.error
        restart_s = own.restart()
        with connect(own.settings) as client:  # its circuit is closed
            short = _short(client, roomy)
            left = [one for writer in writers for one in short.read(writer.conversation, UNLIMITED)]
    found = {one.id for one in left}
    said = {name: times for writer in writers for name, times in writer.said.items()}
    if not said:
        raise RecallError("No turn was written before the kill.", hint="Give it more seconds.")
    return Crash(
        policy,
        acknowledged=len(said),
        lost=len(said.keys() - found),
        unanswered=len(found - said.keys()),
        last_second=sum(done > killed - 1.0 for _, done in said.values()),
        write_s=float(np.median([done - begun for begun, done in said.values()])),
        restart_s=restart_s,
    )


def _await_snapshot(own: Breakable) -> None:
    """A crash before the first snapshot would say nothing about snapshots."""

    def saved() -> bool:
        info: dict[str, Any] = own.client.info("persistence")
        return int(info["rdb_saves"]) > 0

    wait_until(saved, "there is a snapshot", SNAPSHOT_S)
    time.sleep(BETWEEN_S)


def _short(client: Client, settings: Settings) -> ShortTerm:
    now = BEGAN_MS / 1_000
    return ShortTerm(client, USER, settings=settings, clock=lambda: now, namespace=LESSON)
