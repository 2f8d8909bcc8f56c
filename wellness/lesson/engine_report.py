"""One page of verdicts: engines by workloads, where Redis wins, ties and loses, as table and chart.

page = VerdictPage(trials)
page                       # in a notebook
page.markdown()            # for a file, with `page.chart().svg` beside it
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from wellness.compare.engines import ENGINES, REDIS, reach
from wellness.compare.protocols import Adapter, Clock, Engine
from wellness.compare.redis_engine import client_of
from wellness.compare.results import HIGH, LOW, SYMBOLS, Outcome, Trial
from wellness.compare.session import Session
from wellness.lesson.canvas import COLOURS, INK, MARKERS, Chart, canvas, listed, rows_height
from wellness.lesson.relay import line
from wellness.lesson.tables import html_table, number
from wellness.settings import Settings

NAME = 30  # letters of a workload in one line
ROW = 46  # pixels
BAND = "#e6e6e6"
FAR_S = 0.05  # seconds of the longer way: far more than what the calls themselves may vary
LEGEND = (
    f"{SYMBOLS['wins']} Redis wins, {SYMBOLS['ties']} tie, {SYMBOLS['loses']} Redis loses; the "
    f"engine's unhurried time over that of Redis, with the interval that decides. A tie overlaps "
    f"{LOW} to {HIGH}."
)


@dataclass(frozen=True, repr=False)
class VerdictPage:
    """How Redis does against each engine in each workload; the same engine in one column."""

    trials: Sequence[Trial]

    @property
    def engines(self) -> list[str]:
        """All engines but Redis by bare commands, in the order of the table of engines."""
        seen = {name for trial in self.trials for name in (*trial.outcomes, *trial.absent)}
        return [name for name in ENGINES if name in seen and name != REDIS]

    def counts(self, engine: str) -> Counter[Outcome]:
        """How often Redis wins, ties and loses against an engine."""
        return Counter(t.outcomes[engine] for t in self.trials if engine in t.outcomes)

    def where(self, outcome: Outcome, *, besides: Sequence[str] = ()) -> list[str]:
        """Workloads in which Redis does so against some engine, with the engines."""
        told = []
        for trial in self.trials:
            names = [n for n, found in trial.outcomes.items() if found == outcome]
            if names := [name for name in names if name not in besides]:
                told.append(f"{trial.name}: {', '.join(names)}")
        return told

    @property
    def _rows(self) -> list[list[str]]:
        rows = [[t.name, *(t.cell(engine) for engine in self.engines)] for t in self.trials]
        sums = []
        for engine in self.engines:
            found = self.counts(engine)
            sums.append(" ".join(f"{mark} {found[o]}" for o, mark in SYMBOLS.items()))
        return [*rows, ["in all", *sums]]

    def markdown(self) -> str:
        """The page as a Markdown table with its legend."""
        header = ["Redis against", *self.engines]
        lines = [header, ["---"] * len(header), *self._rows]
        return "\n".join("| " + " | ".join(line) + " |" for line in lines) + f"\n\n{LEGEND}\n"

    def chart(self) -> Chart:
        """Ratios on a logarithmic axis, the band of ties shaded; right of it Redis is faster."""
        import pandas as pd

        title = "Time over that of Redis, by workload"
        names = self.engines
        rows = {trial.name: trial for trial in self.trials}
        told = (
            f"{name}: " + ", ".join(f"{e} {number(t.ratio(e).value)} ({o})"
                                    for e, o in t.outcomes.items())
            for name, t in rows.items()
        )  # fmt: skip
        label = f"Dots with intervals, logarithmic axis: {title}. {listed(told)}"
        table = pd.DataFrame(
            {name: {e: t.cell(e) for e in names} for name, t in rows.items()}
        ).T.rename_axis("workload")
        with canvas(title, 60 + rows_height(rows, NAME, ROW), "") as frame:
            ax = frame.axes
            frame.rows(rows, NAME)
            ax.set(xscale="log")
            ax.axvspan(LOW, HIGH, color=BAND, zorder=0)
            for row, trial in enumerate(rows.values()):
                for i, engine in enumerate(names):
                    if engine not in trial.outcomes:
                        continue
                    ratio, y = trial.ratio(engine), -row + 0.3 - 0.6 * i / max(1, len(names) - 1)
                    ax.plot([ratio.low, ratio.high], [y, y], color=COLOURS[i % 7], linewidth=2)
                    ax.plot([ratio.value], [y], MARKERS[i % 7], color=COLOURS[i % 7],
                            markersize=8, label=engine if row == 0 else None)  # fmt: skip
            self._legend(frame.figure, names)
            frame.ticks(ax.xaxis, lambda value: f"{value:g}×")
            ax.set_xlabel("shaded: a tie; to the right Redis is faster", color=INK)
            return frame.finish(label, table)

    @staticmethod
    def _legend(figure: object, names: Sequence[str]) -> None:
        from matplotlib.figure import Figure
        from matplotlib.lines import Line2D

        assert isinstance(figure, Figure)
        marks = [
            Line2D([], [], marker=MARKERS[i % 7], color=COLOURS[i % 7], label=name)
            for i, name in enumerate(names)
        ]
        figure.legend(handles=marks, loc="outside lower center", ncols=3, frameon=False)

    def __repr__(self) -> str:
        return "\n".join(" | ".join(row) for row in self._rows) + f"\n{LEGEND}"

    def _repr_html_(self) -> str:
        return html_table(["Redis against", *self.engines], self._rows, caption=LEGEND,
                          align="left")  # fmt: skip


def write_report(session: Session, folder: Path, *, title: str) -> list[Path]:
    """Keep a session as `report.md`, `verdicts.svg` and `results.json`; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    page = VerdictPage(session.trials)
    setups = {str(setup) for trial in session.trials for setup in trial.setups.values()}
    sections: dict[str, Sequence[object]] = {
        "The end of old conversations": session.endings,
        "kill -9": session.crashes,
        "Bytes and parts": session.footprints,
    }
    parts = [f"# {title}\n", page.markdown(), "![Ratios by workload](verdicts.svg)\n"]
    parts += [
        f"## {heading}\n\n" + "\n".join(f"- {one}" for one in found) + "\n"
        for heading, found in sections.items()
    ]
    parts += ["## On what\n\n" + "\n".join(f"- {one}" for one in sorted(setups)) + "\n"]
    texts = {
        "report.md": "\n".join(parts),
        "verdicts.svg": page.chart().svg,
        "results.json": session.to_json(),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in texts]


def round_trips(
    engine: Engine, act: Callable[[Adapter], object], settings: Settings, clock: Clock
) -> float:
    """How often something goes to a Redis and back: what a longer way adds, by its length.

    Args:
        engine: a running Redis, with bare commands or through the kit.
        act: what is done on a connection.
        settings: of the connection.
        clock: epoch seconds.
    """
    with client_of(engine.place.address, settings) as client, line(client, settings) as way:
        there = engine.place._replace(address=str(way.settings.redis_url))
        adapter = reach(there, clock, way.settings)
        took = []
        for delay_s in (0.0, 0.0, FAR_S):  # the first one opens connections and loads scripts
            way.slow(delay_s)
            begun = time.perf_counter()
            act(adapter)
            took.append(time.perf_counter() - begun)
        adapter.close()
        return (took[-1] - took[-2]) / FAR_S


def disagreements(one: Session, other: Session) -> list[str]:
    """Verdicts that two sessions do not share."""
    return [
        f"{workload}, {engine}: {outcome} and {other.verdicts[workload][engine]}"
        for workload, outcomes in one.verdicts.items()
        for engine, outcome in outcomes.items()
        if other.verdicts.get(workload, {}).get(engine, outcome) != outcome
    ]
