"""The command line as people and scripts meet it: what they type, what they get back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from health.exports import document, record
from redis import Redis

from wellness import cli, keys
from wellness.health import sample
from wellness.health.importer import ImportReport, import_export
from wellness.health.store import Store
from wellness.server import EmbeddedServer
from wellness.settings import Settings

COMMANDS = (
    "import", "show", "metrics", "export", "reset", "period", "info", "audit", "setup",
    "models", "doctor",
)  # fmt: skip
ANN = "ann"


@dataclass(frozen=True)
class Answer:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The standard output as JSON; nothing else may stand there."""
        return json.loads(self.out)

    @property
    def rows(self) -> list[str]:
        """The lines of the standard output."""
        return self.out.splitlines()


Run = Callable[..., Answer]


def spawn(*words: str, **variables: str) -> Answer:
    """Run a command in a process of its own; variables are added to the environment."""
    done = subprocess.run(
        command(*words),
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
    )
    return Answer(done.returncode, done.stdout, done.stderr)


def command(*words: str) -> list[str]:
    """The words as the process to start."""
    return [sys.executable, "-m", "wellness", *words]


def environment(**variables: str) -> dict[str, str]:
    """This environment and `variables`; buffered and compiled as at a person's terminal."""
    dropped = ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED")
    return {k: v for k, v in os.environ.items() if k not in dropped} | variables


@pytest.fixture
def at(
    redis_server: EmbeddedServer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Callable[[str], Run]:
    """Gives a `Run` for a namespace: `main()` in this process, with the run's Redis."""

    def choose(namespace: str) -> Run:
        monkeypatch.setenv("REDIS_URL", redis_server.url)
        monkeypatch.setenv("WELLNESS_NAMESPACE", namespace)

        def run(*words: object) -> Answer:
            monkeypatch.setattr(sys, "argv", ["wellness", *map(str, words)])
            capsys.readouterr()
            with pytest.raises(SystemExit) as ended:
                cli.main()
            code = ended.value.code
            assert code is None or isinstance(code, int)
            return Answer(code or 0, *capsys.readouterr())

        return run

    return choose


@pytest.fixture
def run(at: Callable[[str], Run], namespace: str) -> Run:
    """Run a command in this test's own namespace."""
    return at(namespace)


@pytest.fixture
def people(run: Run, tmp_path: Path) -> Callable[..., None]:
    """Imports a heart rate for each name."""

    def add(*names: str) -> None:
        (tmp_path / "export.xml").write_bytes(document(record()))
        for name in names:
            run("import", tmp_path, "--user", name)

    return add


@dataclass(frozen=True)
class Shared:
    """Ann's twenty days, imported once for a module. `truth` is what the generator knows."""

    namespace: str
    path: Path
    truth: dict[str, Any]
    report: ImportReport
    store: Store = field(repr=False)


@pytest.fixture(scope="package")
def shared(client: Redis, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    """Data to read; a test that writes takes `run`."""
    path = tmp_path_factory.mktemp("ann") / "export.zip"
    truth = sample.as_dict(sample.generate(path, days=20, density=0.5))
    namespace = f"wellness:test:{uuid.uuid4().hex[:12]}"
    store = Store(client, ANN, namespace=namespace)
    report = import_export(path, store, settings=Settings())
    yield Shared(namespace, path, truth, report, store)
    keys.delete(client, namespace)


@pytest.fixture
def ask(at: Callable[[str], Run], shared: Shared) -> Run:
    """Run a command on the shared data."""
    return at(shared.namespace)
