"""What an import costs, seen in `sys.modules`: libraries that are slow to load wait until used."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {
    "pandas", "pyarrow", "matplotlib", "IPython", "ipykernel", "jupyter_client", "jupyter_core",
    "jupyterlab", "ipywidgets", "nbformat", "nbclient", "nbconvert", "jupytext", "traitlets",
}  # fmt: skip


def modules_after(code: str, **variables: str) -> set[str]:
    """Top-level names of `sys.modules` in a fresh process after `code`; stdlib names aside."""
    report = "import sys, json; json.dump(sorted({m.partition('.')[0] for m in sys.modules}"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{report} - sys.stdlib_module_names), sys.stderr)"],
        env=os.environ | variables,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stderr.splitlines()[-1]))


def test_the_package_itself_imports_nothing() -> None:
    before = modules_after("")
    assert modules_after("import wellness") - before == {"wellness"}


@pytest.mark.parametrize(
    "module", ["wellness.cli", "wellness.lesson.kit", "wellness.client", "wellness.health.importer"]
)
def test_no_heavy_library_comes_along(module: str) -> None:
    loaded = modules_after(f"import {module}")
    assert {"wellness", "redis"} <= loaded, "or this test looks at the wrong thing"
    assert not loaded & HEAVY


def test_a_command_loads_what_it_needs_only() -> None:
    """A period needs no data, so neither Redis's client beyond its types nor a data frame."""
    run = (
        "import sys\nfrom wellness.cli import main\nsys.argv = ['wellness', 'period', 'yesterday']"
        "\ntry: main()\nexcept SystemExit as end: assert not end.code, end.code"
    )
    assert not modules_after(run) & HEAVY


def test_importing_every_module_has_no_effect(tmp_path: Path) -> None:
    """No server, thread, file or output, and no module that only some other one makes importable.

    `__main__` modules are commands: to import them is to run them.
    """
    code = """
import importlib, pkgutil, threading, wellness
names = [module.name for module in pkgutil.walk_packages(wellness.__path__, "wellness.")]
for name in names:
    if not name.endswith("__main__"):
        importlib.import_module(name)
assert len(names) > 50, names
assert threading.active_count() == 1, threading.enumerate()
"""
    home = tmp_path / "home"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"WELLNESS_HOME": str(home), "REDIS_URL": "unix:///nowhere"},
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=120,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list(tmp_path.iterdir()) == []
