"""A browser of keys: by kind, page by page, with type, bytes, and an expiry that counts down."""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets
from redis import Redis

from wellness.keys import KINDS
from wellness.lesson.live import Live
from wellness.lesson.widths import WRAPPED
from wellness.ops.browse import Cursor, Page, browse

EVERY_S = 1.0
PAGE = 12  # keys: what fits beside the explanation on a projector
ALL = "all kinds"
NEXT, NO_NEXT = "Next page", "No next page"  # a button that is disabled would lose the focus


class KeyBox:
    """The keys of a namespace, redrawn each second.

    Args:
        client: replies in bytes.
        namespace: whose keys.
        kind: which kind is shown at first; by default all.
    """

    def __init__(self, client: Redis, namespace: str, *, kind: str = "") -> None:
        self._client, self._namespace = client, namespace
        self._cursor: Cursor | None = None
        self.page: Page | None = None
        self.kind = widgets.Dropdown(
            options=[ALL, *KINDS], value=kind or ALL, description="Kind of key"
        )
        self.first = widgets.Button(description="First page", tooltip="The first page of keys")
        self.next = widgets.Button(description=NEXT, tooltip="The next page of keys")
        self.live = Live("keys", self._draw, every_s=EVERY_S)
        self.kind.observe(lambda _: self._go(None), names="value")
        self.first.on_click(lambda _: self._go(None))
        self.next.on_click(lambda _: self._go_on())
        for part in (self.kind, self.first, self.next):
            part.add_class("key-box")

    def show(self) -> Live:
        """The browser, drawn now and each second until it is no longer seen."""
        controls = widgets.HBox([self.kind, self.first, self.next], layout=WRAPPED)
        self.live.view.children = (controls, *self.live.view.children)
        return self.live.start()

    def _go_on(self) -> None:
        if self.page and self.page.next:
            self._go(self.page.next)

    def _go(self, cursor: Cursor | None) -> None:
        self._cursor = cursor
        self.live.redraw()

    def _draw(self) -> str:
        kind = "" if self.kind.value == ALL else str(self.kind.value)
        self.page = browse(self._client, self._namespace, kind=kind, cursor=self._cursor, size=PAGE)
        self.next.description = NEXT if self.page.next else NO_NEXT
        html: Any = self.page._repr_html_()
        return f"<section aria-label='Keys' class='keys'>{html}</section>"
