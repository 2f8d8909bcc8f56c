"""A progress bar that leaves one line behind, in a notebook and in the page exported from it."""

from __future__ import annotations

import html
import sys
import time
from typing import Any

EVERY_S = 0.1  # often enough to move, seldom enough to cost nothing


class ProgressBar:
    """Call it with what is done and the total (0 when not known)."""

    def __init__(self, label: str) -> None:
        self.label, self.done, self.total = label, 0, 0
        self._shown_at = 0.0
        self._display: Any = None

    def __call__(self, done: int, total: int) -> None:
        """Show how far it is."""
        self.done, self.total = done, total
        now = time.monotonic()
        if now - self._shown_at >= EVERY_S or done >= total > 0:
            self._shown_at = now
            self._show()

    def _show(self) -> None:
        if self._display is not None:
            self._display.update(self)
        elif "IPython" in sys.modules:
            from IPython.display import display

            self._display = display(self, display_id=True)  # type: ignore[no-untyped-call]

    def __repr__(self) -> str:
        share = f"{self.done / self.total:.0%}" if self.total else f"{self.done:,}"
        return f"{self.label}: {share}"

    def _repr_html_(self) -> str:
        label = html.escape(self.label)
        value = f'value="{self.done}" max="{self.total}"' if self.total else ""
        return f'<label>{label} <progress aria-label="{label}" {value}></progress></label>'
