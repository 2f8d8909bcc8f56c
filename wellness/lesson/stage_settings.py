"""JupyterLab as it is on a stage: slides, large type, no pop-ups, and a few keys.

The settings are written anew at each start, to a folder of the stage's own: the slideshow
remembers there whether it is on, and nobody's daily JupyterLab should begin as a show.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from wellness.lesson.shortcuts import COMMAND_MODE, spare_lists
from wellness.lesson.slides import OPEN
from wellness.lesson.syllabus import Chapter

NEXT, BACK, RUN, PANIC, AGAIN, CODE = (
    *("PageDown", "PageUp", "Shift Enter", "F8", "Shift F8", "F2"),
)
# What each key does, for people; in this order in the speaker's notes.
KEYS = {
    f"{NEXT}, {BACK}": "The next step, the one before; a presenter's remote control sends these.",
    RUN: "Run the cell of this step, and stay.",
    "Home, End": "The top and the bottom of a slide that is longer than the screen.",
    f"{OPEN} 0 6": "Open lesson 06; likewise any other by its two digits.",
    f"{CODE}, Shift {CODE}": "Show the code of this step, fold it again.",
    "Tab, Space": "To the next field or button; press it. A field keeps all other keys to itself.",
    PANIC: "Panic: stop what runs, wipe the slides, begin this lesson anew.",
    AGAIN: "If even that does not help: a new kernel, then the same. It takes some seconds.",
}
_TYPE = {"code-font-size": "18px", "content-font-size1": "22px", "ui-font-size1": "17px"}
# A picture and the sentence under it fit the screen, the newest line of a chat is seen, and the
# slideshow's buttons do not lie over them, nor does the Tab key find them first.
_STYLE = """
.jp-Deck .jp-OutputArea svg { max-height: 58vh; width: auto; max-width: 100% }
.jp-Deck .chat-log { max-height: 50vh; overflow-y: auto; display: flex;
  flex-direction: column-reverse }
.jp-Deck-Remote, .jp-Deck-DesignTools, .jp-Deck .jp-NotebookPanel-toolbar {
  display: none !important }
"""
_TO_THE_TOP = (
    *("notebook:enter-command-mode", "notebook:extend-marked-cells-top", "notebook:deselect-all"),
)
# The lesson's first cell. Twice, since an interrupted kernel refuses what was sent to it meanwhile;
# and wiped in between, since what was interrupted says so late.
_WIPE = "notebook:clear-all-cell-outputs"
_SETUP = ("deck:forward", "notebook:run-cell", _WIPE, "notebook:run-cell")
# Where JupyterLab runs a cell and goes on, which hides what it shows: on a stage it stays.
_RUNS = (COMMAND_MODE, ".jp-Notebook.jp-mod-editMode")


def write(folder: Path, lessons: Iterable[Chapter]) -> None:
    """Write the settings; what stood there is gone, and so are the tabs that were open.

    Args:
        folder: Jupyter's own, `jupyter` of `lab.environment`.
        lessons: those that can be opened by their digits.
    """
    shutil.rmtree(folder / "lab", ignore_errors=True)
    style = folder / "custom" / "custom.css"
    style.parent.mkdir(parents=True, exist_ok=True)
    style.write_text(_STYLE, encoding="utf-8")
    config = {"LabApp": {"custom_css": True}}
    (folder / "jupyter_lab_config.json").write_text(json.dumps(config), encoding="utf-8")
    for plugin, settings in _settings(lessons).items():
        path = folder / "lab" / "user-settings" / f"{plugin}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(settings, indent=1), encoding="utf-8")


def _settings(lessons: Iterable[Chapter]) -> dict[str, Mapping[str, Any]]:
    return {
        "jupyterlab-slideshow/plugin": {"active": True},
        "@jupyterlab/apputils-extension/notification": {
            "fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True,
        },
        "@jupyterlab/apputils-extension/themes": {"overrides": _TYPE},
        "@jupyterlab/apputils-extension/sessionDialogs": {"skipKernelRestartDialog": True},
        # Slides hide cells, and a notebook that draws only what is in view loses its place there.
        "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},
        "@jupyterlab/shortcuts-extension/shortcuts": {"shortcuts": _shortcuts(lessons)},
    }  # fmt: skip


def _shortcuts(lessons: Iterable[Chapter]) -> list[dict[str, Any]]:
    here = "notebook:enter-command-mode"
    one_after_another = {
        NEXT: ("deck:forward", here),
        BACK: ("deck:back", here),
        CODE: ("notebook:show-cell-code", here),
        f"Shift {CODE}": ("notebook:hide-cell-code", here),
        PANIC: (
            *("notebook:interrupt-kernel", _WIPE),
            *_TO_THE_TOP,
            *_SETUP,
        ),
        AGAIN: ("notebook:restart-clear-output", *_TO_THE_TOP, *_SETUP),
    }
    steps = [
        _shortcut(key, "body", "apputils:run-all-enabled", {"commands": list(commands)})
        for key, commands in one_after_another.items()
    ]
    opens = [
        _shortcut([OPEN, *lesson.number], "body", "docmanager:open", {"path": lesson.file})
        for lesson in lessons
    ]
    usual = "notebook:run-cell-and-select-next"
    off = [_shortcut(RUN, where, usual, {}) | {"disabled": True} for where in _RUNS]
    schemas = Path(sys.prefix) / "share/jupyter/lab/schemas"
    usually = [one for one in spare_lists(schemas)["shortcuts"] if one["keys"] != [RUN]]
    stays = [_shortcut(RUN, where, "notebook:run-cell", {}) for where in _RUNS]
    return [*usually, *steps, *opens, *off, *stays]


def _shortcut(
    keys: str | list[str], where: str, command: str, arguments: Mapping[str, Any]
) -> dict[str, Any]:
    chord = [keys] if isinstance(keys, str) else keys
    return {"command": command, "keys": chord, "selector": where, "args": dict(arguments)}
