"""Notebooks in a real JupyterLab in a real browser: what tests and pictures are made with.

with browser.launch() as chromium, serve(folder, home, chromium) as room:
    sheet = room.open(room.write("first.ipynb", ["1 + 1"]))
    sheet.run_all()
    sheet.outputs()
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat

from wellness.errors import LessonError
from wellness.lesson import lab

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

READY_S, RUN_S = 60.0, 300.0
NOTEBOOK = "window.jupyterapp.shell.currentWidget"
IDLE = f"{NOTEBOOK}?.sessionContext?.session?.kernel?.status === 'idle'"
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
# Chromium tells of what the page asked for and did not get; JupyterLab itself asks for these.
HARMLESS = ("favicon", "Failed to load resource", "ERR_")
FIRST = "first.ipynb"


@dataclass
class Room:
    """A folder that JupyterLab serves, with a home of its own."""

    folder: Path
    address: str
    browser: Browser

    def write(self, name: str, cells: list[str]) -> str:
        """A notebook of code cells; returns its name."""
        made = nbformat.v4.new_notebook(  # type: ignore[no-untyped-call]
            cells=[nbformat.v4.new_code_cell(cell) for cell in cells]  # type: ignore[no-untyped-call]
        )
        made.metadata.kernelspec = KERNEL
        nbformat.write(made, self.folder / name)  # type: ignore[no-untyped-call]
        return name

    def open(self, name: str, *, width: int = 1280, height: int = 1000, sharp: float = 1) -> Sheet:
        """A notebook of the room in a page of its own, once its kernel answers.

        Args:
            name: of the notebook.
            width: of the page, in pixels.
            height: of the page, in pixels.
            sharp: pixels of a picture to one of the page.
        """
        size: Any = {"width": width, "height": height}
        page = self.browser.new_page(viewport=size, device_scale_factor=sharp)
        sheet = Sheet(page)
        page.on("pageerror", lambda error: sheet.errors.append(str(error)))
        page.on("console", lambda said: _note(sheet.errors, said))
        page.goto(self.address.replace(FIRST, name))
        # A notebook that was open before may come to the front while the layout is restored.
        here = f"{NOTEBOOK}?.context?.path?.endsWith({json.dumps(name)})"
        sheet.wait(f"window.jupyterapp && {here} && {IDLE}", READY_S)
        return sheet


@dataclass
class Sheet:
    """A notebook open in the browser.

    Attributes:
        errors: what the page complained about in its console.
    """

    page: Page
    errors: list[str] = field(default_factory=list)

    def run_all(self) -> None:
        """Run all cells, to their end."""
        self.start_all()
        self.wait(IDLE, RUN_S)

    def start_all(self) -> None:
        """Run all cells, without waiting for them."""
        self.page.evaluate("void window.jupyterapp.commands.execute('notebook:run-all-cells')")
        self.page.wait_for_timeout(500)

    def run(self, cell: int) -> None:
        """Begin one cell, counted from zero, without waiting for its end."""
        self.page.evaluate(f"{NOTEBOOK}.content.activeCellIndex = {cell}")
        self.page.evaluate("void window.jupyterapp.commands.execute('notebook:run-cell')")

    def run_through(self, cell: int) -> None:
        """Run one cell that has not run yet, to its end.

        A kernel that says it is idle may do so between two messages of a widget; a cell has its
        number when it has ended.
        """
        self.run(cell)
        self.wait(f"{NOTEBOOK}.content.widgets[{cell}].model.executionCount !== null", RUN_S)

    def wait(self, condition: str, seconds: float = 60.0) -> None:
        """Until a condition in JavaScript holds."""
        self.page.wait_for_function(condition, timeout=seconds * 1000)

    def until(self, seen: Callable[[], Any], seconds: float = 60.0) -> Any:
        """What is seen, once it is something.

        Raises:
            LessonError: it was not seen in that time.
        """
        end = time.monotonic() + seconds
        while not (found := seen()):
            if time.monotonic() > end:
                raise LessonError(f"It was never seen, in {seconds:g} s.")
            self.page.wait_for_timeout(200)
        return found

    def outputs(self) -> str:
        """The text of all outputs."""
        return "\n".join(self.page.locator(".jp-OutputArea-output").all_inner_texts())

    def theme(self, name: str) -> None:
        """Change to `JupyterLab Light` or `JupyterLab Dark`."""
        self.page.evaluate(
            "name => window.jupyterapp.commands.execute('apputils:change-theme', {theme: name})",
            name,
        )
        light = "true" if name.endswith("Light") else "false"
        self.wait(f"document.body.dataset.jpThemeLight === '{light}'")

    def shot(self, name: str) -> None:
        """A picture, for people to look at, where PICTURES names a folder."""
        if folder := os.environ.get("PICTURES"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=Path(folder) / f"{name}.png")

    def close(self) -> None:
        """End its kernel and close the page."""
        self.page.evaluate("window.jupyterapp.commands.execute('kernelmenu:shutdown')")
        self.page.wait_for_timeout(500)
        self.page.close()


@contextmanager
def serve(
    folder: Path, home: Path, chromium: Browser, variables: Mapping[str, str]
) -> Iterator[Room]:
    """A JupyterLab on an empty folder while the block runs.

    Args:
        folder: to serve.
        home: of everything that kernels store.
        chromium: to look with.
        variables: of the environment, for the server and its kernels.
    """
    first = folder / FIRST
    nbformat.write(nbformat.v4.new_notebook(), first)  # type: ignore[no-untyped-call]
    expose(home)
    with lab.serving(first, home=home, variables=variables) as serving:
        yield Room(folder, serving.url, chromium)


def expose(home: Path) -> None:
    """Let scripts of the page ask JupyterLab what it is doing; see `lab.environment` for `home`."""
    folder = home / "jupyter"
    folder.mkdir(parents=True, exist_ok=True)
    exposed = "c.LabApp.expose_app_in_browser = True\n"
    (folder / "jupyter_lab_config.py").write_text(exposed, "utf-8")


def _note(errors: list[str], said: Any) -> None:
    if said.type == "error" and not any(word in said.text for word in HARMLESS):
        errors.append(said.text)
