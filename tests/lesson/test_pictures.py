"""The pictures of the README are there, small, and of the cells as they are now."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from wellness.errors import LessonError
from wellness.lesson import pictures
from wellness.lesson.pictures import FOLDER, PICTURES, SIDECAR, SOURCE, Picture, sources, stale

LARGEST = 150_000  # bytes: a README is read over slow lines, too


@pytest.fixture
def place(tmp_path: Path) -> tuple[Path, Path]:
    """Copies of the pictures and of the lessons, to be changed."""
    return (
        Path(shutil.copytree(FOLDER, tmp_path / "pictures")),
        Path(shutil.copytree(SOURCE, tmp_path / "source")),
    )


def test_the_pictures_are_of_the_cells_as_they_are_now() -> None:
    assert stale() == {}, "run `make pictures`"


@pytest.mark.parametrize("picture", PICTURES, ids=[one.name for one in PICTURES])
def test_a_picture_is_a_small_png_with_its_alternative(picture: Picture) -> None:
    found = (FOLDER / f"{picture.name}.png").read_bytes()
    assert found.startswith(b"\x89PNG\r\n")
    assert 2_000 < len(found) < LARGEST
    row = json.loads((FOLDER / SIDECAR).read_text("utf-8"))[picture.name]
    assert row["alternative"] == picture.alternative
    readme = (FOLDER.parent.parent / "README.md").read_text("utf-8")
    assert f"![{picture.alternative}](docs/pictures/{picture.name}.png)" in readme


def test_a_changed_cell_a_changed_file_and_a_missing_one_are_found_out(
    place: tuple[Path, Path],
) -> None:
    folder, source = place
    assert stale(folder, source) == {}
    lesson = source / "00_start_here.py"
    text = lesson.read_text("utf-8")
    lesson.write_text(text.replace("last 30 days", "last 60 days"), "utf-8")
    assert stale(folder, source) == {"steps": "is of cells of 00_start_here that have changed"}
    lesson.write_text(text.replace("# Ann is invented;", "# Ann was made up;"), "utf-8")
    assert stale(folder, source) == {}, "prose is not on the picture"
    (folder / "steps.png").write_bytes(b"another")
    assert stale(folder, source) == {"steps": "is not the file that was taken"}
    (folder / "steps.png").unlink()
    (folder / SIDECAR).unlink()
    assert set(stale(folder, source).values()) == {"is missing"}


def test_a_picture_that_is_taken_no_more_is_found_out(
    place: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "PICTURES", PICTURES[:1])
    assert stale(*place) == {"steps": "is taken no more"}


@pytest.mark.parametrize("word", ["nowhere to be found", "lesson"])
def test_a_cell_is_known_by_a_word_that_only_it_has(word: str) -> None:
    with pytest.raises(LessonError, match="not in 1"):
        sources(Picture("x", "00_start_here", (word,), "svg", "x"))
