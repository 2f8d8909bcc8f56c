"""SQLite with sqlite-vec through apsw: a library in the caller's process, in WAL mode."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from wellness.compare import packages
from wellness.compare.protocols import (
    SECONDS_PER_DAY,
    Clock,
    Durability,
    Gathered,
    Place,
    Statement,
    Vector,
    Vectors,
)
from wellness.memory.messages import Turn
from wellness.memory.turns import decode_all, encode

LAST = 10
BUSY_MS = 20_000  # a writer waits for others, as there is one at a time
# With NORMAL, the log of writes is synced at checkpoints only: one is made every second.
SYNCHRONOUS = {Durability.ALWAYS: "FULL", Durability.SECOND: "NORMAL", Durability.NONE: "OFF"}
SCHEMA = """
CREATE TABLE IF NOT EXISTS turns (
  id INTEGER PRIMARY KEY, owner TEXT NOT NULL, conversation TEXT NOT NULL, body BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS turns_by_conversation ON turns (owner, conversation, id);
CREATE TABLE IF NOT EXISTS conversations (
  owner TEXT NOT NULL, conversation TEXT NOT NULL, expires_at REAL NOT NULL,
  PRIMARY KEY (owner, conversation)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS conversations_end ON conversations (expires_at);
CREATE TABLE IF NOT EXISTS statements (
  id INTEGER PRIMARY KEY, owner TEXT NOT NULL, subject TEXT NOT NULL, body TEXT NOT NULL,
  UNIQUE (owner, subject));
CREATE VIRTUAL TABLE IF NOT EXISTS vectors USING vec0(
  owner TEXT PARTITION KEY, embedding FLOAT[{dimensions}] DISTANCE_METRIC=cosine, CHUNK_SIZE=256);
CREATE TABLE IF NOT EXISTS readings (owner TEXT NOT NULL, at INTEGER NOT NULL, value REAL NOT NULL);
CREATE INDEX IF NOT EXISTS readings_by_time ON readings (owner, at, value);
CREATE TABLE IF NOT EXISTS days (
  owner TEXT NOT NULL, day INTEGER NOT NULL, total REAL NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY (owner, day)) WITHOUT ROWID;
"""
# Whoever adds to a conversation that has expired and was not swept yet begins a new one.
FORGET = """
DELETE FROM turns WHERE owner = :owner AND conversation = :conversation AND EXISTS (
  SELECT 1 FROM conversations c WHERE c.owner = :owner AND c.conversation = :conversation
  AND c.expires_at <= :now)
"""
LIVES = """
INSERT INTO conversations VALUES (:owner, :conversation, :now + :ttl)
ON CONFLICT DO UPDATE SET expires_at = excluded.expires_at
"""
APPEND = "INSERT INTO turns (owner, conversation, body) VALUES (:owner, :conversation, :body)"
LAST_TURNS = """
SELECT t.body FROM conversations c JOIN turns t USING (owner, conversation)
WHERE c.owner = :owner AND c.conversation = :conversation AND c.expires_at > :now
ORDER BY t.id DESC LIMIT :n
"""
SWEEP_TURNS = """
DELETE FROM turns WHERE id IN (
  SELECT t.id FROM conversations c JOIN turns t USING (owner, conversation)
  WHERE c.expires_at <= :now)
"""
SWEEP = "DELETE FROM conversations WHERE expires_at <= :now"
KEEP = """
INSERT INTO statements (owner, subject, body) VALUES (?, ?, ?)
ON CONFLICT DO UPDATE SET body = excluded.body RETURNING id
"""
NEAREST = """
SELECT s.body FROM vectors v JOIN statements s ON s.id = v.rowid
WHERE v.embedding MATCH :vector AND v.k = :k ORDER BY v.distance
"""
NEAREST_OF = NEAREST.replace("AND v.k", "AND v.owner = :owner AND v.k")
FACTS = "SELECT body FROM statements WHERE owner = ? AND subject = ?"
RAW_DAYS = f"""
SELECT at / {SECONDS_PER_DAY}, avg(value) FROM readings
WHERE owner = ? AND at >= ? AND at < ? GROUP BY 1 ORDER BY 1
"""
DAYS = "SELECT day, total / n FROM days WHERE owner = ? AND day >= ? AND day < ? ORDER BY 1"
ROLL_UP = """
INSERT INTO days VALUES (?, ?, ?, 1)
ON CONFLICT DO UPDATE SET total = total + excluded.total, n = n + 1
"""


class SqliteAdapter:
    """One connection to the file."""

    def __init__(self, place: Place, clock: Clock) -> None:
        self._apsw = packages.load("apsw")
        self._ttl_s, self._clock, self._path = place.ttl_s, clock, place.address
        self._db = self._open(place.durability)
        self._db.enable_load_extension(True)
        self._db.load_extension(packages.load("sqlite_vec").loadable_path())
        with self._transaction():
            self._db.execute(SCHEMA.format(dimensions=place.dimensions))
        self._stop = threading.Event()
        self._syncer: threading.Thread | None = None
        if place.durability is Durability.SECOND:
            self._syncer = threading.Thread(target=self._sync_every_second, daemon=True)
            self._syncer.start()

    def _open(self, durability: Durability) -> Any:
        db = self._apsw.Connection(self._path)
        db.set_busy_timeout(BUSY_MS)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute(f"PRAGMA synchronous = {SYNCHRONOUS[durability]}")
        return db

    def _sync_every_second(self) -> None:
        db = self._open(Durability.SECOND)
        while not self._stop.wait(1.0):
            with suppress(self._apsw.BusyError, self._apsw.LockedError):
                db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        db.close()

    def close(self) -> None:
        """See `Adapter.close`."""
        self._stop.set()
        if self._syncer:
            self._syncer.join()
        self._db.close()

    def _transaction(self) -> Any:
        return _Transaction(self._db)

    # Conversations

    def append(self, owner: str, conversation: str, turn: Turn) -> None:
        """See `Conversations.append`."""
        with self._transaction():
            self._add(self._said(owner, conversation), turn)

    def last(self, owner: str, conversation: str, n: int) -> list[Turn]:
        """See `Conversations.last`."""
        return self._last(self._said(owner, conversation), n)

    def exchange(self, owner: str, conversation: str, turn: Turn, n: int) -> list[Turn]:
        """See `Conversations.exchange`: one transaction, and no round trip at all."""
        said = self._said(owner, conversation)
        with self._transaction():
            self._add(said, turn)
            return self._last(said, n)

    def _said(self, owner: str, conversation: str) -> dict[str, Any]:
        return {"owner": owner, "conversation": conversation, "now": self._clock(),
                "ttl": self._ttl_s}  # fmt: skip

    def _add(self, said: dict[str, Any], turn: Turn) -> None:
        self._db.execute(FORGET, said)
        self._db.execute(LIVES, said)
        self._db.execute(APPEND, said | {"body": encode(turn)})

    def _last(self, said: dict[str, Any], n: int) -> list[Turn]:
        rows = self._db.execute(LAST_TURNS, said | {"n": n}).fetchall()
        return decode_all([body for (body,) in reversed(rows)])

    def sweep(self) -> int:
        """See `Expiring.sweep`."""
        now = {"now": self._clock()}
        with self._transaction():
            self._db.execute(SWEEP_TURNS, now)
            self._db.execute(SWEEP, now)
            return int(self._db.changes())

    def kept(self) -> int:
        """See `Expiring.kept`."""
        ((n,),) = self._db.execute("SELECT count(*) FROM conversations").fetchall()
        return int(n)

    # Memories

    def remember(self, statements: Sequence[Statement], vectors: Vectors) -> None:
        """See `Memories.remember`: one transaction."""
        with self._transaction():
            for one, vector in zip(statements, vectors, strict=True):
                ((id,),) = self._db.execute(KEEP, one).fetchall()
                self._db.execute("DELETE FROM vectors WHERE rowid = ?", (id,))
                row = (id, one.owner, vector.tobytes())
                self._db.execute(
                    "INSERT INTO vectors (rowid, owner, embedding) VALUES (?, ?, ?)", row
                )

    def nearest(self, vector: Vector, k: int, owner: str | None) -> list[str]:
        """See `Memories.nearest`: sqlite-vec compares with every vector, so it is exact."""
        asked: dict[str, Any] = {"vector": vector.tobytes(), "k": k}
        if owner is None:
            return [body for (body,) in self._db.execute(NEAREST, asked)]
        return [body for (body,) in self._db.execute(NEAREST_OF, asked | {"owner": owner})]

    def gather(
        self, owner: str, conversation: str, vector: Vector, k: int, subjects: Sequence[str]
    ) -> Gathered:
        """See `Recalling.gather`."""
        facts = {
            subject: body
            for subject in subjects
            for (body,) in self._db.execute(FACTS, (owner, subject))
        }
        return Gathered(self.last(owner, conversation, LAST), self.nearest(vector, k, owner), facts)

    # Measurements

    def record(self, owner: str, readings: Sequence[tuple[int, float]]) -> None:
        """See `Measurements.record`."""
        with self._transaction():
            self._db.executemany(
                "INSERT INTO readings VALUES (?, ?, ?)", ((owner, at, v) for at, v in readings)
            )
            days = ((owner, at // SECONDS_PER_DAY, v) for at, v in readings)
            self._db.executemany(ROLL_UP, days)

    def days(self, owner: str, first: int, n: int, *, raw: bool = False) -> dict[int, float]:
        """See `Measurements.days`."""
        if raw:
            low, high = first * SECONDS_PER_DAY, (first + n) * SECONDS_PER_DAY
            return dict(self._db.execute(RAW_DAYS, (owner, low, high)))
        return dict(self._db.execute(DAYS, (owner, first, first + n)))


class _Transaction:
    """A write transaction that waits for its turn at the beginning, not in the middle."""

    def __init__(self, db: Any) -> None:
        self._db = db

    def __enter__(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: object, *_: object) -> None:
        self._db.execute("COMMIT" if kind is None else "ROLLBACK")
