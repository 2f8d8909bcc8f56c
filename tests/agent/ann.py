"""Ann, for tests of the agent: her shipped data in Redis, her true figures, and what she told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from redis import Redis

from wellness.agent.results import ToolResult
from wellness.agent.tools import Toolbox
from wellness.health.importer import import_export
from wellness.health.sample import story
from wellness.health.store import Store
from wellness.memory.embedder import Embedder
from wellness.memory.facts import learn
from wellness.memory.long_term import LongTerm
from wellness.memory.messages import Message, ToolCall
from wellness.memory.said import said
from wellness.memory.turns import turn
from wellness.settings import Settings

DATA = Path(__file__).resolve().parents[2] / "data"
HOME = ZoneInfo(story.HOME)
NOW = datetime.combine(story.EXPORT_DAY, story.EXPORT_TIME, HOME)
Call = Callable[..., ToolResult]


def import_sample(client: Redis, namespace: str, settings: Settings) -> Store:
    """The shipped sample, imported."""
    store = Store(client, "sample", namespace=namespace)
    import_export(DATA / "sample-export.zip", store, settings=settings, zone=HOME)
    return store


def load_truth() -> dict[str, Any]:
    """What the generator counted while it wrote the sample."""
    truth: dict[str, Any] = json.loads((DATA / "truth.json").read_text("utf-8"))
    return truth


def memory_of(
    client: Redis, embedder: Embedder, settings: Settings, namespace: str, user: str = "sample",
    *, now: datetime = NOW,
) -> LongTerm:  # fmt: skip
    """A long-term memory whose clock stands still."""
    return LongTerm(
        client, embedder, user, settings=settings, clock=now.timestamp, namespace=namespace
    )


def tell(memory: LongTerm, text: str, *when: int, answer: str = "Noted.") -> None:
    """Say something on a day (year, month, day, by default at eight in the evening).

    It leaves in memory what a conversation leaves there: the facts it states, and its words.
    """
    at = datetime(*(*when, 20) if len(when) == 3 else when, tzinfo=HOME)  # type: ignore[arg-type]
    one = turn([Message("user", text), Message("assistant", answer)], at=int(at.timestamp() * 1000))
    words = said(one, zone=HOME)
    facts = learn(text, now=at, zone=HOME, source=one.id)
    memory.remember([*facts, words] if words else facts)


def tell_story(memory: LongTerm) -> None:
    """All that Ann told in her two years, on the days it was true; the sprain on its own day."""
    for chapter in story.STORY:
        first = story.SPRAIN_DAY if chapter is story.INJURY else chapter.first
        tell(memory, chapter.said, first.year, first.month, first.day)


def caller(toolbox: Toolbox) -> Call:
    """Calls by name: `call("trend_analysis", metric="BodyMass")`."""

    def call(name: str, **arguments: Any) -> ToolResult:
        return toolbox.call(ToolCall(name, arguments))

    return call


def value(result: ToolResult, role: str, metric: str = "", about: str = "", at: int = 0) -> float:
    """The number of a result with a role, and perhaps of a metric and by a name."""
    found = [
        one.value for one in result.numbers
        if one.role == role and metric in ("", one.metric) and about in ("", one.about)
    ]  # fmt: skip
    assert len(found) > at, (role, metric, about, result)
    return found[at]


def between(days: dict[str, Any], first: str, last: str) -> dict[str, Any]:
    """The rows of a table by ISO date, from first to last."""
    return {day: row for day, row in days.items() if first <= day <= last}


def mean(values: Iterable[float]) -> float:
    """Plain arithmetic."""
    rows = list(values)
    return sum(rows) / len(rows)
