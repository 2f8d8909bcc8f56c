"""Runs of routers over labelled questions: a live sample, the last full runs, and their verdict.

`make bench` keeps each full run as a file in `RUNS`; lessons show the last one of each model.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

from wellness.agent.routes import Route, Router
from wellness.errors import LessonError
from wellness.lesson.routing_figures import share
from wellness.lesson.routing_set import Judged, RoutedQuestion
from wellness.lesson.tables import html_table
from wellness.lesson.verdicts import verdict_by, verdict_from
from wellness.memory.messages import Turn
from wellness.settings import project_root

RUNS = project_root() / "build" / "routing" / "runs"
MEASURES = ("tool right", "all right", "refused")
BEFORE, AFTER, AROUND = 60, 95, 5  # percent, as claimed; "60 %" is taken as 55 to 65


class Waiting:
    """A router with a watch: `seconds` is how long its decisions took in all."""

    def __init__(self, router: Router) -> None:
        self._router, self.seconds = router, 0.0

    def route(self, question: str, *, turns: Sequence[Turn] = ()) -> Route:
        """See `Router.route`."""
        begun = time.perf_counter()
        try:
            return self._router.route(question, turns=turns)
        finally:
            self.seconds += time.perf_counter() - begun


def spread(questions: Sequence[RoutedQuestion], n: int) -> list[RoutedQuestion]:
    """The first `n` questions when kinds take turns: of each kind about as many."""
    kinds: dict[str, list[RoutedQuestion]] = {}
    for question in questions:
        kinds.setdefault(question.kind, []).append(question)
    in_turn = [one for row in zip_longest(*kinds.values()) for one in row if one]
    return in_turn[:n]


class Count(NamedTuple):
    """So many of so many."""

    right: int
    of: int

    def __str__(self) -> str:
        if not self.of:
            return "none of that kind"
        return str(share([True] * self.right + [False] * (self.of - self.right)))


@dataclass(frozen=True)
class RoutingRun:
    """What routers made of one half of the labelled questions.

    Attributes:
        model: name of the chat model.
        ways: by the router's name and by measure (see `MEASURES`), how many of how many. "refused"
            counts only questions that no tool answers.
    """

    model: str
    half: str
    at: str
    versions: Mapping[str, str]
    ways: Mapping[str, Mapping[str, Count]]

    @classmethod
    def of(
        cls,
        judged: Mapping[str, Sequence[Judged]],
        *,
        model: str,
        half: str,
        at: datetime,
        versions: Mapping[str, str],
    ) -> RoutingRun:
        """A run from judged decisions, by the router's name."""
        ways = {name: counts(run) for name, run in judged.items()}
        return cls(model, half, at.isoformat(timespec="minutes"), dict(versions), ways)

    def save(self, folder: Path = RUNS) -> Path:
        """Write it into a file of its model and half, in the place of the one before."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.model.replace(':', '-').replace('/', '-')}.{self.half}.json"
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", "utf-8")
        return path


def counts(judged: Sequence[Judged]) -> dict[str, Count]:
    """How many decisions were right, by measure."""
    beyond = [one.grade.refused for one in judged if not one.question.calls]
    tools = [one.grade.tool_right for one in judged]
    everything = [one.grade.all_right for one in judged]
    flags = zip(MEASURES, (tools, everything, beyond), strict=True)
    return {name: Count(sum(some), len(some)) for name, some in flags}


def load_runs(folder: Path = RUNS) -> list[RoutingRun]:
    """The kept runs, by file name; none if nobody has measured here.

    Raises:
        LessonError: a file is no run.
    """
    return [_read(path) for path in sorted(folder.glob("*.json"))]


def _read(path: Path) -> RoutingRun:
    try:
        fields: dict[str, Any] = json.loads(path.read_text("utf-8"))
        ways = {
            name: {measure: Count(*count) for measure, count in row.items()}
            for name, row in fields["ways"].items()
        }
        return RoutingRun(**{**fields, "ways": ways})
    except (KeyError, TypeError, ValueError) as error:
        raise LessonError(
            f"{path} holds no run of routers: {error!r}.", hint="Delete it, and run `make bench`."
        ) from error


@dataclass(frozen=True, repr=False)
class Latest:
    """The last full runs as a table, or the sentence that there is none."""

    runs: tuple[RoutingRun, ...]

    def __repr__(self) -> str:
        if not self.runs:
            return "No full run has been made on this machine; `make bench` makes one."
        return "\n".join(" | ".join(row) for row in self._rows())

    def _repr_html_(self) -> str:
        if not self.runs:
            return f"<p>{self!r}</p>"
        header = ["model", "half", "router", *MEASURES, "when"]
        return html_table(header, self._rows(), caption="Full runs on this machine", align="left")

    def _rows(self) -> list[list[str]]:
        return [
            [run.model, run.half, name, *(str(row[one]) for one in MEASURES), run.at[:10]]
            for run in self.runs
            for name, row in run.ways.items()
        ]


def latest(folder: Path = RUNS) -> Latest:
    """The last full run of each model and half on this machine."""
    return Latest(tuple(load_runs(folder)))


def claimed(live: Mapping[str, Iterable[Judged]], model: str) -> dict[str, Any]:
    """What to record about the claim: the model alone, and rules before the model, by tool."""
    parts = {
        name: share(one.grade.tool_right for one in live[name])
        for name in ("model", "rules, then model")
    }
    alone, both = ((100 * part.low, 100 * part.high) for part in parts.values())
    conditions = {
        f"{BEFORE} % alone": verdict_from(
            alone, claimed_low=BEFORE - AROUND, claimed_high=BEFORE + AROUND, unit="%"
        ),
        f"{AFTER} % with classification": verdict_from(both, claimed_low=AFTER, unit="%"),
    }
    asked = next(iter(parts.values())).of
    return {
        "experiment": f"{asked} labelled questions, {model}; the right tool, 95 % intervals",
        "measured": {
            f"{name}, {end}": (100 * value, "%")
            for name, part in parts.items()
            for end, value in (("low", part.low), ("high", part.high))
        },
        "verdict": verdict_by(conditions),
    }
