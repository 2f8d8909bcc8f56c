"""JupyterLab as a person gets it: a real server, a real kernel, and nothing left afterwards."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import nbformat
import psutil
import pytest

from wellness.errors import LessonError
from wellness.lesson import lab

START_S = 90


def write_notebook(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    cells = [nbformat.v4.new_markdown_cell("# A lesson")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


@dataclass
class Running:
    """The command `python -m wellness.lesson.lab`, and the address it printed."""

    process: subprocess.Popen[str]
    home: Path
    url: str

    def get(self, path: str, token: str | None = None, data: bytes | None = None) -> Any:
        parts = urlsplit(self.url)
        headers = {} if token is None else {"Authorization": f"token {token}"}
        request = urllib.request.Request(f"http://{parts.netloc}{path}", headers=headers, data=data)
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.load(response)

    @property
    def token(self) -> str:
        return parse_qs(urlsplit(self.url).query)["token"][0]

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def kernels(self) -> list[psutil.Process]:
        return [member for member in self.family() if "ipykernel_launcher" in command(member)]


def command(process: psutil.Process) -> list[str]:
    """Its words; none for one that has ended, as short-lived helpers of the server do."""
    try:
        return process.cmdline()
    except psutil.Error:
        return []


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield int(server.getsockname()[1])


COMMAND = """
import sys, typer
from wellness.lesson import lab
lab.DEFAULT_PORT = int(sys.argv.pop(1))
typer.run(lab.main)
"""


@pytest.fixture
def running(tmp_path: Path, busy_port: int) -> Iterator[Running]:
    notebook = write_notebook(tmp_path / "a folder" / "lesson of Zoë.ipynb")
    # A person's own kernel of the same name, which must not be taken.
    shadow = tmp_path / "data" / "kernels" / "python3" / "kernel.json"
    shadow.parent.mkdir(parents=True)
    spec = {"argv": ["false", "{connection_file}"], "display_name": "Shadow", "language": "python"}
    shadow.write_text(json.dumps(spec))
    npm = tmp_path / "bin" / "npm"
    npm.parent.mkdir()
    npm.write_text(f"#!/bin/sh\ntouch '{tmp_path}/npm was run'\n")
    npm.chmod(0o755)
    env = {
        **os.environ,
        "PATH": f"{npm.parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": os.devnull,  # in which nothing can be made, by the super-user neither
        "WELLNESS_HOME": str(tmp_path / "home"),
        "JUPYTER_PATH": str(tmp_path / "data"),
        "NO_BROWSER": "1",
    }
    env.pop("PORT", None)
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND, str(busy_port), str(notebook)],
        env=env,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        said = [next(process.stdout, "") for _ in range(4)]  # "" when the command ends early
        assert said[1].startswith(f"Port {busy_port} is busy; "), said
        url = said[3].strip()
        yield Running(process, tmp_path / "home", url)
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(START_S)
        process.stdout.close()


def test_it_serves_one_person_and_ctrl_c_leaves_nothing(running: Running) -> None:
    # The printed address works at once, and is the notebook's.
    assert running.url.startswith("http://127.0.0.1:")
    with urllib.request.urlopen(running.url, timeout=30) as response:
        assert response.status == 200
        assert "/lab/tree/lesson%20of%20Zo" in response.url
        assert b"jupyter-config-data" in response.read()
    assert running.get("/api/status", running.token)["kernels"] == 0

    # Without the token, or with another, nobody gets in.
    for token in (None, "guessed"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            running.get("/api/status", token)
        assert refused.value.code == 403

    # A notebook opens, although there is no home folder to keep its checksum in.
    assert running.get("/api/contents/lesson%20of%20Zo%C3%AB.ipynb", running.token)["content"]

    # The news pop-up is off, in a settings folder of the checkout's own.
    name = "@jupyterlab/apputils-extension:notification"
    settings = running.get(f"/lab/api/settings/{name}", running.token)
    assert json.loads(settings["raw"]) == {"fetchNews": "false", "checkForUpdates": False}

    # The kernel is this Python, although a person's own of that name comes first in JUPYTER_PATH.
    running.get("/api/kernels", running.token, data=b'{"name": "python3"}')
    deadline = time.monotonic() + START_S
    while not (kernels := running.kernels()):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert kernels[0].cmdline()[0] == sys.executable

    # What is typed into cells is kept with the data, and for this user alone.
    history = running.home / "ipython"
    assert kernels[0].environ()["IPYTHONDIR"] == str(history)
    assert not history.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)

    family = [member for member in running.family() if command(member)]
    listening = [
        connection.laddr.ip
        for member in family
        for connection in member.net_connections(kind="inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert listening
    assert set(listening) == {"127.0.0.1"}

    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(START_S) == 0
    _, alive = psutil.wait_procs(family, timeout=10)
    assert not alive
    assert lab.is_free(urlsplit(running.url).port or 0)
    runtime = running.home / "jupyter" / "runtime"
    assert not (running.home.parent / "npm was run").exists(), "it writes into the home folder"
    assert not list(runtime.glob("jpserver-*")) + list(runtime.glob("kernel-*"))


def test_a_busy_port_that_was_asked_for_is_an_error(tmp_path: Path, busy_port: int) -> None:
    notebook = write_notebook(tmp_path / "lesson.ipynb")
    with (
        pytest.raises(LessonError, match=f"Port {busy_port} is busy"),
        lab.serving(notebook, home=tmp_path / "home", port=busy_port),
    ):
        pass
    result = subprocess.run(
        [sys.executable, "-m", "wellness.lesson.lab", "--no-browser", str(notebook)],
        env={**os.environ, "PORT": str(busy_port)},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 1
    assert result.stderr.startswith(f"Port {busy_port} is busy. Stop what uses it")
    assert "Traceback" not in result.stderr


def test_a_server_that_does_not_start_is_explained_from_its_log(tmp_path: Path) -> None:
    notebook = write_notebook(tmp_path / "lesson.ipynb")
    home = tmp_path / "home"
    lab.environment(home, {})
    (home / "jupyter" / "jupyter_server_config.py").write_text("raise SystemExit('broken here')")
    with (
        pytest.raises(LessonError, match="stopped at once") as error,
        lab.serving(notebook, home=home),
    ):
        pass
    assert "lab.log" in error.value.hint


def test_a_missing_notebook_names_the_command_that_builds_it(tmp_path: Path) -> None:
    with (
        pytest.raises(LessonError, match="There is no notebook") as error,
        lab.serving(tmp_path / "none.ipynb", home=tmp_path),
    ):
        pass
    assert "make notebooks" in error.value.hint


def test_settings_that_a_person_changed_are_kept(tmp_path: Path) -> None:
    variables = lab.environment(tmp_path, {"HOME": "/somewhere"})
    assert variables["HOME"] == "/somewhere"
    (changed,) = Path(variables["JUPYTERLAB_SETTINGS_DIR"]).rglob(
        "notification.jupyterlab-settings"
    )
    changed.write_text("{}")
    lab.environment(tmp_path, {})
    assert changed.read_text() == "{}"
