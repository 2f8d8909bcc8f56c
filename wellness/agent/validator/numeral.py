"""What a number in a text is: its value, and how exactly it was said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["figures", "words", "fraction", "clock", "times"]


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number that is written somewhere.

    Attributes:
        text: as it is written, without a unit.
        start, end: where it stands.
        value: what it is worth; of a clock, minutes: after midnight, or of a duration.
        step: the size of the last place that is said: 1 for 62, 0.1 for 7.5, 100 for 1.5k.
        zeros: the step if its final zeros are rounding: 100 for 8,700.
        kind: how it is written; `clock` has a colon or "am", `times` is "twice".
        sign: -1 or 1 if one is written, else 0; `value` has it.
        exact: whether a clock is a time of day beyond doubt ("6:14 am").
    """

    text: str
    start: int
    end: int
    value: float
    step: float = 1.0
    zeros: float = 1.0
    kind: Kind = "figures"
    sign: int = 0
    exact: bool = False


def zeros_of(value: float) -> float:
    """The largest power of ten that a whole number is a multiple of; 1 for 0.

    >>> zeros_of(8700), zeros_of(62)
    (100.0, 1.0)
    """
    zeros = 1.0
    while value and zeros < 1e12 and value % (10 * zeros) == 0:
        zeros *= 10
    return zeros
