"""A solved lesson becomes a page that stands alone."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from wellness.lesson import page_index, pages


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


def run_pages(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    mine = {"WELLNESS_HOME": str(home), "COLUMNS": "200"}
    kept = {name: text for name, text in os.environ.items() if name != "REDIS_URL"}
    return subprocess.run(
        [sys.executable, "-m", "wellness.lesson.pages", *words],
        env=kept | mine, capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def test_a_run_prints_versions_and_seconds_and_ends_with_an_index(tmp_path: Path) -> None:
    good, bad = tmp_path / "00_good.ipynb", tmp_path / "01_bad.ipynb"
    heading = new_markdown_cell("# Good & plain")
    folder = new_code_cell("print(get_ipython().ipython_dir)")
    nbformat.write(new_notebook(cells=[heading, folder]), good)
    nbformat.write(new_notebook(cells=[new_code_cell("1 / 0")]), bad)
    target = tmp_path / "html"
    target.mkdir()
    (target / "02_before.html").write_text("<h1>Before</h1>", "utf-8")
    done = run_pages(tmp_path / "home", str(good), str(bad), "--target", str(target))

    assert done.returncode == 1, done.stderr
    assert re.search(r"^Redis: \d+\.\d+\.\d+$", done.stdout, re.MULTILINE)
    assert re.search(r"^Redis module search: \d+\.\d+\.\d+$", done.stdout, re.MULTILINE)
    for name in (
        "Python",
        "redis-py",
        "redis-wellness",
        "redisvl",
        "embedding model",
        "chat model",
    ):
        assert re.search(rf"^{name}: \S", done.stdout, re.MULTILINE), name
    assert re.search(r"^ +\d+\.\d s +\S+00_good\.html$", done.stdout, re.MULTILINE)
    assert "ZeroDivisionError" in done.stderr
    assert re.search(r"^1 of 2 ran to the end, in \d+\.\d s\.", done.stdout, re.MULTILINE)

    index = (target / "index.html").read_text("utf-8")
    rows = re.findall(r'<a href="([^"]+)">([^<]+)</a></td><td>([^<]+)<', index)
    assert [(link, text) for link, text, _ in rows] == [
        ("00_good.html", "00 Good &amp; plain"),
        ("01_bad.html", "01_bad"),
        ("02_before.html", "02 Before"),
    ]
    assert [bool(re.fullmatch(r"\d+\.\d s", took)) for *_, took in rows] == [True, False, False]
    assert [took for *_, took in rows[1:]] == ["failed", page_index.EARLIER]
    assert "Redis module search" in index
    page = (target / "00_good.html").read_text("utf-8")
    assert str(tmp_path / "home" / "ipython") in page, "IPython keeps nothing elsewhere"
