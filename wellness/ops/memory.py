"""How much memory Redis uses, what limits it, and what it threw away for lack of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from wellness.ops.finding import (
    UNSAID,
    Finding,
    Part,
    fine,
    look_here,
    not_read,
    number,
    size,
    told,
    whole,
)

# Below this the ratio measures the process and its modules, not the data: an empty server has 14.
FRAGMENTED_FROM_BYTES = 100_000_000
FRAGMENTED = 1.5  # of the data's memory again is lost in between; active defragmentation pays then
SWAPPED = 0.9  # resident below allocated: the operating system holds a part elsewhere
NEARLY_FULL = 0.8  # of maxmemory: the rest is a reserve for clients' buffers and a rewrite's pages
MACHINE_SHARE = 0.5  # of the machine, without a limit: a fork for AOF or RDB may need it twice


@dataclass(frozen=True, repr=False)
class Memory(Part):
    """Memory in bytes, as INFO says; None where this Redis does not say it.

    Attributes:
        rss_bytes: what the operating system counts for the process.
        fragmentation: `rss_bytes` divided by `used_bytes`.
        maxmemory_bytes: the limit; 0 for none.
        policy: what happens at the limit.
        evicted: keys thrown away at the limit, since the start or the last CONFIG RESETSTAT.
        expired: keys whose time was up, since then.
    """

    title: ClassVar[str] = "Memory"
    used_bytes: int | None
    peak_bytes: int | None
    rss_bytes: int | None
    fragmentation: float | None
    maxmemory_bytes: int | None
    machine_bytes: int | None
    policy: str
    evicted: int | None
    expired: int | None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Used, peak, resident, fragmentation, limit, policy, evicted, expired."""
        return (
            told("used", size(self.used_bytes), "What the data and Redis' own tables take."),
            told("peak", size(self.peak_bytes), "The most that was ever used since the start."),
            told("resident", size(self.rss_bytes), "What the operating system counts for Redis."),
            self._fragmented(),
            self._limited(),
            self._policed(),
            self._evicted(),
            told("expired", number(self.expired), "Keys whose time was up, as it should be."),
        )

    def _fragmented(self) -> Finding:
        what, ratio = "fragmentation", self.fragmentation
        if ratio is None or self.used_bytes is None:
            return not_read(what, UNSAID)
        if self.used_bytes < FRAGMENTED_FROM_BYTES:
            why = f"Below {size(FRAGMENTED_FROM_BYTES)} of data the ratio says nothing."
            return fine(what, f"{ratio:.2f}", why)
        if ratio > FRAGMENTED:
            why = f"More than {FRAGMENTED} times the data's memory is taken from the machine."
            do = "MEMORY PURGE, then CONFIG SET activedefrag yes; a restart also packs it anew."
            return look_here(what, f"{ratio:.2f}", why, do)
        if ratio < SWAPPED:
            why = "Less is resident than is used: a part is swapped, and swapped memory is slow."
            do = "Give the machine more memory, or Redis a maxmemory that fits it."
            return look_here(what, f"{ratio:.2f}", why, do)
        return fine(what, f"{ratio:.2f}", f"Between {SWAPPED} and {FRAGMENTED}.")

    def _limited(self) -> Finding:
        what, limit, used = "maxmemory", self.maxmemory_bytes, self.used_bytes
        if limit is None or used is None:
            return not_read(what, UNSAID)
        if not limit:
            if self.machine_bytes and used > MACHINE_SHARE * self.machine_bytes:
                why = "There is no limit, and the data fills more than half of the machine."
                return look_here(what, "none", why, "Set maxmemory, and a policy for it.")
            return fine(what, "none", "There is no limit, and the machine has room.")
        share = used / limit
        value = f"{size(limit)}, {share:.0%} used"
        if share > NEARLY_FULL:
            why = f"More than {NEARLY_FULL:.0%} of the limit is used."
            return look_here(what, value, why, "Raise maxmemory, or see which keys are big.")
        return fine(what, value, f"At most {NEARLY_FULL:.0%} of the limit is used.")

    def _policed(self) -> Finding:
        what = "policy"
        if not self.policy:
            return not_read(what, UNSAID)
        if not self.maxmemory_bytes:
            return fine(what, self.policy, "Without a limit no policy comes into force.")
        if self.policy.startswith("allkeys-"):
            why = "At the limit any key may go, health data that never expires among them."
            do = "CONFIG SET maxmemory-policy volatile-lru: only what expires anyway may go."
            return look_here(what, self.policy, why, do)
        if self.policy == "noeviction":
            return fine(what, self.policy, "At the limit writes fail, and nothing is lost.")
        return fine(what, self.policy, "At the limit only keys with an expiry may go.")

    def _evicted(self) -> Finding:
        what = "evicted"
        if self.evicted is None:
            return not_read(what, UNSAID)
        if self.evicted:
            why = "Keys were thrown away before their time because memory ran out."
            do = "Raise maxmemory, or shorten the life of what is cached."
            return look_here(what, number(self.evicted), why, do)
        return fine(what, "0", "No key was thrown away for lack of memory.")


def memory_of(info: dict[str, Any]) -> Memory:
    """The memory part of an answer to INFO."""
    return Memory(
        used_bytes=whole(info, "used_memory"),
        peak_bytes=whole(info, "used_memory_peak"),
        rss_bytes=whole(info, "used_memory_rss"),
        fragmentation=info.get("mem_fragmentation_ratio"),
        maxmemory_bytes=whole(info, "maxmemory"),
        machine_bytes=whole(info, "total_system_memory"),
        policy=str(info.get("maxmemory_policy", "")),
        evicted=whole(info, "evicted_keys"),
        expired=whole(info, "expired_keys"),
    )
