"""What a validation says: a verdict for each number of an answer, where it is from, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from typing import Any


class Verdict(StrEnum):
    """What is to be said of a number; the first four are no objection."""

    SUPPORTED = "supported"  # a tool vouches for it
    DERIVED = "derived"  # it follows from what tools vouch for
    ROUNDED = "rounded"  # as supported, but said less exactly
    NOT_CHECKED = "not_checked"  # a date, an ordinal, a counter, the question's own number
    WRONG_VALUE = "wrong_value"  # a tool gives another value for it
    WRONG_UNIT = "wrong_unit"  # the value is right in another unit
    WRONG_SUBJECT = "wrong_subject"  # the value is of something else, or of another time
    WRONG_SIGN = "wrong_sign"  # the direction is the other one
    UNSUPPORTED = "unsupported"  # no tool says anything like it

    @property
    def ok(self) -> bool:
        """Whether it is no objection."""
        return self in (
            Verdict.SUPPORTED, Verdict.DERIVED, Verdict.ROUNDED, Verdict.NOT_CHECKED,
        )  # fmt: skip

    @property
    def words(self) -> str:
        """For people."""
        return self.value.replace("_", " ")


@dataclass(frozen=True, slots=True)
class CheckedNumber:
    """A number of an answer with its verdict.

    Attributes:
        text, span: as it stands in the answer, and where.
        value, unit: as it was read; the unit as people say it.
        subject: what it is said of, in words.
        verdict: whether it holds.
        source: the tool's number that it is, or the formula that gives it; "" if there is none.
        reason: why, in words.
    """

    text: str
    span: tuple[int, int]
    value: float
    unit: str
    subject: str
    verdict: Verdict
    source: str = ""
    reason: str = ""

    def to_dict(self) -> dict[str, Any]:
        """All of it in values that JSON has."""
        return {
            "text": self.text, "span": list(self.span), "value": self.value, "unit": self.unit,
            "subject": self.subject, "verdict": self.verdict.value, "source": self.source,
            "reason": self.reason,
        }  # fmt: skip


MARKS: Mapping[bool, tuple[str, str]] = {True: ("✓", "solid"), False: ("✗", "wavy")}


@dataclass(frozen=True, repr=False)
class Validation:
    """The numbers of an answer, checked.

    Attributes:
        answer: what was checked.
        numbers: in the order of the text.
        unread: characters at the end of an answer that is too long; they were not checked.
    """

    answer: str
    numbers: tuple[CheckedNumber, ...]
    unread: int = 0

    @property
    def ok(self) -> bool:
        """Whether every number holds; an answer without numbers does."""
        return not self.unread and all(one.verdict.ok for one in self.numbers)

    @property
    def wrong(self) -> tuple[CheckedNumber, ...]:
        """The numbers that do not hold."""
        return tuple(one for one in self.numbers if not one.verdict.ok)

    @property
    def summary(self) -> str:
        """In a sentence."""
        checked = [one for one in self.numbers if one.verdict is not Verdict.NOT_CHECKED]
        noun = "number" if len(checked) == 1 else "numbers"
        said = f"{len(checked)} {noun} checked, {len(self.wrong)} wrong"
        if self.unread:
            said += f"; {self.unread:,} characters at the end were not read"
        return f"{said}."

    def to_dict(self) -> dict[str, Any]:
        """All of it in values that JSON has."""
        return {
            "ok": self.ok, "answer": self.answer, "unread": self.unread,
            "numbers": [one.to_dict() for one in self.numbers],
        }  # fmt: skip

    def __repr__(self) -> str:
        rows = [f"  {one.text}: {one.verdict.words}; {one.reason}" for one in self.numbers]
        return "\n".join([self.summary, *rows])

    def _repr_html_(self) -> str:
        parts, at = [], 0
        for number, one in enumerate(self.numbers, 1):
            start, end = one.span
            parts.append(escape(self.answer[at:start]))
            parts.append(_marked(one, number))
            at = end
        parts.append(escape(self.answer[at:]))
        rows = "".join(
            f'<tr><th scope="row" style="text-align:left">{number}. {escape(one.text)}</th>'
            f'<td style="text-align:left">{_mark(one)} {one.verdict.words}</td>'
            f'<td style="text-align:left">{escape(one.reason)}</td>'
            f'<td style="text-align:left">{escape(one.source)}</td></tr>'
            for number, one in enumerate(self.numbers, 1)
        )
        head = "".join(
            f'<th scope="col" style="text-align:left">{name}</th>'
            for name in ("number", "verdict", "why", "from")
        )
        return (
            f'<p style="white-space:pre-wrap">{"".join(parts)}</p>'
            f'<table><caption style="text-align:left">{escape(self.summary)}</caption>'
            f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        )


def _mark(one: CheckedNumber) -> str:
    if one.verdict is Verdict.NOT_CHECKED:
        return "–"
    return MARKS[one.verdict.ok][0]


def _marked(one: CheckedNumber, number: int) -> str:
    """A number in its sentence: a sign, a line, and for readers aloud the verdict in words."""
    if one.verdict is Verdict.NOT_CHECKED:
        return escape(one.text)
    style = MARKS[one.verdict.ok][1]
    weight = "normal" if one.verdict.ok else "bold"
    return (
        f'<mark aria-label="{escape(one.text)}, {one.verdict.words}" title="{escape(one.reason)}" '
        f'style="background:none;color:inherit;font-weight:{weight};'
        f'text-decoration:underline {style}">{escape(one.text)}'
        f'<sup aria-hidden="true">{_mark(one)}{number}</sup></mark>'
    )
