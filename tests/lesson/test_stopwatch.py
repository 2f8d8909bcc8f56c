"""A wait that can be seen: the seconds move while the cell runs, and stay when it is over."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from wellness.lesson.stopwatch import Stopwatch

WAIT = """
import time
from wellness.lesson.stopwatch import Stopwatch
with Stopwatch("A <slow> answer") as watch:
    time.sleep(1.7)
"""


def test_it_counts_until_its_block_ends() -> None:
    with Stopwatch("An answer") as watch:
        first, second = watch.seconds, watch.seconds
        assert 0 <= first <= second
        assert "<progress" in watch._repr_html_()
    ended = watch.seconds
    assert watch.seconds == ended
    assert "<progress" not in watch._repr_html_()


def test_an_error_ends_it_too() -> None:
    watch = Stopwatch("An answer")
    try:
        with watch:
            raise ValueError
    except ValueError:
        pass
    assert watch.seconds == watch.seconds


def test_the_seconds_move_in_a_notebook(tmp_path: Path) -> None:
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(WAIT)])
    updates: list[str] = []
    client = NotebookClient(book, timeout=60, resources={"metadata": {"path": str(tmp_path)}})
    whole = client.process_message

    def seen(message: dict[str, object], *rest: object) -> object:
        if message["msg_type"] == "update_display_data":
            updates.append(json.dumps(message["content"]))
        return whole(message, *rest)  # type: ignore[arg-type]

    client.process_message = seen  # type: ignore[method-assign, assignment]
    client.execute()
    (output,) = book.cells[0].outputs
    assert output["data"]["text/plain"].startswith("A <slow> answer: 1.")
    assert "A &lt;slow&gt; answer" in output["data"]["text/html"]
    assert "<progress" not in output["data"]["text/html"]
    assert len(updates) >= 3, "twice while it ran, once at the end"
    assert len(set(updates)) == len(updates)
