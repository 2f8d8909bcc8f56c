"""install.py: a real virtual environment and a real pip, on a miniature project, offline."""

from __future__ import annotations

import ast
import errno
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

SCRIPT = Path(__file__).parent.parent / "install.py"

PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "tiny"
version = "1"

[project.optional-dependencies]
lab = []
test = ["tiny[lab]"]
"""

# The least that pip accepts as a build backend: a wheel that points back at the checkout.
BACKEND = """
import os, time, zipfile
from pathlib import Path

METADATA = "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1\\n"
METADATA += "Provides-Extra: lab\\nProvides-Extra: test\\n" + os.environ.get("TINY_NEEDS", "")
WHEEL = "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"

def build_editable(folder, config_settings=None, metadata_directory=None):
    if block := os.environ.get("TINY_BLOCK"):
        Path(block).touch()
        time.sleep(60)
    name = "tiny-1-py3-none-any.whl"
    with zipfile.ZipFile(Path(folder) / name, "w") as wheel:
        wheel.writestr("tiny.pth", str(Path.cwd()))
        wheel.writestr("tiny-1.dist-info/METADATA", METADATA)
        wheel.writestr("tiny-1.dist-info/WHEEL", WHEEL)
        wheel.writestr("tiny-1.dist-info/RECORD", "")
    return name
"""


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("install", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Checkout:
    """A miniature project with the real install.py in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir()
        shutil.copy(SCRIPT, root)
        (root / "pyproject.toml").write_text(PYPROJECT)
        (root / "backend.py").write_text(BACKEND)
        (root / "module_of_tiny.py").write_text("")
        (root / "requirements.lock").write_text("")

    @property
    def log(self) -> Path:
        return self.root / ".wellness" / "install.log"

    @property
    def state(self) -> dict[str, object]:
        text = (self.root / ".venv" / "redis-wellness.json").read_text(encoding="utf-8")
        return dict(json.loads(text))

    def command(self, extra: str) -> list[str]:
        return [sys.executable, str(self.root / "install.py"), extra]

    def environment(self, more: Mapping[str, str]) -> dict[str, str]:
        offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "", "PIP_CONFIG_FILE": os.devnull}
        return {**os.environ, **offline, **more}

    def install(self, extra: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(extra), env=self.environment(more), capture_output=True, text=True
        )

    def imports(self) -> bool:
        python = self.root / ".venv" / "bin" / "python"
        command = [python, "-c", "import module_of_tiny"]
        return subprocess.run(command, cwd=self.root.parent, capture_output=True).returncode == 0


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 10, 13), (3, 5, 0, "final", 0)])
def test_an_old_python_is_named_with_the_remedy(
    script: ModuleType, version: tuple[int, ...]
) -> None:
    with pytest.raises(script.Problem) as problem:
        script.check_python(version)
    assert f"this is {version[0]}.{version[1]}" in str(problem.value)
    assert "PYTHON=" in str(problem.value)


def test_python_3_11_and_later_will_do(script: ModuleType) -> None:
    for version in [(3, 11, 0), (3, 13, 1), (4, 0, 0)]:
        script.check_python(version)


def test_an_old_python_can_read_the_script() -> None:
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 5))
    too_new = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr)  # the parser lets f-strings through
    assert not [node for node in ast.walk(tree) if isinstance(node, too_new)]


def test_a_missing_venv_package_is_named(script: ModuleType) -> None:
    with pytest.raises(script.Problem, match=r"apt install python3\.\d+-venv"):
        script.check_venv_module(lambda module: module != "ensurepip")
    script.check_venv_module(lambda module: True)


def test_a_full_disk_is_said_before_anything_is_written(script: ModuleType, tmp_path: Path) -> None:
    def usage(folder: str) -> SimpleNamespace:
        return SimpleNamespace(free=1_100_000_000)

    with pytest.raises(script.Problem, match=r"1\.1 GB free, 1\.5 GB needed"):
        script.check_disk(tmp_path, 1_500_000_000, usage)
    script.check_disk(tmp_path, 1_000_000_000, usage)


@pytest.mark.parametrize(
    ("said", "remedy"),
    [
        (f"ERROR: Could not install packages due to an OSError: [Errno {errno.ENOSPC}] No space "
         "left on device", "disk is full"),
        ("NewConnectionError('Failed to establish a new connection: [Errno -3] Temporary failure "
         "in name resolution')\nERROR: No matching distribution found for pip", "Are you online?"),
        ("ProxyError('Cannot connect to proxy.', OSError('Tunnel connection failed: 407'))",
         "HTTPS_PROXY"),
        ("SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]'))", "PIP_CERT"),
        ("OSError: [Errno 13] Permission denied: '/x'", "belong to you"),
        ("ERROR: No matching distribution found for x==1", "PIP_NO_INDEX"),
        ("something unheard of", "Read the log"),
    ],
)  # fmt: skip
def test_a_failed_pip_is_explained(script: ModuleType, said: str, remedy: str) -> None:
    message = script.explain([*said.splitlines(), ""], "the.log")
    assert remedy in message
    assert said.splitlines()[-1] in message
    assert message.endswith("the.log")


def kill_half_way(checkout: Checkout, extra: str, block: Path) -> None:
    """Start an installation, and end it and its pip with SIGKILL while pip is at work."""
    process = subprocess.Popen(
        checkout.command(extra),
        env=checkout.environment({"TINY_BLOCK": str(block)}),
        start_new_session=True,
        stdout=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 120
        while not block.exists() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        assert block.exists(), "pip was never at work"
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_the_life_of_an_environment(tmp_path: Path) -> None:
    """Killed, made anew but failed, repaired, found complete, and renewed after a change."""
    checkout = Checkout(tmp_path / "checkout of Zoë")
    half_done = checkout.root / ".venv" / "half-done"

    kill_half_way(checkout, "test", tmp_path / "block")
    assert checkout.state["unfinished"]
    half_done.touch()

    failed = checkout.install("test", TINY_NEEDS="Requires-Dist: nowhere-to-be-found\n")
    assert failed.returncode == 1
    assert "No matching distribution found for nowhere-to-be-found" in failed.stderr
    assert "PIP_NO_INDEX" in failed.stderr
    assert str(checkout.log) in failed.stderr
    assert "Traceback" not in failed.stderr
    assert not half_done.exists(), "what the killed run left was trusted"
    assert not checkout.state["unfinished"], "pip changed nothing, so nothing need be made anew"
    assert not checkout.imports()

    done = checkout.install("test")
    assert done.returncode == 0, done.stderr
    assert checkout.imports()

    checkout.log.unlink()
    for extra in ("test", "lab"):  # `test` brings `lab` along
        again = checkout.install(extra)
        assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    assert not checkout.log.exists(), "pip ran again"

    (checkout.root / "requirements.lock").write_text("# another\n")
    assert checkout.install("lab").returncode == 0
    assert checkout.log.exists(), "a changed lock was overlooked"


@pytest.mark.parametrize("damage", ["moved", "unfinished", "python removed", "pip broken"])
def test_a_damaged_environment_is_not_sound(
    script: ModuleType, tmp_path: Path, damage: str
) -> None:
    environment = script.Environment(tmp_path / ".venv")
    environment.python.parent.mkdir(parents=True)
    environment.python.symlink_to(shutil.which("true") or "/bin/true")  # as a pip that answers
    environment.write({"lab": script.fingerprint()})
    assert environment.is_sound()
    assert environment.has("lab")
    if damage == "moved":
        environment = script.Environment((tmp_path / ".venv").rename(tmp_path / "elsewhere"))
    elif damage == "unfinished":
        environment.write({"lab": script.fingerprint()}, unfinished=True)
    else:
        environment.python.unlink()
        if damage == "pip broken":
            environment.python.symlink_to(shutil.which("false") or "/bin/false")
    assert not environment.is_sound()
    # Asking pip takes longer than the second run may; a broken one shows when it is needed.
    assert environment.has("lab") is (damage == "pip broken")


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    checkout = Checkout(tmp_path / "checkout")
    precious = checkout.root / ".venv" / "precious.txt"
    precious.parent.mkdir()
    precious.write_text("mine")
    refused = checkout.install("lab")
    assert refused.returncode == 1
    assert "was not made by this script" in refused.stderr
    assert precious.read_text() == "mine"


def test_an_unknown_extra_is_an_error_that_lists_them(tmp_path: Path) -> None:
    refused = Checkout(tmp_path / "checkout").install("lob")
    assert refused.returncode == 1
    assert "There is no extra 'lob'; pyproject.toml has lab, test." in refused.stderr
