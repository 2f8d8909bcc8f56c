"""The browser that tests and pictures are made with: find one, or install Debian's Chromium.

    python -m wellness.lesson.browser

Playwright drives it but does not bring it: its own builds come from a server that is not a package
registry. Where there is none and none can be installed, the tests that need it are skipped, and
say so; `NO_BROWSER=1` skips them anyway.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from wellness.errors import LessonError

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
HINT = (
    "Install Chromium or Chrome (Debian, Ubuntu: sudo apt install chromium; macOS: brew install "
    "--cask google-chrome)."
)
# Nothing is asked of the network, and no graphics card or large shared memory is needed.
OPTIONS = (
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def find() -> Path | None:
    """A Chromium or Chrome of this machine; None when there is none."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found:
        return Path(found)
    return MAC if MAC.is_file() else None


def install() -> Path:
    """Find a browser, or install Debian's when this user may.

    Raises:
        LessonError: there is none, and none could be installed.
    """
    if found := find():
        return found
    if shutil.which("apt-get") and os.geteuid() == 0:
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        packages = ["chromium", "fonts-dejavu-core"]
        for step in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
            done = subprocess.run(["apt-get", *step], env=quiet, capture_output=True, text=True)
        if found := find():
            return found
        raise LessonError(f"apt-get could not install Chromium:\n{done.stderr[-800:]}", hint=HINT)
    raise LessonError("There is no Chromium or Chrome on this machine.", hint=HINT)


@contextmanager
def launch() -> Iterator[Browser]:
    """A browser without a window, driven by Playwright.

    Raises:
        LessonError: there is none; the hint says how to get one.
    """
    from playwright.sync_api import sync_playwright

    path = find()
    if path is None:
        raise LessonError("There is no Chromium or Chrome on this machine.", hint=HINT)
    # Chromium refuses its sandbox to the super-user, as which containers run.
    alone = ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*OPTIONS, *alone])
        try:
            yield browser
        finally:
            browser.close()


def main() -> None:
    """Find a browser or install one; says which, or what to do."""
    if os.environ.get("NO_BROWSER"):
        typer.echo("NO_BROWSER is set: the tests in a browser are left out.")
        return
    try:
        typer.echo(f"Browser: {install()}")
    except LessonError as error:
        typer.echo(f"{error}\nUntil then the tests in a browser are left out.", err=True)


if __name__ == "__main__":
    typer.run(main)
