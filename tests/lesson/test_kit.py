"""Lessons begin, end, and clean up behind them, however they end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from redis import Redis

from wellness import keys, local_ollama
from wellness.errors import LessonError
from wellness.health.export import ExportReader
from wellness.health.items import ExportInfo
from wellness.lesson import kit, states
from wellness.lesson.checks import Verdict
from wellness.lesson.claims import Ledger
from wellness.local_ollama import LocalOllama
from wellness.ops.metrics_store import MetricsStore
from wellness.server import EmbeddedServer
from wellness.settings import Settings

HEAVY = {
    "pandas",
    "matplotlib",
    "numpy",
    "pyarrow",
    "IPython",
    "ipywidgets",
    "jupytext",
    "nbformat",
}


@pytest.fixture
def here(settings: Settings, redis_server: EmbeddedServer, client: Redis) -> Iterator[Settings]:
    """Settings of a learner with the run's Redis and a home, so leases, of this test's own."""
    learner = f"learner-{uuid.uuid4().hex[:8]}"
    yield settings.model_copy(
        update={"redis_url": redis_server.url, "user": learner, "scale": "full"}
    )
    kit.end()
    keys.delete(client, keys.PROGRESS, learner)


@pytest.fixture
def exercises(monkeypatch: pytest.MonkeyPatch) -> None:
    """Checks of a lesson 90."""
    module = SimpleNamespace(check_1=lambda lesson, answer: Verdict(answer == 4, f"saw {answer}"))
    monkeypatch.setitem(sys.modules, "wellness.lesson.exercises", SimpleNamespace())
    monkeypatch.setitem(sys.modules, "wellness.lesson.exercises.l90", module)


def left(client: Redis, namespace: str) -> list[str]:
    return sorted(keys.scan(client, namespace))


def write(lesson: kit.Lesson, user: str = "ann") -> None:
    lesson.client.hset(lesson.keys(user).profile, "zone", "UTC")


def environment(here: Settings) -> dict[str, str]:
    """What makes another process use the same Redis and the same leases."""
    assert here.redis_url
    ours = {
        "REDIS_URL": here.redis_url,
        "WELLNESS_HOME": str(here.home),
        "WELLNESS_USER": here.user,
    }
    return os.environ | ours


def test_the_start_says_where_we_are_and_when(
    here: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    lesson = kit.start("90", settings=here)
    said = capsys.readouterr().out + lesson._repr_html_()
    version = lesson.client.info("server")["redis_version"]
    for text in (version, lesson.namespace, "full", "30 September 2026, 20:15"):
        assert said.count(text) >= 2, text
    assert lesson.namespace.startswith("wellness:lesson:90-")
    assert lesson.now.utcoffset() is not None


def test_a_password_in_the_url_is_not_shown(here: Settings) -> None:
    assert here.redis_url
    url = here.redis_url.replace("unix://", "unix://default:hunter2@")
    lesson = kit.start("90", settings=here.model_copy(update={"redis_url": url}))
    assert lesson.client.ping()
    assert "hunter2" not in repr(lesson) + lesson._repr_html_()


def test_finish_removes_the_keys_and_close_gives_the_namespace_back(
    here: Settings, client: Redis
) -> None:
    lesson = kit.start("90", settings=here)
    write(lesson)
    write(lesson, "bob")
    lesson.finish()
    assert left(client, lesson.namespace) == []
    write(lesson)  # a cell that is run again after the end
    lesson.close()
    assert left(client, lesson.namespace) == []
    assert list(here.home.rglob("*.lock")) == []


def test_a_second_start_ends_the_first_and_only_the_first(here: Settings, client: Redis) -> None:
    other = f"wellness:test:{uuid.uuid4().hex}"
    client.hset(keys.Keys(other, "ann").profile, "zone", "UTC")
    first = kit.start("90", settings=here)
    write(first)
    second = kit.start("90", settings=here)
    write(second)
    assert first.namespace != second.namespace
    assert left(client, first.namespace) == []
    assert len(left(client, second.namespace)) == 1
    assert keys.delete(client, other) == 1


@pytest.mark.parametrize("ending", ["raise SystemExit(3)", "1 / 0", "lesson.close()"])
def test_a_lesson_that_never_finishes_leaves_nothing(
    here: Settings, client: Redis, ending: str
) -> None:
    namespace = _run_lesson(here, ending)
    assert left(client, namespace) == []
    assert list(here.home.rglob("*.lock")) == []


def test_the_keys_of_a_killed_kernel_go_with_the_next_start_and_no_others(
    here: Settings, client: Redis
) -> None:
    killed = _run_lesson(here, f"os.kill(os.getpid(), {int(signal.SIGKILL)})")
    alive = kit.start("91", settings=here)
    write(alive)
    assert left(client, killed) == []
    killed = _run_lesson(here, f"os.kill(os.getpid(), {int(signal.SIGKILL)})")
    assert len(left(client, killed)) == 1
    _run_lesson(here, "lesson.finish()")
    assert left(client, killed) == []
    assert len(left(client, alive.namespace)) == 1


def _run_lesson(here: Settings, ending: str) -> str:
    """A lesson with one key in a process of its own; returns the namespace it had."""
    program = (
        "import os\nfrom wellness.lesson import kit\nlesson = kit.start('90')\n"
        "lesson.client.hset(lesson.keys('ann').profile, 'zone', 'UTC')\n"
        f"print('#', lesson.namespace, flush=True)\n{ending}\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment(here), capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    marked = [line for line in done.stdout.splitlines() if line.startswith("# ")]
    assert marked, done.stderr
    return marked[0][2:]


def test_finish_reports_a_key_that_breaks_its_policy_and_removes_it(
    here: Settings, client: Redis
) -> None:
    lesson = kit.start("90", settings=here)
    write(lesson)
    lesson.client.expire(lesson.keys("ann").profile, 100)
    with pytest.raises(LessonError, match="should not expire") as caught:
        lesson.finish()
    assert lesson.keys("ann").profile in str(caught.value)
    assert left(client, lesson.namespace) == []


@pytest.mark.usefixtures("exercises")
def test_a_passed_exercise_is_remembered_a_failed_one_is_not(
    here: Settings, client: Redis, capsys: pytest.CaptureFixture[str]
) -> None:
    lesson = kit.start("90", settings=here)
    progress = keys.Keys(keys.PROGRESS, here.user).progress
    lesson.check("90-1", 5)
    assert client.hkeys(progress) == []
    lesson.check("90-1", 4)
    assert client.hkeys(progress) == [b"90-1"]
    assert lesson.results == {"90-1": True}
    lesson.finish()
    assert client.hkeys(progress) == [b"90-1"]
    said = capsys.readouterr().out
    assert "not yet. saw 5" in said
    assert "passed. saw 4" in said


@pytest.mark.usefixtures("exercises")
def test_strict_checks_stop_at_a_wrong_answer(here: Settings) -> None:
    lesson = kit.start("90", settings=here.model_copy(update={"checks": "strict"}))
    lesson.check("90-1", 4)
    with pytest.raises(LessonError, match="saw 5"):
        lesson.check("90-1", 5)


def test_an_exercise_of_another_lesson_is_refused(here: Settings) -> None:
    with pytest.raises(LessonError, match="91-1"):
        kit.start("90", settings=here).check("91-1", 4)


def test_the_scale_chooses_the_size(here: Settings) -> None:
    assert kit.start("90", settings=here).scale(1000, 10) == 1000
    small = here.model_copy(update={"scale": "ci"})
    assert kit.start("90", settings=small).scale(1000, 10) == 10


def test_an_unknown_state_names_those_there_are(here: Settings) -> None:
    with pytest.raises(LessonError, match="after-01"):
        kit.start("90", settings=here).load("after-99")


@pytest.mark.parametrize("state", ["sample", "after-01"])
def test_a_state_is_imported_by_the_real_importer(
    here: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    export = tmp_path / "export.xml"
    records = "".join(
        f'<Record type="HKQuantityTypeIdentifierHeartRate" sourceName="Watch" unit="count/min" '
        f'startDate="2026-09-29 08:0{i}:00 -0400" endDate="2026-09-29 08:0{i}:00 -0400" '
        f'value="{60 + i}"/>'
        for i in range(5)
    )
    export.write_text(f'<HealthData locale="en_US">{records}</HealthData>', "utf-8")
    monkeypatch.setattr(states, "SAMPLE", export)
    lesson = kit.start("90", settings=here)
    store = lesson.load(state)
    assert store.count("HKQuantityTypeIdentifierHeartRate") == 5
    assert store.keys.namespace == lesson.namespace
    assert len(left(lesson.client, lesson.namespace)) > 1
    lesson.finish()
    assert left(lesson.client, lesson.namespace) == []


def test_the_embedder_is_opened_once_and_given_back(
    here: Settings, model_server: LocalOllama
) -> None:
    named = here.model_copy(
        update={"ollama_host": model_server.url, "embed_model": local_ollama.EMBEDDING_MODEL}
    )
    lesson = kit.start("90", settings=named)
    embedder = lesson.embedder()
    assert lesson.embedder() is embedder
    assert embedder.embed(["steps"]).shape == (1, embedder.dimensions)
    closed: list[str] = []
    embedder._where._own = SimpleNamespace(close=lambda: closed.append("the share"))  # type: ignore[assignment]
    lesson.close()
    assert closed == ["the share"]


def test_now_is_when_the_shipped_sample_was_exported() -> None:
    info = next(iter(ExportReader(states.SAMPLE)))
    assert isinstance(info, ExportInfo)
    assert info.export_date == kit.NOW.timestamp()


def test_a_measured_claim_outlives_the_lesson_and_is_shown_at_its_end(
    here: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    namespace = f"wellness:test:{uuid.uuid4().hex[:12]}"
    monkeypatch.setattr(kit.Lesson, "ledger", property(lambda self: Ledger(self.client, namespace)))
    lesson = kit.start("90", settings=here)
    lesson.record(3, experiment="timed", measured={"p50": (1.5, "ms")}, verdict="confirmed")
    capsys.readouterr()
    lesson.finish()
    assert "1 confirmed" in capsys.readouterr().out
    (entry,) = lesson.ledger.rows()
    assert entry.lesson == "90"
    assert entry.versions["Redis"] == lesson.client.info("server")["redis_version"]
    keys.delete(lesson.client, namespace)


def test_the_next_lesson_is_linked_where_there_is_one(
    here: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in ("90_this.ipynb", "92_far_on.ipynb", "91_next_one.ipynb", "notes.ipynb"):
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    kit.start("90", settings=here).finish()
    assert "91_next_one.ipynb" in capsys.readouterr().out
    kit.start("92", settings=here).finish()
    assert ".ipynb" not in capsys.readouterr().out


def test_the_kit_imports_nothing_heavy() -> None:
    program = "import sys, wellness.lesson.kit; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert "wellness.lesson.kit" in done.stdout.split(), done.stderr
    assert HEAVY.isdisjoint(done.stdout.split())


SETUP = "import asyncio\nfrom wellness.lesson import kit\nlesson = kit.start('90')"
FINISH = "try:\n    lesson.finish()\n    print('CLEAN')\nexcept Exception as e:\n    print(e)"
FAIL = "async def fail():\n    raise ValueError('unseen')\n"
HIDDEN = {
    "an Output widget": (
        "import ipywidgets\nwith ipywidgets.Output():\n    raise ValueError('unseen')",
        "ValueError: unseen",
    ),
    "a button": (
        "import ipywidgets\nbutton = ipywidgets.Button()\n"
        "button.on_click(lambda _: 1 / 0)\nbutton.click()",
        "ZeroDivisionError",
    ),
    "interact": (
        "import ipywidgets\nipywidgets.interact(lambda n: 1 / n, n=0)",
        "ZeroDivisionError",
    ),
    "a task that is kept": (f"{FAIL}task = asyncio.create_task(fail())", "ValueError: unseen"),
    "a task that is dropped": (f"{FAIL}_ = asyncio.create_task(fail())\ndel _", "unseen"),
    "a task that never ends": (
        "async def forever():\n    await asyncio.sleep(3600)\n"
        "task = asyncio.create_task(forever())",
        "forever",
    ),
    "a coroutine that is kept": (f"{FAIL}result = fail()", "never awaited: fail"),
    "a coroutine that is dropped": (f"{FAIL}fail()\nNone", "'fail' was never awaited"),
}
SEEN = {
    "nothing": "1",
    "a widget that works": "import ipywidgets\nwith ipywidgets.Output():\n    print('fine')",
    "an awaited task": "await asyncio.create_task(asyncio.sleep(0))",
    "an awaited failure": (
        f"{FAIL}try:\n    await asyncio.create_task(fail())\nexcept ValueError:\n    pass"
    ),
    "a cell that failed in plain sight": "1 / 0",
}
Kernel = Callable[[dict[str, str]], dict[str, str]]


@pytest.fixture
def kernel(here: Settings, tmp_path: Path) -> Kernel:
    """Runs each code as a lesson of its own, all in one kernel; what `finish` said, by name."""

    def run(codes: dict[str, str]) -> dict[str, str]:
        cells = [
            nbformat.v4.new_code_cell(source)  # type: ignore[no-untyped-call]
            for code in codes.values()
            for source in (SETUP, code, "None", FINISH)
        ]
        notebook: Any = nbformat.v4.new_notebook(cells=cells)  # type: ignore[no-untyped-call]
        resources = {"metadata": {"path": str(tmp_path)}}
        NotebookClient(notebook, timeout=60, allow_errors=True, resources=resources).execute(
            env=environment(here)
        )
        return {
            name: "".join(o.get("text", "") for o in cell.outputs)
            for name, cell in zip(codes, notebook.cells[3::4], strict=True)
        }

    return run


def test_finish_finds_the_errors_that_a_notebook_hides(kernel: Kernel) -> None:
    said = kernel({name: code for name, (code, _) in HIDDEN.items()})
    for name, (_, problem) in HIDDEN.items():
        assert problem in said[name], f"{name}: {said[name]}"
        assert said[name].count("\n- ") == 2, f"{name}: one problem and no more: {said[name]}"


def test_finish_is_silent_about_what_went_well_or_was_seen(kernel: Kernel) -> None:
    for name, text in kernel(SEEN).items():
        assert "CLEAN" in text, f"{name}: {text}"


# --- metrics --------------------------------------------------------------------------------------


def test_what_a_lessons_client_did_is_added_to_the_metrics_at_its_end(
    here: Settings, client: Redis, namespace: str
) -> None:
    store = MetricsStore(client, settings=here, clock=time.time, namespace=namespace)
    for times in (1, 2):
        lesson = kit.start("90", settings=here.model_copy(update={"namespace": namespace}))
        lesson.client.echo("x")
        assert lesson.metrics.measured().commands["ECHO"].calls == 1
        lesson.finish()
        kit.end()
        assert store.merged().commands["ECHO"].calls == times
