"""A picture that moves: redrawn in a thread of its own while the kernel does something else.

It ends when the notebook no longer shows it, when its time is over, when somebody stops it, or with
the lesson. Whether it is shown is known from the number of its views, which ipywidgets keeps for
those who ask (`_view_count`; the trait is marked experimental).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from html import escape
from typing import Any

import ipywidgets as widgets
from redis.exceptions import RedisError

from wellness.errors import WellnessError
from wellness.lesson import background
from wellness.lesson.notice import notice


class Live:
    """Draws into a page of HTML every so often.

    Args:
        name: of the picture; one that is drawn again takes the place of the one before.
        draw: makes the HTML. What it raises because Redis is away is shown, and it goes on; any
            other error ends it, and `background.stop_all` tells.
        every_s: seconds from the end of one drawing to the next.
        most_s: seconds after which it ends by itself, so that nothing is drawn for ever.
    """

    def __init__(
        self, name: str, draw: Callable[[], str], *, every_s: float = 0.5, most_s: float = 300
    ) -> None:
        self.name, self._draw, self._every_s, self._most_s = name, draw, every_s, most_s
        self.error: Exception | None = None
        self.drawn = 0
        self.page = widgets.HTML()
        self.button = widgets.ToggleButton(
            description="Pause", tooltip=f"Pause or go on with: {name}"
        )
        self.view = widgets.VBox([self.page, self.button])
        self.view._view_count = 0  # from now on the front end counts
        self.view.observe(self._seen, names="_view_count")
        self.button.observe(self._paused, names="value")
        self._gone = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> Live:
        """Draw now, and go on in the background."""
        background.begin(self)
        self.redraw()
        self._go()
        return self

    def redraw(self) -> None:
        """Draw once, in the caller's thread."""
        try:
            self.page.value = self._draw()
        except (WellnessError, RedisError) as error:
            self.page.value = notice("warning", escape(str(error)))
        self.drawn += 1

    def stop(self) -> None:
        """Draw no more; what was drawn last stays."""
        self._gone.set()
        thread, self._thread = self._thread, None
        if thread and thread is not threading.current_thread():
            thread.join(timeout=5)
        background.end(self)

    @property
    def running(self) -> bool:
        """Whether it still moves."""
        return self._thread is not None and self._thread.is_alive()

    def _go(self) -> None:
        self._gone = threading.Event()
        self._thread = threading.Thread(
            target=self._run, args=(self._gone,), name=f"live {self.name}", daemon=True
        )
        self._thread.start()

    def _run(self, gone: threading.Event) -> None:
        turns = int(self._most_s / self._every_s)
        for _ in range(turns):
            if gone.wait(self._every_s):
                return
            try:
                self.redraw()
            except Exception as error:
                self.error = error
                said = f"{type(error).__name__}: {error}"
                self.page.value = notice("danger", escape(said))
                return
        self.button.value = True  # its time is over; a click goes on

    def _seen(self, change: dict[str, int]) -> None:
        if change["old"] and not change["new"]:
            self.stop()

    def _paused(self, change: dict[str, bool]) -> None:
        self.button.description = "Go on" if change["new"] else "Pause"
        if change["new"]:
            self._gone.set()
        elif not self.running or self._gone.is_set():
            self._go()

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        """The widget, and for a page without a kernel what was drawn last."""
        bundle: dict[str, Any] = self.view._repr_mimebundle_(**options)
        return {**bundle, "text/html": self.page.value}

    def __repr__(self) -> str:
        return f"<Live {self.name!r}, {self.drawn} times drawn>"
