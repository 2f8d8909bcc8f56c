"""The page that leads to the pages of the lessons, and what they were executed on."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from wellness.client import Client, health
from wellness.lesson.panel import versions

NAME = "index.html"
EARLIER = "in an earlier run"
HEADING = re.compile(r"<h1[^>]*>(.*?)(?:<a\b|</h1>)", re.DOTALL)
STYLE = """
:root { color-scheme: light dark }
body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 50rem; margin: 2rem auto }
body { padding: 0 1rem }
table { border-collapse: collapse; width: 100% }
caption { text-align: left }
th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid GrayText }
td:last-child { white-space: nowrap }
dt { font-weight: bold } dd { margin: 0 0 .4rem; overflow-wrap: anywhere }
"""


@dataclass(frozen=True)
class Made:
    """A page, and how its lesson went: seconds that it took; None when a cell failed."""

    page: Path
    seconds: float | None

    def __str__(self) -> str:
        return "failed" if self.seconds is None else f"{self.seconds:.1f} s"


def runs_on(client: Client) -> dict[str, str]:
    """What lessons are executed on: name to version, and which models answer."""
    found = versions(client)
    for name, number in sorted(health(client).modules.items()):
        found[f"Redis module {name}"] = dotted(number)
    found["redisvl"] = version("redisvl")
    return found | _models()


def dotted(number: int) -> str:
    """The version of a module, which Redis tells as one number.

    >>> dotted(21005)
    '2.10.5'
    """
    return f"{number // 10_000}.{number // 100 % 100}.{number % 100}"


def _models() -> dict[str, str]:
    """The models as `wellness doctor` names them, which asks the command line's own code."""
    done = subprocess.run(
        [sys.executable, "-m", "wellness", "doctor", "--json"], capture_output=True, text=True
    )
    named = {"embeddings": "embedding model", "chat": "chat model"}
    rows = json.loads(done.stdout or "[]")  # exit code 1 with a report: something is missing
    return {named[row["what"]]: row["found"] for row in rows if row["what"] in named}


def write(folder: Path, made: Sequence[Made], on: Mapping[str, str], *, at: str) -> Path:
    """Write the index of a folder of pages; those that were made before are on it too.

    Args:
        folder: where the pages are.
        made: those of this run.
        on: what `runs_on` said.
        at: when that was.
    """
    index = folder / NAME
    index.write_text(render(folder, made, on, at=at), encoding="utf-8")
    return index


def render(folder: Path, made: Sequence[Made], on: Mapping[str, str], *, at: str) -> str:
    """The index as HTML that needs nothing besides itself."""
    told = {one.page.name: str(one) for one in made}
    rows = "".join(
        f'<tr><td><a href="{html.escape(page.name)}">{html.escape(title(page))}</a></td>'
        f"<td>{told.get(page.name, EARLIER)}</td></tr>"
        for page in sorted(folder.glob("*.html"))
        if page.name != NAME
    )
    facts = "".join(
        f"<dt>{html.escape(name)}</dt><dd>{html.escape(said)}</dd>" for name, said in on.items()
    )
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Redis Wellness: the lessons</title><style>{STYLE}</style></head><body><main>"
        "<h1>Redis Wellness: the lessons, solved and executed</h1><table>"
        f"<caption>Executed {html.escape(at)}; {total(made)}.</caption>"
        '<thead><tr><th scope="col">lesson</th><th scope="col">took</th></tr></thead>'
        f"<tbody>{rows}</tbody></table><h2>What they ran on</h2><dl>{facts}</dl>"
        "</main></body></html>\n"
    )


def title(page: Path) -> str:
    """The first heading of a page with the number of its lesson, or else the file's name."""
    heading = HEADING.search(page.read_text("utf-8"))
    if heading is None:
        return page.stem
    text = html.unescape(re.sub(r"<[^>]+>", "", heading[1])).strip()
    number = page.stem.partition("_")[0]
    return f"{number} {text}" if number.isdecimal() else text


def total(made: Sequence[Made]) -> str:
    """How many lessons ran, and how long all of them took.

    >>> total([Made(Path("a.html"), 1.5), Made(Path("b.html"), None)])
    '1 of 2 ran to the end, in 1.5 s'
    """
    seconds = [one.seconds for one in made if one.seconds is not None]
    return f"{len(seconds)} of {len(made)} ran to the end, in {sum(seconds):.1f} s"
