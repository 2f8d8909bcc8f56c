"""The glossary: no term is missing, none is idle, and each points to lessons that use it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from wellness.errors import LessonError
from wellness.lesson import build, glossary
from wellness.lesson.glossary import Term
from wellness.settings import project_root

NOTEBOOKS = project_root() / "notebooks"
# What a reader may stumble over in these lessons; a list made apart from the file.
NEEDED = {
    "ACL", "append-only file", "BM25", "circuit breaker", "consumer group", "cosine distance",
    "durability", "embedding", "eviction", "expiry", "failover", "FLAT", "half-open interval",
    "hash", "histogram", "HNSW", "list", "Lua script", "MULTI", "p99", "pipeline", "Pub/Sub",
    "recall@k", "reciprocal rank fusion", "replica", "rollup", "round trip", "router",
    "semantic cache", "Sentinel", "slot", "snapshot", "sorted set", "Stream", "TLS", "token budget",
    "tool call", "turn", "validator", "WAIT", "WATCH",
}  # fmt: skip


@pytest.fixture(scope="module")
def lessons() -> list[build.Lesson]:
    return build.read_lessons(NOTEBOOKS / "source")


@pytest.fixture(scope="module")
def terms() -> dict[str, Term]:
    return {term.name: term for term in glossary.read(NOTEBOOKS / "source")}


def test_no_term_is_missing(terms: dict[str, Term]) -> None:
    assert terms.keys() >= NEEDED


def test_every_term_occurs_in_some_lesson(
    terms: dict[str, Term], lessons: list[build.Lesson]
) -> None:
    assert [name for name, term in terms.items() if not glossary.found_in(term, lessons)] == []


def test_the_page_says_each_term_once_with_links_that_lead_somewhere(
    terms: dict[str, Term],
) -> None:
    text = (NOTEBOOKS / glossary.PAGE).read_text("utf-8")
    assert re.findall(r"^\*\*(.+?)\*\*: ", text, re.MULTILINE) == sorted(terms, key=str.casefold)
    links = re.findall(r"\]\(([^)]+)\)", text)
    assert len(links) > len(terms)
    assert all((NOTEBOOKS / link).is_file() for link in links)


def test_a_lesson_without_the_word_is_not_named(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / glossary.FILE).write_text('["HNSW"]\nmeans = "A graph over vectors."\n')
    head = "# %% [markdown]\n# # T\n# Minutes: present 1, practise 2\n"
    (source / "01_a.py").write_text(head)
    (source / "02_b.py").write_text(f"{head}\n# %%\nHNSW = 1\n")
    page = build.render(tmp_path)[tmp_path / glossary.PAGE]
    assert page.endswith("**HNSW**: A graph over vectors.\nLessons: [02](02_b.ipynb).\n")


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [("sorted set", "Sorted\nsets", True), ("sorted set", "unsorted set", False),
     ("WAIT", "wait", False), ("WAIT", "`WAIT`", True), ("hit rate", "hit rates", True),
     ("recall@k", "Recall@k is", True), ("Pub/Sub", "Pub/Sub", True), ("p99", "sp99", False),
     ("a Stream", "as a stream", False), ("a Stream", "such a Stream.", True)],
)  # fmt: skip
def test_terms_are_whole_words(phrase: str, text: str, found: bool) -> None:
    assert Term("x", "", (phrase,)).occurs_in(text) == found


@pytest.mark.parametrize(
    "text",
    ["[x", '["x"]\n', '["x"]\nmeans = "A thing."\nwhere = "here"\n', '["x"]\nmeans = "no sentence"',
     '["x"]\nmeans = "One. Two."', '["x"]\nmeans = ""', "x = 1"],
)  # fmt: skip
def test_a_file_that_is_not_as_it_should_be_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / glossary.FILE).write_text(text)
    with pytest.raises(LessonError, match=glossary.FILE):
        glossary.read(tmp_path)
