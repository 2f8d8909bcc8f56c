"""Execute the solved lessons into pages that need no network: `python -m wellness.lesson.pages`.

Each page stands alone: styles and images are in it, nothing is loaded from elsewhere. Diagrams in
Mermaid text are shown as text, since the program that draws them would have to be fetched.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import nbformat
import typer
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbconvert import HTMLExporter
from traitlets.config import Config

from wellness import settings
from wellness.client import connect
from wellness.errors import WellnessError
from wellness.lesson import lab, page_index
from wellness.lesson.page_index import Made

CELL_TIMEOUT_S = 600

# Instead of the blocks that load require.js, MathJax, Mermaid and the widget manager.
_TEMPLATE = """
{%- extends 'lab/index.html.j2' -%}
{%- block html_head_js -%}{%- endblock -%}
{%- block html_head_js_mathjax -%}{%- endblock -%}
{%- block html_head_js_mermaidjs -%}{%- endblock -%}
{%- block jupyter_widgets -%}{%- endblock -%}
"""

# A live widget needs its manager's script; its text stands in for it.
_STATIC = Config(
    {
        "NbConvertBase": {
            "display_data_priority": [
                *("text/html", "image/svg+xml", "image/png", "image/jpeg"),
                *("text/markdown", "text/latex", "text/plain"),
            ]
        }
    }
)


def render(notebook: Path, page: Path) -> float:
    """Execute a notebook in its own folder and write the page.

    Args:
        notebook: the solved lesson; it is not changed.
        page: the HTML file to write; on a failed cell it ends with that cell's error.

    Returns:
        Seconds that the execution took.

    Raises:
        CellExecutionError: a cell failed.
    """
    content = nbformat.read(notebook, as_version=4)  # type: ignore[no-untyped-call]
    client = NotebookClient(
        content,
        timeout=CELL_TIMEOUT_S,
        kernel_name="python3",
        extra_arguments=["--log-level=ERROR"],  # else each kernel warns of TCP on loopback
        resources={"metadata": {"path": str(notebook.parent)}},
    )
    start = time.perf_counter()
    try:
        client.execute()
        return time.perf_counter() - start
    finally:
        exporter = HTMLExporter(  # type: ignore[no-untyped-call]
            raw_template=_TEMPLATE, embed_images=True, config=_STATIC
        )
        title = {"metadata": {"name": notebook.stem, "path": str(notebook.parent)}}
        html, _ = exporter.from_notebook_node(content, resources=title)
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(html, encoding="utf-8")


def main(
    notebooks: Annotated[
        list[Path] | None, typer.Argument(help="Notebooks; all solved lessons when none is named.")
    ] = None,
    target: Annotated[Path, typer.Option(help="Folder for the pages.")] = Path("build/html"),
) -> None:
    """Execute lessons, write their pages and an index; print versions and seconds."""
    solved = settings.project_root() / "notebooks" / "solutions"
    lessons: Sequence[Path] = notebooks or sorted(solved.glob("*.ipynb"))
    if not lessons:
        typer.echo(f"No notebook in {solved}. `make notebooks` builds them.", err=True)
        raise typer.Exit(1)
    home = settings.load().home
    home.mkdir(parents=True, exist_ok=True)
    os.environ.update(lab.environment(home, os.environ))
    try:
        with connect(settings.load()) as client:
            on = page_index.runs_on(client)
    except WellnessError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    typer.echo("".join(f"{name}: {said}\n" for name, said in on.items()))
    made = [_make(lesson, target / f"{lesson.stem}.html") for lesson in lessons]
    at = datetime.now().astimezone()
    index = page_index.write(target, made, on, at=f"{at:%Y-%m-%d %H:%M %Z}")
    typer.echo(f"\n{page_index.total(made)}. All pages: {index}")
    sys.exit(1 if any(one.seconds is None for one in made) else 0)


def _make(lesson: Path, page: Path) -> Made:
    """Render a lesson and say how long it took, or which error ended it."""
    try:
        made = Made(page, render(lesson, page))
        typer.echo(f"{made!s:>9}  {page}")
    except CellExecutionError as error:
        made = Made(page, None)
        typer.echo(f"{made!s:>9}  {page}\n{str(error).strip().splitlines()[-1]}", err=True)
    return made


if __name__ == "__main__":
    typer.run(main)
