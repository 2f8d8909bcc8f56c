"""The table of keys: what each kind is, who owns it and when it expires."""

from __future__ import annotations

from typing import NamedTuple

PERSON = "wellness"
LEDGER = "wellness:ledger"  # claims and progress outlive lessons, so they have a namespace each
PROGRESS = "wellness:progress"
LESSON = "wellness:lesson"
ANY_TTL = -1
DAY_S, HOUR_S = 86_400, 3_600  # the longest window of a limit, and its longest slot
EVERYONE = "*"  # the owner of what all users may recall; nobody can be called that


class Kind(NamedTuple):
    """One row of the table. `ttl_s` None: the key must not expire; `ANY_TTL`: it may.

    A name in `ttl_s` is that of the setting that holds the seconds.
    """

    name: str
    pattern: str
    type: str
    owner: str
    ttl_s: int | str | None
    holds: str


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("readings", "{user}:readings:<type>", "zset", "health.store", None,
             "one member a reading, scored by its start"),
        Kind("days", "{user}:days:<type>", "hash", "health.rollups", None,
             "one field a local day: the rollup"),
        Kind("stale", "{user}:stale:<type>", "set", "health.rollups", None,
             "days whose rollup may be behind its readings"),
        Kind("tags", "{user}:tags:<type>", "hash", "health.store", None,
             "(source, unit, category, zone) to the small number that a type's members carry"),
        Kind("sources", "{user}:sources", "hash", "health.store", None,
             "source name to the kind of device: watch, phone or other"),
        Kind("workouts", "{user}:workouts", "zset", "health.workouts", None,
             "one JSON member a workout, scored by its start"),
        Kind("correlations", "{user}:correlations", "zset", "health.store", None,
             "one JSON member a group of readings, scored by its start"),
        Kind("activity", "{user}:activity", "hash", "health.store", None,
             "Apple's own daily totals: one field a day"),
        Kind("beats", "{user}:beats", "zset", "health.store", None,
             "one JSON member an HRV measurement with its beats"),
        Kind("profile", "{user}:profile", "hash", "health.store", None,
             "zone, export date, locale, characteristics"),
        Kind("imports", "{user}:imports", "list", "health.store", None,
             "reports of the last imports, newest first"),
        Kind("version", "{user}:version", "string", "health.store", None,
             "counts what was added to the health data, so that cached answers know their age"),
        Kind("turns", "{user}:turns:<conversation>", "list", "memory.short_term",
             "conversation_ttl_s", "one JSON element a turn, oldest first"),
        Kind("conversations", "{user}:conversations", "zset", "memory.short_term",
             "conversation_ttl_s", "conversations, scored by when they expire"),
        Kind("titles", "{user}:titles", "hash", "memory.short_term",
             "conversation_ttl_s", "conversation to its title"),
        Kind("embedding", "{user}:embedding:<digest>", "string", "memory.embedding_cache",
             "embedding_ttl_s", "one vector: four bytes a dimension"),
        Kind("embedding_lock", "{user}:embedding_lock:<digest>", "string",
             "memory.embedding_cache", "embedding_ttl_s", "who is just embedding this text"),
        Kind("embedding_stats", "{user}:embedding_stats", "hash", "memory.embedding_cache", None,
             "hits, misses, bytes and time saved, of all processes"),
        Kind("memory", "{user}:memory:<id>", "hash", "memory.long_term", "memory_ttl_s",
             "one memory: text, vector, slots, validity; indexed"),
        Kind("facts", "{user}:facts:<subject>", "zset", "memory.long_term", "memory_ttl_s",
             "what was ever true of one subject: memories, scored by when each began to hold"),
        Kind("answer", "{user}:answer:<id>", "hash", "memory.semantic_cache", "answer_ttl_s",
             "one cached answer with its question's vector and slots; indexed"),
        Kind("checkpoint", "{user}:checkpoint:<conversation>", "ReJSON-RL", "agent.checkpoints",
             "checkpoint_ttl_s", "LangGraph's state at the end of a conversation's last turn"),
        Kind("metrics", "{user}:metrics:<family>", "hash", "ops.metrics_store", "metrics_ttl_s",
             "one field a bucket or count of one family of metrics, of all processes and users"),
        Kind("series", "{user}:series:<name>", "TSDB-TYPE", "ops.series", "metrics_hours_s",
             "one number over time, at one resolution"),
        Kind("event_sequence", "{user}:event_sequence", "string", "ops.publisher", None,
             "the number of the last event that was published on the user's channel"),
        Kind("audit", "{user}:audit", "stream", "ops.audit", "audit_ttl_s",
             "what the agent did, one entry an event, each chained to the one before"),
        Kind("audit_tip", "{user}:audit_tip", "hash", "ops.audit", "audit_ttl_s",
             "number, hash and id of the audit log's last entry, and how its chain is made"),
        Kind("audit_dead", "{user}:audit_dead:<group>", "stream", "ops.group",
             "audit_ttl_s", "entries that a consumer group could not handle, each with the reason"),
        Kind("limit", "{user}:limit:<rule>", "list", "ops.limits", DAY_S,
             "when one subject was let through in the last window, in microseconds"),
        Kind("quota", "{user}:quota:<rule>", "hash", "ops.quota", DAY_S + HOUR_S,
             "one field a slot of time: the tokens that one subject had in it"),
        Kind("session", "{user}:session:<id>", "hash", "lesson.sessions", "session_ttl_s",
             "one session of a person who signed in: its role, and when it began"),
        Kind("sessions", "{user}:sessions", "zset", "lesson.sessions", "session_ttl_s",
             "a person's sessions, scored by when they expire"),
        Kind("scratch", "{user}:scratch:<name>", "any", "notebooks", ANY_TTL,
             "what a lesson tries out; gone with the lesson's namespace"),
        Kind("claims", "{all}:claims", "hash", "lesson.claims", None,
             "one field a claim: what was measured on this machine"),
        Kind("progress", "{user}:progress", "hash", "lesson.kit", None,
             "one field an exercise: when it was passed"),
    )
}  # fmt: skip
