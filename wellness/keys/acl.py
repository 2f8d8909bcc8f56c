"""Who may do what: the rules of Redis users for the kit's parts, made from the table of keys.

A part may touch the kinds of keys that it owns or needs, each to read or to write, and may use the
commands of its job. What this does not do must be known:

- SCAN, FT._LIST and INFO name keys, indexes and numbers of everybody.
- **A search is not limited by key patterns.** Who may use an index sees what is in it, whoever's
  key it came from. So the user's filter in `wellness.memory.queries.scope` is what keeps people
  apart, and whoever has rights here is trusted with it. A person never logs in to Redis.

>>> "~wellness:{*}:turns:*" in acl_rules("agent"), "%R~wellness:{*}:profile" in acl_rules("agent")
(True, True)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from wellness.keys.table import KINDS, LEDGER, LESSON, PERSON, PROGRESS, Kind

RoleName = Literal["agent", "ingester", "dashboard", "learner"]

# What any client of the kit says before and between its commands.
CONNECT = ("auth", "hello", "ping", "echo", "select", "client|id", "client|setname",
           "client|setinfo", "client|getname", "command|info", "info", "wait")  # fmt: skip
# By category, for which key patterns are the limit; what is dangerous to all is taken out again.
READ = ("@read", "@transaction")
# Limits count by the server's time.
WRITE = ("@read", "@write", "@transaction", "eval", "evalsha", "script|exists", "script|load",
         "time")  # fmt: skip
NEVER = ("@dangerous", "@admin", "@blocking", "@scripting", "randomkey")
SEARCH = ("ft._list", "ft.info", "ft.search", "ft.aggregate")
JSON = ("json.get", "json.set", "json.del", "json.merge", "json.type")
SERIES_READ = ("ts.get", "ts.info", "ts.range", "ts.revrange")
SERIES_WRITE = ("ts.add", "ts.create", "ts.createrule", "ts.madd", "ts.alter")
LOOK = ("dbsize", "slowlog|get", "slowlog|len", "latency|latest", "latency|history",
        "memory|usage", "memory|stats", "object|encoding", "xinfo|stream", "xinfo|groups",
        "xinfo|consumers", "cluster|info", "cluster|slots")  # fmt: skip
EVENTS = ("publish", "subscribe", "unsubscribe")


@dataclass(frozen=True)
class Role:
    """A part of the kit as a Redis user.

    Attributes:
        does: its job.
        reads, writes: owners of kinds of keys, as the table names them, or the beginning of several
            ("memory" for all rooms of memory).
        commands: and categories of them, beyond those of any connection.
        namespaces: other than the person's, in which it may do what it likes.
        indexes: whether it may use search indexes, or make them, too.
        events: whether it may use the channels of events.
    """

    does: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    commands: tuple[str, ...]
    namespaces: tuple[str, ...] = ()
    indexes: Literal["", "use", "make"] = ""
    events: bool = False


ROLES: dict[RoleName, Role] = {
    "agent": Role(
        "talks, remembers, and looks at the health data, whose rollups it brings up to date",
        reads=("health",),
        writes=("memory", "agent", "health.rollups", "ops.publisher", "ops.audit",
                "ops.metrics_store", "ops.limits", "ops.quota"),
        commands=(*WRITE, *SEARCH, *JSON, *EVENTS),
        indexes="make",
        events=True,
    ),
    "ingester": Role(
        "imports an export: health data, and nothing that was said",
        reads=(),
        writes=("health", "ops.publisher"),
        commands=(*WRITE, "publish"),
        events=True,
    ),
    "dashboard": Role(
        "shows what is there and how Redis is; changes nothing",
        reads=("health", "memory", "agent", "ops"),
        writes=(),
        commands=(*READ, *LOOK, *SERIES_READ, "ft._list", "ft.info", "json.type", "json.get",
                  "subscribe", "unsubscribe", "ping"),
        indexes="use",
        events=True,
    ),
    "learner": Role(
        "does the lessons, in namespaces of their own, and sees no person's data",
        reads=(),
        writes=(),
        commands=(*WRITE, *SEARCH, *JSON, *SERIES_READ, *SERIES_WRITE, *EVENTS, "ft.dropindex",
                  "memory|usage", "object|encoding"),
        namespaces=(LESSON, LEDGER, PROGRESS),
        indexes="make",
        events=True,
    ),
}  # fmt: skip


def acl_rules(role: RoleName, namespace: str = PERSON) -> list[str]:
    """The rules for `ACL SETUSER name on >password ...`, or for a line of an ACL file.

    Args:
        role: a part of the kit.
        namespace: whose keys a person's are.
    """
    given = ROLES[role]
    return ["resetkeys", "resetchannels", "nocommands", *_keys(given, namespace),
            *_channels(given, namespace), *_commands(given)]  # fmt: skip


def _keys(role: Role, namespace: str) -> Iterator[str]:
    for kind in KINDS.values():
        writes, reads = _owned(kind, role.writes), _owned(kind, role.reads)
        if writes or reads:
            right = "~" if writes else "%R~"
            yield from (f"{right}{namespace}:{pattern}" for pattern in _patterns(kind))
    places = role.namespaces or ((namespace,) if role.indexes else ())
    if role.indexes:
        yield from (f"~{place}:{'*' if role.namespaces else 'index:*'}" for place in places)


def _owned(kind: Kind, owners: tuple[str, ...]) -> bool:
    return any(kind.owner == owner or kind.owner.startswith(f"{owner}.") for owner in owners)


def _patterns(kind: Kind) -> Iterator[str]:
    """A kind's keys as globs, with a part and without; braces mean themselves.

    A `*` may also match what separates the parts of a key, but a user or a part never has that:
    both are percent-encoded.
    """
    whole = kind.pattern.replace("{user}", "{*}")
    head, _, part = whole.partition(":<")
    yield head
    if part:
        yield f"{head}:*"


def _channels(role: Role, namespace: str) -> Iterator[str]:
    if role.events:
        places = [f"{place}:*" for place in role.namespaces]
        yield from (f"&{place}" for place in places or [f"{namespace}:{{*}}:events"])


def _commands(role: Role) -> Iterator[str]:
    """Categories, less what nobody gets, and then single commands, which may be among those."""
    categories = [name for name in role.commands if name.startswith("@")]
    yield from (f"+{name}" for name in categories)
    yield from (f"-{name}" for name in NEVER)
    single = (name for name in role.commands if not name.startswith("@"))
    yield from (f"+{name}" for name in dict.fromkeys((*CONNECT, *single)))
    if role.indexes == "make":
        yield "+ft.create"
