"""Redis by bare commands: lists, hashes with a vector index, time series; one pipeline a turn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from redis import Redis, ResponseError

from wellness import keys as key_table
from wellness.compare.protocols import SECONDS_PER_DAY, Gathered, Place, Statement, Vector, Vectors
from wellness.keys import Keys
from wellness.memory.index import tag_query, user_tag
from wellness.memory.messages import Turn
from wellness.memory.turns import decode_all, encode
from wellness.settings import Settings

SPACE, STATEMENTS = "compare", "compare-statements"  # the index covers all hashes of the second
INDEX = key_table.index_name(STATEMENTS, "memory", "given", 0)
DAY_MS = SECONDS_PER_DAY * 1_000
BATCH = 1_000  # commands or samples in one round trip
LAST = 10


class BareRedis:
    """What a Redis developer would write with redis-py and nothing else."""

    def __init__(self, client: Redis, place: Place, settings: Settings) -> None:
        self._client, self._ttl_ms = client, round(place.ttl_s * 1_000)
        self._ef = settings.hnsw_ef_runtime
        self._create_index(place.dimensions, settings)

    def close(self) -> None:
        """See `Adapter.close`."""
        self._client.close()

    # Conversations

    def append(self, owner: str, conversation: str, turn: Turn) -> None:
        """See `Conversations.append`."""
        key = Keys(SPACE, owner).turns(conversation)
        pipe = self._client.pipeline(transaction=True)
        pipe.rpush(key, encode(turn))
        pipe.pexpire(key, self._ttl_ms)
        pipe.execute()

    def last(self, owner: str, conversation: str, n: int) -> list[Turn]:
        """See `Conversations.last`."""
        key = Keys(SPACE, owner).turns(conversation)
        elements: Any = self._client.lrange(key, -n, -1) if n else []  # -0 would mean all
        return decode_all(elements)

    def exchange(self, owner: str, conversation: str, turn: Turn, n: int) -> list[Turn]:
        """See `Conversations.exchange`."""
        key = Keys(SPACE, owner).turns(conversation)
        pipe = self._client.pipeline(transaction=True)
        pipe.rpush(key, encode(turn))
        pipe.pexpire(key, self._ttl_ms)
        pipe.lrange(key, -n, -1)
        return decode_all(pipe.execute()[-1])

    def sweep(self) -> int:
        """See `Expiring.sweep`: the expiry of the key does it."""
        return 0

    def kept(self) -> int:
        """See `Expiring.kept`: here a conversation is a key of its own."""
        return int(self._client.dbsize())

    # Memories

    def _create_index(self, dimensions: int, settings: Settings) -> None:
        try:
            self._client.execute_command(  # type: ignore[no-untyped-call]
                "FT.CREATE", INDEX, "PREFIX", 1, key_table.index_prefix(STATEMENTS),
                "STOPWORDS", 0, "SCHEMA", "user", "TAG", "CASESENSITIVE",
                "embedding", "VECTOR", "HNSW", 10, "TYPE", "FLOAT32", "DIM", dimensions,
                "DISTANCE_METRIC", "COSINE", "M", settings.hnsw_m,
                "EF_CONSTRUCTION", settings.hnsw_ef_construction,
            )  # fmt: skip
        except ResponseError as error:
            if "already exists" not in str(error):
                raise

    def remember(self, statements: Sequence[Statement], vectors: Vectors) -> None:
        """See `Memories.remember`."""
        told = list(zip(statements, vectors, strict=True))
        for low in range(0, len(told), BATCH):
            pipe = self._client.pipeline(transaction=False)
            for one, vector in told[low : low + BATCH]:
                fields: dict[Any, Any] = {
                    "user": user_tag(one.owner), "text": one.text, "embedding": vector.tobytes()
                }  # fmt: skip
                pipe.hset(Keys(STATEMENTS, one.owner).memory(one.subject), mapping=fields)
                pipe.hset(Keys(SPACE, one.owner).facts("all"), one.subject, one.text)
            pipe.execute()

    def nearest(self, vector: Vector, k: int, owner: str | None) -> list[str]:
        """See `Memories.nearest`."""
        return _texts(self._client.execute_command(*self._search(vector, k, owner)))  # type: ignore[no-untyped-call]

    def _search(self, vector: Vector, k: int, owner: str | None) -> list[Any]:
        scope = "*" if owner is None else f"(@user:{{{tag_query(user_tag(owner))}}})"
        return [
            "FT.SEARCH", INDEX, f"{scope}=>[KNN {k} @embedding $v EF_RUNTIME {self._ef} AS d]",
            "PARAMS", 2, "v", vector.tobytes(), "SORTBY", "d", "RETURN", 1, "text",
            "LIMIT", 0, k, "DIALECT", 2,
        ]  # fmt: skip

    # Both

    def gather(
        self, owner: str, conversation: str, vector: Vector, k: int, subjects: Sequence[str]
    ) -> Gathered:
        """See `Recalling.gather`: one round trip."""
        names = Keys(SPACE, owner)
        pipe = self._client.pipeline(transaction=False)
        pipe.lrange(names.turns(conversation), -LAST, -1)
        pipe.execute_command(*self._search(vector, k, owner))  # type: ignore[no-untyped-call]
        pipe.hmget(names.facts("all"), list(subjects))
        turns, found, values = pipe.execute()
        facts = zip(subjects, values, strict=True)
        return Gathered(
            decode_all(turns), _texts(found), {name: text.decode() for name, text in facts if text}
        )

    # Measurements

    def record(self, owner: str, readings: Sequence[tuple[int, float]]) -> None:
        """See `Measurements.record`. A series has one sample a millisecond: the next one is taken.

        The mean of each day is kept by a rule of the series itself.
        """
        raw, days = self._series(owner)
        if not self._client.exists(raw):
            pipe = self._client.pipeline(transaction=True)
            pipe.execute_command("TS.CREATE", raw, "DUPLICATE_POLICY", "BLOCK")  # type: ignore[no-untyped-call]
            pipe.execute_command("TS.CREATE", days)  # type: ignore[no-untyped-call]
            rule = ("AGGREGATION", "avg", DAY_MS)
            pipe.execute_command("TS.CREATERULE", raw, days, *rule)  # type: ignore[no-untyped-call]
            pipe.execute()
        seen: Counter[int] = Counter()
        samples = []
        for at, value in sorted(readings):
            samples.append((at * 1_000 + seen[at], value))
            seen[at] += 1
        for low in range(0, len(samples), BATCH):
            self._add(raw, samples[low : low + BATCH])

    def _add(self, key: str, samples: Sequence[tuple[int, float]]) -> None:
        while samples:
            flat = [part for at, value in samples for part in (key, at, value)]
            replies: Any = self._client.execute_command("TS.MADD", *flat)  # type: ignore[no-untyped-call]
            said = zip(samples, replies, strict=True)
            samples = [
                (at + 1, value) for (at, value), reply in said if isinstance(reply, Exception)
            ]

    def days(self, owner: str, first: int, n: int, *, raw: bool = False) -> dict[int, float]:
        """See `Measurements.days`."""
        series, by_day = self._series(owner)
        span = (first * DAY_MS, (first + n) * DAY_MS - 1)
        command = (
            ("TS.RANGE", series, *span, "AGGREGATION", "avg", DAY_MS)
            if raw
            else ("TS.RANGE", by_day, span[0], span[1], "LATEST")
        )
        try:
            samples: Any = self._client.execute_command(*command)  # type: ignore[no-untyped-call]
        except ResponseError as error:
            if "does not exist" not in str(error):
                raise
            return {}
        return {int(at) // DAY_MS: float(mean) for at, mean in samples}

    @staticmethod
    def _series(owner: str) -> tuple[str, str]:
        names = Keys(SPACE, owner)
        return names.readings("HeartRate"), names.days("HeartRate")


def _texts(reply: Any) -> list[str]:
    """The returned field of each row, in whichever form the protocol gives the reply."""
    if isinstance(reply, dict):
        rows: Iterable[Any] = (row[b"extra_attributes"] for row in reply[b"results"])
        return [row[b"text"].decode() for row in rows if row]
    return [fields[-1].decode() for fields in reply[2::2] if fields]
