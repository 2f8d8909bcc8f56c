"""What Redis holds of a namespace: found with SCAN, deleted with UNLINK, audited by the table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from redis import Redis
from redis.exceptions import ResponseError

from wellness.keys.indexes import index_prefix, is_index_of
from wellness.keys.names import Keys, parse
from wellness.keys.table import ANY_TTL, KINDS, PERSON, Kind
from wellness.settings import Settings

SCAN_COUNT = 1_000  # keys per SCAN step: a few hundred microseconds of server time


def scan(client: Redis, namespace: str, user: str | None = None) -> Iterator[str]:
    """Names of all keys of a namespace, or of one user in it, without blocking the server.

    A key may come more than once, and one written meanwhile may be missed: SCAN's guarantees.
    """
    start = Keys(namespace, user).prefix if user is not None else index_prefix(namespace)
    for key in client.scan_iter(match=f"{glob_escape(start)}*", count=SCAN_COUNT):
        yield key.decode() if isinstance(key, bytes) else key


def glob_escape(text: str) -> str:
    r"""Text as a SCAN pattern that matches only itself.

    >>> glob_escape("a*[b]")
    'a\\*\\[b\\]'
    """
    return "".join(f"\\{c}" if c in "*?[]^-\\" else c for c in text)


def users(client: Redis, namespace: str) -> list[str]:
    """Everyone who has health data in a namespace, sorted by name."""
    return sorted({p.user for p in map(parse, scan(client, namespace)) if p.kind == "profile"})


def delete(client: Redis, namespace: str, user: str | None = None) -> int:
    """Delete a namespace, or one user in it, with SCAN and UNLINK; returns how many keys went.

    A whole namespace goes with its search indexes.
    """
    if user is None:
        drop_indexes(client, lambda name: is_index_of(namespace, name))
    gone = 0
    batch: list[str] = []
    for key in scan(client, namespace, user):
        batch.append(key)
        if len(batch) == SCAN_COUNT:
            gone += _unlink(client, batch)
            batch.clear()
    return gone + _unlink(client, batch)


def _unlink(client: Redis, names: Iterable[str]) -> int:
    """Delete keys, each by a command of its own: a Cluster refuses one with keys of several."""
    pipe = client.pipeline(transaction=False)
    for name in names:
        pipe.unlink(name)
    return sum(pipe.execute())


def delete_all(client: Redis, namespace: str = PERSON) -> int:
    """Delete all that the kit stored: people, lessons, tests, ledger, progress; how many keys."""
    drop_indexes(client, lambda name: name.startswith(f"{namespace}:"))
    gone = 0
    pattern = f"{glob_escape(namespace)}:*"
    for key in client.scan_iter(match=pattern, count=SCAN_COUNT):
        gone += int(client.unlink(key))
    return gone


def drop_indexes(client: Redis, ours: Callable[[str], bool]) -> None:
    """Drop search indexes by their name; the documents stay."""
    try:
        names: Any = client.execute_command("FT._LIST")  # type: ignore[no-untyped-call]
    except ResponseError:  # no Search module, so no index
        return
    for name in (name.decode() if isinstance(name, bytes) else name for name in names):
        if ours(name):
            client.execute_command("FT.DROPINDEX", name)  # type: ignore[no-untyped-call]


class Finding(NamedTuple):
    """A key whose type or expiry differs from its policy."""

    key: str
    problem: str


def audit(client: Redis, namespace: str, settings: Settings | None = None) -> list[Finding]:
    """Each key of a namespace whose type or expiry is not what the table says.

    Args:
        client: bytes or text replies, either will do.
        namespace: for instance `wellness` or `wellness:lesson:01-4f2a`.
        settings: hold the seconds of the kinds that expire; by default their defaults do.
    """
    names = sorted(set(scan(client, namespace)))
    pipe = client.pipeline(transaction=False)
    for name in names:
        pipe.type(name)
        pipe.ttl(name)
    replies: list[Any] = pipe.execute()
    findings = []
    for name, found, ttl in zip(names, replies[::2], replies[1::2], strict=True):
        type_name = found.decode() if isinstance(found, bytes) else found
        if type_name == "none":
            continue  # expired or deleted since the SCAN
        if problem := policy_problem(name, type_name, ttl, settings):
            findings.append(Finding(name, problem))
    return findings


def policy_problem(key: str, type_name: str, ttl: int, settings: Settings | None = None) -> str:
    """What about a key's type or expiry is not as the table says; empty if nothing is.

    Args:
        key: its name.
        type_name: what TYPE answers.
        ttl: what TTL answers: seconds, or -1 for a key that never expires.
        settings: as for `audit`.
    """
    kind = KINDS.get(parse(key).kind)
    if kind is None:
        return "no kind of key in wellness/keys/table.py"
    if kind.ttl_s == ANY_TTL:
        return ""
    if type_name != kind.type:
        return f"is a {type_name}, should be a {kind.type}"
    limit = _limit_s(kind, settings)
    if limit is None and ttl >= 0:
        return f"expires in {ttl} s, should not expire"
    if limit is not None and ttl < 0:
        return f"never expires, should within {limit} s"
    if limit is not None and ttl > limit:
        return f"expires in {ttl} s, should within {limit} s"
    return ""


def _limit_s(kind: Kind, settings: Settings | None) -> int | None:
    if not isinstance(kind.ttl_s, str):
        return kind.ttl_s
    default = Settings.model_fields[kind.ttl_s].default
    return int(getattr(settings, kind.ttl_s) if settings else default)
