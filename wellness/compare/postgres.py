"""Postgres with pgvector through psycopg 3: prepared statements, one statement a turn, COPY.

An HNSW scan of pgvector filters after it has searched, unless `hnsw.iterative_scan` makes it go on
until enough rows have passed. With an index on the owner the planner may also compare with all of
the owner's rows, which is exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wellness.compare import packages
from wellness.compare.postgres_vector import register
from wellness.compare.protocols import (
    SECONDS_PER_DAY,
    Clock,
    Gathered,
    Place,
    Statement,
    Vector,
    Vectors,
)
from wellness.memory.messages import Turn
from wellness.memory.turns import decode_all, encode

LAST = 10
BULK = 100  # statements: fewer are put into the graph one by one
SCHEMA = """
CREATE EXTENSION IF NOT EXISTS vector;
CREATE TABLE IF NOT EXISTS turns (
  owner text NOT NULL, conversation text NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY, body bytea NOT NULL,
  PRIMARY KEY (owner, conversation, id));
CREATE TABLE IF NOT EXISTS conversations (
  owner text NOT NULL, conversation text NOT NULL, expires_at double precision NOT NULL,
  PRIMARY KEY (owner, conversation));
CREATE INDEX IF NOT EXISTS conversations_end ON conversations (expires_at);
CREATE TABLE IF NOT EXISTS statements (
  owner text NOT NULL, subject text NOT NULL, body text NOT NULL,
  embedding vector({dimensions}) NOT NULL,
  PRIMARY KEY (owner, subject));
CREATE TABLE IF NOT EXISTS readings (
  owner text NOT NULL, at bigint NOT NULL, value double precision NOT NULL);
CREATE INDEX IF NOT EXISTS readings_by_time ON readings (owner, at) INCLUDE (value);
CREATE TABLE IF NOT EXISTS days (
  owner text NOT NULL, day bigint NOT NULL,
  total double precision NOT NULL, n bigint NOT NULL,
  PRIMARY KEY (owner, day));
"""
GRAPH = """
CREATE INDEX IF NOT EXISTS statements_graph ON statements
  USING hnsw (embedding vector_cosine_ops) WITH (m = 16, ef_construction = 200)
"""
SESSION = """
SET hnsw.ef_search = 100;
SET hnsw.iterative_scan = strict_order;
"""
# Whoever adds to a conversation that has expired and was not swept yet begins a new one.
ADDING = """
forgotten AS (
  DELETE FROM turns t USING conversations c
  WHERE c.owner = %(owner)s AND c.conversation = %(conversation)s AND c.expires_at <= %(now)s
  AND t.owner = c.owner AND t.conversation = c.conversation
), lives AS (
  INSERT INTO conversations VALUES (%(owner)s, %(conversation)s, %(expires)s)
  ON CONFLICT (owner, conversation) DO UPDATE SET expires_at = excluded.expires_at
)"""
ADDED = """
INSERT INTO turns (owner, conversation, body) VALUES (%(owner)s, %(conversation)s, %(body)s)
"""
LAST_TURNS = """
SELECT t.body FROM conversations c JOIN turns t USING (owner, conversation)
WHERE c.owner = %(owner)s AND c.conversation = %(conversation)s AND c.expires_at > %(now)s
ORDER BY t.id DESC LIMIT %(n)s
"""
APPEND = f"WITH {ADDING} {ADDED}"
EXCHANGE = f"WITH {ADDING}, added AS ({ADDED}) {LAST_TURNS}"
SWEEP = """
WITH gone AS (
  DELETE FROM conversations WHERE expires_at <= %(now)s RETURNING owner, conversation
), turns_gone AS (
  DELETE FROM turns t USING gone g WHERE t.owner = g.owner AND t.conversation = g.conversation
)
SELECT count(*) FROM gone
"""
REMEMBER = """
INSERT INTO statements SELECT DISTINCT ON (owner, subject) owner, subject, body, embedding
FROM arriving ORDER BY owner, subject, id DESC
ON CONFLICT (owner, subject)
DO UPDATE SET body = excluded.body, embedding = excluded.embedding
"""
NEAREST = "SELECT body FROM statements ORDER BY embedding <=> %(vector)s LIMIT %(k)s"
NEAREST_OF = """
SELECT body FROM statements WHERE owner = %(owner)s
ORDER BY embedding <=> %(vector)s LIMIT %(k)s
"""
FACTS = (
    "SELECT subject, body FROM statements WHERE owner = %(owner)s AND subject = ANY(%(subjects)s)"
)
ROLL_UP = """
INSERT INTO days SELECT %(owner)s, day, sum(value), count(*) FROM
unnest(%(days)s::bigint[], %(values)s::double precision[]) AS new (day, value) GROUP BY day
ON CONFLICT (owner, day)
DO UPDATE SET total = days.total + excluded.total, n = days.n + excluded.n
"""
RAW_DAYS = f"""
SELECT at / {SECONDS_PER_DAY} AS day, avg(value) FROM readings
WHERE owner = %(owner)s AND at >= %(low)s AND at < %(high)s GROUP BY 1 ORDER BY 1
"""
DAYS = """
SELECT day, total / n FROM days
WHERE owner = %(owner)s AND day >= %(first)s AND day < %(end)s ORDER BY 1
"""
ONLY_ONCE = 7_140_001  # an advisory lock: several may find an empty database at once


class PostgresAdapter:
    """One connection, in autocommit: each statement is a transaction."""

    def __init__(self, place: Place, clock: Clock) -> None:
        psycopg = packages.load("psycopg")
        self._connection = psycopg.connect(place.address, autocommit=True, prepare_threshold=0)
        self._ttl_s, self._clock = place.ttl_s, clock
        with self._connection.transaction():
            self._connection.execute("SELECT pg_advisory_xact_lock(%s)", (ONLY_ONCE,))
            if self._connection.execute("SELECT to_regclass('days')").fetchone()[0] is None:
                self._connection.execute(SCHEMA.format(dimensions=place.dimensions), prepare=False)
                self._connection.execute(GRAPH, prepare=False)
        register(self._connection)
        self._cursor = self._connection.cursor(binary=True)
        self._connection.execute(SESSION, prepare=False)

    def close(self) -> None:
        """See `Adapter.close`."""
        self._connection.close()

    def _ask(self, query: str, **values: Any) -> list[Any]:
        rows: list[Any] = self._cursor.execute(query, values, prepare=True).fetchall()
        return rows

    # Conversations

    def append(self, owner: str, conversation: str, turn: Turn) -> None:
        """See `Conversations.append`."""
        self._cursor.execute(APPEND, self._said(owner, conversation, turn), prepare=True)

    def last(self, owner: str, conversation: str, n: int) -> list[Turn]:
        """See `Conversations.last`."""
        names = {"owner": _text(owner), "conversation": _text(conversation)}
        return _turns(self._ask(LAST_TURNS, **names, n=n, now=self._clock()))

    def exchange(self, owner: str, conversation: str, turn: Turn, n: int) -> list[Turn]:
        """See `Conversations.exchange`: one statement, so one round trip and one commit."""
        said = self._said(owner, conversation, turn)
        return [*_turns(self._ask(EXCHANGE, **said, n=n - 1)), turn][-n:] if n else []

    def _said(self, owner: str, conversation: str, turn: Turn) -> dict[str, Any]:
        now = self._clock()
        return {
            "owner": _text(owner), "conversation": _text(conversation), "body": encode(turn),
            "now": now, "expires": now + self._ttl_s,
        }  # fmt: skip

    def sweep(self) -> int:
        """See `Expiring.sweep`: what cron would run; autovacuum gives the space back later."""
        return int(self._ask(SWEEP, now=self._clock())[0][0])

    def kept(self) -> int:
        """See `Expiring.kept`."""
        return int(self._ask("SELECT count(*) FROM conversations")[0][0])

    # Memories

    def remember(self, statements: Sequence[Statement], vectors: Vectors) -> None:
        """See `Memories.remember`: COPY into a temporary table, then one upsert.

        A batch that is larger than what is there is faster when the graph is built after it.
        """
        with self._connection.transaction():
            (there,) = self._connection.execute("SELECT count(*) FROM statements").fetchone()
            anew = len(statements) > max(there, BULK)
            if anew:
                self._connection.execute("DROP INDEX statements_graph", prepare=False)
            self._connection.execute(
                "CREATE TEMP TABLE arriving (id int, owner text, subject text, body text, "
                "embedding vector) ON COMMIT DROP", prepare=False,
            )  # fmt: skip
            with self._cursor.copy("COPY arriving FROM STDIN (FORMAT BINARY)") as copy:
                copy.set_types(["int4", "text", "text", "text", "vector"])
                for id, (one, vector) in enumerate(zip(statements, vectors, strict=True)):
                    copy.write_row((id, _text(one.owner), one.subject, one.text, vector))
            self._connection.execute(REMEMBER, prepare=False)
            if anew:
                self._connection.execute(GRAPH, prepare=False)
        self._connection.execute("ANALYZE statements", prepare=False)

    def nearest(self, vector: Vector, k: int, owner: str | None) -> list[str]:
        """See `Memories.nearest`."""
        if owner is None:
            return [body for (body,) in self._ask(NEAREST, vector=vector, k=k)]
        return [body for (body,) in self._ask(NEAREST_OF, owner=_text(owner), vector=vector, k=k)]

    # Both

    def gather(
        self, owner: str, conversation: str, vector: Vector, k: int, subjects: Sequence[str]
    ) -> Gathered:
        """See `Recalling.gather`: three prepared statements in one pipeline, one round trip."""
        names = {"owner": _text(owner), "conversation": _text(conversation)}
        questions: list[tuple[str, dict[str, Any]]] = [
            (LAST_TURNS, {**names, "n": LAST, "now": self._clock()}),
            (NEAREST_OF, {"owner": names["owner"], "vector": vector, "k": k}),
            (FACTS, {"owner": names["owner"], "subjects": list(subjects)}),
        ]
        with self._connection.pipeline():
            cursors = [self._connection.cursor(binary=True) for _ in questions]
            for cursor, (query, values) in zip(cursors, questions, strict=True):
                cursor.execute(query, values, prepare=True)
            turns, nearest, facts = (cursor.fetchall() for cursor in cursors)
        return Gathered(_turns(turns), [body for (body,) in nearest], dict(facts))

    # Measurements

    def record(self, owner: str, readings: Sequence[tuple[int, float]]) -> None:
        """See `Measurements.record`."""
        with self._connection.transaction():
            with self._cursor.copy("COPY readings FROM STDIN (FORMAT BINARY)") as copy:
                copy.set_types(["text", "int8", "float8"])
                for at, value in readings:
                    copy.write_row((_text(owner), at, value))
            days = [at // SECONDS_PER_DAY for at, _ in readings]
            values = [value for _, value in readings]
            self._cursor.execute(ROLL_UP, {"owner": _text(owner), "days": days, "values": values})

    def days(self, owner: str, first: int, n: int, *, raw: bool = False) -> dict[int, float]:
        """See `Measurements.days`."""
        if raw:
            low, high = first * SECONDS_PER_DAY, (first + n) * SECONDS_PER_DAY
            return dict(self._ask(RAW_DAYS, owner=_text(owner), low=low, high=high))
        return dict(self._ask(DAYS, owner=_text(owner), first=first, end=first + n))


def _text(name: str) -> str:
    """A name without NUL, which Postgres' text cannot hold; different for different names."""
    return name.replace("\\", "\\\\").replace("\0", "\\0")


def _turns(rows: Sequence[Any]) -> list[Turn]:
    return decode_all([body for (body,) in reversed(rows)])
