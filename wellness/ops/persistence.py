"""What of the data would survive a crash: append-only file, snapshots, and how they went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from redis import Redis

from wellness.ops.finding import (
    UNSAID,
    Finding,
    Part,
    Unread,
    attempt,
    fine,
    look_here,
    not_read,
    size,
    whole,
)

UNASKED = "CONFIG GET save answers nothing here."
# What each appendfsync can lose. A killed process loses nothing acknowledged: the kernel has it.
FSYNC = {
    "always": "Each write is on disk before it is acknowledged.",
    "everysec": "A power cut may cost the last second; a crash of Redis costs nothing.",
    "no": "A power cut may cost what the kernel had not written yet, often half a minute.",
}


@dataclass(frozen=True, repr=False)
class Persistence(Part):
    """The state of both ways to disk, as INFO and CONFIG say; None where they do not.

    Attributes:
        fsync: `always`, `everysec` or `no`; empty where it is not known.
        save_points: RDB's `save`, empty for none; None where CONFIG is refused.
        unsaved: changes since the last snapshot.
        saved_at: when that was, in seconds since 1970; the start if there was none.
        last_save, last_rewrite, last_write: `ok` or `err`; empty where it is not known.
    """

    title: ClassVar[str] = "Persistence"
    aof: bool | None
    fsync: str
    aof_bytes: int | None
    rewriting: bool
    last_rewrite: str
    last_write: str
    save_points: str | None
    saving: bool
    last_save: str
    unsaved: int | None
    saved_at: int | None
    refusal: str = ""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """AOF, its last write and rewrite, RDB, its last save, what is running."""
        now = [name for name, on in (("AOF rewrite", self.rewriting), ("RDB save", self.saving))
               if on]  # fmt: skip
        busy = "A fork that may need as much memory again as is written meanwhile."
        return (
            self._aof(),
            self._status("last AOF write", self.last_write),
            self._status("last AOF rewrite", self.last_rewrite),
            self._rdb(),
            self._status("last RDB save", self.last_save),
            fine("in progress", ", ".join(now) or "nothing",
                 busy if now else "No fork is writing."),
        )  # fmt: skip

    def _aof(self) -> Finding:
        if self.aof is None:
            return not_read("AOF", UNSAID)
        if not self.aof:
            return self._without_aof()
        value = f"{self.fsync or 'on'}, {size(self.aof_bytes)}"
        if not self.fsync:
            return fine("AOF", value, f"How often it is synced is not known. {self.refusal}")
        return fine("AOF", value, FSYNC.get(self.fsync, "Each write is appended to a file."))

    def _without_aof(self) -> Finding:
        if self.save_points is None:
            return not_read("AOF", f"It is off, and whether RDB is on is not known. {self.refusal}")
        if self.save_points:
            why = "Only snapshots are written: a crash costs everything since the last one."
        else:
            why = "Neither AOF nor RDB is on: a restart loses everything."
        return look_here("AOF", "off", why, "CONFIG SET appendonly yes, and in the config file.")

    def _rdb(self) -> Finding:
        changes = "" if self.unsaved is None else f", {self.unsaved:,} changes since"
        if self.save_points is None:
            return not_read("RDB", self.refusal)
        if not self.save_points:
            return fine("RDB", "off", "No snapshots are made by themselves; BGSAVE makes one.")
        return fine("RDB", f"save {self.save_points}{changes}", "Snapshots for copies and backups.")

    def _status(self, what: str, said: str) -> Finding:
        if not said:
            return not_read(what, UNSAID)
        if said != "ok":
            why = "It failed: the data on disk is behind the data in memory."
            return look_here(
                what, said, why, "Look for room and rights on Redis' disk, and its log."
            )
        return fine(what, said, "It did not fail.")


def persistence_of(client: Redis, info: dict[str, Any]) -> Persistence:
    """The persistence part of an answer to INFO, and what CONFIG GET adds if it is allowed."""
    said: Any = attempt("CONFIG", client.config_get, "appendfsync", "save")
    known = {} if isinstance(said, Unread) else said
    aof = whole(info, "aof_enabled")
    return Persistence(
        aof=None if aof is None else bool(aof),
        fsync=known.get("appendfsync", ""),
        aof_bytes=whole(info, "aof_current_size"),
        rewriting=bool(info.get("aof_rewrite_in_progress")),
        last_rewrite=str(info.get("aof_last_bgrewrite_status", "")),
        last_write=str(info.get("aof_last_write_status", "")),
        save_points=known.get("save"),
        saving=bool(info.get("rdb_bgsave_in_progress")),
        last_save=str(info.get("rdb_last_bgsave_status", "")),
        unsaved=whole(info, "rdb_changes_since_last_save"),
        saved_at=whole(info, "rdb_last_save_time"),
        refusal=said.reason if isinstance(said, Unread) else "" if "save" in known else UNASKED,
    )
