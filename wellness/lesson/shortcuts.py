"""JupyterLab's shortcuts, kept away from lists that have the focus.

In JupyterLab a notebook in command mode takes single keys, also while a drop-down list in one of
its outputs has the focus: an arrow key would go to another cell, and typing the first letters of a
choice would insert a cell (b) or delete one (d, d). Here each of these shortcuts gets the same
keys and command under a selector that leaves lists out.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

COMMAND_MODE = ".jp-Notebook.jp-mod-commandMode:not(.jp-mod-readWrite) :focus"
SPARED = f"{COMMAND_MODE}:not(select)"
# What no list understands: such keys run cells and save wherever the focus is.
CHORDS = ("Accel ", "Alt ", "Ctrl ")


def spare_lists(schemas: Path) -> dict[str, Any]:
    """The settings of JupyterLab's shortcuts under which a focused list gets its keys.

    Args:
        schemas: the folder in which JupyterLab's extensions declare their shortcuts.
    """
    changed: list[dict[str, Any]] = []
    for path in sorted(schemas.rglob("*.json")):
        declared = json.loads(path.read_text("utf-8"))
        for one in declared.get("jupyter.lab.shortcuts", ()):
            if one.get("selector") == COMMAND_MODE and _is_plain(one["keys"]):
                same = {"command": one["command"], "keys": one["keys"]}
                changed.append({**same, "selector": COMMAND_MODE, "disabled": True})
                changed.append({**same, "selector": SPARED})
    return {"shortcuts": changed}


def _is_plain(keys: list[str]) -> bool:
    return bool(keys) and not any(key.startswith(CHORDS) for key in keys)
