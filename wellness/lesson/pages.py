"""Execute the solved lessons into pages that need no network: `python -m wellness.lesson.pages`.

Each page stands alone: styles and images are in it, nothing is loaded from elsewhere. Diagrams in
Mermaid text are shown as text, since the program that draws them would have to be fetched.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import nbformat
import typer
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbconvert import HTMLExporter
from traitlets.config import Config

from wellness import settings
from wellness.lesson import lab

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
    """Execute lessons, write their pages, and print the seconds that each took."""
    solved = settings.project_root() / "notebooks" / "solutions"
    lessons: Sequence[Path] = notebooks or sorted(solved.glob("*.ipynb"))
    if not lessons:
        typer.echo(f"No notebook in {solved}. `make notebooks` builds them.", err=True)
        raise typer.Exit(1)
    os.environ.update(lab.environment(settings.load().home, os.environ))
    failed = 0
    for lesson in lessons:
        page = target / f"{lesson.stem}.html"
        try:
            typer.echo(f"{render(lesson, page):7.1f} s  {page}")
        except CellExecutionError as error:
            failed += 1
            typer.echo(f" FAILED    {page}\n{str(error).strip().splitlines()[-1]}", err=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    typer.run(main)
