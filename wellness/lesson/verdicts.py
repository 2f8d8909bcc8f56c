"""Verdicts on claims, derived from what was measured by a rule that a reader can check.

>>> verdict_from((4.1, 4.8), claimed_low=5, claimed_high=10)
Verdict(word='refuted', depends_on='')
>>> verdict_by({"unix socket": Verdict("refuted"), "1 ms round trip": Verdict("confirmed")})
Verdict(word='depends', depends_on='refuted: unix socket; confirmed: 1 ms round trip')
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from wellness.lesson.tables import number

Word = Literal["confirmed", "refuted", "depends"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A verdict and, when it is `depends`, on what.

    Raises:
        ValueError: no such verdict, or `depends` without saying on what.
    """

    word: Word
    depends_on: str = ""

    def __post_init__(self) -> None:
        if self.word not in get_args(Word):
            raise ValueError(f"{self.word!r} is none of {', '.join(get_args(Word))}.")
        if self.word == "depends" and not self.depends_on.strip():
            raise ValueError("A verdict that depends must say on what.")


def verdict_from(
    interval: tuple[float, float],
    *,
    claimed_low: float = -math.inf,
    claimed_high: float = math.inf,
    unit: str = "",
) -> Verdict:
    """Judge a measured interval by the claimed one: inside, outside, or across its border.

    Args:
        interval: low and high of what was measured, for instance a 95 % interval.
        claimed_low: least value that the claim allows; leave out for "under ...".
        claimed_high: greatest value that the claim allows; leave out for "at least ...".
        unit: of all of them, for the sentence that says on what it depends.

    Raises:
        ValueError: an interval is upside down, not a number, or the claim has no border.
    """
    low, high = interval
    if not low <= high or not claimed_low <= claimed_high:
        raise ValueError(f"Not intervals: {interval} and {(claimed_low, claimed_high)}.")
    borders = [border for border in (claimed_low, claimed_high) if math.isfinite(border)]
    if not borders:
        raise ValueError("A claim without a border cannot be judged.")
    if claimed_low <= low and high <= claimed_high:
        return Verdict("confirmed")
    if high < claimed_low or claimed_high < low:
        return Verdict("refuted")
    crossed = " and ".join(number(border) for border in borders if low <= border <= high)
    measured = f"{number(low)} to {number(high)} {unit}".rstrip()
    return Verdict("depends", f"the run: {measured} lies across {crossed}")


def verdict_by(conditions: Mapping[str, Verdict]) -> Verdict:
    """One verdict from several conditions: theirs if they agree, else which condition gives which.

    Raises:
        ValueError: there is no condition.
    """
    words = {verdict.word for verdict in conditions.values()}
    if not words:
        raise ValueError("There is no condition to judge by.")
    if words in ({"confirmed"}, {"refuted"}):
        return Verdict(words.pop())
    said: dict[str, list[str]] = {}
    for name, verdict in conditions.items():
        on = f" ({verdict.depends_on})" if verdict.depends_on else ""
        said.setdefault(verdict.word, []).append(name + on)
    return Verdict("depends", "; ".join(f"{w}: {', '.join(names)}" for w, names in said.items()))
