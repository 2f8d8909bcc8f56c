"""What an answer says with one of its numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from wellness.agent.validator.amounts import Amount
from wellness.agent.validator.intervals import Mention

Temporal = Literal["verb", "noun", ""]
Pair = Literal["range", "change", "of", "versus", ""]


@dataclass(frozen=True)
class Claim:
    """One number of a text.

    Attributes:
        amount: the number.
        skip: why it is not checked, if so.
        metrics, activity, stage: what it is said to be of, in its own part of the sentence.
        end: of a time of day: "bedtime" or "waking", if it is said to be one.
        nearby: metrics named elsewhere in the sentence.
        roles: average, maximum, target and so on, as said.
        change: whether it is said to be a difference; `direction` is 1 for up or more.
        temporal: "verb" or "noun" if its direction is one in time ("rose by", "a rise of"), "" if
            it compares ("more than").
        remaining: whether it is said to be what is left to do.
        hedge, negated: how exactly it is meant, and whether it is denied.
        mentions: the periods it is said to be of.
        refers: the periods it is compared with; `around` are those that its sentence has named
            so far.
        against: "target" or "average" if it is compared with one.
        pair, partner, other: how it belongs to another number, which, and its value; `first` says
            which of the two it is.
        sentence, part: which these are.
    """

    amount: Amount
    skip: str = ""
    metrics: frozenset[str] = frozenset()
    nearby: frozenset[str] = frozenset()
    activity: str = ""
    stage: str = ""
    end: str = ""
    roles: frozenset[str] = frozenset()
    change: bool = False
    direction: int = 0
    temporal: Temporal = ""
    remaining: bool = False
    hedge: str = ""
    negated: bool = False
    mentions: tuple[Mention, ...] = ()
    refers: tuple[Mention, ...] = ()
    around: tuple[Mention, ...] = ()
    against: str = ""
    pair: Pair = ""
    first: bool = False
    partner: int = -1
    other: float = 0.0
    sentence: int = -1
    part: tuple[int, int] = (0, 0)
    words: str = field(default="", repr=False)

    @property
    def about(self) -> str:
        """What it is about, in the words that decided."""
        rate = f"a {self.amount.rate}" if self.amount.rate else ""
        up = {1: "more", -1: "less", 0: "difference" if self.change else ""}[self.direction]
        said = [
            *sorted(self.roles - {"per day"}),
            up,
            self.stage,
            *sorted(self.metrics)[:1],
            self.activity,
            rate,
        ]
        return ", ".join(word for word in [*said, *(one.text for one in self.mentions)] if word)
