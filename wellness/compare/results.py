"""What the comparison yields: times with their ratios, on what they were taken, and who wins.

A verdict is about Redis by bare commands: it wins, ties or loses against an engine by the ratio
of their unhurried times. Those are the tenth percentiles: what a call takes when no neighbour
wants the processor at that moment. They hardly move between two runs on a machine that others use
too, where medians do; the medians and the slow calls are shown beside them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from typing import Literal, NamedTuple

import numpy as np

from wellness.compare.protocols import Durability
from wellness.lesson.timing import Comparison, Ratio, Sample

Outcome = Literal["wins", "ties", "loses"]
LOW, HIGH = 0.8, 1.25  # a ratio between them is a tie
UNHURRIED = 10  # the percentile that is compared
RUN_TO_RUN = 1.2  # by so much a ratio may differ when servers and indexes are made anew
RESAMPLES = 1_000
SEED = 20240923

SYMBOLS: dict[Outcome, str] = {"wins": "▲", "ties": "=", "loses": "▼"}


class Setup(NamedTuple):
    """On what a time was taken."""

    engine: str
    version: str
    durability: Durability
    settings: Mapping[str, str]

    def __str__(self) -> str:
        told = ", ".join(f"{name} {value}" for name, value in self.settings.items())
        return f"{self.engine} {self.version} ({self.durability}; {told})"


def unhurried(sample: Sample, baseline: Sample) -> Ratio:
    """The ratio of two unhurried times with its 95 % interval, from the same rounds.

    Rounds are drawn again and again (a bootstrap that keeps the pairs), and what they leave out,
    the difference between one start of the servers and the next, is added as `RUN_TO_RUN`.

    >>> times = Sample("a", np.arange(1_000, 1_100)), Sample("b", 2 * np.arange(1_000, 1_100))
    >>> round(unhurried(times[1], times[0]).value, 2)
    2.0
    """
    rounds = np.random.default_rng(SEED).integers(0, sample.n, (RESAMPLES, sample.n))
    ones, others = (
        np.percentile(np.maximum(each.ns, 1)[rounds], UNHURRIED, axis=1)
        for each in (sample, baseline)
    )
    low, high = np.percentile(ones / others, [2.5, 97.5])
    value = sample.percentile(UNHURRIED) / max(1.0, baseline.percentile(UNHURRIED))
    return Ratio(value, float(low) / RUN_TO_RUN, float(high) * RUN_TO_RUN)


def outcome(ratio: Ratio) -> Outcome:
    """How Redis does against an engine whose time is so many times its own.

    >>> outcome(Ratio(5.0, 4.0, 6.0)), outcome(Ratio(1.3, 1.2, 1.4)), outcome(Ratio(0.1, 0.1, 0.2))
    ('wins', 'ties', 'loses')
    """
    named: dict[str, Outcome] = {"slower": "wins", "tie": "ties", "faster": "loses"}
    return named[ratio.verdict(LOW, HIGH)]


@dataclass(frozen=True, eq=False, repr=False)
class Trial:
    """One workload on several engines in the same rounds.

    Attributes:
        workload: its letter and what was done.
        durability: the class, where it matters; None for reads.
        comparison: the times, against Redis by bare commands.
        apart: the same for engines that are so slow that all others would get few rounds.
        setups: on what, by engine.
        recall: mean recall, by engine, where a search is approximate.
        absent: why an engine has no time, by engine.
    """

    workload: str
    durability: Durability | None
    comparison: Comparison
    setups: Mapping[str, Setup]
    recall: Mapping[str, float] = field(default_factory=dict)
    absent: Mapping[str, str] = field(default_factory=dict)
    apart: Comparison | None = None

    @property
    def name(self) -> str:
        """The workload with its class of durability."""
        return f"{self.workload}, {self.durability}" if self.durability else self.workload

    @property
    def engines(self) -> list[str]:
        """Those that were timed, the baseline first."""
        return list(self.samples)

    @property
    def samples(self) -> dict[str, Sample]:
        """Times by engine."""
        slow = self.apart.samples if self.apart else {}
        return self.comparison.samples | {
            name: one for name, one in slow.items() if name != self.comparison.baseline
        }

    @cached_property
    def ratios(self) -> dict[str, Ratio]:
        """Unhurried times over that of Redis in the same rounds, with the interval that decides."""
        found: dict[str, Ratio] = {}
        for part in (self.comparison, self.apart):
            if part:
                base = part[part.baseline]
                others = (name for name in part.samples if name != part.baseline)
                found |= {name: unhurried(part[name], base) for name in others}
        return found

    def ratio(self, engine: str) -> Ratio:
        """That of one engine."""
        return self.ratios[engine]

    def outcome(self, engine: str) -> Outcome:
        """How Redis does against an engine."""
        return outcome(self.ratio(engine))

    @property
    def outcomes(self) -> dict[str, Outcome]:
        """How Redis does against each engine that was timed."""
        return {name: outcome(ratio) for name, ratio in self.ratios.items()}

    def cell(self, engine: str) -> str:
        """Symbol, word and ratio; or why there is none."""
        if engine == self.comparison.baseline:
            return "baseline"
        if engine not in self.samples:
            return f"– {self.absent.get(engine, 'not measured')}"
        found = self.outcome(engine)
        told = f"{SYMBOLS[found]} {found} {self.ratio(engine)}"
        recall, redis = map(self.recall.get, (engine, self.comparison.baseline))
        if recall is None or redis is None:
            return told
        return f"{told}, recall {recall:.2f} (Redis {redis:.2f})"

    def __repr__(self) -> str:
        rows = [f"{self.name} (Redis against each: by ratio)", repr(self.comparison)]
        rows += [repr(self.apart)] if self.apart else []
        rows += [f"{name}: {self.cell(name)}" for name in self.outcomes]
        rows += [f"{name}: recall {value:.3f}" for name, value in self.recall.items()]
        rows += [f"{name}: {why}" for name, why in self.absent.items()]
        return "\n".join([*rows, *map(str, self.setups.values())])

    def _repr_html_(self) -> str:
        header = ["", "n", "p10, ms", "p50, ms", "p95, ms", "recall", "Redis"]
        rows = [
            [name, str(one.n), *(f"{one.percentile(q) / 1e6:.3g}" for q in (UNHURRIED, 50, 95)),
             f"{self.recall[name]:.3f}" if name in self.recall else "", self.cell(name)]
            for name, one in self.samples.items()
        ]  # fmt: skip
        rows += [[name, *[""] * 5, f"– {why}"] for name, why in self.absent.items()]
        setups = "".join(f"<li>{escape(str(one))}</li>" for one in self.setups.values())
        notes = " ".join(self.comparison.notes)
        return (
            table_html(header, rows, caption=f"{self.name}. {notes}")
            + f"<details><summary>On what</summary><ul>{setups}</ul></details>"
        )


def table_html(header: Sequence[str], rows: Sequence[Sequence[str]], *, caption: str = "") -> str:
    """A plain HTML table whose first column holds the headings of its rows."""
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in header)
    body = "".join(
        f'<tr><th scope="row">{escape(first)}</th>'
        + "".join(f"<td>{escape(text)}</td>" for text in rest)
        + "</tr>"
        for first, *rest in rows
    )
    told = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f"<table>{told}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
