"""SLOWLOG: the commands that took the server longest, with the values in them left out.

The time is that of the command alone: no waiting, no sending of the reply. Redis carries out one
command after the other, so each entry is a time in which nobody else was answered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from redis import Redis

from wellness import keys
from wellness.link.histogram import duration
from wellness.ops.arguments import described
from wellness.ops.finding import Finding, Part, Table, Unread, attempt, fine, look_here, not_read
from wellness.replies import text

MOST = 20  # entries that are read, newest first
SLOW_S = 0.010  # Redis' own default: a hundred of these in a second stop it altogether


@dataclass(frozen=True, slots=True)
class SlowCommand:
    """One entry. `command` holds the name, the kind of key and sizes, never a value.

    Attributes:
        at: when it began, in seconds since 1970, by the server's clock.
        seconds: how long it took.
        kind: of its first key, empty if that is none of ours.
        client: the name the client gave itself, empty if none.
    """

    id: int
    at: int
    seconds: float
    name: str
    kind: str
    command: str
    client: str


@dataclass(frozen=True, repr=False)
class Slowlog(Part):
    """The newest entries of the slow log, newest first.

    Attributes:
        threshold_s: commands above it are logged; negative is off; None where CONFIG is refused.
    """

    title: ClassVar[str] = "Slow commands"
    entries: tuple[SlowCommand, ...]
    threshold_s: float | None

    @property
    def slow(self) -> tuple[SlowCommand, ...]:
        """Entries above `SLOW_S`; a lower threshold logs others too."""
        return tuple(entry for entry in self.entries if entry.seconds >= SLOW_S)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The threshold and the slow ones."""
        return (self._threshold(), self._slow())

    @property
    def tables(self) -> tuple[Table, ...]:
        """One row an entry."""
        rows = tuple(
            (duration(entry.seconds), entry.command, entry.client or "-") for entry in self.entries
        )
        return (Table(self.title, ("took", "command", "client"), rows),) if rows else ()

    def _threshold(self) -> Finding:
        what = "logged above"
        if self.threshold_s is None:
            return not_read(what, "Redis refused CONFIG GET slowlog-log-slower-than.")
        if self.threshold_s < 0:
            why = "The log is off, so an empty one proves nothing."
            do = "CONFIG SET slowlog-log-slower-than 10000"
            return look_here(what, "off", why, do)
        return fine(what, duration(self.threshold_s), "Only what takes longer is written down.")

    def _slow(self) -> Finding:
        what = f"above {duration(SLOW_S)}"
        if not self.slow:
            return fine(what, "0", "None in the newest entries held up the others for long.")
        worst = max(self.slow, key=lambda entry: entry.seconds)
        why = (
            f"The longest took {duration(worst.seconds)}: {worst.command}. "
            "Nobody else was answered meanwhile."
        )
        do = "Ask for a range instead of all, make the key smaller, or do it elsewhere."
        return look_here(what, str(len(self.slow)), why, do)


def slowlog(client: Redis, most: int = MOST) -> Slowlog | Unread:
    """The newest entries, or that Redis refused them."""
    # Two words: in one, redis-py would join the arguments, and where one ends would be lost.
    said: Any = attempt(Slowlog.title, client.execute_command, "SLOWLOG", "GET", most)
    if isinstance(said, Unread):
        return said
    config: Any = attempt("CONFIG", client.config_get, "slowlog-log-slower-than")
    threshold = None if isinstance(config, Unread) else config.get("slowlog-log-slower-than")
    return Slowlog(
        tuple(_entry(raw) for raw in said),
        None if threshold is None else int(threshold) / 1e6,
    )


def _entry(raw: list[Any]) -> SlowCommand:
    number, at, micros, command, *who = raw
    key = keys.key_of(command)
    kind = keys.parse(key).kind if key else ""
    return SlowCommand(
        id=int(number),
        at=int(at),
        seconds=int(micros) / 1e6,
        name=keys.words_of(command)[0],
        kind=kind if kind in keys.KINDS else "",
        command=described(command, values=False),
        client=str(text(who[1])) if len(who) > 1 else "",
    )
