#!/usr/bin/env python3
"""Install the kit into a virtual environment of its own; needs nothing but Python 3.11 or newer.

    python3 install.py lab      what the notebooks need
    python3 install.py engines  the databases that lesson 08 compares Redis with
    python3 install.py test     all of these, and what the tests and checks need

Every version is the one in requirements.lock: pip takes it as constraints, so each extra brings
only its own packages. Nothing is built from source but the kit itself. A stamp in the environment
makes the second run take milliseconds, until pyproject.toml or the lock changes.

Only syntax that Python 3.5 understands is used, so that an old Python reaches the message that
says it is too old. The annotations of the other modules are left out here for the same reason.
"""
# ruff: noqa: T201, UP031

import argparse
import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
OLDEST = (3, 11)
STATE = ".wellness"  # git-ignored; beside the person's data, so the log outlives the environment

# Bytes that a fresh environment takes, with room for what pip unpacks on the way.
SPACE_NEEDED = {"lab": 1200 * 10**6, "engines": 1200 * 10**6, "test": 2200 * 10**6}

# What pip says, in lower case, and what a person can do about it; the first that fits is shown.
REMEDIES = (
    (
        ("no space left on device", "errno 28", "disk quota exceeded"),
        "The disk is full. Free some space (pip's own cache: `python3 -m pip cache purge`).",
    ),
    (
        ("certificate_verify_failed", "sslerror", "ssl: "),
        "The package index shows a certificate that this machine does not trust, as a company's "
        "proxy does: set PIP_CERT to that proxy's certificate file.",
    ),
    (
        ("proxyerror", "407 proxy", "tunnel connection failed"),
        "The proxy refused. Check HTTPS_PROXY (or `pip config set global.proxy URL`).",
    ),
    (
        (
            "name resolution",
            "name or service not known",
            "nodename nor servname",
            "network is unreachable",
            "newconnectionerror",
            "failed to establish a new connection",
            "connecttimeout",
            "readtimeout",
            "read timed out",
            "connection refused",
        ),
        "The package index cannot be reached. Are you online? Behind a proxy, set HTTPS_PROXY; "
        "with an index of your own, set PIP_INDEX_URL.",
    ),
    (
        ("permission denied", "errno 13"),
        "A file cannot be written. Does this checkout belong to you (was sudo used before)?",
    ),
    (
        ("no matching distribution", "could not find a version"),
        "The package index has no build of that package for this machine. Is PIP_NO_INDEX set, or "
        "an index of your own that lacks it? The kit is tested with Python 3.11 to 3.13, 64 bit, "
        "on Linux and macOS.",
    ),
)


class Problem(Exception):
    """The installation cannot go on; the message says why and what to do."""


def check_python(version=sys.version_info):
    """Raise Problem when this Python is too old to run the kit."""
    if tuple(version[:2]) < OLDEST:
        raise Problem(
            "Redis Wellness needs Python 3.11 or newer; this is %d.%d (%s).\n"
            "Install one (macOS: brew install python@3.11; Debian, Ubuntu: sudo apt install "
            "python3.11 python3.11-venv;\nelse: python.org), or name one that is here: "
            "make demo PYTHON=/path/to/python3.11" % (version[0], version[1], sys.executable)
        )


def check_venv_module(exists):
    """Raise Problem when Debian's separate venv package is missing; `exists` tells of a module."""
    if not (exists("venv") and exists("ensurepip")):
        raise Problem(
            "This Python cannot make virtual environments: its venv module is not installed.\n"
            "On Debian and Ubuntu: sudo apt install python%d.%d-venv" % sys.version_info[:2]
        )


def check_disk(folder, needed, usage=shutil.disk_usage):
    """Raise Problem when the disk that holds `folder` has fewer than `needed` bytes free."""
    free = usage(str(folder)).free
    if free < needed:
        raise Problem(
            "Not enough disk space in %s: %.1f GB free, %.1f GB needed.\n"
            "Free some space, or put the environment on another disk: "
            "make demo VENV=/other/disk/wellness-venv" % (folder, free / 1e9, needed / 1e9)
        )


class Environment:
    """A virtual environment, and a small file in it that says what an installer did there.

    The file holds the place it was made for, the fingerprint of each extra, and `unfinished` while
    packages are being written: a stop half-way, even a kill -9, is then known for what it is.
    """

    def __init__(self, path):
        self.path = Path(path).absolute()
        self.state_file = self.path / "redis-wellness.json"
        scripts, name = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
        self.python = self.path / scripts / name
        self.place = "%s > %s" % (ROOT, self.path)

    def read(self):
        """The state, or None when no installer was here."""
        try:
            return json.loads(self.state_file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def write(self, extras, unfinished=False):
        """Replace the state in one step."""
        state = {"place": self.place, "extras": extras, "unfinished": unfinished}
        new = self.state_file.with_suffix(".new")
        new.write_text(json.dumps(state), encoding="utf-8")
        new.replace(self.state_file)

    def has(self, extra):
        """Whether `extra` is installed as pyproject.toml and the lock ask now."""
        state = self.read()
        return self.is_complete(state) and state["extras"].get(extra) == fingerprint()

    def is_complete(self, state):
        """Whether the state tells of a finished installation for this very place."""
        return (
            state is not None
            and not state["unfinished"]
            and state["place"] == self.place  # scripts name the place, so a move breaks them
            and self.python.exists()  # false as well for a link to a Python that was removed
        )

    def is_sound(self):
        """Whether packages can be installed into it as it is."""
        state = self.read()
        if not self.python.exists() or (state is not None and not self.is_complete(state)):
            return False
        pip = subprocess.run([str(self.python), "-m", "pip", "--version"], capture_output=True)
        return pip.returncode == 0

    def prepare(self):
        """Make the environment, or make it anew when an earlier run left it broken."""
        if self.is_sound():
            return
        if self.read() is None and self.path.exists() and any(self.path.iterdir()):
            raise Problem(
                "%s was not made by this script and holds no working pip.\n"
                "Remove it, or name another folder: make demo VENV=.venv-wellness" % self.path
            )
        self.path.mkdir(parents=True, exist_ok=True)
        self.write({}, unfinished=True)
        for child in self.path.iterdir():
            if child.is_dir() and not child.is_symlink():
                shutil.rmtree(str(child))
            elif child != self.state_file:
                child.unlink()
        command = [sys.executable, "-m", "venv", str(self.path)]
        made = subprocess.run(command, capture_output=True, text=True)
        if made.returncode:
            raise Problem(
                "No virtual environment could be made:\n%s%s" % (made.stdout, made.stderr)
            )
        self.write({})


def fingerprint():
    """What an installation depends on: pyproject.toml and the lock, as one hash."""
    content = (ROOT / "pyproject.toml").read_bytes() + (ROOT / "requirements.lock").read_bytes()
    return hashlib.sha256(content).hexdigest()


def pyproject():
    """The content of pyproject.toml."""
    import tomllib  # since Python 3.11, so only after check_python

    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def included(extra):
    """`extra` and the extras it brings along, as pyproject.toml says; Problem if there is none."""
    project = pyproject()["project"]
    extras = project["optional-dependencies"]
    if extra not in extras:
        raise Problem("There is no extra %r; pyproject.toml has %s." % (extra, ", ".join(extras)))
    prefix = project["name"] + "["
    inner = [line[len(prefix) : -1] for line in extras[extra] if line.startswith(prefix)]
    return [extra] + [name for one in inner for name in included(one)]


def install(environment, extra, say):
    """Bring `extra` into the environment; on a problem, leave what a second run can repair."""
    before = environment.read() or {"extras": {}}
    environment.write(before["extras"], unfinished=True)
    with (ROOT / STATE / "install.log").open("w", encoding="utf-8") as log:
        pip = Pip(environment.python, log, say)
        try:
            # The build backend comes from the lock too: an isolated build would fetch any version.
            pip.install("pip", *pyproject()["build-system"]["requires"])
            pip.install("--no-build-isolation", "-e", ".[%s]" % extra)
        except Problem:
            if not pip.changed:  # it failed while it looked and fetched: all is as before
                environment.write(before["extras"])
            raise
    done = dict.fromkeys(included(extra), fingerprint())
    environment.write(dict(before["extras"], **done))


class Pip:
    """Runs pip in an environment: output to a log, one moving line to a terminal."""

    def __init__(self, python, sink, say):
        self.python, self.sink, self.say = python, sink, say
        self.changed = False  # whether the last call wrote into the environment
        # Another Python's packages would count as installed, and --user has no place in a venv.
        self.env = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME")}
        self.env.update(PIP_USER="0", PYTHONIOENCODING="utf-8", PYTHONUNBUFFERED="1")

    def install(self, *arguments):
        """`pip install ARGUMENTS` at the locked versions; Problem with the remedy when it fails."""
        self.changed = False
        command = [str(self.python), "-m", "pip", "install", "--disable-pip-version-check"]
        command += ["--no-input", "--progress-bar", "off", "--only-binary", ":all:"]
        command += ["-c", "requirements.lock"]
        lines = []
        with subprocess.Popen(
            command + list(arguments),
            cwd=str(ROOT),
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        ) as process:
            try:
                for line in process.stdout:
                    self.sink.write(line)
                    lines.append(line.rstrip())
                    self.changed |= line.startswith("Installing collected packages")
                    self.say(line)
            except BaseException:  # Ctrl-C may have reached only us: never leave a pip behind
                process.terminate()
                process.wait()
                raise
        if process.returncode:
            raise Problem(explain(lines, self.sink.name))


def explain(lines, log):
    """One message for a failed pip: the end of its output, the remedy, and where the rest is."""
    said = "\n".join(lines).lower()
    remedy = next(
        (remedy for signs, remedy in REMEDIES if any(sign in said for sign in signs)),
        "Read the log, mend the cause, and run the same command again.",
    )
    tail = "\n".join("    " + line for line in [x for x in lines if x.strip()][-8:])
    return "The installation failed. pip said last:\n%s\n%s\nThe whole log: %s" % (
        tail,
        remedy,
        log,
    )


def moving_line(stream):
    """A callback that keeps one line of a terminal current, and says nothing elsewhere."""

    def say(line):
        words = line.split()
        if stream.isatty() and words[:1] in (["Collecting"], ["Installing"], ["Building"]):
            what = " ".join(words[:2]) if words[0] == "Collecting" else words[0] + " packages"
            stream.write("\r\033[K  %s" % what)
            stream.flush()

    return say


@contextlib.contextmanager
def alone(say):
    """Hold the checkout's install lock: a second installer waits instead of interfering."""
    try:
        import fcntl
    except ImportError:  # Windows has no such lock
        yield
        return
    with (ROOT / STATE / "install.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("Another installation of this checkout is running; waiting for it to end.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main(arguments=None):
    """The command: 0 when the extra is installed, 1 after one clear message, 130 after Ctrl-C."""
    parser = argparse.ArgumentParser(description="Install Redis Wellness from requirements.lock.")
    extras = "lab (the notebooks), engines (what lesson 08 compares with) or test (both, and tests)"
    parser.add_argument("extra", help=extras)
    parser.add_argument("--venv", default=".venv", help="folder of the environment (.venv)")
    options = parser.parse_args(arguments)
    environment = Environment(ROOT / options.venv)
    try:
        check_python()
        if environment.has(options.extra):
            return 0
        included(options.extra)
        (ROOT / STATE).mkdir(exist_ok=True)
        with alone(lambda message: print(message, flush=True)):
            if environment.has(options.extra):
                return 0
            from importlib.util import find_spec

            check_venv_module(find_spec)
            if not environment.is_sound():
                folder = next(
                    p for p in [environment.path, *environment.path.parents] if p.exists()
                )
                check_disk(folder, SPACE_NEEDED.get(options.extra, max(SPACE_NEEDED.values())))
            print("Installing the kit into %s; about two minutes." % options.venv, flush=True)
            environment.prepare()
            install(environment, options.extra, moving_line(sys.stdout))
            if sys.stdout.isatty():
                sys.stdout.write("\r\033[K")
            print("Installed.", flush=True)
    except KeyboardInterrupt:
        print("\nStopped. The same command starts again where it can.", file=sys.stderr)
        return 130
    except (Problem, OSError) as problem:
        print("\n%s" % problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
