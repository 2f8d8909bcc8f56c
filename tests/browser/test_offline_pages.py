"""The pages that `make run` writes, opened from a file in a browser that has no network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from playwright.sync_api import Browser, Page

from wellness.lesson import page_index, pages
from wellness.lesson.page_index import Made

from .conftest import nameless

NARROW = 700  # pixels: half a laptop's screen
CELLS = [
    new_markdown_cell("# The *first* one\n\n$O(\\log N)$\n\n| a | b |\n|--|--|\n| 1 | 2 |"),
    new_code_cell(
        "from wellness.lesson import charts\nfrom wellness.lesson.tables import html_table\n"
        "from IPython.display import HTML, display\n"
        "display(charts.bars({'a': 1, 'b': 2}, title='Three'))\n"
        "HTML(html_table([str(n) * 9 for n in range(20)], [['0' * 9] * 20], caption='wide'))"
    ),
    new_code_cell("'wide ' * 200"),
]
# What reaches beyond the right edge and cannot be scrolled to, in the page or in a part of it.
CUT_OFF = """
() => [...document.querySelectorAll('table, svg, pre, img')].filter(one => {
    if (one.getBoundingClientRect().right <= innerWidth) return false;
    for (let box = one; box !== document.body; box = box.parentElement)
        if (['auto', 'scroll'].includes(getComputedStyle(box).overflowX)) return false;
    return true;
}).map(one => one.outerHTML.slice(0, 80))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two pages and their index; the folder's name needs quoting in an address."""
    made = tmp_path_factory.mktemp("pages of Zoë")
    notebook = made / "00_first.ipynb"
    nbformat.write(new_notebook(cells=CELLS), notebook)
    seconds = pages.render(notebook, made / "00_first.html")
    (made / "01_second.html").write_text("<!DOCTYPE html><h1>Second</h1>", "utf-8")
    page_index.write(made, [Made(made / "00_first.html", seconds)], {"Redis": "7"}, at="today")
    return made


@pytest.fixture
def page(chromium: Browser, folder: Path) -> Iterator[Page]:
    """The index, without a network; afterwards it must not have asked for one."""
    context = chromium.new_context(
        offline=True, viewport={"width": NARROW, "height": 900}, color_scheme="dark"
    )
    asked: list[str] = []
    opened = context.new_page()
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto((folder / page_index.NAME).as_uri())
    yield opened
    context.close()
    assert [url for url in asked if not url.startswith((folder.as_uri(), "data:"))] == []


def test_the_index_leads_to_every_page_by_keyboard(page: Page) -> None:
    assert [one.inner_text() for one in page.get_by_role("link").all()] == [
        "00 The first one", "01 Second",
    ]  # fmt: skip
    assert nameless(page.locator("body")) == []
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="The first one").wait_for()
    assert "00_first.html" in page.url
    assert nameless(page.locator("main")) == []
    assert page.evaluate(CUT_OFF) == []
    assert page.get_by_role("img", name="Bar chart: Three").bounding_box()["width"] >= 560  # type: ignore[index]


def test_what_has_no_name_is_found(page: Page) -> None:
    page.set_content(
        "<button></button><label>Named <input></label><input><select><option>1</select>"
        "<svg></svg><svg role=img aria-label=named></svg><img><img alt=named>"
    )
    bare = nameless(page.locator("body"))
    assert len([line for line in bare if "button" in line]) == 1
    assert len([line for line in bare if "textbox" in line]) == 1
    assert len([line for line in bare if "combobox" in line]) == 1
    assert len([line for line in bare if line.startswith("picture")]) == 2
