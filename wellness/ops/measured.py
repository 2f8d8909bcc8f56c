"""What was measured: commands, vector searches, steps of an agent, embeddings.

The same type holds one process' numbers and those of all processes. It can be taken apart into
`cells`, plain counts under names: adding cells is merging, and subtracting them gives an interval.

>>> one = Measured()
>>> one.steps["route"] = Steps()
>>> one.steps["route"].seconds.record(0.5)
>>> both = merge(cells(one), cells(one))
>>> of_cells(both).steps["route"].seconds.count
2
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from wellness.link.cache_statistics import EMBEDDING_COUNTS, CacheStatistics
from wellness.link.histogram import Histogram
from wellness.link.latency import NAMES, OTHER, CommandLatency
from wellness.ops import metric_tables

MICRO = 1e-6


class Cell(NamedTuple):
    """Where a count stands: its family, the label in it, and a bucket's number or a name."""

    family: str
    label: str
    what: str


Cells = Mapping[Cell, int]


@dataclass(slots=True)
class Searches:
    """The vector searches of one index: how long they took, and what they found.

    Attributes:
        seconds: of each round trip.
        results: how many memories or answers each search returned.
        distances: cosine distances of everything that was returned, 0 to 2.
    """

    seconds: Histogram = field(default_factory=Histogram)
    results: Histogram = field(default_factory=Histogram)
    distances: Histogram = field(default_factory=Histogram)


@dataclass(slots=True)
class Steps:
    """The runs of one node of the agent.

    Attributes:
        seconds: of each run.
        waited: the part of each run in which models were computing.
    """

    seconds: Histogram = field(default_factory=Histogram)
    waited: Histogram = field(default_factory=Histogram)


@dataclass(slots=True)
class Measured:
    """Everything, by name: commands by their first word, searches by index, steps by node."""

    commands: dict[str, CommandLatency] = field(default_factory=dict)
    searches: dict[str, Searches] = field(default_factory=dict)
    steps: dict[str, Steps] = field(default_factory=dict)
    embeddings: CacheStatistics = field(default_factory=CacheStatistics)

    @property
    def all_commands(self) -> CommandLatency:
        """All commands as if they were one."""
        whole = CommandLatency()
        for row in self.commands.values():
            whole.calls += row.calls
            whole.errors += row.errors
            whole.sent += row.sent
            whole.histogram.merge(row.histogram)
        return whole

    def __bool__(self) -> bool:
        recorded = self.commands or self.searches or self.steps
        return bool(recorded) or self.embeddings != CacheStatistics()

    def __repr__(self) -> str:
        whole = self.all_commands
        searches = sum(one.seconds.count for one in self.searches.values())
        return (
            f"<Measured: {whole.calls:,} calls with {whole.sent:,} commands, {whole.errors:,} "
            f"errors, {searches:,} vector searches, {self.embeddings.hits:,} embeddings found, "
            f"{self.embeddings.misses:,} made>"
        )

    def _repr_html_(self) -> str:
        return metric_tables.to_html(self)


FAMILIES = ("commands", "searches", "results", "distances", "steps", "waits", "embeddings")


def cells(measured: Measured) -> dict[Cell, int]:
    """Everything as counts that can be added up; none is zero."""
    return {cell: count for cell, count in _cells(measured) if count}


def _cells(measured: Measured) -> Iterator[tuple[Cell, int]]:
    for label, row in measured.commands.items():
        yield from _histogram("commands", label, row.histogram)
        for name in ("calls", "errors", "sent"):
            yield Cell("commands", label, name), getattr(row, name)
    for label, search in measured.searches.items():
        yield from _histogram("searches", label, search.seconds)
        yield from _histogram("results", label, search.results)
        yield from _histogram("distances", label, search.distances)
    for label, step in measured.steps.items():
        yield from _histogram("steps", label, step.seconds)
        yield from _histogram("waits", label, step.waited)
    for name in EMBEDDING_COUNTS:
        yield Cell("embeddings", "", name), getattr(measured.embeddings, name)


def _histogram(family: str, label: str, of: Histogram) -> Iterator[tuple[Cell, int]]:
    for bucket, count in of.buckets().items():
        yield Cell(family, label, str(bucket)), count
    yield Cell(family, label, "total_u"), round(of.total_s / MICRO)  # millionths of its unit


def of_cells(counts: Cells) -> Measured:
    """The way back from `cells`. The longest of each histogram is known within 2 % only.

    Raises:
        ValueError: a count is of nothing that we measure.
    """
    grouped: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for (family, label, what), count in counts.items():
        grouped[family, label][what] = count
    found = Measured()
    for (family, label), group in sorted(grouped.items()):
        if family == "embeddings":
            found.embeddings = CacheStatistics(**_only(group, EMBEDDING_COUNTS))
        elif family == "commands":
            own = {name: group.pop(name, 0) for name in ("calls", "errors", "sent")}
            found.commands[label] = CommandLatency(**own, histogram=_whole(group))
        elif family in ("steps", "waits"):
            step = found.steps.setdefault(label, Steps())
            setattr(step, {"steps": "seconds", "waits": "waited"}[family], _whole(group))
        elif family in FAMILIES:
            search = found.searches.setdefault(label, Searches())
            part = "seconds" if family == "searches" else family
            setattr(search, part, _whole(group))
        else:
            raise ValueError(f"Nothing is measured as {family!r}.")
    return found


def _only(group: Mapping[str, int], names: tuple[str, ...]) -> dict[str, Any]:
    if unknown := group.keys() - set(names):
        raise ValueError(f"Nothing is counted as {', '.join(sorted(unknown))}.")
    return dict(group)


def _whole(group: Mapping[str, int]) -> Histogram:
    buckets = {int(what): count for what, count in group.items() if what != "total_u"}
    return Histogram.of(buckets, group.get("total_u", 0) * MICRO)


def merge(*parts: Cells) -> dict[Cell, int]:
    """The sum of counts: what would have been measured in one process."""
    whole: Counter[Cell] = Counter()
    for part in parts:
        whole.update(part)
    return dict(whole)


def bounded(counts: Cells, limit: int = NAMES) -> dict[Cell, int]:
    """The same counts with at most `limit` labels a family; those of least weight are `OTHER`.

    Each process keeps to the limit, but not every process has the same names.
    """
    weights: dict[str, Counter[str]] = defaultdict(Counter)
    for (family, label, what), count in counts.items():
        weights[family][label] += count if what.lstrip("-").isdigit() else 0
    kept = {
        (family, label)
        for family, of in weights.items()
        for label, _ in (of.most_common() if len(of) <= limit else of.most_common(limit - 1))
    }
    folded: Counter[Cell] = Counter()
    for cell, count in counts.items():
        one = cell if cell[:2] in kept else cell._replace(label=OTHER)
        folded[one] += count
    return dict(folded)


def since(now: Cells, before: Cells) -> dict[Cell, int]:
    """What was counted between two looks at the same thing."""
    return {cell: more for cell, count in now.items() if (more := count - before.get(cell, 0))}
