"""One page to take along: every claim with this machine's numbers, as a PDF.

    python -m wellness.lesson.cheat_sheet [--target build/cheat-sheet.pdf]

The page is HTML that Chromium prints. Nothing on it is typed in: verdicts and numbers are those of
the ledger, with the date and the versions they were measured with, and an open claim says so.
"""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Mapping
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Annotated

import typer

from wellness import settings
from wellness.client import connect
from wellness.errors import LessonError, WellnessError
from wellness.lesson import browser
from wellness.lesson.claims import OPEN, Claim, ClaimsTable, Entry, Ledger
from wellness.lesson.panel import versions
from wellness.lesson.questions import EXPECTED, LEFT_OUT, Question

TARGET = Path("build/cheat-sheet.pdf")
LETTERS = 150  # of one cell; a longer one ends with an ellipsis, and the ledger has it whole
MEASURES = 4  # of one entry
SCALES = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6)  # tried in turn until one page is enough

STYLE = """
@page { size: A4; margin: 9mm }
body { font: 7pt/1.22 system-ui, 'DejaVu Sans', sans-serif; color: #000; margin: 0 }
h1 { font-size: 13pt; margin: 0 } h2 { font-size: 9pt; margin: 2mm 0 .5mm } p { margin: .5mm 0 }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .3mm 1mm; border-bottom: .2pt solid #888 }
td.verdict { white-space: nowrap; font-weight: bold }
td:last-child { min-width: 26mm } tr.open td { color: #444 }
.columns { columns: 2; column-gap: 5mm } .columns p { break-inside: avoid }
"""


def sheet(table: ClaimsTable, on: Mapping[str, str], *, machine: str, at: datetime) -> str:
    """The page as HTML.

    Args:
        table: the claims and what was measured.
        on: name to version of what this machine has now.
        machine: what it is.
        at: when the page is made.
    """
    rows = []
    for claim in table.claims:
        found = [entry for entry in table.entries if entry.claim == claim]
        rows += [_row(entry) for entry in found] or [_open_row(claim)]
    has = ", ".join(f"{name} {version}" for name, version in on.items())
    head = "".join(f"<th>{name}</th>" for name in ("#", "claim", "verdict", "measured", "when"))
    return (
        f"<!DOCTYPE html><html lang='en'><meta charset='utf-8'><title>Redis Wellness</title>"
        f"<style>{STYLE}</style><h1>Redis as the memory of an agent: what this machine says</h1>"
        f"<p>Printed {at:%Y-%m-%d %H:%M %Z} on {escape(machine)}. {escape(has)}.</p>"
        f"<h2>{escape(table.summary)}</h2>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
        f"<h2>Questions to expect</h2><div class='columns'>{_said(EXPECTED)}</div>"
        f"<h2>Left out, and why</h2><div class='columns'>{_said(LEFT_OUT)}</div></html>"
    )


def _row(entry: Entry) -> str:
    shown = list(entry.measured.items())[:MEASURES]
    measured = "; ".join(f"{name} {measure}" for name, measure in shown)
    more = len(entry.measured) - len(shown)
    on = f". It depends: {entry.verdict.depends_on}" if entry.verdict.depends_on else ""
    told = measured + (f"; {more} more" if more else "")
    redis = next((v for name, v in entry.versions.items() if name.lower() == "redis"), "")
    when = f"{entry.at:%Y-%m-%d}, lesson {entry.lesson}, Redis {redis}"
    verdict = str(entry).partition(" (")[0]
    return _cells("", str(entry.claim.number), _short(entry.claim.text), verdict,
                  told + _short(on), when)  # fmt: skip


def _open_row(claim: Claim) -> str:
    where = f"lesson {claim.lesson}"
    return _cells("open", str(claim.number), _short(claim.text), "–", OPEN, where)


def _cells(kind: str, *texts: str) -> str:
    cells = [
        f"<td{' class=verdict' if i == 2 else ''}>{escape(text)}</td>"
        for i, text in enumerate(texts)
    ]
    return f"<tr{f' class={kind}' if kind else ''}>{''.join(cells)}</tr>"


def _said(questions: tuple[Question, ...]) -> str:
    return "".join(
        f"<p><b>{escape(one.text)}</b> {escape(one.points[0])}"
        f"{_of(one)} Lesson {one.lesson}.</p>" for one in questions
    )  # fmt: skip


def _of(question: Question) -> str:
    numbers = ", ".join(map(str, question.claims))
    return f" Claims {numbers}." if numbers else ""


def _short(text: str) -> str:
    """At most so many letters, cut at a word.

    >>> _short("word " * 60)[-6:], _short("brief")
    ('word …', 'brief')
    """
    if len(text) <= LETTERS:
        return text
    return text[:LETTERS].rsplit(" ", 1)[0].rstrip() + " …"


def print_pdf(html: str) -> bytes:
    """The page as a PDF of one sheet of A4, made as large as fits.

    Raises:
        LessonError: there is no browser (the hint says how to get one), or it does not fit.
    """
    with browser.launch() as chromium:
        page = chromium.new_page()
        page.set_content(html)
        for scale in SCALES:
            made = page.pdf(scale=scale, prefer_css_page_size=True, print_background=True)
            if pages(made) == 1:
                return made
    raise LessonError(
        "The cheat sheet does not fit on one page.", hint="Shorten `LETTERS` or `MEASURES`."
    )


def pages(pdf: bytes) -> int:
    """How many pages a PDF of Chromium has: it writes their objects uncompressed.

    >>> pages(b"<</Type /Pages /Count 2>> <</Type /Page>> <</Type /Page /Rotate 0>>")
    2
    """
    return len(re.findall(rb"/Type\s*/Page(?![A-Za-z])", pdf))


def machine() -> str:
    """What this machine is, in a few words, without its name."""
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors"


def main(target: Annotated[Path, typer.Option(help="The PDF to write.")] = TARGET) -> None:
    """Print the ledger of this Redis on one page."""
    try:
        with connect(settings.load()) as client:
            table, on = Ledger(client).table(), versions(client)
        at = datetime.now().astimezone()
        made = print_pdf(sheet(table, on, machine=machine(), at=at))
    except WellnessError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(made)
    typer.echo(f"{target}: {table.summary}")


if __name__ == "__main__":
    typer.run(main)
