"""A picture of the README can be taken, and a cell that fails is told."""

from __future__ import annotations

import dataclasses

import pytest

from wellness.errors import LessonError
from wellness.lesson import pictures
from wellness.lesson.pictures import PICTURES, take

from .conftest import Room


def test_a_chart_is_taken(room: Room) -> None:
    made = take(next(one for one in PICTURES if one.name == "steps"), room)
    assert made.startswith(b"\x89PNG\r\n")
    assert len(made) > 2_000


def test_a_cell_that_fails_is_told(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "sources", lambda picture: ["1 / 0"])
    broken = dataclasses.replace(PICTURES[1], name="broken")
    with pytest.raises(LessonError, match="ZeroDivisionError"):
        take(broken, room)
