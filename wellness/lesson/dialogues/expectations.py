"""What is expected of an answer, and the rule by which it is right: one class a kind.

>>> expected = Number((Amount(74_040.8, "steps", within=740.4),))
>>> expected.answer
'74,041 steps'
>>> expected.judge("You took 74,000 steps last week.")
Graded(right=True, why='says 74000 steps')
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, Protocol

from wellness.health.periods import MONTHS
from wellness.lesson.dialogues import wording
from wellness.lesson.dialogues.figures import Amount, Figure, figures
from wellness.lesson.dialogues.wording import Way

MOST = 10  # different numbers of one unit: an answer that lists more does not answer
CONTRAST = re.compile(  # words that tell a value that holds from one that does not
    r"\b(?:now|current(?:ly)?|today|nowadays|since|later|until|till|before|previous(?:ly)?|earlier"
    r"|old|former(?:ly)?|was|were|had been|chang\w+|replac\w+|updat\w+|correct\w+|supersed\w+"
    r"|instead|no longer|not|rather than|used to|original(?:ly)?|at first|initial(?:ly)?)\b"
)


class Graded(NamedTuple):
    """A verdict on one answer, and the reason in words."""

    right: bool
    why: str


class Expectation(Protocol):
    """What a turn of a script expects."""

    @property
    def answer(self) -> str:
        """A right answer, for people."""

    def judge(self, text: str) -> Graded:
        """Whether an answer is right."""


@dataclass(frozen=True)
class Number:
    """A number of the data, in any of the readings that the question leaves open."""

    amounts: tuple[Amount, ...]

    @property
    def answer(self) -> str:
        """The number with its unit."""
        return str(self.amounts[0])

    def judge(self, text: str) -> Graded:
        """Right if the number is stated, and not among a list of others."""
        fits, listed, shown = _stated(text, self.amounts)
        if not fits and not self.amounts[0].value and _none(text, self.amounts[0].unit):
            return Graded(True, "says that there are none")
        if not fits:
            return Graded(False, f"expected {self.answer}; says {shown}")
        return listed or Graded(True, f"says {fits}")


@dataclass(frozen=True)
class Told:
    """A number that the person said; `stale` are others they said of the same thing."""

    amount: Amount
    stale: tuple[Amount, ...] = ()

    @property
    def answer(self) -> str:
        """The number with its unit."""
        return str(self.amount)

    def judge(self, text: str) -> Graded:
        """Right if it is stated; beside another one only with words that tell them apart."""
        fits, listed, shown = _stated(text, (self.amount,))
        if not fits or listed:
            return listed or Graded(False, f"expected {self.answer}; says {shown}")
        both = _stated(text, self.stale)[0] is not None
        if both and not any(CONTRAST.search(sentence) for sentence in wording.statements(text)):
            return Graded(False, f"says {self.answer} and another value as if both held")
        return Graded(True, f"says {self.answer}")


@dataclass(frozen=True)
class Words:
    """Words that the answer needs, all of them, and some that make it wrong; patterns."""

    answer: str
    words: tuple[str, ...]
    without: tuple[str, ...] = ()

    def judge(self, text: str) -> Graded:
        """Right if all words are there and none of the wrong ones."""
        said = "\n".join(wording.claims(text))
        if missing := [word for word in self.words if not re.search(rf"\b(?:{word})", said)]:
            return Graded(False, f"does not say {missing[0]!r}")
        return _without(text, self.without) or Graded(True, f"says {self.answer}")


@dataclass(frozen=True)
class Day:
    """A day; an answer may leave out the year."""

    day: date

    @property
    def answer(self) -> str:
        """The day in words."""
        return f"{self.day.day} {MONTHS[self.day.month - 1]} {self.day.year}"

    def judge(self, text: str) -> Graded:
        """Right if the day is named."""
        full = (self.day.year, self.day.month, self.day.day)
        if any(one in (full, (None, *full[1:])) for one in wording.dates(text)):
            return Graded(True, f"names {self.answer}")
        return Graded(False, f"expected {self.answer}; does not name it")


@dataclass(frozen=True)
class Direction:
    """Which way one number lies from another, or a yes or no that says so.

    Attributes:
        way, asked: the right one, and the one that a "yes" confirms.
        names: patterns for what is compared, as for `wording.ways`.
        numbers: an answer without a direction will do if it states one of each of these.
    """

    way: Way
    asked: Way
    names: tuple[str, str] = ("", "")
    numbers: tuple[tuple[Amount, ...], ...] = ()

    @property
    def answer(self) -> str:
        """Yes or no, and which way."""
        word = {"higher": "higher", "lower": "lower", "same": "the same"}[self.way]
        return f"{'Yes' if self.way == self.asked else 'No'}, it was {word}"

    def judge(self, text: str) -> Graded:
        """Right if the answer leaves no way open but this one, or only what a plain no leaves."""
        if found := wording.ways(text, self.asked, self.names):
            return Graded(self.way in found, f"says {' or '.join(sorted(found))}; it is {self.way}")
        stated = [_stated(text, amounts) for amounts in self.numbers]
        if stated and all(fits and not listed for fits, listed, _ in stated):
            return Graded(True, "says no direction, but the numbers that show it")
        return Graded(False, f"expected {self.way}; says no direction")


@dataclass(frozen=True)
class Refusal:
    """That it is not known. A number of the unit is then made up, unless it may be said."""

    unit: str = ""
    may: tuple[Amount, ...] = ()
    without: tuple[str, ...] = ()
    because: str = ""
    answer: str = "I do not know"

    def judge(self, text: str) -> Graded:
        """Right if the answer says that it does not know, and claims nothing all the same."""
        if not wording.unknown(text):
            return Graded(False, "does not say that this is unknown")
        if self.unit:
            kind = Amount(0.0, self.unit, 0.0)
            claimed = [
                one for one in figures("\n".join(wording.statements(text)))
                if one.value and re.search(r"\d", one.text) and kind.alike(one)
                and not any(amount.fits(one) for amount in self.may)
            ]  # fmt: skip
            if claimed:
                return Graded(False, f"claims {claimed[0]} all the same")
        return _without(text, self.without) or Graded(True, "says that it is unknown")


@dataclass(frozen=True)
class Statement:
    """The person states something: whatever is answered is not graded."""

    answer: str = ""

    def judge(self, text: str) -> Graded:
        """Nothing is expected.

        Raises:
            TypeError: always; a statement has no right answer.
        """
        raise TypeError("A turn that states something is not graded.")


def _stated(text: str, amounts: Sequence[Amount]) -> tuple[Figure | None, Graded | None, str]:
    """The first number that is one of the amounts, the verdict on a list, and what is said."""
    said = figures("\n".join(wording.statements(text)))
    fitting = next((one for one in said if any(amount.fits(one) for amount in amounts)), None)
    alike = [one for one in said if any(amount.alike(one) for amount in amounts)]
    many = len({one.value for one in alike})
    listed = Graded(False, f"lists {many} numbers instead of one") if many > MOST else None
    return fitting, listed, ", ".join(map(str, alike[:3])) or "no such number"


def _none(text: str, unit: str) -> bool:
    """Whether an answer says of what is counted that there is none: "no runs", "did not run"."""
    stem = unit.removesuffix("s")
    none = re.compile(
        rf"\b(?:no|zero|(?:not|n't) (?:\w+ ){{0,3}}?(?:any|a single))\s+(?:\w+\s+)?{stem}"
        rf"|\bnot (?:go )?{stem}|\bnever {stem}|^\W*none\b"
    )
    return any(none.search(sentence) for sentence in wording.statements(text))


def _without(text: str, patterns: Sequence[str]) -> Graded | None:
    """The verdict on an answer with something in it that makes it wrong."""
    said = "\n".join(wording.statements(text))
    wrong = next((match[0] for one in patterns if (match := re.search(one, said))), None)
    return Graded(False, f"says {wrong!r}") if wrong else None
