"""Whether there is a second copy of the data, and how far behind it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from wellness.ops.finding import UNSAID, Finding, Part, fine, look_here, not_read, size, whole

LATE_S = 10  # a replica acknowledges each second: ten without a word is a fault, not a delay
BEHIND_BYTES = 1_000_000  # the default backlog: a replica further behind starts over when it drops


@dataclass(frozen=True, slots=True)
class Replica:
    """A replica as its master sees it. `lag_s`: since its last word; `behind_bytes`: not yet."""

    address: str
    state: str
    lag_s: int
    behind_bytes: int


@dataclass(frozen=True, repr=False)
class Replication(Part):
    """Role, replicas and links, as INFO says.

    Attributes:
        role: `master` or `slave`, in Redis' words; empty where it is not known.
        link: of a replica to its master, `up` or `down`; empty on a master.
        link_s: seconds since the master's last word; None on a master.
    """

    title: ClassVar[str] = "Replication"
    role: str
    replicas: tuple[Replica, ...]
    link: str
    link_s: int | None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The role, then each replica or the link to the master."""
        if not self.role:
            return (not_read("role", UNSAID),)
        if self.role != "master":
            return (fine("role", "replica", "It repeats what its master does."), self._to_master())
        if not self.replicas:
            why = "There is no replica: persistence and backups are all that survives this machine."
            return (fine("role", "master, alone", why),)
        role = fine("role", f"master of {len(self.replicas)}", "Each replica is a copy.")
        return (role, *map(_replica, self.replicas))

    def _to_master(self) -> Finding:
        value = self.link if self.link_s is None else f"{self.link}, {self.link_s} s ago"
        if self.link != "up":
            why = "The link to the master is down: what is read here is old."
            return look_here("link to master", value, why, "Look at the master and the network.")
        return fine("link to master", value, "The master was heard from.")


def _replica(replica: Replica) -> Finding:
    what = f"replica {replica.address}"
    value = f"{replica.state}, {replica.lag_s} s, {size(replica.behind_bytes)} behind"
    late = replica.lag_s > LATE_S or replica.behind_bytes > BEHIND_BYTES
    if replica.state != "online" or late:
        why = "It does not keep up: a failover to it would lose what it has not got."
        return look_here(what, value, why, "Look at its load, its disk and the network between.")
    return fine(what, value, f"Heard from within {LATE_S} s and within {size(BEHIND_BYTES)}.")


def replication_of(info: dict[str, Any]) -> Replication:
    """The replication part of an answer to INFO."""
    offset = whole(info, "master_repl_offset") or 0
    said = [info[name] for name in info if name.startswith("slave") and name[5:].isdecimal()]
    replicas = tuple(
        Replica(
            f"{one['ip']}:{one['port']}",
            str(one["state"]),
            int(one.get("lag", 0)),
            max(0, offset - int(one["offset"])),
        )
        for one in said
        if isinstance(one, dict)
    )
    return Replication(
        role=str(info.get("role", "")),
        replicas=replicas,
        link=str(info.get("master_link_status", "")),
        link_s=whole(info, "master_last_io_seconds_ago"),
    )
