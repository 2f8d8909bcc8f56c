"""Shared knowledge: short facts of health and wellness, each with its source, that all may recall.

They belong to `keys.EVERYONE`, whom no person can be called. The file decides: what it no longer
has, in these words and from this source, is forgotten.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from wellness.errors import RecallError
from wellness.memory.kinds import Fact, MemoryKind
from wellness.memory.long_term import LongTerm

PREFIX = "knowledge:"  # of the `source` of such a memory, before the id of the fact
SOURCE = ("organisation", "title", "year", "url")


class Loaded(NamedTuple):
    """How many facts there are, how many of them were not there before, and how many are gone."""

    facts: int
    new: int
    gone: int


def read_knowledge(path: Path) -> list[Fact]:
    """The facts of a file.

    A fact is held to be true since the first day (UTC) of the year of its source; that is also
    when it was said. Where it comes from stands in its slots.

    Raises:
        RecallError: the file is not there, or is no list of facts with sources.
    """
    try:
        rows = json.loads(path.read_text("utf-8"))["facts"]
        facts = [_fact(row) for row in rows]
    except OSError as error:
        raise RecallError(f"There is no knowledge in {path}: {error.strerror}.") from error
    except (KeyError, TypeError, ValueError) as error:
        raise RecallError(
            f"{path} holds no list of facts with sources: {error!r}.",
            hint="data/README.md says what a fact has.",
        ) from error
    if len({fact.source for fact in facts}) < len(facts):
        raise RecallError(f"Two facts in {path} have one id.")
    return facts


def _fact(row: Mapping[str, Any]) -> Fact:
    source = {name: row["source"][name] for name in SOURCE}
    since = int(datetime(source["year"], 1, 1, tzinfo=UTC).timestamp())
    return Fact(
        row["text"], MemoryKind.FACT, since, source=f"{PREFIX}{row['id']}",
        signature=json.dumps([row["id"], row["text"], source]), slots={"source": source},
    )  # fmt: skip


def load_knowledge(everyone: LongTerm, path: Path) -> Loaded:
    """Make the shared knowledge that of a file; doing it again changes nothing but its expiry.

    Args:
        everyone: a memory made with `keys.EVERYONE` and `shared=True`.
        path: a file as `read_knowledge` reads it.

    Raises:
        RecallError: the file cannot be used, or the memory is a person's.
        ModelUnavailable: there are no vectors; nothing was changed.
    """
    if not everyone.shared:
        raise RecallError(
            f"Knowledge for all cannot be stored as the memory of {everyone.user!r}.",
            hint="Make the memory with keys.EVERYONE and shared=True.",
        )
    facts = read_knowledge(path)
    stored = everyone.remember(facts)
    kept = {one.id for one in stored}
    known = [one.id for one in everyone.all() if one.fact.source.startswith(PREFIX)]
    gone = sum(everyone.forget(id) for id in known if id not in kept)
    return Loaded(len(facts), sum(one.outcome != "duplicate" for one in stored), gone)
