"""How each key is built and taken apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import quote, unquote

from wellness.keys.table import LEDGER


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

    @property
    def version(self) -> str:
        """Counter of what was added to the health data."""
        return self._key("version")

    def turns(self, conversation: str) -> str:
        """List of one conversation's turns."""
        return self._key("turns", conversation)

    @property
    def conversations(self) -> str:
        """Sorted set of conversations."""
        return self._key("conversations")

    @property
    def titles(self) -> str:
        """Hash of conversations' titles."""
        return self._key("titles")

    def embedding(self, digest: str) -> str:
        """String of one cached vector."""
        return self._key("embedding", digest)

    def embedding_lock(self, digest: str) -> str:
        """String that says who is just making a vector."""
        return self._key("embedding_lock", digest)

    @property
    def embedding_stats(self) -> str:
        """Hash of what the embedding cache did."""
        return self._key("embedding_stats")

    def memory(self, id: str) -> str:
        """Hash of one long-term memory."""
        return self._key("memory", id)

    def facts(self, subject: str) -> str:
        """Sorted set of the memories about one subject."""
        return self._key("facts", subject)

    def answer(self, id: str) -> str:
        """Hash of one cached answer."""
        return self._key("answer", id)

    def checkpoint(self, conversation: str) -> str:
        """JSON document of what became of a conversation's last turn."""
        return self._key("checkpoint", conversation)

    def metrics(self, family: str) -> str:
        """Hash of what all processes counted of one family of metrics."""
        return self._key("metrics", family)

    def series(self, name: str) -> str:
        """Time series of one number, at one resolution."""
        return self._key("series", name)

    @property
    def event_sequence(self) -> str:
        """Counter of the events on this user's channel."""
        return self._key("event_sequence")

    @property
    def audit(self) -> str:
        """Stream of what the agent did for this user."""
        return self._key("audit")

    @property
    def audit_tip(self) -> str:
        """Hash of where the audit log ends."""
        return self._key("audit_tip")

    def audit_dead(self, group: str) -> str:
        """Stream of the audit entries that one consumer group could not handle."""
        return self._key("audit_dead", group)

    def limit(self, rule: str) -> str:
        """List of when one subject was let through by one rule; the subject is the user."""
        return self._key("limit", rule)

    def quota(self, rule: str) -> str:
        """Hash of the tokens that one subject had; the subject is the user."""
        return self._key("quota", rule)

    def session(self, id: str) -> str:
        """Hash of one session."""
        return self._key("session", id)

    @property
    def sessions(self) -> str:
        """Sorted set of a person's sessions."""
        return self._key("sessions")


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
