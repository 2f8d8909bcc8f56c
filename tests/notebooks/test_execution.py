"""Every lesson runs, from its first cell to its last, in each of the ways people run it.

The lessons are copied to a temporary folder and use a Redis of their own there. Lessons with a
cell tagged `slow` run once solved and once as the learner gets them; the others also in reverse
order, twice in one kernel, and two at once. All of it without a network: a Python process that
reaches beyond loopback gets an error (`loopback/sitecustomize.py`), and the test fails.
"""

from __future__ import annotations

import copy
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import nbformat
import pytest
from lesson_rules import checked, tags
from nbclient import NotebookClient

from wellness.client import Client, connect
from wellness.lesson import build, slides
from wellness.lesson.checks import MIME
from wellness.local_ollama import FIRST_CHAT
from wellness.settings import Settings, project_root

CELL_TIMEOUT_S = 600
LOOPBACK = Path(__file__).parent / "loopback"


@dataclass(frozen=True)
class Place:
    """A copy of all notebooks, and the Redis that their kernels use."""

    folder: Path
    home: Path
    client: Client

    @property
    def refused(self) -> Path:
        """Where every attempt to reach beyond loopback is written down, one a line."""
        return self.folder / "refused.txt"

    def environment(self, checks: str) -> dict[str, str]:
        ours = {
            "WELLNESS_HOME": str(self.home),
            "WELLNESS_CHECKS": checks,
            "WELLNESS_SCALE": os.environ.get("WELLNESS_SCALE", "ci"),
            "WELLNESS_CHAT_MODEL": FIRST_CHAT,  # whatever larger one this machine has
        }
        path = [str(LOOPBACK), *filter(None, [os.environ.get("PYTHONPATH")])]
        ours |= {
            "PYTHONPATH": os.pathsep.join(path),
            "WELLNESS_TEST_REFUSED": str(self.refused),
        }
        outer = re.compile("REDIS_URL|PYTEST_.*")  # a person's Redis, and this test run's options
        kept = {name: text for name, text in os.environ.items() if not outer.fullmatch(name)}
        return kept | ours

    def lesson_keys(self) -> list[str]:
        return [
            key.decode() for key in self.client.scan_iter(match="wellness:lesson:*", count=1000)
        ]


@pytest.fixture
def place(tmp_path: Path, lessons: Sequence[build.Lesson]) -> Iterator[Place]:
    folder, home = tmp_path / "notebooks", tmp_path / "home"
    (folder / "solutions").mkdir(parents=True)
    for lesson in lessons:
        for at, solved in ((folder, False), (folder / "solutions", True)):
            text = build.notebook(lesson, lessons, solved=solved)
            (at / f"{lesson.name}.ipynb").write_text(text, "utf-8")
    with connect(Settings(home=home)) as client:
        yield Place(folder, home, client)


def read(path: Path) -> Any:
    return nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]


def cheap(lessons: Sequence[build.Lesson]) -> list[build.Lesson]:
    return [one for one in lessons if not any("slow" in tags(cell) for cell in one.cells)]


def nbmake(place: Place, folder: Path, checks: str) -> dict[str, Any]:
    """Run all notebooks of a folder with nbmake; each must pass. Returns them with outputs."""
    paths = sorted(folder.glob("*.ipynb"))
    report = place.folder / "report.xml"
    command = [sys.executable, "-m", "pytest", "--nbmake", "--overwrite", "-n", "2"]
    options = [f"--nbmake-timeout={CELL_TIMEOUT_S}", f"--junitxml={report}", "-pno:cacheprovider"]
    done = subprocess.run(
        [*command, *options, f"--rootdir={folder}", *map(str, paths)],
        cwd=folder, env=place.environment(checks), capture_output=True, text=True,
    )  # fmt: skip
    assert report.exists(), done.stdout + done.stderr
    suite = ElementTree.parse(report).getroot().find("testsuite")
    assert suite is not None
    counts = [int(suite.attrib[name]) for name in ("tests", "errors", "failures", "skipped")]
    assert counts == [len(paths), 0, 0, 0], done.stdout
    attempts = place.refused.read_text("utf-8") if place.refused.exists() else ""
    assert attempts == "", "a lesson reached beyond loopback"
    return {path.name: read(path) for path in paths}


def verdicts(notebook: Any) -> list[tuple[str, bool]]:
    """Exercise and whether it passed, in the order in which the checks ran."""
    records = [
        output.data[MIME]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if MIME in output.get("data", {})
    ]
    return [(record["exercise"], record["passed"]) for record in records]


def without_alternative(notebook: Any) -> list[str]:
    """Images among the outputs that say nothing to somebody who cannot see them."""
    shown = [o.data for c in notebook.cells for o in c.get("outputs", []) if "data" in o]
    bare = [kind for data in shown for kind in data if kind.startswith("image/")]
    graphics = [
        tag for data in shown for tag in re.findall(r"<svg\b[^>]*>", data.get("text/html", ""))
    ]
    return bare + [tag for tag in graphics if not re.search(r"\b(aria-label|aria-hidden)=", tag)]


def test_solved_lessons_run_and_pass_their_checks(
    place: Place, lessons: Sequence[build.Lesson]
) -> None:
    ran = nbmake(place, place.folder / "solutions", "strict")
    assert len(ran) == len(lessons) > 0
    for name, notebook in ran.items():
        assert verdicts(notebook) == [(one, True) for one in checked(notebook)], name
        assert without_alternative(notebook) == [], name
    assert place.lesson_keys() == []


def test_learner_lessons_run_to_the_end_and_every_check_fails_on_its_blank(
    place: Place, lessons: Sequence[build.Lesson]
) -> None:
    ran = nbmake(place, place.folder, "lenient")
    assert len(ran) == len(lessons) > 0
    for name, notebook in ran.items():
        assert verdicts(notebook) == [(one, False) for one in checked(notebook)], name
    assert place.lesson_keys() == []


def execute(place: Place, lesson: build.Lesson, *, times: int = 1) -> Any:
    """Run a solved lesson strictly, all of its cells several times over in one kernel."""
    notebook = read(place.folder / "solutions" / f"{lesson.name}.ipynb")
    once = notebook.cells
    notebook.cells = []
    for turn in range(times):
        for cell in copy.deepcopy(once):
            cell.id = f"{turn}-{cell.id}"
            notebook.cells.append(cell)
    resources = {"metadata": {"path": str(place.folder / "solutions")}}
    client = NotebookClient(notebook, timeout=CELL_TIMEOUT_S, resources=resources)
    return client.execute(env=place.environment("strict"))


def test_cheap_lessons_run_in_reverse_order_and_twice_in_one_kernel(
    place: Place, lessons: Sequence[build.Lesson]
) -> None:
    for lesson in reversed(cheap(lessons)):
        notebook = execute(place, lesson, times=2)
        assert [passed for _, passed in verdicts(notebook)] == [True] * len(checked(notebook))
        assert place.lesson_keys() == [], lesson.name


def test_two_of_each_cheap_lesson_run_at_once(
    place: Place, lessons: Sequence[build.Lesson]
) -> None:
    with ThreadPoolExecutor(2) as pool:
        for lesson in cheap(lessons):
            namespaces = set()
            for done in [pool.submit(execute, place, lesson) for _ in range(2)]:
                notebook = done.result()
                assert [passed for _, passed in verdicts(notebook)] == [True] * len(
                    checked(notebook)
                )
                namespaces |= set(re.findall(r"wellness:lesson:\d\d-\w+", str(notebook.cells)))
            assert len(namespaces) == 2, lesson.name
    assert place.lesson_keys() == []


def test_what_a_stage_shows_needs_nothing_of_what_it_leaves_out(place: Place) -> None:
    """The lessons of the ten minutes are left to the rehearsal in a browser."""
    folder = place.folder / "stage"
    stage = slides.write(project_root() / "notebooks", folder)
    for stop in stage.path:
        next(folder.glob(f"{stop.lesson}_*.ipynb")).unlink()
    ran = nbmake(place, folder, "strict")
    assert len(ran) == len(stage.acts) - len(stage.path) > 0
    for name, notebook in ran.items():
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        assert all(cell.outputs for cell in code), name
        assert without_alternative(notebook) == [], name
