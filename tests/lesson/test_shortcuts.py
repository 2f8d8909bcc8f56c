"""Shortcuts that would act on cells are kept from a focused list, and no others are changed."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from wellness.lesson.shortcuts import COMMAND_MODE, SPARED, spare_lists

SCHEMAS = Path(sys.prefix) / "share" / "jupyter" / "lab" / "schemas"


def test_the_shortcuts_of_this_jupyterlab_spare_lists() -> None:
    changed = spare_lists(SCHEMAS)["shortcuts"]
    kept = {(one["command"], *one["keys"]) for one in changed if one["selector"] == SPARED}
    gone = {(one["command"], *one["keys"]) for one in changed if one.get("disabled")}
    assert kept == gone
    assert ("notebook:delete-cell", "D", "D") in kept
    assert ("notebook:move-cursor-down", "ArrowDown") in kept
    assert not any(command == "notebook:run-cell" for command, *_ in kept)


def test_other_selectors_and_chords_are_left_alone(tmp_path: Path) -> None:
    declared = [
        {"command": "a", "keys": ["X"], "selector": COMMAND_MODE},
        {"command": "b", "keys": ["Ctrl X"], "selector": COMMAND_MODE},
        {"command": "c", "keys": ["X"], "selector": ".jp-Notebook.jp-mod-editMode"},
        {"command": "d", "keys": [], "selector": COMMAND_MODE},
    ]
    (tmp_path / "some extension").mkdir()
    made = tmp_path / "some extension" / "plugin.json"
    made.write_text(json.dumps({"jupyter.lab.shortcuts": declared}), "utf-8")
    assert spare_lists(tmp_path)["shortcuts"] == [
        {"command": "a", "keys": ["X"], "selector": COMMAND_MODE, "disabled": True},
        {"command": "a", "keys": ["X"], "selector": SPARED},
    ]
