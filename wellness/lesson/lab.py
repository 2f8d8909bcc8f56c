"""Start JupyterLab on a lesson.

    python -m wellness.lesson.lab [--port N] [--no-browser] [NOTEBOOK]

Nobody is asked for a token: the address that is opened or printed carries it. It is not left
empty, since any other user and any process of this machine could then run code as you; binding to
127.0.0.1 keeps out the network, not them. (A browser gets the address on its command line, which
other users of a shared machine may read: there, use NO_BROWSER=1 and paste it.)

JupyterLab gets settings of its own under `.wellness/jupyter`, so that a lesson looks the same for
everybody and no news pop-up covers it, and this environment's Python as its kernel, whatever
kernels a person has installed elsewhere.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import typer

from wellness import settings
from wellness.errors import LessonError
from wellness.lesson.attending import attend, until_stopped
from wellness.lesson.shortcuts import spare_lists

DEFAULT_PORT = 8888
FIRST_LESSON = Path("notebooks/00_start_here.ipynb")
START_S = 120.0  # a cold disk and a busy machine; a warm start takes a few seconds
STOP_S = 15.0  # JupyterLab shuts its kernels down first

_QUIET = {"fetchNews": "false", "checkForUpdates": False}
# Looking for language servers would run npm, which writes into a person's home folder.
_ALONE = {"LanguageServerManager": {"autodetect": False}}


@dataclass(frozen=True)
class Lab:
    """A JupyterLab that answers.

    Attributes:
        process: the server, in a session of its own.
        port: the loopback port it listens on.
        url: the address of the notebook, with the token.
        log: what it writes.
    """

    process: subprocess.Popen[bytes]
    port: int
    url: str
    log: Path


def environment(home: Path, base: Mapping[str, str]) -> dict[str, str]:
    """The variables that give Jupyter its own folder under `home` and this Python's kernel.

    Args:
        home: folder of this checkout's own data; `jupyter/` is made in it.
        base: the environment to start from, `os.environ` as a rule.
    """
    folder = home / "jupyter"
    share = Path(sys.prefix) / "share" / "jupyter"
    ours = folder / "lab/user-settings/@jupyterlab"
    _once(ours / "apputils-extension/notification.jupyterlab-settings", lambda: _QUIET)
    shortcuts = ours / "shortcuts-extension/shortcuts.jupyterlab-settings"
    _once(folder / "jupyter_server_config.json", lambda: _ALONE)
    _once(shortcuts, lambda: spare_lists(share / "lab/schemas"))
    # IPython keeps what was typed into cells: with the data, and for their owner alone.
    (home / "ipython").mkdir(mode=0o700, exist_ok=True)
    # JUPYTER_PATH comes before a person's own kernels, one of which may be called python3 too.
    here = [str(share), base.get("JUPYTER_PATH", "")]
    return {
        **base,
        "IPYTHONDIR": str(home / "ipython"),
        "JUPYTER_CONFIG_DIR": str(folder),
        "JUPYTER_DATA_DIR": str(folder / "data"),  # no notebook opens where it cannot be written
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTER_PATH": os.pathsep.join(part for part in here if part),
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "lab/user-settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "lab/workspaces"),
        "MPLCONFIGDIR": str(folder / "matplotlib"),
    }


def _once(path: Path, settings: Callable[[], Mapping[str, object]]) -> None:
    """Write settings where there are none; what a person changed is kept."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(settings()), encoding="utf-8")


def is_free(port: int) -> bool:
    """Whether a server may listen on this loopback port."""
    with socket.socket() as probe:
        if os.name == "posix":  # as the server does: a port that was just closed counts as free
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@contextmanager
def serving(
    notebook: Path,
    *,
    home: Path,
    port: int | None = None,
    variables: Mapping[str, str] | None = None,
    root: Path | None = None,
) -> Iterator[Lab]:
    """JupyterLab on `notebook` while the block runs; it and its kernels are gone afterwards.

    Args:
        notebook: the file to open.
        home: folder of this checkout's own data, see `settings.Settings.home`.
        port: this one and no other; without it 8888 or, when that is busy, the next free one.
        variables: of the environment, for the server and its kernels, besides those of this one.
        root: the folder that is served; by default the checkout when the notebook is in it, else
            the notebook's own folder.

    Raises:
        LessonError: there is no such notebook, the port is busy, or the server does not start.
    """
    notebook = notebook.resolve()
    if not notebook.is_file():
        raise LessonError(f"There is no notebook {notebook}.", hint="`make notebooks` builds them.")
    if port is not None and not is_free(port):
        raise LessonError(
            f"Port {port} is busy.",
            hint="Stop what uses it, or choose another with --port or PORT=; "
            "when none is named, a free one is taken.",
        )
    if root is None:
        root = settings.project_root()
        root = root if notebook.is_relative_to(root) else notebook.parent
    ours = environment(home, {**os.environ, **(variables or {})})
    log = home / "jupyter" / "lab.log"
    with log.open("wb") as sink:
        # Its own session, as Ctrl-C must reach only us: Jupyter would ask whether it is meant.
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyterlab", "--no-browser", "--ServerApp.ip=127.0.0.1"),
                f"--ServerApp.root_dir={root}",
                f"--ServerApp.port={port or DEFAULT_PORT}",
                f"--ServerApp.port_retries={0 if port else 50}",
                *(["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []),
            ],
            env=ours,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        runtime = Path(ours["JUPYTER_RUNTIME_DIR"])
        info = _wait(process, runtime / f"jpserver-{process.pid}.json", log)
        path = quote(notebook.relative_to(root).as_posix())
        url = f"http://127.0.0.1:{info['port']}/lab/tree/{path}?token={info['token']}"
        yield Lab(process, int(info["port"]), url, log)
    finally:
        process.terminate()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()  # the kernels notice that their parent is gone and leave
            process.wait()


def _wait(process: subprocess.Popen[bytes], info_file: Path, log: Path) -> dict[str, str]:
    """What the server wrote about itself, once it answers."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            info: dict[str, str] = json.loads(info_file.read_text(encoding="utf-8"))
            if _answers(info):
                return info
        except (OSError, ValueError):
            pass  # not written yet, half written, or not listening yet
        time.sleep(0.1)
    tail = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-12:])
    what = "stopped at once" if process.poll() is not None else f"did not answer in {START_S:.0f} s"
    raise LessonError(f"JupyterLab {what}. Its log says last:\n{tail}\n", hint=f"Log: {log}")


def _answers(info: Mapping[str, str]) -> bool:
    """Whether the server lets in who has the token; a proxy of the environment is not asked."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{info['port']}/api/status",
        headers={"Authorization": f"token {info['token']}"},
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=5) as response:
        return bool(response.status == 200)


def main(
    notebook: Annotated[Path | None, typer.Argument(help="Notebook to open.")] = None,
    port: Annotated[
        int | None, typer.Option(envvar="PORT", min=1, max=65535, help="This port and no other.")
    ] = None,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", envvar="NO_BROWSER", help="Only print the address.")
    ] = False,
) -> None:
    """Open JupyterLab on a lesson, and serve it until Ctrl-C."""
    with until_stopped():
        typer.echo("Starting JupyterLab...")
        notebook = notebook or settings.project_root() / FIRST_LESSON
        with serving(notebook, home=settings.load().home, port=port) as lab:
            attend(lab, wanted=port or DEFAULT_PORT, no_browser=no_browser)


if __name__ == "__main__":
    typer.run(main)
