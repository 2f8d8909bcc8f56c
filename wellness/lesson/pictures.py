"""The pictures of the README, taken of cells of the lessons while they run.

    python -m wellness.lesson.pictures [--target docs/pictures]

Beside them lies `pictures.json`: of which cells each picture was taken, by their hash, when, and on
what. A test compares the hashes with the lessons, so a picture of a cell that has changed since is
found out. A kernel with an empty home runs the cells; nobody's data is on a picture.
"""

from __future__ import annotations

import hashlib
import io
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from wellness.errors import LessonError, WellnessError
from wellness.lesson import browser, build, sheets
from wellness.lesson.cheat_sheet import machine
from wellness.local_ollama import FIRST_CHAT
from wellness.settings import project_root

FOLDER = project_root() / "docs" / "pictures"
SOURCE = project_root() / "notebooks" / "source"
SIDECAR = "pictures.json"
COLOURS = 128  # of a picture: text stays clear, and the file small
SHARP = 1.5  # pixels of the picture to one of the page
SETTLE_MS = 1_000  # after the last cell, until fonts and layout are still


@dataclass(frozen=True)
class Picture:
    """What is to be taken.

    Attributes:
        name: of the file, without its ending.
        lesson: name of the source it is of.
        cells: a word by which each of its code cells is known, in the order they run.
        shown: selector of what is on the picture; the last that is found.
        alternative: what it shows, for who cannot see it.
        width: of the page, in pixels.
    """

    name: str
    lesson: str
    cells: tuple[str, ...]
    shown: str
    alternative: str
    width: int = 1100


PICTURES = (
    Picture(
        "side-by-side", "06_agent", ("kit.start", "display(agents.stateful)", "chat_box("),
        ".jp-OutputArea-output:has(.chat-log)",
        "Two agents side by side get the same questions; one has a memory, the other has none. "
        "Badges under each answer say which tools and memories it used.",
    ),
    Picture(
        "steps", "00_start_here", ("kit.start", "charts.daily({\"steps"),
        ".jp-OutputArea-output svg[role=img]",
        "A line chart from the first lesson: Ann's steps on each of the last thirty days.",
    ),
)  # fmt: skip


def sources(picture: Picture, folder: Path = SOURCE) -> list[str]:
    """The cells that a picture is taken of.

    Raises:
        LessonError: a word is in none or in several of the lesson's code cells.
    """
    lesson = build.read_lesson(folder / f"{picture.lesson}.py")
    code = [cell.source for cell in lesson.cells if cell.cell_type == "code"]
    found = []
    for word in picture.cells:
        having = [source for source in code if word in source]
        if len(having) != 1:
            raise LessonError(f"{word!r} is in {len(having)} cells of {picture.lesson}, not in 1.")
        found += having
    return found


def digest(cells: Sequence[str]) -> str:
    """SHA-256 of some cells, in hexadecimal.

    >>> digest(["a", "b"]) == digest(["ab"])
    False
    """
    return hashlib.sha256("\0".join(cells).encode()).hexdigest()


def stale(folder: Path = FOLDER, source: Path = SOURCE) -> dict[str, str]:
    """Pictures that are not of the cells as they are now: name to what is wrong."""
    try:
        known: dict[str, Any] = json.loads((folder / SIDECAR).read_text("utf-8"))
    except OSError:
        known = {}
    wrong = dict.fromkeys(known.keys() - {one.name for one in PICTURES}, "is taken no more")
    for one in PICTURES:
        row = known.get(one.name)
        if row is None or not (folder / f"{one.name}.png").is_file():
            wrong[one.name] = "is missing"
        elif row["cells_sha256"] != digest(sources(one, source)):
            wrong[one.name] = f"is of cells of {one.lesson} that have changed"
        elif row["sha256"] != _hash(folder / f"{one.name}.png"):
            wrong[one.name] = "is not the file that was taken"
    return wrong


def take(picture: Picture, room: sheets.Room) -> bytes:
    """Run the cells in the browser and return the picture as a PNG.

    Raises:
        LessonError: what it shows did not appear, or a cell failed.
    """
    cells = [*sources(picture), "lesson.finish()"]
    sheet = room.open(
        room.write(f"{picture.name}.ipynb", cells), width=picture.width, sharp=SHARP
    )  # fmt: skip
    try:
        sheet.theme("JupyterLab Light")
        for cell in range(len(cells) - 1):
            sheet.run_through(cell)
        if "Traceback" in sheet.outputs():
            raise LessonError(f"A cell of {picture.lesson} failed:\n{sheet.outputs()[-800:]}")
        shown = sheet.page.locator(picture.shown).last
        sheet.until(shown.count)
        sheet.page.wait_for_timeout(SETTLE_MS)
        made = shown.screenshot()
        sheet.run_through(len(cells) - 1)
    finally:
        sheet.close()
    return _small(made)


def _small(png: bytes) -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS).save(out, "PNG", optimize=True)
    return out.getvalue()


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def take_all(target: Path, *, at: datetime) -> dict[str, Any]:
    """Take all pictures and write them with their sidecar; returns what is in it.

    Raises:
        LessonError: there is no browser, or a picture could not be taken.
    """
    target.mkdir(parents=True, exist_ok=True)
    rows: dict[str, Any] = {}
    files: dict[str, bytes] = {}
    with tempfile.TemporaryDirectory() as place, browser.launch() as chromium:
        home, folder = Path(place) / "home", Path(place) / "notebooks"
        folder.mkdir()
        variables = {"WELLNESS_HOME": str(home), "WELLNESS_SCALE": "full",
                     "WELLNESS_CHAT_MODEL": FIRST_CHAT}  # fmt: skip
        with sheets.serve(folder, home, chromium, variables) as room:
            for one in PICTURES:
                files[one.name] = take(one, room)
                rows[one.name] = {
                    "lesson": one.lesson,
                    "cells_sha256": digest(sources(one)),
                    "sha256": hashlib.sha256(files[one.name]).hexdigest(),
                    "alternative": one.alternative,
                    "taken": at.date().isoformat(),
                    "on": machine(),
                    "chat_model": FIRST_CHAT,
                }
    for name, made in files.items():  # all of them or none
        (target / f"{name}.png").write_bytes(made)
    (target / SIDECAR).write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return rows


def main(target: Annotated[Path, typer.Option(help="Folder for the pictures.")] = FOLDER) -> None:
    """Take the pictures of the README anew."""
    try:
        rows = take_all(target, at=datetime.now(UTC))
    except WellnessError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    for name, row in rows.items():
        typer.echo(f"{target / name}.png, of {row['lesson']}")


if __name__ == "__main__":
    typer.run(main)
