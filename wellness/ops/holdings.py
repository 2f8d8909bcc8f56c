"""All keys of one kind: how many, how heavy, and when they expire."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from wellness import keys
from wellness.ops.finding import span

SAMPLE = 100  # keys of a kind whose bytes are asked for: a few milliseconds a kind
UNKNOWN = "(no kind of ours)"


@dataclass(frozen=True, slots=True)
class Holding:
    """All keys of one kind. `bytes` is None where MEMORY USAGE is refused.

    Attributes:
        bytes: of all `keys`, scaled up from the `looked_at`.
        shortest_s, longest_s: seconds until the first and the last of those that expire do.
        without_expiry: keys that never expire.
        policy: what the table of keys says about their expiry.
    """

    kind: str
    keys: int
    bytes: int | None
    looked_at: int
    shortest_s: int | None
    longest_s: int | None
    without_expiry: int
    policy: str
    holds: str

    @property
    def estimated(self) -> bool:
        """Whether `bytes` was scaled up from a part of the keys."""
        return self.looked_at < self.keys

    @property
    def expiry(self) -> str:
        """When they go, for people."""
        if self.shortest_s is None:
            return "never"
        first, last = span(self.shortest_s), span(self.longest_s)
        within = first if first == last else f"{first} to {last}"
        return within + (f"; {self.without_expiry:,} never" if self.without_expiry else "")


@dataclass
class Tally:
    """What is counted of a kind while walking; `sample` is a reservoir (Vitter's algorithm R)."""

    kind: str
    keys: int = 0
    without: int = 0
    lives: list[int] = field(default_factory=list)  # the shortest and the longest
    sample: list[str] = field(default_factory=list)

    def add(self, name: str, ttl: int, chance: random.Random) -> None:
        """Count a key with its TTL in seconds, -1 for never."""
        self.keys += 1
        if len(self.sample) < SAMPLE:
            self.sample.append(name)
        elif (place := chance.randrange(self.keys)) < SAMPLE:
            self.sample[place] = name
        if ttl < 0:
            self.without += 1
        else:
            self.lives = [min([ttl, *self.lives]), max([ttl, *self.lives])]

    def holding(self, weigh: Callable[[Sequence[str]], Sequence[int | str | None]]) -> Holding:
        """The row, with what its sample weighs; `weigh` is `weighing.weigh` of a client."""
        known = [weight for weight in weigh(self.sample) if isinstance(weight, int)]
        row = keys.KINDS.get(self.kind)
        return Holding(
            kind=self.kind,
            keys=self.keys,
            bytes=round(sum(known) / len(known) * self.keys) if known else None,
            looked_at=len(known),
            shortest_s=self.lives[0] if self.lives else None,
            longest_s=self.lives[1] if self.lives else None,
            without_expiry=self.without,
            policy=_policy(row),
            holds=row.holds if row else "written by something else, or by an older version",
        )


def _policy(row: keys.Kind | None) -> str:
    if row is None:
        return "-"
    if row.ttl_s is None:
        return "must not expire"
    return "may expire" if row.ttl_s == keys.ANY_TTL else "must expire"
