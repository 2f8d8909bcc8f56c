"""The table of keys, and how each is built and taken apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import quote, unquote

PERSON = "wellness"
LEDGER = "wellness:ledger"  # claims and progress outlive lessons, so they have a namespace each
PROGRESS = "wellness:progress"
LESSON = "wellness:lesson"
ANY_TTL = -1


class Kind(NamedTuple):
    """One row of the table. `ttl_s` None: the key must not expire; `ANY_TTL`: it may."""

    name: str
    pattern: str
    type: str
    owner: str
    ttl_s: int | None
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
        Kind("scratch", "{user}:scratch:<name>", "any", "notebooks", ANY_TTL,
             "what a lesson tries out; gone with the lesson's namespace"),
        Kind("claims", "{all}:claims", "hash", "lesson.claims", None,
             "one field a claim: what was measured on this machine"),
        Kind("progress", "{user}:progress", "hash", "lesson.kit", None,
             "one field an exercise: when it was passed"),
    )
}  # fmt: skip


def encode(name: str) -> str:
    """A user or type name as it stands in a key: percent-encoded UTF-8.

    Raises:
        ValueError: the name is empty; an empty hash tag would spread a user over all slots.
    """
    if not name:
        raise ValueError("A name in a key cannot be empty.")
    return quote(name, safe="", errors="surrogatepass")


@dataclass(frozen=True, slots=True)
class Keys:
    """Builds the keys of one user in one namespace."""

    namespace: str
    user: str

    def _key(self, kind: str, part: str = "") -> str:
        key = f"{self.prefix}{kind}"
        return f"{key}:{encode(part)}" if part else key

    @property
    def prefix(self) -> str:
        """What all of this user's keys begin with."""
        return f"{self.namespace}:{{{encode(self.user)}}}:"

    def readings(self, type: str) -> str:
        """Sorted set of one type's readings."""
        return self._key("readings", type)

    def days(self, type: str) -> str:
        """Hash of one type's daily rollups."""
        return self._key("days", type)

    def stale(self, type: str) -> str:
        """Set of one type's days whose rollup must be made again."""
        return self._key("stale", type)

    def tags(self, type: str) -> str:
        """Hash of one type's interned (source, unit, category, zone)."""
        return self._key("tags", type)

    @property
    def sources(self) -> str:
        """Hash of source names to kinds of device."""
        return self._key("sources")

    def scratch(self, name: str) -> str:
        """A key for trying something out in a lesson; of any type."""
        return self._key("scratch", name)

    @property
    def workouts(self) -> str:
        """Sorted set of workouts."""
        return self._key("workouts")

    @property
    def correlations(self) -> str:
        """Sorted set of correlations."""
        return self._key("correlations")

    @property
    def activity(self) -> str:
        """Hash of activity summaries by date."""
        return self._key("activity")

    @property
    def beats(self) -> str:
        """Sorted set of HRV beat lists."""
        return self._key("beats")

    @property
    def profile(self) -> str:
        """Hash of what is known about the person and the export."""
        return self._key("profile")

    @property
    def imports(self) -> str:
        """List of import reports."""
        return self._key("imports")

    @property
    def progress(self) -> str:
        """Hash of passed exercises."""
        return self._key("progress")


def claims_key(namespace: str = LEDGER) -> str:
    """Hash of the claims ledger of this Redis."""
    return f"{namespace}:{{all}}:claims"


class KeyParts(NamedTuple):
    """A key taken apart; `kind` is not in `KINDS` when the key is not one of ours."""

    namespace: str
    user: str
    kind: str
    part: str


def _decode(name: str) -> str:
    return unquote(name, errors="surrogatepass")


def parse(key: str) -> KeyParts:
    """Take a key apart.

    >>> parse("wellness:{ann}:readings:HeartRate")
    KeyParts(namespace='wellness', user='ann', kind='readings', part='HeartRate')
    """
    head, _, rest = key.partition(":{")
    user, _, tail = rest.partition("}:")
    kind, _, part = tail.partition(":")
    return KeyParts(head, _decode(user), kind, _decode(part))
