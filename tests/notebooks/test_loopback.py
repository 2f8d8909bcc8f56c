"""The guard under which the lessons run in tests: what it lets through, and what it does not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

GUARD = Path(__file__).parent / "loopback"
LISTEN = """
import socket
at = socket.create_server((%r, 0), family=socket.%s)
with socket.create_connection(at.getsockname()[:2], 5) as there, at.accept()[0] as here:
    there.sendall(b"x")
    print(here.recv(1))
"""
UNIX = """
import socket
at = socket.socket(socket.AF_UNIX)
at.bind("socket")
at.listen()
socket.socket(socket.AF_UNIX).connect("socket")
print("b'x'")
"""
NAMES = "import socket; socket.getaddrinfo('localhost', 80); print(\"b'x'\")"


def run(program: str, folder: Path) -> tuple[str, str, str]:
    """Output and errors of a guarded process, and what the guard wrote down."""
    refused = folder / "refused.txt"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, timeout=60,
        env=os.environ | {"PYTHONPATH": str(GUARD), "WELLNESS_TEST_REFUSED": str(refused)},
    )  # fmt: skip
    return done.stdout, done.stderr, refused.read_text() if refused.exists() else ""


@pytest.mark.parametrize("program", [LISTEN % ("127.0.0.1", "AF_INET"), UNIX, NAMES])
def test_loopback_and_unix_sockets_work_as_ever(tmp_path: Path, program: str) -> None:
    assert run(program, tmp_path) == ("b'x'\n", "", "")


@pytest.mark.parametrize(
    "call",
    ["create_connection(('192.0.2.1', 80), 1)", "socket().connect(('192.0.2.1', 80))",
     "socket().connect_ex(('192.0.2.1', 80))", "socket(AF_INET6).connect(('2001:db8::1', 80))",
     "socket(AF_INET, SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))",
     "socket(AF_INET, SOCK_DGRAM).connect(('192.0.2.1', 53))", "getaddrinfo('example.org', 80)",
     "gethostbyname('example.org')", "socket().bind(('', 0))", "socket().bind(('0.0.0.0', 0))"],
)  # fmt: skip
def test_everything_else_is_refused_and_written_down(tmp_path: Path, call: str) -> None:
    _, errors, refused = run(f"from socket import *\n{call}", tmp_path)
    assert "allows no network beyond loopback" in errors
    assert refused.startswith("socket.")


def test_an_attempt_is_seen_although_its_error_is_swallowed(tmp_path: Path) -> None:
    program = """
import asyncio, contextlib, threading, httpx
def report():
    with contextlib.suppress(Exception):
        httpx.get("http://192.0.2.1/telemetry", trust_env=False)
threading.Thread(target=report).start()
async def ask():
    with contextlib.suppress(Exception):
        await asyncio.open_connection("192.0.2.2", 80)
asyncio.run(ask())
"""
    output, errors, refused = run(program, tmp_path)
    assert (output, errors) == ("", "")
    assert sorted(line.split("'")[1] for line in refused.splitlines()) == ["192.0.2.1", "192.0.2.2"]


def test_a_kernel_is_guarded_too(tmp_path: Path) -> None:
    notebook = nbformat.v4.new_notebook(cells=[  # type: ignore[no-untyped-call]
        nbformat.v4.new_code_cell("import socket; socket.create_connection(('192.0.2.1', 80), 1)")  # type: ignore[no-untyped-call]
    ])  # fmt: skip
    refused = tmp_path / "refused.txt"
    ours = {"PYTHONPATH": str(GUARD), "WELLNESS_TEST_REFUSED": str(refused)}
    with pytest.raises(CellExecutionError, match="no network beyond loopback"):
        NotebookClient(notebook, timeout=60, kernel_name="python3").execute(env=os.environ | ours)
    assert "192.0.2.1" in refused.read_text()
