"""What a lesson shows at its start and at its end: a titled list of facts.

>>> Panel("Lesson 03", [("Redis", "7.4.1"), ("scale", "ci")])
Lesson 03
  Redis: 7.4.1
  scale: ci
"""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from redis import Redis

from wellness.lesson.tables import html_table

if TYPE_CHECKING:
    from wellness.lesson.kit import Lesson


@dataclass(frozen=True, repr=False)
class Panel:
    """A title over rows of (what, value), and under them a link as (text, address)."""

    title: str
    rows: Sequence[tuple[str, str]]
    link: tuple[str, str] | None = None

    def __repr__(self) -> str:
        rows = [*self.rows, self.link] if self.link else self.rows
        return "\n".join([self.title, *(f"  {name}: {value}" for name, value in rows)])

    def _repr_html_(self) -> str:
        table = html_table([], self.rows, caption=self.title, align="left")
        if self.link is None:
            return table
        text, address = map(escape, self.link)
        return f'{table}<p><a href="{address}">{text}</a></p>'


def welcome(lesson: Lesson) -> Panel:
    """Where a lesson runs, and when "now" is."""
    versions = lesson.versions
    redis, python = versions.pop("Redis"), versions.pop("Python")
    libraries = (f"{name} {version}" for name, version in versions.items())
    endpoint = lesson.client.guard.endpoint if lesson.settings.redis_url else "embedded"
    now = f"{lesson.now:%A %d %B %Y, %H:%M} {lesson.now.tzname()}"
    return Panel(
        f"Lesson {lesson.number}",
        [
            ("Redis", f"{redis}, {endpoint}"),
            ("Python", ", ".join([python, *libraries])),
            ("namespace", lesson.namespace),
            ("scale", lesson.settings.scale),
            ("now", f"{now}, when the sample data was exported"),
        ],
    )


def farewell(lesson: Lesson, removed: int) -> Panel:
    """What became of the exercises and the keys, and where to go next."""
    passed = sum(lesson.results.values())
    return Panel(
        f"Lesson {lesson.number} is finished",
        [
            ("exercises passed", f"{passed} of {len(lesson.results)} that were checked"),
            ("keys removed", f"{removed:,}"),
        ],
        link=_next_notebook(lesson.number),
    )


def _next_notebook(number: str) -> tuple[str, str] | None:
    later = [path.name for path in Path().glob("[0-9][0-9]_*.ipynb") if path.name[:2] > number]
    if not later:
        return None
    name = min(later)
    return f"Next: {name[:2]} {name[3:-6].replace('_', ' ')}", name


def versions(client: Redis) -> dict[str, str]:
    """What a lesson runs on: name to version."""
    return {
        "Redis": str(client.info("server")["redis_version"]),
        "Python": platform.python_version(),
        "redis-py": version("redis"),
        "redis-wellness": version("redis-wellness"),
    }
