"""Chroma, persistent, in the caller's process: three collections stand for what others have tables.

Conversations are kept here too. They need a vector each, which says nothing, and a number of their
own, since Chroma returns rows in no order; nobody else may write meanwhile.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from wellness.compare import packages
from wellness.compare.protocols import (
    CannotDo,
    Clock,
    Gathered,
    Place,
    Statement,
    Vector,
    Vectors,
)
from wellness.keys import encode as encode_name
from wellness.memory.messages import Turn
from wellness.memory.turns import decode_all, encode

NAME = "Chroma"
LAST = 10
NOTHING = [0.0, 1.0]  # the vector of a row that is only looked up by its metadata
GRAPH = {"space": "cosine", "max_neighbors": 16, "ef_construction": 200, "ef_search": 100}


class ChromaAdapter:
    """A `PersistentClient`; telemetry is off and no embedding function is loaded."""

    def __init__(self, place: Place, clock: Clock) -> None:
        chromadb = packages.load("chromadb")
        settings = packages.load("chromadb.config").Settings(anonymized_telemetry=False)
        self._client = chromadb.PersistentClient(place.address, settings=settings)
        self._ttl_s, self._clock = place.ttl_s, clock
        self._turns, self._conversations, self._statements = (
            self._client.get_or_create_collection(
                name, embedding_function=None, configuration={"hnsw": GRAPH}
            )
            for name in ("turns", "conversations", "statements")
        )
        self._writing = threading.Lock()

    def close(self) -> None:
        """See `Adapter.close`: the files are closed with the last client of the folder."""
        self._client.close()

    # Conversations

    def append(self, owner: str, conversation: str, turn: Turn) -> None:
        """See `Conversations.append`."""
        self._append(owner, conversation, turn)

    def _append(self, owner: str, conversation: str, turn: Turn) -> int:
        name = _name(owner, conversation)
        with self._writing:
            now = self._clock()
            count, ends = self._state(name)
            if ends <= now and count:
                self._turns.delete(where={"conversation": name})
                count = 0
            row = {"conversation": name, "place": count}
            self._turns.add(
                ids=[f"{name}/{count}"], embeddings=[NOTHING], metadatas=[row],
                documents=[_text(encode(turn))],
            )  # fmt: skip
            state = {"turns": count + 1, "expires_at": now + self._ttl_s}
            self._conversations.upsert(ids=[name], embeddings=[NOTHING], metadatas=[state])
        return count + 1

    def _state(self, name: str) -> tuple[int, float]:
        found = self._conversations.get(ids=[name], include=["metadatas"])["metadatas"]
        return (int(found[0]["turns"]), float(found[0]["expires_at"])) if found else (0, 0.0)

    def last(self, owner: str, conversation: str, n: int) -> list[Turn]:
        """See `Conversations.last`."""
        count, ends = self._state(_name(owner, conversation))
        return self._read(owner, conversation, count, n) if ends > self._clock() else []

    def _read(self, owner: str, conversation: str, count: int, n: int) -> list[Turn]:
        first = max(0, count - n)
        name = _name(owner, conversation)
        ids = [f"{name}/{place}" for place in range(first, count)]
        if not ids:
            return []
        found = self._turns.get(ids=ids, include=["documents"])
        by_id = dict(zip(found["ids"], found["documents"], strict=True))
        return decode_all([_bytes(by_id[id]) for id in ids])

    def exchange(self, owner: str, conversation: str, turn: Turn, n: int) -> list[Turn]:
        """See `Conversations.exchange`."""
        return self._read(owner, conversation, self._append(owner, conversation, turn), n)

    def sweep(self) -> int:
        """See `Expiring.sweep`."""
        with self._writing:
            due = {"expires_at": {"$lte": self._clock()}}
            gone = self._conversations.get(where=due, include=[])["ids"]
            if gone:
                self._turns.delete(where={"conversation": {"$in": gone}})
                self._conversations.delete(ids=gone)
        return len(gone)

    def kept(self) -> int:
        """See `Expiring.kept`."""
        return int(self._conversations.count())

    # Memories

    def remember(self, statements: Sequence[Statement], vectors: Vectors) -> None:
        """See `Memories.remember`."""
        last = {_name(one.owner, one.subject): at for at, one in enumerate(statements)}
        ids, rows = list(last), list(last.values())
        step = self._client.get_max_batch_size()
        for low in range(0, len(ids), step):
            part = rows[low : low + step]
            told = [statements[at] for at in part]
            self._statements.upsert(
                ids=ids[low : low + step],
                embeddings=vectors[part],
                documents=[one.text for one in told],
                metadatas=[{"owner": encode_name(one.owner)} for one in told],
            )

    def nearest(self, vector: Vector, k: int, owner: str | None) -> list[str]:
        """See `Memories.nearest`."""
        where = None if owner is None else {"owner": encode_name(owner)}
        found = self._statements.query(
            query_embeddings=[vector], n_results=k, where=where, include=["documents"]
        )
        return list(found["documents"][0])

    def gather(
        self, owner: str, conversation: str, vector: Vector, k: int, subjects: Sequence[str]
    ) -> Gathered:
        """See `Recalling.gather`."""
        names = {_name(owner, subject): subject for subject in subjects}
        found = self._statements.get(ids=list(names), include=["documents"])
        facts = zip(found["ids"], found["documents"], strict=True)
        return Gathered(
            self.last(owner, conversation, LAST),
            self.nearest(vector, k, owner),
            {names[id]: text for id, text in facts},
        )

    # Measurements

    def record(self, owner: str, readings: Sequence[tuple[int, float]]) -> None:
        """Not offered."""
        raise CannotDo(NAME, "daily averages", "it adds nothing up, and each row needs a vector")

    def days(self, owner: str, first: int, n: int, *, raw: bool = False) -> dict[int, float]:
        """Not offered."""
        raise CannotDo(NAME, "daily averages", "it adds nothing up, and each row needs a vector")


def _name(*parts: str) -> str:
    """An id of two names, whatever characters they hold."""
    return "/".join(map(encode_name, parts))


def _text(element: bytes) -> str:
    return element.decode("utf-8")


def _bytes(document: Any) -> bytes:
    return str(document).encode("utf-8")
