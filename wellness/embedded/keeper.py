"""The process that keeps a server: starts it, waits until nobody needs it, stops it.

`wellness.embedded.starter` runs this file by its path, as `python -I -S keeper.py CONFIG` in the
data folder, with the log as standard error. It must stay small, import only the standard library
and survive everything that happens to the notebooks: it has a session of its own, and what it
waits for is a file lock, which the kernel drops however a notebook's process ends.

The server inherits the server lock, so that lock is free only when the server is really gone.
"""

# Not pathlib: it would take as long to import as all the rest.
# ruff: noqa: PTH102, PTH105, PTH106, PTH108, PTH120, PTH123

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import signal
import stat
import sys
import threading
import time
from contextlib import suppress
from typing import NoReturn, TypedDict

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
WAKE_UP = (signal.SIGCHLD, signal.SIGTERM, signal.SIGALRM)


class Config(TypedDict):
    """What the starter hands over; file names are relative to the data folder."""

    command: list[str]
    socket: str
    lease_lock: str
    keeper_lock: str
    server_lock: str
    state_file: str
    stop_s: float


def main(config: Config) -> None:
    """Keep one server from its start to its end."""
    os.umask(0o077)
    locks = [take(config[name], config["stop_s"]) for name in ("keeper_lock", "server_lock")]
    with suppress(FileNotFoundError):
        os.unlink(config["state_file"])
    make_private(os.path.dirname(config["socket"]))
    if os.fork():  # the child has the locks; whoever started us gets neither zombie nor wait
        os._exit(0)
    signal.pthread_sigmask(signal.SIG_BLOCK, WAKE_UP)
    server = spawn(config["command"], server_lock=locks[1])
    try:
        write_state(config, server)
        threading.Thread(target=await_lease, args=(config["lease_lock"],), daemon=True).start()
        watch(server, config["stop_s"])
    except BaseException:
        os.kill(server, signal.SIGKILL)
        raise
    finally:
        tidy(config)


def take(path: str, timeout_s: float) -> int:
    """Lock a file exclusively; a predecessor that is just ending gets time to do so."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + timeout_s
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return descriptor
        except BlockingIOError:
            if time.monotonic() > deadline:
                sys.exit(f"{path} is held by another server of this folder")
            time.sleep(0.005)


def make_private(folder: str) -> None:
    """Make the socket's folder, or refuse one that others could have prepared or can enter."""
    with suppress(FileExistsError):
        os.mkdir(folder, 0o700)
    info = os.lstat(folder)
    if not stat.S_ISDIR(info.st_mode) or info.st_uid != os.getuid() or info.st_mode & 0o077:
        sys.exit(f"{folder} is not a private folder of this user; remove it")


def spawn(command: list[str], *, server_lock: int) -> int:
    """Start the server as a child that holds the server lock and, on Linux, dies with us."""
    keeper = os.getpid()
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None
    os.set_inheritable(server_lock, True)
    child = os.fork()
    if child:
        return child
    if libc:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != keeper:
        os._exit(1)
    become(command)


def become(command: list[str]) -> NoReturn:
    """Turn this process into the server."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, WAKE_UP)
    try:
        os.execv(command[0], command)
    except OSError as error:
        os.write(2, f"{command[0]}: {error}\n".encode(errors="backslashreplace"))
    os._exit(127)


def write_state(config: Config, server: int) -> None:
    """Tell other processes, also those with another temporary folder, what runs here."""
    draft = f"{config['state_file']}.{os.getpid()}"
    with open(draft, "w", encoding="ascii") as file:
        json.dump({"keeper": os.getpid(), "pid": server, "socket": config["socket"]}, file)
    os.replace(draft, config["state_file"])


def await_lease(path: str) -> None:
    """Wait until no process uses the server. Whoever comes later waits until we are gone."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    os.kill(os.getpid(), signal.SIGTERM)


def watch(server: int, stop_s: float) -> None:
    """Return when the server has ended, by itself or because we were asked to stop it."""
    while True:
        woken_by = signal.sigwait(WAKE_UP)
        if woken_by == signal.SIGTERM:
            os.kill(server, signal.SIGTERM)
            signal.setitimer(signal.ITIMER_REAL, stop_s)
        elif woken_by == signal.SIGALRM:
            os.kill(server, signal.SIGKILL)
        elif os.waitpid(server, os.WNOHANG)[0]:
            return


def tidy(config: Config) -> None:
    """Remove what would mislead the next start; the locks go with this process."""
    for path in (config["state_file"], config["socket"]):
        with suppress(OSError):
            os.unlink(path)
    with suppress(OSError):
        os.rmdir(os.path.dirname(config["socket"]))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
