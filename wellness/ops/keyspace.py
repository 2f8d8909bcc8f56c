"""What a namespace, or one person in it, has in Redis: keys, bytes and expiry by kind of key.

Names, types and expiries are looked at for every key that the budget reaches. Bytes are asked for
a sample of each kind and scaled up, which the result says; MEMORY USAGE in turn looks at five
elements of a collection, so even a key's own bytes are an estimate when its elements differ.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from redis import Redis

from wellness import keys
from wellness.ops.finding import Finding, Part, Table, fine, look_here, not_read, number, size
from wellness.ops.holdings import UNKNOWN, Holding, Tally
from wellness.ops.walk import Budget, Coverage, Walk, covered
from wellness.ops.weighing import described, weigh
from wellness.settings import Settings

SEED = 7  # of the choice, so that two looks at the same data agree
SHOWN = 5  # keys named in a finding; `problems` has them all


@dataclass(frozen=True, repr=False)
class Keyspace(Part):
    """What a namespace holds, largest first. `problems` are keys that differ from their policy."""

    title: ClassVar[str] = "Keys by kind"
    namespace: str
    user: str | None
    holdings: tuple[Holding, ...]
    problems: tuple[keys.Finding, ...]
    coverage: Coverage

    @property
    def caption(self) -> str:
        """Whose keys these are."""
        whose = self.namespace if self.user is None else f"{self.user} in {self.namespace}"
        return f"{self.title} of {whose}"

    @property
    def keys(self) -> int:
        """How many keys were found."""
        return sum(one.keys for one in self.holdings)

    @property
    def bytes(self) -> int | None:
        """What they take; None where MEMORY USAGE is refused."""
        known = [one.bytes for one in self.holdings if one.bytes is not None]
        return sum(known) if known or not self.holdings else None

    @property
    def looked_at(self) -> int:
        """Keys whose bytes were asked for."""
        return sum(one.looked_at for one in self.holdings)

    @property
    def estimated(self) -> bool:
        """Whether some bytes were scaled up, or some keys were not reached."""
        return not self.coverage.complete or any(one.estimated for one in self.holdings)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Number, bytes, and the keys that have no expiry or a wrong one."""
        return (
            fine("keys", number(self.keys), f"By SCAN: {self.coverage}."),
            self._weighed(),
            self._expiring(),
            self._others(),
        )

    @property
    def tables(self) -> tuple[Table, ...]:
        """One row a kind."""
        rows = tuple(
            (one.kind, f"{one.keys:,}", ("about " if one.estimated else "") + size(one.bytes),
             f"{one.looked_at:,}", one.expiry, one.policy, one.holds)
            for one in self.holdings
        )  # fmt: skip
        head = ("kind", "keys", "bytes", "of them asked", "expires in", "policy", "what it is")
        return (Table(self.caption, head, rows),) if rows else ()

    def _weighed(self) -> Finding:
        if self.bytes is None:
            return not_read("bytes", "Redis refused MEMORY USAGE, or the keys are gone.")
        if self.estimated:
            why = f"An estimate: MEMORY USAGE was asked for {self.looked_at:,} of them."
            return fine("bytes", f"about {size(self.bytes)}", why)
        return fine("bytes", size(self.bytes), "MEMORY USAGE was asked for each of them.")

    def _expiring(self) -> Finding:
        found = [one for one in self.problems if one.problem.startswith("never expires")]
        if not found:
            return fine("without an expiry", "0", "Each key that ought to expire does.")
        why = f"They ought to expire and stay for ever: {_named(found)}."
        do = "Find who writes them; EXPIRE gives each a life until then."
        return look_here("without an expiry", number(len(found)), why, do)

    def _others(self) -> Finding:
        found = [one for one in self.problems if not one.problem.startswith("never expires")]
        if not found:
            return fine("otherwise unlike the table", "0", "Types and expiries are as agreed.")
        why = f"{found[0].key} {found[0].problem}; in all: {_named(found)}."
        return look_here("otherwise unlike the table", number(len(found)), why,
                         "Correct who writes them, or the table in wellness/keys.")  # fmt: skip


def _named(found: list[keys.Finding]) -> str:
    shown = ", ".join(one.key for one in found[:SHOWN])
    return shown + (f" and {len(found) - SHOWN} more" if len(found) > SHOWN else "")


def keyspace(
    client: Redis,
    namespace: str,
    user: str | None = None,
    *,
    settings: Settings | None = None,
    budget: Budget | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Keyspace:
    """Count what a namespace holds, or with `user` everything that Redis holds of one person.

    Args:
        client: bytes or text replies, either will do.
        namespace: for instance `wellness`.
        user: whose keys; by default everybody's.
        settings: hold the expiries of the kinds; by default their defaults do.
        budget: when to stop; by default `Budget()`.
        clock: monotonic seconds.
    """
    walk = Walk(client, namespace, user, budget=budget or Budget(), clock=clock)
    tallies: dict[str, Tally] = {}
    problems: list[keys.Finding] = []
    chance = random.Random(SEED)
    seen: set[str] = set()
    for names in walk:
        fresh = [name for name in dict.fromkeys(names) if name not in seen]
        seen.update(fresh)
        for name, type_name, ttl in described(client, fresh):
            found = keys.parse(name).kind
            kind = found if found in keys.KINDS else UNKNOWN
            tallies.setdefault(kind, Tally(kind)).add(name, ttl, chance)
            if problem := keys.policy_problem(name, type_name, ttl, settings):
                problems.append(keys.Finding(name, problem))
    rows = [tally.holding(partial(weigh, client)) for tally in tallies.values()]
    rows.sort(key=lambda row: (-(row.bytes or 0), -row.keys, row.kind))
    return Keyspace(namespace, user, tuple(rows), tuple(sorted(problems)), covered(client, walk))
