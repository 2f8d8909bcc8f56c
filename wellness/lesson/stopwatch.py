"""Counts the seconds of what takes long and is silent: nobody shall take a wait for a crash."""

from __future__ import annotations

import sys
import threading
import time
from contextvars import copy_context
from html import escape
from typing import Any, Self

EVERY_S = 0.5  # seldom enough to cost nothing beside what is waited for


class Stopwatch:
    """Shows how long it has been, in a notebook, until its block ends.

    >>> with Stopwatch("An answer") as watch:
    ...     pass
    >>> watch
    An answer: 0.0 s
    """

    def __init__(self, what: str) -> None:
        self.what = what
        self._begun = self._ended = 0.0
        self._over = threading.Event()
        self._display: Any = None

    @property
    def seconds(self) -> float:
        """How long it took, or has taken so far."""
        return (self._ended or time.monotonic()) - self._begun

    def __enter__(self) -> Self:
        self._begun = time.monotonic()
        if "IPython" in sys.modules and sys.modules["IPython"].get_ipython() is not None:
            from IPython.display import display

            self._display = display(self, display_id=True)  # type: ignore[no-untyped-call]
            # in the context of the cell, to which its output belongs
            threading.Thread(target=copy_context().run, args=(self._count,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended = time.monotonic()
        self._over.set()
        if self._display is not None:
            self._display.update(self)

    def _count(self) -> None:
        while not self._over.wait(EVERY_S):
            self._display.update(self)

    def __repr__(self) -> str:
        return f"{self.what}: {self.seconds:.1f} s"

    def _repr_html_(self) -> str:
        running = "" if self._ended else f' <progress aria-label="{escape(self.what)}"></progress>'
        return f"{escape(repr(self))}{running}"
