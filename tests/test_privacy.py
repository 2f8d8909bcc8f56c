"""What docs/privacy.md says is so: what is kept where, who can read it, and that it can go."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from wellness import settings as settings_module
from wellness.backup.targets import LocalFolder
from wellness.client import Client, connect
from wellness.keys import PROGRESS, Keys
from wellness.lesson import kit, lab
from wellness.memory.short_term import ShortTerm
from wellness.memory.turns import Message, turn
from wellness.settings import Settings, project_root

PAGE = (project_root() / "docs" / "privacy.md").read_text("utf-8")
SECRET = "I told nobody about my shoulder"
PATIENCE_S = 20
OTHERS = stat.S_IRWXG | stat.S_IRWXO


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def embedded(home: Path) -> Iterator[Client]:
    """A client of an embedded server of this test's own, as a person has it."""
    with connect(Settings(home=home)) as client:
        yield client


def tell(client: Client) -> None:
    """Something private, as the kit stores it, and a trace that no health data are."""
    memory = ShortTerm(client, "me", settings=Settings(), clock=time.time)
    memory.append("chat", turn([Message("user", SECRET)], at=1_790_000_000_000))
    client.hset(Keys(PROGRESS, "me").progress, "01-1", "2026-09-30T20:00:00+00:00")


def files_with(text: str, folder: Path) -> list[Path]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if text.encode() in path.read_bytes()]


def run(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    dropped = {"REDIS_URL", "WELLNESS_USER"}
    kept = {name: text for name, text in os.environ.items() if name not in dropped}
    return subprocess.run(
        [sys.executable, "-m", "wellness", *words], env=kept | {"WELLNESS_HOME": str(home)},
        cwd=project_root(), capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def documented() -> set[str]:
    """The names that the page lists under `.wellness`."""
    return set(re.findall(r"^\| `\.wellness/([\w.]+)`", PAGE, re.MULTILINE))


def test_what_lies_in_the_home_folder_is_on_the_page(home: Path, embedded: Client) -> None:
    lesson = kit.start("00", settings=Settings(home=home))
    lab.environment(home, {})
    found = {path.name for path in home.iterdir()}
    lesson.close()
    assert {"redis", "lessons", "jupyter"} <= found <= documented()
    assert all(path.stat().st_size == 0 for path in (home / "lessons").rglob("*.lock"))


def test_the_page_lists_nothing_that_the_kit_does_not_know() -> None:
    code = "".join(
        path.read_text("utf-8")
        for path in [*(project_root() / "wellness").rglob("*.py"), project_root() / "install.py"]
    )
    assert len(documented()) >= 7
    assert [name for name in documented() if f'"{name}' not in code] == []


def test_other_users_cannot_enter_where_the_data_are(home: Path, embedded: Client) -> None:
    tell(embedded)
    assert embedded.config_get("port")["port"] == "0"
    [path] = embedded.config_get("unixsocket").values()
    for folder in (home / "redis", Path(path).parent):
        assert not folder.stat().st_mode & OTHERS, folder
    assert files_with(SECRET, home)
    assert all(path.is_relative_to(home / "redis") for path in files_with(SECRET, home))


def test_a_backup_is_for_its_owner_alone(tmp_path: Path) -> None:
    with LocalFolder(tmp_path / "backups").write("mine.zip") as file:
        file.write(b"x")
    assert not (tmp_path / "backups" / "mine.zip").stat().st_mode & OTHERS


@pytest.mark.parametrize("words", [("--everything",), ("--user", "me")])
def test_what_is_reset_is_in_no_file_any_more(
    home: Path, embedded: Client, words: tuple[str, ...]
) -> None:
    tell(embedded)
    assert files_with(SECRET, home), "as it was written, so the search below can find it"
    done = run(home, "reset", *words, "--yes")
    assert done.returncode == 0, done.stderr
    deadline = time.monotonic() + PATIENCE_S  # the old file is unlinked by a thread of Redis
    while found := files_with(SECRET, home):
        assert time.monotonic() < deadline, found
        time.sleep(0.05)
    left = list(embedded.scan_iter(match="wellness:*"))
    assert (left == []) == (words == ("--everything",))
    assert [key for key in left if b"{me}:turns" in key] == []


def test_commands_and_settings_on_the_page_exist() -> None:
    assert "wellness reset --everything" in PAGE
    for name in ("REDIS_URL", "OLLAMA_HOST"):
        assert name in PAGE
        assert name in Path(settings_module.__file__).read_text("utf-8") + (
            project_root() / "wellness" / "agent_settings.py"
        ).read_text("utf-8")
    for path in re.findall(r"`((?:tests|wellness)/[\w/]+\.py)`", PAGE):
        assert (project_root() / path).is_file(), path
