"""The glossary: the field's words in one sentence each, with the lessons in which they occur.

The sentences stand in `notebooks/source/glossary.toml`; where a term occurs is looked up in the
lessons, so that a page never points to a lesson that has dropped the word.

>>> term = Term("WAIT", "A command of Redis.", ("WAIT", "hash slot"))
>>> [term.occurs_in(text) for text in ("`WAIT 1` says", "we wait", "Hash\\nslots", "await WAITING")]
[True, False, True, False]
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wellness.errors import LessonError

if TYPE_CHECKING:
    from wellness.lesson.build import Lesson

FILE = "glossary.toml"
PAGE = "GLOSSARY.md"
HEAD = """\
# Glossary

The field's words as these lessons use them, and where they occur. Generated from
`source/glossary.toml`; correct a sentence there.
"""


@dataclass(frozen=True)
class Term:
    """A term with its definition; `words` are the phrases by which it is found in a text."""

    name: str
    means: str
    words: tuple[str, ...]

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile("|".join(map(_phrase, self.words)))

    def occurs_in(self, text: str) -> bool:
        """Whether a text has one of the phrases, as whole words."""
        return bool(self._pattern.search(text))


def _phrase(words: str) -> str:
    r"""A pattern of whole words, with or without a plural s; capitals count where there are any.

    >>> bool(re.search(_phrase("sorted set"), "Sorted  sets")), re.search(_phrase("AOF"), "aof")
    (True, None)
    """
    spaced = r"\s+".join(re.escape(word) for word in words.split())
    case = "i" if words.islower() else "-i"
    return rf"(?{case}:(?<!\w){spaced}s?(?!\w))"


def read(folder: Path) -> list[Term]:
    """The terms of a folder of sources in alphabetical order; none without the file.

    Raises:
        LessonError: the file is not as it should be, or a definition is no single sentence.
    """
    path = folder / FILE
    if not path.is_file():
        return []
    try:
        tables: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
        terms = [_term(name, **table) for name, table in tables.items()]
    except (tomllib.TOMLDecodeError, TypeError, UnicodeDecodeError) as error:
        raise LessonError(
            f"{path} cannot be read: {error}.",
            hint='Each term is a table ["name"] with `means` and, if need be, `words`.',
        ) from error
    for term in terms:
        if not re.fullmatch(r"[A-Z].*[^.]\.", term.means) or ". " in term.means:
            raise LessonError(f"{path}: what {term.name!r} means is no single sentence.")
    return sorted(terms, key=lambda term: term.name.casefold())


def _term(name: str, means: str, words: Sequence[str] = ()) -> Term:
    return Term(name, means, tuple(words) or (name,))


def found_in(term: Term, lessons: Sequence[Lesson]) -> list[Lesson]:
    """The lessons in whose cells, prose or code, a term occurs."""
    return [
        lesson for lesson in lessons if any(term.occurs_in(cell.source) for cell in lesson.cells)
    ]


def render(folder: Path, lessons: Sequence[Lesson]) -> dict[Path, str]:
    """The page of a folder of notebooks: its path to its text; nothing where no terms are."""
    terms = read(folder / "source")
    if not terms:
        return {}
    parts = [HEAD.strip()]
    for term in terms:
        links = (f"[{one.number}]({one.name}.ipynb)" for one in found_in(term, lessons))
        where = ", ".join(links) or "none yet"
        parts.append(f"**{term.name}**: {term.means}\nLessons: {where}.")
    return {folder / PAGE: "\n\n".join(parts) + "\n"}
