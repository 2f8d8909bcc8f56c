"""A real JupyterLab in a real browser: one server and one Chromium for the tests of a module.

Not for all: while Playwright is on, its event loop runs in this thread, and no other test that
needs one could have its own.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator

from wellness.lesson import browser, sheets
from wellness.lesson.sheets import IDLE, NOTEBOOK, READY_S, RUN_S, Room, Sheet
from wellness.local_ollama import FIRST_CHAT

__all__ = ["IDLE", "NOTEBOOK", "READY_S", "RUN_S", "Room", "Sheet", "nameless"]

# What a reader operates or looks at, as Playwright writes it for a screen reader. Handles of
# sliders are not among them: ipywidgets cannot name one, so each has a field beside it.
ROLES = "button|checkbox|combobox|img|link|listbox|progressbar|radio|searchbox|spinbutton|textbox"
NAMELESS = re.compile(rf"^ *- (?:{ROLES})(?! \").*", re.MULTILINE)


def nameless(seen: Locator) -> list[str]:
    """What in a part of a page has no name that a screen reader could say."""
    bare = "svg:not([role=img][aria-label]):not([aria-hidden=true]), img:not([alt])"
    pictures = [f"picture {at}" for at in range(seen.locator(bare).count())]
    return NAMELESS.findall(seen.aria_snapshot()) + pictures


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if os.environ.get("NO_BROWSER") or browser.find() is None:
        pytest.skip("NO_BROWSER is set, or there is no Chromium; see wellness.lesson.browser")
    with browser.launch() as found:
        yield found


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Room]:
    home = tmp_path_factory.mktemp("lab home")
    ours = {
        "WELLNESS_HOME": str(home),
        "WELLNESS_SCALE": "ci",
        "WELLNESS_CHECKS": "strict",
        "WELLNESS_CHAT_MODEL": FIRST_CHAT,
    }
    with sheets.serve(tmp_path_factory.mktemp("lab"), home, chromium, ours) as found:
        yield found


@pytest.fixture
def sheet(room: Room) -> Iterator[Callable[[str], Sheet]]:
    """Opens a notebook of the room; its page is closed and its kernel ended afterwards."""
    opened: list[Sheet] = []

    def show(name: str) -> Sheet:
        opened.append(room.open(name))
        return opened[-1]

    yield show
    for one in opened:
        one.close()
