"""A solved lesson becomes a page that stands alone."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from wellness.lesson import pages


def test_a_page_holds_the_results_and_loads_nothing(tmp_path: Path) -> None:
    notebook = tmp_path / "a lesson" / "00_tiny.ipynb"
    notebook.parent.mkdir()
    cells = [
        new_markdown_cell("# Tiny\n\n```mermaid\ngraph LR; list-->zset\n```\n\n$O(\\log N)$"),
        new_code_cell("from pathlib import Path; print('made', 6 * 7, 'in', Path.cwd().name)"),
        new_code_cell("import ipywidgets; ipywidgets.IntSlider(value=3)"),
    ]
    nbformat.write(new_notebook(cells=cells), notebook)
    before = notebook.read_bytes()

    assert pages.render(notebook, tmp_path / "html" / "tiny.html") > 0

    page = (tmp_path / "html" / "tiny.html").read_text(encoding="utf-8")
    assert "made 42 in a lesson" in page
    assert "list--&gt;zset" in page
    assert "IntSlider(value=3)" in page
    loads = re.findall(r'(?:src|<link[^>]*href)="(?!data:)[^"]*"|import\(|url\((?!data:)', page)
    assert not loads
    assert "<title>00_tiny</title>" in page
    assert notebook.read_bytes() == before


def test_a_failed_cell_is_an_error_and_is_on_the_page(tmp_path: Path) -> None:
    notebook = tmp_path / "wrong.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("1 / 0")]), notebook)
    with pytest.raises(CellExecutionError):
        pages.render(notebook, tmp_path / "wrong.html")
    assert "ZeroDivisionError" in (tmp_path / "wrong.html").read_text(encoding="utf-8")
