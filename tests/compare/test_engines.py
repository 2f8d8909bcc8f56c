"""Engines start, survive a kill, end with their user, and leave nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest

from wellness.compare import engines, packages, workplace
from wellness.compare.packages import EngineMissing
from wellness.compare.protocols import CannotDo, Durability
from wellness.memory.turns import Message, turn
from wellness.settings import Settings

SERVED = (engines.REDIS, engines.POSTGRES)
FILES = (engines.SQLITE, engines.CHROMA)


def lives(pid: int) -> bool:
    """Whether a process runs; in a container without init, dead ones may stay as zombies."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def folders() -> set[Path]:
    return set(Path(tempfile.gettempdir()).glob(f"{workplace.PREFIX}*"))


@pytest.mark.parametrize("name", SERVED)
def test_a_killed_server_starts_again_with_its_data(name: str, settings: Settings) -> None:
    with engines.start(name, Durability.ALWAYS, settings=settings, dimensions=4) as engine:
        adapter, hello = engine.connect(time.time), turn([Message("user", "hello")], at=1)
        adapter.append("ann", "c", hello)
        pids = engine.pids
        engine.kill()
        assert not any(map(lives, pids))
        engine.restart()
        assert engine.connect(time.time).last("ann", "c", 10) == [hello]
        assert not set(engine.pids) & set(pids)


@pytest.mark.parametrize("name", FILES)
def test_a_file_can_be_opened_by_another_connection(name: str, settings: Settings) -> None:
    hello = turn([Message("user", "hello")], at=1)
    with engines.start(name, Durability.ALWAYS, settings=settings, dimensions=4) as engine:
        first = engine.connect(time.time)
        first.append("ann", "c", hello)
        first.close()
        assert engine.connect(time.time).last("ann", "c", 10) == [hello]
        assert engine.disk_bytes() > 0
        assert engine.files() > 0


@pytest.mark.parametrize("name", [*SERVED, *FILES])
def test_nothing_is_left(name: str, settings: Settings) -> None:
    with engines.start(name, Durability.ALWAYS, settings=settings, dimensions=4) as engine:
        engine.connect(time.time).append("ann", "c", turn([Message("user", "hello")], at=1))
        mine = Path(engine._workplace.path)  # type: ignore[attr-defined]
        pids = engine.pids
        assert mine.is_dir()
    engine.close()
    assert not mine.exists()
    assert not any(map(lives, pids))


CHILD = """
import sys, time
from pathlib import Path
from wellness.compare import engines
from wellness.compare.protocols import Durability
from wellness.settings import Settings
engine = engines.start(sys.argv[1], Durability.SECOND, settings=Settings(home=Path(sys.argv[2])))
print(engine._workplace.path, *engine.pids, flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_postgres_ends_with_its_user(how: int, settings: Settings, tmp_path: Path) -> None:
    command = [sys.executable, "-c", CHILD, engines.POSTGRES, str(tmp_path)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, stderr=subprocess.DEVNULL
    ) as child:
        assert child.stdout
        folder, *pids = child.stdout.readline().split()
        os.kill(child.pid, how)
        child.wait()
    deadline = time.monotonic() + 30
    while any(lives(int(pid)) for pid in pids):
        assert time.monotonic() < deadline, "the server lives on"
        time.sleep(0.05)
    while Path(folder).exists():  # its keeper lets go of the folder right after
        workplace.sweep()
        assert time.monotonic() < deadline, "its folder is still there"
        time.sleep(0.05)


def test_a_folder_in_use_is_not_swept() -> None:
    with workplace.Workplace() as mine:
        workplace.sweep()
        assert mine.path.is_dir()
    assert mine.path not in folders()


def test_what_cannot_be_removed_is_swept_later(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = workplace.Workplace()
    (mine.path / "server").mkdir()
    with monkeypatch.context() as held:
        held.setattr(workplace.shutil, "rmtree", lambda *_, **__: None)
        mine.close()
    assert (mine.path / "server").is_dir()
    workplace.sweep()
    assert not mine.path.exists()


def test_a_missing_package_says_what_to_do(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = engines.ENGINES[engines.SQLITE]
    monkeypatch.setitem(engines.ENGINES, engines.SQLITE, known._replace(needs=("no_such_module",)))
    assert engines.available(settings)[engines.SQLITE] is False
    with pytest.raises(EngineMissing, match=r"install\.py engines"):
        engines.available(settings.model_copy(update={"checks": "strict"}))
    with pytest.raises(EngineMissing, match=r"install\.py engines"):
        packages.load("no_such_module")
    with pytest.raises(EngineMissing):
        packages.folder("no_such_module")


@pytest.mark.parametrize("name", engines.ENGINES)
@pytest.mark.parametrize("durability", Durability)
def test_a_class_that_an_engine_has_not_is_refused(
    name: str,
    durability: Durability,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if durability in engines.classes(name):
        return  # started in other tests
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(CannotDo, match=name):
        engines.start(name, durability, settings=settings)
    assert not list(tmp_path.glob(f"{workplace.PREFIX}*"))


def test_versions_and_settings_are_told(settings: Settings) -> None:
    for name in (engines.REDIS, engines.POSTGRES, engines.SQLITE):
        with engines.start(name, Durability.SECOND, settings=settings, dimensions=4) as engine:
            assert engine.version[0].isdigit()
            assert engine.settings["transport"]
            assert engine.place.durability is Durability.SECOND


@pytest.mark.parametrize(
    ("durability", "wanted"), [(Durability.ALWAYS, "on"), (Durability.SECOND, "off")]
)
def test_postgres_runs_as_its_class_says(
    durability: Durability, wanted: str, settings: Settings
) -> None:
    with engines.start(engines.POSTGRES, durability, settings=settings, dimensions=4) as engine:
        connection = packages.load("psycopg").connect(engine.place.address)
        assert connection.execute("SHOW synchronous_commit").fetchone()[0] == wanted
        assert connection.execute("SHOW listen_addresses").fetchone()[0] == ""
        connection.close()


@pytest.mark.parametrize(
    ("durability", "wanted"),
    [(Durability.ALWAYS, "always"), (Durability.SECOND, "everysec"), (Durability.NONE, "no")],
)
def test_redis_runs_as_its_class_says(
    durability: Durability, wanted: str, settings: Settings
) -> None:
    from wellness.compare.redis_engine import client_of

    with (
        engines.start(engines.REDIS, durability, settings=settings, dimensions=4) as engine,
        client_of(engine.place.address, settings) as client,
    ):
        assert client.config_get("appendfsync") == {"appendfsync": wanted}
