"""A JupyterLab in a terminal: its address is told and opened, and Ctrl-C ends it."""

from __future__ import annotations

import signal
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from wellness.errors import LessonError, WellnessError

if TYPE_CHECKING:
    from wellness.lesson.lab import Lab


@contextmanager
def until_stopped() -> Iterator[None]:
    """A block that Ctrl-C ends, and with it what it serves; other errors are told in a sentence.

    Raises:
        typer.Exit: with code 1, after an error of the kit.
    """
    # A closed terminal or a `kill` must leave as little behind as Ctrl-C does.
    for name in ("SIGTERM", "SIGHUP", "SIGINT"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _interrupt)
    try:
        yield
    except KeyboardInterrupt:
        typer.echo("\nJupyterLab has stopped.")
    except WellnessError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


def attend(lab: Lab, *, wanted: int, no_browser: bool) -> None:
    """Tell the address, open it, and wait until the server ends.

    Args:
        lab: which one.
        wanted: the port it was to have.
        no_browser: only tell.

    Raises:
        LessonError: it ended by itself.
    """
    if lab.port != wanted:
        typer.echo(f"Port {wanted} is busy; {lab.port} is used instead.")
    typer.echo(f"\n    {lab.url}\n\nCtrl-C stops it.")
    if not no_browser:
        webbrowser.open(lab.url)
    lab.process.wait()
    raise LessonError("JupyterLab stopped by itself.", hint=f"Log: {lab.log}")


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt
