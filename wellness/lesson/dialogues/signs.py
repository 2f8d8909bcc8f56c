"""Parts with their intervals, and exact tests of pairs.

The sign test is that of W. J. Dixon and A. M. Mood (The statistical sign test, Journal of the
American Statistical Association 41, 1946): of the pairs in which two differ, how likely is it that
so many or more fall to one side, if each side is as likely? Of verdicts that are right or wrong it
is McNemar's test in its exact form (Q. McNemar, Note on the sampling error of the difference
between correlated proportions or percentages, Psychometrika 12, 1947). The interval of a part is
that of E. B. Wilson (Probable inference, the law of succession, and statistical inference, Journal
of the American Statistical Association 22, 1927).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from scipy.stats import binomtest

Word = Literal["better", "worse", "no difference"]
LEVEL = 0.05  # a sign test below it counts as a difference


class Part(NamedTuple):
    """How many of how many, with a 95 % interval of the part."""

    right: int
    of: int
    low: float
    high: float

    def __str__(self) -> str:
        low, high = (f"{100 * end:.0f}" for end in (self.low, self.high))
        return f"{self.right} of {self.of} [{low} to {high} %]"


class Signs(NamedTuple):
    """Pairs in which the stateful one was better, equal, worse; `p` of the exact sign test."""

    wins: int
    ties: int
    losses: int
    p: float

    @property
    def of(self) -> int:
        """How many pairs there are."""
        return self.wins + self.ties + self.losses

    @property
    def word(self) -> Word:
        """What the signs show."""
        if self.p >= LEVEL:
            return "no difference"
        return "better" if self.wins > self.losses else "worse"

    def __str__(self) -> str:
        return f"{self.wins} won, {self.ties} tied, {self.losses} lost, p = {self.p:.2g}"


def part(right: int, of: int) -> Part:
    """A part with Wilson's interval.

    >>> str(part(8, 10))
    '8 of 10 [49 to 94 %]'

    Raises:
        ValueError: it is none of none.
    """
    low, high = binomtest(right, of).proportion_ci(method="wilson")
    return Part(right, of, float(low), float(high))


def signs(differences: Sequence[float]) -> Signs:
    """Differences of pairs as wins, ties and losses; ties say nothing and are left out of the test.

    >>> signs([1, 1, 1, 1, 1, 1, 0, 0])
    Signs(wins=6, ties=2, losses=0, p=0.03125)
    """
    wins, losses = (sum(sign * one > 0 for one in differences) for sign in (1, -1))
    p = float(binomtest(wins, wins + losses, 0.5).pvalue) if wins + losses else 1.0
    return Signs(wins, len(differences) - wins - losses, losses, p)
