"""A real JupyterLab in a real browser: one server and one Chromium for all tests of a worker."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import pytest
from playwright.sync_api import Browser, Page

from wellness.lesson import browser, lab
from wellness.local_ollama import FIRST_CHAT

READY_S, RUN_S = 60.0, 300.0
NOTEBOOK = "window.jupyterapp.shell.currentWidget"
IDLE = f"{NOTEBOOK}?.sessionContext?.session?.kernel?.status === 'idle'"
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
# Chromium tells of what the page asked for and did not get; JupyterLab itself asks for these.
HARMLESS = ("favicon", "Failed to load resource", "ERR_")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if os.environ.get("NO_BROWSER") or browser.find() is None:
        pytest.skip("NO_BROWSER is set, or there is no Chromium; see wellness.lesson.browser")
    with browser.launch() as found:
        yield found


@dataclass
class Room:
    """A folder that JupyterLab serves, with a home of its own."""

    folder: Path
    address: str
    browser: Browser

    def write(self, name: str, cells: list[str]) -> str:
        """A notebook of code cells; returns its name."""
        made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        made.metadata.kernelspec = KERNEL
        nbformat.write(made, self.folder / name)
        return name


@pytest.fixture(scope="session")
def room(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Room]:
    home = tmp_path_factory.mktemp("lab home")
    folder = tmp_path_factory.mktemp("lab")
    first = folder / "first.ipynb"
    nbformat.write(nbformat.v4.new_notebook(), first)
    lab.environment(home, {})
    exposed = "c.LabApp.expose_app_in_browser = True\n"  # how a test knows what the page is doing
    (home / "jupyter" / "jupyter_lab_config.py").write_text(exposed, "utf-8")
    ours = {
        "WELLNESS_HOME": str(home),
        "WELLNESS_SCALE": "ci",
        "WELLNESS_CHECKS": "strict",
        "WELLNESS_CHAT_MODEL": FIRST_CHAT,
    }
    before = {name: os.environ.get(name) for name in ours}
    os.environ.update(ours)
    try:
        with lab.serving(first, home=home) as serving:
            yield Room(folder, serving.url, chromium)
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


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

    def wait(self, condition: str, seconds: float = 60.0) -> None:
        """Until a condition in JavaScript holds."""
        self.page.wait_for_function(condition, timeout=seconds * 1000)

    def until(self, seen: Callable[[], Any], seconds: float = 60.0) -> Any:
        """What is seen, once it is something."""
        end = time.monotonic() + seconds
        while not (found := seen()):
            assert time.monotonic() < end, "it was never seen"
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


@pytest.fixture
def sheet(room: Room) -> Iterator[Callable[[str], Sheet]]:
    """Opens a notebook of the room; its page is closed and its kernel ended afterwards."""
    pages: list[Page] = []

    def show(name: str) -> Sheet:
        page = room.browser.new_page(viewport={"width": 1280, "height": 1000})
        pages.append(page)
        one = Sheet(page)
        page.on("pageerror", lambda error: one.errors.append(str(error)))
        page.on("console", lambda said: _note(one.errors, said))
        page.goto(room.address.replace("first.ipynb", name))
        one.wait(f"window.jupyterapp && {IDLE}", READY_S)
        return one

    yield show
    for page in pages:
        page.evaluate("window.jupyterapp.commands.execute('kernelmenu:shutdown')")
        page.wait_for_timeout(500)
        page.close()


def _note(errors: list[str], said: Any) -> None:
    if said.type == "error" and not any(word in said.text for word in HARMLESS):
        errors.append(said.text)
