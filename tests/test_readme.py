"""What the README says of the kit is so: minutes, links, commands, messages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from wellness.lesson import build, slides, stage_settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
PAGES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/provenance.md", "data/README.md")
ROBUST = (ROOT / "docs" / "robustness.md").read_text("utf-8")
ROW = re.compile(
    r"^\| \[(\d\d) ([^\]]+)\]\(notebooks/([^)]+)\.ipynb\) \| (\d+) min \| (\d+) min \| \S", re.M
)
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
FIGURE = re.compile(r"(?<![\w.])\d[\d.,]*\s?(?:[nµm]?s\b|%|times\b|×|x\b)")


def section(title: str) -> str:
    """What stands under a heading of the README."""
    parts = re.split(r"^## ", README, flags=re.MULTILINE)
    return next(part for part in parts if part.startswith(f"{title}\n"))


def test_the_table_has_every_lesson_with_its_minutes() -> None:
    lessons = build.read_lessons(ROOT / "notebooks" / "source")
    wanted = [
        (one.number, one.title, one.name, str(one.present), str(one.practise)) for one in lessons
    ]
    assert ROW.findall(README) == wanted, "a row: [NN Title](notebooks/NN_slug.ipynb), minutes"


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    place = (ROOT / page).parent
    links = re.findall(r"\]\(([^)#\s]+)", (ROOT / page).read_text("utf-8"))
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (place / link).exists()] == []


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_make_targets_are_there(page: str) -> None:
    named = set(re.findall(r"`(?:\w+=\S+ )*make ([a-z-]+)", (ROOT / page).read_text("utf-8")))
    assert len(named) > 3
    assert named <= TARGETS


def test_every_message_of_the_troubleshooting_is_one_that_the_kit_says() -> None:
    lines = section("When something is wrong").splitlines()
    rows = [line.split(" | ")[0].strip("| ") for line in lines if line.startswith("| ")][1:]
    files = [ROOT / "Makefile", ROOT / "install.py", *(ROOT / "wellness").rglob("*.py")]
    # A message may be broken over lines, and its values stand in braces.
    said = "".join(re.sub(r'"\s*\n\s*f?"', "", file.read_text("utf-8")) for file in files)
    assert len(rows) > 10
    parts = {row: [part.strip(" .:,") for part in re.split(r"\.\.\.|: ", row)] for row in rows}
    missing = {row: part for row, all_ in parts.items() for part in all_ if part not in said}
    assert missing == {}


def test_no_measured_verdict_is_typed_in() -> None:
    why = section("Why Redis, and when not")
    assert FIGURE.findall(why) == []
    assert "ledger" in why
    assert "08_why_redis" in why


def test_the_change_log_knows_the_version() -> None:
    version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text("utf-8"), re.M)
    assert version
    assert f"## {version[1]}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_the_keys_of_the_stage_are_those_that_are_bound() -> None:
    told = section("On a stage")
    for key in (stage_settings.NEXT, stage_settings.RUN, stage_settings.PANIC, slides.OPEN):
        assert f"`{key}" in told


def test_tests_that_the_page_on_robustness_names_are_there() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", ROBUST)
    assert len(named) > 15
    missing = [
        (file, test)
        for file, test in named
        if f"def {test}(" not in (ROOT / file).read_text("utf-8")
    ]
    assert missing == []


def test_links_within_the_page_on_robustness_lead_to_a_heading() -> None:
    headings = re.findall(r"^#+ (.+)$", ROBUST, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", text.lower()).replace(" ", "-") for text in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", ROBUST)) <= anchors
