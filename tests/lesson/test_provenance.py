"""docs/provenance.md has a row for whatever the kit uses, and says what lock and packages say."""

from __future__ import annotations

import re
from importlib.metadata import metadata
from pathlib import Path

import pytest

from wellness.errors import LessonError
from wellness.lesson import provenance
from wellness.lesson.provenance import DATA, PAGE, UNSTATED, cells, direct, fetched, licence, locked
from wellness.settings import project_root

ROOT = project_root()
ROWS = cells((ROOT / PAGE).read_text("utf-8"))


def test_every_direct_dependency_has_a_row_with_the_locked_version() -> None:
    asked = direct(ROOT)
    assert {"redis", "pip", "pandas", "playwright", "chromadb", "jupyterlab"} <= asked.keys()
    assert "redis-wellness" not in asked
    for name, who in asked.items():
        version, says, needed_by = ROWS[name]
        assert version == locked(ROOT)[name], "run `make provenance`"
        assert says == licence(name), name
        assert needed_by == who, name


def test_every_package_of_the_lock_is_on_the_page() -> None:
    words = set(re.findall(r"[\w.-]+", (ROOT / PAGE).read_text("utf-8")))
    assert len(locked(ROOT)) > 100
    assert locked(ROOT).keys() - words == set()


def test_every_file_of_data_has_a_row() -> None:
    told = {name for names in DATA for name in names.split(", ")}
    there = {path.name for path in (ROOT / "data").iterdir()} - {"README.md", "SHA256SUMS"}
    assert told == there
    assert set(DATA) <= ROWS.keys()


def test_what_is_fetched_is_on_the_page_with_its_sum() -> None:
    rows = fetched()
    assert len(rows) >= 7
    for what, *others in rows:
        assert ROWS[what] == others


def test_a_licence_is_what_the_package_says() -> None:
    assert licence("redis") == "MIT"
    assert licence("psycopg") == "LGPL-3.0-only"
    assert licence("nobody-has-this-package") is None
    assert "OSI Approved" not in (licence("chromadb") or "")


def test_a_text_of_a_licence_is_not_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    says = metadata("redis")
    for name in ("License-Expression", "Classifier", "License"):
        del says[name]
    monkeypatch.setattr(provenance, "metadata", lambda package: says)
    assert licence("redis") == UNSTATED
    says["License"] = "Permission is hereby granted, free of charge, to any person who has a copy"
    assert licence("redis") == UNSTATED
    del says["License"]
    says["License"] = "MIT License\n\nCopyright (c) somebody"
    assert licence("redis") == "MIT License"


def test_a_dependency_that_is_not_locked_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "x"\ndependencies = ["redis>=8"]\n[project.optional-dependencies]\n',
        "utf-8",
    )
    (tmp_path / "requirements.lock").write_text("numpy==2.3 ; python_version > '3'\n", "utf-8")
    with pytest.raises(LessonError, match="redis is not installed, or not"):
        provenance.page(tmp_path)
