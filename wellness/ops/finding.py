"""What the dashboard says: a value, whether it needs a look, why in a sentence, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, ClassVar, Literal, ParamSpec, TypeVar

from redis.exceptions import ResponseError

Verdict = Literal["fine", "look here", "not read"]
P = ParamSpec("P")
T = TypeVar("T")
UNSAID = "INFO of this Redis does not say it."


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `do` is empty unless the verdict is `look here`."""

    what: str
    value: str
    verdict: Verdict
    why: str
    do: str = ""


def fine(what: str, value: str, why: str) -> Finding:
    """Nothing to do about it."""
    return Finding(what, value, "fine", why)


def look_here(what: str, value: str, why: str, do: str) -> Finding:
    """Something to do about it."""
    return Finding(what, value, "look here", why, do)


def not_read(what: str, why: str) -> Finding:
    """Not known; an item that could not be read is never taken for fine."""
    return Finding(what, "-", "not read", why)


def told(what: str, value: str, why: str) -> Finding:
    """A plain fact of INFO; a dash for a value means that this Redis does not say it."""
    return not_read(what, UNSAID) if value == "-" else fine(what, value, why)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under a caption, for a terminal or a notebook.

    Attributes:
        align: where the text of a cell begins, by a word of CSS; empty for the notebook's own way.
    """

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    align: str = "left"

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col">{escape(title)}</th>' for title in self.head)
        style = f' style="text-align:{self.align}"' if self.align else ""
        body = "".join(_html_row(row, style) for row in self.rows)
        return (
            f"<table><caption{style}>{escape(self.caption)}</caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        )


def _html_row(row: Sequence[str], style: str) -> str:
    cells = "".join(f"<td{style}>{escape(cell)}</td>" for cell in row[1:])
    return f'<tr><th scope="row"{style}>{escape(row[0])}</th>{cells}</tr>'


class Part:
    """One part of the dashboard: its findings, and further tables if it has any."""

    title: ClassVar[str]

    @property
    def caption(self) -> str:
        """What the part is called."""
        return self.title

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was looked at, in the order in which it is shown."""
        raise NotImplementedError

    @property
    def tables(self) -> tuple[Table, ...]:
        """What is shown below the findings."""
        return ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know to understand the values, a sentence or two each."""
        return ()

    def __repr__(self) -> str:
        lines = [self.caption]
        for found in self.findings:
            lines.append(f"  {found.what}: {found.value} [{found.verdict}] {found.why}")
            if found.do:
                lines.append(f"    {found.do}")
        return "\n".join([*lines, *(f"  {note}" for note in self.notes)])

    def _repr_html_(self) -> str:
        head = ("", "value", "verdict", "why", "what to do")
        rows = tuple((f.what, f.value, f.verdict, f.why, f.do) for f in self.findings)
        tables = (Table(self.caption, head, rows), *self.tables)
        notes = "".join(f"<p>{escape(note)}</p>" for note in self.notes)
        return "".join(table._repr_html_() for table in tables) + notes


@dataclass(frozen=True, repr=False)
class Unread(Part):
    """A part that Redis did not let us read."""

    what: str
    reason: str

    @property
    def caption(self) -> str:
        """What could not be read."""
        return self.what

    @property
    def findings(self) -> tuple[Finding, ...]:
        """That it could not be read, and why."""
        return (not_read(self.what, self.reason),)


def attempt(what: str, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | Unread:
    """What a function answers, or that Redis refused it.

    Hosted services refuse CONFIG, SLOWLOG, MEMORY and LATENCY by ACL or by renaming. Both come
    as an error reply. A Redis that does not answer at all is an error as everywhere.
    """
    try:
        return function(*args, **kwargs)
    except ResponseError as refusal:
        return Unread(what, refused(refusal))


def refused(refusal: ResponseError) -> str:
    """Why Redis refused, as a sentence."""
    said = str(refusal).partition(", with args")[0].rstrip(". ")
    return f"Redis refused: {said}."


def whole(info: dict[str, Any], name: str) -> int | None:
    """A whole number of INFO, or None where this Redis does not say it."""
    value = info.get(name)
    return int(value) if isinstance(value, int | float) else None


def size(count: float | None) -> str:
    """Bytes as people read them, in powers of ten.

    >>> size(0), size(999), size(1_374_632), size(None)
    ('0 B', '999 B', '1.37 MB', '-')
    """
    if count is None:
        return "-"
    for scale, unit in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if count >= scale:
            return f"{count / scale:.3g} {unit}"
    return f"{count:.0f} B"


def number(count: int | None) -> str:
    """A whole number with its thousands apart, or a dash."""
    return "-" if count is None else f"{count:,}"


def span(seconds: int | None) -> str:
    """A time to live in two units, so that it is seen to run, or a dash.

    >>> span(59), span(3_599), span(200_000), span(None)
    ('59 s', '59 min 59 s', '2 d 7 h', '-')
    """
    if seconds is None:
        return "-"
    for scale, unit, part, name in ((86_400, "d", 3_600, "h"), (3_600, "h", 60, "min"),
                                    (60, "min", 1, "s")):  # fmt: skip
        if seconds >= scale:
            return f"{seconds // scale} {unit} {seconds % scale // part} {name}"
    return f"{seconds} s"
