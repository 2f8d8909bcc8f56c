"""Labelled pairs of sentences: do they mean the same? They judge the guard of the semantic cache.

The files hold templates, each with groups of sentences: those of one group mean the same, those of
a later group differ from the first in one thing, which is named. Pairs are made of them. A template
belongs wholly to one half: the guard was written with a view to the development half alone, and
the held-out half judges it. `data/README.md` says how they were made.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, product
from pathlib import Path
from typing import Any, Literal

from wellness.errors import LessonError
from wellness.settings import project_root

Half = Literal["development", "held-out"]
DATA = project_root() / "data"
FILES: dict[Half, Path] = {
    "development": DATA / "guard_development.json",
    "held-out": DATA / "guard_held_out.json",
}
OF_A_CONTRAST = 2  # pairs of the first group with each other group: more would be the same again


@dataclass(frozen=True, slots=True)
class GuardPair:
    """Two sentences.

    Attributes:
        template: the name of what both come from; pairs of one template are no independent cases.
        same: whether they mean the same.
        differs: in what, if they do not: "period", "number", "polarity" and so on.
        about: "question" or "statement".
    """

    template: str
    a: str
    b: str
    same: bool
    differs: str
    about: str


def load_guard_pairs(half: Half, path: Path | None = None) -> list[GuardPair]:
    """The pairs of one half, in the order of its file.

    Args:
        half: "development" for whatever is tuned or shown; "held-out" to judge, and nothing else.
        path: another file of the same form.

    Raises:
        LessonError: the file is not there, or has no templates.
    """
    path = path or FILES[half]
    try:
        templates = json.loads(path.read_text("utf-8"))["templates"]
        return [pair for template in templates for pair in _pairs(template)]
    except OSError as error:
        raise LessonError(f"There are no pairs in {path}: {error.strerror}.") from error
    except (KeyError, TypeError, ValueError) as error:
        raise LessonError(f"{path} holds no templates of pairs: {error!r}.") from error


def _pairs(template: Mapping[str, Any]) -> Iterator[GuardPair]:
    """All pairs within groups; of the first group with each other one the first few."""
    name, about, groups = template["id"], template["about"], template["groups"]
    for group in groups:
        for a, b in combinations(group["phrasings"], 2):
            yield GuardPair(name, a, b, True, "", about)
    base, *others = groups
    for other in others:
        crossed = list(product(base["phrasings"], other["phrasings"]))
        for a, b in crossed[:: max(1, len(crossed) // OF_A_CONTRAST)][:OF_A_CONTRAST]:
            yield GuardPair(name, a, b, False, other["differs"], about)
