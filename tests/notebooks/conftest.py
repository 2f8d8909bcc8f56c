"""Each test that asks for `lesson` runs once per lesson in notebooks/source."""

from __future__ import annotations

from pathlib import Path

import pytest

from wellness.lesson import build
from wellness.settings import project_root

NOTEBOOKS = project_root() / "notebooks"
collect_ignore = ["loopback"]  # to import it, as a search for doctests does, is to be guarded


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "lesson" in metafunc.fixturenames:
        lessons = build.read_lessons(NOTEBOOKS / "source")
        metafunc.parametrize("lesson", lessons, ids=[lesson.name for lesson in lessons])


@pytest.fixture(scope="session")
def notebooks() -> Path:
    """The folder that holds the lessons."""
    return NOTEBOOKS


@pytest.fixture(scope="session")
def lessons() -> list[build.Lesson]:
    """All lessons, in order of their numbers."""
    return build.read_lessons(NOTEBOOKS / "source")
