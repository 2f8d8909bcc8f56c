"""Runs of the twin experiment: made, kept on this machine, and shown again.

`make bench` keeps each full run in `RUNS`; lesson 06 shows the last one of each model beside what
it has played live.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from wellness.lesson.dialogues import Dialogue, Played, Player, Twins, compare, play
from wellness.settings import project_root

RUNS = project_root() / "build" / "twins"
STATEFUL, STATELESS = "with memory", "without"  # names of the players


def run(
    dialogues: Iterable[Dialogue],
    players: Mapping[str, Player],
    *,
    model: str,
    at: datetime,
    versions: Mapping[str, str],
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Twins:
    """Play the dialogues with both agents, one after the other.

    Args:
        players: by the names `STATEFUL` and `STATELESS`.
        model: that words the answers.
        at: when the run is made, on the calendar.
        versions: what it runs on.
        progress: told how many dialogues are done, of both agents together.
    """
    scripts = tuple(dialogues)
    played = []
    for turn, name in enumerate((STATEFUL, STATELESS)):
        before = turn * len(scripts)
        played.append(
            play(
                scripts, players[name], name=name, model=model, at=at, versions=versions,
                progress=lambda done, of, before=before: progress(before + done, 2 * of),  # type: ignore[misc]
            )
        )  # fmt: skip
    return compare(*played)


def save(twins: Twins, folder: Path = RUNS) -> None:
    """Keep a run, in the place of the last one of its model."""
    for played in (twins.stateful, twins.stateless):
        played.save(folder / f"{_slug(played.model)}.{played.name.replace(' ', '-')}.json")


def load(folder: Path = RUNS) -> dict[str, Twins]:
    """The kept runs by model; none if nobody has measured here.

    Raises:
        LessonError: a file is no run, or the two of a model are not of the same turns.
    """
    found: dict[str, dict[str, Played]] = {}
    for path in sorted(folder.glob("*.json")):
        played = Played.from_json(path.read_text("utf-8"))
        found.setdefault(played.model, {})[played.name] = played
    return {
        model: compare(both[STATEFUL], both[STATELESS])
        for model, both in found.items()
        if both.keys() == {STATEFUL, STATELESS}
    }


def _slug(model: str) -> str:
    return model.replace(":", "-").replace("/", "-")


@dataclass(frozen=True, repr=False)
class Latest:
    """The last full runs, or the sentence that there is none."""

    runs: Mapping[str, Twins]

    def __repr__(self) -> str:
        if not self.runs:
            return "No full run has been made on this machine; `make bench` makes one."
        return "\n\n".join(f"{self._title(model)}\n{twins!r}" for model, twins in self.runs.items())

    def _repr_html_(self) -> str:
        if not self.runs:
            return f"<p>{self!r}</p>"
        return "".join(
            f"<p>{self._title(model)}</p>{twins._repr_html_()}"
            for model, twins in self.runs.items()
        )

    def _title(self, model: str) -> str:
        one = self.runs[model].stateful
        return f"Full run of {one.at[:10]}, {model}, {len(one.graded)} graded answers"


def latest(folder: Path = RUNS) -> Latest:
    """The last full run of each model on this machine."""
    return Latest(load(folder))
